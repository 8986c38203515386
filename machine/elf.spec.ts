import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EI_CLASS, ELF_HEADER_SIZE, E_MACHINE, E_TYPE, P_FILESZ, P_MEMSZ } from "../abi/elf";
import { ElfError, readElf, viewOf } from "./elf";
import { SymbolTable, readSymbols } from "./symbols";
import { KERNEL_BASE, KERNEL_ENTRY, exitWith, makeKernel } from "./testing-kernels";

const kernel = makeKernel((a) => {
  a.label("start");
  exitWith(3)(a);
  a.label("spin").jmp("spin");
});

/** The kernel with a few bytes changed. */
function damaged(change: (view: DataView) => void): Uint8Array {
  const copy = kernel.slice();
  change(viewOf(copy));
  return copy;
}

describe("readElf", () => {
  it("finds segments and entry", () => {
    const elf = readElf(kernel);
    expect(elf.entry).toBe(KERNEL_ENTRY);
    expect(elf.segments.map(({ physical, virtual }) => [physical, virtual])).toEqual([
      [KERNEL_BASE, KERNEL_BASE],
    ]);
  });

  it.each([
    ["not an ELF file", Buffer.from("#!/bin/sh\n")],
    ["not an ELF file", new Uint8Array(0)],
    ["truncated (header)", kernel.slice(0, 30)],
    ["truncated (program headers)", kernel.slice(0, 60)],
    ["truncated (segment)", kernel.slice(0, 0x1008)],
    ["not a 32-bit", damaged((view) => view.setUint8(EI_CLASS, 2))],
    ["not for the i386", damaged((view) => view.setUint16(E_MACHINE, 62, true))],
    ["not an executable", damaged((view) => view.setUint16(E_TYPE, 1, true))],
    ["truncated (segment)", damaged((view) => view.setUint32(ELF_HEADER_SIZE + P_FILESZ, 0xffffffff, true))],
    ["larger in the file", damaged((view) => view.setUint32(ELF_HEADER_SIZE + P_MEMSZ, 1, true))],
  ])("says %s", (message, bytes) => {
    expect(() => readElf(bytes)).toThrow(ElfError);
    expect(() => readElf(bytes)).toThrow(message);
  });

  it("says something about any damage, and reads no symbols out of bounds", () => {
    const position = fc.integer({ min: 0, max: kernel.length - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(position, fc.nat(255)), { maxLength: 8 }),
        position,
        (changes, length) => {
          const bytes = kernel.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          try {
            readElf(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ElfError);
          }
          expect(readSymbols(bytes)).toBeInstanceOf(Array);
        },
      ),
    );
  });
});

describe("symbols", () => {
  const table = new SymbolTable(readSymbols(kernel));

  it("name addresses and find names", () => {
    const start = table.addressOf("start")!;
    expect(start).toBe(KERNEL_ENTRY + 5);
    expect(table.describe(start)).toBe("0x00100035 start");
    expect(table.describe(start + 2)).toBe("0x00100037 start+0x2");
    expect(table.describe(table.addressOf("spin")!)).toMatch(/ spin$/);
    expect(table.addressOf("nothing")).toBeUndefined();
  });

  it("tell functions from data", () => {
    const spin = table.addressOf("spin")!;
    expect([spin, spin + 1, spin + 2, spin + 3].map((at) => table.isInsideFunction(at))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(table.isInsideFunction(0x1000)).toBe(false);
  });

  it("leave far addresses bare", () => {
    expect(table.describe(0x10)).toBe("0x00000010");
    expect(table.describe(0xc0000000)).toBe("0xc0000000");
  });

  it("are none in a file without a table", () => {
    expect(readSymbols(Buffer.from("text"))).toEqual([]);
  });
});
