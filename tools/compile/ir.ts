// The compiler's middle: functions as graphs of basic blocks of 32-bit values in SSA form. A 64-bit value is two
// values. What an operation means is WebAssembly's meaning of the instruction with the same name.

/** Comparisons, and how each reads with its operands swapped and when negated. */
export const conditions = {
  eq: { swapped: "eq", negated: "ne" },
  ne: { swapped: "ne", negated: "eq" },
  lt_s: { swapped: "gt_s", negated: "ge_s" },
  lt_u: { swapped: "gt_u", negated: "ge_u" },
  gt_s: { swapped: "lt_s", negated: "le_s" },
  gt_u: { swapped: "lt_u", negated: "le_u" },
  le_s: { swapped: "ge_s", negated: "gt_s" },
  le_u: { swapped: "ge_u", negated: "gt_u" },
  ge_s: { swapped: "le_s", negated: "lt_s" },
  ge_u: { swapped: "le_u", negated: "lt_u" },
} as const satisfies Record<string, { swapped: string; negated: string }>;

export type Condition = keyof typeof conditions;

export type Width = "8s" | "8u" | "16s" | "16u" | "32";

/** `pure`: no effect and no dependence on memory. `read`: depends on memory. `effect`: must be kept and ordered. */
export type Effect = "pure" | "read" | "effect";

/** Every operation with its effect. Comments give the arguments. */
export const operations = {
  const: "pure", // number
  parameter: "pure", // number: index of the argument word
  phi: "pure", // one argument per predecessor
  frame: "pure", // number: bytes; the address of a slot in the stack frame, one for each such value
  add: "pure",
  sub: "pure",
  mul: "pure",
  and: "pure",
  or: "pure",
  xor: "pure",
  shl: "pure",
  shr_s: "pure",
  shr_u: "pure",
  rotl: "pure",
  rotr: "pure",
  // Division traps like the i386's, except where nobody wants the result. `high` gives the remainder.
  div_s: "pure",
  div_u: "pure",
  rem_s: "pure", // remainder alone, for any divisor
  rem_u: "pure", // never left: lowered to `high` of the quotient
  clz: "pure",
  ctz: "pure",
  popcnt: "pure",
  extend8: "pure",
  extend16: "pure",
  compare: "pure", // condition; a, b -> 0 or 1
  select: "pure", // condition value, if not zero, if zero
  compare64: "pure", // condition; a low, a high, b low, b high -> 0 or 1
  add64: "pure", // a low, a high, b low, b high -> low; `high` gives the other half
  sub64: "pure",
  mul64: "pure",
  mul_wide_u: "pure", // a, b -> low of the 64-bit product
  mul_wide_s: "pure",
  high: "pure", // the second result of its argument
  shld: "pure", // a, b; number n in 1..31: (a << n) | (b >>> 32 - n)
  shrd: "pure", // a, b; number n in 1..31: (a >>> n) | (b << 32 - n)
  load: "read", // width, offset, symbol; address (none when only a symbol)
  volatileLoad: "effect",
  store: "effect", // width, offset, symbol; address (as for load), value
  exchange: "effect", // width, offset; address, value -> old value
  modify: "effect", // width, offset, text: the operation; address, value; no result
  helper: "pure", // text: symbol of a routine without effects; argument words -> one or two words
  call: "effect", // text: symbol; number: how many of the argument words go in registers -> up to two words
  callIndirect: "effect", // table index, argument words
  copy: "effect", // to, from, count
  fill: "effect", // to, byte, count
  intrinsic: "effect", // text: name
  trap: "effect",
} as const satisfies Record<string, Effect>;

export type Operation = keyof typeof operations;

export class Value {
  /** Number of arguments and terminators that name this value; kept by `countUses`. */
  uses = 0;
  width: Width = "32";
  condition: Condition = "eq";
  /** The constant, offset, index or count. */
  number = 0;
  /** A symbol whose address is added, of load and store. */
  symbol: string | undefined;
  text = "";
  /** How many words a call gives. */
  results = 1;
  /** Of a call whose result is in ST0: its bytes; otherwise 0. */
  floatBytes = 0;
  /** Byte offset in the WebAssembly module. */
  position = -1;

  constructor(
    readonly id: number,
    readonly operation: Operation,
    public args: Value[],
    public block: Block,
  ) {}

  get isConstant(): boolean {
    return this.operation === "const";
  }

  get effect(): Effect {
    return operations[this.operation];
  }
}

export type Terminator =
  | { readonly kind: "jump"; readonly targets: [Block] }
  | { readonly kind: "branch"; condition: Value; readonly targets: [Block, Block] }
  | { readonly kind: "switch"; condition: Value; readonly targets: Block[] }
  | { readonly kind: "return"; values: Value[]; readonly targets: [] }
  | { readonly kind: "trap"; readonly targets: [] };

export class Block {
  readonly predecessors: Block[] = [];
  readonly phis: Value[] = [];
  values: Value[] = [];
  terminator: Terminator | undefined;
  terminatorPosition = -1;
  /** How many loops are around it. */
  loopDepth = 0;

  constructor(public id: number) {}

  get successors(): readonly Block[] {
    return this.terminator?.targets ?? [];
  }
}

