// The diskette controller with its DMA channel, as a driver uses both.
import { describe, expect, it } from "vitest";
import { PortBus } from "./bus";
import { I82077, disketteFormat } from "./i82077";
import { DmaControllers } from "./i8237";
import { MemoryStorage } from "./storage";
import { TestClock, TestLine } from "./testing";

const MEMORY_BYTES = 0x40000;

function floppy(sectors = 2880) {
  const time = new TestClock();
  const line = new TestLine();
  const memory = new Uint8Array(MEMORY_BYTES);
  const dma = new DmaControllers({
    readPhysical: (address, into) => into.set(memory.subarray(address, address + into.length)),
    writePhysical: (address, from) => memory.set(from, address),
  });
  const bytes = new Uint8Array(sectors * 512);
  for (let sector = 0; sector < sectors; sector++) bytes.fill(sector, sector * 512, sector * 512 + 512);
  const chip = new I82077(time.clock, line, dma.channel(2), [new MemoryStorage(bytes)], () => {});
  const bus = new PortBus();
  dma.attach(bus);
  chip.attach(bus);
  dma.reset();
  chip.reset();
  const out = (port: number, ...values: number[]) => values.forEach((value) => bus.write(port, 1, value));
  const read = (port: number) => bus.read(port, 1);
  const command = (...values: number[]) => {
    out(0x3f5, ...values);
    time.advance(20_000);
    const result: number[] = [];
    while (read(0x3f4) & 0x40) result.push(read(0x3f5));
    return result;
  };
  /** Channel 2, single transfers: to memory 0x46, from it 0x4a. */
  const program = (mode: number, address: number, count: number) => {
    out(0x0a, 6);
    out(0x0c, 0);
    out(0x0b, mode);
    out(0x04, address & 0xff, (address >> 8) & 0xff);
    out(0x81, address >> 16);
    out(0x05, (count - 1) & 0xff, (count - 1) >> 8);
    out(0x0a, 2);
  };
  const seek = (cylinder: number, head = 0) => {
    command(0x0f, head << 2, cylinder);
    return command(0x08);
  };
  return { time, line, memory, dma, bytes, chip, bus, out, read, command, program, seek };
}

it("formats are known by their size", () => {
  expect(disketteFormat(2880)).toEqual({ cylinders: 80, heads: 2, sectors: 18 });
  expect(disketteFormat(720)).toEqual({ cylinders: 40, heads: 2, sectors: 9 });
  expect(disketteFormat(2881)).toBeUndefined();
});

