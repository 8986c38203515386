/**
 * Streams of x87 instructions, each between an FRSTOR of a random state and an FNSAVE that shows all it did. Operands are
 * at fixed addresses: addressing and faults are the business of the general generator.
 */
import { Mnemonic } from "iced-x86";
import { dword } from "../cpu/guest";
import type { Approximation, IgnoredMemory, StoredEnvironment, Stream } from "./generator";
import { decode, isCommon } from "./opcodes";
import type { Random } from "./random";
import { DATA_BASE, DATA_BYTES } from "./vectors";
import { extended, memoryOperand, neighbourhood } from "./x87-values";

const STATE_BYTES = 108;
const ENVIRONMENT_BYTES = 28;
const OPERAND_BYTES = 20;
/** The state before, the operand, the state after, and what the instruction itself may store. */
const BEFORE = 0;
const OPERAND = STATE_BYTES;
const AFTER = OPERAND + OPERAND_BYTES;
const STORED = AFTER + STATE_BYTES;
const ENTRY_BYTES = STORED + STATE_BYTES;
const ENTRIES = Math.floor(DATA_BYTES / ENTRY_BYTES);

const INT3 = 0xcc;
const WAIT = 0x9b;
const ABSOLUTE = 5;
const MASKS = 0x3f;
const INVALID_MASK = 1;
const DENORMAL_MASK = 2;
const PRECISION_MASK = 0x20;
/** Offset of the status word in a state, and the size of a register. */
const STATUS = 4;
const REGISTER_BYTES = 10;
const EXPONENT = 0x7fff;
/** Biased exponent of an eighth. */
const LARGEST_SMALL = 0x3ffc;

/** Their results are good to a unit in the last place; processors differ in it. */
const TRANSCENDENTAL = new Set(["F2xm1", "Fsin", "Fcos", "Fsincos", "Fptan", "Fpatan", "Fyl2x", "Fyl2xp1"]);

/** They came with the Pentium Pro; processors differ in C1, and in EFLAGS after an unmasked exception. */
const OF_P6 = /^F(cmov|u?comi)/;
const C1_BIT = 0x02;

interface X87Opcode {
  readonly bytes: readonly number[];
  readonly name: string;
  readonly memory: boolean;
}

/** Every encoding of the 387, in memory forms with an absolute address. */
function findOpcodes(): X87Opcode[] {
  const found: X87Opcode[] = [];
  for (let escape = 0xd8; escape <= 0xdf; escape++) {
    for (let digit = 0; digit < 8; digit++) {
      for (const prefix of [[], [0x66]]) describe([...prefix, escape, (digit << 3) | ABSOLUTE], found, true);
    }
    for (let low = 0; low < 64; low++) describe([escape, 0xc0 | low], found, false);
  }
  return found;
}

function describe(bytes: number[], found: X87Opcode[], memory: boolean): void {
  const instruction = decode(Uint8Array.from([...bytes, 0, 0, 0, 0]));
  const name = Mnemonic[instruction.mnemonic];
  if (isCommon(instruction)) found.push({ bytes, name, memory });
  instruction.free();
}

const opcodes = findOpcodes();
const byName = new Map(opcodes.map(({ name }) => [name, opcodes.filter((opcode) => opcode.name === name)]));
const names = [...byName.keys()];

