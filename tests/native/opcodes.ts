/** The opcodes from which instruction streams are made, found by asking iced-x86 what every byte pattern means. */
import {
  Code,
  CodeExt,
  CpuidFeature,
  Decoder,
  DecoderOptions,
  FlowControl,
  Instruction,
  Mnemonic,
  OpCodeOperandKind,
} from "iced-x86";

export interface Opcode {
  /** Escape and opcode bytes. */
  readonly bytes: readonly number[];
  /** The reg field of ModRM is fixed to this; -1: it is an operand. */
  readonly digit: number;
  readonly hasModRm: boolean;
  readonly mnemonic: Mnemonic;
  readonly name: string;
  /** A register operand has 8 bits. */
  readonly byteRegisters: boolean;
  readonly string: boolean;
  readonly flow: FlowControl;
  readonly canLock: boolean;
}

export const DECODER_OPTIONS =
  DecoderOptions.MovTr |
  DecoderOptions.NoPause |
  DecoderOptions.NoWbnoinvd |
  DecoderOptions.NoMPFX_0FBC |
  DecoderOptions.NoMPFX_0FBD;

const PROCESSORS: ReadonlySet<CpuidFeature> = new Set([
  CpuidFeature.INTEL8086,
  CpuidFeature.INTEL186,
  CpuidFeature.INTEL286,
  CpuidFeature.INTEL386,
  CpuidFeature.INTEL486,
  CpuidFeature.MOV_TR,
  CpuidFeature.FPU,
  CpuidFeature.FPU287,
  CpuidFeature.FPU387,
  CpuidFeature.CMOV,
  CpuidFeature.CX8,
  CpuidFeature.MULTIBYTENOP,
]);

/**
 * Not left to chance on the host. Selectors and far addresses from random memory could reach descriptors that only the
 * host has, and INT n its system calls; these come from templates. The rest differs between processors: UMIP makes the
 * stores of system registers privileged, and control and debug registers differ in number.
 */
const EXCLUDED = new Set(
  "Retf Iret Iretd Lds Les Lss Lfs Lgs Int Popf Popfd Lar Lsl Verr Verw Sldt Str Smsw Sgdt Sidt Ud0 Ud1 Ud2".split(
    " ",
  ),
);

/** x87 streams are made by a generator of their own. */
function isX87(instruction: Instruction): boolean {
  return Mnemonic[instruction.mnemonic].startsWith("F");
}

function isExcluded(instruction: Instruction): boolean {
  if (EXCLUDED.has(Mnemonic[instruction.mnemonic]) || isX87(instruction)) return true;
  const code = Code[instruction.code];
  if (/^(Mov_Sreg|Pop[wd]_[C-GS]S|Push[wd]_[C-GS]S|Mov_r32_[cdt]r|Mov_[cdt]r_r32|Bswap_r16)/.test(code))
    return true;
  return (
    instruction.isJmpFarIndirect ||
    instruction.isCallFarIndirect ||
    instruction.isJmpFar ||
    instruction.isCallFar
  );
}

/** Bytes that are no opcodes by themselves: prefixes and the escape. */
const NO_OPCODES = new Set([0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

/** Decodes the first instruction of `bytes`; the caller frees it. */
export function decode(bytes: Uint8Array, address = 0): Instruction {
  const decoder = new Decoder(32, bytes, DECODER_OPTIONS);
  decoder.ip = BigInt(address);
  const instruction = decoder.decode();
  decoder.free();
  return instruction;
}

/** Whether it is one of the integer and x87 instructions of all processors from the Pentium Pro on. */
export function isCommon(instruction: Instruction): boolean {
  return instruction.code !== Code.INVALID && instruction.cpuidFeatures().every((f) => PROCESSORS.has(f));
}

function usesModRm(kind: OpCodeOperandKind): boolean {
  const name = OpCodeOperandKind[kind];
  return /_or_mem$|_reg$|^mem$|_rm$/.test(name);
}

function describe(bytes: readonly number[], digit: number): Opcode | undefined {
  const modRm = digit < 0 ? 0 : digit << 3;
  const padding = new Array<number>(12).fill(0);
  for (const mod of [0, 0xc0]) {
    const instruction = decode(Uint8Array.from([...bytes, mod | modRm, ...padding]));
    if (isCommon(instruction) && !isExcluded(instruction)) {
      const info = CodeExt.opCode(instruction.code);
      const kinds = Array.from({ length: info.opCount }, (_, i) => info.opKind(i));
      const opcode: Opcode = {
        bytes,
        digit: info.isGroup ? digit : -1,
        hasModRm: kinds.some(usesModRm),
        mnemonic: instruction.mnemonic,
        name: Mnemonic[instruction.mnemonic],
        byteRegisters: kinds.some((kind) => OpCodeOperandKind[kind].startsWith("r8_")),
        string: instruction.isStringInstruction,
        flow: instruction.flowControl,
        canLock: info.canUseLockPrefix,
      };
      info.free();
      instruction.free();
      return opcode;
    }
    instruction.free();
  }
  return undefined;
}

/** Every opcode that may be generated freely; groups give one entry for each value of the reg field. */
export function findOpcodes(): Opcode[] {
  const found: Opcode[] = [];
  for (const escape of [[], [0x0f]]) {
    for (let byte = 0; byte < 256; byte++) {
      if (escape.length === 0 && NO_OPCODES.has(byte)) continue;
      // NOPs of Intel's; AMD's prefetches, without register forms.
      if (escape.length === 1 && byte === 0x0d) continue;
      const bytes = [...escape, byte];
      const group: Opcode[] = [];
      for (let digit = 0; digit < 8; digit++) {
        const opcode = describe(bytes, digit);
        if (opcode !== undefined) group.push(opcode);
      }
      if (group.length > 0) found.push(...(group[0].digit < 0 ? group.slice(0, 1) : group));
    }
  }
  return found;
}
