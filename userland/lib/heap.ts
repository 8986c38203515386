// malloc, free and realloc, which call the kernel for memory as the GNU C library's do on the Hurd:
//
// - the first thread's blocks come from the data segment (sbrk): the main arena;
// - other threads have an arena of heaps: HEAP_MAX bytes reserved without access and aligned to that, of which vm_protect
//   opens as much as is needed, page by page, and a first piece with TOP_PAD bytes more;
// - blocks of MMAP_THRESHOLD bytes and more are mappings of their own.
//
// Freed neighbours join at once, free blocks are kept by size, and a large free block at the end goes back to the kernel.
import { CTHREAD_ARENA, cthread_self } from "./cthreads";
import {
  brk,
  MAP_FAILED,
  MAP_FIXED,
  MAP_PRIVATE,
  mmap,
  mprotect,
  munmap,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  sbrk,
} from "./mman";
import { mutex_lock, mutex_unlock } from "./mutex";
import { round_page } from "./vm";

/** A block from here on is mapped, not cut from an arena. */
export const MMAP_THRESHOLD: u32 = 128 * 1024;
/** The data segment grows by at least this, and shrinks when this much is free at its end. */
const TOP_PAD: u32 = 128 * 1024;
/** Largest size of a heap of an arena that is not the main one. */
const HEAP_MAX: u32 = 1024 * 1024;

// A block begins with two words: its size in bytes with flags in the low bits, and the size of the block in front (0: there
// is none). Sizes are multiples of 8. A piece of memory ends with a block of size 0, marked as used.
const HEADER: u32 = 8;
const USED: u32 = 1;
const MAPPED: u32 = 2;
/** The block is in a heap of another arena than the main one. */
const IN_HEAP: u32 = 4;
const SIZE_MASK: u32 = ~(<u32>7);
const MIN_BLOCK: u32 = 16;
const MAX_REQUEST: u32 = 0x7fff0000;
// A free block has two more words: the next and the previous free block of its bin.
const NEXT: usize = 8;
const PREVIOUS: usize = 12;

/** Bins: one for each size below SMALL_LIMIT, then four for each doubling. */
const SMALL_LIMIT: u32 = 512;
const SMALL_BINS: u32 = 64;
const BINS: u32 = 128;

@unmanaged
class Arena {
  lock!: u32;
  /** End marker of the memory that grows: the data segment's, or that of the newest heap. 0: there is none yet. */
  last!: u32;
  /** Newest heap; 0 for the main arena. */
  heap!: u32;
  // Heads of the bins follow.
}

const ARENA_SIZE: u32 = 12 + BINS * 4;

/** A heap's first words; its blocks begin behind them, or behind the arena in an arena's first heap. */
@unmanaged
class Heap {
  arena!: Arena;
  /** Bytes from the heap's start that may be used. */
  size!: u32;
  /** The heap that was newest before; 0 for the first one. */
  before!: u32;
  unused!: u32;
}

const HEAP_SIZE: u32 = 16;

// There are two arenas at most, as the C library has it for one processor.
const main_arena: usize = memory.data(524, 8);
/** 0 until a second thread has asked for memory. */
let second_arena: usize = 0;
/** How many threads have got an arena. */
let turn: u32 = 0;
const turn_lock: usize = memory.data(4);
/** The first block of the data segment. */
let first: u32 = 0;

function block_size(block: u32): u32 {
  return load<u32>(block) & SIZE_MASK;
}

function is_used(block: u32): bool {
  return (load<u32>(block) & USED) != 0;
}

function next_block(block: u32): u32 {
  return block + block_size(block);
}

/** Writes a block's header and the back link of the block behind it. */
function set_block(block: u32, size: u32, flags: u32): void {
  store<u32>(block, size | flags);
  store<u32>(block + size + 4, size);
}

// --- bins ---

