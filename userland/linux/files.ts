// Calls on descriptors.
import { stackAlloc } from "../../guest/i386";
import { EBADF, EINTR, EINVAL, EMFILE, ENOTDIR, ENOTTY, EPIPE, ERESTART, ESPIPE } from "../../abi/errno";
import {
  DIR_INODE,
  DIR_LENGTH,
  DIR_NAME,
  DIR_NAME_LENGTH,
  DIR_NEXT,
  DIR_TYPE,
  INBAND_MAX,
} from "../../abi/fs";
import { EXT2_TYPE_DIRECTORY, EXT2_TYPE_SYMLINK } from "../../abi/ext2";
import {
  DIRENT64_INO,
  DIRENT64_NAME,
  DIRENT64_OFF,
  DIRENT64_RECLEN,
  DIRENT64_TYPE,
  DT_DIR,
  DT_LNK,
  DT_REG,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  LINUX_ECHO,
  LINUX_ICANON,
  LINUX_ISIG,
  LINUX_O_APPEND,
  LINUX_O_CLOEXEC,
  LINUX_O_NONBLOCK,
  LINUX_O_RDWR,
  LINUX_O_WRONLY,
  SIGPIPE,
  SYS__llseek,
  SYS_close,
  SYS_dup,
  SYS_dup2,
  SYS_dup3,
  SYS_fchmod,
  SYS_fchown32,
  SYS_fcntl,
  SYS_fcntl64,
  SYS_fdatasync,
  SYS_fsync,
  SYS_ftruncate,
  SYS_ftruncate64,
  SYS_getdents64,
  SYS_ioctl,
  SYS_lseek,
  SYS_pipe,
  SYS_pipe2,
  SYS_pread64,
  SYS_pwrite64,
  SYS_read,
  SYS_readv,
  SYS_sync,
  SYS_syncfs,
  SYS_write,
  SYS_writev,
  TCGETS,
  TCSETS,
  TCSETSF,
  TERMIOS_BYTES,
  TERMIOS_CC,
  TERMIOS_CFLAG,
  TERMIOS_IFLAG,
  TERMIOS_LFLAG,
  TERMIOS_OFLAG,
  TIOCGPGRP,
  TIOCGWINSZ,
  TIOCSPGRP,
} from "../../abi/linux";
import { IO_INBAND_MAX } from "../../abi/task_types";
import { TERM_ECHO, TERM_LINES, TERM_SIGNALS } from "../../abi/term";
import {
  dir_readdir,
  file_chmod,
  file_chown,
  file_set_size,
  file_sync,
  file_syncfs,
} from "../generated/fs.generated";
import { io_read, io_seek, io_write_inband } from "../generated/io.generated";
import { term_set_mode } from "../generated/term.generated";
import { pipe_create } from "../generated/pipe.generated";
import { console_write } from "../lib/console";
import { task_self } from "../lib/mach";
import { pipe_port, term_port } from "../lib/process";
import { vm_deallocate } from "../lib/vm";
import { call_define, Registers } from "./calls";
import { error_of } from "../lib/errors";
import { copy_in, copy_out, copy_out_word } from "./memory";
import {
  fd_at,
  fd_close,
  FD_CLOSE,
  FD_CONSOLE,
  FD_ENTRY,
  FD_FILE,
  FD_FLAGS,
  fd_make,
  FD_NULL,
  FD_PIPE,
  FD_PORT,
  FD_ZERO,
  LinuxProcess,
  port_hold,
  port_release,
  server_lock,
  server_unlock,
} from "./process";
import { is_interrupted, signal_send } from "./signals";

/** The offset that stands for the file pointer. */
const HERE: u64 = 0xffffffffffffffff;
const VECTOR_SIZE: u32 = 8;

// --- the terminal: one for all processes ---

const termios: usize = memory.data(36);
/** The group of processes that signals of the terminal are for. */
const foreground_cell: usize = memory.data<u32>([0]);

export function foreground_group(): u32 {
  return load<u32>(foreground_cell);
}

export function set_foreground_group(group: u32): void {
  store<u32>(foreground_cell, group);
}

/** What a terminal in its usual state has: ICRNL, OPOST and ONLCR, 38400 baud and 8 bits, ISIG ICANON ECHO and their kin. */
export function terminal_initialize(): void {
  store<u32>(termios, 0x500, TERMIOS_IFLAG);
  store<u32>(termios, 0x5, TERMIOS_OFLAG);
  store<u32>(termios, 0xbf, TERMIOS_CFLAG);
  store<u32>(termios, 0x8a3b, TERMIOS_LFLAG);
  // ^C ^\ DEL ^U ^D
  store<u32>(termios + TERMIOS_CC, 0x157f1c03);
  store<u8>(termios + TERMIOS_CC + 4, 4);
  store<u8>(termios + TERMIOS_CC + 6, 1);
}

