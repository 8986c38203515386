// The mounted ext2 volume: superblock, group descriptors, and which blocks and inodes are free. Everything from the disk is
// checked before it is used: a damaged volume gives EIO.
import { EINVAL, EIO, ENOMEM, ENOSPC, EROFS } from "../../abi/errno";
import {
  EXT2_FEATURE_INCOMPAT_FILETYPE,
  EXT2_FEATURE_RO_COMPAT_LARGE_FILE,
  EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER,
  EXT2_FIRST_INODE,
  EXT2_GROUP_SIZE,
  EXT2_INODE_SIZE,
  EXT2_MAGIC,
  EXT2_STATE_CLEAN,
  EXT2_SUPERBLOCK_OFFSET,
  EXT2_SUPERBLOCK_SIZE,
  GD_BLOCK_BITMAP,
  GD_FREE_BLOCKS,
  GD_FREE_INODES,
  GD_INODE_BITMAP,
  GD_INODE_TABLE,
  GD_USED_DIRECTORIES,
  SB_BLOCKS_COUNT,
  SB_BLOCKS_PER_GROUP,
  SB_FEATURE_INCOMPAT,
  SB_FEATURE_RO_COMPAT,
  SB_FIRST_DATA_BLOCK,
  SB_FIRST_INODE,
  SB_FREE_BLOCKS_COUNT,
  SB_FREE_INODES_COUNT,
  SB_INODE_SIZE,
  SB_INODES_COUNT,
  SB_INODES_PER_GROUP,
  SB_LOG_BLOCK_SIZE,
  SB_MAGIC,
  SB_REVISION,
  SB_STATE,
  SB_WRITE_TIME,
} from "../../abi/ext2";
import { SECTOR_SIZE } from "../../abi/mbr";
import { free, malloc } from "../lib/heap";
import {
  block_changed,
  block_error,
  block_read,
  blocks_changed,
  blocks_open,
  blocks_write_in_place,
  device_sectors,
  SectorMover,
} from "./blocks";
import { journal_commit, journal_forget, journal_room } from "./journal";

export let block_bytes: u32 = 0;
export let volume_blocks: u32 = 0;
export let volume_inodes: u32 = 0;
let first_data_block: u32 = 0;
let blocks_per_group: u32 = 0;
let inodes_per_group: u32 = 0;
let inode_bytes: u32 = 0;
let first_inode: u32 = 0;
let groups: u32 = 0;
let descriptor_block: u32 = 0;
let typed: bool = false;
/** Its features do not allow writing. */
let read_only: bool = false;
const superblock: usize = memory.data(1024, 16);
let clock: usize = 0;

/** Seconds since 1970. */
export type Clock = () => u32;

export function volume_now(): u32 {
  return changetype<Clock>(clock)();
}

/** Whether directory entries carry the file's type. */
export function volume_typed(): bool {
  return typed;
}

/** Mounts the volume on `device`. 0, EIO, EINVAL (no ext2, or features that are not known here), ENOMEM. */
export function volume_mount(device: u32, read: SectorMover, write: SectorMover, now: Clock): i32 {
  clock = changetype<usize>(now);
  const kr = device_sectors(
    device,
    read,
    EXT2_SUPERBLOCK_OFFSET / SECTOR_SIZE,
    superblock,
    EXT2_SUPERBLOCK_SIZE / SECTOR_SIZE,
  );
  if (kr != 0) return kr;
  if (<u32>load<u16>(superblock + SB_MAGIC) != EXT2_MAGIC) return EINVAL;
  const dynamic = load<u32>(superblock + SB_REVISION) != 0;
  const incompatible = dynamic ? load<u32>(superblock + SB_FEATURE_INCOMPAT) : 0;
  if (incompatible & ~(<u32>EXT2_FEATURE_INCOMPAT_FILETYPE)) return EINVAL;
  typed = incompatible != 0;
  const known: u32 = EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
  read_only = dynamic && (load<u32>(superblock + SB_FEATURE_RO_COMPAT) & ~known) != 0;
  if (!geometry(dynamic)) return EINVAL;
  blocks_open(device, read, write, block_bytes);
  journal_forget();
  return open_freed() ? check_groups() : ENOMEM;
}

