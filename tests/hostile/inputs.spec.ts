// Damaged kernels and disk images: each gives one `MachineError`, told in a line, or loads; nothing else comes out, and
// nothing takes long.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findLinuxPartition, readBootDisk } from "../../machine/boot-disk";
import { MachineError } from "../../machine/config";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { SymbolTable } from "../../machine/symbols";
import { imageDisk, kernelPath } from "../../tools/default-image";
import { Random } from "../native/random";
import { forEachSeed } from "./runs";

const MEMORY = 16 << 20;
const ELF_HEADERS = 0x200;
const SUPERBLOCK = 1024;
/** Superblock, group descriptors, bitmaps, inodes and the first directories lie at the front of the partition. */
const METADATA_BYTES = 64 << 10;

/** Puts values at which arithmetic goes wrong into some words of [start, end). */
function damage(bytes: Uint8Array, random: Random, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let count = random.between(1, 6); count > 0; count--) {
    const at = start + (random.below(end - start - 4) & ~1);
    if (random.chance(0.5)) view.setUint32(at, random.interesting(), true);
    else view.setUint16(at, random.interesting() & 0xffff, true);
  }
}

/** Whether `action` refused; anything but one clear line fails the test. */
function refuses(action: () => void, seed: number): boolean {
  try {
    action();
    return false;
  } catch (error) {
    expect(error, `seed ${seed}: ${(error as Error).stack}`).toBeInstanceOf(MachineError);
    expect((error as Error).message, `seed ${seed}`).toMatch(/^[^\n]{5,400}$/);
    return true;
  }
}

describe("a damaged", () => {
  it("kernel is refused or loads", () => {
    const kernel = new Uint8Array(readFileSync(kernelPath));
    const machine = new Machine({ memory: MEMORY });
    let refused = 0;
    forEachSeed(300, (seed) => {
      const random = new Random(seed);
      const bytes = random.chance(0.1) ? kernel.slice(0, random.below(kernel.length)) : kernel.slice();
      if (bytes.length > ELF_HEADERS)
        damage(bytes, random, 0, random.chance(0.7) ? 0x34 + 32 * 4 : ELF_HEADERS);
      refused += Number(
        refuses(() => loadMultiboot(machine, { kernel: bytes, commandLine: "kernel", modules: [] }), seed),
      );
      SymbolTable.of(bytes);
    });
    expect(refused).toBeGreaterThan(0);
  });

  it("disk is refused or read", () => {
    const { start } = findLinuxPartition(imageDisk());
    let refused = 0;
    forEachSeed(150, (seed) => {
      const random = new Random(seed);
      const overlay = imageDisk();
      const partition = start * 512;
      const first = random.pick([0, partition + SUPERBLOCK, partition + SUPERBLOCK, partition + 2048]);
      const length = first === 0 ? 512 : first === partition + SUPERBLOCK ? 512 : METADATA_BYTES;
      const part = new Uint8Array(length);
      overlay.read(first / 512, part);
      for (let i = 0; i < (length > 512 ? 40 : 1); i++) {
        damage(part, random, first === 0 ? 0x1b0 : 0, first === partition + SUPERBLOCK ? 128 : length);
      }
      overlay.write(first / 512, part);
      refused += Number(refuses(() => void readBootDisk(overlay, MEMORY), seed));
    });
    expect(refused).toBeGreaterThan(0);
  });
});

it("a kernel whose segments overlap is refused, however many there are", () => {
  const count = 60_000;
  const bytes = new Uint8Array(0x40 + 32 * count);
  bytes.set(readFileSync(kernelPath).subarray(0, 0x34));
  const view = new DataView(bytes.buffer);
  view.setUint32(28, 0x40, true);
  view.setUint16(44, count, true);
  for (let at = 0x40; at < bytes.length; at += 32) {
    // PT_LOAD at 1 MiB, nothing in the file, much in memory.
    [1, 0, 0x100000, 0x100000, 0, 8 << 20].forEach((word, i) => view.setUint32(at + 4 * i, word, true));
  }
  // The first segment's contents hold the multiboot header.
  [0x1badb002, 0, -0x1badb002].forEach((word, i) => view.setInt32(0x34 + 4 * i, word, true));
  const machine = new Machine({ memory: MEMORY });
  expect(() => loadMultiboot(machine, { kernel: bytes, commandLine: "", modules: [] })).toThrow(/overlap/);
});
