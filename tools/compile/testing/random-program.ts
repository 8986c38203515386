// Random WebAssembly modules that terminate and do not trap. `main` calls every function with constants, stores
// the results behind the scratch area, and copies the globals there.
import type { FunctionType, ValueType } from "../wasm-reader";
import { floatBits, isFloatType, type FloatType } from "./random-floats";
import { blockType, constant, i32, i64, op, unsigned, writeModule, type FunctionSource } from "./wasm-writer";

export const scratchSize = 0x1000;
/** Scratch area and results. */
export const observedSize = 0x1400;

type IntegerType = "i32" | "i64";
type Type = IntegerType | FloatType;

const types: readonly FunctionType[] = [
  { parameters: [], results: [] },
  { parameters: ["i32", "i32"], results: ["i32"] },
  { parameters: ["i64", "i32"], results: ["i64"] },
  { parameters: ["i32"], results: [] },
  { parameters: ["i64", "i64", "i32"], results: ["i32"] },
  { parameters: ["i32", "i32", "i32", "i32", "i64"], results: ["i64"] },
];

const floatTypes: readonly FunctionType[] = [
  { parameters: ["f64", "f32"], results: ["f64"] },
  { parameters: ["i32", "f64", "f32", "i64"], results: ["f32"] },
  { parameters: ["f64", "f64"], results: ["i32"] },
];

/** A small generator of pseudo-random numbers (mulberry32). */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(n: number): number {
    return this.next() % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  word(): number {
    const special = [
      0, 1, 2, 3, -1, -2, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff,
    ];
    if (this.below(3) === 0) return this.next() | 0;
    return this.pick([...special, 0x7fffffff, -0x80000000, 0x10000, -128, -129, 5, 9, 10, 12, 100]);
  }

  long(): bigint {
    if (this.below(3) === 0) return BigInt(this.word());
    const value = (BigInt(this.word()) << 32n) | BigInt(this.word() >>> 0);
    return BigInt.asIntN(64, value);
  }
}

const binary = "add sub mul and or xor shl shr_s shr_u rotl rotr".split(" ");
const division = "div_s div_u rem_s rem_u".split(" ");
const floatCompares = "eq ne lt gt le ge".split(" ");
const compare = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split(" ");
const unary: Readonly<Record<IntegerType, readonly string[]>> = {
  i32: ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"],
  i64: ["clz", "ctz", "popcnt", "extend8_s", "extend16_s", "extend32_s"],
};
const loads: Readonly<Record<IntegerType, readonly string[]>> = {
  i32: ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load"],
  i64: ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"],
};
const stores: Readonly<Record<Type, readonly string[]>> = {
  f32: ["store"],
  f64: ["store"],
  i32: ["store", "store8", "store16", "store"],
  i64: ["store", "store8", "store16", "store32"],
};
const atomicBits: Readonly<Record<IntegerType, readonly number[]>> = {
  i32: [8, 16, 32, 32],
  i64: [8, 16, 32, 64, 64],
};
const atomicOps = ["add", "sub", "and", "or", "xor", "xchg"];

/** Every other function can be called indirectly; the others have a calling convention of their own. */
const isInTable = (index: number) => index % 2 === 0;

interface Local {
  readonly index: number;
  readonly type: Type;
}

class FunctionGenerator {
  private readonly locals: Local[] = [];
  private readonly extra: ValueType[] = [];
  /** Result types of the labels around, innermost first; undefined for a loop, which is not branched to here. */
  private labels: (boolean | undefined)[] = [];
  private loops = 0;
  private calls = 2;

  constructor(
    private readonly r: Random,
    private readonly type: FunctionType,
    private readonly earlier: readonly FunctionType[],
    private readonly globals: readonly Type[],
    private readonly base: number,
    private readonly size: number,
    private readonly types: readonly FunctionType[],
    private readonly floats: boolean,
  ) {
    type.parameters.forEach((t, i) => this.locals.push({ index: i, type: t as Type }));
    for (let i = 0; i < 4; i++) this.newLocal(this.r.pick(["i32", "i32", "i64"]));
    if (floats) for (const type of ["f32", "f64", "f64"] as const) this.newLocal(type);
  }

