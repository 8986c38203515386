import { PROCESSOR_MODELS } from "../models";
import { Code, CodeExt, CpuidFeature, Decoder, Instruction } from "iced-x86";
import { describe, expect, it } from "vitest";
import { DECODER_OPTIONS } from "../decoder";
import * as F from "./formulas";
import { clocksFor, transferComponents } from "./clocks";
import { CLOCK_MODELS, rulesFor } from "./rules";
import { INSTRUCTIONS } from "./table";
import type { CpuModel } from "../models";

function decode(...bytes: number[]): Instruction {
  const decoder = new Decoder(32, Uint8Array.from([...bytes, ...new Array(15).fill(0x11)]), DECODER_OPTIONS);
  const instruction = decoder.decode();
  decoder.free();
  return instruction;
}

function clocksOf(model: CpuModel, bytes: number[], prefixes = 0): F.Clocks | undefined {
  const instruction = decode(...bytes);
  try {
    return clocksFor(instruction, model, prefixes);
  } finally {
    instruction.free();
  }
}

function baseOf(model: CpuModel, bytes: number[], prefixes = 0): number | undefined {
  return clocksOf(model, bytes, prefixes)?.base;
}

/** Every Code of the two models, with the bytes that were first seen to decode to it. */
function reachableCodes(): Map<Code, number[]> {
  const found = new Map<Code, number[]>();
  const prefixes = [[], [0x66], [0x67], [0x66, 0x67]];
  for (const prefix of prefixes) {
    for (const escape of [[], [0x0f]]) {
      for (let opcode = 0; opcode < 256; opcode++) {
        for (let reg = 0; reg < 8; reg++) {
          const x87 = escape.length === 0 && (opcode & 0xf8) === 0xd8;
          const registers = x87 ? [0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7] : [0xc0];
          for (const mod of [0x00, ...registers]) {
            const bytes = [...prefix, ...escape, opcode, mod | (reg << 3)];
            const instruction = decode(...bytes);
            if (!found.has(instruction.code)) found.set(instruction.code, bytes);
            instruction.free();
          }
        }
      }
    }
  }
  return found;
}

const PROCESSORS = [
  ...["INTEL8086", "INTEL186", "INTEL286", "INTEL386", "INTEL486", "MOV_TR", "CPUID"],
  ...["FPU", "FPU287", "FPU387"],
];

describe("clock table", () => {
  it("has a row for every instruction of the models, and none for others", () => {
    const missing: string[] = [];
    for (const [code, bytes] of reachableCodes()) {
      const sample = Instruction.create(code);
      const features = [...sample.cpuidFeatures()].map((feature) => CpuidFeature[feature]);
      sample.free();
      const undefinedOpcode = code === Code.INVALID || /^Ud[012]/.test(Code[code]);
      const expected = features.every((feature) => PROCESSORS.includes(feature)) && !undefinedOpcode;
      const found = clocksOf("i486", bytes) !== undefined;
      if (found !== expected) missing.push(`${Code[code]} (${features.join("+")})`);
    }
    expect(missing).toEqual([]);
  });

  it.each(["pentium", "pentium2"] as const)("has a row for every instruction of the %s", (model) => {
    const missing: string[] = [];
    for (const [code, bytes] of reachableCodes()) {
      const sample = Instruction.create(code);
      const features = sample.cpuidFeatures();
      sample.free();
      const undefinedOpcode = code === Code.INVALID || /^(Ud[012]|Paddq_mm)/.test(Code[code]);
      const has = features.every((feature) => PROCESSOR_MODELS[model].instructions.has(feature));
      if ((clocksOf(model, bytes) !== undefined) !== (has && !undefinedOpcode)) missing.push(Code[code]);
    }
    expect(missing).toEqual([]);
  });

  it("reaches every Code that iced-x86 knows for these processors", () => {
    const reached = reachableCodes();
    const unreached: string[] = [];
    for (let code = 0 as Code; Code[code] !== undefined; code++) {
      const info = CodeExt.opCode(code);
      const legacy = info.mode32;
      info.free();
      const sample = Instruction.create(code);
      const features = [...sample.cpuidFeatures()].map((feature) => CpuidFeature[feature]);
      sample.free();
      // Names of a WAIT and another instruction are among the pseudo ones.
      const pseudo =
        /^(INVALID|Declare|Zero_bytes|Ud0$|F(stenv|stcw|stsw|save|eni|disi|clex|init|setpm)(_|$))/.test(
          Code[code],
        );
      if (!legacy || pseudo || !features.every((feature) => PROCESSORS.includes(feature))) continue;
      if (!reached.has(code)) unreached.push(Code[code]);
    }
    expect(unreached).toEqual([]);
  });

  it("knows which instructions the i386 lacks", () => {
    for (const bytes of [
      [0x0f, 0xc8],
      [0x0f, 0xc1, 0xc0],
      [0x0f, 0xb1, 0xc0],
      [0x0f, 0x01, 0x38],
      [0x0f, 0x08],
    ]) {
      expect(clocksOf("i386", bytes)).toBeUndefined();
      expect(clocksOf("i486", bytes)).toBeDefined();
    }
  });

  it("gives each form once, and says why where no manual gives a count", () => {
    const rows = INSTRUCTIONS.flatMap(({ clocks }) => clocks);
    const forms = rows.map(([form]) => form).filter((form) => form !== "*");
    expect(new Set(forms).size).toBe(forms.length);
    const declared = rows.filter(([, ...cells]) => cells.slice(0, 3).some((cell) => cell.startsWith("~")));
    expect(declared.filter((row) => row[4] === "")).toEqual([]);
  });
});

