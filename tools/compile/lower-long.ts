// Instructions on i64, as pairs of words.
import { conditions, type Condition, type Operation, type Value, type Width } from "./ir";
import { storeWidth, type Lowering } from "./lower";
import type { WasmInstruction } from "./wasm-reader";

export interface Long {
  readonly low: Value;
  readonly high: Value;
}

type Binary = (l: Lowering, a: Long, b: Long) => Long;

function withHigh(l: Lowering, operation: Operation, args: Value[]): Long {
  const low = l.value(operation, args);
  return { low, high: l.value("high", [low]) };
}

const halves =
  (operation: Operation): Binary =>
  (l, a, b) => ({ low: l.binary(operation, a.low, b.low), high: l.binary(operation, a.high, b.high) });

/** A routine of the runtime. */
const routine =
  (name: string, argumentWords: 3 | 4): Binary =>
  (l, a, b) => {
    const args = [a.low, a.high, b.low, b.high].slice(0, argumentWords);
    const low = l.value("helper", args, { text: name, results: 2 });
    return { low, high: l.value("high", [low]) };
  };

const isZero = (v: Value) => v.isConstant && v.number === 0;
const isConstantLong = (a: Long) => a.low.isConstant && a.high.isConstant;
const toBigInt = (a: Long) => (BigInt(a.high.number) << 32n) | BigInt(a.low.number >>> 0);

function constantLong(l: Lowering, value: bigint): Long {
  const word = (v: bigint) => l.constant(Number(BigInt.asIntN(32, v)));
  return { low: word(value), high: word(value >> 32n) };
}

/** The high word repeats the low word's sign. */
function isSignExtended({ low, high }: Long): boolean {
  if (isConstantLong({ low, high })) return high.number === low.number >> 31;
  return high.operation === "shr_s" && high.args[0] === low && high.args[1].number === 31;
}

function add(l: Lowering, a: Long, b: Long): Long {
  if (isConstantLong(a)) [a, b] = [b, a];
  if (isConstantLong(b) && isZero(b.low)) return { low: a.low, high: l.binary("add", a.high, b.high) };
  return withHigh(l, "add64", [a.low, a.high, b.low, b.high]);
}

function multiply(l: Lowering, a: Long, b: Long): Long {
  if (isZero(a.high) && isZero(b.high)) return withHigh(l, "mul_wide_u", [a.low, b.low]);
  if (isSignExtended(a) && isSignExtended(b)) return withHigh(l, "mul_wide_s", [a.low, b.low]);
  return withHigh(l, "mul64", [a.low, a.high, b.low, b.high]);
}

function shiftLeft(l: Lowering, a: Long, n: number): Long {
  if (n === 0) return a;
  const zero = l.constant(0);
  if (n >= 32) return { low: zero, high: l.value("shl", [a.low, l.constant(n - 32)]) };
  const high = l.value("shld", [a.high, a.low], { number: n });
  return { low: l.value("shl", [a.low, l.constant(n)]), high };
}

function shiftRight(l: Lowering, a: Long, n: number, operation: "shr_s" | "shr_u"): Long {
  if (n === 0) return a;
  const fill = () => (operation === "shr_u" ? l.constant(0) : l.value("shr_s", [a.high, l.constant(31)]));
  if (n >= 32) return { low: l.value(operation, [a.high, l.constant(n - 32)]), high: fill() };
  const low = l.value("shrd", [a.low, a.high], { number: n });
  return { low, high: l.value(operation, [a.high, l.constant(n)]) };
}

function rotateLeft(l: Lowering, a: Long, n: number): Long {
  if (n >= 32) return rotateLeft(l, { low: a.high, high: a.low }, n - 32);
  if (n === 0) return a;
  const low = l.value("shld", [a.low, a.high], { number: n });
  return { low, high: l.value("shld", [a.high, a.low], { number: n }) };
}

const shift =
  (name: string, byConstant: (l: Lowering, a: Long, n: number) => Long): Binary =>
  (l, a, b) =>
    b.low.isConstant ? byConstant(l, a, b.low.number & 63) : routine(name, 3)(l, a, b);

const binaries: Readonly<Record<string, Binary>> = {
  add,
  sub: (l, a, b) =>
    isConstantLong(b)
      ? add(l, a, constantLong(l, -toBigInt(b)))
      : withHigh(l, "sub64", [a.low, a.high, b.low, b.high]),
  mul: multiply,
  and: halves("and"),
  or: halves("or"),
  xor: halves("xor"),
  shl: shift("__shl64", shiftLeft),
  shr_s: shift("__shr64s", (l, a, n) => shiftRight(l, a, n, "shr_s")),
  shr_u: shift("__shr64u", (l, a, n) => shiftRight(l, a, n, "shr_u")),
  rotl: shift("__rotl64", rotateLeft),
  rotr: shift("__rotr64", (l, a, n) => rotateLeft(l, a, (64 - n) & 63)),
  div_s: routine("__div64s", 4),
  div_u: routine("__div64u", 4),
  rem_s: routine("__rem64s", 4),
  rem_u: routine("__rem64u", 4),
};

