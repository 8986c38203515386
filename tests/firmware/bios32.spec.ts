// The BIOS32 service directory, used as a system with paging does: the BIOS is not where it is physically.
import { describe, expect, it } from "vitest";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine } from "../../machine/machine";
import {
  type Assembler,
  assemble,
  al,
  cr0,
  cr3,
  cx,
  ds,
  dword,
  eax,
  ebx,
  ecx,
  edi,
  edx,
  es,
  esi,
  esp,
  ss,
} from "../../tools/asm";
import { diskOf } from "./probe";

/** Linear address of physical 0, and of the first 64 KiB only physically. */
const BASE = 0xc0000000;
const BIOS = 0xf0000;
const PCI = 0x49435024;
const PAGE_DIRECTORY = 0x10000;
const RESULTS = 0x3000;
const CODE = 0x7e00;
const CODE_SECTORS = 4;

/** From real mode: CODE's sectors are read, then LGDT, protection, a far jump. */
const START = [
  ...[0xb8, CODE_SECTORS, 2, 0xbb, CODE & 0xff, CODE >> 8, 0xb9, 2, 0, 0xba, 0x80, 0, 0xcd, 0x13],
  ...[0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x0f, 0x01, 0x16, 0x40, 0x7c],
  ...[0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, 0xea, CODE & 0xff, CODE >> 8, 8, 0],
];
/** The table's limit and address; then the table: flat code and data. */
const TABLES = [
  ...[23, 0, 0x48, 0x7c, 0, 0, 0, 0],
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0],
  ...[0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0],
];

/** Runs 32-bit code with paging; the doublewords that it leaves at RESULTS. */
function run(code: (a: Assembler) => void, type: "pc" | "isapc", count: number): number[] {
  const { bytes } = assemble(
    (a) => {
      a.mov(ecx, 0x10).mov(ds, cx).mov(es, cx).mov(ss, cx).mov(esp, 0x7000);
      // One table of the first MiB at BASE, and one of the first 64 KiB where they are.
      a.mov(edi, PAGE_DIRECTORY).mov(ecx, 0xc00).xor(eax, eax).rep().stosd();
      a.mov(dword(PAGE_DIRECTORY), PAGE_DIRECTORY + 0x1003);
      a.mov(dword(PAGE_DIRECTORY + (BASE >>> 20)), PAGE_DIRECTORY + 0x2003);
      a.mov(eax, 3)
        .xor(ecx, ecx)
        .label("fill")
        .mov(dword(PAGE_DIRECTORY + 0x2000, ecx), eax);
      a.cmp(ecx, 0x40)
        .jae("high")
        .mov(dword(PAGE_DIRECTORY + 0x1000, ecx), eax);
      a.label("high").add(eax, 0x1000).add(ecx, 4).cmp(ecx, 0x400).jb("fill");
      a.mov(eax, PAGE_DIRECTORY)
        .mov(cr3, eax)
        .mov(eax, cr0)
        .or(eax, 0x80000000 | 0)
        .mov(cr0, eax);
      a.mov(edi, RESULTS);
      code(a);
      a.mov(al, 1).out(0xf4, al);
    },
    { origin: CODE },
  );
  if (bytes.length > CODE_SECTORS * 512) throw new Error("the code does not fit");
  const first = new Uint8Array(512 + bytes.length);
  first.set(START);
  first.set(TABLES, 0x40);
  first.set([0x55, 0xaa], 510);
  first.set(bytes, 512);
  const machine = new Machine({ memory: 32 << 20, bios: builtInBios(), disks: [diskOf(first)], type });
  expect(machine.run(1e9)).toEqual({ reason: "exit", status: 1 });
  return [...new Uint32Array(machine.memory.slice(RESULTS, RESULTS + 4 * count).buffer)];
}

type Registers = { eax: number; ebx?: number; ecx?: number; edx?: number; esi?: number; edi?: number };

/** A far call; then EAX, EBX, ECX, EDX and the carry go to the results, and on. */
function call(a: Assembler, address: number, registers: Registers): void {
  const values = { ebx: 0, ecx: 0, edx: 0, esi: 0, edi: 0, ...registers };
  a.push(edi);
  for (const [register, value] of Object.entries(values))
    a.mov(REGISTERS[register as keyof Registers], value);
  a.db(0x9a).dd(address).dw(8);
  a.pop(edi).pushfd().stosd();
  for (const register of [ebx, ecx, edx]) a.mov(eax, register).stosd();
  a.pop(eax).and(eax, 1).stosd();
}

const REGISTERS = { eax, ebx, ecx, edx, esi, edi };

