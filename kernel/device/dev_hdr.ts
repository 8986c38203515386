// Devices, and what drivers are to them: a table of functions for each driver (Mach's dev_ops).
import { IpcPort } from "../ipc/ipc_port";
import { bytes_equal } from "../kern/bytes";
import { kernel_assert } from "../kern/debug";
import { enqueue_tail, queue_first, queue_init, queue_next, remqueue } from "../kern/queue";
import { zalloc, Zone, zone_create, zfree } from "../kern/zone";

@unmanaged
export class Device {
  // Link in the list of open devices: must stay first.
  next!: usize;
  prev!: usize;
  /** One for being open, one for each request, and one for each call under way. */
  ref_count!: u32;
  open_count!: u32;
  /** Null while it is not open. */
  port: IpcPort = changetype<IpcPort>(0);
  ops: DevOps = changetype<DevOps>(0);
  unit!: u32;
  /** 0: the whole disk. */
  partition!: u32;
  /** First sector of a disk or partition, and how many there are. */
  start!: u32;
  sectors!: u32;
  /** Requests not answered yet, and the kernel memory that they hold. */
  io_count!: u32;
  io_bytes!: u32;
  /** What device_map has made of it. */
  pager!: usize;
}

export const DEVICE_NULL: Device = changetype<Device>(0);

/** A driver. Functions that are not given refuse with D_INVALID_OPERATION. */
@unmanaged
export class DevOps {
  name: string = changetype<string>(0);
  /** Units from 0 on. */
  units!: u32;
  /** Has partitions. */
  partitions!: bool;
  /** A second open is refused. */
  exclusive!: bool;
  /** IoFunction: the first open; sets the device's sectors. */
  open!: usize;
  /** DevClose: the last close. */
  close!: usize;
  /** IoFunction: fills `data` and `count`, or keeps the request. */
  read!: usize;
  /** IoFunction */
  write!: usize;
  /** DevGetStatus */
  get_status!: usize;
  /** DevSetStatus */
  set_status!: usize;
  /** DevMap */
  map!: usize;
}

/** Physical address of the page at `offset` for an access of `prot`, or MAP_REFUSED. */
export type DevMap = (device: Device, offset: u32, prot: u32) => u32;
export const MAP_REFUSED: u32 = 0xffffffff;
export type DevClose = (device: Device) => void;
/** `count`: a cell with the room at `status` in words, which gets the words written. */
export type DevGetStatus = (device: Device, flavor: u32, status: usize, count: usize) => i32;
/** `count`: words at `status`. */
export type DevSetStatus = (device: Device, flavor: u32, status: usize, count: u32) => i32;

const DRIVERS_MAX: u32 = 16;
const drivers: usize = memory.data(768);
let driver_count: u32 = 0;

/** A new driver; its functions are for the caller to set. */
export function dev_ops_define(name: string, units: u32): DevOps {
  kernel_assert(driver_count < DRIVERS_MAX, "dev_ops_define: too many drivers");
  const ops = changetype<DevOps>(drivers + driver_count++ * offsetof<DevOps>());
  ops.name = name;
  ops.units = units;
  return ops;
}

/** What a name denotes: `<driver><unit>[sPART]`; a driver of one unit needs no number. */
@unmanaged
export class DevName {
  ops: DevOps = changetype<DevOps>(0);
  unit!: u32;
  partition!: u32;
}

/** The driver whose name is `text`; null for none. */
function find_driver(text: usize, length: u32): DevOps {
  for (let i: u32 = 0; i < driver_count; i++) {
    const ops = changetype<DevOps>(drivers + i * offsetof<DevOps>());
    if (bytes_equal(text, length, ops.name)) return ops;
  }
  return changetype<DevOps>(0);
}

let console_ops: DevOps = changetype<DevOps>(0);
let console_unit: u32 = 0;

/** `console` is another name of that unit. */
export function dev_set_indirect(ops: DevOps, unit: u32): void {
  console_ops = ops;
  console_unit = unit;
}

/** Looks a name of `length` bytes up. False when no driver has that name and unit. */
export function dev_name_lookup(text: usize, length: u32, result: DevName): bool {
  result.partition = 0;
  if (bytes_equal(text, length, "console")) {
    result.ops = console_ops;
    result.unit = console_unit;
    return true;
  }
  let letters: u32 = 0;
  while (letters < length && digit(text + letters) > 9) letters++;
  const ops = find_driver(text, letters);
  if (changetype<usize>(ops) == 0) return false;
  result.ops = ops;
  result.unit = 0;
  const rest = length - letters;
  if (rest == 0) return ops.units == 1;
  result.unit = digit(text + letters);
  if (result.unit >= ops.units) return false;
  if (rest == 1) return true;
  if (!ops.partitions || rest != 3 || load<u8>(text + letters + 1) != 0x73) return false;
  result.partition = digit(text + letters + 2);
  return result.partition > 0 && result.partition <= 9;
}

/** The value of a decimal digit; more than 9 for any other byte. */
function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

// --- devices ---

let device_zone: Zone = changetype<Zone>(0);
const open_devices: usize = memory.data(8);

export function dev_hdr_init(): void {
  device_zone = zone_create(<u32>offsetof<Device>(), "devices");
  queue_init(open_devices);
}

/** A device that is not open, with one reference. Null when memory is short. */
export function device_allocate(name: DevName): Device {
  const device = changetype<Device>(zalloc(device_zone));
  if (device == DEVICE_NULL) return device;
  device.ref_count = 1;
  device.ops = name.ops;
  device.unit = name.unit;
  device.partition = name.partition;
  return device;
}

export function device_reference(device: Device): void {
  device.ref_count++;
}

/** Gives up a reference (null is fine). */
export function device_deallocate(device: Device): void {
  if (device == DEVICE_NULL || --device.ref_count > 0) return;
  zfree(device_zone, changetype<usize>(device));
}

/** The open device of that driver, unit and partition; null if there is none. */
export function device_find(ops: DevOps, unit: u32, partition: u32): Device {
  for (let link = queue_first(open_devices); link != open_devices; link = queue_next(link)) {
    const device = changetype<Device>(link);
    if (device.ops == ops && device.unit == unit && device.partition == partition) return device;
  }
  return DEVICE_NULL;
}

export function device_enter(device: Device): void {
  enqueue_tail(open_devices, changetype<usize>(device));
}

export function device_remove(device: Device): void {
  remqueue(changetype<usize>(device));
}
