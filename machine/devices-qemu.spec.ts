// The same probing program on QEMU's devices and on ours. What QEMU does otherwise than the data sheets is not probed.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../cpu/core-build";
import { MemoryStorage } from "../devices/storage";
import { bootOnQemu, qemuInstalled } from "../tests/qemu/qemu";
import { type Assembler, type AssemblyRoutine, al, byte, dx, ebx, ecx, edi, esi } from "../tools/asm";
import { Random } from "../tests/native/random";
import { bootKernel } from "./testing";
import { KERNEL_ENTRY, exitWith, makeKernel } from "./testing-kernels";

/**
 * One access: a write, a read that is reported (some bits of it), words read or sent, a byte of memory written or
 * reported, waiting until `port & mask` is `value`.
 */
type Access =
  | ["out", port: number, value: number]
  | ["in", port: number]
  | ["bits", port: number, mask: number]
  | ["words", port: number, count: number]
  | ["skip", port: number, count: number]
  | ["send", port: number, count: number]
  | ["poke", address: number, value: number]
  | ["peek", address: number]
  | ["until", port: number, mask: number, value: number];

const RESULTS = 0x20000;
const COM1 = 0x3f8;
const DISK_SECTORS = 20 * 16 * 63;

const out = (port: number, ...values: number[]) => values.map((value): Access => ["out", port, value]);
const read = (...ports: number[]) => ports.map((port): Access => ["in", port]);
const until = (port: number, mask: number, value: number): Access[] => [["until", port, mask, value]];
const words = (port: number, count: number): Access[] => [["words", port, count]];
/** The AT's initialisation of both interrupt controllers, everything masked. */
const PIC = [
  ...out(0x20, 0x11),
  ...out(0x21, 0x20, 4, 1, 0xff),
  ...out(0xa0, 0x11),
  ...out(0xa1, 0x28, 2, 1, 0xff),
];
const ata = (command: number, device: number, lba: readonly number[], count: number) => [
  ...out(0x1f6, device),
  ...out(0x1f2, count),
  ...lba.flatMap((value, i) => out(0x1f3 + i, value)),
  ...out(0x1f7, command),
];
const ATA_RESULT = read(0x1f7, 0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5, 0x1f6);
/** BSY, DRDY, DF, DRQ and ERR: after an error QEMU leaves DSC clear. */
const READY_OR_ERROR: Access[] = [["bits", 0x1f7, 0xe9]];
/** What the 8042 or a device behind it says next, after a byte to it. */
const INPUT_EMPTY = until(0x64, 0x02, 0);
const answers = (count: number) =>
  Array.from({ length: count }, () => [...until(0x64, 0x01, 0x01), ...read(0x60)]).flat();
const toKeyboard = (byte: number, count: number) => [...INPUT_EMPTY, ...out(0x60, byte), ...answers(count)];
const toMouse = (byte: number, count: number) => [
  ...INPUT_EMPTY,
  ...out(0x64, 0xd4),
  ...INPUT_EMPTY,
  ...out(0x60, byte),
  ...answers(count),
];
/** Whose byte waits; QEMU does not tell commands from data. */
const BUFFER_FULL: Access[] = [["bits", 0x64, 0x21]];
const keyboardControl = (value: number) => [...INPUT_EMPTY, ...out(0x64, 0x60), ...out(0x60, value)];
const idle = until(0x3f6, 0x80, 0);

/** Random settings of the graphics controller, and a write and a read behind them, in the 16-colour modes' memory. */
function graphicsController(): Access[] {
  const random = new Random(1);
  const byte = () => random.below(256);
  return [
    ...[0x0604, 0x0f02].flatMap((word) => [...out(0x3c4, word & 0xff), ...out(0x3c5, word >> 8)]),
    ...out(0x3ce, 6),
    ...out(0x3cf, 5),
    ...out(0x3ce, 5),
    ...out(0x3cf, 0),
    ...[0, 1, 2, 3].map((at): Access => ["poke", 0xa0000 + at, 0]),
    ...Array.from({ length: 60 }, (): Access[] => [
      ...[0, 1, 2, 3, 4, 7, 8].flatMap((index) => [...out(0x3ce, index), ...out(0x3cf, byte())]),
      ...out(0x3ce, 5),
      ...out(0x3cf, byte() & 0x0b),
      ...out(0x3c4, 2),
      ...out(0x3c5, byte() & 0x0f),
      ["peek", 0xa0000 + random.below(4)],
      ["poke", 0xa0000 + random.below(4), byte()],
      ["peek", 0xa0000 + random.below(4)],
    ]).flat(),
  ];
}

