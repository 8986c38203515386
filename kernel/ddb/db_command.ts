// The debugger's commands.
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { loadCr0, loadCr2, loadCr3 } from "../../guest/i386";
import { machine_reset } from "../i386/reset";
import { SavedState } from "../i386/saved_state";
import { machine_stop } from "../kern/debug";
import { current_thread } from "../kern/sched";
import { Thread } from "../kern/thread";
import { db_byte, db_readable, db_word } from "./db_access";
import { db_read_line } from "./db_input";
import {
  db_argument,
  db_failed,
  db_lex_begin,
  db_more,
  db_next_word,
  db_stack,
  db_take,
  db_take_count,
  db_word_is,
} from "./db_lex";
import { db_address, db_hex, db_integer, db_label, db_newline, db_print, db_put } from "./db_output";
import { db_show } from "./db_show";
import { db_print_symbol } from "./db_sym";
import { db_trace, db_trace_thread } from "./db_trace";

const SLASH: u32 = 0x2f;
const EXAMINE_MAX: u32 = 256;
const WORDS_PER_LINE: u32 = 4;
const BYTES_PER_LINE: u32 = 16;

/** Where `x` without an address goes on. */
let dot: u32 = 0;

/** Reads and obeys commands until one says to go on. */
export function db_command_loop(regs: SavedState): void {
  db_print_symbol(regs.eip);
  db_newline();
  do db_print("db> ");
  while (!command(regs));
}

/** Whether the kernel is to go on. */
function command(regs: SavedState): bool {
  db_lex_begin(db_read_line(), regs);
  if (!db_next_word()) return false;
  if (db_word_is("continue") || db_word_is("c")) return true;
  if (db_word_is("help")) help();
  else if (db_word_is("trace") || db_word_is("bt")) trace(regs);
  else if (db_word_is("show")) show(regs);
  else if (db_word_is("x")) examine();
  else if (db_word_is("print") || db_word_is("p")) print_value();
  else if (db_word_is("reboot")) machine_reset();
  else if (db_word_is("halt")) machine_stop(KERNEL_PANIC_STATUS);
  else db_print("no such command; help lists them\n");
  return false;
}

function help(): void {
  db_print("continue (c)          go on\n");
  db_print("trace (bt) [THREAD]   who called whom\n");
  db_print("x[/COUNT[b|s]] [ADDR] words, bytes or a string in memory\n");
  db_print("print (p) EXPR        a value\n");
  db_print("show registers, show all tasks, show all threads, show zones\n");
  db_print("show task|thread|map|object|port|pset ADDR\n");
  db_print("reboot, halt\n");
  db_print("EXPR: hexadecimal, 0tDECIMAL, symbol, $register, *EXPR, + and -\n");
}

function trace(regs: SavedState): void {
  if (!db_more()) {
    db_trace(regs.eip, db_stack(regs));
    return;
  }
  const address = db_argument();
  if (db_failed()) return;
  if (address == <u32>changetype<usize>(current_thread())) db_trace(regs.eip, db_stack(regs));
  else if (db_readable(address, <u32>offsetof<Thread>())) db_trace_thread(changetype<Thread>(address));
  else db_print("no thread there\n");
}

function show(regs: SavedState): void {
  if (db_next_word() && db_word_is("registers")) registers(regs);
  else if (!db_show()) db_print("show what? help lists it\n");
}

function registers(regs: SavedState): void {
  register("eax", regs.eax);
  register("ebx", regs.ebx);
  register("ecx", regs.ecx);
  register("edx", regs.edx);
  db_newline();
  register("esi", regs.esi);
  register("edi", regs.edi);
  register("ebp", regs.ebp);
  register("esp", db_stack(regs));
  db_newline();
  register("cr0", loadCr0());
  register("cr2", loadCr2());
  register("cr3", loadCr3());
  register("efl", regs.efl);
  db_newline();
  register("cs", regs.cs);
  db_label("eip");
  db_print_symbol(regs.eip);
  db_newline();
}

function register(name: string, value: u32): void {
  db_label(name);
  db_address(value);
}

function print_value(): void {
  const value = db_argument();
  if (db_failed()) return;
  db_print("0x");
  db_hex(value, 1);
  db_print(" ");
  db_integer(value);
  db_print(" ");
  db_print_symbol(value);
  db_newline();
}

/** x/COUNTb: bytes; x/s: a string; else words. */
function examine(): void {
  let count: u32 = 1;
  let bytes: bool = false;
  let text: bool = false;
  if (db_take(SLASH)) {
    count = min<u32>(max<u32>(db_take_count(), 1), EXAMINE_MAX);
    bytes = db_take(0x62);
    text = !bytes && db_take(0x73);
    if (!bytes && !text) db_take(0x78);
  }
  if (db_more()) {
    dot = db_argument();
    if (db_failed()) return;
  }
  if (text) examine_text();
  else if (bytes) examine_units(count, 1, BYTES_PER_LINE);
  else examine_units(count, 4, WORDS_PER_LINE);
}

function examine_units(count: u32, size: u32, per_line: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    if (i % per_line == 0) {
      if (i != 0) db_newline();
      db_print_symbol(dot);
      db_print(":");
    }
    db_print(" ");
    if (!db_readable(dot, size)) {
      db_print("no memory\n");
      return;
    }
    db_hex(size == 4 ? db_word(dot) : db_byte(dot), size << 1);
    dot += size;
  }
  db_newline();
}

function examine_text(): void {
  db_print_symbol(dot);
  db_print(": ");
  for (let i: u32 = 0; i < EXAMINE_MAX && db_byte(dot) != 0; i++) {
    const byte = db_byte(dot++);
    db_put(byte >= 0x20 && byte < 0x7f ? byte : 0x2e);
  }
  dot++;
  db_newline();
}
