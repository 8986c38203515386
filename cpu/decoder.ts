/**
 * Decodes guest code into micro-ops. iced-x86 knows the encodings; `select` chooses handlers; this file writes the
 * micro-ops into the core's pool. One instruction becomes up to six: BREAK, CROSS, CHECK_EIP, FPU_READY, SEG_EA, itself.
 */
import {
  CpuidFeature,
  Decoder as IcedDecoder,
  DecoderError,
  DecoderOptions,
  Instruction,
  OpKind,
  Register,
} from "iced-x86";
import {
  CLOCK_ENTRY_SIZE,
  CLOCK_TABLE,
  CLOCK_TABLE_END,
  FLAG_ADDRESS16,
  FLAG_DATA_OPERAND,
  FLAG_LINK,
  FLAG_REPE,
  FLAG_REPNE,
  FORM_SHIFT,
  MODE_CODE32,
  MODE_FLAT_CODE,
  MODE_FLAT_DATA,
  OP_BASE,
  OP_CLOCKS,
  OP_COMPONENTS,
  OP_CYCLES,
  OP_DISP,
  OP_FLAGS,
  OP_HANDLER,
  OP_IMM,
  OP_INDEX,
  OP_NEXT,
  OP_OFFSET,
  OP_OPERAND,
  OP_R1,
  OP_R2,
  OP_SCALE,
  OP_SEGMENT,
  OP_SIZE,
  OP_SUB,
  PAGE_MAP,
  PAGE_MODE,
  PAGE_PHYSICAL,
  POOL_NEXT,
  REG_ADDRESS,
  REG_ESP,
  REG_ZERO,
  SEG_DS,
  SEG_ES,
  SEG_SS,
} from "./layout";
import * as op from "./operations.generated";
import { clocksFor, transferComponents } from "./instructions/clocks";
import { PROCESSOR_MODELS } from "./models";
import type { CpuModel } from "./models";
import { FORMULA_MULTIPLY, FORMULA_SCAN_STEPS, type Clocks } from "./instructions/formulas";
import { memoryOperand, segmentIndex } from "./instructions/operands";
import type { MemoryOperand } from "./instructions/operands";
import { rulesFor } from "./instructions/rules";
import { select } from "./instructions/table";
import type { Selection } from "./instructions/entry";

/** F3 before these opcodes is a repeat prefix without meaning on the i386 and i486; MOV from and to test registers. */
export const DECODER_OPTIONS =
  DecoderOptions.MovTr |
  DecoderOptions.NoPause |
  DecoderOptions.NoWbnoinvd |
  DecoderOptions.NoMPFX_0FBC |
  DecoderOptions.NoMPFX_0FBD;

/** Processors with multi-byte NOPs take instructions in that space which came later for NOPs (ENDBR32, PREFETCHh). */
function optionsOf(model: CpuModel): number {
  const hints = PROCESSOR_MODELS[model].instructions.has(CpuidFeature.MULTIBYTENOP);
  return hints ? DECODER_OPTIONS | DecoderOptions.ForceReservedNop : DECODER_OPTIONS;
}

const LONGEST_INSTRUCTION = 15;
/** Instructions decoded ahead in one go. */
const RUN_LENGTH = 32;
/** Bytes that a run looks at; the last LONGEST_INSTRUCTION only complete an instruction. */
const RUN_BYTES = 160;
/** Micro-ops kept for an instruction that crosses a page. */
const CROSSING_OPS = 6;
/** Clocks of an undefined opcode, which the tables do not have. */
const UNTIMED_CLOCKS = 1;

/** Where the decoder reads guest memory. */
export interface CodeSource {
  /** Bytes of the page at `physical` from `offset` up to `end`. */
  codeBytes(physical: number, offset: number, end: number): Uint8Array;
  /** Page offsets of instructions that need a BREAK before them; undefined: none. */
  breakOffsets(): ReadonlySet<number> | undefined;
}

/** The address that a SEG_EA left. */
const LINEAR: MemoryOperand = {
  base: REG_ADDRESS,
  index: REG_ZERO,
  scale: 0,
  displacement: 0,
  segment: SEG_DS,
  address16: false,
};

const VECTOR_PREFIXES: ReadonlySet<number> = new Set([0x62, 0xc4, 0xc5]);

/** An instruction's micro-ops at one place of a page in one mode, as they are before any link. */
interface Remembered {
  /** Its encoding. */
  readonly bytes: Uint8Array;
  readonly micro: Uint8Array;
  readonly ended: boolean;
}

