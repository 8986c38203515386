/** The stack, and what goes on elsewhere. */
import { Instruction, Mnemonic, OpKind } from "iced-x86";
import { FORM_M, FORM_R, FORM_RI, MODE_FLAT_DATA, MODE_STACK32 } from "../layout";
import * as op from "../operations.generated";
import { isSegment, operandSize, segmentIndex } from "./operands";
import { definer, type Rules, type Selection, type SelectContext } from "./rules";

export const TRANSFER_RULES: Rules = new Map();
const define = definer(TRANSFER_RULES);

function flatStack(context: SelectContext): boolean {
  const needed = MODE_FLAT_DATA | MODE_STACK32;
  return (context.mode & needed) === needed && context.operand === 4;
}

// Stack.

define([Mnemonic.Push], (s, _which, i, c) => {
  s.stack = true;
  s.size = c.operand;
  if (i.opKind(0) === OpKind.Register && isSegment(i.opRegister(0))) {
    s.handler = op.PUSH_SEGMENT;
    s.sub = segmentIndex(i.opRegister(0));
    return;
  }
  if (i.opKind(0) !== OpKind.Memory && i.opKind(0) !== OpKind.Register) s.form = FORM_RI;
  s.handler = op.PUSH;
  if (!flatStack(c)) return;
  s.handler = s.form === FORM_M ? op.PUSH32_M : s.form === FORM_RI ? op.PUSH32_I : op.PUSH32_R;
});

define([Mnemonic.Pop], (s, _which, i, c) => {
  s.stack = true;
  s.size = c.operand;
  s.writes = true;
  if (i.opKind(0) === OpKind.Register && isSegment(i.opRegister(0))) {
    s.handler = op.POP_SEGMENT;
    s.sub = segmentIndex(i.opRegister(0));
    return;
  }
  s.handler = s.form === FORM_R && flatStack(c) ? op.POP32_R : op.POP;
});

for (const [mnemonics, handler] of [
  [[Mnemonic.Pusha, Mnemonic.Pushad], op.PUSHA],
  [[Mnemonic.Popa, Mnemonic.Popad], op.POPA],
  [[Mnemonic.Pushf, Mnemonic.Pushfd], op.PUSHF],
  [[Mnemonic.Popf, Mnemonic.Popfd], op.POPF],
] as const) {
  define(mnemonics, (s, _which, _i, c) => {
    s.handler = handler;
    s.size = c.operand;
    s.stack = true;
  });
}

define([Mnemonic.Enter], (s, _which, i, c) => {
  s.handler = op.ENTER;
  s.size = c.operand;
  s.immediate = i.immediate16;
  s.displacement = i.immediate8_2nd;
  s.stack = true;
});

define([Mnemonic.Leave], (s, _which, _i, c) => {
  s.handler = flatStack(c) ? op.LEAVE32 : op.LEAVE_FRAME;
  s.size = c.operand;
  s.stack = true;
});

// Transfers.

function isNear(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.NearBranch16 || kind === OpKind.NearBranch32;
}

function isFar(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.FarBranch16 || kind === OpKind.FarBranch32;
}

function farPointer(s: Selection, i: Instruction, c: SelectContext): void {
  s.size = c.operand;
  if (isFar(i)) {
    s.immediate = c.operand === 2 ? i.farBranch16 : i.farBranch32;
    s.displacement = i.farBranchSelector;
    s.form = FORM_RI;
  } else s.accessed = c.operand + 2;
}

function isFarMemory(i: Instruction, c: SelectContext): boolean {
  return i.opKind(0) === OpKind.Memory && operandSize(i, 0) !== c.operand;
}

