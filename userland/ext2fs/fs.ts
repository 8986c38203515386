// The interface fs: names, inodes, and the file system as a whole.
import {
  EACCES,
  EBADF,
  EEXIST,
  EFBIG,
  EINVAL,
  EISDIR,
  ELOOP,
  ENOENT,
  ENOMEM,
  ENOTDIR,
} from "../../abi/errno";
import {
  DIRENT_INODE,
  DIRENT_NAME,
  DIRENT_NAME_LENGTH,
  DIRENT_TYPE,
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_FILE,
  EXT2_MODE_SYMLINK,
  EXT2_MODE_TYPE,
  INODE_ACCESS_TIME,
  INODE_CHANGE_TIME,
  INODE_GID,
  INODE_MODE,
  INODE_MODIFY_TIME,
  INODE_UID,
} from "../../abi/ext2";
import {
  DIR_INODE,
  DIR_LENGTH,
  DIR_NAME,
  DIR_NAME_LENGTH,
  DIR_NEXT,
  DIR_TYPE,
  FS_STAT_BLOCKS,
  FS_STAT_BLOCK_SIZE,
  FS_STAT_FREE_BLOCKS,
  FS_STAT_FREE_INODES,
  FS_STAT_INODES,
  FS_STAT_SIZE,
  INBAND_MAX,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOLINK,
  O_TRUNC,
  O_WRITE,
} from "../../abi/fs";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import {
  serve_dir_link,
  serve_dir_lookup,
  serve_dir_mkdir,
  serve_dir_readdir,
  serve_dir_rename,
  serve_dir_rmdir,
  serve_dir_symlink,
  serve_dir_unlink,
  serve_file_chmod,
  serve_file_chown,
  serve_file_read_link,
  serve_file_set_size,
  serve_file_statfs,
  serve_file_sync,
  serve_file_syncfs,
  serve_file_utimes,
} from "../generated/fs_server.generated";
import { task_self } from "../lib/mach";
import { mutex_lock, mutex_unlock } from "../lib/mutex";
import { string_length } from "../lib/string";
import { PAGE_SIZE, round_page } from "../lib/vm";
import { directory_entry, directory_failure, directory_next } from "./directory";
import { FilePager, pager_lock, pager_release, pager_settle, pagers_sync } from "./file-pager";
import {
  file_create,
  file_link,
  file_node,
  file_rename,
  file_set_size,
  file_system_close,
  file_system_sync,
  file_unlink,
  forget_unlinked,
  link_read,
  link_write,
  unlinked_pager,
} from "./files";
import { volume_lock, volume_unlock } from "./lock";
import { inode_of, Node, node_is, node_mode, node_put, node_size, node_touch } from "./node";
import { fail, Open, open_make, open_of, open_release, with_open } from "./opens";
import { journal_inode } from "./recovery";
import { path_last, path_last_length, path_node, path_walk } from "./path";
import {
  block_bytes,
  volume_blocks,
  volume_free_blocks,
  volume_free_inodes,
  volume_inodes,
  volume_writable,
} from "./volume";

const PERMISSIONS: u32 = 0xfff;

// --- opening ---

/** Makes the file that a walk did not find. An error, or 0: path_node is it. */
function create(directory: Node, mode: u32): i32 {
  const error = file_create(
    directory,
    path_last,
    path_last_length,
    (<u32>EXT2_MODE_FILE) | (mode & PERMISSIONS),
  );
  node_put(directory);
  return error;
}

let found: Node | null = null;

function walk(start: Node, path: usize, length: u32, flags: u32, mode: u32): i32 {
  const exclusive = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
  const follow = (flags & O_NOLINK) == 0 && !exclusive;
  let error = path_walk(start, path, length, follow);
  found = path_node();
  if (error == ENOENT && path_last != 0) {
    if ((flags & O_CREAT) == 0) {
      node_put(found);
      return error;
    }
    error = create(found!, mode);
    found = file_node();
    return error;
  }
  if (error != 0) return error;
  if (exclusive) return refuse(EEXIST);
  return may_open(found!, flags);
}

