// Calls that take paths.
import { stackAlloc } from "../../guest/i386";
import { EXT2_MODE_DIRECTORY, EXT2_MODE_EXECUTE, EXT2_MODE_TYPE } from "../../abi/ext2";
import { EACCES, EBADF, EINVAL, EMFILE, ENAMETOOLONG, ENOENT, ENOTDIR, ERANGE } from "../../abi/errno";
import {
  INBAND_MAX,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOLINK,
  O_READ,
  O_TRUNC,
  O_WRITE,
  PATH_MAX,
  STAT_ACCESS_TIME,
  STAT_MODE,
  STAT_MODIFY_TIME,
  STAT_WORDS_SIZE,
} from "../../abi/fs";
import {
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  LINUX_AT_FDCWD,
  LINUX_O_ACCMODE,
  LINUX_O_APPEND,
  LINUX_O_CLOEXEC,
  LINUX_O_CREAT,
  LINUX_O_DIRECTORY,
  LINUX_O_EXCL,
  LINUX_O_NOFOLLOW,
  LINUX_O_TRUNC,
  LINUX_O_WRONLY,
  SYS_access,
  SYS_chdir,
  SYS_chmod,
  SYS_chown32,
  SYS_faccessat,
  SYS_faccessat2,
  SYS_fchdir,
  SYS_fchmodat,
  SYS_fchownat,
  SYS_getcwd,
  SYS_lchown32,
  SYS_link,
  SYS_linkat,
  SYS_mkdir,
  SYS_mkdirat,
  SYS_open,
  SYS_openat,
  SYS_readlink,
  SYS_readlinkat,
  SYS_rename,
  SYS_renameat,
  SYS_renameat2,
  SYS_rmdir,
  SYS_symlink,
  SYS_symlinkat,
  SYS_truncate64,
  SYS_unlink,
  SYS_unlinkat,
  SYS_utimensat,
  SYS_utimensat_time64,
  UTIME_NOW,
  UTIME_OMIT,
} from "../../abi/linux";
import {
  dir_link,
  dir_lookup,
  dir_mkdir,
  dir_rename,
  dir_rmdir,
  dir_symlink,
  dir_unlink,
  file_chmod,
  file_chown,
  file_read_link,
  file_set_size,
  file_utimes,
} from "../generated/fs.generated";
import { io_stat } from "../generated/io.generated";
import { clock_seconds } from "../lib/clock";
import { console_port } from "../lib/process";
import { string_copy, string_equals, string_length } from "../lib/string";
import { call_define, Registers } from "./calls";
import { error_of } from "../lib/errors";
import { copy_in, copy_in_path, copy_out } from "./memory";
import {
  directory_name,
  fd_at,
  FD_CLOSE,
  FD_CONSOLE,
  FD_FILE,
  fd_make,
  FD_NULL,
  FD_PORT,
  FD_ZERO,
  LinuxProcess,
  port_hold,
  port_release,
  program_name,
} from "./process";

const NAME_SIZE: u32 = 256;
const HERE: u32 = <u32>LINUX_AT_FDCWD;
const SLASH: u32 = 47;
const DOT: usize = memory.data<u8>([46, 0]);

/** What a path that is not on the disk stands for; FD_FREE: it is on the disk. */
export function device_of(path: usize): u32 {
  if (load<u8>(path) != <u8>SLASH) return 0;
  if (string_equals(path, "/dev/null")) return FD_NULL;
  if (string_equals(path, "/dev/zero")) return FD_ZERO;
  if (string_equals(path, "/dev/tty") || string_equals(path, "/dev/console")) return FD_CONSOLE;
  return 0;
}

/** The directory that a relative path starts from; 0 for a bad descriptor. */
function start_of(process: LinuxProcess, fd: u32): u32 {
  if (fd == HERE) return process.directory;
  const at = fd_at(process, fd);
  return at == 0 ? 0 : load<u32>(at, FD_PORT);
}

