// Devices as ports: the master port, on which devices are opened, and one port for each open device. A device is open as
// long as its open count is not 0, however many clients there are; each device_close takes one from it. When nobody has
// a right to the port any more it is closed altogether.
import {
  D_ALREADY_OPEN,
  D_INVALID_OPERATION,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  MIG_NO_REPLY,
} from "../../abi/kern_return";
import { MACH_NOTIFY_DEAD_NAME, MACH_NOTIFY_NO_SENDERS } from "../../abi/mach_port";
import { DEV_NAME_MAX } from "../../abi/task_types";
import { stackAlloc } from "../../guest/i386";
import {
  IP_NULL,
  ipc_port_alloc_kernel,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  ipc_port_make_sonce,
  ipc_port_nsrequest,
  IpcPort,
} from "../ipc/ipc_port";
import {
  IKOT_DEVICE,
  IKOT_DEVICE_NOTIFY,
  IKOT_MASTER_DEVICE,
  IKOT_NONE,
  ipc_kobject_get,
  ipc_kobject_set,
} from "../kern/ipc_kobject";
import {
  dev_name_lookup,
  DevClose,
  DevName,
  Device,
  device_allocate,
  device_deallocate,
  device_enter,
  device_find,
  DEVICE_NULL,
  device_remove,
} from "./dev_hdr";
import { dev_pager_no_senders } from "./dev_pager";
import { intr_port_died } from "./intr";
import {
  D_IO_QUEUED,
  io_port_died,
  io_request_alloc,
  io_request_free,
  IO_OPEN,
  IO_REQUEST_NULL,
  io_request_set_reply,
  IoFunction,
  IoRequest,
} from "./io_req";

let master_port: IpcPort = changetype<IpcPort>(0);

/** Makes the master port. */
export function device_service_create(): void {
  master_port = ipc_port_alloc_kernel();
  ipc_kobject_set(master_port, changetype<usize>(master_port), IKOT_MASTER_DEVICE);
}

/** The port that boot tasks get (no right). */
export function device_master_port(): IpcPort {
  return master_port;
}

/** The device behind a device port, with a reference; null for any other port. */
export function dev_port_lookup(port: IpcPort): Device {
  const device = changetype<Device>(ipc_kobject_get(port, IKOT_DEVICE));
  if (device != DEVICE_NULL) device.ref_count++;
  return device;
}

// --- opening ---

/**
 * Opens a device by its 0-terminated name of at most DEV_NAME_MAX bytes, or counts another open of it. Stores a send
 * right at `result`; or the reply comes later (MIG_NO_REPLY). D_INVALID_OPERATION if `master` is not the master port;
 * D_NO_SUCH_DEVICE, D_ALREADY_OPEN, D_NO_MEMORY.
 */
export function device_open(
  master: IpcPort,
  reply_port: IpcPort,
  reply_type: u32,
  mode: u32,
  name: usize,
  result: usize,
): i32 {
  if (ipc_kobject_get(master, IKOT_MASTER_DEVICE) == 0) return D_INVALID_OPERATION;
  const wanted = changetype<DevName>(stackAlloc(12));
  if (!dev_name_lookup(name, name_length(name), wanted)) return D_NO_SUCH_DEVICE;
  const known = device_find(wanted.ops, wanted.unit, wanted.partition);
  if (known != DEVICE_NULL) return open_again(known, result);
  const request = open_request(wanted, mode);
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  const open = wanted.ops.open;
  let code: i32 = open == 0 ? D_SUCCESS : changetype<IoFunction>(open)(request);
  if (code == D_IO_QUEUED) {
    io_request_set_reply(request, reply_port, reply_type);
    return MIG_NO_REPLY;
  }
  if (code == D_SUCCESS) code = device_opened(request.device, result);
  io_request_free(request);
  return code;
}

function name_length(name: usize): u32 {
  let length: u32 = 0;
  while (length < <u32>DEV_NAME_MAX && load<u8>(name + length) != 0) length++;
  return length;
}

/** A request with a device that is not open yet; the device goes with the request unless it is opened. */
function open_request(name: DevName, mode: u32): IoRequest {
  const device = device_allocate(name);
  if (device == DEVICE_NULL) return IO_REQUEST_NULL;
  const request = io_request_alloc(device, IO_OPEN, mode, 0, 0);
  device_deallocate(device);
  return request;
}

function open_again(device: Device, result: usize): i32 {
  if (device.ops.exclusive) return D_ALREADY_OPEN;
  device.open_count++;
  return give_right(device, result);
}

/** A driver has opened `device`, which may be open by now all the same. Stores a send right at `result`. */
export function device_opened(device: Device, result: usize): i32 {
  const known = device_find(device.ops, device.unit, device.partition);
  if (known != DEVICE_NULL) return open_again(known, result);
  const port = ipc_port_alloc_kernel();
  if (port == IP_NULL) return D_NO_MEMORY;
  device.port = port;
  device.ref_count++;
  device.open_count = 1;
  ipc_kobject_set(port, changetype<usize>(device), IKOT_DEVICE);
  device_enter(device);
  return give_right(device, result);
}

/** A send right to the device's port, with which the kernel wants to hear of the last one's end. */
function give_right(device: Device, result: usize): i32 {
  const port = device.port;
  store<usize>(result, changetype<usize>(ipc_port_make_send(port)));
  if (port.nsrequest == IP_NULL) ipc_port_nsrequest(port, 0, ipc_port_make_sonce(port));
  return D_SUCCESS;
}

// --- closing ---

/** Takes back one device_open. With the last the device's port dies. */
export function device_close(device: Device): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.open_count == 0) return D_INVALID_OPERATION;
  if (--device.open_count == 0) close_now(device);
  return D_SUCCESS;
}

function close_now(device: Device): void {
  device.open_count = 0;
  device_remove(device);
  const close = device.ops.close;
  if (close != 0) changetype<DevClose>(close)(device);
  const port = device.port;
  device.port = IP_NULL;
  ipc_kobject_set(port, 0, IKOT_NONE);
  ipc_port_dealloc_kernel(port);
  device_deallocate(device);
}

/** A notification (MACH_NOTIFY_*) that came to a kernel port. Programs may send what looks like one. */
export function device_notify(port: IpcPort, id: i32): void {
  if (id == MACH_NOTIFY_DEAD_NAME && ipc_kobject_get(port, IKOT_DEVICE_NOTIFY) != 0) {
    io_port_died();
    intr_port_died();
  }
  if (id != MACH_NOTIFY_NO_SENDERS) return;
  dev_pager_no_senders(port);
  const device = changetype<Device>(ipc_kobject_get(port, IKOT_DEVICE));
  if (device != DEVICE_NULL && port.srights == 0) close_now(device);
}
