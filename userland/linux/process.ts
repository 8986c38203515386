// Linux processes: each is a task with one thread, known to the process server under the number that the program sees.
import { GSYNC_BROADCAST, GSYNC_TIMED } from "../../abi/gsync";
import { MACH_PORT_RIGHT_SEND } from "../../abi/mach_port";
import { SIGACTION_BYTES, SIGNALS } from "../../abi/linux";
import { PATH_MAX } from "../../abi/fs";
import { mach_port_deallocate, mach_port_mod_refs } from "../generated/mach_port.generated";
import { gsync_wait, gsync_wake } from "../generated/gnumach.generated";
import { free, malloc } from "../lib/heap";
import { task_self } from "../lib/mach";
import { mutex_lock, mutex_unlock } from "../lib/mutex";

// What a descriptor stands for.
export const FD_FREE: u32 = 0;
export const FD_FILE: u32 = 1;
export const FD_CONSOLE: u32 = 2;
export const FD_PIPE: u32 = 3;
export const FD_NULL: u32 = 4;
export const FD_ZERO: u32 = 5;

/** Descriptors of a process. */
export const FDS: u32 = 128;
/** Of each: kind, port, Linux's O_* flags, and the next entry of a directory that is read. */
export const FD_PORT: usize = 4;
export const FD_FLAGS: usize = 8;
export const FD_ENTRY: usize = 12;
/** Not 0: closed by execve. */
export const FD_CLOSE: usize = 16;
export const FD_SIZE: u32 = 20;

@unmanaged
export class LinuxProcess {
  next!: LinuxProcess | null;
  parent!: LinuxProcess | null;
  pid!: u32;
  group!: u32;
  session!: u32;
  task!: u32;
  thread!: u32;
  /** Its exceptions come here. */
  exceptions!: u32;
  ended!: u32;
  /** As wait4 gives it. */
  status!: u32;
  /** A call of it is being served; and whether it is to be freed afterwards. */
  busy!: u32;
  forgotten!: u32;
  /** A child that its parent stands still for. */
  borrowed!: u32;
  /** The current directory. */
  directory!: u32;
  brk_start!: u32;
  brk!: u32;
  umask!: u32;
  /** Signals by bits, the first one being bit 0; only the first 32 can be sent. */
  pending!: u32;
  blocked!: u32;
  /** rt_sigsuspend: the mask to come back afterwards, if `suspended`. */
  kept_mask!: u32;
  suspended!: u32;
  /** The selector and the descriptor of the thread's segment, selector 0: none. */
  selector!: u32;
  descriptor_low!: u32;
  descriptor_high!: u32;
  /** Behind the object: descriptors, signal actions, the current directory's name, the program's name. */
}

const FDS_AT: u32 = 128;
const ACTIONS_AT: u32 = FDS_AT + FDS * FD_SIZE;
const NAME_AT: u32 = ACTIONS_AT + SIGNALS * SIGACTION_BYTES;
const PROGRAM_AT: u32 = NAME_AT + PATH_MAX;
const PROCESS_SIZE: u32 = PROGRAM_AT + PATH_MAX;

export let processes: LinuxProcess | null = null;
/** Everything here belongs to who holds it; nobody waits for a program with it. */
const lock: usize = memory.data<u32>([0]);
/** Changes when a process has ended or been sent a signal. */
const events: usize = memory.data<u32>([0]);

export function server_lock(): void {
  mutex_lock(lock);
}

export function server_unlock(): void {
  mutex_unlock(lock);
}

export function event_note(): void {
  atomic.add<u32>(events, 1);
  gsync_wake(task_self(), <u32>events, 0, GSYNC_BROADCAST);
}

/** Waits, with the lock given up, for an event that comes after this call. */
export function event_wait(): void {
  wait(0, 0);
}

/** As event_wait, but not longer than so many milliseconds. */
export function event_wait_for(milliseconds: u32): void {
  wait(milliseconds, GSYNC_TIMED);
}

function wait(milliseconds: u32, flags: u32): void {
  const seen = atomic.load<u32>(events);
  server_unlock();
  gsync_wait(task_self(), <u32>events, seen, 0, milliseconds, flags);
  server_lock();
}

