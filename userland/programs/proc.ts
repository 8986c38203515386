// The process server: gives tasks numbers, parents and an end. A server; who calls it by the port that init has is process 1.
//
// A process's port is its bootstrap port as well: a program finds there what init gives to its own (userland/lib/protocol.ts).
import { stackAlloc } from "../../guest/i386";
import { EAGAIN, ECHILD, EPERM, ESRCH } from "../../abi/errno";
import { ERRNO_SYSTEM } from "../../abi/fs";
import { MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_SEND_INVALID_DEST,
  MACH_SEND_MSG,
  MACH_SEND_TIMEOUT,
  MSG_HEADER_SIZE,
  MSGH_BITS,
  MSGH_ID,
  MSGH_LOCAL_PORT,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
} from "../../abi/mach_port";
import { task_terminate } from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_move_member,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import {
  process_server,
  serve_proc_child,
  serve_proc_getallpids,
  serve_proc_getpids,
  serve_proc_getprocinfo,
  serve_proc_kill,
  serve_proc_pid2task,
  serve_proc_reassign,
  serve_proc_setmsgport,
  serve_proc_setpgrp,
  serve_proc_wait_request,
} from "../generated/process_server.generated";
import { check, check_equals } from "../lib/check";
import { message_send, set_header, set_integer, task_self } from "../lib/mach";
import {
  begin,
  console_port,
  device_port,
  exec_port,
  finish,
  host_port,
  init_server,
  init_task,
  offer,
  pipe_port,
  root_port,
  server_task,
  term_port,
} from "../lib/process";
import {
  INIT_EXIT,
  INIT_EXIT_SIZE,
  INIT_EXIT_STATUS,
  INIT_PORTS,
  INIT_PORTS_CONSOLE,
  INIT_PORTS_DEVICE,
  INIT_PORTS_EXEC,
  INIT_PORTS_HOST,
  INIT_PORTS_PIPES,
  INIT_PORTS_PROCESS,
  INIT_PORTS_ROOT,
  INIT_PORTS_SERVER,
  INIT_PORTS_TASK,
  INIT_PORTS_TERM,
} from "../lib/protocol";
import { serve_port } from "../lib/server";
import { send_services, set_service } from "../lib/services";
import { string_copy, string_store } from "../lib/string";
import {
  PROC_SIGNAL,
  PROC_SIGNAL_NUMBER,
  PROC_SIGNAL_SIZE,
  SIGKILL,
  STATUS_SIGNALLED,
  WNOHANG,
} from "../../abi/process";
import { mach_msg_trap } from "../lib/asm";

export { thread_entry } from "../lib/threads";

const NAME_SIZE: u32 = 64;

@unmanaged
class Process {
  /** 0: this place is free. */
  pid!: u32;
  parent!: u32;
  /** The receive right, and the task. */
  port!: u32;
  task!: u32;
  ended!: u32;
  status!: u32;
  /** Who waits for a child: the right to answer him and its type, and for which child (0: any). */
  waiter!: u32;
  waiter_type!: u32;
  waits_for!: u32;
  group!: u32;
  /** Where its signals go; 0: they end it. */
  signals!: u32;
  // The name follows.
}

const PROCESSES: u32 = 256;
const NAME_AT: u32 = 44;
const PROCESS_SIZE: u32 = NAME_AT + NAME_SIZE;
const table: usize = memory.data(27648);
const INIT: u32 = 1;
const MAX_PID: u32 = 30000;
/** Ended without having said how. */
const KILLED: u32 = STATUS_SIGNALLED + SIGKILL;
let last_pid: u32 = INIT;
let port_set: u32 = 0;
/** The message that is being served. */
let request: usize = 0;

function at(index: u32): Process {
  return changetype<Process>(table + index * PROCESS_SIZE);
}

function name_of(process: Process): usize {
  return changetype<usize>(process) + NAME_AT;
}

/** The process with this number; a free place for 0. Null: there is none. */
function by_pid(pid: u32): Process | null {
  for (let index: u32 = 0; index < PROCESSES; index++) if (at(index).pid == pid) return at(index);
  return null;
}

function by_port(port: u32): Process | null {
  for (let index: u32 = 0; index < PROCESSES; index++)
    if (at(index).pid != 0 && at(index).port == port) return at(index);
  return null;
}

