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

/** REP MOVSD: to, from, count. DF is clear in compiled code. */
const moveWords: Intrinsic = (s, v) => {
  const [to, from, count] = v.args;
  s.emit("mov", [register(EDI), s.simple(to)]);
  s.emit("mov", [register(ESI), s.simple(from)]);
  s.emit("mov", [register(ECX), s.simple(count)]);
  s.emit("rep movsd", [], { uses: [ECX, ESI, EDI], defines: [ECX, ESI, EDI] });
};

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

export interface IntrinsicKind {
  /** Words of arguments and of results. */
  readonly parameters: number;
  readonly results: number;
  readonly make: Intrinsic;
}

const kind = (parameters: number, results: number, make: Intrinsic): IntrinsicKind => ({
  parameters,
  results,
  make,
});

export const intrinsics: Readonly<Record<string, IntrinsicKind | undefined>> = {
  outb: kind(2, 0, output("outb")),
  outw: kind(2, 0, output("outw")),
  outl: kind(2, 0, output("outl")),
  inb: kind(1, 1, input("inb", 1)),
  inw: kind(1, 1, input("inw", 2)),
  inl: kind(1, 1, input("inl", 4)),
  insw: kind(3, 0, portString("rep insw", EDI)),
  outsw: kind(3, 0, portString("rep outsw", ESI)),
  moveWords: kind(3, 0, moveWords),
  cli: kind(0, 0, bare("cli")),
  sti: kind(0, 0, bare("sti")),
  hlt: kind(0, 0, bare("hlt")),
  stiHlt: kind(0, 0, bare("sti", "hlt")),
  eflags: kind(0, 1, reads("read eflags")),
  loadCr0: kind(0, 1, reads("read cr0")),
  loadCr2: kind(0, 1, reads("read cr2")),
  loadCr3: kind(0, 1, reads("read cr3")),
  storeCr0: kind(1, 0, writes("write cr0")),
  storeCr3: kind(1, 0, writes("write cr3")),
  invlpg: kind(1, 0, onAddress("invlpg")),
  lgdt: kind(1, 0, onAddress("lgdt")),
  lidt: kind(1, 0, onAddress("lidt")),
  lldt: kind(1, 0, writes("lldt")),
  ltr: kind(1, 0, writes("ltr")),
  rdtsc: kind(0, 2, (s, v) => {
    s.emit("rdtsc", [], { defines: [EAX, EDX] });
    s.takeResults(v);
  }),
  // Lowered to a frame slot.
  stackAlloc: kind(1, 1, () => {}),
  stackPointer: kind(0, 1, (s, v) => s.emit("lea", [register(s.result(v)), frameMemory("out", 0)])),
  frameReturnAddress: kind(0, 1, (s, v) => s.emit("mov", [register(s.result(v)), frameMemory("return", 0)])),
};
