// WebAssembly's structured stack code to SSA. Locals and block results become variables, whose reads find or make
// phis as in Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (2013).
import { LocatedError } from "./errors";
import { Block, IrFunction, conditions, type Condition, type Operation, type Value, type Width } from "./ir";
import { intrinsics } from "./intrinsics";
import { lowerAtomic } from "./lower-atomics";
import { lowerBulk } from "./lower-bulk";
import { isFloat, lowerFloat } from "./lower-float";
import { lowerLong, type Long } from "./lower-long";
import { negatedCompare, simplify } from "./simplify";
import type { FunctionType, ValueType, WasmFunction, WasmInstruction, WasmModule } from "./wasm-reader";

/** What of a Value can be given when it is made. */
export type Properties = Partial<
  Pick<Value, "width" | "condition" | "number" | "symbol" | "text" | "results" | "floatBytes">
>;

/** A value on WebAssembly's stack: one word, or two for an i64 or f64. */
export interface StackValue {
  readonly low: Value;
  readonly high?: Value;
}

export interface ModuleNames {
  /** The symbol of a function that has code or is an assembler routine. */
  functionSymbol(index: number): string;
  /** How many argument words the function takes in registers; the others are on the stack. */
  registerWords(index: number): number;
  /** Whether the function returns a float in ST0, as System V has it, and not in its words' registers. */
  returnsInSt0(index: number): boolean;
  globalSymbol(index: number): string;
  /** Whether the program may use floating point. */
  readonly floats: boolean;
}

interface Control {
  readonly kind: "function" | "block" | "loop" | "if";
  /** Where a branch to this label goes. */
  readonly target: Block;
  /** What follows the construct. */
  readonly end: Block;
  readonly resultVariables: readonly (readonly number[])[];
  /** Of an `if` whose `else` has not come yet. */
  elseBlock?: Block;
  readonly stackHeight: number;
}

const binary = new Set<string>(
  "add sub mul and or xor shl shr_s shr_u rotl rotr div_s div_u rem_s rem_u".split(" "),
);
const unary: Readonly<Record<string, Operation>> = {
  clz: "clz",
  ctz: "ctz",
  popcnt: "popcnt",
  extend8_s: "extend8",
  extend16_s: "extend16",
};

/** Bytes of a frame slot; stacks are not much larger. */
const largestSlot = 65536;

const isWide = (type: ValueType) => type === "i64" || type === "f64";

export const words = (types: readonly ValueType[]) => types.reduce((n, t) => n + (isWide(t) ? 2 : 1), 0);

/** Bytes of a result that comes back in ST0, 0 when none does. */
const floatBytes = ([type]: readonly ValueType[]) => (type === "f64" ? 8 : type === "f32" ? 4 : 0);

export class Lowering {
  readonly f: IrFunction;
  readonly stack: StackValue[] = [];
  position = -1;
  private block: Block | undefined;
  private readonly control: Control[] = [];
  private readonly definitions = new Map<Block, Map<number, Value>>();
  private readonly incomplete = new Map<Block, Map<number, Value>>();
  private readonly replacements = new Map<Value, Value>();
  /** The variables of each local: one, or two for an i64 or f64. */
  private readonly locals: number[][] = [];
  private variables = 0;
  private deadDepth = 0;
  private loops = 0;

  constructor(
    private readonly module: WasmModule,
    private readonly source: WasmFunction,
    private readonly names: ModuleNames,
  ) {
    const { type } = source;
    const { index } = source;
    this.f = new IrFunction(
      names.functionSymbol(index),
      words(type.parameters),
      words(type.results),
      names.registerWords(index),
      names.returnsInSt0(index) ? floatBytes(type.results) : 0,
    );
  }

  run(): IrFunction {
    this.start();
    this.source.body.forEach((instruction, i) => {
      this.position = instruction.offset;
      if (this.block) this.instruction(instruction, this.source.body[i + 1]);
      else this.skip(instruction);
    });
    this.f.order();
    this.removeTrivialPhis();
    return this.f;
  }

  // Values

  value(operation: Operation, args: Value[], properties: Properties = {}): Value {
    return simplify(this.f, { operation, args, ...properties }) ?? this.add(operation, args, properties);
  }

  /** A new value, even if it could be something simpler: one whose second result is wanted. */
  private add(operation: Operation, args: Value[], properties: Properties = {}): Value {
    const value = this.f.value(operation, args, this.block!);
    Object.assign(value, properties);
    value.position = this.position;
    this.block!.values.push(value);
    return value;
  }