/** Opens `path` (length bytes) for our own use, or the program's; the port goes to `port`. 0 or an error. */
export function open_at(
  process: LinuxProcess,
  fd: u32,
  path: usize,
  length: u32,
  flags: u32,
  mode: u32,
  port: usize,
): i32 {
  const start = start_of(process, fd);
  if (start == 0) return -EBADF;
  if (length == 0) return -ENOENT;
  if (string_equals(path, "/proc/self/exe")) {
    path = program_name(process);
    length = string_length(path);
  }
  return error_of(dir_lookup(start, flags, mode, path, length, port));
}

/** Opens the file that the program calls `name`. */
function open_named(process: LinuxProcess, fd: u32, name: u32, flags: u32, port: usize): i32 {
  const path = stackAlloc(PATH_MAX);
  const length = copy_in_path(process, name, path);
  return length < 0 ? length : open_at(process, fd, path, length, flags, 0, port);
}

// --- open ---

function server_flags(flags: u32): u32 {
  const access = flags & LINUX_O_ACCMODE;
  let result: u32 = access == <u32>LINUX_O_WRONLY ? O_WRITE : access == 0 ? O_READ : O_READ | O_WRITE;
  if ((flags & LINUX_O_CREAT) != 0) result |= O_CREAT;
  if ((flags & LINUX_O_EXCL) != 0) result |= O_EXCL;
  if ((flags & LINUX_O_TRUNC) != 0) result |= O_TRUNC;
  if ((flags & LINUX_O_APPEND) != 0) result |= O_APPEND;
  if ((flags & LINUX_O_DIRECTORY) != 0) result |= O_DIRECTORY;
  if ((flags & LINUX_O_NOFOLLOW) != 0) result |= O_NOLINK;
  return result;
}

function open_path(process: LinuxProcess, fd: u32, name: u32, flags: u32, mode: u32): i32 {
  const path = stackAlloc(PATH_MAX);
  const port = stackAlloc(4);
  const length = copy_in_path(process, name, path);
  if (length < 0) return length;
  let kind = device_of(path);
  store<u32>(port, 0);
  if (kind == FD_CONSOLE) {
    store<u32>(port, console_port);
    port_hold(console_port);
  } else if (kind == 0) {
    kind = FD_FILE;
    const error = open_at(process, fd, path, length, server_flags(flags), mode & ~process.umask, port);
    if (error != 0) return error;
  }
  const made = fd_make(process, 0, kind, load<u32>(port), flags);
  if (made < 0) {
    port_release(load<u32>(port));
    return -EMFILE;
  }
  if ((flags & LINUX_O_CLOEXEC) != 0) store<u32>(fd_at(process, made), 1, FD_CLOSE);
  return made;
}

function on_open(process: LinuxProcess, r: Registers): i32 {
  return open_path(process, HERE, r.ebx, r.ecx, r.edx);
}

function on_openat(process: LinuxProcess, r: Registers): i32 {
  return open_path(process, r.ebx, r.ecx, r.edx, r.esi);
}

// --- names in directories ---

/** Opens the directory that the program's `name` is in; its last name goes to `last` (NAME_SIZE bytes). */
function open_parent(process: LinuxProcess, fd: u32, name: u32, last: usize, port: usize): i32 {
  const path = stackAlloc(PATH_MAX);
  const length = copy_in_path(process, name, path);
  if (length < 0) return length;
  if (length == 0) return -ENOENT;
  let end: u32 = length;
  while (end > 1 && load<u8>(path + end - 1) == <u8>SLASH) end--;
  let start = end;
  while (start > 0 && load<u8>(path + start - 1) != <u8>SLASH) start--;
  if (end - start >= NAME_SIZE) return -ENAMETOOLONG;
  memory.copy(last, path + start, end - start);
  store<u8>(last + (end - start), 0);
  if (start == 0) return open_at(process, fd, DOT, 1, O_DIRECTORY, 0, port);
  return open_at(process, fd, path, start, O_DIRECTORY, 0, port);
}

