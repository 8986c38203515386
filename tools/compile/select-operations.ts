// How each operation becomes instructions.
import type { Operation, Value } from "./ir";
import { EAX, ECX, EDX, frameMemory, immediate, register, type MachineOperand, type Size } from "./mir";
import { tableSymbol, type Selection } from "./select";

type Selector = (s: Selection, v: Value) => void;

const sizes = { "8s": 1, "8u": 1, "16s": 2, "16u": 2, "32": 4 } as const satisfies Record<
  Value["width"],
  Size
>;

/** `to = a op b` for an instruction with two operands; of a commutative one the better order is taken. */
function twoOperand(op: string, commutative: boolean): Selector {
  return (s, v) => {
    let [a, b] = v.args;
    const swap = s.canFold(a) ? !s.canFold(b) : !s.canFold(b) && a.uses > 1 && b.uses === 1;
    if (commutative && !b.isConstant && swap) [a, b] = [b, a];
    const to = s.result(v);
    s.emit("mov", [register(to), s.simple(a)]);
    s.emit(op, [register(to), s.source(b)]);
  };
}

const isSmallShift = (v: Value) => v.operation === "shl" && v.args[1].isConstant && v.args[1].number <= 3;

function selectAdd(s: Selection, v: Value): void {
  const [a, b] = v.args;
  const loads = s.canFold(a) || s.canFold(b);
  if (!loads || isSmallShift(a) || isSmallShift(b)) return selectLea(s, v);
  twoOperand("add", true)(s, v);
}

/** Becomes a plain ADD when the allocator gives base and result the same register. */
function selectLea(s: Selection, v: Value): void {
  const to = s.result(v);
  const m = s.sumAddress(v.args[0], v.args[1]);
  for (const r of [m.base, m.index]) if (r !== undefined) s.hint(to, r);
  s.emit("lea", [register(to), m]);
}

function selectMultiply(s: Selection, v: Value): void {
  const [a, b] = v.args;
  const to = s.result(v);
  const lea = b.isConstant ? ({ 3: 2, 5: 4, 9: 8 } as const)[b.number as 3 | 5 | 9] : undefined;
  if (lea) {
    const r = s.inRegister(a);
    s.emit("lea", [
      register(to),
      { kind: "memory", base: r, index: r, scale: lea, displacement: 0, size: 4 },
    ]);
  } else if (b.isConstant) {
    s.emit("imul3", [
      register(to),
      s.canFold(a) ? s.memory(a) : register(s.inRegister(a)),
      immediate(b.number),
    ]);
  } else twoOperand("imul", true)(s, v);
}

function selectSubtract(s: Selection, v: Value): void {
  const [a, b] = v.args;
  const to = s.result(v);
  if (a.isConstant && a.number === 0) {
    s.emit("mov", [register(to), s.simple(b)]);
    return s.emit("neg", [register(to)]);
  }
  twoOperand("sub", false)(s, v);
}

function selectXor(s: Selection, v: Value): void {
  const [a, b] = v.args;
  if (!b.isConstant || b.number !== -1) return twoOperand("xor", true)(s, v);
  const to = s.result(v);
  s.emit("mov", [register(to), s.simple(a)]);
  s.emit("not", [register(to)]);
}

function shift(op: string): Selector {
  return (s, v) => {
    const [a, count] = v.args;
    const to = s.result(v);
    s.emit("mov", [register(to), s.simple(a)]);
    if (count.isConstant) return s.emit(op, [register(to), immediate(count.number & 31)]);
    s.emit("mov", [register(ECX), s.simple(count)]);
    s.emit(op, [register(to), register(ECX, 1)]);
  };
}

function doubleShift(op: string): Selector {
  return (s, v) => {
    const to = s.result(v);
    s.emit("mov", [register(to), s.simple(v.args[0])]);
    s.emit(op, [register(to), register(s.inRegister(v.args[1])), immediate(v.number)]);
  };
}

function divide(signed: boolean, result: number): Selector {
  return (s, v) => {
    const [a, b] = v.args;
    const divisor = register(s.inRegister(b));
    // INT_MIN % -1 is 0 in WebAssembly, and a divide error on the i386.
    const guard = signed && result === EDX && (!b.isConstant || b.number === -1) ? s.label() : undefined;
    if (guard) {
      s.emit("clear", [register(EDX)]);
      s.emit("cmp", [divisor, immediate(-1)]);
      s.emit("jcc", [], { condition: "e", label: guard });
    }
    s.emit("mov", [register(EAX), s.simple(a)]);
    if (signed) s.emit("cdq", [], { uses: [EAX], defines: [EDX] });
    else s.emit("clear", [register(EDX)]);
    s.emit(signed ? "idiv" : "div", [divisor], { uses: [EAX, EDX], defines: [EAX, EDX] });
    if (guard) s.emit("label", [], { label: guard });
    if (result === EDX) s.move(s.result(v), EDX);
    else s.takeResults(v);
  };
}

