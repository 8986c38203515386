// Devices as ports: the master port, on which devices are opened, and one port for each open device. A device is open as
// long as its open count is not 0, however many clients there are; each device_close takes one from it.
import { D_INVALID_OPERATION, D_NO_MEMORY, D_NO_SUCH_DEVICE, D_SUCCESS } from "../../abi/kern_return";
import { DEV_NAME_MAX } from "../../abi/task_types";
import {
  ipc_port_alloc_kernel,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  IP_NULL,
  IpcPort,
} from "../ipc/ipc_port";
import { bytes_equal } from "../kern/bytes";
import {
  IKOT_DEVICE,
  IKOT_MASTER_DEVICE,
  IKOT_NONE,
  ipc_kobject_get,
  ipc_kobject_set,
} from "../kern/ipc_kobject";
import { enqueue_tail, queue_first, queue_init, queue_next, remqueue } from "../kern/queue";
import { zalloc, Zone, zone_create, zfree } from "../kern/zone";
import { DiskRange, hd_init, hd_range } from "./hd";

export const DEVICE_CONSOLE: u32 = 1;
export const DEVICE_DISK: u32 = 2;

@unmanaged
export class Device {
  // Link in the list of open devices: must stay first.
  next!: usize;
  prev!: usize;
  /** One for being open, and one for each call under way. */
  ref_count!: u32;
  open_count!: u32;
  port: IpcPort = changetype<IpcPort>(0);
  kind!: u32;
  /** Drive of a disk. */
  unit!: u32;
  /** 0: the whole disk. */
  partition!: u32;
  /** First sector, and how many there are. */
  start!: u32;
  sectors!: u32;
}

export const DEVICE_NULL: Device = changetype<Device>(0);

let master_port: IpcPort = changetype<IpcPort>(0);
let device_zone: Zone = changetype<Zone>(0);
const open_devices: usize = memory.data(8);
const range_cell: usize = memory.data(8);

export function device_init(): void {
  device_zone = zone_create(<u32>offsetof<Device>(), "devices");
  queue_init(open_devices);
  master_port = ipc_port_alloc_kernel();
  ipc_kobject_set(master_port, changetype<usize>(master_port), IKOT_MASTER_DEVICE);
  hd_init();
}

/** The port that boot tasks get (no right). */
export function device_master_port(): IpcPort {
  return master_port;
}

// --- ports and references ---

/** The device behind a device port, with a reference; null for any other port. */
export function dev_port_lookup(port: IpcPort): Device {
  const device = changetype<Device>(ipc_kobject_get(port, IKOT_DEVICE));
  if (device != DEVICE_NULL) device.ref_count++;
  return device;
}

/** Gives up a reference (null is fine). */
export function device_deallocate(device: Device): void {
  if (device == DEVICE_NULL || --device.ref_count > 0) return;
  zfree(device_zone, changetype<usize>(device));
}

// --- names ---

/** What a name denotes, before anything is opened. */
@unmanaged
class DeviceName {
  kind!: u32;
  unit!: u32;
  partition!: u32;
}

const name_cell: usize = memory.data(12);

/** `console`, `com0`, `hdU` and `hdUsP`; false for anything else. */
function parse_name(name: usize, result: DeviceName): bool {
  let length: u32 = 0;
  while (length < <u32>DEV_NAME_MAX && load<u8>(name + length) != 0) length++;
  result.unit = 0;
  result.partition = 0;
  result.kind = DEVICE_CONSOLE;
  if (bytes_equal(name, length, "console") || bytes_equal(name, length, "com0")) return true;
  result.kind = DEVICE_DISK;
  if (length != 3 && length != 5) return false;
  if (load<u8>(name) != 0x68 || load<u8>(name + 1) != 0x64) return false;
  result.unit = digit(name + 2);
  if (length == 5) result.partition = digit(name + 4);
  const partition_ok = length == 3 || (load<u8>(name + 3) == 0x73 && result.partition > 0);
  return result.unit <= 9 && result.partition <= 9 && partition_ok;
}

/** The value of a decimal digit; more than 9 for any other byte. */
function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

// --- opening and closing ---

/**
 * Opens a device by its 0-terminated name of at most DEV_NAME_MAX bytes, or counts another open of it. Stores a send
 * right at `result`. D_INVALID_OPERATION if `master` is not the master port; D_NO_SUCH_DEVICE, D_NO_MEMORY. Sleeps.
 */
export function device_open(master: IpcPort, _mode: u32, name: usize, result: usize): i32 {
  if (ipc_kobject_get(master, IKOT_MASTER_DEVICE) == 0) return D_INVALID_OPERATION;
  const wanted = changetype<DeviceName>(name_cell);
  if (!parse_name(name, wanted)) return D_NO_SUCH_DEVICE;
  // Looking for a partition sleeps; others use the cells meanwhile.
  const kind = wanted.kind;
  const unit = wanted.unit;
  const partition = wanted.partition;
  let device = find_open(kind, unit, partition);
  if (device == DEVICE_NULL) {
    const code = device_create(kind, unit, partition, result);
    if (code != D_SUCCESS) return code;
    device = changetype<Device>(load<usize>(result));
  }
  device.open_count++;
  store<usize>(result, changetype<usize>(ipc_port_make_send(device.port)));
  return D_SUCCESS;
}

function find_open(kind: u32, unit: u32, partition: u32): Device {
  for (let link = queue_first(open_devices); link != open_devices; link = queue_next(link)) {
    const device = changetype<Device>(link);
    if (device.kind == kind && device.unit == unit && device.partition == partition) return device;
  }
  return DEVICE_NULL;
}

/** Makes a device with open count 0 and stores it at `result`. */
function device_create(kind: u32, unit: u32, partition: u32, result: usize): i32 {
  let start: u32 = 0;
  let sectors: u32 = 0;
  if (kind == DEVICE_DISK) {
    const range = changetype<DiskRange>(range_cell);
    if (!hd_range(unit, partition, range)) return D_NO_SUCH_DEVICE;
    start = range.start;
    sectors = range.sectors;
  }
  // Somebody may have opened it while the partition table was read.
  let device = find_open(kind, unit, partition);
  if (device == DEVICE_NULL) {
    device = device_allocate();
    if (device == DEVICE_NULL) return D_NO_MEMORY;
    device.kind = kind;
    device.unit = unit;
    device.partition = partition;
    device.start = start;
    device.sectors = sectors;
  }
  store<usize>(result, changetype<usize>(device));
  return D_SUCCESS;
}

function device_allocate(): Device {
  const device = changetype<Device>(zalloc(device_zone));
  if (device == DEVICE_NULL) return DEVICE_NULL;
  const port = ipc_port_alloc_kernel();
  if (port == IP_NULL) {
    zfree(device_zone, changetype<usize>(device));
    return DEVICE_NULL;
  }
  device.ref_count = 1;
  device.port = port;
  ipc_kobject_set(port, changetype<usize>(device), IKOT_DEVICE);
  enqueue_tail(open_devices, changetype<usize>(device));
  return device;
}

/** Takes back one device_open. With the last the device's port dies. */
export function device_close(device: Device): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.open_count == 0) return D_INVALID_OPERATION;
  if (--device.open_count > 0) return D_SUCCESS;
  remqueue(changetype<usize>(device));
  ipc_kobject_set(device.port, 0, IKOT_NONE);
  ipc_port_dealloc_kernel(device.port);
  device.port = IP_NULL;
  device_deallocate(device);
  return D_SUCCESS;
}
