/**
 * What the manual leaves undefined: as the i386 leaves it, which test386.asm was checked against, and as later processors do, which the
 * comparison with the host has.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { Guest } from "./guest";

const CF = 1;
const PF = 4;
const AF = 0x10;
const ZF = 0x40;
const SF = 0x80;
const OF = 0x800;
const ARITHMETIC = CF | PF | AF | ZF | SF | OF;

type Case = readonly [
  name: string,
  code: readonly number[],
  registers: { readonly eax: number; readonly ecx?: number; readonly flags?: number },
  i386: number,
  later: number,
];

const AAA = [0x37];
const AAS = [0x3f];
const DAA = [0x27];
const DAS = [0x2f];
const AAD = [0xd5, 10];
const SHL_AL_CL = [0xd2, 0xe0];
const SHR_AL_CL = [0xd2, 0xe8];
const SAR_AL_CL = [0xd2, 0xf8];
const SHL_AX_CL = [0x66, 0xd3, 0xe0];
const SHL_EAX_1 = [0xd1, 0xe0];
const SHR_EAX_4 = [0xc1, 0xe8, 4];
const BT_EAX_1 = [0x0f, 0xba, 0xe0, 1];
const BT_EAX_0 = [0x0f, 0xba, 0xe0, 0];
const BT_AX_1 = [0x66, 0x0f, 0xba, 0xe0, 1];
const BTS_EAX_ECX = [0x0f, 0xab, 0xc8];
const DIV_CL = [0xf6, 0xf1];
const DIV_CX = [0x66, 0xf7, 0xf1];
const IDIV_CL = [0xf6, 0xf9];
const SHLD_AX_CX_20 = [0x66, 0x0f, 0xa4, 0xc8, 20];
const SHRD_AX_CX_20 = [0x66, 0x0f, 0xac, 0xc8, 20];

const CASES: readonly Case[] = [
  ["AAA, whose addition of 6 overflows", AAA, { eax: 0x7d }, CF | AF | SF | OF, CF | AF | PF],
  ["AAA that leaves a digit", AAA, { eax: 0x85, flags: OF }, SF, PF],
  ["AAS, whose subtraction of 6 overflows", AAS, { eax: 0x82, flags: AF }, CF | AF | OF, CF | AF | PF],
  ["DAA that makes a negative number", DAA, { eax: 0x7b }, AF | SF | OF | PF, AF | SF | PF],
  ["DAS that makes a positive number", DAS, { eax: 0x83, flags: AF }, AF | OF | PF, AF | PF],
  ["AAD with carries", AAD, { eax: 0x0d8f }, CF | AF | OF | PF, PF],
  ["SHL by the operand's size", SHL_AL_CL, { eax: 1, ecx: 8 }, CF | PF | AF | ZF | OF, CF | PF | ZF | OF],
  ["SHL by twice the operand's size", SHL_AL_CL, { eax: 0xff, ecx: 16 }, CF | PF | AF | ZF | OF, PF | ZF],
  ["SHL of a word by its size", SHL_AX_CL, { eax: 2, ecx: 16 }, PF | AF | ZF, PF | ZF],
  ["SHR by three times the operand's size", SHR_AL_CL, { eax: 0x80, ecx: 24 }, CF | PF | AF | ZF, PF | ZF],
  ["SAR", SAR_AL_CL, { eax: 0xf0, ecx: 4 }, PF | SF | AF, PF | SF],
  ["SHL of a dword by one", SHL_EAX_1, { eax: 0x40000000 }, PF | SF | AF | OF, PF | SF | OF],
  ["SHR of a dword", SHR_EAX_4, { eax: 0x18 }, CF | AF, CF],
  ["BT of a bit above a set one", BT_EAX_1, { eax: 1 }, OF, 0],
  ["BTS of a bit above two set ones", BTS_EAX_ECX, { eax: 3, ecx: 2, flags: CF }, 0, 0],
  ["BT of the lowest bit below two set ones", BT_EAX_0, { eax: 0xc0000000 }, 0, 0],
  ["BT of the lowest bit below a clear and a set one", BT_EAX_0, { eax: 0x40000000 }, OF, 0],
  ["BT of a bit between the lowest and the highest", BT_EAX_1, { eax: 0x80000001 }, 0, 0],
  ["BT of a word, likewise", BT_AX_1, { eax: 0x8001 }, 0, 0],
  ["DIV, by which Cyrix's processors are known", DIV_CL, { eax: 5, ecx: 2 }, AF, AF],
  ["DIV, by which NexGen's processors are known", DIV_CX, { eax: 0x5555, ecx: 2, flags: ZF | PF }, AF, AF],
  [
    "IDIV, which leaves CF and OF",
    IDIV_CL,
    { eax: 5, ecx: 2, flags: ARITHMETIC },
    CF | AF | OF,
    CF | AF | OF,
  ],
];

describe.each(["i386", "i486"] as const)("on the %s", (model) => {
  let guest: Guest;

  beforeAll(async () => {
    await buildCore();
    guest = new Guest(model);
    guest.boot();
  });

  it.each(CASES)("%s", (_name, code, { eax, ecx = 0, flags = 0 }, i386, later) => {
    Object.assign(guest.cpu.registers, { eax, ecx, eflags: flags | 2 });
    guest.runKernel(code);
    expect(guest.cpu.registers.eflags & ARITHMETIC).toBe(model === "i386" ? i386 : later);
  });

  it.each([
    ["SHLD", SHLD_AX_CX_20, 0x5436, 0x5438],
    ["SHRD", SHRD_AX_CX_20, 0x3654, 0x5654],
  ] as const)("%s of words by more than their size", (_name, code, i386, later) => {
    Object.assign(guest.cpu.registers, { eax: 0x8125, ecx: 0x6543, edx: 0, eflags: 2 });
    guest.runKernel(code);
    expect(guest.cpu.registers.eax).toBe(model === "i386" ? i386 : later);
  });

  it("an address without an index scales the base, or not", () => {
    guest.cpu.registers.ecx = 0x100;
    guest.runKernel([0x8d, 0x44, 0xa1, 5]); // lea eax, [ecx*4 + 5], or [ecx + 5]
    expect(guest.cpu.registers.eax).toBe(model === "i386" ? 0x405 : 0x105);
  });

  it("POPAD from a 16-bit stack takes the upper half of ESP from it, or not", () => {
    const real = new Guest(model);
    real.write(0x7c00, [0x66, 0x61]);
    for (const [name, value] of [["cs", 0] as const, ["ss", 0] as const]) {
      Object.assign(real.cpu.registers.segments[name], { selector: value, base: value });
    }
    real.view.setUint32(0x500 + 12, 0xdead0000, true);
    Object.assign(real.cpu.registers, { eip: 0x7c00, esp: 0x12340500 });
    real.cpu.step();
    expect(real.cpu.registers.esp).toBe(model === "i386" ? 0xdead0520 : 0x12340520);
  });
});
