// The objects of two neighbours: may they become one, and how. `vm_merge_judge_objects` makes a plan, `vm_merge_apply`
// carries it out at once: nothing happens in between.
import {
  MERGE_FULL,
  MERGE_INFO_PAGES_MOVED,
  MERGE_INFO_PIECES,
  MERGE_IN_TRANSITION,
  MERGE_NEEDS_COPY,
  MERGE_NOT_PRIVATE,
  MERGE_NO_ROOM,
  MERGE_OBJECTS,
  MERGE_OFFSET,
  MERGE_OK,
  MERGE_PAGED,
  MERGE_POLICY_END,
  MERGE_POLICY_MOVE,
  MERGE_POLICY_SHADOW,
  MERGE_POLICY_SOLE,
  MERGE_SERIES,
  MERGE_TOO_MANY_PAGES,
} from "../../abi/vm_merge";
import { PAGE_SIZE } from "../i386/vm_param";
import { ENTRY_NEEDS_COPY, VmMap, VmMapEntry } from "./vm_map";
import { vm_map_entry_set_boundary } from "./vm_map_entry";
import { vm_merge_count, vm_merge_does, vm_merge_mode } from "./vm_merge_policy";
import {
  OBJ_DEAD,
  OBJ_INTERNAL,
  OBJ_PAGER,
  OBJ_TEMPORARY,
  VmObject,
  vm_object_deallocate,
  vm_object_page_remove,
  vm_object_sole,
} from "./vm_object";
import { vm_object_collapse } from "./vm_object_copy";
import { PAGE_BUSY, VmPage } from "./vm_page";
import { vm_object_move_pager } from "./vm_pager";
import { vm_page_lookup, vm_page_rename } from "./vm_resident";

/** Pages that one call moves at most. */
export const MOVE_PAGES_MAX: u32 = 64;
/** Offsets that one piece of a long merge goes over at most, pages or not. */
const PIECE_OFFSETS_MAX: u32 = 1024;

/** Nothing: no objects, or one object. */
const PLAN_SAME: u32 = 0;
/** The left object takes over the right range, which has none. */
const PLAN_GROW_UP: u32 = 1;
/** The right object takes over the left range. */
const PLAN_GROW_DOWN: u32 = 2;
/** The pages of the right object move to the left one. */
const PLAN_MOVE_LEFT: u32 = 3;
const PLAN_MOVE_RIGHT: u32 = 4;
/** The left object is a shadow of the right one, which goes on where it ends: the shadow covers both. */
const PLAN_SHADOW_UP: u32 = 5;
const PLAN_SHADOW_DOWN: u32 = 6;
/** Both wait for their copies, and the left object shows the right one where that goes on: it stands for both. */
const PLAN_THROUGH_UP: u32 = 7;
const PLAN_THROUGH_DOWN: u32 = 8;

let plan: u32 = PLAN_SAME;

/** MERGE_OK with a plan, or why not. Their attributes have been compared, but for ENTRY_NEEDS_COPY. */
export function vm_merge_judge_objects(map: VmMap, left: VmMapEntry, right: VmMapEntry): u32 {
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
  if (left.flags & right.flags & ENTRY_NEEDS_COPY && shows(left, right)) return MERGE_OK;
  return vm_merge_does(MERGE_POLICY_MOVE)
    ? judgeMove(map, left, right, leftObject, rightObject)
    : MERGE_OBJECTS;
}

/**
 * One of two neighbours waits for its copy, the other does not: may the other, a shadow of what is to be copied, cover both?
 */
export function vm_merge_judge_shadow(map: VmMap, left: VmMapEntry, right: VmMapEntry): u32 {
  const lower = left.object;
  const upper = right.object;
  if (!vm_merge_does(MERGE_POLICY_SHADOW) || lower == null || upper == null) return MERGE_NEEDS_COPY;
  const length = left.end - left.start;
  if (right.flags & ENTRY_NEEDS_COPY) {
    const edge = left.offset + length;
    if (!isPlain(lower) || !showsThrough(lower, edge, right.end - right.start, upper, right.offset)) {
      return MERGE_NEEDS_COPY;
    }
    plan = PLAN_SHADOW_UP;
    return mayGrow(map, lower, edge, true);
  }
  if (right.offset < length) return MERGE_NO_ROOM;
  if (!isPlain(upper) || !showsThrough(upper, right.offset - length, length, lower, left.offset)) {
    return MERGE_NEEDS_COPY;
  }
  plan = PLAN_SHADOW_DOWN;
  return mayGrow(map, upper, right.offset, false);
}

