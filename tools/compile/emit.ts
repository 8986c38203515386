// Allocated machine instructions to assembler: orders blocks, lays out the frame, and takes the shorter of equal
// instructions.
import { createAssembler, type Assembler, type ObjectModule } from "../asm";
import * as asm from "../asm";
import {
  EBX,
  EDI,
  ESI,
  ESP,
  EBP,
  firstVirtual,
  isMove,
  readsFlags,
  setsFlags,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type MachineOperand,
  type MemoryOperand,
  type Size,
} from "./mir";
import { layoutBlocks } from "./layout-blocks";
import { negateCondition } from "./select-operations";

const words: readonly asm.Register[] = [
  asm.eax,
  asm.ecx,
  asm.edx,
  asm.ebx,
  asm.esp,
  asm.ebp,
  asm.esi,
  asm.edi,
];
const halves: readonly asm.Register[] = [asm.ax, asm.cx, asm.dx, asm.bx, asm.sp, asm.bp, asm.si, asm.di];
const bytes: readonly asm.Register[] = [asm.al, asm.cl, asm.dl, asm.bl];

/** Mnemonics of the machine instructions that are not spelled like the i386's. */
const spelling: Readonly<Record<string, string>> = { imul1: "imul", imul3: "imul", "mov?": "mov" };

const wordSize = 4;

const sameOperand = (a: asm.Operand, b: asm.Operand) => asm.formatOperand(a) === asm.formatOperand(b);

class Emitter {
  private readonly a: Assembler;
  private readonly saved: number[];
  private readonly slotOffsets: number[] = [];
  private frameBytes = 0;
  /** What the instruction before left in the frame and in a register. */
  private justStored: { place: asm.Memory; register: asm.Register } | undefined;

  constructor(
    private readonly f: MachineFunction,
    private readonly colours: ReadonlyMap<number, number>,
  ) {
    this.a = createAssembler(f.name);
    const used = new Set<number>();
    for (const [r, colour] of colours) if (r >= firstVirtual) used.add(colour);
    for (const block of f.blocks) {
      for (const i of block.instructions) {
        for (const r of i.defines) used.add(r);
        for (const o of i.operands)
          if (o.kind === "register" && o.register < firstVirtual) used.add(o.register);
      }
    }
    this.saved = [EBX, ESI, EDI, EBP].filter((r) => used.has(r));
    this.layoutFrame();
  }

  /** From ESP up: arguments of calls, slots, saved registers, return address, own arguments. */
  private layoutFrame(): void {
    let offset = 4 * this.f.outWords;
    for (const size of this.f.slots) {
      this.slotOffsets.push(offset);
      offset += size;
    }
    this.frameBytes = offset;
  }

  run(): ObjectModule {
    const order = layoutBlocks(this.f, (b) => b.instructions.every((i) => this.isNothing(i)));
    const referenced = this.referencedBlocks(order);
    this.a.function(this.f.name);
    this.prologue(order[0]);
    order.forEach((block, n) => {
      if (referenced.has(block)) this.a.label(this.blockLabel(block));
      this.block(block, order[n + 1]);
    });
    for (const block of order) if (block.terminator.kind === "switch") this.switchTable(block);
    return this.a.finish();
  }

  /** A move that coalescing made idle. */
  private isNothing(i: MachineInstruction): boolean {
    return isMove(i) && sameOperand(this.operand(i.operands[0]), this.operand(i.operands[1]));
  }

  private blockLabel(block: MachineBlock): string {
    return `.b${block.id}`;
  }

  private referencedBlocks(order: readonly MachineBlock[]): Set<MachineBlock> {
    const all = new Set<MachineBlock>();
    order.forEach((block, n) => {
      const falls = block.terminator.kind === "jump" || block.terminator.kind === "branch";
      for (const s of block.successors) if (!(falls && s === order[n + 1])) all.add(s);
    });
    return all;
  }

  /** What has no place in the source belongs to what is before it. */
  private at(position: number): void {
    if (position >= 0) this.a.position(position);
  }

  private prologue(first: MachineBlock): void {
    const positions = [...first.instructions.map((i) => i.position), first.terminatorPosition];
    this.at(positions.find((p) => p >= 0) ?? -1);
    this.a.frame(wordSize);
    this.saved.forEach((r, i) => {
      this.a.push(words[r]);
      this.frame(i + 1, 0);
    });
    if (!this.frameBytes) return;
    this.a.sub(asm.esp, this.frameBytes);
    this.frame(this.saved.length, this.frameBytes);
  }

  private epilogue(): void {
    if (this.frameBytes) {
      this.a.add(asm.esp, this.frameBytes);
      this.frame(this.saved.length, 0);
    }
    for (let i = this.saved.length - 1; i >= 0; i--) {
      this.a.pop(words[this.saved[i]]);
      this.frame(i, 0);
    }
    this.a.ret();
    this.frame(this.saved.length, this.frameBytes);
  }

