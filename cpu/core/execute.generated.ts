// Generated from cpu/generate/table.ts by cpu/generate/main.ts. Do not edit.
import { REG_ECX } from "../layout";
import { imul32, setByte } from "./arithmetic";
import { adc32, add32, add8, and32, carry, dec32, inc32, logic8, or32, overflow, parity, sar32, sbb32, shl32, shr32, sign, signNotOverflow, sub32, sub8, xor32, zero } from "./flags";
import { commit, modifyPointer, write16, write8 } from "./memory";
import {
  DONE,
  FAULT,
  JUMP,
  LEAVE,
  OP_COMPONENTS,
  OP_CYCLES,
  OP_HANDLER,
  OP_IMM,
  OP_R1,
  OP_R2,
  OP_SIZE,
  REG_EAX,
  REG_EBP,
  REG_EDX,
  REG_ESP,
  STATE_EIP,
  STATE_PACK,
  TRANSFER,
} from "../layout";
import * as operation from "../operations.generated";
import { resolve } from "./code";
import { fpuReady } from "./fpu/control";
import { recover } from "./interrupt";
import { readPointer, write32 } from "./memory";
import { chargeTaken, goTo, jumpTarget, reachable, relativeTarget, takenClocks } from "./near";
import { address, segmentAddress } from "./operands";
import { slow } from "./slow.generated";
import { budget, charge, eipOf, nextEip } from "./state";
import { breakBefore, codeWithinLimit, crossPage } from "./steps";

/** One instruction in STATE_PACK. */
const ONE: u64 = (<u64>1) << 32;

