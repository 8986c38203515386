// File descriptors: each stands for an open file of a server, or for the console.
import { stackAlloc } from "../../guest/i386";
import { EBADF, EMFILE, ENOENT } from "../../abi/errno";
import { MACH_PORT_RIGHT_SEND } from "../../abi/mach_port";
import { INBAND_MAX } from "../../abi/fs";
import { IO_INBAND_MAX } from "../../abi/task_types";
import { dir_lookup } from "../generated/fs.generated";
import { io_read, io_seek, io_write, io_write_inband } from "../generated/io.generated";
import { mach_port_deallocate, mach_port_mod_refs } from "../generated/mach_port.generated";
import { pipe_create } from "../generated/pipe.generated";
import { console_write } from "../lib/console";
import { task_self } from "../lib/mach";
import { console_port, environment, pipe_port, root_port, term_port } from "../lib/process";
import { parse_u32, string_length } from "../lib/string";
import { vm_deallocate } from "../lib/vm";
import { read_typed } from "./console-line";
import { note, set_errno } from "./errno";

export const DESCRIPTORS: u32 = 64;
/** What a descriptor is. */
export const FREE: u32 = 0;
export const FILE: u32 = 1;
export const CONSOLE: u32 = 2;

/** Kinds and ports. */
const kinds: usize = memory.data(64);
const ports: usize = memory.data(256);
/** The current directory; 0: the root. */
let current: u32 = 0;

export function kind_of(fd: u32): u32 {
  return fd < DESCRIPTORS ? load<u8>(kinds + fd) : FREE;
}

export function port_of(fd: u32): u32 {
  return fd < DESCRIPTORS ? load<u32>(ports + ((<usize>fd) << 2)) : 0;
}

/** Makes the lowest free descriptor stand for the port. The descriptor, or -1. */
export function descriptor_make(kind: u32, port: u32): i32 {
  for (let fd: u32 = 0; fd < DESCRIPTORS; fd++) {
    if (load<u8>(kinds + fd) != FREE) continue;
    store<u8>(kinds + fd, <u8>kind);
    store<u32>(ports + ((<usize>fd) << 2), port);
    return fd;
  }
  return set_errno(EMFILE);
}

/** Takes what whoever started the program says of descriptors and the directory (`_fds=` in the environment); without that, the console. */
export function descriptors_initialize(): void {
  let at = environment("_fds=");
  if (at == 0) {
    if (console_port == 0) return;
    for (let fd: u32 = 0; fd < 3; fd++) {
      if (fd > 0) mach_port_mod_refs(task_self(), console_port, MACH_PORT_RIGHT_SEND, 1);
      descriptor_make(CONSOLE, console_port);
    }
    return;
  }
  for (let fd: u32 = 0; fd < 3 && load<u8>(at) != 0; fd++) {
    store<u8>(kinds + fd, <u8>parse_u32(at));
    while (load<u8>(at) != 58 && load<u8>(at) != 0) at++;
    if (load<u8>(at) == 58) at++;
    store<u32>(ports + ((<usize>fd) << 2), parse_u32(at));
    while (load<u8>(at) != 44 && load<u8>(at) != 0) at++;
    if (load<u8>(at) == 44) at++;
  }
  current = parse_u32(at);
}

/** The directory that relative paths start from. */
export function current_directory(): u32 {
  return current != 0 ? current : root_port;
}

/** Opens what `path` (`length` bytes) names; the port goes to `port`. 0 or -1. */
export function lookup(path: usize, length: u32, flags: u32, mode: u32, port: usize): i32 {
  const start = current_directory();
  if (start == 0) return set_errno(ENOENT);
  return note(dir_lookup(start, flags, mode, path, length, port));
}

/** A descriptor, or -1. */
export function open(path: usize, flags: u32, mode: u32): i32 {
  const port = stackAlloc(4);
  if (lookup(path, string_length(path), flags, mode, port) != 0) return -1;
  const fd = descriptor_make(FILE, load<u32>(port));
  if (fd < 0) mach_port_deallocate(task_self(), load<u32>(port));
  return fd;
}

export function close(fd: u32): i32 {
  if (kind_of(fd) == FREE) return set_errno(EBADF);
  store<u8>(kinds + fd, <u8>FREE);
  mach_port_deallocate(task_self(), port_of(fd));
  return 0;
}

