// Plays the merging scenarios of tests/vm/scenarios.ts with real calls in the whole kernel, and compares the map entries
// with what the kernel's mode must give, and the contents of every page with a plain model.
import { stackAlloc } from "../../guest/i386";
import {
  VM_INHERIT_COPY,
  VM_INHERIT_SHARE,
  VM_PROT_ALL,
  VM_PROT_EXECUTE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { SCENARIOS } from "../generated/scenarios.generated";
import {
  task_create,
  task_terminate,
  vm_copy,
  vm_inherit,
  vm_protect,
  vm_read,
  vm_write,
} from "../generated/mach.generated";
import { vm_wire } from "../generated/mach_host.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { begin_check, check, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { MERGE_FULL, MERGE_MODES, merge_mode } from "../lib/mode";
import { make_object, object_word, start_object_server } from "../lib/object-server";
import { print, print_byte, print_bytes, print_line, print_u32 } from "../lib/print";
import { begin, finish, host_port } from "../lib/process";
import { read_region, Region, REGION_SIZE, release_region } from "../lib/regions";
import { PAGE_SIZE, vm_allocate, vm_deallocate, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const ARENA: u32 = 0x20000000;
const ARENA_PAGES: u32 = 64;
const MAX_OBJECTS: u32 = 4;
const MAX_CHILDREN: u32 = 4;
const SEPARATOR: u32 = 124; // |
const TEXT_SIZE: u32 = 1024;
/** What is written by vm_write: pages away from everything else, the source of scenarios at offset 1 of its object. */
const SCRATCH: u32 = 0x30000000;
const SCRATCH_PAGES: u32 = 16;
const SOURCE: u32 = SCRATCH + PAGE_SIZE;

// The model: what the first word of each page must be. A page that is not mapped does not count.
const words: usize = memory.data(256);
const objects: usize = memory.data(16);
const object_names: usize = memory.data(16);
const children: usize = memory.data(16);
const numbers: usize = memory.data(32);
const seen: usize = memory.data(256);
const text: usize = memory.data(1024);

let mode: u32 = 0;
let child_count: u32 = 0;
let stamp: u32 = 0;
let at: i32 = 0;
let text_length: u32 = 0;
let seen_count: u32 = 0;
let first_error: i32 = 0;
/** so that the read is not optimised away */
export let last_read: u32 = 0;

function page_address(page: u32): u32 {
  return ARENA + page * PAGE_SIZE;
}

function set_words(page: u32, count: u32, value: u32): void {
  for (let index: u32 = 0; index < count; index++) store<u32>(words + (page + index) * 4, value);
}

// Reading the table.

function char(): u32 {
  return SCENARIOS.charCodeAt(at);
}

function hex_digit(code: u32): i32 {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** Reads hexadecimal numbers separated by commas into `numbers`. */
function read_numbers(): void {
  let count: u32 = 0;
  for (;;) {
    let value: u32 = 0;
    for (; hex_digit(char()) >= 0; at++) value = value * 16 + hex_digit(char());
    store<u32>(numbers + count * 4, value);
    count++;
    if (char() != 44 || count == 8) return;
    at++;
  }
}

function number(index: u32): u32 {
  return load<u32>(numbers + index * 4);
}

// The operations.

function note(result: i32): void {
  if (first_error == 0) first_error = result;
}

function allocate(page: u32, count: u32): void {
  const slot = stackAlloc(4);
  store<u32>(slot, page_address(page));
  note(vm_allocate(task_self(), slot, count * PAGE_SIZE, 0));
  set_words(page, count, 0);
}

function map_null(page: u32, count: u32, protection: u32, maximum: u32, inherit: u32): void {
  const slot = stackAlloc(4);
  store<u32>(slot, page_address(page));
  note(vm_map(task_self(), slot, count * PAGE_SIZE, 0, 0, 0, 0, 0, protection, maximum, inherit));
  set_words(page, count, 0);
}

function object_port(index: u32): u32 {
  if (load<u32>(objects + index * 4) == 0) note(make_object(objects + index * 4, object_names + index * 4));
  return load<u32>(objects + index * 4);
}

function map_object(index: u32, page: u32, count: u32, from: u32, copy: u32, protection: u32): void {
  const slot = stackAlloc(4);
  store<u32>(slot, page_address(page));
  const object = object_port(index);
  const offset = from * PAGE_SIZE;
  const length = count * PAGE_SIZE;
  note(
    vm_map(task_self(), slot, length, 0, 0, object, offset, copy, protection, VM_PROT_ALL, VM_INHERIT_COPY),
  );
  const name = load<u32>(object_names + index * 4);
  for (let each: u32 = 0; each < count; each++)
    store<u32>(words + (page + each) * 4, object_word(name, (from + each) * PAGE_SIZE));
}

function touch(page: u32): void {
  stamp++;
  store<u32>(page_address(page), stamp);
  store<u32>(words + page * 4, stamp);
}

function read_and_free(page: u32, count: u32): void {
  const data = stackAlloc(4);
  const length = stackAlloc(4);
  const result = vm_read(task_self(), page_address(page), count * PAGE_SIZE, data, length);
  note(result);
  if (result == 0) vm_deallocate(task_self(), load<u32>(data), load<u32>(length));
}

function overwrite(page: u32, count: u32): void {
  for (let each: u32 = 0; each < count; each++) {
    stamp++;
    store<u32>(SOURCE + each * PAGE_SIZE, stamp);
    store<u32>(words + (page + each) * 4, stamp);
  }
  note(vm_write(task_self(), page_address(page), SOURCE, count * PAGE_SIZE));
}

function copy_pages(from: u32, count: u32, to: u32): void {
  note(vm_copy(task_self(), page_address(from), count * PAGE_SIZE, page_address(to)));
  memory.copy(words + to * 4, words + from * 4, count * 4);
}

function fork(keep: bool): void {
  const slot = stackAlloc(4);
  const result = task_create(task_self(), 1, slot);
  note(result);
  if (result != 0) return;
  if (keep && child_count < MAX_CHILDREN) {
    store<u32>(children + child_count * 4, load<u32>(slot));
    child_count++;
    return;
  }
  task_terminate(load<u32>(slot));
  mach_port_deallocate(task_self(), load<u32>(slot));
}

function operate(letter: u32): void {
  const page = number(0);
  const count = number(1);
  const address = page_address(page);
  const length = count * PAGE_SIZE;
  if (letter == 97) allocate(page, count);
  else if (letter == 100) note(vm_deallocate(task_self(), address, length));
  else if (letter == 112) note(vm_protect(task_self(), address, length, 0, number(2)));
  else if (letter == 109) note(vm_protect(task_self(), address, length, 1, number(2)));
  else if (letter == 105) note(vm_inherit(task_self(), address, length, number(2)));
  else if (letter == 116) touch(page);
  else if (letter == 114) last_read = atomic.load<u32>(address);
  else if (letter == 110) map_null(page, count, number(2), number(3), number(4));
  else if (letter == 102)
    map_object(page, count, number(2), number(3), number(4), VM_PROT_READ | VM_PROT_WRITE);
  else if (letter == 103) map_object(page, count, number(2), number(3), 0, number(4));
  else if (letter == 99) copy_pages(page, count, number(2));
  else if (letter == 118) read_and_free(page, count);
  else if (letter == 119) note(vm_wire(host_port, task_self(), address, length, number(2)));
  else if (letter == 111) overwrite(page, count);
  else if (letter == 107) fork(true);
  else if (letter == 75) fork(false);
  else note(-1);
}

/** Runs the script at `at`, up to the separator. */
function run_script(): void {
  while (char() != SEPARATOR) {
    const letter = char();
    at++;
    if (letter == 32) continue;
    read_numbers();
    operate(letter);
  }
}

// The result as text, in the notation of the table.

function put(code: u32): void {
  if (text_length + 1 < TEXT_SIZE) {
    store<u8>(text + text_length, <u8>code);
    text_length++;
  }
}

function put_hex(value: u32): void {
  if (value >= 16) put_hex(value / 16);
  const digit = value % 16;
  put(digit < 10 ? digit + 48 : digit + 87);
}

function put_protection(protection: u32): void {
  put((protection & VM_PROT_READ) != 0 ? 114 : 45);
  put((protection & VM_PROT_WRITE) != 0 ? 119 : 45);
  put((protection & VM_PROT_EXECUTE) != 0 ? 120 : 45);
}

/** The number of an object by order of appearance; the right to its name is kept until the scenario ends. */
function object_number(name: u32): u32 {
  for (let index: u32 = 0; index < seen_count; index++) {
    if (load<u32>(seen + index * 4) != name) continue;
    mach_port_deallocate(task_self(), name);
    return index + 1;
  }
  if (seen_count == 64) return 0;
  store<u32>(seen + seen_count * 4, name);
  seen_count++;
  return seen_count;
}

function put_entry(region: Region): void {
  if (text_length != 0) put(59);
  put(91);
  put_hex((region.address - ARENA) / PAGE_SIZE);
  put(44);
  put_hex((region.address - ARENA + region.size) / PAGE_SIZE);
  put(41);
  put(32);
  put_protection(region.protection);
  put(47);
  put_protection(region.max_protection);
  put(32);
  put(region.inheritance == VM_INHERIT_COPY ? 67 : region.inheritance == VM_INHERIT_SHARE ? 83 : 78);
  if (region.is_shared != 0) put(42);
  put(32);
  put(111);
  const object = region.object_name == 0 ? 0 : object_number(region.object_name);
  put_hex(object);
  if (object == 0) return;
  put(43);
  put_hex(region.offset / PAGE_SIZE);
}

/** Writes the arena's entries into `text`; returns how many. */
function describe_arena(): u32 {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let count: u32 = 0;
  text_length = 0;
  const end = ARENA + ARENA_PAGES * PAGE_SIZE;
  for (
    let next = ARENA;
    next < end && read_region(task_self(), next, region);
    next = region.address + region.size
  ) {
    if (region.address >= end) {
      release_region(region);
      break;
    }
    put_entry(region);
    count++;
  }
  store<u8>(text + text_length, 0);
  for (; seen_count > 0; seen_count--)
    mach_port_deallocate(task_self(), load<u32>(seen + (seen_count - 1) * 4));
  return count;
}

/** Whether every readable page of the arena begins with the word that the model has. */
function contents_good(): bool {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  const end = ARENA + ARENA_PAGES * PAGE_SIZE;
  for (
    let next = ARENA;
    next < end && read_region(task_self(), next, region);
    next = region.address + region.size
  ) {
    release_region(region);
    if (region.address >= end) break;
    if ((region.protection & VM_PROT_READ) == 0) continue;
    for (let address = region.address; address < region.address + region.size; address += PAGE_SIZE)
      if (load<u32>(address) != load<u32>(words + ((address - ARENA) / PAGE_SIZE) * 4)) return false;
  }
  return true;
}

/** Compares `text` with the field at `from`, in which ? stands for any digit. */
function field_matches(from: i32): bool {
  let index: u32 = 0;
  while (!is_field_end(from)) {
    const expected: u32 = SCENARIOS.charCodeAt(from);
    const got: u32 = load<u8>(text + index);
    if (expected != got && (expected != 63 || hex_digit(got) < 0)) return false;
    from++;
    index++;
  }
  return load<u8>(text + index) == 0;
}

function is_field_end(from: i32): bool {
  const code: u32 = SCENARIOS.charCodeAt(from);
  return code == SEPARATOR || code == 10;
}

function count_in_field(from: i32): u32 {
  let count: u32 = 0;
  for (; !is_field_end(from); from++) if (SCENARIOS.charCodeAt(from) == 91) count++;
  return count;
}

function print_field(from: i32): void {
  for (; !is_field_end(from); from++) print_byte(SCENARIOS.charCodeAt(from));
}

function next_field(from: i32): i32 {
  while (!is_field_end(from)) from++;
  return from + 1;
}

function clean_up(): void {
  vm_deallocate(task_self(), ARENA, ARENA_PAGES * PAGE_SIZE);
  for (; child_count > 0; child_count--) {
    const child = load<u32>(children + (child_count - 1) * 4);
    task_terminate(child);
    mach_port_deallocate(task_self(), child);
  }
  for (let index: u32 = 0; index < MAX_OBJECTS; index++) {
    const port = load<u32>(objects + index * 4);
    if (port != 0) mach_port_deallocate(task_self(), port);
    store<u32>(objects + index * 4, 0);
  }
}

function report(name: i32, good: bool, expected: i32): void {
  begin_check(good);
  print_field(name);
  if (!good) {
    print(": expected ");
    print_field(expected);
    print(", got ");
    print_bytes(text);
    if (first_error != 0) {
      print(", first error ");
      print_u32(first_error);
    }
  } else {
    print(": ");
    print_bytes(text);
  }
  print_line("");
}

function allocate_scratch(): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, SCRATCH);
  const result = vm_allocate(task_self(), slot, SCRATCH_PAGES * PAGE_SIZE, 0);
  if (result == 0) store<u32>(SCRATCH, 1);
  return result;
}

/** Plays the scenario whose record begins at `at` and moves on to the next one. */
function play(): void {
  const name = at;
  at = next_field(at);
  first_error = 0;
  run_script();
  const none = next_field(at);
  const backward = next_field(none);
  const series = next_field(backward);
  at = next_field(series);
  const expected = mode == 0 ? none : mode == 1 ? backward : series;
  const entries = describe_arena();
  const shape = mode == MERGE_FULL ? entries <= count_in_field(series) : field_matches(expected);
  const intact = contents_good();
  report(name, shape && intact && first_error == 0, expected);
  if (!intact) check("contents", false);
  clean_up();
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  mode = merge_mode();
  check("the mode is known", mode < MERGE_MODES);
  check_equals("scratch memory", allocate_scratch(), 0);
  const server = stackAlloc(4);
  if (check_equals("the pager task runs", start_object_server(server), 0)) {
    while (at < SCENARIOS.length) play();
    task_terminate(load<u32>(server));
  }
  return finish();
}