/** A process with nothing, or null. */
export function process_make(): LinuxProcess | null {
  const address = malloc(PROCESS_SIZE);
  if (address == 0) return null;
  memory.fill(address, 0, PROCESS_SIZE);
  const process = changetype<LinuxProcess>(address);
  process.next = processes;
  processes = process;
  return process;
}

/** Takes a process that has ended off the list. */
export function process_forget(process: LinuxProcess): void {
  if (processes == process) processes = process.next;
  else {
    let before = processes;
    while (before != null && before.next != process) before = before.next;
    if (before != null) before.next = process.next;
  }
  process.forgotten = 1;
  process_release(process);
}

/** Frees a process that nobody looks at any more. */
export function process_release(process: LinuxProcess): void {
  if (process.forgotten != 0 && process.busy == 0) free(changetype<u32>(process));
}

export function process_of_port(port: u32): LinuxProcess | null {
  let process = processes;
  while (process != null && process.exceptions != port) process = process.next;
  return process;
}

export function process_of_pid(pid: u32): LinuxProcess | null {
  let process = processes;
  while (process != null && process.pid != pid) process = process.next;
  return process;
}

/** The descriptor's place; 0 if there is none such. */
export function fd_at(process: LinuxProcess, fd: u32): usize {
  if (fd >= FDS) return 0;
  const at = changetype<usize>(process) + FDS_AT + fd * FD_SIZE;
  return load<u32>(at) == FD_FREE ? 0 : at;
}

/** The lowest free descriptor from `least` on stands for the port from now on; -1: none. */
export function fd_make(process: LinuxProcess, least: u32, kind: u32, port: u32, flags: u32): i32 {
  for (let fd = least; fd < FDS; fd++) {
    const at = changetype<usize>(process) + FDS_AT + fd * FD_SIZE;
    if (load<u32>(at) != FD_FREE) continue;
    store<u32>(at, kind);
    store<u32>(at, port, FD_PORT);
    store<u32>(at, flags, FD_FLAGS);
    store<u32>(at, 0, FD_ENTRY);
    store<u32>(at, 0, FD_CLOSE);
    return fd;
  }
  return -1;
}

/** One reference more to a port, if there is one. */
export function port_hold(port: u32): void {
  if (port != 0) mach_port_mod_refs(task_self(), port, MACH_PORT_RIGHT_SEND, 1);
}

export function port_release(port: u32): void {
  if (port != 0) mach_port_deallocate(task_self(), port);
}

export function fd_close(at: usize): void {
  port_release(load<u32>(at, FD_PORT));
  store<u32>(at, FD_FREE);
}

/** Closes all descriptors, or those that execve closes. */
export function fds_close(process: LinuxProcess, all: bool): void {
  for (let fd: u32 = 0; fd < FDS; fd++) {
    const at = fd_at(process, fd);
    if (at != 0 && (all || load<u32>(at, FD_CLOSE) != 0)) fd_close(at);
  }
}

/** Gives the child what a copy of the process has besides its memory. */
export function process_copy(from: LinuxProcess, to: LinuxProcess): void {
  const start = changetype<usize>(to);
  memory.copy(start + FDS_AT, changetype<usize>(from) + FDS_AT, PROCESS_SIZE - FDS_AT);
  for (let fd: u32 = 0; fd < FDS; fd++) {
    const at = fd_at(to, fd);
    if (at != 0) port_hold(load<u32>(at, FD_PORT));
  }
  to.parent = from;
  to.group = from.group;
  to.session = from.session;
  to.directory = from.directory;
  port_hold(to.directory);
  to.brk_start = from.brk_start;
  to.brk = from.brk;
  to.umask = from.umask;
  to.blocked = from.blocked;
  to.selector = from.selector;
  to.descriptor_low = from.descriptor_low;
  to.descriptor_high = from.descriptor_high;
}

/** Where the action of a signal (1 to SIGNALS) is. */
export function action_of(process: LinuxProcess, signal: u32): usize {
  return changetype<usize>(process) + ACTIONS_AT + (signal - 1) * SIGACTION_BYTES;
}

/** The name of the current directory, PATH_MAX bytes. */
export function directory_name(process: LinuxProcess): usize {
  return changetype<usize>(process) + NAME_AT;
}

/** The name of the program, PATH_MAX bytes. */
export function program_name(process: LinuxProcess): usize {
  return changetype<usize>(process) + PROGRAM_AT;
}
