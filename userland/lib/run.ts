// init's half of the protocol: starts a program from the disk, answers its requests and waits for its end.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { MACH_NOTIFY_DEAD_NAME, MACH_PORT_RIGHT_RECEIVE, TASK_BOOTSTRAP_PORT } from "../../abi/mach_port";
import { task_create, task_set_special_port, task_terminate } from "../generated/mach.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_insert_right,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import { LOADED_FILE_SIZE, LoadedFile, load_file, release_file } from "./disk";
import { load_program, load_stack, Strings } from "./loader";
import { message_receive, message_send, set_header, set_port, task_self } from "./mach";
import { print_flush } from "./print";
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
  INIT_PORTS_HOST,
  INIT_PORTS_REPLY_SIZE,
  INIT_PORTS_ROOT,
  INIT_PORTS_SERVER,
  INIT_PORTS_TASK,
  INIT_SERVER,
  INIT_SERVER_INDEX,
  INIT_SERVER_NAME,
  INIT_SERVER_NAME_SIZE,
  INIT_SERVER_REPLY,
  INIT_SERVER_REPLY_SIZE,
  INIT_SERVER_SIZE,
  INIT_SERVER_TASK,
} from "./protocol";
import { send_services, set_service } from "./services";
import { string_copy } from "./string";
import { start_thread } from "./threads";

/** The status of a program whose task died before it reported. */
export const CRASHED: u32 = 0xffffffff;

/** What came of a program. */
@unmanaged
export class RunResult {
  /** why it was not started; 0 when it was */
  error!: i32;
  status!: u32;
  passed!: u32;
  failed!: u32;
  /** map entries it had at its end */
  entries!: u32;
}

export const RUN_RESULT_SIZE: u32 = 20;

const PATH_SIZE: u32 = 80;
const MESSAGE_ROOM: u32 = 256;

/** What programs find in their environment. */
let environment: Strings = changetype<Strings>(0);

/** The environment of programs, and the rights that they get when they ask. */
export function set_services(variables: Strings, console: u32, host: u32, device: u32, task: u32): void {
  environment = variables;
  set_service(INIT_PORTS_CONSOLE, console);
  set_service(INIT_PORTS_HOST, host);
  set_service(INIT_PORTS_DEVICE, device);
  set_service(INIT_PORTS_TASK, task);
}

/** Servers that have been started: their tasks, and their names. */
const SERVERS: u32 = 16;
const server_tasks: usize = memory.data(64);
const server_names: usize = memory.data(512);
let server_count: u32 = 0;

function note_server(task: u32, name: usize): void {
  if (server_count == SERVERS) return;
  store<u32>(server_tasks + ((<usize>server_count) << 2), task);
  string_copy(server_names + server_count * INIT_SERVER_NAME_SIZE, name, INIT_SERVER_NAME_SIZE);
  server_count++;
}

function send_server(to: u32, index: u32): void {
  const known = index < server_count;
  const reply = stackAlloc(INIT_SERVER_REPLY_SIZE);
  set_header(reply, MACH_MSG_TYPE_MOVE_SEND_ONCE | MACH_MSGH_BITS_COMPLEX, to, 0, INIT_SERVER_REPLY);
  const task: u32 = known ? load<u32>(server_tasks + ((<usize>index) << 2)) : 0;
  set_port(reply + INIT_SERVER_TASK - 4, task, MACH_MSG_TYPE_COPY_SEND);
  store<u32>(reply, CHARACTERS | (INIT_SERVER_NAME_SIZE << 16), INIT_SERVER_NAME - 4);
  memory.fill(reply + INIT_SERVER_NAME, 0, INIT_SERVER_NAME_SIZE);
  const name = server_names + index * INIT_SERVER_NAME_SIZE;
  if (known) memory.copy(reply + INIT_SERVER_NAME, name, INIT_SERVER_NAME_SIZE);
  message_send(reply, INIT_SERVER_REPLY_SIZE);
}

/** The type of inline bytes, without their number. */
const CHARACTERS: u32 = 0x10000808;

/** A program offers a service to those that come after it. */
function take_offer(message: usize): void {
  const what = load<u32>(message + INIT_OFFER_WHAT);
  const behind = what > <u32>INIT_PORTS_SERVER && what < <u32>INIT_PORTS_REPLY_SIZE;
  if (what != INIT_PORTS_ROOT && (!behind || ((what - INIT_PORTS_SERVER) & 7) != 0)) return;
  set_service(what, load<u32>(message + INIT_OFFER_PORT));
  if (what == INIT_PORTS_ROOT) set_service(INIT_PORTS_SERVER, load<u32>(message + INIT_OFFER_SERVER));
}