function bin_of(size: u32): u32 {
  if (size < SMALL_LIMIT) return size >> 3;
  const log = 31 - <u32>clz(size);
  return min<u32>(SMALL_BINS + ((log - 9) << 2) + ((size >> (log - 2)) & 3), BINS - 1);
}

function bin_cell(arena: Arena, bin: u32): usize {
  return changetype<usize>(arena) + 12 + ((<usize>bin) << 2);
}

function put_free(arena: Arena, block: u32): void {
  const cell = bin_cell(arena, bin_of(block_size(block)));
  const next = load<u32>(cell);
  store<u32>(block, next, NEXT);
  store<u32>(block, 0, PREVIOUS);
  if (next != 0) store<u32>(next, block, PREVIOUS);
  store<u32>(cell, block);
}

function take_free(arena: Arena, block: u32): void {
  const next = load<u32>(block, NEXT);
  const previous = load<u32>(block, PREVIOUS);
  if (next != 0) store<u32>(next, previous, PREVIOUS);
  if (previous != 0) store<u32>(previous, next, NEXT);
  else store<u32>(bin_cell(arena, bin_of(block_size(block))), next);
}

/** A free block of at least `size` bytes, taken out of its bin; 0: there is none. */
function find_free(arena: Arena, size: u32): u32 {
  for (let bin = bin_of(size); bin < BINS; bin++) {
    let block = load<u32>(bin_cell(arena, bin));
    while (block != 0 && block_size(block) < size) block = load<u32>(block, NEXT);
    if (block == 0) continue;
    take_free(arena, block);
    return block;
  }
  return 0;
}

/** Joins a block that is in no bin with its free neighbours, and puts the joint block into a bin. */
function release(arena: Arena, block: u32, flags: u32): u32 {
  let size = block_size(block);
  const next = block + size;
  if (!is_used(next)) {
    take_free(arena, next);
    size += block_size(next);
  }
  const before = load<u32>(block + 4);
  if (before != 0 && !is_used(block - before)) {
    block -= before;
    take_free(arena, block);
    size += before;
  }
  set_block(block, size, flags);
  put_free(arena, block);
  return block;
}

// --- memory from the kernel ---

/** Makes the memory from the arena's end marker to `end` a free block, with a new end marker. */
function extend(arena: Arena, end: u32, flags: u32): void {
  const block = arena.last;
  store<u32>(end - HEADER, USED | flags);
  set_block(block, end - HEADER - block, flags);
  arena.last = end - HEADER;
  release(arena, block, flags);
}

/** Moves the break up so that a block of `size` bytes fits at the end. */
function grow_data(arena: Arena, size: u32): bool {
  const bytes = round_page(size + TOP_PAD + HEADER);
  const start = sbrk(bytes);
  if (start == MAP_FAILED) return false;
  // Somebody else moved the break: the arena cannot go on there.
  if (first != 0 && start != arena.last + HEADER) return false;
  if (first == 0) {
    first = start;
    store<u32>(first, USED);
    store<u32>(first + 4, 0);
    arena.last = first;
  }
  extend(arena, start + bytes, 0);
  return true;
}

/** The first block's place in a heap. */
function heap_start(heap: u32, is_first: bool): u32 {
  const at = heap + HEAP_SIZE + (is_first ? ARENA_SIZE : 0);
  return (at + 7) & SIZE_MASK;
}

/** Reserves a heap and opens its first `bytes` bytes; 0 when there is no room. */
function reserve_heap(bytes: u32): u32 {
  const place = mmap(0, 2 * HEAP_MAX, PROT_NONE, MAP_PRIVATE, 0, 0);
  if (place == MAP_FAILED) return 0;
  const heap = (place + HEAP_MAX - 1) & ~(HEAP_MAX - 1);
  if (heap != place) munmap(place, heap - place);
  munmap(heap + HEAP_MAX, place + HEAP_MAX - heap);
  if (mprotect(heap, bytes, PROT_READ | PROT_WRITE) == 0) return heap;
  munmap(heap, HEAP_MAX);
  return 0;
}