  constant(value: number): Value {
    return this.f.constant(value);
  }

  compare(condition: Condition, a: Value, b: Value): Value {
    if (a.isConstant && !b.isConstant) return this.compare(conditions[condition].swapped, b, a);
    const negated = condition === "eq" && b.isConstant && b.number === 0 ? negatedCompare(a) : undefined;
    if (negated) return this.value(a.operation, a.args, { condition: negated });
    return this.value("compare", [a, b], { condition });
  }

  push(low: Value, high?: Value): void {
    this.stack.push({ low, high });
  }

  pop(): Value {
    return this.stack.pop()!.low;
  }

  popLong(): Long {
    const { low, high } = this.stack.pop()!;
    return { low, high: high! };
  }

  error(message: string): never {
    throw new LocatedError(message, this.position);
  }

  // Variables

  private newVariables(type: ValueType): number[] {
    return isWide(type) ? [this.variables++, this.variables++] : [this.variables++];
  }

  private write(variable: number, block: Block, value: Value): void {
    let map = this.definitions.get(block);
    if (!map) this.definitions.set(block, (map = new Map()));
    map.set(variable, value);
  }

  private read(variable: number, block: Block): Value {
    const chain: Block[] = [];
    let at = block;
    let found: Value | undefined;
    for (;;) {
      found = this.definitions.get(at)?.get(variable);
      if (found || this.incomplete.has(at) || at.predecessors.length !== 1) break;
      chain.push(at);
      at = at.predecessors[0];
    }
    found ??= this.readByPhi(variable, at);
    for (const passed of chain) this.write(variable, passed, found);
    return found;
  }

  private readByPhi(variable: number, block: Block): Value {
    if (block.predecessors.length === 0 && !this.incomplete.has(block)) return this.constant(0);
    const phi = this.f.value("phi", [], block);
    block.phis.push(phi);
    this.write(variable, block, phi);
    const waiting = this.incomplete.get(block);
    if (waiting) waiting.set(variable, phi);
    else this.completePhi(variable, phi);
    return phi;
  }

  private completePhi(variable: number, phi: Value): void {
    phi.args = phi.block.predecessors.map((p) => this.read(variable, p));
  }

  private seal(block: Block): void {
    const waiting = this.incomplete.get(block);
    this.incomplete.delete(block);
    for (const [variable, phi] of waiting ?? []) this.completePhi(variable, phi);
  }

  /** Drops phis that can only have one value, until none is left. */
  private removeTrivialPhis(): void {
    const resolve = (v: Value): Value => {
      let to = v;
      while (this.replacements.has(to)) to = this.replacements.get(to)!;
      return to;
    };
    for (let changed = true; changed;) {
      changed = false;
      for (const block of this.f.blocks) {
        for (const phi of block.phis) {
          if (this.replacements.has(phi)) continue;
          const others = new Set(phi.args.map(resolve).filter((a) => a !== phi));
          if (others.size > 1) continue;
          this.replacements.set(phi, others.values().next().value ?? this.constant(0));
          changed = true;
        }
      }
    }
    for (const block of this.f.blocks) {
      const kept = block.phis.filter((phi) => !this.replacements.has(phi));
      block.phis.splice(0, block.phis.length, ...kept);
      for (const value of [...block.phis, ...block.values]) value.args = value.args.map(resolve);
      const t = block.terminator;
      if (t?.kind === "return") t.values = t.values.map(resolve);
      else if (t && "condition" in t) t.condition = resolve(t.condition);
    }
  }

  // Control

  private start(): void {
    const entry = this.f.block();
    const end = this.f.block();
    this.incomplete.set(end, new Map());
    this.block = entry;
    let word = 0;
    for (const type of this.source.type.parameters) {
      const variables = this.newVariables(type);
      this.locals.push(variables);
      for (const variable of variables) {
        this.write(variable, entry, this.value("parameter", [], { number: word++ }));
      }
    }
    for (const type of this.source.locals) this.locals.push(this.newVariables(type));
    const resultVariables = this.source.type.results.map((t) => this.newVariables(t));
    this.control.push({ kind: "function", target: end, end, resultVariables, stackHeight: 0 });
  }

  private newBlock(): Block {
    const block = this.f.block();
    block.loopDepth = this.loops;
    return block;
  }

  private connect(from: Block, to: Block): void {
    if (!to.predecessors.includes(from)) to.predecessors.push(from);
  }

