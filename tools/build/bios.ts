// The BIOS's ROM: its program as one piece, with the jump at the end where a processor begins.
import { BIOS_BASE, BIOS_BYTES, BIOS_SEGMENT_BASE } from "../../abi/bios";
import { readElf } from "../../machine/elf";
import { CompileError, type Program } from "../compile";

/** Of the ROM, from its end: the first instruction, then the date in the format that programs look for. */
const RESET_VECTOR = 16;
const DATE = "01/01/25";
const MODEL = [0xfc, 0x00];

export function biosRom(program: Program): Uint8Array {
  const rom = new Uint8Array(BIOS_BYTES);
  const end = BIOS_BYTES - RESET_VECTOR;
  for (const { contents, physical, memorySize } of readElf(program.elf).segments) {
    const at = physical - BIOS_BASE;
    if (at < 0 || at + memorySize > end) throw new CompileError("the BIOS does not fit its ROM");
    if (rom.subarray(at, at + memorySize).some((byte) => byte !== 0))
      throw new CompileError("parts of the BIOS overlap");
    rom.set(contents, at);
  }
  const start = program.symbols.find(({ name }) => name === "bios_start")!.address - BIOS_SEGMENT_BASE;
  // JMP near: the code segment is still the one at the end of the address space.
  const distance = start - (0xfff0 + 3);
  rom.set([0xe9, distance & 0xff, (distance >> 8) & 0xff], end);
  rom.set([...Buffer.from(DATE), 0, ...MODEL], end + 5);
  return rom;
}
