/** What x87 instructions do besides computing: #NM, #MF, the error line, and operands that fault. */
import { describe, expect, it } from "vitest";
import type { CpuModel } from "../../cpu/cpu";
import { COPROCESSOR_ERROR_PORT, CoprocessorError } from "../../devices/coprocessor-error";
import { assemble, type AssemblyRoutine } from "../../tools/asm/index";
import { ABSENT, DATA, KERNEL_CODE_PAGE, READ_ONLY, deliver, makeGuest, start } from "./exception-bench";
import type { Guest } from "./guest";
import { CONTROL_INITIAL } from "./x87-bench";

const CR0_EM = 0x04;
const CR0_TS = 0x08;
const CR0_NE = 0x20;
const NM = 7;
const PF = 14;
const MF = 16;
const ZERO_DIVIDE = 0x04;
const ES_AND_BUSY = 0x8080;
const FULL = 0;
const EMPTY = 0xffff;
const STATE_BYTES = 108;

const prepare =
  (cr0: number, more: (guest: Guest) => void = () => {}) =>
  (guest: Guest): void => {
    guest.cpu.registers.cr0 |= cr0;
    more(guest);
  };

/** An instruction with a memory operand at an address. */
const at =
  (escape: number, digit: number, address: number): AssemblyRoutine =>
  (a) =>
    a.db(escape, (digit << 3) | 5).dd(address);

/** 1 / 0 with the exception of division unmasked. */
const divideByZero: AssemblyRoutine = (a) => a.fld1().fldz().db(0xde, 0xf9);

function unmaskDivision({ cpu }: Guest): void {
  cpu.registers.fpu.control = CONTROL_INITIAL & ~ZERO_DIVIDE;
}

describe("#NM", () => {
  const blocked: [string, AssemblyRoutine, number][] = [
    ["FLD1 with TS", (a) => a.fld1(), CR0_TS],
    ["FNSTSW with EM", (a) => a.db(0xdf, 0xe0), CR0_EM],
    ["FNINIT with TS", (a) => a.fninit(), CR0_TS],
    ["FLD of an absent page with TS", at(0xdd, 0, ABSENT), CR0_TS],
    ["FLD through a null segment with TS", (a) => (a.db(0x64), at(0xdd, 0, DATA)(a)), CR0_TS],
    ["FNSAVE through a null segment with TS", (a) => (a.db(0x64), at(0xdd, 6, DATA)(a)), CR0_TS],
  ];
  it.each(blocked)("comes first: %s", (_name, code, cr0) => {
    const { vector, eip, origin } = deliver(code, { user: true, prepare: prepare(cr0) });
    expect([vector, eip]).toEqual([NM, origin]);
  });
});

describe("#MF", () => {
  const waiting: [string, AssemblyRoutine][] = [
    ["WAIT", (a) => a.wait()],
    ["FLD1", (a) => a.fld1()],
    ["FLD of an absent page", at(0xdd, 0, ABSENT)],
  ];
  it.each(waiting)("comes before the next instruction that waits: %s", (_name, code) => {
    const routine: AssemblyRoutine = (a) => {
      divideByZero(a);
      // These do not wait.
      a.db(0xdf, 0xe0).db(0xd9, 0x3d).dd(DATA).nop();
      a.label("waits");
      code(a);
    };
    const { vector, eip, labels, guest } = deliver(routine, {
      user: true,
      prepare: prepare(CR0_NE, unmaskDivision),
    });
    expect([vector, eip]).toEqual([MF, labels.waits]);
    const { fpu, eax } = guest.cpu.registers;
    expect(fpu.status & (ES_AND_BUSY | ZERO_DIVIDE)).toBe(ES_AND_BUSY | ZERO_DIVIDE);
    expect(eax & 0xffff).toBe(fpu.status);
    // The operands are still there, and the instruction is known.
    expect([fpu.st(0).signExponent, fpu.st(1).signExponent]).toEqual([0, 0x3fff]);
    expect([fpu.opcode, fpu.instructionOffset]).toEqual([0x6f9, labels.waits - 11]);
  });

  it("does not come when FNCLEX has cleared the exception", () => {
    const routine: AssemblyRoutine = (a) => (divideByZero(a), a.db(0xdb, 0xe2).wait().int3());
    expect(deliver(routine, { user: true, prepare: prepare(CR0_NE, unmaskDivision) }).vector).toBe(3);
  });

  it("comes when FLDCW unmasks an exception that was raised before", () => {
    const routine: AssemblyRoutine = (a) => {
      divideByZero(a);
      at(0xd9, 5, DATA)(a);
      a.label("waits").wait();
    };
    const { vector, eip, labels } = deliver(routine, { user: true, prepare: prepare(CR0_NE) });
    expect([vector, eip]).toEqual([MF, labels.waits]);
  });
});

