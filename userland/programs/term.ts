// The terminal: reads the console all the time, edits lines, and gives them to who asks. Control-C is a signal for the processes in
// the foreground, as a shell names them. What is written goes to the console directly.
import { stackAlloc } from "../../guest/i386";
import { EINTR, ENOMEM } from "../../abi/errno";
import { ERRNO_SYSTEM, INBAND_MAX, STAT_MODE, STAT_WORDS_SIZE } from "../../abi/fs";
import { MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { SIGINT } from "../../abi/process";
import { IO_INBAND_MAX } from "../../abi/task_types";
import { TERM_ECHO, TERM_LINES, TERM_SIGNALS, TERM_USUAL } from "../../abi/term";
import {
  device_reply_server,
  serve_device_read_reply_inband,
} from "../generated/device_reply_server.generated";
import { device_read_request_inband } from "../generated/device_request.generated";
import { io_server, serve_io_read, serve_io_stat } from "../generated/io_server.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_move_member,
} from "../generated/mach_port.generated";
import { proc_kill } from "../generated/process.generated";
import {
  serve_term_get_ready,
  serve_term_set_foreground,
  serve_term_set_mode,
  term_server,
} from "../generated/term_server.generated";
import { check_equals } from "../lib/check";
import { free, malloc } from "../lib/heap";
import { answer_code, answer_read, Asker, asker_of } from "../lib/io-reply";
import { echo, line, line_begin, LINE_GOES_ON, LINE_SIZE, line_take, line_used } from "../lib/line-editor";
import { task_self } from "../lib/mach";
import { begin, console_port, finish, offer } from "../lib/process";
import { INIT_PORTS_TERM } from "../lib/protocol";
import { serve_port } from "../lib/server";

export { thread_entry } from "../lib/threads";

const INTERRUPT: u32 = 3;
const NEWLINE: u32 = 10;
const END_OF_FILE: u32 = 4;
/** A character device that its owner reads and writes, as ls shows it. */
const TERMINAL_MODE: u32 = 0x2190;

/** Somebody who waits for input. */
@unmanaged
class Reader extends Asker {
  next!: Reader | null;
  amount!: u32;
}

let readers: Reader | null = null;
let mode: u32 = TERM_USUAL;
/** What can be read: a ring, whose lines end with a newline or with control-D, which alone is the end of the input. */
const ROOM: u32 = 4096;
const ring: usize = memory.data(4096);
let first: u32 = 0;
let used: u32 = 0;
/** Control-C was typed while nobody was there to be told. */
let interrupted: bool = false;

let foreground: u32 = 0;
let foreground_process: u32 = 0;
let device_reply: u32 = 0;
/** The console has been asked for more. */
let asked: bool = false;
let request: usize = 0;

function put(byte: u32): void {
  if (used == ROOM) return;
  store<u8>(ring + ((first + used) % ROOM), <u8>byte);
  used++;
}

/** What the last copy has taken out of the ring if it counts: a control-D more than it has copied, perhaps. */
let taken: u32 = 0;

/** Copies what a read of `amount` bytes gives: with lines no more than one. How many bytes. */
function copy(to: usize, amount: u32): u32 {
  const most = min<u32>(amount, INBAND_MAX);
  const lines = (mode & TERM_LINES) != 0;
  let count: u32 = 0;
  taken = 0;
  while (count < most && taken < used) {
    const byte: u32 = load<u8>(ring + ((first + taken) % ROOM));
    taken++;
    if (lines && byte == END_OF_FILE) break;
    store<u8>(to + count, <u8>byte);
    count++;
    if (lines && byte == NEWLINE) break;
  }
  return count;
}

/** What was copied last is gone. */
function drop(): void {
  first = (first + taken) % ROOM;
  used -= taken;
  ask();
}

/** Asks the console for more, as long as there is room for it. */
function ask(): void {
  if (asked || used + LINE_SIZE + IO_INBAND_MAX > ROOM) return;
  asked = device_read_request_inband(console_port, device_reply, 0, 0, IO_INBAND_MAX) == 0;
}

function take_reader(): Reader {
  const reader = readers!;
  readers = reader.next;
  return reader;
}

/** Gives readers what there is. Who is gone gets nothing. */
function settle(): void {
  const bytes = stackAlloc(INBAND_MAX);
  while (readers != null && used != 0) {
    const reader = take_reader();
    const count = copy(bytes, reader.amount);
    if (answer_read(reader, bytes, count) == 0) drop();
    free(changetype<u32>(reader));
  }
}

