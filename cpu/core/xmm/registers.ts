/** SSE's registers and operands (SDM volume 1, chapters 10 and 11). */
import { CR0_EM, CR0_TS, CR4_OSFXSR } from "../../control-registers";
import { CR0, CR4, FORM_RM, OP_R2, XMM_SOURCE } from "../../layout";
import { readBytes, writeBytes } from "../fpu/memory";
import { loadSized, readPointer, write, write32 } from "../memory";
import { address, operandForm, operandSize } from "../operands";
import { GP, NM, UD, fault } from "../state";

const WHOLE: u32 = 16;

/** What comes before every instruction on these registers; false after a fault. */
export function enterXmm(): bool {
  const cr0 = load<u32>(CR0);
  if (cr0 & CR0_EM || !(load<u32>(CR4) & CR4_OSFXSR)) return fault(UD, 0);
  return !(cr0 & CR0_TS) || fault(NM, 0);
}

/** Operands of 16 bytes are at multiples of 16. */
function isWholeAligned(linear: u32): bool {
  return !(linear & (WHOLE - 1)) || fault(GP, 0);
}

/** Where the second operand is: a register, or memory that has been read to XMM_SOURCE; 0 after a fault. */
export function sourceOf(op: usize, aligned: bool): usize {
  if (operandForm(op) != FORM_RM) return load<u16>(op, OP_R2);
  const linear = address(op);
  const size = operandSize(op);
  if (size == WHOLE && aligned && !isWholeAligned(linear)) return 0;
  if (size > 4) return readBytes(linear, XMM_SOURCE, size, size == 8 ? 8 : 4) ? XMM_SOURCE : 0;
  const p = readPointer(linear, size);
  if (!p) return 0;
  store<u32>(XMM_SOURCE, loadSized(p, size));
  return XMM_SOURCE;
}

/** Writes `size` bytes from core memory to the operand in memory; false after a fault. */
export function writeOut(op: usize, from: usize, size: u32, aligned: bool): bool {
  const linear = address(op);
  if (size == WHOLE && aligned && !isWholeAligned(linear)) return false;
  if (size == 4) return write32(linear, load<u32>(from));
  if (size == 1) return write(linear, 1, load<u8>(from));
  return writeBytes(linear, from, size, size == 8 ? 8 : 4);
}
