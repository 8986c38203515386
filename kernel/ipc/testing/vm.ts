// Stands in for the VM in host tests of IPC: user memory is [USER_BASE, USER_END) of the module's own memory, for all
// tasks, and a copy is a kernel buffer.
import { KERN_INVALID_ADDRESS, KERN_SUCCESS } from "../../../abi/kern_return";
import { IpcPort } from "../ipc_port";
import { kalloc, kfree } from "./zone";

const USER_BASE: u32 = 0x20000000;
const USER_END: u32 = 0x30000000;
/** Where memory "anywhere" comes from. */
let anywhere_next: u32 = 0x28000000;

@unmanaged
export class VmMap {
  unused!: u32;
}

@unmanaged
export class VmMapCopy {
  type!: u32;
  offset!: u32;
  size!: u32;
}

function valid(address: u32, size: u32): bool {
  return address >= USER_BASE && address <= USER_END && size <= USER_END - address;
}

export function copyin(user: u32, kernel: usize, size: u32): i32 {
  if (!valid(user, size)) return KERN_INVALID_ADDRESS;
  memory.copy(kernel, user, size);
  return KERN_SUCCESS;
}

export function copyout(kernel: usize, user: u32, size: u32): i32 {
  if (!valid(user, size)) return KERN_INVALID_ADDRESS;
  memory.copy(user, kernel, size);
  return KERN_SUCCESS;
}

/** All of it is one page. */
export function user_readable(_map: VmMap, address: u32, size: u32): usize {
  return valid(address, size) ? address : 0;
}

export function user_writable(_map: VmMap, address: u32, size: u32): usize {
  return valid(address, size) ? address : 0;
}

export function copyinmsg(user: u32, kernel: usize, size: u32): i32 {
  return copyin(user, kernel, size);
}

export function copyoutmsg(kernel: usize, user: u32, size: u32): i32 {
  return copyout(kernel, user, size);
}

export function copyin_map(_map: VmMap, user: u32, kernel: usize, size: u32): i32 {
  return copyin(user, kernel, size);
}

export function copyout_map(_map: VmMap, kernel: usize, user: u32, size: u32): i32 {
  return copyout(kernel, user, size);
}

export function vm_map_copyin(map: VmMap, user: u32, size: u32, destroy: bool, result: usize): i32 {
  if (!valid(user, size)) return KERN_INVALID_ADDRESS;
  const kr = vm_map_copyin_kernel(user, size, result);
  if (kr == KERN_SUCCESS && destroy) vm_deallocate(map, user, size);
  return kr;
}

export function vm_map_copyin_kernel(buffer: usize, size: u32, result: usize): i32 {
  store<usize>(result, 0);
  if (size == 0) return KERN_SUCCESS;
  const copy = changetype<VmMapCopy>(kalloc(<u32>offsetof<VmMapCopy>() + size));
  if (changetype<usize>(copy) == 0) return 6;
  copy.size = size;
  memory.copy(changetype<usize>(copy) + offsetof<VmMapCopy>(), buffer, size);
  store<usize>(result, changetype<usize>(copy));
  return KERN_SUCCESS;
}

export function vm_map_copyout(map: VmMap, address: usize, copy: VmMapCopy): i32 {
  vm_allocate(map, address, copy.size, true);
  memory.copy(load<u32>(address), changetype<usize>(copy) + offsetof<VmMapCopy>(), copy.size);
  vm_map_copy_discard(copy);
  return KERN_SUCCESS;
}

export function vm_map_copy_discard(copy: VmMapCopy): void {
  if (changetype<usize>(copy)) kfree(changetype<usize>(copy), <u32>offsetof<VmMapCopy>() + copy.size);
}

export function vm_allocate(_map: VmMap, address: usize, size: u32, _anywhere: bool): i32 {
  store<u32>(address, anywhere_next);
  memory.fill(anywhere_next, 0, size);
  anywhere_next += (size + 4095) & ~4095;
  return KERN_SUCCESS;
}

/** Deallocated memory can be told by its contents. */
export function vm_deallocate(_map: VmMap, address: u32, size: u32): i32 {
  memory.fill(address, 0xdd, size);
  return KERN_SUCCESS;
}

export function vm_object_pager_died(_port: IpcPort): void {}