/** A heap for a block of `size` bytes and its arena, with the arena if there is none yet. The heap, or 0. */
function make_heap(arena: usize, size: u32): u32 {
  const bytes = round_page(heap_start(0, arena == 0) + size + 2 * HEADER + TOP_PAD);
  if (bytes > HEAP_MAX) return 0;
  const heap = reserve_heap(bytes);
  if (heap == 0) return 0;
  const owner = changetype<Arena>(arena == 0 ? heap + HEAP_SIZE : <u32>arena);
  const header = changetype<Heap>(heap);
  header.arena = owner;
  header.size = bytes;
  header.before = owner.heap;
  owner.heap = heap;
  const block = heap_start(heap, arena == 0);
  store<u32>(block, USED | IN_HEAP);
  store<u32>(block + 4, 0);
  owner.last = block;
  extend(owner, heap + bytes, IN_HEAP);
  return heap;
}

/** Opens as much more of the newest heap as a block of `size` bytes needs, or makes another heap. */
function grow_heap(arena: Arena, size: u32): bool {
  const heap = changetype<Heap>(arena.heap);
  const before = load<u32>(arena.last + 4);
  const free_there = before != 0 && !is_used(arena.last - before) ? before : 0;
  const more = round_page(size - min<u32>(free_there, size) + HEADER);
  if (heap.size + more > HEAP_MAX) return make_heap(changetype<usize>(arena), size) != 0;
  const end = arena.heap + heap.size;
  if (mprotect(end, more, PROT_READ | PROT_WRITE) != 0) return false;
  heap.size += more;
  extend(arena, end + more, IN_HEAP);
  return true;
}

/** Returns the free block at the end of the data segment to the kernel, but for TOP_PAD bytes. */
function trim_data(arena: Arena, block: u32): void {
  const end = round_page(block + TOP_PAD);
  if (brk(end) != 0) return;
  take_free(arena, block);
  set_end(arena, block, end, 0);
}

/** The free block `block` is the last one, and ends with an end marker below `end`. */
function set_end(arena: Arena, block: u32, end: u32, flags: u32): void {
  store<u32>(end - HEADER, USED | flags);
  set_block(block, end - HEADER - block, flags);
  arena.last = end - HEADER;
  put_free(arena, block);
}

/** Closes the end of the newest heap, or gives the whole heap back when nothing of it is used. */
function trim_heap(arena: Arena, block: u32): void {
  const heap = changetype<Heap>(arena.heap);
  if (heap.before != 0 && block == heap_start(arena.heap, false)) {
    const empty = arena.heap;
    take_free(arena, block);
    arena.heap = heap.before;
    arena.last = heap.before + changetype<Heap>(heap.before).size - HEADER;
    munmap(empty, HEAP_MAX);
    return;
  }
  const end = round_page(block + TOP_PAD);
  const old = arena.heap + heap.size;
  if (end >= old || mmap(end, old - end, PROT_NONE, MAP_PRIVATE | MAP_FIXED, 0, 0) == MAP_FAILED) return;
  take_free(arena, block);
  heap.size = end - arena.heap;
  set_end(arena, block, end, IN_HEAP);
}

function map_block(size: u32): u32 {
  const length = round_page(size);
  const block = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, 0);
  if (block == MAP_FAILED) return 0;
  store<u32>(block, length | USED | MAPPED);
  return block + HEADER;
}

// --- arenas ---

/** The calling thread's arena: threads get the main one and the other in turn. */
function own_arena(): Arena {
  const cell = cthread_self() + CTHREAD_ARENA;
  if (load<u32>(cell) == 0) {
    mutex_lock(turn_lock);
    store<u32>(cell, (turn & 1) == 0 ? <u32>main_arena : other_arena());
    turn++;
    mutex_unlock(turn_lock);
  }
  return changetype<Arena>(load<u32>(cell));
}