export class IrFunction {
  readonly blocks: Block[] = [];
  private valueCount = 0;
  private readonly constants = new Map<number, Value>();

  constructor(
    readonly name: string,
    /** Words of arguments and results. */
    readonly parameterWords: number,
    readonly resultWords: number,
    /** How many of the first argument words come in registers. */
    readonly registerWords = 0,
    /** Bytes of a result that goes in ST0; 0 when it goes in registers. */
    readonly floatBytes = 0,
  ) {}

  block(): Block {
    const block = new Block(this.blocks.length);
    this.blocks.push(block);
    return block;
  }

  value(operation: Operation, args: Value[], block: Block): Value {
    return new Value(this.valueCount++, operation, args, block);
  }

  /** The one value for a constant; it is in no block's list. */
  constant(value: number): Value {
    let constant = this.constants.get(value | 0);
    if (!constant) {
      constant = this.value("const", [], this.blocks[0]);
      constant.number = value | 0;
      this.constants.set(value | 0, constant);
    }
    return constant;
  }

  get values(): number {
    return this.valueCount;
  }

  /** Forgets blocks that cannot be reached and numbers the others in reverse postorder. */
  order(): void {
    const seen = new Set<Block>();
    const postorder: Block[] = [];
    const walk = (start: Block) => {
      const stack = [{ block: start, rest: visitOrder(start) }];
      seen.add(start);
      while (stack.length) {
        const top = stack[stack.length - 1];
        const next = top.rest.pop();
        if (!next) {
          postorder.push(top.block);
          stack.pop();
        } else if (!seen.has(next)) {
          seen.add(next);
          stack.push({ block: next, rest: visitOrder(next) });
        }
      }
    };
    walk(this.blocks[0]);
    for (const block of postorder) dropDeadPredecessors(block, seen);
    this.blocks.splice(0, this.blocks.length, ...postorder.reverse());
    this.blocks.forEach((block, i) => (block.id = i));
  }
}

/**
 * Successors, the one to come directly after the block first: loops stay together, what is unlikely goes last.
 * (What a depth-first walk visits last ends up first in reverse postorder.)
 */
function visitOrder(block: Block): Block[] {
  const likelihood = (b: Block) => (b.terminator?.kind === "trap" ? -1 : b.loopDepth);
  return [...block.successors].sort((a, b) => likelihood(b) - likelihood(a));
}

function dropDeadPredecessors(block: Block, alive: ReadonlySet<Block>): void {
  const keep = block.predecessors.map((p) => alive.has(p));
  if (keep.every(Boolean)) return;
  for (const phi of block.phis) phi.args = phi.args.filter((_, i) => keep[i]);
  const kept = block.predecessors.filter((_, i) => keep[i]);
  block.predecessors.splice(0, block.predecessors.length, ...kept);
}

/** A quotient cannot be simplified or moved without its remainder. */
export const hasSecondResult = (v: Value): boolean => v.operation === "div_s" || v.operation === "div_u";

/** The values that a terminator names. */
export function terminatorValues(terminator: Terminator | undefined): readonly Value[] {
  if (!terminator) return [];
  if (terminator.kind === "branch" || terminator.kind === "switch") return [terminator.condition];
  return terminator.kind === "return" ? terminator.values : [];
}

export function mapTerminator(terminator: Terminator | undefined, map: (value: Value) => Value): void {
  if (!terminator) return;
  if (terminator.kind === "branch" || terminator.kind === "switch")
    terminator.condition = map(terminator.condition);
  else if (terminator.kind === "return") terminator.values = terminator.values.map(map);
}

function formatValue(v: Value): string {
  const details = [
    v.operation === "compare" || v.operation === "compare64" ? v.condition : "",
    /load|store|exchange|modify/i.test(v.operation) ? v.width : "",
    v.text,
    v.symbol ?? "",
    v.number || v.isConstant ? `${v.number}` : "",
  ].filter(Boolean);
  const args = v.args.map((a) => (a.isConstant ? `${a.number}` : `v${a.id}`));
  return `v${v.id} = ${[v.operation, ...details].join(".")}${args.length ? ` ${args.join(", ")}` : ""}`;
}

function formatTerminator(t: Terminator | undefined): string {
  if (!t) return "open";
  const values = terminatorValues(t).map((v) => (v.isConstant ? `${v.number}` : `v${v.id}`));
  return [t.kind, ...values, ...t.targets.map((b) => `b${b.id}`)].join(" ");
}

/** A function as text. */
export function printIr(f: IrFunction): string {
  const lines = [`function ${f.name} (${f.parameterWords}) -> ${f.resultWords}`];
  for (const block of f.blocks) {
    const from = block.predecessors.map((p) => `b${p.id}`).join(" ");
    lines.push(
      `b${block.id}:${from ? ` ; from ${from}` : ""}${block.loopDepth ? `, loop ${block.loopDepth}` : ""}`,
    );
    for (const value of [...block.phis, ...block.values]) {
      if (!value.isConstant) lines.push(`  ${formatValue(value)}`);
    }
    lines.push(`  ${formatTerminator(block.terminator)}`);
  }
  return lines.join("\n") + "\n";
}
