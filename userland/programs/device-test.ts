// Devices: names, the disk in records, its partitions, the console's status, and the code of every mistake. What is written
// to the disk goes to a sector between the partition table and the first partition, and is put back as it was.
import { stackAlloc } from "../../guest/i386";
import {
  D_INVALID_OPERATION,
  D_INVALID_RECNUM,
  D_INVALID_SIZE,
  D_NO_SUCH_DEVICE,
} from "../../abi/kern_return";
import { MACH_SEND_INVALID_DEST } from "../../abi/mach_msg";
import {
  MBR_PARTITIONS,
  MBR_SIGNATURE,
  MBR_SIGNATURE_VALUE,
  PARTITION_SECTORS,
  PARTITION_START,
  SECTOR_SIZE,
} from "../../abi/mbr";
import {
  D_READ,
  D_WRITE,
  DEV_GET_RECORDS,
  DEV_GET_SIZE,
  DEV_GET_SIZE_COUNT,
  DEV_NAME_MAX,
  DEV_STATUS_MAX,
  IO_INBAND_MAX,
} from "../../abi/task_types";
import { TTY_STATUS, TTY_STATUS_COUNT } from "../../abi/tty";
import {
  device_close,
  device_get_status,
  device_open,
  device_read,
  device_read_inband,
  device_set_status,
  device_write,
  device_write_inband,
} from "../generated/device.generated";
import { vm_deallocate } from "../generated/mach.generated";
import { check, check_equals } from "../lib/check";
import { open_device } from "../lib/disk";
import { task_self } from "../lib/mach";
import { begin, device_port, finish } from "../lib/process";
import { vm_allocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

/** The sector that is written. */
const SPARE_SECTOR: u32 = 7;
/** More sectors than one command of the drive takes. */
const MANY_SECTORS: u32 = 300;

/** Opens a device that may be open already; 0 when it cannot be. */
function open(name: string): u32 {
  const port = stackAlloc(4);
  return open_device(device_port, D_READ | D_WRITE, name, port) == 0 ? load<u32>(port) : 0;
}

function open_code(name: string): i32 {
  return open_device(device_port, D_READ, name, stackAlloc(4));
}

/** Reads whole records into fresh memory; its address, or 0. */
function read(device: u32, record: u32, size: u32): u32 {
  const data = stackAlloc(4);
  const count = stackAlloc(4);
  if (device_read(device, 0, record, size, data, count) != 0) return 0;
  return load<u32>(count) == size ? load<u32>(data) : 0;
}

function read_code(device: u32, record: u32, size: u32): i32 {
  return device_read(device, 0, record, size, stackAlloc(4), stackAlloc(4));
}

function release(data: u32, size: u32): void {
  vm_deallocate(task_self(), data, size);
}

/** Word `index` of a status; the whole status must have two words. */
function status_word(device: u32, flavor: u32, index: u32): u32 {
  const status = stackAlloc(DEV_STATUS_MAX * 4);
  const count = stackAlloc(4);
  store<u32>(count, DEV_STATUS_MAX);
  if (device_get_status(device, flavor, status, count) != 0) return 0;
  return load<u32>(count) == <u32>DEV_GET_SIZE_COUNT ? load<u32>(status + index * 4) : 0;
}

function names(): void {
  check_equals("no such driver", open_code("nothing0"), D_NO_SUCH_DEVICE);
  check_equals("no second disk", open_code("hd1"), D_NO_SUCH_DEVICE);
  check_equals("no third drive", open_code("hd2"), D_NO_SUCH_DEVICE);
  check_equals("no fourth partition", open_code("hd0s4"), D_NO_SUCH_DEVICE);
  check_equals("no partition 0", open_code("hd0s0"), D_NO_SUCH_DEVICE);
  check_equals("no partition 9", open_code("hd0s9"), D_NO_SUCH_DEVICE);
  check_equals("no name", open_code(""), D_NO_SUCH_DEVICE);
  const name = stackAlloc(DEV_NAME_MAX);
  memory.fill(name, 0x68, DEV_NAME_MAX);
  check_equals("a name without end", device_open(device_port, 0, name, stackAlloc(4)), D_NO_SUCH_DEVICE);
  store<u8>(name, 0);
  check_equals("another port", device_open(task_self(), 0, name, stackAlloc(4)), D_INVALID_OPERATION);
}

function whole_disk(disk: u32): void {
  const records = status_word(disk, DEV_GET_RECORDS, 0);
  check("the disk has records", records > MANY_SECTORS);
  check_equals("of one sector", status_word(disk, DEV_GET_RECORDS, 1), SECTOR_SIZE);
  check_equals("and a size", status_word(disk, DEV_GET_SIZE, 0), records * SECTOR_SIZE);
  check_equals(
    "no other status",
    device_get_status(disk, 9, stackAlloc(4), stackAlloc(4)),
    D_INVALID_OPERATION,
  );

  check_equals("half a record", read_code(disk, 0, 100), D_INVALID_SIZE);
  check_equals("less than nothing", read_code(disk, 0, 0xfffffe00), D_INVALID_SIZE);
  check_equals("behind the end", read_code(disk, records, SECTOR_SIZE), D_INVALID_RECNUM);
  check_equals("far behind", read_code(disk, 0xffffffff, SECTOR_SIZE), D_INVALID_RECNUM);
  const data = stackAlloc(4);
  const count = stackAlloc(4);
  check_equals("over the end", device_read(disk, 0, records - 1, 4 * SECTOR_SIZE, data, count), 0);
  check_equals("comes what is there", load<u32>(count), SECTOR_SIZE);
  release(load<u32>(data), load<u32>(count));
  check_equals("nothing", device_read(disk, 0, 0, 0, data, count), 0);
  check_equals("is nothing", load<u32>(count) | load<u32>(data), 0);
  const inband = stackAlloc(IO_INBAND_MAX);
  store<u32>(count, IO_INBAND_MAX);
  check_equals("part of a record", device_read_inband(disk, 0, 0, 100, inband, count), D_INVALID_SIZE);
}

/** One long transfer must read what many short ones do. */
function long_transfer(disk: u32): void {
  const size = MANY_SECTORS * <u32>SECTOR_SIZE;
  const all = read(disk, 0, size);
  if (!check("a long transfer", all != 0)) return;
  let same = true;
  for (let sector: u32 = 0; sector < MANY_SECTORS && same; sector += 37) {
    const one = read(disk, sector, SECTOR_SIZE);
    same = one != 0 && memory.compare(one, all + sector * SECTOR_SIZE, SECTOR_SIZE) == 0;
    release(one, SECTOR_SIZE);
  }
  check("reads what short ones do", same);
  release(all, size);
}

function partition(disk: u32): void {
  const table = read(disk, 0, SECTOR_SIZE);
  const part = open("hd0s1");
  if (!check("a partition table", table != 0) || !check("a partition", part != 0)) return;
  check_equals("the table is signed", load<u16>(table + MBR_SIGNATURE), MBR_SIGNATURE_VALUE);
  const start = load<u32>(table + MBR_PARTITIONS + PARTITION_START);
  const sectors = load<u32>(table + MBR_PARTITIONS + PARTITION_SECTORS);
  check_equals("the partition's records", status_word(part, DEV_GET_RECORDS, 0), sectors);
  const inside = read(part, 2, SECTOR_SIZE);
  const outside = read(disk, start + 2, SECTOR_SIZE);
  check("begin where the table says", memory.compare(inside, outside, SECTOR_SIZE) == 0);
  check_equals("and end there", read_code(part, sectors, SECTOR_SIZE), D_INVALID_RECNUM);
  check_equals("the partition closes", device_close(part), 0);
  release(table, SECTOR_SIZE);
  release(inside, SECTOR_SIZE);
  release(outside, SECTOR_SIZE);
}

function writing(disk: u32): void {
  const slot = stackAlloc(4);
  const written = stackAlloc(4);
  const before = read(disk, SPARE_SECTOR, SECTOR_SIZE);
  vm_allocate(task_self(), slot, SECTOR_SIZE, 1);
  const data = load<u32>(slot);
  for (let at: u32 = 0; at < <u32>SECTOR_SIZE; at += 4) store<u32>(data + at, at * 0x9e3779b1);
  check_equals("a record is written", device_write(disk, 0, SPARE_SECTOR, data, SECTOR_SIZE, written), 0);
  check_equals("all of it", load<u32>(written), SECTOR_SIZE);
  const after = read(disk, SPARE_SECTOR, SECTOR_SIZE);
  check("and read back", after != 0 && memory.compare(after, data, SECTOR_SIZE) == 0);
  device_write(disk, 0, SPARE_SECTOR, before, SECTOR_SIZE, written);
  const again = read(disk, SPARE_SECTOR, SECTOR_SIZE);
  check("and put back", again != 0 && memory.compare(again, before, SECTOR_SIZE) == 0);
  check_equals("no part of a record", device_write(disk, 0, 0, data, 100, written), D_INVALID_SIZE);
  check_equals(
    "not behind the end",
    device_write(disk, 0, 0xffffff, data, SECTOR_SIZE, written),
    D_INVALID_RECNUM,
  );
  release(before, SECTOR_SIZE);
  release(after, SECTOR_SIZE);
  release(again, SECTOR_SIZE);
  release(data, SECTOR_SIZE);
}

function console(): void {
  const port = open("console");
  if (!check("the console", port != 0)) return;
  const status = stackAlloc(DEV_STATUS_MAX * 4);
  const count = stackAlloc(4);
  store<u32>(count, DEV_STATUS_MAX);
  check_equals("has a terminal's status", device_get_status(port, TTY_STATUS, status, count), 0);
  check_equals("of four words", load<u32>(count), TTY_STATUS_COUNT);
  check_equals("which can be set", device_set_status(port, TTY_STATUS, status, TTY_STATUS_COUNT), 0);
  check_equals("if whole", device_set_status(port, TTY_STATUS, status, 1), D_INVALID_OPERATION);
  check_equals("no records", device_get_status(port, DEV_GET_SIZE, status, count), D_INVALID_OPERATION);
  store<u32>(status, 0x0a216968);
  check_equals("four bytes", device_write_inband(port, 0, 0, status, 4, count), 0);
  check_equals("are written", load<u32>(count), 4);
  check_equals("closed", device_close(port), 0);
}

function closing(disk: u32): void {
  const same = open("hd0");
  check_equals("opened again it is the same", same, disk);
  check_equals("closed once", device_close(disk), 0);
  check("it still reads", read(disk, 0, SECTOR_SIZE) != 0);
  check_equals("closed twice", device_close(disk), 0);
  check_equals("it is dead", read_code(disk, 0, SECTOR_SIZE), MACH_SEND_INVALID_DEST);
  check_equals("no device", device_close(task_self()), D_NO_SUCH_DEVICE);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  names();
  const disk = open("hd0");
  if (check("the disk", disk != 0)) {
    whole_disk(disk);
    long_transfer(disk);
    partition(disk);
    writing(disk);
    console();
    closing(disk);
  }
  return finish();
}
