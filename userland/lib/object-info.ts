// Memory objects, found by their name ports: what is behind a map entry.
import {
  OBJECT_INFO_PAGING_OFFSET,
  OBJECT_INFO_REF_COUNT,
  OBJECT_INFO_SHADOW_OFFSET,
  OBJECT_INFO_SIZE,
  OBJECT_INFO_SIZE_FIELD,
  OBJECT_INFO_STATE,
  PAGE_INFO_SIZE,
  PAGE_INFO_STATE,
  PAGE_INFO_WIRE_COUNT,
  VOI_STATE_INTERNAL,
  VOI_STATE_PAGER_CREATED,
  VOI_STATE_TEMPORARY,
  VPI_STATE_ABSENT,
  VPI_STATE_ACTIVE,
  VPI_STATE_BUSY,
  VPI_STATE_DIRTY,
  VPI_STATE_INACTIVE,
  VPI_STATE_LAUNDRY,
  VPI_STATE_PRECIOUS,
} from "../../abi/vm_types";
import { stackAlloc } from "../../guest/i386";
import { mach_vm_object_info, mach_vm_object_pages } from "../generated/mach_debug.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { task_self } from "./mach";
import { arg, format, print, print_byte, print_u32 } from "./print";
import { vm_deallocate } from "./vm";

const PAGES_INLINE: u32 = 85;
const inline_pages: usize = memory.data(2040);
/** Shadows that are followed at most. */
const CHAIN_MAX: u32 = 16;

/** Prints a line for the object with the name port `name`, and one for each object that it is a shadow of. */
export function print_object(name: u32): void {
  let port = name;
  for (let depth: u32 = 0; depth < CHAIN_MAX && port != 0; depth++) {
    const shadow = print_one(port, depth);
    if (port != name) mach_port_deallocate(task_self(), port);
    port = shadow;
  }
  if (port != 0 && port != name) mach_port_deallocate(task_self(), port);
}

/** Returns a right to the name port of the object behind it, or 0. */
function print_one(name: u32, depth: u32): u32 {
  const info = stackAlloc(OBJECT_INFO_SIZE);
  const shadow = stackAlloc(4);
  const copy = stackAlloc(4);
  if (mach_vm_object_info(name, info, shadow, copy) != 0) return 0;
  for (let i: u32 = 0; i <= depth; i++) print("  ");
  if (depth != 0) print("shadows ");
  const state = load<u32>(info + OBJECT_INFO_STATE);
  arg(load<u32>(info + OBJECT_INFO_SIZE_FIELD));
  arg(load<u32>(info + OBJECT_INFO_REF_COUNT));
  format("size 0x%x, %u references");
  if (state & VOI_STATE_INTERNAL) print(", internal");
  else if (state & VOI_STATE_TEMPORARY) print(", temporary");
  if (state & VOI_STATE_PAGER_CREATED) {
    arg(load<u32>(info + OBJECT_INFO_PAGING_OFFSET));
    format(", pager from 0x%x");
  }
  if (load<u32>(shadow) != 0) {
    arg(load<u32>(info + OBJECT_INFO_SHADOW_OFFSET));
    format(", shadow from 0x%x");
  }
  if (load<u32>(copy) != 0) {
    print(", has a copy");
    mach_port_deallocate(task_self(), load<u32>(copy));
  }
  print_pages(name);
  print_byte(10);
  return load<u32>(shadow);
}

/** How many pages there are, and how many in each state. */
function print_pages(name: u32): void {
  const pointer = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(pointer, <u32>inline_pages);
  store<u32>(count, PAGES_INLINE);
  if (mach_vm_object_pages(name, pointer, count) != 0) return;
  const pages = load<u32>(pointer);
  const number = load<u32>(count);
  arg(number);
  format(", %u pages");
  print_state(pages, number, VPI_STATE_ACTIVE, " active");
  print_state(pages, number, VPI_STATE_INACTIVE, " inactive");
  print_state(pages, number, VPI_STATE_LAUNDRY, " in the laundry");
  print_state(pages, number, VPI_STATE_DIRTY, " dirty");
  print_state(pages, number, VPI_STATE_PRECIOUS, " precious");
  print_state(pages, number, VPI_STATE_BUSY, " busy");
  print_state(pages, number, VPI_STATE_ABSENT, " absent");
  let wired: u32 = 0;
  for (let i: u32 = 0; i < number; i++)
    if (load<u32>(pages + i * PAGE_INFO_SIZE, PAGE_INFO_WIRE_COUNT) != 0) wired++;
  print_count(wired, " wired");
  if (number != 0 && pages != <u32>inline_pages) vm_deallocate(task_self(), pages, number * PAGE_INFO_SIZE);
}

function print_state(pages: u32, number: u32, bit: u32, title: string): void {
  let found: u32 = 0;
  for (let i: u32 = 0; i < number; i++)
    if (load<u32>(pages + i * PAGE_INFO_SIZE, PAGE_INFO_STATE) & bit) found++;
  print_count(found, title);
}

function print_count(number: u32, title: string): void {
  if (number == 0) return;
  print(", ");
  print_u32(number);
  print(title);
}
