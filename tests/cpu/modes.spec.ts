/** Real and virtual-8086 mode, task switches, and what the Pentium and the Pentium II added for systems. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Cpu, type CpuModel } from "../../cpu/cpu";
import { buildCore } from "../../cpu/core-build";
import { rulesFor } from "../../cpu/instructions/rules";
import {
  GDT,
  Guest,
  KERNEL_BASE,
  KERNEL_CODE,
  KERNEL_DATA,
  KERNEL_STACK_TOP,
  FIRST_PAGE_TABLE,
  PAGE_DIRECTORY,
  PRESENT,
  TSS,
  TSS_AVAILABLE,
  TSS_SELECTOR,
  USER,
  USER_CODE,
  WRITABLE,
  dword,
  half,
  type Frame,
} from "./guest";

const IF = 0x200;
const VM = 0x20000;
const VIF = 0x80000;
const NT = 0x4000;
const IOPL3 = 0x3000;
const GP = 13;
const PF = 14;
const UD = 6;

beforeAll(() => buildCore());

describe("real mode", () => {
  const CODE = 0x7c00;
  const HANDLER = 0x500;
  let cpu: Cpu;

  beforeEach(() => {
    const ones = (_at: number, size: number) => 2 ** (8 * size) - 1;
    const bus = {
      portRead: ones,
      portWrite: () => {},
      memoryRead: ones,
      memoryWrite: () => {},
      interruptAcknowledge: () => 0,
    };
    cpu = new Cpu({ model: "i386", memoryBytes: 1 << 20, bus });
  });

  const hex = (text: string) => [...Buffer.from(text.replaceAll(" ", ""), "hex")];

  /** Runs to HLT from 0000:7C00, with all vectors at 0050:0000, where `handler` is. */
  function run(code: string, handler = "f4"): void {
    for (let vector = 0; vector < 256; vector++) cpu.memory.set([0, 0, 0x50, 0], 4 * vector);
    cpu.memory.set(hex(code), CODE);
    cpu.memory.set(hex(handler), HANDLER);
    cpu.invalidate(0, cpu.memory.length);
    Object.assign(cpu.registers.segments.cs, { selector: 0, base: 0 });
    cpu.registers.eip = CODE;
    cpu.registers.esp = 0x7000;
    expect(cpu.run(cpu.cycles + 10_000)).toBe("halt");
  }

  it("goes through the table of interrupts and back", () => {
    // sti; mov ax, 1234h; int 21h; hlt. The handler: pushf; pop cx; mov bx, ax; iret.
    run("fb b83412 cd21 f4", "9c59 89c3 cf");
    const { ebx, ecx, esp, eip, eflags } = cpu.registers;
    expect([ebx, ecx & IF, esp, eip - CODE, eflags & IF]).toEqual([0x1234, 0, 0x7000, 7, IF]);
  });

  it("loads paragraphs, and calls and returns far between them", () => {
    // mov ax, 2000h; mov ds, ax; mov byte [10h], 55h; call 0050:0000; hlt
    run("b80020 8ed8 c606100055 9a00005000 f4", "8cc8 cb");
    expect([cpu.memory[0x20010], cpu.registers.eax, cpu.registers.cs]).toEqual([0x55, 0x50, 0]);
  });

  it("faults at the end of a segment, without an error code", () => {
    // mov ax, [0FFFFh]
    run("a1ffff f4", "f4");
    expect([cpu.registers.cs, cpu.registers.esp]).toEqual([0x50, 0x7000 - 6]);
    const pushed = new DataView(cpu.memory.buffer, cpu.memory.byteOffset).getUint16(0x7000 - 6, true);
    expect(pushed).toBe(CODE);
  });

  it("has no instructions of protected mode", () => {
    // sldt ax
    run("0f00c0 f4", "bd0600 f4");
    expect([cpu.registers.cs, cpu.registers.ebp]).toEqual([0x50, 6]);
  });

  it("keeps limits that protected mode has set", () => {
    // lgdt [7d00h]; mov eax, cr0; or al, 1; mov cr0, eax; mov bx, 8; mov ds, bx; and al, 0feh; mov cr0, eax;
    // xor ax, ax; mov ds, ax; mov ebx, 80000h; mov byte [ebx], 77h; hlt
    cpu.memory.set([0xf, 0, 0x10, 0x7d, 0, 0], 0x7d00);
    cpu.memory.set([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0], 0x7d10);
    run("0f0116007d 0f20c0 0c01 0f22c0 bb0800 8edb 24fe 0f22c0 31c0 8ed8 66bb00000800 67c60377 f4");
    expect(cpu.memory[0x80000]).toBe(0x77);
  });
});