describe("clocksFor", () => {
  const cases: [string, number[], number, number][] = [
    ["add eax,ecx", [0x01, 0xc8], 2, 1],
    ["add [eax],ecx", [0x01, 0x08], 7, 3],
    ["xor ecx,[eax]", [0x33, 0x08], 6, 2],
    ["mov eax,[moffs]", [0xa1, 0, 0, 0, 0], 4, 1],
    ["mov ds,ax", [0x8e, 0xd8], 18, 9],
    ["push es", [0x06], 2, 3],
    ["lea eax,[ecx]", [0x8d, 0x01], 2, 1],
    ["lea eax,[ecx+edx]", [0x8d, 0x04, 0x11], 2, 2],
    ["lea eax,[ecx+edx+1]", [0x8d, 0x44, 0x11, 1], 3, 2],
    ["mov eax,[ecx+edx+1]", [0x8b, 0x44, 0x11, 1], 5, 2],
    ["mov [ecx+1],imm8", [0xc6, 0x41, 1, 2], 2, 2],
    ["div byte [eax]", [0xf6, 0x30], 17, 16],
    ["imul eax,ecx,100", [0x6b, 0xc1, 100], 13, 17],
    ["imul eax,ecx,-128", [0x6b, 0xc1, 0x80], 13, 17],
    ["imul ax,cx,-128", [0x66, 0x69, 0xc1, 0x80, 0xff], 13, 17],
    ["imul eax,ecx,0", [0x6b, 0xc1, 0], 9, 13],
    ["enter 0,0", [0xc8, 0, 0, 0], 10, 14],
    ["enter 0,1", [0xc8, 0, 0, 1], 12, 17],
    ["enter 0,3", [0xc8, 0, 0, 3], 23, 26],
    ["enter 0,32 (level 0)", [0xc8, 0, 0, 32], 10, 14],
    ["mov cr0,eax", [0x0f, 0x22, 0xc0], 10, 16],
    ["mov cr3,eax", [0x0f, 0x22, 0xd8], 5, 4],
    ["mov eax,dr7", [0x0f, 0x21, 0xf8], 14, 9],
    ["mov eax,tr6", [0x0f, 0x24, 0xf0], 12, 4],
    ["rcl eax,5", [0xc1, 0xd0, 5], 9, 13],
    ["rcl eax,1", [0xd1, 0xd0], 9, 3],
    ["pusha", [0x60], 18, 11],
    ["wait", [0x9b], 6, 1],
  ];
  it.each(cases)("%s", (_text, bytes, i386, i486) => {
    expect(baseOf("i386", bytes)).toBe(i386);
    expect(baseOf("i486", bytes)).toBe(i486);
  });

  it("charges prefixes on the i486 only", () => {
    expect(baseOf("i386", [0x66, 0x01, 0xc8], 1)).toBe(2);
    expect(baseOf("i486", [0x66, 0x01, 0xc8], 1)).toBe(2);
    expect(baseOf("i486", [0x66, 0x2e, 0x01, 0x08], 2)).toBe(5);
  });

  it("describes the dynamic terms", () => {
    const none = { a: 0, b: 0, c: 0, d: 0 };
    const expectClocks = (
      model: CpuModel,
      bytes: number[],
      base: number,
      formula: number,
      terms: object,
    ): void => expect(clocksOf(model, bytes)).toEqual({ base, formula, ...none, ...terms });
    expectClocks("i386", [0x74, 0], 3, F.FORMULA_BRANCH, { a: 4 });
    expectClocks("i486", [0xe2, 0], 6, F.FORMULA_BRANCH, { a: 1 });
    expectClocks("i386", [0xe2, 0], 11, F.FORMULA_BRANCH, {});
    expectClocks("i386", [0xe8, 0, 0, 0, 0], 7, F.FORMULA_TRANSFER, {});
    expectClocks("i486", [0x0f, 0x94, 0xc0], 3, F.FORMULA_CONDITION, { a: 1 });
    expectClocks("i486", [0x0f, 0xb1, 0x08], 10, F.FORMULA_CONDITION, { a: -3 });
    expectClocks("i486", [0xf3, 0xa4], 12, F.FORMULA_REPEAT, { a: -7, b: 3 });
    expectClocks("i386", [0xf3, 0xa4], 5, F.FORMULA_REPEAT, { b: 4 });
    expectClocks("i386", [0xf3, 0x6c], 7, F.FORMULA_REPEAT, { b: 6, d: 20 });
    expectClocks("i386", [0xec], 7, F.FORMULA_PORT, { d: 20 });
    expectClocks("i386", [0xf7, 0xe1], 6, F.FORMULA_MULTIPLY, {});
    expectClocks("i386", [0xf7, 0x21], 9, F.FORMULA_MULTIPLY, {});
    expectClocks("i486", [0xf7, 0xe1], 10, F.FORMULA_MULTIPLY, {});
    expectClocks("i386", [0x0f, 0xbc, 0xc1], 10, F.FORMULA_SCAN, { a: 3, b: 96 });
    expectClocks("i386", [0x66, 0x0f, 0xbd, 0xc1], 10, F.FORMULA_SCAN, { a: 3, b: 48 });
    expectClocks("i486", [0x0f, 0xbc, 0xc1], 18, F.FORMULA_SCAN_STEPS, { b: -12 });
    expectClocks("i486", [0x0f, 0xbd, 0x01], 11, F.FORMULA_SCAN, { a: 3, b: -4 });
    expectClocks("i486", [0xd3, 0xd0], 8, F.FORMULA_ROTATE, { a: 22 });
    expectClocks("i386", [0x0f, 0x03, 0xc1], 20, F.FORMULA_GRANULARITY, { a: 5 });
    expectClocks("i386", [0x9a, 0, 0, 0, 0, 8, 0], 34, F.FORMULA_FAR_CALL, { a: 18, b: 52, c: 60, d: 4 });
    expectClocks("i386", [0xff, 0x28], 31, F.FORMULA_FAR_JUMP, { a: 18 });
    expectClocks("i486", [0xcb], 17, F.FORMULA_FAR_RETURN, { a: 18 });
    expectClocks("i386", [0xcd, 0x80], 59, F.FORMULA_INTERRUPT, { a: 40 });
    expectClocks("i386", [0xce], 3, F.FORMULA_INTO, { a: 56, b: 96 });
    expectClocks("i486", [0xcf], 20, F.FORMULA_INTERRUPT_RETURN, { a: 16 });
  });
});

