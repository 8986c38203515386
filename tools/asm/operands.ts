// Operands of the typed assembler: registers, memory, symbols, far pointers. Numbers are immediates.
import { Register as Iced } from "iced-x86";

export type RegisterClass = "general" | "segment" | "control" | "debug" | "test" | "float";

export interface Register {
  readonly kind: "register";
  readonly name: string;
  readonly class: RegisterClass;
  /** In bytes. */
  readonly size: number;
  /** The number in the instruction's encoding. */
  readonly number: number;
  /** iced-x86's number. */
  readonly iced: number;
}

/** An address known at link time: a label or function, plus an offset. */
export interface SymbolRef {
  readonly kind: "symbol";
  readonly name: string;
  readonly addend: number;
}

export interface FarPointer {
  readonly kind: "far";
  readonly selector: number;
  readonly target: number | SymbolRef;
}

export interface ScaledIndex {
  readonly kind: "scaled";
  readonly index: Register;
  readonly scale: 1 | 2 | 4 | 8;
}

export interface Memory {
  readonly kind: "memory";
  readonly base?: Register;
  readonly index?: Register;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly symbol?: string;
  readonly segment?: Register;
  /** Of the access, in bytes; 0 when another operand or the instruction tells. */
  readonly size: number;
}

/** A string names a label or an external symbol: a branch target, or its address as an immediate. */
export type Operand = Register | Memory | SymbolRef | FarPointer | number | string;

function registers<N extends string>(names: readonly N[], kind: RegisterClass, size: number) {
  const made = names.map((name, number) => [
    name,
    {
      kind: "register",
      name,
      class: kind,
      size,
      number,
      iced: Iced[name.toUpperCase() as keyof typeof Iced] as number,
    } satisfies Register,
  ]);
  return Object.fromEntries(made) as Record<N, Register>;
}

export const { eax, ecx, edx, ebx, esp, ebp, esi, edi } = registers(
  ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"],
  "general",
  4,
);
export const { ax, cx, dx, bx, sp, bp, si, di } = registers(
  ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"],
  "general",
  2,
);
export const { al, cl, dl, bl, ah, ch, dh, bh } = registers(
  ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"],
  "general",
  1,
);
export const { es, cs, ss, ds, fs, gs } = registers(["es", "cs", "ss", "ds", "fs", "gs"], "segment", 2);
export const { cr0, cr1, cr2, cr3, cr4 } = registers(["cr0", "cr1", "cr2", "cr3", "cr4"], "control", 4);
export const { dr0, dr1, dr2, dr3, dr4, dr5, dr6, dr7 } = registers(
  ["dr0", "dr1", "dr2", "dr3", "dr4", "dr5", "dr6", "dr7"],
  "debug",
  4,
);
export const { tr3, tr4, tr5, tr6, tr7 } = registers(
  ["tr0", "tr1", "tr2", "tr3", "tr4", "tr5", "tr6", "tr7"],
  "test",
  4,
);
export const { st0, st1, st2, st3, st4, st5, st6, st7 } = registers(
  ["st0", "st1", "st2", "st3", "st4", "st5", "st6", "st7"],
  "float",
  10,
);

/** The address of `name` plus `addend`, as an immediate, a data word or a branch target. */
export const symbol = (name: string, addend = 0): SymbolRef => ({ kind: "symbol", name, addend });

/** A far pointer `selector:target`, for `jmp` and `call`. */
export const far = (selector: number, target: number | string | SymbolRef): FarPointer => ({
  kind: "far",
  selector,
  target: typeof target === "string" ? symbol(target) : target,
});

/** An index register times 1, 2, 4 or 8, as a term of `mem`. */
export const scaled = (index: Register, scale: 1 | 2 | 4 | 8): ScaledIndex => ({
  kind: "scaled",
  index,
  scale,
});

export type MemoryTerm = Register | ScaledIndex | SymbolRef | number | string;

/**
 * The sum of its terms as an address: `mem(esp, 8)`, `mem(eax, scaled(ecx, 4), "table")`, `mem(fs, 0x10)`.
 * The first general register is the base, a second one the index; a segment register overrides the segment.
 */
export function mem(...terms: MemoryTerm[]): Memory {
  return sized(0, terms);
}
export const byte = (...terms: MemoryTerm[]): Memory => sized(1, terms);
export const word = (...terms: MemoryTerm[]): Memory => sized(2, terms);
export const dword = (...terms: MemoryTerm[]): Memory => sized(4, terms);
export const qword = (...terms: MemoryTerm[]): Memory => sized(8, terms);
export const tbyte = (...terms: MemoryTerm[]): Memory => sized(10, terms);

function sized(size: number, terms: MemoryTerm[]): Memory {
  let base: Register | undefined;
  let index: Register | undefined;
  let segment: Register | undefined;
  let name: string | undefined;
  let scale: 1 | 2 | 4 | 8 = 1;
  let displacement = 0;
  const nameSymbol = (text: string) => {
    if (name !== undefined) throw new Error(`two symbols in one address: ${name}, ${text}`);
    name = text;
  };
  for (const term of terms) {
    if (typeof term === "number") displacement += term;
    else if (typeof term === "string") nameSymbol(term);
    else if (term.kind === "symbol") {
      nameSymbol(term.name);
      displacement += term.addend;
    } else if (term.kind === "scaled") {
      if (index) throw new Error(`two index registers in one address: ${index.name}, ${term.index.name}`);
      ({ index, scale } = term);
    } else if (term.class === "segment") segment = term;
    else if (!base) base = term;
    else if (!index) index = term;
    else throw new Error(`too many registers in one address: ${term.name}`);
  }
  if (index?.number === 4 && index.size === 4) {
    if (scale !== 1 || !base || base.number === 4) throw new Error("esp cannot be an index register");
    [base, index] = [index, base];
  }
  return { kind: "memory", base, index, scale, displacement: displacement | 0, symbol: name, segment, size };
}

function formatMemory(m: Memory): string {
  const terms: string[] = [];
  if (m.symbol !== undefined) terms.push(m.symbol);
  if (m.base) terms.push(m.base.name);
  if (m.index) terms.push(m.scale === 1 ? m.index.name : `${m.index.name}*${m.scale}`);
  let text = terms.join("+");
  if (m.displacement || !text) {
    const d = m.displacement;
    text += !text ? `0x${(d >>> 0).toString(16)}` : d < 0 ? `-${-d}` : `+${d}`;
  }
  const prefix =
    { 0: "", 1: "byte ", 2: "word ", 4: "dword ", 8: "qword ", 10: "tbyte " }[m.size] ?? `(${m.size}) `;
  return `${prefix}${m.segment ? `${m.segment.name}:` : ""}[${text}]`;
}

/** An operand as text, in Intel's order and spelling. */
export function formatOperand(operand: Operand): string {
  if (typeof operand === "number") {
    return Math.abs(operand) < 10
      ? `${operand}`
      : operand < 0
        ? `-0x${(-operand).toString(16)}`
        : `0x${operand.toString(16)}`;
  }
  if (typeof operand === "string") return operand;
  switch (operand.kind) {
    case "register":
      return operand.name;
    case "symbol":
      return operand.addend
        ? `${operand.name}${operand.addend < 0 ? "" : "+"}${operand.addend}`
        : operand.name;
    case "far":
      return `0x${operand.selector.toString(16)}:${formatOperand(operand.target)}`;
    case "memory":
      return formatMemory(operand);
  }
}
