/** For each row of the clock table, one instruction in a state in which that row applies. */
import type { CpuModel } from "../../cpu/cpu";
import {
  al,
  bl,
  byte,
  cl,
  cr0,
  cr2,
  cr3,
  cx,
  dr0,
  dr7,
  ds,
  dword,
  dx,
  eax,
  ebx,
  ecx,
  edx,
  es,
  esp,
  far,
  mem,
  tr6,
  word,
  type AssemblyRoutine,
  type Operand,
} from "../../tools/asm/index";
import type { RegisterName } from "../../cpu/cpu";
import { CLOCK_MODELS, rulesFor } from "../../cpu/instructions/rules";
import { Code } from "iced-x86";
import { x87Cases } from "./cycle-cases-x87";
import {
  CALL_GATE,
  DPL3,
  GDT,
  KERNEL_CODE,
  KERNEL_DATA,
  TSS_AVAILABLE,
  TSS_SELECTOR,
  TSS,
  KERNEL_BASE,
  USER_CODE,
  USER_DATA,
  type Guest,
} from "./guest";

export interface CycleCase {
  readonly form: string;
  readonly code: AssemblyRoutine;
  /** Registers on top of the standard ones. */
  readonly registers?: Partial<Record<RegisterName, number>>;
  /** Words to put at EBX (data) and at ESP. */
  readonly data?: readonly number[];
  readonly stack?: readonly number[];
  /** 16-bit words at ESP instead. */
  readonly wordStack?: readonly number[];
  readonly prepare?: (guest: Guest) => void;
  /** Starts at CPL 3 instead of 0. */
  readonly user?: boolean;
  /** n of the row's clocks. */
  readonly n?: number;
  /** The row is a range: its low end (the default), its high end, or so much above the low end. */
  readonly pick?: "high" | number;
  /** What the model adds to the row; see the reason where it is given. */
  readonly extra?: Partial<Record<CpuModel, number>>;
  /** The row includes m: a NOP stands at the target. */
  readonly transfer?: boolean;
  /** Prefix bytes: the i486 and the Pentium pay for each. */
  readonly prefixes?: number;
}

/** Addresses of the data and code that the cases run with, by privilege level. */
export const KERNEL_TEST_CODE = KERNEL_BASE + 0x10000;
export const KERNEL_TEST_DATA = KERNEL_BASE + 0x11000;
export const USER_TEST_CODE = 0x00400000;
export const USER_TEST_DATA = 0x00401000;
/** Where gates lead: a NOP in the kernel. */
export const GATE_TARGET = KERNEL_BASE + 0x12000;
const GATE = 0x73;

const MEMORY = dword(ebx);

function simple(form: string, code: AssemblyRoutine, more: Partial<CycleCase> = {}): CycleCase {
  return { form, code, ...more };
}

function arithmetic(name: string): CycleCase[] {
  const op =
    (a: Operand, b: Operand): AssemblyRoutine =>
    (asm) =>
      void asm.instruction(name.toLowerCase(), [a, b]);
  return [
    simple(`${name} r,r`, op(ecx, edx)),
    simple(`${name} r,m`, op(ecx, MEMORY)),
    simple(`${name} m,r`, op(MEMORY, ecx)),
    simple(`${name} r,imm`, op(ecx, 0x12345678)),
    simple(`${name} m,imm`, op(MEMORY, 0x12345678)),
    simple(`${name} acc,imm`, op(eax, 0x12345678)),
  ];
}

function unary(name: string): CycleCase[] {
  return [
    simple(`${name} r`, (a) => a.instruction(name.toLowerCase(), [ecx])),
    simple(`${name} m`, (a) => a.instruction(name.toLowerCase(), [MEMORY])),
  ];
}

function shifts(name: string, code: string): CycleCase[] {
  const shift =
    (operand: Operand, count: Operand): AssemblyRoutine =>
    (a) => {
      if (code !== "sal") a.instruction(code, [operand, count]);
      else a.op(salCode(count), operand, count);
    };
  return (["r", "m"] as const).flatMap((kind) => {
    const operand = kind === "r" ? edx : MEMORY;
    const wide = name === "RCL" || name === "RCR";
    return [
      simple(`${name} ${kind},1`, shift(operand, 1)),
      simple(`${name} ${kind},CL`, shift(operand, cl), wide ? { registers: { ecx: 31 }, pick: "high" } : {}),
      simple(`${name} ${kind},CL`, shift(operand, cl), { registers: { ecx: 0 } }),
      // Declared for the i486 and the Pentium: one clock more for each position.
      simple(`${name} ${kind},imm`, shift(operand, 5), wide ? { extra: { i486: 5, pentium: 5 } } : {}),
    ];
  });
}

