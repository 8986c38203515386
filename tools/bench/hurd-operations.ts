// What is measured of the kernel while the file server works.

/** Operations and the kernel's symbols for them. */
export const OPERATIONS: readonly (readonly [string, string])[] = [
  ["page fault", "vm_fault"],
  ["vm_map", "kernel/vm/vm_user/vm_map"],
  ["vm_deallocate", "vm_deallocate"],
  ["vm_protect", "vm_protect"],
];
