/**
 * A bare protected-mode guest for CPU tests: descriptor tables, a 32-bit TSS, page tables and a handler for every
 * vector, which stops the run. Nothing here is a kernel; tests put code somewhere, run it, and look at the frame that the first
 * exception left on the ring 0 stack.
 */
import { Cpu } from "../../cpu/cpu";
import type { CpuBus, CpuModel } from "../../cpu/cpu";

export const KERNEL_CODE = 0x08;
export const KERNEL_DATA = 0x18;
/** As 32-bit Linux numbers them, so that selectors mean the same on the host. */
export const USER_CODE = 0x23;
export const USER_DATA = 0x2b;
export const TSS_SELECTOR = 0x40;
export const LDT_SELECTOR = 0x50;
/** Linux leaves these three to threads. */
export const THREAD_SELECTOR = 0x63;
export const GDT_ENTRIES = 16;

/** The kernel half: all of RAM is seen from here, for supervisors only. */
export const KERNEL_BASE = 0xc0000000;

/** Physical layout of the first 64 KiB. */
export const PAGE_DIRECTORY = 0x1000;
export const FIRST_PAGE_TABLE = 0x2000;
const PAGE_TABLES_END = 0x8000;
export const GDT = 0x8000;
export const IDT = 0x8800;
export const TSS = 0x9000;
export const LDT = 0x9800;
export const HANDLERS = 0xa000;
export const BOOT_CODE = 0xb000;
export const KERNEL_STACK_TOP = 0xe000;
export const FIRST_FREE_PAGE = 0x10000;

export const PAGE_SIZE = 0x1000;
export const PRESENT = 1;
export const WRITABLE = 2;
export const USER = 4;
export const ACCESSED = 0x20;
export const DIRTY = 0x40;

export const CR0_PE = 0x00000001;
export const CR0_WP = 0x00010000;
export const CR0_PG = 0x80000000;

/** Access bytes of descriptors (bits 8-15 of the second word), accessed bit set. */
export const CODE_EXECUTE_READ = 0x9b;
export const DATA_READ_WRITE = 0x93;
export const DATA_EXPAND_DOWN = 0x97;
export const TSS_AVAILABLE = 0x89;
export const LDT_ACCESS = 0x82;
export const CALL_GATE = 0x8c;
export const INTERRUPT_GATE = 0x8e;
export const TRAP_GATE = 0x8f;
export const DPL3 = 0x60;
/** Flag bits of descriptors (bits 20-23 of the second word). */
export const GRANULARITY = 0x8;
export const BIG = 0x4;

/** A write to this port ends the run. (HLT would leave the CPU halted.) */
const STOP_PORT = 0xf4;
const STOP = [0xe6, STOP_PORT];
const HANDLER_BYTES = 4;
const PUSHES_ERROR_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);

/** What an exception pushed, from the ring 0 stack. */
export interface Frame {
  readonly vector: number;
  /** -1 for a vector without one. */
  readonly errorCode: number;
  readonly eip: number;
  readonly cs: number;
  readonly eflags: number;
  /** The interrupted stack: from the frame if the level changed, else what ESP was before the pushes. */
  readonly esp: number;
  readonly ss: number;
}

export class Guest {
  readonly cpu: Cpu;
  readonly view: DataView;
  private nextPageTable = FIRST_PAGE_TABLE;

  constructor(
    readonly model: CpuModel = "i486",
    bus: Partial<CpuBus> = {},
    memoryBytes = 1 << 20,
  ) {
    const portWrite: CpuBus["portWrite"] = (port, size, value) => {
      if (port === STOP_PORT) this.cpu.stop();
      else bus.portWrite?.(port, size, value);
    };
    this.cpu = new Cpu({ model, memoryBytes, bus: { ...openBus, ...bus, portWrite } });
    const { buffer, byteOffset, byteLength } = this.cpu.memory;
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.makeTables();
  }

  /** Writes a segment descriptor. `access` is the access byte, `flags` the four bits G D 0 AVL. */
  setDescriptor(
    table: number,
    selector: number,
    base: number,
    limit: number,
    access: number,
    flags: number,
  ): void {
    const at = table + (selector & ~7);
    this.view.setUint32(at, ((base << 16) | (limit & 0xffff)) >>> 0, true);
    const high =
      (base & 0xff000000) | (flags << 20) | (limit & 0xf0000) | (access << 8) | ((base >>> 16) & 0xff);
    this.view.setUint32(at + 4, high >>> 0, true);
  }

