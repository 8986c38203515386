// Makes pipes. A server with one thread: who reads from an empty pipe or writes to a full one is answered later.
import { stackAlloc } from "../../guest/i386";
import { EAGAIN, EBADF, ENOMEM, EPIPE } from "../../abi/errno";
import { ERRNO_SYSTEM, INBAND_MAX, STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
import { MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MACH_MSG_TYPE_MAKE_SEND_ONCE, MSGH_ID, MSGH_LOCAL_PORT } from "../../abi/mach_msg";
import {
  MACH_NOTIFY_NO_SENDERS,
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
} from "../../abi/mach_port";
import {
  io_server,
  serve_io_read,
  serve_io_stat,
  serve_io_write,
  serve_io_write_inband,
} from "../generated/io_server.generated";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_move_member,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import { pipe_server, serve_pipe_create } from "../generated/pipe_server.generated";
import { check_equals } from "../lib/check";
import { free, malloc } from "../lib/heap";
import { answer_amount, answer_code, answer_read, Asker, asker_of } from "../lib/io-reply";
import { task_self } from "../lib/mach";
import { begin, finish, offer } from "../lib/process";
import { INIT_PORTS_PIPES } from "../lib/protocol";
import { serve_port } from "../lib/server";
import { vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const ROOM: u32 = 16384;
/** A named pipe's mode, as ls shows it. */
const PIPE_MODE: u32 = 0x1180;

/** Somebody who waits, and what he wants. */
@unmanaged
class Waiter extends Asker {
  next!: Waiter | null;
  /** Bytes wanted, or still to be taken. */
  count!: u32;
  /** For writers: bytes in all, and a copy of them. */
  total!: u32;
  data!: u32;
}

@unmanaged
class Pipe {
  next!: Pipe | null;
  /** The ends' ports; 0 once nobody has a right to it. */
  reader!: u32;
  writer!: u32;
  /** The bytes in between: a ring. */
  first!: u32;
  used!: u32;
  buffer!: u32;
  readers!: Waiter | null;
  writers!: Waiter | null;
}

let pipes: Pipe | null = null;
let port_set: u32 = 0;
let request: usize = 0;

function fail(error: i32): i32 {
  return ERRNO_SYSTEM | error;
}

function pipe_of(port: u32): Pipe | null {
  let pipe = pipes;
  while (pipe != null && pipe.reader != port && pipe.writer != port) pipe = pipe.next;
  return pipe;
}

/** A port of the set that tells when nobody has a right to it; 0 on shortage. */
function make_port(): u32 {
  const cell = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell) != 0) return 0;
  const port = load<u32>(cell);
  mach_port_move_member(task_self(), port, port_set);
  const once: u32 = MACH_MSG_TYPE_MAKE_SEND_ONCE;
  mach_port_request_notification(task_self(), port, MACH_NOTIFY_NO_SENDERS, 1, port, once, cell);
  return port;
}

function on_create(_server: u32, read_end: usize, write_end: usize): i32 {
  const address = malloc(<u32>offsetof<Pipe>());
  const buffer: u32 = address == 0 ? 0 : malloc(ROOM);
  const reader: u32 = buffer == 0 ? 0 : make_port();
  const writer: u32 = reader == 0 ? 0 : make_port();
  if (writer == 0) {
    if (reader != 0) mach_port_destroy(task_self(), reader);
    free(buffer);
    free(address);
    return fail(EAGAIN);
  }
  memory.fill(address, 0, offsetof<Pipe>());
  const pipe = changetype<Pipe>(address);
  pipe.buffer = buffer;
  pipe.reader = reader;
  pipe.writer = writer;
  pipe.next = pipes;
  pipes = pipe;
  store<u32>(read_end, reader);
  store<u32>(write_end, writer);
  return 0;
}

// --- bytes ---

/** Takes up to `count` bytes out of the pipe; how many. */
function take(pipe: Pipe, to: usize, count: u32): u32 {
  const bytes = min<u32>(count, pipe.used);
  const piece = min<u32>(bytes, ROOM - pipe.first);
  memory.copy(to, pipe.buffer + pipe.first, piece);
  memory.copy(to + piece, pipe.buffer, bytes - piece);
  pipe.first = (pipe.first + bytes) % ROOM;
  pipe.used -= bytes;
  return bytes;
}

/** Puts as many of `count` bytes into the pipe as there is room for; how many. */
function put(pipe: Pipe, from: usize, count: u32): u32 {
  const bytes = min<u32>(count, ROOM - pipe.used);
  const start = (pipe.first + pipe.used) % ROOM;
  const piece = min<u32>(bytes, ROOM - start);
  memory.copy(pipe.buffer + start, from, piece);
  memory.copy(pipe.buffer, from + piece, bytes - piece);
  pipe.used += bytes;
  return bytes;
}

// --- waiting ---

/** Makes the sender of the current request wait. Null: no memory. */
function make_waiter(count: u32): Waiter | null {
  const address = malloc(<u32>offsetof<Waiter>());
  if (address == 0) return null;
  const waiter = changetype<Waiter>(address);
  waiter.next = null;
  asker_of(request, waiter);
  waiter.count = count;
  waiter.total = count;
  waiter.data = 0;
  return waiter;
}

