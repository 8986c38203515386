// Registers that found no colour live in the frame: instructions work on memory where they can, and through a
// short-lived temporary where they cannot. Constants, addresses and arguments are made again instead of kept.
import type { Colouring } from "./allocate";
import {
  definedRegisters,
  frameMemory,
  immediate,
  isMove,
  operandRoles,
  register,
  terminatorUses,
  usedRegisters,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineOperand,
  type MemoryOperand,
  type RegisterOperand,
} from "./mir";

export interface SpillState {
  /** Registers made by spilling, which must not be spilled again. */
  readonly temporaries: Set<number>;
}

/** Operand positions in which an instruction takes memory. */
const memoryPositions: Readonly<Record<string, string>> = {
  mov: "01",
  movzx: "1",
  movsx: "1",
  add: "01",
  sub: "01",
  adc: "01",
  sbb: "01",
  and: "01",
  or: "01",
  xor: "01",
  cmp: "01",
  test: "0",
  neg: "0",
  not: "0",
  inc: "0",
  dec: "0",
  shl: "0",
  shr: "0",
  sar: "0",
  rol: "0",
  ror: "0",
  shld: "0",
  shrd: "0",
  imul: "1",
  imul3: "1",
  mul: "0",
  imul1: "0",
  div: "0",
  idiv: "0",
  bsf: "1",
  bsr: "1",
  setcc: "0",
  clear: "0",
  "mov?": "01",
  call: "0",
};

/** Where spilled registers live, or how they are made again. */
type Home =
  | { readonly kind: "memory"; readonly place: MemoryOperand; readonly readOnly: boolean }
  | { readonly kind: "again"; readonly make: MachineInstruction };

function definitionsOf(f: MachineFunction, members: ReadonlySet<number>): MachineInstruction[] {
  const found: MachineInstruction[] = [];
  for (const block of f.blocks) {
    for (const i of block.instructions) {
      if (!definedRegisters(i).some((r) => members.has(r))) continue;
      if (isMove(i) && members.has((i.operands[1] as RegisterOperand).register)) continue;
      found.push(i);
    }
  }
  return found;
}

function homeOf(f: MachineFunction, members: ReadonlySet<number>): Home {
  const definitions = definitionsOf(f, members);
  if (definitions.length === 1) {
    const [make] = definitions;
    const source = make.operands[1];
    if (make.op === "mov" && source.kind === "immediate") return { kind: "again", make };
    if (source?.kind === "memory" && source.base === undefined && source.index === undefined) {
      if (make.op === "lea") return { kind: "again", make };
      if (make.op === "mov" && source.frame?.area === "argument") {
        return { kind: "memory", place: source, readOnly: true };
      }
    }
  }
  return { kind: "memory", place: frameMemory("slot", f.slots.push(4) - 1), readOnly: false };
}

class Spiller {
  private before: MachineInstruction[] = [];
  private after: MachineInstruction[] = [];

  constructor(
    private readonly f: MachineFunction,
    private readonly homes: ReadonlyMap<number, Home>,
    private readonly state: SpillState,
  ) {}

  run(): void {
    for (const block of this.f.blocks) {
      block.instructions = block.instructions.flatMap((i) => this.rewrite(i));
      this.rewriteTerminator(block);
    }
  }

  private rewriteTerminator(block: MachineBlock): void {
    const t = block.terminator;
    if (t.kind !== "switch") return;
    const home = this.homes.get(terminatorUses(t)[0]);
    if (!home) return;
    this.before = [];
    const index = this.load(home, t.index, block.terminatorPosition);
    block.instructions.push(...this.before);
    block.terminator = { kind: "switch", index };
  }

  private rewrite(i: MachineInstruction): MachineInstruction[] {
    const touched = [...usedRegisters(i), ...definedRegisters(i)].some((r) => this.homes.has(r));
    if (!touched) return [i];
    if (this.isObsolete(i)) return [];
    this.before = [];
    this.after = [];
    this.useMemory(i);
    this.useTemporaries(i);
    return [...this.before, i, ...this.after];
  }