function fail(error: i32): i32 {
  return ERRNO_SYSTEM | error;
}

function next_pid(): u32 {
  do last_pid = last_pid == MAX_PID ? INIT + 1 : last_pid + 1;
  while (by_pid(last_pid) != null);
  return last_pid;
}

/** A port of the set; 0 on shortage. */
function make_port(): u32 {
  const cell = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell) != 0) return 0;
  mach_port_move_member(task_self(), load<u32>(cell), port_set);
  return load<u32>(cell);
}

function watch_task(task: u32, port: u32): void {
  const previous = stackAlloc(4);
  const once: u32 = MACH_MSG_TYPE_MAKE_SEND_ONCE;
  mach_port_request_notification(task_self(), task, MACH_NOTIFY_DEAD_NAME, 1, port, once, previous);
}

/** Enters a process; null when there is no room. */
function enter(parent: u32, task: u32): Process | null {
  const process = by_pid(0);
  const port: u32 = process == null ? 0 : make_port();
  if (process == null || port == 0) return null;
  memory.fill(changetype<usize>(process), 0, PROCESS_SIZE);
  process.pid = next_pid();
  process.parent = parent;
  process.port = port;
  process.task = task;
  return process;
}

function on_child(port: u32, task: u32, name: usize, pid: usize, child_port: usize): i32 {
  const parent = by_port(port);
  let child: Process | null = null;
  if (parent != null) child = enter(parent.pid, task);
  if (child == null) {
    mach_port_deallocate(task_self(), task);
    return fail(parent == null ? ESRCH : EAGAIN);
  }
  child.group = parent!.group;
  string_copy(name_of(child), name, NAME_SIZE);
  watch_task(task, child.port);
  store<u32>(pid, child.pid);
  store<u32>(child_port, child.port);
  return 0;
}

function set_signals(process: Process, port: u32): void {
  if (process.signals != 0) mach_port_deallocate(task_self(), process.signals);
  process.signals = port;
}

/** Forgets a process that has ended. */
function reap(process: Process): void {
  set_signals(process, 0);
  mach_port_destroy(task_self(), process.port);
  process.pid = 0;
}

const WAIT_REPLY_SIZE: u32 = 48;

function answer_waiter(parent: Process, child: Process): void {
  const reply = stackAlloc(WAIT_REPLY_SIZE);
  set_header(reply, parent.waiter_type, parent.waiter, 0, WAIT_REPLY_ID);
  set_integer(reply + MSG_HEADER_SIZE, 0);
  set_integer(reply + MSG_HEADER_SIZE + 8, child.status);
  set_integer(reply + MSG_HEADER_SIZE + 16, child.pid);
  message_send(reply, WAIT_REPLY_SIZE);
  parent.waiter = 0;
  reap(child);
}

const WAIT_REPLY_ID: u32 = 24101;

function on_wait(port: u32, pid: u32, options: u32, status: usize, ended: usize): i32 {
  const parent = by_port(port);
  if (parent == null) return fail(ESRCH);
  let children: u32 = 0;
  for (let index: u32 = 0; index < PROCESSES; index++) {
    const child = at(index);
    if (child.pid == 0 || child.parent != parent.pid || (pid != 0 && child.pid != pid)) continue;
    children++;
    if (child.ended == 0) continue;
    store<u32>(status, child.status);
    store<u32>(ended, child.pid);
    reap(child);
    return 0;
  }
  if (children == 0) return fail(ECHILD);
  if ((options & WNOHANG) != 0) {
    store<u32>(status, 0);
    store<u32>(ended, 0);
    return 0;
  }
  if (parent.waiter != 0) return fail(EAGAIN);
  parent.waiter = load<u32>(request, MSGH_REMOTE_PORT);
  parent.waiter_type = load<u32>(request, MSGH_BITS) & 0xff;
  parent.waits_for = pid;
  return MIG_NO_REPLY;
}

/** The process's task is dead. */
function end(process: Process): void {
  if (process.ended == 0) process.status = KILLED;
  process.ended = 1;
  if (process.waiter != 0) mach_port_deallocate(task_self(), process.waiter);
  process.waiter = 0;
  // Orphans are init's, who does not wait for them.
  for (let index: u32 = 0; index < PROCESSES; index++) {
    const child = at(index);
    if (child.pid == 0 || child.parent != process.pid) continue;
    child.parent = 0;
    if (child.ended > 1) reap(child);
  }
  process.ended = 2;
  const parent = by_pid(process.parent);
  if (process.parent == 0 || parent == null) reap(process);
  else if (parent.waiter != 0 && (parent.waits_for == 0 || parent.waits_for == process.pid))
    answer_waiter(parent, process);
}

