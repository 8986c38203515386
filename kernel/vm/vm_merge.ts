// Joining neighbouring map entries. One function, vm_merge_test, decides whether two neighbours may become one entry; a
// new mapping is judged as if it were an entry already. Everything that joins asks it, and every answer is counted.
//
//   none      nothing is joined
//   backward  new null-object mappings extend the entry in front of them (GNU Mach before 2023)
//   series    new mappings extend either neighbour; vm_protect and vm_inherit glue entries (GNU Mach since 2023)
//   full      also: growth of objects that only one map sees, pages moved between two anonymous objects, glueing after
//             wiring, copies and copy-on-write resolution
import {
  MERGE_BACKWARD,
  MERGE_FULL,
  MERGE_INFO_EXTENDED,
  MERGE_INFO_GLUED,
  MERGE_INHERITANCE,
  MERGE_IN_TRANSITION,
  MERGE_MAX_PROTECTION,
  MERGE_MODE,
  MERGE_NONE,
  MERGE_NOT_ADJACENT,
  MERGE_OK,
  MERGE_POLICY_MOVE,
  MERGE_POLICY_STALE,
  MERGE_PROJECTED,
  MERGE_PROTECTION,
  MERGE_SHARED_ENTRY,
  MERGE_SUBMAP,
  MERGE_TOO_MANY_PAGES,
  MERGE_WIRED_ACCESS,
  MERGE_WIRED_COUNT,
  MERGE_WIRING_REQUIRED,
} from "../../abi/vm_merge";
import {
  VmMap,
  VmMapEntry,
  ENTRY_IN_TRANSITION,
  ENTRY_NEEDS_COPY,
  ENTRY_PROJECTED,
  ENTRY_SHARED,
  ENTRY_SUBMAP,
} from "./vm_map";
import {
  vm_map_entry_absorb_next,
  vm_map_entry_free,
  vm_map_entry_set_end,
  vm_map_entry_set_start,
  vm_map_lookup_entry,
} from "./vm_map_entry";
import { vm_merge_later } from "./vm_merge_later";
import {
  vm_merge_apply,
  vm_merge_drops_reference,
  vm_merge_judge_objects,
  vm_merge_judge_shadow,
  vm_merge_needs_copy,
  vm_merge_object,
  vm_merge_offset,
  vm_merge_piece,
} from "./vm_merge_objects";
import { vm_merge_count, vm_merge_count_answer, vm_merge_does, vm_merge_mode } from "./vm_merge_policy";
import {
  OBJ_USE_SHARED_COPY,
  VmObject,
  vm_object_owner_add,
  vm_object_owner_drop,
  vm_object_sole,
  vm_object_unshared,
} from "./vm_object";

// --- the decision ---------------------------------------------------------------------------------------------------

/**
 * May `left` and `right`, real entries or a new mapping described as one (`entering`), become one entry of `map`?
 * MERGE_OK leaves the plan for vm_merge_apply.
 */
export function vm_merge_test(map: VmMap, left: VmMapEntry, right: VmMapEntry, entering: bool): u32 {
  return vm_merge_count_answer(judge(map, left, right, entering));
}

function judge(map: VmMap, left: VmMapEntry, right: VmMapEntry, entering: bool): u32 {
  if (left.end != right.start) return MERGE_NOT_ADJACENT;
  let flags = left.flags | right.flags;
  if (flags & ENTRY_SHARED && vm_merge_does(MERGE_POLICY_STALE)) {
    dropStaleShare(map, left);
    dropStaleShare(map, right);
    flags = left.flags | right.flags;
  }
  if (flags & (ENTRY_SHARED | ENTRY_IN_TRANSITION | ENTRY_PROJECTED | ENTRY_SUBMAP)) {
    if (flags & ENTRY_SUBMAP) return MERGE_SUBMAP;
    if (flags & ENTRY_SHARED) return MERGE_SHARED_ENTRY;
    return flags & ENTRY_IN_TRANSITION ? MERGE_IN_TRANSITION : MERGE_PROJECTED;
  }
  const at = offsetof<VmMapEntry>("protection");
  if (load<u32>(changetype<usize>(left) + at) != load<u32>(changetype<usize>(right) + at)) {
    return attributeDifference(left, right);
  }
  if (entering && map.wiringRequired != 0) return MERGE_WIRING_REQUIRED;
  if (left.wiredCount != right.wiredCount) return MERGE_WIRED_COUNT;
  const leftObject = left.object;
  const rightObject = right.object;
  if ((left.flags ^ right.flags) & ENTRY_NEEDS_COPY && !needsCopyFits(leftObject, rightObject, entering)) {
    if (vm_merge_does(MERGE_POLICY_STALE)) {
      dropStaleCopy(map, left);
      dropStaleCopy(map, right);
    }
    if ((left.flags ^ right.flags) & ENTRY_NEEDS_COPY) return vm_merge_judge_shadow(map, left, right);
  }
  return vm_merge_judge_objects(map, left, right);
}

