// One line of typed text, with what people expect to be able to correct.
import { stackAlloc } from "../../guest/i386";
import { console_write } from "./console";

export const LINE_SIZE: u32 = 512;
/** The line so far. */
export const line: usize = memory.data(512);
export let line_used: u32 = 0;

// What comes of a byte.
export const LINE_GOES_ON: u32 = 0;
/** The line is complete, with its newline. */
export const LINE_DONE: u32 = 1;
/** There will be no more: an empty line was ended with control-D. A line with something in it is complete without a newline. */
export const LINE_END: u32 = 2;

const BACKSPACE: u32 = 8;
const TAB: u32 = 9;
const NEWLINE: u32 = 10;
const RETURN: u32 = 13;
const DELETE: u32 = 127;
const END_OF_FILE: u32 = 4;
const KILL_LINE: u32 = 21;

/** Shows the byte on the console; 0: nowhere. */
export function echo(console: u32, byte: u32): void {
  if (console == 0) return;
  const bytes = stackAlloc(4);
  store<u8>(bytes, <u8>byte);
  console_write(console, bytes, 1);
}

/** Takes the last byte of the line back. */
function rub_out(console: u32): void {
  if (line_used == 0) return;
  line_used--;
  if (console == 0) return;
  const bytes = stackAlloc(4);
  store<u32>(bytes, 0x00082008);
  console_write(console, bytes, 3);
}

/** Begins a new line. */
export function line_begin(): void {
  line_used = 0;
}

function append(console: u32, byte: u32): void {
  store<u8>(line + line_used, <u8>byte);
  line_used++;
  echo(console, byte);
}

/** Takes a byte that was typed, and shows what it does on `console`, if that is not 0. LINE_*. */
export function line_take(byte: u32, console: u32): u32 {
  if (byte == END_OF_FILE) return line_used == 0 ? LINE_END : LINE_DONE;
  if (byte == RETURN || byte == NEWLINE) {
    append(console, NEWLINE);
    return LINE_DONE;
  }
  if (byte == BACKSPACE || byte == DELETE) rub_out(console);
  else if (byte == KILL_LINE) while (line_used > 0) rub_out(console);
  else if ((byte >= 32 || byte == TAB) && line_used + 1 < LINE_SIZE) append(console, byte);
  return LINE_GOES_ON;
}
