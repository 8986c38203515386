/**
 * Random instruction streams. Streams run forward, so each ends: at an exception, or at the INT3 after the last
 * instruction. EBX, EBP, ESI, EDI and ESP mostly point into the data pages and ECX is mostly small, so that most memory
 * operands are mapped; the rest is left to chance.
 */
import { FlowControl, Mnemonic, Register } from "iced-x86";
import { dword } from "../cpu/guest";
import {
  AF,
  ARITHMETIC,
  CF,
  definedFlags,
  DF,
  IF,
  OF,
  PF,
  readFlags,
  SF,
  TF,
  undefinedFlags,
  ZF,
} from "./flags";
import { followFlags, isCall, isReturn } from "./flow";
import { decode, findOpcodes, isCommon } from "./opcodes";
import type { Opcode } from "./opcodes";
import { Random } from "./random";
import {
  CODE_BASE,
  CODE_BYTES,
  DATA_BASE,
  DATA_BYTES,
  ESP,
  USER_CS,
  USER_DS,
  USER_FS,
  USER_GS,
} from "./vectors";
import type { Vector } from "./vectors";

/** Where a transcendental x87 instruction left its results in memory, and the status word: offsets in the data. */
export interface Approximation {
  readonly status: number;
  readonly results: readonly number[];
}

/** Where an environment of the x87 was stored: offset in the data, and whether in its 32-bit format. */
export interface StoredEnvironment {
  readonly at: number;
  readonly wide: boolean;
}

/** A vector, with what is known of its instructions. */
export interface IgnoredMemory {
  readonly at: number;
  readonly length: number;
  /** Of each byte; without it all bits. */
  readonly bits?: number;
}

export interface Stream {
  readonly vector: Vector;
  /** Offset of each instruction from the start of the code, and of the end. */
  readonly offsets: readonly number[];
  /** Arithmetic flags that may be undefined before the instruction at each offset, and after the last one. */
  readonly undefinedBefore: readonly number[];
  /** Flags undefined while the instruction at each offset is faulting. */
  readonly undefinedDuring: readonly number[];
  /** What need not agree to the last bit. */
  readonly approximations?: readonly Approximation[];
  readonly environments?: readonly StoredEnvironment[];
  /** Memory that processors may leave as they like. */
  readonly ignored?: readonly IgnoredMemory[];
}

/** Index registers: mostly none, or ECX, which is mostly small. */
const INDEXES = [4, 4, 4, 4, 4, 4, 1, 1, 1, 1, 0];
const RESERVED_TAIL = 16;
const MAX_INSTRUCTION = 15;
const CMP_AL_IMM8 = 0x3c;
const INT3 = 0xcc;
/** Offsets of the middle of the first data page, and of the second (the stack). */
const DATA_MIDDLE = 0x800;
const STACK_MIDDLE = 0x1800;

interface Item {
  readonly bytes: number[];
  /** Position of a 1, 2 or 4 byte field that names an instruction, and whether it is relative to the end. */
  readonly patch?: {
    readonly at: number;
    readonly size: number;
    readonly relative: boolean;
    readonly ahead: number;
  };
}

const opcodes = findOpcodes();
const plain = opcodes.filter((opcode) => opcode.flow === FlowControl.Next && !isPrivileged(opcode));
const privileged = opcodes.filter(isPrivileged);
const unprivileged = opcodes.filter((opcode) => !isPrivileged(opcode));
const moreOften = plain.filter((opcode) => opcode.hasModRm);

function isPrivileged({ name }: Opcode): boolean {
  return /^(Hlt|Cli|Sti|Clts|Invd|Wbinvd|Invlpg|Lgdt|Lidt|Lldt|Ltr|Lmsw|In|Out|Ins[bd]|Outs[bd])$/.test(name);
}

/** A stream of about `count` instructions. */
export function generateStream(random: Random, count: number): Stream {
  while (true) {
    const stream = new StreamBuilder(random).build(count);
    if (stream) return stream;
  }
}

