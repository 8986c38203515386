// A monitor of virtual-8086 mode that runs a boot sector: interrupts go to the vectors of real mode, ports are open, and whatever that
// mode forbids ends the machine. With I/O privilege level 0 the instructions that depend on it are carried out by the monitor.
import {
  type Assembler,
  al,
  assemble,
  ax,
  byte,
  cx,
  ds,
  dword,
  eax,
  ebp,
  ebx,
  ecx,
  edi,
  edx,
  es,
  esi,
  esp,
  scaled,
  ss,
  symbol,
  word,
} from "../../tools/asm";

export const FORBIDDEN_STATUS = 0xfe;

const CODE = 0x10000;
const GDT = CODE + 0x2800;
const IDT = CODE + 0x4000;
const TSS = CODE + 0x5000;
const TSS_BYTES = 104;
const PORT_MAP_BYTES = 0x2000;
const STACK = CODE + 0xf000;
const GENERAL_PROTECTION = 13;
/** VM and IF, with IOPL 3 or 0. */
const FLAGS = { 0: 0x20202, 3: 0x23202 };
export type PrivilegeLevel = keyof typeof FLAGS;
const IF_AND_TF = 0x300;
const INTERRUPTS = 0x200;
/** Of the flags the bits that a program may load here. */
const LOADED = 0x4dd7;
const SECTORS = 24;

/** Reads SECTORS behind the first one to CODE, and goes there in protected mode. */
function loader(): number[] {
  return [
    ...[0xb8, 0x00, 0x10, 0x8e, 0xc0, 0x31, 0xdb, 0xb8, SECTORS, 2, 0xb9, 2, 0, 0xb6, 0, 0xcd, 0x13],
    ...[
      0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x0f, 0x01, 0x16, 0x40, 0x7c, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22,
      0xc0,
    ],
    // JMP FAR 8:CODE, with a 32-bit offset.
    ...[0x66, 0xea, 0, 0, 1, 0, 8, 0],
  ];
}

/** Flat code and data, and the task's segment. */
function descriptors(): number[] {
  const limit = TSS_BYTES + PORT_MAP_BYTES;
  return [
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0],
    ...[0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0],
    ...[limit & 0xff, limit >> 8, TSS & 0xff, (TSS >> 8) & 0xff, TSS >> 16, 0x89, 0, 0],
  ];
}

function monitor(a: Assembler, level: PrivilegeLevel): void {
  a.mov(ecx, 0x10).mov(ds, cx).mov(es, cx).mov(ss, cx).mov(esp, STACK).push(edx);
  a.mov(esi, symbol("program")).mov(edi, 0x7c00).mov(ecx, 128).cld().rep().movsd();
  // Gates of privilege 3 to the stubs.
  a.mov(edi, IDT).mov(eax, symbol("stubs")).mov(ecx, 256).label("gate");
  a.mov(edx, eax).and(edx, 0xffff).or(edx, 0x80000).mov(dword(edi), edx);
  a.mov(edx, eax)
    .and(edx, 0xffff0000 | 0)
    .or(edx, 0xee00)
    .mov(dword(edi, 4), edx);
  a.add(edi, 8).add(eax, 16).dec(ecx).jne("gate");
  a.mov(edi, TSS)
    .mov(ecx, (TSS_BYTES + PORT_MAP_BYTES) / 4)
    .xor(eax, eax)
    .rep()
    .stosd();
  a.mov(byte(edi), 0xff)
    .mov(dword(TSS + 4), STACK)
    .mov(dword(TSS + 8), 0x10)
    .mov(word(TSS + 102), TSS_BYTES);
  a.mov(eax, symbol("idtr")).lidt(dword(eax)).mov(eax, 0x18).ltr(ax);
  a.pop(edx).xor(eax, eax);
  for (let i = 0; i < 5; i++) a.push(eax);
  a.push(0x7000).push(FLAGS[level]).push(eax).push(0x7c00).iretd();
  a.align(8).dw(0).label("idtr").dw(0x7ff).dd(IDT);
  a.align(16).label("stubs");
  for (let vector = 0; vector < 256; vector++) {
    if (vector === GENERAL_PROTECTION) a.jmp("protection");
    else a.push(vector).jmp("reflect");
    a.align(16);
  }
  protection(a);
  reflect(a);
  a.align(16).label("program");
}

/** Of the frame behind PUSHAD: the vector or the error code, and what the processor pushed. */
const [VECTOR, IP, CS, SAVED_FLAGS, SP, SS] = [32, 36, 40, 44, 48, 52];

