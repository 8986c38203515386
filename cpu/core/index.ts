/** The core's exports: running, pins, and what the host must not do by itself. */
import {
  COUNT_EXCEPTIONS,
  DATA_WATCHED,
  DEBUG_PENDING,
  FLAGS_REST,
  PIN_INTR,
  PIN_NMI,
  REPEAT_RESUMED,
  SHADOW_SS,
  STATE_EIP,
  STATE_HALTED,
  STATE_INSTRUCTIONS,
  STATE_LIMIT,
  STATE_NMI_BLOCKED,
  STATE_PACK,
  STATE_RESUME,
  STATE_SHADOW,
  STATE_SHUTDOWN,
  STATE_STOP,
  STATE_TRAP_PENDING,
  STOP_HALT,
  STOP_NONE,
  STOP_REQUEST,
  STOP_REQUESTED,
  STOP_SHUTDOWN,
} from "../layout";
import { DR6_BS, deliverTraps } from "./debug";
import { execute } from "./execute.generated";
import { FLAG_IF, FLAG_RF, FLAG_TF } from "./flags";
import { setFlags } from "./flag-operations";
import { interruptAcknowledge } from "./host";
import { deliverInterrupt } from "./interrupt";
import { setCpl, updateMode } from "./segment";
import { NMI, budget, forgetCodePage } from "./state";

export { codeWritten, flushCode, killAllCode, killCode } from "./code";
export { debugChanged } from "./debug";
export { cutBudget } from "./state";
export { eflags } from "./flags";
export { fpuStatus, fpuTags, initializeFpu, setFpuControl, setFpuStatus, setFpuTags } from "./fpu/control";
export { flushTlb } from "../../mmu/tlb";
export { walk } from "../../mmu/walk";
export { lookup } from "../../mmu/tlb";

/** The longest slice of one call of `execute`, in cycles: short enough for V8 to replace its first code soon. */
const SLICE: i64 = 1 << 20;

export function cycles(): i64 {
  return load<i64>(STATE_LIMIT) - <i64>budget();
}

/** Instructions completed. */
export function instructions(): u64 {
  const pack = load<u64>(STATE_PACK);
  // Signed: a fault may take back what an earlier slice counted.
  return load<u64>(STATE_INSTRUCTIONS) + <u64>((<i64>(pack - <u64>(<i64>(<i32>pack)))) >> 32);
}

/** Makes `limit` the cycle count at which the budget ends, and starts a new count of instructions. */
function setBudget(limit: i64): void {
  const now = cycles();
  store<u64>(STATE_INSTRUCTIONS, instructions());
  store<i64>(STATE_LIMIT, limit);
  store<u64>(STATE_PACK, <u64>(limit - now));
}

export function setEflags(value: u32): void {
  setFlags(value, 0xffffffff);
}

/** Moves the clock without executing. */
export function advanceTo(cycle: i64): void {
  if (cycle > cycles()) {
    store<u64>(STATE_INSTRUCTIONS, instructions());
    store<i64>(STATE_LIMIT, cycle);
    store<u64>(STATE_PACK, 0);
  }
}

/** Where the present `run` ends. */
let runUntil: i64 = 0;

/** From inside a callback: the slice ends at `cycle` if that is earlier. */
export function shortenTo(cycle: i64): void {
  runUntil = min<i64>(runUntil, cycle);
  const limit = load<i64>(STATE_LIMIT);
  if (cycle >= limit) return;
  const left = <i64>budget();
  const cut = min<i64>(limit - cycle, left);
  if (cut <= 0) return;
  store<i64>(STATE_LIMIT, limit - cut);
  store<u64>(STATE_PACK, load<u64>(STATE_PACK) - <u64>cut);
}

/** After the host changed segment registers or CPL. */
export function segmentsChanged(cpl: u32): void {
  setCpl(cpl);
  updateMode();
  forgetCodePage();
  store<u32>(REPEAT_RESUMED, 0);
}

function interruptsOpen(): bool {
  return (load<u32>(FLAGS_REST) & FLAG_IF) != 0;
}

/** Delivers what is pending at this boundary. False after a shutdown. */
function serve(): bool {
  if (load<u32>(STATE_SHUTDOWN)) return false;
  // What entering the handler met is reported before its first instruction.
  return serveInterrupts() && deliverTraps();
}

