/**
 * String instructions and ports. One call runs a repeated instruction until it ends or the budget does. A pause for
 * the host alone (REPEAT_RESUMED) is invisible: going on is not charged again. An interrupt or exception that is
 * delivered in between ends that, and the instruction is started anew. One that overwrites itself is fetched again at
 * once, so that a pause stays invisible then, too.
 */
import {
  DONE,
  FAULT,
  FLAGS_REST,
  FLAG_ADDRESS16,
  FLAG_REPE,
  FLAG_REPNE,
  LEAVE,
  MODE_FLAT_DATA,
  OP_CYCLES,
  OP_FLAGS,
  OP_HANDLER,
  OP_IMM,
  OP_NEXT,
  OP_SEGMENT,
  OP_SUB,
  REG_ADDRESS,
  REG_EAX,
  REG_ECX,
  REG_EDI,
  REG_EDX,
  REG_ESI,
  REPEAT_RESUMED,
  SEGMENT_ACCESS,
  SEGMENT_BASE,
  SEGMENT_LIMIT,
  SEG_SS,
  SEG_DS,
  SEG_ES,
  SEG_TR,
  STATE_CPL,
  STATE_EIP,
  STATE_MODE,
  STATE_PACK,
} from "../layout";
import { CMPS, INS, LODS, MOVS, OUTS, SCAS, STALE, STOS } from "../operations.generated";
import { iopl } from "./flag-operations";
import { inV86 } from "./paragraphs";
import { FLAG_DF, FLAG_TF, setSubtract, zero } from "./flags";
import { portRead, portReadBlock, portWrite, portWriteBlock } from "./host";
import {
  loadSized,
  plainRead,
  plainWrite,
  modifyPointer,
  commit,
  readPointer,
  readSystem,
  storeSized,
  write,
} from "./memory";
import { operandSize } from "./operands";
import { checkAccess, kind, TYPE_TSS32, TYPE_TSS32_BUSY } from "./segment";
import { GP, budget, charge, clockTerm, eipOf, fault, segment } from "./state";

function addressMask(op: usize): u32 {
  return load<u8>(op, OP_FLAGS) & FLAG_ADDRESS16 ? 0xffff : 0xffffffff;
}

function advance(register: usize, mask: u32, step: u32): void {
  const value = load<u32>(register);
  store<u32>(register, (value & ~mask) | ((value + step) & mask));
}

/** Address in core memory of the source element; 0 after a fault. */
function source(op: usize, mask: u32, size: u32): usize {
  if (!checkAccess(load<u8>(op, OP_SEGMENT), load<u32>(REG_ESI) & mask, size, false)) return 0;
  return readPointer(load<u32>(REG_ADDRESS), size);
}

function destination(mask: u32, size: u32): usize {
  if (!checkAccess(SEG_ES, load<u32>(REG_EDI) & mask, size, false)) return 0;
  return readPointer(load<u32>(REG_ADDRESS), size);
}

function writeDestination(mask: u32, size: u32, value: u32): bool {
  return (
    checkAccess(SEG_ES, load<u32>(REG_EDI) & mask, size, true) && write(load<u32>(REG_ADDRESS), size, value)
  );
}

/** One iteration; false after a fault, with nothing changed. */
function iterate(op: usize, kind: u32, size: u32, mask: u32, step: u32): bool {
  let p: usize;
  let value: u32;
  switch (kind) {
    case MOVS:
      p = source(op, mask, size);
      if (!p || !writeDestination(mask, size, loadSized(p, size))) return false;
      advance(REG_ESI, mask, step);
      advance(REG_EDI, mask, step);
      return true;
    case STOS:
      if (!writeDestination(mask, size, loadSized(REG_EAX, size))) return false;
      advance(REG_EDI, mask, step);
      return true;
    case LODS:
      p = source(op, mask, size);
      if (!p) return false;
      storeSized(REG_EAX, size, loadSized(p, size));
      advance(REG_ESI, mask, step);
      return true;
    case SCAS:
      p = destination(mask, size);
      if (!p) return false;
      compare(loadSized(REG_EAX, size), loadSized(p, size), size);
      advance(REG_EDI, mask, step);
      return true;
    case CMPS:
      // ES:EDI first, as the processors do: it shows in which of two faults is reported.
      p = destination(mask, size);
      if (!p) return false;
      value = loadSized(p, size);
      p = source(op, mask, size);
      if (!p) return false;
      compare(loadSized(p, size), value, size);
      advance(REG_ESI, mask, step);
      advance(REG_EDI, mask, step);
      return true;
    case INS:
      return inputString(mask, size, step);
    default:
      p = source(op, mask, size);
      if (!p) return false;
      portWrite(load<u16>(REG_EDX), size, loadSized(p, size));
      advance(REG_ESI, mask, step);
      return true;
  }
}

