// A read-only reader of ext2 for programs that run before any file server. It believes nothing: every number from the
// disk is checked before it is used, so that a damaged file system gives an error and no endless loop.
import {
  DIRENT_INODE,
  DIRENT_LENGTH,
  DIRENT_NAME,
  DIRENT_NAME_LENGTH,
  EXT2_DIRECT_BLOCKS,
  EXT2_FEATURE_INCOMPAT_FILETYPE,
  EXT2_GROUP_SIZE,
  EXT2_INODE_SIZE,
  EXT2_MAGIC,
  EXT2_MAX_BLOCK_SIZE,
  EXT2_MODE_DIRECTORY,
  EXT2_MODE_FILE,
  EXT2_MODE_TYPE,
  EXT2_ROOT_INODE,
  EXT2_SUPERBLOCK_OFFSET,
  EXT2_SUPERBLOCK_SIZE,
  GD_INODE_TABLE,
  INODE_BLOCKS,
  INODE_MODE,
  INODE_SIZE,
  SB_BLOCKS_COUNT,
  SB_FEATURE_INCOMPAT,
  SB_FIRST_DATA_BLOCK,
  SB_INODE_SIZE,
  SB_INODES_COUNT,
  SB_INODES_PER_GROUP,
  SB_LOG_BLOCK_SIZE,
  SB_MAGIC,
  SB_REVISION,
} from "../../abi/ext2";
import { SECTOR_SIZE } from "../../abi/mbr";

/** Reads `count` sectors from `sector` on into `buffer`; returns 0 or the device's error. */
export type SectorReader = (device: u32, sector: u32, buffer: usize, count: u32) => i32;

export const EXT2_OK: i32 = 0;
/** Not an ext2 file system, or one with features that this reader does not know. */
export const EXT2_NOT_EXT2: i32 = 1;
/** Numbers that cannot be. */
export const EXT2_CORRUPT: i32 = 2;
export const EXT2_NOT_FOUND: i32 = 3;
export const EXT2_NOT_A_FILE: i32 = 4;
export const EXT2_TOO_LARGE: i32 = 5;
/** The device failed; `ext2_device_error` has its code. */
export const EXT2_IO: i32 = 6;

export let ext2_device_error: i32 = 0;

// The one mounted volume.
let device: u32 = 0;
let reader: usize = 0;
let block_size: u32 = 0;
let blocks: u32 = 0;
let inodes: u32 = 0;
let inodes_per_group: u32 = 0;
let inode_size: u32 = 0;
let descriptor_block: u32 = 0;

const metadata: usize = memory.data(4096, 16);
const pointers: usize = memory.data(4096, 16);
const inode: usize = memory.data(128, 16);
/** the block that `pointers` holds, 0 for none */
let pointer_block: u32 = 0;

function read_sectors(sector: u32, buffer: usize, count: u32): i32 {
  ext2_device_error = changetype<SectorReader>(reader)(device, sector, buffer, count);
  return ext2_device_error == 0 ? EXT2_OK : EXT2_IO;
}

function read_blocks(block: u32, buffer: usize, count: u32): i32 {
  if (block >= blocks || count > blocks - block) return EXT2_CORRUPT;
  const per_block = block_size / SECTOR_SIZE;
  return read_sectors(block * per_block, buffer, count * per_block);
}

/** Makes `device` the volume that the other functions read. */
export function ext2_mount(on: u32, read: SectorReader): i32 {
  device = on;
  reader = changetype<usize>(read);
  pointer_block = 0;
  const result = read_sectors(
    EXT2_SUPERBLOCK_OFFSET / SECTOR_SIZE,
    metadata,
    EXT2_SUPERBLOCK_SIZE / SECTOR_SIZE,
  );
  if (result != EXT2_OK) return result;
  if (<u32>load<u16>(metadata + SB_MAGIC) != EXT2_MAGIC) return EXT2_NOT_EXT2;
  const features = load<u32>(metadata + SB_FEATURE_INCOMPAT);
  if ((features & ~(<u32>EXT2_FEATURE_INCOMPAT_FILETYPE)) != 0) return EXT2_NOT_EXT2;
  const log = load<u32>(metadata + SB_LOG_BLOCK_SIZE);
  if (log > 2) return EXT2_NOT_EXT2;
  block_size = (<u32>1024) << log;
  blocks = load<u32>(metadata + SB_BLOCKS_COUNT);
  inodes = load<u32>(metadata + SB_INODES_COUNT);
  inodes_per_group = load<u32>(metadata + SB_INODES_PER_GROUP);
  inode_size = load<u32>(metadata + SB_REVISION) == 0 ? EXT2_INODE_SIZE : load<u16>(metadata + SB_INODE_SIZE);
  descriptor_block = load<u32>(metadata + SB_FIRST_DATA_BLOCK) + 1;
  const power_of_two = (inode_size & (inode_size - 1)) == 0;
  if (!power_of_two || inode_size < <u32>EXT2_INODE_SIZE || inode_size > block_size) return EXT2_CORRUPT;
  if (inodes_per_group == 0 || blocks > 0x00ffffff) return EXT2_CORRUPT;
  return EXT2_OK;
}

/** Loads inode `number` into `inode`. */
function load_inode(number: u32): i32 {
  if (number == 0 || number > inodes) return EXT2_CORRUPT;
  const group = (number - 1) / inodes_per_group;
  const index = (number - 1) % inodes_per_group;
  const descriptors = block_size / EXT2_GROUP_SIZE;
  let result = read_blocks(descriptor_block + group / descriptors, metadata, 1);
  if (result != EXT2_OK) return result;
  const table = load<u32>(metadata + (group % descriptors) * EXT2_GROUP_SIZE + GD_INODE_TABLE);
  const per_block = block_size / inode_size;
  result = read_blocks(table + index / per_block, metadata, 1);
  if (result != EXT2_OK) return result;
  memory.copy(inode, metadata + (index % per_block) * inode_size, EXT2_INODE_SIZE);
  return EXT2_OK;
}

