// The BIOS's ROM: its program as one piece, with the jump at the end where a processor begins.
import { BIOS_BASE, BIOS_BYTES, BIOS_SEGMENT_BASE, BOOT_BASE, TEXT_BASE } from "../../abi/bios";
import { TABLES_BASE } from "../../abi/acpi";
import * as video from "../../abi/video";
import { FONT_HEIGHTS, font } from "../../devices/font";
import { paletteColours, videoModeTable } from "../../devices/vga-modes";
import { readElf } from "../../machine/elf";
import { CompileError, type Program } from "../compile";
import { machineTables } from "./acpi";
import { virtualCode } from "./virtual-8086";

/** What is in the ROM besides the program, by address. */
function tables(): [address: number, bytes: Uint8Array][] {
  const places = { 16: video.FONT_16, 14: video.FONT_14, 8: video.FONT_8 };
  const kinds = [video.PALETTE_EGA, video.PALETTE_CGA, video.PALETTE_GREY, video.PALETTE_VGA];
  return [
    ...FONT_HEIGHTS.map((height): [number, Uint8Array] => [places[height], font(height)]),
    [video.FONT_8_OF_PC, font(8).subarray(0, 8 * 128)],
    [TABLES_BASE, machineTables()],
    [video.VIDEO_MODES_BASE, videoModeTable()],
    ...kinds.map((kind): [number, Uint8Array] => [
      video.PALETTES_BASE + kind * video.PALETTE_BYTES,
      paletteColours(kind),
    ]),
  ];
}

/** The service directory of 32-bit code (Standard BIOS 32-bit Service Directory Proposal 0.4), on a paragraph. */
const DIRECTORY = 0xffe80;

function serviceDirectory(entry: number): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(Buffer.from("_32_"));
  new DataView(bytes.buffer).setUint32(4, entry, true);
  // Revision 0, one paragraph; the checksum.
  bytes[9] = 1;
  bytes[10] = -bytes.reduce((sum, byte) => sum + byte, 0);
  return bytes;
}

/** What virtual-8086 mode has no use for. */
const NOT_VIRTUAL = ["power_on", "boot", "no_boot"];

/** The services' 16-bit code behind the 32-bit code that it is made of, and its far address. */
function placeVirtualCode(program: Program, place: (address: number, bytes: Uint8Array) => void): void {
  const { segments } = readElf(program.elf);
  const text = segments.find(({ physical }) => physical === TEXT_BASE)!;
  const addresses = new Map(program.symbols.map(({ name, address }) => [name, address]));
  const flat = { bytes: text.contents, base: TEXT_BASE, addresses };
  const start = Math.ceil((TEXT_BASE + text.memorySize) / 16) * 16;
  place(start, virtualCode(flat, "bios_service", NOT_VIRTUAL));
  const pointer = new Uint8Array(6);
  new DataView(pointer.buffer).setUint16(4, start >>> 4, true);
  place(addresses.get("bios_virtual")!, pointer);
}

/** Of the ROM, from its end: the first instruction, then the date in the format that programs look for. */
const RESET_VECTOR = 16;
const DATE = "01/01/25";
const MODEL = [0xfc, 0x00];

export function biosRom(program: Program): Uint8Array {
  const rom = new Uint8Array(BIOS_BYTES);
  const end = BIOS_BYTES - RESET_VECTOR;
  const place = (address: number, contents: Uint8Array, size = contents.length) => {
    const at = address - BIOS_BASE;
    if (at < 0 || at + size > end) throw new CompileError("the BIOS does not fit its ROM");
    if (rom.subarray(at, at + size).some((byte) => byte !== 0))
      throw new CompileError("parts of the BIOS overlap");
    rom.set(contents, at);
  };
  for (const { contents, physical, memorySize } of readElf(program.elf).segments)
    place(physical, contents, memorySize);
  placeVirtualCode(program, place);
  for (const [address, bytes] of tables()) place(address, bytes);
  const address = (wanted: string) => program.symbols.find(({ name }) => name === wanted)!.address;
  // The interrupt table names the entries by their vectors.
  if (address("bios_services") !== BOOT_BASE) throw new CompileError("the BIOS's entries are misplaced");
  place(DIRECTORY, serviceDirectory(address("bios32_entry")));
  const start = address("bios_start") - BIOS_SEGMENT_BASE;
  // JMP FAR: programs begin here anew from a segment of their own, FFFF:0000.
  const segment = BIOS_SEGMENT_BASE >> 4;
  rom.set([0xea, start & 0xff, (start >> 8) & 0xff, segment & 0xff, segment >> 8], end);
  rom.set([...Buffer.from(DATE), 0, ...MODEL], end + 5);
  return rom;
}
