// The machine stops in the middle of a row of changes, at any sector. What the volume then holds, once mounted again, is what
// it held at one moment at or after the last sync; e2fsck finds nothing; and what was synced and not changed since is whole.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as ext2 from "../../abi/ext2";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { FileSystemModel } from "./file-system-model";
import { loadLibrary, type Library } from "./library";
import { Volume } from "./volume";

const scratch = mkdtempSync(join(tmpdir(), "mach386-power-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const STEPS = 220;
const SYNC_EVERY = 40;
const STOPS = 30;

let library: Library;
beforeAll(async () => {
  library = await loadLibrary("userland/testing/ext2fs.ts");
});

function makeFileSystem(kibibytes: number, blockSize: number): Uint8Array {
  const path = join(scratch, "made");
  writeFileSync(path, new Uint8Array(kibibytes * 1024));
  const options = ["-q", "-F", "-t", "ext2", "-O", "none,filetype,sparse_super", "-b", String(blockSize)];
  expect(spawnSync("mke2fs", [...options, path]).status).toBe(0);
  return new Uint8Array(readFileSync(path));
}

interface Run {
  image: Uint8Array;
  /** What the volume may look like: at the last sync, and after each step since. */
  shapes: string[];
  /** Files that were there at the last sync and whose contents have not been changed since; `gone`: their names have. */
  kept: { path: string; size: number; blocks: Map<number, Uint8Array>; gone: boolean }[];
  sectors: number;
}

/** Makes random changes until the power goes, after so many sectors. */
function runUntil(empty: Uint8Array, seed: number, limit: number, steps = STEPS): Run {
  const image = empty.slice();
  const { power } = library;
  power.written = 0;
  power.limit = limit;
  const volume = new Volume(library, image, "mount_recovered");
  const model = new FileSystemModel(seed, volume);
  let shapes = [model.shape()];
  let synced = new Map([...model.files()].map(([file, path]) => [file, { path, version: file.version }]));
  for (let step = 1; step <= steps && power.written < limit; step++) {
    model.step();
    library.call.file_system_settle();
    expect(model.mistake).toBe("");
    shapes.push(model.shape());
    if (step % SYNC_EVERY !== 0) continue;
    volume.sync(false);
    if (power.written >= limit) break;
    shapes = [model.shape()];
    synced = new Map([...model.files()].map(([file, path]) => [file, { path, version: file.version }]));
  }
  const kept = [...synced]
    .filter(([file, { version }]) => file.version === version)
    .map(([file, { path }]) => ({
      path,
      size: file.size,
      blocks: file.blocks,
      gone: model.files().get(file) !== path,
    }));
  return { image, shapes, kept, sectors: power.written };
}

/** What the mounted volume holds, as FileSystemModel.shape says it; without the journal. */
function shapeOf(volume: Volume): { shape: string; inodes: Map<string, number> } {
  const lines: string[] = [];
  const inodes = new Map<string, number>();
  const visit = (path: string, number: number) => {
    const type = volume.type(number);
    inodes.set(path, number);
    if (type === ext2.EXT2_MODE_DIRECTORY) {
      lines.push(`${path}/`);
      for (const [name, child] of volume.list(number))
        if (path !== "" || name !== ".journal") visit(`${path}/${name}`, child);
    } else if (type === ext2.EXT2_MODE_FILE) lines.push(`${path} ${volume.size(number)}`);
    else lines.push(`${path} -> ${volume.readLink(number)}`);
  };
  visit("", ext2.EXT2_ROOT_INODE);
  return { shape: lines.sort().join("\n"), inodes };
}

it.skipIf(!hasE2fsprogs).each([
  [3072, 1024, 1],
  [4096, 2048, 2],
  [8192, 4096, 3],
])("a volume of %i KiB with blocks of %i bytes (seed %i)", { timeout: 120_000 }, (size, blockSize, seed) => {
  const empty = makeFileSystem(size, blockSize);
  const whole = runUntil(empty, seed, Infinity);
  // The first mount makes the journal; a stop before it is there may leave its blocks marked as used.
  const made = runUntil(empty, seed, Infinity, 0).sectors;
  for (let stop = 0; stop < STOPS; stop++) {
    // Spread over the run, and by chance within its parts.
    const share = (stop + (Math.imul(stop + seed, 2654435761) >>> 0) / 2 ** 32) / STOPS;
    const limit = made + Math.floor(share * (whole.sectors - made));
    const { image, shapes, kept } = runUntil(empty, seed, limit);
    library.power.limit = Infinity;
    const volume = new Volume(library, image, "mount_recovered");
    const found = shapeOf(volume);
    expect(shapes.includes(found.shape), `stopped after ${limit} sectors`).toBe(true);
    const asSynced = found.shape === shapes[0];
    for (const { path, size: bytes, blocks, gone } of kept) {
      // What was removed since is there again if the disk does not know of it, and then whole.
      if (gone && !asSynced) continue;
      const number = found.inodes.get(path);
      expect(number, `stopped after ${limit} sectors: ${path}`).toBeDefined();
      expect(volume.size(number!)).toBe(bytes);
      for (const [index, data] of blocks) {
        if (index * blockSize >= bytes) continue;
        expect(
          volume.read(number!, index, 1),
          `stopped after ${limit} sectors: ${path}, block ${index}`,
        ).toEqual(data);
      }
    }
    expect(volume.sync(true)).toBe(0);
    expect(e2fsck(image, join(scratch, "checked")), `stopped after ${limit} sectors`).toBe("clean");
  }
});