/** BSR or BSF with WebAssembly's answer for zero. */
function selectScan(s: Selection, v: Value, op: string, whenZero: number): number {
  const to = s.result(v);
  const done = s.label();
  s.emit(op, [register(to), s.canFold(v.args[0]) ? s.memory(v.args[0]) : register(s.inRegister(v.args[0]))]);
  s.emit("jcc", [], { condition: "ne", label: done });
  s.emit("mov?", [register(to), immediate(whenZero)]);
  s.emit("label", [], { label: done });
  return to;
}

function extend(size: 1 | 2): Selector {
  return (s, v) => {
    const from = s.inRegister(v.args[0]);
    s.emit("movsx", [register(s.result(v)), size === 1 ? s.byteRegister(from) : register(from, 2)]);
  };
}

/** A comparison as 0 or 1. */
function selectFlag(s: Selection, v: Value): void {
  const to = s.result(v);
  const condition = v.operation === "compare" ? s.compare(v) : s.testLong(v);
  if (condition === "b") {
    s.emit("carry", [register(to)]);
    s.emit("neg", [register(to)]);
  } else {
    s.emit("clear", [register(to)]);
    s.emit("setcc", [s.byteRegister(to)], { condition });
  }
}

const opposite: Readonly<Record<string, string>> = {
  e: "ne",
  ne: "e",
  l: "ge",
  ge: "l",
  b: "ae",
  ae: "b",
  g: "le",
  le: "g",
  a: "be",
  be: "a",
  s: "ns",
  ns: "s",
};

export const negateCondition = (condition: string): string => opposite[condition];

function selectSelect(s: Selection, v: Value): void {
  const [condition, yes, no] = v.args;
  const to = s.result(v);
  const done = s.label();
  const other = s.simple(yes);
  const first = s.simple(no);
  const code = s.test(condition);
  s.emit("mov", [register(to), first]);
  s.emit("jcc", [], { condition: opposite[code], label: done });
  s.emit("mov?", [register(to), other]);
  s.emit("label", [], { label: done });
}

/** Low and high halves: `first` on the low ones, `second` with the carry on the high ones. */
function pair(first: string, second: string): Selector {
  return (s, v) => {
    const [aLow, aHigh, bLow, bHigh] = v.args;
    const low = s.result(v);
    const high = s.highResult(v);
    s.emit("mov", [register(low), s.simple(aLow)]);
    if (high !== undefined) s.emit("mov", [register(high), s.simple(aHigh)]);
    s.emit(first, [register(low), s.simple(bLow)]);
    if (high !== undefined) s.emit(second, [register(high), s.simple(bHigh)]);
  };
}

function wideMultiply(op: string): Selector {
  return (s, v) => {
    const factor = register(s.inRegister(v.args[1]));
    s.emit("mov", [register(EAX), s.simple(v.args[0])]);
    s.emit(op, [factor], { uses: [EAX], defines: [EAX, EDX] });
    s.takeResults(v);
  };
}

function selectMultiplyLong(s: Selection, v: Value): void {
  const [aLow, aHigh, bLow, bHigh] = v.args;
  const factor = register(s.inRegister(bLow));
  const first = s.fresh();
  const second = s.fresh();
  s.emit("mov", [register(first), s.simple(aHigh)]);
  s.emit("imul", [register(first), factor]);
  s.emit("mov", [register(second), s.simple(bHigh)]);
  s.emit("imul", [register(second), register(s.inRegister(aLow))]);
  s.emit("add", [register(first), register(second)]);
  s.emit("mov", [register(EAX), s.simple(aLow)]);
  s.emit("mul", [factor], { uses: [EAX], defines: [EAX, EDX] });
  s.emit("add", [register(EDX), register(first)]);
  s.takeResults(v);
}

function selectLoad(s: Selection, v: Value): void {
  const to = register(s.result(v));
  const m = s.memory(v, sizes[v.width]);
  if (v.width === "32") s.emit("mov", [to, m]);
  else s.emit(v.width.endsWith("s") ? "movsx" : "movzx", [to, m]);
}

/** The instruction of `store(load(x) op y)` to the same place, when it can be one. */
const inMemory: Readonly<Partial<Record<Operation, string>>> = {
  add: "add",
  sub: "sub",
  and: "and",
  or: "or",
  xor: "xor",
};

function sameAddress(a: Value, b: Value): boolean {
  return (
    a.symbol === b.symbol && a.number === b.number && (a.symbol !== undefined || a.args[0] === b.args[0])
  );
}