describe("transferComponents", () => {
  const cases: [string, number[], number][] = [
    ["nop", [0x90], 1],
    ["mov eax,imm32", [0xb8, 1, 2, 3, 4], 2],
    ["mov ax,imm16", [0x66, 0xb8, 1, 2], 3],
    ["mov dword [eax+ecx+disp32],imm32", [0xc7, 0x84, 0x08, 1, 2, 3, 4, 5, 6, 7, 8], 5],
    ["je near", [0x0f, 0x84, 0, 0, 0, 0], 3],
    ["jmp short", [0xeb, 0], 2],
    ["call far", [0x9a, 0, 0, 0, 0, 8, 0], 2],
    ["mov eax,moffs", [0xa1, 0, 0, 0, 0], 2],
    ["enter", [0xc8, 1, 0, 0], 3],
    ["push imm8", [0x6a, 1], 2],
    ["mov [disp16],eax", [0x67, 0x89, 0x06, 0, 0], 4],
  ];
  it.each(cases)("%s", (_text, bytes, expected) => {
    const instruction = decode(...bytes);
    expect(transferComponents(instruction)).toBe(expected);
    instruction.free();
  });
});

describe("rulesFor", () => {
  it.each(CLOCK_MODELS)("%s charges a walk that writes more at least as much", (model) => {
    const { walk } = rulesFor(model);
    expect(walk[0]).toBeLessThan(walk[1]);
    expect(walk[1]).toBeLessThan(walk[2]);
  });
});
