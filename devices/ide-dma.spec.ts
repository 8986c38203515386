// DMA, 48-bit addresses and the CD-ROM drive: what a PCI machine's IDE channels do beyond PIO.
import { beforeEach, describe, expect, it } from "vitest";
import { AtaChannel, PRIMARY_ATA } from "./ata-channel";
import { AtaDrive } from "./ata-drive";
import { AtapiDrive } from "./atapi-drive";
import { IdeBusMaster } from "./ide-bus-master";
import { MemoryStorage } from "./storage";
import { TestClock, TestLine, testBus } from "./testing";

const BASE = PRIMARY_ATA.command;
const LONG = 1e9;
const SECTORS = 400;
const TABLE = 0x1000;
const READY = 0x50;

let memory: Uint8Array;
let master: IdeBusMaster;
let time: TestClock;
let irq: TestLine;
let io: ReturnType<typeof testBus>;
let disk: MemoryStorage;

function setUp(cd: boolean): void {
  memory = new Uint8Array(0x40000);
  time = new TestClock();
  irq = new TestLine();
  disk = new MemoryStorage(Uint8Array.from({ length: SECTORS * 512 }, (_, i) => (i >> 9) ^ i));
  let channel: AtaChannel | undefined = undefined;
  const physical = {
    readPhysical: (at: number, into: Uint8Array) => into.set(memory.subarray(at, at + into.length)),
    writePhysical: (at: number, from: Uint8Array) => memory.set(from, at),
  };
  master = new IdeBusMaster(physical, () => channel?.dmaStarted());
  channel = new AtaChannel(
    irq,
    (onInterrupt) => [
      cd
        ? new AtapiDrive("cd", time.clock, disk, onInterrupt, () => {}, master)
        : new AtaDrive(0, 0, time.clock, disk, onInterrupt, () => {}, master),
    ],
    PRIMARY_ATA,
    master,
  );
  channel.reset();
  io = testBus(channel);
}

/** A table of physical regions. */
function regions(...entries: readonly (readonly [address: number, bytes: number])[]): void {
  const view = new DataView(memory.buffer);
  entries.forEach(([address, bytes], i) => {
    view.setUint32(TABLE + 8 * i, address, true);
    const last = i === entries.length - 1 ? 0x80000000 : 0;
    view.setUint32(TABLE + 8 * i + 4, ((bytes & 0xffff) | last) >>> 0, true);
  });
  master.write(4, 4, TABLE);
}

function command(opcode: number, lba: number, count: number): void {
  io.out(BASE + 2, count & 0xff);
  io.out(BASE + 3, lba & 0xff);
  io.out(BASE + 4, (lba >> 8) & 0xff);
  io.out(BASE + 5, (lba >> 16) & 0xff);
  io.out(BASE + 6, 0xe0);
  io.out(BASE + 7, opcode);
}

const TO_MEMORY = 9;
const FROM_MEMORY = 1;
/** Active, error, interrupt. */
const masterStatus = () => master.read(2, 1) & 7;

describe("DMA of a disk", () => {
  beforeEach(() => setUp(false));

  it("reads into scattered regions, and interrupts once", () => {
    regions([0x2000, 512 + 256], [0x8000, 256]);
    command(0xc8, 5, 2);
    master.write(0, 1, TO_MEMORY);
    expect([masterStatus(), io.in(BASE + 7) & 0x80]).toEqual([1, 0x80]);
    time.advance(LONG);
    expect([masterStatus(), io.in(0x3f6)]).toEqual([4, READY]);
    expect(irq.level).toBe(true);
    const expected = disk.bytes.subarray(5 * 512, 7 * 512);
    expect(memory.subarray(0x2000, 0x2000 + 768)).toEqual(expected.subarray(0, 768));
    expect(memory.subarray(0x8000, 0x8100)).toEqual(expected.subarray(768));
    expect(memory[0x8100]).toBe(0);
    master.write(2, 1, 4);
    expect(masterStatus()).toBe(0);
  });

  it("waits for a bus master that is started late", () => {
    regions([0x2000, 512]);
    command(0xc8, 1, 1);
    time.advance(LONG);
    expect([io.in(0x3f6) & 8, irq.level]).toEqual([8, false]);
    master.write(0, 1, TO_MEMORY);
    expect([io.in(0x3f6), irq.level, memory[0x2000 + 3]]).toEqual([READY, true, 1 ^ 3]);
  });

  it("writes", () => {
    regions([0x3000, 1024]);
    memory.fill(0xa5, 0x3000, 0x3400);
    command(0xca, 10, 2);
    master.write(0, 1, FROM_MEMORY);
    time.advance(LONG);
    expect(disk.bytes.subarray(10 * 512, 12 * 512).every((byte) => byte === 0xa5)).toBe(true);
    expect(disk.bytes[12 * 512]).toBe(12);
  });

  it("reports a table that is too short, and memory behind it stays", () => {
    regions([0x2000, 512]);
    command(0xc8, 0, 2);
    master.write(0, 1, TO_MEMORY);
    time.advance(LONG);
    expect([masterStatus() & 3, io.in(BASE + 7) & 1]).toEqual([2, 1]);
    expect(memory[0x2200]).toBe(0);
  });

  it("addresses sectors with 48 bits", () => {
    regions([0x2000, 512]);
    // Two writes of each register: the earlier one is the upper half.
    for (const [register, high, low] of [
      [2, 0, 1],
      [3, 0, 0x2c],
      [4, 0, 1],
      [5, 0, 0],
    ]) {
      io.out(BASE + register, high);
      io.out(BASE + register, low);
    }
    io.out(BASE + 6, 0x40);
    io.out(BASE + 7, 0x25);
    master.write(0, 1, TO_MEMORY);
    time.advance(LONG);
    expect(memory[0x2000 + 1]).toBe(((300 & 0xff) ^ 1) & 0xff);
    io.out(BASE + 3, 0x11);
    io.out(BASE + 3, 0x22);
    io.out(0x3f6, 0x80);
    expect(io.in(BASE + 3)).toBe(0x11);
    io.out(0x3f6, 0);
    expect(io.in(BASE + 3)).toBe(0x22);
  });
});

