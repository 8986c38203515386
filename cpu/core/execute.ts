/**
 * The main loop: hot micro-ops as cases, everything else through `slow`. A case ends with `continue`; `break` leads to
 * the delivery of the fault that was recorded (of fetching, when `op` was set to 0).
 */
import {
  CODE_BASE,
  CODE_LINEAR,
  COUNT_CODE_FLUSHES,
  DONE,
  FAULT,
  FLAGS_AUX,
  FLAGS_RESULT,
  JUMP,
  LEAVE,
  OP_CLOCKS,
  OP_COMPONENTS,
  OP_CYCLES,
  OP_DISP,
  OP_HANDLER,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SIZE,
  REG_EAX,
  REG_EBP,
  REG_ECX,
  REG_EDX,
  REG_ESP,
  SEGMENT_LIMIT,
  STATE_EIP,
  STATE_PACK,
  TRANSFER,
} from "../layout";
import {
  STALE,
  GOTO,
  SEG_EA,
  CHECK_EIP,
  CROSS,
  BREAK,
  ADD32_RR,
  ADD32_RI,
  ADD32_RM,
  ADD32_MR,
  ADD32_MI,
  OR32_RR,
  OR32_RI,
  OR32_RM,
  OR32_MR,
  OR32_MI,
  ADC32_RR,
  ADC32_RI,
  ADC32_RM,
  ADC32_MR,
  ADC32_MI,
  SBB32_RR,
  SBB32_RI,
  SBB32_RM,
  SBB32_MR,
  SBB32_MI,
  AND32_RR,
  AND32_RI,
  AND32_RM,
  AND32_MR,
  AND32_MI,
  SUB32_RR,
  SUB32_RI,
  SUB32_RM,
  SUB32_MR,
  SUB32_MI,
  XOR32_RR,
  XOR32_RI,
  XOR32_RM,
  XOR32_MR,
  XOR32_MI,
  CMP32_RR,
  CMP32_RI,
  CMP32_RM,
  CMP32_MR,
  CMP32_MI,
  TEST32_RR,
  TEST32_RI,
  TEST32_RM,
  TEST32_MR,
  TEST32_MI,
  CMP8_RR,
  CMP8_RI,
  CMP8_RM,
  CMP8_MI,
  TEST8_RR,
  TEST8_RI,
  TEST8_RM,
  TEST8_MI,
  AND8_RR,
  AND8_RI,
  AND8_RM,
  OR8_RR,
  OR8_RI,
  OR8_RM,
  XOR8_RR,
  XOR8_RI,
  XOR8_RM,
  ADD8_RR,
  ADD8_RI,
  ADD8_RM,
  SUB8_RR,
  SUB8_RI,
  SUB8_RM,
  MOV32_RR,
  MOV32_RI,
  MOV32_RM,
  MOV32_MR,
  MOV32_MI,
  MOV8_RR,
  MOV8_RI,
  MOV8_RM,
  MOV8_MR,
  MOV8_MI,
  MOV16_RM,
  MOV16_MR,
  MOVZX8_RR,
  MOVZX8_RM,
  MOVZX16_RR,
  MOVZX16_RM,
  MOVSX8_RR,
  MOVSX8_RM,
  MOVSX16_RR,
  MOVSX16_RM,
  LEA32,
  XCHG32_RR,
  CDQ,
  CWDE,
  NOP,
  INC32_R,
  INC32_M,
  DEC32_R,
  DEC32_M,
  NEG32_R,
  NOT32_R,
  SHL32_RI,
  SHL32_RC,
  SHR32_RI,
  SHR32_RC,
  SAR32_RI,
  SAR32_RC,
  IMUL32_RR,
  IMUL32_RM,
  IMUL32_RRI,
  PUSH32_R,
  PUSH32_I,
  PUSH32_M,
  POP32_R,
  LEAVE32,
  CALL32,
  CALL32_R,
  CALL32_M,
  RET32,
  RET32_I,
  JMP,
  JMP32_R,
  JMP32_M,
  JO,
  JNO,
  JB,
  JAE,
  JE,
  JNE,
  JBE,
  JA,
  JS,
  JNS,
  JP,
  JNP,
  JL,
  JGE,
  JLE,
  JG,
  SETO,
  SETNO,
  SETB,
  SETAE,
  SETE,
  SETNE,
  SETBE,
  SETA,
  SETS,
  SETNS,
  SETP,
  SETNP,
  SETL,
  SETGE,
  SETLE,
  SETG,
} from "../operations";
import { multiplySteps } from "./arithmetic";
import { resolve } from "./code";
import {
  adc32,
  add32,
  add8,
  and32,
  carry,
  dec32,
  inc32,
  logic8,
  or32,
  overflow,
  parity,
  sbb32,
  setCarryOverflow,
  setLogic,
  sign,
  signNotOverflow,
  sub32,
  sub8,
  xor32,
  zero,
} from "./flags";
import { recover } from "./interrupt";
import { commit, modifyPointer, readPointer, write16, write32, write8 } from "./memory";
import { address, segmentAddress } from "./operands";
import { CS } from "./segment";
import { slow } from "./slow";
import { GP, budget, charge, eipOf, fault, nextEip, refund } from "./state";
import { breakBefore, codeWithinLimit, crossPage } from "./steps";

