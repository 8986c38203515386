// A working set several times the machine's memory: every word of it is written and found again, in order and out of
// order, while parts are protected, freed, mapped anew, copied to a child and sent in messages. Wants a default pager.
// Arguments: megabytes (64); "quick" leaves out the readings in order.
import { stackAlloc } from "../../guest/i386";
import {
  VM_PROT_NONE,
  VM_PROT_READ,
  VM_PROT_WRITE,
  VM_STATS_PAGEINS,
  VM_STATS_PAGEOUTS,
  VM_STATS_SIZE,
} from "../../abi/vm_types";
import { vm_set_size_limit } from "../generated/gnumach.generated";
import {
  task_create,
  task_terminate,
  vm_allocate,
  vm_copy,
  vm_deallocate,
  vm_protect,
  vm_read,
  vm_statistics,
} from "../generated/mach.generated";
import { mach_port_destroy } from "../generated/mach_port.generated";
import { check, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { arg, format } from "../lib/print";
import { argument, begin, finish, has_argument, host_port } from "../lib/process";
import { parse_u32 } from "../lib/string";
import { PAGE_SIZE } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const MEGABYTE: u32 = 1024 * 1024;
/** Without an argument: megabytes. */
const DEFAULT_SIZE: u32 = 64;
const READ_WRITE: u32 = VM_PROT_READ | VM_PROT_WRITE;
/** Pages of a piece that is treated apart. */
const PIECE: u32 = 64;
const LARGE: u32 = 0x40000000;

let base: u32 = 0;
let pages: u32 = 0;

/** What page `page` has in its word `word` in generation `generation`. */
function pattern(page: u32, word: u32, generation: u32): u32 {
  return page * 0x9e3779b1 + word * 0x85ebca6b + generation;
}

function write_page(page: u32, generation: u32): void {
  const at = base + page * PAGE_SIZE;
  for (let word: u32 = 0; word < PAGE_SIZE / 4; word++)
    store<u32>(at + word * 4, pattern(page, word, generation));
}

/** How many words at `at` are not those of page `page`. */
function wrong_words(at: u32, page: u32, generation: u32): u32 {
  let wrong: u32 = 0;
  for (let word: u32 = 0; word < PAGE_SIZE / 4; word++) {
    if (load<u32>(at + word * 4) != pattern(page, word, generation)) wrong++;
  }
  return wrong;
}

/** The generation that a page has been given last. */
function generation_of(page: u32, round: u32): u32 {
  return round > 1 && page % 3 == 0 ? 2 : 1;
}

function verify(round: u32): u32 {
  let wrong: u32 = 0;
  for (let page: u32 = 0; page < pages; page++) {
    wrong += wrong_words(base + page * PAGE_SIZE, page, generation_of(page, round));
  }
  return wrong;
}

/** Every page once, far apart from the one before. */
function verify_scattered(round: u32): u32 {
  let wrong: u32 = 0;
  let page: u32 = 0;
  for (let i: u32 = 0; i < pages; i++) {
    wrong += wrong_words(base + page * PAGE_SIZE, page, generation_of(page, round));
    page = (page + 7919) % pages;
  }
  return wrong;
}

/** Rights come and go on pieces all over while pages travel. */
function protect_pieces(): u32 {
  let errors: u32 = 0;
  for (let page: u32 = 0; page + PIECE <= pages; page += PIECE * 4) {
    const at = base + page * PAGE_SIZE;
    if (vm_protect(task_self(), at, PIECE * PAGE_SIZE, 0, VM_PROT_NONE) != 0) errors++;
    write_page(page + PIECE, generation_of(page + PIECE, 2));
    if (vm_protect(task_self(), at, PIECE * PAGE_SIZE, 0, READ_WRITE) != 0) errors++;
  }
  return errors;
}

/** A piece that is freed comes back as zeros, and is filled again. */
function free_piece(page: u32): void {
  const cell = stackAlloc(4);
  const at = base + page * PAGE_SIZE;
  check_equals("a piece is freed", vm_deallocate(task_self(), at, PIECE * PAGE_SIZE), 0);
  store<u32>(cell, at);
  check_equals("and mapped anew", vm_allocate(task_self(), cell, PIECE * PAGE_SIZE, 0), 0);
  let dirty: u32 = 0;
  for (let byte: u32 = 0; byte < PIECE * PAGE_SIZE; byte += 4) if (load<u32>(at + byte) != 0) dirty++;
  check_equals("it is zero", dirty, 0);
  for (let i: u32 = 0; i < PIECE; i++) write_page(page + i, generation_of(page + i, 2));
}

/** Of copies of a piece, made while it may be anywhere, the original knows nothing. */
function copies(page: u32): void {
  const self = task_self();
  const at = base + page * PAGE_SIZE;
  const data = stackAlloc(4);
  const count = stackAlloc(4);
  check_equals("a piece is read", vm_read(self, at, PIECE * PAGE_SIZE, data, count), 0);
  const copy = load<u32>(data);
  let wrong: u32 = 0;
  for (let i: u32 = 0; i < PIECE; i++) {
    wrong += wrong_words(copy + i * PAGE_SIZE, page + i, generation_of(page + i, 2));
    store<u32>(copy + i * PAGE_SIZE, 0);
  }
  check_equals("the copy is right", wrong, 0);
  check_equals("a copy is written over it", vm_copy(self, at, PIECE * PAGE_SIZE, copy), 0);
  for (let i: u32 = 0; i < PIECE; i++) {
    wrong += wrong_words(copy + i * PAGE_SIZE, page + i, generation_of(page + i, 2));
  }
  check_equals("and is right", wrong, 0);
  vm_deallocate(self, copy, PIECE * PAGE_SIZE);
}

/** A child that inherits all this, and what it sees of a piece after the parent has written there. */
function child_keeps(page: u32): void {
  const self = task_self();
  const cell = stackAlloc(4);
  const count = stackAlloc(4);
  check_equals("a child", task_create(self, 1, cell), 0);
  const child = load<u32>(cell);
  const at = base + page * PAGE_SIZE;
  for (let i: u32 = 0; i < PIECE; i++) store<u32>(at + i * PAGE_SIZE, 0);
  check_equals("a few are read in between", verify_some(), 0);
  check_equals("the child's memory is read", vm_read(child, at, PIECE * PAGE_SIZE, cell, count), 0);
  let wrong: u32 = 0;
  for (let i: u32 = 0; i < PIECE; i++) {
    wrong += wrong_words(load<u32>(cell) + i * PAGE_SIZE, page + i, generation_of(page + i, 2));
  }
  check_equals("and is what it was", wrong, 0);
  vm_deallocate(self, load<u32>(cell), PIECE * PAGE_SIZE);
  task_terminate(child);
  mach_port_destroy(self, child);
  for (let i: u32 = 0; i < PIECE; i++) write_page(page + i, generation_of(page + i, 2));
}

/** The last quarter, which pushes the rest out. */
function verify_some(): u32 {
  let wrong: u32 = 0;
  for (let page = pages - pages / 4; page < pages; page++) {
    wrong += wrong_words(base + page * PAGE_SIZE, page, generation_of(page, 2));
  }
  return wrong;
}

function report(): void {
  const statistics = stackAlloc(VM_STATS_SIZE);
  vm_statistics(task_self(), statistics);
  arg(pages);
  arg(load<u32>(statistics + VM_STATS_PAGEOUTS));
  arg(load<u32>(statistics + VM_STATS_PAGEINS));
  format("%u pages, %u paged out, %u paged in\n");
  check("pages went out", load<u32>(statistics + VM_STATS_PAGEOUTS) != 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const self = task_self();
  const size = parse_u32(argument(1));
  pages = ((size != 0 ? size : DEFAULT_SIZE) * MEGABYTE) / PAGE_SIZE;
  check_equals("the limit is raised", vm_set_size_limit(host_port, self, LARGE, LARGE), 0);
  const cell = stackAlloc(4);
  check_equals("memory", vm_allocate(self, cell, pages * PAGE_SIZE, 1), 0);
  base = load<u32>(cell);
  for (let page: u32 = 0; page < pages; page++) write_page(page, 1);
  const quick = has_argument("quick");
  if (!quick) check_equals("in order", verify(1), 0);
  for (let page: u32 = 0; page < pages; page += 3) write_page(page, 2);
  check_equals("out of order", verify_scattered(2), 0);
  check_equals("pieces are protected", protect_pieces(), 0);
  free_piece(PIECE);
  free_piece(pages / 2);
  copies(pages / 4);
  child_keeps(pages / 3);
  if (!quick) check_equals("and all once more", verify(2), 0);
  report();
  return finish();
}