const PROBES: Record<string, Access[]> = {
  "8237A: addresses, counts, masks": [
    ...out(0x0d, 0),
    ...out(0x0f, 0x0f),
    ...out(0x0c, 0),
    ...out(0x04, 0x34, 0x12),
    ...out(0x05, 0x78, 0x56),
    ...out(0x81, 0x9a),
    ...out(0x0c, 0),
    ...read(0x04, 0x04, 0x05, 0x05, 0x81, 0x08),
    ...out(0xd8, 0),
    ...out(0xc4, 0x11, 0x22),
    ...out(0xd8, 0),
    ...read(0xc4, 0xc4),
  ],
  "82077AA: reset, version, sense of interrupts": [
    ...out(0x3f2, 0x00),
    ...out(0x3f2, 0x0c),
    ...until(0x3f4, 0x80, 0x80),
    ...[0, 1, 2, 3].flatMap(() => [...out(0x3f5, 0x08), ...until(0x3f4, 0xc0, 0xc0), ...read(0x3f5, 0x3f5)]),
    ...read(0x3f4),
    ...out(0x3f5, 0x10),
    ...until(0x3f4, 0xc0, 0xc0),
    ...read(0x3f5, 0x3f4),
    ...out(0x3f5, 0x1f),
    ...until(0x3f4, 0xc0, 0xc0),
    ...read(0x3f5),
  ],
  "VGA: write modes, latches, comparison": graphicsController(),
  "8259A: mask, default read register, ISR and IRR": [
    ...PIC,
    ...read(0x21, 0xa1),
    ...out(0x20, 0x0b),
    ...read(0x20),
    ...out(0xa0, 0x0b),
    ...read(0xa0),
    ...out(0x21, 0x5a),
    ...read(0x21),
    ...out(0x21, 0xff),
  ],
  "8259A: a poll takes the timer's request into service, EOI ends it": [
    ...PIC,
    ...out(0x43, 0x30),
    ...out(0x40, 0x10, 0x00),
    ...out(0x20, 0x0a),
    ...until(0x20, 0x01, 0x01),
    ...out(0x21, 0xfe),
    ...out(0x20, 0x0c),
    ...read(0x20),
    ...out(0x20, 0x0b),
    ...read(0x20),
    ...out(0x20, 0x20),
    ...read(0x20),
    ...out(0x20, 0x0a),
    ...read(0x20),
  ],
  "8254: counter 2 counts out behind port 0x61": [
    ...out(0x61, 0x00),
    ...out(0x43, 0xb0),
    ...out(0x42, 0x20, 0x00),
    ...out(0x61, 0x01),
    ...until(0x61, 0x20, 0x20),
    ...out(0x43, 0xe8),
    ...read(0x42),
    ...out(0x61, 0x00),
  ],
  "16550: registers, divisor latch, scratch, FIFO identification": [
    ...out(COM1 + 3, 0x80),
    ...out(COM1, 0x01),
    ...out(COM1 + 1, 0x00),
    ...read(COM1, COM1 + 1),
    ...out(COM1 + 3, 0x03),
    ...out(COM1 + 7, 0xa5),
    ...out(COM1 + 1, 0x0f),
    ...read(COM1 + 1, COM1 + 3, COM1 + 7),
    ...out(COM1 + 1, 0x00),
    ...out(COM1 + 2, 0x00),
    ...read(COM1 + 2),
    ...out(COM1 + 2, 0x07),
    ...read(COM1 + 2, COM1 + 5),
  ],
  "16550: loopback of data and of modem lines": [
    ...out(COM1 + 3, 0x03),
    ...out(COM1 + 2, 0x00),
    ...[0x11, 0x12, 0x14, 0x18, 0x1f].flatMap((mcr) => [...out(COM1 + 4, mcr), ...until(COM1 + 6, 0, 0)]),
    ...read(COM1 + 4),
    ...out(COM1 + 4, 0x10),
    ...out(COM1, 0x42),
    ...until(COM1 + 5, 0x01, 0x01),
    ...read(COM1, COM1 + 5),
    ...out(COM1 + 4, 0x00),
  ],
  "16550: the transmitter interrupt": [
    ...out(COM1 + 4, 0x00),
    ...out(COM1 + 2, 0x00),
    ...out(COM1 + 1, 0x00),
    ...until(COM1 + 5, 0x60, 0x60),
    ...out(COM1 + 1, 0x02),
    ...read(COM1 + 2, COM1 + 2),
    ...out(COM1 + 1, 0x00),
  ],
  "ATA: IDENTIFY offers one sector": [
    ...out(0x3f6, 0x02),
    ...ata(0xec, 0xa0, [0, 0, 0], 0),
    ...idle,
    ...read(0x1f7),
    ...words(0x1f0, 1),
    ["skip", 0x1f0, 255],
    ...read(0x1f7, 0x1f1),
  ],
  "ATA: a sector by LBA, and one by cylinder, head and sector": [
    ...out(0x3f6, 0x02),
    ...ata(0x20, 0xe0, [5, 0, 0], 1),
    ...idle,
    ...words(0x1f0, 256),
    ...idle,
    ...read(0x1f7, 0x1f1),
    ...ata(0x20, 0xa2, [3, 1, 0], 1),
    ...idle,
    ...words(0x1f0, 256),
    ...idle,
    ...read(0x1f7, 0x1f1),
  ],
  "ATA: written data comes back": [
    ...out(0x3f6, 0x02),
    ...ata(0x30, 0xe0, [9, 0, 0], 1),
    ...until(0x3f6, 0x88, 0x08),
    ["send", 0x1f0, 256],
    ...idle,
    ...read(0x1f7, 0x1f1),
    ...ata(0x20, 0xe0, [9, 0, 0], 1),
    ...idle,
    ...words(0x1f0, 256),
    ...read(0x1f7),
  ],
  "ATA: aborted, out of range, diagnostic, absent slave": [
    ...out(0x3f6, 0x02),
    ...ata(0x05, 0xe0, [1, 2, 3], 4),
    ...idle,
    ...READY_OR_ERROR,
    ...read(0x1f1),
    ...ata(0x20, 0xef, [0xff, 0xff, 0xff], 1),
    ...idle,
    ...READY_OR_ERROR,
    ...ata(0xc6, 0xa0, [0, 0, 0], 16),
    ...idle,
    ...read(0x1f7, 0x1f1),
    ...ata(0xc6, 0xa0, [0, 0, 0], 3),
    ...idle,
    ...READY_OR_ERROR,
    ...read(0x1f1),
    ...out(0x1f7, 0x90),
    ...idle,
    ...ATA_RESULT.slice(0, 6),
    ...out(0x1f6, 0xb0),
    ...read(0x1f7, 0x3f6),
    ...out(0x1f6, 0xa0),
  ],
  "ATA: soft reset leaves the signature": [
    ...out(0x1f6, 0xa0),
    ...out(0x3f6, 0x06),
    ...until(0x3f6, 0x80, 0x80),
    ...out(0x3f6, 0x02),
    ...idle,
    ...read(0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5),
  ],
  "MC146818: validity, RAM, 24-hour BCD": [
    ...out(0x70, 0x0d),
    ...read(0x71),
    ...out(0x70, 0x0b),
    ...read(0x71),
    ...out(0x70, 0x50),
    ...out(0x71, 0x5a),
    ...read(0x71),
  ],
  "VGA: registers of mode 3, bits that exist, protection": [
    ...read(0x3cc),
    ...[0, 1, 6, 7, 9, 0x10, 0x11, 0x12, 0x13, 0x18].flatMap((index) => [
      ...out(0x3d4, index),
      ...read(0x3d5),
    ]),
    ...out(0x3d4, 0x07),
    ...out(0x3d5, 0x00),
    ...read(0x3d4, 0x3d5),
    ...[1, 2, 3, 4].flatMap((index) => [...out(0x3c4, index), ...read(0x3c5)]),
    ...[3, 5, 6, 8].flatMap((index) => [...out(0x3ce, index), ...read(0x3cf)]),
    ...out(0x3c4, 0x01),
    ...out(0x3c5, 0xdf),
    ...read(0x3c5),
    ...out(0x3c5, 0x00),
  ],
  "VGA: attribute controller and its two-faced port": [
    ...Array.from({ length: 21 }, (_, index): Access[] => [
      ["bits", 0x3da, 0],
      ...out(0x3c0, index),
      ...read(0x3c1),
    ]).flat(),
    ["bits", 0x3da, 0],
    ...out(0x3c0, 0x33, 0x05),
    ...read(0x3c0, 0x3c1),
    ...out(0x3c0, 0x33, 0x00, 0x20),
  ],
  "VGA: DAC": [
    ...out(0x3c8, 0x40),
    ...read(0x3c7),
    ...out(0x3c9, 1, 2, 0x3f, 4),
    ...out(0x3c7, 0x40),
    ...read(0x3c7, 0x3c9, 0x3c9, 0x3c9),
    ...out(0x3c7, 0x01),
    ...read(0x3c9, 0x3c9, 0x3c9),
    ...out(0x3c7, 0x14),
    ...read(0x3c9, 0x3c9, 0x3c9),
  ],
  "VGA: text and cursor": [
    ["poke", 0xb8000, 0x41],
    ["poke", 0xb8001, 0x1f],
    ["peek", 0xb8000],
    ["peek", 0xb8001],
    ["peek", 0xb0000],
    ...[0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f].flatMap((index) => [
      ...out(0x3d4, index),
      ...out(0x3d5, index),
      ...read(0x3d5),
    ]),
    ...out(0x3c2, 0x66),
    ...out(0x3b4, 0x0f),
    ...read(0x3b5, 0x3d5),
    ...out(0x3c2, 0x67),
    ...until(0x3da, 0x08, 0x08),
    ...until(0x3da, 0x08, 0x00),
  ],
  "8042: its own commands": [
    ...keyboardControl(0x74),
    ...[0x20, 0xaa, 0xab, 0xa9, 0xc0].flatMap((command) => [...out(0x64, command), ...answers(1)]),
    ...[0xa8, 0xae, 0xa7, 0xad].flatMap((command) => [
      ...out(0x64, command),
      ...out(0x64, 0x20),
      ...answers(1),
    ]),
    ...out(0x64, 0xd2),
    ...out(0x60, 0x5a),
    ...BUFFER_FULL,
    ...answers(1),
    ...out(0x64, 0xd3),
    ...out(0x60, 0xa5),
    ...BUFFER_FULL,
    ...answers(1),
    ...BUFFER_FULL,
  ],
  "8042: keyboard commands": [
    ...keyboardControl(0x24),
    ...toKeyboard(0xee, 1),
    ...toKeyboard(0xf2, 3),
    ...toKeyboard(0xed, 1),
    ...toKeyboard(0x07, 1),
    ...toKeyboard(0xf0, 1),
    ...toKeyboard(0x01, 1),
    ...toKeyboard(0xf0, 1),
    ...toKeyboard(0x00, 2),
    ...toKeyboard(0xf6, 1),
    ...toKeyboard(0xf0, 1),
    ...toKeyboard(0x00, 2),
    ...toKeyboard(0xf3, 1),
    ...toKeyboard(0x20, 1),
    ...toKeyboard(0xff, 2),
    ...keyboardControl(0x64),
    ...toKeyboard(0xf2, 3),
    ...toKeyboard(0xee, 1),
  ],
  "8042: mouse commands": [
    ...keyboardControl(0x54),
    ...toMouse(0xff, 3),
    ...toMouse(0xf2, 2),
    ...toMouse(0xe8, 1),
    ...toMouse(0x03, 1),
    ...toMouse(0xf3, 1),
    ...toMouse(0x28, 1),
    ...toMouse(0xe7, 1),
    ...toMouse(0xf4, 1),
    ...toMouse(0xe9, 4),
    ...toMouse(0xeb, 4),
    ...toMouse(0xee, 1),
    ...toMouse(0x12, 1),
    ...toMouse(0xec, 1),
    ...toMouse(0xf6, 1),
    ...toMouse(0xe9, 4),
  ],
  "nobody there": read(0x99, 0x2e0),
};

