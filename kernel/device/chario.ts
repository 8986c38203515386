// Terminals: a ring of bytes each way between a line's driver and its readers and writers, whose requests wait in queues.
import {
  D_DEVICE_DOWN,
  D_INVALID_OPERATION,
  D_NO_MEMORY,
  D_SUCCESS,
  D_WOULD_BLOCK,
} from "../../abi/kern_return";
import { D_NOWAIT, D_READ, D_WRITE } from "../../abi/task_types";
import {
  TF_CRMOD,
  TF_ECHO,
  TF_XTABS,
  TTY_FLUSH,
  TTY_START,
  TTY_STATUS,
  TTY_STATUS_BREAKC,
  TTY_STATUS_COUNT,
  TTY_STATUS_FLAGS,
  TTY_STATUS_ISPEED,
  TTY_STATUS_OSPEED,
  TTY_STOP,
} from "../../abi/tty";
import { dequeue_head, enqueue_tail, queue_empty, queue_first } from "../kern/queue";
import { assert_wait, thread_block, thread_wakeup } from "../kern/sched";
import { D_IO_QUEUED, io_queue_abort, io_queue_init, io_request_reserve, iodone, IoRequest } from "./io_req";

const OUTPUT_SIZE: u32 = 4096;
const INPUT_SIZE: u32 = 1024;
/** A line is held when there is room for so many bytes only, and goes on when there is for so many. */
const INPUT_HELD: u32 = 64;
const INPUT_ROOM: u32 = 512;
/** Writers that wait for room go on when so many bytes are free. */
const OUTPUT_ROOM: u32 = 1024;
/** The most that one byte can become on its way out: a tab. */
const EXPANSION_MAX: u32 = 8;
const TAB: u32 = 9;
const NEWLINE: u32 = 10;
const RETURN: u32 = 13;

/** The driver's function that sends what tty_next gives. */
export type TtyStart = (tty: Tty) => void;

@unmanaged
export class Tty {
  /** Requests that wait for input, and for room. */
  reads_next!: usize;
  reads_prev!: usize;
  writes_next!: usize;
  writes_prev!: usize;
  output!: usize;
  input!: usize;
  // Free-running counters; the difference is what the ring holds.
  output_in!: u32;
  output_out!: u32;
  input_in!: u32;
  input_out!: u32;
  start!: usize;
  /** The driver's function that takes bytes again after it was told of a full ring; 0: it cannot be told. */
  resume!: usize;
  held!: bool;
  /** TTY_STOP: nothing goes out. */
  stopped!: bool;
  flags!: u32;
  ispeed!: u32;
  ospeed!: u32;
  breakc!: u32;
  /** Where the line's next byte goes, for tabs. */
  column!: u32;
  /** Unit of the line, for the driver. */
  unit!: u32;
}

/** Prepares a terminal. `rings`: TTY_RINGS_SIZE bytes. */
export function tty_init(tty: Tty, rings: usize, start: TtyStart, flags: u32, speed: u32): void {
  io_queue_init(reads(tty));
  io_queue_init(writes(tty));
  tty.output = rings;
  tty.input = rings + OUTPUT_SIZE;
  tty.start = changetype<usize>(start);
  tty.flags = flags;
  tty.ispeed = speed;
  tty.ospeed = speed;
}

/** Bytes of both rings. */
export const TTY_RINGS_SIZE: i32 = 5120;

function reads(tty: Tty): usize {
  return changetype<usize>(tty) + offsetof<Tty>("reads_next");
}

function writes(tty: Tty): usize {
  return changetype<usize>(tty) + offsetof<Tty>("writes_next");
}

function start_output(tty: Tty): void {
  if (!tty.stopped) changetype<TtyStart>(tty.start)(tty);
}

// --- output ---

function output_room(tty: Tty): u32 {
  return OUTPUT_SIZE - (tty.output_in - tty.output_out);
}

/** Whether the output ring has no room for a byte. */
export function tty_full(tty: Tty): bool {
  return output_room(tty) == 0;
}