const SHIFTS = ["rol", "ror", "rcl", "rcr", "shl", "shr", "sal", "sar"];

/** The second encoding of SHL. */
function salCode(count: Operand): Code {
  if (count === cl) return Code.Sal_rm32_CL;
  return count === 1 ? Code.Sal_rm32_1 : Code.Sal_rm32_imm8;
}

function bitTests(name: string): CycleCase[] {
  const op =
    (a: Operand, b: Operand): AssemblyRoutine =>
    (asm) =>
      void asm.instruction(name.toLowerCase(), [a, b]);
  return [
    simple(`${name} r,imm`, op(ecx, 3)),
    simple(`${name} m,imm`, op(MEMORY, 3)),
    simple(`${name} r,r`, op(ecx, edx)),
    simple(`${name} m,r`, op(MEMORY, ecx)),
  ];
}

/** Multiplications by 0 (the least), by a multiplier of 6 significant bits, and by the largest. */
function multiplications(name: "MUL" | "IMUL"): CycleCase[] {
  const sizes = [
    { bits: 8, register: cl, memory: byte(ebx) },
    { bits: 16, register: cx, memory: word(ebx) },
    { bits: 32, register: ecx, memory: dword(ebx) },
  ];
  return sizes.flatMap(({ bits, register, memory }) => {
    const prefixes = Number(bits === 16);
    return [
      { multiplier: 0, pick: 0 },
      { multiplier: 64, pick: 3 },
      ...(name === "MUL" ? [{ multiplier: 0xffffffff, pick: "high" as const }] : []),
    ].flatMap(({ multiplier, pick }) => [
      simple(`${name} r${bits}`, (a) => a.instruction(name.toLowerCase(), [register]), {
        registers: { ecx: multiplier },
        pick,
        prefixes,
      }),
      simple(`${name} m${bits}`, (a) => a.instruction(name.toLowerCase(), [memory]), {
        data: [multiplier],
        pick,
        prefixes,
      }),
    ]);
  });
}

function otherMultiplications(): CycleCase[] {
  const word16 = { prefixes: 1 };
  return [
    simple("IMUL r16,r16", (a) => a.imul(dx, cx), { registers: { ecx: 0 }, ...word16 }),
    simple("IMUL r16,m16", (a) => a.imul(dx, word(ebx)), { data: [0], ...word16 }),
    simple("IMUL r32,r32", (a) => a.imul(edx, ecx), { registers: { ecx: 0x10000 }, pick: 13 }),
    simple("IMUL r32,m32", (a) => a.imul(edx, MEMORY), { data: [-0x10000], pick: 13 }),
    simple("IMUL r16,r16,imm8", (a) => a.imul(dx, cx, 1), word16),
    simple("IMUL r16,m16,imm8", (a) => a.imul(dx, word(ebx), 1), word16),
    simple("IMUL r32,r32,imm8", (a) => a.imul(edx, ecx, 64), { pick: 3 }),
    simple("IMUL r32,m32,imm8", (a) => a.imul(edx, MEMORY, -64), { pick: 3 }),
    simple("IMUL r16,r16,imm16", (a) => a.imul(dx, cx, 0x1000), { pick: 9, ...word16 }),
    simple("IMUL r16,m16,imm16", (a) => a.imul(dx, word(ebx), 0x1000), { pick: 9, ...word16 }),
    simple("IMUL r32,r32,imm32", (a) => a.imul(edx, ecx, 0x100000), { pick: 17 }),
    simple("IMUL r32,m32,imm32", (a) => a.imul(edx, MEMORY, 0x100000), { pick: 17 }),
  ];
}

