/** Exceptions by cause: vector, error code, address, and that faults leave everything as it was. */
import { describe, expect, it } from "vitest";
import {
  al,
  ax,
  bx,
  cl,
  cr0,
  cr3,
  cs,
  ds,
  dx,
  eax,
  ebp,
  ebx,
  ecx,
  es,
  esp,
  far,
  fs,
  gs,
  mem,
  ss,
  dword,
  type AssemblyRoutine,
} from "../../tools/asm/index";
import {
  ABSENT,
  CODE,
  DATA,
  deliver,
  expectFault,
  expectTrap,
  ldt,
  STACK,
  type Expected,
  type Setup,
} from "./exception-bench";
import { type Case, faults, I386, KERNEL, pf, U, USER, withRegisters } from "./fault-cases";
import { KERNEL_DATA, USER_CODE, USER_DATA } from "./guest";

const TF = 0x100;
const OF = 0x800;

const DE = { vector: 0 };
const DB = { vector: 1 };
const BR = { vector: 5 };
const UD = { vector: 6 };
const NM = { vector: 7 };
const gp = (errorCode = 0): Expected => ({ vector: 13, errorCode });
const np = (errorCode: number): Expected => ({ vector: 11, errorCode });
const stackFault = (errorCode = 0): Expected => ({ vector: 12, errorCode });

/** A selector as an error code: without RPL. */
const code = (selector: number): number => selector & ~3;

function traps(cases: readonly Case[]): void {
  it.each(cases)("%s", (_name, routine, setup, expected) => void expectTrap(routine, setup, expected));
}

const loadInto = (
  name: "ds" | "es" | "fs" | "gs" | "ss",
  selector: number,
  setup = USER,
  expected: Expected,
): Case => {
  const segment = { ds, es, fs, gs, ss }[name];
  return [
    `MOV ${name},${selector.toString(16)}`,
    (a) => a.mov(segment, eax),
    withRegisters(setup, { eax: selector }),
    expected,
  ];
};

describe("#DE", () => {
  faults([
    ["DIV by zero", (a) => a.div(ecx), withRegisters(USER, { ecx: 0 }), DE],
    ["DIV overflow", (a) => a.div(ecx), withRegisters(USER, { edx: 5, ecx: 5 }), DE],
    ["DIV r8 overflow", (a) => a.div(cl), withRegisters(USER, { eax: 0x1000, ecx: 1 }), DE],
    [
      "IDIV overflow",
      (a) => a.idiv(ecx),
      withRegisters(USER, { eax: 0x80000000, edx: 0xffffffff, ecx: 0xffffffff }),
      DE,
    ],
    ["IDIV by memory zero", (a) => a.idiv(dword(ebx)), USER, DE],
    ["AAM 0", (a) => a.db(0xd4, 0), USER, DE],
    ["in ring 0", (a) => a.div(ecx), withRegisters(KERNEL, { ecx: 0 }), DE],
  ]);
});

describe("#DB", () => {
  traps([
    ["single step", (a) => a.inc(eax).label("after").nop(), { ...USER, eflags: TF | 2 }, DB],
    ["single step in ring 0", (a) => a.inc(eax).label("after").nop(), { eflags: TF | 2 }, DB],
    [
      "POPF sets TF: after the next one",
      (a) =>
        a
          .push(TF | 2)
          .popfd()
          .nop()
          .label("after")
          .nop(),
      USER,
      DB,
    ],
    ["POPF clears TF: once more", (a) => a.popfd().label("after").nop(), { ...USER, eflags: TF | 2 }, DB],
    ["REP: after each iteration", (a) => a.label("after").rep().movsb(), { ...USER, eflags: TF | 2 }, DB],
    ["taken branch", (a) => a.jmp("after").nop().label("after").nop(), { ...USER, eflags: TF | 2 }, DB],
    [
      "MOV SS holds it back for one instruction",
      (a) => a.mov(ss, eax).nop().label("after").nop(),
      { ...withRegisters(USER, { eax: USER_DATA }), eflags: TF | 2 },
      DB,
    ],
    [
      "POP SS holds it back for one instruction",
      (a) => a.push(USER_DATA).label("after").pop(ss).nop().nop(),
      { ...USER, eflags: TF | 2 },
      DB,
    ],
    ["INT1", (a) => a.db(0xf1).label("after").nop(), USER, DB],
  ]);

  it("sets BS and clears TF in the handler", () => {
    const { guest, eflags } = expectTrap(
      (a) => a.nop().label("after").nop(),
      { ...USER, eflags: TF | 2 },
      DB,
    );
    expect(guest.cpu.registers.dr6 & 0x4000).toBe(0x4000);
    expect(guest.cpu.registers.eflags & TF).toBe(0);
    expect(eflags & TF).toBe(TF);
  });

  it("faults before an instruction with an execution breakpoint", () => {
    const prepare: Setup["prepare"] = ({ cpu }) => {
      cpu.registers.dr0 = CODE + 1;
      cpu.registers.dr7 = 0x402;
    };
    const { guest } = expectFault((a) => a.nop().label("fault").inc(eax), { ...USER, prepare }, DB);
    expect(guest.cpu.registers.dr6 & 0x400f).toBe(1);
    expect(guest.cpu.registers.eax).toBe(1);
  });
});

