// `kmsg`: what the kernel has printed, in a ring; a reader takes it out.
import {
  D_DEVICE_DOWN,
  D_INVALID_OPERATION,
  D_NO_MEMORY,
  D_SUCCESS,
  D_WOULD_BLOCK,
} from "../../abi/kern_return";
import { D_NOWAIT, DEV_GET_SIZE, DEV_GET_SIZE_COUNT } from "../../abi/task_types";
import { dequeue_head, enqueue_tail, queue_empty } from "../kern/queue";
import { dev_ops_define, DevClose, Device, DevGetStatus } from "./dev_hdr";
import {
  D_IO_QUEUED,
  io_queue_abort,
  io_queue_init,
  io_request_reserve,
  iodone,
  IoFunction,
  IoRequest,
} from "./io_req";

const SIZE: u32 = 16384;
const ring: usize = memory.data(16384);
// Free-running counters; the difference is what the ring holds.
let put: u32 = 0;
let taken: u32 = 0;
const reads: usize = memory.data(8);
let ready: bool = false;

export function kmsg_init(): void {
  io_queue_init(reads);
  ready = true;
  const ops = dev_ops_define("kmsg", 1);
  ops.exclusive = true;
  ops.close = changetype<usize>(<DevClose>kmsg_close);
  ops.read = changetype<usize>(<IoFunction>kmsg_read);
  ops.write = changetype<usize>(<IoFunction>kmsg_write);
  ops.get_status = changetype<usize>(<DevGetStatus>kmsg_get_status);
}

/** Keeps a byte of the kernel's; the oldest one goes when the ring is full. */
export function kmsg_putchar(byte: u32): void {
  store<u8>(ring + (put++ % SIZE), <u8>byte);
  if (put - taken > SIZE) taken++;
  if (!ready || queue_empty(reads)) return;
  const request = changetype<IoRequest>(dequeue_head(reads));
  request.error = fetch(request);
  iodone(request);
}

function fetch(request: IoRequest): i32 {
  const count = min<u32>(request.wanted, put - taken);
  if (!io_request_reserve(request, count)) return D_NO_MEMORY;
  for (let i: u32 = 0; i < count; i++) store<u8>(request.data + i, load<u8>(ring + (taken++ % SIZE)));
  request.count = count;
  return D_SUCCESS;
}

function kmsg_read(request: IoRequest): i32 {
  if (request.wanted == 0) return D_SUCCESS;
  if (put != taken) return fetch(request);
  if (request.mode & D_NOWAIT) return D_WOULD_BLOCK;
  enqueue_tail(reads, changetype<usize>(request));
  return D_IO_QUEUED;
}

/** Ignored. */
function kmsg_write(request: IoRequest): i32 {
  request.count = request.wanted;
  return D_SUCCESS;
}

function kmsg_get_status(_device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != DEV_GET_SIZE || load<u32>(count) < <u32>DEV_GET_SIZE_COUNT) return D_INVALID_OPERATION;
  store<u32>(status, 0);
  store<u32>(status, 1, 4);
  store<u32>(count, DEV_GET_SIZE_COUNT);
  return D_SUCCESS;
}

function kmsg_close(_device: Device): void {
  io_queue_abort(reads, D_DEVICE_DOWN);
}
