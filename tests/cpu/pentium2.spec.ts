/** What the pentium2 has and the i486 has not (Intel SDM volume 2), and CPUID, which both have. */
import { beforeAll, describe, expect, it } from "vitest";
import type { CpuModel, RegisterName } from "../../cpu/cpu";
import { buildCore } from "../../cpu/core-build";
import { CODE, DATA, STACK, makeGuest } from "./exception-bench";
import type { Frame, Guest } from "./guest";

const BREAKPOINT = 3;
const INVALID_OPCODE = 6;
const INT3 = 0xcc;
const CF = 1;
const PF = 4;
const ZF = 0x40;
const ARITHMETIC = 0x8d5;

beforeAll(() => buildCore());

type Values = Partial<Record<RegisterName, number>>;

/** Runs the bytes (hexadecimal) at CPL 3 up to INT3 or what comes before it. */
function run(
  code: string,
  given: Values = {},
  flags = 0,
  model: CpuModel = "pentium2",
): Frame & { guest: Guest } {
  const guest = makeGuest(model);
  guest.write(0x10000, Uint8Array.from([...Buffer.from(code.replaceAll(" ", ""), "hex"), INT3]));
  guest.write(0x11000, Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0]));
  guest.enterUser(CODE, STACK, 2 | flags);
  Object.assign(guest.cpu.registers, { ebx: DATA, ...given });
  return { ...guest.runToException(), guest };
}

const CASES: readonly (readonly [
  name: string,
  code: string,
  given: Values,
  flags: number,
  expected: Values,
])[] = [
  ["CPUID 0", "0fa2", { eax: 0 }, 0, { eax: 2, ebx: 0x756e6547, edx: 0x49656e69, ecx: 0x6c65746e }],
  ["CPUID 1", "0fa2", { eax: 1 }, 0, { eax: 0x652, edx: 0x180b9ff }],
  ["CPUID beyond the last leaf", "0fa2", { eax: 0x80000000 }, 0, { eax: 0x03020101 }],
  ["CMOVE, true", "0f44c1", { eax: 1, ecx: 2 }, ZF, { eax: 2 }],
  ["CMOVE, false", "0f44c1", { eax: 1, ecx: 2 }, 0, { eax: 1 }],
  ["CMOVB of a word in memory", "660f424304", { eax: 0x12345678 }, CF, { eax: 0x12340002 }],
  ["CMPXCHG8B, equal", "0fc70b 8b03", { eax: 1, edx: 2, ecx: 9 }, 0, { eax: DATA | 0, edx: 2 }],
  ["CMPXCHG8B, not equal", "0fc70b", { eax: 5, edx: 6, ecx: 9 }, ZF, { eax: 1, edx: 2 }],
  ["NOP r/m", "0f1f4000", { eax: 0 }, 0, { eax: 0 }],
  ["ENDBR32", "f30f1efb", { eax: 7 }, 0, { eax: 7 }],
  ["FCMOVE, true", "d9ee d9e8 dac9 83ec08 db1c24 58", {}, ZF, { eax: 0 }],
  ["FCMOVNE, false", "d9ee d9e8 dbc9 83ec08 db1c24 58", {}, ZF, { eax: 1 }],
];

describe("on the pentium2", () => {
  it.each(CASES)("%s", (_name, code, given, flags, expected) => {
    const found = run(code, given, flags);
    expect(found.vector).toBe(BREAKPOINT);
    const names = Object.keys(expected) as RegisterName[];
    const values = Object.fromEntries(names.map((name) => [name, found.guest.cpu.registers[name] | 0]));
    expect(values).toEqual(Object.fromEntries(names.map((name) => [name, expected[name]! | 0])));
  });

  it.each([
    ["less", "d9e8 d9ee dbf1", CF],
    ["equal", "d9ee d9ee dbf1", ZF],
    ["greater", "d9ee d9e8 dbf1", 0],
    ["unordered", "d9ee d9ee d8f1 dbe8", ZF | PF | CF],
  ])("FCOMI and FUCOMI leave %s in the flags", (_name, code, flags) => {
    expect(run(code, {}, ARITHMETIC).eflags & ARITHMETIC).toBe(flags);
  });

  it("FUCOMIP pops", () => {
    const found = run("d9e8 d9ee dfe9 83ec08 db1c24 58");
    expect(found.guest.cpu.registers.eax).toBe(1);
  });

  it("RDTSC is the machine's clock", () => {
    const found = run("0f31 89c1 0f31");
    const { cpu } = found.guest;
    expect(cpu.registers.eax - cpu.registers.ecx).toBeGreaterThan(0);
    expect(cpu.registers.eax).toBeLessThan(cpu.cycles);
  });
});

it.each(CASES.filter(([name]) => !name.startsWith("CPUID")))(
  "%s is undefined on the i486",
  (_name, code, given, flags) => {
    const found = run(code, given, flags, "i486");
    expect(found.vector).toBe(INVALID_OPCODE);
  },
);
