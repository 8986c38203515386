// What the calls on memory, page faults and merges cost: each kind by itself, and against the number of map entries. The
// host measures the sections (lib/timing.ts). Behind a section that merges stands a line `merged extended=N glued=N moved=N`.
import { stackAlloc } from "../../guest/i386";
import { MERGE_INFO_EXTENDED, MERGE_INFO_GLUED, MERGE_INFO_PAGES_MOVED } from "../../abi/vm_merge";
import { VM_PROT_NONE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import {
  task_create,
  task_terminate,
  vm_allocate,
  vm_copy,
  vm_deallocate,
  vm_protect,
} from "../generated/mach.generated";
import { vm_allocate_trap, vm_deallocate_trap } from "../lib/asm";
import { check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { mark_merges, merges_since, read_merges } from "../lib/merges";
import { make_object, start_object_server } from "../lib/object-server";
import { arg, format } from "../lib/print";
import { begin, finish } from "../lib/process";
import { read_region, Region, REGION_SIZE, release_region } from "../lib/regions";
import { kernel_object_size } from "../lib/slab";
import { string_store } from "../lib/string";
import { expect_success, section_begin, section_begin_numbered, section_end } from "../lib/timing";
import { PAGE_SIZE, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const CALLS: u32 = 256;
const PAGES: u32 = 64;
const LENGTH: u32 = PAGES * PAGE_SIZE;
const ARENA: u32 = 0x20000000;
const ELSEWHERE: u32 = 0x28000000;
/** Where the maps of many entries are. */
const MANY: u32 = 0x40000000;
const READ_WRITE: u32 = VM_PROT_READ | VM_PROT_WRITE;
/** How often each kind of merge is made. */
const MERGES: u32 = 16;
/** Links of the shadow chain. */
const CHAIN: u32 = 4;

const cell: usize = memory.data(4);
const children: usize = memory.data(16);

function allocate(address: u32, length: u32): void {
  store<u32>(cell, address);
  expect_success(vm_allocate_trap(task_self(), cell, length, 0));
}

function deallocate(address: u32, length: u32): void {
  expect_success(vm_deallocate_trap(task_self(), address, length));
}

function protect(address: u32, length: u32, protection: u32): void {
  expect_success(vm_protect(task_self(), address, length, 0, protection));
}

function write_pages(address: u32, pages: u32): void {
  for (let page: u32 = 0; page < pages; page++) store<u32>(address + page * PAGE_SIZE, page + 1);
}

/** No page begins with the word 0xffffffff. */
function read_pages(address: u32, pages: u32): void {
  for (let page: u32 = 0; page < pages; page++)
    expect_success(load<u32>(address + page * PAGE_SIZE) == 0xffffffff ? 1 : 0);
}

// --- calls ---

function allocations(): void {
  section_begin("allocate+deallocate-rpc", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    store<u32>(cell, ARENA);
    expect_success(vm_allocate(task_self(), cell, PAGE_SIZE, 0));
    expect_success(vm_deallocate(task_self(), ARENA, PAGE_SIZE));
  }
  section_end();
  section_begin("allocate+deallocate-trap", CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    allocate(ARENA, PAGE_SIZE);
    deallocate(ARENA, PAGE_SIZE);
  }
  section_end();
}

/** Every second page of 64 read-only, and back. */
function protections(title: string, touched: bool): void {
  allocate(ARENA, LENGTH);
  if (touched) write_pages(ARENA, PAGES);
  section_begin(title, PAGES);
  for (let page: u32 = 0; page < PAGES; page += 2) protect(ARENA + page * PAGE_SIZE, PAGE_SIZE, VM_PROT_READ);
  for (let page: u32 = 0; page < PAGES; page += 2) protect(ARENA + page * PAGE_SIZE, PAGE_SIZE, READ_WRITE);
  section_end();
  deallocate(ARENA, LENGTH);
}

// --- faults ---

function anonymous_faults(): void {
  allocate(ARENA, LENGTH);
  section_begin("fault-zero-fill-write", PAGES);
  write_pages(ARENA, PAGES);
  section_end();
  section_begin("deallocate-touched-page", PAGES);
  deallocate(ARENA, LENGTH);
  section_end();
  allocate(ARENA, LENGTH);
  section_begin("fault-zero-fill-read", PAGES);
  read_pages(ARENA, PAGES);
  section_end();
  protect(ARENA, LENGTH, VM_PROT_READ);
  protect(ARENA, LENGTH, READ_WRITE);
  section_begin("fault-more-rights", PAGES);
  write_pages(ARENA, PAGES);
  section_end();
  protect(ARENA, LENGTH, VM_PROT_NONE);
  protect(ARENA, LENGTH, READ_WRITE);
  section_begin("fault-resident", PAGES);
  read_pages(ARENA, PAGES);
  section_end();
}

/** On the pages of anonymous_faults. */
function copy_faults(): void {
  allocate(ELSEWHERE, LENGTH);
  expect_success(vm_copy(task_self(), ARENA, LENGTH, ELSEWHERE));
  section_begin("fault-copy-read", PAGES);
  read_pages(ELSEWHERE, PAGES);
  section_end();
  section_begin("fault-copy-on-write", PAGES);
  write_pages(ELSEWHERE, PAGES);
  section_end();
  deallocate(ELSEWHERE, LENGTH);
  for (let link: u32 = 0; link < CHAIN; link++) {
    expect_success(task_create(task_self(), 1, children + link * 4));
    store<u32>(ARENA, link);
  }
  protect(ARENA, LENGTH, VM_PROT_NONE);
  protect(ARENA, LENGTH, READ_WRITE);
  section_begin("fault-behind-4-shadows", PAGES - 1);
  read_pages(ARENA + PAGE_SIZE, PAGES - 1);
  section_end();
  for (let link: u32 = 0; link < CHAIN; link++)
    expect_success(task_terminate(load<u32>(children + link * 4)));
  deallocate(ARENA, LENGTH);
}

function map_object(address: u32, object: u32): void {
  store<u32>(cell, address);
  const all = READ_WRITE;
  check_equals("a mapping", vm_map(task_self(), cell, LENGTH, 0, 0, object, 0, 0, all, all, 1), 0);
}

function pager_faults(): void {
  const slots = stackAlloc(12);
  if (!check_equals("the pager task runs", start_object_server(slots), 0)) return;
  check_equals("its object", make_object(slots + 4, slots + 8), 0);
  map_object(ARENA, load<u32>(slots + 4));
  section_begin("fault-page-in", PAGES);
  read_pages(ARENA, PAGES);
  section_end();
  map_object(ELSEWHERE, load<u32>(slots + 4));
  section_begin("fault-resident-in-file", PAGES);
  read_pages(ELSEWHERE, PAGES);
  section_end();
  deallocate(ARENA, LENGTH);
  deallocate(ELSEWHERE, LENGTH);
  expect_success(task_terminate(load<u32>(slots)));
}

// --- merges ---

function merges_begin(): void {
  read_merges();
  mark_merges();
}

function merges_end(): void {
  section_end();
  read_merges();
  arg(merges_since(MERGE_INFO_EXTENDED));
  arg(merges_since(MERGE_INFO_GLUED));
  arg(merges_since(MERGE_INFO_PAGES_MOVED));
  format("merged extended=%u glued=%u moved=%u\n");
}

/** Two neighbours for each merge, with a gap behind them. */
function place(index: u32, pages: u32): u32 {
  return ARENA + index * (2 * pages + 2) * PAGE_SIZE;
}

/** Touched memory grows by a page, upwards or downwards. */
function extensions(title: string, up: bool): void {
  for (let i: u32 = 0; i < MERGES; i++) {
    allocate(place(i, 2) + PAGE_SIZE, PAGE_SIZE);
    write_pages(place(i, 2) + PAGE_SIZE, 1);
  }
  merges_begin();
  section_begin(title, MERGES);
  for (let i: u32 = 0; i < MERGES; i++) allocate(place(i, 2) + (up ? 2 * PAGE_SIZE : 0), PAGE_SIZE);
  merges_end();
  deallocate(ARENA, place(MERGES, 2) - ARENA);
}

/** One object, two entries of different protection, which become one. */
function gluing(): void {
  for (let i: u32 = 0; i < MERGES; i++) {
    allocate(place(i, 2), 2 * PAGE_SIZE);
    write_pages(place(i, 2), 2);
    protect(place(i, 2), PAGE_SIZE, VM_PROT_READ);
  }
  merges_begin();
  section_begin("glue-one-object", MERGES);
  for (let i: u32 = 0; i < MERGES; i++) protect(place(i, 2), PAGE_SIZE, READ_WRITE);
  merges_end();
  deallocate(ARENA, place(MERGES, 2) - ARENA);
}

/** Two objects with `pages` touched pages each. */
function two_objects(address: u32, pages: u32): void {
  allocate(address, pages * PAGE_SIZE);
  write_pages(address, pages);
  protect(address, pages * PAGE_SIZE, VM_PROT_READ);
  allocate(address + pages * PAGE_SIZE, pages * PAGE_SIZE);
  write_pages(address + pages * PAGE_SIZE, pages);
}

/** Two objects become one. */
function moving(pages: u32): void {
  for (let i: u32 = 0; i < MERGES; i++) two_objects(place(i, pages), pages);
  merges_begin();
  section_begin_numbered("glue-moving-pages-", pages, MERGES);
  for (let i: u32 = 0; i < MERGES; i++) protect(place(i, pages), pages * PAGE_SIZE, READ_WRITE);
  merges_end();
  deallocate(ARENA, place(MERGES, pages) - ARENA);
}

/** A page fills the hole between two objects. */
function filling(): void {
  for (let i: u32 = 0; i < MERGES; i++) {
    allocate(place(i, 2), PAGE_SIZE);
    write_pages(place(i, 2), 1);
    allocate(place(i, 2) + 2 * PAGE_SIZE, PAGE_SIZE);
    write_pages(place(i, 2) + 2 * PAGE_SIZE, 1);
  }
  merges_begin();
  section_begin("fill-hole", MERGES);
  for (let i: u32 = 0; i < MERGES; i++) allocate(place(i, 2) + PAGE_SIZE, PAGE_SIZE);
  merges_end();
  deallocate(ARENA, place(MERGES, 2) - ARENA);
}

// --- against the number of entries ---

/** Makes `entries` entries of a page each. */
function make_entries(entries: u32): void {
  allocate(MANY, entries * PAGE_SIZE);
  for (let page: u32 = 1; page < entries; page += 2)
    protect(MANY + page * PAGE_SIZE, PAGE_SIZE, VM_PROT_READ);
}

/** Some page of `entries`, each once in so many turns: the step has no factor in common with any of the numbers. */
function some_page(turn: u32, entries: u32): u32 {
  return (turn * 7919) % entries;
}

function lookups(title: string, entries: u32, in_order: bool): void {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  section_begin_numbered(title, entries, CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    const page = in_order ? i % entries : some_page(i, entries);
    if (read_region(task_self(), MANY + page * PAGE_SIZE, region)) release_region(region);
  }
  section_end();
}

function many_entries(entries: u32): void {
  make_entries(entries);
  lookups("region-any-of-", entries, false);
  lookups("region-next-of-", entries, true);
  section_begin_numbered("allocate+deallocate-beside-", entries, CALLS);
  for (let i: u32 = 0; i < CALLS; i++) {
    store<u32>(cell, ELSEWHERE);
    expect_success(vm_allocate(task_self(), cell, PAGE_SIZE, 0));
    expect_success(vm_deallocate(task_self(), ELSEWHERE, PAGE_SIZE));
  }
  section_end();
  const pairs = entries / 2;
  const changes = min<u32>(CALLS, pairs);
  section_begin_numbered("protect-page-of-", entries, 2 * changes);
  for (let i: u32 = 0; i < changes; i++) {
    const page = MANY + (2 * some_page(i, pairs) + 1) * PAGE_SIZE;
    protect(page, PAGE_SIZE, READ_WRITE);
    protect(page, PAGE_SIZE, VM_PROT_READ);
  }
  section_end();
  const touches = entries < 100 ? pairs : entries / 10;
  section_begin_numbered("fault-in-", entries, touches);
  for (let i: u32 = 0; i < touches; i++) store<u32>(MANY + 2 * some_page(i, pairs) * PAGE_SIZE, i);
  section_end();
  section_begin_numbered("protect-all-of-", entries, entries);
  protect(MANY, entries * PAGE_SIZE, READ_WRITE);
  section_end();
  section_begin_numbered("deallocate-all-of-", entries, entries);
  deallocate(MANY, entries * PAGE_SIZE);
  section_end();
}

// --- memory ---

function print_size(cache: string): void {
  const name = stackAlloc(32);
  string_store(name, cache);
  arg(<u32>name);
  arg(kernel_object_size(cache));
  format("size %s %u\n");
}

function sizes(): void {
  print_size("vm_page");
  print_size("vm_object");
  print_size("vm_pager");
  print_size("vm_map");
  print_size("vm_map_entry");
  print_size("vm_map_copy");
  print_size("pv_entry");
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  allocations();
  protections("protect-untouched", false);
  protections("protect-touched", true);
  anonymous_faults();
  copy_faults();
  pager_faults();
  extensions("extend-up", true);
  extensions("extend-down", false);
  gluing();
  moving(1);
  moving(16);
  moving(64);
  moving(256);
  filling();
  many_entries(10);
  many_entries(100);
  many_entries(1000);
  many_entries(10000);
  many_entries(20000);
  sizes();
  return finish();
}
