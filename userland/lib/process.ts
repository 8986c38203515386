// A program's beginning and end. `main` calls `begin` first and returns what `finish` gives; crt.asm.ts then terminates
// the task.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND, MACH_MSGH_BITS_COMPLEX } from "../../abi/mach_msg";
import { TASK_BOOTSTRAP_PORT } from "../../abi/mach_port";
import { task_get_special_port } from "../generated/mach.generated";
import { checks_failed, checks_passed } from "./check";
import { message_rpc, message_send, set_header, set_integer, set_port, task_self } from "./mach";
import { arg, format, print_flush, print_to } from "./print";
import {
  INIT_EXIT,
  INIT_EXIT_ENTRIES,
  INIT_EXIT_FAILED,
  INIT_EXIT_PASSED,
  INIT_EXIT_SIZE,
  INIT_EXIT_STATUS,
  INIT_OFFER,
  INIT_OFFER_PORT,
  INIT_OFFER_SERVER,
  INIT_OFFER_SIZE,
  INIT_OFFER_WHAT,
  INIT_PORTS,
  INIT_PORTS_CONSOLE,
  INIT_PORTS_DEVICE,
  INIT_PORTS_EXEC,
  INIT_PORTS_HOST,
  INIT_PORTS_PIPES,
  INIT_PORTS_PROCESS,
  INIT_PORTS_REPLY_SIZE,
  INIT_PORTS_ROOT,
  INIT_PORTS_SERVER,
  INIT_PORTS_TASK,
  INIT_PORTS_TERM,
  INIT_SERVER,
  INIT_SERVER_INDEX,
  INIT_SERVER_NAME,
  INIT_SERVER_NAME_SIZE,
  INIT_SERVER_REPLY_SIZE,
  INIT_SERVER_SIZE,
  INIT_SERVER_TASK,
} from "./protocol";
import { count_entries, USER_END } from "./regions";
import { string_equals, string_starts_with } from "./string";

const MESSAGE_ROOM: u32 = 128;

let bootstrap: u32 = 0;
let argument_vector: usize = 0;
let argument_count: i32 = 0;

/** The privileged host port, the master device port and init's task, as init gave them; 0 without init. */
export let host_port: u32 = 0;
export let device_port: u32 = 0;
export let init_task: u32 = 0;
export let console_port: u32 = 0;
/** The root directory; 0 while no file server runs. */
export let root_port: u32 = 0;
/** The task of who serves it. */
export let server_task: u32 = 0;
/** What stands for this process at the process server; 0 without one. */
export let process_port: u32 = 0;
/** Who makes pipes; 0 without one. */
export let pipe_port: u32 = 0;
/** Who loads programs; 0 without one. */
export let exec_port: u32 = 0;
/** What is typed at the console; 0 without a server for that. */
export let term_port: u32 = 0;

/** Connects to init and, through it, to the console. Without init, output goes to the kernel's print trap. */
export function begin(argc: i32, argv: usize): void {
  argument_count = argc;
  argument_vector = argv;
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  if (task_get_special_port(task_self(), TASK_BOOTSTRAP_PORT, slot) != 0) return;
  bootstrap = load<u32>(slot);
  if (bootstrap == 0) return;
  const message = stackAlloc(MESSAGE_ROOM);
  if (message_rpc(message, bootstrap, INIT_PORTS, false, 24, MESSAGE_ROOM) != 0) return;
  if (load<u32>(message + 4) != <u32>INIT_PORTS_REPLY_SIZE) return;
  host_port = load<u32>(message + INIT_PORTS_HOST);
  device_port = load<u32>(message + INIT_PORTS_DEVICE);
  init_task = load<u32>(message + INIT_PORTS_TASK);
  root_port = load<u32>(message + INIT_PORTS_ROOT);
  server_task = load<u32>(message + INIT_PORTS_SERVER);
  process_port = load<u32>(message + INIT_PORTS_PROCESS);
  pipe_port = load<u32>(message + INIT_PORTS_PIPES);
  exec_port = load<u32>(message + INIT_PORTS_EXEC);
  term_port = load<u32>(message + INIT_PORTS_TERM);
  console_port = load<u32>(message + INIT_PORTS_CONSOLE);
  print_to(console_port);
}

