/** How interrupts, exceptions and gates change privilege level, stack and flags; and what comes back by IRET and RETF. */
import type { CpuModel } from "../../cpu/cpu";
import { describe, expect, it } from "vitest";
import { assemble, ax, ds, eax, ecx, far, symbol, type AssemblyRoutine } from "../../tools/asm/index";
import {
  ABSENT,
  CODE,
  DATA,
  deliver,
  expectTrap,
  KERNEL_CODE_PAGE,
  ldt,
  makeGuest,
  STACK,
  start,
} from "./exception-bench";
import {
  BIG,
  CALL_GATE,
  DATA_READ_WRITE,
  DPL3,
  GDT,
  GRANULARITY,
  HANDLERS,
  IDT,
  INTERRUPT_GATE,
  KERNEL_BASE,
  KERNEL_CODE,
  KERNEL_DATA,
  KERNEL_STACK_TOP,
  TRAP_GATE,
  TSS,
  TSS_SELECTOR,
  USER_CODE,
  USER_DATA,
  type Guest,
} from "./guest";

const IF = 0x200;
const TF = 0x100;
const NT = 0x4000;
const RF = 0x10000;
const AC = 0x40000;
const VECTOR = 0x80;
const GATE = 0x73;
const KERNEL_STACK = KERNEL_BASE + KERNEL_STACK_TOP;
const NOT_PRESENT = 0x80;
const HANDLER = KERNEL_BASE + HANDLERS + VECTOR * 4;

function wordsAt(guest: Guest, address: number, count: number): number[] {
  const physical = address - KERNEL_BASE;
  return Array.from({ length: count }, (_, i) => guest.view.getUint32(physical + 4 * i, true));
}

describe("gates", () => {
  const gates = [
    ["an interrupt gate clears IF", INTERRUPT_GATE, 0],
    ["a trap gate keeps IF", TRAP_GATE, IF],
  ] as const;
  it.each(gates)("%s", (_name, access, expected) => {
    const { guest, eflags } = deliver((a) => a.int(VECTOR), {
      user: true,
      eflags: IF | 2,
      prepare: (g) => g.setGate(IDT, VECTOR, KERNEL_CODE, HANDLER, access | DPL3),
    });
    expect(guest.cpu.registers.eflags & IF).toBe(expected);
    expect(eflags & IF).toBe(IF);
  });

  it("clear TF, NT and RF, and push them as they were", () => {
    const { guest, eflags } = deliver((a) => a.ud2(), { user: true, eflags: NT | IF | 2 });
    expect(eflags & (TF | NT)).toBe(NT);
    expect(guest.cpu.registers.eflags & (TF | NT | RF)).toBe(0);
  });

  it("faults push RF set, traps clear", () => {
    expect(deliver((a) => a.ud2(), { user: true }).eflags & RF).toBe(RF);
    expect(deliver((a) => a.int3(), { user: true }).eflags & RF).toBe(0);
  });

  it("at the same level push three words on the same stack", () => {
    const { guest } = deliver((a) => a.int3(), {
      prepare: ({ cpu }) => void (cpu.registers.esp = KERNEL_STACK),
    });
    expect(guest.cpu.registers.esp).toBe(KERNEL_STACK - 12);
    expect(wordsAt(guest, KERNEL_STACK - 12, 3)).toEqual([KERNEL_CODE_PAGE + 1, KERNEL_CODE, 2]);
  });

  it("to an inner level push SS and ESP on the stack that the TSS names", () => {
    const { guest } = deliver((a) => a.int3(), { user: true, eflags: IF | 2 });
    expect(guest.cpu.registers.esp).toBe(KERNEL_STACK - 20);
    expect(guest.cpu.registers.ss).toBe(KERNEL_DATA);
    expect(guest.cpu.registers.cpl).toBe(0);
    expect(wordsAt(guest, KERNEL_STACK - 20, 5)).toEqual([CODE + 1, USER_CODE, IF | 2, STACK, USER_DATA]);
  });

  it("push the error code last", () => {
    const { guest } = deliver((a) => a.hlt(), { user: true });
    expect(wordsAt(guest, KERNEL_STACK - 24, 2)).toEqual([0, CODE]);
  });

  it("leave the data segments alone", () => {
    const { guest } = deliver((a) => a.int3(), { user: true });
    expect([guest.cpu.registers.ds, guest.cpu.registers.es]).toEqual([USER_DATA, USER_DATA]);
  });
});