function compare(a: u32, b: u32, size: u32): void {
  setSubtract(a, b, a - b, size);
}

/** The destination must be known to be writable before the port is read. */
function inputString(mask: u32, size: u32, step: u32): bool {
  if (!checkAccess(SEG_ES, load<u32>(REG_EDI) & mask, size, true)) return false;
  const p = modifyPointer(load<u32>(REG_ADDRESS), size);
  if (!p) return false;
  storeSized(p, size, portRead(load<u16>(REG_EDX), size));
  commit(p);
  advance(REG_EDI, mask, step);
  return true;
}

/** MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS. */
export function opString(op: usize): u32 {
  const kind: u32 = load<u16>(op, OP_HANDLER);
  const size = operandSize(op);
  const flags: u32 = load<u8>(op, OP_FLAGS);
  const mask = addressMask(op);
  const step: u32 = load<u32>(FLAGS_REST) & FLAG_DF ? 0 - size : size;
  const port = kind == INS || kind == OUTS;
  const checked = port && portsGuarded();
  if (checked && !portPermitted(load<u16>(REG_EDX), size)) return FAULT;
  if (!(flags & (FLAG_REPE | FLAG_REPNE))) {
    if (checked) charge(clockTerm(op, 3));
    return iterate(op, kind, size, mask, step) ? DONE : FAULT;
  }
  if (load<u32>(REPEAT_RESUMED)) {
    // Already paid for and counted.
    store<u32>(REPEAT_RESUMED, 0);
    charge(-(<i32>load<u16>(op, OP_CYCLES)));
    store<u64>(STATE_PACK, load<u64>(STATE_PACK) - ((<u64>1) << 32));
  } else if (!(load<u32>(REG_ECX) & mask)) {
    charge(clockTerm(op, 0));
    return DONE;
  } else if (checked) charge(clockTerm(op, 3));
  return repeat(op, kind, size, mask, step, flags);
}

function elementsInPage(linear: u32, size: u32): u32 {
  return (0x1000 - (linear & 0xfff)) / size;
}

/** As `plainRead`, of an operand in one of the segments that MODE_FLAT_DATA tells to be flat; else 0. */
function plainSource(op: usize, linear: u32, size: u32): usize {
  const segment = load<u8>(op, OP_SEGMENT);
  return segment == SEG_DS || segment == SEG_ES || segment == SEG_SS ? plainRead(linear, size) : 0;
}

/**
 * Many iterations of MOVS, STOS, INS or OUTS at once, where nothing can happen in between: upwards, flat segments, within
 * pages that the TLB knows, up to the iteration that uses up the budget, and as far as a device gives or takes a block.
 * Returns their number, 0 if it cannot be done.
 */
function bulk(op: usize, kind: u32, size: u32, perIteration: i32): u32 {
  if (perIteration <= 0) return 0;
  const edi = load<u32>(REG_EDI);
  const esi = load<u32>(REG_ESI);
  const affordable = <u32>max<i32>(1, (budget() + perIteration - 1) / perIteration);
  let count = min<u32>(load<u32>(REG_ECX), affordable);
  let to: usize = 0;
  let from: usize = 0;
  if (kind != OUTS) {
    to = plainWrite(edi, size);
    if (!to) return 0;
    count = min<u32>(count, elementsInPage(edi, size));
  }
  if (kind == MOVS || kind == OUTS) {
    from = plainSource(op, esi, size);
    if (!from) return 0;
    count = min<u32>(count, elementsInPage(esi, size));
  }
  if (kind == MOVS) copy(to, from, size, count);
  else if (kind == STOS) fill(to, size, count);
  else {
    // One alone is not worth asking for.
    if (count < 2) return 0;
    const port = load<u16>(REG_EDX);
    count = kind == INS ? portReadBlock(port, size, to, count) : portWriteBlock(port, size, from, count);
  }
  if (to) store<u32>(REG_EDI, edi + count * size);
  if (from) store<u32>(REG_ESI, esi + count * size);
  store<u32>(REG_ECX, load<u32>(REG_ECX) - count);
  charge(perIteration * <i32>count);
  return count;
}