const DO_MKDIR: u32 = 0;
const DO_RMDIR: u32 = 1;
const DO_UNLINK: u32 = 2;

function change_name(process: LinuxProcess, what: u32, fd: u32, name: u32, mode: u32): i32 {
  const last = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  const error = open_parent(process, fd, name, last, port);
  if (error != 0) return error;
  const directory = load<u32>(port);
  let code: i32 = 0;
  if (what == DO_MKDIR) code = dir_mkdir(directory, mode & ~process.umask & 0xfff, last);
  else if (what == DO_RMDIR) code = dir_rmdir(directory, last);
  else code = dir_unlink(directory, last);
  port_release(directory);
  return error_of(code);
}

function on_mkdir(process: LinuxProcess, r: Registers): i32 {
  return change_name(process, DO_MKDIR, HERE, r.ebx, r.ecx);
}

function on_mkdirat(process: LinuxProcess, r: Registers): i32 {
  return change_name(process, DO_MKDIR, r.ebx, r.ecx, r.edx);
}

function on_rmdir(process: LinuxProcess, r: Registers): i32 {
  return change_name(process, DO_RMDIR, HERE, r.ebx, 0);
}

function on_unlink(process: LinuxProcess, r: Registers): i32 {
  return change_name(process, DO_UNLINK, HERE, r.ebx, 0);
}

function on_unlinkat(process: LinuxProcess, r: Registers): i32 {
  return change_name(process, (r.edx & AT_REMOVEDIR) != 0 ? DO_RMDIR : DO_UNLINK, r.ebx, r.ecx, 0);
}

function rename_at(process: LinuxProcess, from_fd: u32, from: u32, to_fd: u32, to: u32): i32 {
  const old_last = stackAlloc(NAME_SIZE);
  const last = stackAlloc(NAME_SIZE);
  const ports = stackAlloc(8);
  let error = open_parent(process, from_fd, from, old_last, ports);
  if (error != 0) return error;
  error = open_parent(process, to_fd, to, last, ports + 4);
  if (error == 0) {
    error = error_of(dir_rename(load<u32>(ports), old_last, load<u32>(ports, 4), last));
    port_release(load<u32>(ports, 4));
  }
  port_release(load<u32>(ports));
  return error;
}

function on_rename(process: LinuxProcess, r: Registers): i32 {
  return rename_at(process, HERE, r.ebx, HERE, r.ecx);
}

function on_renameat(process: LinuxProcess, r: Registers): i32 {
  return rename_at(process, r.ebx, r.ecx, r.edx, r.esi);
}

/** No flags are known: neither exchanging nor leaving what is there. */
function on_renameat2(process: LinuxProcess, r: Registers): i32 {
  return r.edi != 0 ? -EINVAL : rename_at(process, r.ebx, r.ecx, r.edx, r.esi);
}

function link_at(process: LinuxProcess, from_fd: u32, from: u32, to_fd: u32, to: u32): i32 {
  const last = stackAlloc(NAME_SIZE);
  const ports = stackAlloc(8);
  let error = open_named(process, from_fd, from, O_NOLINK, ports);
  if (error != 0) return error;
  error = open_parent(process, to_fd, to, last, ports + 4);
  if (error == 0) {
    error = error_of(dir_link(load<u32>(ports, 4), load<u32>(ports), last));
    port_release(load<u32>(ports, 4));
  }
  port_release(load<u32>(ports));
  return error;
}

function on_link(process: LinuxProcess, r: Registers): i32 {
  return link_at(process, HERE, r.ebx, HERE, r.ecx);
}

function on_linkat(process: LinuxProcess, r: Registers): i32 {
  return link_at(process, r.ebx, r.ecx, r.edx, r.esi);
}