function set_termios(process: LinuxProcess, from: u32): i32 {
  const error = copy_in(process, from, termios, TERMIOS_BYTES);
  if (error != 0) return error;
  const flags = load<u32>(termios, TERMIOS_LFLAG);
  const lines: u32 = (flags & LINUX_ICANON) != 0 ? TERM_LINES : 0;
  const echo: u32 = (flags & LINUX_ECHO) != 0 ? TERM_ECHO : 0;
  const signals: u32 = (flags & LINUX_ISIG) != 0 ? TERM_SIGNALS : 0;
  term_set_mode(term_port, lines | echo | signals);
  return 0;
}

function write_console(port: u32, bytes: usize, count: u32): void {
  for (let at: u32 = 0; at < count; at += IO_INBAND_MAX)
    console_write(port, bytes + at, min<u32>(count - at, IO_INBAND_MAX));
}

// --- reading ---

/** Reads from a server to the program. Bytes, or an error. Waits with the lock given up. */
function read_file(process: LinuxProcess, port: u32, buffer: u32, count: u32, offset: u64): i32 {
  const room = stackAlloc(INBAND_MAX);
  const data = stackAlloc(4);
  const got = stackAlloc(4);
  store<usize>(data, room);
  store<u32>(got, min<u32>(count, INBAND_MAX));
  // The descriptor may be closed meanwhile.
  port_hold(port);
  server_unlock();
  const code = io_read(port, offset, count, data, got);
  server_lock();
  port_release(port);
  const error = error_of(code);
  if (error != 0) return error == -EINTR && is_interrupted(process) ? -ERESTART : error;
  const bytes = min<u32>(load<u32>(got), count);
  const from = load<usize>(data);
  const failure = copy_out(process, from, buffer, bytes);
  if (from != room) vm_deallocate(task_self(), <u32>from, load<u32>(got));
  return failure != 0 ? failure : bytes;
}

function read_zeros(process: LinuxProcess, buffer: u32, count: u32): i32 {
  const zeros = stackAlloc(INBAND_MAX);
  memory.fill(zeros, 0, INBAND_MAX);
  for (let at: u32 = 0; at < count; at += INBAND_MAX) {
    const error = copy_out(process, zeros, buffer + at, min<u32>(count - at, INBAND_MAX));
    if (error != 0) return error;
  }
  return count;
}

function read_at(process: LinuxProcess, fd: u32, buffer: u32, count: u32, offset: u64): i32 {
  const at = fd_at(process, fd);
  if (at == 0) return -EBADF;
  const kind = load<u32>(at);
  const port = load<u32>(at, FD_PORT);
  if (kind == FD_NULL || count == 0) return 0;
  if (kind == FD_ZERO) return read_zeros(process, buffer, count);
  return read_file(process, kind == FD_CONSOLE ? term_port : port, buffer, count, offset);
}

// --- writing ---

function write_piece(
  process: LinuxProcess,
  kind: u32,
  port: u32,
  bytes: usize,
  count: u32,
  offset: u64,
): i32 {
  if (kind == FD_NULL || kind == FD_ZERO) return count;
  if (kind == FD_CONSOLE) {
    write_console(port, bytes, count);
    return count;
  }
  const written = stackAlloc(4);
  port_hold(port);
  server_unlock();
  const code = io_write_inband(port, offset, bytes, count, written);
  server_lock();
  port_release(port);
  if (code == 0) return load<u32>(written);
  const error = error_of(code);
  if (error == -EPIPE) signal_send(process, SIGPIPE);
  return error;
}

function write_at(process: LinuxProcess, fd: u32, buffer: u32, count: u32, offset: u64): i32 {
  const at = fd_at(process, fd);
  if (at == 0) return -EBADF;
  const kind = load<u32>(at);
  const port = load<u32>(at, FD_PORT);
  const bytes = stackAlloc(INBAND_MAX);
  let done: u32 = 0;
  while (done < count) {
    const piece = min<u32>(count - done, INBAND_MAX);
    let result = copy_in(process, buffer + done, bytes, piece);
    const place = offset == HERE ? HERE : offset + done;
    if (result == 0) result = write_piece(process, kind, port, bytes, piece, place);
    if (result < 0) return done != 0 ? done : result;
    done += result;
    if (<u32>result < piece) break;
  }
  return done;
}

