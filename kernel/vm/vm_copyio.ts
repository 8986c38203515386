// Copying between kernel memory and the user memory of the current map (or of a given one). The page tables are walked
// and user rights checked here; what is missing goes through vm_fault. Nothing here takes a page fault.
// All return KERN_SUCCESS or the code of the first failing page (KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, ...),
// except where stated. May block.
import { KERN_INVALID_ADDRESS, KERN_SUCCESS } from "../../abi/kern_return";
import { VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { PMAP_USER_READ, PMAP_USER_WRITE, pmap_user_access } from "../i386/pmap";
import { PAGE_MASK, PAGE_SIZE, VM_MAX_ADDRESS } from "../i386/vm_param";
import { vm_fault } from "./vm_fault";
import { VmMap, current_map } from "./vm_map";

let failedAddress: u32 = 0;

/** Kernel address of a user byte, with the rest of its page behind it; 0 when the page tables give no such access (PMAP_USER_*). */
function userByte(map: VmMap, address: u32, access: u32): usize {
  if (changetype<usize>(map) == 0 || address >= VM_MAX_ADDRESS) return 0;
  return pmap_user_access(map.pmap, address, access);
}

/** After userByte gave 0: KERN_SUCCESS when it is worth another try. */
function faultIn(map: VmMap, address: u32, write: bool): i32 {
  failedAddress = address;
  if (changetype<usize>(map) == 0 || address >= VM_MAX_ADDRESS) return KERN_INVALID_ADDRESS;
  const result = vm_fault(map, address, write ? VM_PROT_READ | VM_PROT_WRITE : VM_PROT_READ, false);
  // Others may have failed while this one waited.
  failedAddress = address;
  return result;
}

function roomInPage(address: u32): u32 {
  return PAGE_SIZE - (address & PAGE_MASK);
}

export function copyin_map(map: VmMap, userAddress: u32, kernelAddress: usize, size: u32): i32 {
  while (size > 0) {
    const from = userByte(map, userAddress, PMAP_USER_READ);
    if (from == 0) {
      const result = faultIn(map, userAddress, false);
      if (result != KERN_SUCCESS) return result;
      continue;
    }
    const chunk = min<u32>(size, roomInPage(userAddress));
    memory.copy(kernelAddress, from, chunk);
    if (chunk == size) break;
    userAddress += chunk;
    kernelAddress += chunk;
    size -= chunk;
  }
  return KERN_SUCCESS;
}

export function copyout_map(map: VmMap, kernelAddress: usize, userAddress: u32, size: u32): i32 {
  while (size > 0) {
    const to = userByte(map, userAddress, PMAP_USER_WRITE);
    if (to == 0) {
      const result = faultIn(map, userAddress, true);
      if (result != KERN_SUCCESS) return result;
      continue;
    }
    const chunk = min<u32>(size, roomInPage(userAddress));
    memory.copy(to, kernelAddress, chunk);
    if (chunk == size) break;
    userAddress += chunk;
    kernelAddress += chunk;
    size -= chunk;
  }
  return KERN_SUCCESS;
}

export function copyin(userAddress: u32, kernelAddress: usize, size: u32): i32 {
  return copyin_map(current_map(), userAddress, kernelAddress, size);
}

export function copyout(kernelAddress: usize, userAddress: u32, size: u32): i32 {
  return copyout_map(current_map(), kernelAddress, userAddress, size);
}

/** Copies a 0-terminated string of at most `limit` bytes, the 0 included. Returns its length without the 0, or -1. */
export function copyinstr(userAddress: u32, kernelAddress: usize, limit: u32): i32 {
  let length: u32 = 0;
  while (length < limit) {
    const address = userAddress + length;
    let from = userByte(current_map(), address, PMAP_USER_READ);
    if (from == 0) {
      if (faultIn(current_map(), address, false) != KERN_SUCCESS) return -1;
      continue;
    }
    const stop = min<u32>(limit, length + roomInPage(address));
    for (; length < stop; length++, from++) {
      const byte = load<u8>(from);
      store<u8>(kernelAddress + length, byte);
      if (byte == 0) return length;
    }
  }
  return -1;
}

/** Whether a range of at most a page lies in user space and on one page. */
function on_one_page(address: u32, size: u32): bool {
  return address < VM_MAX_ADDRESS && (address & PAGE_MASK) <= PAGE_SIZE - size;
}

/**
 * Kernel address of a range of user memory that lies on one page and can be read without a fault; else 0. Good until the
 * caller blocks or changes the map. `size` is at most a page.
 */
export function user_readable(map: VmMap, address: u32, size: u32): usize {
  return on_one_page(address, size) ? pmap_user_access(map.pmap, address, PMAP_USER_READ) : 0;
}

/** As user_readable, to write. */
export function user_writable(map: VmMap, address: u32, size: u32): usize {
  return on_one_page(address, size) ? pmap_user_access(map.pmap, address, PMAP_USER_WRITE) : 0;
}

/** As copyin, for message buffers. */
export function copyinmsg(userAddress: u32, kernelAddress: usize, size: u32): i32 {
  return copyin(userAddress, kernelAddress, size);
}

/** As copyout, for message buffers. */
export function copyoutmsg(kernelAddress: usize, userAddress: u32, size: u32): i32 {
  return copyout(kernelAddress, userAddress, size);
}

/** The user address that the last of these calls failed at (for an exception's subcode). */
export function copyio_fault_address(): u32 {
  return failedAddress;
}
