/** Debug registers as the 386 manual has them (chapter 12). */
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import type { CpuModel } from "../../cpu/cpu";
import {
  type AssemblyRoutine,
  al,
  assemble,
  byte,
  dr0,
  dr6,
  dr7,
  dword,
  eax,
  ebx,
  ecx,
  edi,
  esi,
  esp,
  ss,
  word,
} from "../../tools/asm";
import { type Frame, Guest, KERNEL_BASE, PRESENT, USER, WRITABLE } from "./guest";

beforeAll(() => buildCore());

const CODE = 0x400000;
const DATA = 0x500000;
const CODE_FRAME = 0x20000;
const DATA_FRAME = 0x30000;
const KERNEL_CODE_AT = KERNEL_BASE + CODE_FRAME;

const TF = 0x100;
const IF = 0x200;
const RF = 0x10000;
const EXECUTE = 0;
const WRITE = 1;
const ACCESS = 3;
const B0 = 1;
const B1 = 2;
const BD = 0x2000;
const BS = 0x4000;
const DR6_BITS = 0xe00f;
const DB = 1;

/** DR7 with a breakpoint enabled globally, of a kind and a length. */
const breakpoint = (index: number, kind: number, length = 1) =>
  (2 << (2 * index)) | ((kind | ((length - 1) << 2)) << (16 + 4 * index));

interface Options {
  /** DR0 to DR3. */
  at?: readonly number[];
  dr7?: number;
  eflags?: number;
  registers?: Partial<Record<"eax" | "ebx" | "ecx" | "esi" | "edi" | "esp", number>>;
  model?: CpuModel;
  kernel?: boolean;
}

/** A guest about to run code with debug registers set; `next` runs it to the next exception, which returns with RF set. */
function debug(routine: AssemblyRoutine, options: Options) {
  const guest = new Guest(options.model);
  guest.boot();
  for (let page = 0; page < 0x3000; page += 0x1000) {
    guest.map(CODE + page, CODE_FRAME + page, PRESENT | USER);
    guest.map(DATA + page, DATA_FRAME + page, PRESENT | WRITABLE | USER);
  }
  const origin = options.kernel ? KERNEL_CODE_AT : CODE;
  const { bytes, labels } = assemble(routine, { origin });
  guest.write(CODE_FRAME, bytes);
  const { registers } = guest.cpu;
  if (options.kernel) registers.eip = origin;
  else guest.enterUser(CODE, DATA + 0x2000, options.eflags ?? 2);
  if (options.kernel) registers.eflags = options.eflags ?? 2;
  (options.at ?? []).forEach((address, i) => (registers[`dr${i}` as "dr0"] = address));
  registers.dr7 = 0x400 | (options.dr7 ?? 0);
  Object.assign(registers, options.registers);
  /** The exception as [label or offset, DR6 bits]. */
  const next = (): { frame: Frame; met: number } => {
    const frame = guest.runToException();
    const met = registers.dr6 & DR6_BITS;
    registers.dr6 = 0xffff0ff0;
    return { frame, met };
  };
  /** Runs on behind an exception, as IRET of its frame would. */
  const resume = ({ eip, eflags, esp: stack }: Frame, rf = true) => {
    const { dr7: control } = registers;
    registers.dr7 = 0x400;
    guest.leaveUser();
    if (!options.kernel) {
      const kept = { eax: registers.eax };
      guest.enterUser(eip, stack, eflags | (rf ? RF : 0));
      Object.assign(registers, kept);
    }
    registers.dr7 = control;
  };
  return { guest, registers, labels, next, resume };
}

const expectDebug = (event: { frame: Frame; met: number }, eip: number, met: number) =>
  expect([event.frame.vector, event.frame.eip, event.met]).toEqual([DB, eip, met]);