function on_read(process: LinuxProcess, r: Registers): i32 {
  return read_at(process, r.ebx, r.ecx, r.edx, HERE);
}

function on_write(process: LinuxProcess, r: Registers): i32 {
  return write_at(process, r.ebx, r.ecx, r.edx, HERE);
}

function on_pread(process: LinuxProcess, r: Registers): i32 {
  return read_at(process, r.ebx, r.ecx, r.edx, ((<u64>r.edi) << 32) | r.esi);
}

function on_pwrite(process: LinuxProcess, r: Registers): i32 {
  return write_at(process, r.ebx, r.ecx, r.edx, ((<u64>r.edi) << 32) | r.esi);
}

/** Several buffers one after the other, until one is not filled. */
function vectored(process: LinuxProcess, r: Registers, writes: bool): i32 {
  const vector = stackAlloc(VECTOR_SIZE);
  let total: i32 = 0;
  for (let index: u32 = 0; index < r.edx; index++) {
    let result = copy_in(process, r.ecx + index * VECTOR_SIZE, vector, VECTOR_SIZE);
    const base = load<u32>(vector);
    const length = load<u32>(vector, 4);
    if (result == 0 && length == 0) continue;
    if (result == 0)
      result = writes
        ? write_at(process, r.ebx, base, length, HERE)
        : read_at(process, r.ebx, base, length, HERE);
    if (result < 0) return total != 0 ? total : result;
    total += result;
    if (<u32>result < length) break;
  }
  return total;
}

function on_readv(process: LinuxProcess, r: Registers): i32 {
  return vectored(process, r, false);
}

function on_writev(process: LinuxProcess, r: Registers): i32 {
  return vectored(process, r, true);
}

// --- the file pointer ---

function seek(process: LinuxProcess, fd: u32, offset: u64, whence: u32, position: usize): i32 {
  const at = fd_at(process, fd);
  if (at == 0) return -EBADF;
  if (load<u32>(at) != FD_FILE) return -ESPIPE;
  if (offset == 0 && whence == 0) store<u32>(at, 0, FD_ENTRY);
  return error_of(io_seek(load<u32>(at, FD_PORT), offset, whence, position));
}

function on_lseek(process: LinuxProcess, r: Registers): i32 {
  const position = stackAlloc(8);
  const error = seek(process, r.ebx, <u64>(<i64>(<i32>r.ecx)), r.edx, position);
  return error != 0 ? error : load<u32>(position);
}

/** The offset's halves, where the new one goes, whence. */
function on_llseek(process: LinuxProcess, r: Registers): i32 {
  const position = stackAlloc(8);
  const error = seek(process, r.ebx, ((<u64>r.ecx) << 32) | r.edx, r.edi, position);
  return error != 0 ? error : copy_out(process, position, r.esi, 8);
}

// --- directories ---

function type_of(type: u32): u32 {
  return type == <u32>EXT2_TYPE_DIRECTORY ? DT_DIR : type == <u32>EXT2_TYPE_SYMLINK ? DT_LNK : DT_REG;
}

function on_getdents(process: LinuxProcess, r: Registers): i32 {
  const at = fd_at(process, r.ebx);
  if (at == 0) return -EBADF;
  if (load<u32>(at) != FD_FILE) return -ENOTDIR;
  const names = stackAlloc(INBAND_MAX);
  const entry = stackAlloc(288);
  const count = stackAlloc(4);
  let used: u32 = 0;
  for (;;) {
    store<u32>(count, INBAND_MAX);
    const error = error_of(dir_readdir(load<u32>(at, FD_PORT), load<u32>(at, FD_ENTRY), names, count));
    if (error != 0) return used != 0 ? used : error;
    if (load<u32>(count) == 0) break;
    const end = names + load<u32>(count);
    for (let name = names; name < end; name += load<u16>(name, DIR_LENGTH)) {
      const length: u32 = load<u8>(name, DIR_NAME_LENGTH);
      const size = (<u32>DIRENT64_NAME + length + 8) & ~(<u32>7);
      if (used + size > r.edx) return used != 0 ? used : -EINVAL;
      memory.fill(entry, 0, size);
      store<u32>(entry, load<u32>(name, DIR_INODE), DIRENT64_INO);
      store<u32>(entry, load<u32>(name, DIR_NEXT), DIRENT64_OFF);
      store<u16>(entry, <u16>size, DIRENT64_RECLEN);
      store<u8>(entry, <u8>type_of(load<u8>(name, DIR_TYPE)), DIRENT64_TYPE);
      memory.copy(entry + DIRENT64_NAME, name + DIR_NAME, length);
      const failure = copy_out(process, entry, r.ecx + used, size);
      if (failure != 0) return failure;
      used += size;
      store<u32>(at, load<u32>(name, DIR_NEXT), FD_ENTRY);
    }
  }
  return used;
}

