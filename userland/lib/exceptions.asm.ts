// Exceptions that a handler sees: programs/exception-test.ts runs each case as a thread and compares what the kernel says
// with the record here. A record (words): start, EIP at the exception, kind, code, subcode, where to go on, name.
import { TRAP_GATE_SELECTOR } from "../../abi/mach_traps";
import {
  EXC_ARITHMETIC,
  EXC_BAD_ACCESS,
  EXC_BAD_INSTRUCTION,
  EXC_BREAKPOINT,
  EXC_SOFTWARE,
} from "../../abi/task_types";
import { EFL_NT, EFL_TF } from "../../abi/i386";
import {
  al,
  bx,
  ds,
  dword,
  eax,
  ecx,
  edx,
  esp,
  far,
  mem,
  scaled,
  symbol,
  type Assembler,
  type SymbolRef,
} from "../../tools/asm";

const KERNEL = 0xc0000000;
const UNMAPPED = 0x1000;
const gate = far(TRAP_GATE_SELECTOR, 0);

interface Case {
  name: string;
  /** Kind, code, subcode. */
  says: [number, number, number | SymbolRef];
  before?: (a: Assembler) => void;
  /** The instruction that raises the exception. */
  raises: (a: Assembler) => void;
  /** EIP is behind the instruction; or somewhere else. */
  eip?: "behind" | number;
}

const cases: readonly Case[] = [
  { name: "no mapping", says: [EXC_BAD_ACCESS, 1, UNMAPPED], raises: (a) => a.mov(eax, mem(UNMAPPED)) },
  {
    name: "no permission",
    says: [EXC_BAD_ACCESS, 2, symbol("exception_case")],
    raises: (a) => a.mov(mem("exception_case"), eax),
  },
  { name: "a kernel address", says: [EXC_BAD_ACCESS, 14, KERNEL], raises: (a) => a.mov(eax, mem(KERNEL)) },
  {
    name: "a jump into nothing",
    says: [EXC_BAD_ACCESS, 1, UNMAPPED],
    before: (a) => a.mov(eax, UNMAPPED),
    raises: (a) => a.jmp(eax),
    eip: UNMAPPED,
  },
  { name: "an undefined instruction", says: [EXC_BAD_INSTRUCTION, 1, 0], raises: (a) => a.ud2() },
  {
    name: "a bad trap number",
    says: [EXC_BAD_INSTRUCTION, 1, 0],
    before: (a) => a.mov(eax, -500),
    raises: (a) => a.call(gate),
    eip: "behind",
  },
  {
    name: "trap arguments nowhere",
    says: [EXC_BAD_ACCESS, 1, UNMAPPED + 4],
    before: (a) => a.mov(eax, -61).mov(esp, UNMAPPED),
    raises: (a) => a.call(gate),
    eip: "behind",
  },
  {
    name: "an invalid TSS",
    says: [EXC_BAD_INSTRUCTION, 10, 0],
    before: (a) => a.pushfd().or(dword(esp), EFL_NT).popfd(),
    raises: (a) => a.iretd(),
  },
  { name: "HLT", says: [EXC_BAD_INSTRUCTION, 13, 0], raises: (a) => a.hlt() },
  { name: "INT 0x80", says: [EXC_BAD_INSTRUCTION, 13, 0x402], raises: (a) => a.int(0x80) },
  {
    name: "a bad selector",
    says: [EXC_BAD_INSTRUCTION, 13, 0x1234],
    before: (a) => a.mov(bx, 0x1234),
    raises: (a) => a.mov(ds, bx),
  },
  {
    name: "a division by zero",
    says: [EXC_ARITHMETIC, 1, 0],
    before: (a) => a.xor(edx, edx).xor(ecx, ecx),
    raises: (a) => a.div(ecx),
  },
  {
    name: "INTO",
    says: [EXC_ARITHMETIC, 2, 0],
    before: (a) => a.mov(al, 0x7f).add(al, 1),
    raises: (a) => a.into(),
    eip: "behind",
  },
  {
    name: "BOUND",
    says: [EXC_SOFTWARE, 7, 0],
    before: (a) => a.push(5).push(1).mov(eax, 9),
    raises: (a) => a.bound(eax, mem(esp)),
  },
  {
    name: "a single step",
    says: [EXC_BREAKPOINT, 1, 0],
    before: (a) => a.pushfd().or(dword(esp), EFL_TF).popfd(),
    raises: (a) => a.nop(),
    eip: "behind",
  },
  { name: "INT3", says: [EXC_BREAKPOINT, 2, 0], raises: (a) => a.int3(), eip: "behind" },
];

export default function (a: Assembler): void {
  cases.forEach(({ before, raises }, index) => {
    a.align(4).label(`start${index}`);
    before?.(a);
    a.label(`raises${index}`);
    raises(a);
    // Only a handler that says so lets the thread come here.
    a.label(`behind${index}`).inc(dword("exceptions_survived")).label(`rest${index}`).jmp(`rest${index}`);
  });

  a.align(16).function("exception_case");
  a.mov(eax, mem(esp, 4))
    .mov(eax, mem("exception_records", scaled(eax, 4)))
    .ret();
  a.align(16).function("exception_count");
  a.mov(eax, cases.length).ret();
  a.align(16).function("exceptions_survived_address");
  a.mov(eax, symbol("exceptions_survived")).ret();

  a.align(4).label("exception_records");
  a.dd(...cases.map((_, index) => `record${index}`));
  cases.forEach(({ says: [kind, code, subcode], eip, name }, index) => {
    a.align(4).label(`record${index}`);
    const at = eip === "behind" ? `behind${index}` : (eip ?? `raises${index}`);
    a.dd(`start${index}`, at, kind, code, subcode, `behind${index}`, `case_name${index}`);
    a.label(`case_name${index}`).db(name, 0);
  });

  a.section(".data").align(4, 0).label("exceptions_survived").dd(0);
}