  /** Writes a gate; `parameters` is the dword count of a call gate. */
  setGate(
    table: number,
    index: number,
    selector: number,
    offset: number,
    access: number,
    parameters = 0,
  ): void {
    const at = table + index * 8;
    this.view.setUint32(at, ((selector << 16) | (offset & 0xffff)) >>> 0, true);
    this.view.setUint32(at + 4, ((offset & 0xffff0000) | (access << 8) | parameters) >>> 0, true);
  }

  /** Writes the interrupt gate of a vector to its handler, with a DPL in place (0 or DPL3). */
  setInterruptGate(vector: number, dpl: number): void {
    const handler = KERNEL_BASE + HANDLERS + vector * HANDLER_BYTES;
    this.setGate(IDT, vector, KERNEL_CODE, handler, INTERRUPT_GATE | dpl);
  }

  /** Writes bytes to physical memory, telling the CPU. */
  write(physical: number, bytes: Uint8Array | readonly number[]): void {
    this.cpu.memory.set(bytes, physical);
    this.cpu.invalidate(physical, bytes.length);
  }

  /** The page table entry's physical address for a linear address; the page table is made if missing. */
  pageTableEntry(linear: number): number {
    const directoryEntry = PAGE_DIRECTORY + (linear >>> 22) * 4;
    if ((this.view.getUint32(directoryEntry, true) & PRESENT) === 0) {
      if (this.nextPageTable === PAGE_TABLES_END) throw new Error("test guest: out of page tables");
      this.view.setUint32(directoryEntry, this.nextPageTable | PRESENT | WRITABLE | USER, true);
      this.nextPageTable += PAGE_SIZE;
    }
    const table = this.view.getUint32(directoryEntry, true) & ~0xfff;
    return table + ((linear >>> 12) & 0x3ff) * 4;
  }

  map(linear: number, physical: number, bits: number): void {
    this.view.setUint32(this.pageTableEntry(linear), (physical | bits) >>> 0, true);
  }

  /** Turns protection and paging on by running the instructions that do it, and stops in the kernel half. */
  boot(): void {
    const wp = this.model === "i486" ? CR0_WP : 0;
    const high = KERNEL_BASE + BOOT_CODE + 64;
    const bytes = [
      [0xb8, ...dword(PAGE_DIRECTORY), 0x0f, 0x22, 0xd8], // mov cr3
      [0xb8, ...dword(CR0_PG | CR0_PE | wp), 0x0f, 0x22, 0xc0], // mov cr0
      [0x0f, 0x01, 0x15, ...dword(KERNEL_BASE + BOOT_CODE + 0x80)], // lgdt
      [0x0f, 0x01, 0x1d, ...dword(KERNEL_BASE + BOOT_CODE + 0x88)], // lidt
      [0xea, ...dword(high), ...half(KERNEL_CODE)],
    ].flat();
    this.write(BOOT_CODE, bytes);
    const tail = [
      [0x66, 0xb8, ...half(KERNEL_DATA)],
      [0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0],
      [0x66, 0xb8, ...half(TSS_SELECTOR), 0x0f, 0x00, 0xd8], // ltr
      [0x66, 0x31, 0xc0, 0x0f, 0x00, 0xd0], // lldt 0
      [0x8e, 0xe0, 0x8e, 0xe8],
      STOP,
    ].flat();
    this.write(BOOT_CODE + 64, tail);
    this.write(BOOT_CODE + 0x80, [...half(GDT_ENTRIES * 8 - 1), ...dword(KERNEL_BASE + GDT)]);
    this.write(BOOT_CODE + 0x88, [...half(256 * 8 - 1), ...dword(KERNEL_BASE + IDT)]);
    this.map(BOOT_CODE, BOOT_CODE, PRESENT | WRITABLE);
    this.cpu.enterFlat32(BOOT_CODE);
    this.cpu.registers.esp = KERNEL_STACK_TOP;
    this.expectStop();
    this.map(BOOT_CODE, 0, 0);
    this.runKernel([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]); // reload CR3
  }

  /** Runs ring 0 code to its end. */
  runKernel(code: readonly number[]): void {
    this.leaveUser();
    this.write(BOOT_CODE, [...code, ...STOP]);
    this.cpu.registers.eip = KERNEL_BASE + BOOT_CODE;
    this.cpu.registers.esp = KERNEL_BASE + KERNEL_STACK_TOP;
    this.expectStop();
  }