describe("operands that fault", () => {
  /** Every register full of ones, all of them in use; the pages before ABSENT and READ_ONLY are writable. */
  function fill({ cpu }: Guest): void {
    const { fpu } = cpu.registers;
    fpu.tag = FULL;
    for (let i = 0; i < 8; i++)
      Object.assign(fpu.st(i), { signExponent: 0x3fff + i, significand: 1n << 63n });
  }

  const CROSSING = READ_ONLY - 6;

  it.each([
    ["FSTP m80", 0xdb, 7, 10],
    ["FSTP m64", 0xdd, 3, 8],
    ["FBSTP", 0xdf, 6, 10],
    ["FISTP m64", 0xdf, 7, 8],
    ["FNSAVE", 0xdd, 6, STATE_BYTES],
    ["FNSTENV", 0xd9, 6, 28],
  ])(
    "%s into a read-only page writes nothing before it, and keeps the stack",
    (_name, escape, digit, bytes) => {
      const { vector, errorCode, eip, origin, guest } = deliver(at(escape, digit, CROSSING), {
        user: true,
        prepare: fill,
      });
      expect([vector, errorCode & 7, eip]).toEqual([PF, 7, origin]);
      expect(guest.cpu.registers.cr2).toBe(READ_ONLY);
      expect([...guest.cpu.readLinear(CROSSING, bytes)]).toEqual(new Array(bytes).fill(0));
      const { fpu } = guest.cpu.registers;
      expect([fpu.status, fpu.tag, fpu.control, fpu.opcode]).toEqual([0, FULL, CONTROL_INITIAL, 0]);
    },
  );

  it.each([
    ["FLD m80", 0xdb, 5],
    ["FLD m64", 0xdd, 0],
    ["FADD m64", 0xdc, 0],
    ["FRSTOR", 0xdd, 4],
    ["FLDENV", 0xd9, 4],
  ])("%s from an absent page changes nothing", (_name, escape, digit) => {
    const { vector, guest } = deliver(at(escape, digit, ABSENT - 6), {
      prepare: ({ cpu }) => void (cpu.registers.fpu.tag = EMPTY),
    });
    expect([vector, guest.cpu.registers.cr2]).toEqual([PF, ABSENT]);
    const { fpu } = guest.cpu.registers;
    expect([fpu.status, fpu.tag, fpu.control, fpu.opcode]).toEqual([0, EMPTY, CONTROL_INITIAL, 0]);
  });
});

describe.each<CpuModel>(["i386", "i486"])("errors that the %s leaves to the outside", (model) => {
  const HANDLER_VECTOR = 0x75;

  function boot(routine: AssemblyRoutine, eflags: number) {
    const requests: boolean[] = [];
    const guest: Guest = makeGuest(model, {
      numericError: (asserted) => device.setError(asserted),
      portWrite: (port) => {
        if (port === COPROCESSOR_ERROR_PORT) device.writeByte();
      },
      interruptAcknowledge: () => HANDLER_VECTOR,
    });
    const request = (asserted: boolean): void => {
      if (requests.at(-1) !== asserted) requests.push(asserted);
      guest.cpu.setInterrupt(asserted);
    };
    const line = { raise: () => request(true), lower: () => request(false) };
    const device = new CoprocessorError(line, (asserted) => guest.cpu.setIgnoreNumericErrors(asserted));
    const { bytes, labels } = assemble(routine, { origin: KERNEL_CODE_PAGE });
    guest.write(0x10000, bytes);
    start(guest, { eflags });
    unmaskDivision(guest);
    return { guest, labels, requests };
  }

  const routine: AssemblyRoutine = (a) => {
    divideByZero(a);
    a.label("after").fld1().int3();
  };

  it("request an interrupt at once", () => {
    const { guest, labels } = boot(routine, 0x202);
    const { vector, eip } = guest.runToException();
    expect([vector, eip]).toEqual([HANDLER_VECTOR, labels.after]);
  });

  it("make the next instruction that waits stand still until the interrupt is taken", () => {
    const { guest, labels, requests } = boot(routine, 2);
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("halt");
    expect(guest.cpu.registers.eip).toBe(labels.after);
    expect(guest.cpu.step()).toBe("halt");
    expect(requests).toEqual([true]);
    guest.cpu.registers.eflags |= 0x200;
    const { vector, eip } = guest.runToException();
    expect([vector, eip]).toEqual([HANDLER_VECTOR, labels.after]);
  });

  it("are ignored after a write to port 0xF0, which ends the request, until they are cleared", () => {
    const { guest, requests } = boot((a) => {
      divideByZero(a);
      a.db(0xe6, COPROCESSOR_ERROR_PORT).fld1().db(0xdb, 0xe2);
      divideByZero(a);
      a.fld1().int3();
    }, 2);
    expect(guest.cpu.run(guest.cpu.cycles + 2000)).toBe("halt");
    expect(requests).toEqual([true, false, true]);
  });
});

describe("snapshots", () => {
  it("hold the x87 in the middle of a computation", () => {
    const routine: AssemblyRoutine = (a) => {
      a.db(0xd9, 0xeb).fld1().db(0xd9, 0xf3).db(0xdc, 0xc8).db(0xd9, 0xfa).db(0xd9, 0xfe).int3();
    };
    const guest = makeGuest();
    guest.write(0x10000, assemble(routine, { origin: KERNEL_CODE_PAGE }).bytes);
    start(guest, {});
    for (let i = 0; i < 3; i++) guest.cpu.step();
    const state = guest.cpu.saveState();
    const memory = guest.cpu.memory.slice();
    const finish = (): unknown => {
      guest.runToException();
      const { fpu } = guest.cpu.registers;
      return [fpu.status, fpu.tag, fpu.st(0).significand, fpu.st(0).signExponent, guest.cpu.cycles];
    };
    const first = finish();
    guest.cpu.registers.fpu.tag = EMPTY;
    guest.cpu.memory.set(memory);
    guest.cpu.restoreState(state);
    expect(finish()).toEqual(first);
  });
});
