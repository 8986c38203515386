// The functions of guest/i386.ts as instructions.
import type { Value } from "./ir";
import { EAX, ECX, EDX, EDI, ESI, frameMemory, register } from "./mir";
import type { Selection } from "./select";

type Intrinsic = (s: Selection, v: Value) => void;

const bare =
  (...ops: string[]): Intrinsic =>
  (s) => {
    for (const op of ops) s.emit(op, []);
  };

function input(op: string, extend: 1 | 2 | 4): Intrinsic {
  return (s, v) => {
    s.emit("mov", [register(EDX), s.simple(v.args[0])]);
    s.emit(op, [], { uses: [EDX], defines: [EAX] });
    const to = register(s.result(v));
    if (extend === 4) s.emit("mov", [to, register(EAX)]);
    else s.emit("movzx", [to, register(EAX, extend)]);
  };
}

function output(op: string): Intrinsic {
  return (s, v) => {
    const [port, value] = v.args;
    s.emit("mov", [register(EAX), s.simple(value)]);
    s.emit("mov", [register(EDX), s.simple(port)]);
    s.emit(op, [], { uses: [EAX, EDX] });
  };
}

/** REP INSW or OUTSW: port, address, count. */
function portString(op: string, pointer: number): Intrinsic {
  return (s, v) => {
    const [port, address, count] = v.args;
    s.emit("mov", [register(EDX), s.simple(port)]);
    s.emit("mov", [register(pointer), s.simple(address)]);
    s.emit("mov", [register(ECX), s.simple(count)]);
    s.emit("cld", []);
    s.emit(op, [], { uses: [EDX, ECX, pointer], defines: [ECX, pointer] });
  };
}

/** An instruction that reads or writes a special register. */
const reads =
  (op: string): Intrinsic =>
  (s, v) =>
    s.emit(op, [register(s.result(v))], { defines: [] });

const writes =
  (op: string): Intrinsic =>
  (s, v) =>
    s.emit(op, [register(s.inRegister(v.args[0]))]);

const onAddress =
  (op: string): Intrinsic =>
  (s, v) =>
    s.emit(op, [s.address(v.args[0], 0)]);

export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  outb: output("outb"),
  outw: output("outw"),
  outl: output("outl"),
  inb: input("inb", 1),
  inw: input("inw", 2),
  inl: input("inl", 4),
  insw: portString("rep insw", EDI),
  outsw: portString("rep outsw", ESI),
  cli: bare("cli"),
  sti: bare("sti"),
  hlt: bare("hlt"),
  stiHlt: bare("sti", "hlt"),
  eflags: reads("read eflags"),
  loadCr0: reads("read cr0"),
  loadCr2: reads("read cr2"),
  loadCr3: reads("read cr3"),
  storeCr0: writes("write cr0"),
  storeCr3: writes("write cr3"),
  invlpg: onAddress("invlpg"),
  lgdt: onAddress("lgdt"),
  lidt: onAddress("lidt"),
  lldt: writes("lldt"),
  ltr: writes("ltr"),
  rdtsc: (s, v) => {
    s.emit("rdtsc", [], { defines: [EAX, EDX] });
    s.takeResults(v);
  },
  stackPointer: (s, v) => s.emit("lea", [register(s.result(v)), frameMemory("out", 0)]),
  frameReturnAddress: (s, v) => s.emit("mov", [register(s.result(v)), frameMemory("return", 0)]),
};
