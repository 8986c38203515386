// What a value of given operation and arguments is equal to, when that is something simpler.
import { conditions, type Condition, type IrFunction, type Value } from "./ir";

export interface Shape {
  readonly operation: Value["operation"];
  readonly args: readonly Value[];
  readonly condition?: Condition;
  readonly number?: number;
}

type Fold = (a: number, b: number) => number | undefined;

const clz = (a: number) => Math.clz32(a);
const ctz = (a: number) => (a === 0 ? 32 : 31 - Math.clz32(a & -a));

function popcount(a: number): number {
  let count = 0;
  for (let rest = a >>> 0; rest; rest &= rest - 1) count++;
  return count;
}

const folds: Partial<Record<Value["operation"], Fold>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => Math.imul(a, b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shr_s: (a, b) => a >> b,
  shr_u: (a, b) => a >>> b,
  rotl: (a, b) => (a << b) | ((b & 31) === 0 ? 0 : a >>> (32 - (b & 31))),
  rotr: (a, b) => (a >>> b) | ((b & 31) === 0 ? 0 : a << (32 - (b & 31))),
  div_s: (a, b) => (b === 0 || (b === -1 && a === -0x80000000) ? undefined : a / b),
  div_u: (a, b) => (b === 0 ? undefined : (a >>> 0) / (b >>> 0)),
  rem_s: (a, b) => (b === 0 ? undefined : a % b),
  rem_u: (a, b) => (b === 0 ? undefined : (a >>> 0) % (b >>> 0)),
  clz,
  ctz,
  popcnt: popcount,
  extend8: (a) => (a << 24) >> 24,
  extend16: (a) => (a << 16) >> 16,
};

const compares: Record<Condition, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  gt_s: (a, b) => a > b,
  le_s: (a, b) => a <= b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => a >>> 0 < b >>> 0,
  gt_u: (a, b) => a >>> 0 > b >>> 0,
  le_u: (a, b) => a >>> 0 <= b >>> 0,
  ge_u: (a, b) => a >>> 0 >= b >>> 0,
};

export const isCommutative = (operation: Value["operation"]) => /^(add|mul|and|or|xor)$/.test(operation);

/** Operations whose right operand 0 leaves the left one as it is. */
const zeroRight = new Set(["add", "sub", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"]);

function foldConstants(f: IrFunction, shape: Shape): Value | undefined {
  if (!shape.args.length || !shape.args.every((a) => a.isConstant)) return undefined;
  const [a, b = 0, c = 0, d = 0] = shape.args.map((arg) => arg.number);
  if (shape.operation === "compare") return f.constant(compares[shape.condition!](a, b) ? 1 : 0);
  if (shape.operation === "compare64") {
    const [low, high] = [compares[unsigned(shape.condition!)](a, c), compares[shape.condition!](b, d)];
    return f.constant((b === d ? low : high) ? 1 : 0);
  }
  const n = shape.number ?? 0;
  if (shape.operation === "shld") return f.constant((a << n) | (b >>> (32 - n)));
  if (shape.operation === "shrd") return f.constant((a >>> n) | (b << (32 - n)));
  const value = folds[shape.operation]?.(a, b);
  return value === undefined ? undefined : f.constant(value);
}

const unsigned = (condition: Condition) => condition.replace("_s", "_u") as Condition;

function identity(f: IrFunction, { operation, args }: Shape): Value | undefined {
  const [a, b] = args;
  if (b.isConstant) {
    const n = b.number;
    if (n === 0 && zeroRight.has(operation)) return a;
    if (n === 0 && (operation === "and" || operation === "mul")) return b;
    if (n === -1 && operation === "and") return a;
    if (n === 1 && (operation === "mul" || operation === "div_u" || operation === "div_s")) return a;
    if (operation === "and" && a.operation === "compare" && (n & 1) === 1) return a;
  }
  if (a === b && (operation === "sub" || operation === "xor")) return f.constant(0);
  if (a === b && (operation === "and" || operation === "or")) return a;
  return undefined;
}

function simplifyCompare(f: IrFunction, shape: Shape): Value | undefined {
  const [a, b] = shape.args;
  const condition = shape.condition!;
  if (a === b) return f.constant(/^(eq|le|ge)/.test(condition) ? 1 : 0);
  const zeroOrOne = a.operation === "compare" || a.operation === "compare64";
  if (zeroOrOne && b.isConstant && b.number === 0 && condition === "ne") return a;
  return undefined;
}

/** An existing value or constant that equals the one described, if there is a simple one. */
export function simplify(f: IrFunction, shape: Shape): Value | undefined {
  const folded = foldConstants(f, shape);
  if (folded) return folded;
  const { operation, args } = shape;
  switch (operation) {
    case "compare":
      return simplifyCompare(f, shape);
    case "select":
      if (args[0].isConstant) return args[0].number ? args[1] : args[2];
      return args[1] === args[2] ? args[1] : undefined;
    case "high":
    case "phi":
    case "load":
      return undefined;
    default:
      return args.length === 2 && operation in folds ? identity(f, shape) : undefined;
  }
}

/** `not` of a 0-or-1 value, when it is a comparison: what `compare.eq x, 0` becomes. */
export function negatedCompare(value: Value): Condition | undefined {
  return value.operation === "compare" || value.operation === "compare64"
    ? conditions[value.condition].negated
    : undefined;
}