const signExtend = (l: Lowering, low: Value): Long => ({
  low,
  high: l.value("shr_s", [low, l.constant(31)]),
});

const unaries: Readonly<Record<string, (l: Lowering, a: Long) => Long>> = {
  extend8_s: (l, a) => signExtend(l, l.value("extend8", [a.low])),
  extend16_s: (l, a) => signExtend(l, l.value("extend16", [a.low])),
  extend32_s: (l, a) => signExtend(l, a.low),
  popcnt: (l, a) => ({
    low: l.binary("add", l.value("popcnt", [a.low]), l.value("popcnt", [a.high])),
    high: l.constant(0),
  }),
  clz: (l, a) => countZeros(l, "clz", a.high, a.low),
  ctz: (l, a) => countZeros(l, "ctz", a.low, a.high),
};

function countZeros(l: Lowering, operation: "clz" | "ctz", first: Value, second: Value): Long {
  const far = l.binary("add", l.value(operation, [second]), l.constant(32));
  const none = l.compare("eq", first, l.constant(0));
  return { low: l.value("select", [none, far, l.value(operation, [first])]), high: l.constant(0) };
}

/** Compares two pairs; equality as a test of the combined difference. */
function compareLong(l: Lowering, condition: Condition, a: Long, b: Long): Value {
  if (condition === "eq" || condition === "ne") {
    const low = l.binary("xor", a.low, b.low);
    const high = l.binary("xor", a.high, b.high);
    return l.compare(condition, l.binary("or", low, high), l.constant(0));
  }
  if (isZero(a.high) && isZero(b.high))
    return l.compare(condition.replace("_s", "_u") as Condition, a.low, b.low);
  if (/^(gt|le)/.test(condition)) return compareLong(l, conditions[condition].swapped, b, a);
  return l.value("compare64", [a.low, a.high, b.low, b.high], { condition });
}

export function loadLong(
  l: Lowering,
  operation: "load" | "volatileLoad",
  address: Value,
  offset: number,
): Long {
  const low = l.value(operation, [address], { number: offset });
  return { low, high: l.value(operation, [address], { number: offset + 4 }) };
}

export function storeLong(l: Lowering, address: Value, offset: number, value: Long): void {
  l.value("store", [address, value.low], { number: offset });
  l.value("store", [address, value.high], { number: offset + 4 });
}

function lowerLoad(l: Lowering, bits: string, offset: number): Long {
  const address = l.pop();
  if (!bits) return loadLong(l, "load", address, offset);
  const width = (bits.startsWith("32") ? "32" : bits.replace("_", "")) as Width;
  const low = l.value("load", [address], { width, number: offset });
  return bits.endsWith("s") ? signExtend(l, low) : { low, high: l.constant(0) };
}

function lowerStore(l: Lowering, bits: string, offset: number): void {
  const value = l.popLong();
  const address = l.pop();
  if (!bits) storeLong(l, address, offset, value);
  else l.value("store", [address, value.low], { width: storeWidth(bits), number: offset });
}

export function binaryLong(l: Lowering, name: string, a: Long, b: Long): Long {
  return binaries[name](l, a, b);
}

/** Lowers `i64.<name>`. */
export function lowerLong(l: Lowering, name: string, i: WasmInstruction): void {
  const push = ({ low, high }: Long) => l.push(low, high);
  if (name === "const") return push(constantLong(l, i.long!));
  if (name === "extend_i32_u") return l.push(l.pop(), l.constant(0));
  if (name === "extend_i32_s") return push(signExtend(l, l.pop()));
  if (name.startsWith("load")) return push(lowerLoad(l, name.slice(4), i.value!));
  if (name.startsWith("store")) return lowerStore(l, name.slice(5), i.value!);
  if (name === "eqz") return l.push(compareLong(l, "eq", l.popLong(), constantLong(l, 0n)));
  if (unaries[name]) return push(unaries[name](l, l.popLong()));
  const b = l.popLong();
  const a = l.popLong();
  if (name in conditions) return l.push(compareLong(l, name as Condition, a, b));
  if (binaries[name]) return push(binaryLong(l, name, a, b));
  l.error(`i64.${name} is not supported`);
}
