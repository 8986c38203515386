// The debugger's keyboard: lines from the console, by polling.
import { cons_poll_getc } from "../device/cons";
import { db_newline, db_print, db_put } from "./db_output";

const LINE_MAX: u32 = 126;
const BACKSPACE: u32 = 8;
const NEWLINE: u32 = 10;
const RETURN: u32 = 13;
const DELETE: u32 = 0x7f;

const line: usize = memory.data(128);

/** Reads a line, with what was typed printed, and returns it, 0-terminated. */
export function db_read_line(): usize {
  let length: u32 = 0;
  for (;;) {
    const byte = wait();
    if (byte == NEWLINE || byte == RETURN) break;
    if (byte == BACKSPACE || byte == DELETE) {
      if (length == 0) continue;
      length--;
      db_print("\b \b");
    } else if (byte >= 0x20 && byte < 0x7f && length < LINE_MAX) {
      store<u8>(line + length++, <u8>byte);
      db_put(byte);
    }
  }
  store<u8>(line + length, 0);
  db_newline();
  return line;
}

function wait(): u32 {
  let byte = cons_poll_getc();
  while (byte < 0) byte = cons_poll_getc();
  return <u32>byte;
}
