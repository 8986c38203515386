// Walking an address map with vm_region, as vminfo on the Hurd does.
import { stackAlloc } from "../../guest/i386";
import { vm_region } from "../generated/mach.generated";
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
