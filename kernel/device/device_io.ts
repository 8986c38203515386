// Reading, writing and status of open devices. Data are kernel memory; out-of-line data are VmMapCopy objects.
import {
  D_INVALID_OPERATION,
  D_INVALID_RECNUM,
  D_INVALID_SIZE,
  D_IO_ERROR,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  D_WOULD_BLOCK,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  D_NOWAIT,
  DEV_GET_RECORDS,
  DEV_GET_RECORDS_COUNT,
  DEV_GET_SIZE,
  DEV_GET_SIZE_COUNT,
  IO_INBAND_MAX,
} from "../../abi/task_types";
import { TTY_FLUSH, TTY_SPEED_115200, TTY_STATUS, TTY_STATUS_COUNT } from "../../abi/tty";
import { SECTOR_SHIFT, SECTOR_SIZE } from "../i386/ide";
import { kalloc, kfree } from "../kern/zone";
import { vm_map_copy_discard, vm_map_copy_read, vm_map_copyin_kernel, VmMapCopy } from "../vm/vm_map_copy";
import { cons_available, cons_flush_input, cons_read, cons_wait_input, cons_write } from "./cons";
import { Device, DEVICE_CONSOLE, DEVICE_DISK, DEVICE_NULL } from "./device";
import { hd_transfer } from "./hd";

/** The most that one call transfers; a larger request is done in part. */
const TRANSFER_MAX: u32 = 0x100000;

/** Reads at most `wanted` bytes into `buffer` and stores how many came at `count`. */
function read_into(device: Device, mode: u32, record: u32, wanted: u32, buffer: usize, count: usize): i32 {
  if (device.kind == DEVICE_CONSOLE) return console_read(mode, wanted, buffer, count);
  const sectors = disk_sectors(device, record, wanted);
  const result = hd_transfer(device.unit, false, device.start + record, sectors, buffer);
  store<u32>(count, sectors << SECTOR_SHIFT);
  return result;
}

function console_read(mode: u32, wanted: u32, buffer: usize, count: usize): i32 {
  store<u32>(count, 0);
  if (wanted == 0) return D_SUCCESS;
  if (mode & D_NOWAIT && cons_available() == 0) return D_WOULD_BLOCK;
  if (!cons_wait_input()) return D_IO_ERROR;
  store<u32>(count, cons_read(buffer, wanted));
  return D_SUCCESS;
}

function write_from(device: Device, record: u32, buffer: usize, size: u32, count: usize): i32 {
  if (device.kind == DEVICE_CONSOLE) {
    store<u32>(count, cons_write(buffer, size));
    return D_SUCCESS;
  }
  const sectors = disk_sectors(device, record, size);
  const result = hd_transfer(device.unit, true, device.start + record, sectors, buffer);
  store<u32>(count, result == D_SUCCESS ? sectors << SECTOR_SHIFT : 0);
  return result;
}

/** Sectors of a transfer of `size` bytes that the disk has from `record` on. */
function disk_sectors(device: Device, record: u32, size: u32): u32 {
  return min<u32>(size >> SECTOR_SHIFT, device.sectors - record);
}

/** A disk of 4 GiB and more has as many bytes as a word can say. */
function disk_bytes(device: Device): u32 {
  return device.sectors >> (32 - SECTOR_SHIFT) ? 0xffffffff : device.sectors << SECTOR_SHIFT;
}

/** Whether `size` bytes can be asked for at `record`. */
function check_transfer(device: Device, record: u32, size: u32): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.kind != DEVICE_DISK) return D_SUCCESS;
  if (size & (SECTOR_SIZE - 1)) return D_INVALID_SIZE;
  return record < device.sectors ? D_SUCCESS : D_INVALID_RECNUM;
}

