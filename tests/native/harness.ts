/**
 * The program that runs vectors on the host CPU: a static 32-bit Linux executable.
 *
 * It reads records from stdin, runs each with the registers and memory given, and writes what the first signal found to
 * stdout. System calls and structures are the 32-bit Linux ABI's.
 */
import {
  assemble,
  ax,
  dword,
  eax,
  ebp,
  ebx,
  ecx,
  edi,
  edx,
  esi,
  esp,
  fs,
  gs,
  mem,
  symbol,
  type Assembler,
  type Memory,
} from "../../tools/asm/index";
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

const TEXT_BASE = 0x08048000;
const TEXT_BYTES = 0x1000;
/** Out of the way of addresses that random operands come to. */
const BUFFER_BASE = 0x6b3a5000;

/** Input record: eip, eight registers, eflags, code page, data. */
export const INPUT_EIP = 0;
export const INPUT_REGISTERS = 4;
export const INPUT_EFLAGS = 36;
export const INPUT_CODE = 40;
export const INPUT_DATA = INPUT_CODE + CODE_BYTES;
export const INPUT_BYTES = INPUT_DATA + DATA_BYTES;

/** Output record: signal number, the signal frame's machine context (`struct sigcontext`), data. */
export const OUTPUT_SIGNAL = 0;
export const OUTPUT_CONTEXT = 4;
const CONTEXT_BYTES = 88;
export const OUTPUT_DATA = OUTPUT_CONTEXT + CONTEXT_BYTES;
export const OUTPUT_BYTES = OUTPUT_DATA + DATA_BYTES;

const INPUT = BUFFER_BASE;
const OUTPUT = INPUT + INPUT_BYTES;
const SIGNAL_STACK = (OUTPUT + OUTPUT_BYTES + 15) & ~15;
const SIGNAL_STACK_BYTES = 0x10000;
const OWN_STACK_TOP = SIGNAL_STACK + SIGNAL_STACK_BYTES + 0x1000;
const BUFFER_BYTES = (OWN_STACK_TOP - BUFFER_BASE + 0xfff) & ~0xfff;

const SYS_EXIT = 1;
const SYS_READ = 3;
const SYS_WRITE = 4;
const SYS_MUNMAP = 91;
const SYS_MMAP2 = 192;
const SYS_SETITIMER = 104;
const SYS_RT_SIGACTION = 174;
const SYS_SIGALTSTACK = 186;
const SYS_SET_THREAD_AREA = 243;

const PROT_READ_WRITE_EXECUTE = 7;
const MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;

/** Upper half of the address space of a 32-bit process. */
const UPPER_BASE = 0x80000000;
const UPPER_END = 0xffffe000;

/** Sent after so much time of a vector that does not end. */
export const SIGVTALRM = 26;
const ITIMER_VIRTUAL = 1;
const LIMIT_MICROSECONDS = 50_000;
const SIGNALS = [
  4 /* SIGILL */,
  5 /* SIGTRAP */,
  7 /* SIGBUS */,
  8 /* SIGFPE */,
  11 /* SIGSEGV */,
  SIGVTALRM,
];
const SA_SIGINFO = 0x00000004;
const SA_ONSTACK = 0x08000000;
const SA_NODEFER = 0x40000000;
/** Offset of the machine context in `ucontext`. */
const UCONTEXT_MACHINE = 20;

/** `user_desc` flags: seg_32bit, contents (data, or expand-down data), useable. */
const USER_DESC_DATA = 0x41;
const USER_DESC_EXPAND_DOWN = 0x43;

function input(offset: number): Memory {
  return dword(INPUT + offset);
}

function systemCall(a: Assembler, number: number): void {
  a.mov(eax, number).int(0x80);
}

function map(a: Assembler, address: number, bytes: number): void {
  a.mov(ebx, address)
    .mov(ecx, bytes)
    .mov(edx, PROT_READ_WRITE_EXECUTE)
    .mov(esi, MAP_PRIVATE_FIXED_ANONYMOUS)
    .mov(edi, -1)
    .xor(ebp, ebp);
  systemCall(a, SYS_MMAP2);
  a.cmp(eax, address).jne("fail");
}

function start(a: Assembler): void {
  // The vDSO and the stack that the system made: vectors must find nothing there.
  a.mov(ebx, UPPER_BASE).mov(ecx, UPPER_END - UPPER_BASE);
  systemCall(a, SYS_MUNMAP);
  map(a, CODE_BASE, CODE_BYTES);
  map(a, DATA_BASE, DATA_BYTES);
  map(a, BUFFER_BASE, BUFFER_BYTES);
  a.mov(esp, OWN_STACK_TOP);
  a.mov(ebx, symbol("signalStack")).xor(ecx, ecx);
  systemCall(a, SYS_SIGALTSTACK);
  for (const signal of SIGNALS) {
    a.mov(ebx, signal).mov(ecx, symbol("signalAction")).xor(edx, edx).mov(esi, 8);
    systemCall(a, SYS_RT_SIGACTION);
  }
  for (const descriptor of ["fsDescriptor", "gsDescriptor"]) {
    a.mov(ebx, symbol(descriptor));
    systemCall(a, SYS_SET_THREAD_AREA);
    a.test(eax, eax).jne("fail");
  }
  a.jmp("next");
  a.label("fail").mov(ebx, 2);
  systemCall(a, SYS_EXIT);
}

