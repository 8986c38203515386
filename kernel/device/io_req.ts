// I/O requests: what a client asked of a device, from the request's message to the reply's. A driver that cannot answer
// at once keeps the request in a queue of its own and returns D_IO_QUEUED; when it has the answer, from an interrupt or
// anywhere else, it calls iodone, and the io_done thread sends the reply. The client's thread waits for nothing but that.
import { D_IO_ERROR } from "../../abi/kern_return";
import { IO_INBAND_MAX } from "../../abi/task_types";
import {
  ip_active,
  IP_NULL,
  IP_VALID,
  ipc_port_alloc_kernel,
  ipc_port_dncancel,
  ipc_port_dnrequest,
  ipc_port_make_sonce,
  ipc_port_release_sonce,
  IpcPort,
} from "../ipc/ipc_port";
import { IKOT_DEVICE_NOTIFY, ipc_kobject_set } from "../kern/ipc_kobject";
import { ikm_alloc, ikm_free, IKM_NULL, IpcKmsg } from "../ipc/ipc_kmsg";
import { kernel_assert } from "../kern/debug";
import {
  dequeue_head,
  enqueue_tail,
  queue_empty,
  queue_first,
  queue_init,
  queue_next,
  remqueue,
} from "../kern/queue";
import { assert_wait, thread_block, thread_wakeup, THREAD_INTERRUPTED } from "../kern/sched";
import { kalloc, kfree, zalloc, Zone, zone_create, zfree } from "../kern/zone";
import { Device, device_deallocate, DEVICE_NULL, device_reference } from "./dev_hdr";

/** What a driver returns that keeps the request. */
export const D_IO_QUEUED: i32 = -1;

// IoRequest.operation: one of the first three, and flags.
export const IO_OPEN: u32 = 1;
export const IO_READ: u32 = 2;
export const IO_WRITE: u32 = 4;
export const IO_INBAND: u32 = 8;
/** A thread in the kernel waits for it: no reply. */
export const IO_SYNC: u32 = 16;
/** It is done. */
export const IO_DONE: u32 = 32;

@unmanaged
export class IoRequest {
  // Link in a driver's queue or in the list of what is done: must stay first.
  next!: usize;
  prev!: usize;
  /** With a reference. */
  device: Device = DEVICE_NULL;
  operation!: u32;
  /** D_NOWAIT and others. */
  mode!: u32;
  record!: u32;
  /** Bytes to transfer. */
  wanted!: u32;
  /** Bytes transferred. */
  count!: u32;
  error!: i32;
  /** The bytes, in kernel memory: `inband`, or `data_size` bytes from kalloc. */
  data!: usize;
  data_size!: u32;
  /** The right to reply to, of type `reply_type`; null when nobody wants one. */
  reply_port: IpcPort = changetype<IpcPort>(0);
  reply_type!: u32;
  /** A message set aside, so that there is memory for the reply; null once that is sent. */
  spare: IpcKmsg = changetype<IpcKmsg>(0);
  /** Index of the request to hear of the reply port's death; 0: none. */
  death!: u32;
  /** IO_INBAND_MAX bytes from here on. */
  inband!: u32;
}

export const IO_REQUEST_NULL: IoRequest = changetype<IoRequest>(0);

/** Bytes of the longest reply: inband data. */
const REPLY_SIZE_MAX: u32 = 164;
/** So many requests of one device may be outstanding, */
const REQUESTS_MAX: u32 = 64;
/** and hold so many bytes of kernel memory, unless there is only one. */
const BYTES_MAX: u32 = 0x400000;

let request_zone: Zone = changetype<Zone>(0);
const done_queue: usize = memory.data(8);
/** Hears of the death of reply ports. */
let notify_port: IpcPort = changetype<IpcPort>(0);

export function io_init(): void {
  request_zone = zone_create(<u32>offsetof<IoRequest>("inband") + IO_INBAND_MAX, "io_requests");
  queue_init(done_queue);
  notify_port = ipc_port_alloc_kernel();
  ipc_kobject_set(notify_port, changetype<usize>(notify_port), IKOT_DEVICE_NOTIFY);
}

/** A request with room for inband data. Null when memory is short or the device has too much to do. */
export function io_request_alloc(
  device: Device,
  operation: u32,
  mode: u32,
  record: u32,
  wanted: u32,
): IoRequest {
  if (device.io_count >= REQUESTS_MAX) return IO_REQUEST_NULL;
  const request = changetype<IoRequest>(zalloc(request_zone));
  if (request == IO_REQUEST_NULL) return request;
  request.spare = ikm_alloc(REPLY_SIZE_MAX);
  if (request.spare == IKM_NULL) {
    zfree(request_zone, changetype<usize>(request));
    return IO_REQUEST_NULL;
  }
  device_reference(device);
  device.io_count++;
  request.device = device;
  request.operation = operation;
  request.mode = mode;
  request.record = record;
  request.wanted = wanted;
  request.data = changetype<usize>(request) + offsetof<IoRequest>("inband");
  return request;
}

