/** The alignment check of the i486 (i486 manual, 9.9.14): #AC for CPL 3 with CR0.AM and EFLAGS.AC set. */
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { ax, byte, dword, eax, ecx, esi, esp, mem, word } from "../../tools/asm";
import type { AssemblyRoutine } from "../../tools/asm";
import type { CpuModel } from "../../cpu/cpu";
import { assemble } from "../../tools/asm";
import { CODE, DATA, KERNEL_CODE_PAGE, STACK, makeGuest } from "./exception-bench";
import { KERNEL_BASE, KERNEL_STACK_TOP } from "./guest";
import type { Frame, Guest } from "./guest";

const AC = 17;
const BREAKPOINT = 3;
const EFLAGS_AC = 0x40000;
const CR0_AM = 0x40000;

beforeAll(() => buildCore());

interface Conditions {
  readonly model?: CpuModel;
  readonly user?: boolean;
  readonly am?: boolean;
  readonly ac?: boolean;
}

/** Runs code followed by INT3 and returns the first exception. */
function run(routine: AssemblyRoutine, conditions: Conditions = {}): Frame & { guest: Guest } {
  const { model = "i486", user = true, am = true, ac = true } = conditions;
  const guest = makeGuest(model);
  const { registers } = guest.cpu;
  if (am) registers.cr0 |= CR0_AM;
  const program: AssemblyRoutine = (a) => {
    routine(a);
    a.int3();
  };
  const origin = user ? CODE : KERNEL_CODE_PAGE;
  guest.write(0x10000, assemble(program, { origin }).bytes);
  guest.write(
    0x11000,
    Uint8Array.from({ length: 32 }, (_, i) => i),
  );
  if (user) guest.enterUser(origin, STACK, 2 | (ac ? EFLAGS_AC : 0));
  else {
    registers.eip = origin;
    registers.esp = KERNEL_BASE + KERNEL_STACK_TOP;
    registers.eflags = 2 | (ac ? EFLAGS_AC : 0);
  }
  return { ...guest.runToException(), guest };
}

const READ: AssemblyRoutine = (a) => void a.mov(eax, dword(DATA + 1));

describe("a misaligned access", () => {
  const faulting: [string, AssemblyRoutine][] = [
    ["read of a dword", READ],
    ["read of a dword at an even address", (a) => void a.mov(eax, dword(DATA + 2))],
    ["read of a word", (a) => void a.mov(ax, word(DATA + 1))],
    ["write", (a) => void a.mov(dword(DATA + 1), ecx)],
    ["write across pages", (a) => void a.mov(dword(DATA - 1), ecx)],
    ["read and write", (a) => void a.add(dword(DATA + 3), ecx)],
    ["string read", (a) => void a.mov(esi, DATA + 1).lodsd()],
    [
      "repeated string read",
      (a) =>
        void a
          .mov(esi, DATA + 1)
          .mov(ecx, 2)
          .rep()
          .lodsd(),
    ],
  ];
  it.each(faulting)("%s is #AC with code 0, and nothing has happened", (_name, routine) => {
    const { vector, errorCode, guest } = run(routine);
    expect({ vector, errorCode }).toEqual({ vector: AC, errorCode: 0 });
    expect([...guest.cpu.memory.subarray(0x11000, 0x11008)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  const stack: [string, AssemblyRoutine][] = [
    ["push", (a) => void a.push(eax)],
    ["pop", (a) => void a.pop(eax)],
    ["pusha", (a) => void a.pushad()],
    ["popa", (a) => void a.popad()],
    ["call", (a) => void a.call("next").label("next")],
    ["ret", (a) => void a.ret()],
  ];
  it.each(stack)("by %s is #AC, and ESP stays", (_name, routine) => {
    const { vector, esp: after } = run((a) => {
      a.mov(esp, STACK - 0x102);
      routine(a);
    });
    expect({ vector, after }).toEqual({ vector: AC, after: STACK - 0x102 });
  });

  it("reports the instruction, which can be restarted with AC clear", () => {
    const first = run((a) => void a.nop().mov(eax, dword(DATA + 1)));
    expect(first.eip).toBe(CODE + 1);
    const { guest } = first;
    guest.enterUser(first.eip, first.esp, first.eflags & ~EFLAGS_AC);
    expect(guest.runToException().vector).toBe(BREAKPOINT);
    expect(guest.cpu.registers.eax).toBe(0x04030201);
  });
});

describe("no #AC", () => {
  const aligned: [string, AssemblyRoutine][] = [
    ["an aligned dword", (a) => void a.mov(eax, dword(DATA + 4))],
    ["an aligned word", (a) => void a.mov(ax, word(DATA + 2))],
    ["a byte", (a) => void a.inc(byte(DATA + 1))],
    ["an address only", (a) => void a.lea(eax, mem(DATA + 1))],
  ];
  it.each(aligned)("for %s", (_name, routine) => {
    expect(run(routine).vector).toBe(BREAKPOINT);
  });

  const off: [string, Conditions][] = [
    ["at CPL 0", { user: false }],
    ["with AM clear", { am: false }],
    ["with AC clear", { ac: false }],
    ["on the i386", { model: "i386" }],
  ];
  it.each(off)("%s", (_name, conditions) => {
    expect(run(READ, conditions).vector).toBe(BREAKPOINT);
  });
});
