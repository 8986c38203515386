// linux [-t] PROGRAM [ARGUMENT...]: runs a static i386 Linux program, unmodified, and those that it starts. Its calls (INT 80h) are exceptions
// to the kernel, which asks this server; see docs/linux.md.
import { stackAlloc } from "../../guest/i386";
import { EINTR, EIO, ERESTART } from "../../abi/errno";
import { T_PROTECTION } from "../../abi/i386";
import { LINUX_TRAP_SIZE, LINUX_TRAP_SUBCODE, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from "../../abi/linux";
import { MACH_MSG_SUCCESS, MACH_RCV_MSG, MSGH_ID, MSGH_LOCAL_PORT } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_PORT_SET } from "../../abi/mach_port";
import {
  EXC_ARITHMETIC,
  EXC_BAD_ACCESS,
  EXC_BAD_INSTRUCTION,
  EXC_BREAKPOINT,
  THREAD_STATE_SIZE,
} from "../../abi/task_types";
import { PROC_SIGNAL, PROC_SIGNAL_NUMBER } from "../../abi/process";
import { thread_resume } from "../generated/mach.generated";
import { mach_port_allocate, mach_port_move_member } from "../generated/mach_port.generated";
import { proc_setmsgport } from "../generated/process.generated";
import { mach_msg_trap } from "../lib/asm";
import { HEADER_ROOM } from "../lib/elf-map";
import { clock_map } from "../lib/clock";
import { cthread_fork } from "../lib/cthreads";
import {
  answer_exception,
  EXCEPTION_CODE,
  EXCEPTION_KIND,
  EXCEPTION_ROOM,
  EXCEPTION_SUBCODE,
  get_registers,
  make_port,
  set_registers,
} from "../lib/exceptions";
import { Strings } from "../lib/loader";
import { task_self } from "../lib/mach";
import { arg, format, print, print_bytes, print_flush, print_line } from "../lib/print";
import {
  arguments_from,
  command_finish,
  device_port,
  environment_strings,
  process_port,
} from "../lib/process";
import { call_run, Registers } from "../linux/calls";
import {
  fds_begin,
  file_calls,
  foreground_group,
  set_foreground_group,
  terminal_initialize,
} from "../linux/files";
import {
  exception_set,
  life_calls,
  process_end,
  program_enter,
  program_open,
  registers_set,
  send_to,
  set_exception_set,
  task_begin,
} from "../linux/life";
import { memory_calls } from "../linux/memory";
import { absolute_name, path_calls } from "../linux/paths";
import {
  directory_name,
  event_wait,
  FD_CONSOLE,
  FD_FILE,
  LinuxProcess,
  port_hold,
  process_forget,
  process_make,
  process_of_port,
  process_release,
  processes,
  program_name,
  server_lock,
  server_unlock,
} from "../linux/process";
import { is_fatal, restarts, signal_calls, signal_send, signals_take } from "../linux/signals";
import { stat_calls } from "../linux/stat";
import { system_calls } from "../linux/system";
import { string_store } from "../lib/string";
import { command_begin, first_operand, has_option, operand, operands, options_are } from "../posix/command";
import { getcwd } from "../posix/cwd";
import { CONSOLE, current_directory, kind_of, port_of } from "../posix/descriptors";
import { error_text } from "../posix/error-text";

export { thread_entry } from "../lib/threads";

/** Threads that wait for an exception. */
let idle: u32 = 0;

function signal_of(kind: u32, code: u32): u32 {
  if (kind == <u32>EXC_BAD_ACCESS) return SIGSEGV;
  if (kind == <u32>EXC_ARITHMETIC) return SIGFPE;
  if (kind == <u32>EXC_BREAKPOINT) return SIGTRAP;
  return kind == <u32>EXC_BAD_INSTRUCTION && code == <u32>T_PROTECTION ? SIGSEGV : SIGILL;
}

/** Option -t: calls are printed with their first four arguments, and what they return. */
let traced: bool = false;

function trace_call(process: LinuxProcess, r: Registers): void {
  arg(process.pid);
  arg(r.eax);
  arg(r.ebx);
  arg(r.ecx);
  arg(r.edx);
  arg(r.esi);
  format("[%u] call %u (%x, %x, %x, %x)\n");
  print_flush();
}

function trace_result(process: LinuxProcess, result: i32): void {
  arg(process.pid);
  arg(result);
  format("[%u] = %x\n");
  print_flush();
}

function is_call(message: usize): bool {
  return (
    load<u32>(message + EXCEPTION_KIND) == <u32>EXC_BAD_INSTRUCTION &&
    load<u32>(message + EXCEPTION_CODE) == <u32>T_PROTECTION &&
    load<u32>(message + EXCEPTION_SUBCODE) == <u32>LINUX_TRAP_SUBCODE
  );
}

/** One exception of a process. */
function serve_process(process: LinuxProcess, message: usize): void {
  const state = stackAlloc(THREAD_STATE_SIZE);
  if (get_registers(process.thread, state) != 0) return;
  const registers = changetype<Registers>(state);
  if (is_call(message)) {
    registers.eip += LINUX_TRAP_SIZE;
    if (traced) trace_call(process, registers);
    const number = registers.eax;
    const result = call_run(process, registers);
    if (traced) trace_result(process, result);
    // A program that has just begun has no result to look at.
    registers.eax = result;
    if (result == -ERESTART) {
      const again = restarts(process);
      registers.eax = again ? number : -EINTR;
      if (again) registers.eip -= LINUX_TRAP_SIZE;
    }
  } else {
    const signal = signal_of(load<u32>(message + EXCEPTION_KIND), load<u32>(message + EXCEPTION_CODE));
    const stubborn = (process.blocked & ((<u32>1) << (signal - 1))) != 0;
    if (stubborn || is_fatal(process, signal)) process_end(process, signal);
    else signal_send(process, signal);
  }
  if (process.ended == 0 && process.pending != 0) {
    const signal = signals_take(process, registers);
    if (signal != 0) process_end(process, signal);
  }
  if (process.ended == 0) registers_set(process, registers);
}

