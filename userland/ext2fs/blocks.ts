// The volume's metadata blocks in memory: a cache that writes back. What file data there is goes past it.
//
// A block's address stays good while at most BLOCKS_KEPT others are asked for.
import { EIO, ENOMEM } from "../../abi/errno";
import { EXT2_MAX_BLOCK_SIZE } from "../../abi/ext2";
import { SECTOR_SIZE } from "../../abi/mbr";
import { free, malloc } from "../lib/heap";

/** Moves `count` sectors from `sector` on; returns 0 or the device's code. */
export type SectorMover = (device: u32, sector: u32, buffer: usize, count: u32) => i32;

/** Reads `size` bytes from `sector` on into fresh pages, whose address is stored at `address`. 0 or the device's code. */
export type PageReader = (device: u32, sector: u32, size: u32, address: usize) => i32;

/** Room in the cache. */
const BUFFERS: u32 = 512;
/** Asking for so many others never takes a block away. */
export const BLOCKS_KEPT: u32 = 64;
const BUCKETS: u32 = 512;

@unmanaged
class Buffer {
  /** Next in the same bucket. */
  next!: Buffer | null;
  /** Neighbours by last use. */
  older!: Buffer | null;
  newer!: Buffer | null;
  block!: u32;
  dirty!: u32;
  data!: usize;
}

let device: u32 = 0;
let reader: usize = 0;
let writer: usize = 0;
let page_reader: usize = 0;
let sectors: u32 = 0;
let bytes: u32 = 0;

const buckets: usize = memory.data(2048);
let newest: Buffer | null = null;
let oldest: Buffer | null = null;
let count: u32 = 0;
/** Blocks that differ from the disk. */
export let blocks_changed: u32 = 0;

const MAX_BLOCK: u32 = EXT2_MAX_BLOCK_SIZE;
let zeros: u32 = 0;

/** Why the last block_read or block_new gave 0. */
export let block_error: i32 = 0;

/** Begins with an empty cache of blocks of `size` bytes on `on`. */
export function blocks_open(on: u32, read: SectorMover, write: SectorMover, size: u32): void {
  device = on;
  reader = changetype<usize>(read);
  writer = changetype<usize>(write);
  bytes = size;
  sectors = size / SECTOR_SIZE;
  memory.fill(buckets, 0, BUCKETS * 4);
  while (newest != null) {
    const buffer = newest!;
    unlink(buffer);
    free(<u32>buffer.data);
    free(changetype<u32>(buffer));
  }
  count = 0;
  blocks_changed = 0;
}

/** Reads sectors past the cache. */
export function device_sectors(on: u32, read: SectorMover, sector: u32, buffer: usize, number: u32): i32 {
  return read(on, sector, buffer, number) == 0 ? 0 : EIO;
}

/** Reads `number` neighbouring blocks past the cache: file data. 0 or EIO. */
export function data_read(block: u32, buffer: usize, number: u32): i32 {
  return changetype<SectorMover>(reader)(device, block * sectors, buffer, number * sectors) == 0 ? 0 : EIO;
}

export function data_write(block: u32, buffer: usize, number: u32): i32 {
  return changetype<SectorMover>(writer)(device, block * sectors, buffer, number * sectors) == 0 ? 0 : EIO;
}

/** Fills a block of file data with zeros on the disk. */
export function data_clear(block: u32): i32 {
  if (zeros == 0) zeros = malloc(MAX_BLOCK);
  if (zeros == 0) return ENOMEM;
  memory.fill(zeros, 0, bytes);
  return data_write(block, zeros, 1);
}

/** Reads `size` bytes from a block on into fresh pages, whose address goes to `address`. 0 or EIO. */
export function data_read_pages(block: u32, size: u32, address: usize): i32 {
  return changetype<PageReader>(page_reader)(device, block * sectors, size, address) == 0 ? 0 : EIO;
}

/** How the device gives pages of its own: the caller's to keep. */
export function blocks_page_reader(reader: PageReader): void {
  page_reader = changetype<usize>(reader);
}

function bucket(block: u32): usize {
  return buckets + ((block % BUCKETS) << 2);
}

function find(block: u32): Buffer | null {
  let buffer = load<Buffer | null>(bucket(block));
  while (buffer != null && buffer.block != block) buffer = buffer.next;
  return buffer;
}

function unlink(buffer: Buffer): void {
  const older = buffer.older;
  const newer = buffer.newer;
  if (older != null) older.newer = newer;
  else oldest = newer;
  if (newer != null) newer.older = older;
  else newest = older;
}

function link(buffer: Buffer): void {
  const last = newest;
  buffer.older = last;
  buffer.newer = null;
  if (last != null) last.newer = buffer;
  else oldest = buffer;
  newest = buffer;
}

