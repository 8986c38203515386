// The interface io: reading, writing and mapping open files.
import { stackAlloc } from "../../guest/i386";
import { EBADF, EFBIG, EINVAL, EIO, EISDIR, ENOMEM } from "../../abi/errno";
import {
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_FILE,
  INODE_ACCESS_TIME,
  INODE_CHANGE_TIME,
  INODE_GID,
  INODE_MODIFY_TIME,
  INODE_SECTORS,
  INODE_UID,
} from "../../abi/ext2";
import {
  INBAND_MAX,
  O_APPEND,
  O_READ,
  O_WRITE,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
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
import {
  serve_io_map,
  serve_io_read,
  serve_io_seek,
  serve_io_stat,
  serve_io_write,
  serve_io_write_inband,
} from "../generated/io_server.generated";
import { task_self } from "../lib/mach";
import { mutex_lock, mutex_unlock } from "../lib/mutex";
import { PAGE_SIZE, trunc_page, vm_allocate, vm_deallocate } from "../lib/vm";
import { guarded_copy } from "../lib/guarded";
import { FilePager, pager_copy, pager_of, pager_release } from "./file-pager";
import { volume_lock, volume_unlock } from "./lock";
import { inode_of, Node, node_is, node_links, node_mode, node_set_size, node_size, node_touch } from "./node";
import { fail, Open, open_of, open_release, with_open } from "./opens";
import { take_pages } from "./page-blocks";
import { block_bytes, volume_has_large_file, volume_writable } from "./volume";

const AT_POINTER: u64 = 0xffffffffffffffff;
/** Memory objects end here. */
const LARGEST: u64 = 0xfffff000;
const READ_MAX: u32 = 4 << 20;

/** The opening, when it may be used so; else null, and the error in `refusal`. */
function opened(port: u32, access: u32): Open | null {
  const open = open_of(port);
  refusal = EBADF;
  if (open == null) return null;
  if ((open.flags & access) != 0) {
    refusal = node_is(open.node, EXT2_MODE_DIRECTORY) ? EISDIR : EINVAL;
    if (node_is(open.node, EXT2_MODE_FILE)) return open;
  }
  open_release(open);
  return null;
}

let refusal: i32 = 0;

/** The lock of a file is taken before the volume's. */
function lock_node(node: Node): void {
  volume_unlock();
  mutex_lock(changetype<usize>(node) + offsetof<Node>("lock"));
  volume_lock();
}

function unlock_node(node: Node): void {
  mutex_unlock(changetype<usize>(node) + offsetof<Node>("lock"));
}

/** Bytes that a read of `amount` from `offset` on gives. */
function readable(node: Node, offset: u64, amount: u32): u32 {
  const size = min<u64>(node_size(node), LARGEST);
  return offset >= size ? 0 : <u32>min<u64>(size - offset, <u64>min<u32>(amount, READ_MAX));
}

/** Fills the result with `count` bytes: in the message, or in fresh memory. An error, or 0. */
function read_data(pager: FilePager, offset: u32, count: u32, data: usize): i32 {
  if (count <= <u32>INBAND_MAX) return pager_copy(pager, offset, load<usize>(data), count, false) ? 0 : EIO;
  store<u32>(data, 0);
  if (vm_allocate(task_self(), data, count, 1) != 0) return ENOMEM;
  if (pager_copy(pager, offset, load<usize>(data), count, false)) return 0;
  vm_deallocate(task_self(), load<u32>(data), count);
  return EIO;
}

function on_read(port: u32, offset: u64, amount: u32, data: usize, count: usize): i32 {
  volume_lock();
  const open = opened(port, O_READ);
  if (open == null) {
    volume_unlock();
    return fail(refusal);
  }
  const node = open.node;
  lock_node(node);
  const start = offset == AT_POINTER ? open.offset : offset;
  const bytes = readable(node, start, amount);
  store<u32>(count, bytes);
  let error: i32 = 0;
  if (bytes > 0) {
    const pager = pager_of(node);
    error = ENOMEM;
    if (pager != null) {
      node_touch(node, INODE_ACCESS_TIME);
      volume_unlock();
      error = read_data(pager, <u32>start, bytes, data);
      volume_lock();
      pager_release(pager);
    }
    if (error == 0 && offset == AT_POINTER) open.offset = start + <u64>bytes;
  }
  unlock_node(node);
  open_release(open);
  volume_unlock();
  return fail(error);
}

/** Takes blocks for the bytes to be written; how many of them there is room for, with the error in `refusal`. */
function make_room(pager: FilePager, start: u64, bytes: u32): u32 {
  const node = pager.node;
  const old = node_size(node);
  const end = start + <u64>bytes;
  // The size bounds what blocks are taken.
  if (end > old) node_set_size(node, end);
  const first = <u32>(start / <u64>PAGE_SIZE);
  const last = <u32>((end - 1) / <u64>PAGE_SIZE);
  let page = first;
  refusal = 0;
  while (page <= last && refusal == 0) {
    refusal = take_pages(pager, page, 1);
    if (refusal == 0) page++;
  }
  if (refusal == 0) return bytes;
  const reached = max<u64>(<u64>page * <u64>PAGE_SIZE, start);
  if (end > old) node_set_size(node, max<u64>(old, reached > start ? reached : 0));
  return <u32>(reached - start);
}

/** Writes `bytes` bytes from `data`; how many goes to `amount`. Both locks are held. An error, or 0. */
function write_data(open: Open, offset: u64, data: usize, bytes: u32, amount: usize): i32 {
  const node = open.node;
  const append = (open.flags & O_APPEND) != 0;
  const pointer = offset == AT_POINTER;
  const start = append ? node_size(node) : pointer ? open.offset : offset;
  store<u32>(amount, 0);
  if (bytes == 0) return 0;
  if (start > LARGEST || <u64>bytes > LARGEST - start) return EFBIG;
  const writable = volume_writable();
  if (writable != 0) return writable;
  const pager = pager_of_size(node, start + <u64>bytes);
  if (pager == null) return ENOMEM;
  const room = make_room(pager, start, bytes);
  let error: i32 = refusal;
  if (room > 0) {
    if (start + <u64>room >= 0x80000000) volume_has_large_file();
    pager.written = 1;
    volume_unlock();
    const good = pager_copy(pager, <u32>start, data, room, true);
    volume_lock();
    error = good ? 0 : EIO;
    node_touch(node, INODE_MODIFY_TIME);
    node_touch(node, INODE_CHANGE_TIME);
  }
  pager_release(pager);
  if (error != 0) return error;
  store<u32>(amount, room);
  if (pointer) open.offset = start + <u64>room;
  return 0;
}

/** pager_of, with a page map for a file that will have `size` bytes. */
function pager_of_size(node: Node, size: u64): FilePager | null {
  const old = node_size(node);
  if (size <= old) return pager_of(node);
  node_set_size(node, size);
  const pager = pager_of(node);
  node_set_size(node, old);
  return pager;
}

function write_file(port: u32, offset: u64, data: usize, bytes: u32, amount: usize): i32 {
  volume_lock();
  const open = opened(port, O_WRITE);
  let error: i32 = refusal;
  if (open != null) {
    const node = open.node;
    lock_node(node);
    error = write_data(open, offset, data, bytes, amount);
    unlock_node(node);
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}

/** Waits for the pages of a client's memory, as long as no lock is held: its pager may be slow, or never answer. */
function fetch_data(data: usize, bytes: u32): bool {
  const byte = stackAlloc(4);
  const end = data + bytes;
  let good: bool = true;
  for (let at = data; at < end && good; at = trunc_page(<u32>at) + PAGE_SIZE)
    good = guarded_copy(byte, at, 1);
  return good;
}

function on_write(port: u32, offset: u64, data: usize, bytes: u32, amount: usize): i32 {
  const result = fetch_data(data, bytes) ? write_file(port, offset, data, bytes, amount) : fail(EIO);
  if (bytes != 0) vm_deallocate(task_self(), <u32>data, bytes);
  return result;
}

function seek(open: Open, position: usize, whence: u32): i32 {
  const offset = load<i64>(position);
  let from: i64 = 0;
  if (whence == SEEK_CUR) from = <i64>open.offset;
  else if (whence == SEEK_END) from = <i64>node_size(open.node);
  else if (whence != SEEK_SET) return EINVAL;
  if (from + offset < 0) return EINVAL;
  open.offset = <u64>(from + offset);
  store<u64>(position, open.offset);
  return 0;
}

function on_seek(port: u32, offset: u64, whence: u32, position: usize): i32 {
  store<u64>(position, offset);
  return with_open(port, seek, position, whence);
}

function fill_status(open: Open, status: usize, _unused: u32): i32 {
  const node = open.node;
  const inode = inode_of(node);
  memory.fill(status, 0, STAT_WORDS_SIZE);
  store<u32>(status, node.number, STAT_INODE);
  store<u32>(status, node_mode(node), STAT_MODE);
  store<u32>(status, node_links(node), STAT_LINKS);
  store<u32>(status, load<u16>(inode, INODE_UID), STAT_UID);
  store<u32>(status, load<u16>(inode, INODE_GID), STAT_GID);
  store<u64>(status, node_size(node), STAT_SIZE);
  store<u32>(status, load<u32>(inode, INODE_ACCESS_TIME), STAT_ACCESS_TIME);
  store<u32>(status, load<u32>(inode, INODE_MODIFY_TIME), STAT_MODIFY_TIME);
  store<u32>(status, load<u32>(inode, INODE_CHANGE_TIME), STAT_CHANGE_TIME);
  store<u32>(status, load<u32>(inode, INODE_SECTORS), STAT_SECTORS);
  store<u32>(status, block_bytes, STAT_BLOCK_SIZE);
  return 0;
}

function on_stat(port: u32, status: usize): i32 {
  return with_open(port, fill_status, status, 0);
}

function map(open: Open, object: usize, _unused: u32): i32 {
  if (!node_is(open.node, EXT2_MODE_FILE)) return EINVAL;
  if ((open.flags & O_READ) == 0) return EBADF;
  const pager = pager_of(open.node);
  if (pager == null) return ENOMEM;
  pager.given = 1;
  if ((open.flags & O_WRITE) != 0) pager.written = 1;
  store<u32>(object, pager.port);
  pager_release(pager);
  return 0;
}

function on_map(port: u32, object: usize): i32 {
  return with_open(port, map, object, 0);
}

export function io_initialize(): void {
  serve_io_write(on_write);
  serve_io_write_inband(write_file);
  serve_io_read(on_read);
  serve_io_seek(on_seek);
  serve_io_stat(on_stat);
  serve_io_map(on_map);
}