  /** What is on the stack from here on: saved registers, and bytes below them. */
  private frame(saved: number, bytes: number): void {
    this.a.frame(wordSize * (1 + saved) + bytes, ...this.saved.slice(0, saved).map((r) => words[r]));
  }

  // Operands

  private register(r: number, size: Size): asm.Register {
    const number = r < firstVirtual ? r : this.colours.get(r)!;
    const name = (size === 4 ? words : size === 2 ? halves : bytes)[number];
    if (!name) throw new Error(`${this.f.name}: no ${size}-byte name for ${words[number]?.name}`);
    return name;
  }

  private frameOffset({ frame }: MemoryOperand): number {
    const { area, index } = frame!;
    const returnAddress = this.frameBytes + 4 * this.saved.length;
    if (area === "out") return 4 * index;
    if (area === "slot") return this.slotOffsets[index];
    return area === "return" ? returnAddress : returnAddress + 4 + 4 * index;
  }

  private memory(m: MemoryOperand): asm.Memory {
    const terms: asm.MemoryTerm[] = [m.displacement];
    if (m.symbol !== undefined) terms.push(m.symbol);
    if (m.frame) terms.push(words[ESP], this.frameOffset(m));
    if (m.base !== undefined) terms.push(this.register(m.base, 4));
    if (m.index !== undefined) {
      const index = this.register(m.index, 4);
      terms.push(m.scale === 1 && (m.base !== undefined || m.frame) ? index : asm.scaled(index, m.scale));
    }
    return (m.size === 1 ? asm.byte : m.size === 2 ? asm.word : asm.dword)(...terms);
  }

  private operand(o: MachineOperand): asm.Operand {
    if (o.kind === "register") return this.register(o.register, o.size);
    if (o.kind === "memory") return this.memory(o);
    return o.symbol === undefined ? o.value : asm.symbol(o.symbol, o.value);
  }

  // Instructions

  private block(block: MachineBlock, next: MachineBlock | undefined): void {
    const flagsLive = flagsLiveAfter(block);
    this.justStored = undefined;
    block.instructions.forEach((i, n) => {
      this.at(i.position);
      this.instruction(i, flagsLive[n]);
    });
    this.at(block.terminatorPosition);
    this.terminator(block, next);
  }

  private instruction(i: MachineInstruction, flagsLive: boolean): void {
    const [first, second] = i.operands.map((o) => this.operand(o));
    if (i.op !== "mov") this.justStored = undefined;
    switch (i.op) {
      case "label":
        return void this.a.label(`${i.label}`);
      case "jcc":
        return void this.a.instruction(`j${i.condition}`, [i.label!]);
      case "setcc":
        return void this.a.instruction(`set${i.condition}`, [first]);
      case "carry":
        return void this.a.sbb(first, first);
      case "clear":
        return this.move(first, 0, flagsLive);
      case "mov":
      case "mov?":
        return this.move(first, second, flagsLive);
      case "lea":
        return this.lea(first as asm.Register, second as asm.Memory, flagsLive);
      case "add":
        return this.add(first, second, flagsLive);
      case "imul":
        if (typeof second === "number") return void this.a.imul(first, first, second);
        break;
      case "cmp":
        return this.compare(first, second);
      case "call":
        return void this.a.instruction("call", [
          typeof first === "object" && first.kind === "symbol" ? first.name : first,
        ]);
    }
    const special = this.special(i, first);
    if (special) return;
    this.a.instruction(
      spelling[i.op] ?? i.op,
      i.operands.map((o) => this.operand(o)),
    );
  }

  /** Instructions with operands that are not general registers. */
  private special(i: MachineInstruction, first: asm.Operand): boolean {
    const { a } = this;
    switch (i.op) {
      case "fld":
      case "fstp":
        a.instruction(i.op, [{ ...(first as asm.Memory), size: i.bytes! }]);
        return true;
      case "outb":
        a.out(asm.dx, asm.al);
        return true;
      case "outw":
        a.out(asm.dx, asm.ax);
        return true;
      case "outl":
        a.out(asm.dx, asm.eax);
        return true;
      case "inb":
        a.in(asm.al, asm.dx);
        return true;
      case "inw":
        a.in(asm.ax, asm.dx);
        return true;
      case "inl":
        a.in(asm.eax, asm.dx);
        return true;
      case "rep insw":
        a.rep().insw();
        return true;
      case "rep outsw":
        a.rep().outsw();
        return true;
      case "rep movsd":
        a.rep().movsd();
        return true;
      case "read eflags":
        a.pushfd().pop(first);
        return true;
      case "read cr0":
        a.mov(first, asm.cr0);
        return true;
      case "read cr2":
        a.mov(first, asm.cr2);
        return true;
      case "read cr3":
        a.mov(first, asm.cr3);
        return true;
      case "write cr0":
        a.mov(asm.cr0, first);
        return true;
      case "write cr3":
        a.mov(asm.cr3, first);
        return true;
      case "lldt":
      case "ltr":
        a.instruction(i.op, [halves[(first as asm.Register).number]]);
        return true;
      case "lgdt":
      case "lidt":
      case "invlpg":
        a.instruction(i.op, [{ ...(first as asm.Memory), size: 0 }]);
        return true;
      default:
        return false;
    }
  }

