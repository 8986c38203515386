/** Operands of micro-ops: registers by their addresses, effective addresses, the operand forms. */
import {
  FLAG_ADDRESS16,
  FORM_M,
  FORM_MI,
  FORM_MR,
  FORM_RI,
  FORM_RM,
  FORM_SHIFT,
  OP_BASE,
  OP_DISP,
  OP_FLAGS,
  OP_IMM,
  OP_INDEX,
  OP_OPERAND,
  OP_R1,
  OP_R2,
  OP_SCALE,
  OP_SEGMENT,
  OP_SUB,
} from "../layout";
import { modifyPointer, readPointer } from "./memory";
import { checkAccess } from "./segment";

/** base + index * scale + displacement: the linear address of a memory operand (a SEG_EA before it saw to that). */
export function address(op: usize): u32 {
  return (
    load<u32>(load<u16>(op, OP_BASE)) +
    (load<u32>(load<u16>(op, OP_INDEX)) << load<u8>(op, OP_SCALE)) +
    load<u32>(op, OP_DISP)
  );
}

/** The offset part of a memory operand, with the instruction's address size. */
export function effectiveAddress(op: usize): u32 {
  const offset = address(op);
  return load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16 ? offset & 0xffff : offset;
}

/** SEG_EA: checks the segment for the micro-op that follows and leaves the linear address in REG_ADDRESS. */
export function segmentAddress(op: usize): bool {
  return checkAccess(
    load<u8>(op, OP_SEGMENT),
    effectiveAddress(op),
    load<u8>(op, OP_OPERAND),
    load<u8>(op, OP_SUB) != 0,
  );
}

export function operandForm(op: usize): u32 {
  return (load<u8>(op, OP_FLAGS) >> FORM_SHIFT) & 7;
}

export function operandSize(op: usize): u32 {
  return load<u8>(op, OP_OPERAND);
}

/** Where to read the source operand: R2, the immediate, or memory. 0 after a fault. */
export function sourcePointer(op: usize): usize {
  const form = operandForm(op);
  if (form == FORM_RI || form == FORM_MI) return op + OP_IMM;
  if (form == FORM_RM || form == FORM_M) return readPointer(address(op), operandSize(op));
  return load<u16>(op, OP_R2);
}

/** Where to read and write the destination operand, to be followed by `commit`. 0 after a fault. */
export function targetPointer(op: usize): usize {
  const form = operandForm(op);
  if (form == FORM_MR || form == FORM_MI || form == FORM_M)
    return modifyPointer(address(op), operandSize(op));
  return load<u16>(op, OP_R1);
}