class StreamBuilder {
  private readonly items: Item[] = [];
  private readonly undefinedBefore: number[] = [];
  private readonly undefinedDuring: number[] = [];
  /** Undefined flags that branches carry to the item of that number. */
  private readonly carried = new Map<number, number>();
  private undefinedNow = 0;
  private length = 0;
  private calls = false;
  private returns = false;

  constructor(private readonly random: Random) {}

  /** Undefined, now and then: what returns behind a call would look at undefined flags there. */
  build(count: number): Stream | undefined {
    while (this.items.length < count && this.length < CODE_BYTES / 4) this.addSomething();
    const start = this.chooseStart();
    const { code, offsets } = this.link(start);
    // Branches past the end arrive at the end.
    for (const [item, flags] of this.carried) if (item >= this.items.length) this.undefinedNow |= flags;
    this.enterItem();
    this.undefinedDuring.push(0);
    const linear = { undefinedBefore: this.undefinedBefore, undefinedDuring: this.undefinedDuring };
    const flow = this.calls && this.returns ? followFlags(code, offsets) : linear;
    if (flow === undefined) return undefined;
    return {
      vector: { start, code, registers: this.registers(), eflags: this.flags(), memory: this.memory() },
      offsets,
      undefinedBefore: flow.undefinedBefore,
      undefinedDuring: flow.undefinedDuring,
    };
  }

  /** Mostly anywhere; sometimes so that the stream runs out of the mapped page. */
  private chooseStart(): number {
    const room = CODE_BYTES - this.length - RESERVED_TAIL;
    if (this.random.chance(0.05)) return CODE_BYTES - this.length + this.random.below(MAX_INSTRUCTION);
    return this.random.below(room);
  }

  private link(start: number): { code: Uint8Array; offsets: number[] } {
    const offsets = [0];
    for (const { bytes } of this.items) offsets.push(offsets[offsets.length - 1] + bytes.length);
    const end = offsets[this.items.length];
    const bytes = new Uint8Array(end + 1);
    const view = new DataView(bytes.buffer);
    this.items.forEach((item, i) => {
      bytes.set(item.bytes, offsets[i]);
      if (item.patch === undefined) return;
      const { at, size, relative, ahead } = item.patch;
      const target = offsets[Math.min(i + 1 + ahead, this.items.length)];
      const value = relative ? target - offsets[i + 1] : CODE_BASE + start + target;
      const position = offsets[i] + at;
      if (size === 1) view.setInt8(position, value);
      else if (size === 2) view.setUint16(position, value & 0xffff, true);
      else view.setUint32(position, value, true);
    });
    bytes[end] = INT3;
    return { code: bytes.slice(0, CODE_BYTES - start), offsets };
  }

  private registers(): number[] {
    const { random } = this;
    const registers = Array.from({ length: 8 }, () => random.interesting());
    registers[1] = random.chance(0.92) ? random.below(40) : registers[1];
    for (const pointer of [3, 5, 6, 7]) {
      if (random.chance(0.98)) registers[pointer] = this.dataAddress();
    }
    registers[ESP] = DATA_BASE + STACK_MIDDLE + random.between(-256, 256) * 4 + (random.chance(0.1) ? 1 : 0);
    return registers;
  }

  /** Somewhere in the middle half of the data, now and then at an edge. */
  private dataAddress(): number {
    const { random } = this;
    if (random.chance(0.05))
      return DATA_BASE + random.pick([0, DATA_BYTES / 2, DATA_BYTES]) + random.between(-8, 8);
    return DATA_BASE + DATA_MIDDLE + random.between(-512, 512);
  }

  private flags(): number {
    const arithmetic = this.random.bits() & ARITHMETIC;
    return 2 | IF | arithmetic | (this.random.chance(0.2) ? DF : 0);
  }

  private memory(): Uint8Array {
    const { random } = this;
    const memory = random.bytes(DATA_BYTES);
    const view = new DataView(memory.buffer, memory.byteOffset);
    for (let i = 0; i < 128; i++)
      view.setUint32(random.below(DATA_BYTES / 4) * 4, random.interesting(), true);
    return memory;
  }

