// A server of abi/defs/fs.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { mig_reply } from "../lib/mig";

export type DirLookup = (start_dir: u32, flags: u32, mode: u32, file_name: usize, file_nameCnt: u32, file: usize) => i32;
let on_dir_lookup: usize = 0;

/** Sets what 20000 calls. Opens what `file_name` names, from the directory on, or from the root if it begins with a slash: O_* of abi/fs.ts. */
export function serve_dir_lookup(handler: DirLookup): void {
  on_dir_lookup = changetype<usize>(handler);
}

function Xdir_lookup(m: usize): i32 {
  if (on_dir_lookup == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) < 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) & 0xf000ffff ^ 0x10000808)) != 0) return MIG_BAD_ARGUMENTS;
  const file_nameCnt = (load<u32>(m, 40) & 0xfff0000) >> 16;
  if (file_nameCnt > 1024 || load<u32>(m, MSGH_SIZE) != 44 + ((file_nameCnt * 1 + 3) & ~3)) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<DirLookup>(on_dir_lookup)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), m + 44, file_nameCnt, r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012014, 32);
  return mig_reply(m, r, 40, 0x80000000);
}

export type DirReaddir = (dir: u32, entry: u32, data: usize, dataCnt: usize) => i32;
let on_dir_readdir: usize = 0;

/** Sets what 20001 calls. Names from place `entry` on, as DIR_* of abi/fs.ts, as many as fit into 2048 bytes; none: the end. */
export function serve_dir_readdir(handler: DirReaddir): void {
  on_dir_readdir = changetype<usize>(handler);
}

function Xdir_readdir(m: usize): i32 {
  if (on_dir_readdir == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(2084);
  const dataCnt = stackAlloc(4);
  store<u32>(dataCnt, 2048);
  const result = changetype<DirReaddir>(on_dir_readdir)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), r + 36, dataCnt);
  if (result != 0) return result;
  store<u32>(r, 0x10000808 | (load<u32>(dataCnt) * 1 << 16), 32);
  return mig_reply(m, r, 36 + ((load<u32>(dataCnt) * 1 + 3) & ~3), 0);
}

export type DirMkdir = (directory: u32, mode: u32, name: usize) => i32;
let on_dir_mkdir: usize = 0;

/** Sets what 20002 calls. EEXIST, ENOSPC, ENOENT, ENAMETOOLONG, EMLINK. */
export function serve_dir_mkdir(handler: DirMkdir): void {
  on_dir_mkdir = changetype<usize>(handler);
}

function Xdir_mkdir(m: usize): i32 {
  if (on_dir_mkdir == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 300 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 36) ^ 0x800000c)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<DirMkdir>(on_dir_mkdir)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), m + 44);
}

export type DirRmdir = (directory: u32, name: usize) => i32;
let on_dir_rmdir: usize = 0;

/** Sets what 20003 calls. ENOTEMPTY, ENOTDIR, ENOENT. */
export function serve_dir_rmdir(handler: DirRmdir): void {
  on_dir_rmdir = changetype<usize>(handler);
}

function Xdir_rmdir(m: usize): i32 {
  if (on_dir_rmdir == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 292 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 28) ^ 0x800000c)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<DirRmdir>(on_dir_rmdir)(load<u32>(m, MSGH_LOCAL_PORT), m + 36);
}

export type DirUnlink = (directory: u32, name: usize) => i32;
let on_dir_unlink: usize = 0;

/** Sets what 20004 calls. EISDIR, ENOENT. */
export function serve_dir_unlink(handler: DirUnlink): void {
  on_dir_unlink = changetype<usize>(handler);
}

function Xdir_unlink(m: usize): i32 {
  if (on_dir_unlink == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 292 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 28) ^ 0x800000c)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<DirUnlink>(on_dir_unlink)(load<u32>(m, MSGH_LOCAL_PORT), m + 36);
}

export type DirLink = (directory: u32, file: u32, name: usize) => i32;
let on_dir_link: usize = 0;

/** Sets what 20005 calls. One more name for an open file. EEXIST, EISDIR, EMLINK, EXDEV. */
export function serve_dir_link(handler: DirLink): void {
  on_dir_link = changetype<usize>(handler);
}

function Xdir_link(m: usize): i32 {
  if (on_dir_link == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 300 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 36) ^ 0x800000c)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<DirLink>(on_dir_link)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), m + 44);
}

export type DirRename = (old_directory: u32, old_name: usize, new_directory: u32, new_name: usize) => i32;
let on_dir_rename: usize = 0;

/** Sets what 20006 calls. EINVAL: into itself; ENOTEMPTY, EISDIR, ENOTDIR, EXDEV. */
export function serve_dir_rename(handler: DirRename): void {
  on_dir_rename = changetype<usize>(handler);
}

function Xdir_rename(m: usize): i32 {
  if (on_dir_rename == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 568 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 28) ^ 0x800000c) | (load<u32>(m, 292) ^ 0x10012011) | (load<u32>(m, 300) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 304) ^ 0x800000c)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<DirRename>(on_dir_rename)(load<u32>(m, MSGH_LOCAL_PORT), m + 36, load<u32>(m, 296), m + 312);
}

export type DirSymlink = (directory: u32, name: usize, target: usize, targetCnt: u32) => i32;
let on_dir_symlink: usize = 0;

/** Sets what 20007 calls. EEXIST, ENOSPC, ENAMETOOLONG. */
export function serve_dir_symlink(handler: DirSymlink): void {
  on_dir_symlink = changetype<usize>(handler);
}