  /** A move between parts of one spilled register, or the definition of one that is made again. */
  private isObsolete(i: MachineInstruction): boolean {
    const [to, from] = i.operands;
    if (to?.kind !== "register") return false;
    const home = this.homes.get(to.register);
    if (!home || operandRoles[i.op]?.[0] !== "d") return false;
    if (home.kind === "again" || home.readOnly) return true;
    return isMove(i) && this.homes.get((from as RegisterOperand).register) === home;
  }

  private inMemory(o: MachineOperand): MemoryOperand | undefined {
    if (o.kind !== "register") return undefined;
    const home = this.homes.get(o.register);
    return home?.kind === "memory" ? { ...home.place, size: o.size } : undefined;
  }

  /** Replaces one register operand by its home, when the instruction allows it. */
  private useMemory(i: MachineInstruction): void {
    const [first, second] = i.operands;
    const twice =
      first?.kind === "register" && second?.kind === "register" && first.register === second.register;
    const firstHome = first && this.inMemory(first);
    if (twice && firstHome && i.op === "test") {
      i.op = "cmp";
      i.operands = [firstHome, immediate(0)];
      return;
    }
    if (twice || i.operands.some((o) => o.kind === "memory")) return;
    const roles = operandRoles[i.op] ?? "uuu";
    for (let n = 0; n < i.operands.length; n++) {
      const place = this.inMemory(i.operands[n]);
      if (!place || !memoryPositions[i.op]?.includes(`${n}`)) continue;
      const home = this.homes.get((i.operands[n] as RegisterOperand).register)!;
      if (roles[n] !== "u" && home.kind === "memory" && home.readOnly) continue;
      i.operands = i.operands.map((o, m) => (m === n ? place : o));
      return;
    }
    const again = this.again(second);
    if (again && /^(mov|add|sub|and|or|xor|cmp|test|adc|sbb|mov\?)$/.test(i.op)) i.operands = [first, again];
  }

  /** The constant that a register made again holds. */
  private again(o: MachineOperand | undefined): MachineOperand | undefined {
    if (o?.kind !== "register" || o.size !== 4) return undefined;
    const home = this.homes.get(o.register);
    return home?.kind === "again" && home.make.op === "mov" ? home.make.operands[1] : undefined;
  }

  private useTemporaries(i: MachineInstruction): void {
    const roles = operandRoles[i.op] ?? "uuu";
    const temporaries = new Map<number, number>();
    const reading = new Set(usedRegisters(i));
    const temporary = (r: number): number => {
      const home = this.homes.get(r);
      if (!home) return r;
      let t = temporaries.get(r);
      if (t === undefined) {
        t = reading.has(r) ? this.load(home, r, i.position) : this.temporary(r);
        temporaries.set(r, t);
      }
      return t;
    };
    i.operands = i.operands.map((o, n) => {
      if (o.kind === "immediate") return o;
      if (o.kind === "memory") {
        return {
          ...o,
          base: o.base === undefined ? undefined : temporary(o.base),
          index: o.index === undefined ? undefined : temporary(o.index),
        };
      }
      const home = this.homes.get(o.register);
      if (!home) return o;
      const t = temporary(o.register);
      if (roles[n] !== "u" && home.kind === "memory") {
        this.after.push(this.instruction("mov", [home.place, register(t)], i.position));
      }
      return register(t, o.size);
    });
  }

  private temporary(like: number): number {
    const t = this.f.registers++;
    this.state.temporaries.add(t);
    if (this.f.byteRegisters.has(like)) this.f.byteRegisters.add(t);
    return t;
  }

  private load(home: Home, like: number, position: number): number {
    const t = this.temporary(like);
    const [op, source] = home.kind === "memory" ? ["mov", home.place] : [home.make.op, home.make.operands[1]];
    this.before.push(this.instruction(op, [register(t), source], position));
    return t;
  }

  private instruction(op: string, operands: MachineOperand[], position: number): MachineInstruction {
    return { op, operands, uses: [], defines: [], position };
  }
}

/** Rewrites the function so that the registers without colour are in memory. */
export function spill(f: MachineFunction, colouring: Colouring, state: SpillState): void {
  const homes = new Map<number, Home>();
  for (const representative of colouring.spilled) {
    const members = colouring.members(representative);
    const home = homeOf(f, members);
    for (const r of members) homes.set(r, home);
  }
  new Spiller(f, homes, state).run();
}