function serveInterrupts(): bool {
  const shadow = load<u32>(STATE_SHADOW);
  if (load<u32>(PIN_NMI) && !load<u32>(STATE_NMI_BLOCKED) && shadow != SHADOW_SS) {
    store<u32>(PIN_NMI, 0);
    store<u32>(STATE_NMI_BLOCKED, 1);
    store<u32>(STATE_HALTED, 0);
    return deliverInterrupt(NMI);
  }
  if (load<u32>(PIN_INTR) && interruptsOpen() && !shadow) {
    store<u32>(STATE_HALTED, 0);
    return deliverInterrupt(interruptAcknowledge() & 0xff);
  }
  return true;
}

/** Whether the next instruction must run by itself. */
function needsSingle(): bool {
  return (
    (load<u32>(STATE_SHADOW) | load<u32>(DATA_WATCHED) | (load<u32>(FLAGS_REST) & (FLAG_TF | FLAG_RF))) != 0
  );
}

/** One instruction, with the traps that follow it. False after a shutdown. */
function single(): bool {
  const shadow = load<u32>(STATE_SHADOW);
  const flags = load<u32>(FLAGS_REST);
  store<u32>(STATE_TRAP_PENDING, u32((flags & FLAG_TF) != 0));
  store<u32>(STATE_RESUME, u32((flags & FLAG_RF) != 0 || shadow == SHADOW_SS));
  store<u32>(FLAGS_REST, flags & ~FLAG_RF);
  store<u32>(STATE_SHADOW, 0);
  executeOne();
  store<u32>(STATE_RESUME, 0);
  if (load<u32>(STATE_SHUTDOWN)) return false;
  // The host's breakpoint came before the instruction; a string instruction keeps RF until its last iteration.
  const stopped = load<u32>(STATE_STOP) != STOP_NONE;
  if (stopped) store<u32>(STATE_SHADOW, shadow);
  if (stopped || load<u32>(REPEAT_RESUMED)) store<u32>(FLAGS_REST, load<u32>(FLAGS_REST) | (flags & FLAG_RF));
  if (stopped) return true;
  if (load<u32>(STATE_TRAP_PENDING) && load<u32>(STATE_SHADOW) != SHADOW_SS) {
    store<u32>(STATE_TRAP_PENDING, 0);
    store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | DR6_BS);
  }
  return deliverTraps();
}

/** Executes until something has happened: a page walk for fetching may use up the budget before the instruction has begun. */
function executeOne(): void {
  const eip = load<u32>(STATE_EIP);
  const done = instructions();
  const raised = load<u64>(COUNT_EXCEPTIONS);
  let waiting = true;
  while (waiting) {
    setBudget(cycles() + 1);
    execute();
    waiting =
      load<u32>(STATE_EIP) == eip &&
      instructions() == done &&
      load<u64>(COUNT_EXCEPTIONS) == raised &&
      !load<u32>(REPEAT_RESUMED) &&
      !load<u32>(STATE_STOP) &&
      !load<u32>(STATE_HALTED) &&
      !load<u32>(STATE_SHUTDOWN);
  }
  setBudget(cycles());
}

function stopWith(reason: u32): u32 {
  store<u32>(STATE_STOP, reason);
  return reason;
}

/** Runs to the first boundary at or after cycle `until`. Returns a STOP_ constant; STOP_NONE: the limit was reached. */
export function run(until: i64): u32 {
  store<u32>(STATE_STOP, STOP_NONE);
  store<u32>(STOP_REQUEST, 0);
  runUntil = until;
  while (cycles() < runUntil) {
    if (!serve()) return stopWith(STOP_SHUTDOWN);
    if (load<u32>(STATE_HALTED)) return stopWith(STOP_HALT);
    if (cycles() >= runUntil) break;
    if (needsSingle()) {
      if (!single()) return stopWith(STOP_SHUTDOWN);
    } else {
      setBudget(min<i64>(runUntil, cycles() + SLICE));
      execute();
    }
    if (load<u32>(STOP_REQUEST)) return stopWith(STOP_REQUESTED);
    if (load<u32>(STATE_STOP)) return load<u32>(STATE_STOP);
  }
  return STOP_NONE;
}

/** As `run`, for what is pending and one instruction. */
export function step(): u32 {
  store<u32>(STATE_STOP, STOP_NONE);
  store<u32>(STOP_REQUEST, 0);
  if (!serve()) return stopWith(STOP_SHUTDOWN);
  if (load<u32>(STATE_HALTED)) return stopWith(STOP_HALT);
  if (!single()) return stopWith(STOP_SHUTDOWN);
  return load<u32>(STATE_STOP);
}