/** Takes back the count of a step that is no instruction. */
function uncount(): void {
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) - ONE);
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
    let clocks: i32;
    switch (<u32>load<u16>(op, OP_HANDLER)) {
      case operation.STALE:
        store<u64>(STATE_PACK, pack);
        store<u32>(STATE_EIP, eipOf(op));
        op = resolve();
        if (!op) break;
        continue;
      case operation.GOTO:
        store<u64>(STATE_PACK, pack);
        op = jumpTarget(op);
        if (!op) break;
        continue;
      case operation.SEG_EA:
        if (!segmentAddress(op)) break;
        store<u64>(STATE_PACK, pack);
        op += OP_SIZE;
        continue;
      case operation.CHECK_EIP:
        if (!codeWithinLimit(op)) break;
        store<u64>(STATE_PACK, pack);
        op += OP_SIZE;
        continue;
      case operation.CROSS:
        if (!crossPage(op)) break;
        uncount();
        op += OP_SIZE;
        continue;
      case operation.BREAK:
        status = breakBefore(op);
        if (status == FAULT) break;
        store<u64>(STATE_PACK, pack);
        if (status == LEAVE) return;
        op += OP_SIZE;
        continue;
      case operation.FPU_READY:
        status = fpuReady(op);
        if (status == FAULT) break;
        store<u64>(STATE_PACK, pack);
        if (status == LEAVE) return;
        op += OP_SIZE;
        continue;
      case operation.ADD32_RR:
        store<u32>(load<u16>(op, OP_R1), add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.ADD32_RI:
        store<u32>(load<u16>(op, OP_R1), add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.ADD32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), add32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.ADD32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, add32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.ADD32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, add32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.OR32_RR:
        store<u32>(load<u16>(op, OP_R1), or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.OR32_RI:
        store<u32>(load<u16>(op, OP_R1), or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.OR32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), or32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.OR32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, or32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.OR32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, or32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.ADC32_RR:
        store<u32>(load<u16>(op, OP_R1), adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.ADC32_RI:
        store<u32>(load<u16>(op, OP_R1), adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.ADC32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), adc32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.ADC32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, adc32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.ADC32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, adc32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.SBB32_RR:
        store<u32>(load<u16>(op, OP_R1), sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.SBB32_RI:
        store<u32>(load<u16>(op, OP_R1), sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SBB32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), sbb32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.SBB32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sbb32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.SBB32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sbb32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.AND32_RR:
        store<u32>(load<u16>(op, OP_R1), and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.AND32_RI:
        store<u32>(load<u16>(op, OP_R1), and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.AND32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.AND32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, and32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.AND32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, and32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.SUB32_RR:
        store<u32>(load<u16>(op, OP_R1), sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.SUB32_RI:
        store<u32>(load<u16>(op, OP_R1), sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SUB32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.SUB32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sub32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.SUB32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, sub32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.XOR32_RR:
        store<u32>(load<u16>(op, OP_R1), xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.XOR32_RI:
        store<u32>(load<u16>(op, OP_R1), xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.XOR32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), xor32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p)));
        op += OP_SIZE;
        continue;
      case operation.XOR32_MR:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, xor32(load<u32>(p), load<u32>(load<u16>(op, OP_R2))));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.XOR32_MI:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, xor32(load<u32>(p), load<u32>(op, OP_IMM)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.CMP32_RR:
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.CMP32_RI:
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.CMP32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.CMP32_MR:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(p), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.CMP32_MI:
        p = readPointer(address(op), 4);
        if (!p) break;
        sub32(load<u32>(p), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.TEST32_RR:
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.TEST32_RI:
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.TEST32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.TEST32_MR:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(p), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.TEST32_MI:
        p = readPointer(address(op), 4);
        if (!p) break;
        and32(load<u32>(p), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.CMP8_RR:
        sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.CMP8_RI:
        sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.CMP8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(p));
        op += OP_SIZE;
        continue;
      case operation.CMP8_MI:
        p = readPointer(address(op), 1);
        if (!p) break;
        sub8(load<u8>(p), load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.TEST8_RR:
        logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.TEST8_RI:
        logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.TEST8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(p));
        op += OP_SIZE;
        continue;
      case operation.TEST8_MI:
        p = readPointer(address(op), 1);
        if (!p) break;
        logic8(load<u8>(p) & load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.AND8_RR:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.AND8_RI:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.AND8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) & load<u8>(p)));
        op += OP_SIZE;
        continue;
      case operation.OR8_RR:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) | load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.OR8_RI:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) | load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.OR8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) | load<u8>(p)));
        op += OP_SIZE;
        continue;
      case operation.XOR8_RR:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) ^ load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.XOR8_RI:
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) ^ load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.XOR8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), logic8(load<u8>(load<u16>(op, OP_R1)) ^ load<u8>(p)));
        op += OP_SIZE;
        continue;
      case operation.ADD8_RR:
        store<u8>(load<u16>(op, OP_R1), add8(load<u8>(load<u16>(op, OP_R1)), load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.ADD8_RI:
        store<u8>(load<u16>(op, OP_R1), add8(load<u8>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.ADD8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), add8(load<u8>(load<u16>(op, OP_R1)), load<u8>(p)));
        op += OP_SIZE;
        continue;
      case operation.SUB8_RR:
        store<u8>(load<u16>(op, OP_R1), sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(load<u16>(op, OP_R2))));
        op += OP_SIZE;
        continue;
      case operation.SUB8_RI:
        store<u8>(load<u16>(op, OP_R1), sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SUB8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), sub8(load<u8>(load<u16>(op, OP_R1)), load<u8>(p)));
        op += OP_SIZE;
        continue;
      case operation.MOV32_RR:
        store<u32>(load<u16>(op, OP_R1), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOV32_RI:
        store<u32>(load<u16>(op, OP_R1), load<u32>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.MOV32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.MOV32_MR:
        if (!write32(address(op), load<u32>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case operation.MOV32_MI:
        if (!write32(address(op), load<u32>(op, OP_IMM))) break;
        op += OP_SIZE;
        continue;
      case operation.MOV8_RR:
        store<u8>(load<u16>(op, OP_R1), load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOV8_RI:
        store<u8>(load<u16>(op, OP_R1), load<u8>(op, OP_IMM));
        op += OP_SIZE;
        continue;
      case operation.MOV8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u8>(load<u16>(op, OP_R1), load<u8>(p));
        op += OP_SIZE;
        continue;
      case operation.MOV8_MR:
        if (!write8(address(op), load<u8>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case operation.MOV8_MI:
        if (!write8(address(op), load<u8>(op, OP_IMM))) break;
        op += OP_SIZE;
        continue;
      case operation.MOV16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u16>(load<u16>(op, OP_R1), load<u16>(p));
        op += OP_SIZE;
        continue;
      case operation.MOV16_MR:
        if (!write16(address(op), load<u16>(load<u16>(op, OP_R2)))) break;
        op += OP_SIZE;
        continue;
      case operation.MOVZX8_RR:
        store<u32>(load<u16>(op, OP_R1), load<u8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOVZX8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u8>(p));
        op += OP_SIZE;
        continue;
      case operation.MOVZX16_RR:
        store<u32>(load<u16>(op, OP_R1), load<u16>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOVZX16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), load<u16>(p));
        op += OP_SIZE;
        continue;
      case operation.MOVSX8_RR:
        store<u32>(load<u16>(op, OP_R1), <i32>load<i8>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOVSX8_RM:
        p = readPointer(address(op), 1);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), <i32>load<i8>(p));
        op += OP_SIZE;
        continue;
      case operation.MOVSX16_RR:
        store<u32>(load<u16>(op, OP_R1), <i32>load<i16>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.MOVSX16_RM:
        p = readPointer(address(op), 2);
        if (!p) break;
        store<u32>(load<u16>(op, OP_R1), <i32>load<i16>(p));
        op += OP_SIZE;
        continue;
      case operation.LEA32:
        store<u32>(load<u16>(op, OP_R1), address(op));
        op += OP_SIZE;
        continue;
      case operation.XCHG32_RR:
        value = load<u32>(load<u16>(op, OP_R1));
        store<u32>(load<u16>(op, OP_R1), load<u32>(load<u16>(op, OP_R2)));
        store<u32>(load<u16>(op, OP_R2), value);
        op += OP_SIZE;
        continue;
      case operation.CDQ:
        store<i32>(REG_EDX, load<i32>(REG_EAX) >> 31);
        op += OP_SIZE;
        continue;
      case operation.CWDE:
        store<i32>(REG_EAX, load<i16>(REG_EAX));
        op += OP_SIZE;
        continue;
      case operation.NOP:
        op += OP_SIZE;
        continue;
      case operation.INC32_R:
        store<u32>(load<u16>(op, OP_R1), inc32(load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case operation.INC32_M:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, inc32(load<u32>(p)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.DEC32_R:
        store<u32>(load<u16>(op, OP_R1), dec32(load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case operation.DEC32_M:
        p = modifyPointer(address(op), 4);
        if (!p) break;
        store<u32>(p, dec32(load<u32>(p)));
        commit(p);
        op += OP_SIZE;
        continue;
      case operation.NEG32_R:
        store<u32>(load<u16>(op, OP_R1), sub32(0, load<u32>(load<u16>(op, OP_R1))));
        op += OP_SIZE;
        continue;
      case operation.NOT32_R:
        store<u32>(load<u16>(op, OP_R1), ~load<u32>(load<u16>(op, OP_R1)));
        op += OP_SIZE;
        continue;
      case operation.SHL32_RI:
        store<u32>(load<u16>(op, OP_R1), shl32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SHL32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), shl32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case operation.SHR32_RI:
        store<u32>(load<u16>(op, OP_R1), shr32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SHR32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), shr32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case operation.SAR32_RI:
        store<u32>(load<u16>(op, OP_R1), sar32(load<u32>(load<u16>(op, OP_R1)), load<u8>(op, OP_IMM)));
        op += OP_SIZE;
        continue;
      case operation.SAR32_RC:
        value = load<u8>(REG_ECX) & 31;
        if (value) store<u32>(load<u16>(op, OP_R1), sar32(load<u32>(load<u16>(op, OP_R1)), value));
        op += OP_SIZE;
        continue;
      case operation.IMUL32_RR:
        imul32(op, load<u32>(load<u16>(op, OP_R1)), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.IMUL32_RM:
        p = readPointer(address(op), 4);
        if (!p) break;
        imul32(op, load<u32>(load<u16>(op, OP_R1)), load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.IMUL32_RRI:
        imul32(op, load<u32>(op, OP_IMM), load<u32>(load<u16>(op, OP_R2)));
        op += OP_SIZE;
        continue;
      case operation.PUSH32_R:
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(load<u16>(op, OP_R2)))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case operation.PUSH32_I:
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(op, OP_IMM))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case operation.PUSH32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, load<u32>(p))) break;
        store<u32>(REG_ESP, value);
        op += OP_SIZE;
        continue;
      case operation.POP32_R:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        store<u32>(REG_ESP, value + 4);
        store<u32>(load<u16>(op, OP_R1), load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.LEAVE32:
        value = load<u32>(REG_EBP);
        p = readPointer(value, 4);
        if (!p) break;
        store<u32>(REG_ESP, value + 4);
        store<u32>(REG_EBP, load<u32>(p));
        op += OP_SIZE;
        continue;
      case operation.CALL32:
        if (!load<u32>(op, OP_IMM) && !reachable(relativeTarget(op))) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        clocks = takenClocks(op);
        p = jumpTarget(op);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.CALL32_R:
        target = load<u32>(load<u16>(op, OP_R2));
        if (!reachable(target)) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.CALL32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        value = load<u32>(REG_ESP) - 4;
        if (!write32(value, nextEip(op))) break;
        store<u32>(REG_ESP, value);
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.RET32:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        store<u32>(REG_ESP, value + 4);
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.RET32_I:
        value = load<u32>(REG_ESP);
        p = readPointer(value, 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        store<u32>(REG_ESP, value + 4 + load<u16>(op, OP_IMM));
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.JMP:
        clocks = takenClocks(op);
        p = jumpTarget(op);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.JMP32_R:
        target = load<u32>(load<u16>(op, OP_R2));
        if (!reachable(target)) break;
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.JMP32_M:
        p = readPointer(address(op), 4);
        if (!p) break;
        target = load<u32>(p);
        if (!reachable(target)) break;
        clocks = takenClocks(op);
        p = goTo(target);
        if (!p) {
          op = 0;
          break;
        }
        chargeTaken(clocks, p);
        op = p;
        continue;
      case operation.JO:
        if (overflow()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JNO:
        if (!overflow()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JB:
        if (carry()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JAE:
        if (!carry()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JE:
        if (zero()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JNE:
        if (!zero()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JBE:
        if (carry() | zero()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JA:
        if (!(carry() | zero())) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JS:
        if (sign()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JNS:
        if (!sign()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JP:
        if (parity()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JNP:
        if (!parity()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JL:
        if (signNotOverflow()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JGE:
        if (!signNotOverflow()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JLE:
        if (signNotOverflow() | zero()) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.JG:
        if (!(signNotOverflow() | zero())) {
          clocks = takenClocks(op);
          p = jumpTarget(op);
          if (!p) {
            op = 0;
            break;
          }
          chargeTaken(clocks, p);
          op = p;
          continue;
        }
        op += OP_SIZE;
        continue;
      case operation.SETO:
        setByte(op, overflow());
        op += OP_SIZE;
        continue;
      case operation.SETNO:
        setByte(op, u32(!overflow()));
        op += OP_SIZE;
        continue;
      case operation.SETB:
        setByte(op, carry());
        op += OP_SIZE;
        continue;
      case operation.SETAE:
        setByte(op, u32(!carry()));
        op += OP_SIZE;
        continue;
      case operation.SETE:
        setByte(op, zero());
        op += OP_SIZE;
        continue;
      case operation.SETNE:
        setByte(op, u32(!zero()));
        op += OP_SIZE;
        continue;
      case operation.SETBE:
        setByte(op, carry() | zero());
        op += OP_SIZE;
        continue;
      case operation.SETA:
        setByte(op, u32(!(carry() | zero())));
        op += OP_SIZE;
        continue;
      case operation.SETS:
        setByte(op, sign());
        op += OP_SIZE;
        continue;
      case operation.SETNS:
        setByte(op, u32(!sign()));
        op += OP_SIZE;
        continue;
      case operation.SETP:
        setByte(op, parity());
        op += OP_SIZE;
        continue;
      case operation.SETNP:
        setByte(op, u32(!parity()));
        op += OP_SIZE;
        continue;
      case operation.SETL:
        setByte(op, signNotOverflow());
        op += OP_SIZE;
        continue;
      case operation.SETGE:
        setByte(op, u32(!signNotOverflow()));
        op += OP_SIZE;
        continue;
      case operation.SETLE:
        setByte(op, signNotOverflow() | zero());
        op += OP_SIZE;
        continue;
      case operation.SETG:
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
