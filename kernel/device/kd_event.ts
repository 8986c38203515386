// `kbd` and `mouse`: records of what happened (kd_event), for one reader after the other. Keys come here in event mode only.
import {
  KB_ASCII,
  KB_EVENT,
  KB_VANILLAKB,
  KD_EVENT_MICROSECONDS,
  KD_EVENT_SECONDS,
  KD_EVENT_SIZE,
  KD_EVENT_TYPE,
  KD_EVENT_VALUE,
  KDGKBDTYPE,
  KDSETLEDS,
  KDSKBDMODE,
  KEYBD_EVENT,
} from "../../abi/kd";
import {
  D_DEVICE_DOWN,
  D_INVALID_OPERATION,
  D_INVALID_SIZE,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  D_WOULD_BLOCK,
} from "../../abi/kern_return";
import { D_NOWAIT, DEV_GET_SIZE, DEV_GET_SIZE_COUNT } from "../../abi/task_types";
import { clock_microseconds, clock_seconds } from "../kern/clock";
import { dequeue_head, enqueue_tail, queue_empty } from "../kern/queue";
import { dev_ops_define, DevClose, Device, DevGetStatus, DevSetStatus } from "./dev_hdr";
import {
  D_IO_QUEUED,
  io_queue_abort,
  io_queue_init,
  io_request_reserve,
  iodone,
  IoFunction,
  IoRequest,
} from "./io_req";
import { kd_keyboard_events, kd_keyboard_set_lights, kd_keyboard_set_mode } from "./kd_keyboard";
import { mouse_off, mouse_on } from "./kd_mouse";
import { kd_tty_attach } from "./kd_tty";

/** Events that a queue holds; later ones are lost. */
const EVENTS_MAX: u32 = 128;

@unmanaged
class EventQueue {
  reads_next!: usize;
  reads_prev!: usize;
  // Free-running counters.
  put!: u32;
  taken!: u32;
  /** EVENTS_MAX records. */
  records!: usize;
}

const keyboard_cell: usize = memory.data(20);
const keyboard_records: usize = memory.data(2048);
const mouse_cell: usize = memory.data(20);
const mouse_records: usize = memory.data(2048);
const keyboard: EventQueue = changetype<EventQueue>(keyboard_cell);
const mouse: EventQueue = changetype<EventQueue>(mouse_cell);

export function kd_event_init(): void {
  io_queue_init(keyboard_cell);
  keyboard.records = keyboard_records;
  io_queue_init(mouse_cell);
  mouse.records = mouse_records;

  const kbd = dev_ops_define("kbd", 1);
  kbd.open = changetype<usize>(<IoFunction>kbd_open);
  kbd.close = changetype<usize>(<DevClose>kbd_close);
  kbd.read = changetype<usize>(<IoFunction>kbd_read);
  kbd.write = changetype<usize>(<IoFunction>ignore_write);
  kbd.get_status = changetype<usize>(<DevGetStatus>kbd_get_status);
  kbd.set_status = changetype<usize>(<DevSetStatus>kbd_set_status);

  const mouse_ops = dev_ops_define("mouse", 1);
  mouse_ops.open = changetype<usize>(<IoFunction>mouse_open);
  mouse_ops.close = changetype<usize>(<DevClose>mouse_close);
  mouse_ops.read = changetype<usize>(<IoFunction>mouse_read);
  mouse_ops.write = changetype<usize>(<IoFunction>ignore_write);
  mouse_ops.get_status = changetype<usize>(<DevGetStatus>event_get_status);
}

// --- queues ---

function put_event(queue: EventQueue, type: u32, value: u32): void {
  if (queue.put - queue.taken == EVENTS_MAX) return;
  const record = queue.records + <usize>((queue.put++ % EVENTS_MAX) * KD_EVENT_SIZE);
  store<u32>(record, type, KD_EVENT_TYPE);
  store<u32>(record, clock_seconds(), KD_EVENT_SECONDS);
  store<u32>(record, clock_microseconds(), KD_EVENT_MICROSECONDS);
  store<u32>(record, value, KD_EVENT_VALUE);
  const head = changetype<usize>(queue);
  if (queue_empty(head)) return;
  const request = changetype<IoRequest>(dequeue_head(head));
  request.error = fetch(queue, request);
  iodone(request);
}

