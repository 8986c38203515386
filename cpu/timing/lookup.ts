import {
  Code,
  CodeExt,
  CpuidFeature,
  MemorySizeExt,
  Mnemonic,
  OpCodeOperandKind,
  OpKind,
  Register,
} from "iced-x86";
import type { Instruction } from "iced-x86";
import { PROCESSOR_MODELS } from "../models";
import { CLOCK_ROWS } from "./clocks";
import { DECLARED_CLOCKS, I386_SCAN_ZERO_PER_BIT, clockModel, rulesFor, xmmClocks } from "./declared";
import type { ClockModel } from "./declared";
import type { CpuModel } from "../models";
import * as F from "./formulas";

/** What one instruction costs: `base`, and what `formula` (a FORMULA_ constant) adds at run time. */
export interface Clocks {
  readonly base: number;
  readonly formula: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** A cell of the clock table, parsed: `low-high` or `low/high`. For a single number, both are that number. */
interface Cell {
  readonly low: number;
  readonly high: number;
  /** Factor of n. */
  readonly step: number;
}

type Table = ReadonlyMap<string, Cell>;

/** Clocks of a form, and a charge that depends on the encoded operands. */
interface Entry {
  readonly clocks: Clocks;
  readonly encoded?: (instruction: Instruction) => number;
}

const TABLES = { i386: tableOf("i386"), i486: tableOf("i486") };
const entriesByModel = new Map<CpuModel, Map<number, Entry | undefined>>();

/**
 * Clocks of a decoded instruction in 32-bit protected mode.
 * `prefixes` is the number of its prefix bytes other than REP/REPE/REPNE: the i486 pays for each.
 * Returns undefined for an instruction that the model does not have (#UD).
 */
export function clocksFor(instruction: Instruction, model: CpuModel, prefixes: number): Clocks | undefined {
  const entry = entryOf(instruction, model);
  if (entry === undefined) return undefined;
  const rules = rulesFor(model);
  const extra =
    prefixes * rules.prefix + addressClocks(instruction, model) + (entry.encoded?.(instruction) ?? 0);
  return extra === 0 ? entry.clocks : { ...entry.clocks, base: entry.clocks.base + extra };
}

/**
 * m: what a taken transfer pays for the instruction at its target. Prefix, opcode, ModRM and SIB bytes count one
 * each, the whole displacement one, the whole immediate one.
 */
export function transferComponents(instruction: Instruction): number {
  let count = instruction.length;
  const info = CodeExt.opCode(instruction.code);
  for (let i = 0; i < instruction.opCount; i++) {
    const bytes = ENCODED_BYTES.get(info.opKind(i));
    if (bytes !== undefined) count -= bytes - 1;
  }
  info.free();
  const displacement = instruction.memoryDisplSize;
  if (displacement > 1) count -= displacement - 1;
  return count;
}

/** Bytes of the immediates and branch displacements in an encoding; memory displacements are the instruction's. */
const ENCODED_BYTES: ReadonlyMap<OpCodeOperandKind, number> = new Map([
  [OpCodeOperandKind.imm16, 2],
  [OpCodeOperandKind.imm32, 4],
  [OpCodeOperandKind.br16_2, 2],
  [OpCodeOperandKind.br32_4, 4],
  [OpCodeOperandKind.farbr2_2, 4],
  [OpCodeOperandKind.farbr4_2, 6],
]);

/** The rows of one model by form; used by the tests of the table too. */
export function tableOf(model: ClockModel): Table {
  const table = new Map<string, Cell>();
  for (const [form, i386, i486] of CLOCK_ROWS) {
    const text = model === "i386" ? i386 : i486;
    if (text !== "") table.set(form, parseCell(text));
  }
  for (const declared of DECLARED_CLOCKS) {
    const text = declared[model] ?? (model === "i486" ? declared.later : undefined);
    if (text !== undefined) table.set(declared.form, parseCell(text));
  }
  return table;
}

function parseCell(text: string): Cell {
  const match = /^(\d+)(?:[-/](\d+))?(?:\+(\d+)n)?(?:\+m)?$/.exec(text);
  if (match === null) throw new Error(`clock table: "${text}" is not a clock count`);
  const low = Number(match[1]);
  return { low, high: Number(match[2] ?? low), step: Number(match[3] ?? 0) };
}

function entryOf(instruction: Instruction, model: CpuModel): Entry | undefined {
  let entries = entriesByModel.get(model);
  if (!entries) entriesByModel.set(model, (entries = new Map()));
  const key = instruction.code * 64 + operandKey(instruction);
  if (entries.has(key)) return entries.get(key);
  const entry = isOfModel(instruction, model)
    ? makeEntry(instruction, model, TABLES[clockModel(model)])
    : undefined;
  entries.set(key, entry);
  return entry;
}

/** Distinguishes the instructions of one Code whose rows differ: REP, memory operand, control and debug registers. */
function operandKey(instruction: Instruction): number {
  const repeated = instruction.hasRepPrefix || instruction.hasRepnePrefix;
  return (repeated ? 32 : 0) + (hasModRmMemory(instruction) ? 16 : 0) + systemRegister(instruction);
}

/** Number of the control, debug or test register that a MOV names, 0 if none. */
function systemRegister(instruction: Instruction): number {
  if (instruction.mnemonic !== Mnemonic.Mov) return 0;
  for (let i = 0; i < 2; i++) {
    if (instruction.opKind(i) !== OpKind.Register) continue;
    const register = instruction.opRegister(i);
    for (const first of [Register.CR0, Register.DR0, Register.TR0]) {
      if (register >= first && register < first + 8) return register - first;
    }
  }
  return 0;
}

function hasModRmMemory(instruction: Instruction): boolean {
  for (let i = 0; i < instruction.opCount; i++) {
    if (instruction.opKind(i) === OpKind.Memory) return true;
  }
  return false;
}

/** Came with SSE2, whatever iced-x86 says. */
const LATER_THAN_MMX: readonly Code[] = [Code.Paddq_mm_mmm64];

function isOfModel(instruction: Instruction, model: CpuModel): boolean {
  const has = (feature: CpuidFeature) => PROCESSOR_MODELS[model].instructions.has(feature);
  if (!instruction.cpuidFeatures().every(has)) return false;
  if (LATER_THAN_MMX.includes(instruction.code)) return has(CpuidFeature.SSE2);
  // CR4 came with CPUID, but has the opcode of the others.
  if (PROCESSOR_MODELS[model].cpuid.length > 0 || instruction.mnemonic !== Mnemonic.Mov) return true;
  return !names(instruction, Register.CR4);
}

function names(instruction: Instruction, register: Register): boolean {
  return [0, 1].some(
    (i) => instruction.opKind(i) === OpKind.Register && instruction.opRegister(i) === register,
  );
}

function addressClocks(instruction: Instruction, model: CpuModel): number {
  if (!hasModRmMemory(instruction)) return 0;
  const rules = rulesFor(model);
  const index = instruction.memoryIndex !== Register.None;
  const displacement = instruction.memoryDisplSize !== 0;
  if (instruction.mnemonic === Mnemonic.Lea && rules.leaIndex !== 0) return index ? rules.leaIndex : 0;
  let clocks = 0;
  if (index && displacement && instruction.memoryBase !== Register.None) clocks += rules.threePartAddress;
  if (displacement && instruction.mnemonic === Mnemonic.Mov && isImmediate(instruction.opKind(1))) {
    clocks += rules.displacementAndImmediate;
  }
  return clocks;
}

function isImmediate(kind: OpKind): boolean {
  return kind >= OpKind.Immediate8 && kind <= OpKind.Immediate8to32;
}

/** Mnemonic as the table spells it. */
function nameOf(instruction: Instruction): string {
  if (instruction.isJccShortOrNear) return "Jcc";
  const name = Mnemonic[instruction.mnemonic].toUpperCase();
  if (name.startsWith("SET")) return "SETcc";
  if (name.startsWith("CMOV")) return "CMOVcc";
  if (name.startsWith("FCMOV")) return "FCMOVcc";
  if (instruction.isStringInstruction) return name.slice(0, -1);
  if (instruction.isCallFar || instruction.isCallFarIndirect) return "CALL FAR";
  if (instruction.isJmpFar || instruction.isJmpFarIndirect) return "JMP FAR";
  return RENAMED[name] ?? name;
}

const RENAMED: Record<string, string> = { RETF: "RET FAR", XLATB: "XLAT", RESERVEDNOP: "NOP" };

/** Names whose rows give operand sizes. */
const SIZED = new Set(["MUL", "IMUL", "DIV", "IDIV"]);
/** Names whose rows name no operands. */
const BARE = new Set([
  "AAM",
  "AAD",
  "XLAT",
  "MOVS",
  "CMPS",
  "SCAS",
  "LODS",
  "STOS",
  "INS",
  "OUTS",
  "ENTER",
  "INT",
]);

/** The form of an instruction, as `MOV r,m`. */
function formOf(instruction: Instruction): string {
  const name = nameOf(instruction);
  if (isX87(instruction)) return x87Form(name, instruction);
  const info = CodeExt.opCode(instruction.code);
  const operands: string[] = [];
  for (let i = 0; i < instruction.opCount && !BARE.has(name); i++) {
    const text = operandText(instruction, i, info.opKind(i));
    operands.push(SIZED.has(name) ? text + operandBits(info.opKind(i)) : text);
  }
  info.free();
  return operands.length === 0 ? name : `${name} ${operands.join(",")}`;
}

/** Memory operands of x87 instructions are told apart by their size. */
function x87Form(name: string, instruction: Instruction): string {
  if (instruction.opCount === 0) return name;
  if (!hasModRmMemory(instruction))
    return instruction.op0Register === Register.AX ? `${name} r` : `${name} st`;
  const bits = 8 * MemorySizeExt.size(instruction.memorySize);
  return X87_SIZED.test(name) ? `${name} m${bits}` : `${name} m`;
}

/** Loads, stores, arithmetic and comparison: not control. */
const X87_SIZED = /^F(I?(ADD|SUB|MUL|DIV|COM)|I?LD$|I?ST|B)/;

function isX87(instruction: Instruction): boolean {
  return instruction.mnemonic !== Mnemonic.Wait && Mnemonic[instruction.mnemonic].startsWith("F");
}

function operandText(instruction: Instruction, operand: number, encoding: OpCodeOperandKind): string {
  switch (encoding) {
    case OpCodeOperandKind.al:
    case OpCodeOperandKind.ax:
    case OpCodeOperandKind.eax:
      return "acc";
    case OpCodeOperandKind.mem_offs:
      return "moffs";
    case OpCodeOperandKind.cl:
      return "CL";
    case OpCodeOperandKind.dx:
      return "DX";
    case OpCodeOperandKind.imm8_const_1:
      return "1";
    case OpCodeOperandKind.cr_reg:
      return `CR${systemRegister(instruction)}`;
    case OpCodeOperandKind.dr_reg:
      return systemRegister(instruction) < 4 ? "DR0-DR3" : "DR6/DR7";
    case OpCodeOperandKind.tr_reg:
      return "TR";
    case OpCodeOperandKind.farbr2_2:
    case OpCodeOperandKind.farbr4_2:
      return "ptr";
  }
  switch (instruction.opKind(operand)) {
    case OpKind.Memory:
      return "m";
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
      return "rel";
    case OpKind.Register: {
      const register = instruction.opRegister(operand);
      return register >= Register.ES && register <= Register.GS ? "Sreg" : "r";
    }
    default:
      return "imm";
  }
}

const OPERAND_BITS: ReadonlyMap<OpCodeOperandKind, number> = new Map([
  [OpCodeOperandKind.r8_or_mem, 8],
  [OpCodeOperandKind.r16_or_mem, 16],
  [OpCodeOperandKind.r32_or_mem, 32],
  [OpCodeOperandKind.r16_reg, 16],
  [OpCodeOperandKind.r32_reg, 32],
  [OpCodeOperandKind.imm8sex16, 8],
  [OpCodeOperandKind.imm8sex32, 8],
  [OpCodeOperandKind.imm16, 16],
  [OpCodeOperandKind.imm32, 32],
]);

function operandBits(encoding: OpCodeOperandKind): number {
  const bits = OPERAND_BITS.get(encoding);
  if (bits === undefined) throw new Error(`clock table: no size for operand kind ${encoding}`);
  return bits;
}

type Terms = Partial<Omit<Clocks, "base" | "formula">>;

function clocks(base: number, formula = F.FORMULA_NONE, terms: Terms = {}): Clocks {
  return { base, formula, a: 0, b: 0, c: 0, d: 0, ...terms };
}

/** Thrown in makeEntry when the table lacks a row: a fault of the table, found by its test. */
function cell(table: Table, form: string): Cell {
  const found = table.get(form);
  if (found === undefined) throw new Error(`clock table: no row for ${form}`);
  return found;
}

const XMM_FEATURES: readonly CpuidFeature[] = [CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.CLFSH];

function makeEntry(instruction: Instruction, model: CpuModel, table: Table): Entry | undefined {
  if (instruction.cpuidFeatures().some((feature) => XMM_FEATURES.includes(feature)))
    return { clocks: clocks(xmmClocks(Mnemonic[instruction.mnemonic].toUpperCase()), F.FORMULA_NONE) };
  const form = formOf(instruction);
  const name = nameOf(instruction);
  const row = (suffix = ""): Cell => cell(table, form + suffix);
  switch (name) {
    case "INVALID":
    case "UD0":
    case "UD1":
    case "UD2":
      return undefined;
    case "Jcc":
      return branch(cell(table, "Jcc not taken"), cell(table, "Jcc taken"));
    case "JCXZ":
    case "JECXZ":
    case "LOOP":
    case "LOOPE":
    case "LOOPNE":
      return branch(cell(table, `${name} not taken`), cell(table, `${name} taken`));
    case "JMP":
    case "CALL":
    case "RET":
      return { clocks: clocks(row().low, F.FORMULA_TRANSFER) };
    case "SETcc":
    case "CMPXCHG":
      return condition(row());
    case "MUL":
    case "IMUL":
      return multiply(instruction, row());
    case "BSF":
    case "BSR":
      return { clocks: scanClocks(instruction, model, name, row()) };
    case "RCL":
    case "RCR":
      return rotate(instruction, model, row());
    case "ENTER":
      return { clocks: clocks(0), encoded: (i) => enterClocks(table, i.immediate8_2nd & 31) };
    case "LSL":
      return {
        clocks: clocks(row(" byte").low, F.FORMULA_GRANULARITY, { a: row(" page").low - row(" byte").low }),
      };
    case "IN":
    case "OUT":
      return { clocks: portClocks(row(" unchecked"), row(" checked")) };
    case "MOVS":
    case "CMPS":
    case "SCAS":
    case "LODS":
    case "STOS":
    case "INS":
    case "OUTS":
      return { clocks: stringClocks(instruction, table, name) };
    default:
      return { clocks: transferClocks(name, row) ?? clocks(row().low) };
  }
}

function branch(notTaken: Cell, taken: Cell): Entry {
  return { clocks: clocks(notTaken.low, F.FORMULA_BRANCH, { a: taken.low - notTaken.low }) };
}

/** Conditional rows give the count for a true condition first. */
function condition(row: Cell): Entry {
  return { clocks: clocks(row.high, F.FORMULA_CONDITION, { a: row.low - row.high }) };
}

/** The printed minimum is the base plus the three steps of the shortest multiplier. */
const LEAST_MULTIPLY_STEPS = 3;

function multiply(instruction: Instruction, row: Cell): Entry {
  const base = row.low - LEAST_MULTIPLY_STEPS;
  if (instruction.opCount < 3) return { clocks: clocks(base, F.FORMULA_MULTIPLY) };
  return { clocks: clocks(base), encoded: (i) => multiplySteps(signedMultiplier(i)) };
}

function signedMultiplier(instruction: Instruction): number {
  const kind = instruction.opKind(2);
  const word = kind === OpKind.Immediate16 || kind === OpKind.Immediate8to16;
  return Number(BigInt.asIntN(word ? 16 : 32, instruction.immediate(2)));
}

function multiplySteps(multiplier: number): number {
  const magnitude = Math.abs(multiplier);
  const bits = magnitude === 0 ? 0 : 32 - Math.clz32(magnitude - 1);
  return Math.max(LEAST_MULTIPLY_STEPS, bits);
}

function scanClocks(instruction: Instruction, model: CpuModel, name: string, row: Cell): Clocks {
  const memory = hasModRmMemory(instruction);
  if (model === "i386") {
    const info = CodeExt.opCode(instruction.code);
    const bits = info.operandSize;
    info.free();
    return clocks(row.low, F.FORMULA_SCAN, { a: row.step, b: bits * I386_SCAN_ZERO_PER_BIT });
  }
  // The printed minimum is for a zero source; a memory operand adds 1. For BSF 8 + 4(bytes + 1) + 3(nibbles + 1) +
  // 3(bits + 1), each count being of zeros passed inside the next larger unit; for BSR 7 + 3(distance from the top + 1).
  const zero = row.low + Number(memory);
  const first = (name === "BSF" ? 18 : 10) + Number(memory);
  const formula = name === "BSF" ? F.FORMULA_SCAN_STEPS : F.FORMULA_SCAN;
  return clocks(first, formula, { a: name === "BSF" ? 0 : 3, b: zero - first });
}

function rotate(instruction: Instruction, model: CpuModel, row: Cell): Entry {
  if (model === "i386" || row.low === row.high) return { clocks: clocks(row.low) };
  const span = row.high - row.low;
  if (instruction.opKind(1) === OpKind.Register) {
    return { clocks: clocks(row.low, F.FORMULA_ROTATE, { a: span }) };
  }
  return { clocks: clocks(row.low), encoded: (i) => Math.min(i.immediate8 & 31, span) };
}

function enterClocks(table: Table, level: number): number {
  const row = cell(table, `ENTER imm16,${level > 1 ? "n" : level}`);
  return row.low + row.step * level;
}

function portClocks(unchecked: Cell, checked: Cell): Clocks {
  return clocks(unchecked.low, F.FORMULA_PORT, { d: checked.low - unchecked.low });
}

/** n = 0 on the i486: the manual prints 5 for every repeated form. */
const I486_NO_ITERATION = 5;

function stringClocks(instruction: Instruction, table: Table, name: string): Clocks {
  const port = name === "INS" || name === "OUTS";
  if (!instruction.hasRepPrefix && !instruction.hasRepnePrefix) {
    if (port) return portClocks(cell(table, `${name} unchecked`), cell(table, `${name} checked`));
    return clocks(cell(table, name).low);
  }
  const row = cell(table, port ? `REP ${name} unchecked` : `REP ${name}`);
  const d = port ? cell(table, `REP ${name} checked`).low - row.low : 0;
  const a = table !== TABLES.i386 && !port ? I486_NO_ITERATION - row.low : 0;
  return clocks(row.low, F.FORMULA_REPEAT, { a, b: row.step, d });
}

/** Far transfers and interrupts: one row per level change. Undefined for everything else. */
function transferClocks(name: string, row: (suffix?: string) => Cell): Clocks | undefined {
  const same = (): number => row(" same level").low;
  switch (name) {
    case "CALL FAR": {
      const base = same();
      const parameters = row(" gate inner level n");
      return clocks(base, F.FORMULA_FAR_CALL, {
        a: row(" gate same level").low - base,
        b: row(" gate inner level").low - base,
        c: parameters.low - base,
        d: parameters.step,
      });
    }
    case "JMP FAR":
      return clocks(same(), F.FORMULA_FAR_JUMP, { a: row(" gate same level").low - same() });
    case "RET FAR":
      return clocks(same(), F.FORMULA_FAR_RETURN, { a: row(" outer level").low - same() });
    case "IRET":
    case "IRETD":
      return clocks(same(), F.FORMULA_INTERRUPT_RETURN, { a: row(" outer level").low - same() });
    case "INT":
    case "INT1":
    case "INT3":
      return clocks(same(), F.FORMULA_INTERRUPT, { a: row(" inner level").low - same() });
    case "INTO": {
      const base = row(" not taken").low;
      return clocks(base, F.FORMULA_INTO, {
        a: row(" taken same level").low - base,
        b: row(" taken inner level").low - base,
      });
    }
    default:
      return undefined;
  }
}
