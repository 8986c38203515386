// Walking an address map with vm_region, as vminfo on the Hurd does.
import {
  OBJECT_INFO_OBJECT,
  OBJECT_INFO_SHADOW_OFFSET,
  OBJECT_INFO_SIZE,
  OBJECT_INFO_STATE,
  REGION_INFO_END,
  REGION_INFO_INHERIT,
  REGION_INFO_MAX_PROT,
  REGION_INFO_OBJECT,
  REGION_INFO_OFFSET,
  REGION_INFO_PROT,
  REGION_INFO_SHARING,
  REGION_INFO_SIZE,
  REGION_INFO_START,
  REGION_INFO_WIRED,
  VOI_STATE_INTERNAL,
} from "../../abi/vm_types";
import { stackAlloc } from "../../guest/i386";
import { vm_region } from "../generated/mach.generated";
import { mach_vm_object_info, mach_vm_region_info } from "../generated/mach_debug.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { task_self } from "./mach";

/** One map entry as vm_region reports it. */
@unmanaged
export class Region {
  address!: u32;
  size!: u32;
  protection!: u32;
  max_protection!: u32;
  inheritance!: u32;
  is_shared!: u32;
  /** a send right to the object's name port, 0 without an object; whoever reads a region releases it */
  object_name!: u32;
  offset!: u32;
}

export const REGION_SIZE: u32 = 32;
/** The end of the addresses that a task can use. */
export const USER_END: u32 = 0xc0000000;

/** Reads the entry at or above `address`. False when there is none. */
export function read_region(task: u32, address: u32, region: Region): bool {
  region.address = address;
  const at = changetype<usize>(region);
  return vm_region(task, at, at + 4, at + 8, at + 12, at + 16, at + 20, at + 24, at + 28) == 0;
}

export function release_region(region: Region): void {
  if (region.object_name != 0) mach_port_deallocate(task_self(), region.object_name);
}

/** How many entries of `task` begin in [start, end). */
export function count_entries_of(task: u32, start: u32, end: u32): u32 {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let count: u32 = 0;
  for (let at = start; at < end && read_region(task, at, region); at = region.address + region.size) {
    release_region(region);
    if (region.address >= end) break;
    count++;
  }
  return count;
}

/** How many of the caller's own entries begin in [start, end). */
export function count_entries(start: u32, end: u32): u32 {
  return count_entries_of(task_self(), start, end);
}

/**
 * The fewest entries that could describe the caller's map in [start, end): a boundary only where neighbours differ in
 * rights, inheritance, sharing, or run of a pager's object.
 */
export function count_fewest(start: u32, end: u32): u32 {
  const info = stackAlloc(REGION_INFO_SIZE);
  const previous = stackAlloc(REGION_INFO_SIZE);
  const name = stackAlloc(4);
  let count: u32 = 0;
  store<u32>(previous + REGION_INFO_END, 0);
  for (let at = start; at < end; at = load<u32>(info + REGION_INFO_END)) {
    if (mach_vm_region_info(task_self(), at, info, name) != 0) break;
    name_backing(info, load<u32>(name));
    if (load<u32>(info + REGION_INFO_START) >= end) break;
    if (!could_be_one(previous, info)) count++;
    memory.copy(previous, info, REGION_INFO_SIZE);
  }
  return count;
}

/**
 * Makes object and offset in `info` those of the last object of the chain that begins with the one named `name`, a right
 * that is released. An object of the kernel's own counts as none: one can stand for all.
 */
function name_backing(info: usize, name: u32): void {
  const object = stackAlloc(OBJECT_INFO_SIZE);
  const shadow = stackAlloc(4);
  const copy = stackAlloc(4);
  while (name != 0) {
    const result = mach_vm_object_info(name, object, shadow, copy);
    mach_port_deallocate(task_self(), name);
    if (result != 0) return;
    if (load<u32>(copy) != 0) mach_port_deallocate(task_self(), load<u32>(copy));
    name = load<u32>(shadow);
    if (name != 0) {
      const offset = load<u32>(info + REGION_INFO_OFFSET) + load<u32>(object + OBJECT_INFO_SHADOW_OFFSET);
      store<u32>(info + REGION_INFO_OFFSET, offset);
      continue;
    }
    const internal = (load<u32>(object + OBJECT_INFO_STATE) & (<u32>VOI_STATE_INTERNAL)) != 0;
    store<u32>(info + REGION_INFO_OBJECT, internal ? 0 : load<u32>(object + OBJECT_INFO_OBJECT));
  }
}

function could_be_one(left: usize, right: usize): bool {
  if (load<u32>(left + REGION_INFO_END) != load<u32>(right + REGION_INFO_START)) return false;
  if (differ(left, right, REGION_INFO_PROT) || differ(left, right, REGION_INFO_MAX_PROT)) return false;
  if (differ(left, right, REGION_INFO_INHERIT) || differ(left, right, REGION_INFO_WIRED)) return false;
  if (differ(left, right, REGION_INFO_SHARING) || differ(left, right, REGION_INFO_OBJECT)) return false;
  if (load<u32>(left + REGION_INFO_OBJECT) == 0) return true;
  const length = load<u32>(left + REGION_INFO_END) - load<u32>(left + REGION_INFO_START);
  return load<u32>(left + REGION_INFO_OFFSET) + length == load<u32>(right + REGION_INFO_OFFSET);
}

function differ(left: usize, right: usize, field: u32): bool {
  return load<u32>(left + field) != load<u32>(right + field);
}