/** One instruction in STATE_PACK. */
const ONE: u64 = (<u64>1) << 32;

/** Takes back the count of a step that is no instruction. */
function uncount(): void {
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) - ONE);
}

/** Where a relative near transfer leads. */
function relativeTarget(op: usize): u32 {
  return load<u32>(CODE_BASE) + load<u32>(op, OP_DISP);
}

function reachable(eip: u32): bool {
  return eip <= load<u32>(CS, SEGMENT_LIMIT) || fault(GP, 0);
}

/** The linked micro-op of a near transfer; 0 after a fetch fault. */
function jumpTarget(op: usize): usize {
  const target: usize = load<u32>(op, OP_IMM);
  return target ? target : findTarget(op);
}

/** Looks the target up, and links it if it is in the same page. 0 after a fault at STATE_EIP. */
function findTarget(op: usize): usize {
  const eip = relativeTarget(op);
  if (!reachable(eip)) {
    store<u32>(STATE_EIP, eipOf(op));
    refund(op);
    return 0;
  }
  const handler = load<u16>(op, OP_HANDLER);
  const linear = load<u32>(CODE_LINEAR);
  const flushes = load<u64>(COUNT_CODE_FLUSHES);
  store<u32>(STATE_EIP, eip);
  const target = resolve();
  // A write or a full pool may have taken the micro-op away meanwhile.
  const alive =
    handler != STALE && load<u16>(op, OP_HANDLER) == handler && load<u64>(COUNT_CODE_FLUSHES) == flushes;
  if (target && alive && load<u32>(CODE_LINEAR) == linear) store<u32>(op, target, OP_IMM);
  return target;
}

/** Absolute near jump to a reachable target; 0 after a fetch fault. */
function goTo(eip: u32): usize {
  store<u32>(STATE_EIP, eip);
  return resolve();
}

/** What a taken transfer `op` pays for itself and for the instruction it leads to. */
function chargeTaken(op: usize, target: usize): void {
  charge(<i32>load<i16>(op, OP_CLOCKS) + <i32>load<u8>(target, OP_COMPONENTS));
}

function setByte(op: usize, value: u32): void {
  store<u8>(load<u16>(op, OP_R1), value);
  if (value) charge(load<i16>(op, OP_CLOCKS));
}

// Counts from 1 to 31.

function shl32(a: u32, count: u32): u32 {
  const r = a << count;
  const c = (a >> (32 - count)) & 1;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, (c << 31) | ((r >> 31) << 30));
  return r;
}

function shr32(a: u32, count: u32): u32 {
  const r = a >> count;
  const c = (a >> (count - 1)) & 1;
  store<u32>(FLAGS_RESULT, r);
  // OF: the top bit of the last value shifted.
  store<u32>(FLAGS_AUX, (c << 31) | ((c ^ (count == 1 ? a >> 31 : 0)) << 30));
  return r;
}

function sar32(a: u32, count: u32): u32 {
  const r = <u32>((<i32>a) >> count);
  const c = (<u32>((<i32>a) >> (count - 1))) & 1;
  store<u32>(FLAGS_RESULT, r);
  store<u32>(FLAGS_AUX, (c << 31) | (c << 30));
  return r;
}

/** R1 = a * b, b being the r/m operand. */
function imul32(op: usize, a: u32, b: u32): void {
  if (load<u16>(op, OP_CLOCKS)) charge(multiplySteps(b, 4, true));
  const product = <i64>(<i32>a) * <i64>(<i32>b);
  const r = <i32>product;
  store<i32>(load<u16>(op, OP_R1), r);
  setLogic(r);
  const over = u32(<i64>r != product);
  setCarryOverflow(over, over);
}