/** Stores a VmMapCopy (null for no bytes) at `data` and its size at `count`. Sleeps. */
export function device_read(
  device: Device,
  mode: u32,
  record: u32,
  wanted: i32,
  data: usize,
  count: usize,
): i32 {
  store<usize>(data, 0);
  store<u32>(count, 0);
  if (wanted < 0) return D_INVALID_SIZE;
  const size = min<u32>(wanted, TRANSFER_MAX);
  const checked = check_transfer(device, record, size);
  if (checked != D_SUCCESS || size == 0) return checked;
  const buffer = kalloc(size);
  if (buffer == 0) return D_NO_MEMORY;
  let result = read_into(device, mode, record, size, buffer, count);
  if (result == D_SUCCESS && vm_map_copyin_kernel(buffer, load<u32>(count), data) != KERN_SUCCESS) {
    result = D_NO_MEMORY;
  }
  kfree(buffer, size);
  return result;
}

/** At most IO_INBAND_MAX bytes go to `data`. */
export function device_read_inband(
  device: Device,
  mode: u32,
  record: u32,
  wanted: i32,
  data: usize,
  count: usize,
): i32 {
  store<u32>(count, 0);
  if (wanted < 0) return D_INVALID_SIZE;
  const size = min<u32>(wanted, IO_INBAND_MAX);
  const checked = check_transfer(device, record, size);
  if (checked != D_SUCCESS || size == 0) return checked;
  return read_into(device, mode, record, size, data, count);
}

/** Consumes `data` on success. Stores the bytes written at `written`. Sleeps. */
export function device_write(
  device: Device,
  _mode: u32,
  record: u32,
  data: VmMapCopy | null,
  size: u32,
  written: usize,
): i32 {
  store<u32>(written, 0);
  const some = min<u32>(size, TRANSFER_MAX);
  const checked = check_transfer(device, record, some);
  if (checked != D_SUCCESS) return checked;
  if (some == 0 || data == null) return D_SUCCESS;
  const buffer = kalloc(some);
  if (buffer == 0) return D_NO_MEMORY;
  let result: i32 = D_NO_MEMORY;
  if (vm_map_copy_read(data, 0, buffer, some) == KERN_SUCCESS) {
    result = write_from(device, record, buffer, some, written);
  }
  kfree(buffer, some);
  if (result == D_SUCCESS) vm_map_copy_discard(data);
  return result;
}

export function device_write_inband(
  device: Device,
  _mode: u32,
  record: u32,
  data: usize,
  size: u32,
  written: usize,
): i32 {
  store<u32>(written, 0);
  const checked = check_transfer(device, record, size);
  if (checked != D_SUCCESS || size == 0) return checked;
  return write_from(device, record, data, size, written);
}

/** The cell `count` holds the room at `status` in words, and gets the words written. */
export function device_get_status(device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const room = load<u32>(count);
  if (device.kind == DEVICE_CONSOLE) return console_get_status(flavor, status, room, count);
  if (flavor == DEV_GET_SIZE) {
    if (room < <u32>DEV_GET_SIZE_COUNT) return D_INVALID_OPERATION;
    store<u32>(status, disk_bytes(device));
  } else if (flavor == DEV_GET_RECORDS) {
    if (room < <u32>DEV_GET_RECORDS_COUNT) return D_INVALID_OPERATION;
    store<u32>(status, device.sectors);
  } else return D_INVALID_OPERATION;
  store<u32>(status + 4, SECTOR_SIZE);
  store<u32>(count, DEV_GET_SIZE_COUNT);
  return D_SUCCESS;
}

function console_get_status(flavor: u32, status: usize, room: u32, count: usize): i32 {
  if (flavor != TTY_STATUS || room < <u32>TTY_STATUS_COUNT) return D_INVALID_OPERATION;
  store<u32>(status, TTY_SPEED_115200);
  store<u32>(status + 4, TTY_SPEED_115200);
  store<u32>(status + 8, 0);
  store<u32>(status + 12, 0);
  store<u32>(count, TTY_STATUS_COUNT);
  return D_SUCCESS;
}

/** The line's speed cannot be changed: setting it is accepted and means nothing. */
export function device_set_status(device: Device, flavor: u32, _status: usize, count: u32): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.kind != DEVICE_CONSOLE) return D_INVALID_OPERATION;
  if (flavor == TTY_STATUS) return count < <u32>TTY_STATUS_COUNT ? D_INVALID_OPERATION : D_SUCCESS;
  if (flavor != TTY_FLUSH) return D_INVALID_OPERATION;
  cons_flush_input();
  return D_SUCCESS;
}