/** As many events as there are and are wanted. */
function fetch(queue: EventQueue, request: IoRequest): i32 {
  const count = min<u32>(request.wanted / KD_EVENT_SIZE, queue.put - queue.taken);
  if (!io_request_reserve(request, count * KD_EVENT_SIZE)) return D_NO_MEMORY;
  for (let i: u32 = 0; i < count; i++) {
    const record = queue.records + <usize>((queue.taken++ % EVENTS_MAX) * KD_EVENT_SIZE);
    memory.copy(request.data + <usize>(i * KD_EVENT_SIZE), record, KD_EVENT_SIZE);
  }
  request.count = count * KD_EVENT_SIZE;
  return D_SUCCESS;
}

function read_events(queue: EventQueue, request: IoRequest): i32 {
  if (request.wanted % KD_EVENT_SIZE != 0) return D_INVALID_SIZE;
  if (request.wanted == 0) return D_SUCCESS;
  if (queue.put != queue.taken) return fetch(queue, request);
  if (request.mode & D_NOWAIT) return D_WOULD_BLOCK;
  enqueue_tail(changetype<usize>(queue), changetype<usize>(request));
  return D_IO_QUEUED;
}

function close_queue(queue: EventQueue): void {
  io_queue_abort(changetype<usize>(queue), D_DEVICE_DOWN);
  queue.taken = queue.put;
}

/** What is written is accepted and ignored. */
function ignore_write(request: IoRequest): i32 {
  request.count = request.wanted;
  return D_SUCCESS;
}

function event_get_status(_device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != DEV_GET_SIZE || load<u32>(count) < <u32>DEV_GET_SIZE_COUNT) return D_INVALID_OPERATION;
  store<u32>(status, 0);
  store<u32>(status, KD_EVENT_SIZE, 4);
  store<u32>(count, DEV_GET_SIZE_COUNT);
  return D_SUCCESS;
}

// --- kbd ---

function kbd_event(code: u32): void {
  put_event(keyboard, KEYBD_EVENT, code);
}

function kbd_open(_request: IoRequest): i32 {
  kd_tty_attach();
  kd_keyboard_events(kbd_event);
  return D_SUCCESS;
}

/** Keys are the console's again. */
function kbd_close(_device: Device): void {
  kd_keyboard_set_mode(KB_ASCII);
  close_queue(keyboard);
}

function kbd_read(request: IoRequest): i32 {
  return read_events(keyboard, request);
}

function kbd_get_status(device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != KDGKBDTYPE) return event_get_status(device, flavor, status, count);
  if (load<u32>(count) < 1) return D_INVALID_OPERATION;
  store<u32>(status, KB_VANILLAKB);
  store<u32>(count, 1);
  return D_SUCCESS;
}

function kbd_set_status(_device: Device, flavor: u32, status: usize, count: u32): i32 {
  if (count != 1) return D_INVALID_OPERATION;
  const value = load<u32>(status);
  if (flavor == KDSETLEDS) kd_keyboard_set_lights(value);
  else if (flavor == KDSKBDMODE && (value == KB_ASCII || value == KB_EVENT)) kd_keyboard_set_mode(value);
  else return D_INVALID_OPERATION;
  return D_SUCCESS;
}

// --- mouse ---

function mouse_event(type: u32, value: u32): void {
  put_event(mouse, type, value);
}

function mouse_open(_request: IoRequest): i32 {
  kd_tty_attach();
  return mouse_on(mouse_event) ? D_SUCCESS : D_NO_SUCH_DEVICE;
}

function mouse_close(_device: Device): void {
  mouse_off();
  close_queue(mouse);
}

function mouse_read(request: IoRequest): i32 {
  return read_events(mouse, request);
}