describe("#BP, #OF, #BR", () => {
  traps([
    ["INT3", (a) => a.int3().label("after"), USER, { vector: 3 }],
    ["INT 3, two bytes", (a) => a.db(0xcd, 3).label("after"), USER, { vector: 3 }],
    ["INTO", (a) => a.into().label("after"), { ...USER, eflags: OF | 2 }, { vector: 4 }],
  ]);
  faults([
    [
      "INT3 through a gate for ring 0",
      (a) => a.int3(),
      { ...USER, prepare: (g) => g.setInterruptGate(3, 0) },
      gp(26),
    ],
    [
      "INTO through a gate for ring 0",
      (a) => a.into(),
      { ...USER, eflags: OF | 2, prepare: (g) => g.setInterruptGate(4, 0) },
      gp(34),
    ],
    ["BOUND above", (a) => a.bound(ecx, mem(ebx)), withRegisters(USER, { ecx: 1 }), BR],
    ["BOUND below", (a) => a.bound(ecx, mem(ebx)), withRegisters(USER, { ecx: 0xffffffff }), BR],
    ["BOUND, bounds not present", (a) => a.bound(ecx, mem(ABSENT)), USER, pf(U, ABSENT)],
  ]);
});

describe("#UD", () => {
  const invalid: [string, number[]][] = [
    ["UD2", [0x0f, 0x0b]],
    ["0F FF", [0x0f, 0xff]],
    ["LEA r,r", [0x8d, 0xc0]],
    ["LES r,r", [0xc4, 0xc0]],
    ["BOUND r,r", [0x62, 0xc0]],
    ["MOV CS,r", [0x8e, 0xc8]],
    ["MOV seg6,r", [0x8e, 0xf0]],
    ["LOCK NOP", [0xf0, 0x90]],
    ["LOCK ADD r,r", [0xf0, 0x01, 0xc0]],
    ["LOCK MOV m,r", [0xf0, 0x89, 0x03]],
    ["LOCK CMP m,r", [0xf0, 0x39, 0x03]],
    ["LOCK BT m,r", [0xf0, 0x0f, 0xa3, 0x03]],
    ["FE /2", [0xfe, 0xd0]],
    ["CMOV", [0x0f, 0x44, 0xc1]],
    ["RDTSC", [0x0f, 0x31]],
    ["RDTSC", [0x0f, 0x31]],
    ["CMPXCHG8B", [0x0f, 0xc7, 0x0b]],
    ["0F 1F, a NOP on later processors", [0x0f, 0x1f, 0xc0]],
    ["SYSENTER", [0x0f, 0x34]],
  ];
  for (const setup of [USER, KERNEL, { ...USER, ...I386 }]) {
    const where = `${setup.user ? "ring 3" : "ring 0"}, ${setup.model ?? "i486"}`;
    faults(invalid.map(([name, bytes]) => [`${name} (${where})`, (a) => a.db(...bytes), setup, UD]));
  }
  faults(
    (
      [
        ["BSWAP", [0x0f, 0xc8]],
        ["XADD", [0x0f, 0xc1, 0x03]],
        ["CMPXCHG", [0x0f, 0xb1, 0x03]],
        ["INVLPG", [0x0f, 0x01, 0x3b]],
        ["INVD", [0x0f, 0x08]],
        ["WBINVD", [0x0f, 0x09]],
      ] as [string, number[]][]
    ).map(([name, bytes]) => [`${name} on the i386`, (a) => a.db(...bytes), I386, UD]),
  );
});

