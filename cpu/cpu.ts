import { CR0_ET, CR0_PE, CR0_PG, IA32_APIC_BASE } from "./control-registers";
import { existsSync, readFileSync } from "node:fs";
import { corePath } from "./core-path";
import { Decoder } from "./decoder";
import * as layout from "./layout";
import { APIC_ENABLED } from "./model-specific";
import { CPUID_APIC, PROCESSOR_MODELS } from "./models";
import { createRegisters } from "./registers";
import { taskClocks } from "./instructions/clocks";
import { rulesFor } from "./instructions/rules";
import type {
  AccessSize,
  CpuBus,
  CpuHooks,
  CpuModel,
  CpuOptions,
  CpuStats,
  Registers,
  StopReason,
} from "./types";

export type * from "./types";

/** The core's exports. */
interface Core {
  run(until: bigint): number;
  step(): number;
  cycles(): bigint;
  instructions(): bigint;
  advanceTo(cycle: bigint): void;
  shortenTo(cycle: bigint): void;
  cutBudget(): void;
  eflags(): number;
  setEflags(value: number): void;
  initializeFpu(): void;
  fpuStatus(): number;
  setFpuStatus(value: number): void;
  setFpuControl(value: number): void;
  fpuTags(): number;
  setFpuTags(value: number): void;
  segmentsChanged(cpl: number): void;
  flushTlb(): void;
  flushCode(): void;
  killCode(physical: number): void;
  killAllCode(): void;
  debugChanged(): void;
  walk(linear: number, write: number, user: number, commit: number): number;
}

const PAGE = 0x1000;
const WASM_PAGE = 0x10000;
const POOL_BYTES = 32 << 20;
/** Wasm memory ends at 4 GiB; tables and pool come off that. */
const MOST_MEMORY = 0xe0000000;
const HOLE = 1;
/** All exceptions masked (SDM volume 3, 9.1.1). */
const MXCSR_RESET = 0x1f80;
const MOST_UNKNOWN = 1000;

const STOP_REASONS: readonly StopReason[] = ["cycles", "halt", "shutdown", "breakpoint", "stopped"];
const SHUTDOWN_REASONS: readonly string[] = ["", "triple fault"];
const INTERRUPT_SOURCES = ["external", "software", "exception"] as const;
const MMU_EVENTS = ["cr0", "cr3", "invlpg"] as const;

/** Present, DPL 0, S, readable code or writable data, accessed; 4 KiB granules, 32 bits. */
const FLAT_CODE_ACCESS = 0xc09b00;
const FLAT_DATA_ACCESS = 0xc09300;
/** SDM volume 3, table 9-1: all segments, CS too, can be read and written. */
const REAL_ACCESS = 0x9300;

let compiled: WebAssembly.Module | undefined;

function coreModule(): WebAssembly.Module {
  if (compiled) return compiled;
  if (!existsSync(corePath)) throw new Error(`${corePath} is missing: run "npm run build" first`);
  compiled = new WebAssembly.Module(readFileSync(corePath));
  return compiled;
}

/** Who answers at an address of the area in which a PC has its ROMs. */
export type ShadowKind = "ram" | "rom" | "bus";

/** A processor. Time is `cycles`; nothing here reads any other clock. */
interface Uses {
  reads: number;
  writes: number;
}

export class Cpu {
  /** Guest physical RAM. The view stays valid. After writing code into it call `invalidate`. */
  readonly memory: Uint8Array;
  readonly registers: Registers;
  readonly model: CpuModel;
  private readonly hasApic: boolean;
  /** Assign to its fields to observe; changes count from the next `run` or `step`. */
  readonly hooks: CpuHooks = {};

  /** Model-specific registers that were asked for and are not there, by number. */
  readonly unknownMsrs = new Map<number, Uses>();
  /** Leaves of CPUID beyond the last one that were asked for. */
  readonly unknownLeaves = new Map<number, Uses>();

  private readonly bus: CpuBus;
  private readonly view: DataView;
  private readonly core: Core;
  private readonly decoder: Decoder;
  private readonly breakpoints = new Set<number>();
  private readonly ramBase: number;
  private readonly pageTable: number;

