/** What goes on elsewhere. */
import { Instruction, Mnemonic, OpKind } from "iced-x86";
import { FORM_M, FORM_RI } from "../layout";
import * as op from "../operations.generated";
import * as charges from "./charges";
import { CONDITIONS, flatStack, operandSize } from "./operands";
import type { InstructionEntry, Selection, SelectContext } from "./entry";

function isNear(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.NearBranch16 || kind === OpKind.NearBranch32;
}

function isFarPointer(i: Instruction): boolean {
  const kind = i.opKind(0);
  return kind === OpKind.FarBranch16 || kind === OpKind.FarBranch32;
}

function isFar(i: Instruction): boolean {
  return isFarPointer(i) || i.isJmpFarIndirect || i.isCallFarIndirect;
}

function farPointer(s: Selection, i: Instruction, c: SelectContext): void {
  s.size = c.operand;
  s.ends = true;
  if (isFarPointer(i)) {
    s.immediate = c.operand === 2 ? i.farBranch16 : i.farBranch32;
    s.displacement = i.farBranchSelector;
    s.form = FORM_RI;
  } else s.accessed = c.operand + 2;
}

/** Target of a near branch relative to the page, which the decoder gave as the instruction pointer. */
function branchTarget(i: Instruction): number {
  const next = Number(BigInt.asIntN(32, i.nextIP));
  const wide = i.opKind(0) === OpKind.NearBranch32;
  if (wide) return Number(BigInt.asIntN(32, i.nearBranchTarget));
  // 16-bit targets are cut by the core, which knows EIP.
  const relative = ((Number(i.nearBranchTarget) - next) << 16) >> 16;
  return next + relative;
}

