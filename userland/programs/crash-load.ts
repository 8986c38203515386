// Writes files for a machine that will be stopped at any moment. For each file that is on the disk for good it prints
// `synced NUMBER SIZE`; it never touches those again. Argument: how many files.
import { O_CREAT, O_TRUNC, O_WRITE } from "../../abi/fs";
import { check } from "../lib/check";
import { malloc } from "../lib/heap";
import { arg, format, print_flush } from "../lib/print";
import { argument, begin, finish } from "../lib/process";
import { parse_u32, string_store, string_store_u32 } from "../lib/string";
import { close, open, write } from "../posix/descriptors";
import { fsync, ftruncate, link, mkdir, rename, unlink } from "../posix/files";

export { thread_entry } from "../lib/threads";

const LARGEST: u32 = 30000;
const name: usize = memory.data(64);
const other: usize = memory.data(64);
let buffer: u32 = 0;
let seed: u32 = 99;

function random(limit: u32): u32 {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 8) % limit;
}

function path(to: usize, text: string, number: u32): usize {
  const length = string_store(to, text);
  string_store_u32(to + length, number);
  return to;
}

/** The byte at `offset` of file `number`. */
function fill(number: u32, size: u32): void {
  for (let at: u32 = 0; at < size; at++) store<u8>(buffer + at, <u8>(at * 11 + (at >>> 8) * 5 + number));
}

function write_file(at: usize, number: u32, size: u32, to_disk: bool): bool {
  const fd = open(at, O_WRITE | O_CREAT | O_TRUNC, 0x1a4);
  if (fd < 0) return false;
  fill(number, size);
  const good = <u32>write(fd, buffer, size) == size && (!to_disk || fsync(fd) == 0);
  close(fd);
  return good;
}

/** What is not synced: made, cut, renamed, linked and removed all the time. */
function noise(number: u32): void {
  path(name, "/crash/noise-", random(30));
  switch (random(6)) {
    case 0:
    case 1:
      write_file(name, number, random(LARGEST), false);
      break;
    case 2:
      rename(name, path(other, "/crash/noise-", random(30)));
      break;
    case 3:
      unlink(name);
      break;
    case 4:
      link(name, path(other, "/crash/noise-", random(30)));
      break;
    default: {
      const fd = open(name, O_WRITE, 0);
      if (fd < 0) break;
      ftruncate(fd, random(LARGEST));
      close(fd);
    }
  }
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const files = argc > 1 ? parse_u32(argument(1)) : 60;
  buffer = malloc(LARGEST);
  mkdir(memory.data<u8>([47, 99, 114, 97, 115, 104, 0]), 0x1ed);
  let good: bool = true;
  for (let number: u32 = 0; number < files && good; number++) {
    for (let times = random(6); times > 0; times--) noise(number);
    // A file becomes what it is to be by way of another name, as careful programs do it.
    const size = random(LARGEST);
    good = write_file(path(name, "/crash/new-", number), number, size, true);
    if (rename(name, path(other, "/crash/", number)) != 0) good = false;
    if (!write_file(path(name, "/crash/marker-", number % 3), number, 100, true)) good = false;
    arg(number);
    arg(size);
    format("synced %u %u\n");
    print_flush();
  }
  check("everything was written", good);
  return finish();
}