/** Handles one message of a running program; false when there is no more to wait for. */
function answer(message: usize, server: bool, result: RunResult): bool {
  const id = load<u32>(message + MSGH_ID);
  const size = load<u32>(message + MSGH_SIZE);
  const remote = load<u32>(message + MSGH_REMOTE_PORT);
  if (id == MACH_NOTIFY_DEAD_NAME) return false;
  if (id == INIT_PORTS && remote != 0) send_services(remote, MACH_MSG_TYPE_COPY_SEND);
  else if (id == INIT_SERVER && remote != 0 && size == <u32>INIT_SERVER_SIZE)
    send_server(remote, load<u32>(message + INIT_SERVER_INDEX));
  else if (id == INIT_OFFER && size == <u32>INIT_OFFER_SIZE) take_offer(message);
  else if (id == INIT_EXIT && size == <u32>INIT_EXIT_SIZE) {
    result.status = load<u32>(message + INIT_EXIT_STATUS);
    result.passed = load<u32>(message + INIT_EXIT_PASSED);
    result.failed = load<u32>(message + INIT_EXIT_FAILED);
    result.entries = load<u32>(message + INIT_EXIT_ENTRIES);
    if (server) return false;
  } else if (remote != 0) mach_port_deallocate(task_self(), remote);
  return true;
}

/** Receives on the program's port until its task is dead, or a server has reported. */
function wait_for_end(task: u32, port: u32, server: bool, result: RunResult): i32 {
  const previous = stackAlloc(4);
  const error = mach_port_request_notification(
    task_self(),
    task,
    MACH_NOTIFY_DEAD_NAME,
    1,
    port,
    MACH_MSG_TYPE_MAKE_SEND_ONCE,
    previous,
  );
  if (error != 0) return error;
  const message = stackAlloc(MESSAGE_ROOM);
  while (message_receive(message, MESSAGE_ROOM, port) == MACH_MSG_SUCCESS)
    if (!answer(message, server, result)) break;
  return 0;
}

/** Fills an empty task from the file and starts its first thread. */
function start(task: u32, file: LoadedFile, words: Strings): i32 {
  const entry = stackAlloc(4);
  const stack = stackAlloc(4);
  const thread = stackAlloc(4);
  let error = load_program(task, file.data, file.size, entry);
  if (error == 0) error = load_stack(task, words, environment, stack);
  if (error == 0) error = start_thread(task, load<u32>(entry), load<u32>(stack), 0, 0, thread);
  if (error == 0) mach_port_deallocate(task_self(), load<u32>(thread));
  return error;
}

function run_task(file: LoadedFile, words: Strings, port: u32, server: bool, result: RunResult): i32 {
  const slot = stackAlloc(4);
  let error = task_create(task_self(), 0, slot);
  if (error != 0) return error;
  const task = load<u32>(slot);
  error = task_set_special_port(task, TASK_BOOTSTRAP_PORT, port);
  if (error == 0) error = start(task, file, words);
  if (error == 0) error = wait_for_end(task, port, server, result);
  if (error != 0) task_terminate(task);
  // Tasks of servers stay known.
  if (server && error == 0) note_server(task, load<u32>(words.at));
  else mach_port_destroy(task_self(), task);
  return error;
}

function run_file(file: LoadedFile, words: Strings, server: bool, result: RunResult): i32 {
  const slot = stackAlloc(4);
  let error = mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot);
  if (error != 0) return error;
  const port = load<u32>(slot);
  error = mach_port_insert_right(task_self(), port, port, MACH_MSG_TYPE_MAKE_SEND);
  if (error == 0) error = run_task(file, words, port, server, result);
  mach_port_destroy(task_self(), port);
  return error;
}

/** Runs /bin/NAME to its end; a server only until it has reported. */
export function run_program(name: usize, words: Strings, server: bool, result: RunResult): void {
  const path = stackAlloc(PATH_SIZE);
  store<u32>(path, 0x6e69622f); // "/bin"
  store<u8>(path + 4, 47);
  string_copy(path + 5, name, PATH_SIZE - 5);
  result.status = CRASHED;
  result.passed = 0;
  result.failed = 0;
  result.entries = 0;
  const file = changetype<LoadedFile>(stackAlloc(LOADED_FILE_SIZE));
  result.error = load_file(path, file);
  if (result.error != 0) return;
  print_flush();
  result.error = run_file(file, words, server, result);
  release_file(file);
}
