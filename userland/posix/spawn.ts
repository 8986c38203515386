// New processes.
import { stackAlloc } from "../../guest/i386";
import { ENOENT, ENOMEM, ESRCH } from "../../abi/errno";
import { O_READ } from "../../abi/fs";
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { TASK_BOOTSTRAP_PORT } from "../../abi/mach_port";
import { task_create, task_set_special_port, task_terminate } from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_insert_right } from "../generated/mach_port.generated";
import {
  proc_child,
  proc_getpids,
  proc_kill,
  proc_reassign,
  proc_wait_request,
} from "../generated/process.generated";
import { exec_exec } from "../generated/exec.generated";
import { free, malloc } from "../lib/heap";
import { string_at, Strings, STRINGS_SIZE } from "../lib/loader";
import { task_self } from "../lib/mach";
import { print_flush } from "../lib/print";
import { exec_port, process_port } from "../lib/process";
import { base_name, string_copy, string_length, string_store, string_store_u32 } from "../lib/string";
import { current_directory, FREE, kind_of, lookup, port_of } from "./descriptors";
import { note, set_errno } from "./errno";

const NAME_SIZE: u32 = 64;
/** Descriptors 0, 1 and 2 of a new process. */
export const STANDARD: u32 = 3;

/**
 * Gives the task rights to the descriptors and to our current directory, and says which in `variable` (80 bytes):
 * `_fds=KIND:PORT,KIND:PORT,KIND:PORT,DIRECTORY`.
 */
function give_descriptors(task: u32, descriptors: usize, variable: usize): void {
  let at = variable + string_store(variable, "_fds=");
  for (let index: u32 = 0; index < STANDARD; index++) {
    const fd = load<u32>(descriptors + ((<usize>index) << 2));
    const kind = kind_of(fd);
    at += string_store_u32(at, kind);
    store<u8>(at++, 58);
    at += string_store_u32(at, port_of(fd));
    store<u8>(at++, 44);
    // The same right may be there already, under the same name.
    if (kind != FREE) mach_port_insert_right(task, port_of(fd), port_of(fd), MACH_MSG_TYPE_COPY_SEND);
  }
  const directory = current_directory();
  string_store_u32(at, directory);
  mach_port_insert_right(task, directory, directory, MACH_MSG_TYPE_COPY_SEND);
}

const variable: usize = memory.data(80);
const variables: usize = memory.data(260);

/** The environment with the descriptors' variable in it. */
function with_descriptors(environment: Strings, strings: Strings): void {
  const count = min<u32>(environment.count, 63);
  memory.copy(variables, environment.at, count * 4);
  store<u32>(variables + ((<usize>count) << 2), <u32>variable);
  strings.count = count + 1;
  strings.at = variables;
}

/** The strings, each with its zero, in memory of their own at `at`. Their bytes; 0: no memory. */
function pack(strings: Strings, at: usize): u32 {
  let bytes: u32 = 0;
  for (let index: u32 = 0; index < strings.count; index++)
    bytes += string_length(string_at(strings, index)) + 1;
  const block = malloc(bytes);
  store<u32>(at, block);
  if (block == 0) return 0;
  let to: usize = block;
  for (let index: u32 = 0; index < strings.count; index++) {
    const length = string_length(string_at(strings, index)) + 1;
    memory.copy(to, string_at(strings, index), length);
    to += length;
  }
  return bytes;
}

/** Has the exec server load the program into the task and start it. 0 or -1. */
function fill_task(task: u32, path: usize, file: u32, words: Strings, environment: Strings): i32 {
  const block = stackAlloc(8);
  store<u32>(block, 0, 4);
  const argv_size = pack(words, block);
  const envp_size = argv_size == 0 ? 0 : pack(environment, block + 4);
  const argv = load<u32>(block);
  const envp = load<u32>(block, 4);
  let error: i32 = -1;
  if (envp_size == 0) set_errno(ENOMEM);
  else
    error = note(
      exec_exec(exec_port, file, task, argv, argv_size, 0, envp, envp_size, 0, path, string_length(path)),
    );
  free(argv);
  free(envp);
  return error;
}

/** Opens the program; its port goes to `file`. 0 or -1. */
function open_program(path: usize, file: usize): i32 {
  if (process_port == 0 || exec_port == 0) return set_errno(ENOENT);
  return lookup(path, string_length(path), O_READ, 0, file);
}

