// The first task. Opens the console and the disk, runs the programs of a plan one after the other, prints what came of
// them, and stops the machine with 0 if all went well.
//
// argv: name, privileged host port, master device port, the kernel's command line. Of that it reads `vm.merge=` (told to
// every program in its environment) and `init.plan=PATH`, a file with one command line per line; # begins a comment.
import { stackAlloc } from "../../guest/i386";
import { D_READ, D_WRITE, RB_HALT, RB_STATUS_SHIFT } from "../../abi/task_types";
import { file_syncfs } from "../generated/fs.generated";
import { host_reboot } from "../generated/mach_host.generated";
import { LOADED_FILE_SIZE, LoadedFile, load_file, mount_disk, open_device } from "../lib/disk";
import { Strings, STRINGS_SIZE } from "../lib/loader";
import { task_self } from "../lib/mach";
import { service } from "../lib/services";
import {
  arg,
  format,
  print,
  print_bytes,
  print_line,
  print_padded,
  print_to,
  print_u32_padded,
} from "../lib/print";
import { INIT_PORTS_ROOT } from "../lib/protocol";
import { count_entries, USER_END } from "../lib/regions";
import {
  find_option,
  parse_u32,
  string_copy,
  string_equals,
  string_length,
  string_store,
} from "../lib/string";
import { CRASHED, RUN_RESULT_SIZE, run_program, RunResult, set_services } from "../lib/run";

export { thread_entry } from "../lib/threads";

const MAX_PROGRAMS: u32 = 32;
const MAX_WORDS: u32 = 16;
const NAME_SIZE: u32 = 64;
const PLAN: string = "/etc/demo";

const results: usize = memory.data(1024);
const names: usize = memory.data(2048);
const plan_path: usize = memory.data(64);
const mode_name: usize = memory.data(64);
const mode_variable: usize = memory.data(80);
let count: u32 = 0;

/** Copies the option's value (up to a blank) or the default to `to`. */
function option(words: usize, name: string, fallback: string, to: usize): void {
  const value = find_option(words, name);
  if (value == 0) {
    for (let index = 0; index < fallback.length; index++)
      store<u8>(to + index, <u8>fallback.charCodeAt(index));
    store<u8>(to + fallback.length, 0);
    return;
  }
  string_copy(to, value, NAME_SIZE);
  for (let at = to; load<u8>(at) != 0; at++) if (load<u8>(at) == 32) store<u8>(at, 0);
}

/** Cuts a line of the plan into words in place. Returns how many. */
function split_words(line: usize, words: usize): u32 {
  let found: u32 = 0;
  let inside = false;
  for (let at = line; load<u8>(at) != 0; at++) {
    const blank = load<u8>(at) == 32;
    if (blank) store<u8>(at, 0);
    else if (!inside && found < MAX_WORDS) {
      store<u32>(words + found * 4, <u32>at);
      found++;
    }
    inside = !blank;
  }
  return found;
}

function result_at(index: u32): RunResult {
  return changetype<RunResult>(results + index * RUN_RESULT_SIZE);
}

function run_line(line: usize): void {
  if (load<u8>(line) == 35 || count == MAX_PROGRAMS) return;
  const words = stackAlloc(64);
  const found = split_words(line, words);
  if (found == 0) return;
  const name = names + count * NAME_SIZE;
  string_copy(name, load<u32>(words), NAME_SIZE);
  arg(<u32>name);
  format("--- %s\n");
  // A last word & is for servers: they go on when they have said how they are.
  const server = found > 1 && string_equals(load<u32>(words + (found - 1) * 4), "&");
  const strings = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  strings.count = server ? found - 1 : found;
  strings.at = words;
  run_program(name, strings, server, result_at(count));
  count++;
}

/** Runs every line of the plan in memory. */
function run_plan(text: usize, size: u32): void {
  store<u8>(text + size, 0);
  let line = text;
  for (let at = text; at < text + size; at++) {
    if (load<u8>(at) != 10) continue;
    store<u8>(at, 0);
    run_line(line);
    line = at + 1;
  }
  run_line(line);
}

function print_result(name: usize, result: RunResult): bool {
  print_padded(name, 16);
  if (result.error != 0) {
    arg(result.error);
    format(" not started, error %d\n");
    return false;
  }
  if (result.status == CRASHED) {
    print_line(" ended without a word");
    return false;
  }
  print_u32_padded(result.passed, 7);
  print_u32_padded(result.failed, 7);
  print_u32_padded(result.entries, 9);
  print(result.status == 0 ? "  good\n" : "  BAD\n");
  return result.status == 0;
}

/** The table at the end; true when every program did well. */
function summarize(): bool {
  let good = count != 0;
  print_line("");
  arg(<u32>mode_name);
  format("summary, vm.merge=%s\n");
  print_line("program          passed failed  entries");
  for (let index: u32 = 0; index < count; index++)
    if (!print_result(names + index * NAME_SIZE, result_at(index))) good = false;
  arg(count_entries(0, USER_END));
  format("init itself has %u map entries\n");
  print_line(good ? "all is well" : "something FAILED");
  return good;
}

function run_everything(device: u32): bool {
  const error = mount_disk(device);
  if (error != 0) {
    arg(error);
    format("init: hd0s1: error %d\n");
    return false;
  }
  const plan = changetype<LoadedFile>(stackAlloc(LOADED_FILE_SIZE));
  const missing = load_file(plan_path, plan);
  if (missing != 0 || plan.size == plan.room) {
    arg(<u32>plan_path);
    arg(missing);
    format("init: %s: error %d\n");
    return false;
  }
  run_plan(plan.data, plan.size);
  const good = summarize();
  const root = service(INIT_PORTS_ROOT);
  if (root == 0) return good;
  const unwritten = file_syncfs(root, 1);
  if (unwritten != 0) {
    arg(unwritten);
    format("init: the file system was not written: %x\n");
  }
  return good && unwritten == 0;
}

export function main(argc: i32, argv: usize): i32 {
  if (argc < 3) return 1;
  const host = parse_u32(load<u32>(argv + 4));
  const device = parse_u32(load<u32>(argv + 8));
  const words = argc > 3 ? load<u32>(argv + 12) : <u32>changetype<usize>("\0");
  option(words, "vm.merge=", "full", mode_name);
  string_store(mode_variable, "vm.merge=");
  string_copy(mode_variable + string_length(mode_variable), mode_name, NAME_SIZE);
  option(words, "init.plan=", PLAN, plan_path);
  const console = stackAlloc(4);
  if (open_device(device, D_READ | D_WRITE, "console", console) == 0) print_to(load<u32>(console));
  const variables = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  variables.count = 1;
  variables.at = memory.data(4);
  store<u32>(variables.at, <u32>mode_variable);
  set_services(variables, load<u32>(console), host, device, task_self());
  print("init: plan ");
  print_bytes(plan_path);
  print_line("");
  const status: u32 = run_everything(device) ? 0 : 1;
  host_reboot(host, RB_HALT | (status << RB_STATUS_SHIFT));
  return status;
}
