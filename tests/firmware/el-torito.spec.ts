// CDs that are booted as the disc itself, a diskette or a hard disk, by our BIOS and by QEMU's.
import { describe, expect, it } from "vitest";
import { qemuInstalled } from "../qemu/qemu";
import { type Answer, CD_IMAGE, PROBE_DATA, type Probe, bootableCd, diskOf, probe } from "./probe";
import { only, probeOnQemu } from "./qemu-bios";

const PACKET = 0x6000;
const BUFFER = 0x8000;
/** The packet of what was booted, but for the controller and the device: QEMU's drive is not where ours is. */
const PACKET_PEEKS: Probe[] = [
  { peek: PACKET, count: 3 },
  { peek: PACKET + 4, count: 4 },
  { peek: PACKET + 12, count: 4 },
];
const MEDIA = "media=cdrom,index=2";
const REGISTERS = ["ax", "bx", "cx", "dx", "carry"] as const;

/** A hard disk's image: the sector with a partition table of one entry, which ends at 15 heads, 40 sectors, 20 cylinders. */
function hardDisk(sector: Uint8Array): Uint8Array {
  const { bytes } = diskOf(sector, 15 * 40 * 20);
  bytes.set([0x80, 1, 1, 0, 6, 14, 40, 19, 40, 0, 0, 0, 0xb8, 0x2e, 0, 0], 0x1be);
  return bytes;
}

describe.each([
  ["1.2 MB", 1, 15, 2],
  ["1.44 MB", 2, 18, 4],
  ["2.88 MB", 3, 36, 6],
])("a CD with a diskette of %s", (_name, medium, track, type) => {
  const probes: Probe[] = [
    { int: 0x13, ax: 0x4b01, si: PACKET },
    ...PACKET_PEEKS,
    { int: 0x13, ax: 0x0800 },
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0102, dx: 0x0100 },
    { peek: BUFFER, count: 2 },
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0101 + track, dx: 0x0100 },
    { int: 0x13, ax: 0x0301, bx: BUFFER, cx: 0x0102, dx: 0x0100 },
    { int: 0x13, ax: 0x1500 },
    { int: 0x13, ax: 0x4100, bx: 0x55aa },
  ];
  const cd = (sector: Uint8Array) => bootableCd(diskOf(sector, 80 * 2 * track).bytes, medium);
  const ours = () => probe(probes, (sector) => ({ cdrom: cd(sector), bootOrder: "d", floppy: null }));

  it("has it as drive 0, from which it is booted", () => {
    const answers = ours();
    const sector = (2 * track + track + 2 - 1) & 0xff;
    expect(answers.slice(1, 4)).toEqual([
      [0x13, medium, 0],
      [CD_IMAGE, 0, 0, 0],
      [0xc0, 0x07, 1, 0],
    ]);
    expect(only([answers[4]], "bx", "cx", "dx")).toEqual([{ bx: type, cx: 0x4f00 | track, dx: 0x0102 }]);
    expect(answers[6]).toEqual([sector, sector]);
    expect(answers.slice(7, 9)).toMatchObject([{ carry: true }, { ax: 0x0300, carry: true }]);
  });

  it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
    const theirs = probeOnQemu(probes, "d", (sector) => [[MEDIA, cd(sector).bytes]]);
    expect(only(ours(), ...REGISTERS)).toEqual(only(theirs, ...REGISTERS));
  });
});