  constructor(options: CpuOptions) {
    const { model, apic = false, memoryBytes, bus } = options;
    if (!Number.isInteger(memoryBytes / PAGE) || memoryBytes < PAGE || memoryBytes > MOST_MEMORY) {
      throw new RangeError(
        `memory of ${memoryBytes} bytes: not a multiple of 4096 from 4096 to ${MOST_MEMORY}`,
      );
    }
    this.model = model;
    this.hasApic = apic;
    this.bus = bus;
    this.pageTable = layout.DYNAMIC_BASE;
    const pool = alignUp(this.pageTable + (memoryBytes / PAGE) * 4);
    this.ramBase = alignUp(pool + POOL_BYTES);
    const pages = alignUp(this.ramBase + memoryBytes) / WASM_PAGE;
    const wasmMemory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.memory = new Uint8Array(wasmMemory.buffer, this.ramBase, memoryBytes);
    this.view = new DataView(wasmMemory.buffer);
    this.decoder = new Decoder(this.view, model, {
      codeBytes: (physical, offset, end) => this.codeBytes(physical, offset, end),
      breakOffsets: () => this.breakOffsets(),
    });
    const instance = new WebAssembly.Instance(coreModule(), {
      env: { memory: wasmMemory },
      host: this.imports(),
    });
    this.core = instance.exports as unknown as Core;
    this.registers = createRegisters(this.view, {
      readEflags: () => this.core.eflags() >>> 0,
      writeEflags: (value) => this.core.setEflags(value),
      segmentsChanged: (cpl) => this.core.segmentsChanged(cpl),
      pagingChanged: () => this.core.flushTlb(),
      eipChanged: () => {
        this.word(layout.REPEAT_RESUMED, 0);
        this.word(layout.STATE_HALTED, 0);
      },
      debugChanged: () => this.core.debugChanged(),
      fpu: {
        readStatus: () => this.core.fpuStatus(),
        writeStatus: (value) => this.core.setFpuStatus(value),
        writeControl: (value) => this.core.setFpuControl(value),
        readTags: () => this.core.fpuTags(),
        writeTags: (value) => this.core.setFpuTags(value),
      },
    });
    this.configure(model, memoryBytes, pool);
    for (const [start, end] of options.holes ?? []) this.makeHole(start, Math.min(end, memoryBytes));
    this.reset();
  }

  get cycles(): number {
    return Number(this.core.cycles());
  }

  /** Completed instructions; a repeated string instruction is one. */
  get instructions(): number {
    return Number(this.core.instructions());
  }

  /** Lets time pass without executing (HLT). Earlier cycles are ignored. */
  advanceTo(cycle: number): void {
    this.core.advanceTo(wholeCycle(cycle));
  }

  /** Runs to the first instruction boundary with `cycles >= untilCycle`. */
  run(untilCycle: number): StopReason {
    this.readHooks();
    if (this.hooks.instruction) return this.runObserved(untilCycle);
    return STOP_REASONS[this.core.run(wholeCycle(untilCycle))];
  }

  /** Delivers a pending trap or interrupt, if any, then executes one instruction (or one REP iteration). */
  step(): StopReason {
    this.readHooks();
    this.observeInstruction();
    return STOP_REASONS[this.core.step()];
  }

  /** From inside a bus callback: the current run ends at the first boundary with `cycles >= cycle`. Never extends it. */
  setDeadline(cycle: number): void {
    this.observedUntil = Math.min(this.observedUntil, cycle);
    this.core.shortenTo(wholeCycle(cycle));
  }

  /** From inside a bus callback: the current run ends after this instruction with "stopped". */
  stop(): void {
    this.word(layout.STOP_REQUEST, 1);
    this.core.cutBudget();
  }

  /** Level of the INTR pin. */
  setInterrupt(asserted: boolean): void {
    this.word(layout.PIN_INTR, asserted ? 1 : 0);
    if (asserted) this.core.cutBudget();
  }