describe("faults in delivery", () => {
  const absentGate = (vector: number) => (guest: Guest) =>
    guest.setGate(IDT, vector, KERNEL_CODE, HANDLER, (INTERRUPT_GATE | DPL3) & ~NOT_PRESENT);

  it("INT n through an absent gate is #NP with the gate's number", () => {
    const { vector, errorCode, eip } = deliver((a) => a.int(VECTOR), {
      user: true,
      prepare: absentGate(VECTOR),
    });
    expect({ vector, errorCode, eip }).toEqual({ vector: 11, errorCode: VECTOR * 8 + 2, eip: CODE });
  });

  it("an exception through an absent gate sets EXT", () => {
    const { vector, errorCode, eip } = deliver((a) => a.ud2(), { user: true, prepare: absentGate(6) });
    expect({ vector, errorCode, eip }).toEqual({ vector: 11, errorCode: 6 * 8 + 3, eip: CODE });
  });

  it("a hardware interrupt through an absent gate sets EXT", () => {
    const { vector, errorCode } = deliver((a) => a.nop(), {
      user: true,
      eflags: IF | 2,
      prepare: (guest) => {
        absentGate(0x20)(guest);
        guest.cpu.setInterrupt(true);
      },
    });
    expect({ vector, errorCode }).toEqual({ vector: 11, errorCode: 0x20 * 8 + 3 });
  });

  it("a vector beyond the IDT is #GP with its number", () => {
    const { vector, errorCode } = deliver((a) => a.int(VECTOR), {
      prepare: ({ cpu }) => void (cpu.registers.idtr.limit = VECTOR * 8 + 6),
    });
    expect({ vector, errorCode }).toEqual({ vector: 13, errorCode: VECTOR * 8 + 2 });
  });

  it.each([
    ["a null selector", 0, 13, 0],
    ["a data segment", KERNEL_DATA, 13, KERNEL_DATA],
    ["an outer code segment", USER_CODE, 13, USER_CODE & ~3],
    ["a selector beyond the table", 0x1f0, 13, 0x1f0],
  ])("a gate to %s is #GP with that selector", (_name, selector, expectedVector, expectedCode) => {
    const { vector, errorCode } = deliver((a) => a.int(VECTOR), {
      prepare: (g) => g.setGate(IDT, VECTOR, selector, HANDLER, INTERRUPT_GATE),
    });
    expect({ vector, errorCode }).toEqual({ vector: expectedVector, errorCode: expectedCode });
  });

  /** Conforming code of ring 0 runs at its caller's level: handlers that need no new stack can report a bad one. */
  const CONFORMING_CODE = 0x10;
  const CONFORMING = 0x9f;
  const HANDLERS_OFFSET = 0x80;
  const SELF_JUMP = [0xeb, 0xfe];

  /** What INT in ring 3 leads to when the stack switch fails, from the frame on the stack of ring 3. */
  function reported(prepare: (guest: Guest) => void): { vector: number; errorCode: number; eip: number } {
    const guest = makeGuest();
    guest.setDescriptor(GDT, CONFORMING_CODE, 0, 0xfffff, CONFORMING, GRANULARITY | BIG);
    guest.write(0x10000, [0xcd, VECTOR]);
    guest.setInterruptGate(VECTOR, DPL3);
    for (const vector of [8, 10, 12]) {
      const offset = HANDLERS_OFFSET + vector * SELF_JUMP.length;
      guest.write(0x10000 + offset, SELF_JUMP);
      guest.setGate(IDT, vector, CONFORMING_CODE, CODE + offset, INTERRUPT_GATE);
    }
    start(guest, { user: true });
    prepare(guest);
    guest.cpu.run(guest.cpu.cycles + 2000);
    const { eip, esp } = guest.cpu.registers;
    const vector = (eip - CODE - HANDLERS_OFFSET) / SELF_JUMP.length;
    return { vector, errorCode: guest.wordAt(esp), eip: guest.wordAt(esp + 4) };
  }

  it("a TSS with a null SS0 is #TS(0)", () => {
    const prepare = (guest: Guest): void => guest.view.setUint32(TSS + 8, 0, true);
    expect(reported(prepare)).toEqual({ vector: 10, errorCode: 0, eip: CODE });
  });

  it("a TSS whose SS0 is for another level is #TS(SS0)", () => {
    const prepare = (guest: Guest): void => guest.view.setUint32(TSS + 8, USER_DATA, true);
    expect(reported(prepare)).toEqual({ vector: 10, errorCode: USER_DATA & ~3, eip: CODE });
  });

  it("a TSS whose SS0 is no data segment is #TS(SS0)", () => {
    const prepare = (guest: Guest): void => guest.view.setUint32(TSS + 8, KERNEL_CODE, true);
    expect(reported(prepare)).toEqual({ vector: 10, errorCode: KERNEL_CODE, eip: CODE });
  });

  it("a TSS whose SS0 is absent is #SS(SS0)", () => {
    const prepare = (guest: Guest): void => {
      guest.setDescriptor(GDT, 0x70, 0, 0xfffff, DATA_READ_WRITE & ~NOT_PRESENT, GRANULARITY | BIG);
      guest.view.setUint32(TSS + 8, 0x70, true);
    };
    expect(reported(prepare)).toEqual({ vector: 12, errorCode: 0x70, eip: CODE });
  });

  it("a TSS too short for the stack is #TS(TSS)", () => {
    const prepare = ({ cpu }: Guest): void => void (cpu.registers.segments.tr.limit = 7);
    expect(reported(prepare)).toEqual({ vector: 10, errorCode: TSS_SELECTOR, eip: CODE });
  });
});

