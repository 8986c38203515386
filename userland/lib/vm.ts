// vm_map, vm_allocate and vm_deallocate as the C library makes them: by trap, and by message when the trap says that the
// task is not a local one.
import { MACH_SEND_INTERRUPTED } from "../../abi/mach_msg";
import * as rpc from "../generated/mach.generated";
import { vm_allocate_trap, vm_deallocate_trap, vm_map_trap } from "./asm";

export const PAGE_SIZE: u32 = 4096;

export function trunc_page(address: u32): u32 {
  return address & ~(PAGE_SIZE - 1);
}

export function round_page(address: u32): u32 {
  return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/** Maps `object` (0: zero-filled memory); `address` is in and out. Returns a kern_return. */
export function vm_map(
  task: u32,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: u32,
  object: u32,
  offset: u32,
  copy: u32,
  protection: u32,
  max_protection: u32,
  inheritance: u32,
): i32 {
  const result = vm_map_trap(
    task,
    address,
    size,
    mask,
    anywhere,
    object,
    offset,
    copy,
    protection,
    max_protection,
    inheritance,
  );
  if (result != MACH_SEND_INTERRUPTED) return result;
  return rpc.vm_map(
    task,
    address,
    size,
    mask,
    anywhere,
    object,
    offset,
    copy,
    protection,
    max_protection,
    inheritance,
  );
}

/** Allocates zero-filled memory; `address` is in and out. Returns a kern_return. */
export function vm_allocate(task: u32, address: usize, size: u32, anywhere: u32): i32 {
  const result = vm_allocate_trap(task, address, size, anywhere);
  return result != MACH_SEND_INTERRUPTED ? result : rpc.vm_allocate(task, address, size, anywhere);
}

export function vm_deallocate(task: u32, address: u32, size: u32): i32 {
  const result = vm_deallocate_trap(task, address, size);
  return result != MACH_SEND_INTERRUPTED ? result : rpc.vm_deallocate(task, address, size);
}