function on_task_dead(port: u32, task: u32): void {
  const process = by_port(port);
  // The notification brings a reference to the dead name; the other one is ours, unless the process has another task now.
  mach_port_deallocate(task_self(), task);
  if (process == null || process.task != task) return;
  mach_port_deallocate(task_self(), task);
  process.task = 0;
  end(process);
}

/** A message with the signal, if there is room for it. False: nobody can get it. */
function send_signal(process: Process, signal: u32): bool {
  if (process.signals == 0 || signal == <u32>SIGKILL) return false;
  const message = stackAlloc(PROC_SIGNAL_SIZE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, process.signals, 0, PROC_SIGNAL);
  set_integer(message + PROC_SIGNAL_NUMBER - 4, signal);
  const option: u32 = MACH_SEND_MSG | MACH_SEND_TIMEOUT;
  return mach_msg_trap(message, option, PROC_SIGNAL_SIZE, 0, 0, 0, 0) != MACH_SEND_INVALID_DEST;
}

function signal_process(process: Process, signal: u32): void {
  if (send_signal(process, signal)) return;
  process.status = <u32>STATUS_SIGNALLED + (signal & 0x7f);
  process.ended = 1;
  task_terminate(process.task);
}

function kill_group(group: u32, signal: u32): i32 {
  let found = false;
  for (let index: u32 = 0; index < PROCESSES; index++) {
    const process = at(index);
    if (process.pid <= <u32>INIT || process.group != group || process.task == 0) continue;
    found = true;
    if (signal != 0) signal_process(process, signal);
  }
  return found ? 0 : fail(ESRCH);
}

function on_kill(port: u32, pid: u32, signal: u32): i32 {
  if (by_port(port) == null || pid == 0) return fail(ESRCH);
  if (<i32>pid < -1) return kill_group(-pid, signal);
  const process = by_pid(pid);
  if (process == null || process.task == 0) return fail(ESRCH);
  if (pid == INIT) return fail(EPERM);
  if (signal != 0) signal_process(process, signal);
  return 0;
}

function on_setmsgport(port: u32, signals: u32): i32 {
  const process = by_port(port);
  if (process == null || process.pid == INIT) {
    mach_port_deallocate(task_self(), signals);
    return fail(process == null ? ESRCH : EPERM);
  }
  set_signals(process, signals);
  return 0;
}

function on_setpgrp(port: u32, pid: u32, group: u32): i32 {
  const caller = by_port(port);
  const process = pid == 0 ? caller : by_pid(pid);
  if (caller == null || process == null) return fail(ESRCH);
  process.group = group;
  return 0;
}

function on_reassign(port: u32, task: u32): i32 {
  const process = by_port(port);
  if (process == null || process.pid == INIT || process.task == 0) {
    mach_port_deallocate(task_self(), task);
    return fail(process == null ? ESRCH : EPERM);
  }
  mach_port_deallocate(task_self(), process.task);
  process.task = task;
  set_signals(process, 0);
  watch_task(task, port);
  return 0;
}

function on_getpids(port: u32, pid: usize, parent: usize): i32 {
  const process = by_port(port);
  if (process == null) return fail(ESRCH);
  store<u32>(pid, process.pid);
  store<u32>(parent, process.parent);
  return 0;
}

function on_getallpids(port: u32, pids: usize, count: usize): i32 {
  if (by_port(port) == null) return fail(ESRCH);
  let found: u32 = 0;
  for (let index: u32 = 0; index < PROCESSES; index++) {
    if (at(index).pid == 0) continue;
    store<u32>(pids + ((<usize>found) << 2), at(index).pid);
    found++;
  }
  store<u32>(count, found);
  return 0;
}

function on_getprocinfo(port: u32, pid: u32, parent: usize, name: usize): i32 {
  const process = by_pid(pid);
  if (by_port(port) == null || pid == 0 || process == null) return fail(ESRCH);
  store<u32>(parent, process.parent);
  memory.copy(name, name_of(process), NAME_SIZE);
  return 0;
}

