/** Runs vectors on the emulated CPU, at CPL 3 with the host's address space layout. */
import type { CpuModel, FpuRegisters } from "../../cpu/cpu";
import { CR4_OSFXSR, CR4_OSXMMEXCPT } from "../../cpu/control-registers";
import {
  BIG,
  DATA_EXPAND_DOWN,
  DATA_READ_WRITE,
  DPL3,
  FIRST_FREE_PAGE,
  GDT,
  Guest,
  KERNEL_BASE,
  PAGE_SIZE,
  PRESENT,
  USER,
  WRITABLE,
} from "../cpu/guest";
import {
  CODE_BASE,
  CODE_BYTES,
  DATA_BASE,
  DATA_BYTES,
  FS_LIMIT,
  GS_LIMIT,
  USER_FS,
  USER_GS,
} from "./vectors";
import type { Outcome, Vector } from "./vectors";

const CODE_PHYSICAL = FIRST_FREE_PAGE;
const DATA_PHYSICAL = FIRST_FREE_PAGE + CODE_BYTES;
const CR0_NE = 0x00000020;
const CR0_AM = 0x00040000;
const FPU_INITIAL_CONTROL = 0x37f;
const MXCSR_INITIAL = 0x1f80;
/** The descriptor bit left to software, which Linux sets in thread-local segments; LAR shows it. */
const AVAILABLE = 1;
const GENERAL = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"] as const;

export class EmulatedCpu {
  readonly guest: Guest;

  constructor(model: CpuModel) {
    const guest = new Guest(model);
    this.guest = guest;
    guest.setDescriptor(GDT, USER_FS, DATA_BASE, FS_LIMIT, DATA_READ_WRITE | DPL3, BIG | AVAILABLE);
    guest.setDescriptor(GDT, USER_GS, DATA_BASE, GS_LIMIT, DATA_EXPAND_DOWN | DPL3, BIG | AVAILABLE);
    guest.map(CODE_BASE, CODE_PHYSICAL, PRESENT | USER | WRITABLE);
    for (let offset = 0; offset < DATA_BYTES; offset += PAGE_SIZE) {
      guest.map(DATA_BASE + offset, DATA_PHYSICAL + offset, PRESENT | USER | WRITABLE);
    }
    guest.boot();
    // As Linux has it: EFLAGS.AC asks for alignment checks, and x87 errors are exceptions.
    if (model !== "i386") guest.cpu.registers.cr0 |= CR0_AM | CR0_NE;
    if (model === "pentium4") guest.cpu.registers.cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
  }

  run(vector: Vector): Outcome {
    const { guest } = this;
    const { cpu } = guest;
    const code = new Uint8Array(CODE_BYTES);
    code.set(vector.code, vector.start);
    guest.write(CODE_PHYSICAL, code);
    guest.write(DATA_PHYSICAL, vector.memory);
    guest.enterUser(CODE_BASE + vector.start, vector.registers[4], vector.eflags, USER_FS, USER_GS);
    GENERAL.forEach((name, i) => (cpu.registers[name] = vector.registers[i]));
    initializeFpu(cpu.registers.fpu);
    cpu.registers.mxcsr = MXCSR_INITIAL;
    for (const register of cpu.registers.xmm) register.fill(0);
    const frame = guest.runToException();
    const registers = GENERAL.map((name) => cpu.registers[name] >>> 0);
    registers[4] = frame.esp;
    const segments = SEGMENTS.map((name) => cpu.registers[name]);
    segments[1] = frame.cs;
    segments[2] = frame.ss;
    const cr2 = frame.vector === 14 ? cpu.registers.cr2 >>> 0 : 0;
    return {
      vector: frame.vector,
      // On the host nothing is present where our kernel half is.
      errorCode: Math.max(frame.errorCode, 0) & (cr2 >= KERNEL_BASE ? ~PRESENT : ~0),
      cr2,
      eip: frame.eip,
      eflags: frame.eflags,
      registers,
      segments,
      memory: cpu.memory.slice(DATA_PHYSICAL, DATA_PHYSICAL + DATA_BYTES),
    };
  }
}

/** As after FNINIT, and with empty registers cleared, as the host's are. */
function initializeFpu(fpu: FpuRegisters): void {
  Object.assign(fpu, { control: FPU_INITIAL_CONTROL, status: 0, tag: 0xffff });
  Object.assign(fpu, { instructionOffset: 0, instructionSelector: 0, opcode: 0 });
  Object.assign(fpu, { operandOffset: 0, operandSelector: 0 });
  for (let i = 0; i < 8; i++) Object.assign(fpu.st(i), { significand: 0n, signExponent: 0 });
}