/** Puts a byte into the output ring, which must have room, as it stands. */
export function tty_put(tty: Tty, byte: u32): void {
  store<u8>(tty.output + (tty.output_in % OUTPUT_SIZE), <u8>byte);
  tty.output_in++;
}

/** Puts a byte into the ring as the flags want it. */
function tty_output(tty: Tty, byte: u32): void {
  if (byte == NEWLINE && tty.flags & TF_CRMOD) tty_put(tty, RETURN);
  if (byte == TAB && tty.flags & TF_XTABS) {
    do {
      tty_put(tty, 0x20);
      tty.column++;
    } while (tty.column & 7);
    return;
  }
  tty_put(tty, byte);
  if (byte == NEWLINE || byte == RETURN) tty.column = 0;
  else if (byte >= 0x20) tty.column++;
}

/** The next byte for the line, or -1. Writers that waited for room go on. */
export function tty_next(tty: Tty): i32 {
  if (tty.stopped) return -1;
  if (tty.output_in == tty.output_out) return -1;
  const byte = <i32>load<u8>(tty.output + (tty.output_out % OUTPUT_SIZE));
  tty.output_out++;
  if (!queue_empty(writes(tty)) && output_room(tty) >= OUTPUT_ROOM) continue_writes(tty);
  return byte;
}

/** Moves bytes of a write to the ring; whether all of them are there. */
function fill(tty: Tty, request: IoRequest): bool {
  while (request.count < request.wanted && output_room(tty) >= EXPANSION_MAX) {
    tty_output(tty, load<u8>(request.data + request.count++));
  }
  return request.count == request.wanted;
}

function continue_writes(tty: Tty): void {
  const head = writes(tty);
  while (!queue_empty(head)) {
    const request = changetype<IoRequest>(queue_first(head));
    if (!fill(tty, request)) return;
    dequeue_head(head);
    iodone(request);
  }
}

/** A write: done when all its bytes are in the ring. With D_NOWAIT it is done with as many as there is room for. */
export function char_write(tty: Tty, request: IoRequest): i32 {
  if (queue_empty(writes(tty))) {
    while (!fill(tty, request)) {
      const before = tty.output_out;
      start_output(tty);
      if (tty.output_out == before) break;
    }
    start_output(tty);
  }
  if (request.count == request.wanted) return D_SUCCESS;
  if (request.mode & D_NOWAIT) return request.count == 0 ? D_WOULD_BLOCK : D_SUCCESS;
  enqueue_tail(writes(tty), changetype<usize>(request));
  return D_IO_QUEUED;
}

// --- input ---

function available(tty: Tty): u32 {
  return tty.input_in - tty.input_out;
}

/** Whether the line is to be held: the next bytes may find no room. */
export function tty_hold(tty: Tty): bool {
  if (tty.resume == 0 || tty.held || available(tty) + INPUT_HELD < INPUT_SIZE) return false;
  tty.held = true;
  return true;
}

/** Bytes were taken: a line that was held goes on. */
function input_taken(tty: Tty): void {
  if (!tty.held || available(tty) + INPUT_ROOM > INPUT_SIZE) return;
  tty.held = false;
  changetype<TtyStart>(tty.resume)(tty);
}

function take(tty: Tty): u32 {
  return load<u8>(tty.input + (tty.input_out++ % INPUT_SIZE));
}

/** A byte came in. What comes while the ring is full is lost, if the line cannot be held. */
export function ttyinput(tty: Tty, byte: u32): void {
  if (byte == RETURN && tty.flags & TF_CRMOD) byte = NEWLINE;
  if (tty.flags & TF_ECHO && output_room(tty) >= EXPANSION_MAX) {
    tty_output(tty, byte);
    start_output(tty);
  }
  if (available(tty) == INPUT_SIZE) return;
  store<u8>(tty.input + (tty.input_in++ % INPUT_SIZE), <u8>byte);
  if (!queue_empty(reads(tty))) continue_read(tty);
  else thread_wakeup(tty.input);
}

