// sh [-c COMMANDS | FILE [ARGUMENT...]]: a shell. Without operands it asks for commands. Understands words with '...' "..."
// and \, $NAME ${NAME} $? $0-$9 $# $@, $(...) and $((...)), NAME=VALUE, pipes, < > >> 2> 2>&1 >&2, ; && || & !, comments; * and ? in
// the last name of a path; if, while, until, for, case, { }; the commands [, break, cd, continue, exit, export, pwd, read, shift,
// test, time, true, false and wait. It has no functions. A loop or
// a condition in a pipeline, with a redirection or in the background is run by a shell of its own.
import { STATUS_SIGNALLED, WNOHANG } from "../../abi/process";
import { stackAlloc } from "../../guest/i386";
import { print, print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { command_finish } from "../lib/process";
import { free, malloc } from "../lib/heap";
import {
  command_begin,
  first_operand,
  has_option,
  load_whole,
  operand,
  operands,
  whole,
  whole_size,
} from "../posix/command";
import { EINTR } from "../../abi/errno";
import { read } from "../posix/descriptors";
import { errno } from "../posix/errno";
import { job_control } from "../posix/shell-jobs";
import { set_status, status } from "../posix/shell-run";
import { is_unfinished, run_text } from "../posix/shell-script";
import { set_parameters } from "../posix/shell-words";
import { environment_initialize } from "../posix/shell-variables";
import { wait_process } from "../posix/spawn";

export { thread_entry } from "../lib/threads";

const LINE_SIZE: u32 = 4096;
const line: usize = memory.data(4097);

/** Tells of children that have ended in the background. */
function reap(): void {
  const cell = stackAlloc(4);
  let pid = wait_process(0, WNOHANG, cell);
  while (pid > 0) {
    print_byte(91);
    print_u32(pid);
    print(load<u32>(cell) >= <u32>STATUS_SIGNALLED ? "] killed\n" : "] done\n");
    pid = wait_process(0, WNOHANG, cell);
  }
}

function prompt(more: bool): void {
  print(more ? "> " : "mach386# ");
  print_flush();
}

/** Takes what has been typed so far, `used` bytes at `line`. What of it stays: it is not complete. */
function take_typed(used: u32): u32 {
  const complete = load<u8>(line + used - 1) == 10 || used == LINE_SIZE;
  store<u8>(line + used, 0);
  if (!complete) return used;
  if (used < LINE_SIZE && is_unfinished(line)) {
    prompt(true);
    return used;
  }
  run_text(line);
  reap();
  prompt(false);
  return 0;
}

function interact(): void {
  job_control();
  print_line("mach386: type `help` for what there is, `exit` to stop the machine.");
  prompt(false);
  let used: u32 = 0;
  let got = read(0, line, LINE_SIZE);
  while (got > 0 || (got < 0 && errno == EINTR)) {
    if (got > 0) used = take_typed(used + got);
    else {
      used = 0;
      prompt(false);
    }
    got = read(0, line + used, LINE_SIZE - used);
  }
  print_byte(10);
}

/** Runs a file of commands. */
function run_file(path: usize): void {
  if (!load_whole(path)) {
    print("sh: cannot read ");
    print_bytes(path);
    print_byte(10);
    set_status(127);
    return;
  }
  // Running programs reads other files into the same place.
  const copy = malloc(whole_size + 1);
  const size = whole_size;
  if (copy == 0) return;
  memory.copy(copy, whole, size);
  store<u8>(copy + size, 0);
  run_text(copy);
  free(copy);
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  environment_initialize();
  if (has_option("c")) {
    set_parameters(first_operand + 1, argc);
    run_text(operand(0));
  } else if (operands() > 0) {
    set_parameters(first_operand, argc);
    run_file(operand(0));
  } else interact();
  return command_finish(status);
}