/** The node that was found is not to be opened. */
function refuse(error: i32): i32 {
  node_put(found);
  return error;
}

function may_open(node: Node, flags: u32): i32 {
  const directory = node_is(node, EXT2_MODE_DIRECTORY);
  if ((flags & O_DIRECTORY) != 0 && !directory) return refuse(ENOTDIR);
  if ((flags & O_WRITE) != 0) {
    if (directory) return refuse(EISDIR);
    const writable = volume_writable();
    if (writable != 0) return refuse(writable);
    if (node.number == journal_inode) return refuse(EACCES);
  }
  if (!directory && !node_is(node, EXT2_MODE_FILE) && !node_is(node, EXT2_MODE_SYMLINK))
    return refuse(EACCES);
  return node_is(node, EXT2_MODE_SYMLINK) && (flags & O_NOLINK) == 0 ? refuse(ELOOP) : 0;
}

function on_lookup(port: u32, flags: u32, mode: u32, path: usize, length: u32, file: usize): i32 {
  volume_lock();
  const start = open_of(port);
  let error: i32 = EBADF;
  let cut: u32 = 0;
  if (start != null) {
    error = walk(start.node, path, length, flags, mode);
    open_release(start);
    if (error == 0) {
      const opened = open_make(found!, flags);
      store<u32>(file, opened);
      if (opened == 0) error = ENOMEM;
      else if ((flags & O_TRUNC) != 0 && (flags & O_WRITE) != 0) cut = opened;
    }
  }
  volume_unlock();
  if (cut != 0) {
    const result = on_set_size(cut, 0);
    // Nobody has a right to it yet: the opening ends with its last use.
    if (result != 0) {
      with_open(cut, give_up, 0, 0);
      return result;
    }
  }
  return fail(error);
}

function give_up(open: Open, _first: usize, _second: u32): i32 {
  open.uses--;
  return 0;
}

// --- directories ---

function read_entries(open: Open, data: usize, entry: u32): i32 {
  const node = open.node;
  if (!node_is(node, EXT2_MODE_DIRECTORY)) return ENOTDIR;
  let from = directory_entry(node, entry);
  while (from != 0 && put_entry(data, from)) from = directory_entry(node, directory_next);
  return from == 0 ? directory_failure : 0;
}

/** Appends one name to the result; false when there is no room for it. */
function put_entry(data: usize, from: usize): bool {
  const length = <u32>load<u8>(from, DIRENT_NAME_LENGTH);
  const size = (DIR_NAME + length + 4) & ~3;
  if (used + size > <u32>INBAND_MAX) return false;
  const to = data + used;
  memory.fill(to, 0, size);
  store<u32>(to, load<u32>(from, DIRENT_INODE), DIR_INODE);
  store<u16>(to, <u16>size, DIR_LENGTH);
  store<u8>(to, <u8>length, DIR_NAME_LENGTH);
  store<u8>(to, load<u8>(from, DIRENT_TYPE), DIR_TYPE);
  store<u32>(to, directory_next, DIR_NEXT);
  memory.copy(to + DIR_NAME, from + DIRENT_NAME, length);
  used += size;
  return true;
}

let used: u32 = 0;

function on_readdir(port: u32, entry: u32, data: usize, count: usize): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  used = 0;
  if (open != null) {
    error = read_entries(open, data, entry);
    open_release(open);
  }
  store<u32>(count, used);
  volume_unlock();
  return fail(error);
}

function mkdir(open: Open, name: usize, mode: u32): i32 {
  const error = file_create(
    open.node,
    name,
    string_length(name),
    (<u32>EXT2_MODE_DIRECTORY) | (mode & PERMISSIONS),
  );
  return error != 0 ? error : node_put(file_node());
}

