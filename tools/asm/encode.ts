// Mnemonic and operands to bytes: finds the encodings that fit in iced-x86's tables and takes the shortest.
import {
  Code,
  CodeExt,
  Encoder,
  EncodingKind,
  Instruction,
  Mnemonic,
  OpCodeOperandKind as Kind,
  OpKind,
  Register as Iced,
} from "iced-x86";
import { formatOperand, type Memory, type Operand, type SymbolRef } from "./operands";

/** Every mnemonic of the instruction tables, in lower case. */
export type MnemonicName = Exclude<Lowercase<keyof typeof Mnemonic>, "invalid">;
export type Prefix = "rep" | "repne" | "lock";

export interface Fixup {
  /** Of the field in the encoded bytes. */
  readonly offset: number;
  /** `absolute`: the address; `relative`: less the address of the instruction's end. Both 32 bits. */
  readonly kind: "absolute" | "relative";
  readonly symbol: string;
  readonly addend: number;
}

export interface Encoded {
  readonly bytes: Uint8Array;
  readonly fixups: readonly Fixup[];
}

/** One encoding of a mnemonic. */
interface Form {
  readonly code: Code;
  readonly kinds: readonly Kind[];
  readonly operandSize: number;
  readonly memorySize: number;
}

const implicitKinds: ReadonlyMap<Kind, OpKind> = new Map([
  [Kind.es_rDI, OpKind.MemoryESEDI],
  [Kind.seg_rSI, OpKind.MemorySegESI],
  [Kind.seg_rBX_al, OpKind.Memory],
]);

const fixedRegisters: ReadonlyMap<Kind, Iced> = new Map([
  [Kind.es, Iced.ES],
  [Kind.cs, Iced.CS],
  [Kind.ss, Iced.SS],
  [Kind.ds, Iced.DS],
  [Kind.fs, Iced.FS],
  [Kind.gs, Iced.GS],
  [Kind.al, Iced.AL],
  [Kind.cl, Iced.CL],
  [Kind.ax, Iced.AX],
  [Kind.dx, Iced.DX],
  [Kind.eax, Iced.EAX],
  [Kind.st0, Iced.ST0],
]);

const generalSizes: ReadonlyMap<Kind, number> = new Map([
  [Kind.r8_or_mem, 1],
  [Kind.r8_reg, 1],
  [Kind.r8_opcode, 1],
  [Kind.r16_or_mem, 2],
  [Kind.r16_reg, 2],
  [Kind.r16_reg_mem, 2],
  [Kind.r16_rm, 2],
  [Kind.r16_opcode, 2],
  [Kind.r32_or_mem, 4],
  [Kind.r32_reg, 4],
  [Kind.r32_reg_mem, 4],
  [Kind.r32_rm, 4],
  [Kind.r32_opcode, 4],
]);

const specialClasses: ReadonlyMap<Kind, string> = new Map([
  [Kind.seg_reg, "segment"],
  [Kind.cr_reg, "control"],
  [Kind.dr_reg, "debug"],
  [Kind.tr_reg, "test"],
  [Kind.sti_opcode, "float"],
]);

const memoryKinds = new Set([Kind.mem, Kind.mem_offs, Kind.r8_or_mem, Kind.r16_or_mem, Kind.r32_or_mem]);

/** Low and high bound of what an immediate field can stand for, signed or unsigned. */
const immediates: ReadonlyMap<Kind, readonly [number, number, OpKind]> = new Map([
  [Kind.imm8, [-0x80, 0xff, OpKind.Immediate8]],
  [Kind.imm8_const_1, [1, 1, OpKind.Immediate8]],
  [Kind.imm8sex16, [-0x80, 0x7f, OpKind.Immediate8to16]],
  [Kind.imm8sex32, [-0x80, 0x7f, OpKind.Immediate8to32]],
  [Kind.imm16, [-0x8000, 0xffff, OpKind.Immediate16]],
  [Kind.imm32, [-0x80000000, 0xffffffff, OpKind.Immediate32]],
]);