/** The second arena, made when it is first needed; without memory for it, the main one. */
function other_arena(): u32 {
  if (second_arena == 0) {
    const heap = make_heap(0, MIN_BLOCK);
    if (heap == 0) return <u32>main_arena;
    second_arena = heap + HEAP_SIZE;
  }
  return <u32>second_arena;
}

function take(arena: Arena, block: u32, size: u32): u32 {
  const flags = load<u32>(block) & IN_HEAP;
  const rest = block_size(block) - size;
  if (rest >= MIN_BLOCK) {
    set_block(block, size, USED | flags);
    set_block(block + size, rest, flags);
    put_free(arena, block + size);
  } else set_block(block, size + rest, USED | flags);
  return block + HEADER;
}

function arena_malloc(arena: Arena, size: u32): u32 {
  let block = find_free(arena, size);
  if (block == 0) {
    const grown = arena.heap != 0 ? grow_heap(arena, size) : grow_data(arena, size);
    if (!grown) return 0;
    block = find_free(arena, size);
  }
  return take(arena, block, size);
}

/** Memory for `bytes` bytes, 8-aligned; 0 when there is none. */
export function malloc(bytes: u32): u32 {
  if (bytes > MAX_REQUEST) return 0;
  const size = max<u32>((bytes + HEADER + 7) & SIZE_MASK, MIN_BLOCK);
  if (size >= MMAP_THRESHOLD) return map_block(size);
  const arena = own_arena();
  mutex_lock(changetype<usize>(arena));
  const address = arena_malloc(arena, size);
  mutex_unlock(changetype<usize>(arena));
  return address;
}

/** Gives back what malloc gave; 0 is ignored. */
export function free(address: u32): void {
  if (address == 0) return;
  let block = address - HEADER;
  const flags = load<u32>(block);
  if ((flags & MAPPED) != 0) {
    munmap(block, block_size(block));
    return;
  }
  const in_heap = flags & IN_HEAP;
  const arena = in_heap ? changetype<Heap>(block & ~(HEAP_MAX - 1)).arena : changetype<Arena>(main_arena);
  mutex_lock(changetype<usize>(arena));
  block = release(arena, block, in_heap);
  if (next_block(block) == arena.last && block_size(block) >= 2 * TOP_PAD) {
    if (in_heap) trim_heap(arena, block);
    else trim_data(arena, block);
  }
  mutex_unlock(changetype<usize>(arena));
}

/** Changes a block's size, moving it if need be; 0 when there is no memory (the old block then stays). */
export function realloc(address: u32, bytes: u32): u32 {
  if (address == 0) return malloc(bytes);
  const room = block_size(address - HEADER) - HEADER;
  if (bytes <= room) return address;
  const fresh = malloc(bytes);
  if (fresh == 0) return 0;
  memory.copy(fresh, address, room);
  free(address);
  return fresh;
}

/** Walks the blocks from `block` to the end marker `last`; false when their headers contradict one another. */
function check_blocks(block: u32, last: u32): bool {
  let previous: u32 = 0;
  while (block_size(block) != 0) {
    const size = block_size(block);
    if (size < MIN_BLOCK || block + size > last) return false;
    if (load<u32>(block + size + 4) != size) return false;
    if (!is_used(block) && previous != 0 && !is_used(previous)) return false;
    previous = block;
    block += size;
  }
  return block == last;
}

/** Walks all arenas; false when their headers contradict one another. */
export function heap_check(): bool {
  if (first != 0 && !check_blocks(first, changetype<Arena>(main_arena).last)) return false;
  if (second_arena == 0) return true;
  let heap = changetype<Arena>(second_arena).heap;
  while (heap != 0) {
    const header = changetype<Heap>(heap);
    if (!check_blocks(heap_start(heap, header.before == 0), heap + header.size - HEADER)) return false;
    heap = header.before;
  }
  return true;
}
