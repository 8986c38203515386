// Calls that tell of files and file systems.
import { stackAlloc } from "../../guest/i386";
import { EBADF } from "../../abi/errno";
import {
  FS_STAT_BLOCK_SIZE,
  FS_STAT_BLOCKS,
  FS_STAT_FREE_BLOCKS,
  FS_STAT_FREE_INODES,
  FS_STAT_INODES,
  FS_STAT_SIZE,
  O_NOLINK,
  PATH_MAX,
  STAT_ACCESS_TIME,
  STAT_BLOCK_SIZE,
  STAT_CHANGE_TIME,
  STAT_GID,
  STAT_INODE,
  STAT_LINKS,
  STAT_MODE,
  STAT_MODIFY_TIME,
  STAT_SECTORS,
  STAT_SIZE,
  STAT_UID,
  STAT_WORDS_SIZE,
} from "../../abi/fs";
import * as linux from "../../abi/linux";
import { file_statfs } from "../generated/fs.generated";
import { io_stat } from "../generated/io.generated";
import { call_define, Registers } from "./calls";
import { error_of } from "../lib/errors";
import { copy_in_path, copy_out } from "./memory";
import { device_of, open_at } from "./paths";
import { fd_at, FD_FILE, FD_PIPE, FD_PORT, LinuxProcess, port_release } from "./process";

const HERE: u32 = <u32>linux.LINUX_AT_FDCWD;
/** The disk's number, and that of all character devices. */
const DISK: u32 = 0x301;
const CHARACTERS: u32 = 0x500;
const LINK_SIZE: u32 = 1024;

function device_status(status: usize): void {
  memory.fill(status, 0, STAT_WORDS_SIZE);
  store<u32>(status, linux.CHARACTER_DEVICE_MODE, STAT_MODE);
  store<u32>(status, 1, STAT_LINKS);
  store<u32>(status, LINK_SIZE, STAT_BLOCK_SIZE);
}

function status_of_fd(process: LinuxProcess, fd: u32, status: usize): i32 {
  const at = fd_at(process, fd);
  if (at == 0) return -EBADF;
  const kind = load<u32>(at);
  if (kind == FD_FILE || kind == FD_PIPE) return error_of(io_stat(load<u32>(at, FD_PORT), status));
  device_status(status);
  return 0;
}

/** The words of abi/fs.ts of what the program calls `name`. */
function status_of(process: LinuxProcess, fd: u32, name: u32, flags: u32, status: usize): i32 {
  const path = stackAlloc(PATH_MAX);
  const port = stackAlloc(4);
  const length = copy_in_path(process, name, path);
  if (length < 0) return length;
  if (length == 0 && (flags & linux.AT_EMPTY_PATH) != 0) return status_of_fd(process, fd, status);
  if (device_of(path) != 0) {
    device_status(status);
    return 0;
  }
  const follow: u32 = (flags & linux.AT_SYMLINK_NOFOLLOW) != 0 ? O_NOLINK : 0;
  const error = open_at(process, fd, path, length, follow, 0, port);
  if (error != 0) return error;
  const code = io_stat(load<u32>(port), status);
  port_release(load<u32>(port));
  return error_of(code);
}

function is_device(status: usize): bool {
  return load<u32>(status, STAT_MODE) == <u32>linux.CHARACTER_DEVICE_MODE;
}

function give_stat64(process: LinuxProcess, error: i32, status: usize, to: u32): i32 {
  if (error != 0) return error;
  const out = stackAlloc(linux.STAT64_BYTES);
  memory.fill(out, 0, linux.STAT64_BYTES);
  store<u32>(out, DISK, linux.STAT64_DEV);
  store<u32>(out, load<u32>(status, STAT_INODE), linux.STAT64_INO_LOW);
  store<u32>(out, load<u32>(status, STAT_INODE), linux.STAT64_INO);
  store<u32>(out, load<u32>(status, STAT_MODE), linux.STAT64_MODE);
  store<u32>(out, load<u32>(status, STAT_LINKS), linux.STAT64_NLINK);
  store<u32>(out, load<u32>(status, STAT_UID), linux.STAT64_UID);
  store<u32>(out, load<u32>(status, STAT_GID), linux.STAT64_GID);
  if (is_device(status)) store<u32>(out, CHARACTERS, linux.STAT64_RDEV);
  memory.copy(out + linux.STAT64_SIZE, status + STAT_SIZE, 8);
  store<u32>(out, load<u32>(status, STAT_BLOCK_SIZE), linux.STAT64_BLKSIZE);
  store<u32>(out, load<u32>(status, STAT_SECTORS), linux.STAT64_BLOCKS);
  store<u32>(out, load<u32>(status, STAT_ACCESS_TIME), linux.STAT64_ATIME);
  store<u32>(out, load<u32>(status, STAT_MODIFY_TIME), linux.STAT64_MTIME);
  store<u32>(out, load<u32>(status, STAT_CHANGE_TIME), linux.STAT64_CTIME);
  return copy_out(process, out, to, linux.STAT64_BYTES);
}

