/** The out-of-line micro-ops. */
import { OP_HANDLER } from "../layout";
import * as operation from "../operations";
import {
  opAlu,
  opBswap,
  opCmpxchg,
  opConvert,
  opDivide,
  opDoubleShift,
  opImul,
  opLea,
  opMov,
  opMovsx,
  opMovzx,
  opMultiply,
  opSetMemory,
  opShift,
  opUnary,
  opXadd,
  opXchg,
  opXlat,
} from "./arithmetic";
import { opBitScan, opBitTest } from "./bits";
import { opAaa, opAad, opAam, opAas, opDaa, opDas } from "./decimal";
import { opCli, opFlag, opLahf, opSahf, opSalc, opSti } from "./flag-operations";
import { opEnter, opLeaveFrame, opPop, opPopAll, opPopFlags, opPush, opPushAll, opPushFlags } from "./stack";
import {
  opCallFar,
  opCallNear,
  opCallNearAbsolute,
  opJumpCondition,
  opJumpFar,
  opJumpNear,
  opJumpNearAbsolute,
  opLoop,
  opReturnFar,
  opReturnNear,
} from "./transfer";
import { opBound, opInterrupt, opInterruptOverflow, opInterruptReturn } from "./interrupt";
import { opIn, opOut, opString } from "./string";
import {
  opArpl,
  opCache,
  opClts,
  opFpu,
  opHalt,
  opInvlpg,
  opLar,
  opLmsw,
  opLoadFar,
  opLoadLdtr,
  opLoadTable,
  opLoadTr,
  opLsl,
  opMovFromCr,
  opMovFromDr,
  opMovFromTr,
  opMovSegment,
  opMovToCr,
  opMovToDr,
  opMovToTr,
  opPopSegment,
  opPushSegment,
  opSmsw,
  opStoreSegment,
  opStoreSystemSelector,
  opStoreTable,
  opUndefined,
  opVerify,
  opWait,
} from "./system";

/** Runs a micro-op that is no case of the main loop. Returns DONE, FAULT, JUMP, TRANSFER or LEAVE. */
export function slow(op: usize): u32 {
  const handler: u32 = load<u16>(op, OP_HANDLER);
  switch (handler) {
    case operation.ALU:
      return opAlu(op);
    case operation.MOV:
      return opMov(op);
    case operation.MOVZX:
      return opMovzx(op);
    case operation.MOVSX:
      return opMovsx(op);
    case operation.LEA:
      return opLea(op);
    case operation.UNARY:
      return opUnary(op);
    case operation.SHIFT:
      return opShift(op);
    case operation.DOUBLE_SHIFT:
      return opDoubleShift(op);
    case operation.MULTIPLY:
      return opMultiply(op);
    case operation.IMUL:
      return opImul(op);
    case operation.DIVIDE:
      return opDivide(op);
    case operation.XCHG:
      return opXchg(op);
    case operation.XADD:
      return opXadd(op);
    case operation.CMPXCHG:
      return opCmpxchg(op);
    case operation.BSWAP:
      return opBswap(op);
    case operation.CONVERT:
      return opConvert(op);
    case operation.XLAT:
      return opXlat(op);
    case operation.SET_M:
      return opSetMemory(op);
    case operation.BIT_TEST:
      return opBitTest(op);
    case operation.BIT_SCAN:
      return opBitScan(op);
    case operation.DAA:
      return opDaa(op);
    case operation.DAS:
      return opDas(op);
    case operation.AAA:
      return opAaa(op);
    case operation.AAS:
      return opAas(op);
    case operation.AAM:
      return opAam(op);
    case operation.AAD:
      return opAad(op);
    case operation.SALC:
      return opSalc(op);
    case operation.FLAG_OP:
      return opFlag(op);
    case operation.LAHF:
      return opLahf(op);
    case operation.SAHF:
      return opSahf(op);
    case operation.CLI:
      return opCli(op);
    case operation.STI:
      return opSti(op);
    case operation.PUSH:
      return opPush(op);
    case operation.POP:
      return opPop(op);
    case operation.PUSHA:
      return opPushAll(op);
    case operation.POPA:
      return opPopAll(op);
    case operation.PUSHF:
      return opPushFlags(op);
    case operation.POPF:
      return opPopFlags(op);
    case operation.ENTER:
      return opEnter(op);
    case operation.LEAVE_FRAME:
      return opLeaveFrame(op);
    case operation.JUMP_NEAR:
      return opJumpNear(op);
    case operation.JUMP_NEAR_ABSOLUTE:
      return opJumpNearAbsolute(op);
    case operation.CALL_NEAR:
      return opCallNear(op);
    case operation.CALL_NEAR_ABSOLUTE:
      return opCallNearAbsolute(op);
    case operation.RETURN_NEAR:
      return opReturnNear(op);
    case operation.JUMP_CONDITION:
      return opJumpCondition(op);
    case operation.LOOP:
      return opLoop(op);
    case operation.JUMP_FAR:
      return opJumpFar(op);
    case operation.CALL_FAR:
      return opCallFar(op);
    case operation.RETURN_FAR:
      return opReturnFar(op);
    case operation.INTERRUPT:
      return opInterrupt(op);
    case operation.INTERRUPT_OVERFLOW:
      return opInterruptOverflow(op);
    case operation.INTERRUPT_RETURN:
      return opInterruptReturn(op);
    case operation.BOUND:
      return opBound(op);
    case operation.MOVS:
    case operation.CMPS:
    case operation.STOS:
    case operation.LODS:
    case operation.SCAS:
    case operation.INS:
    case operation.OUTS:
      return opString(op, handler);
    case operation.IN:
      return opIn(op);
    case operation.OUT:
      return opOut(op);
    case operation.MOV_SEGMENT:
      return opMovSegment(op);
    case operation.STORE_SEGMENT:
      return opStoreSegment(op);
    case operation.PUSH_SEGMENT:
      return opPushSegment(op);
    case operation.POP_SEGMENT:
      return opPopSegment(op);
    case operation.LOAD_FAR:
      return opLoadFar(op);
    case operation.HALT:
      return opHalt(op);
    case operation.CLTS:
      return opClts(op);
    case operation.LOAD_TABLE:
      return opLoadTable(op);
    case operation.STORE_TABLE:
      return opStoreTable(op);
    case operation.LOAD_LDTR:
      return opLoadLdtr(op);
    case operation.LOAD_TR:
      return opLoadTr(op);
    case operation.STORE_SYSTEM_SELECTOR:
      return opStoreSystemSelector(op);
    case operation.LMSW:
      return opLmsw(op);
    case operation.SMSW:
      return opSmsw(op);
    case operation.MOV_TO_CR:
      return opMovToCr(op);
    case operation.MOV_FROM_CR:
      return opMovFromCr(op);
    case operation.MOV_TO_DR:
      return opMovToDr(op);
    case operation.MOV_FROM_DR:
      return opMovFromDr(op);
    case operation.MOV_TO_TR:
      return opMovToTr(op);
    case operation.MOV_FROM_TR:
      return opMovFromTr(op);
    case operation.INVLPG:
      return opInvlpg(op);
    case operation.CACHE:
      return opCache(op);
    case operation.LAR:
      return opLar(op);
    case operation.LSL:
      return opLsl(op);
    case operation.VERIFY:
      return opVerify(op);
    case operation.ARPL:
      return opArpl(op);
    case operation.UNDEFINED:
      return opUndefined(op);
    case operation.FPU:
      return opFpu(op);
    case operation.WAIT:
      return opWait(op);
  }
  return opUndefined(op);
}
