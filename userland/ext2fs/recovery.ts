// Mounting: finding or making the journal, carrying out what it holds, and ending inodes that only openings kept alive.
import { EIO, ENOENT, ENOMEM } from "../../abi/errno";
import { EXT2_MODE_FILE, EXT2_ROOT_INODE, INODE_LINKS, INODE_MODE } from "../../abi/ext2";
import { free, malloc } from "../lib/heap";
import { block_read } from "./blocks";
import { file_create, file_lookup, file_node, file_set_size, file_system_sync, file_unlink } from "./files";
import { journal_attach, journal_clear, journal_limit, journal_replay } from "./journal";
import { Node, node_block, node_error, node_get, node_is, node_orphan, node_put, node_size } from "./node";
import {
  block_bytes,
  inode_block,
  inode_in_use,
  inode_offset,
  volume_blocks,
  volume_free_blocks,
  volume_inodes,
  volume_was_in_use,
  volume_writable,
} from "./volume";

const NAME: usize = memory.data<u8>([46, 106, 111, 117, 114, 110, 97, 108]);
const NAME_LENGTH: u32 = 8;
const MOST_BLOCKS: u32 = 256;
const LEAST_BLOCKS: u32 = 32;

/** The journal's inode, which nobody may write to; 0 without one. */
export let journal_inode: u32 = 0;

/** How many blocks a new journal gets: one for 32 of the volume, within bounds. */
function wanted_blocks(): u32 {
  return max<u32>(min<u32>(min<u32>(volume_blocks / 32, MOST_BLOCKS), journal_limit()), LEAST_BLOCKS);
}

/** Numbers of the file's blocks, in memory that is the caller's; 0 when they cannot be had. */
function list_blocks(node: Node, count: u32, make: bool): u32 {
  const numbers = malloc(count * 4);
  if (numbers == 0) return 0;
  for (let index: u32 = 0; index < count; index++) {
    const block = node_block(node, index, make);
    store<u32>(numbers + index * 4, block);
    if (block == 0) {
      free(numbers);
      return 0;
    }
  }
  return numbers;
}

/** Makes the journal's file. Without room for it, the volume goes without. 0 or an error. */
function make_journal(root: Node): i32 {
  const count = wanted_blocks();
  if (volume_free_blocks() < 4 * count) return 0;
  let error = file_create(root, NAME, NAME_LENGTH, (<u32>EXT2_MODE_FILE) | 0x180);
  if (error != 0) return 0;
  const node = file_node()!;
  const numbers = list_blocks(node, count, true);
  if (numbers == 0) {
    node_put(node);
    return file_unlink(root, NAME, NAME_LENGTH, false);
  }
  error = file_set_size(node, <u64>(count * block_bytes));
  if (error == 0) error = file_system_sync(false);
  if (error != 0) return error;
  // The reference to the node stays: the file is in use for good.
  journal_inode = node.number;
  error = journal_attach(numbers, count);
  return error != 0 ? error : journal_clear();
}

/** Uses the file that is there. As journal_replay. */
function use_journal(node: Node): i32 {
  const count = <u32>min<u64>(node_size(node) / <u64>block_bytes, <u64>(journal_limit() + 1));
  if (!node_is(node, EXT2_MODE_FILE) || count < 2) return -EIO;
  const numbers = list_blocks(node, count, false);
  if (numbers == 0) return -(node_error != 0 ? node_error : ENOMEM);
  const error = journal_attach(numbers, count);
  if (error != 0) return -error;
  journal_inode = node.number;
  return journal_replay();
}

/**
 * Finds or makes the journal of the volume that was just mounted. 1: it had something to carry out, and the volume must be
 * mounted anew; 0; or minus an error.
 */
export function recovery_begin(): i32 {
  journal_inode = 0;
  if (volume_writable() != 0) return 0;
  const root = node_get(EXT2_ROOT_INODE);
  if (root == null) return -node_error;
  let result = file_lookup(root, NAME, NAME_LENGTH);
  if (result == 0) result = use_journal(file_node()!);
  else result = result == ENOENT ? -make_journal(root) : -result;
  node_put(root);
  return result;
}

/** Ends inodes that lost their last name while they were open, if the volume was in use when the machine stopped. 0 or an error. */
export function recovery_finish(): i32 {
  if (volume_writable() != 0 || !volume_was_in_use()) return 0;
  let result: i32 = 0;
  for (let number: u32 = 1; number <= volume_inodes; number++) {
    if (!inode_in_use(number)) continue;
    const table = block_read(inode_block(number));
    if (table == 0) return EIO;
    const inode = table + inode_offset(number);
    if (load<u16>(inode + INODE_MODE) == 0 || load<u16>(inode + INODE_LINKS) != 0) continue;
    const error = node_orphan(number);
    if (result == 0) result = error;
  }
  return result;
}
