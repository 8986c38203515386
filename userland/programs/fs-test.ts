// A file server, used as programs use it: by calls and by mappings. Leaves /kept behind, for who looks at the disk later.
import { stackAlloc } from "../../guest/i386";
import {
  EBADF,
  EEXIST,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EINVAL,
} from "../../abi/errno";
import {
  DIR_LENGTH,
  DIR_NEXT,
  FS_STAT_FREE_BLOCKS,
  FS_STAT_FREE_INODES,
  FS_STAT_SIZE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_READ,
  O_TRUNC,
  O_WRITE,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
  STAT_LINKS,
  STAT_MODE,
  STAT_SECTORS,
  STAT_SIZE,
} from "../../abi/fs";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { thread_switch } from "../lib/asm";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { MEMORY_OBJECT_COPY_DELAY } from "../../abi/vm_types";
import { memory_object_ready } from "../generated/mach.generated";
import { cthread_fork } from "../lib/cthreads";
import { check, check_equals } from "../lib/check";
import { malloc } from "../lib/heap";
import { task_self } from "../lib/mach";
import { MAP_FAILED, MAP_PRIVATE, MAP_SHARED, mmap, munmap, PROT_READ, PROT_WRITE } from "../lib/mman";
import { begin, finish } from "../lib/process";
import { string_equals, string_store, string_store_u32 } from "../lib/string";
import {
  DATA_REQUEST,
  INIT,
  map_object,
  next,
  noted_control,
  test_object,
  test_pager_begin,
} from "../lib/test-pager";
import { PAGE_SIZE } from "../lib/vm";
import { close, dup2, lseek, open, pread, pwrite, read, write } from "../posix/descriptors";
import { errno } from "../posix/errno";
import {
  chdir,
  chmod,
  file_object,
  fstat,
  fsync,
  ftruncate,
  link,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rmdir,
  stat,
  statfs,
  symlink,
  sync,
  unlink,
} from "../posix/files";

export { thread_entry } from "../lib/threads";

const SIZE: u32 = 300000;
let buffer: u32 = 0;
const status: usize = memory.data(64);
const path_bytes: usize = memory.data(2048);
const other_bytes: usize = memory.data(512);

function path(text: string): usize {
  string_store(path_bytes, text);
  return path_bytes;
}

function other(text: string): usize {
  string_store(other_bytes, text);
  return other_bytes;
}

/** The byte at `offset` of the file `seed`. */
function byte_at(seed: u32, offset: u32): u32 {
  return (offset * 7 + (offset >>> 8) * 13 + seed) & 0xff;
}

function fill(seed: u32, offset: u32, count: u32): void {
  for (let index: u32 = 0; index < count; index++)
    store<u8>(buffer + index, <u8>byte_at(seed, offset + index));
}

/** Whether the buffer has the file's bytes from `offset` on. */
function is_filled(at: usize, seed: u32, offset: u32, count: u32): bool {
  for (let index: u32 = 0; index < count; index++)
    if (<u32>load<u8>(at + index) != byte_at(seed, offset + index)) return false;
  return true;
}

function is_zero(at: usize, count: u32): bool {
  for (let index: u32 = 0; index < count; index++) if (load<u8>(at + index) != 0) return false;
  return true;
}

function size_of(fd: u32): u32 {
  return fstat(fd, status) == 0 ? load<u32>(status, STAT_SIZE) : 0xffffffff;
}

function fails(name: string, result: i32, error: i32): void {
  check_equals(name, result < 0 ? errno : 0, error);
}

function free_blocks(): u32 {
  const words = stackAlloc(FS_STAT_SIZE);
  statfs(words);
  return load<u32>(words, FS_STAT_FREE_BLOCKS);
}

function free_inodes(): u32 {
  const words = stackAlloc(FS_STAT_SIZE);
  statfs(words);
  return load<u32>(words, FS_STAT_FREE_INODES);
}