function on_mkdir(port: u32, mode: u32, name: usize): i32 {
  return with_open(port, mkdir, name, mode);
}

/** A file that lost its last name, and that nobody has open, goes with its pager. */
function settle_unlinked(): void {
  const pager = unlinked_pager;
  forget_unlinked();
  if (pager != 0) pager_settle(changetype<FilePager>(pager));
}

function remove(open: Open, name: usize, directory: u32): i32 {
  const error = file_unlink(open.node, name, string_length(name), directory != 0);
  settle_unlinked();
  return error;
}

function on_rmdir(port: u32, name: usize): i32 {
  return with_open(port, remove, name, 1);
}

function on_unlink(port: u32, name: usize): i32 {
  return with_open(port, remove, name, 0);
}

/** A right to one of our own ports that came as an argument: one reference too many. */
function give_back(port: u32): void {
  mach_port_deallocate(task_self(), port);
}

function link(open: Open, name: usize, file: u32): i32 {
  const other = open_of(file);
  if (other == null) return EBADF;
  const error = file_link(open.node, name, string_length(name), other.node);
  open_release(other);
  return error;
}

function on_link(port: u32, file: u32, name: usize): i32 {
  const result = with_open(port, link, name, file);
  give_back(file);
  return result;
}

/** Both names, one behind the other. */
let new_name: usize = 0;

function rename(open: Open, name: usize, to: u32): i32 {
  const other = open_of(to);
  if (other == null) return EBADF;
  const error = file_rename(
    open.node,
    name,
    string_length(name),
    other.node,
    new_name,
    string_length(new_name),
  );
  settle_unlinked();
  open_release(other);
  return error;
}

function on_rename(port: u32, name: usize, to: u32, other: usize): i32 {
  volume_lock();
  new_name = other;
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    error = rename(open, name, to);
    open_release(open);
  }
  volume_unlock();
  give_back(to);
  return fail(error);
}

function on_symlink(port: u32, name: usize, target: usize, length: u32): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    error =
      length == 0 ? ENOENT : file_create(open.node, name, string_length(name), EXT2_MODE_SYMLINK | 0x1ff);
    if (error == 0) {
      const made = file_node()!;
      error = link_write(made, target, length);
      if (error != 0) file_unlink(open.node, name, string_length(name), false);
      node_put(made);
    }
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}

// --- inodes ---

const link_text: usize = memory.data(4096);

function read_link(open: Open, target: usize, _unused: u32): i32 {
  const length = target;
  const error = link_read(open.node, link_text, length);
  return error == 0 && load<u32>(length) > <u32>INBAND_MAX ? EINVAL : error;
}

function on_read_link(port: u32, target: usize, count: usize): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    error = read_link(open, count, 0);
    if (error == 0) memory.copy(target, link_text, load<u32>(count));
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}

/** 0 when inodes may be changed; then the change time is now. */
function touch(node: Node): i32 {
  const error = volume_writable();
  if (error == 0) node_touch(node, INODE_CHANGE_TIME);
  return error;
}

function chmod(open: Open, _unused: usize, mode: u32): i32 {
  const node = open.node;
  const error = touch(node);
  if (error == 0)
    store<u16>(inode_of(node), <u16>((node_mode(node) & EXT2_MODE_TYPE) | (mode & PERMISSIONS)), INODE_MODE);
  return error;
}

function on_chmod(port: u32, mode: u32): i32 {
  return with_open(port, chmod, 0, mode);
}

function chown(open: Open, owner: usize, group: u32): i32 {
  const error = touch(open.node);
  if (error != 0) return error;
  store<u16>(inode_of(open.node), <u16>owner, INODE_UID);
  store<u16>(inode_of(open.node), <u16>group, INODE_GID);
  return 0;
}

function on_chown(port: u32, owner: u32, group: u32): i32 {
  return with_open(port, chown, owner, group);
}

