// The commands that the shell does itself.
import { PATH_MAX } from "../../abi/fs";
import { print, print_byte, print_bytes, print_flush, print_line } from "../lib/print";
import { command_finish } from "../lib/process";
import { Strings } from "../lib/loader";
import { parse_u32, string_equals, string_length } from "../lib/string";
import { task_terminate_trap } from "../lib/asm";
import { stackAlloc } from "../../guest/i386";
import { task_self } from "../lib/mach";
import { getcwd } from "./cwd";
import { read } from "./descriptors";
import { errno } from "./errno";
import { error_text } from "./error-text";
import { chdir, chdir_root } from "./files";
import { set_variable, variables } from "./shell-variables";
import { leave_loops } from "./shell-script";
import { status_word } from "./shell-status";
import { test } from "./shell-test";
import { shift_parameters } from "./shell-words";
import { wait_process } from "./spawn";

function word(words: Strings, index: u32): usize {
  return load<u32>(words.at + ((<usize>index) << 2));
}

function change_directory(words: Strings): i32 {
  const result = words.count > 1 ? chdir(word(words, 1)) : chdir_root();
  if (result == 0) return 0;
  print("cd: ");
  print_bytes(word(words, 1));
  print(": ");
  print_line(error_text(errno));
  return 1;
}

function print_directory(): i32 {
  const name = stackAlloc(PATH_MAX);
  if (getcwd(name) != 0) {
    print("pwd: ");
    print_line(error_text(errno));
    return 1;
  }
  print_bytes(name);
  print_byte(10);
  return 0;
}

function export_variables(words: Strings): i32 {
  for (let index: u32 = 1; index < words.count; index++) {
    const text = word(words, index);
    for (let length: u32 = 0; length < string_length(text); length++)
      if (load<u8>(text + length) == 61) {
        set_variable(text, length);
        break;
      }
  }
  if (words.count > 1) return 0;
  const all = changetype<Strings>(stackAlloc(8));
  variables(all);
  for (let index: u32 = 0; index < all.count; index++) {
    print_bytes(word(all, index));
    print_byte(10);
  }
  return 0;
}

const line: usize = memory.data(1024);

/** `read NAME`: a line of the descriptor, byte by byte, since the rest is for others. */
function read_variable(words: Strings, fd: u32): i32 {
  const name: usize = words.count > 1 ? word(words, 1) : 0;
  const length: u32 = name == 0 ? 0 : string_length(name);
  if (length == 0 || length > 64) return 2;
  memory.copy(line, name, length);
  store<u8>(line + length, 61);
  let used = length + 1;
  let got = read(fd, line + used, 1);
  const some = got > 0;
  while (got > 0 && load<u8>(line + used) != 10) {
    if (used < 1022) used++;
    got = read(fd, line + used, 1);
  }
  store<u8>(line + used, 0);
  set_variable(line, length);
  return some ? 0 : 1;
}

function leave(words: Strings): i32 {
  const status = words.count > 1 ? parse_u32(word(words, 1)) & 0xff : status_word();
  print_flush();
  command_finish(status);
  task_terminate_trap(task_self());
  return status;
}

function wait_children(): i32 {
  const cell = stackAlloc(4);
  while (wait_process(0, 0, cell) > 0) {}
  return 0;
}

function help(): i32 {
  print_line(
    "This is a Mach-like kernel on an emulated i386 PC, with a file server, a process server and this shell.",
  );
  print_line(
    "Programs: ls cat cp mv rm mkdir rmdir ln touch chmod pwd find grep wc sort head tail echo sync df free ps kill sleep",
  );
  print_line(
    "  vmstat portinfo vminfo map-watch sh linux; the demonstration's test programs are in /bin, too",
  );
  print_line(
    "The shell has pipes, < > >> 2>&1, if while for case, $(...), $((...)); control-C ends what runs.",
  );
  print_line("Try:  vminfo 2 | wc -l      how many entries the map of the file server (process 2) has");
  print_line("      grep -r NR /usr       and how many after this");
  print_line("      vminfo                the map of vminfo itself, entry by entry");
  print_line("      free; ps; time grep -rc e /usr | sort | tail -3");
  print_line(
    "Boot with vm.merge=none (on the command line: --append vm.merge=none) to see what merging is for.",
  );
  return 0;
}

/** Runs the command if it is the shell's own: its status; -1 if it is not. */
export function run_builtin(words: Strings, descriptors: usize): i32 {
  const name = word(words, 0);
  if (string_equals(name, "cd")) return change_directory(words);
  if (string_equals(name, "pwd")) return print_directory();
  if (string_equals(name, "exit")) return leave(words);
  if (string_equals(name, "export")) return export_variables(words);
  if (string_equals(name, "help")) return help();
  if (string_equals(name, "shift")) {
    shift_parameters();
    return 0;
  }
  if (string_equals(name, "[") || string_equals(name, "test")) return test(words);
  if (string_equals(name, "read")) return read_variable(words, load<u32>(descriptors));
  if (string_equals(name, "break") || string_equals(name, "continue")) {
    leave_loops(words.count > 1 ? max<u32>(parse_u32(word(words, 1)), 1) : 1, load<u8>(name) == 99);
    return 0;
  }
  if (string_equals(name, "true") || string_equals(name, ":")) return 0;
  if (string_equals(name, "false")) return 1;
  if (string_equals(name, "wait")) return wait_children();
  return -1;
}