function continue_read(tty: Tty): void {
  const request = changetype<IoRequest>(dequeue_head(reads(tty)));
  request.error = fetch(tty, request);
  iodone(request);
}

/** Gives a read what there is. */
function fetch(tty: Tty, request: IoRequest): i32 {
  const count = min<u32>(request.wanted, available(tty));
  if (!io_request_reserve(request, count)) return D_NO_MEMORY;
  for (let i: u32 = 0; i < count; i++) store<u8>(request.data + i, <u8>take(tty));
  input_taken(tty);
  request.count = count;
  return D_SUCCESS;
}

/** A read: gets what there is, or waits for a byte; with D_NOWAIT there is D_WOULD_BLOCK instead. */
export function char_read(tty: Tty, request: IoRequest): i32 {
  if (request.wanted == 0) return D_SUCCESS;
  if (available(tty) != 0) return fetch(tty, request);
  if (request.mode & D_NOWAIT) return D_WOULD_BLOCK;
  enqueue_tail(reads(tty), changetype<usize>(request));
  return D_IO_QUEUED;
}

/** Waits in the kernel for a byte. */
export function tty_getc(tty: Tty): u32 {
  while (available(tty) == 0) {
    assert_wait(tty.input, false);
    thread_block();
  }
  const byte = take(tty);
  input_taken(tty);
  return byte;
}

// --- status and the end ---

/** TTY_STATUS; anything else is D_INVALID_OPERATION. */
export function tty_get_status(tty: Tty, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != TTY_STATUS || load<u32>(count) < <u32>TTY_STATUS_COUNT) return D_INVALID_OPERATION;
  store<u32>(status, tty.ispeed, TTY_STATUS_ISPEED);
  store<u32>(status, tty.ospeed, TTY_STATUS_OSPEED);
  store<u32>(status, tty.breakc, TTY_STATUS_BREAKC);
  store<u32>(status, tty.flags, TTY_STATUS_FLAGS);
  store<u32>(count, TTY_STATUS_COUNT);
  return D_SUCCESS;
}

/** TTY_STATUS, TTY_FLUSH, TTY_STOP, TTY_START; anything else is D_INVALID_OPERATION. */
export function tty_set_status(tty: Tty, flavor: u32, status: usize, count: u32): i32 {
  switch (flavor) {
    case TTY_STATUS:
      if (count < <u32>TTY_STATUS_COUNT) return D_INVALID_OPERATION;
      tty.ispeed = load<u32>(status, TTY_STATUS_ISPEED);
      tty.ospeed = load<u32>(status, TTY_STATUS_OSPEED);
      tty.breakc = load<u32>(status, TTY_STATUS_BREAKC);
      tty.flags = load<u32>(status, TTY_STATUS_FLAGS);
      return D_SUCCESS;
    case TTY_FLUSH:
      if (count < 1) return D_INVALID_OPERATION;
      tty_flush(tty, load<u32>(status));
      return D_SUCCESS;
    case TTY_STOP:
      tty.stopped = true;
      return D_SUCCESS;
    case TTY_START:
      tty_restart(tty);
      return D_SUCCESS;
    default:
      return D_INVALID_OPERATION;
  }
}

/** Throws away what has come in (D_READ) and has not gone out (D_WRITE); 0 means both. */
function tty_flush(tty: Tty, sides: u32): void {
  if (sides == 0) sides = D_READ | D_WRITE;
  if (sides & D_READ) {
    tty.input_out = tty.input_in;
    input_taken(tty);
  }
  if ((sides & D_WRITE) == 0) return;
  tty.output_out = tty.output_in;
  continue_writes(tty);
  start_output(tty);
}

function tty_restart(tty: Tty): void {
  tty.stopped = false;
  start_output(tty);
}

/** The last close: readers get D_DEVICE_DOWN, what was typed is dropped; what was written still goes out. */
export function ttyclose(tty: Tty): void {
  io_queue_abort(reads(tty), D_DEVICE_DOWN);
  tty.input_out = tty.input_in;
  input_taken(tty);
  tty_restart(tty);
}
