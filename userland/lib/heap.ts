// malloc, free and realloc. Small blocks come from the data segment (sbrk), as in the C library's main arena; blocks of
// MMAP_THRESHOLD bytes and more are mappings of their own. Freed neighbours join at once, and a large free block at the
// end of the data segment goes back to the kernel.
import { brk, MAP_FAILED, MAP_PRIVATE, mmap, munmap, PROT_READ, PROT_WRITE, sbrk } from "./mman";
import { round_page } from "./vm";

/** A block from here on is mapped, not cut from the heap. */
export const MMAP_THRESHOLD: u32 = 128 * 1024;
/** The heap grows by at least this, and shrinks when this much is free at its end. */
const TOP_PAD: u32 = 128 * 1024;

// A block begins with two words: its size in bytes with flags in the low bits, and the size of the block in front.
// Sizes are multiples of 8. The heap ends with a block of size 0, marked as used.
const HEADER: u32 = 8;
const USED: u32 = 1;
const MAPPED: u32 = 2;
const SIZE_MASK: u32 = ~(<u32>7);
const MIN_BLOCK: u32 = 16;
const MAX_REQUEST: u32 = 0x7fff0000;

let first: u32 = 0;
/** the end marker */
let last: u32 = 0;

function block_size(block: u32): u32 {
  return load<u32>(block) & SIZE_MASK;
}

function is_used(block: u32): bool {
  return (load<u32>(block) & USED) != 0;
}

function next_block(block: u32): u32 {
  return block + block_size(block);
}

function previous_block(block: u32): u32 {
  return block - load<u32>(block + 4);
}

/** Writes a block's header and the back link of the block behind it. */
function set_block(block: u32, size: u32, flags: u32): void {
  store<u32>(block, size | flags);
  store<u32>(block + size + 4, size);
}

function set_end(block: u32): void {
  store<u32>(block, USED);
  last = block;
}

/** Joins a free block with free neighbours; returns the joint block. */
function join(block: u32): u32 {
  let size = block_size(block);
  const next = next_block(block);
  if (next != last && !is_used(next)) size += block_size(next);
  if (block != first && !is_used(previous_block(block))) {
    block = previous_block(block);
    size += block_size(block);
  }
  set_block(block, size, 0);
  return block;
}

/** Moves the break up so that a block of `size` bytes fits at the end. */
function grow(size: u32): bool {
  const bytes = round_page(size + TOP_PAD + HEADER);
  const start = sbrk(bytes);
  if (start == MAP_FAILED) return false;
  // Somebody else moved the break: the heap cannot go on there.
  if (first != 0 && start != last + HEADER) return false;
  if (first == 0) {
    first = start;
    store<u32>(first + 4, 0);
    set_end(first);
  }
  const block = last;
  const end = start + bytes - HEADER;
  set_block(block, end - block, 0);
  set_end(end);
  join(block);
  return true;
}

function find_free(size: u32): u32 {
  for (let block = first; block != last; block = next_block(block))
    if (!is_used(block) && block_size(block) >= size) return block;
  return 0;
}

function take(block: u32, size: u32): u32 {
  const rest = block_size(block) - size;
  if (rest >= MIN_BLOCK) {
    set_block(block, size, USED);
    set_block(block + size, rest, 0);
  } else set_block(block, size + rest, USED);
  return block + HEADER;
}

function map_block(size: u32): u32 {
  const length = round_page(size);
  const block = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0, 0);
  if (block == MAP_FAILED) return 0;
  store<u32>(block, length | USED | MAPPED);
  return block + HEADER;
}

/** Memory for `bytes` bytes, 8-aligned; 0 when there is none. */
export function malloc(bytes: u32): u32 {
  if (bytes > MAX_REQUEST) return 0;
  const size = max<u32>((bytes + HEADER + 7) & SIZE_MASK, MIN_BLOCK);
  if (size >= MMAP_THRESHOLD) return map_block(size);
  let block = first == 0 ? 0 : find_free(size);
  if (block == 0) {
    if (!grow(size)) return 0;
    block = find_free(size);
  }
  return take(block, size);
}

/** Gives back what malloc gave; 0 is ignored. */
export function free(address: u32): void {
  if (address == 0) return;
  let block = address - HEADER;
  if ((load<u32>(block) & MAPPED) != 0) {
    munmap(block, block_size(block));
    return;
  }
  store<u32>(block, block_size(block));
  block = join(block);
  if (next_block(block) == last && block_size(block) >= 2 * TOP_PAD) trim(block);
}

/** Returns the free block at the heap's end to the kernel, but for TOP_PAD bytes. */
function trim(block: u32): void {
  const end = round_page(block + TOP_PAD);
  if (brk(end) != 0) return;
  set_block(block, end - HEADER - block, 0);
  set_end(end - HEADER);
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

/** Walks the heap; false when its headers contradict one another. */
export function heap_check(): bool {
  if (first == 0) return true;
  let previous: u32 = 0;
  for (let block = first; block != last; block = next_block(block)) {
    const size = block_size(block);
    if (size < MIN_BLOCK || block + size > last) return false;
    if (load<u32>(block + size + 4) != size) return false;
    if (!is_used(block) && previous != 0 && !is_used(previous)) return false;
    previous = block;
  }
  return true;
}
