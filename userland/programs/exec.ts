// The exec server: loads programs into tasks, from any file that can be mapped. See abi/defs/exec.defs.
import { stackAlloc } from "../../guest/i386";
import { E2BIG, ELOOP, ENOEXEC, ENOMEM } from "../../abi/errno";
import { E_ENTRY } from "../../abi/elf";
import { ERRNO_SYSTEM, O_READ, PATH_MAX } from "../../abi/fs";
import { KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { exec_server, serve_exec_exec } from "../generated/exec_server.generated";
import { dir_lookup } from "../generated/fs.generated";
import { mach_port_allocate, mach_port_deallocate } from "../generated/mach_port.generated";
import { check_equals } from "../lib/check";
import { HEADER_ROOM, is_linux, map_program, read_headers } from "../lib/elf-map";
import { error_of } from "../lib/errors";
import { free, malloc } from "../lib/heap";
import {
  is_executable,
  LOAD_TOO_MANY_ARGUMENTS,
  load_stack,
  STACK_SIZE,
  STACK_TOP,
  Strings,
} from "../lib/loader";
import { task_self } from "../lib/mach";
import { begin, finish, offer, root_port } from "../lib/process";
import { INIT_PORTS_EXEC } from "../lib/protocol";
import { serve_with_threads } from "../lib/server";
import { string_length, string_store } from "../lib/string";
import { start_thread } from "../lib/threads";
import { vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const THREADS: u32 = 16;
/** Bytes that the arguments, and as many that the environment may have. */
const STRINGS_MOST: u32 = 0x10000;
/** Programs one after the other that are only there to run another. */
const INTERPRETERS_MOST: u32 = 4;
/** Words that an interpreter puts in front of a program's. */
const INTERPRETER_WORDS: u32 = 2;
const LINE_ROOM: u32 = 256;
const SPACE: u32 = 32;

/**
 * Finds the strings in `bytes` bytes at `data`, and leaves room for interpreters in front of them. The list, to be freed; 0: too
 * many, or not strings, or no memory.
 */
function take_strings(strings: Strings, data: usize, bytes: u32): u32 {
  const room = INTERPRETERS_MOST * INTERPRETER_WORDS;
  if (bytes > STRINGS_MOST || (bytes != 0 && load<u8>(data + bytes - 1) != 0)) return 0;
  strings.count = 0;
  for (let at: u32 = 0; at < bytes; at++) if (load<u8>(data + at) == 0) strings.count++;
  const list = malloc((strings.count + room + 1) * 4);
  if (list == 0) return 0;
  strings.at = list + room * 4;
  let text = data;
  for (let index: u32 = 0; index < strings.count; index++) {
    store<u32>(strings.at + ((<usize>index) << 2), <u32>text);
    text += string_length(text) + 1;
  }
  return list;
}

function put_first(strings: Strings, word: usize): void {
  strings.at -= 4;
  strings.count++;
  store<u32>(strings.at, <u32>word);
}

/** Loads what map_program can map, with its arguments. 0, or a negative error. */
function enter(task: u32, file: u32, headers: usize, words: Strings, environment: Strings): i32 {
  const cell = stackAlloc(4);
  const error = map_program(task, file, headers, STACK_TOP - STACK_SIZE, cell);
  if (error != 0) return error;
  const result = load_stack(task, words, environment, cell);
  if (result != 0) return result == LOAD_TOO_MANY_ARGUMENTS ? -E2BIG : -ENOMEM;
  const stack = load<u32>(cell);
  if (start_thread(task, load<u32>(headers, E_ENTRY), stack, 0, 0, cell) != 0) return -ENOMEM;
  mach_port_deallocate(task_self(), load<u32>(cell));
  return 0;
}

/** Copies the line behind `#!` to `line`, and puts its program and the rest of it, if there is one, in front of the words. */
function take_line(headers: usize, size: u32, line: usize, words: Strings): bool {
  let end: u32 = 2;
  while (end < size && load<u8>(headers + end) != 10) end++;
  if (end == size || end >= LINE_ROOM) return false;
  memory.copy(line, headers, end);
  while (end > 2 && <u32>load<u8>(line + end - 1) <= SPACE) end--;
  store<u8>(line + end, 0);
  let name = line + 2;
  while (load<u8>(name) == <u8>SPACE) name++;
  let rest = name;
  while (<u32>load<u8>(rest) > SPACE) rest++;
  if (load<u8>(rest) != 0) {
    store<u8>(rest, 0);
    rest++;
    while (<u32>load<u8>(rest) <= SPACE && load<u8>(rest) != 0) rest++;
    put_first(words, rest);
  }
  if (load<u8>(name) == 0) return false;
  put_first(words, name);
  return true;
}

/** Loads the file, or the program that it is for. 0, or a negative error. */
function execute(task: u32, file: u32, path: usize, words: Strings, environment: Strings, depth: u32): i32 {
  const headers = stackAlloc(HEADER_ROOM);
  const line = stackAlloc(LINE_ROOM);
  const cell = stackAlloc(4);
  const size = read_headers(file, headers);
  if (size < 0) return size;
  const loadable = is_executable(headers, size);
  if (loadable && !is_linux(headers, size)) return enter(task, file, headers, words, environment);
  if (words.count == 0) return -ENOEXEC;
  if (depth == INTERPRETERS_MOST) return -ELOOP;
  store<u32>(words.at, <u32>path);
  if (loadable) {
    string_store(line, "/bin/linux");
    put_first(words, line);
  } else if (size < 2 || load<u16>(headers) != 0x2123 || !take_line(headers, size, line, words))
    return -ENOEXEC;
  const name = load<usize>(words.at);
  const error = error_of(dir_lookup(root_port, O_READ, 0, name, string_length(name), cell));
  if (error != 0) return error;
  const result = execute(task, load<u32>(cell), name, words, environment, depth + 1);
  mach_port_deallocate(task_self(), load<u32>(cell));
  return result;
}

function on_exec(
  _server: u32,
  file: u32,
  task: u32,
  argv: usize,
  argv_size: u32,
  envp: usize,
  envp_size: u32,
  path: usize,
  path_size: u32,
): i32 {
  const name = stackAlloc(PATH_MAX + 1);
  const words = changetype<Strings>(stackAlloc(8));
  const environment = changetype<Strings>(stackAlloc(8));
  memory.copy(name, path, path_size);
  store<u8>(name + path_size, 0);
  const argv_list = take_strings(words, argv, argv_size);
  const envp_list = take_strings(environment, envp, envp_size);
  let error: i32 = -E2BIG;
  if (argv_list != 0 && envp_list != 0) error = execute(task, file, name, words, environment, 0);
  free(argv_list);
  free(envp_list);
  if (argv_size != 0) vm_deallocate(task_self(), <u32>argv, argv_size);
  if (envp_size != 0) vm_deallocate(task_self(), <u32>envp, envp_size);
  mach_port_deallocate(task_self(), file);
  mach_port_deallocate(task_self(), task);
  return error == 0 ? KERN_SUCCESS : ERRNO_SYSTEM | -error;
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const cell = stackAlloc(4);
  serve_exec_exec(on_exec);
  const good =
    check_equals("a port", mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell), 0) &&
    check_equals("offered", offer(INIT_PORTS_EXEC, load<u32>(cell)), 0);
  const status = finish();
  if (good) serve_with_threads(load<u32>(cell), exec_server, THREADS);
  return status;
}