function divisions(name: "DIV" | "IDIV"): CycleCase[] {
  const divide =
    (operand: Operand): AssemblyRoutine =>
    (a) =>
      void a.instruction(name.toLowerCase(), [operand]);
  const registers = { eax: 100, edx: 0, ecx: 7 };
  const data = [7];
  return [
    simple(`${name} r8`, divide(cl), { registers }),
    simple(`${name} m8`, divide(byte(ebx)), { registers, data }),
    simple(`${name} r16`, divide(cx), { registers, prefixes: 1 }),
    simple(`${name} m16`, divide(word(ebx)), { registers, data, prefixes: 1 }),
    simple(`${name} r32`, divide(ecx), { registers }),
    simple(`${name} m32`, divide(MEMORY), { registers, data }),
  ];
}

function moves(): CycleCase[] {
  const selector = { registers: { eax: KERNEL_DATA } };
  const selectorData = { data: [KERNEL_DATA] };
  const pointer = { data: [0, KERNEL_DATA] };
  return [
    simple("MOV r,r", (a) => a.mov(ecx, edx)),
    simple("MOV m,r", (a) => a.mov(MEMORY, ecx)),
    simple("MOV r,m", (a) => a.mov(ecx, MEMORY)),
    simple("MOV r,imm", (a) => a.mov(ecx, 5)),
    simple("MOV m,imm", (a) => a.mov(MEMORY, 5)),
    simple("MOV acc,moffs", (a) => a.op(Code.Mov_EAX_moffs32, eax, mem(KERNEL_TEST_DATA))),
    simple("MOV moffs,acc", (a) => a.op(Code.Mov_moffs32_EAX, mem(KERNEL_TEST_DATA), eax)),
    simple("MOV r,Sreg", (a) => a.mov(eax, ds)),
    simple("MOV m,Sreg", (a) => a.mov(word(ebx), ds)),
    simple("MOV Sreg,r", (a) => a.mov(es, eax), selector),
    simple("MOV Sreg,m", (a) => a.mov(es, word(ebx)), selectorData),
    simple("MOVSX r,r", (a) => a.movsx(ecx, bl)),
    simple("MOVSX r,m", (a) => a.movsx(ecx, byte(ebx))),
    simple("MOVZX r,r", (a) => a.movzx(ecx, bl)),
    simple("MOVZX r,m", (a) => a.movzx(ecx, byte(ebx))),
    simple("LEA r,m", (a) => a.lea(ecx, mem(ebx, 4))),
    simple("XCHG r,r", (a) => a.xchg(ecx, edx)),
    simple("XCHG r,acc", (a) => a.xchg(ecx, eax)),
    simple("XCHG m,r", (a) => a.xchg(MEMORY, ecx)),
    simple("XLAT", (a) => a.xlatb(), { registers: { eax: 1 } }),
    simple("BSWAP r", (a) => a.bswap(ecx)),
    ...["LDS", "LSS", "LES", "LFS", "LGS"].map((name) => farPointerLoad(name, pointer)),
    simple("CMPXCHG r,r", (a) => a.op(Code.Cmpxchg_rm32_r32, ecx, edx)),
    simple("CMPXCHG m,r", (a) => a.op(Code.Cmpxchg_rm32_r32, MEMORY, edx), {
      registers: { eax: 1 },
      data: [1],
    }),
    simple("CMPXCHG m,r", (a) => a.op(Code.Cmpxchg_rm32_r32, MEMORY, edx), {
      registers: { eax: 1 },
      data: [2],
      pick: "high",
    }),
    simple("XADD r,r", (a) => a.xadd(ecx, edx)),
    simple("XADD m,r", (a) => a.xadd(MEMORY, edx)),
  ];
}

/** Into ESP for LSS, which must stay a stack: the pointer's offset is where the stack is. */
function farPointerLoad(name: string, pointer: { data: number[] }): CycleCase {
  const target = name === "LSS" ? esp : ecx;
  const data = name === "LSS" ? [KERNEL_TEST_DATA + 0x800, KERNEL_DATA] : pointer.data;
  return simple(`${name} r,m`, (a) => a.instruction(name.toLowerCase(), [target, mem(ebx)]), { data });
}