describe("double and triple faults", () => {
  const breakGate = (guest: Guest, ...vectors: number[]): void => {
    for (const vector of vectors) guest.setGate(IDT, vector, 0, 0, INTERRUPT_GATE);
  };

  it.each([
    ["#DE then #GP", (a) => a.div(ecx), 0],
    ["#GP then #GP", (a) => a.db(0x2e, 0xa3).dd(DATA), 13],
    ["#NP then #GP", (a) => a.mov(ax, ldt("absentData")).mov(ds, ax), 11],
    ["#PF then #GP", (a) => a.mov(eax, ecx).db(0xa1).dd(ABSENT), 14],
  ] as [string, AssemblyRoutine, number][])("%s is #DF with error code 0", (_name, routine, first) => {
    const { vector, errorCode } = deliver(routine, {
      registers: { ecx: 0 },
      prepare: (guest) => breakGate(guest, first),
    });
    expect({ vector, errorCode }).toEqual({ vector: 8, errorCode: 0 });
  });

  it("a benign exception then #GP is #GP", () => {
    const { vector, errorCode } = deliver((a) => a.ud2(), { prepare: (guest) => breakGate(guest, 6) });
    expect({ vector, errorCode }).toEqual({ vector: 13, errorCode: 1 });
  });

  it("#PF while pushing a #PF frame is #DF", () => {
    const guest = makeGuest();
    guest.write(0x10000, [0xa1, ...[0, 1, 2, 3].map((i) => (ABSENT >>> (8 * i)) & 0xff)]);
    start(guest, {});
    guest.cpu.registers.esp = ABSENT + 0x100;
    // The double fault has no stack either.
    const reason = guest.cpu.run(guest.cpu.cycles + 10_000);
    expect({ reason, why: guest.cpu.stats().shutdownReason }).toEqual({
      reason: "shutdown",
      why: "triple fault",
    });
  });

  it("no IDT at all is a triple fault, and stays one", () => {
    const guest = makeGuest();
    guest.write(0x10000, [0x0f, 0x0b]);
    start(guest, {});
    guest.cpu.registers.idtr.limit = 0;
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("shutdown");
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("shutdown");
  });
});