describe("a CD with a hard disk", () => {
  const GEOMETRY = 4;
  const probes: Probe[] = [
    { int: 0x13, ax: 0x4b01, dx: 0x80, si: PACKET },
    ...PACKET_PEEKS,
    { int: 0x13, ax: 0x0800, dx: 0x80 },
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0102, dx: 0x0180 },
    { peek: BUFFER, count: 2 },
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0129, dx: 0x0180 },
    { int: 0x13, ax: 0x0301, bx: BUFFER, cx: 0x0102, dx: 0x0180 },
    // The machine's disk, of 16 heads and 63 sectors.
    { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0003, dx: 0x0081 },
    { peek: BUFFER, count: 2 },
    { peek: 0x475, count: 1 },
    { int: 0x13, ax: 0x0800, dx: 0x82 },
  ];
  const cd = (sector: Uint8Array) => bootableCd(hardDisk(sector), 4);
  const disk = () => diskOf(new Uint8Array(), 16 * 63 * 20);
  const ours = () =>
    probe(probes, (sector) => ({ cdrom: cd(sector), disks: [disk()], bootOrder: "d", floppy: null }));

  it("has it as drive 80h, and the machine's own behind it", () => {
    const answers = ours();
    expect(answers.slice(1, 4)).toEqual([
      [0x13, 4, 0x80],
      [CD_IMAGE, 0, 0, 0],
      [0xc0, 0x07, 1, 0],
    ]);
    expect(only([answers[4]], "cx", "dx")).toEqual([{ cx: 0x1328, dx: 0x0e02 }]);
    const sector = (15 * 40 + 40 + 1) & 0xff;
    expect([answers[6], answers[10], answers[11]]).toEqual([[sector, sector], [2, 2], [2]]);
    expect(answers[7]).toMatchObject({ carry: true });
    expect(answers[8]).toMatchObject({ ax: 0x0300, carry: true });
  });

  it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
    const theirs = probeOnQemu(probes, "d", (sector) => [
      [MEDIA, cd(sector).bytes],
      ["media=disk,index=0", disk().bytes],
    ]);
    // Of two disks theirs says that there are three, and keeps a cylinder to itself.
    const [here, there] = [ours(), theirs].map((all) => only(all.toSpliced(GEOMETRY, 1), ...REGISTERS));
    expect(here).toEqual(there);
  });

  it("has its sectors by number, too", () => {
    const blocks = [0x10, 0, 2, 0, ...[0, BUFFER >> 8], 0, 0, 0x64, 0, 0, 0, 0, 0, 0, 0];
    const asked: Probe[] = [
      { int: 0x13, ax: 0x4200, dx: 0x80, si: PROBE_DATA },
      { peek: BUFFER + 511, count: 2 },
      { int: 0x13, ax: 0x4300, dx: 0x80, si: PROBE_DATA },
    ];
    const answers = probe(asked, (sector) => ({ cdrom: cd(sector), bootOrder: "d" }), blocks);
    expect(answers[1]).toEqual([100, 101]);
    expect(answers[2]).toMatchObject({ carry: true, ax: 0x0300 });
  });
});

