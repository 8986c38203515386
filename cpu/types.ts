/** The CPU as the machine sees it: a class around the WebAssembly core, its memory and the decoder. */

export type { CpuModel } from "./models";
import type { CpuModel } from "./models";
export type AccessSize = 1 | 2 | 4;

/** What lies outside the CPU. No method may throw. */
export interface CpuBus {
  portRead(port: number, size: AccessSize): number;
  portWrite(port: number, size: AccessSize, value: number): void;
  /**
   * As many accesses of `portRead` at once, into consecutive elements, as nothing but the device's own data can show;
   * their number, 0 to be asked one by one. What depends on the clock or moves a pin is left to `portRead`.
   */
  portReadBlock?(port: number, size: AccessSize, into: Uint8Array): number;
  portWriteBlock?(port: number, size: AccessSize, from: Uint8Array): number;
  /** Physical reads outside RAM: ROM, memory-mapped devices, open bus. */
  memoryRead(physical: number, size: AccessSize): number;
  memoryWrite(physical: number, size: AccessSize, value: number): void;
  /** The vector from the 8259A pair, in answer to INTR. */
  interruptAcknowledge(): number;
  /** The level of FERR#, the i386's coprocessor's ERROR#, has changed: an x87 exception with CR0.NE clear. */
  numericError?(asserted: boolean): void;
}

/**
 * Why `run` returned: the cycle limit; HLT with nothing to deliver; triple fault (or a feature that is not emulated,
 * see `stats().shutdownReason`); an execution breakpoint before the instruction at EIP; `stop()`.
 */
export type StopReason = "cycles" | "halt" | "shutdown" | "breakpoint" | "stopped";

export interface CpuOptions {
  model: CpuModel;
  /** CPUID and MSR 1Bh tell of a local APIC, whose registers the bus has. */
  apic?: boolean;
  /** Bytes of RAM at physical 0, a multiple of 4096. */
  memoryBytes: number;
  bus: CpuBus;
  /** Page-aligned physical ranges [start, end) below `memoryBytes` that are the bus's, not RAM (640 KiB hole). */
  holes?: readonly (readonly [number, number])[];
}

/** A segment register with its hidden part. `access` is bits 8-23 of the descriptor's second word, unshifted. */
export interface SegmentRegister {
  selector: number;
  base: number;
  limit: number;
  access: number;
}

export interface TableRegister {
  base: number;
  limit: number;
}

export type SegmentName = "es" | "cs" | "ss" | "ds" | "fs" | "gs";
export type RegisterName =
  | "eax"
  | "ecx"
  | "edx"
  | "ebx"
  | "esp"
  | "ebp"
  | "esi"
  | "edi"
  | "eip"
  | "eflags"
  | "cpl"
  | "cr0"
  | "cr2"
  | "cr3"
  | "cr4"
  | "mxcsr"
  | "dr0"
  | "dr1"
  | "dr2"
  | "dr3"
  | "dr6"
  | "dr7"
  | SegmentName;

/** A number in the 80-bit extended format. */
export interface ExtendedNumber {
  /** Bits 0 to 63: the significand with its integer bit. */
  significand: bigint;
  /** Bits 64 to 79: sign and biased exponent. */
  signExponent: number;
}

/** The x87. Instruction and operand are those of the last instruction that was none of control. */
export interface FpuRegisters {
  control: number;
  /** With TOP, ES and B; the latter two follow from the exceptions and their masks. */
  status: number;
  /** Two bits for each physical register, as FNSTENV stores them: 0 valid, 1 zero, 2 special, 3 empty. Writing keeps 3 or not. */
  tag: number;
  instructionOffset: number;
  instructionSelector: number;
  /** The low 11 bits. */
  opcode: number;
  operandOffset: number;
  operandSelector: number;
  /** The physical register that is ST(i) now; its tag is not touched. */
  st(i: number): ExtendedNumber;
}

/** Registers by name; the segment names are selectors (writing one changes the selector only, not the hidden part). */
export type Registers = { [name in RegisterName]: number } & {
  /** Hidden parts: live views, writable. */
  readonly segments: Readonly<Record<SegmentName | "ldtr" | "tr", SegmentRegister>>;
  readonly fpu: FpuRegisters;
  /** SSE's registers, 16 bytes each. */
  readonly xmm: readonly Uint8Array[];
  readonly gdtr: TableRegister;
  readonly idtr: TableRegister;
};

export interface CpuStats {
  instructions: number;
  cycles: number;
  tlbMisses: number;
  tlbFlushes: number;
  decodedBlocks: number;
  decodedInstructions: number;
  codeInvalidations: number;
  codeFlushes: number;
  interrupts: number;
  exceptions: number;
  /** Why the last "shutdown" happened; empty before one. */
  shutdownReason: string;
}

/** Observers. An absent one costs nothing. `instruction` slows execution to single steps. */
export interface CpuHooks {
  /** Before each instruction. */
  instruction?(eip: number, linear: number): void;
  /** An interrupt, trap or exception is delivered. `errorCode` is -1 where the vector has none. */
  interrupt?(
    vector: number,
    errorCode: number,
    eip: number,
    source: "external" | "software" | "exception",
  ): void;
  /** CR0, CR3 written or INVLPG executed. */
  mmu?(event: "cr0" | "cr3" | "invlpg", value: number): void;
}
