// Instructions on floating point. A value is its bits, in one word or two, so that it moves like an integer; whatever
// computes is a routine of the runtime, `__f64_add` for f64.add.
import { loadLong, storeLong, type Long } from "./lower-long";
import type { Value } from "./ir";
import type { Lowering } from "./lower";
import type { WasmInstruction } from "./wasm-reader";

const signBit = 0x80000000;
/** One that can trap is kept even if nobody wants its result. */
const traps = /^trunc_f/;
const swapped: Readonly<Record<string, string>> = { gt: "lt", ge: "le" };

/** Whether an instruction has to do with floating point. */
export const isFloat = (name: string): boolean => /f(32|64)/.test(name);

const isWide = (type: string) => type === "f64" || type === "i64";

/** The types of an instruction's operands: those of `f64.promote_f32`, `f64.convert_i64_s`, or its own. */
function operandType(type: string, rest: string): string {
  return /_([if](?:32|64))/.exec(rest)?.[1] ?? type;
}

function popWords(l: Lowering, type: string): Value[] {
  if (!isWide(type)) return [l.pop()];
  const { low, high } = l.popLong();
  return [low, high];
}

function pushRoutine(l: Lowering, type: string, rest: string, args: Value[], isResultWide: boolean): void {
  const properties = { text: `__${type}_${rest}`, results: isResultWide ? 2 : 1 };
  const low = l.value(traps.test(rest) ? "call" : "helper", args, properties);
  l.push(low, isResultWide ? l.value("high", [low]) : undefined);
}

/** Changes the word that holds the sign. */
function changeSign(l: Lowering, type: string, change: (word: Value) => Value): void {
  const words = popWords(l, type);
  const high = change(words.pop()!);
  if (words.length) l.push(words[0], high);
  else l.push(high);
}

function copySign(l: Lowering, type: string): void {
  const sign = l.binary("and", popWords(l, type).pop()!, l.constant(signBit));
  changeSign(l, type, (word) => l.binary("or", l.binary("and", word, l.constant(~signBit)), sign));
}

function compare(l: Lowering, type: string, condition: string): void {
  let b = popWords(l, type);
  let a = popWords(l, type);
  if (condition in swapped) [a, b] = [b, a];
  const name = condition === "ne" ? "eq" : (swapped[condition] ?? condition);
  const result = l.value("helper", [...a, ...b], { text: `__${type}_${name}`, results: 1 });
  l.push(condition === "ne" ? l.compare("eq", result, l.constant(0)) : result);
}

function pushConstant(l: Lowering, type: string, i: WasmInstruction): void {
  if (type === "f32") return l.push(l.constant(i.value!));
  const word = (shift: bigint) => l.constant(Number(BigInt.asIntN(32, i.long! >> shift)));
  l.push(word(0n), word(32n));
}

function access(l: Lowering, type: string, rest: string, offset: number): void {
  if (rest === "load") {
    const address = l.pop();
    if (type === "f32") return l.push(l.value("load", [address], { number: offset }));
    const { low, high } = loadLong(l, "load", address, offset);
    return l.push(low, high);
  }
  const value = type === "f64" ? l.popLong() : ({ low: l.pop() } as Long);
  const address = l.pop();
  if (type === "f64") storeLong(l, address, offset, value);
  else l.value("store", [address, value.low], { number: offset });
}

/** Lowers an instruction of which `isFloat` holds, named `type.rest`. */
export function lowerFloat(l: Lowering, type: string, rest: string, i: WasmInstruction): void {
  if (rest === "const") return pushConstant(l, type, i);
  if (rest === "load" || rest === "store") return access(l, type, rest, i.value!);
  if (rest.startsWith("reinterpret")) return;
  if (rest === "abs") return changeSign(l, type, (word) => l.binary("and", word, l.constant(~signBit)));
  if (rest === "neg") return changeSign(l, type, (word) => l.binary("xor", word, l.constant(signBit)));
  if (rest === "copysign") return copySign(l, type);
  if (/^(eq|ne|lt|gt|le|ge)$/.test(rest)) return compare(l, type, rest);
  const operands = operandType(type, rest);
  const second = /^(add|sub|mul|div|min|max)$/.test(rest) ? popWords(l, operands) : [];
  pushRoutine(l, type, rest, [...popWords(l, operands), ...second], isWide(type));
}
