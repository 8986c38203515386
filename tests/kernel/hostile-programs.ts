// Programs that try what user mode must not do, or do what it may in the oddest state, and how each of them ends.
import { TRAP_LAST, TRAP_MACH_MSG, TRAP_MACH_PRINT, TRAP_MACH_TASK_SELF } from "../../abi/mach_traps";
import { TRAP_THREAD_SET_SELF_STATE } from "../../abi/mach_traps";
import { EFL_DF, EFL_IOPL, EFL_NT, EFL_TF, KERNEL_CS, KERNEL_DS } from "../../abi/i386";
import { I386_REGS_SEGS_STATE, I386_THREAD_STATE_COUNT, THREAD_STATE_CS } from "../../abi/task_types";
import {
  al,
  ax,
  dword,
  ds,
  dx,
  eax,
  es,
  esp,
  far,
  fs,
  gs,
  mem,
  symbol,
  type Assembler,
} from "../../tools/asm";
import { trapGate, userProgram } from "./user-program";

interface Hostile {
  /** How the kernel reports its end, up to the subcode. */
  exception: string;
  body(a: Assembler): void;
  /** QEMU does not look at a segment before it uses it. */
  checksSegment?: boolean;
}

/** A plain trap from a register state made before, then an invalid instruction that proves the return. */
function trapAndEnd(a: Assembler, number: number): void {
  a.mov(eax, number);
  trapGate(a);
  a.ud2();
}

const exception = (kind: number, code: number, subcode = 0) =>
  `exception ${kind} code ${code} subcode 0x${(subcode >>> 0).toString(16).padStart(8, "0")}`;
const INVALID_OPCODE = exception(2, 1);
const protection = (error: number) => exception(2, 13, error);
/** An access beyond the user's address space. */
const kernelAccess = (address: number) => exception(1, 14, address);

function setFlags(a: Assembler, flags: number): void {
  a.pushfd().or(dword(esp), flags).popfd();
}

const KERNEL_TEXT = 0xc0101000;

const programs: Record<string, Hostile> = {
  "positive trap number": { exception: INVALID_OPCODE, body: (a) => trapAndEnd(a, 5) },
  "trap number beyond the table": { exception: INVALID_OPCODE, body: (a) => trapAndEnd(a, TRAP_LAST - 1) },
  "INT 80h": { exception: protection(0x402), body: (a) => void a.int(0x80) },
  "single step": { exception: exception(6, 1), body: (a) => void (setFlags(a, EFL_TF), a.nop().nop()) },
  "single step into the gate": {
    exception: exception(6, 1),
    body: (a) => {
      a.mov(eax, TRAP_MACH_TASK_SELF);
      setFlags(a, EFL_TF);
      trapGate(a);
      a.nop().ud2();
    },
  },
  "nested task flag": {
    exception: INVALID_OPCODE,
    body: (a) => void (setFlags(a, EFL_NT), trapAndEnd(a, TRAP_MACH_TASK_SELF)),
  },
  "direction flag": {
    exception: INVALID_OPCODE,
    body: (a) => {
      a.std().mov(eax, TRAP_MACH_TASK_SELF);
      trapGate(a);
      a.pushfd().pop(eax).test(eax, EFL_DF).jne("kept").sub(eax, eax).div(eax);
      a.label("kept").ud2();
    },
  },
  "I/O privilege": {
    exception: INVALID_OPCODE,
    body: (a) => {
      setFlags(a, EFL_IOPL);
      a.pushfd().pop(eax).test(eax, EFL_IOPL).je("refused").sub(eax, eax).div(eax);
      a.label("refused").ud2();
    },
  },
  "stack at the end of memory": {
    exception: exception(1, 1, 3),
    body: (a) => void (a.mov(esp, 0xffffffff), trapAndEnd(a, TRAP_MACH_MSG)),
  },
  "odd stack": {
    exception: INVALID_OPCODE,
    body: (a) => void (a.mov(esp, 0xbffffff1), trapAndEnd(a, TRAP_MACH_TASK_SELF)),
  },
  "arguments beyond the stack": {
    exception: kernelAccess(0xc0000000),
    body: (a) => void (a.mov(esp, 0xbffffffc), trapAndEnd(a, TRAP_MACH_MSG)),
  },
  "null segments": {
    exception: protection(0),
    checksSegment: true,
    body: (a) => {
      a.sub(eax, eax).mov(ds, ax).mov(es, ax).mov(fs, ax).mov(gs, ax).mov(eax, TRAP_MACH_TASK_SELF);
      trapGate(a);
      a.mov(eax, mem(esp)).mov(eax, mem(symbol("_start")));
    },
  },
  "kernel data": { exception: kernelAccess(KERNEL_TEXT), body: (a) => void a.mov(eax, mem(KERNEL_TEXT)) },
  "kernel text": {
    exception: kernelAccess(KERNEL_TEXT),
    body: (a) => void a.mov(eax, KERNEL_TEXT).jmp(eax),
  },
  "kernel data segment": {
    exception: protection(KERNEL_DS),
    body: (a) => void a.mov(eax, KERNEL_DS).mov(ds, ax),
  },
  "kernel code segment": { exception: protection(KERNEL_CS), body: (a) => void a.call(far(KERNEL_CS, 0)) },
  CLI: { exception: protection(0), body: (a) => void a.cli() },
  HLT: { exception: protection(0), body: (a) => void a.hlt() },
  "port input": { exception: protection(0), body: (a) => void a.instruction("in", [al, dx]) },
  "endless stack": {
    exception: exception(1, 1, 0xbffdfffc),
    body: (a) => void a.label("more").push(eax).jmp("more"),
  },
  "division by zero": { exception: exception(3, 1), body: (a) => void a.sub(eax, eax).div(eax) },
  INT3: { exception: exception(6, 2), body: (a) => void a.int3() },
  INTO: { exception: exception(3, 2), body: (a) => void a.mov(al, 0x7f).add(al, 1).into() },
  "floating point": { exception: INVALID_OPCODE, body: (a) => void a.fninit() },
  "printing kernel memory": {
    exception: INVALID_OPCODE,
    body: (a) => void (a.push(KERNEL_TEXT).push(0), trapAndEnd(a, TRAP_MACH_PRINT)),
  },
  "kernel segments by thread_set_self_state": {
    exception: INVALID_OPCODE,
    body: (a) => {
      a.sub(esp, 4 * I386_THREAD_STATE_COUNT)
        .mov(dword(esp, THREAD_STATE_CS), KERNEL_CS)
        .mov(eax, esp);
      a.push(I386_THREAD_STATE_COUNT).push(eax).push(I386_REGS_SEGS_STATE).push(0);
      trapAndEnd(a, TRAP_THREAD_SET_SELF_STATE);
    },
  },
};

/** Each program with a key for its argument; `segments`: also those that need a processor that checks segments. */
export function hostilePrograms(
  segments: boolean,
): { key: string; contents: Uint8Array; exception: string }[] {
  const chosen = Object.entries(programs).filter(([, { checksSegment }]) => segments || !checksSegment);
  return chosen.map(([name, { body, exception }]) => ({
    key: name.replaceAll(" ", "-"),
    exception,
    contents: userProgram((a) => {
      a.label("_start");
      body(a);
      a.ud2();
    }),
  }));
}
