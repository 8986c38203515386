// Joining neighbouring map entries. One function, vm_merge_test, decides whether two neighbours may become one entry; a
// new mapping is judged as if it were an entry already. Everything that joins asks it, and every answer is counted.
//
//   none      nothing is joined
//   backward  new null-object mappings extend the entry in front of them (GNU Mach before 2023)
//   series    new mappings extend either neighbour; vm_protect and vm_inherit glue entries (GNU Mach since 2023)
//   full      also: growth of objects that only one map sees, pages moved between two anonymous objects, glueing after
//             wiring, copies and copy-on-write resolution
import {
  VmMap,
  VmMapEntry,
  ENTRY_IN_TRANSITION,
  ENTRY_NEEDS_COPY,
  ENTRY_PROJECTED,
  ENTRY_SHARED,
} from "./vm_map";
import {
  vm_map_entry_absorb_next,
  vm_map_entry_free,
  vm_map_entry_set_end,
  vm_map_entry_set_start,
  vm_map_lookup_entry,
} from "./vm_map_entry";
import {
  OBJ_INTERNAL,
  OBJ_PAGER,
  OBJ_TEMPORARY,
  OBJ_USE_SHARED_COPY,
  VmObject,
  vm_object_deallocate,
  vm_object_owner_add,
  vm_object_owner_drop,
  vm_object_page_remove,
  vm_object_sole,
  vm_object_unshared,
} from "./vm_object";
import { vm_object_collapse } from "./vm_object_copy";
import { PAGE_BUSY, VmPage } from "./vm_page";
import { vm_page_free, vm_page_rename } from "./vm_resident";

export const MERGE_NONE: u32 = 0;
export const MERGE_BACKWARD: u32 = 1;
export const MERGE_SERIES: u32 = 2;
export const MERGE_FULL: u32 = 3;

// Why two neighbours are not joined. The order is that of the statistics.
export const MERGE_OK: u32 = 0;
export const MERGE_NOT_ADJACENT: u32 = 1;
export const MERGE_SHARED_ENTRY: u32 = 2;
export const MERGE_IN_TRANSITION: u32 = 3;
export const MERGE_PROJECTED: u32 = 4;
export const MERGE_PROTECTION: u32 = 5;
export const MERGE_MAX_PROTECTION: u32 = 6;
export const MERGE_INHERITANCE: u32 = 7;
export const MERGE_WIRED_ACCESS: u32 = 8;
export const MERGE_WIRED_COUNT: u32 = 9;
export const MERGE_NEEDS_COPY: u32 = 10;
/** The map wires new memory, and the neighbour is not wired. */
export const MERGE_WIRING_REQUIRED: u32 = 11;
/** The mode does not join such neighbours. */
export const MERGE_MODE: u32 = 12;
/** One object, but not at continuous offsets. */
export const MERGE_OFFSET: u32 = 13;
/** Two objects. */
export const MERGE_OBJECTS: u32 = 14;
/** The object is not private: somebody else may see, or own, the offsets that would be taken over. */
export const MERGE_NOT_PRIVATE: u32 = 15;
/** The object has no offsets in front of the entry. */
export const MERGE_NO_ROOM: u32 = 16;
/** Joining would move more pages than MOVE_PAGES_MAX. */
export const MERGE_TOO_MANY_PAGES: u32 = 17;
export const MERGE_REASONS: u32 = 18;

/** Pages moved at most to join two objects. */
const MOVE_PAGES_MAX: u32 = 64;

// What to do with the objects of two neighbours that may be joined.
/** Nothing: no objects, or one object. */
const PLAN_SAME: u32 = 0;
/** The left object takes over the right range, which has none. */
const PLAN_GROW_UP: u32 = 1;
/** The right object takes over the left range. */
const PLAN_GROW_DOWN: u32 = 2;
/** The pages of the right object move to the left one. */
const PLAN_MOVE_LEFT: u32 = 3;
const PLAN_MOVE_RIGHT: u32 = 4;

export let vm_merge_mode: u32 = MERGE_FULL;

/** The boot argument vm.merge=; before the first user map is made. */
export function vm_merge_set_mode(mode: u32): void {
  vm_merge_mode = mode;
}

// --- statistics -----------------------------------------------------------------------------------------------------