describe("the CD-ROM drive", () => {
  beforeEach(() => setUp(true));

  function packet(...bytes: number[]): void {
    io.out(BASE + 7, 0xa0);
    expect([io.in(BASE + 2) & 3, io.in(0x3f6) & 8]).toEqual([1, 8]);
    const all = [...bytes, ...Array<number>(12 - bytes.length).fill(0)];
    for (let i = 0; i < 12; i += 2) io.bus.write(BASE, 2, all[i] | (all[i + 1] << 8));
    time.advance(LONG);
  }

  function take(count: number): number[] {
    const words = Array.from({ length: count / 2 }, () => io.bus.read(BASE, 2));
    return words.flatMap((word) => [word & 0xff, word >> 8]);
  }

  it("tells itself from a disk by its signature", () => {
    expect([io.in(BASE + 4), io.in(BASE + 5)]).toEqual([0x14, 0xeb]);
    io.out(BASE + 7, 0xec);
    expect([io.in(BASE + 7) & 1, io.in(BASE + 4), io.in(BASE + 5)]).toEqual([1, 0x14, 0xeb]);
  });

  it("says how many sectors the disc has", () => {
    io.out(BASE + 4, 8);
    packet(0x25);
    expect([io.in(BASE + 2) & 3, io.in(BASE + 4)]).toEqual([2, 8]);
    expect(take(8)).toEqual([0, 0, 0, SECTORS / 4 - 1, 0, 0, 8, 0]);
    expect([io.in(BASE + 2) & 3, io.in(BASE + 7)]).toEqual([3, READY]);
  });

  it("reads sectors in blocks of the size that the host wants", () => {
    io.out(BASE + 4, 0);
    io.out(BASE + 5, 8);
    packet(0x28, 0, 0, 0, 0, 2, 0, 0, 2);
    const first = take(2048);
    expect(irq.level).toBe(true);
    expect(io.in(BASE + 7) & 8).toBe(8);
    const both = [...first, ...take(2048)];
    expect(Uint8Array.from(both)).toEqual(disk.bytes.subarray(4096, 8192));
  });

  it("reads by DMA", () => {
    regions([0x4000, 2048]);
    io.out(BASE + 1, 1);
    packet(0xa8, 0, 0, 0, 0, 1, 0, 0, 0, 1);
    master.write(0, 1, TO_MEMORY);
    expect(memory.subarray(0x4000, 0x4800)).toEqual(disk.bytes.subarray(2048, 4096));
    expect(masterStatus()).toBe(4);
  });

  it("keeps why a command failed until it is asked", () => {
    packet(0x28, 0, 0, 0, 1, 0, 0, 0, 1);
    expect([io.in(BASE + 7) & 1, io.in(BASE + 1) >> 4]).toEqual([1, 5]);
    io.out(BASE + 4, 18);
    packet(0x03, 0, 0, 0, 18);
    const sense = take(18);
    expect([sense[2], sense[12]]).toEqual([5, 0x21]);
    packet(0xff);
    expect(io.in(BASE + 1) >> 4).toBe(5);
  });
});