/** Takes the volume's numbers from the superblock; false when they cannot be. */
function geometry(dynamic: bool): bool {
  const log = load<u32>(superblock + SB_LOG_BLOCK_SIZE);
  if (log > 2) return false;
  block_bytes = (<u32>1024) << log;
  volume_blocks = load<u32>(superblock + SB_BLOCKS_COUNT);
  volume_inodes = load<u32>(superblock + SB_INODES_COUNT);
  first_data_block = load<u32>(superblock + SB_FIRST_DATA_BLOCK);
  blocks_per_group = load<u32>(superblock + SB_BLOCKS_PER_GROUP);
  inodes_per_group = load<u32>(superblock + SB_INODES_PER_GROUP);
  inode_bytes = dynamic ? <u32>load<u16>(superblock + SB_INODE_SIZE) : EXT2_INODE_SIZE;
  first_inode = dynamic ? load<u32>(superblock + SB_FIRST_INODE) : EXT2_FIRST_INODE;
  const bits = block_bytes * 8;
  if (first_data_block != (log == 0 ? 1 : 0) || volume_blocks <= first_data_block) return false;
  if (blocks_per_group == 0 || blocks_per_group > bits) return false;
  if (inodes_per_group == 0 || inodes_per_group > bits) return false;
  if (inode_bytes < <u32>EXT2_INODE_SIZE || inode_bytes > block_bytes) return false;
  if ((inode_bytes & (inode_bytes - 1)) != 0) return false;
  groups = (volume_blocks - first_data_block + blocks_per_group - 1) / blocks_per_group;
  descriptor_block = first_data_block + 1;
  return volume_inodes == groups * inodes_per_group && volume_inodes > first_inode;
}

/** Looks at every group's descriptor once. */
function check_groups(): i32 {
  const table = (inodes_per_group * inode_bytes + block_bytes - 1) / block_bytes;
  for (let group: u32 = 0; group < groups; group++) {
    const at = descriptor(group);
    if (at == 0) return block_error;
    if (!is_block(load<u32>(at + GD_BLOCK_BITMAP)) || !is_block(load<u32>(at + GD_INODE_BITMAP))) return EIO;
    const first = load<u32>(at + GD_INODE_TABLE);
    if (!is_block(first) || table > volume_blocks - first) return EIO;
  }
  return 0;
}

/** Whether there is such a block, and it may be anybody's. */
export function is_block(block: u32): bool {
  return block > first_data_block && block < volume_blocks;
}

function descriptor_at(group: u32): u32 {
  return descriptor_block + group / (block_bytes / EXT2_GROUP_SIZE);
}

/** The group's descriptor; 0: block_error. */
function descriptor(group: u32): usize {
  const data = block_read(descriptor_at(group));
  return data == 0 ? 0 : data + (group % (block_bytes / EXT2_GROUP_SIZE)) * EXT2_GROUP_SIZE;
}

/** Adds `change` to a u16 field of the descriptor, and `change` to the superblock's sum of it. */
function count(group: u32, field: u32, sum: u32, change: i32): void {
  const at = descriptor(group);
  if (at == 0) return;
  store<u16>(at + field, <u16>(<i32>load<u16>(at + field) + change));
  block_changed(descriptor_at(group));
  if (sum != 0) store<i32>(superblock + sum, load<i32>(superblock + sum) + change);
}

/** Whether the volume takes changes: 0 or EROFS. */
export function volume_writable(): i32 {
  return read_only ? EROFS : 0;
}

/** Takes no more changes. */
export function volume_close(): void {
  read_only = true;
}

/** A file of 2 GiB or more: the superblock says that there are such. */
export function volume_has_large_file(): void {
  const features = load<u32>(superblock + SB_FEATURE_RO_COMPAT);
  store<u32>(superblock + SB_FEATURE_RO_COMPAT, features | EXT2_FEATURE_RO_COMPAT_LARGE_FILE);
}

/** Writes everything that was changed, as one transaction. While the volume is in use it is marked so. 0 or an error. */
export function volume_sync(clean: bool): i32 {
  if (read_only) return 0;
  const at = EXT2_SUPERBLOCK_OFFSET / block_bytes;
  const data = block_read(at);
  if (data == 0) return EIO;
  store<u32>(superblock + SB_WRITE_TIME, volume_now());
  store<u16>(superblock + SB_STATE, clean ? <u16>EXT2_STATE_CLEAN : 0);
  const inside = data + (EXT2_SUPERBLOCK_OFFSET % block_bytes);
  if (blocks_changed == 0 && memory.compare(inside + SB_STATE, superblock + SB_STATE, 2) == 0) return 0;
  memory.copy(inside, superblock, EXT2_SUPERBLOCK_SIZE);
  block_changed(at);
  const result = journal_room != 0 ? journal_commit(blocks_changed) : blocks_write_in_place();
  if (result == 0) forget_freed();
  return result;
}

/** Whether the volume was in use when the machine stopped. */
export function volume_was_in_use(): bool {
  return ((<u32>load<u16>(superblock + SB_STATE)) & EXT2_STATE_CLEAN) == 0;
}

