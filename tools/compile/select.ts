// SSA to machine instructions. Each block is walked backwards, so that a value is only computed when something
// already selected wants it in a register; addresses, constants, comparisons and loads are folded into their users.
import { Block, conditions, type Condition, type IrFunction, type Value } from "./ir";
import { intrinsics } from "./intrinsics";
import {
  EAX,
  EDX,
  firstVirtual,
  frameMemory,
  immediate,
  register,
  target,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineOperand,
  type MachineTerminator,
  type MemoryOperand,
  type Size,
} from "./mir";
import { selectors } from "./select-operations";

const conditionCodes: Readonly<Record<Condition, string>> = {
  eq: "e",
  ne: "ne",
  lt_s: "l",
  lt_u: "b",
  gt_s: "g",
  gt_u: "a",
  le_s: "le",
  le_u: "be",
  ge_s: "ge",
  ge_u: "ae",
};

/** The symbol of the program's function table. */
export const tableSymbol = "__function_table";

type Emitted = Omit<MachineInstruction, "position">;

export class Selection {
  readonly machine: MachineFunction;
  private readonly registers = new Map<Value, number>();
  private readonly secondRegisters = new Map<Value, number>();
  private readonly needed = new Set<Value>();
  private readonly slots = new Map<Value, number>();
  /** Memory and global writes before each value of the block at hand, and before the one being selected. */
  private readonly epochs = new Map<Value, { memory: number; globals: number; block: Block }>();
  private now = { memory: 0, globals: 0 };
  private block: Block;
  private output: MachineInstruction[] = [];
  private position = -1;
  private labels = 0;
  private floatPlace: number | undefined;

  constructor(private readonly f: IrFunction) {
    this.block = f.blocks[0];
    this.machine = {
      name: f.name,
      blocks: [],
      registers: firstVirtual,
      slots: [],
      outWords: 0,
      byteRegisters: new Set(),
      hints: [],
    };
  }

  run(): MachineFunction {
    const blocks = this.f.blocks.map((b): MachineBlock => ({
      id: b.id,
      instructions: [],
      terminator: { kind: "trap" },
      terminatorPosition: b.terminatorPosition,
      successors: [],
      predecessors: [],
      loopDepth: b.loopDepth,
    }));
    this.machine.blocks.push(...blocks);
    for (const block of this.f.blocks) {
      blocks[block.id].successors = block.successors.map((s) => blocks[s.id]);
      blocks[block.id].predecessors = block.predecessors.map((p) => blocks[p.id]);
    }
    for (let i = blocks.length - 1; i >= 0; i--) this.selectBlock(this.f.blocks[i], blocks[i]);
    return this.machine;
  }

  // What selectors use

  fresh(): number {
    return this.machine.registers++;
  }

  emit(op: string, operands: MachineOperand[], extra: Partial<Emitted> = {}): void {
    this.output.push({ op, operands, uses: [], defines: [], position: this.position, ...extra });
  }

  label(): string {
    return `.${this.labels++}`;
  }

  /** A move between registers. */
  move(to: number, from: number): void {
    this.emit("mov", [register(to), register(from)]);
  }

  /** The register of a value that is not constant; asks for it to be computed. */
  registerOf(v: Value): number {
    if (v.isConstant) return this.inRegister(v);
    if (v.operation === "high") return this.secondRegister(v.args[0]);
    let r = this.registers.get(v);
    if (r === undefined) this.registers.set(v, (r = this.fresh()));
    this.needed.add(v);
    return r;
  }

  private secondRegister(v: Value): number {
    let r = this.secondRegisters.get(v);
    if (r === undefined) this.secondRegisters.set(v, (r = this.fresh()));
    this.needed.add(v);
    return r;
  }

  /** The value in some register, constants included. */
  inRegister(v: Value): number {
    if (!v.isConstant) return this.registerOf(v);
    const r = this.fresh();
    this.emit("mov", [register(r), immediate(v.number)]);
    return r;
  }

  /** Where a selected value's result (its low word) goes. */
  result(v: Value): number {
    return this.registers.get(v) ?? this.fresh();
  }

  highResult(v: Value): number | undefined {
    return this.secondRegisters.get(v);
  }

  /** A register or an immediate. */
  simple(v: Value): MachineOperand {
    return v.isConstant ? immediate(v.number) : register(this.registerOf(v));
  }

  /** A register, an immediate or, when its only use is here, memory. */
  source(v: Value): MachineOperand {
    return this.canFold(v) ? this.memory(v) : this.simple(v);
  }