/** Bytes that a probe reports. */
const reported = (accesses: readonly Access[]) =>
  accesses.reduce(
    (sum, access) =>
      sum + (["in", "bits", "peek"].includes(access[0]) ? 1 : access[0] === "words" ? 2 * access[2]! : 0),
    0,
  );

function emit(a: Assembler, access: Access): void {
  if (access[0] !== "poke" && access[0] !== "peek") a.mov(dx, access[1]);
  switch (access[0]) {
    case "out":
      a.mov(al, access[2]).out(dx, al);
      break;
    case "in":
      a.in(al, dx).stosb();
      break;
    case "words":
      if (access[2]) a.mov(ecx, access[2]).rep().insw();
      break;
    case "bits":
      a.in(al, dx).and(al, access[2]).stosb();
      break;
    case "skip":
      a.mov(ebx, edi).mov(ecx, access[2]).rep().insw().mov(edi, ebx);
      break;
    case "send":
      a.mov(esi, KERNEL_ENTRY).mov(ecx, access[2]).rep().outsw();
      break;
    case "poke":
      a.mov(byte(access[1]), access[2]);
      break;
    case "peek":
      a.mov(al, byte(access[1])).stosb();
      break;
    case "until": {
      const [look, seen] = [a.fresh("look"), a.fresh("seen")];
      a.mov(ecx, 1_000_000).label(look).in(al, dx).and(al, access[2]).cmp(al, access[3]).je(seen);
      a.dec(ecx).jne(look).label(seen);
    }
  }
}