/** New mappings that became part of a neighbour; entries that vanished in another; pages moved between objects. */
export let vm_merge_extended: u32 = 0;
export let vm_merge_glued: u32 = 0;
export let vm_merge_pages_moved: u32 = 0;
/** A counter for each answer of vm_merge_test. */
const answers: usize = memory.data(72);

/** Words that vm_merge_statistics writes. */
export const MERGE_STATISTICS_COUNT: u32 = 4 + MERGE_REASONS;

/**
 * Writes at most `limit` words to `buffer`: mode, extensions, glued entries, moved pages, then how often each answer
 * MERGE_OK ... was given. Returns how many were written.
 */
export function vm_merge_statistics(buffer: usize, limit: u32): u32 {
  const count = min<u32>(limit, MERGE_STATISTICS_COUNT);
  for (let i: u32 = 0; i < count; i++) store<u32>(buffer + (i << 2), statistic(i));
  return count;
}

function statistic(index: u32): u32 {
  if (index == 0) return vm_merge_mode;
  if (index == 1) return vm_merge_extended;
  if (index == 2) return vm_merge_glued;
  if (index == 3) return vm_merge_pages_moved;
  return load<u32>(answers + ((index - 4) << 2));
}

// --- the decision -----------------------------------------------------------------------------------------------------

let plan: u32 = PLAN_SAME;

/**
 * May `left` and `right`, real entries or a new mapping described as one (`entering`), become one entry of `map`?
 * MERGE_OK leaves the plan for applyObjects.
 */
export function vm_merge_test(map: VmMap, left: VmMapEntry, right: VmMapEntry, entering: bool): u32 {
  return countAnswer(judge(map, left, right, entering));
}

function countAnswer(answer: u32): u32 {
  const cell = answers + (answer << 2);
  store<u32>(cell, load<u32>(cell) + 1);
  return answer;
}

function judge(map: VmMap, left: VmMapEntry, right: VmMapEntry, entering: bool): u32 {
  if (left.end != right.start) return MERGE_NOT_ADJACENT;
  let flags = left.flags | right.flags;
  if (vm_merge_mode == MERGE_FULL && flags & ENTRY_SHARED) {
    dropStaleShare(map, left);
    dropStaleShare(map, right);
    flags = left.flags | right.flags;
  }
  if (flags & (ENTRY_SHARED | ENTRY_IN_TRANSITION | ENTRY_PROJECTED)) {
    if (flags & ENTRY_SHARED) return MERGE_SHARED_ENTRY;
    return flags & ENTRY_IN_TRANSITION ? MERGE_IN_TRANSITION : MERGE_PROJECTED;
  }
  const at = offsetof<VmMapEntry>("protection");
  if (load<u32>(changetype<usize>(left) + at) != load<u32>(changetype<usize>(right) + at)) {
    const difference = attributeDifference(left, right);
    if (difference != MERGE_OK) return difference;
  }
  if (left.wiredCount != right.wiredCount) return MERGE_WIRED_COUNT;
  const leftObject = left.object;
  const rightObject = right.object;
  if ((left.flags ^ right.flags) & ENTRY_NEEDS_COPY && !needsCopyFits(leftObject, rightObject, entering)) {
    if (vm_merge_mode != MERGE_FULL) return MERGE_NEEDS_COPY;
    dropStaleCopy(map, left);
    dropStaleCopy(map, right);
    if ((left.flags ^ right.flags) & ENTRY_NEEDS_COPY) return MERGE_NEEDS_COPY;
  }
  if (vm_merge_mode == MERGE_FULL && entering && map.wiringRequired != 0) return MERGE_WIRING_REQUIRED;
  return judgeObjects(map, left, right);
}