/** Follows one pointer of an indirect block; failures read as a bad block number. */
function follow(block: u32, index: u32): u32 {
  if (block == 0) return 0;
  if (block != pointer_block) {
    pointer_block = 0;
    if (read_blocks(block, pointers, 1) != EXT2_OK) return 0xffffffff;
    pointer_block = block;
  }
  return load<u32>(pointers + index * 4);
}

/** The disk block that holds block `index` of the loaded inode; 0 for a hole. */
function block_of(index: u32): u32 {
  const direct: u32 = EXT2_DIRECT_BLOCKS;
  if (index < direct) return load<u32>(inode + INODE_BLOCKS + index * 4);
  index -= direct;
  const per_block = block_size / 4;
  if (index < per_block) return follow(load<u32>(inode + INODE_BLOCKS + direct * 4), index);
  index -= per_block;
  const square = per_block * per_block;
  if (index < square) {
    const outer = follow(load<u32>(inode + INODE_BLOCKS + direct * 4 + 4), index / per_block);
    return follow(outer, index % per_block);
  }
  index -= square;
  const top = follow(load<u32>(inode + INODE_BLOCKS + direct * 4 + 8), index / square);
  const middle = follow(top, (index / per_block) % per_block);
  return follow(middle, index % per_block);
}

/** How many blocks from `index` on lie one behind the other on the disk, at most `limit`. */
function run_length(index: u32, first: u32, limit: u32): u32 {
  let count: u32 = 1;
  while (count < limit && block_of(index + count) == first + count) count++;
  return count;
}

const MAX_RUN: u32 = 16;

/** Reads `count` whole blocks of the loaded inode. Holes read as zero. */
function read_inode_blocks(index: u32, buffer: usize, count: u32): i32 {
  while (count > 0) {
    const block = block_of(index);
    let run: u32 = 1;
    if (block == 0) memory.fill(buffer, 0, block_size);
    else {
      run = run_length(index, block, min<u32>(count, MAX_RUN));
      const result = read_blocks(block, buffer, run);
      if (result != EXT2_OK) return result;
    }
    index += run;
    count -= run;
    buffer += run * block_size;
  }
  return EXT2_OK;
}

const directory: usize = memory.data(4096, 16);

function name_matches(entry: usize, name: usize, length: u32): bool {
  if (<u32>load<u8>(entry + DIRENT_NAME_LENGTH) != length) return false;
  return memory.compare(entry + DIRENT_NAME, name, length) == 0;
}

/** Looks for a name in the block that `directory` holds: the inode, 0 if not there, all ones if the block is bad. */
function search_block(name: usize, length: u32): u32 {
  for (let at: u32 = 0; at < block_size;) {
    const entry = directory + at;
    const step: u32 = load<u16>(entry + DIRENT_LENGTH);
    const shortest = <u32>DIRENT_NAME + load<u8>(entry + DIRENT_NAME_LENGTH);
    if (step < shortest || (step & 3) != 0 || step > block_size - at) return 0xffffffff;
    const number = load<u32>(entry + DIRENT_INODE);
    if (number != 0 && name_matches(entry, name, length)) return number;
    at += step;
  }
  return 0;
}

function is_type(type: u32): bool {
  return ((<u32>load<u16>(inode + INODE_MODE)) & EXT2_MODE_TYPE) == type;
}

/** Looks `name` up in the loaded inode, a directory, and loads what it names. */
function enter(name: usize, length: u32): i32 {
  if (!is_type(EXT2_MODE_DIRECTORY)) return EXT2_NOT_FOUND;
  const count = load<u32>(inode + INODE_SIZE) / block_size;
  if (count > blocks) return EXT2_CORRUPT;
  for (let index: u32 = 0; index < count; index++) {
    const result = read_inode_blocks(index, directory, 1);
    if (result != EXT2_OK) return result;
    const number = search_block(name, length);
    if (number == 0xffffffff) return EXT2_CORRUPT;
    if (number != 0) return load_inode(number);
  }
  return EXT2_NOT_FOUND;
}

/** Makes the file at an absolute path the one that `ext2_size` and `ext2_read` mean. */
export function ext2_open(path: usize): i32 {
  let result = load_inode(EXT2_ROOT_INODE);
  while (result == EXT2_OK) {
    while (load<u8>(path) == 47) path++;
    if (load<u8>(path) == 0) break;
    let length: u32 = 0;
    while (load<u8>(path + length) != 0 && load<u8>(path + length) != 47) length++;
    result = enter(path, length);
    path += length;
  }
  if (result != EXT2_OK) return result;
  if (!is_type(EXT2_MODE_FILE)) return EXT2_NOT_A_FILE;
  return load<i32>(inode + INODE_SIZE) < 0 ? EXT2_TOO_LARGE : EXT2_OK;
}

/** Size in bytes of the open file. */
export function ext2_size(): u32 {
  return load<u32>(inode + INODE_SIZE);
}

/** How much room `ext2_read` needs: the size rounded up to the largest block size. */
export function ext2_room(): u32 {
  return (ext2_size() + EXT2_MAX_BLOCK_SIZE - 1) & ~(<u32>EXT2_MAX_BLOCK_SIZE - 1);
}

/** Reads the whole open file into `buffer` of `ext2_room()` bytes. */
export function ext2_read(buffer: usize): i32 {
  return read_inode_blocks(0, buffer, (ext2_size() + block_size - 1) / block_size);
}
