// Disks: transfers wait for their turn on the IDE controller, and partitions are found in the PC's partition table.
import {
  MBR_PARTITION_COUNT,
  MBR_PARTITION_SIZE,
  MBR_PARTITIONS,
  MBR_SIGNATURE,
  MBR_SIGNATURE_VALUE,
  PARTITION_SECTORS,
  PARTITION_START,
  PARTITION_TYPE,
} from "../../abi/mbr";
import { D_IO_ERROR, D_SUCCESS } from "../../abi/kern_return";
import {
  IDE_DRIVES,
  IDE_SECTORS_MAX,
  ide_abandon,
  ide_init,
  ide_sectors,
  ide_start,
  SECTOR_SHIFT,
  SECTOR_SIZE,
} from "../i386/ide";
import { HZ } from "../kern/clock";
import {
  assert_wait,
  thread_block,
  thread_set_timeout,
  thread_wakeup,
  thread_wakeup_one,
  THREAD_TIMED_OUT,
} from "../kern/sched";
import { kalloc, kfree } from "../kern/zone";

/** A drive that takes longer for one command is given up. */
const COMMAND_SECONDS: u32 = 30;

/** The controller is somebody's. Others wait on the address of `turn`. */
let busy: bool = false;
let completed: bool = false;
let failed: bool = false;
/** Addresses that stand for events. */
const turn: usize = memory.data(4);
const completion: usize = memory.data(4);

/** Start and length of a partition, in sectors. */
@unmanaged
export class DiskRange {
  start!: u32;
  sectors!: u32;
}

export function hd_init(): void {
  const buffer = kalloc(SECTOR_SIZE);
  if (buffer == 0) return;
  ide_init(buffer);
  kfree(buffer, SECTOR_SIZE);
}

/**
 * Reads or writes `count` sectors at `lba` of a drive, which must have them. Sleeps. `buffer` is kernel memory.
 * D_SUCCESS or D_IO_ERROR.
 */
export function hd_transfer(drive: u32, write: bool, lba: u32, count: u32, buffer: usize): i32 {
  let result = D_SUCCESS;
  hd_lock();
  for (let done: u32 = 0; done < count && result == D_SUCCESS;) {
    const some = min<u32>(count - done, IDE_SECTORS_MAX);
    result = hd_command(drive, write, lba + done, some, buffer + ((<usize>done) << SECTOR_SHIFT));
    done += some;
  }
  hd_unlock();
  return result;
}

function hd_lock(): void {
  while (busy) {
    assert_wait(turn, false);
    thread_block();
  }
  busy = true;
}

function hd_unlock(): void {
  busy = false;
  thread_wakeup_one(turn);
}

function hd_command(drive: u32, write: bool, lba: u32, count: u32, buffer: usize): i32 {
  completed = false;
  ide_start(drive, write, lba, count, buffer, hd_done);
  while (!completed) {
    assert_wait(completion, false);
    thread_set_timeout(COMMAND_SECONDS * HZ);
    if (thread_block() != THREAD_TIMED_OUT || completed) continue;
    ide_abandon();
    return D_IO_ERROR;
  }
  return failed ? D_IO_ERROR : D_SUCCESS;
}

function hd_done(has_failed: bool): void {
  failed = has_failed;
  completed = true;
  thread_wakeup(completion);
}

/**
 * Finds a partition (1 to 4), or the whole disk (0). False when there is no such drive or partition; one that does not
 * lie within the disk is not there either. Sleeps.
 */
export function hd_range(drive: u32, partition: u32, range: DiskRange): bool {
  const sectors = drive < IDE_DRIVES ? ide_sectors(drive) : 0;
  range.start = 0;
  range.sectors = sectors;
  if (sectors == 0 || partition > <u32>MBR_PARTITION_COUNT) return false;
  if (partition == 0) return true;
  const table = kalloc(SECTOR_SIZE);
  if (table == 0) return false;
  const found =
    hd_transfer(drive, false, 0, 1, table) == D_SUCCESS && find_partition(table, partition, range);
  kfree(table, SECTOR_SIZE);
  return found && range.start < sectors && range.sectors <= sectors - range.start;
}

function find_partition(table: usize, partition: u32, range: DiskRange): bool {
  if (load<u16>(table + MBR_SIGNATURE) != MBR_SIGNATURE_VALUE) return false;
  const entry = table + MBR_PARTITIONS + <usize>((partition - 1) * MBR_PARTITION_SIZE);
  range.start = load<u32>(entry + PARTITION_START);
  range.sectors = load<u32>(entry + PARTITION_SECTORS);
  return load<u8>(entry + PARTITION_TYPE) != 0 && range.sectors != 0;
}
