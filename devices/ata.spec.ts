import { beforeEach, describe, expect, it } from "vitest";
import { AtaChannel } from "./ata-channel";
import { AtaDrive } from "./ata-drive";
import { MemoryStorage, OverlayStorage, type Storage } from "./storage";
import { TestClock, TestLine, testBus } from "./testing";

const BASE = 0x1f0;
const CONTROL = 0x3f6;
const SECTORS = 2048;
const [READY, BUSY, DATA, FAILED] = [0x50, 0x80, 0x58, 0x51];
/** Longer than any phase. */
const LONG = 100_000;

let time: TestClock;
let irq: TestLine;
let disk: Uint8Array;
let ata: AtaChannel;
let io: ReturnType<typeof testBus>;

function build(storages: Storage[]) {
  time = new TestClock();
  irq = new TestLine();
  ata = new AtaChannel(irq, (onInterrupt) =>
    storages.map((one, i) => new AtaDrive(i, i, time.clock, one, onInterrupt, () => {})),
  );
  io = testBus(ata);
  ata.reset();
}

beforeEach(() => {
  disk = new Uint8Array(SECTORS * 512);
  for (let i = 0; i < disk.length; i++) disk[i] = (i >> 9) * 7 + i;
  build([new MemoryStorage(disk)]);
});

const status = () => io.in(CONTROL);
const error = () => io.in(BASE + 1);

function command(opcode: number, lba: number, count: number, device = 0xe0) {
  io.out(BASE + 2, count);
  io.out(BASE + 3, lba & 0xff);
  io.out(BASE + 4, (lba >> 8) & 0xff);
  io.out(BASE + 5, (lba >> 16) & 0xff);
  io.out(BASE + 6, device | (lba >>> 24));
  io.out(BASE + 7, opcode);
}

function chs(opcode: number, cylinder: number, head: number, sector: number, count: number) {
  io.out(BASE + 6, 0xa0 | head);
  io.out(BASE + 2, count);
  io.out(BASE + 3, sector);
  io.out(BASE + 4, cylinder & 0xff);
  io.out(BASE + 5, cylinder >> 8);
  io.out(BASE + 7, opcode);
}

const registers = () => [2, 3, 4, 5].map((register) => io.in(BASE + register));

function readBytes(count: number): Uint8Array {
  const words = Uint16Array.from({ length: count / 2 }, () => io.bus.read(BASE, 2));
  return new Uint8Array(words.buffer);
}

/** Byte arrays as text: quick to compare. */
const text = (bytes: ArrayLike<number>) => Buffer.from(bytes).toString("base64");

function writeBytes(bytes: Uint8Array) {
  for (let i = 0; i < bytes.length; i += 2) io.bus.write(BASE, 2, bytes[i] | (bytes[i + 1] << 8));
}

const sectors = (lba: number, count: number) => disk.slice(lba * 512, (lba + count) * 512);
const pattern = (count: number) => Uint8Array.from({ length: count * 512 }, (_, i) => i * 13 + 5);

