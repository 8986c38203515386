// Disks: requests wait in a queue for the one IDE controller, which the interrupt of each command's end keeps going.
// Partitions are found in the PC's partition table.
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
import {
  D_INVALID_OPERATION,
  D_INVALID_RECNUM,
  D_INVALID_SIZE,
  D_IO_ERROR,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
} from "../../abi/kern_return";
import {
  DEV_GET_RECORDS,
  DEV_GET_RECORDS_COUNT,
  DEV_GET_SIZE,
  DEV_GET_SIZE_COUNT,
} from "../../abi/task_types";
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
import { dequeue_head, enqueue_tail, queue_empty, queue_init } from "../kern/queue";
import { Timer, timer_cancel, timer_set } from "../kern/timer";
import { kalloc, kfree } from "../kern/zone";
import { dev_ops_define, Device, DevGetStatus } from "./dev_hdr";
import {
  D_IO_QUEUED,
  IO_OPEN,
  IO_REQUEST_NULL,
  io_request_reserve,
  IO_WRITE,
  iodone,
  IoFunction,
  IoRequest,
} from "./io_req";

/** A drive that takes longer for one command is given up. */
const COMMAND_SECONDS: u32 = 30;

/** Requests that wait; the active one is not among them. */
const waiting: usize = memory.data(8);
let active: IoRequest = IO_REQUEST_NULL;
/** Sectors of the active request that are done, and of the command under way. */
let sectors_done: u32 = 0;
let sectors_now: u32 = 0;
/** start_next is at work. */
let starting: bool = false;
const watchdog: usize = memory.data(20);

export function hd_init(): void {
  queue_init(waiting);
  const buffer = kalloc(SECTOR_SIZE);
  if (buffer == 0) return;
  ide_init(buffer);
  kfree(buffer, SECTOR_SIZE);
  const ops = dev_ops_define("hd", IDE_DRIVES);
  ops.partitions = true;
  ops.open = changetype<usize>(<IoFunction>hd_open);
  ops.read = changetype<usize>(<IoFunction>hd_read);
  ops.write = changetype<usize>(<IoFunction>hd_write);
  ops.get_status = changetype<usize>(<DevGetStatus>hd_get_status);
}

// --- opening ---

/** The partition table is read for a partition. */
function hd_open(request: IoRequest): i32 {
  const device = request.device;
  device.sectors = ide_sectors(device.unit);
  if (device.sectors == 0) return D_NO_SUCH_DEVICE;
  if (device.partition == 0) return D_SUCCESS;
  if (device.partition > <u32>MBR_PARTITION_COUNT) return D_NO_SUCH_DEVICE;
  if (!io_request_reserve(request, SECTOR_SIZE)) return D_NO_MEMORY;
  request.record = 0;
  request.wanted = SECTOR_SIZE;
  return hd_strategy(request);
}

/** The table has come: the device becomes the partition. One that does not lie within the disk is not there. */
function hd_opened(request: IoRequest): void {
  const device = request.device;
  const table = request.data;
  const disk = device.sectors;
  const entry = table + MBR_PARTITIONS + <usize>((device.partition - 1) * MBR_PARTITION_SIZE);
  device.start = load<u32>(entry + PARTITION_START);
  device.sectors = load<u32>(entry + PARTITION_SECTORS);
  const used =
    load<u16>(table + MBR_SIGNATURE) == MBR_SIGNATURE_VALUE && load<u8>(entry + PARTITION_TYPE) != 0;
  const within = device.start < disk && device.sectors <= disk - device.start;
  if (!used || device.sectors == 0 || !within) request.error = D_NO_SUCH_DEVICE;
}

// --- transfers ---

function hd_read(request: IoRequest): i32 {
  const code = hd_check(request);
  if (code != D_SUCCESS || request.wanted == 0) return code;
  return io_request_reserve(request, request.wanted) ? hd_strategy(request) : D_NO_MEMORY;
}

function hd_write(request: IoRequest): i32 {
  const code = hd_check(request);
  return code != D_SUCCESS || request.wanted == 0 ? code : hd_strategy(request);
}

/** Whether the bytes can be asked for; cuts off what lies behind the disk's end. */
function hd_check(request: IoRequest): i32 {
  const device = request.device;
  if (request.wanted & (SECTOR_SIZE - 1)) return D_INVALID_SIZE;
  if (request.record >= device.sectors) return D_INVALID_RECNUM;
  const sectors = min<u32>(request.wanted >> SECTOR_SHIFT, device.sectors - request.record);
  request.wanted = sectors << SECTOR_SHIFT;
  return D_SUCCESS;
}

function hd_strategy(request: IoRequest): i32 {
  enqueue_tail(waiting, changetype<usize>(request));
  if (active == IO_REQUEST_NULL) start_next();
  return D_IO_QUEUED;
}

/** Starts requests until one is under way: a drive may refuse them at once. */
function start_next(): void {
  if (starting) return;
  starting = true;
  while (active == IO_REQUEST_NULL && !queue_empty(waiting)) {
    active = changetype<IoRequest>(dequeue_head(waiting));
    sectors_done = 0;
    start_command();
  }
  starting = false;
}

/** As much of the active request as one command can do. */
function start_command(): void {
  const request = active;
  const device = request.device;
  sectors_now = min<u32>((request.wanted >> SECTOR_SHIFT) - sectors_done, IDE_SECTORS_MAX);
  timer_set(changetype<Timer>(watchdog), COMMAND_SECONDS * HZ, hd_timeout, 0);
  ide_start(
    device.unit,
    (request.operation & IO_WRITE) != 0,
    device.start + request.record + sectors_done,
    sectors_now,
    request.data + ((<usize>sectors_done) << SECTOR_SHIFT),
    hd_done,
  );
}

/** A command has ended. */
function hd_done(failed: bool): void {
  timer_cancel(changetype<Timer>(watchdog));
  const request = active;
  if (failed) {
    request.error = D_IO_ERROR;
  } else {
    sectors_done += sectors_now;
    if (sectors_done << SECTOR_SHIFT < request.wanted) {
      start_command();
      return;
    }
    request.count = request.wanted;
    if (request.operation & IO_OPEN) hd_opened(request);
  }
  active = IO_REQUEST_NULL;
  iodone(request);
  start_next();
}

function hd_timeout(_argument: usize): void {
  ide_abandon();
  hd_done(true);
}

// --- status ---

function hd_get_status(device: Device, flavor: u32, status: usize, count: usize): i32 {
  const room = load<u32>(count);
  if (flavor == DEV_GET_SIZE) {
    if (room < <u32>DEV_GET_SIZE_COUNT) return D_INVALID_OPERATION;
    store<u32>(status, hd_bytes(device));
  } else if (flavor == DEV_GET_RECORDS) {
    if (room < <u32>DEV_GET_RECORDS_COUNT) return D_INVALID_OPERATION;
    store<u32>(status, device.sectors);
  } else return D_INVALID_OPERATION;
  store<u32>(status + 4, SECTOR_SIZE);
  store<u32>(count, DEV_GET_SIZE_COUNT);
  return D_SUCCESS;
}

/** A disk of 4 GiB and more has as many bytes as a word can say. */
function hd_bytes(device: Device): u32 {
  return device.sectors >> (32 - SECTOR_SHIFT) ? 0xffffffff : device.sectors << SECTOR_SHIFT;
}
