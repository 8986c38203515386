// device_write and device_writev as traps: the data are copied from the caller's memory, and the caller waits until the
// device has taken them.
import {
  D_INVALID_SIZE,
  D_IO_ERROR,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { ipc_object_copyin } from "../ipc/ipc_copyin";
import { ipc_port_release_send, IpcPort } from "../ipc/ipc_port";
import { current_task } from "../kern/sched";
import { syscall_arg, syscall_arguments, syscall_unchanged } from "../kern/syscall_arguments";
import { copyin } from "../vm/vm_copyio";
import { Device, device_deallocate, DEVICE_NULL } from "./dev_hdr";
import { dev_port_lookup } from "./device";
import { io_start, TRANSFER_MAX } from "./ds_routines";
import {
  D_IO_QUEUED,
  io_request_alloc,
  io_request_free,
  IO_REQUEST_NULL,
  io_request_reserve,
  IO_SYNC,
  io_wait,
  IO_WRITE,
  IoRequest,
} from "./io_req";

/** Elements of device_writev's vector: an address and a count each. */
const VECTOR_MAX: u32 = 16;
const VECTOR_ELEMENT: u32 = 8;

/** The device that `name` is a send right to, with a reference; null for anything else. */
function device_of_name(name: u32): Device {
  const cell = stackAlloc(4);
  const copied = ipc_object_copyin(current_task().itk_space, name, MACH_MSG_TYPE_COPY_SEND, cell);
  if (copied != KERN_SUCCESS) return DEVICE_NULL;
  const port = changetype<IpcPort>(load<usize>(cell));
  const device = dev_port_lookup(port);
  ipc_port_release_send(port);
  return device;
}

/** Trap -40. The device's code, or the kern_return of an address that cannot be read. */
export function trap_device_write(): u32 {
  const args = stackAlloc(20);
  if (!syscall_arguments(args, 5)) return syscall_unchanged();
  // Address and size are the vector's one element.
  return write_from(args, args + 12, 1);
}

/** Trap -39: as trap_device_write, from `count` places one behind the other. */
export function trap_device_writev(): u32 {
  const args = stackAlloc(20);
  if (!syscall_arguments(args, 5)) return syscall_unchanged();
  const vector = stackAlloc(128);
  const count = syscall_arg(args, 4);
  if (count > VECTOR_MAX) return D_INVALID_SIZE;
  const read = copyin(syscall_arg(args, 3), vector, count * VECTOR_ELEMENT);
  return read == KERN_SUCCESS ? write_from(args, vector, count) : read;
}

/** The first argument words are the device's name, the mode and the record number. */
function write_from(args: usize, vector: usize, count: u32): i32 {
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const some = load<u32>(vector + i * VECTOR_ELEMENT, 4);
    if (some > TRANSFER_MAX - size) return D_INVALID_SIZE;
    size += some;
  }
  const device = device_of_name(syscall_arg(args, 0));
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  const request = io_request_alloc(
    device,
    IO_WRITE | IO_SYNC,
    syscall_arg(args, 1),
    syscall_arg(args, 2),
    size,
  );
  device_deallocate(device);
  if (request == IO_REQUEST_NULL) return D_NO_MEMORY;
  let code: i32 = io_request_reserve(request, size) ? gather(request, vector, count) : D_NO_MEMORY;
  if (code == D_SUCCESS) code = io_start(request, device.ops.write);
  if (code == D_IO_QUEUED) {
    // Interrupted: the request is the driver's alone from now on.
    if (!io_wait(request)) return D_IO_ERROR;
    code = request.error;
  }
  io_request_free(request);
  return code;
}

function gather(request: IoRequest, vector: usize, count: u32): i32 {
  let to = request.data;
  for (let i: u32 = 0; i < count; i++) {
    const some = load<u32>(vector + i * VECTOR_ELEMENT, 4);
    const code = copyin(load<u32>(vector + i * VECTOR_ELEMENT), to, some);
    if (code != KERN_SUCCESS) return code;
    to += some;
  }
  return D_SUCCESS;
}