  private enterItem(): void {
    this.undefinedNow |= this.carried.get(this.items.length) ?? 0;
    this.undefinedBefore.push(this.undefinedNow);
  }

  /** Adds one instruction and keeps account of the flags. */
  private add(bytes: number[], patch?: Item["patch"]): void {
    const instruction = decode(Uint8Array.from(bytes), CODE_BASE);
    const bad = !isCommon(instruction);
    const during = bad ? 0 : undefinedFlags(instruction);
    // Again, because a branch may arrive behind what was just inserted.
    while (!bad && (readFlags(instruction) & this.undefinedNowAt(this.items.length)) !== 0)
      this.defineFlags();
    this.enterItem();
    const repeated = !bad && instruction.isStringInstruction && instruction.hasRepPrefix;
    const repeatedNe = !bad && instruction.isStringInstruction && instruction.hasRepnePrefix;
    // A fault inside a repetition may show the flags of the iterations done.
    this.undefinedDuring.push(during | (repeated || repeatedNe ? ARITHMETIC : 0));
    this.items.push({ bytes, patch });
    this.length += bytes.length;
    // Some calls go by a pointer that the instruction before makes: those have a target to be patched.
    this.calls ||= patch !== undefined || (!bad && isCall(instruction));
    this.returns ||= !bad && isReturn(instruction);
    if (!bad) this.undefinedNow = (this.undefinedNow & ~definedFlags(instruction)) | during;
    if (patch !== undefined) {
      const target = this.items.length + patch.ahead;
      this.carried.set(target, (this.carried.get(target) ?? 0) | this.undefinedNow);
    }
    instruction.free();
  }

  private undefinedNowAt(item: number): number {
    return this.undefinedNow | (this.carried.get(item) ?? 0);
  }

  private defineFlags(): void {
    this.enterItem();
    this.undefinedDuring.push(0);
    this.items.push({ bytes: [CMP_AL_IMM8, this.random.below(256)] });
    this.length += 2;
    this.undefinedNow = 0;
  }

  private addSomething(): void {
    const { random } = this;
    const kind = random.bits() / 0x100000000;
    if (kind < 0.1) this.reload();
    else if (kind < 0.14) this.addTemplate();
    else if (kind < 0.145) this.addGeneric(random.pick(privileged));
    else if (kind < 0.7) this.addGeneric(random.pick(moreOften));
    else if (kind < 0.86) this.addGeneric(random.pick(plain));
    else this.addGeneric(random.pick(unprivileged));
  }

  /** MOV r32,imm32 that puts a pointer or a small count back. */
  private reload(): void {
    const { random } = this;
    const register = random.pick([1, 3, 5, 6, 7, 6, 7]);
    this.add([0xb8 + register, ...dword(register === 1 ? random.below(40) : this.dataAddress())]);
  }

  private addGeneric(opcode: Opcode): void {
    const { random } = this;
    if (opcode.flow === FlowControl.Exception || opcode.flow === FlowControl.Interrupt) {
      if (random.chance(0.9)) return;
    }
    const word = random.chance(opcode.flow === FlowControl.Next ? 0.25 : 0.02);
    const shortAddress = random.chance(opcode.hasModRm || opcode.string ? 0.08 : 0.01);
    const prefixes: number[] = [];
    if (word) prefixes.push(0x66);
    if (shortAddress) prefixes.push(0x67);
    const segment = this.segmentPrefix(opcode, shortAddress);
    if (segment !== 0) prefixes.push(segment);
    if (opcode.string && random.chance(0.5)) prefixes.push(random.pick([0xf2, 0xf3]));
    else if (random.chance(opcode.canLock ? 0.06 : 0.002)) prefixes.push(0xf0);
    shuffle(prefixes, random);
    const head = [...prefixes, ...opcode.bytes];
    const operands = opcode.hasModRm ? this.modRm(opcode, shortAddress, segment) : [];
    const tail = this.immediate(opcode, word);
    const candidate = [...head, ...operands, ...tail];
    const instruction = decode(Uint8Array.from(candidate), CODE_BASE);
    const keep = this.isWanted(instruction, opcode, word);
    const bytes = candidate.slice(0, instruction.length);
    const branch = instruction.nearBranchTarget !== 0n;
    instruction.free();
    if (!keep) return;
    if (branch) this.addBranch(bytes, opcode, word);
    else this.add(bytes);
  }