/** Runs until the budget is used up or something asks to leave. STATE_EIP is valid afterwards. */
export function execute(): void {
  let op = resolve();
  if (!op) op = recover(0);
  while (op) {
    const pack = load<u64>(STATE_PACK);
    if (<i32>pack <= 0) {
      store<u32>(STATE_EIP, eipOf(op));
      return;
    }
    store<u64>(STATE_PACK, pack + ONE - load<u16>(op, OP_CYCLES));
    let p: usize;
    let value: u32;
    let target: u32;
    let status: u32;
    switch (<u32>load<u16>(op, OP_HANDLER)) {
      case STALE:
        store<u64>(STATE_PACK, pack);
        store<u32>(STATE_EIP, eipOf(op));
        op = resolve();
        if (!op) break;
        continue;
      case GOTO:
        store<u64>(STATE_PACK, pack);
        op = jumpTarget(op);
        if (!op) break;
        continue;
      case SEG_EA:
        if (!segmentAddress(op)) break;
        store<u64>(STATE_PACK, pack);
        op += OP_SIZE;
        continue;
      case CHECK_EIP:
        if (!codeWithinLimit(op)) break;
        store<u64>(STATE_PACK, pack);
        op += OP_SIZE;
        continue;
      case CROSS:
        if (!crossPage(op)) break;
        uncount();
        op += OP_SIZE;
        continue;
      case BREAK:
        status = breakBefore(op);
        if (status == FAULT) break;
        store<u64>(STATE_PACK, pack);
        if (status == LEAVE) return;
        op += OP_SIZE;
        continue;
      case ADD32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case ADD32_RI:
        store<u32>(load<u16>(op, OP_R1), add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case ADD32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case ADD32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, add32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case ADD32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, add32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case OR32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case OR32_RI:
        store<u32>(load<u16>(op, OP_R1), or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case OR32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case OR32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, or32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case OR32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, or32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case ADC32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case ADC32_RI:
        store<u32>(load<u16>(op, OP_R1), adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case ADC32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case ADC32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, adc32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case ADC32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, adc32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case SBB32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case SBB32_RI:
        store<u32>(load<u16>(op, OP_R1), sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SBB32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case SBB32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sbb32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case SBB32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sbb32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case AND32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case AND32_RI:
        store<u32>(load<u16>(op, OP_R1), and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case AND32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case AND32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, and32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case AND32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, and32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case SUB32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case SUB32_RI:
        store<u32>(load<u16>(op, OP_R1), sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SUB32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case SUB32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sub32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case SUB32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sub32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case XOR32_RR:
        store<u32>(
          load<u16>(op, OP_R1),
          xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case XOR32_RI:
        store<u32>(load<u16>(op, OP_R1), xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case XOR32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case XOR32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, xor32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case XOR32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, xor32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case CMP32_RR:
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case CMP32_RI:
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case CMP32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case CMP32_MR:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(p), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case CMP32_MI:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(p), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case TEST32_RR:
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case TEST32_RI:
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case TEST32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case TEST32_MR:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(p), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case TEST32_MI:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(p), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case CMP8_RR:
        sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case CMP8_RI:
        sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case CMP8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(p));
        op += OP_SIZE;
        continue;
      case CMP8_MI:
        p = readPointer(address(op), 1);
        if (!p) break;
        sub8(<u32>load<u8>(p), <u32>load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case TEST8_RR:
        logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case TEST8_RI:
        logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case TEST8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(p)));
        op += OP_SIZE;
        continue;
      case TEST8_MI:
        p = readPointer(address(op), 1);
        if (!p) break;
        logic8((<u32>load<u8>(p)) & (<u32>load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case AND8_RR:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(load<u16>(op, OP_R2)))),
        );
        op += OP_SIZE;
        continue;
      case AND8_RI:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(op, OP_IMM))),
        );
        op += OP_SIZE;
        continue;
      case AND8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8((<u32>load<u8>(load<u16>(op, OP_R1))) & (<u32>load<u8>(p))));
        op += OP_SIZE;
        continue;
      case OR8_RR:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) | (<u32>load<u8>(load<u16>(op, OP_R2)))),
        );
        op += OP_SIZE;
        continue;
      case OR8_RI:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) | (<u32>load<u8>(op, OP_IMM))),
        );
        op += OP_SIZE;
        continue;
      case OR8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8((<u32>load<u8>(load<u16>(op, OP_R1))) | (<u32>load<u8>(p))));
        op += OP_SIZE;
        continue;
      case XOR8_RR:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) ^ (<u32>load<u8>(load<u16>(op, OP_R2)))),
        );
        op += OP_SIZE;
        continue;
      case XOR8_RI:
        store<u8>(
          load<u16>(op, OP_R1),
          logic8((<u32>load<u8>(load<u16>(op, OP_R1))) ^ (<u32>load<u8>(op, OP_IMM))),
        );
        op += OP_SIZE;
        continue;
      case XOR8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8((<u32>load<u8>(load<u16>(op, OP_R1))) ^ (<u32>load<u8>(p))));
        op += OP_SIZE;
        continue;
      case ADD8_RR:
        store<u8>(
          load<u16>(op, OP_R1),
          add8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case ADD8_RI:
        store<u8>(load<u16>(op, OP_R1), add8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case ADD8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), add8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(p)));
        op += OP_SIZE;
        continue;
      case SUB8_RR:
        store<u8>(
          load<u16>(op, OP_R1),
          sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(load<u16>(op, OP_R2))),
        );
        op += OP_SIZE;
        continue;
      case SUB8_RI:
        store<u8>(load<u16>(op, OP_R1), sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SUB8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), sub8(<u32>load<u8>(load<u16>(op, OP_R1)), <u32>load<u8>(p)));
        op += OP_SIZE;
        continue;
      case MOV32_RR:
        store<u32>(load<u16>(op, OP_R1), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case MOV32_RI:
        store<u32>(load<u16>(op, OP_R1), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case MOV32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u32>(p));
        op += OP_SIZE;
        continue;
      case MOV32_MR:
        if (!write32(address(op), load<u32>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case MOV32_MI:
        if (!write32(address(op), load<u32>(op, OP_IMM))) break;
        op += OP_SIZE;
        continue;
      case MOV8_RR:
        store<u8>(load<u16>(op, OP_R1), load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case MOV8_RI:
        store<u8>(load<u16>(op, OP_R1), load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case MOV8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), load<u8>(p));
        op += OP_SIZE;
        continue;
      case MOV8_MR:
        if (!write8(address(op), load<u8>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case MOV8_MI:
        if (!write8(address(op), load<u8>(op, OP_IMM))) break;
        op += OP_SIZE;
        continue;
      case MOV16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u16>(load<u16>(op, OP_R1), load<u16>(p));
        op += OP_SIZE;
        continue;
      case MOV16_MR:
        if (!write16(address(op), load<u16>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case MOVZX8_RR:
        store<u32>(load<u16>(op, OP_R1), load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case MOVZX8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u8>(p));
        op += OP_SIZE;
        continue;
      case MOVZX16_RR:
        store<u32>(load<u16>(op, OP_R1), load<u16>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case MOVZX16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u16>(p));
        op += OP_SIZE;
        continue;
      case MOVSX8_RR:
        store<u32>(load<u16>(op, OP_R1), <u32>(<i32>load<i8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case MOVSX8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), <u32>(<i32>load<i8>(p)));
        op += OP_SIZE;
        continue;
      case MOVSX16_RR:
        store<u32>(load<u16>(op, OP_R1), <u32>(<i32>load<i16>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case MOVSX16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), <u32>(<i32>load<i16>(p)));
        op += OP_SIZE;
        continue;
      case LEA32:
        store<u32>(load<u16>(op, OP_R1), address(op));
        op += OP_SIZE;
        continue;
      case XCHG32_RR:
        value = load<u32>(load<u16>(op, OP_R1));
        store<u32>(load<u16>(op, OP_R1), load<u32>(load<u16>(op, OP_R2)));
        store<u32>(load<u16>(op, OP_R2), value);
        op += OP_SIZE;
        continue;
      case CDQ:
        store<i32>(REG_EDX, load<i32>(REG_EAX) >> 31);
        op += OP_SIZE;
        continue;
      case CWDE:
        store<i32>(REG_EAX, load<i16>(REG_EAX));
        op += OP_SIZE;
        continue;
      case NOP:
        op += OP_SIZE;
        continue;
      case INC32_R:
        store<u32>(load<u16>(op, OP_R1), inc32(load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case INC32_M:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, inc32(load<u32>(p)));
        commit(p);
        op += OP_SIZE;
        continue;
      case DEC32_R:
        store<u32>(load<u16>(op, OP_R1), dec32(load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case DEC32_M:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, dec32(load<u32>(p)));
        commit(p);
        op += OP_SIZE;
        continue;
      case NEG32_R:
        store<u32>(load<u16>(op, OP_R1), sub32(0, load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case NOT32_R:
        store<u32>(load<u16>(op, OP_R1), ~load<u32>(load<u16>(op, OP_R1)));
        op += OP_SIZE;
        continue;
      case SHL32_RI:
        store<u32>(load<u16>(op, OP_R1), shl32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SHL32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), shl32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case SHR32_RI:
        store<u32>(load<u16>(op, OP_R1), shr32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SHR32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), shr32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case SAR32_RI:
        store<u32>(load<u16>(op, OP_R1), sar32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case SAR32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), sar32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case IMUL32_RR:
        imul32(op, load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case IMUL32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        imul32(op, load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case IMUL32_RRI:
        imul32(op, load<u32>(op, OP_IMM), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case PUSH32_R:
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(load<u16>(op, OP_R2)))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case PUSH32_I:
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(op, OP_IMM))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case PUSH32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(p))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case POP32_R:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        store<u32>(REG_ESP, value + 4);
        store<u32>(load<u16>(op, OP_R1), load<u32>(p));
        op += OP_SIZE;
        continue;
      case LEAVE32:
        value = load<u32>(REG_EBP);
        p = readPointer(value, 4);
        if (!p) break;
        store<u32>(REG_ESP, value + 4);
        store<u32>(REG_EBP, load<u32>(p));
        op += OP_SIZE;
        continue;
      case CALL32:
        if (!load<u32>(op, OP_IMM) && !reachable(relativeTarget(op))) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        p = jumpTarget(op);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case CALL32_R:
        target = load<u32>(load<u16>(op, OP_R2));
        if (!reachable(target)) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case CALL32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case RET32:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        store<u32>(REG_ESP, value + 4);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case RET32_I:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        store<u32>(REG_ESP, value + 4 + load<u16>(op, OP_IMM));
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case JMP:
        p = jumpTarget(op);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case JMP32_R:
        target = load<u32>(load<u16>(op, OP_R2));
        if (!reachable(target)) break;
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case JMP32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(op, p);
        op = p;
        continue;
      case JO:
        if (overflow()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JNO:
        if (!overflow()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JB:
        if (carry()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JAE:
        if (!carry()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JE:
        if (zero()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JNE:
        if (!zero()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JBE:
        if (carry() | zero()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JA:
        if (!(carry() | zero())) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JS:
        if (sign()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JNS:
        if (!sign()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JP:
        if (parity()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JNP:
        if (!parity()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JL:
        if (signNotOverflow()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JGE:
        if (!signNotOverflow()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JLE:
        if (signNotOverflow() | zero()) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case JG:
        if (!(signNotOverflow() | zero())) {
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(op, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case SETO:
        setByte(op, overflow());
        op += OP_SIZE;
        continue;
      case SETNO:
        setByte(op, u32(!overflow()));
        op += OP_SIZE;
        continue;
      case SETB:
        setByte(op, carry());
        op += OP_SIZE;
        continue;
      case SETAE:
        setByte(op, u32(!carry()));
        op += OP_SIZE;
        continue;
      case SETE:
        setByte(op, zero());
        op += OP_SIZE;
        continue;
      case SETNE:
        setByte(op, u32(!zero()));
        op += OP_SIZE;
        continue;
      case SETBE:
        setByte(op, carry() | zero());
        op += OP_SIZE;
        continue;
      case SETA:
        setByte(op, u32(!(carry() | zero())));
        op += OP_SIZE;
        continue;
      case SETS:
        setByte(op, sign());
        op += OP_SIZE;
        continue;
      case SETNS:
        setByte(op, u32(!sign()));
        op += OP_SIZE;
        continue;
      case SETP:
        setByte(op, parity());
        op += OP_SIZE;
        continue;
      case SETNP:
        setByte(op, u32(!parity()));
        op += OP_SIZE;
        continue;
      case SETL:
        setByte(op, signNotOverflow());
        op += OP_SIZE;
        continue;
      case SETGE:
        setByte(op, u32(!signNotOverflow()));
        op += OP_SIZE;
        continue;
      case SETLE:
        setByte(op, signNotOverflow() | zero());
        op += OP_SIZE;
        continue;
      case SETG:
        setByte(op, u32(!(signNotOverflow() | zero())));
        op += OP_SIZE;
        continue;
      default:
        status = slow(op);
        if (status == DONE) {
          op += OP_SIZE;
          continue;
        }
        if (status == LEAVE) return;
        if (status != FAULT) {
          // What follows a JUMP is fetched after the boundary; a TRANSFER pays for its target.
          if (status == JUMP && budget() <= 0) return;
          op = resolve();
          if (op) {
            if (status == TRANSFER) charge(load<u8>(op, OP_COMPONENTS));
            continue;
          }
        }
        // asc takes what follows a switch for dead code unless the default case ends with a break.
        break;
    }
    op = recover(op);
  }
}