/** Protections, inheritance and wish to be wired are not all the same. */
function attributeDifference(left: VmMapEntry, right: VmMapEntry): u32 {
  if (left.protection != right.protection) return MERGE_PROTECTION;
  if (left.maxProtection != right.maxProtection) return MERGE_MAX_PROTECTION;
  if (left.inheritance != right.inheritance) return MERGE_INHERITANCE;
  return MERGE_WIRED_ACCESS;
}

/** The copies that made the entry needs_copy are gone: nobody but this map sees the object, each page at one address. */
function dropStaleCopy(map: VmMap, entry: VmMapEntry): void {
  const object = entry.object;
  if (object != null && vm_object_unshared(object, map)) entry.flags &= <u16>~ENTRY_NEEDS_COPY;
}

/** Nobody shares the entry's object any more. */
function dropStaleShare(map: VmMap, entry: VmMapEntry): void {
  const object = entry.object;
  if ((entry.flags & ENTRY_SHARED) == 0 || object == null || !vm_object_unshared(object, map)) return;
  entry.flags &= <u16>~ENTRY_SHARED;
  object.flags &= ~OBJ_USE_SHARED_COPY;
}

/** A null object has nothing to copy: it fits any neighbour. Existing entries are compared by `series` nevertheless. */
function needsCopyFits(left: VmObject | null, right: VmObject | null, entering: bool): bool {
  return (entering || vm_merge_mode == MERGE_FULL) && (left == null || right == null);
}

// --- joining --------------------------------------------------------------------------------------------------------

/**
 * Joins `entry` with the one in front of it if they may be. Returns the entry that has the range now: `entry`, or one in
 * front of it, and then `entry` is gone, and all that were between them.
 */
export function vm_merge_glue(map: VmMap, entry: VmMapEntry): VmMapEntry {
  const left = entry.prev;
  if (left.end != entry.start || left == map.header || entry == map.header) return entry;
  const answer = vm_merge_test(map, left, entry, false);
  if (answer != MERGE_OK) {
    if (answer == MERGE_TOO_MANY_PAGES && vm_merge_piece(map, left, entry)) vm_merge_later(map, entry.start);
    return entry;
  }
  detachObject(map, left);
  detachObject(map, entry);
  vm_merge_apply(left, entry);
  const gone = vm_map_entry_absorb_next(map, left);
  attachJoined(map, left);
  const whole = vm_merge_drops_reference();
  vm_map_entry_free(gone);
  vm_merge_count(MERGE_INFO_GLUED);
  // Whole again, the object may be joined with the one in front, which had no use for a part.
  return whole && vm_merge_does(MERGE_POLICY_MOVE) ? vm_merge_glue(map, left) : left;
}

/** Glues every entry of [start, end) to its predecessor, and the one behind the range, from `first` (in the range) on. */
export function vm_merge_glue_range(map: VmMap, first: VmMapEntry, end: u32): void {
  let entry = first;
  while (entry != map.header && entry.start < end) entry = vm_merge_glue(map, entry).next;
  if (entry != map.header) vm_merge_glue(map, entry);
}

/** Where vm_merge_released found something to glue in the map that the caller is working on. */
let laterStart: u32 = 0;
let laterEnd: u32 = 0;