/** What each call leaves in EAX, EBX, ECX and EDX, and whether the carry is set. */
function callsOf(type: "pc" | "isapc", calls: readonly (readonly [address: number, registers: Registers])[]) {
  const all = run(
    (a) => calls.forEach(([address, registers]) => call(a, BASE + address, registers)),
    type,
    5 * calls.length,
  );
  return calls.map((_, i) => {
    const [eax, ebx, ecx, edx, carry] = all.slice(5 * i);
    return { eax, ebx, ecx, edx, carry: carry === 1 };
  });
}

const rom = Buffer.from(builtInBios());
const at = [...Array(0x2000).keys()]
  .map((i) => i * 16)
  .find((i) => rom.toString("latin1", i, i + 4) === "_32_")!;
const entry = rom.readUInt32LE(at + 4);

describe("the service directory", () => {
  it("has its header on a paragraph, with its sum", () => {
    expect(entry >>> 16).toBe(0xf);
    expect(rom.subarray(at, at + 16).reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
    expect([rom[at + 8], rom[at + 9]]).toEqual([0, 1]);
  });

  it("knows the PCI BIOS where there is PCI, and nothing else", () => {
    const calls = [
      [entry, { eax: PCI }],
      [entry, { eax: PCI, ebx: 1 }],
      [entry, { eax: PCI + 1 }],
    ] as const;
    const [found, function1, other] = callsOf("pc", calls);
    expect(found).toMatchObject({ eax: 0, ebx: BIOS, ecx: 0x10000 });
    expect([function1.eax & 0xff, other.eax & 0xff]).toEqual([0x81, 0x80]);
    expect(callsOf("isapc", calls)[0].eax & 0xff).toBe(0x80);
  });
});

describe("the PCI BIOS in protected mode", () => {
  const pci = () => BIOS + callsOf("pc", [[entry, { eax: PCI }]])[0].edx;
  const ask = (...calls: Registers[]) => {
    const service = pci();
    return callsOf(
      "pc",
      calls.map((registers) => [service, registers] as const),
    );
  };

  it("is of version 2.10", () => {
    const [answer] = ask({ eax: 0xb101, ecx: 0x55aa00ff });
    expect(answer).toEqual({ eax: 1, ebx: 0x210, ecx: 0x55aa0000, edx: 0x20494350, carry: false });
  });

  it("finds devices and classes by number", () => {
    const [ide, none, vga, second, absent] = ask(
      { eax: 0xb102, ecx: 0x7010, edx: 0x8086 },
      { eax: 0xb102, ecx: 0x7010, edx: 0x8086, esi: 1 },
      { eax: 0xb103, ecx: 0x030000 },
      { eax: 0xb103, ecx: 0x068000 },
      { eax: 0xb103, ecx: 0x020000, ebx: 0x1234 },
    );
    expect([ide.ebx, ide.carry, ide.eax]).toEqual([(1 << 3) | 1, false, 0x02]);
    expect([none.eax >> 8, none.carry]).toEqual([0x86, true]);
    expect([vga.ebx, vga.eax, vga.ecx]).toEqual([2 << 3, 3, 0x030000]);
    expect(second.ebx).toBe((1 << 3) | 3);
    expect(absent).toMatchObject({ ebx: 0x1234, carry: true });
  });

  it("reads and writes registers", () => {
    const ebx = (1 << 3) | 1;
    const answers = ask(
      { eax: 0xb10a, ebx, edi: 0 },
      { eax: 0xb109, ebx, edi: 2, ecx: 0xffff0000 },
      { eax: 0xb108, ebx, edi: 0x0b, ecx: 0xffffff00 },
      { eax: 0xb10b, ebx, edi: 0x3c, ecx: 0x5a },
      { eax: 0xb108, ebx, edi: 0x3c },
      { eax: 0xb10c, ebx, edi: 0x40, ecx: 0x8000 },
      { eax: 0xb109, ebx, edi: 0x40 },
      { eax: 0xb10d, ebx, edi: 0x40, ecx: 0xc0000000 },
      { eax: 0xb10a, ebx, edi: 0x40 },
      { eax: 0xb109, ebx, edi: 1 },
      { eax: 0xb10a, ebx, edi: 2 },
      { eax: 0xb10f, ebx },
    );
    const values = answers.map(({ ecx }) => ecx);
    expect(values.slice(0, 3)).toEqual([0x70108086, 0xffff7010, 0xffffff01]);
    expect([values[4], values[6], values[8] >>> 16]).toEqual([0x5a, 0x8000, 0xc000]);
    expect(answers.slice(0, 9).map(({ eax, carry }) => (eax >> 8) | Number(carry))).toEqual(Array(9).fill(0));
    expect(answers.slice(9).map(({ eax, carry }) => [eax >> 8, carry])).toEqual([
      [0x87, true],
      [0x87, true],
      [0x81, true],
    ]);
  });
});