  private addBranch(bytes: number[], opcode: Opcode, word: boolean): void {
    const short =
      /^(Loop|J[e]?cxz)/.test(opcode.name) || opcode.bytes[0] === 0xeb || (opcode.bytes[0] & 0xf0) === 0x70;
    const size = short ? 1 : word ? 2 : 4;
    this.add(bytes, { at: bytes.length - size, size, relative: true, ahead: this.random.below(4) });
  }

  /** Leaves out what has no defined result, and most writes to registers that hold pointers. */
  private isWanted(instruction: ReturnType<typeof decode>, opcode: Opcode, word: boolean): boolean {
    const { random } = this;
    const { name } = opcode;
    if (!isCommon(instruction)) return random.chance(0.02) && instruction.length > 0 && isLocked(instruction);
    if (name === "Bswap" && word) return false;
    if (word && (name === "Shld" || name === "Shrd")) return false;
    if (instruction.hasLockPrefix && !opcode.canLock && random.chance(0.5)) return false;
    if (FAULTING.has(name) && random.chance(0.8)) return false;
    if (instruction.opCount === 0) return name !== "Popad" && name !== "Leave" ? true : random.chance(0.3);
    const target = instruction.opCount > 0 ? instruction.op0Register : Register.None;
    const pointer = POINTERS.has(target);
    const reads = instruction.mnemonic === Mnemonic.Push || instruction.mnemonic === Mnemonic.Cmp;
    return !pointer || reads || random.chance(0.08);
  }

  private segmentPrefix(opcode: Opcode, shortAddress: boolean): number {
    const { random } = this;
    // Whether ARPL checks for write access before it knows that it will write is up to the processor: SS is writable.
    if (opcode.name === "Arpl") return 0x36;
    if (shortAddress && opcode.hasModRm && random.chance(0.95))
      return random.pick([0x64, 0x64, 0x64, 0x64, 0x64, 0x64, 0x65]);
    if (random.chance(0.95)) return 0;
    return random.pick([0x26, 0x36, 0x3e, 0x26, 0x36, 0x3e, 0x26, 0x36, 0x3e, 0x2e, 0x64, 0x64, 0x65]);
  }

  private modRm(opcode: Opcode, shortAddress: boolean, segment: number): number[] {
    const { random } = this;
    const reg = opcode.digit >= 0 ? opcode.digit : this.registerNumber(opcode.byteRegisters);
    const field = reg << 3;
    if (random.chance(0.4)) return [0xc0 | field | this.registerNumber(opcode.byteRegisters)];
    if (random.chance(0.05)) return [(random.below(256) & 0xc7) | field, ...random.bytes(5)];
    if (shortAddress) return this.shortAddress(field);
    return this.longAddress(field, segment === 0x64 || segment === 0x65);
  }

  /** Registers that hold no pointer, most of the time. */
  private registerNumber(byte: boolean): number {
    const { random } = this;
    if (random.chance(0.03)) return random.below(8);
    return byte
      ? random.pick([0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 1, 5])
      : random.pick([0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 1]);
  }

  /** 16-bit addressing through FS or GS, whose base has its low 16 bits clear. */
  private shortAddress(field: number): number[] {
    const { random } = this;
    const form = random.pick([4, 5, 6, 7, 0]);
    const mod = random.below(3);
    if (mod === 0 && form === 6)
      return [field | 6, ...half(random.pick([DATA_MIDDLE, STACK_MIDDLE]) + random.below(64))];
    if (mod === 0) return [field | form];
    if (mod === 1) return [0x40 | field | form, random.below(256)];
    return [0x80 | field | form, ...half(random.between(-300, 300))];
  }