  private move(to: asm.Operand, from: asm.Operand, flagsLive: boolean): void {
    const known =
      this.justStored && sameOperand(this.justStored.place, from) ? this.justStored.register : from;
    this.justStored = undefined;
    this.plainMove(to, known, flagsLive);
    const toMemory = typeof to === "object" && to.kind === "memory" && to.base === asm.esp;
    if (toMemory && typeof known === "object" && known.kind === "register" && known.size === 4) {
      this.justStored = { place: to, register: known };
    }
  }

  private plainMove(to: asm.Operand, from: asm.Operand, flagsLive: boolean): void {
    if (sameOperand(to, from)) return;
    const isRegister = typeof to === "object" && to.kind === "register";
    if (from === 0 && isRegister && to.size === 4 && !flagsLive) this.a.xor(to, to);
    else this.a.mov(to, from);
  }

  private lea(to: asm.Register, m: asm.Memory, flagsLive: boolean): void {
    const { base, index, scale, displacement, symbol } = m;
    if (symbol === undefined && !index && base && displacement === 0) return this.move(to, base, flagsLive);
    if (symbol === undefined && !base && !index) return this.move(to, displacement, flagsLive);
    if (!flagsLive && symbol === undefined) {
      if (!index && base === to) return this.add(to, displacement, flagsLive);
      if (index && scale === 1 && displacement === 0 && base === to) return void this.a.add(to, index);
      if (index && scale === 1 && displacement === 0 && index === to && base)
        return void this.a.add(to, base);
      if (index === to && !base && displacement === 0) return void this.a.shl(to, Math.log2(scale));
    }
    this.a.lea(to, { ...m, size: 0 });
  }

  private add(to: asm.Operand, amount: asm.Operand, flagsLive: boolean): void {
    if (amount === 0 && !flagsLive) return;
    if (amount === 1 && !flagsLive) this.a.inc(to);
    else if (amount === -1 && !flagsLive) this.a.dec(to);
    else if (amount === 128 && !flagsLive) this.a.sub(to, -128);
    else this.a.add(to, amount);
  }

  private compare(a: asm.Operand, b: asm.Operand): void {
    if (b === 0 && typeof a === "object" && a.kind === "register") this.a.test(a, a);
    else this.a.cmp(a, b);
  }

  private terminator(block: MachineBlock, next: MachineBlock | undefined): void {
    const t = block.terminator;
    switch (t.kind) {
      case "return":
        return this.epilogue();
      case "trap":
        return void this.a.ud2();
      case "jump":
        if (block.successors[0] !== next) this.jump(block.successors[0]);
        return;
      case "branch": {
        const [yes, no] = block.successors;
        if (yes === next) this.a.instruction(`j${negateCondition(t.condition)}`, [this.blockLabel(no)]);
        else {
          this.a.instruction(`j${t.condition}`, [this.blockLabel(yes)]);
          if (no !== next) this.jump(no);
        }
        return;
      }
      case "switch": {
        const index = this.register(t.index, 4);
        const last = block.successors.length - 1;
        this.a.cmp(index, last).instruction("jae", [this.blockLabel(block.successors[last])]);
        this.a.jmp(asm.dword(asm.scaled(index, 4), `.table${block.id}`));
      }
    }
  }

  /** Goes to a block, or returns at once when that is all it does. */
  private jump(to: MachineBlock): void {
    const onlyReturns = to.terminator.kind === "return" && to.instructions.every((i) => this.isNothing(i));
    if (onlyReturns) this.epilogue();
    else this.a.jmp(this.blockLabel(to));
  }

  private switchTable(block: MachineBlock): void {
    this.a.align(4).label(`.table${block.id}`);
    this.a.dd(...block.successors.slice(0, -1).map((s) => this.blockLabel(s)));
  }
}

/** For each instruction whether the flags before it, which it must not touch, are read after it. */
function flagsLiveAfter(block: MachineBlock): boolean[] {
  const live: boolean[] = [];
  let wanted = block.terminator.kind === "branch";
  for (let n = block.instructions.length - 1; n >= 0; n--) {
    const { op } = block.instructions[n];
    live[n] = wanted;
    if (readsFlags.has(op)) wanted = true;
    else if (setsFlags.has(op)) wanted = false;
  }
  return live;
}

/** The function's code as an object module that defines its name. */
export function emitFunction(f: MachineFunction, colours: ReadonlyMap<number, number>): ObjectModule {
  return new Emitter(f, colours).run();
}