function names_and_errors(): void {
  fails("nothing is there", open(path("/t/none"), O_READ, 0), ENOENT);
  check_equals("a directory", mkdir(path("/t"), 0x1ed), 0);
  fails("not twice", mkdir(path("/t"), 0x1ed), EEXIST);
  fails("no file in it", open(path("/t/none"), O_READ, 0), ENOENT);
  fails("no directory in it", open(path("/t/none/x"), O_READ | O_CREAT, 0), ENOENT);
  const fd = open(path("/t/a"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  check("a file", fd >= 0);
  fails("it is not made twice", open(path("/t/a"), O_CREAT | O_EXCL | O_WRITE, 0), EEXIST);
  fails("it is no directory", open(path("/t/a"), O_DIRECTORY, 0), ENOTDIR);
  fails("nor on the way to anything", open(path("/t/a/b"), O_READ, 0), ENOTDIR);
  fails("a directory is not written", open(path("/t"), O_WRITE, 0), EISDIR);
  const read_only = open(path("/t/a"), O_READ, 0);
  fails("nor a file that was opened for reading", write(read_only, buffer, 5), EBADF);
  close(read_only);
  const write_only = open(path("/t/a"), O_WRITE, 0);
  fails("nor read what was opened for writing", read(write_only, buffer, 5), EBADF);
  close(write_only);
  fails("a directory is not read", read(open(path("/t"), O_READ, 0), buffer, 5), EISDIR);
  memory.fill(path_bytes, 110, 300);
  store<u8>(path_bytes + 300, 0);
  fails("a name may be too long", open(path_bytes, O_CREAT | O_WRITE, 0), ENAMETOOLONG);
  memory.fill(path_bytes, 47, 1500);
  store<u8>(path_bytes + 1500, 0);
  check("a path too", open(path_bytes, O_READ, 0) < 0);
  close(fd);
}

function reading_and_writing(): void {
  const fd = open(path("/t/a"), O_READ | O_WRITE, 0);
  fill(1, 0, SIZE);
  check_equals("much at once", write(fd, buffer, SIZE), SIZE);
  check_equals("has its size", size_of(fd), SIZE);
  check_equals("the end is the end", read(fd, buffer, 10), 0);
  check_equals("back", <i32>lseek(fd, 0, SEEK_SET), 0);
  memory.fill(buffer, 0, SIZE);
  check_equals("and read", read(fd, buffer, SIZE + 1000), SIZE);
  check("as written", is_filled(buffer, 1, 0, SIZE));
  fill(1, SIZE, 100);
  check_equals("a little more", write(fd, buffer, 100), 100);
  check_equals("from the end", <i32>lseek(fd, -200, SEEK_END), SIZE - 100);
  check_equals("a little", read(fd, buffer, 150), 150);
  check("over the seam", is_filled(buffer, 1, SIZE - 100, 150));
  check_equals("it moves on", <i32>lseek(fd, 0, SEEK_CUR), SIZE + 50);
  fails("not before the start", <i32>lseek(fd, -1, SEEK_SET), EINVAL);
  for (let at: u32 = 1; at < 9000; at += 1777) {
    fill(2, at, 40);
    pwrite(fd, buffer, 40, at);
  }
  let good = true;
  for (let at: u32 = 1; at < 9000; at += 1777) {
    pread(fd, buffer, 42, at - 1);
    if (<u32>load<u8>(buffer) != byte_at(1, at - 1) || !is_filled(buffer + 1, 2, at, 40)) good = false;
  }
  check("bytes within pages", good);
  check_equals("to the disk", fsync(fd), 0);
  close(fd);
  const append = open(path("/t/a"), O_WRITE | O_APPEND, 0);
  write(append, buffer, 7);
  check_equals("what is appended is at the end", size_of(append), SIZE + 107);
  const twin = dup2(append, -1);
  close(append);
  check_equals("a second descriptor", write(twin, buffer, 3), 3);
  close(twin);
  const cut = open(path("/t/a"), O_READ | O_WRITE | O_TRUNC, 0);
  check_equals("nothing is left", size_of(cut), 0);
  check_equals("of the blocks neither", load<u32>(status, STAT_SECTORS), 0);
  close(cut);
}

function holes(): void {
  const fd = open(path("/t/holes"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  const before = free_blocks();
  fill(3, 0, 3000);
  check_equals("far behind", pwrite(fd, buffer, 3000, 5000001), 3000);
  check_equals("its size", size_of(fd), 5003001);
  check("few blocks", before - free_blocks() < 20);
  memory.fill(buffer, 1, SIZE);
  pread(fd, buffer, SIZE, 1000000);
  check("a hole is zeros", is_zero(buffer, SIZE));
  pread(fd, buffer, 3100, 4999901);
  check("up to its end", is_zero(buffer, 100) && is_filled(buffer + 100, 3, 0, 3000));
  pwrite(fd, buffer + 100, 10, 2000005);
  pread(fd, buffer, 20, 2000000);
  check(
    "a hole is filled in part",
    is_zero(buffer, 5) && is_filled(buffer + 5, 3, 0, 10) && is_zero(buffer + 15, 5),
  );
  check_equals("cut", ftruncate(fd, 2000010), 0);
  check_equals("and made longer", ftruncate(fd, 2100000), 0);
  pread(fd, buffer, 100, 2000000);
  check("what was cut off is gone", is_filled(buffer + 5, 3, 0, 5) && is_zero(buffer + 10, 90));
  close(fd);
  unlink(path("/t/holes"));
}

function mappings(): void {
  const fd = open(path("/t/mapped"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  fill(4, 0, 20000);
  write(fd, buffer, 20000);
  const object = file_object(fd);
  const shared = mmap(0, 20480, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
  const own = mmap(0, 20480, PROT_READ | PROT_WRITE, MAP_PRIVATE, object, 0);
  mach_port_deallocate(task_self(), object);
  check("mapped", shared != MAP_FAILED && own != MAP_FAILED);
  check("the file's bytes", is_filled(shared, 4, 0, 20000) && is_zero(shared + 20000, 480));
  store<u8>(shared + 5000, 99);
  pread(fd, buffer, 1, 5000);
  check_equals("what the map says is in the file", load<u8>(buffer), 99);
  check_equals("the private map is of when it was made", load<u8>(own + 5000), byte_at(4, 5000));
  store<u8>(own + 5000, 77);
  pread(fd, buffer, 1, 5000);
  check_equals("what that says is not", load<u8>(buffer), 99);
  store<u8>(buffer, 55);
  pwrite(fd, buffer, 1, 12345);
  check_equals("what is written is in the map", load<u8>(shared + 12345), 55);
  check_equals("a longer file", ftruncate(fd, 20 * PAGE_SIZE), 0);
  const longer = mmap(0, 20 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file_object(fd), 0);
  check_equals("a hole, read through the map", load<u8>(longer + 15 * PAGE_SIZE), 0);
  store<u8>(longer + 15 * PAGE_SIZE + 1, 33);
  store<u8>(longer + 17 * PAGE_SIZE + 1, 44);
  pread(fd, buffer, 2 * PAGE_SIZE + 2, 15 * PAGE_SIZE);
  check_equals("and written", load<u8>(buffer + 1), 33);
  check_equals("without reading first", load<u8>(buffer + 2 * PAGE_SIZE + 1), 44);
  fsync(fd);
  munmap(shared, 20480);
  munmap(own, 20480);
  close(fd);
  check_equals("a map outlives the descriptor", load<u8>(longer + 15 * PAGE_SIZE + 1), 33);
  unlink(path("/t/mapped"));
  check_equals("and the name", load<u8>(longer + 5000), 99);
  munmap(longer, 20 * PAGE_SIZE);
}

function links(): void {
  const fd = open(path("/t/one"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  write(fd, buffer, 10);
  check_equals("a second name", link(path("/t/one"), other("/t/two")), 0);
  fstat(fd, status);
  check_equals("two links", load<u32>(status, STAT_LINKS), 2);
  fails("not where there is something", link(path("/t/one"), other("/t/a")), EEXIST);
  fails("not to a directory", link(path("/t"), other("/t/three")), EISDIR);
  check_equals("a symbolic one", symlink(other("one"), path("/t/sym")), 0);
  check_equals("leads there", stat(path("/t/sym"), status), 0);
  check_equals("to its size", load<u32>(status, STAT_SIZE), 10);
  lstat(path("/t/sym"), status);
  check_equals("is a link itself", load<u32>(status, STAT_MODE) >>> 12, 10);
  check_equals("has a target", readlink(path("/t/sym"), buffer, 100), 3);
  check("this one", string_equals(buffer, "one"));
  symlink(other("/t"), path("/t/up"));
  check_equals("a link on the way", stat(path("/t/up/up/sym"), status), 0);
  symlink(other("loop2"), path("/t/loop1"));
  symlink(other("loop1"), path("/t/loop2"));
  fails("a circle", stat(path("/t/loop1"), status), ELOOP);
  check_equals("another name", rename(path("/t/two"), other("/t/second")), 0);
  check_equals("over one that is there", rename(path("/t/second"), other("/t/a")), 0);
  fails("the old ones are gone", stat(path("/t/second"), status), ENOENT);
  mkdir(path("/t/d"), 0x1ed);
  mkdir(path("/t/d/e"), 0x1ed);
  fails("not into itself", rename(path("/t/d"), other("/t/d/e/f")), EINVAL);
  fails("not while something is in it", rmdir(path("/t/d")), ENOTEMPTY);
  check_equals("a directory moves", rename(path("/t/d/e"), other("/t/e")), 0);
  check_equals("its parent is the new one", stat(path("/t/e/../one"), status), 0);
  check_equals("permissions", chmod(path("/t/one"), 0x180), 0);
  stat(path("/t/one"), status);
  check_equals("as they were set", load<u32>(status, STAT_MODE), 0x8180);
  check_equals("somewhere else", chdir(path("/t/e")), 0);
  check_equals("relative to that", stat(path("../one"), status), 0);
  chdir(path("/"));
  close(fd);
}

function numbered(text: string, number: u32): usize {
  const length = string_store(path_bytes, text);
  string_store_u32(path_bytes + length, number);
  return path_bytes;
}

/** Names in a directory, `.` and `..` included. */
function count_names(fd: u32): u32 {
  let names: u32 = 0;
  let entry: u32 = 0;
  let bytes = readdir(fd, entry, buffer);
  while (bytes > 0) {
    for (let at: u32 = 0; at < <u32>bytes; at += load<u16>(buffer + at, DIR_LENGTH)) {
      names++;
      entry = load<u32>(buffer + at, DIR_NEXT);
    }
    bytes = readdir(fd, entry, buffer);
  }
  return names;
}

function directories(): void {
  mkdir(path("/t/many"), 0x1ed);
  let made: u32 = 0;
  for (let number: u32 = 0; number < 300; number++) {
    const fd = open(numbered("/t/many/file-", number), O_WRITE | O_CREAT, 0x1a4);
    if (fd < 0) continue;
    fill(number, 0, number * 7);
    if (<u32>write(fd, buffer, number * 7) == number * 7) made++;
    close(fd);
  }
  check_equals("many files", made, 300);
  const fd = open(path("/t/many"), O_READ, 0);
  check_equals("all are listed", count_names(fd), 302);
  let good: u32 = 0;
  for (let number: u32 = 0; number < 300; number++) {
    const file = open(numbered("/t/many/file-", number), O_READ, 0);
    if (<u32>read(file, buffer, 5000) == number * 7 && is_filled(buffer, number, 0, number * 7)) good++;
    close(file);
  }
  check_equals("all are as written", good, 300);
  for (let number: u32 = 0; number < 300; number++) unlink(numbered("/t/many/file-", number));
  check_equals("none is left", count_names(fd), 2);
  close(fd);
  check_equals("nor the directory", rmdir(path("/t/many")), 0);
}

/** Waits until the server has got the blocks back that nobody uses any more; how many are free then. */
function settled_blocks(): u32 {
  let before = free_blocks() - 1;
  for (let now = free_blocks(); now != before; now = free_blocks()) {
    before = now;
    thread_switch(0, SWITCH_OPTION_WAIT, 1000);
  }
  return before;
}

function unlinked(): void {
  const before = settled_blocks();
  const inodes = free_inodes();
  const fd = open(path("/t/gone"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  fill(5, 0, 50000);
  write(fd, buffer, 50000);
  unlink(path("/t/gone"));
  fails("the name is gone", stat(path("/t/gone"), status), ENOENT);
  check_equals("the file is not", pread(fd, buffer, 50000, 0), 50000);
  check("nor what is in it", is_filled(buffer, 5, 0, 50000));
  close(fd);
  check_equals("until it is closed", settled_blocks(), before);
  check_equals("with its inode", free_inodes(), inodes);
}

function full(): void {
  sync();
  const before = settled_blocks();
  const fd = open(path("/t/full"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  fill(6, 0, SIZE);
  let written: u32 = 0;
  let count: i32 = 1;
  while (count > 0) {
    count = write(fd, buffer, SIZE);
    if (count > 0) written += count;
  }
  check_equals("a full disk is an error", errno, ENOSPC);
  check_equals("what fitted is there", size_of(fd), written);
  check("it is much", written > 500000);
  const small = open(path("/t/small"), O_WRITE | O_CREAT, 0x1a4);
  if (small >= 0) {
    check("others get it too", write(small, buffer, 9000) < 9000);
    close(small);
    unlink(path("/t/small"));
  } else check_equals("others get it too", errno, ENOSPC);
  check_equals("it can be written", fsync(fd), 0);
  const last = written - (written % SIZE) - SIZE;
  pread(fd, buffer, SIZE, last);
  check("and read", is_filled(buffer, 6, 0, SIZE));
  close(fd);
  unlink(path("/t/full"));
  check_equals("all comes back", settled_blocks(), before);
}

let silent: u32 = 0;
let silent_fd: u32 = 0;

/** Writes memory whose pager never answers: it does not come back. */
function write_silent(_argument: u32): void {
  write(silent_fd, silent, 3 * PAGE_SIZE);
}

/** A client that keeps the server waiting keeps nobody else from the file. */
function silence(): void {
  const fd = open(path("/t/silent"), O_READ | O_WRITE | O_CREAT, 0x1a4);
  silent_fd = fd;
  check("a pager", test_pager_begin());
  silent = map_object(test_object(), 0, 3);
  check("is asked for nothing but to begin", silent != 0 && next(INIT));
  memory_object_ready(noted_control, 0, MEMORY_OBJECT_COPY_DELAY);
  check_equals("a client that never ends", cthread_fork(write_silent, 0), 0);
  check("its memory is asked for", next(DATA_REQUEST));
  fill(7, 0, 5000);
  check_equals("others write", pwrite(fd, buffer, 5000, 0), 5000);
  check_equals("and read", pread(fd, buffer, SIZE, 0), 5000);
  check("what was written", is_filled(buffer, 7, 0, 5000));
  unlink(path("/t/silent"));
}

/** What the host looks at: 40 files of 0 to 40,000 bytes, and a link. */
function leave(): void {
  mkdir(path("/kept"), 0x1ed);
  for (let number: u32 = 0; number < 40; number++) {
    const fd = open(numbered("/kept/", number), O_WRITE | O_CREAT, 0x1a4);
    fill(number, 0, number * 1000);
    write(fd, buffer, number * 1000);
    close(fd);
  }
  symlink(other("1"), path("/kept/link"));
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  buffer = malloc(SIZE + 1000);
  names_and_errors();
  reading_and_writing();
  holes();
  mappings();
  links();
  directories();
  unlinked();
  full();
  silence();
  leave();
  return finish();
}
