// Running what a line of commands says.
import { stackAlloc } from "../../guest/i386";
import { ENOENT, ENOEXEC } from "../../abi/errno";
import { O_APPEND, O_CREAT, O_READ, O_TRUNC, O_WRITE, STAT_WORDS_SIZE } from "../../abi/fs";
import { SIGINT, STATUS_SIGNALLED } from "../../abi/process";
import { host_get_time } from "../generated/mach_host.generated";
import { mach_host_self } from "../lib/asm";
import { Strings, STRINGS_SIZE } from "../lib/loader";
import { print, print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { string_copy, string_equals, string_store } from "../lib/string";
import { close, open, pipe, read } from "./descriptors";
import { errno } from "./errno";
import { error_text } from "./error-text";
import { stat } from "./files";
import { job_add, job_done, job_foreground, job_interrupted } from "./shell-jobs";
import { run_builtin } from "./shell-builtins";
import { shell_path } from "./shell-capture";
import { set_status } from "./shell-status";
import { set_variable, variables } from "./shell-variables";
import {
  AND,
  APPEND,
  BACKGROUND,
  ERROR_OUTPUT,
  ERROR_TO_OUTPUT,
  OUTPUT_TO_ERROR,
  FIRST_WORD,
  INPUT,
  line_rest,
  PIPE,
  SEQUENCE,
  split_tokens,
  token,
} from "./shell-words";
import { spawn, wait_process } from "./spawn";

export { set_status, status } from "./shell-status";

const WORDS: u32 = 255;
const MAX_PIPELINE: u32 = 16;
const PATH_SIZE: u32 = 256;
const words: usize = memory.data(1028);
const program_path: usize = memory.data(256);
const pids: usize = memory.data(64);

function complain(word: usize, error: i32): void {
  print("sh: ");
  print_bytes(word);
  print(": ");
  print_line(error_text(error));
}

/** The program's path: as it is if it has a slash, else in /bin. */
function find_program(word: usize): usize {
  for (let at = word; load<u8>(at) != 0; at++) if (load<u8>(at) == 47) return word;
  const length = string_store(program_path, "/bin/");
  string_copy(program_path + length, word, PATH_SIZE - length);
  return program_path;
}

/** Closes what is at a place of the three, unless it is at another one as well, or the shell's own. */
function release(descriptors: usize, place: usize): void {
  const fd = load<u32>(descriptors + place);
  store<u32>(descriptors + place, 0);
  for (let other: usize = 0; other < 12; other += 4) if (load<u32>(descriptors + other) == fd) return;
  if (fd > 2) close(fd);
}

/** Opens what a redirection names in the place of a descriptor. False: it cannot be. */
function redirect(kind: u32, word: usize, descriptors: usize): bool {
  const flags: u32 =
    kind == INPUT ? O_READ : kind == APPEND ? O_WRITE | O_CREAT | O_APPEND : O_WRITE | O_CREAT | O_TRUNC;
  const fd = open(word, flags, 0x1a4);
  if (fd < 0) {
    complain(word, errno);
    return false;
  }
  const place: usize = kind == INPUT ? 0 : kind == ERROR_OUTPUT ? 8 : 4;
  release(descriptors, place);
  store<u32>(descriptors + place, fd);
  return true;
}

/** One of the descriptors becomes what another one is. */
function share(descriptors: usize, place: usize, other: usize): void {
  const fd = load<u32>(descriptors + other);
  release(descriptors, place);
  store<u32>(descriptors + place, fd);
}

/** Takes the words and redirections of one command. How many words, or -1. */
function take_command(from: u32, to: u32, descriptors: usize): i32 {
  let count: u32 = 0;
  for (let index = from; index < to; index++) {
    const value = token(index);
    if (value >= FIRST_WORD) {
      if (count == WORDS) {
        print_line("sh: too many words");
        return -1;
      }
      store<u32>(words + ((<usize>count) << 2), value);
      count++;
      continue;
    }
    if (value == ERROR_TO_OUTPUT || value == OUTPUT_TO_ERROR) {
      share(descriptors, value == ERROR_TO_OUTPUT ? 8 : 4, value == ERROR_TO_OUTPUT ? 4 : 8);
      continue;
    }
    index++;
    if (index == to || token(index) < FIRST_WORD) {
      print_line("sh: a file is missing");
      return -1;
    }
    if (!redirect(value, token(index), descriptors)) return -1;
  }
  store<u32>(words + ((<usize>count) << 2), 0);
  return count;
}

/** The length of the name if the word is `NAME=VALUE`, else 0. */
function assignment(word: usize): u32 {
  let length: u32 = 0;
  for (
    let byte: u32 = load<u8>(word);
    byte == 95 || (byte | 32) - 97 < 26 || (length > 0 && byte - 48 < 10);
  ) {
    length++;
    byte = load<u8>(word + length);
  }
  return load<u8>(word + length) == 61 ? length : 0;
}

function close_descriptors(descriptors: usize): void {
  for (let place: usize = 0; place < 12; place += 4) release(descriptors, place);
}

/** Starts a shell for a file that is no program: it may be commands, as long as it has no zero at its beginning. */
function start_script(path: usize, words_of: Strings, environment: Strings, descriptors: usize): i32 {
  const first = stackAlloc(64);
  const fd = open(path, O_READ, 0);
  const got = fd < 0 ? 0 : read(fd, first, 64);
  if (fd >= 0) close(fd);
  let text = got > 0;
  for (let index: i32 = 0; index < got; index++) if (load<u8>(first + index) == 0) text = false;
  if (!text || words_of.count == WORDS) {
    complain(load<u32>(words), ENOEXEC);
    set_status(126);
    return -1;
  }
  // There is room for one word more, and its end.
  memory.copy(words + 4, words, (words_of.count + 1) * 4);
  store<u32>(words, <u32>shell_path);
  store<u32>(words, <u32>path, 4);
  words_of.count++;
  return spawn(shell_path, words_of, environment, descriptors);
}

/** Starts the command whose words were taken. Its number; 0: it is done already; -1: it cannot be. */
function start(count: i32, descriptors: usize, alone: bool): i32 {
  const strings = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  strings.count = count;
  strings.at = words;
  if (alone) {
    const name = assignment(load<u32>(words));
    if (count == 1 && name != 0) {
      set_variable(load<u32>(words), name);
      set_status(0);
      return 0;
    }
    const result = run_builtin(strings, descriptors);
    if (result >= 0) {
      set_status(result);
      return 0;
    }
  }
  const variables_of = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  variables(variables_of);
  const path = find_program(load<u32>(words));
  print_flush();
  const pid = spawn(path, strings, variables_of, descriptors);
  if (pid >= 0) return pid;
  if (errno == ENOEXEC) return start_script(path, strings, variables_of, descriptors);
  const status_words = stackAlloc(STAT_WORDS_SIZE);
  if (errno == ENOENT && stat(path, status_words) != 0) {
    print("sh: ");
    print_bytes(load<u32>(words));
    print_line(": not found");
  } else complain(load<u32>(words), errno);
  set_status(127);
  return -1;
}

/** Control-C has ended something that this shell waited for. */
let interrupted: bool = false;

/** Whether control-C has been typed since this was asked last. */
export function take_interrupt(): bool {
  const result = interrupted || job_interrupted();
  interrupted = false;
  return result;
}

/** Waits for the children of a pipeline; the last one's status is the shell's. */
function wait_all(count: u32): void {
  const cell = stackAlloc(4);
  for (let index: u32 = 0; index < count; index++) {
    const pid = load<i32>(pids + ((<usize>index) << 2));
    if (pid <= 0) continue;
    if (wait_process(pid, 0, cell) < 0) continue;
    if (index + 1 == count) set_status(load<u32>(cell));
    const signal = load<u32>(cell) - STATUS_SIGNALLED;
    if (signal == SIGINT) interrupted = true;
    if (load<u32>(cell) >= <u32>STATUS_SIGNALLED && signal != SIGINT && index + 1 == count) {
      print("sh: ended by signal ");
      print_u32(signal);
      print_byte(10);
    }
  }
}

function run_pipeline(from: u32, to: u32, background: bool): void {
  const descriptors = stackAlloc(12);
  const ends = stackAlloc(8);
  let input: u32 = 0;
  let started: u32 = 0;
  let group: u32 = 0;
  let at = from;
  let good = true;
  while (at < to && good && started < MAX_PIPELINE) {
    let end = at;
    while (end < to && token(end) != PIPE) end++;
    const last = end == to;
    store<u32>(descriptors, input);
    store<u32>(descriptors, 1, 4);
    store<u32>(descriptors, 2, 8);
    if (!last) {
      if (pipe(ends) != 0) {
        print_line("sh: no pipe");
        break;
      }
      store<u32>(descriptors, load<u32>(ends, 4), 4);
      input = load<u32>(ends);
    }
    const count = take_command(at, end, descriptors);
    let pid: i32 = -1;
    if (count > 0) pid = start(count, descriptors, last && at == from);
    else set_status(count == 0 && !last ? 2 : count == 0 ? 0 : 1);
    if (pid > 0) group = job_add(pid, group);
    close_descriptors(descriptors);
    store<i32>(pids + ((<usize>started) << 2), pid);
    started++;
    good = last || count > 0;
    at = end + 1;
  }
  if (background) return;
  job_foreground(group);
  wait_all(started);
  job_done();
}

/** `time` in front of a pipeline. */
function run_timed(from: u32, to: u32): void {
  const before = stackAlloc(8);
  const after = stackAlloc(8);
  const host = mach_host_self();
  host_get_time(host, before);
  run_pipeline(from, to, false);
  host_get_time(host, after);
  let micros: i32 = <i32>(load<u32>(after, 4) - load<u32>(before, 4));
  let seconds = load<u32>(after) - load<u32>(before);
  if (micros < 0) {
    micros += 1000000;
    seconds--;
  }
  print("real ");
  print_u32(seconds);
  print_byte(46);
  const hundredths = <u32>micros / 10000;
  if (hundredths < 10) print_byte(48);
  print_u32(hundredths);
  print_line(" s of guest time");
}

/** Runs the pipeline of the tokens up to `to`, which were cut from the text; `behind` is the operator after it. */
function run_tokens(to: u32, behind: u32): void {
  if (to == 0) return;
  const timed = token(0) >= FIRST_WORD && string_equals(token(0), "time");
  if (timed) run_timed(1, to);
  else run_pipeline(0, to, behind == BACKGROUND);
}

/** The operator behind the pipeline that was run last; SEQUENCE at the end of the text. */
export let behind_pipeline: u32 = SEQUENCE;

/** Runs the pipeline at `at`. Where the text goes on; 0: a quote is not closed, or there is too much. */
export function run_simple(at: usize): usize {
  const count = split_tokens(at);
  if (count < 0) return 0;
  const rest = line_rest;
  const last: u32 = count == 0 ? 0 : token(count - 1);
  const ends = last >= AND && last <= BACKGROUND;
  const behind = ends ? last : SEQUENCE;
  run_tokens(ends ? count - 1 : count, behind);
  behind_pipeline = behind;
  return rest;
}
