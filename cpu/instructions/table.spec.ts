import { CPU_MODELS } from "../models";
import { Code, CodeExt, Decoder, DecoderOptions, Instruction } from "iced-x86";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FORM_M,
  FORM_MR,
  FORM_RI,
  MODE_CODE32,
  MODE_FLAT_CODE,
  MODE_FLAT_DATA,
  MODE_STACK32,
} from "../layout";
import * as op from "../operations.generated";
import { clocksFor } from "./clocks";
import { entryOf, isOfModel, select } from "./table";
import type { Selection } from "./entry";

const FLAT = MODE_CODE32 | MODE_STACK32 | MODE_FLAT_DATA | MODE_FLAT_CODE;
const NAMES = new Map(Object.entries(op).map(([name, number]) => [number, name]));

function decode(bytes: number[], bitness = 32): Instruction {
  const decoder = new Decoder(bitness, Uint8Array.from(bytes), DecoderOptions.MovTr);
  decoder.ip = 0x100n;
  const instruction = decoder.decode();
  decoder.free();
  return instruction;
}

function selected(bytes: number[], mode = FLAT, operand = 4): Selection {
  const selection = select(decode(bytes), { mode, operand, address16: false });
  if (!selection) throw new Error("no selection");
  return selection;
}

describe("handlers", () => {
  it("have distinct numbers without gaps, hot ones first", () => {
    const numbers = Object.entries(op)
      .filter(([name]) => name !== "FIRST_SLOW")
      .map(([, number]) => number);
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i));
    expect(op.FIRST_SLOW).toBe(op.ALU);
  });

  it.each([
    ["add eax,ecx", [0x01, 0xc8], "ADD32_RR"],
    ["cmp eax,imm", [0x3d, 1, 0, 0, 0], "CMP32_RI"],
    ["xor [ebx],ecx", [0x31, 0x0b], "XOR32_MR"],
    ["test [ebx],imm", [0xf7, 0x03, 1, 0, 0, 0], "TEST32_MI"],
    ["sub al,[ebx]", [0x2a, 0x03], "SUB8_RM"],
    ["adc al,cl", [0x10, 0xc8], "ALU"],
    ["add ax,cx", [0x66, 0x01, 0xc8], "ALU"],
    ["mov eax,moffs", [0xa1, 1, 2, 3, 4], "MOV32_RM"],
    ["movsx eax,word [ebx]", [0x0f, 0xbf, 0x03], "MOVSX16_RM"],
    ["movzx eax,cl", [0x0f, 0xb6, 0xc1], "MOVZX8_RR"],
    ["shl eax,0", [0xc1, 0xe0, 0], "SHIFT"],
    ["sar eax,cl", [0xd3, 0xf8], "SAR32_RC"],
    ["imul eax,ecx,imm", [0x6b, 0xc1, 5], "IMUL32_RRI"],
    ["push imm", [0x6a, 0xff], "PUSH32_I"],
    ["pop [ebx]", [0x8f, 0x03], "POP_MEMORY"],
    ["jle", [0x7e, 2], "JLE"],
    ["call [ebx]", [0xff, 0x13], "CALL32_M"],
    ["call far [ebx]", [0xff, 0x1b], "CALL_FAR"],
    ["setg cl", [0x0f, 0x9f, 0xc1], "SETG"],
    ["mov tr6,eax", [0x0f, 0x26, 0xf0], "MOV_TO_TR"],
    ["rep movsd", [0xf3, 0xa5], "MOVS"],
  ] as const)("%s", (_text, bytes, name) => {
    expect(NAMES.get(selected([...bytes]).handler)).toBe(name);
  });

  it("check the stack themselves where it is not flat", () => {
    const mode = FLAT & ~MODE_STACK32;
    const names = [[0x50], [0xc3], [0xe8, 0, 0, 0, 0], [0xc9]].map((bytes) =>
      NAMES.get(selected(bytes, mode).handler),
    );
    expect(names).toEqual(["PUSH", "RETURN_NEAR", "CALL_NEAR", "LEAVE_FRAME"]);
  });
});

describe("fields", () => {
  it("sign-extend immediates", () => {
    expect(selected([0x83, 0xc0, 0xff])).toMatchObject({ form: FORM_RI, immediate: 0xffffffff, size: 4 });
  });

  it("give near targets relative to the page", () => {
    expect(selected([0xeb, 0x10])).toMatchObject({ displacement: 0x112, linked: true, ends: true });
    expect(selected([0xe9, 0, 0, 0, 0xff])).toMatchObject({ displacement: 0x105 - 0x1000000 });
  });

  it("tell what a far pointer is", () => {
    expect(selected([0x9a, 1, 2, 3, 4, 0x1b, 0])).toMatchObject({
      immediate: 0x04030201,
      displacement: 0x1b,
    });
    expect(selected([0xff, 0x1b])).toMatchObject({ form: FORM_M, accessed: 6 });
  });

  it("make memory the target of XCHG", () => {
    expect(selected([0x87, 0x0b])).toMatchObject({ form: FORM_MR, writes: true });
  });
});

it("every instruction of some processor has an entry", () => {
  // Names of a WAIT and another instruction, and those that are there to be undefined.
  const none = /^(INVALID|Declare|Zero_bytes|Ud[012]|F(stenv|stcw|stsw|save|eni|disi|clex|init|setpm)(_|$))/;
  const missing: string[] = [];
  for (let code = 0 as Code; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    const legacy = info.mode32;
    info.free();
    if (!legacy || none.test(Code[code])) continue;
    const sample = Instruction.create(code);
    if (CPU_MODELS.some((model) => isOfModel(sample, model)) && !entryOf(sample)) missing.push(Code[code]);
    sample.free();
  }
  expect(missing).toEqual([]);
});

it("every instruction that has clocks has a handler", () => {
  const contexts = [
    { bitness: 32, operand: 4, mode: FLAT },
    { bitness: 16, operand: 2, mode: 0 },
  ];
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 15, maxLength: 15 }),
      fc.constantFrom(...contexts),
      (bytes, context) => {
        const instruction = decode([...bytes], context.bitness);
        for (const model of CPU_MODELS) {
          const known = !instruction.isInvalid && clocksFor(instruction, model, 0) !== undefined;
          const selection = known && select(instruction, { ...context, address16: context.bitness === 16 });
          if (known && (!selection || selection.handler === op.UNDEFINED))
            expect(Code[instruction.code]).toBe("handled");
        }
        instruction.free();
      },
    ),
    { numRuns: 20_000 },
  );
});
