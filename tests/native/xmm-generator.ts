/**
 * Streams of SSE, SSE2 and MMX instructions, each between an FXRSTOR of a random state and an FXSAVE that shows all it did.
 * Operands in memory are at fixed addresses: addressing is the business of the general generator.
 */
import { Code, CpuidFeature, type Instruction, Mnemonic, OpKind } from "iced-x86";
import { dword } from "../cpu/guest";
import type { IgnoredMemory, Stream } from "./generator";
import { decode } from "./opcodes";
import type { Random } from "./random";
import { DATA_BASE, DATA_BYTES } from "./vectors";

const IMAGE_BYTES = 512;
const OPERAND_BYTES = 32;
/** The state before, the state after, and the operand, which is aligned. */
const BEFORE = 0;
const AFTER = IMAGE_BYTES;
const OPERAND = 2 * IMAGE_BYTES;
const ENTRY_BYTES = OPERAND + OPERAND_BYTES;
const ENTRIES = Math.floor(DATA_BYTES / ENTRY_BYTES);

const INT3 = 0xcc;
const ABSOLUTE = 5;
/** In an image. */
const FPU_CONTROL = 0;
const FPU_REGISTERS = 32;
const MXCSR = 24;
const XMM_REGISTERS = 160;
const XMM_END = 288;
/** Pointers of the x87, what MXCSR can hold, and what is reserved: not compared. */
const IGNORED: readonly (readonly [from: number, to: number])[] = [
  [6, 24],
  [28, 32],
  ...Array.from({ length: 8 }, (_, i): [number, number] => [
    FPU_REGISTERS + 16 * i + 10,
    FPU_REGISTERS + 16 * i + 16,
  ]),
  [XMM_END, IMAGE_BYTES],
];
const ALL_MASKS = 0x1f80;

const FEATURES: ReadonlySet<CpuidFeature> = new Set([CpuidFeature.MMX, CpuidFeature.SSE, CpuidFeature.SSE2]);
/** Approximations, which differ between processors; a byte mask whose address is EDI; what the frame is made of. */
const EXCLUDED = new Set<Mnemonic>([
  ...[Mnemonic.Rcpps, Mnemonic.Rcpss, Mnemonic.Rsqrtps, Mnemonic.Rsqrtss],
  ...[Mnemonic.Maskmovq, Mnemonic.Maskmovdqu, Mnemonic.Movnti],
]);

interface XmmOpcode {
  readonly bytes: readonly number[];
  readonly mnemonic: Mnemonic;
  /** Of ModRM; -1: an operand. */
  readonly digit: number;
  readonly memory: boolean;
  readonly register: boolean;
  readonly hasImmediate: boolean;
}

const isImmediate = (kind: OpKind) => kind >= OpKind.Immediate8 && kind <= OpKind.Immediate8to32;

function look(bytes: readonly number[], modRm: number): Instruction | undefined {
  const instruction = decode(Uint8Array.from([...bytes, modRm, 0, 0, 0, 0, 0, 0, 0, 0]));
  const isOurs =
    instruction.code !== Code.INVALID &&
    instruction.length >= bytes.length + 1 &&
    instruction.cpuidFeatures().every((feature) => FEATURES.has(feature)) &&
    !EXCLUDED.has(instruction.mnemonic);
  if (isOurs) return instruction;
  instruction.free();
  return undefined;
}

function findOpcodes(): XmmOpcode[] {
  const found: XmmOpcode[] = [];
  for (const prefix of [[], [0x66], [0xf2], [0xf3]]) {
    for (let byte = 0; byte < 256; byte++) {
      const bytes = [...prefix, 0x0f, byte];
      const group = byte >= 0x71 && byte <= 0x73;
      for (let digit = 0; digit < (group ? 8 : 1); digit++) {
        const memory = look(bytes, (digit << 3) | ABSOLUTE);
        const register = look(bytes, 0xc0 | (digit << 3));
        const known = memory ?? register;
        if (!known) continue;
        const kinds = Array.from({ length: known.opCount }, (_, i) => known.opKind(i));
        found.push({
          bytes,
          mnemonic: known.mnemonic,
          digit: group ? digit : -1,
          // Whether CVTPI2PS from memory is a use of MMX's registers differs between processors.
          memory: memory !== undefined && memory.mnemonic !== Mnemonic.Cvtpi2ps,
          register: register !== undefined,
          hasImmediate: kinds.some(isImmediate),
        });
        memory?.free();
        register?.free();
      }
    }
  }
  return found;
}

const opcodes = findOpcodes();

