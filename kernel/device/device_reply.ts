// The io_done thread: sends the replies of requests that drivers kept.
import { D_SUCCESS } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import {
  device_open_reply,
  device_read_reply,
  device_read_reply_inband,
  device_write_reply,
  device_write_reply_inband,
} from "../generated/device_reply_user.generated";
import { IP_NULL, IpcPort } from "../ipc/ipc_port";
import { vm_map_copy_discard, VmMapCopy } from "../vm/vm_map_copy";
import { device_opened } from "./device";
import { io_data_out } from "./ds_routines";
import {
  IO_INBAND,
  io_next_done,
  IO_OPEN,
  IO_READ,
  io_request_free,
  io_request_take_reply,
  io_request_use_spare,
  IoRequest,
} from "./io_req";

/** A kernel thread's body: completes one request after another. */
export function io_done_thread(_argument: usize): void {
  for (;;) {
    const request = io_next_done();
    const type = request.reply_type;
    const port = io_request_take_reply(request);
    if (request.operation & IO_OPEN) open_done(request, port, type);
    else if (port != IP_NULL) reply(request, port, type);
    io_request_free(request);
  }
}

/** Also without a reply port the device is opened; the right that nobody gets closes it again. */
function open_done(request: IoRequest, port: IpcPort, type: u32): void {
  const right = stackAlloc(4);
  store<usize>(right, 0);
  let code = request.error;
  if (code == D_SUCCESS) code = device_opened(request.device, right);
  io_request_use_spare(request);
  device_open_reply(port, type, code, changetype<IpcPort>(load<usize>(right)));
}

function reply(request: IoRequest, port: IpcPort, type: u32): void {
  const inband = (request.operation & IO_INBAND) != 0;
  if (request.operation & IO_READ && !inband) {
    read_reply(request, port, type);
    return;
  }
  io_request_use_spare(request);
  const code = request.error;
  if (request.operation & IO_READ) {
    device_read_reply_inband(port, type, code, request.data, request.count);
  } else if (inband) device_write_reply_inband(port, type, code, request.count);
  else device_write_reply(port, type, code, request.count);
}

function read_reply(request: IoRequest, port: IpcPort, type: u32): void {
  const cell = stackAlloc(4);
  store<usize>(cell, 0);
  let code = request.error;
  if (request.count != 0) {
    const copied = io_data_out(request, cell);
    if (copied != D_SUCCESS) code = copied;
  }
  const data = changetype<VmMapCopy>(load<usize>(cell));
  const count: u32 = changetype<usize>(data) == 0 ? 0 : request.count;
  io_request_use_spare(request);
  if (device_read_reply(port, type, code, data, count) != 0) vm_map_copy_discard(data);
}
