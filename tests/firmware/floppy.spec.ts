// Two diskette drives, by our BIOS and by QEMU's.
import { expect, it } from "vitest";
import { Machine } from "../../machine/machine";
import { qemuInstalled } from "../qemu/qemu";
import { type Probe, diskOf, probe } from "./probe";
import { only, probeOnQemu } from "./qemu-bios";

const BUFFER = 0x8000;
const SECOND = 0x01;

/** Reads of a sector of each drive, in turns: cylinder 5, head 1. */
const PROBES: Probe[] = [
  { int: 0x11 },
  { int: 0x13, ax: 0x0800, dx: 0 },
  { int: 0x13, ax: 0x0800, dx: SECOND },
  { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0501, dx: 0x0100 },
  { peek: BUFFER, count: 1 },
  { int: 0x13, ax: 0x0202, bx: BUFFER, cx: 0x0504, dx: 0x0100 + SECOND },
  { peek: BUFFER + 511, count: 2 },
  { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0501, dx: 0x0100 },
  { peek: BUFFER, count: 1 },
  { int: 0x13, ax: 0x0301, bx: BUFFER, cx: 0x0506, dx: 0x0100 + SECOND },
  { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0506, dx: 0x0100 + SECOND },
  { peek: BUFFER, count: 1 },
  { int: 0x13, ax: 0x1500, dx: SECOND },
  { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0001, dx: 2 },
];

const first = (sector: Uint8Array) => diskOf(sector, 80 * 2 * 18);
const second = () => diskOf(new Uint8Array(), 80 * 2 * 36);
const lba = (track: number, sector: number) => ((5 * 2 + 1) * track + sector - 1) & 0xff;

it("reads and writes both, each with its own format", () => {
  const written = second();
  const answers = probe(PROBES, (sector) => ({
    floppy: first(sector),
    secondFloppy: written,
    bootOrder: "a",
  }));
  expect(answers[0]).toMatchObject({ ax: 0x0467 });
  expect(only(answers.slice(1, 3), "bx", "cx", "dx")).toEqual([
    { bx: 4, cx: 0x4f12, dx: 0x0102 },
    { bx: 5, cx: 0x4f24, dx: 0x0102 },
  ]);
  expect([answers[4], answers[8], answers[11]]).toEqual([[lba(18, 1)], [lba(18, 1)], [lba(18, 1)]]);
  expect(answers[6]).toEqual([lba(36, 4), lba(36, 5)]);
  expect(written.bytes[512 * (11 * 36 + 5)]).toBe(lba(18, 1));
  expect(answers[12]).toMatchObject({ ax: 0x0200 });
  expect(answers[13]).toMatchObject({ carry: true });
});

it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
  // Theirs does not read diskettes of two formats in turns, and says that no drive has a change line.
  const other = () => diskOf(new Uint8Array(), 80 * 2 * 18);
  const asked = PROBES.slice(1, 12);
  const ours = probe(asked, (sector) => ({ floppy: first(sector), secondFloppy: other(), bootOrder: "a" }));
  const theirs = probeOnQemu(asked, "a", (sector) => [
    ["if=floppy,index=0", first(sector).bytes],
    ["if=floppy,index=1", other().bytes],
  ]);
  expect(only(ours, "ax", "bx", "cx", "dx", "carry")).toEqual(only(theirs, "ax", "bx", "cx", "dx", "carry"));
});

it("reads B with A empty, and finds no B where there is none", () => {
  const asked: Probe[] = [
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0002, dx: SECOND },
    { peek: BUFFER, count: 1 },
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0002, dx: 0 },
    { int: 0x11 },
  ];
  const disks = (sector: Uint8Array) => [diskOf(sector)];
  const small = diskOf(new Uint8Array(), 80 * 2 * 9);
  const both = probe(asked, (sector) => ({ disks: disks(sector), floppy: null, secondFloppy: small }));
  expect([both[1], both[3]]).toMatchObject([[1], { ax: 0x0467 }]);
  expect(both[2]).toMatchObject({ carry: true });
  const one = probe(asked, (sector) => ({ disks: disks(sector), floppy: null }));
  expect([one[0], one[3]]).toMatchObject([{ carry: true }, { ax: 0x0427 }]);
});

it("is there only beside a drive A, and part of a snapshot", () => {
  expect(() => new Machine({ secondFloppy: null })).toThrow("a diskette drive B needs a drive A");
  const config = { memory: 1 << 20, floppy: null, secondFloppy: second() };
  const machine = new Machine(config);
  const before = machine.snapshot();
  config.secondFloppy.bytes[700] ^= 1;
  expect(() => machine.restore(before)).not.toThrow();
  expect(before.disks).toHaveLength(1);
});
