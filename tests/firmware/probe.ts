// For the specs of the BIOS: a boot sector that calls services from a table and tells what they answer at port 0xE9.

import { MemoryStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type MachineConfig } from "../../machine/machine";

/** An interrupt with 16-bit registers (0 where not given), or bytes of memory that are to be told. */
export type Probe =
  | { int: number; ax?: number; bx?: number; cx?: number; dx?: number; si?: number; di?: number; es?: number }
  | { peek: number; count: number; segment?: number };

export interface Answer {
  ax: number;
  bx: number;
  cx: number;
  dx: number;
  si: number;
  di: number;
  es: number;
  carry: boolean;
  zero: boolean;
}

const LOAD = 0x7c00;
const TABLE = 0x70;
const ENTRY_BYTES = 15;
const PEEK = 0;
const END = 0xff;
const ANSWER_BYTES = 16;
const MOST_CYCLES = 1e9;
export const PROBE_STATUS = 1;
/** Where `data` is. */
export const PROBE_DATA = 0x7d80;

const hex = (text: string) => [...Buffer.from(text.replaceAll(" ", ""), "hex")];
const word = (value = 0) => [value & 0xff, (value >> 8) & 0xff];

/** DS and SS are 0. SI walks through the table. */
const PROGRAM = hex(
  [
    "31c0 8ed8 8ed0 bc0070 fb fc be707c",
    // next: the kind of entry; its end; a peek
    "ac 3cff 7504 b001 e6f4 3c00 743a",
    // the vector, the registers, the call
    "a2347c 8b04 8b5c02 8b4c04 8b5406 8b7c0a 8e440c 56 8b7408 cd00",
    // flags and registers, from AX on
    "9c 06 57 56 52 51 53 50 31c0 8ed8 fc 89e6 b91000 ac e6e9 e2fb 83c410",
    // behind: the next entry
    "5e 83c60e ebb9",
    // peek
    "56 8b3c 8e4402 8b4c04 268a05 47 e6e9 e2f8 ebe7",
  ].join(""),
);

/** The boot sector. `data`: bytes at PROBE_DATA. */
export function probeSector(probes: readonly Probe[], data: readonly number[] = []): Uint8Array {
  const table = probes.flatMap((probe) =>
    "int" in probe
      ? [probe.int, ...[probe.ax, probe.bx, probe.cx, probe.dx, probe.si, probe.di, probe.es].flatMap(word)]
      : [PEEK, ...[probe.peek, probe.segment, probe.count, 0, 0, 0, 0].flatMap(word)],
  );
  const room = (PROBE_DATA - LOAD - TABLE) / ENTRY_BYTES;
  if (probes.length >= room || PROGRAM.length > TABLE || data.length > 126)
    throw new Error("too much to probe");
  const sector = new Uint8Array(512);
  sector.set(PROGRAM, 0);
  sector.set([...table, END], TABLE);
  sector.set(data, PROBE_DATA - LOAD);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** What the sector told, by probe: registers, or bytes. */
export function probeAnswers(probes: readonly Probe[], told: Uint8Array): (Answer | number[])[] {
  let at = 0;
  return probes.map((probe) => {
    const bytes = told.subarray(at, (at += "int" in probe ? ANSWER_BYTES : probe.count));
    if (!("int" in probe)) return [...bytes];
    const view = new DataView(Uint8Array.from(bytes).buffer);
    const [ax, bx, cx, dx, si, di, es, flags] = Array.from({ length: 8 }, (_, i) =>
      view.getUint16(2 * i, true),
    );
    return { ax, bx, cx, dx, si, di, es, carry: (flags & 1) !== 0, zero: (flags & 0x40) !== 0 };
  });
}

/** A disk of so many sectors that begins with these bytes; the other sectors hold their numbers. */
export function diskOf(first: Uint8Array, sectors = 4096): MemoryStorage {
  const bytes = new Uint8Array(512 * sectors);
  for (let sector = 1; sector < sectors; sector++) bytes.fill(sector, sector * 512, sector * 512 + 512);
  bytes.set(first, 0);
  return new MemoryStorage(bytes);
}

/** What our BIOS answers, on a machine that boots the sector, and the machine after that. `keys` are typed before. */
export function probed(
  probes: readonly Probe[],
  config: (sector: Uint8Array) => MachineConfig,
  data?: readonly number[],
  keys = "",
): { answers: (Answer | number[])[]; machine: Machine } {
  const told: number[] = [];
  const machine = new Machine({
    memory: 32 << 20,
    bios: builtInBios(),
    onDebugConsole: (byte) => told.push(byte),
    ...config(probeSector(probes, data)),
  });
  if (keys) machine.typeText(keys);
  const result = machine.run(MOST_CYCLES);
  if (result.reason !== "exit" || result.status !== PROBE_STATUS)
    throw new Error(`${JSON.stringify(result)}\n${machine.screenText()}`);
  return { answers: probeAnswers(probes, Uint8Array.from(told)), machine };
}

/** The answers alone. */
export function probe(...asked: Parameters<typeof probed>): (Answer | number[])[] {
  return probed(...asked).answers;
}

const CD_SECTOR = 2048;
const BOOT_RECORD = 17;
const CD_CATALOG = 20;
export const CD_IMAGE = 24;

/** A CD with a boot catalog (El Torito 1.0) whose only entry is this image. */
export function bootableCd(image: Uint8Array, medium: number, sectors = 1, segment = 0): MemoryStorage {
  const bytes = new Uint8Array((CD_IMAGE + Math.ceil(image.length / CD_SECTOR) + 16) * CD_SECTOR);
  const view = new DataView(bytes.buffer);
  // The primary volume descriptor, the boot record, the end of the descriptors.
  for (const [at, type] of [
    [16, 1],
    [BOOT_RECORD, 0],
    [18, 255],
  ])
    bytes.set([type, ...Buffer.from("CD001"), 1], at * CD_SECTOR);
  bytes.set(Buffer.from("EL TORITO SPECIFICATION"), BOOT_RECORD * CD_SECTOR + 7);
  view.setUint32(BOOT_RECORD * CD_SECTOR + 0x47, CD_CATALOG, true);
  const catalog = CD_CATALOG * CD_SECTOR;
  bytes.set([1], catalog);
  view.setUint16(catalog + 28, -0xaa55 - 1, true);
  view.setUint16(catalog + 30, 0xaa55, true);
  bytes.set([0x88, medium, ...word(segment), 0, 0, ...word(sectors), CD_IMAGE], catalog + 32);
  bytes.set(image, CD_IMAGE * CD_SECTOR);
  return new MemoryStorage(bytes);
}
