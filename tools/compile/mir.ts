// Machine instructions whose registers are still virtual. Registers below `firstVirtual` are the i386's own, by
// their number in the encoding.

export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;
export const firstVirtual = 8;

/** Facts of the target (System V i386, docs/architecture.md). */
export const target = {
  /** In the order in which the allocator tries them. */
  allocatable: [EAX, EDX, ECX, EBX, ESI, EDI, EBP],
  /** Destroyed by a call. */
  callerSaved: [EAX, ECX, EDX],
  calleeSaved: [EBX, ESI, EDI, EBP],
  /** Have a name for their low byte. */
  byteRegisters: [EAX, ECX, EDX, EBX],
  results: [EAX, EDX],
  /** For the first argument words of functions that only compiled code calls by name. */
  argumentRegisters: [EAX, EDX, ECX],
} as const;

export type Size = 1 | 2 | 4;

export interface RegisterOperand {
  readonly kind: "register";
  readonly register: number;
  readonly size: Size;
}

export interface ImmediateOperand {
  readonly kind: "immediate";
  readonly value: number;
  readonly symbol?: string;
}

/**
 * A place in the function's frame: `out` is the argument area of calls made, `slot` a numbered slot of its own,
 * `argument` the words the caller passed, `return` the return address. `index` counts words except for `slot`.
 */
export interface FramePlace {
  readonly area: "out" | "slot" | "argument" | "return";
  readonly index: number;
}

export interface MemoryOperand {
  readonly kind: "memory";
  readonly base?: number;
  readonly index?: number;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly symbol?: string;
  readonly frame?: FramePlace;
  readonly size: Size;
}

export type MachineOperand = RegisterOperand | ImmediateOperand | MemoryOperand;

export const register = (number: number, size: Size = 4): RegisterOperand => ({
  kind: "register",
  register: number,
  size,
});
export const immediate = (value: number, symbol?: string): ImmediateOperand => ({
  kind: "immediate",
  value: value | 0,
  symbol,
});
export const frameMemory = (area: FramePlace["area"], index: number, displacement = 0): MemoryOperand => ({
  kind: "memory",
  scale: 1,
  displacement,
  frame: { area, index },
  size: 4,
});

/**
 * What an instruction does with each operand, `d`efines, `u`ses or `b`oth. Pseudo-instructions: `clear` makes a
 * register 0 and keeps the flags, `carry` makes it 0 or -1 from the carry, `label` and the `j`s stay inside a block.
 */
export const operandRoles: Readonly<Record<string, string>> = {
  mov: "du",
  movzx: "du",
  movsx: "du",
  lea: "du",
  add: "bu",
  sub: "bu",
  adc: "bu",
  sbb: "bu",
  and: "bu",
  or: "bu",
  xor: "bu",
  cmp: "uu",
  test: "uu",
  neg: "b",
  not: "b",
  inc: "b",
  dec: "b",
  shl: "bu",
  shr: "bu",
  sar: "bu",
  rol: "bu",
  ror: "bu",
  shld: "buu",
  shrd: "buu",
  imul: "bu",
  imul3: "duu",
  mul: "u",
  imul1: "u",
  div: "u",
  idiv: "u",
  bsf: "du",
  bsr: "du",
  xchg: "bb",
  setcc: "b",
  "read eflags": "d",
  "read cr0": "d",
  "read cr2": "d",
  "read cr3": "d",
  clear: "d",
  carry: "d",
  // A move that an internal branch may skip.
  "mov?": "bu",
};

/** Instructions that set the flags, so that flags before them do not matter. */
export const setsFlags = new Set(
  "add sub and or xor cmp test neg inc dec imul imul3 imul1 mul div idiv bsf bsr call".split(" "),
);
/** Instructions that read the flags. */
export const readsFlags = new Set(["adc", "sbb", "setcc", "carry", "jcc"]);

export interface MachineInstruction {
  op: string;
  operands: MachineOperand[];
  /** Registers read and written besides the operands. */
  uses: readonly number[];
  defines: readonly number[];
  /** The suffix of a conditional instruction: "e", "b", "ge". */
  condition?: string;
  /** Of `fld` and `fstp`: of the float in memory. */
  bytes?: number;
  /** Of `label` and jumps inside a block. */
  label?: string;
  position: number;
}

