// Atomic accesses on one processor: plain moves that are neither merged nor moved. Of the read-modify-write ones
// a 32-bit exchange, and those whose old value nobody wants, are single instructions and so atomic to interrupts
// too; the others are a load, an operation and a store (the i386 has no XADD and no CMPXCHG).
import type { Operation, Value, Width } from "./ir";
import { storeWidth, type Lowering } from "./lower";
import { binaryLong, loadLong, storeLong, type Long } from "./lower-long";
import type { WasmInstruction } from "./wasm-reader";

const pattern = /^i(32|64)\.atomic\.(load|store|rmw)(8|16|32)?(?:\.(\w+?))?(?:_u)?$/;

interface Access {
  readonly long: boolean;
  /** The access is narrower than the type by this many bits' name, or "" when it is not. */
  readonly bits: string;
  readonly offset: number;
}

function load(l: Lowering, { bits }: Access, address: Value, offset: number): Value {
  const width = (bits === "8" || bits === "16" ? `${bits}u` : "32") as Width;
  return l.value("volatileLoad", [address], { width, number: offset });
}

function loadAny(l: Lowering, access: Access, address: Value): Long {
  if (access.long && !access.bits) return loadLong(l, "volatileLoad", address, access.offset);
  return { low: load(l, access, address, access.offset), high: l.constant(0) };
}

function storeAny(l: Lowering, access: Access, address: Value, value: Long): void {
  if (access.long && !access.bits) return storeLong(l, address, access.offset, value);
  l.value("store", [address, value.low], { width: storeWidth(access.bits), number: access.offset });
}

function popAny(l: Lowering): Long {
  const { low, high } = l.stack.pop()!;
  return { low, high: high ?? l.constant(0) };
}

function push(l: Lowering, access: Access, value: Long): void {
  l.push(value.low, access.long ? value.high : undefined);
}

/** What a narrow access sees of a value. */
function wrap(l: Lowering, { bits }: Access, { low, high }: Long): Long {
  if (!bits) return { low, high };
  const mask = l.constant(bits === "8" ? 0xff : bits === "16" ? 0xffff : -1);
  return { low: l.binary("and", low, mask), high: l.constant(0) };
}

function compareExchange(l: Lowering, access: Access): void {
  const replacement = popAny(l);
  const expected = wrap(l, access, popAny(l));
  const address = l.pop();
  const old = loadAny(l, access, address);
  const difference = l.binary(
    "or",
    l.binary("xor", old.low, expected.low),
    l.binary("xor", old.high, expected.high),
  );
  const same = l.compare("eq", difference, l.constant(0));
  storeAny(l, access, address, {
    low: l.value("select", [same, replacement.low, old.low]),
    high: l.value("select", [same, replacement.high, old.high]),
  });
  push(l, access, old);
}

function modify(l: Lowering, access: Access, operation: string, dropped: boolean): void {
  const operand = popAny(l);
  const address = l.pop();
  const word = !access.long && !access.bits;
  if (operation === "xchg" && word) {
    l.push(l.value("exchange", [address, operand.low], { number: access.offset }));
  } else if (dropped && word && operation !== "xchg") {
    l.value("modify", [address, operand.low], { number: access.offset, text: operation });
    l.push(l.constant(0));
  } else {
    const old = loadAny(l, access, address);
    storeAny(l, access, address, combine(l, access, operation, old, operand));
    push(l, access, old);
  }
}

function combine(l: Lowering, access: Access, operation: string, old: Long, operand: Long): Long {
  if (operation === "xchg") return operand;
  if (access.long && !access.bits) return binaryLong(l, operation, old, operand);
  return { low: l.binary(operation as Operation, old.low, operand.low), high: operand.high };
}

export function lowerAtomic(l: Lowering, i: WasmInstruction, next: WasmInstruction | undefined): void {
  const match = pattern.exec(i.name);
  if (!match) l.error(`${i.name} is not supported`);
  const [, type, kind, bits = "", operation] = match;
  const access: Access = { long: type === "64", bits, offset: i.value! };
  if (kind === "load") push(l, access, loadAny(l, access, l.pop()));
  else if (kind === "store") {
    const value = popAny(l);
    storeAny(l, access, l.pop(), value);
  } else if (operation === "cmpxchg") compareExchange(l, access);
  else modify(l, access, operation, next?.name === "drop");
}