function append(list: Waiter | null, waiter: Waiter): Waiter {
  if (list == null) return waiter;
  let last = list;
  while (last.next != null) last = last.next!;
  last.next = waiter;
  return list;
}

/** Answers a reader with what there is, which may be nothing: the end. */
function answer_reader(pipe: Pipe, waiter: Waiter): void {
  const bytes = stackAlloc(INBAND_MAX);
  answer_read(waiter, bytes, take(pipe, bytes, min<u32>(waiter.count, INBAND_MAX)));
  free(changetype<u32>(waiter));
}

function answer_writer(waiter: Waiter, error: i32): void {
  if (error != 0) answer_code(waiter, fail(error));
  else answer_amount(waiter, waiter.total);
  free(waiter.data);
  free(changetype<u32>(waiter));
}

/** Lets those go on who can. */
function settle(pipe: Pipe): void {
  let moved = true;
  while (moved) {
    moved = false;
    const writer = pipe.writers;
    if (writer != null) {
      const bytes = put(pipe, writer.data + (writer.total - writer.count), writer.count);
      writer.count -= bytes;
      if (bytes != 0) moved = true;
      if (writer.count == 0 || pipe.reader == 0) {
        pipe.writers = writer.next;
        answer_writer(writer, pipe.reader == 0 ? EPIPE : 0);
        moved = true;
      }
    }
    const reader = pipe.readers;
    if (reader != null && (pipe.used != 0 || (pipe.writer == 0 && pipe.writers == null))) {
      pipe.readers = reader.next;
      answer_reader(pipe, reader);
      moved = true;
    }
  }
}

function on_read(port: u32, _offset: u64, amount: u32, data: usize, count: usize): i32 {
  const pipe = pipe_of(port);
  if (pipe == null || pipe.reader != port) return fail(EBADF);
  if (pipe.used != 0 && pipe.readers == null) {
    store<u32>(count, take(pipe, load<usize>(data), min<u32>(amount, INBAND_MAX)));
    settle(pipe);
    return 0;
  }
  if (amount == 0 || pipe.writer == 0) {
    store<u32>(count, 0);
    return 0;
  }
  const waiter = make_waiter(amount);
  if (waiter == null) return fail(ENOMEM);
  pipe.readers = append(pipe.readers, waiter);
  return MIG_NO_REPLY;
}

function on_write(port: u32, _offset: u64, data: usize, count: u32, amount: usize): i32 {
  const pipe = pipe_of(port);
  if (pipe == null || pipe.writer != port) return fail(EBADF);
  if (pipe.reader == 0) return fail(EPIPE);
  if (pipe.writers == null && count <= ROOM - pipe.used) {
    put(pipe, data, count);
    settle(pipe);
    store<u32>(amount, count);
    return 0;
  }
  const waiter = make_waiter(count);
  const copy: u32 = waiter == null ? 0 : malloc(max<u32>(count, 1));
  if (waiter == null || copy == 0) {
    if (waiter != null) free(changetype<u32>(waiter));
    return fail(ENOMEM);
  }
  memory.copy(copy, data, count);
  waiter.data = copy;
  pipe.writers = append(pipe.writers, waiter);
  settle(pipe);
  return MIG_NO_REPLY;
}

function on_write_large(port: u32, offset: u64, data: usize, count: u32, amount: usize): i32 {
  const result = on_write(port, offset, data, count, amount);
  vm_deallocate(task_self(), <u32>data, count);
  return result;
}

function on_stat(port: u32, status: usize): i32 {
  if (pipe_of(port) == null) return fail(EBADF);
  memory.fill(status, 0, STAT_WORDS_SIZE);
  store<u32>(status, PIPE_MODE, STAT_MODE);
  return 0;
}

/** Nobody has a right to the end any more. */
function on_no_senders(port: u32): void {
  const pipe = pipe_of(port);
  if (pipe == null) return;
  if (pipe.reader == port) pipe.reader = 0;
  else pipe.writer = 0;
  mach_port_destroy(task_self(), port);
  settle(pipe);
  if (pipe.reader != 0 || pipe.writer != 0) return;
  if (pipes == pipe) pipes = pipe.next;
  else {
    let before = pipes!;
    while (before.next != pipe) before = before.next!;
    before.next = pipe.next;
  }
  free(pipe.buffer);
  free(changetype<u32>(pipe));
}

function serve(message: usize): i32 {
  request = message;
  if (load<u32>(message, MSGH_ID) == MACH_NOTIFY_NO_SENDERS) {
    on_no_senders(load<u32>(message, MSGH_LOCAL_PORT));
    return MIG_NO_REPLY;
  }
  const result = io_server(message);
  return result == MIG_BAD_ID ? pipe_server(message) : result;
}

function offer_service(): i32 {
  const cell = stackAlloc(4);
  let result = mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, cell);
  if (result != 0) return result;
  port_set = load<u32>(cell);
  result = mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell);
  if (result != 0) return result;
  mach_port_move_member(task_self(), load<u32>(cell), port_set);
  return offer(INIT_PORTS_PIPES, load<u32>(cell));
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  serve_pipe_create(on_create);
  serve_io_read(on_read);
  serve_io_write(on_write_large);
  serve_io_write_inband(on_write);
  serve_io_stat(on_stat);
  const good = check_equals("offered", offer_service(), 0);
  const status = finish();
  if (good) serve_port(port_set, serve);
  return status;
}