export type MachineTerminator =
  | { readonly kind: "jump" }
  | { readonly kind: "branch"; condition: string }
  | { readonly kind: "switch"; readonly index: number }
  | { readonly kind: "return"; readonly uses: readonly number[] }
  | { readonly kind: "trap" };

export interface MachineBlock {
  readonly id: number;
  instructions: MachineInstruction[];
  terminator: MachineTerminator;
  terminatorPosition: number;
  /** For a branch: taken, not taken. For a switch: one per value, the last one for all others. */
  successors: MachineBlock[];
  predecessors: MachineBlock[];
  loopDepth: number;
}

export interface MachineFunction {
  readonly name: string;
  readonly blocks: MachineBlock[];
  registers: number;
  /** Sizes in bytes of the frame's slots. */
  readonly slots: number[];
  /** Words of the argument area for calls made. */
  outWords: number;
  /** Registers (virtual) that need a name for their low byte. */
  readonly byteRegisters: Set<number>;
  /** Pairs that would profit from the same register, besides moves. */
  readonly hints: [number, number][];
}

export function isMove(i: MachineInstruction): boolean {
  if (i.op !== "mov") return false;
  const [to, from] = i.operands;
  return to.kind === "register" && from.kind === "register" && to.size === 4 && from.size === 4;
}

function memoryRegisters(m: MemoryOperand): number[] {
  return [m.base, m.index].filter((r) => r !== undefined);
}

/** Virtual and hardware registers that an instruction reads. */
export function usedRegisters(i: MachineInstruction): number[] {
  const roles = operandRoles[i.op] ?? "uuu";
  const used = [...i.uses];
  i.operands.forEach((o, n) => {
    if (o.kind === "memory") used.push(...memoryRegisters(o));
    else if (o.kind === "register" && roles[n] !== "d") used.push(o.register);
  });
  return used;
}

export function definedRegisters(i: MachineInstruction): number[] {
  const roles = operandRoles[i.op] ?? "uuu";
  const defined = [...i.defines];
  i.operands.forEach((o, n) => {
    if (o.kind === "register" && roles[n] !== "u") defined.push(o.register);
  });
  return defined;
}

export function terminatorUses(t: MachineTerminator): readonly number[] {
  if (t.kind === "return") return t.uses;
  return t.kind === "switch" ? [t.index] : [];
}

const hardwareNames = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
export const registerName = (r: number): string => hardwareNames[r] ?? `v${r}`;

function formatOperand(o: MachineOperand): string {
  if (o.kind === "register") return `${registerName(o.register)}${o.size === 4 ? "" : `:${o.size}`}`;
  if (o.kind === "immediate") return o.symbol ? `${o.symbol}+${o.value}` : `${o.value}`;
  const terms = [
    o.symbol,
    o.frame && `${o.frame.area}${o.frame.index}`,
    o.base !== undefined ? registerName(o.base) : undefined,
    o.index !== undefined ? `${registerName(o.index)}*${o.scale}` : undefined,
    o.displacement ? `${o.displacement}` : undefined,
  ];
  return `${{ 1: "byte ", 2: "word ", 4: "" }[o.size]}[${terms.filter(Boolean).join("+")}]`;
}

function formatInstruction(i: MachineInstruction): string {
  const name = [i.op, i.condition, i.label].filter(Boolean).join(".");
  return i.operands.length ? `${name} ${i.operands.map(formatOperand).join(", ")}` : name;
}

function formatTerminator(block: MachineBlock): string {
  const t = block.terminator;
  const detail = t.kind === "branch" ? t.condition : terminatorUses(t).map(registerName).join(" ");
  return [t.kind, detail, ...block.successors.map((s) => `b${s.id}`)].filter(Boolean).join(" ");
}

/** A function as text. */
export function printMachine(f: MachineFunction): string {
  const lines = [`function ${f.name}`];
  for (const block of f.blocks) {
    lines.push(`b${block.id}:`);
    for (const i of block.instructions) lines.push(`  ${formatInstruction(i)}`);
    lines.push(`  ${formatTerminator(block)}`);
  }
  return lines.join("\n") + "\n";
}