// --- blocks that were freed since the last sync ---

/** A bit for each; they are not to be used again before the disk knows that they are free. */
let freed: u32 = 0;
let freed_count: u32 = 0;

function open_freed(): bool {
  free(freed);
  freed = malloc((volume_blocks >> 3) + 1);
  if (freed == 0) return false;
  freed_count = 1;
  forget_freed();
  return true;
}

function forget_freed(): void {
  if (freed_count != 0) memory.fill(freed, 0, (volume_blocks >> 3) + 1);
  freed_count = 0;
}

function note_freed(block: u32): void {
  if (journal_room == 0) return;
  const at = freed + (block >> 3);
  store<u8>(at, <u8>((<u32>load<u8>(at)) | ((<u32>1) << (block & 7))));
  freed_count++;
}

function is_freed(block: u32): bool {
  return freed_count != 0 && ((load<u8>(freed + (block >> 3)) >> (block & 7)) & 1) != 0;
}

/** Fewer blocks than this that can be had at once are too few, when more could be after a sync. */
const LEAST_AT_HAND: u32 = 1024;

/** Whether it is time for a sync, between two changes: the journal fills, or blocks are to be had by it. */
export function volume_wants_sync(): bool {
  if (journal_room == 0 || read_only) return false;
  if (blocks_changed > journal_room / 2) return true;
  return freed_count != 0 && load<u32>(superblock + SB_FREE_BLOCKS_COUNT) < freed_count + LEAST_AT_HAND;
}

// --- bitmaps --------------------------------------------------------------------------------------------------------