describe("#NM", () => {
  const EM = 4;
  const MP_TS = 10;
  const set =
    (bits: number): Setup["prepare"] =>
    ({ cpu }) => {
      cpu.registers.cr0 |= bits;
    };
  faults([
    ["ESC with EM", (a) => a.fninit(), { ...USER, prepare: set(EM) }, NM],
    ["ESC with TS", (a) => a.db(0xd8, 0xc0), { ...USER, prepare: set(8) }, NM],
    ["WAIT with MP and TS", (a) => a.wait(), { ...USER, prepare: set(MP_TS) }, NM],
  ]);
});

describe("#TS: IRET of a nested task", () => {
  const nested = (user: boolean): Setup => ({ user, eflags: 0x4002 });
  const TS = { vector: 10, errorCode: 0 };
  faults([
    ["without a back link", (a) => a.iretd(), nested(false), TS],
    ["without a back link, in ring 3", (a) => a.iretd(), nested(true), TS],
  ]);
});

describe("#GP: privilege", () => {
  const privileged: [string, AssemblyRoutine][] = [
    ["HLT", (a) => a.hlt()],
    ["CLI", (a) => a.cli()],
    ["STI", (a) => a.sti()],
    ["CLTS", (a) => a.clts()],
    ["INVD", (a) => a.invd()],
    ["WBINVD", (a) => a.wbinvd()],
    ["INVLPG", (a) => a.invlpg(mem(ebx))],
    ["LGDT", (a) => a.lgdt(mem(ebx))],
    ["LIDT", (a) => a.lidt(mem(ebx))],
    ["LLDT", (a) => a.lldt(ax)],
    ["LTR", (a) => a.ltr(ax)],
    ["LMSW", (a) => a.lmsw(ax)],
    ["MOV r,CR0", (a) => a.mov(eax, cr0)],
    ["MOV CR3,r", (a) => a.mov(cr3, eax)],
    ["MOV r,DR7", (a) => a.db(0x0f, 0x21, 0xf8)],
    ["MOV DR0,r", (a) => a.db(0x0f, 0x23, 0xc0)],
    ["IN imm", (a) => a.in(al, 0x80)],
    ["IN DX", (a) => a.in(al, dx)],
    ["OUT imm", (a) => a.out(0x80, al)],
    ["INSB", (a) => a.insb()],
    ["REP OUTSB", (a) => a.rep().outsb()],
  ];
  faults(privileged.map(([name, routine]) => [`${name} in ring 3`, routine, USER, gp()]));
  faults([
    ["INT n, gate for ring 0", (a) => a.int(0x30), USER, gp(0x30 * 8 + 2)],
    ["INT 14, which has an error code", (a) => a.int(14), USER, gp(14 * 8 + 2)],
  ]);

  it("lets IOPL 3 use ports and change IF", () => {
    const routine: AssemblyRoutine = (a) => a.cli().sti().in(al, dx).out(dx, al).int3().label("after");
    expectTrap(routine, { ...USER, eflags: 0x3002 }, { vector: 3 });
  });

  it("does not let POPF in ring 3 change IOPL or IF", () => {
    const routine: AssemblyRoutine = (a) => a.push(0x3002).popfd().int3().label("after");
    const { eflags } = expectTrap(routine, { ...USER, eflags: 0x202 }, { vector: 3 });
    expect(eflags & 0x3200).toBe(0x200);
  });
});

describe("#GP: instructions and registers", () => {
  faults([
    ["16 bytes", (a) => a.db(...new Array<number>(15).fill(0x66), 0x90), USER, gp()],
    ["MOV CR0 with PG and not PE", (a) => a.mov(cr0, eax), withRegisters(KERNEL, { eax: 0x80000000 }), gp()],
  ]);

  it("an instruction of 15 bytes is legal", () => {
    expectTrap(
      (a) =>
        a
          .db(...new Array<number>(14).fill(0x66), 0x90)
          .int3()
          .label("after"),
      USER,
      { vector: 3 },
    );
  });
});

