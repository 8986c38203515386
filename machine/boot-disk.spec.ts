import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXT2_SUPERBLOCK_OFFSET, SB_FEATURE_INCOMPAT, SB_LOG_BLOCK_SIZE, SB_MAGIC } from "../abi/ext2";
import { MBR_PARTITIONS, PARTITION_SECTORS, PARTITION_TYPE } from "../abi/mbr";
import { MemoryStorage } from "../devices/storage";
import { buildImage } from "../tools/image/image";
import { BOOT_SCRIPT, findLinuxPartition, parseBootScript, readBootDisk } from "./boot-disk";
import { MachineError } from "./config";
import { viewOf } from "./elf";
import { Ext2Reader } from "./ext2";

const LIMIT = 64 << 20;

/** Contents that differ at every place. */
function contents(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = i ^ (i >> 8) ^ (i >> 16);
  return bytes;
}

const file = (data: Uint8Array | string) => ({ data: Buffer.from(data), mode: 0o644 });
const script = (text: string): [string, ReturnType<typeof file>] => [BOOT_SCRIPT, file(text)];
const image = (files: [string, ReturnType<typeof file>][], blockSize = 1024) =>
  buildImage({ files: new Map(files), blockSize });

const bootable = image([
  script("# what to boot\nkernel /boot/k a=1  b\n\n  module /boot/init ${host-port}\nmodule /m\n"),
  ["/boot/k", file("kernel!")],
  ["/boot/init", file("init!")],
  ["/m", file("")],
]);
const partitionStart = findLinuxPartition(new MemoryStorage(bootable)).start * 512;
const superblock = partitionStart + EXT2_SUPERBLOCK_OFFSET;

function damaged(change: (view: DataView) => void): MemoryStorage {
  const copy = bootable.slice();
  change(viewOf(copy));
  return new MemoryStorage(copy);
}

describe("readBootDisk", () => {
  it("reads the script, the kernel and the modules", () => {
    const boot = readBootDisk(new MemoryStorage(bootable), LIMIT);
    expect(boot.commandLine).toBe("/boot/k a=1  b");
    expect(Buffer.from(boot.kernel).toString()).toBe("kernel!");
    expect(boot.modules.map((module) => module.string)).toEqual(["/boot/init ${host-port}", "/m"]);
    expect(Buffer.from(boot.modules[0].contents).toString()).toBe("init!");
    expect(boot.bootPartition).toBe(0);
  });

  it.each([
    ["no partition table", new MemoryStorage(new Uint8Array(4096))],
    ["shorter than a sector", new MemoryStorage(new Uint8Array(100))],
    ["no Linux partition", damaged((view) => view.setUint8(MBR_PARTITIONS + PARTITION_TYPE, 0x07))],
    ["truncated", damaged((view) => view.setUint32(MBR_PARTITIONS + PARTITION_SECTORS, 1 << 30, true))],
    ["no ext2 file system", damaged((view) => view.setUint16(superblock + SB_MAGIC, 0, true))],
    ["impossible block size", damaged((view) => view.setUint32(superblock + SB_LOG_BLOCK_SIZE, 30, true))],
    [
      "unknown features 0x40",
      damaged((view) => view.setUint32(superblock + SB_FEATURE_INCOMPAT, 0x42, true)),
    ],
    ["no /boot", new MemoryStorage(image([["/x", file("")]]))],
    ["no /boot/mach386.boot", new MemoryStorage(image([["/boot/x", file("")]]))],
    ["no /boot/k in", new MemoryStorage(image([script("kernel /boot/k")]))],
    ["/boot in its file system is not a plain file", new MemoryStorage(image([script("kernel /boot")]))],
    ["names no kernel", new MemoryStorage(image([script("module /boot/x")]))],
  ])("says %s", (message, disk) => {
    expect(() => readBootDisk(disk, LIMIT)).toThrow(MachineError);
    expect(() => readBootDisk(disk, LIMIT)).toThrow(message);
  });

  it("refuses a file larger than the memory", () => {
    expect(() => readBootDisk(new MemoryStorage(bootable), 6)).toThrow(MachineError);
  });

  it("answers any damage with one error, and in time", () => {
    const position = fc.integer({ min: partitionStart, max: bootable.length - 1 });
    const nearTheStart = fc.integer({ min: superblock, max: superblock + 16 * 1024 });
    const change = fc.tuple(fc.oneof(position, nearTheStart), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const disk = damaged((view) => changes.forEach(([at, value]) => view.setUint8(at, value)));
        try {
          readBootDisk(disk, LIMIT);
        } catch (error) {
          expect(error).toBeInstanceOf(MachineError);
        }
      }),
    );
  });
});

describe("Ext2Reader", () => {
  it.each([1024, 2048, 4096])("reads files of every depth of indirection, block size %i", (blockSize) => {
    const pointers = blockSize / 4;
    const sizes = [0, 1, blockSize, 12 * blockSize + 1, (12 + pointers) * blockSize + 5];
    if (blockSize === 1024) sizes.push((12 + pointers + pointers * pointers) * blockSize + 7);
    const files = sizes.map(
      (size, i) => [`/deep/er/f${i}`, file(contents(size))] as [string, ReturnType<typeof file>],
    );
    const disk = new MemoryStorage(image(files, blockSize));
    const reader = new Ext2Reader(disk, findLinuxPartition(disk));
    sizes.forEach((size, i) => {
      const read = reader.readFile(`/deep/er/f${i}`, 2 ** 31);
      expect(Buffer.compare(read, contents(size))).toBe(0);
    });
  });

  it("does not take a file for a directory", () => {
    const disk = new MemoryStorage(bootable);
    const reader = new Ext2Reader(disk, findLinuxPartition(disk));
    expect(() => reader.readFile("/boot/k/x", LIMIT)).toThrow(
      "/boot/k in its file system is not a directory",
    );
  });
});

describe("parseBootScript", () => {
  it.each([
    ["kernel /k\nkernel /l", "line 2: a second kernel"],
    ["kernel", "line 1: kernel without a path"],
    ["kernel /k\nmodul /m", 'line 2: unknown word "modul"'],
    ["kernel /k\n" + "module /m\n".repeat(65), "more than 64 modules"],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => parseBootScript(text)).toThrow(message);
  });
});