describe("reading", () => {
  it("is busy, then interrupts with data for each sector; reading status takes the interrupt", () => {
    command(0x20, 5, 2);
    expect(status()).toBe(BUSY);
    expect(irq.level).toBe(false);
    time.advance(LONG);
    expect([status(), irq.level, irq.edges]).toEqual([DATA, true, 1]);
    expect(io.in(BASE + 7)).toBe(DATA);
    expect(irq.level).toBe(false);
    expect(text(readBytes(512))).toBe(text(sectors(5, 1)));
    expect(status()).toBe(BUSY);
    time.advance(LONG);
    expect(irq.edges).toBe(2);
    io.in(BASE + 7);
    expect(text(readBytes(512))).toBe(text(sectors(6, 1)));
    expect([status(), irq.edges]).toEqual([READY, 2]);
    expect(registers()).toEqual([0, 6, 0, 0]);
  });

  it("takes 0 as 256 sectors, and 32-bit accesses as two words", () => {
    command(0x20, 0, 0);
    for (let sector = 0; sector < 256; sector++) {
      time.advance(LONG);
      const words = Uint32Array.from({ length: 128 }, () => io.bus.read(BASE, 4));
      expect(text(new Uint8Array(words.buffer))).toBe(text(sectors(sector, 1)));
    }
    expect(status()).toBe(READY);
  });

  it("addresses by cylinder, head and sector", () => {
    chs(0x20, 1, 2, 3, 1);
    time.advance(LONG);
    expect(text(readBytes(512))).toBe(text(sectors((1 * 16 + 2) * 63 + 2, 1)));
    expect(registers()).toEqual([0, 3, 1, 0]);
    expect(io.in(BASE + 6)).toBe(0xa2);
  });

  it("follows INITIALIZE DEVICE PARAMETERS", () => {
    io.out(BASE + 2, 10);
    io.out(BASE + 6, 0xa3);
    io.out(BASE + 7, 0x91);
    expect([status(), irq.level]).toEqual([READY, true]);
    chs(0x20, 2, 3, 10, 1);
    time.advance(LONG);
    expect(text(readBytes(512))).toBe(text(sectors((2 * 4 + 3) * 10 + 9, 1)));
    chs(0x20, 0, 0, 11, 1);
    expect([status(), error()]).toEqual([FAILED, 0x10]);
  });

  it("reads blocks after SET MULTIPLE MODE, the last one shorter", () => {
    command(0xc4, 0, 1);
    expect([status(), error()]).toEqual([FAILED, 0x04]);
    command(0xc6, 0, 4);
    expect(status()).toBe(READY);
    irq.edges = 0;
    command(0xc4, 100, 6);
    time.advance(LONG);
    expect(io.in(BASE + 7)).toBe(DATA);
    expect(text(readBytes(4 * 512))).toBe(text(sectors(100, 4)));
    time.advance(LONG);
    expect(text(readBytes(2 * 512))).toBe(text(sectors(104, 2)));
    expect([status(), irq.edges]).toEqual([READY, 2]);
  });

  it("refuses sectors beyond the end with IDNF, an unreadable one with UNC", () => {
    command(0x20, SECTORS - 1, 2);
    expect([status(), error(), irq.level]).toEqual([FAILED, 0x10, true]);
    const broken: Storage = {
      sectors: 100,
      read: () => {
        throw new Error("bad medium");
      },
      write: () => {
        throw new Error("bad medium");
      },
    };
    build([broken]);
    command(0x20, 7, 1);
    time.advance(LONG);
    expect([status(), error(), io.in(BASE + 3)]).toEqual([FAILED, 0x40, 7]);
    command(0x30, 7, 1);
    time.advance(LONG);
    writeBytes(pattern(1));
    time.advance(LONG);
    expect([status(), error()]).toEqual([FAILED | 0x20, 0x04]);
  });

  it("gives ones when nothing is offered", () => {
    expect(io.bus.read(BASE, 2)).toBe(0xffff);
  });
});

describe("writing", () => {
  it("asks for the first sector without an interrupt, then interrupts for each", () => {
    command(0x30, 9, 2);
    expect(status()).toBe(BUSY);
    time.advance(10);
    expect([status(), irq.level]).toEqual([DATA, false]);
    const data = pattern(2);
    writeBytes(data.subarray(0, 512));
    expect(status()).toBe(BUSY);
    time.advance(LONG);
    expect([io.in(BASE + 7), irq.edges]).toEqual([DATA, 1]);
    writeBytes(data.subarray(512));
    time.advance(LONG);
    expect([status(), irq.edges]).toEqual([READY, 2]);
    expect(text(sectors(9, 2))).toBe(text(data));
  });

  it("writes blocks after SET MULTIPLE MODE", () => {
    command(0xc6, 0, 16);
    io.in(BASE + 7);
    irq.edges = 0;
    command(0xc5, 20, 20);
    time.advance(LONG);
    writeBytes(pattern(16));
    time.advance(LONG);
    io.in(BASE + 7);
    writeBytes(pattern(4));
    time.advance(LONG);
    expect([status(), irq.edges]).toEqual([READY, 2]);
    expect(text(sectors(20, 16))).toBe(text(pattern(16)));
    expect(text(sectors(36, 4))).toBe(text(pattern(4)));
  });
});