function bitScans(): CycleCase[] {
  const one = (bit: number): number => (1 << bit) >>> 0;
  const scan = (name: string, kind: "r" | "m", value: number, more: Partial<CycleCase>): CycleCase =>
    simple(
      `${name} r,${kind}`,
      (a) => a.instruction(name.toLowerCase(), [edx, kind === "r" ? ecx : MEMORY]),
      {
        registers: { ecx: value },
        data: [value],
        ...more,
      },
    );
  return (["r", "m"] as const).flatMap((kind) => {
    return ["BSF", "BSR"].flatMap((name) => [
      // A zero source passes all 32 bits on the i386 (declared), and is the least on the i486.
      scan(name, kind, 0, { n: 32 }),
      // The farthest bit is the most.
      scan(name, kind, one(name === "BSF" ? 31 : 0), { n: 31, pick: "high" }),
    ]);
  });
}

function conditions(): CycleCase[] {
  const carry = { registers: { eflags: 3 } };
  const noCarry = { registers: { eflags: 2 } };
  return [
    simple("SETcc r", (a) => a.setb(cl), carry),
    simple("SETcc r", (a) => a.setb(cl), { ...noCarry, pick: "high" }),
    simple("SETcc m", (a) => a.setb(byte(ebx)), carry),
    simple("SETcc m", (a) => a.setb(byte(ebx)), { ...noCarry, pick: "high" }),
    simple("Jcc taken", (a) => a.jb("there").nop().label("there"), { ...carry, transfer: true }),
    simple("Jcc taken", (a) => a.op(Code.Jb_rel32_32, "there").nop().label("there"), {
      ...carry,
      transfer: true,
    }),
    simple("Jcc not taken", (a) => a.jb("there").nop().label("there"), noCarry),
  ];
}

function counted(name: string, code: string): CycleCase[] {
  const short = name === "JCXZ";
  const stay = { ecx: name.startsWith("J") ? 5 : 1, eflags: name === "LOOPE" ? 0x42 : 2 };
  const go = { ecx: name.startsWith("J") ? 0 : 5, eflags: name === "LOOPE" ? 0x42 : 2 };
  const prefixes = Number(short);
  const routine: AssemblyRoutine = (a) =>
    short ? a.db(0x67, 0xe3, 1).nop() : a.instruction(code, ["there"]).nop().label("there");
  return [
    simple(`${name} taken`, routine, { registers: go, transfer: true, prefixes }),
    simple(`${name} not taken`, routine, { registers: stay, prefixes }),
  ];
}

function stackAndFlags(): CycleCase[] {
  const bare = (form: string, prefixes = 0): CycleCase =>
    simple(form, (a) => a.instruction(form.toLowerCase(), []), { prefixes });
  return [
    simple("PUSH r", (a) => a.push(ecx)),
    simple("PUSH m", (a) => a.push(MEMORY)),
    simple("PUSH imm", (a) => a.push(0x1234)),
    simple("PUSH Sreg", (a) => a.push(ds)),
    simple("POP r", (a) => a.pop(ecx)),
    simple("POP m", (a) => a.pop(MEMORY)),
    simple("POP Sreg", (a) => a.pop(es), { stack: [KERNEL_DATA] }),
    simple("PUSHA", (a) => a.db(0x66, 0x60), { prefixes: 1 }),
    bare("PUSHAD"),
    simple("PUSHF", (a) => a.db(0x66, 0x9c), { prefixes: 1 }),
    bare("PUSHFD"),
    simple("POPA", (a) => a.db(0x66, 0x61), { prefixes: 1 }),
    bare("POPAD"),
    simple("POPF", (a) => a.db(0x66, 0x9d), { stack: [2], prefixes: 1 }),
    simple("POPFD", (a) => a.popfd(), { stack: [2] }),
    simple("ENTER imm16,0", (a) => a.enter(16, 0)),
    simple("ENTER imm16,1", (a) => a.enter(16, 1)),
    simple("ENTER imm16,n", (a) => a.enter(16, 3), { n: 3 }),
    simple("LEAVE", (a) => a.leave()),
    simple("CBW", (a) => a.db(0x66, 0x98), { prefixes: 1 }),
    simple("CWD", (a) => a.db(0x66, 0x99), { prefixes: 1 }),
    ...["CWDE", "CDQ", "AAA", "AAS", "DAA", "DAS", "CLC", "STC", "CMC", "CLD", "STD", "CLI", "STI"].map((f) =>
      bare(f),
    ),
    ...["LAHF", "SAHF", "NOP", "WAIT", "CLTS", "INVD", "WBINVD"].map((f) => bare(f)),
    simple("HLT", (a) => a.hlt(), { registers: { eflags: 0x202 } }),
    simple("SALC", (a) => a.db(0xd6)),
    simple("AAM", (a) => a.db(0xd4, 10)),
    simple("AAD", (a) => a.db(0xd5, 10)),
  ];
}