  run(): FunctionSource {
    const body = this.statements(this.size);
    const [result] = this.type.results as Type[];
    if (result) body.push(...this.expression(result, 3));
    return { type: this.type, locals: this.extra, body };
  }

  private newLocal(type: Type): Local {
    const local = { index: this.type.parameters.length + this.extra.length, type };
    this.extra.push(type);
    this.locals.push(local);
    return local;
  }

  private local(type: Type): Local | undefined {
    const fitting = this.locals.filter((l) => l.type === type);
    return fitting.length ? this.r.pick(fitting) : undefined;
  }

  // Expressions

  private constant(type: Type): number[] {
    return constant(type, randomBits(this.r, type));
  }

  private leaf(type: Type): number[] {
    const local = this.local(type);
    if (local && this.r.below(4)) return op("local.get", ...unsigned(local.index));
    const globals = this.globals.flatMap((t, i) => (t === type ? [i] : []));
    if (globals.length && this.r.below(4) === 0) return op("global.get", ...unsigned(this.r.pick(globals)));
    return this.constant(type);
  }

  private expression(type: Type, depth: number): number[] {
    if (depth <= 0) return this.leaf(type);
    if (isFloatType(type)) return this.floatExpression(type, depth);
    if (this.floats && this.r.below(8) === 0) return this.fromFloat(type, depth - 1);
    const e = (t: Type) => this.expression(t, depth - 1 - this.r.below(2));
    switch (this.r.below(14)) {
      case 0:
      case 1:
        return this.leaf(type);
      case 2:
      case 3:
      case 4:
        return [...e(type), ...e(type), ...op(`${type}.${this.r.pick(binary)}`)];
      case 5:
        return this.divide(type, e);
      case 6:
        return [...e(type), ...op(`${type}.${this.r.pick(unary[type])}`)];
      case 7:
        return this.convert(type, e);
      case 8:
        return this.load(type, depth);
      case 9:
        return [...e(type), ...e(type), ...this.condition(depth - 1), ...op("select")];
      case 10:
        return this.ifExpression(type, depth);
      case 11:
        return this.call(type, depth) ?? this.leaf(type);
      case 12: {
        const local = this.local(type);
        return local ? [...e(type), ...op("local.tee", ...unsigned(local.index))] : this.leaf(type);
      }
      default:
        return type === "i32"
          ? this.condition(depth)
          : [...e("i64"), ...this.constant("i64"), ...op("i64.add")];
    }
  }

  private floatExpression(type: FloatType, depth: number): number[] {
    const e = (t: Type) => this.expression(t, depth - 1 - this.r.below(2));
    switch (this.r.below(12)) {
      case 0:
        return this.leaf(type);
      case 1:
      case 2:
      case 3:
      case 4:
        return this.plain(type, [
          ...e(type),
          ...e(type),
          ...op(`${type}.${this.r.pick(["add", "sub", "mul", "div", "min", "max", "copysign"])}`),
        ]);
      case 5:
        return this.plain(type, [
          ...e(type),
          ...op(`${type}.${this.r.pick(["sqrt", "ceil", "floor", "trunc", "nearest", "abs", "neg"])}`),
        ]);
      case 6:
        return this.plain(type, this.toFloat(type, e));
      case 7:
        return this.plain(type, [...this.address(depth), ...op(`${type}.load`, ...this.access())]);
      case 8:
        return [...e(type), ...e(type), ...this.condition(depth - 1), ...op("select")];
      case 9:
        return this.ifExpression(type, depth);
      case 10:
        return this.call(type, depth) ?? this.leaf(type);
      default: {
        const local = this.local(type);
        return local ? [...e(type), ...op("local.tee", ...unsigned(local.index))] : this.leaf(type);
      }
    }
  }