function memorySizeOf(name: string, kinds: readonly Kind[], operandSize: number): number {
  if (/m16$/.test(name) || /r32m16/.test(name)) return 2;
  if (kinds.includes(Kind.r8_or_mem)) return 1;
  if (kinds.includes(Kind.r16_or_mem)) return 2;
  if (kinds.includes(Kind.r32_or_mem)) return 4;
  const floating = /_m(16|32|64|80)(int|fp|bcd)?$/.exec(name);
  if (floating) return Number(floating[1]) / 8;
  if (kinds.includes(Kind.mem_offs)) return operandSize ? operandSize / 8 : 1;
  return 0;
}

function loadForms(): Map<string, Form[]> {
  const forms = new Map<string, Form[]>();
  for (const [name, code] of Object.entries(Code)) {
    if (typeof code !== "number") continue;
    const info = CodeExt.opCode(code);
    if (info.isInstruction && info.mode32 && info.encoding === EncodingKind.Legacy) {
      const kinds = Array.from({ length: info.opCount }, (_, i) => info.opKind(i));
      const mnemonic = Mnemonic[info.mnemonic].toLowerCase();
      const wrongAddressSize = info.addressSize === 16;
      if (!wrongAddressSize) {
        const form = {
          code,
          kinds,
          operandSize: info.operandSize,
          memorySize: memorySizeOf(name, kinds, info.operandSize),
        };
        forms.set(mnemonic, [...(forms.get(mnemonic) ?? []), form]);
      }
    }
    info.free();
  }
  return forms;
}

let allForms: Map<string, Form[]> | undefined;

/** The names of all instructions that exist in 32-bit mode. */
export function mnemonics(): string[] {
  return [...(allForms ??= loadForms()).keys()];
}

const isString = (form: Form) => form.kinds.some((k) => implicitKinds.has(k));

function fits(kind: Kind, operand: Operand, form: Form): boolean {
  if (typeof operand === "number") {
    const range = immediates.get(kind);
    if (range) return operand >= range[0] && operand <= range[1];
    return kind === Kind.br32_1 || kind === Kind.br32_4;
  }
  if (typeof operand === "string") return kind === Kind.br32_4 || kind === Kind.br32_1;
  switch (operand.kind) {
    case "symbol":
      return kind === Kind.imm32 || kind === Kind.br32_4;
    case "far":
      return kind === Kind.farbr4_2;
    case "memory":
      if (!memoryKinds.has(kind)) return false;
      if (kind === Kind.mem_offs && (operand.base || operand.index)) return false;
      return operand.size === 0 || form.memorySize === 0 || operand.size === form.memorySize;
    case "register":
      if (operand.class === "general" && generalSizes.has(kind))
        return generalSizes.get(kind) === operand.size;
      return fixedRegisters.get(kind) === operand.iced || specialClasses.get(kind) === operand.class;
  }
}

/** A 16-bit form that no operand asks for, or a memory size that nothing told, is the last choice. */
function penalty(form: Form, operands: readonly Operand[]): number {
  if (isString(form)) return 0;
  const sizes = operands.map((o) => (typeof o === "object" && "size" in o ? o.size : 0));
  const wanted = sizes.includes(2);
  if (form.operandSize === 16 && !wanted) return 2;
  const told = operands.some((o) => typeof o === "object" && o.kind === "register" && o.class === "general");
  return form.memorySize === 1 && !told && !sizes.includes(1) && form.kinds.includes(Kind.r8_or_mem) ? 1 : 0;
}

function candidates(mnemonic: string, operands: readonly Operand[]): Form[] {
  const forms = (allForms ??= loadForms()).get(mnemonic);
  if (!forms) throw new Error(`no such instruction: ${mnemonic}`);
  const fitting = forms.filter((form) =>
    isString(form)
      ? operands.length === 0
      : form.kinds.length === operands.length && form.kinds.every((kind, i) => fits(kind, operands[i], form)),
  );
  const least = Math.min(...fitting.map((form) => penalty(form, operands)));
  return fitting.filter((form) => penalty(form, operands) === least);
}