function nearTransfers(): CycleCase[] {
  const transfer = true;
  const there = KERNEL_TEST_CODE + 0x40;
  return [
    simple("JMP rel", (a) => a.jmp("there").nop().label("there"), { transfer }),
    simple("JMP r", (a) => a.jmp(ecx), { transfer, registers: { ecx: there } }),
    simple("JMP m", (a) => a.jmp(MEMORY), { transfer, data: [there] }),
    simple("CALL rel", (a) => a.call("there").nop().label("there"), { transfer }),
    simple("CALL r", (a) => a.call(ecx), { transfer, registers: { ecx: there } }),
    simple("CALL m", (a) => a.call(MEMORY), { transfer, data: [there] }),
    simple("RET", (a) => a.ret(), { transfer, stack: [there] }),
    simple("RET imm", (a) => a.ret(8), { transfer, stack: [there] }),
    ...counted("JCXZ", "jcxz"),
    ...counted("JECXZ", "jecxz"),
    ...counted("LOOP", "loop"),
    ...counted("LOOPE", "loope"),
    ...counted("LOOPNE", "loopne"),
  ];
}

function setGate(parameters: number): (guest: Guest) => void {
  return (guest) => guest.setGate(GDT, GATE >> 3, KERNEL_CODE, GATE_TARGET, CALL_GATE | DPL3, parameters);
}

function farTransfers(): CycleCase[] {
  const transfer = true;
  const there = KERNEL_TEST_CODE + 0x40;
  const userThere = USER_TEST_CODE + 0x40;
  const direct = far(KERNEL_CODE, there);
  const gate = far(GATE, 0);
  const indirect: AssemblyRoutine = (a) => a.op(Code.Call_m1632, mem(ebx));
  const jumpIndirect: AssemblyRoutine = (a) => a.op(Code.Jmp_m1632, mem(ebx));
  const inData = [there, KERNEL_CODE];
  const gateInData = [0, GATE];
  const outer = [userThere, USER_CODE, USER_TEST_DATA + 0x800, USER_DATA];
  const outerImm = [userThere, USER_CODE, 0, 0, USER_TEST_DATA + 0x800, USER_DATA];
  const viaGate = (n: number): Partial<CycleCase> => ({ transfer, prepare: setGate(n) });
  return [
    simple("CALL FAR ptr same level", (a) => a.call(direct), { transfer }),
    simple("CALL FAR ptr gate same level", (a) => a.call(gate), viaGate(0)),
    simple("CALL FAR ptr gate inner level", (a) => a.call(gate), { ...viaGate(0), user: true }),
    simple("CALL FAR ptr gate inner level n", (a) => a.call(gate), { ...viaGate(3), n: 3, user: true }),
    simple("CALL FAR m same level", indirect, { transfer, data: inData }),
    simple("CALL FAR m gate same level", indirect, { ...viaGate(0), data: gateInData }),
    simple("CALL FAR m gate inner level", indirect, { ...viaGate(0), data: gateInData, user: true }),
    simple("CALL FAR m gate inner level n", indirect, { ...viaGate(2), n: 2, data: gateInData, user: true }),
    simple("JMP FAR ptr same level", (a) => a.jmp(direct), { transfer }),
    simple("JMP FAR ptr gate same level", (a) => a.jmp(gate), viaGate(0)),
    simple("JMP FAR m same level", jumpIndirect, { transfer, data: inData }),
    simple("JMP FAR m gate same level", jumpIndirect, { ...viaGate(0), data: gateInData }),
    simple("RET FAR same level", (a) => a.retf(), { transfer, stack: [there, KERNEL_CODE] }),
    simple("RET FAR outer level", (a) => a.retf(), { stack: outer }),
    simple("RET FAR imm same level", (a) => a.retf(8), { transfer, stack: [there, KERNEL_CODE] }),
    simple("RET FAR imm outer level", (a) => a.retf(8), { stack: outerImm }),
    simple("IRETD same level", (a) => a.iretd(), { stack: [there, KERNEL_CODE, 2] }),
    simple("IRETD outer level", (a) => a.iretd(), {
      stack: [userThere, USER_CODE, 2, USER_TEST_DATA + 0x800, USER_DATA],
    }),
    // A 16-bit frame: only the low half of the addresses can be named.
    simple("IRET same level", (a) => a.db(0x66, 0xcf), { wordStack: [0, KERNEL_CODE, 2], prefixes: 1 }),
    simple("IRET outer level", (a) => a.db(0x66, 0xcf), {
      wordStack: [0, USER_CODE, 2, 0, USER_DATA],
      prefixes: 1,
    }),
  ];
}