describe("the diskette controller", () => {
  it("tells of a reset for each drive, and then of nothing", () => {
    const { out, command, line } = floppy();
    out(0x3f2, 0);
    out(0x3f2, 0x0c);
    expect(line.level).toBe(true);
    expect([0, 1, 2, 3].map(() => command(0x08))).toEqual([
      [0xc0, 0],
      [0xc1, 0],
      [0xc2, 0],
      [0xc3, 0],
    ]);
    expect([line.level, command(0x08)]).toEqual([false, [0x80]]);
    expect(command(0x10)).toEqual([0x90]);
  });

  it("seeks, and clears the change line with it", () => {
    const { out, read, seek, command } = floppy();
    out(0x3f2, 0x1c);
    expect(read(0x3f7)).toBe(0x80);
    expect(seek(5)).toEqual([0x20, 5]);
    expect(read(0x3f7)).toBe(0);
    expect(command(0x04, 0)[0] & 0x10).toBe(0);
    command(0x07, 0);
    expect([command(0x08), command(0x04, 0)[0] & 0x10]).toEqual([[0x20, 0], 0x10]);
  });

  it("reads over the end of a side until the count runs out", () => {
    const { program, seek, command, memory, line } = floppy();
    seek(1);
    program(0x46, 0x1f000, 3 * 512);
    const result = command(0xe6, 0, 1, 0, 17, 2, 18, 0x1b, 0xff);
    expect(result).toEqual([0, 0, 0, 1, 1, 2, 2]);
    expect([0, 1, 2].map((i) => memory[0x1f000 + 512 * i])).toEqual([52, 53, 54]);
    expect(memory[0x1f000 + 3 * 512]).toBe(0);
    expect(line.level).toBe(false);
  });

  it("writes, and reads what it has written", () => {
    const { program, seek, command, memory, bytes } = floppy();
    seek(0);
    memory.fill(0xa5, 0x2000, 0x2200);
    program(0x4a, 0x2000, 512);
    expect(command(0x45, 0, 0, 0, 3, 2, 3, 0x1b, 0xff)[0]).toBe(0);
    expect([bytes[2 * 512], bytes[3 * 512 - 1], bytes[3 * 512]]).toEqual([0xa5, 0xa5, 3]);
  });

  it("says why not: no such sector, a head elsewhere, no drive, a closed channel, an unknown command", () => {
    const { program, seek, command, out } = floppy();
    seek(0);
    program(0x46, 0, 512);
    expect(command(0x46, 0, 0, 0, 19, 2, 19, 0x1b, 0xff).slice(0, 3)).toEqual([0x40, 0x04, 0]);
    expect(command(0x46, 0, 1, 0, 1, 2, 1, 0x1b, 0xff).slice(0, 3)).toEqual([0x40, 0x04, 0x10]);
    expect(command(0x46, 1, 0, 0, 1, 2, 1, 0x1b, 0xff).slice(0, 2)).toEqual([0x41, 0x01]);
    out(0x0a, 6);
    expect(command(0x46, 0, 0, 0, 1, 2, 1, 0x1b, 0xff).slice(0, 2)).toEqual([0x40, 0x10]);
    expect(command(0x1f)).toEqual([0x80]);
  });

  it("comes back in the middle of a command", () => {
    const first = floppy();
    first.out(0x3f5, 0x0f, 0);
    const second = floppy();
    second.chip.restore(structuredClone(first.chip.save()));
    second.dma.restore(structuredClone(first.dma.save()));
    second.out(0x3f5, 7);
    second.time.advance(20_000);
    expect(second.command(0x08)).toEqual([0x20, 7]);
  });
});

describe("the DMA controller", () => {
  it("keeps words in two halves, counts, masks the channel and says that it is done", () => {
    const { program, out, read, dma } = floppy();
    program(0x46, 0x12345, 4);
    expect(dma.channel(2).toMemory(new Uint8Array(3))).toEqual({ moved: 3, terminal: false });
    out(0x0c, 0);
    expect([read(0x04), read(0x04), read(0x05), read(0x05), read(0x81)]).toEqual([0x48, 0x23, 0, 0, 1]);
    expect(dma.channel(2).toMemory(new Uint8Array(3))).toEqual({ moved: 1, terminal: true });
    expect([read(0x08), read(0x08), dma.channel(2).isOpen]).toEqual([4, 0, false]);
  });

  it("begins anew by itself, goes down, and moves words on the upper channels", () => {
    const { out, dma, memory } = floppy();
    out(0x0c, 0);
    out(0x0b, 0x36);
    out(0x04, 3, 0);
    out(0x05, 1, 0);
    out(0x0a, 2);
    for (const byte of [1, 2]) dma.channel(2).toMemory(Uint8Array.of(byte, byte + 10));
    expect([...memory.subarray(0, 5)]).toEqual([0, 0, 12, 2, 0]);
    out(0xd8, 0);
    out(0xd6, 0x45);
    out(0xc4, 0x00, 0x80);
    out(0x8b, 0x03);
    out(0xc6, 0, 0);
    out(0xd4, 1);
    dma.channel(5).toMemory(Uint8Array.of(7, 8));
    expect([...memory.subarray(0x30000, 0x30002)]).toEqual([7, 8]);
  });
});
