// The workloads of the merging benchmark. Each prints one line for the host (see lib/bench.ts); whether a workload went
// well is checked, what it costs is measured from outside.
import { stackAlloc } from "../../guest/i386";
import { task_create, task_terminate, vm_copy, vm_read } from "../generated/mach.generated";
import { vm_wire } from "../generated/mach_host.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import {
  BENCH_FAULT,
  BENCH_LOOKUP,
  BENCH_MAP,
  BENCH_PROTECT,
  BENCH_UNMAP,
  measure_begin,
  measure_end,
  sample_entries,
  workload_begin,
  workload_end,
} from "../lib/bench";
import { check, check_equals } from "../lib/check";
import { free, malloc } from "../lib/heap";
import { task_self } from "../lib/mach";
import {
  brk,
  brk_initialize,
  DATA_LIMIT,
  MAP_PRIVATE,
  MAP_SHARED,
  mmap,
  mprotect,
  munmap,
  PROT_READ,
  PROT_WRITE,
  sbrk,
} from "../lib/mman";
import { make_object, start_object_server } from "../lib/object-server";
import { begin, finish, host_port } from "../lib/process";
import { read_region, Region, REGION_SIZE, release_region, USER_END } from "../lib/regions";
import { string_store } from "../lib/string";
import { PAGE_SIZE, vm_allocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const ARENA: u32 = 0x20000000;
/** Memory to copy from. */
const SOURCE: u32 = 0x18000000;
const PARTS: u32 = 256;
const PART: u32 = PAGE_SIZE;
const WHOLE: u32 = PARTS * PART;
/** Entries are counted after every so many operations: often enough to see the peak of these workloads. */
const SAMPLE: u32 = 16;
const READ_WRITE: u32 = PROT_READ | PROT_WRITE;

const UP: u32 = 0;
const DOWN: u32 = 1;
const RANDOM: u32 = 2;

const order: usize = memory.data(1024);
const name: usize = memory.data(32);
const cell: usize = memory.data(4);
let number: u32 = 0;
let object: u32 = 0;
let seed: u32 = 1;

/** A linear congruential generator: the same numbers on every run. */
function random(limit: u32): u32 {
  seed = seed * 1664525 + 1013904223;
  return (seed >> 8) % limit;
}

function part_at(index: u32): u32 {
  return load<u32>(order + index * 4);
}

/** Fills `order` with 0..PARTS-1 upwards, downwards or shuffled. */
function set_order(direction: u32): void {
  for (let index: u32 = 0; index < PARTS; index++)
    store<u32>(order + index * 4, direction == DOWN ? PARTS - 1 - index : index);
  if (direction != RANDOM) return;
  for (let index = PARTS - 1; index > 0; index--) {
    const other = random(index + 1);
    const swap = part_at(index);
    store<u32>(order + index * 4, part_at(other));
    store<u32>(order + other * 4, swap);
  }
}

function start(title: string, from: u32, to: u32): void {
  number++;
  seed = number;
  string_store(name, title);
  workload_begin(number, from, to);
}

/** Looks every part up once. */
function lookups(): void {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  for (let index: u32 = 0; index < PARTS; index++) {
    measure_begin(BENCH_LOOKUP);
    const found = read_region(task_self(), ARENA + part_at(index) * PART, region);
    measure_end(BENCH_LOOKUP);
    if (found) release_region(region);
  }
}

function unmap_all(): void {
  measure_begin(BENCH_UNMAP);
  munmap(ARENA, WHOLE);
  measure_end(BENCH_UNMAP);
}

/** Maps all parts in an order, touching each if asked to, then looks up and unmaps. */
function mapping(title: string, direction: u32, flags: u32, memory_object: u32, touch: bool): void {
  start(title, ARENA, ARENA + WHOLE);
  set_order(direction);
  let good = true;
  for (let index: u32 = 0; index < PARTS; index++) {
    const part = part_at(index);
    const address = ARENA + part * PART;
    measure_begin(BENCH_MAP);
    const got = mmap(address, PART, READ_WRITE, flags, memory_object, memory_object == 0 ? 0 : part * PART);
    measure_end(BENCH_MAP);
    if (got != address) good = false;
    if (touch) {
      measure_begin(BENCH_FAULT);
      store<u32>(address, part);
      measure_end(BENCH_FAULT);
    }
    if (index % SAMPLE == SAMPLE - 1) sample_entries();
  }
  if (touch)
    for (let part: u32 = 0; part < PARTS; part++) if (load<u32>(ARENA + part * PART) != part) good = false;
  lookups();
  workload_end(name);
  unmap_all();
  check(title, good);
}

/** One mapping whose pages change their protection to read-only and back, in random order. */
function protection(): void {
  start("protect-there-and-back", ARENA, ARENA + WHOLE);
  set_order(RANDOM);
  let good = mmap(ARENA, WHOLE, READ_WRITE, MAP_PRIVATE, 0, 0) == ARENA;
  for (let part: u32 = 0; part < PARTS; part++) store<u32>(ARENA + part * PART, part);
  for (let index: u32 = 0; index < PARTS; index++) {
    const address = ARENA + part_at(index) * PART;
    measure_begin(BENCH_PROTECT);
    mprotect(address, PART, PROT_READ);
    measure_end(BENCH_PROTECT);
    if (index % SAMPLE == 0) sample_entries();
    measure_begin(BENCH_PROTECT);
    mprotect(address, PART, READ_WRITE);
    measure_end(BENCH_PROTECT);
    measure_begin(BENCH_FAULT);
    store<u32>(address, part_at(index) + 1);
    measure_end(BENCH_FAULT);
  }
  for (let part: u32 = 0; part < PARTS; part++) if (load<u32>(ARENA + part * PART) != part + 1) good = false;
  lookups();
  workload_end(name);
  unmap_all();
  check("protect-there-and-back", good);
}

/** The break goes up and down in steps of random size. */
function breaks(): void {
  if (!check_equals("the data segment is reserved", brk_initialize(), 0)) return;
  const base = sbrk(0);
  start("brk", base, base + DATA_LIMIT);
  let good = true;
  let pages: u32 = 0;
  for (let step: u32 = 0; step < PARTS; step++) {
    const to = random(64) + 1;
    const operation = to > pages ? BENCH_MAP : BENCH_UNMAP;
    measure_begin(operation);
    if (brk(base + to * PAGE_SIZE) != 0) good = false;
    measure_end(operation);
    for (let page = pages; page < to; page++) {
      if (load<u32>(base + page * PAGE_SIZE) != 0) good = false;
      store<u32>(base + page * PAGE_SIZE, page + 1);
    }
    for (let page: u32 = 0; page < to; page++)
      if (load<u32>(base + page * PAGE_SIZE) != page + 1) good = false;
    pages = to;
    if (step % SAMPLE == 0) sample_entries();
  }
  workload_end(name);
  brk(base);
  check("brk", good);
}

const SLOTS: u32 = 192;
const STEPS: u32 = 1024;
const blocks: usize = memory.data(768);
/** Where each block's last word is: for a large block, a page that nothing has touched yet. */
const last_words: usize = memory.data(768);

/** A file server's memory: long-lived nodes, buffers that come and go, and pages whose protection changes. */
function file_server(): void {
  start("file-server", 0, USER_END);
  let good = true;
  for (let step: u32 = 0; step < STEPS; step++) {
    const slot = random(SLOTS);
    const at = blocks + slot * 4;
    const old = load<u32>(at);
    if (old != 0) {
      if (load<u32>(load<u32>(last_words + slot * 4)) != slot) good = false;
      measure_begin(BENCH_UNMAP);
      free(old);
      measure_end(BENCH_UNMAP);
    }
    const length: u32 = slot % 4 == 0 ? (1 + random(8)) * 65536 + 131072 : 32 + random(4096);
    measure_begin(BENCH_MAP);
    const fresh = malloc(length);
    measure_end(BENCH_MAP);
    store<u32>(at, fresh);
    if (fresh == 0) {
      good = false;
      continue;
    }
    const last = fresh + ((length - 4) & ~(<u32>3));
    store<u32>(last_words + slot * 4, last);
    measure_begin(BENCH_FAULT);
    store<u32>(last, slot);
    measure_end(BENCH_FAULT);
    if (slot % 4 == 0) seal(fresh, length, slot);
    if (step % SAMPLE == 0) sample_entries();
  }
  workload_end(name);
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    free(load<u32>(blocks + slot * 4));
    store<u32>(blocks + slot * 4, 0);
  }
  check("file-server", good);
}

