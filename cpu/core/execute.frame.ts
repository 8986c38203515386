/**
 * The main loop: hot micro-ops as cases, everything else through `slow`. A case ends with `continue`; `break` leads to
 * the delivery of the fault that was recorded (of fetching, when `op` was set to 0).
 *
 * This file is compiled only as execute.generated.ts, in which each comment "cases: FAMILY" has become the cases of
 * that family of cpu/generate/table.ts.
 */
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
      // cases: arithmetic32
      // cases: arithmetic8
      // cases: moves
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
      // cases: unary
      // cases: shift
      // cases: multiply
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
      // cases: jumps
      // cases: sets
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
