// Reading, writing, status and mapping of open devices: what their ports' messages ask for. Out-of-line data are
// VmMapCopy objects outside, kernel memory inside. Nothing here waits for a device.
import {
  D_INVALID_OPERATION,
  D_INVALID_SIZE,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  KERN_SUCCESS,
  MIG_NO_REPLY,
} from "../../abi/kern_return";
import { IO_INBAND_MAX } from "../../abi/task_types";
import { IpcPort } from "../ipc/ipc_port";
import { vm_map_copy_discard, vm_map_copy_read, vm_map_copyin_kernel, VmMapCopy } from "../vm/vm_map_copy";
import { Device, DEVICE_NULL, DevGetStatus, DevSetStatus } from "./dev_hdr";
import {
  D_IO_QUEUED,
  IO_INBAND,
  IO_READ,
  io_request_alloc,
  io_request_free,
  IO_REQUEST_NULL,
  io_request_reserve,
  io_request_set_reply,
  IO_WRITE,
  IoFunction,
  IoRequest,
} from "./io_req";

/** The most that one call transfers; a larger request is done in part. */
export const TRANSFER_MAX: u32 = 0x100000;

/** Gives a request to one of the driver's functions. */
export function io_start(request: IoRequest, driver: usize): i32 {
  return driver == 0 ? D_INVALID_OPERATION : changetype<IoFunction>(driver)(request);
}

/** After io_start: a queued request waits with its reply port, any other is over. */
function finish(request: IoRequest, code: i32, reply_port: IpcPort, reply_type: u32): i32 {
  if (code == D_IO_QUEUED) {
    io_request_set_reply(request, reply_port, reply_type);
    return MIG_NO_REPLY;
  }
  io_request_free(request);
  return code;
}

/** Makes what was read a VmMapCopy (null for no bytes) at `data`. */
export function io_data_out(request: IoRequest, data: usize): i32 {
  return vm_map_copyin_kernel(request.data, request.count, data) == KERN_SUCCESS ? D_SUCCESS : D_NO_MEMORY;
}

/** Stores a VmMapCopy (null for no bytes) at `data` and its size at `count`. */
export function device_read(
  device: Device,
  reply_port: IpcPort,
  reply_type: u32,
  mode: u32,
  record: u32,
  wanted: i32,
  data: usize,
  count: usize,
): i32 {
  store<usize>(data, 0);
  store<u32>(count, 0);
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (wanted < 0) return D_INVALID_SIZE;
  const request = io_request_alloc(device, IO_READ, mode, record, min<u32>(wanted, TRANSFER_MAX));
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  let code = io_start(request, device.ops.read);
  if (code == D_SUCCESS) {
    store<u32>(count, request.count);
    code = io_data_out(request, data);
  }
  return finish(request, code, reply_port, reply_type);
}

/** At most IO_INBAND_MAX bytes go to `data`. */
export function device_read_inband(
  device: Device,
  reply_port: IpcPort,
  reply_type: u32,
  mode: u32,
  record: u32,
  wanted: i32,
  data: usize,
  count: usize,
): i32 {
  store<u32>(count, 0);
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (wanted < 0) return D_INVALID_SIZE;
  const size = min<u32>(wanted, IO_INBAND_MAX);
  const request = io_request_alloc(device, IO_READ | IO_INBAND, mode, record, size);
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  const code = io_start(request, device.ops.read);
  if (code == D_SUCCESS) {
    memory.copy(data, request.data, request.count);
    store<u32>(count, request.count);
  }
  return finish(request, code, reply_port, reply_type);
}

/** Consumes `data` unless it fails. Stores the bytes written at `written`. Waits for pagers that back the data. */
export function device_write(
  device: Device,
  reply_port: IpcPort,
  reply_type: u32,
  mode: u32,
  record: u32,
  data: VmMapCopy | null,
  size: u32,
  written: usize,
): i32 {
  store<u32>(written, 0);
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const some = min<u32>(size, TRANSFER_MAX);
  const request = io_request_alloc(device, IO_WRITE, mode, record, some);
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  let code: i32 = io_request_reserve(request, some) ? D_SUCCESS : D_NO_MEMORY;
  if (code == D_SUCCESS && some != 0 && vm_map_copy_read(data!, 0, request.data, some) != KERN_SUCCESS) {
    code = D_NO_MEMORY;
  }
  if (code == D_SUCCESS) code = io_start(request, device.ops.write);
  if (code == D_SUCCESS || code == D_IO_QUEUED) vm_map_copy_discard(data);
  store<u32>(written, request.count);
  return finish(request, code, reply_port, reply_type);
}

export function device_write_inband(
  device: Device,
  reply_port: IpcPort,
  reply_type: u32,
  mode: u32,
  record: u32,
  data: usize,
  size: u32,
  written: usize,
): i32 {
  store<u32>(written, 0);
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const request = io_request_alloc(device, IO_WRITE | IO_INBAND, mode, record, size);
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  memory.copy(request.data, data, size);
  const code = io_start(request, device.ops.write);
  store<u32>(written, request.count);
  return finish(request, code, reply_port, reply_type);
}

/** The cell `count` holds the room at `status` in words, and gets the words written. */
export function device_get_status(device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const get = device.ops.get_status;
  return get == 0 ? D_INVALID_OPERATION : changetype<DevGetStatus>(get)(device, flavor, status, count);
}

export function device_set_status(device: Device, flavor: u32, status: usize, count: u32): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const set = device.ops.set_status;
  return set == 0 ? D_INVALID_OPERATION : changetype<DevSetStatus>(set)(device, flavor, status, count);
}

/** Only networks have packets to filter. */
export function device_set_filter(
  device: Device,
  _receive_port: IpcPort,
  _receive_type: u32,
  _priority: u32,
  _filter: usize,
  _count: u32,
): i32 {
  return device == DEVICE_NULL ? D_NO_SUCH_DEVICE : D_INVALID_OPERATION;
}
