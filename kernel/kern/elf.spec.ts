import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { KernelModule } from "../../tests/kernel-wasm";
import {
  E_ENTRY,
  E_MACHINE,
  E_PHENTSIZE,
  E_PHNUM,
  E_PHOFF,
  E_TYPE,
  EI_CLASS,
  ELF_HEADER_SIZE,
  ELF_MAGIC,
  ELF_PROGRAM_HEADER_SIZE,
  EM_386,
  ET_DYN,
  ET_EXEC,
  P_FILESZ,
  P_FLAGS,
  P_MEMSZ,
  P_OFFSET,
  P_TYPE,
  P_VADDR,
  PT_GNU_STACK,
  PT_LOAD,
} from "../../abi/elf";

const SOURCE = `export { elf_open, elf_segment } from "./kern/elf";`;
const [OK, NOT_ELF, WRONG_MACHINE, WRONG_TYPE, TRUNCATED, BAD_SEGMENT] = [0, 1, 2, 3, 4, 5];

let kernel: KernelModule;
beforeAll(async () => {
  kernel = await KernelModule.load(SOURCE);
});

interface Header {
  type?: number;
  offset?: number;
  address?: number;
  fileSize?: number;
  memorySize?: number;
  flags?: number;
}

/** A file of `size` bytes with these program headers. */
function image(headers: Header[], type = ET_EXEC, size = 0x200): DataView {
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(0, ELF_MAGIC, true);
  view.setUint16(EI_CLASS, 0x0101, true);
  view.setUint16(E_TYPE, type, true);
  view.setUint16(E_MACHINE, EM_386, true);
  view.setUint32(E_ENTRY, 0x1234, true);
  view.setUint32(E_PHOFF, ELF_HEADER_SIZE, true);
  view.setUint16(E_PHENTSIZE, ELF_PROGRAM_HEADER_SIZE, true);
  view.setUint16(E_PHNUM, headers.length, true);
  headers.forEach((h, i) => {
    const at = ELF_HEADER_SIZE + i * ELF_PROGRAM_HEADER_SIZE;
    view.setUint32(at + P_TYPE, h.type ?? PT_LOAD, true);
    view.setUint32(at + P_OFFSET, h.offset ?? 0, true);
    view.setUint32(at + P_VADDR, h.address ?? 0x8048000, true);
    view.setUint32(at + P_FILESZ, h.fileSize ?? 0x100, true);
    view.setUint32(at + P_MEMSZ, h.memorySize ?? 0x100, true);
    view.setUint32(at + P_FLAGS, h.flags ?? 5, true);
  });
  return view;
}

function open(view: DataView) {
  const at = kernel.place(new Uint8Array(view.buffer));
  const elf = kernel.allocate(32);
  const code = kernel.call.elf_open(at, view.byteLength, elf);
  return { code, at, elf, entry: kernel.word(elf + 12), stackProt: kernel.word(elf + 28) };
}

describe("ELF images", () => {
  it("takes an executable at its own addresses", () => {
    const { code, at, elf, entry, stackProt } = open(image([{ memorySize: 0x2000, flags: 6 }]));
    expect([code, entry, stackProt]).toEqual([OK, 0x1234, 7]);
    const segment = kernel.allocate(20);
    expect(kernel.call.elf_segment(elf, 0, segment)).toBe(1);
    expect([0, 4, 8, 12, 16].map((n) => kernel.word(segment + n))).toEqual([at, 0x100, 0x8048000, 0x2000, 3]);
  });

  it("puts a shared object at 128 MiB", () => {
    const { code, elf, entry } = open(image([{ address: 0x1000 }], ET_DYN));
    const segment = kernel.allocate(20);
    kernel.call.elf_segment(elf, 0, segment);
    expect([code, entry, kernel.word(segment + 8)]).toEqual([OK, 0x8001234, 0x8001000]);
  });

  it("reads the stack's protection", () => {
    expect(open(image([{ type: PT_GNU_STACK, flags: 6 }])).stackProt).toBe(3);
  });

  it.each<[string, (view: DataView) => void, number]>([
    ["another magic", (v) => v.setUint32(0, 0, true), NOT_ELF],
    ["64 bits", (v) => v.setUint8(EI_CLASS, 2), WRONG_MACHINE],
    ["another machine", (v) => v.setUint16(E_MACHINE, 62, true), WRONG_MACHINE],
    ["a core file", (v) => v.setUint16(E_TYPE, 4, true), WRONG_TYPE],
    ["headers beyond the end", (v) => v.setUint32(E_PHOFF, 0x1f0, true), TRUNCATED],
    ["headers beyond 4 GiB", (v) => v.setUint32(E_PHOFF, 0xfffffff0, true), TRUNCATED],
    ["short headers", (v) => v.setUint16(E_PHENTSIZE, 16, true), TRUNCATED],
  ])("refuses %s", (_name, change, code) => {
    const view = image([{}]);
    change(view);
    expect(open(view).code).toBe(code);
  });

  it.each<[string, Header, number]>([
    ["contents beyond the end", { offset: 0x180 }, TRUNCATED],
    ["contents beyond 4 GiB", { offset: 0xffffff80 }, TRUNCATED],
    ["less memory than file", { memorySize: 0x80 }, BAD_SEGMENT],
    ["kernel addresses", { address: 0xbffff000, memorySize: 0x1001 }, BAD_SEGMENT],
    ["addresses that wrap", { address: 0xfffff000, memorySize: 0x2000 }, BAD_SEGMENT],
  ])("refuses a segment with %s", (_name, header, code) => {
    expect(open(image([header])).code).toBe(code);
  });

  it("gives no segment outside of the file or of user space, whatever the bytes", () => {
    const bytes = fc.record({ at: fc.nat(0x7f), value: fc.nat(255) });
    const property = fc.property(fc.array(bytes, { maxLength: 8 }), (changes) => {
      const view = image([{}, { address: 0x8060000, memorySize: 0x5000 }]);
      for (const { at, value } of changes) view.setUint8(at, value);
      const { code, at, elf } = open(view);
      if (code !== OK) return;
      const segment = kernel.allocate(20);
      for (let i = 0; i < view.getUint16(E_PHNUM, true); i++) {
        if (!kernel.call.elf_segment(elf, i, segment)) continue;
        const [data, fileSize, address, memorySize] = [0, 4, 8, 12].map((n) => kernel.word(segment + n));
        expect(data - at + fileSize).toBeLessThanOrEqual(view.byteLength);
        expect(fileSize).toBeLessThanOrEqual(memorySize);
        expect(address + memorySize).toBeLessThanOrEqual(0xc0000000);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});