describe("breakpoints on data", () => {
  it("of several registers are reported together, and those that are off are not", () => {
    const { next, labels } = debug((a) => a.mov(dword(DATA), eax).label("after").nop(), {
      at: [DATA, DATA + 2, DATA + 1],
      dr7: breakpoint(0, WRITE, 2) | breakpoint(1, ACCESS) | (WRITE << 24),
    });
    expectDebug(next(), labels.after, B0 | B1);
  });

  it("ignore the low bits of their address", () => {
    const { next, labels } = debug((a) => a.mov(eax, dword(DATA)).label("after").nop(), {
      at: [DATA + 3],
      dr7: breakpoint(0, ACCESS, 4),
    });
    expectDebug(next(), labels.after, B0);
  });

  it("see an access across pages from both sides", () => {
    for (const at of [DATA + 0xffe, DATA + 0xfff, DATA + 0x1000, DATA + 0x1001]) {
      const { next, labels } = debug(
        (a) =>
          a
            .mov(dword(DATA + 0xffe), eax)
            .label("after")
            .nop(),
        {
          at: [at],
          dr7: breakpoint(0, WRITE),
        },
      );
      expectDebug(next(), labels.after, B0);
    }
    const { next, labels } = debug(
      (a) =>
        a
          .mov(dword(DATA + 0xffe), eax)
          .mov(al, byte(DATA + 0x1002))
          .label("after")
          .nop(),
      { at: [DATA + 0x1002], dr7: breakpoint(0, ACCESS) },
    );
    expectDebug(next(), labels.after, B0);
  });

  it("are reported with a single step as one", () => {
    const { next, labels } = debug((a) => a.mov(dword(DATA), eax).label("after").nop(), {
      at: [DATA],
      dr7: breakpoint(0, WRITE, 4),
      eflags: TF | 2,
    });
    expectDebug(next(), labels.after, B0 | BS);
  });

  it("stop a repeated instruction behind the iteration, with RF set", () => {
    const { next, labels, registers } = debug((a) => a.label("again").rep().movsd(), {
      at: [DATA + 8],
      dr7: breakpoint(0, WRITE, 4),
      registers: { esi: DATA + 0x100, edi: DATA, ecx: 5 },
    });
    const event = next();
    expectDebug(event, labels.again, B0);
    expect([registers.ecx, registers.edi, event.frame.eflags & RF]).toEqual([2, DATA + 12, RF]);
  });

  it("see stack, string and read-modify-write accesses", () => {
    const cases: [AssemblyRoutine, number][] = [
      [(a) => a.push(eax), ACCESS],
      [(a) => a.inc(dword(DATA + 0xffc)), WRITE],
      [(a) => a.mov(edi, DATA + 0xffc).stosd(), WRITE],
      [(a) => a.mov(esi, DATA + 0xffc).lodsd(), ACCESS],
      [(a) => a.cmp(dword(DATA + 0xffc), 1), ACCESS],
      [(a) => a.call("there").label("there"), WRITE],
    ];
    for (const [routine, kind] of cases) {
      const { next } = debug(routine, {
        at: [DATA + 0xffc],
        dr7: breakpoint(0, kind, 4),
        registers: { esp: DATA + 0x1000 },
      });
      expect(next().met).toBe(B0);
    }
  });

  it("say nothing of an instruction that faults behind its access", () => {
    const { next, labels } = debug((a) => a.label("fault").push(dword(DATA)).nop(), {
      at: [DATA],
      dr7: breakpoint(0, ACCESS, 4),
      registers: { esp: 0x10 },
    });
    const { frame, met } = next();
    expect([frame.vector, frame.eip, met]).toEqual([14, labels.fault, 0]);
  });

  it("are held back by MOV SS for one instruction", () => {
    const { guest, next, labels, registers } = debug(
      (a) => a.mov(ss, word(DATA)).inc(ecx).label("after").nop(),
      { at: [DATA], dr7: breakpoint(0, ACCESS, 2), kernel: true, registers: { ecx: 0 } },
    );
    guest.view.setUint16(DATA_FRAME, registers.ss, true);
    expectDebug(next(), labels.after, B0);
    expect(registers.ecx).toBe(1);
  });

  it("see what entering a handler pushes, before its first instruction", () => {
    const { guest, next } = debug((a) => a.int3(), {
      at: [KERNEL_BASE + 0xe000 - 20],
      dr7: breakpoint(0, WRITE, 4),
    });
    const { frame, met } = next();
    expect([frame.vector, met, frame.cs]).toEqual([DB, B0, 8]);
    expect((frame.eip - KERNEL_BASE - 0xa000) / 4).toBe(3);
    expect(guest.cpu.stats().exceptions).toBeGreaterThan(0);
  });

  it("cost no cycles, and change nothing else", () => {
    const routine: AssemblyRoutine = (a) => {
      a.mov(ecx, 1000)
        .label("loop")
        .add(dword(DATA + 0x10), ecx)
        .mov(eax, dword(DATA + 0x20))
        .push(eax);
      a.pop(ebx).dec(ecx).jne("loop").int3();
    };
    const run = (dr7Value: number) => {
      const { guest, next } = debug(routine, { at: [DATA + 0x30], dr7: dr7Value });
      const [cycles, instructions] = [guest.cpu.cycles, guest.cpu.instructions];
      const { frame } = next();
      return [frame.vector, guest.cpu.cycles - cycles, guest.cpu.instructions - instructions];
    };
    expect(run(breakpoint(0, ACCESS, 4))).toEqual(run(0));
  });
});