function interrupts(): CycleCase[] {
  const overflow = { registers: { eflags: 0x802 } };
  const gateForUsers = (guest: Guest): void => guest.setInterruptGate(0x80, DPL3);
  return [
    simple("INT3 same level", (a) => a.int3()),
    simple("INT3 inner level", (a) => a.int3(), { user: true }),
    simple("INT1 same level", (a) => a.db(0xf1)),
    simple("INT1 inner level", (a) => a.db(0xf1), { user: true }),
    simple("INT same level", (a) => a.int(0x80), { prepare: gateForUsers }),
    simple("INT inner level", (a) => a.int(0x80), { user: true, prepare: gateForUsers }),
    simple("INTO not taken", (a) => a.into(), { registers: { eflags: 2 } }),
    simple("INTO taken same level", (a) => a.into(), overflow),
    simple("INTO taken inner level", (a) => a.into(), { ...overflow, user: true }),
    simple("BOUND r,m", (a) => a.bound(ecx, mem(ebx)), { registers: { ecx: 5 }, data: [0, 10] }),
  ];
}

function strings(): CycleCase[] {
  const names = ["MOVS", "CMPS", "SCAS", "LODS", "STOS"];
  const code = (name: string): string => `${name.toLowerCase()}d`;
  return names.flatMap((name) => {
    // Equal data, so that REPE goes on.
    const registers = { eax: 0, ecx: 3 };
    return [
      simple(name, (a) => a.instruction(code(name), [])),
      simple(`REP ${name}`, (a) => a.rep().instruction(code(name), []), { registers, n: 3 }),
      simple(`REP ${name}`, (a) => a.rep().instruction(code(name), []), {
        registers: { ecx: 0 },
        n: 0,
      }),
    ];
  });
}

function ports(): CycleCase[] {
  const both = (form: string, code: AssemblyRoutine, more: Partial<CycleCase> = {}): CycleCase[] => [
    simple(`${form} unchecked`, code, { registers: { edx: 0x80, ...more.registers }, n: more.n }),
    simple(`${form} checked`, code, {
      registers: { edx: 0x80, ...more.registers },
      n: more.n,
      user: true,
      prepare: openPorts,
    }),
  ];
  const repeated = { registers: { ecx: 3 }, n: 3 };
  return [
    ...both("IN acc,imm", (a) => a.in(al, 0x80)),
    ...both("IN acc,DX", (a) => a.in(al, dx)),
    ...both("OUT imm,acc", (a) => a.out(0x80, al)),
    ...both("OUT DX,acc", (a) => a.out(dx, al)),
    ...both("INS", (a) => a.insb()),
    ...both("OUTS", (a) => a.outsb()),
    ...both("REP INS", (a) => a.rep().insb(), repeated),
    ...both("REP OUTS", (a) => a.rep().outsb(), repeated),
  ];
}

/** An I/O permission bitmap that allows every port below 256. */
function openPorts(guest: Guest): void {
  const bitmap = 0x68;
  guest.cpu.registers.segments.tr.limit = bitmap + 32;
  guest.view.setUint16(TSS + 102, bitmap, true);
  guest.cpu.memory.fill(0, TSS + bitmap, TSS + bitmap + 32);
  guest.cpu.memory[TSS + bitmap + 32] = 0xff;
}