  private longAddress(field: number, ownSegment: boolean): number[] {
    const { random } = this;
    if (ownSegment)
      return [
        field | 5,
        ...dword(random.pick([DATA_MIDDLE, STACK_MIDDLE, DATA_BYTES - 2]) + random.below(64)),
      ];
    if (random.chance(0.3)) return [field | 5, ...dword(this.dataAddress())];
    const base = random.pick([3, 5, 6, 7, 4]);
    const indexed = base === 4 || random.chance(0.3);
    const sib = indexed ? [(this.scale() << 6) | (random.pick(INDEXES) << 3) | base] : [];
    const rm = indexed ? 4 : base;
    if (base !== 5 && random.chance(0.3)) return [field | rm, ...sib];
    if (random.chance(0.6)) return [0x40 | field | rm, ...sib, random.below(256)];
    return [0x80 | field | rm, ...sib, ...dword(random.between(-300, 300))];
  }

  private scale(): number {
    return this.random.below(4);
  }

  /** Eight bytes of immediate: what the instruction does not use is cut off. */
  private immediate(opcode: Opcode, word: boolean): number[] {
    const { random } = this;
    if (opcode.name === "Enter")
      return [...half(random.below(64)), random.chance(0.8) ? random.below(4) : random.below(256), 0];
    if (opcode.bytes[0] >= 0xa0 && opcode.bytes[0] <= 0xa3) return dword(this.dataAddress());
    if (opcode.name === "Ret") return half(random.below(16) * 4);
    const value = random.interesting();
    return word
      ? [...half(value), ...half(random.bits()), 0, 0, 0, 0]
      : [...dword(value), ...dword(random.bits())];
  }

  private addTemplate(): void {
    const { random } = this;
    const template = random.pick(TEMPLATES);
    template(
      (bytes, patch) => this.add(bytes, patch),
      random,
      () => this.dataAddress(),
    );
  }
}

type Add = (bytes: number[], patch?: Item["patch"]) => void;
type Template = (add: Add, random: Random, dataAddress: () => number) => void;

const POPPABLE_FLAGS = CF | PF | AF | ZF | SF | OF | DF | 2;
/** Values that mean the same on the host and in the emulated CPU's tables. */
const SELECTORS = [0, 3, USER_DS, USER_DS, USER_FS, USER_GS, USER_CS, USER_DS & ~3, 0x18, 0x83, 0x1003, 0x0f];

/**
 * Sequences that chance would not produce: far transfers, selector loads, traps. What must not be entered in the middle is
 * one entry.
 */