describe("#GP, #NP, #SS: loading selectors", () => {
  const bad = 0x1f0;
  faults([
    ...(["ds", "es", "fs", "gs"] as const).flatMap((name) => [
      loadInto(name, ldt("absentData"), USER, np(code(ldt("absentData")))),
      loadInto(name, ldt("executeOnly"), USER, gp(code(ldt("executeOnly")))),
      loadInto(name, ldt("kernelDataCopy"), USER, gp(code(ldt("kernelDataCopy")))),
      loadInto(name, ldt("system"), USER, gp(code(ldt("system")))),
      loadInto(name, bad, USER, gp(bad)),
      loadInto(name, bad | 7, USER, gp(bad | 4)),
    ]),
    loadInto("ds", ldt("kernelDataCopy", 3), KERNEL, gp(code(ldt("kernelDataCopy")))),
    loadInto("ss", 0, USER, gp(0)),
    loadInto("ss", 3, USER, gp(0)),
    loadInto("ss", USER_DATA & ~3, USER, gp(code(USER_DATA))),
    loadInto("ss", ldt("readOnlyData"), USER, gp(code(ldt("readOnlyData")))),
    loadInto("ss", ldt("conforming"), USER, gp(code(ldt("conforming")))),
    loadInto("ss", ldt("absentData"), USER, stackFault(code(ldt("absentData")))),
    loadInto("ss", USER_DATA, KERNEL, gp(code(USER_DATA))),
    loadInto("ss", bad, USER, gp(bad)),
    ["POP DS", (a) => a.pop(ds), { ...USER, prepare: (g) => push(g.view, bad) }, gp(bad)],
    ["LES", (a) => a.les(ecx, mem(ebx)), { ...USER, prepare: (g) => far48(g.view, 0, bad) }, gp(bad)],
    ["LSS", (a) => a.lss(ecx, mem(ebx)), { ...USER, prepare: (g) => far48(g.view, 0, 0) }, gp(0)],
  ]);

  it.each(["ds", "es", "fs", "gs"] as const)("%s takes null, read-only and conforming segments", (name) => {
    const segment = { ds, es, fs, gs }[name];
    for (const selector of [0, 3, ldt("readOnlyData"), ldt("conforming"), ldt("kernelConforming")]) {
      expectTrap((a) => a.mov(segment, eax).int3().label("after"), withRegisters(USER, { eax: selector }), {
        vector: 3,
      });
    }
  });
});

/** Physical addresses of the data page and of STACK in it. */
const DATA_PHYSICAL = 0x11000;
const STACK_PHYSICAL = DATA_PHYSICAL + (STACK - DATA);

function push(view: DataView, ...words: number[]): void {
  words.forEach((value, i) => view.setUint32(STACK_PHYSICAL + 4 * i, value >>> 0, true));
}

function far48(view: DataView, offset: number, selector: number): void {
  view.setUint32(DATA_PHYSICAL, offset, true);
  view.setUint16(DATA_PHYSICAL + 4, selector, true);
}