function utimes(open: Open, accessed: usize, modified: u32): i32 {
  const error = touch(open.node);
  if (error != 0) return error;
  store<u32>(inode_of(open.node), <u32>accessed, INODE_ACCESS_TIME);
  store<u32>(inode_of(open.node), modified, INODE_MODIFY_TIME);
  return 0;
}

function on_utimes(port: u32, accessed: u32, modified: u32): i32 {
  return with_open(port, utimes, accessed, modified);
}

/** Cuts the file. Its own lock is held; the volume's is not while the kernel forgets the pages. */
function set_size(node: Node, size: u64): i32 {
  const old = node_size(node);
  if (!node_is(node, EXT2_MODE_FILE)) return EISDIR;
  if (size > 0xfffff000) return EFBIG;
  if (size < old && node.pager != 0) {
    const pager = changetype<FilePager>(node.pager);
    pager.uses++;
    const last = <u32>(size & ~(<u64>PAGE_SIZE - 1));
    volume_unlock();
    // The page that stays in part is written first, so that the disk has what is to be cut there.
    if (<u64>last != size) pager_lock(pager, last, PAGE_SIZE, false);
    pager_lock(pager, last, round_page(<u32>old) - last, true);
    volume_lock();
    const error = file_set_size(node, size);
    pager_release(pager);
    return error;
  }
  return file_set_size(node, size);
}

function on_set_size(port: u32, size: u64): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    const node = open.node;
    if ((open.flags & O_WRITE) != 0) {
      const lock = changetype<usize>(node) + offsetof<Node>("lock");
      volume_unlock();
      mutex_lock(lock);
      volume_lock();
      error = set_size(node, size);
      if (error == 0) node_touch(node, INODE_MODIFY_TIME);
      mutex_unlock(lock);
    }
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}

// --- to the disk ---

/** Writes one file: its pages, and all metadata, which are one transaction. */
function on_sync(port: u32): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    const node = open.node;
    if (node.pager != 0) {
      const pager = changetype<FilePager>(node.pager);
      pager.uses++;
      const size = round_page(<u32>node_size(node));
      volume_unlock();
      pager_lock(pager, 0, size, false);
      volume_lock();
      pager_release(pager);
    }
    error = file_system_sync(false);
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}

/** Writes everything. */
export function sync_everything(unmount: bool): i32 {
  pagers_sync();
  volume_lock();
  const error = unmount ? file_system_close() : file_system_sync(false);
  volume_unlock();
  return error;
}

function on_syncfs(_port: u32, unmount: u32): i32 {
  return fail(sync_everything(unmount != 0));
}

function fill_statfs(_open: Open, status: usize, _unused: u32): i32 {
  memory.fill(status, 0, FS_STAT_SIZE);
  store<u32>(status, block_bytes, FS_STAT_BLOCK_SIZE);
  store<u32>(status, volume_blocks, FS_STAT_BLOCKS);
  store<u32>(status, volume_free_blocks(), FS_STAT_FREE_BLOCKS);
  store<u32>(status, volume_inodes, FS_STAT_INODES);
  store<u32>(status, volume_free_inodes(), FS_STAT_FREE_INODES);
  return 0;
}

function on_statfs(port: u32, status: usize): i32 {
  return with_open(port, fill_statfs, status, 0);
}

export function fs_initialize(): void {
  serve_dir_lookup(on_lookup);
  serve_dir_readdir(on_readdir);
  serve_dir_mkdir(on_mkdir);
  serve_dir_rmdir(on_rmdir);
  serve_dir_unlink(on_unlink);
  serve_dir_link(on_link);
  serve_dir_rename(on_rename);
  serve_dir_symlink(on_symlink);
  serve_file_read_link(on_read_link);
  serve_file_chmod(on_chmod);
  serve_file_chown(on_chown);
  serve_file_utimes(on_utimes);
  serve_file_set_size(on_set_size);
  serve_file_sync(on_sync);
  serve_file_syncfs(on_syncfs);
  serve_file_statfs(on_statfs);
}