/** Control-C: nothing of what was typed counts. */
function interrupt(): void {
  line_begin();
  used = 0;
  echo(console_port, 94);
  echo(console_port, 67);
  echo(console_port, NEWLINE);
  if (foreground != 0) proc_kill(foreground_process, -foreground, SIGINT);
  interrupted = foreground == 0 && readers == null;
  while (readers != null) {
    const reader = take_reader();
    answer_code(reader, ERRNO_SYSTEM | EINTR);
    free(changetype<u32>(reader));
  }
}

function take_line(): void {
  for (let index: u32 = 0; index < line_used; index++) put(load<u8>(line + index));
  line_begin();
}

function take_byte(byte: u32): void {
  const console: u32 = (mode & TERM_ECHO) != 0 ? console_port : 0;
  if (byte == INTERRUPT && (mode & TERM_SIGNALS) != 0) interrupt();
  else if ((mode & TERM_LINES) == 0) {
    put(byte);
    echo(console, byte);
  } else {
    const state = line_take(byte, console);
    if (state == LINE_GOES_ON) return;
    take_line();
    if (byte == END_OF_FILE) put(byte);
  }
}

function on_typed(_port: u32, code: u32, data: usize, count: u32): void {
  asked = false;
  if (code == 0) for (let index: u32 = 0; index < count; index++) take_byte(load<u8>(data + index));
  settle();
  ask();
}

function on_read(_port: u32, _offset: u64, amount: u32, data: usize, count: usize): i32 {
  if (interrupted) {
    interrupted = false;
    return ERRNO_SYSTEM | EINTR;
  }
  if (amount == 0 || (readers == null && used != 0)) {
    const bytes = copy(load<usize>(data), amount);
    store<u32>(count, bytes);
    if (amount != 0) drop();
    return 0;
  }
  const reader = changetype<Reader>(<usize>malloc(<u32>offsetof<Reader>()));
  if (changetype<usize>(reader) == 0) return ERRNO_SYSTEM | ENOMEM;
  asker_of(request, reader);
  reader.amount = amount;
  reader.next = null;
  if (readers == null) readers = reader;
  else {
    let last = readers!;
    while (last.next != null) last = last.next!;
    last.next = reader;
  }
  return MIG_NO_REPLY;
}

function on_stat(_port: u32, status: usize): i32 {
  memory.fill(status, 0, STAT_WORDS_SIZE);
  store<u32>(status, TERMINAL_MODE, STAT_MODE);
  return 0;
}

/** What was typed meanwhile is looked at again: what was begun as a line can be read at once, what came as it was may be lines. */
function on_set_mode(_port: u32, wanted: u32): i32 {
  const changed = (mode ^ wanted) & TERM_LINES;
  mode = wanted;
  if (changed != 0 && (wanted & TERM_LINES) == 0) take_line();
  else if (changed != 0) {
    const bytes = stackAlloc(ROOM);
    const count = used;
    for (let index: u32 = 0; index < count; index++)
      store<u8>(bytes + index, load<u8>(ring + ((first + index) % ROOM)));
    used = 0;
    for (let index: u32 = 0; index < count; index++) take_byte(load<u8>(bytes + index));
  }
  settle();
  return 0;
}

function on_get_ready(_port: u32, ready: usize): i32 {
  store<i32>(ready, interrupted ? -1 : used);
  interrupted = false;
  return 0;
}

function on_set_foreground(_port: u32, process: u32, group: u32): i32 {
  if (foreground_process != 0) mach_port_deallocate(task_self(), foreground_process);
  foreground_process = process;
  foreground = group;
  return 0;
}

function serve(message: usize): i32 {
  request = message;
  let result = io_server(message);
  if (result == MIG_BAD_ID) result = term_server(message);
  return result == MIG_BAD_ID ? device_reply_server(message) : result;
}

/** A port in the set `set`; 0: there is none. */
function make_port(set: u32): u32 {
  const cell = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell) != 0) return 0;
  mach_port_move_member(task_self(), load<u32>(cell), set);
  return load<u32>(cell);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const cell = stackAlloc(4);
  serve_io_read(on_read);
  serve_io_stat(on_stat);
  serve_term_set_mode(on_set_mode);
  serve_term_get_ready(on_get_ready);
  serve_term_set_foreground(on_set_foreground);
  serve_device_read_reply_inband(on_typed);
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, cell);
  const set = load<u32>(cell);
  device_reply = make_port(set);
  const good = check_equals("offered", offer(INIT_PORTS_TERM, make_port(set)), 0);
  const status = finish();
  if (good) {
    ask();
    serve_port(set, serve);
  }
  return status;
}