function on_pid2task(port: u32, pid: u32, task: usize): i32 {
  const process = by_pid(pid);
  if (by_port(port) == null || pid == 0 || process == null || process.task == 0) return fail(ESRCH);
  store<u32>(task, process.task);
  return 0;
}

// --- what programs ask their bootstrap port ---

function send_ports(message: usize): void {
  const remote = load<u32>(message, MSGH_REMOTE_PORT);
  if (remote == 0) return;
  set_service(INIT_PORTS_PROCESS, load<u32>(message, MSGH_LOCAL_PORT));
  send_services(remote, MACH_MSG_TYPE_MAKE_SEND);
}

function note_exit(message: usize): void {
  const process = by_port(load<u32>(message, MSGH_LOCAL_PORT));
  if (process == null || load<u32>(message, MSGH_SIZE) != <u32>INIT_EXIT_SIZE) return;
  process.status = load<u32>(message + INIT_EXIT_STATUS) & 0xff;
  process.ended = 1;
}

function serve(message: usize): i32 {
  request = message;
  const id = load<u32>(message, MSGH_ID);
  if (id == INIT_PORTS) send_ports(message);
  else if (id == INIT_EXIT) note_exit(message);
  else if (id == MACH_NOTIFY_DEAD_NAME)
    on_task_dead(load<u32>(message, MSGH_LOCAL_PORT), load<u32>(message, MSG_HEADER_SIZE + 4));
  else {
    const result = process_server(message);
    return result == MIG_BAD_ID && load<u32>(message, MSGH_REMOTE_PORT) == 0 ? MIG_NO_REPLY : result;
  }
  return MIG_NO_REPLY;
}

/** Programs get what this one has got. */
function set_services(): void {
  set_service(INIT_PORTS_CONSOLE, console_port);
  set_service(INIT_PORTS_HOST, host_port);
  set_service(INIT_PORTS_DEVICE, device_port);
  set_service(INIT_PORTS_TASK, init_task);
  set_service(INIT_PORTS_ROOT, root_port);
  set_service(INIT_PORTS_SERVER, server_task);
  set_service(INIT_PORTS_PIPES, pipe_port);
  set_service(INIT_PORTS_EXEC, exec_port);
  set_service(INIT_PORTS_TERM, term_port);
}

function set_handlers(): void {
  serve_proc_child(on_child);
  serve_proc_wait_request(on_wait);
  serve_proc_kill(on_kill);
  serve_proc_getpids(on_getpids);
  serve_proc_getallpids(on_getallpids);
  serve_proc_getprocinfo(on_getprocinfo);
  serve_proc_pid2task(on_pid2task);
  serve_proc_reassign(on_reassign);
  serve_proc_setmsgport(on_setmsgport);
  serve_proc_setpgrp(on_setpgrp);
}

/** Enters a task that is nobody's child, unless it is known already. False: there is no room. */
function enter_server(task: u32, name: usize): bool {
  for (let index: u32 = 0; index < PROCESSES; index++)
    if (at(index).pid != 0 && at(index).task == task) return true;
  const process = enter(0, task);
  if (process == null) return false;
  string_copy(name_of(process), name, NAME_SIZE);
  if (process.pid != INIT && task != task_self()) watch_task(task, process.port);
  return true;
}

/** Enters init, the file server, which is the second one so that people can count on it, and the servers that run so far. */
function enter_first(): bool {
  const cell = stackAlloc(4);
  const name = stackAlloc(NAME_SIZE);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, cell) != 0) return false;
  port_set = load<u32>(cell);
  last_pid = 0;
  string_store(name, "init");
  if (!enter_server(init_task, name)) return false;
  string_store(name, "ext2fs");
  if (server_task != 0 && !enter_server(server_task, name)) return false;
  let task = init_server(0, name);
  for (let index: u32 = 1; task != 0; index++) {
    if (!enter_server(task, name)) return false;
    task = init_server(index, name);
  }
  string_store(name, "proc");
  return enter_server(task_self(), name);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  set_services();
  set_handlers();
  const good =
    check("a place for the first processes", enter_first()) &&
    check_equals("offered", offer(INIT_PORTS_PROCESS, at(0).port), 0);
  const status = finish();
  if (good) serve_port(port_set, serve);
  return status;
}