function symlink_at(process: LinuxProcess, target: u32, fd: u32, name: u32): i32 {
  const text = stackAlloc(PATH_MAX);
  const last = stackAlloc(NAME_SIZE);
  const port = stackAlloc(4);
  const length = copy_in_path(process, target, text);
  if (length < 0) return length;
  const error = open_parent(process, fd, name, last, port);
  if (error != 0) return error;
  const code = dir_symlink(load<u32>(port), last, text, length);
  port_release(load<u32>(port));
  return error_of(code);
}

function on_symlink(process: LinuxProcess, r: Registers): i32 {
  return symlink_at(process, r.ebx, HERE, r.ecx);
}

function on_symlinkat(process: LinuxProcess, r: Registers): i32 {
  return symlink_at(process, r.ebx, r.ecx, r.edx);
}

function read_link_at(process: LinuxProcess, fd: u32, name: u32, buffer: u32, size: u32): i32 {
  const target = stackAlloc(INBAND_MAX);
  const path = stackAlloc(PATH_MAX);
  const cell = stackAlloc(4);
  const length = copy_in_path(process, name, path);
  if (length < 0) return length;
  if (string_equals(path, "/proc/self/exe")) {
    const program = program_name(process);
    const bytes = min<u32>(size, string_length(program));
    const failure = copy_out(process, program, buffer, bytes);
    return failure != 0 ? failure : bytes;
  }
  let error = open_at(process, fd, path, length, O_NOLINK, 0, cell);
  if (error != 0) return error;
  const port = load<u32>(cell);
  store<u32>(cell, INBAND_MAX);
  error = error_of(file_read_link(port, target, cell));
  port_release(port);
  if (error != 0) return error;
  const bytes = min<u32>(size, load<u32>(cell));
  error = copy_out(process, target, buffer, bytes);
  return error != 0 ? error : bytes;
}

function on_readlink(process: LinuxProcess, r: Registers): i32 {
  return read_link_at(process, HERE, r.ebx, r.ecx, r.edx);
}

function on_readlinkat(process: LinuxProcess, r: Registers): i32 {
  return read_link_at(process, r.ebx, r.ecx, r.edx, r.esi);
}

// --- what a file has ---

function access_at(process: LinuxProcess, fd: u32, name: u32, mode: u32): i32 {
  const path = stackAlloc(PATH_MAX);
  const status = stackAlloc(STAT_WORDS_SIZE);
  const port = stackAlloc(4);
  const length = copy_in_path(process, name, path);
  if (length < 0) return length;
  if (device_of(path) != 0) return 0;
  let error = open_at(process, fd, path, length, 0, 0, port);
  if (error != 0) return error;
  error = error_of(io_stat(load<u32>(port), status));
  port_release(load<u32>(port));
  if (error != 0) return error;
  // Everybody is root: only what nobody may execute is refused.
  return (mode & 1) != 0 && (load<u32>(status, STAT_MODE) & EXT2_MODE_EXECUTE) == 0 ? -EACCES : 0;
}

function on_access(process: LinuxProcess, r: Registers): i32 {
  return access_at(process, HERE, r.ebx, r.ecx);
}

function on_faccessat(process: LinuxProcess, r: Registers): i32 {
  return access_at(process, r.ebx, r.ecx, r.edx);
}

function chmod_at(process: LinuxProcess, fd: u32, name: u32, mode: u32): i32 {
  const port = stackAlloc(4);
  const error = open_named(process, fd, name, 0, port);
  if (error != 0) return error;
  const code = file_chmod(load<u32>(port), mode & 0xfff);
  port_release(load<u32>(port));
  return error_of(code);
}

function on_chmod(process: LinuxProcess, r: Registers): i32 {
  return chmod_at(process, HERE, r.ebx, r.ecx);
}

function on_fchmodat(process: LinuxProcess, r: Registers): i32 {
  return chmod_at(process, r.ebx, r.ecx, r.edx);
}

function chown_at(process: LinuxProcess, fd: u32, name: u32, owner: u32, group: u32, flags: u32): i32 {
  const port = stackAlloc(4);
  const error = open_named(process, fd, name, flags, port);
  if (error != 0) return error;
  const code = file_chown(load<u32>(port), owner, group);
  port_release(load<u32>(port));
  return error_of(code);
}