export function generateX87Stream(random: Random): Stream {
  const memory = random.bytes(DATA_BYTES);
  const code: number[] = [];
  const offsets: number[] = [];
  const approximations: Approximation[] = [];
  const environments: StoredEnvironment[] = [];
  const ignored: IgnoredMemory[] = [];
  const add = (...bytes: number[]): void => {
    offsets.push(code.length);
    code.push(...bytes);
  };
  for (let entry = 0; entry < ENTRIES; entry++) {
    const base = entry * ENTRY_BYTES;
    const near = neighbourhood(random);
    memory.set(state(random, near), base + BEFORE);
    memory.set(memoryOperand(random, near), base + OPERAND);
    add(0xdd, 0x25, ...dword(DATA_BASE + base + BEFORE));
    const opcode = random.pick(byName.get(random.pick(names))!);
    // With the denormal exception unmasked, AMD's processors load a denormal, Intel's do not.
    if (opcode.name === "Fld") memory[base + BEFORE] |= DENORMAL_MASK;
    if (OF_P6.test(opcode.name)) {
      memory[base + BEFORE] |= INVALID_MASK | DENORMAL_MASK;
      ignored.push({ at: base + AFTER + STATUS + 1, length: 1, bits: C1_BIT });
    }
    if (TRANSCENDENTAL.has(opcode.name)) {
      // Whether an exact result is reported as inexact differs too.
      memory[base + BEFORE] |= PRECISION_MASK;
      if (opcode.name === "Fyl2xp1") makeSmall(random, memory, base + BEFORE + ENVIRONMENT_BYTES);
      approximations.push({
        status: base + AFTER + STATUS,
        results: [0, 1].map((i) => base + AFTER + ENVIRONMENT_BYTES + i * REGISTER_BYTES),
      });
    }
    if (operandOf(opcode.name) === STORED) {
      environments.push({ at: base + STORED, wide: opcode.bytes[0] !== 0x66 });
    }
    environments.push({ at: base + AFTER, wide: true });
    add(...opcode.bytes, ...(opcode.memory ? dword(DATA_BASE + base + operandOf(opcode.name)) : []));
    if (random.chance(0.05)) add(WAIT);
    add(0xdd, 0x35, ...dword(DATA_BASE + base + AFTER));
  }
  offsets.push(code.length);
  const none = new Array<number>(offsets.length).fill(0);
  return {
    vector: {
      start: 0,
      code: Uint8Array.from([...code, INT3]),
      registers: Array.from({ length: 8 }, () => random.bits()),
      eflags: 0x202,
      memory,
    },
    offsets,
    undefinedBefore: none,
    undefinedDuring: none,
    approximations,
    environments,
    ignored,
  };
}

/** FYL2XP1 promises something only for arguments near zero: what is a number at `at` becomes less than a quarter. */
function makeSmall(random: Random, memory: Uint8Array, at: number): void {
  const view = new DataView(memory.buffer, memory.byteOffset + at, REGISTER_BYTES);
  const head = view.getUint16(8, true);
  const exponent = head & EXPONENT;
  if (exponent > LARGEST_SMALL && exponent !== EXPONENT) {
    view.setUint16(8, (head & ~EXPONENT) | (LARGEST_SMALL - random.below(70)), true);
  }
}

/** FLDENV and FRSTOR take the state again; FNSTENV and FNSAVE need room. */
function operandOf(name: string): number {
  if (name === "Fldenv" || name === "Frstor") return BEFORE;
  return name === "Fnstenv" || name === "Fnsave" ? STORED : OPERAND;
}

function state(random: Random, near: ReturnType<typeof neighbourhood>): Uint8Array {
  const bytes = random.bytes(STATE_BYTES);
  const view = new DataView(bytes.buffer);
  const masks = random.chance(0.6) ? MASKS : random.bits() & MASKS;
  // Now and then an exception is pending, and the instruction does not run.
  const exceptions = random.chance(0.02) ? random.bits() & MASKS : random.bits() & masks & 0x7f;
  const precision = random.pick([0, 2, 3, 3]) << 8;
  view.setUint16(0, masks | precision | (random.below(4) << 10), true);
  view.setUint16(4, (random.bits() & 0x7f00) | exceptions, true);
  view.setUint16(8, tags(random), true);
  for (let i = 0; i < 8; i++) bytes.set(extended(random, near), ENVIRONMENT_BYTES + 10 * i);
  return bytes;
}

/** Mostly full, so that operands are there, but with room for a push as often as not. */
function tags(random: Random): number {
  if (random.chance(0.1)) return random.bits() & 0xffff;
  let word = 0;
  for (let i = 0; i < 8; i++) if (random.chance(0.3)) word |= 3 << (2 * i);
  return word;
}