describe("virtual-8086 mode", () => {
  const PARAGRAPH = 0x1000;
  const CODE = PARAGRAPH << 4;
  let guest: Guest;

  beforeEach(() => {
    guest = new Guest("pentium2");
    guest.map(CODE, CODE, PRESENT | USER | WRITABLE);
    guest.map(0, 0, PRESENT | USER | WRITABLE);
    guest.boot();
  });

  /** IRET to PARAGRAPH:0 with DS = 2222h and so on, then up to an exception. */
  function run(code: number[], flags = 0): Frame {
    guest.write(CODE, code);
    const stack = KERNEL_STACK_TOP - 36;
    const words = [0, PARAGRAPH, 2 | VM | flags, 0x800, PARAGRAPH, 0x1111, 0x2222, 0x3333, 0x4444];
    words.forEach((word, i) => guest.view.setUint32(stack + 4 * i, word, true));
    guest.write(0xb000, [0xcf]);
    guest.cpu.registers.eip = KERNEL_BASE + 0xb000;
    guest.cpu.registers.esp = KERNEL_BASE + stack;
    return guest.runToException();
  }

  it("is left by an interrupt with its segments on the stack, and null in the registers", () => {
    const frame = run([0xcc]);
    const { registers } = guest.cpu;
    expect([frame.vector, frame.eip, frame.cs, frame.eflags & VM]).toEqual([3, 1, PARAGRAPH, VM]);
    const at = (i: number) => guest.wordAt(registers.esp + 4 * i) & 0xffff;
    expect([3, 4, 5, 6, 7, 8].map(at)).toEqual([0x800, PARAGRAPH, 0x1111, 0x2222, 0x3333, 0x4444]);
    expect([registers.ds, registers.es, registers.gs, registers.eflags & VM]).toEqual([0, 0, 0, 0]);
    expect(registers.cpl).toBe(0);
  });

  it.each([
    ["CLI", [0xfa]],
    ["STI", [0xfb]],
    ["PUSHF", [0x9c]],
    ["POPF", [0x9d]],
    ["INT 21h", [0xcd, 0x21]],
    ["IRET", [0xcf]],
  ])("%s needs IOPL 3", (_name, code) => {
    expect(run(code)).toMatchObject({ vector: GP, errorCode: 0, eip: 0 });
  });

  it("does them with IOPL 3", () => {
    // cli; pushf; pop ax; int3
    run([0xfa, 0x9c, 0x58, 0xcc], IF | IOPL3);
    expect(guest.cpu.registers.eax & (IF | IOPL3)).toBe(IOPL3);
  });

  it("asks the permission bitmap about ports, whatever IOPL", () => {
    expect(run([0xe4, 0x60], IOPL3)).toMatchObject({ vector: GP, eip: 0 });
  });

  it("with VME has an interrupt flag of its own, and the 8086's table for vectors that are redirected", () => {
    guest.runKernel([0xb8, ...dword(1), 0x0f, 0x22, 0xe0]);
    // A longer TSS: the redirection bitmap, then that of ports.
    const limit = 0x68 + 32;
    guest.setDescriptor(GDT, TSS_SELECTOR, KERNEL_BASE + TSS, limit, TSS_AVAILABLE, 0);
    guest.view.setUint16(TSS + 0x66, 0x68 + 32, true);
    guest.runKernel([0x66, 0xb8, ...half(TSS_SELECTOR), 0x0f, 0x00, 0xd8]);
    guest.view.setUint8(TSS + 0x68 + 4, 0xfd);
    // Vector 21h is not redirected to protected mode: 1000:0100, mov dx, 5; int3.
    guest.write(4 * 0x21, [0x00, 0x01, 0x00, 0x10]);
    guest.write(CODE + 0x100, [0xba, 5, 0, 0x9c, 0x58, 0xcc]);
    // sti; int 21h
    const frame = run([0xfb, 0xcd, 0x21]);
    expect([frame.vector, guest.cpu.registers.edx & 0xffff]).toEqual([3, 5]);
    expect([frame.eflags & VIF, guest.cpu.registers.eax & (IF | IOPL3)]).toEqual([0, IOPL3]);
    // Others are the monitor's.
    expect(run([0xcd, 0x20])).toMatchObject({ vector: GP });
  });
});