/** Reads one record, or ends the program, and jumps into the vector. */
function next(a: Assembler): void {
  a.label("next").mov(esp, OWN_STACK_TOP).mov(esi, INPUT);
  a.label("read")
    .xor(ebx, ebx)
    .mov(ecx, esi)
    .mov(edx, INPUT + INPUT_BYTES)
    .sub(edx, esi);
  systemCall(a, SYS_READ);
  a.test(eax, eax)
    .jle("finish")
    .add(esi, eax)
    .cmp(esi, INPUT + INPUT_BYTES)
    .jb("read");
  copy(a, INPUT + INPUT_CODE, CODE_BASE, CODE_BYTES);
  copy(a, INPUT + INPUT_DATA, DATA_BASE, DATA_BYTES);
  a.mov(ebx, ITIMER_VIRTUAL).mov(ecx, symbol("timeLimit")).xor(edx, edx);
  systemCall(a, SYS_SETITIMER);
  a.mov(ax, USER_FS).mov(fs, ax).mov(ax, USER_GS).mov(gs, ax);
  a.push(input(INPUT_EFLAGS)).popfd();
  [eax, ecx, edx, ebx, esp, ebp, esi, edi].forEach((register, i) => {
    a.mov(register, input(INPUT_REGISTERS + 4 * i));
  });
  a.jmp(input(INPUT_EIP));
  a.label("finish").xor(ebx, ebx);
  systemCall(a, SYS_EXIT);
}

function copy(a: Assembler, from: number, to: number, bytes: number): void {
  a.mov(esi, from)
    .mov(edi, to)
    .mov(ecx, bytes / 4)
    .rep()
    .movsd();
}

function handler(a: Assembler): void {
  a.label("handler").mov(esi, mem(esp, 12)).add(esi, UCONTEXT_MACHINE);
  a.mov(eax, mem(esp, 4))
    .mov(mem(OUTPUT + OUTPUT_SIGNAL), eax)
    .mov(edi, OUTPUT + OUTPUT_CONTEXT);
  a.mov(ecx, CONTEXT_BYTES / 4)
    .rep()
    .movsd();
  copy(a, DATA_BASE, OUTPUT + OUTPUT_DATA, DATA_BYTES);
  a.mov(esi, OUTPUT);
  a.label("write")
    .mov(ebx, 1)
    .mov(ecx, esi)
    .mov(edx, OUTPUT + OUTPUT_BYTES)
    .sub(edx, esi);
  systemCall(a, SYS_WRITE);
  a.test(eax, eax)
    .jle("fail")
    .add(esi, eax)
    .cmp(esi, OUTPUT + OUTPUT_BYTES)
    .jb("write")
    .jmp("next");
}

function data(a: Assembler): void {
  a.align(4);
  a.label("signalStack").dd(SIGNAL_STACK, 0, SIGNAL_STACK_BYTES);
  a.label("signalAction").dd("handler", SA_SIGINFO | SA_ONSTACK | SA_NODEFER, 0, 0, 0);
  a.label("timeLimit").dd(0, 0, 0, LIMIT_MICROSECONDS);
  a.label("fsDescriptor").dd(USER_FS >> 3, DATA_BASE, FS_LIMIT, USER_DESC_DATA);
  a.label("gsDescriptor").dd(USER_GS >> 3, DATA_BASE, GS_LIMIT, USER_DESC_EXPAND_DOWN);
}

/** Whether an address is the program's own, where a vector would find something on the host alone. */
export function isOfHarness(address: number): boolean {
  const isText = address >= TEXT_BASE && address < TEXT_BASE + TEXT_BYTES;
  return isText || (address >= BUFFER_BASE && address < BUFFER_BASE + BUFFER_BYTES);
}

const READ_WRITE_EXECUTE = 7;

/** The harness as an ELF file. */
export function buildHarness(): Uint8Array {
  const headers = 52 + 32;
  const { bytes } = assemble(
    (a) => {
      start(a);
      next(a);
      handler(a);
      data(a);
    },
    { origin: TEXT_BASE + headers },
  );
  const file = new Uint8Array(headers + bytes.length);
  const header = new Uint32Array(headers / 4);
  // ELF32, little endian, executable, i386; one loaded segment.
  header.set([0x464c457f, 0x00010101, 0, 0, 0x00030002, 1, TEXT_BASE + headers, 52, 0, 0, 0x00200034, 1, 0]);
  header.set([1, 0, TEXT_BASE, TEXT_BASE, file.length, file.length, READ_WRITE_EXECUTE, 0x1000], 13);
  file.set(new Uint8Array(header.buffer));
  file.set(bytes, headers);
  return file;
}
