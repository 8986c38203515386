// Reading from the console line by line, with what people expect to be able to correct.
import { stackAlloc } from "../../guest/i386";
import { device_read_inband } from "../generated/device.generated";
import { console_write } from "../lib/console";

const LINE_SIZE: u32 = 512;
const line: usize = memory.data(512);
/** What of the line has not been read yet. */
let at: u32 = 0;
let used: u32 = 0;

const END_OF_FILE: u32 = 4;
const BACKSPACE: u32 = 8;
const INTERRUPT: u32 = 3;
const KILL_LINE: u32 = 21;
const DELETE: u32 = 127;

/** The last line was given up with control-C. */
export let line_interrupted: bool = false;

function read_byte(port: u32): i32 {
  const byte = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(count, 1);
  if (device_read_inband(port, 0, 0, 1, byte, count) != 0) return -1;
  return load<u32>(count) == 1 ? <i32>load<u8>(byte) : -1;
}

function echo(port: u32, byte: u32): void {
  const bytes = stackAlloc(4);
  store<u8>(bytes, <u8>byte);
  console_write(port, bytes, 1);
}

/** Takes the last byte of the line back. */
function rub_out(port: u32): void {
  if (used == 0) return;
  used--;
  const bytes = stackAlloc(4);
  store<u32>(bytes, 0x00082008);
  console_write(port, bytes, 3);
}

/** Reads a line; false at the end of the input. */
function read_line(port: u32): bool {
  used = 0;
  at = 0;
  line_interrupted = false;
  while (used + 1 < LINE_SIZE) {
    const byte: i32 = read_byte(port);
    if (byte < 0 || (byte == END_OF_FILE && used == 0)) return false;
    if (byte == 13 || byte == 10) break;
    if (byte == BACKSPACE || byte == DELETE) rub_out(port);
    else if (byte == KILL_LINE) while (used > 0) rub_out(port);
    else if (byte == INTERRUPT) {
      line_interrupted = true;
      used = 0;
      break;
    } else if (byte >= 32 || byte == 9) {
      store<u8>(line + used, <u8>byte);
      used++;
      echo(port, byte);
    }
  }
  echo(port, 10);
  store<u8>(line + used, 10);
  used++;
  return true;
}

/** Up to `count` bytes of what was typed; 0 at its end. */
export function read_typed(port: u32, buffer: usize, count: u32): i32 {
  if (at == used && !read_line(port)) return 0;
  const bytes = min<u32>(count, used - at);
  memory.copy(buffer, line + at, bytes);
  at += bytes;
  return bytes;
}
