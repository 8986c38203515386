// The life of processes: beginning, copies, other programs, end.
import { stackAlloc } from "../../guest/i386";
import { EAGAIN, ECHILD, EFAULT, EINVAL, ENOEXEC, ENOMEM, ENOSYS, ERESTART, ESRCH } from "../../abi/errno";
import { E_ENTRY } from "../../abi/elf";
import { O_READ, PATH_MAX } from "../../abi/fs";
import {
  CLONE_CHILD_SETTID,
  CLONE_PARENT_SETTID,
  CLONE_THREAD,
  CLONE_VFORK,
  LINUX_AT_FDCWD,
  LINUX_WNOHANG,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGNALS,
  SYS_clone,
  SYS_execve,
  SYS_exit,
  SYS_exit_group,
  SYS_fork,
  SYS_kill,
  SYS_tgkill,
  SYS_tkill,
  SYS_vfork,
  SYS_wait4,
  SYS_waitpid,
} from "../../abi/linux";
import { MACH_PORT_RIGHT_RECEIVE, TASK_EXCEPTION_PORT } from "../../abi/mach_port";
import { I386_REGS_SEGS_STATE, I386_THREAD_STATE_COUNT } from "../../abi/task_types";
import {
  task_create,
  task_set_special_port,
  task_terminate,
  thread_create,
  thread_resume,
  thread_set_state,
} from "../generated/mach.generated";
import { i386_set_gdt } from "../generated/mach_i386.generated";
import { mach_port_mod_refs, mach_port_move_member } from "../generated/mach_port.generated";
import { proc_child, proc_setmsgport, proc_setpgrp, proc_wait_request } from "../generated/process.generated";
import { HEADER_ROOM, is_linux, read_headers } from "../lib/elf-map";
import { make_port, set_registers } from "../lib/exceptions";
import { free, malloc } from "../lib/heap";
import { is_executable, Strings } from "../lib/loader";
import { task_self } from "../lib/mach";
import { process_port } from "../lib/process";
import { base_name, string_copy, string_length } from "../lib/string";
import { call_define, Registers } from "./calls";
import { load_segments, make_stack } from "./exec";
import { float_copy } from "./float";
import { copy_in, copy_in_path, copy_in_string, copy_out_word, memory_clear } from "./memory";
import { absolute_name, open_at } from "./paths";
import {
  action_of,
  event_note,
  event_wait,
  fds_close,
  LinuxProcess,
  process_copy,
  process_forget,
  process_make,
  process_of_pid,
  processes,
  port_release,
  program_name,
} from "./process";
import { is_fatal, is_interrupted, signal_send } from "./signals";

/** Where the exceptions of all processes come together. */
export let exception_set: u32 = 0;

export function set_exception_set(set: u32): void {
  exception_set = set;
}

const HERE: u32 = <u32>LINUX_AT_FDCWD;
const PROCESS_NAME_SIZE: u32 = 64;

// --- a task and its thread ---

/** Makes the process's task (a copy of that of `from`, or empty), its thread and its number. 0, or an error. */
export function task_begin(process: LinuxProcess, from: u32, name: usize): i32 {
  const cell = stackAlloc(4);
  const place = stackAlloc(4);
  if (task_create(from == 0 ? task_self() : from, from == 0 ? 0 : 1, cell) != 0) return -EAGAIN;
  process.task = load<u32>(cell);
  const port = make_port();
  process.exceptions = port;
  if (
    port == 0 ||
    mach_port_move_member(task_self(), port, exception_set) != 0 ||
    task_set_special_port(process.task, TASK_EXCEPTION_PORT, port) != 0 ||
    thread_create(process.task, cell) != 0
  )
    return -EAGAIN;
  process.thread = load<u32>(cell);
  const short = stackAlloc(PROCESS_NAME_SIZE);
  string_copy(short, base_name(name), PROCESS_NAME_SIZE);
  if (proc_child(process_port, process.task, short, cell, place) != 0) return -EAGAIN;
  process.pid = load<u32>(cell);
  // Signals come to this server, for the process alone. Its place at the process server is of no use to it.
  proc_setpgrp(load<u32>(place), 0, process.pid);
  proc_setmsgport(load<u32>(place), port);
  port_release(load<u32>(place));
  return 0;
}

