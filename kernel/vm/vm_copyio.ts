// Copying between kernel memory and the user memory of the current map (or of a given one). The page tables are walked
// and user rights checked here; what is missing goes through vm_fault. Nothing here takes a page fault.
// All return KERN_SUCCESS or the code of the first failing page (KERN_INVALID_ADDRESS, KERN_PROTECTION_FAILURE, ...),
// except where stated. May block.
import { VmMap } from "./vm_map";

export function copyin(userAddress: u32, kernelAddress: usize, size: u32): i32 {
  return unreachable();
}

export function copyout(kernelAddress: usize, userAddress: u32, size: u32): i32 {
  return unreachable();
}

/** Copies a 0-terminated string of at most `limit` bytes, the 0 included. Returns its length without the 0, or -1. */
export function copyinstr(userAddress: u32, kernelAddress: usize, limit: u32): i32 {
  return unreachable();
}

/** As copyin, for message buffers. */
export function copyinmsg(userAddress: u32, kernelAddress: usize, size: u32): i32 {
  return copyin(userAddress, kernelAddress, size);
}

/** As copyout, for message buffers. */
export function copyoutmsg(kernelAddress: usize, userAddress: u32, size: u32): i32 {
  return copyout(kernelAddress, userAddress, size);
}

export function copyin_map(map: VmMap, userAddress: u32, kernelAddress: usize, size: u32): i32 {
  return unreachable();
}

export function copyout_map(map: VmMap, kernelAddress: usize, userAddress: u32, size: u32): i32 {
  return unreachable();
}

/** Address of the last failing byte of any of the above (for the exception's subcode). */
export function copyio_fault_address(): u32 {
  return unreachable();
}
