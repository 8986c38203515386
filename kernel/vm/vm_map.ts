// Address maps: a list of entries in address order, found through a balanced tree, with the free gaps behind entries in
// a second tree ordered by size.
import { Pmap, pmap_activate, pmap_create, pmap_deactivate, pmap_destroy } from "../i386/pmap";
import { VM_MAX_ADDRESS, VM_MIN_ADDRESS } from "../i386/vm_param";
import { VM_PROT_NONE } from "../../abi/vm_types";
import { Zone, zalloc, zfree, zone_create } from "../kern/zone";
import { VmObject } from "./vm_object";
import { vm_map_delete } from "./vm_map_change";
import { vm_page_total } from "./vm_resident";

// VmMapEntry.flags
/** Inherited with SHARE by a child; never cleared, never joined. */
export const ENTRY_SHARED: u32 = 0x1;
/** The object must be shadowed before the first write. */
export const ENTRY_NEEDS_COPY: u32 = 0x2;
/** Somebody blocked while working on the entry: it is not joined, moved or removed. */
export const ENTRY_IN_TRANSITION: u32 = 0x4;
/** Somebody waits (on the map's address) for ENTRY_IN_TRANSITION to end. */
export const ENTRY_NEEDS_WAKEUP: u32 = 0x8;
/** Memory that the kernel shares with a task; never joined. */
export const ENTRY_PROJECTED: u32 = 0x10;
/** The addresses are those of another map, which is at `offset`; there is no object. Never joined. */
export const ENTRY_SUBMAP: u32 = 0x20;

/**
 * One range of uniform attributes: 68 bytes. The first four words are its node in the address tree (avl.ts), `gapLeft`
 * and the three words after it its node in the gap tree.
 */
@unmanaged
export class VmMapEntry {
  left!: VmMapEntry | null;
  right!: VmMapEntry | null;
  up!: u32;
  start!: u32;
  end!: u32;
  next: VmMapEntry = changetype<VmMapEntry>(0);
  prev: VmMapEntry = changetype<VmMapEntry>(0);
  gapLeft!: VmMapEntry | null;
  gapRight!: VmMapEntry | null;
  gapUp!: u32;
  /** Free bytes between `end` and the next entry; 0: in no tree. */
  gapSize!: u32;
  /** Other entries with a gap of this size, the most recent first; only one of them is in the tree. */
  gapNext!: VmMapEntry | null;
  /** Null for the one in the tree. */
  gapPrev!: VmMapEntry | null;
  /** Null: zero-filled memory that nobody has touched; `offset` means nothing then. */
  object!: VmObject | null;
  offset!: u32;
  // Read as one word when entries are compared.
  protection!: u8;
  maxProtection!: u8;
  inheritance!: u8;
  /** The rights that wired memory was asked to have; 0 when it is not to be wired. */
  wiredAccess!: u8;
  /** 1 while the pages are wired. */
  wiredCount!: u16;
  flags!: u16;
}

/** GNU Mach's entry has 88 bytes on i386. */
if (offsetof<VmMapEntry>() > 88) ERROR("VmMapEntry has grown");

@unmanaged
export class VmMap {
  refCount!: i32;
  pmap: Pmap = changetype<Pmap>(0);
  /** Address tree and gap tree: their root cells. */
  root!: VmMapEntry | null;
  gapRoot!: VmMapEntry | null;
  /** Ends the list at both ends: its start is where the map ends, its end where the map starts. In no tree. */
  header: VmMapEntry = changetype<VmMapEntry>(0);
  /** Where the last lookup ended. */
  hint: VmMapEntry = changetype<VmMapEntry>(0);
  /** Where `anywhere` looks first (vm_map_find_space). */
  firstFree: VmMapEntry = changetype<VmMapEntry>(0);
  entryCount!: u32;
  /** Bytes of all entries; of those without any maximum protection; of wired ones. */
  size!: u32;
  sizeNone!: u32;
  sizeWired!: u32;
  /** `size - sizeNone` stays within these; the second bounds the first. */
  sizeLimit!: u32;
  sizeLimitMax!: u32;
  /** Changes whenever an entry does. */
  timestamp!: u32;
  /** What memory entered from now on is wired for; VM_PROT_NONE: it is not wired. */
  wiringRequired!: u32;
  /** Entries that are ENTRY_IN_TRANSITION. */
  transitions!: u32;
  /** Highest entryCount since the map was made. */
  peakEntries!: u32;
}

let mapZone: Zone = changetype<Zone>(0);
let activeMap: VmMap = changetype<VmMap>(0);
export let vm_map_entry_zone: Zone = changetype<Zone>(0);

export function vm_map_init(): void {
  mapZone = zone_create(offsetof<VmMap>() + offsetof<VmMapEntry>(), "vm_map");
  vm_map_entry_zone = zone_create(offsetof<VmMapEntry>(), "vm_map_entry");
}

/** An empty user map with its own pmap; null when memory is short. */
export function vm_map_create(): VmMap | null {
  const pmap = pmap_create();
  if (pmap == null) return null;
  const map = vm_map_make(pmap, VM_MIN_ADDRESS, VM_MAX_ADDRESS);
  if (map == null) pmap_destroy(pmap);
  return map;
}

/** An empty map of [start, end); null when memory is short. */
export function vm_map_make(pmap: Pmap, start: u32, end: u32): VmMap | null {
  const address = zalloc(mapZone);
  if (address == 0) return null;
  const map = changetype<VmMap>(address);
  const header = changetype<VmMapEntry>(address + offsetof<VmMap>());
  header.start = end;
  header.end = start;
  header.next = header;
  header.prev = header;
  map.header = header;
  map.hint = header;
  map.firstFree = header;
  map.refCount = 1;
  map.pmap = pmap;
  map.sizeLimit = start == VM_MIN_ADDRESS ? vm_page_total << 12 : end - start;
  map.sizeLimitMax = map.sizeLimit;
  map.wiringRequired = VM_PROT_NONE;
  return map;
}

export function vm_map_reference(map: VmMap): void {
  map.refCount++;
}

/** Drops a reference; the last one deletes all entries and the pmap. */
export function vm_map_deallocate(map: VmMap): void {
  if (--map.refCount > 0) return;
  // Nobody else knows the map any more, so nothing can be in transition.
  map.refCount = 1;
  vm_map_delete(map, map.header.end, map.header.start);
  pmap_destroy(map.pmap);
  if (activeMap == map) activeMap = changetype<VmMap>(0);
  zfree(mapZone, changetype<usize>(map));
}

/** Makes `map` the one user mode and copyin/copyout use, and loads its page directory. */
export function vm_map_activate(map: VmMap): void {
  activeMap = map;
  pmap_activate(map.pmap);
}

/** No user map: kernel threads. */
export function vm_map_deactivate(): void {
  activeMap = changetype<VmMap>(0);
  pmap_deactivate();
}

/** The map last activated. */
export function current_map(): VmMap {
  return activeMap;
}
