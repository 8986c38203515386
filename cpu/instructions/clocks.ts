/** Clock counts of decoded instructions. */
import { CodeExt, Mnemonic, OpCodeOperandKind, Register } from "iced-x86";
import type { Instruction } from "iced-x86";
import type { CpuModel } from "../models";
import { isRepeated, plain } from "./charges";
import { formOf } from "./forms";
import { hasMemory, isImmediate, systemRegister } from "./operands";
import { CLOCK_MODELS, clockModel, rulesFor, type ClockModel } from "./rules";
import { INSTRUCTIONS, entryOf, isOfModel } from "./table";
import type { Clocks } from "./formulas";
import type { Cell, Charged, InstructionEntry } from "./entry";

const chargedByModel = new Map<CpuModel, Map<number, Charged | undefined>>();

/**
 * Clocks of a decoded instruction in 32-bit protected mode.
 * `prefixes` is the number of its prefix bytes other than REP/REPE/REPNE: the i486 and its successors pay for each.
 * Returns undefined for an instruction that the model does not have (#UD).
 */
export function clocksFor(instruction: Instruction, model: CpuModel, prefixes: number): Clocks | undefined {
  const charged = chargedOf(instruction, model);
  if (charged === undefined) return undefined;
  const extra =
    prefixes * rulesFor(model).prefix +
    addressClocks(instruction, model) +
    (charged.encoded?.(instruction) ?? 0);
  return extra === 0 ? charged.clocks : { ...charged.clocks, base: charged.clocks.base + extra };
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

/** One cell of an entry's clocks; undefined where the processor has no such form. */
export function cellOf(entry: InstructionEntry, form: string, model: ClockModel): Cell | undefined {
  const row =
    entry.clocks.find(([name]) => name === form) ?? entry.clocks.find(([name]) => name === ANY_FORM);
  const text = row?.[1 + CLOCK_MODELS.indexOf(model)];
  return text ? parseCell(text as string) : undefined;
}

const ANY_FORM = "*";

/** Rows whose clocks are charged besides a task switch, by its cause. */
const TASK_ROWS = [
  "JMP FAR ptr same level",
  "CALL FAR ptr same level",
  "IRET same level",
  "INT3 same level",
] as const;

/** What a task switch costs above the instruction or event that leads to it, by cause (TASK_), then by new task. */
export function taskClocks(model: CpuModel): number[] {
  return rulesFor(model).taskSwitch.flatMap((totals, cause) => {
    const form = TASK_ROWS[cause];
    const entry = INSTRUCTIONS.find(({ clocks }) => clocks.some(([name]) => name === form))!;
    const base = cellOf(entry, form, clockModel(model))!.low;
    return totals.map((total) => total - base);
  });
}

function parseCell(text: string): Cell {
  const match = /^~?(\d+)(?:[-/](\d+))?(?:\+(\d+)n)?(?:\|(\d+))?(?:\+m)?$/.exec(text);
  if (match === null) throw new Error(`clock table: "${text}" is not a clock count`);
  const low = Number(match[1]);
  return { low, high: Number(match[2] ?? low), step: Number(match[3] ?? 0), none: Number(match[4] ?? low) };
}

function chargedOf(instruction: Instruction, model: CpuModel): Charged | undefined {
  let known = chargedByModel.get(model);
  if (!known) chargedByModel.set(model, (known = new Map()));
  const key = instruction.code * 64 + operandKey(instruction);
  if (known.has(key)) return known.get(key);
  const entry = isOfModel(instruction, model) ? entryOf(instruction) : undefined;
  const charged = entry && charge(entry, instruction, model);
  known.set(key, charged);
  return charged;
}

/** A form without a row, or without a count, is a fault of the table, found by its test. */
function charge(entry: InstructionEntry, instruction: Instruction, model: CpuModel): Charged {
  const form = formOf(instruction, entry);
  const cell = (name: string): Cell => {
    const found = cellOf(entry, name, clockModel(model));
    if (found === undefined) throw new Error(`clock table: no row for ${name}`);
    return found;
  };
  const row = (suffix = ""): Cell => cell(form + suffix);
  return (entry.charge ?? plain)({ instruction, row, cell });
}

/** Distinguishes the instructions of one Code whose rows differ: REP, memory operand, control and debug registers. */
function operandKey(instruction: Instruction): number {
  return (isRepeated(instruction) ? 32 : 0) + (hasMemory(instruction) ? 16 : 0) + systemRegister(instruction);
}

function addressClocks(instruction: Instruction, model: CpuModel): number {
  if (!hasMemory(instruction)) return 0;
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
