// sh [-c COMMANDS | FILE [ARGUMENT...]]: a shell. Without operands it asks for commands. Understands words with '...' "..."
// and \, $NAME $? $0-$9 $#, NAME=VALUE, pipes, < > >> 2>, ; && || &, comments; * and ? in the last name of a path; the commands cd, exit,
// export, pwd, shift, time, true, false, wait and `.`.
import { STATUS_SIGNALLED, WNOHANG } from "../../abi/process";
import { stackAlloc } from "../../guest/i386";
import { print, print_byte, print_bytes, print_flush, print_line, print_u32 } from "../lib/print";
import { command_finish } from "../lib/process";
import { string_copy, string_length } from "../lib/string";
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
import { run_line, set_status, status } from "../posix/shell-run";
import { set_parameters } from "../posix/shell-words";
import { environment_initialize } from "../posix/shell-variables";
import { wait_process } from "../posix/spawn";

export { thread_entry } from "../lib/threads";

const LINE_SIZE: u32 = 1024;
const line: usize = memory.data(1025);

/** Runs `size` bytes of commands, line by line. */
function run_text(text: usize, size: u32): void {
  const end = text + size;
  while (text < end) {
    let length: u32 = 0;
    while (text + length < end && load<u8>(text + length) != 10) length++;
    const copied = min<u32>(length, LINE_SIZE - 1);
    memory.copy(line, text, copied);
    store<u8>(line + copied, 0);
    run_line(line);
    text += length + 1;
  }
}

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

function prompt(): void {
  print("mach386# ");
  print_flush();
}

function interact(): void {
  job_control();
  print_line("mach386: type `help` for what there is, `exit` to stop the machine.");
  prompt();
  let used: u32 = 0;
  let got = read(0, line, LINE_SIZE);
  while (got > 0 || (got < 0 && errno == EINTR)) {
    used = got < 0 ? 0 : used + got;
    if (got < 0) prompt();
    else if (load<u8>(line + used - 1) == 10 || used == LINE_SIZE) {
      store<u8>(line + used - 1, 0);
      run_line(line);
      used = 0;
      reap();
      prompt();
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
  run_text(copy, size);
  free(copy);
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  environment_initialize();
  if (has_option("c")) {
    string_copy(line, operand(0), LINE_SIZE);
    set_parameters(first_operand + 1, argc);
    run_text(line, string_length(line));
  } else if (operands() > 0) {
    set_parameters(first_operand, argc);
    run_file(operand(0));
  } else interact();
  return command_finish(status);
}