/** Objects between two copies of one source at most. */
const CHAIN_MAX: u32 = 8;

/**
 * Is [start, + length) of `front`, where that has nothing of its own, what `target` has from `offset` on: is `target` behind it,
 * and nothing in between?
 */
function showsThrough(front: VmObject, start: u32, length: u32, target: VmObject, offset: u32): bool {
  let at = start + front.shadowOffset;
  let object = front.shadow;
  for (let depth: u32 = 0; depth < CHAIN_MAX && object != null; depth++) {
    if (object == target) return at == offset;
    if (!isEmpty(object, at, length)) return false;
    at += object.shadowOffset;
    object = object.shadow;
  }
  return false;
}

/** Nobody may put pages of his own into what shows through from now on. */
function reachThrough(front: VmObject, start: u32, length: u32, target: VmObject): void {
  let at = start + front.shadowOffset;
  let object = front.shadow;
  while (object != null && object != target) {
    reach(object, at + length);
    at += object.shadowOffset;
    object = object.shadow;
  }
}

/** Two copies of one source, the later one behind the earlier: does the earlier have nothing of its own where the later goes on? */
function shows(left: VmMapEntry, right: VmMapEntry): bool {
  if (!vm_merge_does(MERGE_POLICY_SHADOW)) return false;
  const lower = left.object!;
  const upper = right.object!;
  const length = left.end - left.start;
  const edge = left.offset + length;
  const rest = right.end - right.start;
  plan = PLAN_THROUGH_UP;
  if (isEmpty(lower, edge, rest) && showsThrough(lower, edge, rest, upper, right.offset)) return true;
  plan = PLAN_THROUGH_DOWN;
  if (right.offset < length) return false;
  const start = right.offset - length;
  return isEmpty(upper, start, length) && showsThrough(upper, start, length, lower, left.offset);
}

/** Whether nothing of [start, start + length) is the object's own, as far as a bounded look tells. */
function isEmpty(object: VmObject, start: u32, length: u32): bool {
  if (!isPlain(object) || object.flags & OBJ_PAGER) return false;
  if (object.residentCount > PIECE_OFFSETS_MAX) return false;
  let page = object.pages;
  while (page != null) {
    if (page.offset - start < length) return false;
    page = page.listNext;
  }
  return true;
}

/** An object of the kernel's own that nothing is going on with, and nothing is copied from. */
function isPlain(object: VmObject): bool {
  if ((object.flags & (OBJ_INTERNAL | OBJ_TEMPORARY | OBJ_DEAD)) != (OBJ_INTERNAL | OBJ_TEMPORARY))
    return false;
  if (object.copy != null || object.pagingInProgress != 0) return false;
  // GNU Mach leaves alone what has ever been paged out.
  return vm_merge_mode == MERGE_FULL || (object.flags & OBJ_PAGER) == 0;
}

/** May `object` take over offsets next to a mapping: from `edge` on (`up`), or those below it? */
function judgeGrowth(map: VmMap, object: VmObject, edge: u32, up: bool): u32 {
  if (!isPlain(object)) return MERGE_NOT_PRIVATE;
  if (object.shadow != null) {
    vm_object_collapse(object);
    if (object.shadow != null) return MERGE_NOT_PRIVATE;
  }
  return mayGrow(map, object, edge, up);
}

/**
 * Does nobody else own the offsets? Nobody maps any beyond the object's size; and in an object that one map sees, each at
 * one address, the offsets of free addresses are unused.
 */
function mayGrow(map: VmMap, object: VmObject, edge: u32, up: bool): u32 {
  if (isPrivate(map, object)) return MERGE_OK;
  return up && edge >= object.size && vm_merge_does(MERGE_POLICY_END) ? MERGE_OK : MERGE_NOT_PRIVATE;
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
  if (!isPrivate(map, lower) || !isPrivate(map, upper)) return MERGE_NOT_PRIVATE;
  const toLeft = mayGive(upper);
  const toRight = mayGive(lower) && right.offset >= length;
  if (lower.flags & upper.flags & OBJ_PAGER || (!toLeft && !toRight)) return MERGE_PAGED;
  const leftPages: u32 = toRight ? countPages(lower, left.offset, length) : MANY;
  const rightPages: u32 = toLeft ? countPages(upper, right.offset, right.end - right.start) : MANY;
  plan = toLeft && rightPages <= leftPages ? PLAN_MOVE_LEFT : PLAN_MOVE_RIGHT;
  const pages = min<u32>(leftPages, rightPages);
  if (pages == BUSY) return MERGE_IN_TRANSITION;
  return pages > MOVE_PAGES_MAX ? MERGE_TOO_MANY_PAGES : MERGE_OK;
}

