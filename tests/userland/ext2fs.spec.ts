// The file system's core on the host, against a model of what it should hold, and e2fsck as the judge of the disk.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as errno from "../../abi/errno";
import * as ext2 from "../../abi/ext2";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { FileSystemModel, type ModelNode } from "./file-system-model";
import { loadLibrary, type Library } from "./library";
import { NodeError, Volume } from "./volume";

const scratch = mkdtempSync(join(tmpdir(), "mach386-ext2fs-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let library: Library;
beforeAll(async () => {
  library = await loadLibrary("userland/testing/ext2fs.ts");
});
beforeEach(() => {
  library.reset();
  library.badSectors.clear();
});

/** An empty file system made by mke2fs. */
function makeFileSystem(kibibytes: number, ...options: string[]): Uint8Array {
  const path = join(scratch, "made");
  writeFileSync(path, new Uint8Array(kibibytes * 1024));
  const run = spawnSync("mke2fs", [
    "-q",
    "-F",
    "-t",
    "ext2",
    "-O",
    "none,filetype,sparse_super",
    ...options,
    path,
  ]);
  expect(run.status, run.stderr.toString()).toBe(0);
  return new Uint8Array(readFileSync(path));
}

const fsck = (image: Uint8Array) => e2fsck(image, join(scratch, "checked"));

/** What is on the disk is what the model holds. */
function compare(volume: Volume, model: FileSystemModel): void {
  const inodes = new Map<ModelNode, number>();
  const visit = (node: ModelNode, number: number) => {
    const known = inodes.get(node);
    if (known !== undefined) return expect(number).toBe(known);
    inodes.set(node, number);
    if (node.kind === "symlink") return expect(volume.readLink(number)).toBe(node.target);
    if (node.kind === "file") {
      expect(volume.size(number)).toBe(node.size);
      for (const [index, data] of node.blocks) {
        if (index * volume.blockBytes >= node.size) continue;
        const there = volume.read(number, index, 1);
        if (typeof there === "number") throw new Error(`block ${index}: error ${there}`);
        expect(Buffer.compare(there, data)).toBe(0);
      }
      return;
    }
    const names = volume.list(number);
    expect([...names.keys()].sort()).toEqual([...node.children.keys()].sort());
    for (const [name, child] of node.children) visit(child, names.get(name)!);
  };
  visit(model.root, ext2.EXT2_ROOT_INODE);
}

const shapes: [number, number, string[]][] = [
  [4096, 1024, []],
  [8192, 2048, ["-g", "1024"]],
  [16384, 4096, ["-I", "256"]],
  [3000, 1024, ["-g", "512", "-r", "1"]],
];

describe.skipIf(!hasE2fsprogs)("a file system made by mke2fs", () => {
  it.each(shapes)("of %i KiB with blocks of %i bytes and %j: random operations", (size, block, options) => {
    const seed = size;
    const volume = new Volume(library, makeFileSystem(size, "-b", String(block), ...options));
    const model = new FileSystemModel(seed, volume);
    for (let round = 0; round < 6; round++) {
      for (let step = 0; step < 250; step++) {
        model.step();
        expect(model.mistake, `seed ${seed}, step ${round * 250 + step}`).toBe("");
      }
      expect(volume.sync(true)).toBe(0);
      expect(fsck(volume.image)).toBe("clean");
      const again = new Volume(library, volume.image);
      compare(again, model);
    }
    expect(model.refusals.size).toBeGreaterThan(5);
  });

  it("gives everything back when all is deleted, after having been full", () => {
    const volume = new Volume(library, makeFileSystem(2048, "-b", "1024"));
    const free = [volume.freeBlocks(), volume.freeInodes()];
    const data = new Uint8Array(16 * 1024).fill(7);
    let result = 0;
    const names: string[] = [];
    while (result === 0) {
      const name = `file-${names.length}`;
      const number = volume.create(2, name, 0o100644);
      if (number < 0) result = -number;
      else {
        names.push(name);
        for (let at = 0; at < 48 && result === 0; at += 16) result = volume.write(number, at, data);
        expect(volume.setSize(number, 48 * 1024)).toBe(0);
      }
    }
    expect(result).toBe(errno.ENOSPC);
    expect(volume.sync(true)).toBe(0);
    expect(fsck(volume.image)).toBe("clean");
    for (const name of names) expect(volume.unlink(2, name, false)).toBe(0);
    expect([volume.freeBlocks(), volume.freeInodes()]).toEqual(free);
    expect(volume.sync(true)).toBe(0);
    expect(fsck(volume.image)).toBe("clean");
  });

  it("runs out of inodes with an error, and loses none", () => {
    const volume = new Volume(library, makeFileSystem(1024, "-b", "1024", "-N", "32"));
    const names: string[] = [];
    for (;;) {
      const number = volume.create(2, `f${names.length}`, 0o100644);
      if (number < 0) {
        expect(number).toBe(-errno.ENOSPC);
        break;
      }
      names.push(`f${names.length}`);
    }
    expect(names.length).toBeGreaterThan(15);
    expect(volume.freeInodes()).toBe(0);
    for (const name of names) expect(volume.unlink(2, name, false)).toBe(0);
    expect(volume.sync(true)).toBe(0);
    expect(fsck(volume.image)).toBe("clean");
  });

  it("keeps a block at every depth of a sparse file, up to the largest size", () => {
    const volume = new Volume(library, makeFileSystem(4096, "-b", "1024"));
    const number = volume.create(2, "deep", 0o100600);
    const depths = [0, 11, 12, 267, 268, 300, 65803, 65804, 65805, 16777216 + 65803];
    depths.forEach((index, value) => {
      expect(volume.write(number, index, new Uint8Array(1024).fill(value + 1))).toBe(0);
    });
    const end = (16777216 + 65804) * 1024;
    expect(volume.setSize(number, end)).toBe(0);
    expect(volume.setSize(number, end + 10 * 1024)).toBe(errno.EFBIG);
    expect(volume.sync(true)).toBe(0);
    expect(fsck(volume.image)).toBe("clean");
    const again = new Volume(library, volume.image);
    depths.forEach((index, value) =>
      expect(again.read(number, index, 1)).toEqual(new Uint8Array(1024).fill(value + 1)),
    );
    expect(again.read(number, 301, 2)).toEqual(new Uint8Array(2048));
    const free = again.freeBlocks();
    expect(again.setSize(number, 268 * 1024 + 5)).toBe(0);
    expect(again.freeBlocks()).toBeGreaterThan(free);
    const tail = new Uint8Array(1024).fill(5, 0, 5);
    expect(again.read(number, 268, 1)).toEqual(tail);
    expect(again.sync(true)).toBe(0);
    expect(fsck(again.image)).toBe("clean");
  });

  it("reports bad sectors as EIO and goes on", () => {
    const volume = new Volume(library, makeFileSystem(2048, "-b", "1024"));
    const number = volume.create(2, "f", 0o100644);
    expect(volume.write(number, 0, new Uint8Array(4096).fill(1))).toBe(0);
    expect(volume.setSize(number, 4096)).toBe(0);
    const good = volume.read(number, 0, 4);
    for (let sector = 64; sector < 4096; sector++) library.badSectors.add(sector);
    expect(volume.read(number, 0, 4)).toBe(errno.EIO);
    library.badSectors.clear();
    expect(volume.read(number, 0, 4)).toEqual(good);
    expect(volume.sync(true)).toBe(0);
    expect(fsck(volume.image)).toBe("clean");
  });

  it("takes no other file system, and no features that it does not know", () => {
    library.insertDisk(new Uint8Array(65536));
    expect(library.call.mount_host()).toBe(errno.EINVAL);
    const path = join(scratch, "ext4");
    writeFileSync(path, new Uint8Array(4 << 20));
    spawnSync("mke2fs", ["-q", "-F", "-t", "ext4", path]);
    library.insertDisk(readFileSync(path));
    expect(library.call.mount_host()).toBe(errno.EINVAL);
  });

  it("neither traps nor hangs on a damaged volume", () => {
    const volume = new Volume(library, makeFileSystem(2048, "-b", "1024"));
    const model = new FileSystemModel(1, volume);
    for (let step = 0; step < 400; step++) model.step();
    expect(volume.sync(true)).toBe(0);
    const sound = volume.image.slice();
    let damaged = 0;
    for (let seed = 1; seed <= 150; seed++) {
      let state = seed;
      const below = (limit: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % limit;
      const image = sound.slice();
      // The first 128 KiB have the superblock, descriptors, bitmaps and inode tables.
      for (let byte = 0; byte < 200; byte++) image[1024 + below(131072)] = below(256);
      if (seed % 3) image.set(sound.subarray(1024, 3072), 1024);
      library.insertDisk(image);
      if (library.call.mount_host() !== 0) continue;
      damaged++;
      const hostile = new FileSystemModel(seed, new Volume(library, image));
      for (let step = 0; step < 60; step++) {
        try {
          hostile.step();
        } catch (error) {
          if (!(error instanceof NodeError)) throw new Error(`seed ${seed}, step ${step}`, { cause: error });
        }
      }
      library.call.file_system_sync(1);
    }
    expect(damaged).toBeGreaterThan(50);
  });
});