/** Encodings remembered at one place; places, and pages whose runs are counted. */
const MOST_ENCODINGS = 4;
const MOST_PLACES = 1 << 16;
/** A page that is decoded in more runs than this has been written in between. */
const RUNS_OF_WRITTEN_PAGE = 256;

interface Prefixes {
  operand16: boolean;
  address16: boolean;
  repe: boolean;
  repne: boolean;
  /** Prefix bytes other than REP. */
  others: number;
  /** Offset of the opcode. */
  length: number;
}

function scanPrefixes(bytes: Uint8Array, start: number): Prefixes {
  const found: Prefixes = {
    operand16: false,
    address16: false,
    repe: false,
    repne: false,
    others: 0,
    length: 0,
  };
  for (let at = start; at < bytes.length; at++, found.length++) {
    switch (bytes[at]) {
      case 0x66:
        found.operand16 = true;
        break;
      case 0x67:
        found.address16 = true;
        break;
      case 0xf2:
        found.repne = true;
        found.repe = false;
        continue;
      case 0xf3:
        found.repe = true;
        found.repne = false;
        continue;
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
      case 0x64:
      case 0x65:
      case 0xf0:
        break;
      default:
        return found;
    }
    found.others++;
  }
  return found;
}

/**
 * Whether the bytes are BOUND, LES or LDS with a register operand: undefined here by their second byte, but to iced-x86 the
 * beginning of a longer vector instruction.
 */
function isVectorPrefix(bytes: Uint8Array, start: number): boolean {
  const opcode = start + scanPrefixes(bytes, start).length;
  return VECTOR_PREFIXES.has(bytes[opcode]) && bytes[opcode + 1] >= 0xc0;
}

/** The 11 bits of an x87 opcode that the processor remembers: the low three of the first byte, and the second one. */
function x87Opcode(bytes: Uint8Array, opcode: number): number {
  return ((bytes[opcode] & 7) << 8) | bytes[opcode + 1];
}

export class Decoder {
  decodedRuns = 0;
  decodedInstructions = 0;
  private readonly instruction = new Instruction();
  private readonly components: boolean;
  private readonly options: number;
  private breaks: ReadonlySet<number> | undefined;
  private readonly clockEntries = new Map<string, number>();
  /** By mode and page offset. Pages that are written and run in turn are decoded again and again. */
  private readonly remembered = new Map<number, Remembered[]>();
  /** By the page's physical address. */
  private readonly runsOfPage = new Map<number, number>();
  private readonly pool: Uint8Array;

  constructor(
    private readonly view: DataView,
    private readonly model: CpuModel,
    private readonly source: CodeSource,
  ) {
    this.components = rulesFor(model).transferComponents;
    this.options = optionsOf(model);
    this.pool = new Uint8Array(view.buffer);
  }

  /** Decodes a run of instructions at `offset` of a code page; returns the first micro-op. */
  decode(page: number, offset: number): number {
    const { view } = this;
    const mode = view.getUint32(page + PAGE_MODE, true);
    const end = Math.min(offset + RUN_BYTES, 0x1000);
    const physical = view.getUint32(page + PAGE_PHYSICAL, true);
    const bytes = this.source.codeBytes(physical, offset, end);
    const last = end === 0x1000 ? end : end - LONGEST_INSTRUCTION;
    this.breaks = this.source.breakOffsets();
    const remembers = this.isDecodedOften(physical) && !this.breaks;
    let decoder: IcedDecoder | undefined;
    const first = view.getUint32(POOL_NEXT, true);
    let at = offset;
    let ended = false;
    for (let count = 0; count < RUN_LENGTH && at < last && !ended; count++) {
      if (count > 0 && view.getUint32(page + PAGE_MAP + at * 4, true) !== 0) break;
      view.setUint32(page + PAGE_MAP + at * 4, view.getUint32(POOL_NEXT, true), true);
      this.decodedInstructions++;
      const known = remembers ? this.recall(mode, at, bytes, at - offset) : undefined;
      if (known) {
        this.append(known.micro);
        ended = known.ended;
        at += known.bytes.length;
        continue;
      }
      decoder ??= new IcedDecoder(mode & MODE_CODE32 ? 32 : 16, bytes, this.options);
      decoder.position = at - offset;
      decoder.ip = BigInt(at);
      decoder.decodeOut(this.instruction);
      if (decoder.lastError === DecoderError.NoMoreBytes && !isVectorPrefix(bytes, at - offset)) {
        this.reserveCrossing(mode, at);
        ended = true;
      } else {
        const start = view.getUint32(POOL_NEXT, true);
        ended = this.emit(mode, at, bytes, at - offset);
        if (remembers && !this.instruction.isInvalid) {
          const encoding = bytes.slice(at - offset, at - offset + this.instruction.length);
          this.remember(mode, at, encoding, start, ended);
        }
        at += Math.max(this.instruction.length, 1);
      }
    }
    decoder?.free();
    if (!ended) this.leaveRun(page, at);
    this.decodedRuns++;
    return first;
  }

