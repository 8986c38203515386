// Maps parts of a file next to each other - forward, backward, in random order - and watches the map entries. The file
// is read from the disk and served by a small pager task.
import { stackAlloc } from "../../guest/i386";
import { task_terminate } from "../generated/mach.generated";
import { check, check_address, check_equals } from "../lib/check";
import { LOADED_FILE_SIZE, LoadedFile, load_file, mount_disk } from "../lib/disk";
import { after_fork, fork_server } from "../lib/fork";
import {
  MAP_FAILED,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  mmap,
  mprotect,
  munmap,
  PROT_READ,
  PROT_WRITE,
} from "../lib/mman";
import { merges_forward, MERGE_FULL, merge_mode } from "../lib/mode";
import { pager_loop } from "../lib/pager";
import { file_word, holds_words } from "../lib/pattern";
import { print, print_byte, print_line, print_u32 } from "../lib/print";
import { begin, device_port, finish } from "../lib/process";
import { count_entries, read_region, Region, REGION_SIZE, release_region } from "../lib/regions";
import { string_store } from "../lib/string";
import { PAGE_SIZE } from "../lib/vm";
import { task_self } from "../lib/mach";

export { thread_entry } from "../lib/threads";

/** Where the mappings go: far from everything else. */
const ARENA: u32 = 0x20000000;
const PARTS: u32 = 8;
const PART: u32 = 2 * PAGE_SIZE;
const WHOLE: u32 = PARTS * PART;
/** Words are compared at this distance, one cache line apart. */
const STEP: u32 = 64;
const READ_WRITE: u32 = PROT_READ | PROT_WRITE;

let mode: u32 = 0;
let object: u32 = 0;

let file_data: u32 = 0;
let file_size: u32 = 0;

function file_page(_object: u32, offset: u32): usize {
  return offset < file_size ? file_data + offset : 0;
}

/** The pager task: a copy of this one. */
function serve(port: u32): void {
  after_fork();
  pager_loop(port, file_page);
}

function start_pager(child: usize): bool {
  const file = changetype<LoadedFile>(stackAlloc(LOADED_FILE_SIZE));
  const path = stackAlloc(16);
  string_store(path, "/share/words");
  if (!check_equals("the disk is there", mount_disk(device_port), 0)) return false;
  if (!check_equals("the file is there", load_file(path, file), 0)) return false;
  if (!check("the file reads as it should", holds_words(file.data, 0, file.size, 4))) return false;
  file_data = file.data;
  file_size = file.size;
  const service = stackAlloc(4);
  if (!check_equals("the pager task runs", fork_server(serve, child, service), 0)) return false;
  object = load<u32>(service);
  return true;
}

/** How many entries the arena has when the parts of `mapped` (a bit each) are there. */
function expected_entries(mapped: u32): u32 {
  let entries: u32 = 0;
  for (let part: u32 = 0; part < PARTS; part++) {
    if (((mapped >> part) & 1) == 0) continue;
    const joined = merges_forward(mode) && part != 0 && ((mapped >> (part - 1)) & 1) != 0;
    if (!joined) entries++;
  }
  return entries;
}

/** Maps the parts in the order of `order` (one hexadecimal digit each, the first one lowest). */
function map_in_order(name: string, order: u32, flags: u32): void {
  let mapped: u32 = 0;
  let placed = true;
  let counted = true;
  print(name);
  print(": entries");
  for (let step: u32 = 0; step < PARTS; step++) {
    const part = (order >> (step * 4)) & 15;
    const address = ARENA + part * PART;
    if (mmap(address, PART, READ_WRITE, flags, object, part * PART) != address) placed = false;
    mapped |= (<u32>1) << part;
    const entries = count_entries(ARENA, ARENA + WHOLE);
    if (entries != expected_entries(mapped)) counted = false;
    print_byte(32);
    print_u32(entries);
  }
  print_line("");
  check("every part is where it was asked for", placed);
  check("the entries are as expected after each part", counted);
  check("every part holds its piece of the file", holds_words(ARENA, 0, WHOLE, STEP));
  check_equals("the arena is unmapped", munmap(ARENA, WHOLE), 0);
  check_equals("and empty", count_entries(ARENA, ARENA + WHOLE), 0);
}

