// The kernel's clock as a page of memory.
import { stackAlloc } from "../../guest/i386";
import { MAPPED_SECONDS, MAPPED_UPTIME64 } from "../../abi/mapped_time";
import { D_READ } from "../../abi/task_types";
import { VM_INHERIT_NONE, VM_PROT_READ } from "../../abi/vm_types";
import { device_map } from "../generated/device.generated";
import { open_device } from "./disk";
import { task_self } from "./mach";
import { PAGE_SIZE, vm_map } from "./vm";

let page: u32 = 0;

/** Maps the clock, by way of the master device port. Returns a code. */
export function clock_map(master: u32): i32 {
  const cell = stackAlloc(4);
  let result = open_device(master, D_READ, "time", cell);
  if (result == 0) result = device_map(load<u32>(cell), VM_PROT_READ, 0, PAGE_SIZE, cell, 0);
  if (result != 0) return result;
  const pager = load<u32>(cell);
  store<u32>(cell, 0);
  const self = task_self();
  result = vm_map(self, cell, PAGE_SIZE, 0, 1, pager, 0, 0, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE);
  if (result == 0) page = load<u32>(cell);
  return result;
}

/** Seconds since 1970; 0 before clock_map. */
export function clock_seconds(): u32 {
  return page == 0 ? 0 : atomic.load<u32>(page + MAPPED_SECONDS);
}

/** Milliseconds since the kernel started; the clock is mapped. */
export function clock_uptime(): u32 {
  const seconds = atomic.load<u32>(page + MAPPED_UPTIME64);
  return seconds * 1000 + atomic.load<u32>(page + MAPPED_UPTIME64 + 8) / 1000000;
}