  /** Puts the CPU at CPL 3 by IRET, with user data segments, FS and GS as given. */
  enterUser(eip: number, esp: number, eflags: number, fs = 0, gs = 0): void {
    this.leaveUser();
    const { view, cpu } = this;
    const frame = KERNEL_STACK_TOP - 20;
    [eip, USER_CODE, eflags, esp, USER_DATA].forEach((word, i) => view.setUint32(frame + 4 * i, word, true));
    const code = [
      [0x6a, USER_DATA, 0x1f, 0x6a, USER_DATA, 0x07], // push; pop ds; push; pop es
      [0x6a, fs, 0x0f, 0xa1, 0x6a, gs, 0x0f, 0xa9],
      [0xcf],
    ].flat();
    this.write(BOOT_CODE, code);
    cpu.registers.eip = KERNEL_BASE + BOOT_CODE;
    cpu.registers.esp = KERNEL_BASE + frame;
    for (let i = 0; i < 9; i++) cpu.step();
  }

  /** Comes back to ring 0, if in ring 3, by an INT3 written over the next instruction, which is put back. */
  leaveUser(): void {
    const { cpu } = this;
    if (cpu.registers.cpl === 0) return;
    const physical = cpu.translate(cpu.registers.eip);
    if (physical < 0) throw new Error("test guest: no user code to leave from");
    const saved = cpu.memory[physical];
    this.write(physical, [0xcc]);
    this.runToException();
    this.write(physical, [saved]);
  }

  /** Runs until an exception, and returns what it was given. */
  runToException(cycles = 1_000_000): Frame {
    const { cpu } = this;
    const reason = cpu.run(cpu.cycles + cycles);
    if (reason !== "stopped") throw new Error(`no exception: ${reason} ${cpu.stats().shutdownReason}`);
    return this.frame();
  }

  /** The frame of the handler that has just been entered. */
  frame(): Frame {
    const { registers } = this.cpu;
    const offset = (registers.eip - STOP.length - (KERNEL_BASE + HANDLERS)) >>> 0;
    const vector = offset / HANDLER_BYTES;
    if (!Number.isInteger(vector) || vector > 255)
      throw new Error(`stopped outside the handlers, at ${registers.eip}`);
    const hasCode = PUSHES_ERROR_CODE.has(vector);
    let at = registers.esp;
    const pop = (): number => {
      const word = this.wordAt(at);
      at += 4;
      return word;
    };
    const errorCode = hasCode ? pop() : -1;
    const [eip, cs, eflags] = [pop(), pop() & 0xffff, pop()];
    if ((cs & 3) === 0) return { vector, errorCode, eip, cs, eflags, esp: at >>> 0, ss: registers.ss };
    return { vector, errorCode, eip, cs, eflags, esp: pop(), ss: pop() & 0xffff };
  }

  /** The dword at a linear address. */
  wordAt(linear: number): number {
    const bytes = this.cpu.readLinear(linear, 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  private expectStop(): void {
    const reason = this.cpu.run(this.cpu.cycles + 100_000);
    if (reason !== "stopped")
      throw new Error(`kernel code did not end: ${reason} ${this.cpu.stats().shutdownReason}`);
  }

  private makeTables(): void {
    const flat = GRANULARITY | BIG;
    this.setDescriptor(GDT, KERNEL_CODE, 0, 0xfffff, CODE_EXECUTE_READ, flat);
    this.setDescriptor(GDT, KERNEL_DATA, 0, 0xfffff, DATA_READ_WRITE, flat);
    this.setDescriptor(GDT, USER_CODE, 0, 0xfffff, CODE_EXECUTE_READ | DPL3, flat);
    this.setDescriptor(GDT, USER_DATA, 0, 0xfffff, DATA_READ_WRITE | DPL3, flat);
    this.setDescriptor(GDT, TSS_SELECTOR, KERNEL_BASE + TSS, 0x67, TSS_AVAILABLE, 0);
    this.setDescriptor(GDT, LDT_SELECTOR, KERNEL_BASE + LDT, 0x7f, LDT_ACCESS, 0);
    this.view.setUint32(TSS + 4, KERNEL_BASE + KERNEL_STACK_TOP, true);
    this.view.setUint32(TSS + 8, KERNEL_DATA, true);
    this.view.setUint16(TSS + 102, 0x68, true);
    for (let vector = 0; vector < 256; vector++) {
      this.cpu.memory.set(STOP, HANDLERS + vector * HANDLER_BYTES);
      this.setInterruptGate(vector, vector === 3 || vector === 4 ? DPL3 : 0);
    }
    for (let page = 0; page < this.cpu.memory.length; page += PAGE_SIZE) {
      this.map(KERNEL_BASE + page, page, PRESENT | WRITABLE);
    }
  }
}

const openBus: CpuBus = {
  portRead: (_port, size) => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1),
  portWrite: () => undefined,
  memoryRead: (_physical, size) => (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1),
  memoryWrite: () => undefined,
  interruptAcknowledge: () => 0x20,
};

export function half(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function dword(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}