function serve_exception(message: usize): void {
  const process = process_of_port(load<u32>(message + MSGH_LOCAL_PORT));
  if (process != null) {
    process.busy = 1;
    serve_process(process, message);
    process.busy = 0;
    if (process.ended != 0 && process.parent == null && process != first) {
      if (process.forgotten == 0) process_forget(process);
    } else process_release(process);
  }
  answer_exception(message, process == null ? EIO : 0);
}

/** A signal from outside: for the process whose port this is, or for those in the foreground. */
function take_signal(message: usize): void {
  const signal = load<u32>(message, PROC_SIGNAL_NUMBER);
  const port = load<u32>(message, MSGH_LOCAL_PORT);
  const group = foreground_group();
  if (signal == 0 || signal > 32) return;
  const process = process_of_port(port);
  if (process != null) return send_to(process, signal);
  let other = processes;
  while (other != null) {
    const next: LinuxProcess | null = other.next;
    if (other.group == group) send_to(other, signal);
    other = next;
  }
}

/** A thread of the server: there is always one that waits. */
function serve(_argument: u32): void {
  const message = stackAlloc(EXCEPTION_ROOM);
  let good = true;
  while (good) {
    server_lock();
    idle++;
    server_unlock();
    good = mach_msg_trap(message, MACH_RCV_MSG, 0, EXCEPTION_ROOM, exception_set, 0, 0) == MACH_MSG_SUCCESS;
    server_lock();
    idle--;
    if (idle == 0) cthread_fork(serve, 0);
    if (good && load<u32>(message, MSGH_ID) == <u32>PROC_SIGNAL) take_signal(message);
    else if (good) serve_exception(message);
    server_unlock();
  }
}

let first: LinuxProcess | null = null;

function begin_descriptors(process: LinuxProcess): void {
  for (let fd: u32 = 0; fd < 3; fd++)
    fds_begin(process, kind_of(fd) == CONSOLE ? FD_CONSOLE : FD_FILE, port_of(fd));
}

/** Starts the program that the arguments name. 0, or an error. */
function start(): i32 {
  const headers = stackAlloc(HEADER_ROOM);
  const file = stackAlloc(4);
  const state = stackAlloc(THREAD_STATE_SIZE);
  const words = changetype<Strings>(stackAlloc(8));
  const environment = changetype<Strings>(stackAlloc(8));
  const process = process_make();
  if (process == null) return -EIO;
  first = process;
  process.directory = current_directory();
  port_hold(process.directory);
  process.umask = 0x12;
  // A directory that was removed has no name.
  if (getcwd(directory_name(process)) != 0) string_store(directory_name(process), "/");
  let error = program_open(process, operand(0), file, headers);
  if (error != 0) return error;
  absolute_name(process, operand(0), program_name(process));
  error = task_begin(process, 0, operand(0));
  if (error != 0) return error;
  process.group = process.pid;
  process.session = process.pid;
  set_foreground_group(process.pid);
  begin_descriptors(process);
  words.count = operands();
  words.at = arguments_from(first_operand);
  environment.at = environment_strings();
  environment.count = 0;
  while (load<u32>(environment.at + ((<usize>environment.count) << 2)) != 0) environment.count++;
  const registers = changetype<Registers>(state);
  if (!program_enter(process, load<u32>(file), headers, words, environment, registers)) return -EIO;
  if (set_registers(process.thread, state) != 0) return -EIO;
  return thread_resume(process.thread) == 0 ? 0 : -EIO;
}

/** Waits for the first process; the others end with it. Its exit status. */
function wait_first(): i32 {
  const process = first!;
  while (process.ended == 0) event_wait();
  while (processes != null) {
    const other = processes!;
    process_end(other, 9);
    if (other != process) process_forget(other);
    else break;
  }
  const status = process.status;
  return (status & 0x7f) != 0 ? 128 + (status & 0x7f) : status >>> 8;
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  if (!options_are("t") || operands() == 0 || process_port == 0) {
    print_line("usage: linux [-t] PROGRAM [ARGUMENT...]");
    return command_finish(2);
  }
  const cell = stackAlloc(4);
  traced = has_option("t");
  memory_calls();
  path_calls();
  file_calls();
  stat_calls();
  signal_calls();
  life_calls();
  system_calls();
  terminal_initialize();
  clock_map(device_port);
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, cell);
  set_exception_set(load<u32>(cell));
  const signals = make_port();
  mach_port_move_member(task_self(), signals, exception_set);
  proc_setmsgport(process_port, signals);
  server_lock();
  cthread_fork(serve, 0);
  const error = start();
  if (error != 0) {
    server_unlock();
    print("linux: ");
    print_bytes(operand(0));
    print(": ");
    print_line(error_text(-error));
    return command_finish(126);
  }
  const status = wait_first();
  server_unlock();
  print_flush();
  return command_finish(status);
}