  private toFloat(type: FloatType, e: (t: Type) => number[]): number[] {
    const other = type === "f32" ? "f64" : "f32";
    switch (this.r.below(4)) {
      case 0:
        return [...e(other), ...op(type === "f32" ? "f32.demote_f64" : "f64.promote_f32")];
      case 1:
        return type === "f32"
          ? [...e("i32"), ...op("f32.reinterpret_i32")]
          : [...e("i64"), ...op("f64.reinterpret_i64")];
      default: {
        const from = this.r.pick(["i32", "i64"] as const);
        return [...e(from), ...op(`${type}.convert_${from}_${this.r.pick(["s", "u"])}`)];
      }
    }
  }

  private fromFloat(type: IntegerType, depth: number): number[] {
    const from = this.r.pick(["f32", "f64"] as const);
    const value = this.expression(from, depth);
    if (type === "i32" && this.r.below(2))
      return [...value, ...this.expression(from, depth), ...op(`${from}.${this.r.pick(floatCompares)}`)];
    if (from.slice(1) === type.slice(1) && this.r.below(2))
      return [...value, ...op(`${type}.reinterpret_${from}`)];
    return [...value, ...op(`${type}.trunc_sat_${from}_${this.r.pick(["s", "u"])}`)];
  }

  /** Any NaN becomes the same one, since its bits may differ. */
  private plain(type: FloatType, value: number[]): number[] {
    const local = this.newLocal(type);
    this.locals.splice(this.locals.indexOf(local), 1);
    const get = op("local.get", ...unsigned(local.index));
    const nan = constant(type, type === "f32" ? 0x7fc00000n : 0x7ff8000000000000n);
    return [
      ...value,
      ...op("local.tee", ...unsigned(local.index)),
      ...nan,
      ...get,
      ...get,
      ...op(`${type}.eq`),
      ...op("select"),
    ];
  }

  /** With a divisor that is neither 0 nor (for the signed quotient) -1. */
  private divide(type: IntegerType, e: (t: Type) => number[]): number[] {
    const name = this.r.pick(division);
    const divisor = e(type);
    const mask = name === "div_s" ? 0x7ffffff : -1;
    const safe = this.r.below(4)
      ? type === "i32"
        ? [...divisor, ...i32(mask), ...op("i32.and"), ...i32(1), ...op("i32.or")]
        : [...divisor, ...i64(BigInt(mask)), ...op("i64.and"), ...i64(1n), ...op("i64.or")]
      : type === "i32"
        ? i32(this.r.pick([1, 2, 3, 7, 10, 4096, 0x7fffffff, name === "div_s" ? -3 : -1]))
        : i64(this.r.pick([1n, 3n, 10n, 1n << 31n, (1n << 40n) + 7n, name === "div_s" ? -5n : -1n]));
    return [...e(type), ...safe, ...op(`${type}.${name}`)];
  }

  private convert(type: IntegerType, e: (t: Type) => number[]): number[] {
    if (type === "i32") return [...e("i64"), ...op("i32.wrap_i64")];
    return [...e("i32"), ...op(this.r.pick(["i64.extend_i32_s", "i64.extend_i32_u"]))];
  }

  private condition(depth: number): number[] {
    const type = this.r.pick(["i32", "i32", "i64"] as const);
    const e = () => this.expression(type, depth - 1);
    switch (this.r.below(7)) {
      case 0:
        return [...e(), ...op(`${type}.eqz`)];
      case 3:
        return depth > 0 ? this.junction(depth) : this.leaf("i32");
      case 4:
        return depth > 0 ? this.choice(depth) : this.leaf("i32");
      case 1:
        return [...e(), ...this.constant(type), ...op(`${type}.${this.r.pick(compare)}`)];
      case 2:
        return [...this.expression("i32", depth - 1), ...this.constant("i32"), ...op("i32.and")];
      default:
        return [...e(), ...e(), ...op(`${type}.${this.r.pick(compare)}`)];
    }
  }

  private junction(depth: number): number[] {
    const operation = this.r.pick(["i32.and", "i32.or"]);
    return [...this.condition(depth - 1), ...this.condition(depth - 1), ...op(operation)];
  }

