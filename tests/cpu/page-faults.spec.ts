/** Page faults: error code and address, accessed and dirty bits, and that faults leave everything as it was. */
import { Code } from "iced-x86";
import { describe, expect, it } from "vitest";
import { eax, ebx, ecx, mem, dword, type AssemblyRoutine } from "../../tools/asm/index";
import {
  ABSENT,
  DATA,
  deliver,
  expectFault,
  expectTrap,
  READ_ONLY,
  SUPERVISOR,
  SUPERVISOR_READ_ONLY,
  type Setup,
} from "./exception-bench";
import { faults, I386, KERNEL, P, pf, U, USER, W, withRegisters } from "./fault-cases";
import { ACCESSED, CR0_WP, DIRTY } from "./guest";

describe("#PF", () => {
  const read =
    (address: number): AssemblyRoutine =>
    (a) =>
      a.mov(ecx, mem(address));
  const write =
    (address: number): AssemblyRoutine =>
    (a) =>
      a.mov(mem(address), ecx);
  const modify =
    (address: number): AssemblyRoutine =>
    (a) =>
      a.add(dword(address), ecx);
  const noWp = (setup: Setup): Setup => ({
    ...setup,
    prepare: ({ cpu }) => {
      cpu.registers.cr0 &= ~CR0_WP;
    },
  });
  faults([
    ["user read, not present", read(ABSENT), USER, pf(U, ABSENT)],
    ["user write, not present", write(ABSENT), USER, pf(U | W, ABSENT)],
    ["user read-modify-write, not present", modify(ABSENT), USER, pf(U | W, ABSENT)],
    ["supervisor read, not present", read(ABSENT), KERNEL, pf(0, ABSENT)],
    ["supervisor write, not present", write(ABSENT), KERNEL, pf(W, ABSENT)],
    ["user read of a supervisor page", read(SUPERVISOR), USER, pf(P | U, SUPERVISOR)],
    ["user write to a supervisor page", write(SUPERVISOR), USER, pf(P | U | W, SUPERVISOR)],
    ["user write to a read-only page", write(READ_ONLY), USER, pf(P | U | W, READ_ONLY)],
    ["user read-modify-write of a read-only page", modify(READ_ONLY), USER, pf(P | U | W, READ_ONLY)],
    ["user write to a read-only page, WP clear", write(READ_ONLY), noWp(USER), pf(P | U | W, READ_ONLY)],
    ["supervisor write to a read-only page, WP", write(READ_ONLY), KERNEL, pf(P | W, READ_ONLY)],
    [
      "supervisor write to a read-only supervisor page, WP",
      write(SUPERVISOR_READ_ONLY),
      KERNEL,
      pf(P | W, SUPERVISOR_READ_ONLY),
    ],
    ["directory entry not present", read(0x30000000), USER, pf(U, 0x30000000)],
    ["user CALL to a supervisor page", (a) => a.db(0xff, 0x15).dd(ABSENT), USER, pf(U, ABSENT)],
    ["dword read across into an absent page", read(ABSENT - 2), KERNEL, pf(0, ABSENT)],
    ["dword write across into an absent page", write(ABSENT - 2), WRITABLE_BEFORE_ABSENT, pf(W, ABSENT)],
    [
      "PUSH onto an absent page",
      (a) => a.push(eax),
      withRegisters(USER, { esp: ABSENT + 4 }),
      pf(U | W, ABSENT),
    ],
    ["POP m onto an absent page", (a) => a.pop(dword(ABSENT)), USER, pf(U | W, ABSENT)],
    [
      "PUSHA across into a read-only page",
      (a) => a.pushad(),
      withRegisters(USER, { esp: READ_ONLY + 8 }),
      pf(P | U | W, READ_ONLY + 4),
    ],
    [
      "PUSHA down into a read-only page, by its first word there",
      (a) => a.pushad(),
      userPage(SUPERVISOR, READ_ONLY + 0x1008),
      pf(P | U | W, READ_ONLY + 0xffc),
    ],
    [
      "POPA up into an absent page, by its first word there",
      (a) => a.popad(),
      userPage(SUPERVISOR_READ_ONLY, ABSENT - 4),
      pf(U, ABSENT),
    ],
    [
      "ENTER onto a read-only page",
      (a) => a.enter(8, 0),
      withRegisters(USER, { esp: READ_ONLY + 0x20 }),
      pf(P | U | W, READ_ONLY + 0x1c),
    ],
    ["XCHG with a read-only page", (a) => a.xchg(dword(READ_ONLY), ecx), USER, pf(P | U | W, READ_ONLY)],
    [
      "CMPXCHG with a read-only page, not equal",
      (a) => a.op(Code.Cmpxchg_rm32_r32, dword(READ_ONLY), ecx),
      withRegisters(USER, { eax: 77 }),
      pf(P | U | W, READ_ONLY),
    ],
    ["SHLD of a read-only page", (a) => a.shld(dword(READ_ONLY), ecx, 4), USER, pf(P | U | W, READ_ONLY)],
    [
      "BTS far from its address",
      (a) => a.bts(dword(DATA), ecx),
      withRegisters(USER, { ecx: (ABSENT - DATA) * 8 }),
      pf(U | W, ABSENT),
    ],
    [
      "MOVS to a read-only page",
      (a) => a.movsd(),
      withRegisters(USER, { edi: READ_ONLY }),
      pf(P | U | W, READ_ONLY),
    ],
    ["MOVS from an absent page", (a) => a.movsd(), withRegisters(USER, { esi: ABSENT }), pf(U, ABSENT)],
  ]);

  const fetches: [string, number, number][] = [
    ["an absent page", ABSENT, U],
    ["a supervisor page", SUPERVISOR, P | U],
    ["an absent directory entry", 0x30000000, U],
  ];
  it.each(fetches)("fetching from %s reports the target as EIP", (_name, target, errorCode) => {
    const {
      vector,
      errorCode: got,
      eip,
      guest,
    } = deliver((a) => a.jmp(ebx), withRegisters(USER, { ebx: target }));
    expect({ vector, got, eip, cr2: guest.cpu.registers.cr2 }).toEqual({
      vector: 14,
      got: errorCode,
      eip: target,
      cr2: target,
    });
  });

  it("an instruction across into an absent page faults at the page, restartable", () => {
    const prepare: Setup["prepare"] = (guest) => guest.write(0x14ffe, [0xb9, 1]);
    const { vector, eip, guest } = deliver((a) => a.jmp(ebx), {
      ...withRegisters(KERNEL, { ebx: ABSENT - 2 }),
      prepare,
    });
    expect({ vector, eip, cr2: guest.cpu.registers.cr2 }).toEqual({
      vector: 14,
      eip: ABSENT - 2,
      cr2: ABSENT,
    });
  });

  it.each([0x62, 0xc4, 0xc5])(
    "%i with a register operand is #UD without a look at the next page",
    (opcode) => {
      const prepare: Setup["prepare"] = (guest) => guest.write(0x14ffe, [opcode, 0xc0]);
      const setup = { ...withRegisters(KERNEL, { ebx: ABSENT - 2 }), prepare };
      const { vector, eip } = deliver((a) => a.jmp(ebx), setup);
      expect({ vector, eip }).toEqual({ vector: 6, eip: ABSENT - 2 });
    },
  );

  it("lets ring 0 write to read-only pages with WP clear, and on the i386 always", () => {
    const routine: AssemblyRoutine = (a) => a.mov(mem(READ_ONLY), ecx).int3().label("after");
    expectTrap(routine, noWp(KERNEL), { vector: 3 });
    const { guest } = expectTrap(routine, I386, { vector: 3 });
    expect(guest.view.getUint32(0x12000, true)).toBe(2);
  });

  it("sets the accessed and dirty bits that the access needs", () => {
    const bits = (routine: AssemblyRoutine): number => {
      const { guest } = expectTrap((a) => void routine(a.nop()), USER, { vector: 3 });
      return guest.view.getUint32(guest.pageTableEntry(DATA), true) & (ACCESSED | DIRTY);
    };
    const untouched: AssemblyRoutine = (a) => void a.db(0xcd, 3).label("after");
    const reading: AssemblyRoutine = (a) => void a.mov(ecx, mem(DATA)).db(0xcd, 3).label("after");
    const writing: AssemblyRoutine = (a) => void a.mov(mem(DATA), ecx).db(0xcd, 3).label("after");
    expect(bits(untouched)).toBe(0);
    expect(bits(reading)).toBe(ACCESSED);
    expect(bits(writing)).toBe(ACCESSED | DIRTY);
  });

  it("leaves the dirty bit alone when the write is refused", () => {
    const { guest } = expectFault(write(READ_ONLY), USER, pf(P | U | W, READ_ONLY));
    expect(guest.view.getUint32(guest.pageTableEntry(READ_ONLY), true) & DIRTY).toBe(0);
  });
});

/** A page that ring 3 may write, and its stack pointer. */
function userPage(page: number, stackPointer: number): Setup {
  return {
    user: true,
    registers: { esp: stackPointer },
    prepare: (guest) => guest.map(page, 0x14000, 7),
  };
}

/** Makes the page before the absent one writable. */
const WRITABLE_BEFORE_ABSENT: Setup = {
  prepare: (guest) => {
    guest.map(SUPERVISOR_READ_ONLY, 0x14000, 3);
  },
};
