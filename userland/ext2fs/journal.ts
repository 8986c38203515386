// Metadata goes to the disk in transactions: all that changed between two syncs, or nothing of it. The changed blocks are
// first written to the file /.journal, then a header that names them, then to their places; a header that is there when the
// volume is mounted is carried out then. What a file held at its last sync, and its names, survive any stop; what was done
// since may be lost, but never half of it. File data are not in the journal: a block that was freed since the last sync is
// not used again before the next one (volume.ts), so that they never overwrite what the disk still needs.
import { EIO, ENOMEM } from "../../abi/errno";
import { free, malloc } from "../lib/heap";
import { blocks_write_changed, blocks_write_in_place, data_read, data_write } from "./blocks";
import { block_bytes, is_block } from "./volume";

const MAGIC: u32 = 0x4c4e524a;
// Words of the header: magic, blocks, checksum; then where each block belongs.
const COUNT: usize = 4;
const CHECKSUM: usize = 8;
const PLACES: usize = 12;

/** The blocks of the journal's file: the header's, then those of the copies. */
let blocks: u32 = 0;
/** How many copies there is room for; 0: there is no journal. */
export let journal_room: u32 = 0;
let header: u32 = 0;
let failed: i32 = 0;

function block_at(index: u32): u32 {
  return load<u32>(blocks + index * 4);
}

function sum(bytes: usize, from: u32): u32 {
  for (let at: u32 = 0; at < block_bytes; at += 4)
    from = ((from << 5) | (from >>> 27)) ^ load<u32>(bytes + at);
  return from;
}

/** Copies that a header has room to name. */
export function journal_limit(): u32 {
  return (block_bytes - <u32>PLACES) / 4;
}

/** Without a journal: a volume is mounted. */
export function journal_forget(): void {
  free(blocks);
  free(header);
  blocks = 0;
  header = 0;
  journal_room = 0;
}

/** Takes the file's `count` blocks, whose numbers are at `numbers` and stay there. 0 or an error. */
export function journal_attach(numbers: u32, count: u32): i32 {
  blocks = numbers;
  header = malloc(block_bytes);
  if (header == 0) return ENOMEM;
  for (let index: u32 = 0; index < count; index++) if (!is_block(block_at(index))) return EIO;
  journal_room = count - 1;
  return 0;
}

function write_header(count: u32): i32 {
  store<u32>(header, MAGIC);
  store<u32>(header, count, COUNT);
  return data_write(block_at(0), header, 1);
}

/** Begins an empty journal. */
export function journal_clear(): i32 {
  memory.fill(header, 0, block_bytes);
  return write_header(0);
}

/** Whether the header is one, and its copies are whole. */
function is_whole(copy: u32): bool {
  const count = load<u32>(header, COUNT);
  if (load<u32>(header) != MAGIC || count == 0 || count > journal_room) return false;
  let check = count;
  for (let index: u32 = 0; index < count; index++) {
    const place = load<u32>(header + PLACES + ((<usize>index) << 2));
    if (!is_block(place) && place != 0 && place != 1) return false;
    if (data_read(block_at(index + 1), copy, 1) != 0) return false;
    check = sum(copy, check ^ place);
  }
  return check == load<u32>(header, CHECKSUM);
}

/** Carries out what a stop has left in the journal. 1: that was something, and the volume must be mounted anew; 0; or minus an error. */
export function journal_replay(): i32 {
  if (data_read(block_at(0), header, 1) != 0) return -EIO;
  const copy = malloc(block_bytes);
  if (copy == 0) return -ENOMEM;
  let result: i32 = 0;
  if (is_whole(copy)) {
    result = 1;
    for (let index: u32 = 0; index < load<u32>(header, COUNT) && result == 1; index++) {
      const place = load<u32>(header + PLACES + ((<usize>index) << 2));
      if (data_read(block_at(index + 1), copy, 1) != 0 || data_write(place, copy, 1) != 0) result = -EIO;
    }
  }
  free(copy);
  return result < 0 || journal_clear() == 0 ? result : -EIO;
}

let used: u32 = 0;
let check: u32 = 0;

function add(block: u32, data: usize): bool {
  if (used == journal_room) return false;
  store<u32>(header + PLACES + ((<usize>used) << 2), block);
  used++;
  failed = data_write(block_at(used), data, 1);
  check = sum(data, check ^ block);
  return failed == 0;
}

/** Writes all changed blocks of the cache as one transaction. 0 or an error: then nothing of it is in place. */
export function journal_commit(changed: u32): i32 {
  if (changed == 0) return 0;
  if (changed > journal_room) return blocks_write_in_place();
  used = 0;
  check = changed;
  failed = 0;
  if (!blocks_write_changed(add)) return failed != 0 ? failed : EIO;
  store<u32>(header, check, CHECKSUM);
  let error = write_header(used);
  if (error == 0) error = blocks_write_in_place();
  return error != 0 ? error : write_header(0);
}