/** Room for `size` bytes of data that do not go inband. False when memory is short or the device holds too much. */
export function io_request_reserve(request: IoRequest, size: u32): bool {
  if (request.operation & IO_INBAND || size == 0) return true;
  const device = request.device;
  if (device.io_bytes != 0 && (size > BYTES_MAX || device.io_bytes > BYTES_MAX - size)) return false;
  const data = kalloc(size);
  if (data == 0) return false;
  request.data = data;
  request.data_size = size;
  device.io_bytes += size;
  return true;
}

/** Frees a request that is in no queue and has no reply port. */
export function io_request_free(request: IoRequest): void {
  const device = request.device;
  io_request_use_spare(request);
  device.io_count--;
  if (request.data_size != 0) {
    device.io_bytes -= request.data_size;
    kfree(request.data, request.data_size);
  }
  device_deallocate(device);
  zfree(request_zone, changetype<usize>(request));
}

// --- the reply port ---

/** A queued request's reply will go to `port`; takes over the right. */
export function io_request_set_reply(request: IoRequest, port: IpcPort, type: u32): void {
  if (!IP_VALID(port)) return;
  request.reply_port = port;
  request.reply_type = type;
  request.death = io_watch_port(port);
}

/** Has device_notify hear of the port's death. An index for io_unwatch_port; 0 for a dead port, and without memory. */
export function io_watch_port(port: IpcPort): u32 {
  if (!ip_active(port)) return 0;
  const right = ipc_port_make_sonce(notify_port);
  const index = ipc_port_dnrequest(port, 0, right);
  if (index == 0) ipc_port_release_sonce(right);
  return index;
}

export function io_unwatch_port(port: IpcPort, index: u32): void {
  if (index != 0 && ip_active(port)) ipc_port_release_sonce(ipc_port_dncancel(port, index));
}

/** The next message of that size will find memory. */
export function io_request_use_spare(request: IoRequest): void {
  if (request.spare != IKM_NULL) ikm_free(request.spare);
  request.spare = IKM_NULL;
}

/** Takes the right out of the request again. */
export function io_request_take_reply(request: IoRequest): IpcPort {
  const port = request.reply_port;
  request.reply_port = IP_NULL;
  io_unwatch_port(port, request.death);
  request.death = 0;
  return port;
}

/** Nobody waits for the answer any more. */
function orphaned(request: IoRequest): bool {
  return request.reply_port != IP_NULL && !ip_active(request.reply_port);
}

const QUEUES_MAX: u32 = 16;
/** Heads of the drivers' queues that a client can be waiting in for ever. */
const queues: usize = memory.data(64);
let queue_count: u32 = 0;

/** Prepares a driver's queue of requests. */
export function io_queue_init(head: usize): void {
  queue_init(head);
  kernel_assert(queue_count < QUEUES_MAX, "io_queue_init: too many queues");
  store<usize>(queues + ((<usize>queue_count) << 2), head);
  queue_count++;
}

/** A reply port has died: ends the requests that nobody waits for any more. */
export function io_port_died(): void {
  for (let i: u32 = 0; i < queue_count; i++) sweep(load<usize>(queues + ((<usize>i) << 2)));
}

function sweep(head: usize): void {
  let link = queue_first(head);
  while (link != head) {
    const request = changetype<IoRequest>(link);
    link = queue_next(link);
    if (!orphaned(request)) continue;
    remqueue(changetype<usize>(request));
    request.error = D_IO_ERROR;
    iodone(request);
  }
}

/** Ends all requests in a driver's queue with `error`. */
export function io_queue_abort(head: usize, error: i32): void {
  for (;;) {
    const request = changetype<IoRequest>(dequeue_head(head));
    if (request == IO_REQUEST_NULL) return;
    request.error = error;
    iodone(request);
  }
}

// --- completion ---

/** The request is done, `count` and `error` say how; it is not the driver's any more. From interrupts too. */
export function iodone(request: IoRequest): void {
  request.operation |= IO_DONE;
  if (request.operation & IO_SYNC) {
    thread_wakeup(changetype<usize>(request));
    return;
  }
  enqueue_tail(done_queue, changetype<usize>(request));
  thread_wakeup(done_queue);
}

/** Waits for something that is done. */
export function io_next_done(): IoRequest {
  while (queue_empty(done_queue)) {
    assert_wait(done_queue, false);
    thread_block();
  }
  return changetype<IoRequest>(dequeue_head(done_queue));
}

/** Waits for a queued IO_SYNC request; on an interruption it goes on without the waiter, and the result is false. */
export function io_wait(request: IoRequest): bool {
  while ((request.operation & IO_DONE) == 0) {
    assert_wait(changetype<usize>(request), true);
    if (thread_block() != THREAD_INTERRUPTED || request.operation & IO_DONE) continue;
    request.operation &= ~IO_SYNC;
    return false;
  }
  return true;
}

/** What a driver's open, read and write are. D_SUCCESS: done, at once; D_IO_QUEUED: the driver has it. Must not block. */
export type IoFunction = (request: IoRequest) => i32;