  /** A copy of a value, in `to`. */
  copyTo(to: number, v: Value): void {
    this.emit("mov", [register(to), this.source(v)]);
  }

  /** A 32-bit load whose only use is by the value at hand, with no write in between. */
  canFold(v: Value): boolean {
    if (v.operation === "parameter") {
      return v.number >= this.f.registerWords && v.uses === 1 && !this.block.loopDepth && !this.needed.has(v);
    }
    return v.operation === "load" && v.width === "32" && v.uses === 1 && this.unchanged(v);
  }

  /** Whether a load could as well happen now. */
  unchanged(v: Value): boolean {
    const at = this.epochs.get(v);
    if (!at || at.block !== this.block) return false;
    return v.args.length === 0 ? at.globals === this.now.globals : at.memory === this.now.memory;
  }

  /** Where an argument is when the function begins. */
  parameter(index: number): MachineOperand {
    const inRegisters = this.f.registerWords;
    return index < inRegisters
      ? register(target.argumentRegisters[index])
      : frameMemory("argument", index - inRegisters);
  }

  /** The operand of a load, store or other access whose address, if any, is its first argument. */
  memory(v: Value, size: Size = 4): MemoryOperand {
    if (v.operation === "parameter") return this.parameter(v.number) as MemoryOperand;
    if (v.symbol !== undefined) {
      return { kind: "memory", scale: 1, displacement: v.number, symbol: v.symbol, size };
    }
    return this.address(v.args[0], v.number, size);
  }

  /** `v + displacement` as an address. */
  address(v: Value, displacement: number, size: Size = 4): MemoryOperand {
    // A sum that is in a register anyway serves as it is.
    while (v.operation === "add" && v.args[1].isConstant && !this.needed.has(v)) {
      displacement += v.args[1].number;
      v = v.args[0];
    }
    const plain = { kind: "memory", scale: 1, displacement: displacement | 0, size } as const;
    if (v.isConstant) return { ...plain, displacement: (v.number + displacement) | 0 };
    if (v.operation === "add" && this.isOnlyHere(v)) return this.sum(v.args[0], v.args[1], plain);
    const scale = this.scaleOf(v);
    if (scale) return { ...plain, index: this.registerOf(v.args[0]), scale };
    return this.withBase(v, plain);
  }

  /** `a + b` as an address, for LEA. */
  sumAddress(a: Value, b: Value): MemoryOperand {
    const plain = { kind: "memory", scale: 1, displacement: 0, size: 4 } as const;
    return b.isConstant ? this.address(a, b.number) : this.sum(a, b, plain);
  }

  /** The value at hand is the only one that wants it. */
  private isOnlyHere(v: Value): boolean {
    return v.uses === 1 && !this.needed.has(v);
  }

  private sum(a: Value, b: Value, plain: MemoryOperand): MemoryOperand {
    if ((this.scaleOf(a) && !this.scaleOf(b)) || b.operation === "frame") [a, b] = [b, a];
    const scale = this.scaleOf(b);
    const index = this.registerOf(scale ? b.args[0] : b);
    return { ...this.withBase(a, plain), index, scale: scale ?? 1 };
  }

  private withBase(a: Value, plain: MemoryOperand): MemoryOperand {
    if (a.operation === "frame") return { ...plain, frame: { area: "slot", index: this.slotOf(a) } };
    if (a.operation === "add" && a.args[1].isConstant && !this.needed.has(a)) {
      return this.withBase(a.args[0], {
        ...plain,
        displacement: (plain.displacement + a.args[1].number) | 0,
      });
    }
    return { ...plain, base: this.registerOf(a) };
  }

  private scaleOf(v: Value): 2 | 4 | 8 | undefined {
    if (v.operation !== "shl" || !v.args[1].isConstant || !this.isOnlyHere(v)) return undefined;
    return ({ 1: 2, 2: 4, 3: 8 } as const)[v.args[1].number as 1 | 2 | 3];
  }

  slotOf(v: Value): number {
    let slot = this.slots.get(v);
    if (slot === undefined) {
      slot = this.machine.slots.push((v.number + 3) & ~3) - 1;
      this.slots.set(v, slot);
    }
    return slot;
  }

  isNeeded(v: Value): boolean {
    return this.needed.has(v);
  }

  byteRegister(r: number): MachineOperand {
    this.machine.byteRegisters.add(r);
    return register(r, 1);
  }

  hint(a: number, b: number): void {
    this.machine.hints.push([a, b]);
  }