/** Whether no page of the object is seen anywhere but at its address in `map`. */
function isPrivate(map: VmMap, object: VmObject): bool {
  return object.refCount == 1 || (vm_merge_does(MERGE_POLICY_SOLE) && vm_object_sole(object, map));
}

/** Whether a part of the object can be taken out of it: a pager comes along with all of it. */
function mayGive(object: VmObject): bool {
  return object.refCount == 1 || (object.flags & OBJ_PAGER) == 0;
}

/** Results of countPages that are no counts. */
const MANY: u32 = 0xffffffff;
const BUSY: u32 = 0xfffffffe;

/** How many pages moving [start, start + length) would touch, as far as that is found in PIECE_OFFSETS_MAX steps. */
function countPages(object: VmObject, start: u32, length: u32): u32 {
  if (object.residentCount > MOVE_PAGES_MAX) return countRange(object, start, length);
  let page = object.pages;
  while (page != null) {
    if (page.flags & PAGE_BUSY) return BUSY;
    page = page.listNext;
  }
  return object.residentCount;
}

function countRange(object: VmObject, start: u32, length: u32): u32 {
  if (object.refCount == 1 || length > PIECE_OFFSETS_MAX * PAGE_SIZE) return MANY;
  let count: u32 = 0;
  for (let at: u32 = 0; at < length; at += PAGE_SIZE) {
    const page = vm_page_lookup(object, start + at);
    if (page == null) continue;
    if (page.flags & PAGE_BUSY) return BUSY;
    count++;
  }
  return count;
}

/** Whether the plan joins two parts of one object, which has a reference less then. */
export function vm_merge_drops_reference(): bool {
  return plan == PLAN_SAME;
}

// --- carrying it out ------------------------------------------------------------------------------------------------

/** The object and offset of the joined entry, and whether it waits for a copy, from vm_merge_apply. */
export let vm_merge_object: VmObject | null = null;
export let vm_merge_offset: u32 = 0;
export let vm_merge_needs_copy: u32 = 0;

/**
 * Carries out the plan for two neighbours that may be joined: one reference to each object they name goes in, one to
 * vm_merge_object comes out.
 */
export function vm_merge_apply(left: VmMapEntry, right: VmMapEntry): void {
  const leftLength = left.end - left.start;
  const rightLength = right.end - right.start;
  vm_merge_object = left.object;
  vm_merge_offset = left.offset;
  vm_merge_needs_copy = (left.flags | right.flags) & ENTRY_NEEDS_COPY;
  switch (plan) {
    case PLAN_SAME:
      if (left.object == null) {
        if (vm_merge_mode >= <u32>MERGE_SERIES) vm_merge_offset = 0;
      } else {
        vm_object_deallocate(left.object);
      }
      break;
    case PLAN_GROW_UP:
      takeOver(left.object!, left.offset + leftLength, rightLength);
      break;
    case PLAN_GROW_DOWN:
      takeRight(right, leftLength);
      takeOver(right.object!, vm_merge_offset, leftLength);
      break;
    case PLAN_MOVE_LEFT: {
      const start = left.offset + leftLength;
      takeOver(left.object!, start, rightLength);
      movePages(right.object!, right.offset, rightLength, left.object!, start);
      break;
    }
    case PLAN_MOVE_RIGHT:
      takeRight(right, leftLength);
      takeOver(right.object!, vm_merge_offset, leftLength);
      movePages(left.object!, left.offset, leftLength, right.object!, vm_merge_offset);
      break;
    case PLAN_SHADOW_UP:
      takeOver(left.object!, left.offset + leftLength, rightLength);
      reachThrough(left.object!, left.offset + leftLength, rightLength, right.object!);
      vm_object_deallocate(right.object);
      vm_merge_needs_copy = 0;
      break;
    case PLAN_SHADOW_DOWN:
      takeRight(right, leftLength);
      takeOver(right.object!, vm_merge_offset, leftLength);
      reachThrough(right.object!, vm_merge_offset, leftLength, left.object!);
      vm_object_deallocate(left.object);
      vm_merge_needs_copy = 0;
      break;
    case PLAN_THROUGH_UP:
      reach(left.object!, left.offset + leftLength + rightLength);
      reachThrough(left.object!, left.offset + leftLength, rightLength, right.object!);
      vm_object_deallocate(right.object);
      break;
    case PLAN_THROUGH_DOWN:
      takeRight(right, leftLength);
      reachThrough(right.object!, vm_merge_offset, leftLength, left.object!);
      vm_object_deallocate(left.object);
      break;
  }
}

