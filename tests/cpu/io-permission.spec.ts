/** The I/O permission bitmap of the task state segment (386 manual, 8.3.2). */
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { type AssemblyRoutine, al, assemble, ax, dx, eax } from "../../tools/asm";
import { Guest, KERNEL_BASE, PRESENT, TSS, USER, WRITABLE } from "./guest";

beforeAll(() => buildCore());

const CODE = 0x400000;
const CODE_FRAME = 0x20000;
/** Where the task state segment goes, with room for a bitmap of all ports. */
const SEGMENT = 0x40000;
const BITMAP_OFFSET = 102;
const BITMAP = 0x80;
const IOPL_3 = 0x3000;
const BREAKPOINT = 3;
const GENERAL_PROTECTION = 13;

const FORMS: [name: string, size: number, routine: AssemblyRoutine][] = [
  ["IN byte", 1, (a) => a.in(al, dx)],
  ["IN word", 2, (a) => a.in(ax, dx)],
  ["IN dword", 4, (a) => a.in(eax, dx)],
  ["OUT byte", 1, (a) => a.out(dx, al)],
  ["OUT word", 2, (a) => a.out(dx, ax)],
  ["OUT dword", 4, (a) => a.out(dx, eax)],
  ["INS byte", 1, (a) => a.insb()],
  ["INS word", 2, (a) => a.insw()],
  ["INS dword", 4, (a) => a.insd()],
  ["OUTS byte", 1, (a) => a.outsb()],
  ["OUTS word", 2, (a) => a.outsw()],
  ["OUTS dword", 4, (a) => a.outsd()],
  ["REP OUTS word", 2, (a) => a.rep().outsw()],
];

/** Runs a port instruction in ring 3 with a bitmap of `bytes` at `base`; whether the port was reached. */
function reaches(
  routine: AssemblyRoutine,
  port: number,
  bytes: readonly number[],
  { base = BITMAP, limit = BITMAP + bytes.length - 1, eflags = 2 } = {},
): boolean {
  let accesses = 0;
  const count = () => void accesses++;
  const guest = new Guest("i486", { portRead: () => (count(), 0), portWrite: count });
  guest.boot();
  guest.map(CODE, CODE_FRAME, PRESENT | WRITABLE | USER);
  guest.cpu.memory.copyWithin(SEGMENT, TSS, TSS + BITMAP_OFFSET);
  guest.view.setUint16(SEGMENT + BITMAP_OFFSET, base, true);
  guest.cpu.memory.set(bytes, SEGMENT + base);
  Object.assign(guest.cpu.registers.segments.tr, { base: KERNEL_BASE + SEGMENT, limit });
  const { bytes: code } = assemble((a) => (routine(a), a.int3()), { origin: CODE });
  guest.write(CODE_FRAME, code);
  guest.enterUser(CODE, CODE + 0x800, eflags);
  Object.assign(guest.cpu.registers, { edx: port, ecx: 1, esi: CODE + 0x900, edi: CODE + 0x900 });
  const { vector, errorCode, eip } = guest.runToException();
  if (vector === BREAKPOINT) expect(accesses).toBe(1);
  else expect([vector, errorCode, eip, accesses]).toEqual([GENERAL_PROTECTION, 0, CODE, 0]);
  return vector === BREAKPOINT;
}

describe.each(FORMS)("%s", (_name, size, routine) => {
  it.each([4, 6, 13])("from port %i on asks for the bit of each of its ports, and no other", (port) => {
    const ports = Array.from({ length: size }, (_, i) => port + i);
    const bitmap = (bits: number) => [bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, 0xff];
    for (const one of ports) expect(reaches(routine, port, bitmap(1 << one)), `bit ${one}`).toBe(false);
    const others = ports.reduce((bits, one) => bits & ~(1 << one), 0xffffff);
    expect(reaches(routine, port, bitmap(others))).toBe(true);
  });
});

describe("the bitmap", () => {
  const [, , byteIn] = FORMS[0];

  it("ends with the segment's limit: two bytes are read for every port", () => {
    expect(reaches(byteIn, 7, [0, 0xff])).toBe(true);
    expect(reaches(byteIn, 7, [0])).toBe(false);
    expect(reaches(byteIn, 8, [0, 0])).toBe(false);
    expect(reaches(byteIn, 0xffff, [0, 0])).toBe(false);
  });

  it("is absent when its base is beyond the limit", () => {
    expect(reaches(byteIn, 0, [0, 0], { limit: BITMAP - 1 })).toBe(false);
    expect(reaches(byteIn, 0, [0, 0], { limit: 0x66 })).toBe(false);
  });

  it("covers all ports when it is long enough", () => {
    const all = [...new Array<number>(0x2000).fill(0), 0xff];
    expect(reaches(byteIn, 0xffff, all)).toBe(true);
    expect(reaches((a) => a.in(ax, dx), 0xffff, all)).toBe(false);
  });

  it("is not asked when IOPL permits", () => {
    expect(reaches(byteIn, 0, [0xff, 0xff], { eflags: IOPL_3 | 2 })).toBe(true);
  });

  it("is asked for immediate ports", () => {
    expect(reaches((a) => a.in(al, 5), 0, [0x20, 0xff])).toBe(false);
    expect(reaches((a) => a.out(4, al), 0, [0x20, 0xff])).toBe(true);
  });
});
