// Proofs of a map's invariants, for kernel.check=1 and tests: order, trees, gaps, sizes, references, page tables.
import { panic } from "../kern/debug";
import { pmap_check } from "../i386/pmap";
import { page_aligned } from "../i386/vm_param";
import { AvlNode, avl_check } from "./avl";
import { VmMap, VmMapEntry } from "./vm_map";
import { VmObject } from "./vm_object";
import { vm_page_lookup } from "./vm_resident";

// Results of vm_map_check; pmap_check's come on top of CHECK_PMAP.
export const CHECK_OK: i32 = 0;
export const CHECK_ORDER: i32 = 1;
export const CHECK_LINKS: i32 = 2;
export const CHECK_TREE: i32 = 3;
export const CHECK_GAP: i32 = 4;
export const CHECK_GAP_TREE: i32 = 5;
export const CHECK_COUNT: i32 = 6;
export const CHECK_SIZE: i32 = 7;
export const CHECK_OBJECT: i32 = 8;
export const CHECK_OWNER: i32 = 9;
export const CHECK_HINT: i32 = 10;
export const CHECK_PMAP: i32 = 100;

/** Counting the entries of every object is quadratic: larger maps are spared. */
const OWNERS_CHECKED_UP_TO: u32 = 256;

let checking: bool = false;

/** kernel.check=1 */
export function vm_check_set(on: bool): void {
  checking = on;
}

/** With kernel.check=1: panics unless every invariant of the map holds. Called at the end of each call on a map. */
export function vm_map_verify(map: VmMap): void {
  if (checking && vm_map_check(map) != CHECK_OK) panic("vm_map_verify: a map is unsound");
}

/** CHECK_OK, or the first invariant found broken. */
export function vm_map_check(map: VmMap): i32 {
  let count: u32 = 0;
  let size: u32 = 0;
  let sizeNone: u32 = 0;
  let sizeWired: u32 = 0;
  let hintSeen = map.hint == map.header;
  let freeSeen = map.firstFree == map.header;
  for (let entry = map.header.next; entry != map.header; entry = entry.next) {
    const result = checkEntry(map, entry);
    if (result != CHECK_OK) return result;
    if (++count > map.entryCount) return CHECK_COUNT;
    const length = entry.end - entry.start;
    size += length;
    if (entry.maxProtection == 0) sizeNone += length;
    if (entry.wiredCount != 0) sizeWired += length;
    if (entry == map.hint) hintSeen = true;
    if (entry == map.firstFree) freeSeen = true;
  }
  if (count != map.entryCount) return CHECK_COUNT;
  if (size != map.size || sizeNone != map.sizeNone || sizeWired != map.sizeWired) return CHECK_SIZE;
  if (!hintSeen || !freeSeen) return CHECK_HINT;
  if (avl_check(changetype<AvlNode | null>(map.root), null, 0, 0xffffffff) < 0) return CHECK_TREE;
  if (avl_check(changetype<AvlNode | null>(map.gapRoot), null, 0, 0xffffffff) < 0) return CHECK_GAP_TREE;
  if (countNodes(map.root, false) != count) return CHECK_TREE;
  if (countNodes(map.gapRoot, true) != countGaps(map)) return CHECK_GAP_TREE;
  const pmap = pmap_check(map.pmap);
  return pmap == 0 ? CHECK_OK : CHECK_PMAP + pmap;
}

function checkEntry(map: VmMap, entry: VmMapEntry): i32 {
  if (entry.start >= entry.end || !page_aligned(entry.start) || !page_aligned(entry.end)) return CHECK_ORDER;
  if (entry.end > entry.next.start || entry.start < map.header.end) return CHECK_ORDER;
  if (entry.next.prev != entry || entry.prev.next != entry) return CHECK_LINKS;
  if (entry.gapSize != entry.next.start - entry.end) return CHECK_GAP;
  const object = entry.object;
  return object == null ? CHECK_OK : checkObject(map, entry, object);
}

function checkObject(map: VmMap, entry: VmMapEntry, object: VmObject): i32 {
  if (object.refCount <= 0) return CHECK_OBJECT;
  // A run of entries with one object is looked at once.
  if (entry.prev != map.header && entry.prev.object == object) return CHECK_OK;
  if (object.ownerMap == map && map.entryCount <= OWNERS_CHECKED_UP_TO) {
    let references = 0;
    let inLine = 0;
    for (let other = map.header.next; other != map.header; other = other.next) {
      if (other.object != object) continue;
      references++;
      if (other.start - other.offset == object.base) inLine++;
    }
    // Entries from before the map became the owner are not counted: then ownerRefs is too low for vm_object_sole.
    if (references < object.ownerRefs || references > object.refCount) return CHECK_OWNER;
    if (references == object.ownerRefs && references - inLine != object.strayRefs) return CHECK_OWNER;
  }
  let pages: u32 = 0;
  let page = object.pages;
  while (page != null) {
    pages++;
    if (page.object != object || vm_page_lookup(object, page.offset) != page) return CHECK_OBJECT;
    page = page.listNext;
  }
  return pages == object.residentCount ? CHECK_OK : CHECK_OBJECT;
}

/** Nodes of a tree; with `lists`, also those chained to nodes of the same gap. */
function countNodes(root: VmMapEntry | null, gaps: bool): u32 {
  if (root == null) return 0;
  if (!gaps) return 1 + countNodes(root.left, false) + countNodes(root.right, false);
  const node = changetype<AvlNode>(root);
  const entry = changetype<VmMapEntry>(changetype<usize>(node) - offsetof<VmMapEntry>("gapLeft"));
  let count: u32 = 1;
  let other = entry.gapNext;
  while (other != null) {
    count++;
    other = other.gapNext;
  }
  return (
    count +
    countNodes(changetype<VmMapEntry | null>(changetype<usize>(node.left)), true) +
    countNodes(changetype<VmMapEntry | null>(changetype<usize>(node.right)), true)
  );
}

function countGaps(map: VmMap): u32 {
  let count: u32 = 0;
  for (let entry = map.header.next; entry != map.header; entry = entry.next) if (entry.gapSize != 0) count++;
  return count;
}
