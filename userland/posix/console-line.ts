// Reading from the console where nobody serves the terminal.
import { stackAlloc } from "../../guest/i386";
import { device_read_inband } from "../generated/device.generated";
import { line, line_begin, LINE_END, LINE_GOES_ON, line_take, line_used } from "../lib/line-editor";

/** What of the line has been read. */
let at: u32 = 0;

function read_byte(port: u32): i32 {
  const byte = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(count, 1);
  if (device_read_inband(port, 0, 0, 1, byte, count) != 0) return -1;
  return load<u32>(count) == 1 ? <i32>load<u8>(byte) : -1;
}

/** Reads a line; false at the end of the input. */
function read_line(port: u32): bool {
  let state = LINE_GOES_ON;
  line_begin();
  at = 0;
  while (state == LINE_GOES_ON) {
    const byte = read_byte(port);
    if (byte < 0) return false;
    state = line_take(byte, port);
  }
  return state != LINE_END;
}

/** Up to `count` bytes of what was typed; 0 at its end. */
export function read_typed(port: u32, buffer: usize, count: u32): i32 {
  if (at == line_used && !read_line(port)) return 0;
  const bytes = min<u32>(count, line_used - at);
  memory.copy(buffer, line + at, bytes);
  at += bytes;
  return bytes;
}
