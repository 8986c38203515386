/** Memory operands of x87 instructions. Nothing is written before all of an operand has been found writable. */
import { FLOAT_MEMORY, INT16, INT32, INT64, REAL32, REAL64 } from "../../layout";
import {
  loadSized,
  plainRead,
  plainWrite,
  reaches,
  readPointer,
  storeSized,
  write,
  write16,
  write32,
} from "../memory";

/** Reads an operand into FLOAT_MEMORY; false after a fault. */
export function readOperand(linear: u32, type: u32): bool {
  switch (type) {
    case INT16: {
      const p = readPointer(linear, 2);
      if (!p) return false;
      store<u16>(FLOAT_MEMORY, load<u16>(p));
      return true;
    }
    case REAL32:
    case INT32: {
      const p = readPointer(linear, 4);
      if (!p) return false;
      store<u32>(FLOAT_MEMORY, load<u32>(p));
      return true;
    }
    case REAL64:
    case INT64: {
      const p = plainRead(linear, 8);
      if (!p) return readBytes(linear, FLOAT_MEMORY, 8, 8);
      store<u64>(FLOAT_MEMORY, load<u64>(p));
      return true;
    }
    default:
      return readBytes(linear, FLOAT_MEMORY, 10, 8);
  }
}

/** Writes FLOAT_MEMORY; false after a fault. */
export function writeOperand(linear: u32, type: u32): bool {
  switch (type) {
    case INT16:
      return write16(linear, load<u16>(FLOAT_MEMORY));
    case REAL32:
    case INT32:
      return write32(linear, load<u32>(FLOAT_MEMORY));
    case REAL64:
    case INT64: {
      const p = plainWrite(linear, 8);
      if (!p) return writeBytes(linear, FLOAT_MEMORY, 8, 8);
      store<u64>(p, load<u64>(FLOAT_MEMORY));
      return true;
    }
    default:
      return writeBytes(linear, FLOAT_MEMORY, 10, 8);
  }
}

/** Reads an even number of bytes to `to` in core memory. False after a fault; what is at `to` is lost then. */
export function readBytes(linear: u32, to: usize, size: u32, alignment: u32): bool {
  if (!reaches(linear, size, alignment, false)) return false;
  for (let i: u32 = 0, step: u32 = 0; i < size; i += step) {
    step = pieceOf(size - i, alignment);
    const p = readPointer(linear + i, step);
    if (!p) return false;
    storeSized(to + i, step, loadSized(p, step));
  }
  return true;
}

/** Writes an even number of bytes from core memory. False after a fault; nothing is written then. */
export function writeBytes(linear: u32, from: usize, size: u32, alignment: u32): bool {
  if (!reaches(linear, size, alignment, true)) return false;
  for (let i: u32 = 0, step: u32 = 0; i < size; i += step) {
    step = pieceOf(size - i, alignment);
    write(linear + i, step, loadSized(from + i, step));
  }
  return true;
}

function pieceOf(left: u32, alignment: u32): u32 {
  return min<u32>(alignment, 4) > left ? 2 : min<u32>(alignment, 4);
}