function unhash(buffer: Buffer): void {
  let cell = bucket(buffer.block);
  while (load<Buffer | null>(cell) != buffer) {
    cell = changetype<usize>(load<Buffer | null>(cell)) + offsetof<Buffer>("next");
  }
  store<Buffer | null>(cell, buffer.next);
}

function set_dirty(buffer: Buffer, dirty: u32): void {
  blocks_changed += dirty - buffer.dirty;
  buffer.dirty = dirty;
}

function write(buffer: Buffer): i32 {
  if (buffer.dirty == 0) return 0;
  const kr = data_write(buffer.block, buffer.data, 1);
  if (kr == 0) set_dirty(buffer, 0);
  return kr;
}

/** The buffer used longest ago that need not be written; if all must be, the oldest. */
function victim(): Buffer {
  let buffer = oldest;
  while (buffer != null && buffer.dirty != 0) buffer = buffer.newer;
  return buffer != null ? buffer : oldest!;
}

/** A buffer for nobody's block: a new one, or the one used longest ago. Null: block_error. */
function spare(): Buffer | null {
  if (count < BUFFERS) {
    const address = malloc(offsetof<Buffer>());
    const data = address == 0 ? 0 : malloc(bytes);
    if (data != 0) {
      count++;
      const buffer = changetype<Buffer>(address);
      buffer.data = data;
      return buffer;
    }
    block_error = ENOMEM;
    if (count < 2 * BLOCKS_KEPT) return null;
  }
  const buffer = victim();
  block_error = write(buffer);
  if (block_error != 0) return null;
  unlink(buffer);
  unhash(buffer);
  return buffer;
}

function enter(buffer: Buffer, block: u32): void {
  buffer.block = block;
  buffer.dirty = 0;
  const cell = bucket(block);
  buffer.next = load<Buffer | null>(cell);
  store<Buffer | null>(cell, buffer);
  link(buffer);
}

/** The contents of a block. 0: block_error. */
export function block_read(block: u32): usize {
  let buffer = find(block);
  if (buffer != null) {
    unlink(buffer);
    link(buffer);
    return buffer.data;
  }
  buffer = spare();
  if (buffer == null) return 0;
  enter(buffer, block);
  block_error = data_read(block, buffer.data, 1);
  if (block_error == 0) return buffer.data;
  forget(buffer);
  return 0;
}

/** A block that was free: zeros, to be written. 0: block_error. */
export function block_new(block: u32): usize {
  let buffer = find(block);
  if (buffer != null) {
    unlink(buffer);
    link(buffer);
  } else {
    buffer = spare();
    if (buffer == null) return 0;
    enter(buffer, block);
  }
  memory.fill(buffer.data, 0, bytes);
  set_dirty(buffer, 1);
  return buffer.data;
}

/** The block has been changed in memory. */
export function block_changed(block: u32): void {
  const buffer = find(block);
  if (buffer != null) set_dirty(buffer, 1);
}

/** The block is free: its contents are nobody's any more. */
export function block_forget(block: u32): void {
  const buffer = find(block);
  if (buffer != null) forget(buffer);
}

/** Makes the buffer the first to be used again, for no block. */
function forget(buffer: Buffer): void {
  unlink(buffer);
  unhash(buffer);
  set_dirty(buffer, 0);
  buffer.block = 0xffffffff;
  const cell = bucket(buffer.block);
  buffer.next = load<Buffer | null>(cell);
  store<Buffer | null>(cell, buffer);
  const last = oldest;
  buffer.newer = last;
  buffer.older = null;
  if (last != null) last.older = buffer;
  else newest = buffer;
  oldest = buffer;
}

/** Is given a changed block; false: no more. */
export type BlockUser = (block: u32, data: usize) => bool;

/** Hands all changed blocks over, in the order of the disk. False when `use` has had enough. */
export function blocks_write_changed(use: BlockUser): bool {
  let buffer = next_dirty(0);
  while (buffer != null) {
    if (!use(buffer.block, buffer.data)) return false;
    buffer = next_dirty(buffer.block + 1);
  }
  return true;
}

/** Writes what has been changed to its places, in the order of the disk. The first error, or 0. */
export function blocks_write_in_place(): i32 {
  let result: i32 = 0;
  let from: u32 = 0;
  let buffer = next_dirty(from);
  while (buffer != null) {
    const kr = write(buffer);
    if (kr != 0 && result == 0) result = kr;
    from = buffer.block + 1;
    buffer = next_dirty(from);
  }
  return result;
}

/** The changed block with the lowest number from `from` on. */
function next_dirty(from: u32): Buffer | null {
  let best: Buffer | null = null;
  let buffer = newest;
  while (buffer != null) {
    if (buffer.dirty != 0 && buffer.block >= from && (best == null || buffer.block < best.block))
      best = buffer;
    buffer = buffer.older;
  }
  return best;
}