describe("several accesses of the data register at once", () => {
  const block = (size: 2 | 4, count: number) => {
    const into = new Uint8Array(size * count);
    const done = io.bus.readBlock(BASE, size, into);
    return { done, bytes: into.subarray(0, size * done) };
  };

  it.each([2, 4] as const)("of %i bytes read as those one by one, short of the last of a block", (size) => {
    for (const before of [0, 1, 3]) {
      for (const asked of [1, 7, 126, 1000]) {
        const runs = [true, false].map((atOnce) => {
          build([new MemoryStorage(disk)]);
          command(0x20, 5, 2);
          time.advance(LONG);
          const head = readBytes(2 * before);
          const most = Math.min(asked, Math.ceil((512 - 2 * before) / size) - 1);
          const { done, bytes } = atOnce ? block(size, asked) : { done: most, bytes: readBytes(size * most) };
          const saved = ata.save();
          const rest = readBytes(512 - 2 * before - size * done);
          return [done, text([...head, ...bytes, ...rest]), saved, ata.save(), time.scheduler.next];
        });
        expect(runs[0]).toEqual(runs[1]);
        expect(runs[0][1]).toBe(text(sectors(5, 1)));
      }
    }
  });

  it.each([2, 4] as const)("of %i bytes write as those one by one, short of the last of a block", (size) => {
    const data = pattern(2);
    for (const asked of [1, 7, 126, 1000]) {
      const runs = [true, false].map((atOnce) => {
        build([new MemoryStorage(disk)]);
        command(0xc6, 0, 2);
        command(0xc5, 9, 2);
        time.advance(LONG);
        writeBytes(data.subarray(0, 6));
        const part = data.subarray(6, Math.min(1024, 6 + size * asked));
        const most = Math.min(asked, Math.ceil(1018 / size) - 1);
        const done = atOnce ? io.bus.writeBlock(BASE, size, part) : most;
        if (!atOnce) writeBytes(data.subarray(6, 6 + size * most));
        const saved = ata.save();
        writeBytes(data.subarray(6 + size * done));
        const given = [ata.save(), time.scheduler.next];
        time.advance(LONG);
        return [done, saved, given, status(), irq.edges];
      });
      expect(runs[0]).toEqual(runs[1]);
      expect(text(sectors(9, 2))).toBe(text(data));
      disk.fill(0, 9 * 512, 11 * 512);
    }
  });

  it("are left to the register where they do more than move data", () => {
    const bytes = new Uint8Array(16);
    const both = (size: 1 | 2 | 4, port = BASE) => [
      io.bus.readBlock(port, size, bytes),
      io.bus.writeBlock(port, size, bytes),
    ];
    expect(both(2)).toEqual([0, 0]);
    command(0x20, 0, 1);
    expect(both(2)).toEqual([0, 0]);
    time.advance(LONG);
    expect([both(1), both(2, BASE + 7), both(2, CONTROL)]).toEqual(Array(3).fill([0, 0]));
    expect(both(2)).toEqual([8, 0]);
    readBytes(512 - 16 - 2);
    expect([both(2), both(4)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    io.out(BASE + 6, 0xf0);
    expect(both(2)).toEqual([0, 0]);
  });
});

describe("other commands", () => {
  it("IDENTIFY DEVICE tells geometry, size and names", () => {
    command(0xec, 0, 0, 0xa0);
    time.advance(LONG);
    const words = new Uint16Array(readBytes(512).buffer);
    expect([words[0], words[1], words[3], words[6]]).toEqual([0x40, 2, 16, 63]);
    expect(words[60] | (words[61] << 16)).toBe(SECTORS);
    expect([words[47] & 0xff, words[49] & 0x300, words[53] & 1]).toEqual([16, 0x300, 1]);
    const model = [...words.subarray(27, 47)].map((w) => String.fromCharCode(w >> 8, w & 0xff)).join("");
    expect(model).toBe("MACH386 DISK".padEnd(40));
    expect(status()).toBe(READY);
  });

  it("VERIFY, SEEK, RECALIBRATE, FLUSH and power commands end well, with one interrupt", () => {
    for (const opcode of [0x40, 0x70, 0x10, 0xe7, 0xe0, 0xe1]) {
      irq.edges = 0;
      command(opcode, 3, 4);
      time.advance(LONG);
      expect([opcode, io.in(BASE + 7), irq.edges]).toEqual([opcode, READY, 1]);
    }
    command(0xe5, 0, 0);
    expect(io.in(BASE + 2)).toBe(0xff);
    command(0x70, SECTORS, 0);
    time.advance(LONG);
    expect([status(), error()]).toEqual([FAILED, 0x10]);
  });

  it("SET MULTIPLE MODE takes powers of two up to 16, SET FEATURES modes of PIO and multiword DMA", () => {
    command(0xc6, 0, 3);
    expect(error()).toBe(0x04);
    command(0xc6, 0, 32);
    expect(error()).toBe(0x04);
    for (const [feature, count, result] of [
      [0x03, 0x0c, READY],
      [0x03, 0x22, READY],
      [0x03, 0x23, FAILED],
      [0x02, 0, READY],
      [0x99, 0, FAILED],
    ]) {
      io.out(BASE + 1, feature);
      command(0xef, 0, count);
      expect([feature, count, status()]).toEqual([feature, count, result]);
    }
  });

  it("aborts what it does not know", () => {
    command(0x00, 0, 0);
    expect([status(), error(), irq.level]).toEqual([FAILED, 0x04, true]);
    command(0xa1, 0, 0);
    expect([status(), error()]).toEqual([FAILED, 0x04]);
  });

  it("EXECUTE DEVICE DIAGNOSTIC passes and leaves the signature", () => {
    command(0x90, 0x123456, 9);
    expect([status(), error(), irq.level]).toEqual([READY, 0x01, true]);
    expect(registers()).toEqual([1, 1, 0, 0]);
  });
});

describe("the channel", () => {
  it("resets by SRST: busy, then the signature, no interrupt", () => {
    command(0x20, 0, 1);
    io.out(CONTROL, 0x04);
    expect(status()).toBe(BUSY);
    time.advance(LONG);
    expect(status()).toBe(BUSY);
    io.out(CONTROL, 0x00);
    expect(status()).toBe(BUSY);
    time.advance(LONG);
    expect([status(), error(), irq.edges]).toEqual([READY, 0x01, 0]);
    expect(registers()).toEqual([1, 1, 0, 0]);
  });

  it("keeps the interrupt off the line while nIEN is set", () => {
    io.out(CONTROL, 0x02);
    command(0xe7, 0, 0);
    time.advance(LONG);
    expect(irq.level).toBe(false);
    io.out(CONTROL, 0x00);
    expect(irq.level).toBe(true);
  });

  it("ignores commands and registers while busy", () => {
    command(0x20, 5, 1);
    command(0x30, 99, 9);
    time.advance(LONG);
    expect(text(readBytes(512))).toBe(text(sectors(5, 1)));
  });

  it("answers status 0 for an absent slave, and forgets commands to it", () => {
    io.out(BASE + 6, 0xb0);
    expect([io.in(BASE + 7), status()]).toEqual([0, 0]);
    command(0xec, 0, 0, 0xb0);
    time.advance(LONG);
    expect([io.in(BASE + 7), irq.level]).toEqual([0, false]);
    io.out(BASE + 6, 0xa0);
    expect(status()).toBe(READY);
  });

  it("has two drives that differ", () => {
    const second = pattern(64);
    build([new MemoryStorage(disk), new MemoryStorage(second)]);
    command(0x20, 3, 1, 0xf0);
    time.advance(LONG);
    expect(text(readBytes(512))).toBe(text(second.slice(3 * 512, 4 * 512)));
    command(0x20, 3, 1, 0xe0);
    time.advance(LONG);
    expect(text(readBytes(512))).toBe(text(sectors(3, 1)));
    command(0x90, 0, 0, 0xf0);
    expect(io.in(BASE + 6) & 0x10).toBe(0);
    expect(status()).toBe(READY);
  });
});

describe("state", () => {
  it("comes back in the middle of a read and of a write", () => {
    command(0xc6, 0, 2);
    command(0xc4, 10, 4);
    time.advance(LONG);
    const head = readBytes(700);
    const saved = structuredClone(ata.save());
    build([new MemoryStorage(disk)]);
    ata.restore(saved);
    const tail = readBytes(324);
    expect(text([...head, ...tail])).toBe(text(sectors(10, 2)));
    expect(status()).toBe(BUSY);
    const busy = structuredClone(ata.save());
    const at = time.now;
    build([new MemoryStorage(disk)]);
    time.advance(at);
    ata.restore(busy);
    time.advance(LONG);
    expect(irq.level).toBe(true);
    expect(text(readBytes(1024))).toBe(text(sectors(12, 2)));

    command(0x30, 50, 1);
    time.advance(LONG);
    writeBytes(pattern(1).subarray(0, 100));
    const writing = structuredClone(ata.save());
    build([new MemoryStorage(disk)]);
    ata.restore(writing);
    writeBytes(pattern(1).subarray(100));
    time.advance(LONG);
    expect(text(sectors(50, 1))).toBe(text(pattern(1)));
  });
});

describe("OverlayStorage", () => {
  it("keeps writes apart from the disk below", () => {
    const before = disk.slice();
    const overlay = new OverlayStorage(new MemoryStorage(disk));
    overlay.write(3, pattern(2));
    overlay.write(4, pattern(1));
    const read = new Uint8Array(4 * 512);
    overlay.read(2, read);
    expect(text(read)).toBe(
      text(Uint8Array.from([...sectors(2, 1), ...pattern(1), ...pattern(1), ...sectors(5, 1)])),
    );
    expect(overlay.writtenSectors).toBe(2);
    expect(text(disk)).toBe(text(before));
  });

  it("gives its writes for a snapshot and takes them back", () => {
    const overlay = new OverlayStorage(new MemoryStorage(disk));
    overlay.write(1, pattern(1));
    const saved = overlay.saveWrites();
    overlay.write(1, new Uint8Array(512));
    overlay.restoreWrites(saved);
    const read = new Uint8Array(512);
    overlay.read(1, read);
    expect(text(read)).toBe(text(pattern(1)));
  });
});
