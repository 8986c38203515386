// What a machine that builds programs does to its file server, over and over: reads headers, maps libraries, writes objects
// by way of temporary files, rewrites and removes them. Argument: how many jobs (by default one for ten files of /usr, of
// 4,096 at most). The same every time.
import { stackAlloc } from "../../guest/i386";
import { EXT2_TYPE_FILE } from "../../abi/ext2";
import { O_CREAT, O_READ, O_TRUNC, O_WRITE, STAT_SIZE, STAT_WORDS_SIZE } from "../../abi/fs";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { check, check_equals } from "../lib/check";
import { malloc } from "../lib/heap";
import { task_self } from "../lib/mach";
import { MAP_FAILED, MAP_PRIVATE, mmap, munmap, PROT_READ, PROT_WRITE } from "../lib/mman";
import { arg, format } from "../lib/print";
import { argument, begin, finish } from "../lib/process";
import { parse_u32, string_copy, string_length, string_store, string_store_u32 } from "../lib/string";
import { PAGE_SIZE } from "../lib/vm";
import { close, open, pread, read, write } from "../posix/descriptors";
import { file_object, fstat, mkdir, rename, sync, unlink } from "../posix/files";
import { walk_tree } from "../posix/walk";

export { thread_entry } from "../lib/threads";

const MAX_FILES: u32 = 4096;
const OBJECTS: u32 = 200;
const HEADERS: u32 = 12;
const LIBRARIES: u32 = 3;
const PIECE: u32 = 32768;
const MAP_MAX: u32 = 64 * 4096;

const paths: usize = memory.data(16384);
const path_room: usize = memory.data(1025);
const name: usize = memory.data(64);
const other: usize = memory.data(64);
/** Size of each object file there is; 0: none. */
const sizes: usize = memory.data(800);
let path_count: u32 = 0;
let buffer: u32 = 0;
let seed: u32 = 12345;
let read_bytes: u32 = 0;
let written_bytes: u32 = 0;
let mapped_pages: u32 = 0;
let failures: u32 = 0;

function random(limit: u32): u32 {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 8) % limit;
}

function collect(path: usize, type: u32): bool {
  if (type != EXT2_TYPE_FILE) return true;
  const copy = malloc(string_length(path) + 1);
  if (copy == 0) return false;
  string_copy(copy, path, string_length(path) + 1);
  store<u32>(paths + ((<usize>path_count) << 2), copy);
  path_count++;
  return path_count < MAX_FILES;
}

function some_path(): usize {
  return load<u32>(paths + ((<usize>random(path_count)) << 2));
}

function read_file(path: usize): void {
  const fd = open(path, O_READ, 0);
  if (fd < 0) {
    failures++;
    return;
  }
  let got = read(fd, buffer, PIECE);
  while (got > 0) {
    read_bytes += got;
    got = read(fd, buffer, PIECE);
  }
  if (got < 0) failures++;
  close(fd);
}

/** Maps the beginning of a file as the loader of programs does, and touches some pages, writing to one. */
function map_file(path: usize): void {
  const fd = open(path, O_READ, 0);
  const status = stackAlloc(STAT_WORDS_SIZE);
  if (fd < 0 || fstat(fd, status) != 0) {
    failures++;
    return;
  }
  const size = min<u32>(load<u32>(status, STAT_SIZE), MAP_MAX);
  if (size != 0) {
    const object = file_object(fd);
    const place = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, object, 0);
    mach_port_deallocate(task_self(), object);
    if (place == MAP_FAILED) failures++;
    else {
      let sum: u32 = 0;
      for (let at: u32 = 0; at < size; at += 3 * PAGE_SIZE) {
        sum += load<u8>(place + at);
        mapped_pages++;
      }
      store<u32>(place & ~3, sum);
      munmap(place, size);
    }
  }
  close(fd);
}

function object_name(to: usize, number: u32, temporary: bool): usize {
  const length = string_store(to, "/build/");
  const digits = string_store_u32(to + length, number);
  string_store(to + length + digits, temporary ? ".tmp" : ".o");
  return to;
}

function write_file(path: usize, size: u32): void {
  const fd = open(path, O_WRITE | O_CREAT | O_TRUNC, 0x1a4);
  if (fd < 0) {
    failures++;
    return;
  }
  for (let left = size; left > 0;) {
    const piece = min<u32>(left, PIECE);
    if (<u32>write(fd, buffer, piece) != piece) failures++;
    left -= piece;
  }
  written_bytes += size;
  close(fd);
}

/** Compiles: reads, maps, writes a temporary file and puts it in the object's place. */
function compile(): void {
  for (let index: u32 = 0; index < HEADERS; index++) read_file(some_path());
  for (let index: u32 = 0; index < LIBRARIES; index++) map_file(some_path());
  const number = random(OBJECTS);
  const size = 500 + random(40000);
  object_name(name, number, true);
  write_file(name, size);
  if (rename(name, object_name(other, number, false)) != 0) failures++;
  store<u32>(sizes + ((<usize>number) << 2), size);
}

/** Links: reads some objects and writes one file over itself. */
function link_objects(): void {
  let total: u32 = 0;
  for (let number = random(20); number < OBJECTS; number += 20) {
    if (load<u32>(sizes + ((<usize>number) << 2)) == 0) continue;
    read_file(object_name(name, number, false));
    total += load<u32>(sizes + ((<usize>number) << 2));
  }
  string_store(name, "/build/program");
  write_file(name, total);
}

/** Looks into an object's middle, and removes it. */
function clean(): void {
  const number = random(OBJECTS);
  const cell = sizes + ((<usize>number) << 2);
  if (load<u32>(cell) == 0) return;
  const fd = open(object_name(name, number, false), O_READ, 0);
  const wanted = min<u32>(load<u32>(cell) / 2, 1000);
  if (fd < 0 || <u32>pread(fd, buffer, wanted, load<u32>(cell) / 2) != wanted) failures++;
  if (fd >= 0) close(fd);
  if (unlink(name) != 0) failures++;
  store<u32>(cell, 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  buffer = malloc(PIECE);
  memory.fill(buffer, 0x55, PIECE);
  string_store(path_room, "/usr");
  check("the tree is read", walk_tree(path_room, 4, collect) <= 0 && path_count > 0);
  mkdir(memory.data<u8>([47, 98, 117, 105, 108, 100, 0]), 0x1ed);
  const jobs = argc > 1 ? parse_u32(argument(1)) : path_count / 10;
  for (let job: u32 = 0; job < jobs; job++) {
    compile();
    if (job % 10 == 9) link_objects();
    if (job % 3 == 2) clean();
  }
  check_equals("nothing failed", failures, 0);
  check_equals("all is on the disk", sync(), 0);
  arg(jobs);
  arg(read_bytes / 1024);
  arg(written_bytes / 1024);
  arg(mapped_pages);
  format("usr-load: %u jobs, %u KiB read, %u KiB written, %u pages of maps touched\n");
  return finish();
}