  /** One of a constant and something else, perhaps compared with a constant. */
  private choice(depth: number): number[] {
    const constant = i32(this.r.pick([0, 1, 3]));
    const parts = [constant, this.expression("i32", depth - 1)];
    if (this.r.below(2)) parts.reverse();
    const code = [...parts.flat(), ...this.condition(depth - 1), ...op("select")];
    if (this.r.below(2)) code.push(...i32(this.r.pick([0, 1, 3])), ...op(`i32.${this.r.pick(compare)}`));
    return code;
  }

  /** An address in the scratch area with room for eight bytes and the offset. */
  private address(depth: number): number[] {
    if (this.r.below(4) === 0) return i32(this.base + this.r.below(scratchSize - 64));
    const index = [...this.expression("i32", depth - 1), ...i32(0xf8), ...op("i32.and")];
    const scale = this.r.below(4);
    if (scale) index.push(...i32(scale), ...op("i32.shl"));
    return [...index, ...i32(this.base), ...op("i32.add")];
  }

  private access(): number[] {
    return [0, ...unsigned(this.r.pick([0, 0, 1, 4, 8, 40]))];
  }

  private load(type: IntegerType, depth: number): number[] {
    if (this.r.below(8) === 0)
      return [...this.aligned(depth), ...op(`${type}.atomic.load`, type === "i32" ? 2 : 3, 0)];
    return [...this.address(depth), ...op(`${type}.${this.r.pick(loads[type])}`, ...this.access())];
  }

  private aligned(depth: number): number[] {
    return [
      ...this.expression("i32", depth - 1),
      ...i32(0xf8),
      ...op("i32.and"),
      ...i32(this.base),
      ...op("i32.add"),
    ];
  }

  private ifExpression(type: Type, depth: number): number[] {
    const condition = this.condition(depth - 1);
    this.labels.unshift(undefined);
    const code = [
      ...condition,
      ...op("if", blockType(type)),
      ...this.expression(type, depth - 1),
      ...op("else"),
      ...this.expression(type, depth - 1),
      ...op("end"),
    ];
    this.labels.shift();
    return code;
  }

  private call(result: Type | undefined, depth: number): number[] | undefined {
    const fitting = this.earlier.flatMap((t, i) => (t.results[0] === result ? [i] : []));
    if (!fitting.length || this.loops || this.calls <= 0) return undefined;
    this.calls--;
    const callee = this.r.pick(fitting);
    const args = this.earlier[callee].parameters.flatMap((t) => this.expression(t as Type, depth - 1));
    if (this.r.below(2) || !isInTable(callee)) return [...args, ...op("call", ...unsigned(callee))];
    const alike = fitting.filter((i) => isInTable(i) && this.earlier[i] === this.earlier[callee]);
    const index = [...i32(this.r.pick(alike) / 2), ...i32(callee / 2), ...this.condition(1), ...op("select")];
    const type = this.types.indexOf(this.earlier[callee]);
    return [...args, ...index, ...op("call_indirect", ...unsigned(type), 0)];
  }

  // Statements

  private statements(count: number): number[] {
    const code: number[] = [];
    for (let i = 0; i < count; i++) code.push(...this.statement(count - 1));
    return code;
  }

  private statement(size: number): number[] {
    switch (this.r.below(size > 0 ? 14 : 6)) {
      case 0:
      case 1:
      case 2:
        return this.assign();
      case 3:
        return this.store();
      case 4:
        return this.setGlobal();
      case 5:
        return this.bulk();
      case 6:
        return this.ifStatement(size >> 1);
      case 7:
        return this.blockStatement(size >> 1);
      case 8:
        return this.loopStatement(size >> 1);
      case 9:
        return this.switchStatement(size >> 1);
      case 10:
        return this.call(undefined, 2) ?? this.assign();
      case 11:
        return this.atomic();
      case 12:
        return this.branch();
      default:
        return [...this.expression("i32", 2), ...op("drop")];
    }
  }

  private assign(): number[] {
    const local = this.r.pick(this.locals);
    return [...this.expression(local.type, 4), ...op("local.set", ...unsigned(local.index))];
  }