/** Element by element, upwards: where the operands overlap, what was written is read again. */
function copy(to: usize, from: usize, size: u32, count: u32): void {
  for (let i = count; i > 0; i--, from += size, to += size) storeSized(to, size, loadSized(from, size));
}

function fill(to: usize, size: u32, count: u32): void {
  const value = load<u32>(REG_EAX);
  for (let i = count; i > 0; i--, to += size) storeSized(to, size, value);
}

function repeat(op: usize, kind: u32, size: u32, mask: u32, step: u32, flags: u32): u32 {
  const perIteration = clockTerm(op, 1);
  const scanning = kind == SCAS || kind == CMPS;
  const wanted: u32 = flags & FLAG_REPE ? 1 : 0;
  // What it writes to its second page marks nothing: it is fetched before every iteration.
  const crossing = load<u16>(op, OP_NEXT) > 0x1000;
  const plain =
    !crossing &&
    (kind == MOVS || kind == STOS || kind == INS || kind == OUTS) &&
    step == size &&
    mask == 0xffffffff &&
    (load<u32>(STATE_MODE) & MODE_FLAT_DATA) != 0 &&
    !(load<u32>(FLAGS_REST) & FLAG_TF);
  while (true) {
    if (!plain || !bulk(op, kind, size, perIteration)) {
      if (!iterate(op, kind, size, mask, step)) return FAULT;
      charge(perIteration);
      advance(REG_ECX, mask, 0xffffffff);
    }
    if (!(load<u32>(REG_ECX) & mask)) return DONE;
    if (scanning && zero() != wanted) return DONE;
    const refetch = crossing || load<u16>(op, OP_HANDLER) == STALE;
    if (refetch || budget() <= 0 || load<u32>(FLAGS_REST) & FLAG_TF) {
      store<u32>(REPEAT_RESUMED, 1);
      store<u32>(STATE_EIP, eipOf(op));
      return LEAVE;
    }
  }
}

/** Whether the I/O permission bitmap has a say; in virtual-8086 mode it always has. */
function portsGuarded(): bool {
  return load<u32>(STATE_CPL) > iopl() || inV86();
}

/** The I/O permission bitmap of the task state segment; false after #GP(0) or a page fault. */
export function portPermitted(port: u32, size: u32): bool {
  const tr = segment(SEG_TR);
  const type = kind(load<u32>(tr, SEGMENT_ACCESS));
  const limit = load<u32>(tr, SEGMENT_LIMIT);
  if ((type != TYPE_TSS32 && type != TYPE_TSS32_BUSY) || limit < 0x67) return fault(GP, 0);
  const base = load<u32>(tr, SEGMENT_BASE);
  let p = readSystem(base + 0x66, 2);
  if (!p) return false;
  const offset = <u32>load<u16>(p) + (port >> 3);
  if (offset + 1 > limit) return fault(GP, 0);
  p = readSystem(base + offset, 2);
  if (!p) return false;
  const bits = ((<u32>1) << size) - 1;
  return (load<u16>(p) >> (port & 7)) & bits ? fault(GP, 0) : true;
}

function portNumber(op: usize): u32 {
  return load<u8>(op, OP_SUB) ? load<u16>(REG_EDX) : load<u8>(op, OP_IMM);
}

/** IN; OP_SUB 1: the port is in DX. */
export function opIn(op: usize): u32 {
  const size = operandSize(op);
  const port = portNumber(op);
  if (portsGuarded()) {
    if (!portPermitted(port, size)) return FAULT;
    charge(clockTerm(op, 3));
  }
  storeSized(REG_EAX, size, portRead(port, size));
  return DONE;
}

export function opOut(op: usize): u32 {
  const size = operandSize(op);
  const port = portNumber(op);
  if (portsGuarded()) {
    if (!portPermitted(port, size)) return FAULT;
    charge(clockTerm(op, 3));
  }
  portWrite(port, size, loadSized(REG_EAX, size));
  return DONE;
}