/** Makes the task a process with our child's place, and starts it. Its number, or -1. */
function start_process(
  task: u32,
  path: usize,
  file: u32,
  words: Strings,
  environment: Strings,
  descriptors: usize,
): i32 {
  const pid = stackAlloc(4);
  const port = stackAlloc(4);
  const name = stackAlloc(NAME_SIZE);
  string_copy(name, base_name(path), NAME_SIZE);
  if (note(proc_child(process_port, task, name, pid, port)) != 0) return -1;
  task_set_special_port(task, TASK_BOOTSTRAP_PORT, load<u32>(port));
  mach_port_deallocate(task_self(), load<u32>(port));
  give_descriptors(task, descriptors, variable);
  const strings = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  with_descriptors(environment, strings);
  if (fill_task(task, path, file, words, strings) == 0) return load<u32>(pid);
  // Nobody is to hear of it.
  task_terminate(task);
  proc_wait_request(process_port, load<u32>(pid), 0, port, pid);
  return -1;
}

/**
 * Runs the program at `path` as a child: its arguments, its environment, and what its descriptors 0, 1 and 2 are to be (three
 * words, descriptors of ours). It begins in our current directory. Its number, or -1.
 */
export function spawn(path: usize, words: Strings, environment: Strings, descriptors: usize): i32 {
  const file = stackAlloc(4);
  const slot = stackAlloc(4);
  let pid: i32 = -1;
  if (open_program(path, file) != 0) return -1;
  if (task_create(task_self(), 0, slot) == 0) {
    const task = load<u32>(slot);
    pid = start_process(task, path, load<u32>(file), words, environment, descriptors);
    if (pid < 0) task_terminate(task);
    mach_port_deallocate(task_self(), task);
  } else set_errno(ENOMEM);
  mach_port_deallocate(task_self(), load<u32>(file));
  return pid;
}

/** Fills the task with the program and puts it into this process's place. 0 or -1. */
function replace(task: u32, path: usize, file: u32, words: Strings, environment: Strings): i32 {
  const descriptors = stackAlloc(12);
  for (let fd: u32 = 0; fd < STANDARD; fd++) store<u32>(descriptors + ((<usize>fd) << 2), fd);
  give_descriptors(task, descriptors, variable);
  const strings = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  with_descriptors(environment, strings);
  task_set_special_port(task, TASK_BOOTSTRAP_PORT, process_port);
  if (fill_task(task, path, file, words, strings) != 0) return -1;
  // From here on the process is the other task, whose first thread may run already.
  return note(proc_reassign(process_port, task));
}

/**
 * Becomes the program at `path`: does not return, but for an error. The other descriptors than 0, 1 and 2 are closed.
 */
export function exec(path: usize, words: Strings, environment: Strings): i32 {
  const file = stackAlloc(4);
  const slot = stackAlloc(4);
  if (open_program(path, file) != 0) return -1;
  let result: i32 = -1;
  if (task_create(task_self(), 0, slot) == 0) {
    const task = load<u32>(slot);
    result = replace(task, path, load<u32>(file), words, environment);
    if (result != 0) task_terminate(task);
  } else set_errno(ENOMEM);
  mach_port_deallocate(task_self(), load<u32>(file));
  if (result != 0) return -1;
  print_flush();
  return task_terminate(task_self());
}

/** Waits for a child (0: any) as proc_wait_request does. Its number, 0, or -1; its status goes to `status`. */
export function wait_process(pid: u32, options: u32, status: usize): i32 {
  const ended = stackAlloc(4);
  return note(proc_wait_request(process_port, pid, options, status, ended)) == 0 ? load<u32>(ended) : -1;
}

/** Sends a signal to a process, or with a negative number to a group; signal 0 only asks. 0 or -1. */
export function kill(pid: i32, signal: u32): i32 {
  return process_port == 0 ? set_errno(ESRCH) : note(proc_kill(process_port, pid, signal));
}

/** This process's number; 0 without a process server. */
export function getpid(): u32 {
  const cells = stackAlloc(8);
  if (process_port == 0 || proc_getpids(process_port, cells, cells + 4) != 0) return 0;
  return load<u32>(cells);
}