  private finish(terminator: Block["terminator"]): void {
    const block = this.block!;
    block.terminator = terminator;
    block.terminatorPosition = this.position;
    for (const target of block.successors) this.connect(block, target);
    this.block = undefined;
  }

  private jump(target: Block): void {
    this.finish({ kind: "jump", targets: [target] });
  }

  private branch(condition: Value, yes: Block, no: Block): void {
    if (condition.isConstant) this.jump(condition.number ? yes : no);
    else if (yes === no) this.jump(yes);
    else this.finish({ kind: "branch", condition, targets: [yes, no] });
  }

  /** Stores the results on top of the stack into a label's variables, without popping them. */
  private passResults(control: Control): void {
    if (control.kind === "loop") return;
    const from = this.stack.length - control.resultVariables.length;
    control.resultVariables.forEach((variables, i) => {
      const { low, high } = this.stack[from + i];
      this.write(variables[0], this.block!, low);
      if (high) this.write(variables[1], this.block!, high);
    });
  }

  private pushControl(kind: Control["kind"], type: FunctionType, target: Block, end: Block): Control {
    if (type.parameters.length) this.error("blocks with parameters are not supported");
    const resultVariables = type.results.map((t) => this.newVariables(t));
    const control: Control = { kind, target, end, resultVariables, stackHeight: this.stack.length };
    this.control.push(control);
    return control;
  }

  private beginBlock(type: FunctionType): void {
    const end = this.newBlock();
    this.incomplete.set(end, new Map());
    this.pushControl("block", type, end, end);
  }

  private beginLoop(type: FunctionType): void {
    const end = this.newBlock();
    this.incomplete.set(end, new Map());
    this.loops++;
    const header = this.newBlock();
    this.incomplete.set(header, new Map());
    this.jump(header);
    this.pushControl("loop", type, header, end);
    this.block = header;
  }

  private beginIf(type: FunctionType): void {
    const condition = this.pop();
    const yes = this.newBlock();
    const no = this.newBlock();
    const end = this.newBlock();
    this.incomplete.set(end, new Map());
    this.branch(condition, yes, no);
    const control = this.pushControl("if", type, end, end);
    control.elseBlock = no;
    this.block = yes;
  }

  private beginElse(): void {
    const control = this.control[this.control.length - 1];
    if (this.block) {
      this.passResults(control);
      this.jump(control.end);
    }
    this.stack.length = control.stackHeight;
    this.block = control.elseBlock;
    control.elseBlock = undefined;
  }

  private end(): void {
    const control = this.control.pop()!;
    if (control.kind === "loop") {
      this.seal(control.target);
      this.loops--;
      if (this.block) {
        // The results stay where they are; what follows has this block as its only predecessor.
        this.jump(control.end);
        this.incomplete.delete(control.end);
        this.block = control.end;
      } else this.stack.length = control.stackHeight;
      return;
    }
    if (this.block) {
      this.passResults(control);
      this.jump(control.end);
    }
    if (control.elseBlock) {
      this.block = control.elseBlock;
      this.jump(control.end);
    }
    this.seal(control.end);
    this.stack.length = control.stackHeight;
    this.block = control.end.predecessors.length ? control.end : undefined;
    if (this.block) this.takeResults(control);
    if (control.kind === "function" && this.block) this.returnValues();
  }

  private takeResults(control: Control): void {
    for (const [low, high] of control.resultVariables) {
      const first = this.read(low, this.block!);
      this.push(first, high === undefined ? undefined : this.read(high, this.block!));
    }
  }

  private returnValues(): void {
    const values = this.source.type.results.flatMap((_, i) => {
      const { low, high } = this.stack[this.stack.length - this.source.type.results.length + i];
      return high ? [low, high] : [low];
    });
    this.finish({ kind: "return", values, targets: [] });
  }

  private label(depth: number): Control {
    return this.control[this.control.length - 1 - depth];
  }

  private branchIf(depth: number): void {
    const condition = this.pop();
    const control = this.label(depth);
    this.passResults(control);
    const next = this.newBlock();
    this.branch(condition, control.target, next);
    this.block = next.predecessors.length ? next : undefined;
  }

  private branchTable(labels: readonly number[]): void {
    const condition = this.pop();
    const controls = labels.map((depth) => this.label(depth));
    for (const control of new Set(controls)) this.passResults(control);
    const targets = controls.map((c) => c.target);
    if (condition.isConstant) {
      const last = targets.length - 1;
      this.jump(targets[Math.min(condition.number >>> 0, last)]);
    } else if (targets.every((t) => t === targets[0])) this.jump(targets[0]);
    else this.finish({ kind: "switch", condition, targets });
  }