  private store(): number[] {
    const floats = this.floats ? (["f32", "f64"] as const) : [];
    const type = this.r.pick<Type>(["i32", "i32", "i64", ...floats]);
    const name = this.r.pick(stores[type]);
    if (this.r.below(3) === 0 && type === "i32") return this.update(name);
    return [...this.address(3), ...this.expression(type, 3), ...op(`${type}.${name}`, ...this.access())];
  }

  /** `*p = *p op x`. */
  private update(name: string): number[] {
    const width = name.slice(5);
    const load = width === "" ? "i32.load" : `i32.load${width}_u`;
    const pointer = this.newLocal("i32");
    const get = op("local.get", ...unsigned(pointer.index));
    const code = [
      ...this.address(2),
      ...op("local.tee", ...unsigned(pointer.index)),
      ...get,
      ...op(load, 0, 4),
      ...this.expression("i32", 1),
      ...op(`i32.${this.r.pick(["add", "sub", "and", "or", "xor"])}`),
      ...op(`i32.${name}`, 0, 4),
    ];
    // Any later use of the pointer as a value must not reach memory through it, so it becomes an ordinary number.
    return code;
  }

  private setGlobal(): number[] {
    const index = this.r.below(this.globals.length);
    return [...this.expression(this.globals[index], 3), ...op("global.set", ...unsigned(index))];
  }

  private bulk(): number[] {
    const count = this.r.below(2)
      ? i32(this.r.pick([0, 1, 2, 3, 4, 7, 8, 16, 33, 64]))
      : [...this.expression("i32", 1), ...i32(31), ...op("i32.and")];
    if (this.r.below(2))
      return [...this.address(2), ...this.address(2), ...count, ...op("memory.copy", 0, 0)];
    return [...this.address(2), ...this.expression("i32", 1), ...count, ...op("memory.fill", 0)];
  }

  private atomic(): number[] {
    const type = this.r.pick(["i32", "i32", "i64"] as const);
    const bits = this.r.pick(atomicBits[type]);
    const alignment = Math.log2(bits / 8);
    const [infix, suffix] = bits === Number(type.slice(1)) ? ["", ""] : [bits, "_u"];
    const name = (operation: string) => `${type}.atomic.rmw${infix}.${operation}${suffix}`;
    const code = this.aligned(2);
    const address = this.newLocal("i32");
    this.locals.splice(this.locals.indexOf(address), 1);
    code.push(...op("local.tee", ...unsigned(address.index)));
    if (this.r.below(3) === 0) {
      // Half of the time what is expected is there.
      const there = [...op("local.get", ...unsigned(address.index)), ...op(`${type}.load`, 0, 0)];
      if (bits === 8) there.push(...this.constant8(type));
      const expected = this.r.below(2) ? there : this.expression(type, 1);
      code.push(...expected, ...this.expression(type, 1), ...op(name("cmpxchg"), alignment, 0));
    } else code.push(...this.expression(type, 2), ...op(name(this.r.pick(atomicOps)), alignment, 0));
    const local = this.local(type);
    return [...code, ...(local && this.r.below(2) ? op("local.set", ...unsigned(local.index)) : op("drop"))];
  }

  /** Masks a value to its low byte. */
  private constant8(type: IntegerType): number[] {
    return [...(type === "i32" ? i32(0xff) : i64(0xffn)), ...op(`${type}.and`)];
  }

  private ifStatement(size: number): number[] {
    const condition = this.condition(3);
    this.labels.unshift(true);
    const code = [...condition, ...op("if", blockType()), ...this.statements(size)];
    if (this.r.below(2)) code.push(...op("else"), ...this.statements(size));
    this.labels.shift();
    return [...code, ...op("end")];
  }

  private blockStatement(size: number): number[] {
    this.labels.unshift(true);
    const code = [...op("block", blockType()), ...this.statements(size + 1)];
    code.push(...this.condition(2), ...op("br_if", 0), ...this.statements(size));
    this.labels.shift();
    return [...code, ...op("end")];
  }