describe("a CD without emulation", () => {
  const probes: Probe[] = [{ int: 0x13, ax: 0x4b01, dx: 0xe0, si: PACKET }, ...PACKET_PEEKS];
  const cd = (sector: Uint8Array) => bootableCd(sector, 0, 4, 0x07c0);

  it("tells what was loaded from where", () => {
    const answers = probe(probes, (sector) => ({ cdrom: cd(sector), bootOrder: "d" }));
    expect(answers.slice(1)).toEqual([
      [0x13, 0, 0xe0],
      [CD_IMAGE, 0, 0, 0],
      [0xc0, 0x07, 4, 0],
    ]);
  });

  it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
    const theirs = probeOnQemu(probes, "d", (sector) => [[MEDIA, cd(sector).bytes]]);
    const ours = probe(probes, (sector) => ({ cdrom: cd(sector), bootOrder: "d" }));
    expect(only(ours, ...REGISTERS)).toEqual(only(theirs, ...REGISTERS));
  });

  const ATAPI_MASTER = [1, 0];
  const specification = (medium: number, [controller, slave]: number[], count = 1) => [
    ...[0x13, medium, 0x80, controller, CD_IMAGE, 0, 0, 0, slave, 0, 0, 0, 0, 0, count, 0, 0, 0, 0],
  ];

  it("starts emulation when it is told to, and ends it", () => {
    const asked: Probe[] = [
      { int: 0x13, ax: 0x4a00, si: PROBE_DATA },
      { int: 0x13, ax: 0x0800, dx: 0x80 },
      { int: 0x13, ax: 0x4b01, dx: 0x80, si: PACKET },
      { peek: PACKET, count: 0x13 },
      { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0002, dx: 0x0080 },
      { peek: BUFFER, count: 1 },
      { int: 0x13, ax: 0x4b00, dx: 0x7f, si: PACKET },
      { int: 0x13, ax: 0x0201, bx: BUFFER, cx: 0x0003, dx: 0x0080 },
      { peek: BUFFER, count: 1 },
      { int: 0x13, ax: 0x0800, dx: 0x80 },
    ];
    const disk = diskOf(new Uint8Array(), 16 * 63 * 20);
    disk.bytes.fill(0xdd, 1024, 1536);
    const answers = probe(
      asked,
      (sector) => ({ cdrom: bootableCd(hardDisk(sector), 0), disks: [disk], bootOrder: "d" }),
      specification(4, ATAPI_MASTER),
    );
    expect(answers[0]).toMatchObject({ ax: 0, carry: false });
    expect(answers[1]).toMatchObject({ cx: 0x1328, dx: 0x0e02 });
    expect(answers[3]).toEqual([
      ...[0x13, 4, 0x80, 1, CD_IMAGE, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x07, 1, 0, 0x13, 0x28, 14],
    ]);
    expect([answers[5], answers[8]]).toEqual([[1], [0xdd]]);
    expect(answers[9]).toMatchObject({ cx: 0x133f, dx: 0x0f01 });
  });

  it("boots what is named, by AH = 4Ch", () => {
    // First it is the disc's sector; started again as a diskette's, DL is 0: mov al, dl; out 0f4h, al
    const cdrom = bootableCd(new Uint8Array(80 * 2 * 18 * 512), 0);
    const first = [0xb8, 0x00, 0x4c, 0xbe, 0x80, 0x7c, 0x80, 0xfa, 0xe0, 0x75, 0x02, 0xcd, 0x13, 0xfe, 0xc2];
    const at = CD_IMAGE * 2048;
    cdrom.bytes.set([...first, 0x88, 0xd0, 0xe6, 0xf4], at);
    cdrom.bytes.set(specification(2, ATAPI_MASTER), at + 0x80);
    expect(() => probe([], () => ({ cdrom, bootOrder: "d", floppy: null }))).not.toThrow();
  });

  it.each([
    ["another drive", specification(2, [0, 0]), 0],
    ["an unknown medium", specification(7, ATAPI_MASTER), 0],
    ["a short packet", [0x10, 2, 0, 1, CD_IMAGE], 0],
    ["an unknown function", specification(2, ATAPI_MASTER), 2],
  ])("does not emulate by a packet with %s", (_name, packet, al) => {
    const asked: Probe[] = [0x4a00, 0x4c00].map((ax) => ({ int: 0x13, ax: ax + al, si: PROBE_DATA }));
    const answers = probe(asked, (sector) => ({ cdrom: cd(sector), bootOrder: "d" }), packet) as Answer[];
    expect(answers.map(({ carry }) => carry)).toEqual([true, true]);
  });

  it("shows its catalog, by AH = 4Dh", () => {
    const asked: Probe[] = [
      { int: 0x13, ax: 0x4d00, si: PROBE_DATA },
      { peek: BUFFER + 30, count: 4 },
    ];
    const packet = [8, 1, 0, BUFFER >> 8, 0, 0, 0, 0];
    const answers = probe(asked, (sector) => ({ cdrom: cd(sector), bootOrder: "d" }), packet);
    expect(answers[1]).toEqual([0x55, 0xaa, 0x88, 0]);
  });
});