function attributeDifference(left: VmMapEntry, right: VmMapEntry): u32 {
  if (left.protection != right.protection) return MERGE_PROTECTION;
  if (left.maxProtection != right.maxProtection) return MERGE_MAX_PROTECTION;
  if (left.inheritance != right.inheritance) return MERGE_INHERITANCE;
  return vm_merge_mode == MERGE_BACKWARD ? MERGE_OK : MERGE_WIRED_ACCESS;
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

function judgeObjects(map: VmMap, left: VmMapEntry, right: VmMapEntry): u32 {
  const leftObject = left.object;
  const rightObject = right.object;
  if (leftObject == rightObject) {
    plan = PLAN_SAME;
    return leftObject == null || left.offset + (left.end - left.start) == right.offset
      ? MERGE_OK
      : MERGE_OFFSET;
  }
  if (rightObject == null) {
    plan = PLAN_GROW_UP;
    return judgeGrowth(map, leftObject!, left.offset + (left.end - left.start), true);
  }
  const length = left.end - left.start;
  if (leftObject == null) {
    plan = PLAN_GROW_DOWN;
    const answer = judgeGrowth(map, rightObject, right.offset, false);
    return answer == MERGE_OK && right.offset < length ? MERGE_NO_ROOM : answer;
  }
  return vm_merge_mode == MERGE_FULL ? judgeMove(map, left, right, leftObject, rightObject) : MERGE_OBJECTS;
}

/** An object of the kernel's own that nothing is going on with, and nothing is copied from. */
function isPlain(object: VmObject): bool {
  return (
    (object.flags & (OBJ_INTERNAL | OBJ_PAGER | OBJ_TEMPORARY)) == (OBJ_INTERNAL | OBJ_TEMPORARY) &&
    object.copy == null &&
    object.pagingInProgress == 0
  );
}

/** May `object` take over offsets next to a mapping: from `edge` on (`up`), or those below it? */
function judgeGrowth(map: VmMap, object: VmObject, edge: u32, up: bool): u32 {
  if (!isPlain(object)) return MERGE_NOT_PRIVATE;
  if (object.shadow != null) {
    vm_object_collapse(object);
    if (object.shadow != null) return MERGE_NOT_PRIVATE;
  }
  if (object.refCount == 1) return MERGE_OK;
  if (vm_merge_mode != MERGE_FULL) return MERGE_NOT_PRIVATE;
  // Nobody maps offsets beyond the object's size; and in an object that one map sees, each at one address, the offsets
  // of free addresses are unused.
  return (up && edge >= object.size) || vm_object_sole(object, map) ? MERGE_OK : MERGE_NOT_PRIVATE;
}

/** May the pages of one object move to the other? */
function judgeMove(map: VmMap, left: VmMapEntry, right: VmMapEntry, lower: VmObject, upper: VmObject): u32 {
  if (!isPlain(lower) || !isPlain(upper)) return MERGE_OBJECTS;
  if (lower.shadow != upper.shadow) {
    vm_object_collapse(lower);
    vm_object_collapse(upper);
    if (lower.shadow != upper.shadow) return MERGE_OBJECTS;
  }
  const length = left.end - left.start;
  if (lower.shadow != null) {
    // Both must see the same page of the shadow at the same address.
    const seen = left.offset + length + lower.shadowOffset;
    if (seen != right.offset + upper.shadowOffset) return MERGE_OFFSET;
  }
  let toLeft = upper.refCount == 1 && (lower.refCount == 1 || vm_object_sole(lower, map));
  let toRight =
    lower.refCount == 1 && right.offset >= length && (upper.refCount == 1 || vm_object_sole(upper, map));
  if (!toLeft && !toRight) return MERGE_NOT_PRIVATE;
  if (toLeft && toRight) toLeft = upper.residentCount <= lower.residentCount;
  plan = toLeft ? PLAN_MOVE_LEFT : PLAN_MOVE_RIGHT;
  const source = toLeft ? upper : lower;
  if (source.residentCount > MOVE_PAGES_MAX) return MERGE_TOO_MANY_PAGES;
  let page = source.pages;
  while (page != null) {
    if (page.flags & PAGE_BUSY) return MERGE_IN_TRANSITION;
    page = page.listNext;
  }
  return MERGE_OK;
}

// --- carrying it out ------------------------------------------------------------------------------------------------

/** The object and offset of the joined entry, from applyObjects. */
let joinedObject: VmObject | null = null;
let joinedOffset: u32 = 0;

/**
 * Carries out the plan for two neighbours that may be joined: one reference to each object they name goes in, one to
 * joinedObject comes out.
 */
function applyObjects(left: VmMapEntry, right: VmMapEntry): void {
  const leftLength = left.end - left.start;
  const rightLength = right.end - right.start;
  joinedObject = left.object;
  joinedOffset = left.offset;
  switch (plan) {
    case PLAN_SAME:
      if (joinedObject == null) {
        if (vm_merge_mode >= MERGE_SERIES) joinedOffset = 0;
      } else {
        vm_object_deallocate(joinedObject);
      }
      break;
    case PLAN_GROW_UP:
      takeOver(left.object!, left.offset + leftLength, rightLength);
      break;
    case PLAN_GROW_DOWN:
      joinedObject = right.object;
      joinedOffset = right.offset - leftLength;
      takeOver(right.object!, joinedOffset, leftLength);
      break;
    case PLAN_MOVE_LEFT: {
      const start = left.offset + leftLength;
      takeOver(left.object!, start, rightLength);
      movePages(right.object!, right.offset, rightLength, left.object!, start);
      break;
    }
    case PLAN_MOVE_RIGHT:
      joinedObject = right.object;
      joinedOffset = right.offset - leftLength;
      takeOver(right.object!, joinedOffset, leftLength);
      movePages(left.object!, left.offset, leftLength, right.object!, joinedOffset);
      break;
  }
}

/** Prepares offsets for a new use: leftovers of earlier mappings go. */
function takeOver(object: VmObject, start: u32, length: u32): void {
  vm_object_page_remove(object, start, start + length);
  if (object.size < start + length) object.size = start + length;
}

/** Moves the pages of [start, start + length) to `target` at `to`, and gives up the only reference to `source`. */
function movePages(source: VmObject, start: u32, length: u32, target: VmObject, to: u32): void {
  for (let page: VmPage | null = source.pages; page != null;) {
    const next = page.listNext;
    const distance = page.offset - start;
    if (distance < length) {
      vm_page_rename(page, target, to + distance);
      vm_merge_pages_moved++;
    } else {
      vm_page_free(page);
    }
    page = next;
  }
  vm_object_deallocate(source);
}

/**
 * Joins `entry` with the one in front of it if they may be. Returns the entry that has the range now: `entry`, or its
 * predecessor, and then `entry` is gone.
 */
export function vm_merge_glue(map: VmMap, entry: VmMapEntry): VmMapEntry {
  const left = entry.prev;
  if (left.end != entry.start || left == map.header || entry == map.header) return entry;
  if (vm_merge_test(map, left, entry, false) != MERGE_OK) return entry;
  const needsCopy = (left.flags | entry.flags) & ENTRY_NEEDS_COPY;
  detachObject(map, left);
  detachObject(map, entry);
  applyObjects(left, entry);
  const gone = vm_map_entry_absorb_next(map, left);
  attachJoined(map, left);
  left.flags |= <u16>needsCopy;
  vm_map_entry_free(gone);
  vm_merge_glued++;
  return left;
}

/** Whether the mode glues entries at all, and whether it does so after more than vm_protect and vm_inherit. */
export function vm_merge_glues(): bool {
  return vm_merge_mode >= MERGE_SERIES;
}

export function vm_merge_is_full(): bool {
  return vm_merge_mode == MERGE_FULL;
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
    countAnswer(MERGE_MODE);
    return null;
  }
  const next = prev.next;
  if (prev != map.header && vm_merge_test(map, prev, fresh, true) == MERGE_OK) {
    extendUp(map, prev, fresh);
    if (mode != MERGE_BACKWARD && next != map.header) vm_merge_glue(map, next);
    return prev;
  }
  if (mode == MERGE_BACKWARD || next == map.header) return null;
  if (vm_merge_test(map, fresh, next, true) != MERGE_OK) return null;
  extendDown(map, fresh, next);
  return vm_merge_glue(map, next);
}

function extendUp(map: VmMap, prev: VmMapEntry, fresh: VmMapEntry): void {
  detachObject(map, prev);
  applyObjects(prev, fresh);
  vm_map_entry_set_end(map, prev, fresh.end);
  attachJoined(map, prev);
  vm_merge_extended++;
}

function extendDown(map: VmMap, fresh: VmMapEntry, next: VmMapEntry): void {
  detachObject(map, next);
  applyObjects(fresh, next);
  vm_map_entry_set_start(map, next, fresh.start);
  attachJoined(map, next);
  vm_merge_extended++;
}

/** The entry's object may vanish in a moment. */
function detachObject(map: VmMap, entry: VmMapEntry): void {
  const object = entry.object;
  if (object != null) vm_object_owner_drop(object, map, entry.start - entry.offset);
}

function attachJoined(map: VmMap, entry: VmMapEntry): void {
  const object = joinedObject;
  entry.object = object;
  entry.offset = joinedOffset;
  if (object != null) vm_object_owner_add(object, map, entry.start - joinedOffset);
}
