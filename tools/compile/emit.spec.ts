import { describe, expect, it } from "vitest";
import { compiled, selected, type Source } from "./testing/pipeline";
import { blockType, i32, op } from "./testing/wasm-writer";

const get = (n: number) => op("local.get", n);
const set = (n: number) => op("local.set", n);
const load = (offset: number) => op("i32.load", 2, offset);
const store = (offset: number) => op("i32.store", 2, offset);

/** A function of words to a word. */
const f = (parameters: number, body: number[], locals = 0): Source => ({
  parameters: Array.from({ length: parameters }, () => "i32" as const),
  locals: Array.from({ length: locals }, () => "i32" as const),
  results: ["i32"],
  body,
});

const cases: [string, Source, string[]][] = [
  [
    "an addition takes its argument from the stack",
    f(2, [...get(0), ...get(1), ...op("i32.add")]),
    ["mov eax, [esp+4]", "add eax, [esp+8]", "ret"],
  ],
  [
    "a float is its bits, and leaves in ST0",
    { parameters: ["f32"], results: ["f32"], body: [...get(0), ...op("f32.neg")] },
    [
      "sub esp, 8",
      "mov eax, [esp+0Ch]",
      "xor eax, 80000000h",
      "mov [esp], eax",
      "fld dword [esp]",
      "add esp, 8",
      "ret",
    ],
  ],
  [
    "base, scaled index and offset become one address",
    f(2, [...get(0), ...get(1), ...i32(2), ...op("i32.shl"), ...op("i32.add"), ...load(12)]),
    ["mov eax, [esp+4]", "mov edx, [esp+8]", "mov eax, [eax+edx*4+0Ch]", "ret"],
  ],
  [
    "a comparison and its branch are fused, an operand stays in memory",
    f(2, [
      ...get(0),
      ...load(8),
      ...get(1),
      ...op("i32.lt_u"),
      ...op("if", blockType("i32")),
      ...i32(1),
      ...op("else"),
      ...i32(2),
      ...op("end"),
    ]),
    [
      "mov eax, [esp+4]",
      "mov eax, [eax+8]",
      "cmp eax, [esp+8]",
      "jae short 00000013h",
      "mov eax, 1",
      "ret",
      "mov eax, 2",
      "ret",
    ],
  ],
  [
    "a word is changed in memory",
    f(1, [...get(0), ...get(0), ...load(4), ...i32(1), ...op("i32.add"), ...store(4), ...i32(0)]),
    ["mov eax, [esp+4]", "inc dword [eax+4]", "xor eax, eax", "ret"],
  ],
  [
    "quotient and remainder need one division",
    f(2, [
      ...get(0),
      ...get(1),
      ...op("i32.div_u"),
      ...get(0),
      ...get(1),
      ...op("i32.rem_u"),
      ...op("i32.xor"),
    ]),
    ["mov eax, [esp+4]", "mov ecx, [esp+8]", "xor edx, edx", "div ecx", "xor eax, edx", "ret"],
  ],
  [
    "a loop tests at its end",
    f(
      1,
      [
        ...op("loop", blockType()),
        ...get(0),
        ...op("if", blockType()),
        ...get(1),
        ...get(0),
        ...load(0),
        ...op("i32.add"),
        ...set(1),
        ...get(0),
        ...load(4),
        ...set(0),
        ...op("br", 1),
        ...op("end"),
        ...op("end"),
        ...get(1),
      ],
      1,
    ),
    [
      "xor eax, eax",
      "mov edx, [esp+4]",
      "jmp short 0000000Dh",
      "add eax, [edx]",
      "mov edx, [edx+4]",
      "test edx, edx",
      "jne short 8",
      "ret",
    ],
  ],
  [
    "a flag of two comparisons is two branches",
    f(2, [
      ...get(0),
      ...i32(5),
      ...op("i32.eq"),
      ...get(1),
      ...i32(6),
      ...op("i32.eq"),
      ...op("i32.or"),
      ...op("if", blockType("i32")),
      ...i32(1),
      ...op("else"),
      ...i32(2),
      ...op("end"),
    ]),
    [
      "cmp dword [esp+4], 5",
      "je short 0000000Eh",
      "cmp dword [esp+8], 6",
      "jne short 00000014h",
      "mov eax, 1",
      "ret",
      "mov eax, 2",
      "ret",
    ],
  ],
];

describe("generated code", () => {
  it.each(cases)("%s", (_name, source, expected) => {
    expect(compiled(source)).toEqual(expected);
  });

  it("uses only instructions of the i386", () => {
    const everything = cases.flatMap(([, source]) => compiled(source));
    expect(everything.filter((l) => /cmov|bswap|xadd|cmpxchg/.test(l))).toEqual([]);
  });

  it("spills to the frame what finds no register, and reads unchanged arguments where they are", () => {
    // Twelve values are live at once.
    const values = Array.from({ length: 12 }, (_, i) => [...get(0), ...load(4 * i), ...set(1 + i)]).flat();
    const clobber = [...get(0), ...i32(0), ...store(0)];
    const product = Array.from({ length: 12 }, (_, i) => [...get(1 + i), ...(i ? op("i32.mul") : [])]).flat();
    const code = compiled(f(1, [...values, ...clobber, ...product], 12));
    expect(code.some((l) => /imul \w+, \[esp/.test(l))).toBe(true);
    expect(code.some((l) => /^sub esp, /.test(l))).toBe(true);
    expect(code.filter((l) => /^push/.test(l))).toHaveLength(4);
  });
});

describe("selection", () => {
  it("keeps the byte constraint of SETcc and of byte stores", () => {
    const text = selected(f(2, [...get(0), ...get(1), ...op("i32.store8", 0, 0), ...i32(0)])).join("\n");
    expect(text).toMatch(/mov byte \[v\d+\], v\d+:1/);
  });

  it("guards the remainder by -1", () => {
    const text = selected(f(2, [...get(0), ...get(1), ...op("i32.rem_s")])).join("\n");
    expect(text).toMatch(/clear edx[^]*cmp v\d+, -1[^]*jcc\.e[^]*idiv/);
  });
});