/** The lowest clear bit of [from, limit) in the bitmap; `limit` when there is none. */
function clear_bit(bitmap: usize, from: u32, limit: u32): u32 {
  let bit = from;
  while (bit < limit) {
    if ((bit & 31) == 0 && load<u32>(bitmap + (bit >> 3)) == 0xffffffff) {
      bit += 32;
      continue;
    }
    if (((load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) == 0) return bit;
    bit++;
  }
  return limit;
}

/** Sets or clears a bit; false when it is so already. */
function change_bit(bitmap: usize, bit: u32, on: bool): bool {
  const at = bitmap + (bit >> 3);
  const mask = (<u32>1) << (bit & 7);
  const old = <u32>load<u8>(at);
  if (((old & mask) != 0) == on) return false;
  store<u8>(at, <u8>(on ? old | mask : old & ~mask));
  return true;
}

/** Blocks of the group. */
function group_blocks(group: u32): u32 {
  return min<u32>(blocks_per_group, volume_blocks - first_data_block - group * blocks_per_group);
}

/** Why the last allocation gave 0. */
export let allocation_error: i32 = 0;

/** A free block, if possible the one at `goal` or behind it. 0: allocation_error. */
export function block_allocate(goal: u32): u32 {
  if (!is_block(goal)) goal = first_data_block;
  const first = (goal - first_data_block) / blocks_per_group;
  let from = (goal - first_data_block) % blocks_per_group;
  for (let tried: u32 = 0; tried <= groups; tried++) {
    const group = (first + tried) % groups;
    const block = allocate_in(group, tried == 0 ? from : 0);
    if (block != 0 || allocation_error != ENOSPC) return block;
  }
  return 0;
}

function allocate_in(group: u32, from: u32): u32 {
  allocation_error = ENOSPC;
  const at = descriptor(group);
  if (at == 0) return fail(block_error);
  if (load<u16>(at + GD_FREE_BLOCKS) == 0) return 0;
  const where = load<u32>(at + GD_BLOCK_BITMAP);
  const bitmap = block_read(where);
  if (bitmap == 0) return fail(block_error);
  const limit = group_blocks(group);
  const start = first_data_block + group * blocks_per_group;
  let bit = clear_bit(bitmap, from, limit);
  while (bit < limit && is_freed(start + bit)) bit = clear_bit(bitmap, bit + 1, limit);
  if (bit >= limit) return 0;
  const block = start + bit;
  if (!is_block(block)) return fail(EIO);
  change_bit(bitmap, bit, true);
  block_changed(where);
  count(group, GD_FREE_BLOCKS, SB_FREE_BLOCKS_COUNT, -1);
  return block;
}

function fail(error: i32): u32 {
  allocation_error = error;
  return 0;
}

/** Gives a block back. EIO when it is nobody's to give. */
export function block_release(block: u32): i32 {
  if (!is_block(block)) return EIO;
  const group = (block - first_data_block) / blocks_per_group;
  const at = descriptor(group);
  if (at == 0) return block_error;
  const where = load<u32>(at + GD_BLOCK_BITMAP);
  const bitmap = block_read(where);
  if (bitmap == 0) return block_error;
  if (!change_bit(bitmap, (block - first_data_block) % blocks_per_group, false)) return EIO;
  block_changed(where);
  count(group, GD_FREE_BLOCKS, SB_FREE_BLOCKS_COUNT, 1);
  note_freed(block);
  return 0;
}

// --- inodes ---------------------------------------------------------------------------------------------------------

export function inode_group(number: u32): u32 {
  return (number - 1) / inodes_per_group;
}

/** A block of the group to begin looking for free ones from. */
export function group_goal(group: u32): u32 {
  return first_data_block + group * blocks_per_group;
}

/** The block of the inode table that has inode `number`. 0: allocation_error is why. */
export function inode_block(number: u32): u32 {
  if (number == 0 || number > volume_inodes) return fail(EIO);
  const at = descriptor(inode_group(number));
  if (at == 0) return fail(block_error);
  return load<u32>(at + GD_INODE_TABLE) + ((number - 1) % inodes_per_group) / (block_bytes / inode_bytes);
}

/** Where in that block it is. */
export function inode_offset(number: u32): u32 {
  return ((number - 1) % (block_bytes / inode_bytes)) * inode_bytes;
}

/**
 * A free inode, of group `near` if possible; a directory's goes where many are free. 0: allocation_error.
 */
export function inode_allocate(near: u32, directory: bool): u32 {
  const start = directory ? emptiest_group() : near;
  for (let tried: u32 = 0; tried < groups; tried++) {
    const number = take_inode((start + tried) % groups, directory);
    if (number != 0 || allocation_error != ENOSPC) return number;
  }
  return 0;
}

function emptiest_group(): u32 {
  let best: u32 = 0;
  let most: u32 = 0;
  for (let group: u32 = 0; group < groups; group++) {
    const at = descriptor(group);
    if (at == 0) continue;
    const free: u32 = load<u16>(at + GD_FREE_INODES) == 0 ? 0 : load<u16>(at + GD_FREE_BLOCKS);
    if (free <= most) continue;
    most = free;
    best = group;
  }
  return best;
}

function take_inode(group: u32, directory: bool): u32 {
  allocation_error = ENOSPC;
  const at = descriptor(group);
  if (at == 0) return fail(block_error);
  if (load<u16>(at + GD_FREE_INODES) == 0) return 0;
  const where = load<u32>(at + GD_INODE_BITMAP);
  const bitmap = block_read(where);
  if (bitmap == 0) return fail(block_error);
  const from = group == 0 ? first_inode - 1 : 0;
  const bit = clear_bit(bitmap, from, inodes_per_group);
  if (bit == inodes_per_group) return 0;
  change_bit(bitmap, bit, true);
  block_changed(where);
  count(group, GD_FREE_INODES, SB_FREE_INODES_COUNT, -1);
  if (directory) count(group, GD_USED_DIRECTORIES, 0, 1);
  return group * inodes_per_group + bit + 1;
}

/** Whether a file's inode is marked as used. */
export function inode_in_use(number: u32): bool {
  if (number < first_inode || number > volume_inodes) return false;
  const at = descriptor(inode_group(number));
  const bitmap: usize = at == 0 ? 0 : block_read(load<u32>(at + GD_INODE_BITMAP));
  const bit = (number - 1) % inodes_per_group;
  return bitmap != 0 && ((load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) != 0;
}

/** Gives an inode back. EIO when it is free. */
export function inode_release(number: u32, directory: bool): i32 {
  if (number < first_inode || number > volume_inodes) return EIO;
  const group = inode_group(number);
  const at = descriptor(group);
  if (at == 0) return block_error;
  const where = load<u32>(at + GD_INODE_BITMAP);
  const bitmap = block_read(where);
  if (bitmap == 0) return block_error;
  if (!change_bit(bitmap, (number - 1) % inodes_per_group, false)) return EIO;
  block_changed(where);
  count(group, GD_FREE_INODES, SB_FREE_INODES_COUNT, 1);
  if (directory) count(group, GD_USED_DIRECTORIES, 0, -1);
  return 0;
}

/** Blocks that are free, for statfs. */
export function volume_free_blocks(): u32 {
  return load<u32>(superblock + SB_FREE_BLOCKS_COUNT);
}

export function volume_free_inodes(): u32 {
  return load<u32>(superblock + SB_FREE_INODES_COUNT);
}

/** Memory for a structure of the server's; 0 when there is none. */
export function allocate(bytes: u32): usize {
  const address = malloc(bytes);
  if (address == 0) allocation_error = ENOMEM;
  else memory.fill(address, 0, bytes);
  return address;
}