/** Gives init a right to the port (of which this task has the receive right) as INIT_PORTS_* `what`. A mach_msg code. */
export function offer(what: u32, port: u32): i32 {
  const message = stackAlloc(INIT_OFFER_SIZE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX, bootstrap, 0, INIT_OFFER);
  set_port(message + INIT_OFFER_PORT - 4, port, MACH_MSG_TYPE_MAKE_SEND);
  set_port(message + INIT_OFFER_SERVER - 4, task_self(), MACH_MSG_TYPE_COPY_SEND);
  set_integer(message + INIT_OFFER_WHAT - 4, what);
  return message_send(message, INIT_OFFER_SIZE);
}

/** The task of the server with this number, as init has started them; its name goes to `name` (INIT_SERVER_NAME_SIZE). 0: no more. */
export function init_server(index: u32, name: usize): u32 {
  const message = stackAlloc(MESSAGE_ROOM);
  set_integer(message + INIT_SERVER_INDEX - 4, index);
  if (message_rpc(message, bootstrap, INIT_SERVER, false, INIT_SERVER_SIZE, MESSAGE_ROOM) != 0) return 0;
  if (load<u32>(message + 4) != <u32>INIT_SERVER_REPLY_SIZE) return 0;
  memory.copy(name, message + INIT_SERVER_NAME, INIT_SERVER_NAME_SIZE);
  return load<u32>(message + INIT_SERVER_TASK);
}

/** argv[index] as a byte string, or an empty one. */
export function argument(index: i32): usize {
  return index < argument_count ? load<u32>(arguments_from(index)) : <u32>changetype<usize>("\0");
}

/** Where the addresses of the arguments from this one on are, with a 0 behind them. */
export function arguments_from(index: i32): usize {
  return argument_vector + ((<u32>index) << 2);
}

/** Where the addresses of the environment's strings are, with a 0 behind them. */
export function environment_strings(): usize {
  return arguments_from(argument_count + 1);
}

/** The value of the environment's string that begins with `name` (with its `=`), or 0. */
export function environment(name: string): usize {
  for (let at = environment_strings(); load<u32>(at) != 0; at += 4)
    if (string_starts_with(load<u32>(at), name)) return load<u32>(at) + <usize>name.length;
  return 0;
}

/** Whether some argument reads `text`. */
export function has_argument(text: string): bool {
  for (let index = 1; index < argument_count; index++) if (string_equals(argument(index), text)) return true;
  return false;
}

/** The value behind `name` (with its `=`) of the first argument that begins so, or 0. */
export function find_argument(name: string): usize {
  for (let index = 1; index < argument_count; index++)
    if (string_starts_with(argument(index), name)) return argument(index) + <usize>name.length;
  return 0;
}

/** Is given the name of a right. */
export type RightUser = (name: u32) => void;

/** Hands over the rights that this program got at its start, but for the one that stands for it. */
export function each_right(use: RightUser): void {
  use(console_port);
  use(host_port);
  use(device_port);
  use(init_task);
  use(root_port);
  use(server_task);
  use(pipe_port);
  use(exec_port);
  use(term_port);
}

/** Reports to init. Returns the exit status: 0 if every check was good. */
export function finish(): i32 {
  const status = checks_failed() == 0 ? 0 : 1;
  if (bootstrap == 0) {
    arg(checks_passed());
    arg(checks_failed());
    format("%u passed, %u failed\n");
  }
  return command_finish(status);
}

/** Reports a status to init, and returns it. */
export function command_finish(status: i32): i32 {
  print_flush();
  if (bootstrap == 0) return status;
  const message = stackAlloc(INIT_EXIT_SIZE);
  set_header(message, MACH_MSG_TYPE_COPY_SEND, bootstrap, 0, INIT_EXIT);
  set_integer(message + INIT_EXIT_STATUS - 4, status);
  set_integer(message + INIT_EXIT_PASSED - 4, checks_passed());
  set_integer(message + INIT_EXIT_FAILED - 4, checks_failed());
  set_integer(message + INIT_EXIT_ENTRIES - 4, count_entries(0, USER_END));
  message_send(message, INIT_EXIT_SIZE);
  return status;
}