  /** Counts the runs of a page. */
  private isDecodedOften(physical: number): boolean {
    if (this.runsOfPage.size >= MOST_PLACES) this.runsOfPage.clear();
    const runs = (this.runsOfPage.get(physical) ?? 0) + 1;
    this.runsOfPage.set(physical, runs);
    return runs > RUNS_OF_WRITTEN_PAGE;
  }

  private recall(mode: number, at: number, bytes: Uint8Array, start: number): Remembered | undefined {
    const candidates = this.remembered.get(mode * 0x1000 + at);
    if (!candidates) return undefined;
    for (const candidate of candidates) {
      const wanted = candidate.bytes;
      let i = 0;
      while (i < wanted.length && bytes[start + i] === wanted[i]) i++;
      if (i === wanted.length) return candidate;
    }
    return undefined;
  }

  private remember(mode: number, at: number, bytes: Uint8Array, start: number, ended: boolean): void {
    const place = mode * 0x1000 + at;
    if (this.remembered.size >= MOST_PLACES) this.remembered.clear();
    let candidates = this.remembered.get(place);
    if (!candidates) this.remembered.set(place, (candidates = []));
    if (candidates.length === MOST_ENCODINGS) candidates.shift();
    candidates.push({ bytes, micro: this.pool.slice(start, this.view.getUint32(POOL_NEXT, true)), ended });
  }

  private append(micro: Uint8Array): void {
    const at = this.view.getUint32(POOL_NEXT, true);
    this.pool.set(micro, at);
    this.view.setUint32(POOL_NEXT, at + micro.length, true);
  }

  /** Decodes the instruction of a CROSS micro-op, whose second part is in the page at `second`. */
  decodeCrossing(crossing: number, page: number, second: number): void {
    const { view } = this;
    const mode = view.getUint32(page + PAGE_MODE, true);
    const offset = view.getUint16(crossing + OP_OFFSET, true);
    const head = this.source.codeBytes(view.getUint32(page + PAGE_PHYSICAL, true), offset, 0x1000);
    const tail = this.source.codeBytes(second, 0, Math.max(LONGEST_INSTRUCTION - head.length, 0));
    const bytes = new Uint8Array([...head, ...tail]);
    const decoder = new IcedDecoder(mode & MODE_CODE32 ? 32 : 16, bytes, this.options);
    decoder.ip = BigInt(offset);
    decoder.decodeOut(this.instruction);
    decoder.free();
    const pool = view.getUint32(POOL_NEXT, true);
    view.setUint32(POOL_NEXT, crossing + OP_SIZE, true);
    const ended = this.emit(mode, offset, bytes, 0, false);
    const next = offset + Math.max(this.instruction.length, 1);
    if (!ended) this.step(op.STALE, next, next, 0);
    view.setUint32(POOL_NEXT, pool, true);
    const kept = Math.max(next - 0x1000, 0);
    view.setUint16(crossing + OP_NEXT, next, true);
    view.setUint8(crossing + OP_OPERAND, kept);
    view.setUint8(crossing + OP_SUB, 1);
    for (let i = 0; i < kept; i++) view.setUint8(crossing + OP_R1 + i, tail[i]);
    view.setUint8(crossing + OP_COMPONENTS, this.componentsOf());
  }

  private reserveCrossing(mode: number, at: number): void {
    if (this.breaks?.has(at)) this.step(op.BREAK, at, 0x1000, 0);
    const crossing = this.step(op.CROSS, at, 0x1000, 0);
    for (let i = 1; i < CROSSING_OPS; i++) this.step(op.STALE, at, 0x1000, 0);
    this.view.setUint8(crossing + OP_SUB, 0);
  }

  /** What follows the last instruction of a run: a link within the page, a look-up across its end. */
  private leaveRun(page: number, at: number): void {
    if (at >= 0x1000) {
      this.step(op.STALE, at, at, 0);
      return;
    }
    const link = this.step(op.GOTO, at, at, 0);
    this.view.setInt32(link + OP_DISP, at, true);
    this.view.setUint32(link + OP_IMM, this.view.getUint32(page + PAGE_MAP + at * 4, true), true);
    this.view.setUint8(link + OP_FLAGS, FLAG_LINK);
  }