function on_stat(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  return give_stat64(process, status_of(process, HERE, r.ebx, 0, status), status, r.ecx);
}

function on_lstat(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const error = status_of(process, HERE, r.ebx, linux.AT_SYMLINK_NOFOLLOW, status);
  return give_stat64(process, error, status, r.ecx);
}

function on_fstat(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  return give_stat64(process, status_of_fd(process, r.ebx, status), status, r.ecx);
}

function on_fstatat(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  return give_stat64(process, status_of(process, r.ebx, r.ecx, r.esi, status), status, r.edx);
}

/** Directory, path, flags, what is wanted (all that there is is given), where it goes. */
function on_statx(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  const error = status_of(process, r.ebx, r.ecx, r.edx, status);
  if (error != 0) return error;
  const out = stackAlloc(linux.STATX_BYTES);
  memory.fill(out, 0, linux.STATX_BYTES);
  store<u32>(out, linux.STATX_BASIC_STATS);
  store<u32>(out, load<u32>(status, STAT_BLOCK_SIZE), linux.STATX_BLKSIZE);
  store<u32>(out, load<u32>(status, STAT_LINKS), linux.STATX_NLINK);
  store<u32>(out, load<u32>(status, STAT_UID), linux.STATX_UID);
  store<u32>(out, load<u32>(status, STAT_GID), linux.STATX_GID);
  store<u16>(out, <u16>load<u32>(status, STAT_MODE), linux.STATX_MODE);
  store<u32>(out, load<u32>(status, STAT_INODE), linux.STATX_INO);
  memory.copy(out + linux.STATX_SIZE, status + STAT_SIZE, 8);
  store<u32>(out, load<u32>(status, STAT_SECTORS), linux.STATX_BLOCKS);
  store<u32>(out, load<u32>(status, STAT_ACCESS_TIME), linux.STATX_ATIME);
  store<u32>(out, load<u32>(status, STAT_MODIFY_TIME), linux.STATX_MTIME);
  store<u32>(out, load<u32>(status, STAT_CHANGE_TIME), linux.STATX_CTIME);
  if (is_device(status)) store<u32>(out, CHARACTERS >> 8, linux.STATX_RDEV_MAJOR);
  store<u32>(out, DISK >> 8, linux.STATX_DEV_MAJOR);
  store<u32>(out, DISK & 0xff, linux.STATX_DEV_MINOR);
  return copy_out(process, out, r.edi, linux.STATX_BYTES);
}

/** Path or descriptor, size, where it goes: there is one file system. */
function on_statfs(process: LinuxProcess, r: Registers): i32 {
  const status = stackAlloc(FS_STAT_SIZE);
  const out = stackAlloc(linux.STATFS64_BYTES);
  const error = error_of(file_statfs(process.directory, status));
  if (error != 0) return error;
  memory.fill(out, 0, linux.STATFS64_BYTES);
  store<u32>(out, linux.EXT2_STATFS_TYPE, linux.STATFS64_TYPE);
  store<u32>(out, load<u32>(status, FS_STAT_BLOCK_SIZE), linux.STATFS64_BSIZE);
  store<u32>(out, load<u32>(status, FS_STAT_BLOCK_SIZE), linux.STATFS64_FRSIZE);
  store<u32>(out, load<u32>(status, FS_STAT_BLOCKS), linux.STATFS64_BLOCKS);
  store<u32>(out, load<u32>(status, FS_STAT_FREE_BLOCKS), linux.STATFS64_BFREE);
  store<u32>(out, load<u32>(status, FS_STAT_FREE_BLOCKS), linux.STATFS64_BAVAIL);
  store<u32>(out, load<u32>(status, FS_STAT_INODES), linux.STATFS64_FILES);
  store<u32>(out, load<u32>(status, FS_STAT_FREE_INODES), linux.STATFS64_FFREE);
  store<u32>(out, 255, linux.STATFS64_NAMELEN);
  return copy_out(process, out, r.edx, linux.STATFS64_BYTES);
}

export function stat_calls(): void {
  call_define(linux.SYS_stat64, on_stat);
  call_define(linux.SYS_lstat64, on_lstat);
  call_define(linux.SYS_fstat64, on_fstat);
  call_define(linux.SYS_fstatat64, on_fstatat);
  call_define(linux.SYS_statx, on_statx);
  call_define(linux.SYS_statfs64, on_statfs);
  call_define(linux.SYS_fstatfs64, on_statfs);
}