function Xdir_symlink(m: usize): i32 {
  if (on_dir_symlink == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) < 296 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 28) ^ 0x800000c) | (load<u32>(m, 292) & 0xf000ffff ^ 0x10000808)) != 0) return MIG_BAD_ARGUMENTS;
  const targetCnt = (load<u32>(m, 292) & 0xfff0000) >> 16;
  if (targetCnt > 1024 || load<u32>(m, MSGH_SIZE) != 296 + ((targetCnt * 1 + 3) & ~3)) return MIG_BAD_ARGUMENTS;
  return changetype<DirSymlink>(on_dir_symlink)(load<u32>(m, MSGH_LOCAL_PORT), m + 36, m + 296, targetCnt);
}

export type FileReadLink = (file: u32, target: usize, targetCnt: usize) => i32;
let on_file_read_link: usize = 0;

/** Sets what 20008 calls. EINVAL: not a symbolic link. */
export function serve_file_read_link(handler: FileReadLink): void {
  on_file_read_link = changetype<usize>(handler);
}

function Xfile_read_link(m: usize): i32 {
  if (on_file_read_link == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(2084);
  const targetCnt = stackAlloc(4);
  store<u32>(targetCnt, 2048);
  const result = changetype<FileReadLink>(on_file_read_link)(load<u32>(m, MSGH_LOCAL_PORT), r + 36, targetCnt);
  if (result != 0) return result;
  store<u32>(r, 0x10000808 | (load<u32>(targetCnt) * 1 << 16), 32);
  return mig_reply(m, r, 36 + ((load<u32>(targetCnt) * 1 + 3) & ~3), 0);
}

export type FileChmod = (file: u32, new_mode: u32) => i32;
let on_file_chmod: usize = 0;

/** Sets what 20009 calls. The permission bits. */
export function serve_file_chmod(handler: FileChmod): void {
  on_file_chmod = changetype<usize>(handler);
}

function Xfile_chmod(m: usize): i32 {
  if (on_file_chmod == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileChmod>(on_file_chmod)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
}

export type FileChown = (file: u32, new_owner: u32, new_group: u32) => i32;
let on_file_chown: usize = 0;

/** Sets what 20010 calls.  */
export function serve_file_chown(handler: FileChown): void {
  on_file_chown = changetype<usize>(handler);
}

function Xfile_chown(m: usize): i32 {
  if (on_file_chown == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileChown>(on_file_chown)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
}

export type FileUtimes = (file: u32, access_time: u32, modification_time: u32) => i32;
let on_file_utimes: usize = 0;

/** Sets what 20011 calls. Seconds since 1970. */
export function serve_file_utimes(handler: FileUtimes): void {
  on_file_utimes = changetype<usize>(handler);
}

function Xfile_utimes(m: usize): i32 {
  if (on_file_utimes == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileUtimes>(on_file_utimes)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
}

export type FileSetSize = (file: u32, new_size: u64) => i32;
let on_file_set_size: usize = 0;

/** Sets what 20012 calls. EBADF, EISDIR, EFBIG. */
export function serve_file_set_size(handler: FileSetSize): void {
  on_file_set_size = changetype<usize>(handler);
}

function Xfile_set_size(m: usize): i32 {
  if (on_file_set_size == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 36 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001400b)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileSetSize>(on_file_set_size)(load<u32>(m, MSGH_LOCAL_PORT), load<u64>(m, 28));
}

export type FileSync = (file: u32) => i32;
let on_file_sync: usize = 0;

/** Sets what 20013 calls. Writes the file to the disk. EIO. */
export function serve_file_sync(handler: FileSync): void {
  on_file_sync = changetype<usize>(handler);
}

function Xfile_sync(m: usize): i32 {
  if (on_file_sync == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileSync>(on_file_sync)(load<u32>(m, MSGH_LOCAL_PORT));
}

export type FileSyncfs = (file: u32, unmount: u32) => i32;
let on_file_syncfs: usize = 0;

/** Sets what 20014 calls. Writes the whole file system to the disk; with `unmount` it is then marked as clean. EIO. */
export function serve_file_syncfs(handler: FileSyncfs): void {
  on_file_syncfs = changetype<usize>(handler);
}

function Xfile_syncfs(m: usize): i32 {
  if (on_file_syncfs == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<FileSyncfs>(on_file_syncfs)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
}

export type FileStatfs = (file: u32, status: usize) => i32;
let on_file_statfs: usize = 0;

/** Sets what 20015 calls. The words FS_STAT_* of abi/fs.ts. */
export function serve_file_statfs(handler: FileStatfs): void {
  on_file_statfs = changetype<usize>(handler);
}

function Xfile_statfs(m: usize): i32 {
  if (on_file_statfs == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(68);
  const result = changetype<FileStatfs>(on_file_statfs)(load<u32>(m, MSGH_LOCAL_PORT), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10082002, 32);
  return mig_reply(m, r, 68, 0);
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function fs_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 20000:
    return Xdir_lookup(m);
    case 20001:
    return Xdir_readdir(m);
    case 20002:
    return Xdir_mkdir(m);
    case 20003:
    return Xdir_rmdir(m);
    case 20004:
    return Xdir_unlink(m);
    case 20005:
    return Xdir_link(m);
    case 20006:
    return Xdir_rename(m);
    case 20007:
    return Xdir_symlink(m);
    case 20008:
    return Xfile_read_link(m);
    case 20009:
    return Xfile_chmod(m);
    case 20010:
    return Xfile_chown(m);
    case 20011:
    return Xfile_utimes(m);
    case 20012:
    return Xfile_set_size(m);
    case 20013:
    return Xfile_sync(m);
    case 20014:
    return Xfile_syncfs(m);
    case 20015:
    return Xfile_statfs(m);
    default:
    return MIG_BAD_ID;
  }
}
