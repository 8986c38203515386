// Merging of map entries: what the kernel counts, and what can be switched. The words of host_vm_merge_info, in order: mode,
// policies that are on, extensions, entries glued, pages moved, pieces of long merges, then a counter for each answer of
// the predicate.

// --- modes: vm.merge=NAME ---
export const MERGE_NONE = 0;
export const MERGE_BACKWARD = 1;
export const MERGE_SERIES = 2;
export const MERGE_FULL = 3;

// --- policies of mode full: vm.merge.NAME=0 switches one off ---
/** Anonymous objects have offsets that are addresses. */
export const MERGE_POLICY_ADDRESS = 0x1;
/** An object is private when one map sees all of it, each page at one address. */
export const MERGE_POLICY_SOLE = 0x2;
/** Offsets behind an object's size are free whoever refers to it. */
export const MERGE_POLICY_END = 0x4;
/** Pages move from one anonymous object to another. */
export const MERGE_POLICY_MOVE = 0x8;
/** A shadow grows over what follows in the object behind it. */
export const MERGE_POLICY_SHADOW = 0x10;
/** Glueing after copies are made, overwritten, received and resolved. */
export const MERGE_POLICY_COPY = 0x20;
/** Small pieces are overwritten byte by byte instead of being given another object. */
export const MERGE_POLICY_OVERWRITE = 0x40;
/** Glueing after wiring. */
export const MERGE_POLICY_WIRE = 0x80;
/** Flags that outlived the copy or share that they are for are dropped, and what they kept apart is glued. */
export const MERGE_POLICY_STALE = 0x100;
export const MERGE_POLICIES_ALL = 0x1ff;

// --- answers of the predicate: why two neighbours are not joined ---
export const MERGE_OK = 0;
export const MERGE_NOT_ADJACENT = 1;
export const MERGE_SHARED_ENTRY = 2;
export const MERGE_IN_TRANSITION = 3;
export const MERGE_PROJECTED = 4;
export const MERGE_PROTECTION = 5;
export const MERGE_MAX_PROTECTION = 6;
export const MERGE_INHERITANCE = 7;
export const MERGE_WIRED_ACCESS = 8;
export const MERGE_WIRED_COUNT = 9;
export const MERGE_NEEDS_COPY = 10;
/** The map wires new memory, and the neighbour is not wired. */
export const MERGE_WIRING_REQUIRED = 11;
/** The mode does not join such neighbours. */
export const MERGE_MODE = 12;
/** One object, but not at continuous offsets. */
export const MERGE_OFFSET = 13;
/** Two objects. */
export const MERGE_OBJECTS = 14;
/** The object is not private: somebody else may see, or own, the offsets that would be taken over. */
export const MERGE_NOT_PRIVATE = 15;
/** The object has no offsets in front of the entry. */
export const MERGE_NO_ROOM = 16;
/** So many pages move in pieces, this time a part of them, or not at all. */
export const MERGE_TOO_MANY_PAGES = 17;
/** Both objects have been paged out: two pagers cannot become one. */
export const MERGE_PAGED = 18;
/** One of them stands for a map of its own. */
export const MERGE_SUBMAP = 19;

// --- host_vm_merge_info ---
export const MERGE_INFO_MODE = 0;
export const MERGE_INFO_POLICIES = 1;
export const MERGE_INFO_EXTENDED = 2;
export const MERGE_INFO_GLUED = 3;
export const MERGE_INFO_PAGES_MOVED = 4;
export const MERGE_INFO_PIECES = 5;
export const MERGE_INFO_ANSWERS = 6;
export const MERGE_INFO_COUNT = 26;

/** What the words behind MERGE_INFO_POLICIES count, in their order, one blank between two. (One literal: a sum is made at run time.) */
// prettier-ignore
export const MERGE_INFO_NAMES = "extended glued pages-moved pieces joined not-adjacent shared in-transition projected protection max-protection inheritance wired-access wired-count needs-copy wiring-required mode offset objects not-private no-room too-many-pages paged submap";