function reach(object: VmObject, end: u32): void {
  if (object.size < end) object.size = end;
}

/** The joined entry gets the object of the right one, with so much in front of it. */
function takeRight(right: VmMapEntry, length: u32): void {
  vm_merge_object = right.object;
  vm_merge_offset = right.offset - length;
}

/** Prepares offsets for a new use: leftovers of earlier mappings go. Behind its size an object has none. */
function takeOver(object: VmObject, start: u32, length: u32): void {
  if (start < object.size) vm_object_page_remove(object, start, start + length);
  reach(object, start + length);
}

/** Moves the pages of [start, start + length) to `target` at `to`, and gives up the reference to `source`. */
function movePages(source: VmObject, start: u32, length: u32, target: VmObject, to: u32): void {
  if (source.residentCount > MOVE_PAGES_MAX) {
    for (let at: u32 = 0; at < length; at += PAGE_SIZE) {
      const page = vm_page_lookup(source, start + at);
      if (page != null) movePage(page, target, to + at);
    }
  } else {
    if (source.flags & OBJ_PAGER) vm_object_move_pager(source, target, start - to, to, to + length);
    for (let page: VmPage | null = source.pages; page != null;) {
      const next = page.listNext;
      const distance = page.offset - start;
      if (distance < length) movePage(page, target, to + distance);
      page = next;
    }
  }
  // With its last reference go pages that nobody mapped.
  vm_object_deallocate(source);
}

function movePage(page: VmPage, target: VmObject, offset: u32): void {
  vm_page_rename(page, target, offset);
  vm_merge_count(MERGE_INFO_PAGES_MOVED);
}

// --- long merges ----------------------------------------------------------------------------------------------------

/**
 * After MERGE_TOO_MANY_PAGES: moves the boundary between the neighbours, and the pages of what it passes, by one piece. Both
 * entries stay, the one whose object gives grows smaller. False when nothing could be moved.
 */
export function vm_merge_piece(map: VmMap, left: VmMapEntry, right: VmMapEntry): bool {
  const toLeft = plan == PLAN_MOVE_LEFT;
  const source = toLeft ? right.object! : left.object!;
  const target = toLeft ? left.object! : right.object!;
  // A pager moves with all its pages or not at all.
  if (source.flags & OBJ_PAGER) return false;
  const room = (toLeft ? right.end - right.start : left.end - left.start) / PAGE_SIZE - 1;
  const step = toLeft ? PAGE_SIZE : 0 - PAGE_SIZE;
  // The page next to the boundary, in both objects.
  let from = toLeft ? right.offset : left.offset + (left.end - left.start) - PAGE_SIZE;
  let to = toLeft ? left.offset + (left.end - left.start) : right.offset - PAGE_SIZE;
  const first = to;
  let count: u32 = 0;
  let moved: u32 = 0;
  while (count < min<u32>(room, PIECE_OFFSETS_MAX) && moved < MOVE_PAGES_MAX) {
    const page = vm_page_lookup(source, from);
    if (page != null && page.flags & PAGE_BUSY) break;
    takeOver(target, to, PAGE_SIZE);
    if (page != null) {
      movePage(page, target, to);
      moved++;
    }
    from += step;
    to += step;
    count++;
  }
  if (to == first) return false;
  vm_map_entry_set_boundary(map, left, right, toLeft ? count * PAGE_SIZE : 0 - count * PAGE_SIZE);
  vm_merge_count(MERGE_INFO_PIECES);
  return true;
}