  private loopStatement(size: number): number[] {
    if (this.loops >= 2) return this.assign();
    const counter = this.newLocal("i32");
    this.locals.splice(this.locals.indexOf(counter), 1);
    this.loops++;
    this.labels.unshift(undefined);
    const body = this.statements(size + 1);
    this.labels.shift();
    this.loops--;
    const index = unsigned(counter.index);
    return [
      ...i32(1 + this.r.below(5)),
      ...op("local.set", ...index),
      ...op("loop", blockType()),
      ...body,
      ...op("local.get", ...index),
      ...i32(1),
      ...op("i32.sub"),
      ...op("local.tee", ...index),
      ...op("br_if", 0),
      ...op("end"),
    ];
  }

  private switchStatement(size: number): number[] {
    const count = 2 + this.r.below(4);
    const selector = [...this.expression("i32", 2), ...i32(7), ...op("i32.and")];
    for (let i = 0; i < count; i++) this.labels.unshift(true);
    const targets = Array.from({ length: 2 + this.r.below(6) }, () => unsigned(this.r.below(count)));
    const code = Array.from({ length: count }, () => op("block", blockType())).flat();
    code.push(...selector, ...op("br_table", ...unsigned(targets.length - 1), ...targets.flat()));
    for (let i = 0; i < count; i++) {
      code.push(...op("end"));
      this.labels.shift();
      code.push(...this.statement(size));
    }
    return code;
  }

  /** A branch out of some constructs around, or a return, if a condition holds. */
  private branch(): number[] {
    const targets = this.labels.flatMap((label, depth) => (label ? [depth] : []));
    if (targets.length && this.r.below(4)) {
      return [...this.condition(2), ...op("br_if", ...unsigned(this.r.pick(targets)))];
    }
    const [result] = this.type.results as Type[];
    const value = result ? this.leaf(result) : [];
    return [...this.condition(2), ...op("if", blockType()), ...value, ...op("return"), ...op("end")];
  }
}

function randomBits(r: Random, type: ValueType): bigint {
  if (type === "i32") return BigInt(r.word());
  return type === "i64" ? r.long() : floatBits(type, r.next(), r.next());
}

function mainFunction(
  r: Random,
  functions: readonly FunctionSource[],
  globals: readonly Type[],
  base: number,
) {
  const body: number[] = [];
  let at = base + scratchSize;
  for (let round = 0; round < 2; round++) {
    functions.forEach(({ type }, i) => {
      const call = [
        ...type.parameters.flatMap((t) => constant(t, randomBits(r, t))),
        ...op("call", ...unsigned(i)),
      ];
      const [result] = type.results;
      if (result) body.push(...i32(at), ...call, ...op(`${result}.store`, 0, 0));
      else body.push(...call);
      at += 8;
    });
  }
  globals.forEach((type, i) => {
    body.push(...i32(at), ...op("global.get", ...unsigned(i)), ...op(`${type}.store`, 0, 0));
    at += 8;
  });
  return { type: types[0], locals: [], body, exportedAs: "main" };
}

/** The binary of a random module whose observable memory is `observedSize` bytes from `base` on. */
export function randomProgram(
  seed: number,
  size: number,
  base: number,
  floats = false,
): Uint8Array<ArrayBuffer> {
  const r = new Random(seed);
  const globals: Type[] = ["i32", "i64", "i32", ...(floats ? (["f64", "f32"] as const) : [])];
  const all = floats ? [...types, ...floatTypes] : types;
  const functions: FunctionSource[] = [];
  const count = 2 + r.below(6);
  for (let i = 0; i < count; i++) {
    const type = r.pick(all.slice(1));
    const earlier = functions.map((f) => f.type);
    functions.push(new FunctionGenerator(r, type, earlier, globals, base, size, all, floats).run());
  }
  const bytes = Uint8Array.from({ length: observedSize }, () => r.next() & 0xff);
  return writeModule({
    types: all,
    functions: [...functions, mainFunction(r, functions, globals, base)],
    globals: globals.map((type) => ({ type, value: randomBits(r, type) })),
    table: functions.map((_, i) => i).filter(isInTable),
    data: [{ address: base, bytes }],
    memoryPages: Math.ceil((base + 0x10000) / 0x10000),
  });
}