describe("call gates", () => {
  const prepare =
    (parameters: number) =>
    (guest: Guest): void => {
      guest.setGate(GDT, GATE >> 3, KERNEL_CODE, KERNEL_CODE_PAGE + 0x80, CALL_GATE | DPL3, parameters);
      // int3
      guest.write(0x10080, [0xcc]);
      guest.view.setUint32(0x11800, 111, true);
      guest.view.setUint32(0x11804, 222, true);
      guest.view.setUint32(0x11808, 333, true);
    };

  it("switch to the stack of ring 0 with SS, ESP, CS and EIP", () => {
    const { guest, eip } = deliver((a) => a.call(far(GATE, 0x12345678)), { user: true, prepare: prepare(0) });
    expect(eip).toBe(KERNEL_CODE_PAGE + 0x81);
    expect(wordsAt(guest, KERNEL_STACK - 16, 4)).toEqual([CODE + 7, USER_CODE, STACK, USER_DATA]);
  });

  it("copy parameters from the caller's stack", () => {
    const { guest } = deliver((a) => a.call(far(GATE, 0)), { user: true, prepare: prepare(3) });
    expect(wordsAt(guest, KERNEL_STACK - 28, 7)).toEqual([
      CODE + 7,
      USER_CODE,
      111,
      222,
      333,
      STACK,
      USER_DATA,
    ]);
  });

  it("at the same level push CS and EIP only", () => {
    const { guest } = deliver((a) => a.call(far(GATE & ~3, 0)), {
      prepare: (g) => {
        prepare(2)(g);
        g.cpu.registers.esp = KERNEL_STACK;
      },
    });
    expect(wordsAt(guest, KERNEL_STACK - 8, 2)).toEqual([KERNEL_CODE_PAGE + 7, KERNEL_CODE]);
  });

  it("RETF n returns to ring 3 and drops the parameters of both stacks", () => {
    const routine: AssemblyRoutine = (a) => a.call(far(GATE, 0)).int3().label("after");
    const { cs, esp, ss, eip, labels, guest } = deliver(routine, {
      user: true,
      prepare: (g) => {
        prepare(2)(g);
        g.write(0x10080, [0xca, 8, 0]);
      },
    });
    expect({ cs, esp, ss, eip }).toEqual({ cs: USER_CODE, esp: STACK + 8, ss: USER_DATA, eip: labels.after });
    expect(guest.cpu.registers.ds).toBe(USER_DATA);
  });
});

describe("returns to an outer level", () => {
  it("make data segments of the inner level null", () => {
    const routine: AssemblyRoutine = (a) =>
      a
        .push(USER_DATA)
        .push(STACK)
        .push(2)
        .push(USER_CODE)
        .push(CODE + 0x40)
        .iretd();
    const { guest, cs } = deliver(routine, {
      prepare: (g) => {
        g.write(0x10040, [0xcc]);
        g.cpu.registers.esp = KERNEL_STACK;
      },
    });
    expect(cs).toBe(USER_CODE);
    expect([guest.cpu.registers.ds, guest.cpu.registers.es]).toEqual([0, 0]);
  });

  it("IRET in ring 0 restores IOPL and IF", () => {
    const flags = 0x3202;
    const routine: AssemblyRoutine = (a) =>
      a
        .push(USER_DATA)
        .push(STACK)
        .push(flags)
        .push(USER_CODE)
        .push(CODE + 0x40)
        .iretd();
    const { eflags } = deliver(routine, {
      prepare: (g) => {
        g.write(0x10040, [0xcc]);
        g.cpu.registers.esp = KERNEL_STACK;
      },
    });
    expect(eflags & 0x3200).toBe(0x3200);
  });

  it("IRET in ring 3 leaves IOPL and IF", () => {
    const routine: AssemblyRoutine = (a) =>
      a.push(0x3002).push(USER_CODE).push(symbol("there")).iretd().label("there").int3().label("after");
    const { eflags } = expectTrap(routine, { user: true, eflags: IF | 2 }, { vector: 3 });
    expect(eflags & 0x3200).toBe(IF);
  });

  it("single steps through IRET: the trap comes after the instruction returned to", () => {
    const routine: AssemblyRoutine = (a) =>
      a
        .push(TF | 2)
        .push(USER_CODE)
        .push(symbol("there"))
        .iretd()
        .label("there")
        .inc(eax)
        .label("after")
        .nop();
    expectTrap(routine, { user: true }, { vector: 1 });
  });
});

