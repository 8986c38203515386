// Writing a copy over existing memory: by exchanging objects where the destination allows it, else page by page.
import { KERN_INVALID_ARGUMENT, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { VM_PROT_WRITE } from "../../abi/vm_types";
import { pmap_remove } from "../i386/pmap";
import { PAGE_SIZE, page_aligned } from "../i386/vm_param";
import { copyout_map } from "./vm_copyio";
import { ENTRY_IN_TRANSITION, ENTRY_NEEDS_COPY, ENTRY_SHARED, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_settle } from "./vm_map_change";
import {
  COPY_ENTRIES,
  VmMapCopy,
  vm_map_check_access,
  vm_map_copy_discard,
  vm_map_copy_next,
  vm_map_copy_read,
} from "./vm_map_copy";
import {
  vm_map_clip_end,
  vm_map_clip_start,
  vm_map_entry_alloc,
  vm_map_entry_reserve,
  vm_map_entry_set_object,
  vm_map_lookup_entry,
} from "./vm_map_entry";
import { MERGE_POLICY_COPY, MERGE_POLICY_OVERWRITE } from "../../abi/vm_merge";
import { vm_merge_glue_at } from "./vm_merge";
import { vm_merge_does } from "./vm_merge_policy";
import { OBJ_INTERNAL, OBJ_PAGER, vm_object_deallocate } from "./vm_object";
import { vm_page_address } from "./vm_page";
import { vm_page_grab, vm_page_kernel_reserve, vm_page_release } from "./vm_resident";

/** Bytes that are rather written than replaced. */
const OVERWRITE_MAX: u32 = 4 * PAGE_SIZE;

/**
 * Writes the copy over the memory from page-aligned `destination` on. Consumes the copy on success only.
 * KERN_INVALID_ARGUMENT for wrong alignment, KERN_INVALID_ADDRESS for a hole, KERN_PROTECTION_FAILURE. May block.
 */
export function vm_map_copy_overwrite(map: VmMap, destination: u32, copy: VmMapCopy | null): i32 {
  if (copy == null) return KERN_SUCCESS;
  if (!page_aligned(destination) || !page_aligned(copy.size)) return KERN_INVALID_ARGUMENT;
  if (copy.type == COPY_ENTRIES && !page_aligned(copy.offset)) return KERN_INVALID_ARGUMENT;
  const end = destination + copy.size;
  // A range that wraps meets a hole: nothing is allocated above user space.
  const kr = vm_map_check_access(map, destination, end < destination ? 0xffffffff : end, VM_PROT_WRITE);
  if (kr != KERN_SUCCESS) return kr;
  const failure =
    copy.type == COPY_ENTRIES
      ? overwriteEntries(map, destination, copy)
      : overwriteBytes(map, destination, copy, 0, copy.size);
  if (vm_merge_does(MERGE_POLICY_COPY)) vm_merge_glue_at(map, destination, end);
  if (failure != KERN_SUCCESS) return failure;
  vm_map_copy_discard(copy);
  return KERN_SUCCESS;
}

function overwriteEntries(map: VmMap, destination: u32, copy: VmMapCopy): i32 {
  const shift = destination - copy.offset;
  let source = copy.first;
  while (source != null) {
    const at = source.start + shift;
    if (map.transitions != 0) vm_map_settle(map, at, source.end + shift);
    if (!vm_map_entry_reserve(3)) return KERN_RESOURCE_SHORTAGE;
    const entry = vm_map_lookup_entry(map, at);
    if (at < entry.end && replaceable(entry) && !isSmallPart(entry, source)) {
      vm_map_clip_start(map, entry, at);
      vm_map_clip_end(map, entry, source.end + shift);
      clipSource(copy, source, entry.end - shift);
      replaceObject(map, entry, source);
    } else {
      const stop = at < entry.end && entry.end - shift < source.end ? entry.end - shift : source.end;
      clipSource(copy, source, stop);
      const kr = overwriteBytes(map, at, copy, source.start - copy.offset, stop - source.start);
      if (kr != KERN_SUCCESS) return kr;
    }
    source = vm_map_copy_next(source);
  }
  return KERN_SUCCESS;
}

/** Whether the entry's contents may be replaced by giving it another object. */
function replaceable(entry: VmMapEntry): bool {
  if (entry.wiredCount != 0 || entry.flags & (ENTRY_SHARED | ENTRY_IN_TRANSITION)) return false;
  const object = entry.object;
  if (object == null || entry.flags & ENTRY_NEEDS_COPY) return true;
  return (object.flags & (OBJ_INTERNAL | OBJ_PAGER)) == OBJ_INTERNAL;
}

/**
 * Whether the copy is a few pages for the middle of something larger: writing them costs less than the first fault on either
 * side later, and the entries on both sides stay whole.
 */
function isSmallPart(entry: VmMapEntry, source: VmMapEntry): bool {
  if (!vm_merge_does(MERGE_POLICY_OVERWRITE)) return false;
  const size = source.end - source.start;
  return size <= OVERWRITE_MAX && entry.end - entry.start > size;
}

/** Makes an entry of a copy end at `end` (a source address), the rest following it. An entry must be reserved. */
function clipSource(copy: VmMapCopy, source: VmMapEntry, end: u32): void {
  if (end >= source.end) return;
  const rest = vm_map_entry_alloc();
  memory.copy(changetype<usize>(rest), changetype<usize>(source), offsetof<VmMapEntry>());
  rest.start = end;
  rest.offset += end - source.start;
  const object = source.object;
  if (object != null) object.refCount++;
  source.end = end;
  source.next = rest;
  if (copy.last == source) copy.last = rest;
}

/** Moves the object of `source` to `entry`; `source` keeps its place in the copy, without an object. */
function replaceObject(map: VmMap, entry: VmMapEntry, source: VmMapEntry): void {
  const old = entry.object;
  pmap_remove(map.pmap, entry.start, entry.end);
  vm_map_entry_set_object(map, entry, source.object, source.offset);
  entry.flags = (entry.flags & (<u16>~ENTRY_NEEDS_COPY)) | (source.flags & (<u16>ENTRY_NEEDS_COPY));
  source.object = null;
  vm_object_deallocate(old);
}

/** Copies bytes [from, from + size) of the copy to `destination`, page by page. */
function overwriteBytes(map: VmMap, destination: u32, copy: VmMapCopy, from: u32, size: u32): i32 {
  const bounce = vm_page_grab(vm_page_kernel_reserve());
  if (bounce == null) return KERN_RESOURCE_SHORTAGE;
  const buffer = vm_page_address(bounce);
  let kr: i32 = KERN_SUCCESS;
  for (let done: u32 = 0; done < size && kr == KERN_SUCCESS; done += PAGE_SIZE) {
    kr = vm_map_copy_read(copy, from + done, buffer, PAGE_SIZE);
    if (kr == KERN_SUCCESS) kr = copyout_map(map, buffer, destination + done, PAGE_SIZE);
  }
  vm_page_release(bounce);
  return kr;
}