export const TRANSFERS: readonly InstructionEntry[] = [
  {
    mnemonics: [Mnemonic.Jmp],
    when: (i) => !isFar(i),
    select(s, _which, i, c) {
      s.size = c.operand;
      s.ends = true;
      const hot = c.operand === 4;
      if (isNear(i)) {
        s.linked = hot;
        s.handler = hot ? op.JMP : op.JUMP_NEAR;
        s.displacement = branchTarget(i);
      } else s.handler = !hot ? op.JUMP_NEAR_ABSOLUTE : s.form === FORM_M ? op.JMP32_M : op.JMP32_R;
    },
    charge: charges.nearTransfer,
    clocks: [
      ["JMP rel", "7+m", "3", "1", "6/6 P1 P2 IB HP UP MM"],
      ["JMP r", "7+m", "5", "2", "6/6 P1 P2 IB HP UP MM"],
      ["JMP m", "10+m", "5", "2", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Call],
    when: (i) => !isFar(i),
    select(s, _which, i, c) {
      s.size = c.operand;
      s.stack = true;
      const hot = flatStack(c);
      if (isNear(i)) {
        s.linked = hot;
        s.handler = hot ? op.CALL32 : op.CALL_NEAR;
        s.displacement = branchTarget(i);
      } else s.handler = !hot ? op.CALL_NEAR_ABSOLUTE : s.form === FORM_M ? op.CALL32_M : op.CALL32_R;
    },
    charge: charges.nearTransfer,
    clocks: [
      ["CALL rel", "7+m", "3", "1", "6/6 P1 P2 IB HP UP MM"],
      ["CALL r", "7+m", "5", "2", "6/6 P1 P2 IB HP UP MM"],
      ["CALL m", "10+m", "5", "2", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Ret],
    select(s, _which, _i, c) {
      s.size = c.operand;
      s.stack = true;
      s.ends = true;
      s.handler = !flatStack(c) ? op.RETURN_NEAR : s.immediate === 0 ? op.RET32 : op.RET32_I;
    },
    charge: charges.nearTransfer,
    clocks: [
      ["RET", "10+m", "5", "2", "6/6 P1 P2 IB HP UP MM"],
      ["RET imm", "10+m", "5", "3", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: CONDITIONS.map((cc) => Mnemonic[`J${cc}`]),
    name: "Jcc",
    operands: "none",
    select(s, which, i, c) {
      s.size = c.operand;
      s.sub = which;
      s.linked = c.operand === 4;
      s.handler = s.linked ? op.JO + which : op.JUMP_CONDITION;
      s.displacement = branchTarget(i);
    },
    charge: charges.branch,
    clocks: [
      ["Jcc taken", "7+m", "3", "1", "6/6 P1 P2 IB HP UP MM"],
      ["Jcc not taken", "3", "1", "1", "6/6 P1 P2 IB HP UP MM"],
    ],
  },
  {
    mnemonics: [Mnemonic.Loopne, Mnemonic.Loope, Mnemonic.Loop, Mnemonic.Jcxz, Mnemonic.Jecxz],
    operands: "none",
    select(s, which, i, c) {
      s.size = c.operand;
      s.handler = op.LOOP;
      s.sub = Math.min(which, 3);
      s.displacement = branchTarget(i);
    },
    charge: charges.branch,
    clocks: [
      ["JCXZ taken", "9+m", "8", "6", "5/5 P1 P2 HP MM UP"],
      ["JECXZ taken", "9+m", "8", "6", "5/5 P1 P2 HP MM UP"],
      ["JCXZ not taken", "5", "5", "5", "5/5 P1 P2 HP MM UP"],
      ["JECXZ not taken", "5", "5", "5", "5/5 P1 P2 HP MM UP"],
      ["LOOP taken", "11+m", "7", "5", "6/6 P1 P2 IB HP UP MM"],
      [
        "LOOP not taken",
        "~11",
        "6",
        "6",
        "the i386 manual prints only 11+m: the same without a target; none; seen UP=4 IB=4 (tuned)",
      ],
      ["LOOPE taken", "11+m", "9", "7", "6/6 P1 P2 IB HP UP MM"],
      ["LOOPNE taken", "11+m", "9", "7", "6/6 P1 P2 IB HP UP MM"],
      ["LOOPE not taken", "~11", "6", "8", "as LOOP; none; seen UP=4 IB=4 (tuned)"],
      ["LOOPNE not taken", "~11", "6", "8", "as LOOP; none; seen UP=4 IB=4 (tuned)"],
    ],
  },
  {
    mnemonics: [Mnemonic.Jmp],
    when: isFar,
    name: "JMP FAR",
    select(s, _which, i, c) {
      s.handler = op.JUMP_FAR;
      farPointer(s, i, c);
    },
    charge: charges.farJump,
    clocks: [
      ["JMP FAR ptr same level", "27+m", "19", "3", "7/7 P1 P2 IB HP UP MM BX"],
      ["JMP FAR ptr gate same level", "45+m", "32", "18", "4/4 P1 P2 HP BX"],
      ["JMP FAR m same level", "31+m", "18", "4", "6/6 P1 P2 IB HP UP MM"],
      ["JMP FAR m gate same level", "49+m", "31", "18", "4/4 P1 P2 HP UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Call],
    when: isFar,
    name: "CALL FAR",
    select(s, _which, i, c) {
      s.handler = op.CALL_FAR;
      s.stack = true;
      farPointer(s, i, c);
    },
    charge: charges.farCall,
    clocks: [
      ["CALL FAR ptr same level", "34+m", "20", "4", "7/7 P1 P2 IB HP UP MM BX"],
      ["CALL FAR ptr gate same level", "52+m", "35", "22", "5/5 P1 P2 HP UP BX"],
      ["CALL FAR ptr gate inner level", "86+m", "69", "44", "5/5 P1 P2 HP UP BX"],
      ["CALL FAR ptr gate inner level n", "94+4n+m", "77+4n", "45+2n", "4/4 P1 P2 HP UP"],
      ["CALL FAR m same level", "38+m", "20", "5", "5/5 P1 P2 IB HP MM"],
      ["CALL FAR m gate same level", "56+m", "35", "22", "4/4 P1 P2 HP UP"],
      ["CALL FAR m gate inner level", "90+m", "69", "44", "3/3 P1 P2 HP"],
      ["CALL FAR m gate inner level n", "98+4n+m", "77+4n", "45+2n", "3/3 P1 P2 HP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Retf],
    name: "RET FAR",
    select(s, _which, _i, c) {
      s.size = c.operand;
      s.stack = true;
      s.ends = true;
      s.handler = op.RETURN_FAR;
    },
    charge: charges.farReturn,
    clocks: [
      ["RET FAR same level", "32+m", "17", "4", "7/7 P1 P2 IB HP UP MM BX"],
      ["RET FAR outer level", "68", "35", "23", "4/4 P1 P2 HP BX"],
      ["RET FAR imm same level", "32+m", "18", "4", "6/6 P1 P2 IB HP UP MM"],
      ["RET FAR imm outer level", "68", "36", "23", "3/3 P1 P2 HP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Int, Mnemonic.Int3, Mnemonic.Int1],
    operands: "none",
    select(s, which) {
      s.handler = op.INTERRUPT;
      s.ends = true;
      if (which === 1) s.immediate = 3;
      if (which === 2) s.immediate = 1;
      s.sub = [0, 2, 1][which];
    },
    charge: charges.interrupt,
    clocks: [
      ["INT3 same level", "59", "44", "27", "4/4 P1 P2 IB HP"],
      ["INT3 inner level", "99", "71", "44", "3/3 P1 P2 HP"],
      ["INT same level", "59", "44", "31", "5/6 P1 P2 IB HP UP; not BX=99"],
      ["INT inner level", "99", "71", "48", "4/5 P1 P2 HP UP; not BX=119"],
      ["INT1 same level", "~59", "~44", "~27", "undocumented; as INT3"],
      ["INT1 inner level", "~99", "~71", "~44", "undocumented; as INT3"],
    ],
  },
  {
    mnemonics: [Mnemonic.Into],
    select: (s) => (s.handler = op.INTERRUPT_OVERFLOW),
    charge: charges.overflow,
    clocks: [
      ["INTO not taken", "3", "3", "4", "7/7 P1 P2 IB HP UP MM CK"],
      ["INTO taken same level", "59", "46", "27", "4/4 P1 P2 HP UP"],
      ["INTO taken inner level", "99", "73", "44", "4/4 P1 P2 HP UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Iret, Mnemonic.Iretd],
    select(s, _which, _i, c) {
      s.handler = op.INTERRUPT_RETURN;
      s.size = c.operand;
      s.ends = true;
      s.stack = true;
    },
    charge: charges.interruptReturn,
    clocks: [
      ["IRET same level", "38", "20", "10", "6/6 P1 P2 IB HP BX UP"],
      ["IRETD same level", "38", "20", "10", "6/6 P1 P2 IB HP BX UP"],
      ["IRET outer level", "82", "36", "27", "5/5 P1 P2 HP BX UP"],
      ["IRETD outer level", "82", "36", "27", "5/5 P1 P2 HP BX UP"],
    ],
  },
  {
    mnemonics: [Mnemonic.Bound],
    select(s, _which, i) {
      s.handler = op.BOUND;
      s.size = operandSize(i, 0);
      s.accessed = 2 * s.size;
      s.r2 = s.r1;
    },
    clocks: [["BOUND r,m", "10", "7", "8", "6/6 P1 P2 IB HP UP MM"]],
  },
];
