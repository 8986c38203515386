// Many small commands in one program, which is the one it is called by.
import { print, print_bytes, print_line } from "../lib/print";
import { argument, command_finish } from "../lib/process";
import { string_equals } from "../lib/string";
import { chmod, cp, find, ln, ls, mkdir, mv, rm, rmdir, touch } from "../commands/files";
import { date, df, free, kill, portinfo, ps, sleep, sync, vmstat } from "../commands/system";
import { cat, echo, head, sort, tail, wc } from "../commands/text";
import { command_begin } from "../posix/command";

export { thread_entry } from "../lib/threads";

/** A command: its status. */
type Command = () => i32;

function command(name: usize): Command | null {
  if (string_equals(name, "ls")) return ls;
  if (string_equals(name, "cat")) return cat;
  if (string_equals(name, "cp")) return cp;
  if (string_equals(name, "mv")) return mv;
  if (string_equals(name, "rm")) return rm;
  if (string_equals(name, "mkdir")) return mkdir;
  if (string_equals(name, "rmdir")) return rmdir;
  if (string_equals(name, "ln")) return ln;
  if (string_equals(name, "touch")) return touch;
  if (string_equals(name, "chmod")) return chmod;
  if (string_equals(name, "wc")) return wc;
  if (string_equals(name, "sort")) return sort;
  if (string_equals(name, "head")) return head;
  if (string_equals(name, "tail")) return tail;
  if (string_equals(name, "echo")) return echo;
  if (string_equals(name, "sync")) return sync;
  if (string_equals(name, "df")) return df;
  if (string_equals(name, "free")) return free;
  if (string_equals(name, "ps")) return ps;
  if (string_equals(name, "kill")) return kill;
  if (string_equals(name, "vmstat")) return vmstat;
  if (string_equals(name, "portinfo")) return portinfo;
  if (string_equals(name, "date")) return date;
  if (string_equals(name, "sleep")) return sleep;
  return null;
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  let name = argument(0);
  for (let at = name; load<u8>(at) != 0; at++) if (load<u8>(at) == 47) name = at + 1;
  if (string_equals(name, "find")) return command_finish(find(argc, argv));
  const run = command(name);
  if (run == null) {
    print("box: no command ");
    print_bytes(name);
    print_line("");
    return command_finish(127);
  }
  return command_finish(run());
}