/** A write to a private mapping is seen by nobody else. */
function private_writes(): void {
  const shared = mmap(ARENA, PART, PROT_READ, MAP_SHARED, object, 0);
  const copy = mmap(ARENA + WHOLE, PART, READ_WRITE, MAP_PRIVATE, object, 0);
  if (!check("a shared and a private mapping", shared == ARENA && copy == ARENA + WHOLE)) return;
  store<u32>(copy, 1);
  check_equals("the private word is written", load<u32>(copy), 1);
  check_equals("the file's word is not", load<u32>(shared), file_word(0));
  check("the rest of the private page is the file", holds_words(copy + STEP, STEP, PART - STEP, STEP));
  munmap(shared, PART);
  munmap(copy, PART);
}

/** A wish for an address in the middle of a mapping neither splits nor replaces it. */
function no_split(): void {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  if (!check_address("one large mapping", mmap(ARENA, WHOLE, PROT_READ, MAP_SHARED, object, 0), ARENA))
    return;
  const wish = ARENA + 3 * PART;
  const got = mmap(wish, PART, READ_WRITE, MAP_PRIVATE, 0, 0);
  check("without MAP_FIXED the kernel gives another place", got != MAP_FAILED && got != wish);
  check_equals("the mapping in the way is still one entry", count_entries(ARENA, ARENA + WHOLE), 1);
  const found = read_region(task_self(), wish, region);
  if (found) release_region(region);
  check("from its old start to its old end", found && region.address == ARENA && region.size == WHOLE);
  check("and still the file", holds_words(ARENA, 0, WHOLE, STEP));
  munmap(got, PART);

  check_address(
    "with MAP_FIXED it is replaced",
    mmap(wish, PART, READ_WRITE, MAP_PRIVATE | MAP_FIXED, 0, 0),
    wish,
  );
  check_equals("which takes three entries", count_entries(ARENA, ARENA + WHOLE), 3);
  check("the file is on both sides", holds_words(ARENA, 0, 3 * PART, STEP));
  check("of zeros", load<u32>(wish) == 0 && load<u32>(wish + PART - 4) == 0);
  munmap(ARENA, WHOLE);
}

/** Protection of a middle part there and back. */
function protect_there_and_back(): void {
  if (mmap(ARENA, WHOLE, READ_WRITE, MAP_SHARED, object, 0) != ARENA) return;
  mprotect(ARENA + PART, PART, PROT_READ);
  check_equals("another protection in the middle: three entries", count_entries(ARENA, ARENA + WHOLE), 3);
  mprotect(ARENA + PART, PART, READ_WRITE);
  const glued: u32 = merges_forward(mode) ? 1 : 3;
  check_equals("the same protection again", count_entries(ARENA, ARENA + WHOLE), glued);
  check("the file is still there", holds_words(ARENA, 0, WHOLE, STEP));
  munmap(ARENA, WHOLE);
}

/** Anonymous mappings next to each other, downwards as the C library's allocator may get them. */
function anonymous_downwards(): void {
  for (let part = PARTS; part > 0; part--) {
    const address = ARENA + (part - 1) * PART;
    mmap(address, PART, READ_WRITE, MAP_PRIVATE, 0, 0);
    store<u32>(address, part);
  }
  let intact = true;
  for (let part: u32 = 0; part < PARTS; part++)
    if (load<u32>(ARENA + part * PART) != part + 1) intact = false;
  check("anonymous parts mapped downwards keep their words", intact);
  const entries = count_entries(ARENA, ARENA + WHOLE);
  if (mode == MERGE_FULL) check("and are fewer entries than parts", entries < PARTS);
  else check_equals("and are an entry each", entries, PARTS);
  munmap(ARENA, WHOLE);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  mode = merge_mode();
  const child = stackAlloc(4);
  if (start_pager(child)) {
    map_in_order("forward", 0x76543210, MAP_SHARED);
    map_in_order("backward", 0x01234567, MAP_SHARED);
    map_in_order("random order", 0x40613752, MAP_SHARED);
    map_in_order("private, forward", 0x76543210, MAP_PRIVATE);
    private_writes();
    no_split();
    protect_there_and_back();
    anonymous_downwards();
    check_equals("the pager task ends", task_terminate(load<u32>(child)), 0);
  }
  return finish();
}