/** Ends the task and what there is of it. */
function task_finish(process: LinuxProcess): void {
  const cell = stackAlloc(4);
  const ended = stackAlloc(4);
  if (process.task != 0) {
    task_terminate(process.task);
    port_release(process.task);
  }
  if (process.pid != 0) proc_wait_request(process_port, process.pid, 0, cell, ended);
  port_release(process.thread);
  if (process.exceptions != 0) {
    port_release(process.exceptions);
    mach_port_mod_refs(task_self(), process.exceptions, MACH_PORT_RIGHT_RECEIVE, <u32>-1);
  }
  process.task = 0;
  process.thread = 0;
  process.exceptions = 0;
}

/** The process ends with a status as wait4 gives it. Its parent may forget it afterwards. */
export function process_end(process: LinuxProcess, status: u32): void {
  if (process.ended != 0) return;
  process.ended = 1;
  process.borrowed = 0;
  process.status = status;
  fds_close(process, true);
  port_release(process.directory);
  process.directory = 0;
  task_finish(process);
  let child = processes;
  while (child != null) {
    const next: LinuxProcess | null = child.next;
    if (child.parent == process) {
      child.parent = null;
      if (child.ended != 0) process_forget(child);
    }
    child = next;
  }
  const parent = process.parent;
  if (parent != null) signal_send(parent, SIGCHLD);
  event_note();
}

// --- copies ---

/** Gives the thread the segment that set_thread_area has made; with a selector of all ones, a free one. */
export function segment_load(process: LinuxProcess): i32 {
  if (process.selector == 0) return 0;
  const selector = stackAlloc(4);
  const descriptor = stackAlloc(8);
  store<u32>(selector, process.selector);
  store<u32>(descriptor, process.descriptor_low);
  store<u32>(descriptor, process.descriptor_high, 4);
  const result = i386_set_gdt(process.thread, selector, descriptor);
  if (result == 0) process.selector = load<u32>(selector);
  return result;
}

/** Sets the thread's registers; those of a new program have no selectors yet, and get the usual ones. */
export function registers_set(process: LinuxProcess, r: Registers): i32 {
  const state = changetype<usize>(r);
  if (r.cs == 0) return set_registers(process.thread, state);
  return thread_set_state(process.thread, I386_REGS_SEGS_STATE, state, I386_THREAD_STATE_COUNT);
}

function start_copy(process: LinuxProcess, child: LinuxProcess, r: Registers, stack: u32): i32 {
  const size = offsetof<Registers>();
  const copy = stackAlloc(<u32>size);
  memory.copy(copy, changetype<usize>(r), size);
  const registers = changetype<Registers>(copy);
  registers.eax = 0;
  if (stack != 0) registers.uesp = stack;
  let result = segment_load(child);
  if (result == 0) result = registers_set(child, registers);
  float_copy(process, child);
  if (result == 0) result = thread_resume(child.thread);
  return result == 0 ? 0 : -EAGAIN;
}

function copy_process(process: LinuxProcess, r: Registers, flags: u32, stack: u32): i32 {
  const child = process_make();
  if (child == null) return -ENOMEM;
  process_copy(process, child);
  let error = task_begin(child, process.task, program_name(process));
  if (error == 0 && (flags & CLONE_PARENT_SETTID) != 0) error = copy_out_word(process, child.pid, r.edx);
  if (error == 0 && (flags & CLONE_CHILD_SETTID) != 0) error = copy_out_word(child, child.pid, r.edi);
  child.borrowed = (flags & CLONE_VFORK) != 0 ? 1 : 0;
  const pid = child.pid;
  if (error == 0) error = start_copy(process, child, r, stack);
  if (error != 0) {
    child.parent = null;
    process_end(child, 0);
    process_forget(child);
    return error;
  }
  // vfork: the parent waits until the child has a program of its own. Its memory is a copy all the same.
  let waits = true;
  while (waits) {
    const other = process_of_pid(pid);
    waits = other != null && other.borrowed != 0;
    if (waits) event_wait();
  }
  return pid;
}

