import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as mbr from "../../abi/mbr";
import { buildImage, ImageError, PARTITION_FIRST_SECTOR, type ImageFile } from "./image";
import { imageFiles } from "./contents";
import { inspectImage } from "./inspect";
import { MemoryStorage } from "../../devices/storage";
import { Ext2Reader } from "../../machine/ext2";
import { findLinuxPartition } from "../../machine/boot-disk";

const scratch = mkdtempSync(join(tmpdir(), "mach386-image-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const hasE2fsprogs =
  spawnSync("e2fsck", ["-V"]).error === undefined && spawnSync("debugfs", ["-V"]).error === undefined;

function file(data: Uint8Array | string, mode = 0o644): ImageFile {
  return { data: typeof data === "string" ? Buffer.from(data) : data, mode };
}

function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0, state = seed; index < length; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The ext2 partition of an image as a file for the e2fsprogs. */
function partitionFile(image: Uint8Array, name: string): string {
  const path = join(scratch, name);
  writeFileSync(path, image.subarray(PARTITION_FIRST_SECTOR * mbr.SECTOR_SIZE));
  return path;
}

function fsck(path: string): { status: number | null; output: string } {
  const run = spawnSync("e2fsck", ["-fn", path], { encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
}

function readBack(path: string, name: string): Buffer {
  const target = join(scratch, "dumped");
  execFileSync("debugfs", ["-R", `dump ${name} ${target}`, path], { stdio: "pipe" });
  return execFileSync("cat", [target], { maxBuffer: 1 << 28 });
}

const samples: [string, Map<string, ImageFile>][] = [
  ["no files", new Map()],
  ["one file", new Map([["/hello", file("hello\n")]])],
  ["an empty file", new Map([["/empty", file("")]])],
  [
    "every depth of indirection that fits 1 KiB blocks",
    new Map([
      ["/direct", file(pattern(12 * 1024, 1))],
      ["/single", file(pattern(12 * 1024 + 1, 2))],
      ["/single-full", file(pattern((12 + 256) * 1024, 3))],
      ["/double", file(pattern((12 + 256 + 1) * 1024, 4))],
      ["/double-more", file(pattern(5_000_000, 5))],
    ]),
  ],
  ["deep directories", new Map([["/" + "d/".repeat(60) + "leaf", file("deep")]])],
  [
    "many entries in one directory",
    new Map(
      Array.from({ length: 700 }, (_, index) => [`/many/file-with-a-long-name-${index}`, file(`${index}`)]),
    ),
  ],
  ["a name of 255 bytes", new Map([["/" + "n".repeat(255), file("x")]])],
];

describe("an image", () => {
  it("starts with a partition table that names one Linux partition", () => {
    const image = Buffer.from(buildImage({ files: new Map([["/a", file("a")]]) }));
    const entry = mbr.MBR_PARTITIONS;
    expect(image.readUInt16LE(mbr.MBR_SIGNATURE)).toBe(mbr.MBR_SIGNATURE_VALUE);
    expect(image[entry + mbr.PARTITION_TYPE]).toBe(mbr.PARTITION_TYPE_LINUX);
    expect(image.readUInt32LE(entry + mbr.PARTITION_START)).toBe(PARTITION_FIRST_SECTOR);
    const sectors = image.readUInt32LE(entry + mbr.PARTITION_SECTORS);
    expect(image.length).toBe((PARTITION_FIRST_SECTOR + sectors) * mbr.SECTOR_SIZE);
  });

  it("has the same bytes whatever the order of the files", () => {
    const entries: [string, ImageFile][] = [
      ["/b/c", file("1")],
      ["/a", file("2")],
      ["/b/a", file("3")],
    ];
    const one = buildImage({ files: new Map(entries) });
    const other = buildImage({ files: new Map(entries.reverse()) });
    expect(Buffer.compare(one, other)).toBe(0);
  });

  it("has the size that was asked for", () => {
    expect(buildImage({ files: new Map([["/a", file("a")]]), sizeBytes: 8 << 20 }).length).toBe(8 << 20);
  });

  it.each([
    ["relative", new Map([["a", file("")]]), /not an absolute path/],
    ["dots", new Map([["/a/../b", file("")]]), /bad path component/],
    ["empty component", new Map([["/a//b", file("")]]), /bad path component/],
    ["long name", new Map([["/" + "n".repeat(256), file("")]]), /name too long/],
    ["lost+found", new Map([["/lost+found", file("")]]), /reserved name/],
    [
      "file below a file",
      new Map([
        ["/a", file("")],
        ["/a/b", file("")],
      ]),
      /a is a file/,
    ],
  ])("refuses a path: %s", (_, files, message) => {
    expect(() => buildImage({ files })).toThrow(message);
    expect(() => buildImage({ files })).toThrow(ImageError);
  });

  it("refuses content that does not fit", () => {
    const files = new Map([["/a", file(new Uint8Array(3 << 20))]]);
    expect(() => buildImage({ files, sizeBytes: 2 << 20 })).toThrow(/blocks/);
    expect(() => buildImage({ files, sizeBytes: 1 << 20 })).toThrow(/no room/);
    expect(() => buildImage({ files, blockSize: 512 })).toThrow(/block size/);
  });
});

describe.each([1024, 2048, 4096])("with blocks of %i bytes", (blockSize) => {
  it.skipIf(!hasE2fsprogs).each(samples)("e2fsck accepts and debugfs reads back: %s", (_, files) => {
    const path = partitionFile(buildImage({ files, blockSize }), `volume-${blockSize}`);
    expect(fsck(path)).toMatchObject({ status: 0 });
    for (const [name, { data }] of [...files].slice(0, 8))
      expect(Buffer.compare(readBack(path, name), data), name).toBe(0);
  });
});

describe.each([1024, 4096])("the loader's reader with blocks of %i bytes", (blockSize) => {
  it.each(samples)("finds every file again: %s", (_, files) => {
    const disk = new MemoryStorage(buildImage({ files, blockSize }));
    const reader = new Ext2Reader(disk, findLinuxPartition(disk));
    for (const [name, { data }] of [...files].slice(0, 8))
      expect(Buffer.compare(reader.readFile(name, 1 << 30), data), name).toBe(0);
    const found = [...reader.walk()].filter((entry) => !(entry.mode & 0x4000)).map((entry) => entry.path);
    expect(found.sort()).toEqual([...files.keys()].sort());
  });
});

it("inspect lists partition, file system and files", () => {
  const files = new Map([["/dir/file", file("12345", 0o755)]]);
  const text = inspectImage(new MemoryStorage(buildImage({ files })));
  expect(text).toMatch(/^partition 1: type 0x83, first sector 2048, \d+ sectors$/m);
  expect(text).toMatch(/^ext2 on partition 1: \d+ blocks of 4096 bytes/m);
  expect(text).toMatch(/ 0755 +5 \/dir\/file$/m);
});

it.skipIf(!hasE2fsprogs)("e2fsck accepts several groups and a triple-indirect file", () => {
  const files = new Map([["/big", file(pattern((12 + 256 + 65536 + 300) * 1024, 9))]]);
  const path = partitionFile(buildImage({ files, blockSize: 1024 }), "big");
  expect(fsck(path)).toMatchObject({ status: 0 });
  expect(Buffer.compare(readBack(path, "/big"), files.get("/big")!.data)).toBe(0);
});

it.skipIf(!hasE2fsprogs).each([9, 17, 33, 64])("e2fsck accepts an image of %i MiB", (mebibytes) => {
  for (const blockSize of [1024, 4096]) {
    const image = buildImage({
      files: new Map([["/a", file("a")]]),
      sizeBytes: (mebibytes << 20) + 512,
      blockSize,
    });
    expect(fsck(partitionFile(image, "sized"))).toMatchObject({ status: 0 });
  }
});

it("a partition for paging follows the file system, and is not stored", () => {
  const files = new Map([["/a", file("a")]]);
  const plain = Buffer.from(buildImage({ files }));
  const image = Buffer.from(buildImage({ files, swapBytes: 1 << 20 }));
  expect(image.length).toBe(plain.length);
  const entry = image.subarray(mbr.MBR_PARTITIONS + mbr.MBR_PARTITION_SIZE);
  expect(entry[mbr.PARTITION_TYPE]).toBe(mbr.PARTITION_TYPE_LINUX_SWAP);
  expect(entry.readUInt32LE(mbr.PARTITION_START) * mbr.SECTOR_SIZE).toBe(image.length);
  expect(entry.readUInt32LE(mbr.PARTITION_SECTORS) * mbr.SECTOR_SIZE).toBe(1 << 20);
});

it("the default image boots init with its ports and the kernel's command line", () => {
  const files = imageFiles({
    kernel: pattern(100, 1),
    programs: new Map([
      ["init", pattern(10, 2)],
      ["x", pattern(10, 3)],
    ]),
  });
  expect([...files.keys()].sort()).toEqual([
    "/bin/x",
    "/boot/init",
    "/boot/kernel.elf",
    "/boot/mach386.boot",
    "/etc/bench",
    "/etc/crash",
    "/etc/demo",
    "/etc/exhaust",
    "/etc/fs",
    "/etc/group",
    "/etc/hurd",
    "/etc/hurd-bounded",
    "/etc/hurd-uncached",
    "/etc/ipc-bench",
    "/etc/ipc-bench-tsc",
    "/etc/kernel-map",
    "/etc/limits",
    "/etc/passwd",
    "/etc/sched",
    "/etc/start",
    "/etc/swap",
    "/etc/swap-quick",
    "/etc/vm-bench",
    "/etc/vminfo",
    "/share/words",
  ]);
  const script = Buffer.from(files.get("/boot/mach386.boot")!.data).toString();
  expect(script).toMatch(/^kernel \/boot\/kernel.elf console=com0 vm.merge=full$/m);
  expect(script).toMatch(
    /^module \/boot\/init \$\{host-port\} \$\{device-port\} .*\$\(task-create\) \$\(task-resume\)$/m,
  );
});