describe("#GP and #SS: using segments", () => {
  /** Loads a selector into FS, then runs the instruction at label `fault`. */
  const through =
    (selector: number, fault: (a: Parameters<AssemblyRoutine>[0]) => void): AssemblyRoutine =>
    (a) => {
      a.mov(ax, selector).mov(fs, ax).label("fault");
      fault(a);
    };
  const small = ldt("smallData");
  const down = ldt("expandDown");
  faults([
    ["read by a null selector", through(0, (a) => a.mov(ecx, mem(fs, 0))), USER, gp()],
    ["write by a null selector", through(3, (a) => a.mov(mem(fs, DATA), ecx)), USER, gp()],
    ["write to read-only data", through(ldt("readOnlyData"), (a) => a.mov(mem(fs, DATA), ecx)), USER, gp()],
    [
      "read-modify-write of read-only data",
      through(ldt("readOnlyData"), (a) => a.inc(dword(fs, DATA))),
      USER,
      gp(),
    ],
    ["write to a code segment", (a) => a.mov(mem(cs, DATA), ecx), USER, gp()],
    ["byte past the limit", through(small, (a) => a.mov(cl, mem(fs, 0x100))), USER, gp()],
    ["word across the limit", through(small, (a) => a.mov(bx, mem(fs, 0xff))), USER, gp()],
    ["dword across the limit", through(small, (a) => a.mov(ecx, mem(fs, 0xfd))), USER, gp()],
    ["dword write across the limit", through(small, (a) => a.mov(mem(fs, 0xfd), ecx)), USER, gp()],
    ["far past the limit", through(small, (a) => a.mov(ecx, mem(fs, 0xfffffff0))), USER, gp()],
    ["expand-down at its limit", through(down, (a) => a.mov(cl, mem(fs, 0xff))), USER, gp()],
    ["expand-down at 0", through(down, (a) => a.mov(ecx, mem(fs, 0))), USER, gp()],
    ["MOVS from a null DS", (a) => a.push(0).pop(ds).label("fault").movsb(), USER, gp()],
    [
      "XLAT past the limit",
      through(small, (a) => a.db(0x64, 0xd7)),
      withRegisters(USER, { ebx: 0x200 }),
      gp(),
    ],
    ["beyond the limit of SS", smallStack((a) => a.mov(ecx, mem(ss, 0x100))), USER, stackFault()],
    [
      "by EBP beyond the limit of SS",
      smallStack((a) => a.db(0x8b, 0x4d, 0)),
      withRegisters(USER, { ebp: 0x200 }),
      stackFault(),
    ],
    ["PUSH below offset 0 of SS", smallStack((a) => a.push(eax), 2), USER, stackFault()],
    ["POP beyond the limit of SS", smallStack((a) => a.pop(eax), 0xfe), USER, stackFault()],
    [
      "POP to a code segment, but the limit of the stack first",
      smallStack((a) => a.pop(dword(cs, 0x100)), 0xfe),
      USER,
      stackFault(),
    ],
    ["POP to a code segment", (a) => a.pop(dword(cs, DATA)), USER, gp()],
    [
      "POP to a code segment, but the page of the stack first",
      (a) => a.mov(esp, ABSENT).label("fault").pop(dword(cs, DATA)),
      USER,
      pf(U, ABSENT),
    ],
    ["PUSH from beyond the limit of DS", (a) => a.push(dword(BEYOND)), limited(), gp()],
    ["CALL by a pointer beyond the limit of DS", (a) => a.db(0xff, 0x15).dd(BEYOND), limited(), gp()],
    ["PUSH beyond the limit of SS", (a) => a.push(dword(DATA)), limited(BEYOND + 8), stackFault()],
    ["PUSH from beyond the limit of SS", (a) => a.push(dword(ebp)), limited(), stackFault()],
    ["CALL below offset 0 of SS", smallStack((a) => a.call("fault"), 0), USER, stackFault()],
    ["PUSHA below offset 0 of SS", smallStack((a) => a.pushad(), 0x10), USER, stackFault()],
    ["ENTER below offset 0 of SS", smallStack((a) => a.enter(0, 0), 2), USER, stackFault()],
    [
      "LEAVE beyond the limit",
      smallStack((a) => a.leave()),
      withRegisters(USER, { ebp: 0x200 }),
      stackFault(),
    ],
  ]);

  const reads: [string, AssemblyRoutine][] = [
    [
      "the last byte of a small segment",
      through(small, (a) => a.mov(cl, mem(fs, 0xff)).int3().label("after")),
    ],
    ["the last dword", through(small, (a) => a.mov(ecx, mem(fs, 0xfc)).int3().label("after"))],
    ["expand-down above its limit", through(down, (a) => a.mov(cl, mem(fs, 0x100)).int3().label("after"))],
    ["code that can be read", (a) => a.mov(ecx, mem(cs, CODE)).int3().label("after")],
  ];
  traps(reads.map(([name, routine]) => [`allows ${name}`, routine, USER, { vector: 3 }]));
});

/** SS with base STACK - 0x100 and limit 0xff; ESP set in the shadow of the load. */
/** Beyond the limit of the flat data segments of `limited`. */
const BEYOND = 0x10000000;

function limited(stackPointer = STACK): Setup {
  return {
    user: true,
    registers: { esp: stackPointer, ebp: BEYOND },
    prepare: ({ cpu }) => {
      for (const name of ["ds", "es", "ss"] as const) cpu.registers.segments[name].limit = BEYOND - 1;
    },
  };
}