function on_fork(process: LinuxProcess, r: Registers): i32 {
  return copy_process(process, r, 0, 0);
}

function on_vfork(process: LinuxProcess, r: Registers): i32 {
  return copy_process(process, r, CLONE_VFORK, 0);
}

/** Flags, stack, where the parent and the child want the number. Threads are not served. */
function on_clone(process: LinuxProcess, r: Registers): i32 {
  return (r.ebx & CLONE_THREAD) != 0 ? -ENOSYS : copy_process(process, r, r.ebx, r.ecx);
}

// --- programs ---

/** All strings of a program's vector together, and how many there may be. */
const STRINGS_ROOM: u32 = 0x20000;
const STRINGS_MOST: u32 = 4096;

/** Copies a vector of strings into `room` bytes at `text`, their addresses to `list`. What is left of the room, or an error. */
function copy_in_strings(process: LinuxProcess, vector: u32, strings: Strings, text: usize, room: u32): i32 {
  const pointer = stackAlloc(4);
  strings.count = 0;
  for (let at = vector; at != 0; at += 4) {
    if (copy_in(process, at, pointer, 4) != 0) return -EFAULT;
    if (load<u32>(pointer) == 0) break;
    const length = copy_in_string(process, load<u32>(pointer), text, room);
    if (length < 0) return length;
    if (strings.count == STRINGS_MOST) return -ENOMEM;
    store<u32>(strings.at + ((<usize>strings.count) << 2), <u32>text);
    strings.count++;
    text += length + 1;
    room -= length + 1;
  }
  return room;
}

/** The process becomes the program that `file`, with its first bytes at `headers`, is. What was before is gone. */
export function program_enter(
  process: LinuxProcess,
  file: u32,
  headers: usize,
  words: Strings,
  environment: Strings,
  r: Registers,
): bool {
  memory_clear(process);
  if (load_segments(process, file, headers) != 0) return false;
  const stack = make_stack(process, headers, words, environment);
  if (stack == 0) return false;
  memory.fill(changetype<usize>(r), 0, offsetof<Registers>());
  r.eip = load<u32>(headers + E_ENTRY);
  r.uesp = stack;
  process.selector = 0;
  process.borrowed = 0;
  fds_close(process, false);
  for (let signal: u32 = 1; signal <= <u32>SIGNALS; signal++)
    if (load<u32>(action_of(process, signal)) != SIG_IGN) store<u32>(action_of(process, signal), SIG_DFL);
  event_note();
  return true;
}

/** Opens the program called `path` and reads its first bytes; the port goes to `file`. 0 or an error. */
export function program_open(process: LinuxProcess, path: usize, file: usize, headers: usize): i32 {
  const error = open_at(process, HERE, path, string_length(path), O_READ, 0, file);
  if (error != 0) return error;
  const size = read_headers(load<u32>(file), headers);
  if (size >= 0 && is_executable(headers, size) && is_linux(headers, size)) return 0;
  port_release(load<u32>(file));
  return size < 0 ? size : -ENOEXEC;
}

function on_execve(process: LinuxProcess, r: Registers): i32 {
  const path = stackAlloc(PATH_MAX);
  const headers = stackAlloc(HEADER_ROOM);
  const file = stackAlloc(4);
  const words = changetype<Strings>(stackAlloc(8));
  const environment = changetype<Strings>(stackAlloc(8));
  const length = copy_in_path(process, r.ebx, path);
  if (length < 0) return length;
  let error = program_open(process, path, file, headers);
  if (error != 0) return error;
  const room = malloc(STRINGS_ROOM + 8 * STRINGS_MOST);
  if (room == 0) {
    port_release(load<u32>(file));
    return -ENOMEM;
  }
  words.at = room;
  environment.at = room + 4 * STRINGS_MOST;
  const text: usize = room + 8 * STRINGS_MOST;
  error = copy_in_strings(process, r.ecx, words, text, STRINGS_ROOM);
  if (error >= 0) error = copy_in_strings(process, r.edx, environment, text + (STRINGS_ROOM - error), error);
  if (error >= 0) {
    absolute_name(process, path, program_name(process));
    if (!program_enter(process, load<u32>(file), headers, words, environment, r)) process_end(process, 9);
    error = 0;
  }
  free(room);
  port_release(load<u32>(file));
  return error;
}