/** `store(x, op(load(x), y))` as `op [x], y`. */
function selectInMemory(s: Selection, v: Value, value: Value): boolean {
  const op = inMemory[value.operation];
  if (!op || value.uses !== 1 || s.isNeeded(value)) return false;
  const size = sizes[v.width];
  const commutative = op !== "sub";
  const isOld = (x: Value) =>
    x.operation === "load" &&
    sizes[x.width] === size &&
    x.uses === 1 &&
    sameAddress(x, v) &&
    s.unchanged(x) &&
    !s.isNeeded(x);
  let [a, b] = value.args;
  if (!isOld(a) && commutative) [a, b] = [b, a];
  if (!isOld(a)) return false;
  const m = s.memory(v, size);
  s.emit(op, [m, sizedSource(s, b, size)]);
  return true;
}

function sizedSource(s: Selection, v: Value, size: Size): MachineOperand {
  if (v.isConstant)
    return immediate(size === 4 ? v.number : size === 1 ? v.number & 0xff : v.number & 0xffff);
  const r = s.registerOf(v);
  return size === 1 ? s.byteRegister(r) : register(r, size);
}

/** What is stored in a byte or word: masks and extensions of the stored value do not matter. */
function stripMask(s: Selection, v: Value, size: Size): Value {
  if (size === 4 || v.isConstant || s.isNeeded(v)) return v;
  const mask = size === 1 ? 0xff : 0xffff;
  if (v.operation === "and" && v.args[1].isConstant && (v.args[1].number & mask) === mask) return v.args[0];
  if (v.operation === "extend16" || (v.operation === "extend8" && size === 1)) return v.args[0];
  return v;
}

function selectStore(s: Selection, v: Value): void {
  const size = sizes[v.width];
  const value = stripMask(s, v.args[v.args.length - 1], size);
  if (selectInMemory(s, v, value)) return;
  s.emit("mov", [s.memory(v, size), sizedSource(s, value, size)]);
}

function selectExchange(s: Selection, v: Value): void {
  const to = s.result(v);
  s.emit("mov", [register(to), s.simple(v.args[1])]);
  s.emit("xchg", [s.memory(v), register(to)]);
}

const routine =
  (name: string): Selector =>
  (s, v) =>
    s.call(v, immediate(0, name), v.args);

function selectIndirectCall(s: Selection, v: Value): void {
  const [index, ...args] = v.args;
  const callee: MachineOperand = index.isConstant
    ? { kind: "memory", scale: 1, displacement: index.number * 4, symbol: tableSymbol, size: 4 }
    : { kind: "memory", index: s.registerOf(index), scale: 4, displacement: 0, symbol: tableSymbol, size: 4 };
  s.call(v, callee, args);
}

const never: Selector = () => {
  throw new Error("not selected by itself");
};

export const selectors: Readonly<Record<Operation, Selector>> = {
  const: never,
  phi: never,
  high: () => {},
  trap: (s) => s.emit("ud2", []),
  intrinsic: never,
  parameter: (s, v) => s.emit("mov", [register(s.result(v)), s.parameter(v.number)]),
  frame: (s, v) => s.emit("lea", [register(s.result(v)), frameMemory("slot", s.slotOf(v))]),
  add: selectAdd,
  sub: selectSubtract,
  mul: selectMultiply,
  and: twoOperand("and", true),
  or: twoOperand("or", true),
  xor: selectXor,
  shl: shift("shl"),
  shr_s: shift("sar"),
  shr_u: shift("shr"),
  rotl: shift("rol"),
  rotr: shift("ror"),
  div_s: divide(true, EAX),
  div_u: divide(false, EAX),
  rem_s: divide(true, EDX),
  rem_u: never,
  clz: (s, v) => s.emit("xor", [register(selectScan(s, v, "bsr", 63)), immediate(31)]),
  ctz: (s, v) => void selectScan(s, v, "bsf", 32),
  popcnt: routine("__popcnt"),
  extend8: extend(1),
  extend16: extend(2),
  compare: selectFlag,
  compare64: selectFlag,
  select: selectSelect,
  add64: pair("add", "adc"),
  sub64: pair("sub", "sbb"),
  mul64: selectMultiplyLong,
  mul_wide_u: wideMultiply("mul"),
  mul_wide_s: wideMultiply("imul1"),
  shld: doubleShift("shld"),
  shrd: doubleShift("shrd"),
  load: selectLoad,
  volatileLoad: selectLoad,
  store: selectStore,
  exchange: selectExchange,
  modify: (s, v) => s.emit(v.text, [s.memory(v), s.simple(v.args[1])]),
  helper: (s, v) => s.call(v, immediate(0, v.text), v.args),
  call: (s, v) => s.call(v, immediate(0, v.text), v.args, v.number),
  callIndirect: selectIndirectCall,
  copy: routine("__memmove"),
  fill: routine("__memset"),
};