/**
 * [offset, offset + length) of `object` lost a reference in `map`. If that leaves one map alone with the object, the
 * copy or share that kept its entries apart may be over: they are glued, at once in another map, else by
 * vm_merge_released_later.
 */
export function vm_merge_released(map: VmMap, object: VmObject, offset: u32, length: u32): void {
  const owner = object.ownerMap;
  if (owner == null || !vm_object_sole(object, owner)) return;
  const start = object.base + offset;
  if (owner != map) {
    vm_merge_glue_at(owner, start, start + length);
  } else {
    laterStart = start;
    laterEnd = start + length;
  }
}

/** [offset, offset + length) of `object` lost a reference that no map had: one of a message, or of a copy that is done. */
export function vm_merge_copy_released(object: VmObject, offset: u32, length: u32): void {
  const owner = object.ownerMap;
  if (owner == null || !vm_merge_does(MERGE_POLICY_STALE) || !vm_object_sole(object, owner)) return;
  vm_merge_glue_at(owner, object.base + offset, object.base + offset + length);
}

/** Glues what vm_merge_released left to the end of a work on `map`: the last range only. */
export function vm_merge_released_later(map: VmMap): void {
  if (laterEnd == 0) return;
  const end = laterEnd;
  laterEnd = 0;
  vm_merge_glue_at(map, laterStart, end);
}

/** Glues what lies in [start, end) and at its ends. */
export function vm_merge_glue_at(map: VmMap, start: u32, end: u32): void {
  const entry = vm_map_lookup_entry(map, start);
  vm_merge_glue_range(map, start < entry.end ? entry : entry.next, end);
}

/**
 * Tries to make the new mapping `fresh` (not linked) part of its neighbours `prev` and `prev.next`. On success its
 * reference to an object is consumed, the entry that has the range now is returned, and sizes are the caller's business;
 * otherwise null.
 */
export function vm_merge_extend(map: VmMap, prev: VmMapEntry, fresh: VmMapEntry): VmMapEntry | null {
  const mode = vm_merge_mode;
  if (mode == MERGE_NONE || (mode == MERGE_BACKWARD && fresh.object != null)) {
    vm_merge_count_answer(MERGE_MODE);
    return null;
  }
  const next = prev.next;
  if (prev != map.header && vm_merge_test(map, prev, fresh, true) == MERGE_OK) {
    extendUp(map, prev, fresh);
    if (mode == MERGE_BACKWARD || next == map.header) return prev;
    const joined = vm_merge_glue(map, next);
    return joined == next ? prev : joined;
  }
  if (mode == MERGE_BACKWARD || next == map.header) return null;
  if (vm_merge_test(map, fresh, next, true) != MERGE_OK) return null;
  extendDown(map, fresh, next);
  return vm_merge_glue(map, next);
}

function extendUp(map: VmMap, prev: VmMapEntry, fresh: VmMapEntry): void {
  detachObject(map, prev);
  vm_merge_apply(prev, fresh);
  vm_map_entry_set_end(map, prev, fresh.end);
  attachJoined(map, prev);
  vm_merge_count(MERGE_INFO_EXTENDED);
}

function extendDown(map: VmMap, fresh: VmMapEntry, next: VmMapEntry): void {
  detachObject(map, next);
  vm_merge_apply(fresh, next);
  vm_map_entry_set_start(map, next, fresh.start);
  attachJoined(map, next);
  vm_merge_count(MERGE_INFO_EXTENDED);
}

/** The entry's object may vanish in a moment. */
function detachObject(map: VmMap, entry: VmMapEntry): void {
  const object = entry.object;
  if (object != null) vm_object_owner_drop(object, map, entry.start - entry.offset);
}

function attachJoined(map: VmMap, entry: VmMapEntry): void {
  const object = vm_merge_object;
  entry.object = object;
  entry.offset = vm_merge_offset;
  entry.flags = (entry.flags & (<u16>~ENTRY_NEEDS_COPY)) | (<u16>vm_merge_needs_copy);
  if (object != null) vm_object_owner_add(object, map, entry.start - vm_merge_offset);
}