  /** Code that cannot be reached: only its nesting matters. */
  private skip({ name }: WasmInstruction): void {
    if (name === "block" || name === "loop" || name === "if") this.deadDepth++;
    else if (name === "end" && this.deadDepth > 0) this.deadDepth--;
    else if (name === "end") this.end();
    else if (name === "else" && this.deadDepth === 0) this.beginElse();
  }

  // Instructions

  private instruction(i: WasmInstruction, next: WasmInstruction | undefined): void {
    const simple = this.simpleInstructions[i.name];
    if (simple) return simple(i);
    const [type, rest] = splitName(i.name);
    if (isFloat(i.name)) {
      if (!this.names.floats) this.error("the x87 is not this program's: it must not use floating point");
      return lowerFloat(this, type, rest, i);
    }
    if (/atomic/.test(i.name)) return lowerAtomic(this, i, next);
    if (type === "i64") return lowerLong(this, rest, i);
    if (rest in conditions) {
      const b = this.pop();
      return this.push(this.compare(rest as Condition, this.pop(), b));
    }
    if (binary.has(rest)) {
      const b = this.pop();
      return this.push(this.binary(rest as Operation, this.pop(), b));
    }
    if (unary[rest]) return this.push(this.value(unary[rest], [this.pop()]));
    if (rest.startsWith("load")) return this.load(rest, i.value!);
    if (rest.startsWith("store")) return this.store(rest, i.value!);
    this.error(`${i.name} is not supported`);
  }

  /** A remainder comes with the quotient, unless the divisor could be -1. */
  private remainder(operation: "rem_s" | "rem_u", a: Value, b: Value): Value {
    const known = simplify(this.f, { operation, args: [a, b] });
    if (known) return known;
    if (operation === "rem_s" && (!b.isConstant || b.number === -1)) return this.value("rem_s", [a, b]);
    if (b.isConstant && b.number === 1) return this.constant(0);
    return this.value("high", [this.add(operation === "rem_s" ? "div_s" : "div_u", [a, b])]);
  }

  binary(operation: Operation, a: Value, b: Value): Value {
    if (operation === "rem_s" || operation === "rem_u") return this.remainder(operation, a, b);
    if (a.isConstant && /^(add|mul|and|or|xor)$/.test(operation)) [a, b] = [b, a];
    if (operation === "sub" && b.isConstant && !a.isConstant) {
      return this.value("add", [a, this.constant(-b.number)]);
    }
    return this.value(operation, [a, b]);
  }

  private load(name: string, offset: number): void {
    const width = (name.slice(4).replace("_", "") || "32") as Width;
    this.push(this.value("load", [this.pop()], { width, number: offset }));
  }

  private store(name: string, offset: number): void {
    const value = this.pop();
    this.value("store", [this.pop(), value], { width: storeWidth(name.slice(5)), number: offset });
  }

  private readonly simpleInstructions: Readonly<Record<string, (i: WasmInstruction) => void>> = {
    nop: () => {},
    unreachable: () => this.finish({ kind: "trap", targets: [] }),
    block: (i) => this.beginBlock(i.type!),
    loop: (i) => this.beginLoop(i.type!),
    if: (i) => this.beginIf(i.type!),
    else: () => this.beginElse(),
    end: () => this.end(),
    br: (i) => {
      this.passResults(this.label(i.value!));
      this.jump(this.label(i.value!).target);
    },
    br_if: (i) => this.branchIf(i.value!),
    br_table: (i) => this.branchTable(i.labels!),
    return: () => this.returnValues(),
    drop: () => void this.stack.pop(),
    select: () => this.select(),
    "local.get": (i) => {
      const [low, high] = this.locals[i.value!];
      this.push(this.read(low, this.block!), high === undefined ? undefined : this.read(high, this.block!));
    },
    "local.set": (i) => this.setLocal(i.value!, this.stack.pop()!),
    "local.tee": (i) => this.setLocal(i.value!, this.stack[this.stack.length - 1]),
    "global.get": (i) => this.getGlobal(i.value!),
    "global.set": (i) => this.setGlobal(i.value!),
    "i32.const": (i) => this.push(this.constant(i.value!)),
    "i32.eqz": () => this.push(this.compare("eq", this.pop(), this.constant(0))),
    "i32.wrap_i64": () => this.push(this.stack.pop()!.low),
    "memory.size": () => this.push(this.constant(this.module.memoryPages)),
    "memory.grow": () => {
      this.pop();
      this.push(this.constant(-1));
    },
    "memory.copy": () => lowerBulk(this, "copy"),
    "memory.fill": () => lowerBulk(this, "fill"),
    "atomic.fence": () => {},
    call: (i) => this.call(i.value!),
    call_indirect: (i) => this.callIndirect(i.type!),
  };