define([Mnemonic.Jmp, Mnemonic.Call], (s, which, i, c) => {
  s.size = c.operand;
  s.ends = which === 0;
  s.stack = which === 1;
  if (isFar(i) || isFarMemory(i, c)) {
    s.handler = which === 0 ? op.JUMP_FAR : op.CALL_FAR;
    s.ends = true;
    farPointer(s, i, c);
  } else if (isNear(i)) {
    s.linked = which === 0 ? c.operand === 4 : flatStack(c);
    if (s.linked) s.handler = which === 0 ? op.JMP : op.CALL32;
    else s.handler = which === 0 ? op.JUMP_NEAR : op.CALL_NEAR;
    s.displacement = branchTarget(i);
  } else {
    const hot = which === 0 ? c.operand === 4 : flatStack(c);
    if (which === 0) s.handler = !hot ? op.JUMP_NEAR_ABSOLUTE : s.form === FORM_M ? op.JMP32_M : op.JMP32_R;
    else s.handler = !hot ? op.CALL_NEAR_ABSOLUTE : s.form === FORM_M ? op.CALL32_M : op.CALL32_R;
  }
});

/** Target of a near branch relative to the page, which the decoder gave as the instruction pointer. */
function branchTarget(i: Instruction): number {
  const next = Number(BigInt.asIntN(32, i.nextIP));
  const wide = i.opKind(0) === OpKind.NearBranch32;
  if (wide) return Number(BigInt.asIntN(32, i.nearBranchTarget));
  // 16-bit targets are cut by the core, which knows EIP.
  const relative = ((Number(i.nearBranchTarget) - next) << 16) >> 16;
  return next + relative;
}

define([Mnemonic.Ret], (s, _which, _i, c) => {
  s.size = c.operand;
  s.stack = true;
  s.ends = true;
  s.handler = !flatStack(c) ? op.RETURN_NEAR : s.immediate === 0 ? op.RET32 : op.RET32_I;
});

define([Mnemonic.Retf], (s, _which, _i, c) => {
  s.size = c.operand;
  s.stack = true;
  s.ends = true;
  s.handler = op.RETURN_FAR;
});

define([
  Mnemonic.Jo,
  Mnemonic.Jno,
  Mnemonic.Jb,
  Mnemonic.Jae,
  Mnemonic.Je,
  Mnemonic.Jne,
  Mnemonic.Jbe,
  Mnemonic.Ja,
  Mnemonic.Js,
  Mnemonic.Jns,
  Mnemonic.Jp,
  Mnemonic.Jnp,
  Mnemonic.Jl,
  Mnemonic.Jge,
  Mnemonic.Jle,
  Mnemonic.Jg,
], (s, which, i, c) => {
  s.size = c.operand;
  s.sub = which;
  s.linked = c.operand === 4;
  s.handler = s.linked ? op.JO + which : op.JUMP_CONDITION;
  s.displacement = branchTarget(i);
});

define([Mnemonic.Loopne, Mnemonic.Loope, Mnemonic.Loop, Mnemonic.Jcxz, Mnemonic.Jecxz], (s, which, i, c) => {
  s.size = c.operand;
  s.handler = op.LOOP;
  s.sub = Math.min(which, 3);
  s.displacement = branchTarget(i);
});

define([Mnemonic.Int, Mnemonic.Int3, Mnemonic.Int1], (s, which) => {
  s.handler = op.INTERRUPT;
  s.ends = true;
  if (which === 1) s.immediate = 3;
  if (which === 2) s.immediate = 1;
  s.sub = [0, 2, 1][which];
});
define([Mnemonic.Into], (s) => (s.handler = op.INTERRUPT_OVERFLOW));
define([Mnemonic.Iret, Mnemonic.Iretd], (s, _which, _i, c) => {
  s.handler = op.INTERRUPT_RETURN;
  s.size = c.operand;
  s.ends = true;
  s.stack = true;
});
define([Mnemonic.Bound], (s, _which, i) => {
  s.handler = op.BOUND;
  s.size = operandSize(i, 0);
  s.accessed = 2 * s.size;
  s.r2 = s.r1;
});
