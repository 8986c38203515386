// The services called from virtual-8086 mode do and answer what they do in real mode, without an instruction that is forbidden there.
import { describe, expect, it } from "vitest";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type MachineConfig } from "../../machine/machine";
import { qemuInstalled } from "../qemu/qemu";
import { FORBIDDEN_STATUS, type PrivilegeLevel, underMonitor } from "./monitor";
import { type Answer, PROBE_DATA, type Probe, bootableCd, diskOf, probed } from "./probe";
import { only, probeOnQemu } from "./qemu-bios";

const BUFFER = 0x8000;
const PACKET = 0x6000;

/** Runs the probes in real mode and in virtual-8086 mode, with both privilege levels: answers, screen and data area are to be the same. */
function compare(
  probes: readonly Probe[],
  { data, keys, more }: { data?: readonly number[]; keys?: string; more?: () => MachineConfig } = {},
): (Answer | number[])[] {
  const run = (level?: PrivilegeLevel) => {
    const config = (sector: Uint8Array) => {
      const disk = diskOf(level === undefined ? sector : underMonitor(sector, level));
      return { disks: [disk], ...more?.() };
    };
    return probed(probes, config, data, keys);
  };
  const real = run();
  const wanted = real.machine.picture();
  for (const level of [3, 0] as const) {
    const virtual = run(level);
    expect(virtual.answers).toEqual(real.answers);
    expect(virtual.machine.screenText()).toEqual(real.machine.screenText());
    const shown = virtual.machine.picture();
    expect([shown.width, shown.height]).toEqual([wanted.width, wanted.height]);
    expect(Buffer.compare(shown.pixels, wanted.pixels)).toBe(0);
  }
  return real.answers;
}

const int10 = (ax: number, bx = 0, cx = 0, dx = 0): Probe => ({ int: 0x10, ax, bx, cx, dx });