describe("task switches", () => {
  const OTHER_TSS = 0x9400;
  const OTHER = 0x48;
  const GATE = 0x58;
  const CODE = 0x10000;
  let guest: Guest;

  beforeEach(() => prepare("i486"));

  function prepare(model: CpuModel): void {
    guest = new Guest(model);
    guest.boot();
    guest.setDescriptor(GDT, OTHER, KERNEL_BASE + OTHER_TSS, 0x67, TSS_AVAILABLE, 0);
    guest.setGate(GDT, GATE >> 3, OTHER, 0, 0x85);
    const set = (offset: number, value: number) => guest.view.setUint32(OTHER_TSS + offset, value, true);
    set(0x1c, PAGE_DIRECTORY);
    // A switch saves everything but this.
    guest.view.setUint32(TSS + 0x1c, PAGE_DIRECTORY, true);
    set(0x20, KERNEL_BASE + CODE);
    set(0x24, 2);
    set(0x28, 0xaaaa);
    set(0x38, KERNEL_BASE + KERNEL_STACK_TOP - 0x100);
    for (const [offset, selector] of [
      [0x48, KERNEL_DATA],
      [0x4c, KERNEL_CODE],
      [0x50, KERNEL_DATA],
      [0x54, KERNEL_DATA],
    ]) {
      set(offset, selector);
    }
  }

  const busy = (selector: number) => (guest.view.getUint8(GDT + selector + 5) & 2) !== 0;

  /** Runs kernel code in this task, and `other` in the other one. */
  function run(code: number[], other: number[]): Frame {
    guest.write(CODE, other);
    guest.write(0xb000, code);
    guest.cpu.registers.eip = KERNEL_BASE + 0xb000;
    guest.cpu.registers.esp = KERNEL_BASE + KERNEL_STACK_TOP;
    guest.cpu.registers.ebx = 0x5151;
    return guest.runToException();
  }

  it("by JMP leaves this task's state in its segment", () => {
    const frame = run([0xea, ...dword(0), ...half(OTHER)], [0xcc]);
    expect([frame.vector, frame.eip - KERNEL_BASE, guest.cpu.registers.eax]).toEqual([3, CODE + 1, 0xaaaa]);
    expect([busy(TSS_SELECTOR), busy(OTHER)]).toEqual([false, true]);
    const saved = (offset: number) => guest.view.getUint32(TSS + offset, true);
    expect([saved(0x20) - KERNEL_BASE, saved(0x34), saved(0x4c) & 0xffff]).toEqual([
      0xb007,
      0x5151,
      KERNEL_CODE,
    ]);
    expect(guest.cpu.registers.cr0 & 8).toBe(8);
    expect(guest.cpu.registers.segments.tr.selector).toBe(OTHER);
  });

  it.each([
    ["i386", 303],
    ["i486", 162 + 42],
    ["pentium", 85 + 19],
  ] as const)("cost what the manual of the %s says, and walks", (model, clocks) => {
    prepare(model);
    // Everything has been read and written before.
    for (let at = PAGE_DIRECTORY; at < FIRST_PAGE_TABLE + 0x1000; at += 4) {
      const entry = guest.view.getUint32(at, true);
      if (entry & 1) guest.view.setUint32(at, entry | 0x60, true);
    }
    guest.write(CODE, [0x90]);
    guest.write(0xb000, [0xea, ...dword(0), ...half(OTHER)]);
    guest.cpu.registers.eip = KERNEL_BASE + 0xb000;
    const misses = guest.cpu.stats().tlbMisses;
    const before = guest.cpu.cycles;
    guest.cpu.step();
    guest.cpu.step();
    const nop = model === "i386" ? 3 : 1;
    const walks = (guest.cpu.stats().tlbMisses - misses) * rulesFor(model).walk[0];
    expect(guest.cpu.cycles - before - nop - walks).toBe(clocks);
  });

  it("by CALL through a gate nests, and IRET comes back", () => {
    // call GATE:0; int3. The other: mov eax, 77h; iret.
    const frame = run([0x9a, ...dword(0), ...half(GATE), 0xcc], [0xb8, ...dword(0x77), 0xcf]);
    expect([frame.vector, frame.eip - KERNEL_BASE, guest.cpu.registers.ebx]).toEqual([3, 0xb008, 0x5151]);
    expect([busy(TSS_SELECTOR), busy(OTHER)]).toEqual([true, false]);
    expect(guest.view.getUint16(OTHER_TSS, true)).toBe(TSS_SELECTOR);
    expect([guest.view.getUint32(OTHER_TSS + 0x28, true), frame.eflags & NT]).toEqual([0x77, 0]);
  });

  it("handles an exception in a task of its own, with the error code on its stack", () => {
    guest.setGate(0x8800, GP, OTHER, 0, 0x85);
    // A null selector in SS.
    run([0x31, 0xc0, 0x8e, 0xd0], [0x58, 0xcc]);
    expect(guest.cpu.registers.eax).toBe(0);
    expect(guest.view.getUint32(TSS + 0x20, true) - KERNEL_BASE).toBe(0xb002);
    expect(guest.view.getUint16(OTHER_TSS, true)).toBe(TSS_SELECTOR);
  });

  it("refuses a busy task, and one whose segment is too short", () => {
    expect(run([0xea, ...dword(0), ...half(TSS_SELECTOR)], [])).toMatchObject({
      vector: GP,
      errorCode: TSS_SELECTOR,
    });
    guest.setDescriptor(GDT, OTHER, KERNEL_BASE + OTHER_TSS, 0x60, TSS_AVAILABLE, 0);
    expect(run([0xea, ...dword(0), ...half(OTHER)], [])).toMatchObject({ vector: 10, errorCode: OTHER });
  });

  it("reports what is wrong with the new task's segments in the new task", () => {
    guest.view.setUint32(OTHER_TSS + 0x54, USER_CODE & ~3, true);
    guest.setDescriptor(GDT, USER_CODE & ~3, 0, 0xfffff, 0x1b, 0);
    const frame = run([0xea, ...dword(0), ...half(OTHER)], [0xcc]);
    expect([frame.vector, frame.errorCode, frame.eip - KERNEL_BASE]).toEqual([11, USER_CODE & ~3, CODE]);
    expect(guest.cpu.registers.segments.tr.selector).toBe(OTHER);
  });
});

