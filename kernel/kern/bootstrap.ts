// The first user tasks: runs the boot script that the boot modules' command lines make up, or starts the one module that
// has no arguments in the way that old boot loaders expect ("compat").
import { KERN_SUCCESS } from "../../abi/kern_return";
import { cons_getc } from "../device/cons";
import { device_master_port } from "../device/device";
import { ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import {
  boot_module_count,
  boot_module_data,
  boot_module_size,
  boot_module_string,
  boot_modules_free,
} from "./boot_info";
import {
  ITEM_FUNCTION,
  script_next,
  script_path,
  script_position,
  SCRIPT_ASSIGNMENT,
  SCRIPT_END,
  SCRIPT_ITEM,
  SCRIPT_NO_NAME,
  ScriptItem,
} from "./boot_script";
import {
  boot_stack_overflowed,
  boot_stack_reset,
  boot_string_add,
  boot_string_begin,
  boot_string_end,
} from "./boot_stack";
import {
  boot_symbol_bind,
  boot_symbol_define,
  boot_symbol_find,
  BootSymbol,
  SYMBOL_NONE,
  SYMBOL_PORT,
  SYMBOL_STRING,
  SYMBOL_TASK,
} from "./boot_symbols";
import { boot_task_load, LOAD_BAD_ELF, LOAD_OK, LOAD_OVERLAP } from "./boot_task";
import { bytes_equal, bytes_length, store_decimal, store_string } from "./bytes";
import {
  command_line_flags,
  command_line_length,
  command_line_root,
  command_line_text,
  next_word,
  Word,
  word_value,
} from "./command_line";
import { kprint, kprint_bytes, panic } from "./debug";
import { host_priv_port } from "./host";
import { ipc_insert_send } from "./ipc_tt";
import { Task } from "./task";
import { task_resume, task_suspend } from "./task_control";
import { task_set_name } from "./names";
import { kernel_task, task_create } from "./task_life";

const FLAGS_SIZE: u32 = 64;
const MODULES_MAX: usize = 128;

// Deferred functions of a line.
const RESUME: u8 = 1;
const PROMPT_AND_RESUME: u8 = 2;

/** The task of each line (0: none), and what to do with it in the end. */
const line_tasks: usize = memory.data(512);
const line_deferred: usize = memory.data(128);

const flags_text: usize = memory.data(64);
const number_text: usize = memory.data(12);
const unknown_text: usize = memory.data<u8>([0x55, 0x4e, 0x4b, 0x4e, 0x4f, 0x57, 0x4e]);
const environment_text: usize = memory.data(32);
const item_cell: usize = memory.data(20);
const word_cell: usize = memory.data(8);
const value_cell: usize = memory.data(8);
const task_cell: usize = memory.data(4);

/** Starts the user's side of the system, and frees the modules' memory. */
export function bootstrap_create(): void {
  const count = boot_module_count();
  if (count == 0) panic("no boot modules");
  define_symbols();
  if (count == 1 && is_bare(boot_module_string(0))) start_compat();
  else run_script(min<u32>(count, <u32>MODULES_MAX));
  boot_modules_free();
}

// --- symbols ---

function define_symbols(): void {
  command_line_flags(flags_text, FLAGS_SIZE);
  define_variables();
  boot_symbol_define("host-port", SYMBOL_PORT, changetype<usize>(host_priv_port()), 0);
  boot_symbol_define("device-port", SYMBOL_PORT, changetype<usize>(device_master_port()), 0);
  boot_symbol_define("kernel-task", SYMBOL_TASK, changetype<usize>(kernel_task()), 0);
  boot_symbol_define("kernel-command-line", SYMBOL_STRING, command_line_text(), command_line_length());
  boot_symbol_define("boot-args", SYMBOL_STRING, flags_text, bytes_length(flags_text));
  const root = root_device();
  boot_symbol_define("root-device", SYMBOL_STRING, root.address, root.length);
}

/** Every NAME=VALUE word of the kernel's command line. */
function define_variables(): void {
  const word = changetype<Word>(word_cell);
  const value = changetype<Word>(value_cell);
  let at = command_line_text();
  while (next_word(at, word)) {
    at = word.address + word.length;
    if (!word_value(word, value)) continue;
    const name_length = <u32>(value.address - word.address) - 1;
    if (!boot_symbol_bind(word.address, name_length, SYMBOL_STRING, value.address, value.length)) {
      panic("boot script: too many variables");
    }
  }
}

function root_device(): Word {
  const root = changetype<Word>(value_cell);
  if (!command_line_root(root)) {
    root.address = unknown_text;
    root.length = 7;
  }
  return root;
}

// --- the script ---

function script_error(line: usize, reason: string): void {
  kprint("boot script: ");
  kprint_bytes(line);
  kprint("\n");
  panic(reason);
}

/** Parses all lines, then loads their tasks, then lets them go. */
function run_script(lines: u32): void {
  for (let i: u32 = 0; i < lines; i++) parse_line(i);
  for (let i: u32 = 0; i < lines; i++) {
    if (line_task(i) != 0) load_line(i);
  }
  for (let i: u32 = 0; i < lines; i++) {
    const deferred = load<u8>(line_deferred + i);
    if (deferred == PROMPT_AND_RESUME) prompt(boot_module_string(i));
    if (deferred != 0) task_resume(changetype<Task>(line_task(i)));
  }
}

function line_task(line: u32): usize {
  return load<usize>(line_tasks + ((<usize>line) << 2));
}

/** Runs the functions of a line, and checks its syntax. */
function parse_line(line: u32): void {
  const text = boot_module_string(line);
  const item = changetype<ScriptItem>(item_cell);
  let result = script_path(text, item);
  const path = item.text;
  const path_length = item.text_length;
  while (result == SCRIPT_ITEM) {
    result = script_next(script_position(), item);
    if (result == SCRIPT_ITEM && item.kind == ITEM_FUNCTION) run_function(line, item, path, path_length);
  }
  if (result == SCRIPT_END) return;
  if (result == SCRIPT_ASSIGNMENT) script_error(text, "boot script: assignment inside ${}");
  if (result == SCRIPT_NO_NAME) script_error(text, "boot script: a name is missing");
  script_error(text, "boot script: a bracket is not closed");
}

function run_function(line: u32, item: ScriptItem, path: usize, path_length: u32): void {
  const text = boot_module_string(line);
  let kind: u32 = SYMBOL_NONE;
  let value: usize = 0;
  let length: u32 = 0;
  if (bytes_equal(item.name, item.name_length, "task-create")) {
    kind = SYMBOL_TASK;
    value = create_line_task(line, path, path_length);
  } else if (bytes_equal(item.name, item.name_length, "task-resume")) {
    defer(line, RESUME);
  } else if (bytes_equal(item.name, item.name_length, "prompt-task-resume")) {
    defer(line, PROMPT_AND_RESUME);
  } else {
    const symbol = boot_symbol_find(item.name, item.name_length);
    if (symbol == null || item.text_length == 0) {
      script_error(text, "boot script: unknown function");
      return;
    }
    kind = symbol.kind;
    value = symbol.value;
    length = symbol.length;
  }
  if (item.text_length == 0) return;
  if (!boot_symbol_bind(item.text, item.text_length, kind, value, length)) {
    script_error(text, "boot script: too many symbols");
  }
}

function create_line_task(line: u32, path: usize, path_length: u32): usize {
  if (line_task(line) != 0) script_error(boot_module_string(line), "boot script: two tasks on one line");
  const task = create_boot_task(path, path_length);
  store<usize>(line_tasks + ((<usize>line) << 2), changetype<usize>(task));
  return changetype<usize>(task);
}

/** An empty, suspended task. */
function create_boot_task(name: usize, name_length: u32): Task {
  if (task_create(kernel_task(), false, task_cell) != KERN_SUCCESS)
    panic("boot script: no memory for a task");
  const task = changetype<Task>(load<usize>(task_cell));
  task_set_name(task, name, name_length);
  task_suspend(task);
  return task;
}

function defer(line: u32, action: u8): void {
  if (line_task(line) == 0) script_error(boot_module_string(line), "boot script: no task to resume");
  store<u8>(line_deferred + line, action);
}

/** Loads a line's task with the line's arguments. */
function load_line(line: u32): void {
  const text = boot_module_string(line);
  const task = changetype<Task>(line_task(line));
  const item = changetype<ScriptItem>(item_cell);
  boot_stack_reset();
  let result = script_path(text, item);
  while (result == SCRIPT_ITEM) {
    if (item.kind != ITEM_FUNCTION) add_argument(task, item, text);
    result = script_next(script_position(), item);
  }
  load_module(task, line);
}

function add_argument(task: Task, item: ScriptItem, line: usize): void {
  boot_string_begin(false);
  boot_string_add(item.text, item.text_length);
  if (item.name_length != 0) {
    const symbol = boot_symbol_find(item.name, item.name_length);
    if (symbol == null || symbol.kind == SYMBOL_NONE) script_error(line, "boot script: undefined symbol");
    else add_value(task, symbol);
  }
  boot_string_end();
}

/** A string as it stands; for anything else, the name that a send right gets in the task. */
function add_value(task: Task, symbol: BootSymbol): void {
  if (symbol.kind == SYMBOL_STRING) {
    boot_string_add(symbol.value, symbol.length);
    return;
  }
  const port =
    symbol.kind == SYMBOL_TASK ? changetype<Task>(symbol.value).itk_self : changetype<IpcPort>(symbol.value);
  add_name(task, port);
}

function add_name(task: Task, port: IpcPort): void {
  const end = store_decimal(number_text, ipc_insert_send(task.itk_space, ipc_port_make_send(port)));
  boot_string_add(number_text, <u32>(end - number_text));
}

function load_module(task: Task, module: u32): void {
  const text = boot_module_string(module);
  if (boot_stack_overflowed()) script_error(text, "boot script: arguments too long");
  const result = boot_task_load(task, boot_module_data(module), boot_module_size(module));
  if (result == LOAD_OK) return;
  if (result == LOAD_BAD_ELF) script_error(text, "boot module: not an i386 ELF program");
  if (result == LOAD_OVERLAP) script_error(text, "boot module: two segments share a page");
  script_error(text, "boot module: out of memory");
}

function prompt(line: usize): void {
  kprint("press a key to start ");
  kprint_bytes(line);
  kprint("\n");
  cons_getc();
}

// --- compat ---

/** Whether a module's command line is a path only. */
function is_bare(text: usize): bool {
  const item = changetype<ScriptItem>(item_cell);
  return script_path(text, item) == SCRIPT_END || script_next(script_position(), item) == SCRIPT_END;
}

function start_compat(): void {
  const name_end = store_string(environment_text, "bootstrap");
  const task = create_boot_task(environment_text, <u32>(name_end - environment_text));
  boot_stack_reset();
  add_text(environment_text, <u32>(name_end - environment_text), false);
  add_text(flags_text, bytes_length(flags_text), false);
  boot_string_begin(false);
  add_name(task, host_priv_port());
  boot_string_end();
  boot_string_begin(false);
  add_name(task, device_master_port());
  boot_string_end();
  const root = root_device();
  add_text(root.address, root.length, false);
  if (command_line_length() != 0) {
    const end = store_string(environment_text, "MULTIBOOT_CMDLINE=");
    boot_string_begin(true);
    boot_string_add(environment_text, <u32>(end - environment_text));
    boot_string_add(command_line_text(), command_line_length());
    boot_string_end();
  }
  load_module(task, 0);
  task_resume(task);
}

function add_text(text: usize, length: u32, environment: bool): void {
  boot_string_begin(environment);
  boot_string_add(text, length);
  boot_string_end();
}
