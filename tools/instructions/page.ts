// docs/instructions.md: every encoding that some processor here executes, from what the decoder goes by: iced-x86's opcodes and the
// instruction table.
import { Code, CodeExt, Decoder, DecoderOptions, Instruction, Mnemonic, RflagsBits } from "iced-x86";
import { CPU_MODELS, type CpuModel } from "../../cpu/models";
import { clocksFor } from "../../cpu/instructions/clocks";
import { FORMULA_NONE } from "../../cpu/instructions/formulas";
import { CLOCK_MODELS, clockModel } from "../../cpu/instructions/rules";

const OPTIONS = DecoderOptions.MovTr | DecoderOptions.NoPause | DecoderOptions.NoWbnoinvd;
const PREFIXES: readonly (readonly number[])[] = [[], [0x66], [0xf2], [0xf3], [0x67]];
const ESCAPES: readonly (readonly number[])[] = [[], [0x0f]];
const NO_OPCODES = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x0f]);
const MEMORY = 0x05;
const REGISTER = 0xc0;

interface Row {
  readonly name: string;
  readonly instruction: string;
  readonly opcode: string;
  readonly since: CpuModel;
  /** The oldest model that is the last to have it. */
  readonly until: CpuModel;
  /** One for each of CLOCK_MODELS. */
  readonly clocks: readonly string[];
  readonly written: string;
  readonly undefined: string;
}

const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [RflagsBits.OF, "O"],
  [RflagsBits.SF, "S"],
  [RflagsBits.ZF, "Z"],
  [RflagsBits.AF, "A"],
  [RflagsBits.PF, "P"],
  [RflagsBits.CF, "C"],
  [RflagsBits.DF, "D"],
  [RflagsBits.IF, "I"],
  [RflagsBits.AC, "AC"],
  [RflagsBits.C0, "C0"],
  [RflagsBits.C1, "C1"],
  [RflagsBits.C2, "C2"],
  [RflagsBits.C3, "C3"],
];

const flagNames = (bits: number) =>
  FLAGS.filter(([bit]) => bits & bit)
    .map(([, name]) => name)
    .join(" ");

/** Clocks with both operands at hand; what a formula adds at run time is a plus sign. */
function clocksText(instruction: Instruction, model: CpuModel): string {
  const clocks = clocksFor(instruction, model, 0)!;
  return `${clocks.base}${clocks.formula === FORMULA_NONE ? "" : "+"}`;
}

function describe(instruction: Instruction): Row | undefined {
  const models = CPU_MODELS.filter((model) => clocksFor(instruction, model, 0));
  if (!models.length) return undefined;
  const info = CodeExt.opCode(instruction.code);
  const row = {
    name: Mnemonic[instruction.mnemonic].toUpperCase(),
    instruction: info.instructionString,
    opcode: info.opCodeString,
    since: models[0],
    until: models[models.length - 1],
    clocks: CLOCK_MODELS.map((column) => {
      const model = models.find((one) => clockModel(one) === column);
      return model ? clocksText(instruction, model) : "";
    }),
    written: flagNames(instruction.rflagsModified & ~instruction.rflagsUndefined),
    undefined: flagNames(instruction.rflagsUndefined),
  };
  info.free();
  return row;
}

/** Decodes every opcode with a memory operand and with a register. */
function rows(): Row[] {
  const found = new Map<string, Row>();
  const look = (bytes: readonly number[]) => {
    const decoder = new Decoder(32, Uint8Array.from([...bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), OPTIONS);
    const instruction = decoder.decode();
    decoder.free();
    if (instruction.code !== Code.INVALID) {
      const row = describe(instruction);
      if (row) found.set(`${instruction.code} ${row.clocks.join(" ")}`, row);
    }
    instruction.free();
  };
  for (const prefix of PREFIXES) {
    for (const escape of ESCAPES) {
      for (let opcode = 0; opcode < 256; opcode++) {
        if (escape.length === 0 && NO_OPCODES.has(opcode)) continue;
        for (let digit = 0; digit < 8; digit++) {
          look([...prefix, ...escape, opcode, (digit << 3) | MEMORY]);
          // Which register it is matters to the x87's opcodes only.
          const registers = (opcode & 0xf8) === 0xd8 ? 8 : 1;
          for (let register = 0; register < registers; register++)
            look([...prefix, ...escape, opcode, REGISTER | (digit << 3) | register]);
        }
      }
    }
  }
  return [...found.values()].sort(byName);
}

/** By mnemonic, then by opcode. */
function byName(a: Row, b: Row): number {
  const key = ({ name, opcode, instruction, clocks }: Row) =>
    [name, opcode, instruction, ...clocks].join("\0");
  return key(a) < key(b) ? -1 : 1;
}

const HEAD = `# Instructions

Made by \`node tools/run.mjs tools/instructions/main.ts\` of what the decoder goes by; do not edit.

Each row is an encoding: its operands and opcode as Intel's manual writes them; the first model that has it, and the last one if later ones do not; the clocks of the i386, of the i486, and of the Pentium and what came after
it, without what prefixes, addresses and waiting add (\`+\`: and what depends on the operands); flags of EFLAGS or of the x87's status that it writes, and those that it leaves
undefined. Rows of the same encoding with other clocks are its forms with memory and with registers.

| instruction | opcode | model | i386 | i486 | pentium | flags | undefined |
| --- | --- | --- | --- | --- | --- | --- | --- |
`;

const cell = (text: string) => text.replaceAll("|", "\\|");

/** The page, as it should be. */
export function instructionPage(): string {
  const lines = rows().map((row) => {
    const last = row.until === CPU_MODELS[CPU_MODELS.length - 1] ? row.since : `${row.since} to ${row.until}`;
    const cells = [row.instruction, `\`${row.opcode}\``, last, ...row.clocks, row.written, row.undefined];
    return `| ${cells.map(cell).join(" | ")} |`.replaceAll("|  |", "| |").replaceAll("|  |", "| |");
  });
  return `${HEAD}${lines.join("\n")}\n`;
}

export const INSTRUCTION_PAGE = "docs/instructions.md";