/** Makes the inner pages of a large buffer read-only for a while. */
function seal(block: u32, length: u32, slot: u32): void {
  const inner = (block + PAGE_SIZE) & ~(PAGE_SIZE - 1);
  const bytes = (length / 2) & ~(PAGE_SIZE - 1);
  measure_begin(BENCH_PROTECT);
  mprotect(inner, bytes, PROT_READ);
  measure_end(BENCH_PROTECT);
  measure_begin(BENCH_PROTECT);
  mprotect(inner, bytes, READ_WRITE);
  measure_end(BENCH_PROTECT);
  store<u32>(inner, slot);
}

/** Pages read out of one's own memory arrive in pieces next to each other, and are written to. */
function messages(): void {
  store<u32>(cell, SOURCE);
  check_equals("memory to read", vm_allocate(task_self(), cell, WHOLE, 0), 0);
  for (let part: u32 = 0; part < PARTS; part++) store<u32>(SOURCE + part * PART, part);
  start("messages", 0, SOURCE);
  let good = true;
  for (let part: u32 = 0; part < PARTS; part++) {
    measure_begin(BENCH_MAP);
    const result = vm_read(task_self(), SOURCE + part * PART, PART, order + part * 4, cell);
    measure_end(BENCH_MAP);
    if (result != 0 || load<u32>(part_at(part)) != part) good = false;
    measure_begin(BENCH_FAULT);
    store<u32>(part_at(part), part + 1);
    measure_end(BENCH_FAULT);
    if (part % SAMPLE == SAMPLE - 1) sample_entries();
  }
  workload_end(name);
  for (let part: u32 = 0; part < PARTS; part++) {
    if (load<u32>(part_at(part)) != part + 1 || load<u32>(SOURCE + part * PART) != part) good = false;
    measure_begin(BENCH_UNMAP);
    munmap(part_at(part), PART);
    measure_end(BENCH_UNMAP);
  }
  munmap(SOURCE, WHOLE);
  check("messages", good);
}