/** Reads from byte `offset` on, or with all ones from where the file pointer is. How many bytes, or -1. */
export function pread(fd: u32, buffer: usize, count: u32, offset: u64): i32 {
  let port = port_of(fd);
  const kind = kind_of(fd);
  if (kind == CONSOLE) {
    if (term_port == 0) return read_typed(port, buffer, count);
    port = term_port;
  }
  if (kind == FREE) return set_errno(EBADF);
  const data = stackAlloc(4);
  const got = stackAlloc(4);
  // What comes inline comes right to where it is wanted.
  store<usize>(data, buffer);
  store<u32>(got, min<u32>(count, INBAND_MAX));
  if (note(io_read(port, offset, count, data, got)) != 0) return -1;
  const bytes = load<u32>(got);
  if (load<usize>(data) != buffer) {
    memory.copy(buffer, load<usize>(data), min<u32>(bytes, count));
    vm_deallocate(task_self(), load<u32>(data), bytes);
  }
  return bytes;
}

export function read(fd: u32, buffer: usize, count: u32): i32 {
  return pread(fd, buffer, count, 0xffffffffffffffff);
}

function write_console(port: u32, buffer: usize, count: u32): i32 {
  for (let at: u32 = 0; at < count; at += IO_INBAND_MAX)
    if (console_write(port, buffer + at, min<u32>(count - at, IO_INBAND_MAX)) != 0) return -1;
  return count;
}

export function pwrite(fd: u32, buffer: usize, count: u32, offset: u64): i32 {
  const port = port_of(fd);
  const kind = kind_of(fd);
  if (kind == CONSOLE) return write_console(port, buffer, count);
  if (kind == FREE) return set_errno(EBADF);
  const written = stackAlloc(4);
  const code =
    count <= <u32>INBAND_MAX
      ? io_write_inband(port, offset, buffer, count, written)
      : io_write(port, offset, buffer, count, 0, written);
  return note(code) == 0 ? load<u32>(written) : -1;
}

/** How many bytes were written, which on a full disk may be fewer; or -1. */
export function write(fd: u32, buffer: usize, count: u32): i32 {
  return pwrite(fd, buffer, count, 0xffffffffffffffff);
}

/** Moves the file pointer: SEEK_* of abi/fs.ts. The new one (its low half), or -1. */
export function lseek(fd: u32, offset: i64, whence: u32): i64 {
  if (kind_of(fd) != FILE) return set_errno(EBADF);
  const position = stackAlloc(8);
  return note(io_seek(port_of(fd), <u64>offset, whence, position)) == 0 ? load<i64>(position) : -1;
}

/** Another descriptor for the same open file: `wanted`, or with -1 the lowest free one. */
export function dup2(fd: u32, wanted: i32): i32 {
  const kind = kind_of(fd);
  if (kind == FREE || (wanted >= 0 && <u32>wanted >= DESCRIPTORS)) return set_errno(EBADF);
  if (<u32>wanted == fd) return wanted;
  const port = port_of(fd);
  if (mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_SEND, 1) != 0) return set_errno(EBADF);
  if (wanted < 0) {
    const made = descriptor_make(kind, port);
    if (made < 0) mach_port_deallocate(task_self(), port);
    return made;
  }
  if (kind_of(wanted) != FREE) close(wanted);
  store<u8>(kinds + <usize>wanted, <u8>kind);
  store<u32>(ports + ((<usize>wanted) << 2), port);
  return wanted;
}

/** Another descriptor for the same open file: the lowest free one, or -1. */
export function dup(fd: u32): i32 {
  return dup2(fd, -1);
}

/** Makes an open directory the one that relative paths start from. */
export function set_current(port: u32): void {
  if (current != 0) mach_port_deallocate(task_self(), current);
  current = port;
}

/** Makes a pipe: the descriptor to read from, and the one to write to, go to `ends`. 0 or -1. */
export function pipe(ends: usize): i32 {
  const reader = stackAlloc(4);
  const writer = stackAlloc(4);
  if (pipe_port == 0) return set_errno(ENOENT);
  if (note(pipe_create(pipe_port, reader, writer)) != 0) return -1;
  const first = descriptor_make(FILE, load<u32>(reader));
  const second = descriptor_make(FILE, load<u32>(writer));
  if (first < 0) mach_port_deallocate(task_self(), load<u32>(reader));
  if (second < 0) mach_port_deallocate(task_self(), load<u32>(writer));
  if (second < 0 && first >= 0) close(first);
  if (second >= 0 && first < 0) close(second);
  if (first < 0 || second < 0) return -1;
  store<u32>(ends, first);
  store<u32>(ends, second, 4);
  return 0;
}