function checkSourceSize(mnemonic: string, operands: readonly Operand[]): void {
  const vague = operands.some((o) => typeof o === "object" && o.kind === "memory" && o.size === 0);
  if (vague && /^mov[sz]x$/.test(mnemonic))
    throw new Error(`${mnemonic}: the size of the source is not given`);
}

function setMemory(instruction: Instruction, m: Memory): void {
  instruction.memoryBase = m.base?.iced ?? Iced.None;
  instruction.memoryIndex = m.index?.iced ?? Iced.None;
  instruction.memoryIndexScale = m.scale;
  instruction.segmentPrefix = m.segment?.iced ?? Iced.None;
  const short = m.symbol === undefined && m.displacement >= -128 && m.displacement <= 127;
  const wide = (m.base ?? m.index)?.size === 2 ? 2 : 4;
  const needed = m.displacement !== 0 || m.symbol !== undefined || (!m.base && !m.index);
  instruction.memoryDisplSize = !needed ? 0 : short && m.base ? 1 : wide;
  instruction.memoryDisplacement = BigInt(m.displacement >>> 0);
}

function setOperand(
  instruction: Instruction,
  i: number,
  kind: Kind,
  operand: Operand,
  wideBranch: boolean,
): void {
  if (typeof operand === "string") operand = { kind: "symbol", name: operand, addend: 0 };
  if (typeof operand === "number" || operand.kind === "symbol") {
    const value = typeof operand === "number" ? operand : 0;
    const immediate = immediates.get(kind);
    if (immediate) {
      const second =
        i > 0 &&
        instruction.opCount > 1 &&
        immediates.has(kind) &&
        instruction.op0Kind === OpKind.Immediate16;
      instruction.setOpKind(i, second ? OpKind.Immediate8_2nd : immediate[2]);
      instruction.setImmediateI32(i, value | 0);
    } else {
      instruction.setOpKind(i, OpKind.NearBranch32);
      instruction.nearBranch32 = wideBranch ? 0x1000 : value >>> 0;
    }
    return;
  }
  switch (operand.kind) {
    case "register":
      instruction.setOpKind(i, OpKind.Register);
      instruction.setOpRegister(i, operand.iced);
      break;
    case "memory":
      instruction.setOpKind(i, OpKind.Memory);
      setMemory(instruction, operand);
      break;
    case "far":
      instruction.setOpKind(i, OpKind.FarBranch32);
      instruction.farBranchSelector = operand.selector;
      instruction.farBranch32 = typeof operand.target === "number" ? operand.target >>> 0 : 0;
      break;
  }
}

function build(form: Form, operands: readonly Operand[], prefix: Prefix | undefined): Instruction {
  const instruction = new Instruction();
  instruction.code = form.code;
  form.kinds.forEach((kind, i) => {
    const implicit = implicitKinds.get(kind);
    if (isString(form)) {
      if (implicit !== undefined) instruction.setOpKind(i, implicit);
      else {
        instruction.setOpKind(i, OpKind.Register);
        instruction.setOpRegister(i, fixedRegisters.get(kind) ?? Iced.None);
      }
      if (kind === Kind.seg_rBX_al) {
        instruction.memoryBase = Iced.EBX;
        instruction.memoryIndex = Iced.AL;
      }
    } else setOperand(instruction, i, kind, operands[i], typeof operands[i] === "string");
  });
  if (prefix === "rep") instruction.hasRepPrefix = true;
  if (prefix === "repne") instruction.hasRepnePrefix = true;
  if (prefix === "lock") instruction.hasLockPrefix = true;
  return instruction;
}

function asSymbol(operand: Operand): SymbolRef | undefined {
  if (typeof operand === "string") return { kind: "symbol", name: operand, addend: 0 };
  if (typeof operand === "number") return undefined;
  if (operand.kind === "symbol") return operand;
  if (operand.kind === "far" && typeof operand.target === "object") return operand.target;
  return undefined;
}

const isBranch = (kind: Kind) => kind === Kind.br32_1 || kind === Kind.br32_4;