// --- descriptors ---

function on_close(process: LinuxProcess, r: Registers): i32 {
  const at = fd_at(process, r.ebx);
  if (at == 0) return -EBADF;
  fd_close(at);
  return 0;
}

/** Another descriptor, the lowest one from `least` on, for what `fd` is. */
function duplicate(process: LinuxProcess, fd: u32, least: u32, closes: bool): i32 {
  const at = fd_at(process, fd);
  if (at == 0) return -EBADF;
  const port = load<u32>(at, FD_PORT);
  const made = fd_make(process, least, load<u32>(at), port, load<u32>(at, FD_FLAGS));
  if (made < 0) return -EMFILE;
  port_hold(port);
  const copy = fd_at(process, made);
  store<u32>(copy, load<u32>(at, FD_ENTRY), FD_ENTRY);
  if (closes) store<u32>(copy, 1, FD_CLOSE);
  return made;
}

function duplicate_to(process: LinuxProcess, fd: u32, wanted: u32, closes: bool): i32 {
  if (fd_at(process, fd) == 0) return -EBADF;
  const there = fd_at(process, wanted);
  if (there != 0) fd_close(there);
  const made = duplicate(process, fd, wanted, closes);
  // It was free, so that only one beyond the last can be missed.
  return made < 0 ? -EBADF : made;
}

function on_dup(process: LinuxProcess, r: Registers): i32 {
  return duplicate(process, r.ebx, 0, false);
}

function on_dup2(process: LinuxProcess, r: Registers): i32 {
  if (r.ebx == r.ecx) return fd_at(process, r.ebx) == 0 ? -EBADF : <i32>r.ebx;
  return duplicate_to(process, r.ebx, r.ecx, false);
}

function on_dup3(process: LinuxProcess, r: Registers): i32 {
  return r.ebx == r.ecx ? -EINVAL : duplicate_to(process, r.ebx, r.ecx, (r.edx & LINUX_O_CLOEXEC) != 0);
}

function on_fcntl(process: LinuxProcess, r: Registers): i32 {
  const at = fd_at(process, r.ebx);
  if (at == 0) return -EBADF;
  const changeable: u32 = LINUX_O_APPEND | LINUX_O_NONBLOCK;
  switch (r.ecx) {
    case F_DUPFD:
      return duplicate(process, r.ebx, r.edx, false);
    case F_DUPFD_CLOEXEC:
      return duplicate(process, r.ebx, r.edx, true);
    case F_GETFD:
      return load<u32>(at, FD_CLOSE);
    case F_SETFD:
      store<u32>(at, r.edx & FD_CLOEXEC, FD_CLOSE);
      return 0;
    case F_GETFL:
      return load<u32>(at, FD_FLAGS);
    case F_SETFL:
      store<u32>(at, (load<u32>(at, FD_FLAGS) & ~changeable) | (r.edx & changeable), FD_FLAGS);
      return 0;
  }
  return -EINVAL;
}

function make_pipe(process: LinuxProcess, ends: u32, flags: u32): i32 {
  const ports = stackAlloc(8);
  if (pipe_port == 0) return -EMFILE;
  const error = error_of(pipe_create(pipe_port, ports, ports + 4));
  if (error != 0) return error;
  const reader = fd_make(process, 0, FD_PIPE, load<u32>(ports), 0);
  const writer = reader < 0 ? -1 : fd_make(process, 0, FD_PIPE, load<u32>(ports, 4), LINUX_O_WRONLY);
  if (writer < 0) {
    if (reader >= 0) fd_close(fd_at(process, reader));
    else port_release(load<u32>(ports));
    port_release(load<u32>(ports, 4));
    return -EMFILE;
  }
  if ((flags & LINUX_O_CLOEXEC) != 0) {
    store<u32>(fd_at(process, reader), 1, FD_CLOSE);
    store<u32>(fd_at(process, writer), 1, FD_CLOSE);
  }
  store<u32>(ports, reader);
  store<u32>(ports, writer, 4);
  return copy_out(process, ports, ends, 8);
}