  private select(): void {
    const condition = this.pop();
    const no = this.stack.pop()!;
    const yes = this.stack.pop()!;
    const low = this.value("select", [condition, yes.low, no.low]);
    this.push(low, yes.high && this.value("select", [condition, yes.high, no.high!]));
  }

  private setLocal(index: number, value: StackValue): void {
    const [low, high] = this.locals[index];
    this.write(low, this.block!, value.low);
    if (value.high) this.write(high, this.block!, value.high);
  }

  private getGlobal(index: number): void {
    const global = this.module.globals[index];
    const constant = !global.mutable && !global.imported;
    const word = (i: number) => {
      if (constant) return this.constant(Number(BigInt.asIntN(32, global.value >> BigInt(32 * i))));
      return this.value("load", [], { symbol: this.names.globalSymbol(index), number: 4 * i });
    };
    this.push(word(0), isWide(global.type) ? word(1) : undefined);
  }

  private setGlobal(index: number): void {
    const symbol = this.names.globalSymbol(index);
    const { low, high } = this.stack.pop()!;
    this.value("store", [low], { symbol });
    if (high) this.value("store", [high], { symbol, number: 4 });
  }

  private popArguments(type: FunctionType): Value[] {
    const from = this.stack.length - type.parameters.length;
    return this.stack.splice(from).flatMap(({ low, high }) => (high ? [low, high] : [low]));
  }

  pushResults(type: FunctionType, call: Value): void {
    if (type.results.length > 1) this.error("functions with several results are not supported");
    if (type.results.length && isWide(type.results[0])) this.push(call, this.value("high", [call]));
    else if (type.results.length) this.push(call);
  }

  private call(index: number): void {
    const callee = this.module.functions[index];
    const args = this.popArguments(callee.type);
    const results = words(callee.type.results);
    const from = callee.imported?.[0].split("/").pop();
    if (from === "i386") return this.intrinsic(callee, args, results);
    if (from === "env" && callee.imported![1] === "abort") return this.finish({ kind: "trap", targets: [] });
    const text = this.names.functionSymbol(index);
    const floats = this.names.returnsInSt0(index) ? floatBytes(callee.type.results) : 0;
    const number = this.names.registerWords(index);
    const call = this.value("call", args, { text, results, number, floatBytes: floats });
    this.pushResults(callee.type, call);
  }

  private callIndirect(type: FunctionType): void {
    const index = this.pop();
    const args = this.popArguments(type);
    const call = this.value("callIndirect", [index, ...args], {
      results: words(type.results),
      floatBytes: floatBytes(type.results),
    });
    this.pushResults(type, call);
  }

  private intrinsic(callee: WasmFunction, args: Value[], results: number): void {
    const name = callee.imported![1];
    const kind = intrinsics[name];
    if (!kind) this.error(`there is no intrinsic ${name}`);
    if (kind.parameters !== args.length || kind.results !== results) {
      this.error(
        `${name} has ${kind.parameters} argument and ${kind.results} result words, not ${args.length} and ${results}`,
      );
    }
    if (name === "stackAlloc") {
      const small = args[0].isConstant && args[0].number >>> 0 <= largestSlot;
      if (!small) this.error(`stackAlloc needs a constant size, ${largestSlot} at most`);
      return this.push(this.value("frame", [], { number: args[0].number }));
    }
    this.pushResults(callee.type, this.value("intrinsic", args, { text: name, results }));
  }
}

export function splitName(name: string): [string, string] {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** The width of `store8`, `store16`, `store32` or `store`, given what follows `store`. */
export function storeWidth(bits: string): Width {
  return bits === "8" ? "8u" : bits === "16" ? "16u" : "32";
}

/** @throws LocatedError on what guest code cannot use. */
export function lowerFunction(module: WasmModule, source: WasmFunction, names: ModuleNames): IrFunction {
  return new Lowering(module, source, names).run();
}
