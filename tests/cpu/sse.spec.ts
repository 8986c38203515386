/** SSE and SSE2 where the host is no judge: who has them, what turns them on, exceptions; and some numbers by hand. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CpuModel } from "../../cpu/cpu";
import { CR4_OSFXSR, CR4_OSXMMEXCPT } from "../../cpu/control-registers";
import { buildCore } from "../../cpu/core-build";
import { CODE, DATA, STACK, makeGuest } from "./exception-bench";
import type { Guest } from "./guest";

const UD = 6;
const NM = 7;
const GP = 13;
const XM = 19;
const TRAP = 3;
const ALL_MASKED = 0x1f80;
/** Where the page at CODE is. */
const CODE_PHYSICAL = 0x10000;

let guest: Guest;
beforeAll(() => buildCore());
beforeEach(() => use("pentium4"));

function use(model: CpuModel): void {
  guest = makeGuest(model);
  guest.cpu.registers.cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
}

/** Runs user code with EBX at DATA; the vector that it ends with. */
function run(code: readonly number[]): number {
  const { cpu } = guest;
  guest.write(CODE_PHYSICAL, [...code, 0xcc]);
  guest.enterUser(CODE, STACK, 0x202);
  cpu.registers.ebx = DATA;
  return guest.runToException().vector;
}

const single = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const double = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
const xmm = (i: number) => guest.cpu.registers.xmm[i];
const singles = (i: number) => [...new Float32Array(xmm(i).slice().buffer)];
const doubles = (i: number) => [...new Float64Array(xmm(i).slice().buffer)];

describe("numbers", () => {
  it("are added, rounded as MXCSR says, and flagged once", () => {
    // addsd xmm0, xmm1 with 1 + 2^-60, to nearest and up
    for (const [rounding, sum] of [
      [0, 1],
      [0x4000, 1 + 2 ** -52],
    ]) {
      guest.cpu.registers.mxcsr = ALL_MASKED | rounding;
      xmm(0).set(double(1, 7));
      xmm(1).set(double(2 ** -60, 9));
      expect(run([0xf2, 0x0f, 0x58, 0xc1])).toBe(TRAP);
      expect([doubles(0), guest.cpu.registers.mxcsr & 0x3f]).toEqual([[sum, 7], 0x20]);
    }
  });

  it("are computed four at a time", () => {
    xmm(0).set(single(1, 4, 9, 2));
    xmm(1).set(single(2, 8, 0, -2));
    // mulps xmm0, xmm1; sqrtps xmm2, xmm0; cmpltps xmm1, xmm0
    expect(run([0x0f, 0x59, 0xc1, 0x0f, 0x51, 0xd0, 0x0f, 0xc2, 0xc8, 0x01])).toBe(TRAP);
    expect(singles(0)).toEqual([2, 32, 0, -4]);
    expect(singles(2)).toEqual([Math.fround(Math.SQRT2), Math.fround(Math.sqrt(32)), 0, NaN]);
    expect([...new Int32Array(xmm(1).slice().buffer)]).toEqual([0, -1, 0, 0]);
    expect(guest.cpu.registers.mxcsr & 1).toBe(1);
  });

  it("become integers, or the one that stands for none", () => {
    xmm(1).set(double(2.5, 0));
    // cvtsd2si eax, xmm1; cvttsd2si ecx, xmm1; addsd xmm1, xmm1; mulsd xmm1, xmm2; cvtsd2si edx, xmm1
    xmm(2).set(double(1e9, 0));
    const code = [
      0xf2, 0x0f, 0x2d, 0xc1, 0xf2, 0x0f, 0x2c, 0xc9, 0xf2, 0x0f, 0x59, 0xca, 0xf2, 0x0f, 0x2d, 0xd1,
    ];
    expect(run(code)).toBe(TRAP);
    const { eax, ecx, edx } = guest.cpu.registers;
    expect([eax, ecx, edx]).toEqual([2, 2, 0x80000000]);
  });

  it("are approximated: at least 11 bits of a reciprocal and of a root's", () => {
    xmm(0).set(single(3, 7, 1e10, 1e-10));
    // rcpps xmm1, xmm0; rsqrtps xmm2, xmm0
    expect(run([0x0f, 0x53, 0xc8, 0x0f, 0x52, 0xd0])).toBe(TRAP);
    singles(0).forEach((x, i) => {
      expect(Math.abs(singles(1)[i] * x - 1)).toBeLessThan(1.5 * 2 ** -12);
      expect(Math.abs(singles(2)[i] ** 2 * x - 1)).toBeLessThan(3 * 2 ** -12);
    });
  });

  it("that are tiny become zero where MXCSR wants that", () => {
    guest.cpu.registers.mxcsr = ALL_MASKED | 0x8000;
    xmm(0).set(single(2 ** -100, 0, 0, 0));
    // mulss xmm0, xmm0
    expect(run([0xf3, 0x0f, 0x59, 0xc0])).toBe(TRAP);
    expect([singles(0)[0], guest.cpu.registers.mxcsr & 0x3f]).toEqual([0, 0x30]);
  });
});