function on_pipe(process: LinuxProcess, r: Registers): i32 {
  return make_pipe(process, r.ebx, 0);
}

function on_pipe2(process: LinuxProcess, r: Registers): i32 {
  return make_pipe(process, r.ebx, r.ecx);
}

// --- what else can be done with one ---

function on_ioctl(process: LinuxProcess, r: Registers): i32 {
  const at = fd_at(process, r.ebx);
  if (at == 0) return -EBADF;
  if (load<u32>(at) != FD_CONSOLE) return -ENOTTY;
  const request = r.ecx;
  if (request == <u32>TCGETS) return copy_out(process, termios, r.edx, TERMIOS_BYTES);
  if (request >= <u32>TCSETS && request <= <u32>TCSETSF) return set_termios(process, r.edx);
  if (request == <u32>TIOCGPGRP) return copy_out_word(process, foreground_group(), r.edx);
  if (request == <u32>TIOCSPGRP) return copy_in(process, r.edx, foreground_cell, 4);
  if (request != <u32>TIOCGWINSZ) return -ENOTTY;
  // 24 rows of 80.
  const size = stackAlloc(8);
  store<u32>(size, 0x00500018);
  store<u32>(size, 0, 4);
  return copy_out(process, size, r.edx, 8);
}

/** The port of an open file; 0 for something else. */
function file_of(process: LinuxProcess, fd: u32): u32 {
  const at = fd_at(process, fd);
  return at != 0 && load<u32>(at) == FD_FILE ? load<u32>(at, FD_PORT) : 0;
}

function on_ftruncate(process: LinuxProcess, r: Registers): i32 {
  const port = file_of(process, r.ebx);
  return port == 0 ? -EBADF : error_of(file_set_size(port, r.ecx));
}

function on_ftruncate64(process: LinuxProcess, r: Registers): i32 {
  const port = file_of(process, r.ebx);
  return port == 0 ? -EBADF : error_of(file_set_size(port, ((<u64>r.edx) << 32) | r.ecx));
}

function on_fchmod(process: LinuxProcess, r: Registers): i32 {
  const port = file_of(process, r.ebx);
  return port == 0 ? -EBADF : error_of(file_chmod(port, r.ecx & 0xfff));
}

function on_fchown(process: LinuxProcess, r: Registers): i32 {
  const port = file_of(process, r.ebx);
  return port == 0 ? -EBADF : error_of(file_chown(port, r.ecx, r.edx));
}

function on_fsync(process: LinuxProcess, r: Registers): i32 {
  const port = file_of(process, r.ebx);
  return port == 0 ? -EINVAL : error_of(file_sync(port));
}

function on_sync(process: LinuxProcess, _r: Registers): i32 {
  return error_of(file_syncfs(process.directory, 0));
}

/** Gives the process its first three descriptors, of kinds and ports that the caller has. */
export function fds_begin(process: LinuxProcess, kind: u32, port: u32): void {
  port_hold(port);
  fd_make(process, 0, kind, port, LINUX_O_RDWR);
}

export function file_calls(): void {
  call_define(SYS_read, on_read);
  call_define(SYS_write, on_write);
  call_define(SYS_pread64, on_pread);
  call_define(SYS_pwrite64, on_pwrite);
  call_define(SYS_readv, on_readv);
  call_define(SYS_writev, on_writev);
  call_define(SYS_lseek, on_lseek);
  call_define(SYS__llseek, on_llseek);
  call_define(SYS_getdents64, on_getdents);
  call_define(SYS_close, on_close);
  call_define(SYS_dup, on_dup);
  call_define(SYS_dup2, on_dup2);
  call_define(SYS_dup3, on_dup3);
  call_define(SYS_fcntl, on_fcntl);
  call_define(SYS_fcntl64, on_fcntl);
  call_define(SYS_pipe, on_pipe);
  call_define(SYS_pipe2, on_pipe2);
  call_define(SYS_ioctl, on_ioctl);
  call_define(SYS_ftruncate, on_ftruncate);
  call_define(SYS_ftruncate64, on_ftruncate64);
  call_define(SYS_fchmod, on_fchmod);
  call_define(SYS_fchown32, on_fchown);
  call_define(SYS_fsync, on_fsync);
  call_define(SYS_fdatasync, on_fsync);
  call_define(SYS_sync, on_sync);
  call_define(SYS_syncfs, on_sync);
}