function on_chown(process: LinuxProcess, r: Registers): i32 {
  return chown_at(process, HERE, r.ebx, r.ecx, r.edx, 0);
}

function on_lchown(process: LinuxProcess, r: Registers): i32 {
  return chown_at(process, HERE, r.ebx, r.ecx, r.edx, O_NOLINK);
}

function on_fchownat(process: LinuxProcess, r: Registers): i32 {
  const flags: u32 = (r.edi & AT_SYMLINK_NOFOLLOW) != 0 ? O_NOLINK : 0;
  return chown_at(process, r.ebx, r.ecx, r.edx, r.esi, flags);
}

function on_truncate(process: LinuxProcess, r: Registers): i32 {
  const port = stackAlloc(4);
  const error = open_named(process, HERE, r.ebx, O_WRITE, port);
  if (error != 0) return error;
  const code = file_set_size(load<u32>(port), ((<u64>r.edx) << 32) | r.ecx);
  port_release(load<u32>(port));
  return error_of(code);
}

/** One of the two times: `seconds` and `nanoseconds` as utimensat has them, `kept` as the file has it. */
function chosen_time(seconds: u32, nanoseconds: u32, kept: u32): u32 {
  if (nanoseconds == <u32>UTIME_NOW) return clock_seconds();
  return nanoseconds == <u32>UTIME_OMIT ? kept : seconds;
}

/** `width`: bytes of each half of the program's time stamps. */
function set_times(process: LinuxProcess, r: Registers, width: u32): i32 {
  const times = stackAlloc(32);
  const status = stackAlloc(STAT_WORDS_SIZE);
  const cell = stackAlloc(4);
  let port: u32 = 0;
  let error: i32 = 0;
  store<u32>(times + width, UTIME_NOW);
  store<u32>(times + 3 * width, UTIME_NOW);
  if (r.edx != 0) error = copy_in(process, r.edx, times, 4 * width);
  if (error != 0) return error;
  if (r.ecx == 0) {
    const at = fd_at(process, r.ebx);
    if (at == 0 || load<u32>(at) != FD_FILE) return -EBADF;
    port = load<u32>(at, FD_PORT);
    port_hold(port);
  } else {
    const flags: u32 = (r.esi & AT_SYMLINK_NOFOLLOW) != 0 ? O_NOLINK : 0;
    error = open_named(process, r.ebx, r.ecx, flags, cell);
    if (error != 0) return error;
    port = load<u32>(cell);
  }
  error = error_of(io_stat(port, status));
  if (error == 0) {
    const accessed = chosen_time(
      load<u32>(times),
      load<u32>(times + width),
      load<u32>(status, STAT_ACCESS_TIME),
    );
    const modified = chosen_time(
      load<u32>(times + 2 * width),
      load<u32>(times + 3 * width),
      load<u32>(status, STAT_MODIFY_TIME),
    );
    error = error_of(file_utimes(port, accessed, modified));
  }
  port_release(port);
  return error;
}

function on_utimensat(process: LinuxProcess, r: Registers): i32 {
  return set_times(process, r, 4);
}

function on_utimensat_time64(process: LinuxProcess, r: Registers): i32 {
  return set_times(process, r, 8);
}

// --- the current directory ---