// --- ends ---

function on_exit(process: LinuxProcess, r: Registers): i32 {
  process_end(process, (r.ebx & 0xff) << 8);
  return 0;
}

/** A child of the process that `pid` (as wait4 has it) names: one that has ended, or any; null: none. */
function find_child(process: LinuxProcess, pid: i32, ended: bool): LinuxProcess | null {
  let child = processes;
  while (child != null) {
    const wanted =
      pid == -1 || <u32>pid == child.pid || (pid == 0 && child.group == process.group) || -pid == child.group;
    if (child.parent == process && wanted && (!ended || child.ended != 0)) return child;
    child = child.next;
  }
  return null;
}

/** Number, where the status goes, options. */
function on_wait(process: LinuxProcess, r: Registers): i32 {
  const pid = <i32>r.ebx;
  let child = find_child(process, pid, true);
  while (child == null) {
    if (find_child(process, pid, false) == null) return -ECHILD;
    if ((r.edx & LINUX_WNOHANG) != 0) return 0;
    if (is_interrupted(process)) return -ERESTART;
    event_wait();
    child = find_child(process, pid, true);
  }
  const ended = child!;
  const number = ended.pid;
  const status = ended.status;
  process_forget(ended);
  return r.ecx != 0 && copy_out_word(process, status, r.ecx) != 0 ? -EFAULT : number;
}

/** Sends to a process; signal 0 only asks whether there is one. */
export function send_to(process: LinuxProcess, signal: u32): void {
  if (signal == 0 || process.ended != 0) return;
  if (is_fatal(process, signal)) process_end(process, signal);
  else signal_send(process, signal);
}

/** A number, 0 or minus a group's for a group, -1 for everybody else. */
function on_kill(process: LinuxProcess, r: Registers): i32 {
  const wanted = <i32>r.ebx;
  const group = wanted == 0 ? process.group : wanted < -1 ? <u32>-wanted : 0;
  if (r.ecx > 32) return -EINVAL;
  let found = false;
  let other = processes;
  while (other != null) {
    const next: LinuxProcess | null = other.next;
    const meant =
      wanted > 0 ? other.pid == <u32>wanted : group != 0 ? other.group == group : other != process;
    if (meant && other.ended == 0) {
      found = true;
      send_to(other, r.ecx);
    }
    other = next;
  }
  return found ? 0 : -ESRCH;
}

function on_tkill(process: LinuxProcess, r: Registers): i32 {
  const other = process_of_pid(r.ebx);
  if (other == null || r.ecx > 32) return -ESRCH;
  send_to(other, r.ecx);
  return 0;
}

function on_tgkill(process: LinuxProcess, r: Registers): i32 {
  const other = process_of_pid(r.ecx);
  if (other == null || r.edx > 32) return -ESRCH;
  send_to(other, r.edx);
  return 0;
}

export function life_calls(): void {
  call_define(SYS_fork, on_fork);
  call_define(SYS_vfork, on_vfork);
  call_define(SYS_clone, on_clone);
  call_define(SYS_execve, on_execve);
  call_define(SYS_exit, on_exit);
  call_define(SYS_exit_group, on_exit);
  call_define(SYS_wait4, on_wait);
  call_define(SYS_waitpid, on_wait);
  call_define(SYS_kill, on_kill);
  call_define(SYS_tkill, on_tkill);
  call_define(SYS_tgkill, on_tgkill);
}