/** An MSR (Pentium manual volume 3, appendix A). */
const TIME_STAMP = 0x10;

function systemRegisters(): CycleCase[] {
  const table = (guest: Guest): void => {
    const { gdtr } = guest.cpu.registers;
    const at = KERNEL_TEST_DATA - KERNEL_BASE;
    guest.view.setUint16(at, gdtr.limit, true);
    guest.view.setUint32(at + 2, gdtr.base, true);
  };
  const idt = (guest: Guest): void => {
    const { idtr } = guest.cpu.registers;
    const at = KERNEL_TEST_DATA - KERNEL_BASE;
    guest.view.setUint16(at, idtr.limit, true);
    guest.view.setUint32(at + 2, idtr.base, true);
  };
  const state = (name: "cr0" | "cr3"): Partial<CycleCase> => ({
    prepare: (guest) => {
      guest.cpu.registers.eax = guest.cpu.registers[name];
    },
  });
  const freeTss = (guest: Guest): void =>
    guest.setDescriptor(GDT, TSS_SELECTOR, KERNEL_BASE + TSS, 0x67, TSS_AVAILABLE, 0);
  const task = { registers: { eax: TSS_SELECTOR }, data: [TSS_SELECTOR], prepare: freeTss };
  const ldt = { registers: { eax: 0 }, data: [0] };
  const machine = (guest: Guest): void => {
    guest.cpu.registers.eax = guest.cpu.registers.cr0 & 0xffff;
    guest.view.setUint32(KERNEL_TEST_DATA - KERNEL_BASE, guest.cpu.registers.cr0 & 0xffff, true);
  };
  return [
    simple("MOV r,CR0", (a) => a.mov(ecx, cr0)),
    simple("MOV r,CR2", (a) => a.mov(ecx, cr2)),
    simple("MOV r,CR3", (a) => a.mov(ecx, cr3)),
    simple("MOV CR0,r", (a) => a.mov(cr0, eax), state("cr0")),
    simple("MOV CR2,r", (a) => a.mov(cr2, ecx)),
    // The page of the next instruction has to be walked again.
    simple("MOV CR3,r", (a) => a.mov(cr3, eax), {
      ...state("cr3"),
      extra: Object.fromEntries(CLOCK_MODELS.map((model) => [model, rulesFor(model).walk[0]])),
    }),
    simple("MOV r,DR0-DR3", (a) => a.mov(ecx, dr0)),
    simple("MOV r,DR6/DR7", (a) => a.mov(ecx, dr7)),
    simple("MOV DR0-DR3,r", (a) => a.mov(dr0, ecx)),
    simple("MOV DR6/DR7,r", (a) => a.mov(dr7, ecx), { registers: { ecx: 0 } }),
    simple("MOV r,TR", (a) => a.mov(ecx, tr6)),
    simple("MOV TR,r", (a) => a.mov(tr6, ecx), { registers: { ecx: 0 } }),
    simple("LGDT m", (a) => a.lgdt(mem(ebx)), { prepare: table }),
    simple("LIDT m", (a) => a.lidt(mem(ebx)), { prepare: idt }),
    simple("SGDT m", (a) => a.sgdt(mem(ebx))),
    simple("SIDT m", (a) => a.sidt(mem(ebx))),
    simple("LLDT r", (a) => a.db(0x0f, 0x00, 0xd0), ldt),
    simple("LLDT m", (a) => a.db(0x0f, 0x00, 0x13), ldt),
    simple("LTR r", (a) => a.db(0x0f, 0x00, 0xd8), task),
    simple("LTR m", (a) => a.db(0x0f, 0x00, 0x1b), task),
    simple("SLDT r", (a) => a.db(0x0f, 0x00, 0xc0)),
    simple("SLDT m", (a) => a.db(0x0f, 0x00, 0x03)),
    simple("STR r", (a) => a.db(0x0f, 0x00, 0xc8)),
    simple("STR m", (a) => a.db(0x0f, 0x00, 0x0b)),
    simple("SMSW r", (a) => a.db(0x0f, 0x01, 0xe0)),
    simple("SMSW m", (a) => a.db(0x0f, 0x01, 0x23)),
    simple("LMSW r", (a) => a.db(0x0f, 0x01, 0xf0), { prepare: machine }),
    simple("LMSW m", (a) => a.db(0x0f, 0x01, 0x33), { prepare: machine }),
    simple("INVLPG m", (a) => a.invlpg(mem(ebx))),
    simple("MOV CR4,r", (a) => a.db(0x0f, 0x22, 0xe0)),
    simple("MOV r,CR4", (a) => a.db(0x0f, 0x20, 0xe1)),
    simple("CPUID", (a) => a.db(0x0f, 0xa2)),
    simple("RDTSC", (a) => a.db(0x0f, 0x31)),
    simple("RDMSR", (a) => a.db(0x0f, 0x32), { registers: { ecx: TIME_STAMP } }),
    simple("WRMSR", (a) => a.db(0x0f, 0x30), { registers: { ecx: TIME_STAMP } }),
    simple("CMPXCHG8B m", (a) => a.db(0x0f, 0xc7, 0x0b)),
    ...selectorInspections(),
  ];
}