const TEMPLATES: readonly Template[] = [
  function popFlags(add, random) {
    add([0x68, ...dword((random.bits() & POPPABLE_FLAGS) | IF | (random.chance(0.1) ? TF : 0)), 0x9d]);
  },
  function pushReturn(add, random) {
    add([0x68, 0, 0, 0, 0, ...someReturn(random, 0xc3, 0xc2)], address(1, random.below(3)));
  },
  function jumpThroughRegister(add, random) {
    add([0xb8, 0, 0, 0, 0, 0xff, random.pick([0xe0, 0xd0])], address(1, random.below(3)));
  },
  function jumpThroughMemory(add, random, dataAddress) {
    const where = dword(dataAddress());
    const store = [0xc7, 0x05, ...where, 0, 0, 0, 0];
    add([...store, 0xff, random.pick([0x25, 0x15]), ...where], address(6, random.below(3)));
  },
  function farDirect(add, random) {
    add([random.pick([0x9a, 0xea]), 0, 0, 0, 0, ...half(USER_CS)], address(1, random.below(3)));
  },
  function farReturn(add, random) {
    add([0x6a, USER_CS, 0x68, 0, 0, 0, 0, ...someReturn(random, 0xcb, 0xca)], address(3, random.below(3)));
  },
  function interruptReturn(add, random) {
    const flags = dword((random.bits() & POPPABLE_FLAGS) | IF);
    add([0x68, ...flags, 0x6a, USER_CS, 0x68, 0, 0, 0, 0, 0xcf], address(8, random.below(3)));
  },
  function farIndirect(add, random, dataAddress) {
    const where = dataAddress();
    const selector = [0x66, 0xc7, 0x05, ...dword(where + 4), ...half(USER_CS)];
    const store = [0xc7, 0x05, ...dword(where), 0, 0, 0, 0];
    const jump = [0xff, random.pick([0x2d, 0x1d]), ...dword(where)];
    add([...selector, ...store, ...jump], address(selector.length + 6, random.below(3)));
  },
  function loadSegment(add, random) {
    const segment = random.pick([0, 3, 4, 5]);
    add([0x66, 0xb8, ...half(random.pick(SELECTORS)), 0x8e, 0xc0 | (segment << 3)]);
    if (random.chance(0.3))
      add([0x6a, USER_DS, ...random.pick([[0x07], [0x1f], [0x0f, 0xa1], [0x0f, 0xa9], [0x17]])]);
  },
  function loadFarPointer(add, random, dataAddress) {
    const where = dataAddress();
    const load = random.pick([[0xc4], [0xc5], [0x0f, 0xb4], [0x0f, 0xb5]]);
    const store = [0x66, 0xc7, 0x05, ...dword(where + 4), ...half(random.pick(SELECTORS))];
    add([...store, ...load, 0x05, ...dword(where)]);
  },
  function readSegment(add, random) {
    add([0x8c, 0xc0 | (random.below(6) << 3) | random.below(3)]);
  },
  function inspectSelector(add, random) {
    const selector = random.pick([0, 3, USER_DS, USER_CS, USER_FS, USER_GS, 0x83, 0x18]);
    const inspect = random.pick([
      [0x0f, 0x02, 0xd0],
      [0x0f, 0x03, 0xd0],
      [0x0f, 0x00, 0xe0],
      [0x0f, 0x00, 0xe8],
    ]);
    add([0x66, 0xb8, ...half(selector), ...inspect]);
  },
  function divide(add, random) {
    add([0xb9, ...dword(random.interesting())]);
    add([0xba, ...dword(random.chance(0.5) ? 0 : random.interesting())]);
    add([random.pick([0xf7, 0xf7, 0xf6]), random.pick([0xf1, 0xf9])]);
  },
  function softwareInterrupt(add, random) {
    if (random.chance(0.3)) add([0xcd, random.pick([0, 1, 2, 3, 4, 5, 6, 8, 13, 14, 0x1f, 0x21, 0x40])]);
  },
  function illegal(add, random) {
    const codes = [
      [0x0f, 0x0b],
      [0x8d, 0xc0],
      [0xc4, 0xc0],
      [0x62, 0xc0],
      [0xfe, 0xd0],
      [0xf0, 0x90],
    ];
    if (random.chance(0.3)) add(random.pick(codes));
  },
  function controlRegister(add, random) {
    const codes = [
      [0x0f, 0x20, 0xc0],
      [0x0f, 0x22, 0xd8],
      [0x0f, 0x21, 0xf8],
      [0x0f, 0x23, 0xc0],
    ];
    if (random.chance(0.3)) add(random.pick(codes));
  },
];

/** A return, or one that drops a few bytes more. */
function someReturn(random: Random, plainCode: number, dropping: number): number[] {
  return random.chance(0.5) ? [plainCode] : [dropping, ...half(random.below(8) * 4)];
}

function address(at: number, ahead: number): Item["patch"] {
  return { at, size: 4, relative: false, ahead };
}

function isLocked(instruction: ReturnType<typeof decode>): boolean {
  return instruction.hasLockPrefix;
}

/** Instructions that mostly end a stream when their operands are random. */
const FAULTING = new Set([
  "Bound",
  "Idiv",
  "Div",
  "Popad",
  "Leave",
  "Ret",
  "Xlatb",
  "Into",
  "Call",
  "Jmp",
  "Bts",
  "Btr",
  "Btc",
  "Bt",
]);

/** EBX, ESP, EBP, ESI, EDI and their parts. */
const POINTERS: ReadonlySet<Register> = new Set([
  Register.BL,
  Register.BH,
  Register.BX,
  Register.SP,
  Register.BP,
  Register.SI,
  Register.DI,
  Register.EBX,
  Register.ESP,
  Register.EBP,
  Register.ESI,
  Register.EDI,
]);

function half(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

function shuffle<T>(list: T[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}
