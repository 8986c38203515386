// Running what a line of commands says.
import { stackAlloc } from "../../guest/i386";
import { ENOENT } from "../../abi/errno";
import { O_APPEND, O_CREAT, O_READ, O_TRUNC, O_WRITE, STAT_WORDS_SIZE } from "../../abi/fs";
import { SIGINT, STATUS_SIGNALLED } from "../../abi/process";
import { host_get_time } from "../generated/mach_host.generated";
import { mach_host_self } from "../lib/asm";
import { Strings, STRINGS_SIZE } from "../lib/loader";
import { print, print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { string_copy, string_equals, string_store } from "../lib/string";
import { close, open, pipe } from "./descriptors";
import { errno } from "./errno";
import { error_text } from "./error-text";
import { stat } from "./files";
import { job_add, job_done, job_foreground } from "./shell-jobs";
import { run_builtin } from "./shell-builtins";
import { set_status, status, status_word } from "./shell-status";
import { set_variable, variables } from "./shell-variables";
import {
  AND,
  APPEND,
  BACKGROUND,
  ERROR_OUTPUT,
  FIRST_WORD,
  INPUT,
  OR,
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
const words: usize = memory.data(1024);
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
  if (load<u32>(descriptors + place) > 2) close(load<u32>(descriptors + place));
  store<u32>(descriptors + place, fd);
  return true;
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
  for (let index: u32 = 0; index < 3; index++) {
    const fd = load<u32>(descriptors + ((<usize>index) << 2));
    if (fd > 2) close(fd);
  }
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
  const status_words = stackAlloc(STAT_WORDS_SIZE);
  if (errno == ENOENT && stat(path, status_words) != 0) {
    print("sh: ");
    print_bytes(load<u32>(words));
    print_line(": not found");
  } else complain(load<u32>(words), errno);
  set_status(127);
  return -1;
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

/** What was between the last pipeline and the next one of the line. */
let before: u32 = SEQUENCE;

/** Runs a pipeline, the `count` tokens that were cut from the line, if what came before it says so. */
function run_tokens(count: u32): void {
  const last = token(count - 1);
  const behind = last >= AND && last <= BACKGROUND ? last : SEQUENCE;
  const to = last >= AND && last <= BACKGROUND ? count - 1 : count;
  const wanted = before == AND ? status_word() == 0 : before == OR ? status != 0 : true;
  if (wanted && to > 0) {
    const timed = token(0) >= FIRST_WORD && string_equals(token(0), "time");
    if (timed) run_timed(1, to);
    else run_pipeline(0, to, behind == BACKGROUND);
  }
  if (wanted || behind == SEQUENCE || behind == BACKGROUND) before = behind;
}

/** Runs one line of commands. */
export function run_line(text: usize): void {
  before = SEQUENCE;
  let rest = text;
  while (load<u8>(rest) != 0) {
    const count = split_tokens(rest);
    rest = line_rest;
    if (count < 0) {
      print_line("sh: unmatched quote, or too much");
      set_status(2);
      return;
    }
    if (count > 0) run_tokens(count);
  }
}