describe("exceptions", () => {
  it("that are not masked fault before anything has changed: #XM, or #UD if the system does not know it", () => {
    guest.cpu.registers.mxcsr = ALL_MASKED & ~0x200;
    xmm(0).set(double(1, 1));
    xmm(1).set(double(0, 1));
    // divpd xmm0, xmm1
    expect(run([0x66, 0x0f, 0x5e, 0xc1])).toBe(XM);
    expect([doubles(0), guest.cpu.registers.mxcsr & 0x3f]).toEqual([[1, 1], 4]);
    guest.cpu.registers.cr4 &= ~CR4_OSXMMEXCPT;
    expect(run([0x66, 0x0f, 0x5e, 0xc1])).toBe(UD);
  });

  it("are #GP for an operand that is not aligned, but with MOVUPS", () => {
    expect(run([0x0f, 0x28, 0x43, 0x04])).toBe(GP);
    expect(run([0x0f, 0x58, 0x43, 0x04])).toBe(GP);
    expect(run([0x0f, 0x10, 0x43, 0x04])).toBe(TRAP);
  });

  it("are #UD unless the system saves the registers, and #NM after a task switch, before a bad segment", () => {
    // xor eax, eax; mov fs, ax; movaps xmm0, fs:[ebx]
    const withoutSegment = [0x31, 0xc0, 0x8e, 0xe0, 0x64, 0x0f, 0x28, 0x03];
    expect(run(withoutSegment)).toBe(GP);
    guest.cpu.registers.cr0 |= 8;
    expect(run(withoutSegment)).toBe(NM);
    expect(run([0x31, 0xc0, 0x8e, 0xe0, 0x64, 0x0f, 0x6f, 0x03])).toBe(NM);
    guest.cpu.registers.cr0 &= ~8;
    guest.cpu.registers.cr4 &= ~CR4_OSFXSR;
    expect(run([0x0f, 0x58, 0xc1])).toBe(UD);
  });

  it("are #GP for bits that MXCSR does not have; the Pentium III has no denormals as zeros", () => {
    // mov dword [ebx], ...; ldmxcsr [ebx]; stmxcsr [ebx + 4]
    const load = (value: number) => [
      ...[
        0xc7,
        0x03,
        value & 0xff,
        (value >> 8) & 0xff,
        value >> 16,
        0,
        0x0f,
        0xae,
        0x13,
        0x0f,
        0xae,
        0x5b,
        0x04,
      ],
    ];
    expect(run(load(0xffff))).toBe(TRAP);
    expect(guest.cpu.registers.mxcsr).toBe(0xffff);
    expect(run(load(0x11f80))).toBe(GP);
    use("pentium3");
    expect(run(load(0x1fc0))).toBe(GP);
  });
});

it.each<[CpuModel, number, number]>([
  ["pentium2", UD, UD],
  ["pentium3", TRAP, UD],
  ["pentium4", TRAP, TRAP],
])("the %s has what it has of ADDPS and ADDPD", (model, addps, addpd) => {
  use(model);
  expect(run([0x0f, 0x58, 0xc1])).toBe(addps);
  expect(run([0x66, 0x0f, 0x58, 0xc1])).toBe(addpd);
});

it("the registers are part of a saved state", () => {
  xmm(3).set(single(1, 2, 3, 4));
  const state = guest.cpu.saveState();
  xmm(3).fill(0);
  guest.cpu.restoreState(state);
  expect(singles(3)).toEqual([1, 2, 3, 4]);
});
