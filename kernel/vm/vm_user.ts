// The vm_* calls, as MIG server routines and traps call them. Out-parameters are kernel addresses of u32 cells.
// A null map gives KERN_INVALID_ARGUMENT.
import { IpcPort } from "../ipc/ipc_port";
import { VmMap } from "./vm_map";
import { VmMapCopy } from "./vm_map_copy";

/** `address`: in and out. */
export function vm_allocate(map: VmMap | null, address: usize, size: u32, anywhere: bool): i32 {
  return unreachable();
}

export function vm_deallocate(map: VmMap | null, address: u32, size: u32): i32 {
  return unreachable();
}

export function vm_protect(map: VmMap | null, address: u32, size: u32, setMaximum: bool, prot: u32): i32 {
  return unreachable();
}

export function vm_inherit(map: VmMap | null, address: u32, size: u32, inheritance: u32): i32 {
  return unreachable();
}

/** Stores a VmMapCopy at `data` (out-of-line reply memory) and its size at `dataCount`. */
export function vm_read(map: VmMap | null, address: u32, size: u32, data: usize, dataCount: usize): i32 {
  return unreachable();
}

/** Consumes `data` on success. */
export function vm_write(map: VmMap | null, address: u32, data: VmMapCopy | null, size: u32): i32 {
  return unreachable();
}

export function vm_copy(map: VmMap | null, source: u32, size: u32, destination: u32): i32 {
  return unreachable();
}

/** `address`: in and out. `name`: a send right (an IpcPort) to the object's name port, or 0. */
export function vm_region(
  map: VmMap | null,
  address: usize,
  size: usize,
  prot: usize,
  maxProt: usize,
  inheritance: usize,
  isShared: usize,
  name: usize,
  offset: usize,
): i32 {
  return unreachable();
}

/**
 * `object`: the memory object's port (a send right, borrowed: the caller keeps its reference), or null for zero-filled
 * memory. May block when `copy` is set.
 */
export function vm_map(
  map: VmMap | null,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: bool,
  object: IpcPort | null,
  offset: u32,
  copy: bool,
  prot: u32,
  maxProt: u32,
  inheritance: u32,
): i32 {
  return unreachable();
}

/** Writes the 13 words VM_STATS_* to `buffer`. */
export function vm_statistics(map: VmMap | null, buffer: usize): i32 {
  return unreachable();
}

/** Writes the 11 words of vm_cache_statistics to `buffer`. */
export function vm_cache_statistics(map: VmMap | null, buffer: usize): i32 {
  return unreachable();
}

/** `privileged`: the caller holds the privileged host port. */
export function vm_wire(map: VmMap | null, privileged: bool, address: u32, size: u32, access: u32): i32 {
  return unreachable();
}

export function vm_wire_all(map: VmMap | null, flags: u32): i32 {
  return unreachable();
}

/** `value`: in and out. */
export function vm_machine_attribute(
  map: VmMap | null,
  address: u32,
  size: u32,
  attribute: u32,
  value: usize,
): i32 {
  return unreachable();
}

export function vm_msync(map: VmMap | null, address: u32, size: u32, flags: u32): i32 {
  return unreachable();
}

/** `privileged`: may raise the maximum. */
export function vm_set_size_limit(map: VmMap | null, privileged: bool, current: u32, maximum: u32): i32 {
  return unreachable();
}

export function vm_get_size_limit(map: VmMap | null, current: usize, maximum: usize): i32 {
  return unreachable();
}

/** Routine 3019: writes the 11 words REGION_INFO_* to `buffer`; `name` gets a send right to the object's name port or 0. */
export function mach_vm_region_info(map: VmMap | null, address: u32, buffer: usize, name: usize): i32 {
  return unreachable();
}