  /** Level of the IGNNE# pin: x87 instructions do not wait for errors that CR0.NE leaves to the outside. */
  setIgnoreNumericErrors(asserted: boolean): void {
    this.word(layout.PIN_IGNNE, asserted ? 1 : 0);
  }

  /** An edge on the NMI pin. */
  nmi(): void {
    this.word(layout.PIN_NMI, 1);
    this.core.cutBudget();
  }

  setA20(enabled: boolean): void {
    const mask = enabled ? 0xffffffff : 0xffefffff;
    if (this.view.getUint32(layout.PIN_A20_MASK, true) === mask) return;
    this.word(layout.PIN_A20_MASK, mask);
    this.core.flushTlb();
  }

  addBreakpoint(linear: number): void {
    this.breakpoints.add(linear >>> 0);
    this.core.killAllCode();
  }

  removeBreakpoint(linear: number): void {
    this.breakpoints.delete(linear >>> 0);
    this.core.killAllCode();
  }

  /** Physical address of a linear one by the page tables, without side effects; -1 where nothing is mapped. */
  translate(linear: number): number {
    const mask = this.view.getUint32(layout.PIN_A20_MASK, true);
    if (!(this.view.getUint32(layout.CR0, true) & CR0_PG)) return (linear & mask) >>> 0;
    if (this.core.walk(linear, 0, 0, 0) >>> 0 !== 0xffffffff) return -1;
    return this.view.getUint32(layout.WALK_PHYSICAL, true) + (linear & (PAGE - 1));
  }