/** Memory grows while copies of the task come and go. */
function forks(): void {
  start("growth-with-forks", ARENA, ARENA + WHOLE);
  let good = true;
  let child: u32 = 0;
  for (let part: u32 = 0; part < PARTS; part++) {
    const address = ARENA + part * PART;
    measure_begin(BENCH_MAP);
    if (mmap(address, PART, READ_WRITE, MAP_PRIVATE, 0, 0) != address) good = false;
    measure_end(BENCH_MAP);
    measure_begin(BENCH_FAULT);
    store<u32>(address, part);
    measure_end(BENCH_FAULT);
    if (part % SAMPLE != SAMPLE - 1) continue;
    sample_entries();
    if (child != 0) end_task(child);
    if (task_create(task_self(), 1, cell) != 0) good = false;
    child = load<u32>(cell);
  }
  end_task(child);
  for (let part: u32 = 0; part < PARTS; part++) if (load<u32>(ARENA + part * PART) != part) good = false;
  workload_end(name);
  unmap_all();
  check("growth-with-forks", good);
}

function end_task(task: u32): void {
  task_terminate(task);
  mach_port_deallocate(task_self(), task);
}

/** Pages are copied, one by one, over pages that are there. */
function overwriting(): void {
  start("copied-over", ARENA, ARENA + WHOLE);
  set_order(RANDOM);
  let good = mmap(ARENA, WHOLE, READ_WRITE, MAP_PRIVATE, 0, 0) == ARENA;
  if (mmap(SOURCE, PART, READ_WRITE, MAP_PRIVATE, 0, 0) != SOURCE) good = false;
  for (let part: u32 = 0; part < PARTS; part++) store<u32>(ARENA + part * PART, part);
  for (let index: u32 = 0; index < PARTS; index++) {
    const part = part_at(index);
    store<u32>(SOURCE, part + 1);
    measure_begin(BENCH_MAP);
    if (vm_copy(task_self(), SOURCE, PART, ARENA + part * PART) != 0) good = false;
    measure_end(BENCH_MAP);
    measure_begin(BENCH_FAULT);
    store<u32>(ARENA + part * PART + 4, part);
    measure_end(BENCH_FAULT);
    if (index % SAMPLE == SAMPLE - 1) sample_entries();
  }
  for (let part: u32 = 0; part < PARTS; part++) if (load<u32>(ARENA + part * PART) != part + 1) good = false;
  lookups();
  workload_end(name);
  unmap_all();
  munmap(SOURCE, PART);
  check("copied-over", good);
}

/** Every page is wired for a while, in random order. */
function wiring(): void {
  start("wired-for-a-while", ARENA, ARENA + WHOLE);
  set_order(RANDOM);
  let good = mmap(ARENA, WHOLE, READ_WRITE, MAP_PRIVATE, 0, 0) == ARENA;
  for (let index: u32 = 0; index < PARTS; index++) {
    const address = ARENA + part_at(index) * PART;
    measure_begin(BENCH_PROTECT);
    if (vm_wire(host_port, task_self(), address, PART, READ_WRITE) != 0) good = false;
    measure_end(BENCH_PROTECT);
    if (index % SAMPLE == 0) sample_entries();
    measure_begin(BENCH_PROTECT);
    if (vm_wire(host_port, task_self(), address, PART, 0) != 0) good = false;
    measure_end(BENCH_PROTECT);
  }
  lookups();
  workload_end(name);
  unmap_all();
  check("wired-for-a-while", good);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  mapping("anonymous-up", UP, MAP_PRIVATE, 0, true);
  mapping("anonymous-down", DOWN, MAP_PRIVATE, 0, true);
  mapping("anonymous-random", RANDOM, MAP_PRIVATE, 0, true);
  mapping("anonymous-down-untouched", DOWN, MAP_PRIVATE, 0, false);
  protection();
  breaks();
  file_server();
  messages();
  forks();
  overwriting();
  wiring();
  const slots = stackAlloc(12);
  if (check_equals("the pager task runs", start_object_server(slots), 0)) {
    check_equals("its object", make_object(slots + 4, slots + 8), 0);
    object = load<u32>(slots + 4);
    mapping("file-forward", UP, MAP_SHARED, object, false);
    mapping("file-backward", DOWN, MAP_SHARED, object, false);
    mapping("file-random", RANDOM, MAP_SHARED, object, false);
    task_terminate(load<u32>(slots));
  }
  return finish();
}