function smallStack(fault: AssemblyRoutine, stackPointer = 0x80): AssemblyRoutine {
  return (a) => {
    a.mov(ax, ldt("smallStack")).mov(ss, ax).mov(esp, stackPointer).label("fault");
    fault(a);
  };
}

describe("#GP, #NP: far transfers", () => {
  const to = (selector: number, offset = CODE): AssemblyRoutine => {
    return (a) => a.jmp(far(selector, offset));
  };
  const call = (selector: number): AssemblyRoutine => {
    return (a) => a.call(far(selector, CODE));
  };
  faults([
    ["JMP to null", to(0), USER, gp(0)],
    ["JMP beyond the table", to(0x1f0), USER, gp(0x1f0)],
    ["JMP to a data segment", to(USER_DATA), USER, gp(code(USER_DATA))],
    ["JMP to an inner level", to(0x08), USER, gp(0x08)],
    ["JMP to an outer level", to(USER_CODE), KERNEL, gp(code(USER_CODE))],
    ["JMP to absent code", to(ldt("absentCode")), USER, np(code(ldt("absentCode")))],
    ["JMP with RPL above CPL", to(0x08 | 3), KERNEL, gp(0x08)],
    ["JMP past the limit", to(ldt("smallCode"), 0x20), USER, gp(0)],
    ["JMP through an absent gate", to(ldt("absentGate")), USER, np(code(ldt("absentGate")))],
    ["CALL to null", call(0), USER, gp(0)],
    ["CALL to an inner level", call(0x08), USER, gp(0x08)],
    ["CALL through a gate of ring 0", call(ldt("kernelGate")), USER, gp(code(ldt("kernelGate")))],
    ["CALL through an absent gate", call(ldt("absentGate")), USER, np(code(ldt("absentGate")))],
    ["CALL to absent code", call(ldt("absentCode")), USER, np(code(ldt("absentCode")))],
    ["RETF to null", (a) => a.retf(), { ...USER, prepare: (g) => push(g.view, CODE, 0) }, gp(0)],
    [
      "RETF to an inner level",
      (a) => a.retf(),
      { ...USER, prepare: (g) => push(g.view, CODE, 0x08) },
      gp(0x08),
    ],
    [
      "RETF to data",
      (a) => a.retf(),
      { ...USER, prepare: (g) => push(g.view, CODE, USER_DATA) },
      gp(code(USER_DATA)),
    ],
    [
      "RETF to absent code",
      (a) => a.retf(),
      { ...USER, prepare: (g) => push(g.view, CODE, ldt("absentCode")) },
      np(code(ldt("absentCode"))),
    ],
    [
      "RETF to an outer level with a null SS",
      (a) => a.retf(),
      { prepare: (g) => push(g.view, CODE, USER_CODE, STACK, 0) },
      gp(0),
    ],
    [
      "RETF to an outer level with SS of another level",
      (a) => a.retf(),
      { prepare: (g) => push(g.view, CODE, USER_CODE, STACK, KERNEL_DATA) },
      gp(KERNEL_DATA),
    ],
    [
      "RETF to an outer level with an absent SS",
      (a) => a.retf(),
      { prepare: (g) => push(g.view, CODE, USER_CODE, STACK, ldt("absentData")) },
      stackFault(code(ldt("absentData"))),
    ],
  ]);

  it("runs past the limit of CS", () => {
    const routine: AssemblyRoutine = (a) =>
      a.jmp(far(ldt("smallCode"), 0x1f)).db(...new Array<number>(64).fill(0x90));
    const { vector, errorCode, eip, cs: selector } = deliver(routine, USER);
    expect({ vector, errorCode, eip, selector }).toEqual({
      vector: 13,
      errorCode: 0,
      eip: 0x20,
      selector: ldt("smallCode"),
    });
  });

  it.each([
    ["JMP near", (a) => a.db(0xeb, 0x40)],
    ["CALL near", (a) => a.db(0xe8, 0x40, 0, 0, 0)],
    ["JMP r", (a) => a.jmp(ebx)],
  ] as [string, AssemblyRoutine][])("%s past the limit of CS reports the jump", (_name, jump) => {
    const { vector, errorCode, eip } = deliver((a) => {
      a.jmp(far(ldt("smallCode"), 7));
      jump(a);
    }, USER);
    expect({ vector, errorCode, eip }).toEqual({ vector: 13, errorCode: 0, eip: 7 });
  });
});
