import { beforeEach, describe, expect, it } from "vitest";
import { PortBus } from "./bus";
import { I82441fx } from "./i82441fx";
import { BAR_IO, PciBus, PciFunction } from "./pci";
import { MovablePorts, Piix3Ide } from "./piix3";

const ADDRESS = 0xcf8;
const DATA = 0xcfc;

let bus: PortBus;
let pci: PciBus;

beforeEach(() => {
  bus = new PortBus();
  pci = new PciBus();
  pci.attach(bus);
});

/** Address of a register of device 0 to 31, function 0 to 7. */
const at = (device: number, number: number, offset: number) =>
  (0x80000000 | (device << 11) | (number << 8) | (offset & 0xfc)) >>> 0;

function read(device: number, number: number, offset: number, size: 1 | 2 | 4): number {
  bus.write(ADDRESS, 4, at(device, number, offset));
  return bus.read(DATA + (offset & 3), size);
}

function write(device: number, number: number, offset: number, size: 1 | 2 | 4, value: number): void {
  bus.write(ADDRESS, 4, at(device, number, offset));
  bus.write(DATA + (offset & 3), size, value);
}

describe("the configuration mechanism", () => {
  it("reaches bytes, words and doublewords of a function, and nobody elsewhere", () => {
    pci.add(3, 1, new PciFunction("test", { vendor: 0x1234, device: 0x5678, classCode: 0x010203 }));
    expect(read(3, 1, 0, 4)).toBe(0x56781234);
    expect([read(3, 1, 2, 2), read(3, 1, 1, 1), read(3, 1, 9, 1)]).toEqual([0x5678, 0x12, 0x03]);
    expect([read(3, 0, 0, 4), read(4, 0, 0, 2)]).toEqual([0xffffffff, 0xffff]);
    bus.write(ADDRESS, 4, at(3, 1, 0) & 0x7fffffff);
    expect(bus.read(DATA, 4)).toBe(0xffffffff);
    bus.write(ADDRESS, 4, (at(3, 1, 0) | 0x10000) >>> 0);
    expect(bus.read(DATA, 4)).toBe(0xffffffff);
  });

  it("has an address register of 32 bits only", () => {
    bus.write(ADDRESS, 4, at(3, 1, 8));
    bus.write(ADDRESS, 1, 0);
    bus.write(ADDRESS, 2, 0);
    expect(bus.read(ADDRESS, 4)).toBe(at(3, 1, 8));
  });

  it("sizes a base address register by what can be written", () => {
    const test = new PciFunction("test", { vendor: 1, device: 2, classCode: 0 });
    test.defineBar(2, 0x100, BAR_IO);
    pci.add(5, 0, test);
    write(5, 0, 0x18, 4, 0xffffffff);
    expect(read(5, 0, 0x18, 4)).toBe(0xffffff01);
    expect(read(5, 0, 0x10, 4)).toBe(0);
  });
});

describe("the host bridge", () => {
  it("says who answers in each area, as PAM is written", () => {
    const told: string[] = [];
    const host = new I82441fx((start, end, reads, writes) =>
      told.push(`${start.toString(16)}-${end.toString(16)} ${reads ? "R" : "-"}${writes ? "W" : "-"}`),
    );
    pci.add(0, 0, host);
    write(0, 0, 0x59, 1, 0x30);
    expect(told.at(-1)).toBe("f0000-100000 RW");
    write(0, 0, 0x5a, 1, 0x21);
    expect(told.slice(-13, -11)).toEqual(["c0000-c4000 R-", "c4000-c8000 -W"]);
    host.reset();
    expect(told.slice(-13).every((line) => line.endsWith("--"))).toBe(true);
  });
});

describe("the IDE function", () => {
  it("moves the bus master's ports as its base address and the command register say", () => {
    const written: number[] = [];
    const place = new MovablePorts(bus, 16, {
      read: (offset) => offset,
      write: (offset) => written.push(offset),
    });
    pci.add(1, 1, new Piix3Ide((base) => place.move(base)));
    write(1, 1, 0x20, 4, 0xc000);
    expect(bus.read(0xc002, 1)).toBe(0xff);
    write(1, 1, 4, 2, 1);
    expect(bus.read(0xc002, 1)).toBe(2);
    write(1, 1, 0x20, 4, 0xd000);
    bus.write(0xd008, 1, 1);
    expect([bus.read(0xc002, 1), bus.read(0xd00a, 1), ...written]).toEqual([0xff, 10, 8]);
    bus.attach(0xe004, 1, { readByte: () => 7, writeByte: () => {} });
    write(1, 1, 0x20, 4, 0xe000);
    expect([bus.read(0xe000, 1), bus.read(0xe004, 1)]).toEqual([0xff, 7]);
  });
});