export function generateXmmStream(random: Random): Stream {
  const memory = random.bytes(DATA_BYTES);
  const code: number[] = [];
  const offsets: number[] = [];
  const ignored: IgnoredMemory[] = [];
  const add = (...bytes: number[]): void => {
    offsets.push(code.length);
    code.push(...bytes);
  };
  for (let entry = 0; entry < ENTRIES; entry++) {
    const base = entry * ENTRY_BYTES;
    memory.set(image(random), base + BEFORE);
    memory.set([...number128(random), ...number128(random)], base + OPERAND);
    add(0x0f, 0xae, 0x0d, ...dword(DATA_BASE + base + BEFORE));
    const opcode = random.pick(opcodes);
    const useMemory = opcode.memory && (!opcode.register || random.chance(0.4));
    const field = opcode.digit >= 0 ? opcode.digit : random.below(8);
    // Now and then not aligned: most instructions then fault.
    const address = DATA_BASE + base + OPERAND + (random.chance(0.02) ? 4 : 0);
    const operand = useMemory
      ? [(field << 3) | ABSOLUTE, ...dword(address)]
      : [0xc0 | (field << 3) | random.below(8)];
    add(...opcode.bytes, ...operand, ...(opcode.hasImmediate ? [random.bits() & 0xff] : []));
    add(0x0f, 0xae, 0x05, ...dword(DATA_BASE + base + AFTER));
    for (const [from, to] of IGNORED) ignored.push({ at: base + AFTER + from, length: to - from });
  }
  offsets.push(code.length);
  const none = new Array<number>(offsets.length).fill(0);
  return {
    vector: {
      start: 0,
      code: Uint8Array.from([...code, INT3]),
      registers: Array.from({ length: 8 }, () => random.interesting()),
      eflags: 0x202,
      memory,
    },
    offsets,
    undefinedBefore: none,
    undefinedDuring: none,
    ignored,
  };
}

/** What FXRSTOR takes: no exceptions are pending, and most often all are masked. */
function image(random: Random): Uint8Array {
  const bytes = random.bytes(IMAGE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(FPU_CONTROL, 0x37f, true);
  view.setUint16(2, random.below(8) << 11, true);
  for (let i = 0; i < 8; i++) {
    bytes.set(number128(random).subarray(0, 8), FPU_REGISTERS + 16 * i);
    bytes.fill(random.chance(0.5) ? 0xff : 0, FPU_REGISTERS + 16 * i + 8, FPU_REGISTERS + 16 * i + 16);
    bytes.set(number128(random), XMM_REGISTERS + 16 * i);
  }
  const masks = random.chance(0.8) ? ALL_MASKS : random.bits() & ALL_MASKS;
  const rounding = random.chance(0.5) ? 0 : random.below(4) << 13;
  const zeros = random.chance(0.7) ? 0 : random.bits() & 0x8040;
  view.setUint32(
    MXCSR,
    masks | rounding | zeros | (random.bits() & (random.chance(0.5) ? 0x3f : 0x20)),
    true,
  );
  return bytes;
}

/** 16 bytes of one kind: integers, single or double precision numbers, at which something may happen. */
function number128(random: Random): Uint8Array {
  const kind = random.below(4);
  if (kind === 0) return random.bytes(16);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < 16; at += kind === 2 ? 8 : 4) {
    if (kind === 1) view.setUint32(at, single(random), true);
    else if (kind === 2) view.setBigUint64(at, double(random), true);
    else view.setUint32(at, random.interesting(), true);
  }
  return bytes;
}

/** Exponents: the ends of the range, near 1, where integers end, or any. */
function exponent(random: Random, bias: number): number {
  const top = 2 * bias + 1;
  switch (random.below(6)) {
    case 0:
      return random.pick([0, 0, 1, 2, top, top, top - 1]);
    case 1:
      return bias + random.between(28, 34);
    case 2:
      return random.below(top + 1);
    case 3:
      // Products and quotients that are tiny or too large.
      return random.pick([bias >> 1, bias + (bias >> 1)]) + random.between(-14, 14);
    default:
      return bias + random.between(-3, 3);
  }
}

function single(random: Random): number {
  const fraction = random.pick([
    0,
    1,
    0x400000,
    0x7fffff,
    0x7ff000,
    random.bits() & 0x7fffff,
    random.bits() & 0x7fffff,
  ]);
  return ((random.below(2) << 31) | (exponent(random, 127) << 23) | fraction) >>> 0;
}

function double(random: Random): bigint {
  const any = (BigInt(random.bits() & 0xfffff) << 32n) | BigInt(random.bits());
  // Also those that single precision has, or nearly.
  const fraction = random.pick([
    0n,
    1n,
    1n << 51n,
    (1n << 52n) - 1n,
    any,
    any & ~0x1fffffffn,
    (any & ~0x1fffffffn) | 0x10000000n,
  ]);
  const bits = (BigInt(random.below(2)) << 63n) | (BigInt(exponent(random, 1023)) << 52n) | fraction;
  if (random.chance(0.6)) return bits;
  // Near the range of single precision.
  const near = BigInt(1023 + random.pick([-150, -149, -127, -126, 127, 128, 0]) + random.between(-1, 1));
  return (bits & ~(0x7ffn << 52n)) | (near << 52n);
}