describe("a single step to an address that cannot be fetched", () => {
  const transfers: readonly (readonly [string, AssemblyRoutine])[] = [
    ["JMP r", (a) => a.jmp(eax)],
    ["CALL r", (a) => a.call(eax)],
    ["RET", (a) => a.ret()],
    ["JMP rel", (a) => a.jmp(symbol("absent"))],
  ];
  it.each(transfers)("%s: the trap comes first, with the target as its EIP", (_name, transfer) => {
    const code = assemble(
      (a) =>
        transfer(
          a
            .push(eax)
            .push(TF | 2)
            .popfd(),
        ),
      {
        origin: CODE,
        symbols: { absent: ABSENT },
      },
    );
    const guest = makeGuest();
    guest.write(0x10000, code.bytes);
    start(guest, { user: true, registers: { eax: ABSENT } });
    const { vector, eip } = guest.runToException();
    expect([vector, eip]).toEqual([1, ABSENT]);
  });
});

describe("flags of the models", () => {
  const popped = (model: CpuModel): number =>
    expectTrap(
      (a) =>
        a
          .push(0x7fffffff & ~(TF | 0x20000))
          .popfd()
          .int3()
          .label("after"),
      { user: true, model },
      { vector: 3 },
    ).eflags;

  it("AC and ID can be set from the i486 on", () => {
    expect(popped("i386") & 0xfffc0000).toBe(0);
    expect(popped("i486") & 0xfffc0000).toBe(AC | 0x200000);
    expect(popped("pentium2") & 0xfffc0000).toBe(AC | 0x200000);
  });
});

describe("interrupts", () => {
  function interrupted(
    routine: AssemblyRoutine,
    eflags: number,
  ): { vector: number; eip: number; eax: number } {
    const { vector, eip, guest } = deliver(routine, {
      user: true,
      eflags,
      registers: { eax: 0 },
      prepare: ({ cpu }) => cpu.setInterrupt(true),
    });
    return { vector, eip, eax: guest.cpu.registers.eax };
  }

  it("wait for IF", () => {
    expect(interrupted((a) => a.inc(eax).int3(), 2)).toEqual({ vector: 3, eip: CODE + 2, eax: 1 });
    expect(interrupted((a) => a.inc(eax).int3(), IF | 2)).toEqual({ vector: 0x20, eip: CODE, eax: 0 });
  });

  it("come one instruction after STI", () => {
    expect(interrupted((a) => a.sti().inc(eax).inc(eax), 0x3002)).toEqual({
      vector: 0x20,
      eip: CODE + 2,
      eax: 1,
    });
  });

  it("come at once after POPF", () => {
    expect(interrupted((a) => a.db(0x68).dd(0x3202).popfd().inc(eax), 0x3002)).toEqual({
      vector: 0x20,
      eip: CODE + 6,
      eax: 0,
    });
  });

  it("come between the iterations of REP, with the registers so far", () => {
    const guest = makeGuest();
    guest.write(0x10000, [0xf3, 0xa4, 0xcc]);
    start(guest, { user: true, eflags: IF | 2, registers: { ecx: 64, esi: DATA, edi: DATA + 0x100 } });
    guest.cpu.run(guest.cpu.cycles + 30);
    guest.cpu.setInterrupt(true);
    const { vector, eip } = guest.runToException();
    const { ecx: left, esi, edi } = guest.cpu.registers;
    expect({ vector, eip }).toEqual({ vector: 0x20, eip: CODE });
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(64);
    expect([esi, edi]).toEqual([DATA + 64 - left, DATA + 0x100 + 64 - left]);
  });

  it("wake HLT, after which execution goes on behind it", () => {
    const guest = makeGuest();
    guest.write(0x10000, [0xf4, 0x40, 0xcc]);
    start(guest, { eflags: IF | 2 });
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("halt");
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("halt");
    guest.cpu.setInterrupt(true);
    const { vector, eip } = guest.runToException();
    expect({ vector, eip }).toEqual({ vector: 0x20, eip: KERNEL_CODE_PAGE + 1 });
  });

  it("NMI comes whatever IF is, and not again before IRET", () => {
    const guest = makeGuest();
    guest.write(0x10000, [0x40, 0xcc]);
    start(guest, { user: true });
    guest.cpu.nmi();
    expect(guest.runToException().vector).toBe(2);
    guest.cpu.nmi();
    expect(guest.cpu.run(guest.cpu.cycles + 3)).not.toBe("shutdown");
    expect(guest.cpu.registers.eip).toBeGreaterThan(KERNEL_BASE + HANDLERS + 2 * 4);
  });
});