describe("of the Pentium and the Pentium II", () => {
  let guest: Guest;
  beforeEach(() => {
    guest = new Guest("pentium2", {}, 8 << 20);
    guest.boot();
  });

  const SET_CR4 = (bits: number) => [0xb8, ...dword(bits), 0x0f, 0x22, 0xe0];

  /** Runs kernel code up to an exception. */
  function run(code: number[]): Frame {
    guest.write(0xb000, code);
    guest.cpu.registers.eip = KERNEL_BASE + 0xb000;
    guest.cpu.registers.esp = KERNEL_BASE + KERNEL_STACK_TOP;
    return guest.runToException();
  }

  it("pages of 4 MiB map, are marked, and have reserved bits", () => {
    const pde = PAGE_DIRECTORY + 4 * 0x100;
    guest.view.setUint32(pde, 0x00400083, true);
    guest.cpu.memory[0x456789] = 0x5a;
    // mov al, [40056789h]; mov [40056789h], al; int3
    const code = [0xa0, ...dword(0x40056789), 0xa2, ...dword(0x40056789), 0xcc];
    expect(run([...SET_CR4(0x10), ...code]).vector).toBe(3);
    expect([guest.cpu.registers.eax & 0xff, guest.view.getUint32(pde, true)]).toEqual([0x5a, 0x004000e3]);
    guest.view.setUint32(pde, 0x00402083, true);
    expect(run([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8, ...code])).toMatchObject({ vector: PF, errorCode: 9 });
  });

  it("without CR4.PSE the bit means nothing", () => {
    guest.view.setUint32(PAGE_DIRECTORY + 4 * 0x100, 0x00010083, true);
    guest.view.setUint32(0x10000 + 4 * 0x56, 0x00020003, true);
    guest.cpu.memory[0x20789] = 0x5b;
    expect(run([0xa0, ...dword(0x40056789), 0xcc]).vector).toBe(3);
    expect(guest.cpu.registers.eax & 0xff).toBe(0x5b);
  });

  it("PAE walks three levels, with 4 KiB and 2 MiB pages", () => {
    const [pointers, directory, table] = [0x100000, 0x101000, 0x102000];
    const set = (at: number, value: number) => guest.view.setUint32(at, value, true);
    // The kernel's gigabyte, as one of 2 MiB pages; and a gigabyte with a table.
    set(pointers + 8 * 3, directory | 1);
    for (let i = 0; i < 4; i++) set(directory + 8 * i, (i << 21) | 0x83);
    set(pointers + 8, 0x103001);
    set(0x103000, table | 3);
    set(table + 8 * 5, 0x00200003);
    guest.cpu.memory[0x200123] = 0x5c;
    // CR4.PAE with paging on: the pointers are read with CR3, whose tables must be there already.
    set(PAGE_DIRECTORY + 8 * 3, directory | 1);
    set(PAGE_DIRECTORY, 0);
    set(PAGE_DIRECTORY + 4, 0);
    set(PAGE_DIRECTORY + 8, 0x103001);
    set(PAGE_DIRECTORY + 12, 0);
    set(PAGE_DIRECTORY + 16, 0);
    set(PAGE_DIRECTORY + 20, 0);
    set(PAGE_DIRECTORY + 28, 0);
    const frame = run([...SET_CR4(0x20), 0xa0, ...dword(0x40005123), 0x8a, 0x1d, ...dword(0x40006000), 0xcc]);
    expect([frame.vector, frame.errorCode, guest.cpu.registers.eax & 0xff]).toEqual([PF, 0, 0x5c]);
    expect(guest.cpu.registers.cr2).toBe(0x40006000);
    set(table + 8 * 6 + 4, 1);
    set(table + 8 * 6, 0x00200003);
    expect(run([0x8a, 0x1d, ...dword(0x40006000)])).toMatchObject({ vector: PF, errorCode: 9 });
  });

  it("CR4 has the bits of the processor, no more", () => {
    expect(run(SET_CR4(1 << 10))).toMatchObject({ vector: GP, errorCode: 0 });
    expect(run([...SET_CR4(0x2ff), 0x0f, 0x20, 0xe3, 0xcc]).vector).toBe(GP);
    expect(run([...SET_CR4(0x2df & ~0x20), 0x0f, 0x20, 0xe3, 0xcc]).vector).toBe(3);
    expect(guest.cpu.registers.ebx).toBe(0x2df & ~0x20);
  });

  it("RDMSR and WRMSR know the registers of the processor, and unknown ones are counted", () => {
    const read = (number: number) => [0xb9, ...dword(number), 0x0f, 0x32];
    expect(run([...read(0xfe), 0xcc]).vector).toBe(3);
    expect(guest.cpu.registers.eax).toBe(0x508);
    // mov eax, 1000; cdq; wrmsr (time stamp counter); rdtsc; int3
    const set = [0xb9, ...dword(0x10), 0xb8, ...dword(1_000_000), 0x99, 0x0f, 0x30, 0x0f, 0x31, 0xcc];
    expect(run(set).vector).toBe(3);
    expect(guest.cpu.registers.eax - 1_000_000).toBeLessThan(200);
    expect(run(read(0xc0000080))).toMatchObject({ vector: GP, errorCode: 0 });
    expect([...guest.cpu.unknownMsrs]).toEqual([[0xc0000080, { reads: 1, writes: 0 }]]);
  });

  it("CPUID beyond the last leaf is the last leaf, and counted", () => {
    expect(run([0xb8, ...dword(0x80000000), 0x0f, 0xa2, 0xcc]).vector).toBe(3);
    expect(guest.cpu.registers.eax).toBe(0x03020101);
    expect([...guest.cpu.unknownLeaves]).toEqual([[0x80000000, { reads: 1, writes: 0 }]]);
  });

  it("SYSENTER and SYSEXIT change level with flat segments", () => {
    const USER_PAGE = 0x400000;
    guest.map(USER_PAGE, 0x20000, PRESENT | USER | WRITABLE);
    const write = (number: number, value: number) => [
      ...[0xb9, ...dword(number), 0xb8, ...dword(value), 0x31, 0xd2, 0x0f, 0x30],
    ];
    guest.runKernel([
      ...write(0x174, KERNEL_CODE),
      ...write(0x175, KERNEL_BASE + KERNEL_STACK_TOP - 0x40),
      ...write(0x176, KERNEL_BASE + 0x30000),
    ]);
    // The kernel: sysexit to EDX with ECX; the program: sysenter, and behind it int3.
    guest.write(0x30000, [
      0x89,
      0xe5,
      0xba,
      ...dword(USER_PAGE + 2),
      0xb9,
      ...dword(USER_PAGE + 0x800),
      0x0f,
      0x35,
    ]);
    guest.write(0x20000, [0x0f, 0x34, 0xcc]);
    guest.enterUser(USER_PAGE, USER_PAGE + 0x700, IF | 2);
    const frame = guest.runToException();
    expect(frame).toMatchObject({ vector: 3, eip: USER_PAGE + 3, esp: USER_PAGE + 0x800 });
    expect([frame.cs, frame.ss, frame.eflags & IF]).toEqual([KERNEL_CODE + 16 + 3, KERNEL_CODE + 24 + 3, 0]);
    expect(guest.cpu.registers.ebp).toBe(KERNEL_BASE + KERNEL_STACK_TOP - 0x40);
  });

  it("without them the instructions are undefined", () => {
    const old = new Guest("i486");
    old.boot();
    old.write(0xb000, [0x0f, 0x32]);
    old.cpu.registers.eip = KERNEL_BASE + 0xb000;
    expect(old.runToException().vector).toBe(UD);
  });
});
