// New processes.
import { stackAlloc } from "../../guest/i386";
import { ENOENT, ENOEXEC, ENOMEM } from "../../abi/errno";
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { TASK_BOOTSTRAP_PORT } from "../../abi/mach_port";
import { task_create, task_set_special_port, task_terminate } from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_insert_right } from "../generated/mach_port.generated";
import { proc_child, proc_reassign, proc_wait_request } from "../generated/process.generated";
import { LOAD_BAD_FILE, load_program, load_stack, Strings } from "../lib/loader";
import { task_self } from "../lib/mach";
import { print_flush } from "../lib/print";
import { process_port } from "../lib/process";
import { string_copy, string_store, string_store_u32 } from "../lib/string";
import { start_thread } from "../lib/threads";
import { load_whole, whole, whole_size } from "./command";
import { FREE, kind_of, port_of } from "./descriptors";
import { note, set_errno } from "./errno";

const NAME_SIZE: u32 = 64;
/** Descriptors 0, 1 and 2 of a new process. */
export const STANDARD: u32 = 3;

/** Gives the task rights to the descriptors, and says which in `variable` (64 bytes): `_fds=KIND:PORT,...`. */
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
  store<u8>(at, 0);
}

const variable: usize = memory.data(64);
const variables: usize = memory.data(260);

/** The environment with the descriptors' variable in it. */
function with_descriptors(environment: Strings, strings: Strings): void {
  const count = min<u32>(environment.count, 63);
  memory.copy(variables, environment.at, count * 4);
  store<u32>(variables + ((<usize>count) << 2), <u32>variable);
  strings.count = count + 1;
  strings.at = variables;
}

function fill_task(task: u32, words: Strings, environment: Strings): i32 {
  const entry = stackAlloc(4);
  const stack = stackAlloc(4);
  const thread = stackAlloc(4);
  let error = load_program(task, whole, whole_size, entry);
  if (error == LOAD_BAD_FILE) return set_errno(ENOEXEC);
  if (error == 0) error = load_stack(task, words, environment, stack);
  if (error == 0) error = start_thread(task, load<u32>(entry), load<u32>(stack), 0, 0, thread);
  if (error != 0) return set_errno(ENOMEM);
  mach_port_deallocate(task_self(), load<u32>(thread));
  return 0;
}

/** The last name of a path. */
function base_name(path: usize): usize {
  let name = path;
  for (let at = path; load<u8>(at) != 0; at++) if (load<u8>(at) == 47 && load<u8>(at + 1) != 0) name = at + 1;
  return name;
}

/** Makes the task a process with our child's place, and starts it. Its number, or -1. */
function start_process(
  task: u32,
  path: usize,
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
  const strings = changetype<Strings>(stackAlloc(8));
  with_descriptors(environment, strings);
  return fill_task(task, words, strings) == 0 ? load<u32>(pid) : -1;
}

/**
 * Runs the program at `path` as a child: its arguments, its environment, and what its descriptors 0, 1 and 2 are to be (three
 * words, descriptors of ours). Its number, or -1.
 */
export function spawn(path: usize, words: Strings, environment: Strings, descriptors: usize): i32 {
  if (process_port == 0) return set_errno(ENOENT);
  if (!load_whole(path)) return -1;
  const slot = stackAlloc(4);
  if (task_create(task_self(), 0, slot) != 0) return set_errno(ENOMEM);
  const task = load<u32>(slot);
  const pid = start_process(task, path, words, environment, descriptors);
  if (pid < 0) task_terminate(task);
  mach_port_deallocate(task_self(), task);
  return pid;
}

/**
 * Becomes the program at `path`: does not return, but for an error. The other descriptors than 0, 1 and 2 are closed.
 */
export function exec(path: usize, words: Strings, environment: Strings): i32 {
  if (process_port == 0) return set_errno(ENOENT);
  if (!load_whole(path)) return -1;
  const slot = stackAlloc(4);
  if (task_create(task_self(), 0, slot) != 0) return set_errno(ENOMEM);
  const task = load<u32>(slot);
  const descriptors = stackAlloc(12);
  for (let fd: u32 = 0; fd < STANDARD; fd++) store<u32>(descriptors + ((<usize>fd) << 2), fd);
  give_descriptors(task, descriptors, variable);
  const strings = changetype<Strings>(stackAlloc(8));
  with_descriptors(environment, strings);
  task_set_special_port(task, TASK_BOOTSTRAP_PORT, process_port);
  if (fill_task(task, words, strings) != 0) {
    task_terminate(task);
    return -1;
  }
  // From here on the process is the other task, whose first thread may run already.
  if (note(proc_reassign(process_port, task)) != 0) {
    task_terminate(task);
    return -1;
  }
  print_flush();
  return task_terminate(task_self());
}

/** Waits for a child (0: any) as proc_wait_request does. Its number, 0, or -1; its status goes to `status`. */
export function wait_process(pid: u32, options: u32, status: usize): i32 {
  const ended = stackAlloc(4);
  return note(proc_wait_request(process_port, pid, options, status, ended)) == 0 ? load<u32>(ended) : -1;
}