  /** Reads RAM through the page tables; unmapped bytes and bytes outside RAM read as 0. */
  readLinear(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const linear = (address + done) >>> 0;
      const part = Math.min(length - done, PAGE - (linear & (PAGE - 1)));
      const physical = this.translate(linear);
      if (physical >= 0 && physical < this.memory.length)
        bytes.set(this.memory.subarray(physical, physical + part), done);
      done += part;
    }
    return bytes;
  }

  /** Writes RAM through the page tables, whatever their rights. Returns the bytes written before the first unmapped one. */
  writeLinear(address: number, bytes: Uint8Array): number {
    let done = 0;
    while (done < bytes.length) {
      const linear = (address + done) >>> 0;
      const part = Math.min(bytes.length - done, PAGE - (linear & (PAGE - 1)));
      const physical = this.translate(linear);
      if (physical < 0 || physical >= this.memory.length) break;
      this.memory.set(bytes.subarray(done, done + part), physical);
      this.invalidate(physical, part);
      done += part;
    }
    return done;
  }

  /** After the host wrote to `memory`: drops what was decoded from there. */
  invalidate(physical: number, length: number): void {
    const end = Math.min(physical + length, this.memory.length);
    for (let page = physical & ~(PAGE - 1); page < end; page += PAGE) this.core.killCode(page);
  }

  /** The state a multiboot loader leaves: protected mode, flat 4 GiB segments, paging off, IF clear. */
  enterFlat32(eip: number): void {
    this.reset();
    this.word(layout.REG_EDX, 0);
    this.word(layout.CR0, CR0_PE | CR0_ET);
    for (const name of ["es", "cs", "ss", "ds", "fs", "gs"] as const) {
      const code = name === "cs";
      this.setSegment(name, code ? 8 : 16, 0, 0xffffffff, code ? FLAT_CODE_ACCESS : FLAT_DATA_ACCESS);
    }
    this.registers.eip = eip;
  }

  /** Power-on state, but for the clock, the counters and RAM: real mode, at the last paragraph of the address space. */
  reset(): void {
    const { view } = this;
    for (let at = layout.REG_EAX; at < layout.FLAGS_RESULT; at += 4) view.setUint32(at, 0, true);
    for (let at = layout.STATE_CPL; at < layout.CONFIG_FAMILY; at += 4) {
      if (at !== layout.PIN_A20_MASK && at !== layout.PIN_INTR) view.setUint32(at, 0, true);
    }
    this.word(layout.REG_EDX, PROCESSOR_MODELS[this.model].signature);
    this.word(layout.STATE_EIP, 0xfff0);
    this.word(layout.STATE_TLB, layout.TLB_SUPERVISOR);
    this.word(layout.STATE_USER_LIMIT, 0xffffffff);
    this.word(layout.CR0, CR0_ET);
    this.word(layout.DR6, 0xffff0ff0);
    this.word(layout.DR7, 0x400);
    this.word(layout.IDTR_LIMIT, 0x3ff);
    this.word(layout.MXCSR, MXCSR_RESET);
    this.resetModelSpecific();
    this.core.initializeFpu();
    this.core.setEflags(2);
    for (const name of ["es", "ss", "ds", "fs", "gs"] as const)
      this.setSegment(name, 0, 0, 0xffff, REAL_ACCESS);
    this.setSegment("cs", 0xf000, 0xffff0000, 0xffff, REAL_ACCESS);
    this.core.flushTlb();
    this.core.killAllCode();
  }

  stats(): CpuStats {
    const count = (at: number): number => Number(this.view.getBigUint64(at, true));
    return {
      instructions: this.instructions,
      cycles: this.cycles,
      tlbMisses: count(layout.COUNT_TLB_MISSES),
      tlbFlushes: count(layout.COUNT_TLB_FLUSHES),
      decodedBlocks: this.decoder.decodedRuns,
      decodedInstructions: this.decoder.decodedInstructions,
      codeInvalidations: count(layout.COUNT_INVALIDATIONS),
      codeFlushes: count(layout.COUNT_CODE_FLUSHES),
      interrupts: count(layout.COUNT_INTERRUPTS),
      exceptions: count(layout.COUNT_EXCEPTIONS),
      shutdownReason: SHUTDOWN_REASONS[this.view.getUint32(layout.STATE_SHUTDOWN, true)],
    };
  }

  /** Registers, pins, clock and TLB; RAM is `memory`. For `restoreState` of a Cpu with the same options. */
  saveState(): Uint8Array {
    return new Uint8Array(this.view.buffer.slice(layout.REG_EAX, layout.TLB_END));
  }

  /** Takes back a state; call it after `memory` has been restored. */
  restoreState(state: Uint8Array): void {
    if (state.length !== layout.TLB_END - layout.REG_EAX) throw new RangeError("not a state of this CPU");
    const configuration = this.view.buffer.slice(layout.CONFIG_FAMILY, layout.COUNT_TLB_MISSES);
    new Uint8Array(this.view.buffer).set(state, layout.REG_EAX);
    new Uint8Array(this.view.buffer).set(new Uint8Array(configuration), layout.CONFIG_FAMILY);
    this.core.flushCode();
  }

  private observedUntil = Infinity;

  /** `run` with a hook before every instruction. */
  private runObserved(untilCycle: number): StopReason {
    this.observedUntil = untilCycle;
    while (this.cycles < this.observedUntil) {
      this.observeInstruction();
      const reason = this.core.step();
      if (reason !== layout.STOP_NONE) return STOP_REASONS[reason];
      if (this.view.getUint32(layout.STOP_REQUEST, true)) return "stopped";
    }
    return "cycles";
  }

  private observeInstruction(): void {
    const { eip, segments } = this.registers;
    this.hooks.instruction?.(eip, (eip + segments.cs.base) >>> 0);
  }

  private readHooks(): void {
    const { interrupt, mmu } = this.hooks;
    this.word(layout.STATE_HOOKS, (interrupt ? layout.HOOK_INTERRUPT : 0) | (mmu ? layout.HOOK_MMU : 0));
  }

  private word(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  private setSegment(
    name: keyof Registers["segments"],
    selector: number,
    base: number,
    limit: number,
    access: number,
  ): void {
    Object.assign(this.registers.segments[name], { selector, base, limit, access });
  }

  private configure(model: CpuModel, memoryBytes: number, pool: number): void {
    const rules = rulesFor(model);
    const processor = PROCESSOR_MODELS[model];
    this.word(layout.CONFIG_FAMILY, (processor.signature >> 8) & 15);
    this.word(layout.CONFIG_FLAGS, processor.flags);
    this.word(layout.CONFIG_CR4, processor.cr4);
    this.word(layout.CONFIG_MXCSR, processor.mxcsr);
    this.word(layout.CONFIG_CPUID_LEAVES, processor.cpuid.length);
    processor.cpuid.flat().forEach((value, i) => this.word(layout.CONFIG_CPUID + 4 * i, value));
    if (this.hasApic) {
      const features = layout.CONFIG_CPUID + layout.CPUID_LEAF_SIZE + 12;
      this.word(features, this.view.getUint32(features, true) | CPUID_APIC);
    }
    this.word(layout.CONFIG_RAM, this.ramBase);
    this.word(layout.CONFIG_RAM_BYTES, memoryBytes);
    this.word(layout.CONFIG_PAGES, this.pageTable);
    this.word(layout.CONFIG_POOL, pool);
    this.word(layout.CONFIG_POOL_END, pool + POOL_BYTES);
    this.word(layout.POOL_NEXT, pool);
    rules.walk.forEach((clocks, written) => this.word(layout.CONFIG_WALK + 4 * written, clocks));
    taskClocks(model).forEach((clocks, i) => this.view.setInt16(layout.CONFIG_TASK + 2 * i, clocks, true));
    this.word(layout.CONFIG_MISALIGNED, rules.misaligned);
    this.word(layout.CONFIG_ACCESSED, rules.accessedUpdate);
    this.word(layout.CONFIG_EVENT_SAME, rules.eventSame);
    this.word(layout.CONFIG_EVENT_INNER, rules.eventInner);
    this.word(layout.PIN_A20_MASK, 0xffffffff);
  }

  private resetModelSpecific(): void {
    const { registers } = PROCESSOR_MODELS[this.model];
    this.word(layout.MSR_COUNT, registers.length);
    registers.forEach(({ number, value = 0n, writable = -1n }, i) => {
      const entry = layout.MSR_TABLE + i * layout.MSR_ENTRY_SIZE;
      this.word(entry + layout.MSR_NUMBER, number);
      const enabled = number === IA32_APIC_BASE && this.hasApic ? APIC_ENABLED : 0n;
      this.view.setBigUint64(entry + layout.MSR_VALUE, value | enabled, true);
      this.view.setBigInt64(entry + layout.MSR_WRITABLE, writable, true);
    });
  }

  private makeHole(start: number, end: number): void {
    for (let page = start; page < end; page += PAGE) this.word(this.pageTable + (page / PAGE) * 4, HOLE);
  }

  /**
   * Says who answers at whole pages between 0xC0000 and 0xFFFFF: RAM, RAM that is only read (writes go to the bus), or the
   * bus. Also from inside a bus callback.
   */
  shadow(start: number, end: number, kind: ShadowKind): void {
    let rom = this.view.getBigUint64(layout.ROM_PAGES, true);
    let changed = false;
    for (let page = start; page < end; page += PAGE) {
      const bit = 1n << BigInt((page - layout.ROM_AREA) / PAGE);
      const isHole = this.view.getUint32(this.pageTable + (page / PAGE) * 4, true) === HOLE;
      const now = isHole ? "bus" : rom & bit ? "rom" : "ram";
      if (now === kind) continue;
      changed = true;
      if (!isHole) this.core.killCode(page);
      this.word(this.pageTable + (page / PAGE) * 4, kind === "bus" ? HOLE : 0);
      rom = kind === "rom" ? rom | bit : rom & ~bit;
    }
    if (!changed) return;
    this.view.setBigUint64(layout.ROM_PAGES, rom, true);
    this.core.killAllCode();
    this.core.flushTlb();
  }

  private isRam(physical: number): boolean {
    return (
      physical < this.memory.length &&
      this.view.getUint32(this.pageTable + Math.floor(physical / PAGE) * 4, true) !== HOLE
    );
  }

  private codeBytes(physical: number, offset: number, end: number): Uint8Array {
    if (this.isRam(physical)) return this.memory.subarray(physical + offset, physical + end);
    return Uint8Array.from({ length: end - offset }, (_, i) => this.bus.memoryRead(physical + offset + i, 1));
  }

  /** Page offsets of the host's breakpoints and of those on execution in the debug registers. */
  private breakOffsets(): ReadonlySet<number> | undefined {
    const linear = [...this.breakpoints, ...this.executionBreakpoints()];
    return linear.length ? new Set(linear.map((address) => address & (PAGE - 1))) : undefined;
  }

  private executionBreakpoints(): number[] {
    const dr7 = this.view.getUint32(layout.DR7, true);
    const armed = [0, 1, 2, 3].filter((i) => (dr7 >> (2 * i)) & 3 && ((dr7 >> (16 + 4 * i)) & 3) === 0);
    return armed.map((i) => this.view.getUint32(layout.DR0 + 4 * i, true));
  }

  private imports(): WebAssembly.ModuleImports {
    const { bus, decoder } = this;
    const core = new Uint8Array(this.view.buffer);
    const elements = (pointer: number, size: number, count: number) =>
      core.subarray(pointer >>> 0, (pointer >>> 0) + size * count);
    return {
      portRead: (port: number, size: AccessSize) => bus.portRead(port, size),
      portWrite: (port: number, size: AccessSize, value: number) =>
        bus.portWrite(port, size, unsigned(value, size)),
      portReadBlock: (port: number, size: AccessSize, pointer: number, count: number) =>
        bus.portReadBlock?.(port, size, elements(pointer, size, count)) ?? 0,
      portWriteBlock: (port: number, size: AccessSize, pointer: number, count: number) =>
        bus.portWriteBlock?.(port, size, elements(pointer, size, count)) ?? 0,
      memoryRead: (physical: number, size: AccessSize) => bus.memoryRead(physical >>> 0, size),
      memoryWrite: (physical: number, size: AccessSize, value: number) =>
        bus.memoryWrite(physical >>> 0, size, unsigned(value, size)),
      interruptAcknowledge: () => bus.interruptAcknowledge(),
      unknownLeaf: (leaf: number) => countUse(this.unknownLeaves, leaf >>> 0, "reads"),
      unknownMsr: (number: number, write: number) =>
        countUse(this.unknownMsrs, number >>> 0, write ? "writes" : "reads"),
      numericError: (asserted: number) => bus.numericError?.(asserted !== 0),
      decode: (page: number, offset: number) => decoder.decode(page >>> 0, offset),
      decodeCrossing: (micro: number, page: number, second: number) =>
        decoder.decodeCrossing(micro >>> 0, page >>> 0, second >>> 0),
      breakpointAt: (linear: number) => (this.breakpoints.has(linear >>> 0) ? 1 : 0),
      onInterrupt: (vector: number, code: number, eip: number, source: number) =>
        this.hooks.interrupt?.(vector, code, eip >>> 0, INTERRUPT_SOURCES[source]),
      onMmu: (event: number, value: number) => this.hooks.mmu?.(MMU_EVENTS[event], value >>> 0),
    };
  }
}

/** Counts what a processor does not have. A guest may try everything, so that not all of it is kept. */
function countUse(counts: Map<number, Uses>, number: number, use: keyof Uses): void {
  const uses = counts.get(number) ?? { reads: 0, writes: 0 };
  uses[use]++;
  if (counts.size < MOST_UNKNOWN || counts.has(number)) counts.set(number, uses);
}

function alignUp(value: number): number {
  return Math.ceil(value / WASM_PAGE) * WASM_PAGE;
}

function unsigned(value: number, size: AccessSize): number {
  return size === 4 ? value >>> 0 : value & (size === 2 ? 0xffff : 0xff);
}

/** Cycle counts cross into the core as whole numbers; "never" is as far as they are exact. */
function wholeCycle(cycle: number): bigint {
  return BigInt(Math.min(Math.ceil(cycle), Number.MAX_SAFE_INTEGER));
}