/** Carries out a probe, then prints what it read in hexadecimal on COM1 and ends. */
const program =
  (accesses: readonly Access[]): AssemblyRoutine =>
  (a) => {
    a.cld().mov(edi, RESULTS);
    for (const access of accesses) emit(a, access);
    for (const [port, value] of [
      [3, 0x83],
      [0, 1],
      [1, 0],
      [3, 3],
      [4, 3],
      [2, 7],
    ])
      emit(a, ["out", COM1 + port, value]);
    a.mov(esi, RESULTS).mov(ecx, reported(accesses));
    a.label("next").lodsb().mov(byte(0x1f000), al).shr(al, 4).call("digit");
    a.mov(al, byte(0x1f000)).and(al, 15).call("digit").dec(ecx).jne("next");
    // QEMU itself ends with status 1 in trouble, which is what a 0 would give.
    exitWith(1)(a);
    a.label("digit").cmp(al, 10).jb("small").add(al, 39).label("small").add(al, 48);
    a.mov(byte(0x1f001), al)
      .mov(dx, COM1 + 5)
      .label("busy")
      .in(al, dx)
      .test(al, 0x20)
      .je("busy");
    a.mov(al, byte(0x1f001)).mov(dx, COM1).out(dx, al).ret();
  };

describe.skipIf(!qemuInstalled)("devices as QEMU's (needs qemu-system-i386)", () => {
  let folder = "";
  const disk = new Uint8Array(DISK_SECTORS * 512);
  for (let i = 0; i < disk.length; i++) disk[i] = (i >> 9) * 31 + i * 7;

  beforeAll(async () => {
    await buildCore();
    folder = mkdtempSync(join(tmpdir(), "mach386-probe-"));
    writeFileSync(join(folder, "disk"), disk);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const probes = Object.entries(PROBES).filter(([, accesses]) => reported(accesses) > 0);
  it.each(probes)("%s", async (_name, accesses) => {
    const kernel = makeKernel(program(accesses), { bss: 8192 });
    writeFileSync(join(folder, "kernel"), kernel);
    const ours = bootKernel({ kernel, disks: [new MemoryStorage(disk.slice())] });
    const boot = { kernel: join(folder, "kernel"), append: "", modules: [], disk: join(folder, "disk") };
    const theirs = await bootOnQemu(boot);
    expect(theirs.status, theirs.detail).toBe(1);
    expect(ours.serial, ours.report()).toBe(theirs.serial);
    expect(ours.serial).toHaveLength(2 * reported(accesses));
  });
});
