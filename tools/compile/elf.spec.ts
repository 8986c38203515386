import { describe, expect, it } from "vitest";
import { writeElf, type ElfImage } from "./elf";

const image: ElfImage = {
  entry: 0xc0101000,
  segments: [
    {
      name: ".text",
      address: 0xc0101000,
      physical: 0x101000,
      bytes: Uint8Array.of(0x90, 0xc3),
      memorySize: 2,
      executable: true,
      writable: false,
    },
    {
      name: ".data",
      address: 0xc0200000,
      physical: 0x200000,
      bytes: Uint8Array.of(1, 2, 3, 4),
      memorySize: 0x1000,
      executable: false,
      writable: true,
    },
  ],
  symbols: [
    { name: "start", address: 0xc0101000, size: 2, kind: "function", global: true },
    { name: "counter", address: 0xc0200000, size: 4, kind: "object", global: false },
  ],
};

describe("ELF writer", () => {
  const file = writeElf(image);
  const view = new DataView(file.buffer);
  const word = (at: number) => view.getUint32(at, true);
  const half = (at: number) => view.getUint16(at, true);

  it("writes an executable for the i386", () => {
    expect([...file.subarray(0, 7)]).toEqual([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    expect([half(16), half(18), word(24)]).toEqual([2, 3, 0xc0101000]);
  });

  it("gives each segment pages of its own, with physical addresses and rights", () => {
    const header = (i: number) => Array.from({ length: 8 }, (_, n) => word(word(28) + 32 * i + 4 * n));
    const [text, data] = [header(0), header(1)];
    expect(text.slice(2)).toEqual([0xc0101000, 0x101000, 2, 2, 5, 0x1000]);
    expect(data.slice(2)).toEqual([0xc0200000, 0x200000, 4, 0x1000, 6, 0x1000]);
    for (const [, offset, address] of [text, data]) expect(offset % 0x1000).toBe(address % 0x1000);
    expect([...file.subarray(data[1], data[1] + 4)]).toEqual([1, 2, 3, 4]);
  });

  it("puts local symbols before global ones", () => {
    const sections = word(32);
    const symtab = sections + 40 * 3;
    expect(word(symtab + 4)).toBe(2);
    const [offset, size, strings, firstGlobal] = [16, 20, 24, 28].map((n) => word(symtab + n));
    expect([size, firstGlobal]).toEqual([48, 2]);
    const names = word(sections + 40 * strings + 16);
    const nameAt = (i: number) => {
      const from = names + word(offset + 16 * i);
      return new TextDecoder().decode(file.subarray(from, file.indexOf(0, from)));
    };
    expect([nameAt(1), nameAt(2)]).toEqual(["counter", "start"]);
    expect(word(offset + 16 * 2 + 4)).toBe(0xc0101000);
  });

  it("writes the same bytes for the same image", () => {
    expect(writeElf(image)).toEqual(file);
  });
});