  /** Sets the flags for "value is not zero" (or the comparison that the value is); returns the condition. */
  test(v: Value): string {
    if (v.operation === "compare" && !this.needed.has(v)) return this.compare(v);
    if (v.operation === "compare64" && !this.needed.has(v)) return this.testLong(v);
    if (v.operation === "and" && v.uses === 1 && !this.needed.has(v)) {
      this.testBits(v.args[0], v.args[1]);
      return "ne";
    }
    if (this.canFold(v)) this.emit("cmp", [this.memory(v), immediate(0)]);
    else {
      const r = this.inRegister(v);
      this.emit("test", [register(r), register(r)]);
    }
    return "ne";
  }

  /** Sets the flags of a comparison. */
  compare(v: Value): string {
    let [a, b] = v.args;
    let condition = v.condition;
    const againstZero = b.isConstant && b.number === 0;
    const equality = condition === "eq" || condition === "ne";
    if (againstZero && equality && a.operation === "and" && a.uses === 1 && !this.needed.has(a)) {
      this.testBits(a.args[0], a.args[1]);
      return conditionCodes[condition];
    }
    if (!b.isConstant && this.canFold(a) && !this.canFold(b)) {
      [a, b] = [b, a];
      condition = conditions[condition].swapped;
    }
    const narrow = this.narrowCompare(a, b, condition);
    if (narrow) return narrow;
    if (b.isConstant && this.canFold(a)) this.emit("cmp", [this.memory(a), immediate(b.number)]);
    else if (againstZero && /^(eq|ne|lt_s|ge_s)$/.test(condition)) {
      const r = this.inRegister(a);
      this.emit("test", [register(r), register(r)]);
      if (condition === "lt_s" || condition === "ge_s") return condition === "lt_s" ? "s" : "ns";
    } else this.emit("cmp", [register(this.inRegister(a)), this.source(b)]);
    return conditionCodes[condition];
  }

  /** An unsigned byte or word in memory against a constant that it can hold. */
  private narrowCompare(a: Value, b: Value, condition: Condition): string | undefined {
    if (!b.isConstant || a.operation !== "load" || a.uses !== 1 || !this.unchanged(a)) return undefined;
    const size = a.width === "8u" ? 1 : a.width === "16u" ? 2 : undefined;
    if (!size || b.number < 0 || b.number >= 1 << (size * 8 - 1) || /_s$/.test(condition)) return undefined;
    this.emit("cmp", [this.memory(a, size), immediate(b.number)]);
    return conditionCodes[condition];
  }

  private testBits(a: Value, b: Value): void {
    if (b.isConstant && a.operation === "load" && a.uses === 1 && this.unchanged(a)) {
      const size = a.width === "32" ? 4 : a.width === "8u" ? 1 : a.width === "16u" ? 2 : 0;
      const limit = size === 4 ? 2 ** 32 : 2 ** (size * 8 - 1);
      if (size && b.number >>> 0 < limit) {
        return this.emit("test", [this.memory(a, size as Size), immediate(b.number)]);
      }
    }
    this.emit("test", [register(this.inRegister(a)), this.simple(b)]);
  }

  testLong(v: Value): string {
    const [aLow, aHigh, bLow, bHigh] = v.args;
    const scratch = this.fresh();
    this.emit("mov", [register(scratch), this.simple(aHigh)]);
    this.emit("cmp", [register(this.inRegister(aLow)), this.simple(bLow)]);
    this.emit("sbb", [register(scratch), this.simple(bHigh)]);
    return conditionCodes[v.condition];
  }

  /**
   * Calls a symbol or, through a register or memory, an address, with the first `inRegisters` words in registers;
   * results end up where `v` wants them.
   */
  call(v: Value, callee: MachineOperand, args: readonly Value[], inRegisters = 0): void {
    const onStack = args.slice(inRegisters);
    onStack.forEach((arg, i) => this.emit("mov", [frameMemory("out", i), this.simple(arg)]));
    this.machine.outWords = Math.max(this.machine.outWords, onStack.length);
    const uses = target.argumentRegisters.slice(0, inRegisters);
    uses.forEach((r, i) => this.emit("mov", [register(r), this.simple(args[i])]));
    this.emit("call", [callee], { uses, defines: target.callerSaved });
    this.takeResults(v);
  }

  /** A slot of the frame for what passes through the x87. */
  private floatSlot(): number {
    return (this.floatPlace ??= this.machine.slots.push(8) - 1);
  }