describe("breakpoints on instructions", () => {
  it("fault before the instruction until RF is set, then for one instruction only", () => {
    const { next, resume, labels, registers } = debug(
      (a) => a.mov(ecx, 2).label("here").inc(eax).dec(ecx).jne("here").nop(),
      { at: [CODE + 5], dr7: breakpoint(0, EXECUTE), registers: { eax: 0 } },
    );
    const first = next();
    expectDebug(first, labels.here, B0);
    expect(first.frame.eflags & RF).toBe(0);
    resume(first.frame, false);
    expectDebug(next(), labels.here, B0);
    resume(first.frame);
    registers.ecx = 2;
    const second = next();
    expectDebug(second, labels.here, B0);
    expect(registers.eax).toBe(1);
  });

  it("come before the fault of fetching the instruction", () => {
    const { next } = debug((a) => a.mov(eax, DATA + 0x8000).jmp(eax), {
      at: [DATA + 0x8000],
      dr7: breakpoint(0, EXECUTE),
    });
    expectDebug(next(), DATA + 0x8000, B0);
  });

  it("leave RF set in the frame of another fault of the instruction, and of an interrupt before it", () => {
    const { next, resume, labels, guest } = debug((a) => a.label("here").mov(eax, dword(0x10)).nop(), {
      at: [CODE],
      dr7: breakpoint(0, EXECUTE),
      eflags: IF | 2,
    });
    const first = next();
    resume(first.frame);
    const fault = next();
    expect([fault.frame.vector, fault.frame.eip, fault.frame.eflags & RF]).toEqual([14, labels.here, RF]);
    resume(fault.frame);
    guest.cpu.setInterrupt(true);
    const interrupt = next();
    guest.cpu.setInterrupt(false);
    expect([interrupt.frame.vector, interrupt.frame.eflags & RF]).toEqual([0x20, RF]);
  });

  it("are passed over behind MOV SS", () => {
    const { next, labels, registers } = debug(
      (a) => a.mov(eax, ss).mov(ss, eax).label("here").inc(ecx).label("there").inc(ecx),
      {
        at: [KERNEL_CODE_AT + 4, KERNEL_CODE_AT + 5],
        dr7: breakpoint(0, EXECUTE) | breakpoint(1, EXECUTE),
        kernel: true,
      },
    );
    registers.ecx = 0;
    registers.dr0 = labels.here;
    registers.dr1 = labels.there;
    expectDebug(next(), labels.there, B1);
    expect(registers.ecx).toBe(1);
  });

  it("stand beside the host's, which come first", () => {
    const { guest, next, labels } = debug((a) => a.nop().label("here").nop(), {
      at: [CODE + 1],
      dr7: breakpoint(0, EXECUTE),
    });
    guest.cpu.addBreakpoint(labels.here);
    expect(guest.cpu.run(guest.cpu.cycles + 1000)).toBe("breakpoint");
    expectDebug(next(), labels.here, B0);
  });
});

describe("the registers", () => {
  it("have fixed bits, and two names for two of them", () => {
    const guest = new Guest();
    guest.boot();
    // mov eax, -1; mov dr6, eax; mov dr7, eax with GD and the enables clear; read back by their other names.
    const { bytes } = assemble((a) => {
      a.mov(eax, 0xffffffff).mov(dr6, eax).mov(eax, 0xffffdc00).mov(dr7, eax);
      a.db(0x0f, 0x21, 0xe3).db(0x0f, 0x21, 0xe9);
    });
    guest.runKernel([...bytes]);
    expect(guest.cpu.registers.ebx).toBe(0xffffefff);
    expect(guest.cpu.registers.ecx).toBe(0xffff0400);
  });

  it("are guarded by GD, once: #DB ends it", () => {
    const { next, labels, registers } = debug((a) => a.label("here").mov(eax, dr0).nop(), {
      dr7: 0x2000,
      kernel: true,
    });
    expectDebug(next(), labels.here, BD);
    expect(registers.dr7 & 0x2000).toBe(0);
  });

  it("are not for users", () => {
    const { next, labels } = debug((a) => a.label("here").mov(eax, dr7).nop(), { dr7: 0x2000 });
    const { frame, met } = next();
    expect([frame.vector, frame.eip, met]).toEqual([13, labels.here, 0]);
  });

  it("survive a snapshot of the processor while data is watched", () => {
    const first = debug((a) => a.nop().mov(dword(DATA), eax).label("after").nop(), {
      at: [DATA],
      dr7: breakpoint(0, WRITE, 4),
    });
    first.guest.cpu.step();
    const state = first.guest.cpu.saveState();
    first.registers.dr7 = 0x400;
    first.guest.cpu.restoreState(state);
    expectDebug(first.next(), first.labels.after, B0);
  });
});

it("STI holds back no single step", () => {
  const { next, labels } = debug((a) => a.sti().label("after").nop(), { eflags: TF | 2, kernel: true });
  expectDebug(next(), labels.after, BS);
});

it("an i386 does the same", () => {
  const { next, labels } = debug(
    (a) =>
      a
        .mov(esp, DATA + 8)
        .push(eax)
        .push(eax)
        .label("after")
        .nop(),
    {
      at: [DATA],
      dr7: breakpoint(0, WRITE, 4),
      model: "i386",
    },
  );
  expectDebug(next(), labels.after, B0);
});