/** EBP: the frame; the handler's segments. */
function enter(a: Assembler): void {
  a.pushad().mov(ebp, esp).mov(ecx, 0x10).mov(ds, cx);
}

/** The program's stack grows; EDX: its linear address then. */
function grow(a: Assembler, bytes: number): void {
  a.mov(eax, dword(ebp, SP)).sub(eax, bytes).and(eax, 0xffff).mov(dword(ebp, SP), eax);
  a.movzx(edx, word(ebp, SS)).shl(edx, 4).add(edx, eax);
}

/** The linear address of the stack's top to EDX, then it shrinks. */
function shrink(a: Assembler, bytes: number): void {
  a.movzx(edx, word(ebp, SS)).shl(edx, 4).movzx(eax, word(ebp, SP)).add(edx, eax);
  a.add(eax, bytes).and(eax, 0xffff).mov(dword(ebp, SP), eax);
}

function leave(a: Assembler): void {
  a.popad().add(esp, 4).iretd();
}

/** The flags in EAX, of which the program may have some. */
function loadFlags(a: Assembler): void {
  a.and(eax, LOADED).mov(ecx, dword(ebp, SAVED_FLAGS)).and(ecx, ~LOADED).or(eax, ecx);
  a.mov(dword(ebp, SAVED_FLAGS), eax);
}

/** Interrupts, whose stack has no error code: on with the program's vector. */
function reflect(a: Assembler): void {
  a.label("reflect");
  enter(a);
  a.mov(ebx, dword(ebp, VECTOR)).label("interrupt");
  grow(a, 6);
  a.mov(eax, dword(ebp, IP)).mov(word(edx), ax).mov(eax, dword(ebp, CS)).mov(word(edx, 2), ax);
  a.mov(eax, dword(ebp, SAVED_FLAGS)).mov(word(edx, 4), ax).and(dword(ebp, SAVED_FLAGS), ~IF_AND_TF);
  a.mov(eax, dword(scaled(ebx, 4)));
  a.movzx(ecx, ax).mov(dword(ebp, IP), ecx).shr(eax, 16).mov(dword(ebp, CS), eax);
  leave(a);
}

/** CLI, STI, PUSHF, POPF, INT and IRET with 16-bit operands; anything else ends the machine. */
function protection(a: Assembler): void {
  a.label("protection");
  enter(a);
  a.movzx(esi, word(ebp, CS)).shl(esi, 4).add(esi, dword(ebp, IP)).inc(dword(ebp, IP));
  a.movzx(eax, byte(esi));
  for (const [opcode, label] of [
    [0xfa, "cli"],
    [0xfb, "sti"],
    [0x9c, "pushf"],
    [0x9d, "popf"],
    [0xcd, "int"],
    [0xcf, "iret"],
  ] as const)
    a.cmp(al, opcode).je(label);
  a.mov(al, FORBIDDEN_STATUS).out(0xf4, al);
  a.label("cli").and(dword(ebp, SAVED_FLAGS), ~INTERRUPTS);
  leave(a);
  a.label("sti").or(dword(ebp, SAVED_FLAGS), INTERRUPTS);
  leave(a);
  a.label("pushf");
  grow(a, 2);
  a.mov(eax, dword(ebp, SAVED_FLAGS)).mov(word(edx), ax);
  leave(a);
  a.label("popf");
  shrink(a, 2);
  a.movzx(eax, word(edx));
  loadFlags(a);
  leave(a);
  a.label("int").inc(dword(ebp, IP)).movzx(ebx, byte(esi, 1)).jmp("interrupt");
  a.label("iret");
  shrink(a, 6);
  a.movzx(eax, word(edx)).mov(dword(ebp, IP), eax).movzx(eax, word(edx, 2)).mov(dword(ebp, CS), eax);
  a.movzx(eax, word(edx, 4));
  loadFlags(a);
  leave(a);
}

/** A medium's first sectors, that run a boot sector under the monitor. */
export function underMonitor(sector: Uint8Array, level: PrivilegeLevel = 3): Uint8Array {
  const { bytes } = assemble((a) => monitor(a, level), { origin: CODE });
  const all = new Uint8Array(512 * (1 + SECTORS));
  all.set(loader());
  all.set([31, 0, GDT & 0xff, (GDT >> 8) & 0xff, GDT >> 16, 0], 0x40);
  all.set([0x55, 0xaa], 510);
  all.set(bytes, 512);
  all.set(sector, 512 + bytes.length);
  if (bytes.length + 512 > GDT - CODE) throw new Error("the monitor is too large");
  all.set(descriptors(), 512 + GDT - CODE);
  return all;
}