/** Appends what `path` names to the directory's name at `to`, without `.`, `..` and doubled slashes. */
function join_name(to: usize, path: usize): void {
  let end: u32 = load<u8>(path) == <u8>SLASH ? 0 : string_length(to);
  if (end == 1) end = 0;
  while (load<u8>(path) != 0) {
    while (load<u8>(path) == <u8>SLASH) path++;
    let length: u32 = 0;
    while (load<u8>(path + length) != 0 && load<u8>(path + length) != <u8>SLASH) length++;
    const dots = load<u8>(path) == 46 && length <= 2 && load<u8>(path + length - 1) == 46;
    if (dots && length == 2) {
      while (end > 0 && load<u8>(to + end - 1) != <u8>SLASH) end--;
      if (end > 0) end--;
    } else if (!dots && length != 0 && end + length + 2 < <u32>PATH_MAX) {
      store<u8>(to + end, <u8>SLASH);
      memory.copy(to + end + 1, path, length);
      end += length + 1;
    }
    path += length;
  }
  if (end == 0) store<u8>(to + end++, <u8>SLASH);
  store<u8>(to + end, 0);
}

function on_chdir(process: LinuxProcess, r: Registers): i32 {
  const path = stackAlloc(PATH_MAX);
  const port = stackAlloc(4);
  const length = copy_in_path(process, r.ebx, path);
  if (length < 0) return length;
  const error = open_at(process, HERE, path, length, O_DIRECTORY, 0, port);
  if (error != 0) return error;
  port_release(process.directory);
  process.directory = load<u32>(port);
  join_name(directory_name(process), path);
  return 0;
}

/** Afterwards the directory is where it should be, but its name is that of before. */
function on_fchdir(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const at = fd_at(process, r.ebx);
  if (at == 0) return -EBADF;
  if (load<u32>(at) != FD_FILE) return -ENOTDIR;
  const error = error_of(io_stat(load<u32>(at, FD_PORT), status));
  if (error != 0) return error;
  if ((load<u32>(status, STAT_MODE) & EXT2_MODE_TYPE) != <u32>EXT2_MODE_DIRECTORY) return -ENOTDIR;
  port_release(process.directory);
  process.directory = load<u32>(at, FD_PORT);
  port_hold(process.directory);
  return 0;
}

function on_getcwd(process: LinuxProcess, r: Registers): i32 {
  const name = directory_name(process);
  const bytes = string_length(name) + 1;
  if (bytes > r.ecx) return -ERANGE;
  const error = copy_out(process, name, r.ebx, bytes);
  return error != 0 ? error : bytes;
}

/** The name by which a program of path `path` can be found from anywhere, into `to` (PATH_MAX bytes). */
export function absolute_name(process: LinuxProcess, path: usize, to: usize): void {
  string_copy(to, directory_name(process), PATH_MAX);
  join_name(to, path);
}

export function path_calls(): void {
  call_define(SYS_open, on_open);
  call_define(SYS_openat, on_openat);
  call_define(SYS_mkdir, on_mkdir);
  call_define(SYS_mkdirat, on_mkdirat);
  call_define(SYS_rmdir, on_rmdir);
  call_define(SYS_unlink, on_unlink);
  call_define(SYS_unlinkat, on_unlinkat);
  call_define(SYS_rename, on_rename);
  call_define(SYS_renameat, on_renameat);
  call_define(SYS_renameat2, on_renameat2);
  call_define(SYS_link, on_link);
  call_define(SYS_linkat, on_linkat);
  call_define(SYS_symlink, on_symlink);
  call_define(SYS_symlinkat, on_symlinkat);
  call_define(SYS_readlink, on_readlink);
  call_define(SYS_readlinkat, on_readlinkat);
  call_define(SYS_access, on_access);
  call_define(SYS_faccessat, on_faccessat);
  call_define(SYS_faccessat2, on_faccessat);
  call_define(SYS_chmod, on_chmod);
  call_define(SYS_fchmodat, on_fchmodat);
  call_define(SYS_chown32, on_chown);
  call_define(SYS_lchown32, on_lchown);
  call_define(SYS_fchownat, on_fchownat);
  call_define(SYS_truncate64, on_truncate);
  call_define(SYS_utimensat, on_utimensat);
  call_define(SYS_utimensat_time64, on_utimensat_time64);
  call_define(SYS_chdir, on_chdir);
  call_define(SYS_fchdir, on_fchdir);
  call_define(SYS_getcwd, on_getcwd);
}