  /** Appends a cleared micro-op. */
  private step(handler: number, offset: number, next: number, components: number): number {
    const { view } = this;
    const at = view.getUint32(POOL_NEXT, true);
    view.setUint32(POOL_NEXT, at + OP_SIZE, true);
    for (let i = 0; i < OP_SIZE; i += 4) view.setUint32(at + i, 0, true);
    view.setUint16(at + OP_HANDLER, handler, true);
    view.setUint16(at + OP_OFFSET, offset, true);
    view.setUint16(at + OP_NEXT, next, true);
    view.setUint8(at + OP_COMPONENTS, components);
    return at;
  }

  private componentsOf(): number {
    return this.components && !this.instruction.isInvalid ? transferComponents(this.instruction) : 0;
  }

  /** Writes the micro-ops of the instruction decoded last. Returns whether nothing follows it. */
  private emit(mode: number, at: number, bytes: Uint8Array, start: number, mayBreak = true): boolean {
    const { instruction } = this;
    const next = at + Math.max(instruction.length, 1);
    const prefixes = scanPrefixes(bytes, start);
    const components = this.componentsOf();
    if (mayBreak && this.breaks?.has(at)) this.step(op.BREAK, at, next, components);
    if (!(mode & MODE_FLAT_CODE)) this.step(op.CHECK_EIP, at, next, components);
    const clocks = instruction.isInvalid ? undefined : clocksFor(instruction, this.model, prefixes.others);
    const operand = ((mode & MODE_CODE32) !== 0) !== prefixes.operand16 ? 4 : 2;
    const address16 = ((mode & MODE_CODE32) !== 0) === prefixes.address16;
    const selection =
      clocks && select(instruction, { mode, operand, address16, i386: this.model === "i386" });
    if (!clocks || !selection) {
      this.emitUndefined(at, next, components, prefixes);
      return true;
    }
    if (selection.x87) selection.immediate = x87Opcode(bytes, start + prefixes.length);
    this.emitSelected(mode, at, next, components, selection, clocks, prefixes, address16);
    return selection.ends;
  }

  /** Undefined opcodes, and those that are too long. */
  private emitUndefined(at: number, next: number, components: number, prefixes: Prefixes): void {
    const { view, instruction } = this;
    const micro = this.step(op.UNDEFINED, at, next, components);
    view.setUint16(micro + OP_CYCLES, UNTIMED_CLOCKS, true);
    view.setUint8(micro + OP_SUB, instruction.isInvalid && prefixes.length >= LONGEST_INSTRUCTION ? 1 : 0);
  }

  private emitSelected(
    mode: number,
    at: number,
    next: number,
    components: number,
    selection: Selection,
    clocks: Clocks,
    prefixes: Prefixes,
    address16: boolean,
  ): void {
    const { view, instruction } = this;
    const memory = this.memoryOf(selection);
    const checked = memory !== undefined && this.needsCheck(mode, memory, selection);
    if (checked && selection.ready !== undefined) this.emitReadyStep(at, next, components, selection.ready);
    if (checked) this.emitSegmentStep(at, next, components, memory, selection);
    const micro = this.step(selection.handler, at, next, components);
    let flags = (selection.form & 7) << FORM_SHIFT;
    if (selection.linked) flags |= FLAG_LINK;
    if (selection.stack && memory && !checked && memory.segment !== SEG_SS) flags |= FLAG_DATA_OPERAND;
    if (address16) flags |= FLAG_ADDRESS16;
    if (prefixes.repe) flags |= FLAG_REPE;
    if (prefixes.repne) flags |= FLAG_REPNE;
    const hot = selection.handler < op.FIRST_SLOW;
    view.setUint16(micro + OP_CYCLES, Math.max(clocks.base, 1), true);
    if (hot) view.setInt16(micro + OP_CLOCKS, clocks.formula === FORMULA_MULTIPLY ? 1 : clocks.a, true);
    else view.setUint16(micro + OP_CLOCKS, this.clockEntry(clocks), true);
    view.setUint8(micro + OP_OPERAND, selection.size);
    view.setUint8(micro + OP_SUB, selection.sub);
    view.setUint8(micro + OP_FLAGS, flags);
    view.setUint16(micro + OP_R1, selection.r1, true);
    view.setUint16(micro + OP_R2, selection.r2, true);
    view.setUint16(micro + OP_BASE, REG_ZERO, true);
    view.setUint16(micro + OP_INDEX, REG_ZERO, true);
    view.setInt32(micro + OP_DISP, selection.displacement | 0, true);
    view.setUint32(micro + OP_IMM, selection.linked ? 0 : this.immediateOf(selection, clocks), true);
    view.setUint8(micro + OP_SEGMENT, selection.stack ? SEG_SS : this.stringSegment(instruction));
    if (selection.byCl) view.setUint8(micro + OP_SCALE, 0x80);
    if (memory) this.writeAddress(micro, checked ? LINEAR : memory, selection);
  }

