// Moves the break up and down and watches the map entries of the data segment. What the entries should be is computed
// from the calls that brk makes: see lib/mman.ts.
import { check, check_equals } from "../lib/check";
import { free, heap_check, malloc, realloc } from "../lib/heap";
import { brk, brk_initialize, DATA_LIMIT, data_segment_end, sbrk } from "../lib/mman";
import { merges_forward, merge_mode } from "../lib/mode";
import { print, print_byte, print_u32 } from "../lib/print";
import { begin, finish } from "../lib/process";
import { count_entries } from "../lib/regions";
import { PAGE_SIZE } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const LIMIT_PAGES: u32 = DATA_LIMIT / PAGE_SIZE;
/** One byte per page of the data segment: whether an entry begins there when nothing is ever joined. */
const boundaries: usize = memory.data(4097);

let mode: u32 = 0;
let base: u32 = 0;
let break_page: u32 = 0;

function expected_entries(): u32 {
  if (merges_forward(mode)) return (break_page > 0 ? 1 : 0) + (break_page < LIMIT_PAGES ? 1 : 0);
  let entries: u32 = 0;
  for (let page: u32 = 0; page < LIMIT_PAGES; page++) entries += load<u8>(boundaries + page);
  return entries;
}

/** Notes what the move does to entries: the ends are clipped; a shrink replaces what lies between by one entry. */
function note_move(page: u32): void {
  const low = min<u32>(page, break_page);
  const high = max<u32>(page, break_page);
  if (page < break_page) memory.fill(boundaries + low, 0, high - low);
  store<u8>(boundaries + low, 1);
  store<u8>(boundaries + high, 1);
  break_page = page;
}

function stamp(page: u32): void {
  store<u32>(base + page * PAGE_SIZE, page + 1);
}

function stamps_good(pages: u32): bool {
  for (let page: u32 = 0; page < pages; page++)
    if (load<u32>(base + page * PAGE_SIZE) != page + 1) return false;
  return true;
}

function is_zero(from: u32, to: u32): bool {
  for (let page = from; page < to; page++) if (load<u32>(base + page * PAGE_SIZE) != 0) return false;
  return true;
}

/** Moves the break to `page`, stamps new pages, prints and checks the entries. */
function move(page: u32): void {
  const old = break_page;
  if (!check_equals("brk", brk(base + page * PAGE_SIZE), 0)) return;
  note_move(page);
  const entries = count_entries(base, base + DATA_LIMIT);
  print("break at page ");
  print_u32(page);
  print(": entries ");
  print_u32(entries);
  print_byte(10);
  check_equals("entries of the data segment", entries, expected_entries());
  if (page > old) check("new pages are zero", is_zero(old, page));
  for (let at = old; at < page; at++) stamp(at);
  check("old pages keep their words", stamps_good(page));
}

function moves(): void {
  for (let step: u32 = 1; step <= 6; step++) move(step * 4);
  move(20);
  move(6);
  move(7);
  move(30);
  move(0);
  move(12);
  for (let round: u32 = 0; round < 4; round++) {
    move(12 + 8);
    move(12);
  }
  check_equals("an unaligned break", brk(base + 5 * PAGE_SIZE + 100), 0);
  check_equals("is what sbrk says", sbrk(0), base + 5 * PAGE_SIZE + 100);
  brk(base);
}

/** Beyond the reserved part the break goes on by vm_allocate. */
function beyond_the_limit(): void {
  const end = data_segment_end();
  check_equals("the break beyond the data limit", brk(end + 4 * PAGE_SIZE), 0);
  store<u32>(end + 3 * PAGE_SIZE, 77);
  check_equals("holds a word", load<u32>(end + 3 * PAGE_SIZE), 77);
  check_equals("and comes back", brk(base), 0);
}

const BLOCKS: u32 = 64;
const addresses: usize = memory.data(256);
const sizes: usize = memory.data(256);

function fill_block(index: u32): void {
  memory.fill(load<u32>(addresses + index * 4), <u8>(index + 1), load<u32>(sizes + index * 4));
}

function block_good(index: u32): bool {
  const address = load<u32>(addresses + index * 4);
  for (let at: u32 = 0; at < load<u32>(sizes + index * 4); at++)
    if (<u32>load<u8>(address + at) != index + 1) return false;
  return true;
}

/** Blocks of many sizes, freed in another order, some grown, some large enough to be mappings of their own. */
function heap(): void {
  let good = true;
  for (let index: u32 = 0; index < BLOCKS; index++) {
    const size: u32 = index % 16 == 15 ? 200000 : 16 + ((index * 797) % 3000);
    const address = malloc(size);
    if (address == 0 || (address & 7) != 0) good = false;
    store<u32>(addresses + index * 4, address);
    store<u32>(sizes + index * 4, size);
    if (address != 0) fill_block(index);
  }
  check("blocks are there and aligned", good);
  for (let index: u32 = 0; index < BLOCKS; index += 3) {
    free(load<u32>(addresses + index * 4));
    store<u32>(sizes + index * 4, 0);
  }
  for (let index: u32 = 1; index < BLOCKS; index += 3) {
    const size = load<u32>(sizes + index * 4);
    store<u32>(addresses + index * 4, realloc(load<u32>(addresses + index * 4), size * 2));
  }
  for (let index: u32 = 0; index < BLOCKS; index++) if (!block_good(index)) good = false;
  check("blocks keep their bytes", good);
  check("the heap is in order", heap_check());
  for (let index: u32 = 0; index < BLOCKS; index++)
    if (load<u32>(sizes + index * 4) != 0) free(load<u32>(addresses + index * 4));
  check("and after everything is freed", heap_check());
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  mode = merge_mode();
  if (check_equals("the data segment is reserved", brk_initialize(), 0)) {
    base = sbrk(0);
    store<u8>(boundaries, 1);
    check_equals("as one entry", count_entries(base, base + DATA_LIMIT), 1);
    moves();
    beyond_the_limit();
    heap();
  }
  return finish();
}