/** A byte-granular segment, as LSL distinguishes; flat ones are page-granular. */
function selectorInspections(): CycleCase[] {
  const flat = { registers: { ecx: KERNEL_DATA }, data: [KERNEL_DATA] };
  const small = { registers: { ecx: TSS_SELECTOR }, data: [TSS_SELECTOR] };
  const register = { registers: { eax: KERNEL_DATA }, data: [KERNEL_DATA] };
  return [
    simple("LAR r,r", (a) => a.db(0x0f, 0x02, 0xd1), flat),
    simple("LAR r,m", (a) => a.db(0x0f, 0x02, 0x13), flat),
    simple("LSL r,r byte", (a) => a.db(0x0f, 0x03, 0xd1), small),
    simple("LSL r,m byte", (a) => a.db(0x0f, 0x03, 0x13), small),
    simple("LSL r,r page", (a) => a.db(0x0f, 0x03, 0xd1), flat),
    simple("LSL r,m page", (a) => a.db(0x0f, 0x03, 0x13), flat),
    simple("VERR r", (a) => a.db(0x0f, 0x00, 0xe0), register),
    simple("VERR m", (a) => a.db(0x0f, 0x00, 0x23), register),
    simple("VERW r", (a) => a.db(0x0f, 0x00, 0xe8), register),
    simple("VERW m", (a) => a.db(0x0f, 0x00, 0x2b), register),
    simple("ARPL r,r", (a) => a.db(0x63, 0xc1)),
    simple("ARPL m,r", (a) => a.db(0x63, 0x03)),
  ];
}

function testInstruction(): CycleCase[] {
  return arithmetic("TEST").filter(({ form }) => form !== "TEST r,m");
}

function doubleShifts(name: "SHLD" | "SHRD"): CycleCase[] {
  const op =
    (a: Operand, count: Operand): AssemblyRoutine =>
    (asm) =>
      void asm.instruction(name.toLowerCase(), [a, edx, count]);
  return [
    simple(`${name} r,r,imm`, op(eax, 5)),
    simple(`${name} m,r,imm`, op(MEMORY, 5)),
    simple(`${name} r,r,CL`, op(eax, cl)),
    simple(`${name} m,r,CL`, op(MEMORY, cl)),
  ];
}

export const CYCLE_CASES: readonly CycleCase[] = [
  ...moves(),
  ...["ADD", "ADC", "AND", "OR", "SBB", "SUB", "XOR", "CMP"].flatMap(arithmetic),
  ...testInstruction(),
  ...["INC", "DEC", "NEG", "NOT"].flatMap(unary),
  ...multiplications("MUL"),
  ...multiplications("IMUL"),
  ...otherMultiplications(),
  ...divisions("DIV"),
  ...divisions("IDIV"),
  ...SHIFTS.flatMap((name) => shifts(name.toUpperCase(), name)),
  ...doubleShifts("SHLD"),
  ...doubleShifts("SHRD"),
  ...["BT", "BTS", "BTR", "BTC"].flatMap(bitTests),
  ...bitScans(),
  ...conditions(),
  ...stackAndFlags(),
  ...nearTransfers(),
  ...farTransfers(),
  ...interrupts(),
  ...strings(),
  ...ports(),
  ...systemRegisters(),
  ...x87Cases(),
];