  private immediateOf(selection: Selection, clocks: Clocks): number {
    if (selection.handler === op.BIT_SCAN) return clocks.formula === FORMULA_SCAN_STEPS ? 1 : 0;
    return selection.immediate >>> 0;
  }

  /** The explicit memory operand, if there is one. */
  private memoryOf(selection: Selection): MemoryOperand | undefined {
    const { instruction } = this;
    for (let i = 0; i < instruction.opCount; i++) {
      if (instruction.opKind(i) !== OpKind.Memory) continue;
      const memory = memoryOperand(instruction);
      // Without an index the i386 scales the base; the manual leaves it undefined.
      const scalesBase = this.model === "i386" && memory.index === REG_ZERO && memory.scale > 0;
      // POP to memory: an address with ESP is computed after the pop.
      if (selection.handler === op.POP_MEMORY && memory.base === REG_ESP && !memory.address16) {
        const popped = selection.size << (scalesBase ? memory.scale : 0);
        memory.displacement = (memory.displacement + popped) >>> 0;
      }
      if (scalesBase) {
        memory.index = memory.base;
        memory.base = REG_ZERO;
      }
      return memory;
    }
    return undefined;
  }

  private needsCheck(mode: number, memory: MemoryOperand, selection: Selection): boolean {
    if (selection.accessed === 0) return false;
    const flat = memory.segment === SEG_DS || memory.segment === SEG_ES || memory.segment === SEG_SS;
    return memory.address16 || !flat || !(mode & MODE_FLAT_DATA);
  }

  private emitReadyStep(at: number, next: number, components: number, ready: number): void {
    const step = this.step(op.FPU_READY, at, next, components);
    this.view.setUint8(step + OP_SUB, ready);
  }

  private emitSegmentStep(
    at: number,
    next: number,
    components: number,
    memory: MemoryOperand,
    selection: Selection,
  ): void {
    const { view } = this;
    const step = this.step(op.SEG_EA, at, next, components);
    this.writeAddress(step, memory, selection);
    view.setUint8(step + OP_FLAGS, memory.address16 ? FLAG_ADDRESS16 : 0);
    view.setUint8(step + OP_SEGMENT, memory.segment);
    view.setUint8(step + OP_OPERAND, selection.accessed > 0 ? selection.accessed : selection.size);
    const writes = selection.writes && this.instruction.opKind(0) === OpKind.Memory;
    view.setUint8(step + OP_SUB, writes ? 1 : 0);
  }

  private writeAddress(micro: number, memory: MemoryOperand, selection: Selection): void {
    const { view } = this;
    view.setUint16(micro + OP_BASE, memory.base, true);
    view.setUint16(micro + OP_INDEX, memory.index, true);
    view.setUint8(micro + OP_SCALE, view.getUint8(micro + OP_SCALE) | memory.scale);
    view.setUint32(micro + OP_DISP, memory.displacement, true);
    if (!selection.stack) view.setUint8(micro + OP_SEGMENT, memory.segment);
    const flags = view.getUint8(micro + OP_FLAGS) & ~FLAG_ADDRESS16;
    view.setUint8(micro + OP_FLAGS, flags | (memory.address16 ? FLAG_ADDRESS16 : 0));
  }

  /** Source segment of string instructions and XLAT. */
  private stringSegment(instruction: Instruction): number {
    return instruction.segmentPrefix === Register.None ? SEG_DS : segmentIndex(instruction.segmentPrefix);
  }

  /** Offset in CLOCK_TABLE of a formula's terms. */
  private clockEntry(clocks: Clocks): number {
    const a = clocks.formula === FORMULA_MULTIPLY ? 1 : clocks.a;
    const key = `${a} ${clocks.b} ${clocks.c} ${clocks.d}`;
    let entry = this.clockEntries.get(key);
    if (entry === undefined) {
      entry = this.clockEntries.size * CLOCK_ENTRY_SIZE;
      if (CLOCK_TABLE + entry >= CLOCK_TABLE_END) throw new Error("clock table is full");
      this.clockEntries.set(key, entry);
      [a, clocks.b, clocks.c, clocks.d].forEach((term, i) => {
        this.view.setInt16(CLOCK_TABLE + entry! + 2 * i, term, true);
      });
    }
    return entry;
  }
}