function fixupsOf(encoder: Encoder, form: Form, operands: readonly Operand[], length: number): Fixup[] {
  const fixups: Fixup[] = [];
  const offsets = encoder.getConstantOffsets();
  operands.forEach((operand, i) => {
    const target = asSymbol(operand);
    if (target) {
      const relative = isBranch(form.kinds[i]);
      const at = relative ? length - 4 : offsets.immediateOffset;
      fixups.push({
        offset: at,
        kind: relative ? "relative" : "absolute",
        symbol: target.name,
        addend: target.addend,
      });
    } else if (typeof operand === "object" && operand.kind === "memory" && operand.symbol !== undefined) {
      const { symbol, displacement } = operand;
      fixups.push({ offset: offsets.displacementOffset, kind: "absolute", symbol, addend: displacement });
    }
  });
  offsets.free();
  return fixups;
}

let sharedEncoder: Encoder | undefined;
const cache = new Map<string, Encoded>();

/** Encodes one instance of `code` at `address`, which matters only to a branch to a number. */
function encodeForm(
  form: Form,
  operands: readonly Operand[],
  prefix: Prefix | undefined,
  address: number,
): Encoded {
  const encoder = (sharedEncoder ??= new Encoder(32));
  const instruction = build(form, operands, prefix);
  try {
    const length = encoder.encode(instruction, BigInt(address >>> 0));
    const bytes = encoder.takeBuffer();
    const fixups = fixupsOf(encoder, form, operands, length);
    for (const { offset } of fixups) bytes.fill(0, offset, offset + 4);
    return { bytes, fixups };
  } finally {
    instruction.free();
  }
}

/** An instruction as text. */
export function formatInstruction(mnemonic: string, operands: readonly Operand[], prefix?: Prefix): string {
  const head = prefix ? `${prefix} ${mnemonic}` : mnemonic;
  return operands.length ? `${head} ${operands.map(formatOperand).join(", ")}` : head;
}

/**
 * The shortest encoding of an instruction whose branch targets, if any, are symbols (they get 32-bit fields) or
 * numbers (absolute; then `address` is where the instruction will stand).
 * @throws Error when the operands do not fit the mnemonic.
 */
export function encode(
  mnemonic: string,
  operands: readonly Operand[],
  prefix?: Prefix,
  address = 0,
): Encoded {
  const text = formatInstruction(mnemonic, operands, prefix);
  const known = cache.get(text);
  if (known) return known;
  checkSourceSize(mnemonic, operands);
  const forms = candidates(mnemonic, operands);
  let best: Encoded | undefined;
  const symbolic = operands.some((o) => asSymbol(o) !== undefined);
  for (const form of forms) {
    if (symbolic && form.kinds.includes(Kind.br32_1) && forms.length > 1) continue;
    try {
      const encoded = encodeForm(form, operands, prefix, address);
      if (!best || encoded.bytes.length < best.bytes.length) best = encoded;
    } catch {
      // What was written before the form turned out not to fit.
      sharedEncoder?.takeBuffer();
    }
  }
  if (!best) throw new Error(`cannot encode: ${text}`);
  if (!forms.some((form) => form.kinds.some(isBranch))) cache.set(text, best);
  return best;
}

/** Frees nothing of the caller's; exact `code` with explicit operands, for encodings that `encode` would not choose. */
export function encodeCode(code: Code, operands: readonly Operand[], prefix?: Prefix, address = 0): Encoded {
  const info = CodeExt.opCode(code);
  const kinds = Array.from({ length: info.opCount }, (_, i) => info.opKind(i));
  const form = { code, kinds, operandSize: info.operandSize, memorySize: 0 };
  info.free();
  return encodeForm(form, operands, prefix, address);
}

/** Encodes an iced-x86 instruction as it is; the caller frees it. */
export function encodeRaw(instruction: Instruction, address = 0): Encoded {
  const encoder = (sharedEncoder ??= new Encoder(32));
  encoder.encode(instruction, BigInt(address >>> 0));
  return { bytes: encoder.takeBuffer(), fixups: [] };
}