  /** Takes a call's result out of ST0. */
  private takeFloat(v: Value): void {
    const slot = this.floatSlot();
    this.emit("fstp", [frameMemory("slot", slot)], { bytes: v.floatBytes });
    const [low, high] = [this.registers.get(v), this.highResult(v)];
    if (low !== undefined) this.emit("mov", [register(low), frameMemory("slot", slot)]);
    if (high !== undefined) this.emit("mov", [register(high), frameMemory("slot", slot, 4)]);
  }

  /** Puts the words of a result into ST0. */
  private returnFloat(values: readonly Value[]): void {
    const slot = this.floatSlot();
    values.forEach((v, i) => this.emit("mov", [frameMemory("slot", slot, 4 * i), this.simple(v)]));
    this.emit("fld", [frameMemory("slot", slot)], { bytes: this.f.floatBytes });
  }

  takeResults(v: Value): void {
    if (v.floatBytes) return this.takeFloat(v);
    const low = this.registers.get(v);
    const high = this.highResult(v);
    if (low !== undefined) this.move(low, EAX);
    if (high !== undefined) this.move(high, EDX);
  }

  // Blocks

  private selectBlock(block: Block, to: MachineBlock): void {
    this.block = block;
    this.recordEpochs(block);
    const chunks: MachineInstruction[][] = [];
    const chunk = (position: number, select: () => void) => {
      this.output = [];
      this.position = position;
      select();
      chunks.push(this.output);
    };
    chunk(block.terminatorPosition, () => (to.terminator = this.terminator(block)));
    for (let i = block.values.length - 1; i >= 0; i--) {
      const v = block.values[i];
      if (v.effect !== "effect" && !this.needed.has(v)) continue;
      const at = this.epochs.get(v)!;
      this.now = { memory: at.memory, globals: at.globals };
      chunk(v.position, () => this.select(v));
    }
    to.instructions = [...this.phiEntries(block), ...chunks.reverse().flat()];
  }

  private recordEpochs(block: Block): void {
    let memory = 0;
    let globals = 0;
    for (const v of block.values) {
      this.epochs.set(v, { memory, globals, block });
      if (v.effect !== "effect") continue;
      const global = v.operation === "store" && v.args.length === 1;
      if (global) globals++;
      else memory++;
      if (!global && v.operation !== "store") globals++;
    }
    this.now = { memory, globals };
  }

  private select(v: Value): void {
    if (v.operation === "intrinsic") intrinsics[v.text]!.make(this, v);
    else selectors[v.operation](this, v);
  }

  /** Each phi has a register that its predecessors write; it is copied on entry, so that phis may swap. */
  private phiEntries(block: Block): MachineInstruction[] {
    this.output = [];
    this.position = block.values[0]?.position ?? block.terminatorPosition;
    for (const phi of block.phis) {
      if (this.registers.has(phi)) this.move(this.registers.get(phi)!, this.incoming(phi));
    }
    return this.output;
  }

  private readonly incomingRegisters = new Map<Value, number>();

  private incoming(phi: Value): number {
    let r = this.incomingRegisters.get(phi);
    if (r === undefined) this.incomingRegisters.set(phi, (r = this.fresh()));
    return r;
  }

  private phiMoves(block: Block, successor: Block): void {
    const from = successor.predecessors.indexOf(block);
    // Loads come last: what they replace is often the base of their address.
    const [loads, others] = partition(successor.phis, (phi) => this.canFold(phi.args[from]));
    for (const phi of [...others, ...loads]) {
      this.emit("mov", [register(this.incoming(phi)), this.source(phi.args[from])]);
    }
  }

  private terminator(block: Block): MachineTerminator {
    const t = block.terminator!;
    switch (t.kind) {
      case "jump":
        this.phiMoves(block, t.targets[0]);
        return { kind: "jump" };
      case "trap":
        return { kind: "trap" };
      case "branch":
        return { kind: "branch", condition: this.test(t.condition) };
      case "switch": {
        const index = this.inRegister(t.condition);
        return { kind: "switch", index };
      }
      case "return": {
        if (this.f.floatBytes) {
          this.returnFloat(t.values);
          return { kind: "return", uses: [] };
        }
        t.values.forEach((v, i) => this.copyTo(target.results[i], v));
        return { kind: "return", uses: target.results.slice(0, t.values.length) };
      }
    }
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** Needs counted uses (see dropUnused in optimise.ts) and no critical edges. */
export function selectFunction(f: IrFunction): MachineFunction {
  return new Selection(f).run();
}