describe("in virtual-8086 mode", () => {
  it("the display shows text, scrolls and tells what is there", () => {
    const answers = compare([
      int10(0x0003),
      int10(0x0e41, 7),
      int10(0x0200, 0, 0, 0x1805),
      int10(0x0958, 0x1e, 3),
      int10(0x0e0d),
      int10(0x0e0a),
      int10(0x0e42, 7),
      int10(0x0300),
      int10(0x0200, 0, 0, 0x1705),
      int10(0x0800),
      int10(0x0601, 0x4e00, 0x0000, 0x0a20),
      int10(0x0702, 0x2e00, 0x0510, 0x1440),
      { int: 0x10, ax: 0x1301, bx: 0x1f, cx: 5, dx: 0x0c0c, bp: 0 } as Probe,
      int10(0x0f00),
      { int: 0x10, ax: 0x1130, bx: 0x0600 },
      { int: 0x10, ax: 0x1b00, di: BUFFER },
      { peek: BUFFER, count: 64 },
    ]);
    expect(answers[9]).toMatchObject({ ax: 0x1e58 });
  });

  it.each([0x04, 0x06, 0x0d, 0x10, 0x12, 0x13])("mode %i has dots and characters", (mode) => {
    const dots = [1, 2, 3].map((i) => int10(0x0c00 | i, 0, 10 * i, 20 * i));
    compare([
      int10(mode),
      ...dots,
      int10(0x0d00, 0, 20, 40),
      int10(0x0e41, 3),
      int10(0x0954, 2, 4),
      int10(0x0601, 0, 0, 0x0505),
    ]);
  });

  it("the linear modes are told of, and set", () => {
    const answers = compare([
      { int: 0x10, ax: 0x4f00, di: BUFFER },
      { peek: BUFFER, count: 24 },
      { int: 0x10, ax: 0x4f01, cx: 0x101, di: BUFFER },
      { peek: BUFFER, count: 48 },
      { int: 0x10, ax: 0x4f02, bx: 0x101 },
      { int: 0x10, ax: 0x4f05, bx: 0, dx: 2 },
      { int: 0x10, ax: 0x4f05, bx: 0x100 },
      { int: 0x10, ax: 0x4f06, bx: 1 },
      { int: 0x10, ax: 0x4f03 },
    ]);
    expect(answers[8]).toMatchObject({ ax: 0x004f, bx: 0x101 });
  });

  it("a disk is read and written, by cylinder and by number", () => {
    const packet = [0x10, 0, 3, 0, 0, BUFFER >> 8, 0, 0, 0x64, 0, 0, 0, 0, 0, 0, 0];
    const answers = compare(
      [
        { int: 0x13, ax: 0x0203, bx: BUFFER, cx: 0x0103, dx: 0x0080 },
        { peek: BUFFER + 511, count: 2 },
        // A buffer that crosses a boundary of 64 KiB.
        { int: 0x13, ax: 0x0204, bx: 0xfe10, cx: 0x0103, dx: 0x0080, es: 0x2000 },
        { peek: 0x0010, count: 4, segment: 0x2fff },
        { int: 0x13, ax: 0x4200, dx: 0x80, si: PROBE_DATA },
        { peek: BUFFER + 1023, count: 2 },
        { int: 0x13, ax: 0x4300, dx: 0x80, si: PROBE_DATA },
        { int: 0x13, ax: 0x0301, bx: BUFFER, cx: 0x0107, dx: 0x0080 },
        { int: 0x13, ax: 0x0201, bx: BUFFER + 512, cx: 0x0107, dx: 0x0080 },
        { peek: BUFFER + 1023, count: 2 },
        { int: 0x13, ax: 0x0800, dx: 0x80 },
        { int: 0x13, ax: 0x1500, dx: 0x80 },
        { int: 0x13, ax: 0x4100, bx: 0x55aa, dx: 0x80 },
        { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0xffc1, dx: 0xff80 },
      ],
      { data: packet },
    );
    expect([answers[1], answers[5]]).toEqual([
      [242, 243],
      [101, 102],
    ]);
  });

  it("diskettes are read and written", () => {
    const answers = compare(
      [
        { int: 0x13, ax: 0x0202, bx: BUFFER, cx: 0x0503, dx: 0x0100 },
        { peek: BUFFER + 511, count: 2 },
        { int: 0x13, ax: 0x0301, bx: BUFFER, cx: 0x0501, dx: 0x0001 },
        { int: 0x13, ax: 0x0201, bx: BUFFER + 512, cx: 0x0501, dx: 0x0001 },
        { peek: BUFFER + 512, count: 2 },
        { int: 0x13, ax: 0x0800, dx: 1 },
      ],
      {
        more: () => ({
          floppy: diskOf(new Uint8Array(), 80 * 2 * 18),
          secondFloppy: diskOf(new Uint8Array(), 80 * 2 * 9),
        }),
      },
    );
    expect(answers[1]).toEqual([(11 * 18 + 2) & 0xff, (11 * 18 + 3) & 0xff]);
  });

  it("a CD is read, and emulates a diskette", () => {
    const packet = [0x13, 2, 0, 1, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const answers = compare(
      [
        { int: 0x13, ax: 0x4a00, si: PROBE_DATA },
        { int: 0x13, ax: 0x0202, bx: BUFFER, cx: 0x0101, dx: 0 },
        { peek: BUFFER + 511, count: 2 },
        { int: 0x13, ax: 0x4b00, dx: 0x7f, si: PACKET },
        { peek: PACKET, count: 0x13 },
      ],
      {
        data: packet,
        more: () => ({ cdrom: bootableCd(diskOf(new Uint8Array(), 2880).bytes, 0), bootOrder: "c" }),
      },
    );
    expect(answers[2]).toEqual([36, 37]);
  });

  it("keys are read, also when they have to be waited for", () => {
    const read: Probe = { int: 0x16, ax: 0x1000 };
    const answers = compare([read, read, { int: 0x16, ax: 0x0500, cx: 0x1e61 }, read, read], { keys: "aB3" });
    expect((answers as Answer[]).map(({ ax }) => ax & 0xff)).toEqual([0x61, 0x42, 0, 0x61, 0x33]);
  });

  it("the mouse, the clocks, the serial line and PCI answer", () => {
    const answers = compare([
      { int: 0x15, ax: 0xc205, bx: 0x0300 },
      { int: 0x15, ax: 0xc202, bx: 0x0600 },
      { int: 0x15, ax: 0xc206, bx: 0x0000 },
      { int: 0x15, ax: 0x8600, cx: 0, dx: 3000 },
      { int: 0x15, ax: 0xe801 },
      { int: 0x15, ax: 0x2402 },
      { int: 0x1a, ax: 0x0400 },
      { int: 0x1a, ax: 0xb101 },
      { int: 0x1a, ax: 0xb102, cx: 0x7010, dx: 0x8086 },
      { int: 0x1a, ax: 0xb109, bx: 0x0009, di: 2 },
      { int: 0x14, ax: 0x00e3 },
      { int: 0x14, ax: 0x0141 },
      { int: 0x17, ax: 0x0000 },
      { int: 0x11 },
      { int: 0x12 },
    ]);
    expect(answers[9]).toMatchObject({ cx: 0x7010 });
  });

  it("blocks are not moved, which needs protected mode", () => {
    const sector = (probes: readonly Probe[]) => (one: Uint8Array) => ({
      disks: [diskOf(underMonitor(one))],
    });
    const probes: Probe[] = [{ int: 0x15, ax: 0x8700, cx: 16, si: PROBE_DATA }];
    expect(probed(probes, sector(probes)).answers[0]).toMatchObject({ carry: true });
  });
});

it.skipIf(!qemuInstalled)("QEMU's BIOS answers the same under the same monitor", () => {
  const probes: Probe[] = [
    { int: 0x13, ax: 0x0203, bx: BUFFER, cx: 0x0103, dx: 0x0080 },
    { peek: BUFFER + 511, count: 2 },
    { int: 0x16, ax: 0x0500, cx: 0x1e61 },
    { int: 0x16, ax: 0x0000 },
    int10(0x0003),
    int10(0x0e41, 7),
    int10(0x0300),
    int10(0x0f00),
  ];
  const disk = (sector: Uint8Array) => diskOf(underMonitor(sector), 16 * 63 * 20);
  const ours = probed(probes, (sector) => ({ disks: [disk(sector)] })).answers;
  const theirs = probeOnQemu(probes, "c", (sector) => [["media=disk,index=0", disk(sector).bytes]]);
  const names = ["bx", "cx", "dx", "carry"] as const;
  expect(only(ours, ...names)).toEqual(only(theirs, ...names));
});

it("the monitor ends the machine at what is forbidden", () => {
  const sector = new Uint8Array(512);
  sector.set([0x0f, 0x22, 0xc0]);
  const machine = new Machine({ bios: builtInBios(), disks: [diskOf(underMonitor(sector))] });
  expect(machine.run(1e9)).toEqual({ reason: "exit", status: FORBIDDEN_STATUS });
});
