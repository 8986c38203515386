// The map of a child task, made by the inheritance of every entry.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { VM_INHERIT_COPY, VM_INHERIT_SHARE, VM_PROT_NONE } from "../../abi/vm_types";
import {
  ENTRY_NEEDS_COPY,
  ENTRY_SHARED,
  VmMap,
  VmMapEntry,
  vm_map_create,
  vm_map_deallocate,
} from "./vm_map";
import { vm_map_settle } from "./vm_map_change";
import { vm_map_entry_copy } from "./vm_map_copy";
import { vm_map_verify } from "./vm_check";
import {
  vm_map_count,
  vm_map_entry_alloc,
  vm_map_entry_free,
  vm_map_entry_link,
  vm_map_entry_reserve,
  vm_map_lookup_entry,
} from "./vm_map_entry";
import { vm_map_entry_make_object, vm_map_entry_resolve_copy } from "./vm_fault";
import { OBJ_USE_SHARED_COPY, vm_object_reference } from "./vm_object";
import { VM_MAX_ADDRESS } from "../i386/vm_param";

/** A child's map; null when memory is short. May block. */
export function vm_map_fork(parent: VmMap): VmMap | null {
  const child = vm_map_create();
  if (child == null) return null;
  child.sizeLimit = parent.sizeLimit;
  child.sizeLimitMax = parent.sizeLimitMax;
  for (let at: u32 = 0; at < VM_MAX_ADDRESS;) {
    if (parent.transitions != 0) vm_map_settle(parent, at, VM_MAX_ADDRESS);
    let entry = vm_map_lookup_entry(parent, at);
    if (at >= entry.end) entry = entry.next;
    if (entry == parent.header) break;
    at = entry.end;
    if (inheritEntry(parent, entry, child) != KERN_SUCCESS) {
      vm_map_deallocate(child);
      return null;
    }
  }
  vm_map_verify(parent);
  vm_map_verify(child);
  return child;
}

function inheritEntry(parent: VmMap, entry: VmMapEntry, child: VmMap): i32 {
  const inheritance = <u32>entry.inheritance;
  if (inheritance != VM_INHERIT_SHARE && inheritance != VM_INHERIT_COPY) return KERN_SUCCESS;
  if (!vm_map_entry_reserve(1)) return KERN_RESOURCE_SHORTAGE;
  const twin = vm_map_entry_alloc();
  memory.copy(changetype<usize>(twin), changetype<usize>(entry), offsetof<VmMapEntry>());
  const kr =
    inheritance == VM_INHERIT_SHARE ? share(parent, entry, twin) : vm_map_entry_copy(parent, entry, twin);
  if (kr != KERN_SUCCESS) {
    vm_map_entry_free(twin);
    return kr;
  }
  twin.wiredCount = 0;
  twin.wiredAccess = <u8>VM_PROT_NONE;
  vm_map_entry_link(child, child.header.prev, twin);
  vm_map_count(child, twin.end - twin.start, twin.maxProtection);
  return KERN_SUCCESS;
}

/** Makes the entry one whose memory others may map: it has an object of its own. False when memory is short. */
export function vm_map_entry_share(map: VmMap, entry: VmMapEntry): bool {
  if (entry.object == null && !vm_map_entry_make_object(map, entry)) return false;
  if (entry.flags & ENTRY_NEEDS_COPY && !vm_map_entry_resolve_copy(map, entry)) return false;
  entry.object!.flags |= OBJ_USE_SHARED_COPY;
  entry.flags |= <u16>ENTRY_SHARED;
  return true;
}

function share(parent: VmMap, entry: VmMapEntry, twin: VmMapEntry): i32 {
  if (!vm_map_entry_share(parent, entry)) return KERN_RESOURCE_SHORTAGE;
  const object = entry.object!;
  vm_object_reference(object);
  twin.object = object;
  twin.offset = entry.offset;
  twin.flags = <u16>ENTRY_SHARED;
  return KERN_SUCCESS;
}
