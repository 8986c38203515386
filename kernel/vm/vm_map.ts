// Address maps.
import { Pmap } from "../i386/pmap";

@unmanaged
export class VmMap {
  refCount!: i32;
  pmap!: Pmap;
  /** Bytes of all entries. */
  size!: u32;
}

/** An empty user map with its own pmap; null when memory is short. */
export function vm_map_create(): VmMap | null {
  return unreachable();
}

export function vm_map_reference(map: VmMap): void {
  unreachable();
}

/** Drops a reference; the last one deletes all entries and the pmap. */
export function vm_map_deallocate(map: VmMap): void {
  unreachable();
}

/** A child's map made by the inheritance of every entry; null when memory is short. */
export function vm_map_fork(parent: VmMap): VmMap | null {
  return unreachable();
}

/** Makes `map` the one user mode and copyin/copyout use, and loads its page directory. */
export function vm_map_activate(map: VmMap): void {
  unreachable();
}

/** The map last activated. */
export function current_map(): VmMap {
  return unreachable();
}
