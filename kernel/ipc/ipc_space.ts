// Name spaces: what a task's port names mean.
import { kernel_assert } from "../kern/debug";
import { zalloc, zfree } from "../kern/zone";
import { KERN_SUCCESS } from "../../abi/kern_return";
import { ipc_entry_next, ipc_entry_tree_destroy, IpcEntry, IE_NULL } from "./ipc_entry";
import { ipc_right_destroy } from "./ipc_right";
import { ipc_zones } from "./ipc_zones";

@unmanaged
export class IpcSpace {
  refs!: u32;
  /** False once the task died: every use of a name fails. */
  active!: u32;
  /** Root node of the radix tree of entries, and its number of levels (0: no root yet). */
  tree!: usize;
  levels!: u32;
  /** Freed entries whose names are used again first, the latest freed before the others (linked by `request`). */
  free_list: IpcEntry = IE_NULL;
  free_count!: u32;
  /** Entries in use. */
  size!: u32;
}

export const IS_NULL: IpcSpace = changetype<IpcSpace>(0);

/** Spaces without names: receivers of kernel ports, and of the kernel's reply ports. */
let space_kernel: IpcSpace = changetype<IpcSpace>(0);
let space_reply: IpcSpace = changetype<IpcSpace>(0);

export function ipc_space_kernel(): IpcSpace {
  return space_kernel;
}

export function ipc_space_reply(): IpcSpace {
  return space_reply;
}

/** Makes the two special spaces; once, at boot. */
export function ipc_space_bootstrap(): void {
  space_kernel = ipc_space_create();
  space_reply = ipc_space_create();
  kernel_assert(space_kernel != IS_NULL && space_reply != IS_NULL, "no memory for the kernel's name spaces");
}

/** An empty space with one reference; null when memory is short. */
export function ipc_space_create(): IpcSpace {
  const space = changetype<IpcSpace>(zalloc(ipc_zones().space));
  if (space == IS_NULL) return IS_NULL;
  space.refs = 1;
  space.active = 1;
  return space;
}

export function ipc_space_reference(space: IpcSpace): void {
  space.refs++;
}

/** Drops a reference (null is fine). Mach's name is is_release. */
export function ipc_space_release(space: IpcSpace): void {
  if (space == IS_NULL) return;
  if (--space.refs == 0) zfree(ipc_zones().space, changetype<usize>(space));
}

/** Makes all names of the space go away, with what that entails (dying ports, notifications). The references to it remain. */
export function ipc_space_destroy(space: IpcSpace): void {
  if (!space.active) return;
  space.active = 0;
  let entry = ipc_entry_next(space, 1);
  while (entry != IE_NULL) {
    const name = entry.name;
    if (entry.bits) ipc_right_destroy(space, entry);
    entry = name == 0xfffffffe ? IE_NULL : ipc_entry_next(space, name + 1);
  }
  ipc_entry_tree_destroy(space);
}

/** For callers that want a code: KERN_SUCCESS while the space lives. */
export function ipc_space_check(space: IpcSpace, code: i32): i32 {
  return space != IS_NULL && space.active ? KERN_SUCCESS : code;
}
