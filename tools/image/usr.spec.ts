import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeImageFile } from "./image";
import type { Entry } from "./tree";
import * as usr from "./usr-distribution";
import { usrTree } from "./usr-tree";

const scratch = mkdtempSync(join(tmpdir(), "mach386-usr-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const hasE2fsprogs = ["e2fsck", "debugfs"].every((tool) => spawnSync(tool, ["-V"]).error === undefined);

const entries = usrTree(1, usr.USR_SIZES.small);

function write(name: string, blockSize: number): string {
  const path = join(scratch, name);
  writeImageFile(path, { entries, blockSize, bare: true });
  return path;
}

const filesOf = (all: readonly Entry[]) => all.filter((entry) => entry.kind === "file");

it("has the files, sizes and matches that the distribution promises", () => {
  const files = filesOf(usrTree(5, 5000));
  expect(files).toHaveLength(5000);
  const sizes = files.map(({ contents }) => contents.size).sort((a, b) => a - b);
  expect(sizes[2500]).toBeGreaterThan(1500);
  expect(sizes[2500]).toBeLessThan(6000);
  expect(sizes[sizes.length - 1]).toBeLessThanOrEqual(usr.MAX_SIZE);
  const text = files.slice(0, 600).map(({ contents }) => {
    const bytes = Buffer.alloc(contents.size);
    contents.read(0, bytes);
    return bytes.includes("NR");
  });
  const matches = text.filter(Boolean).length;
  expect(matches).toBeGreaterThan(5);
  expect(matches).toBeLessThan(60);
});

it("reads the same in pieces as at once", () => {
  for (const { contents } of filesOf(entries).slice(0, 40)) {
    const whole = Buffer.alloc(contents.size);
    contents.read(0, whole);
    const pieces = Buffer.alloc(contents.size);
    for (let at = 0; at < contents.size; at += 777)
      contents.read(at, pieces.subarray(at, Math.min(at + 777, contents.size)));
    expect(Buffer.compare(whole, pieces)).toBe(0);
  }
});

it("depends on nothing but the seed and the count", () => {
  const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  expect(hash(write("a", 4096))).toBe(hash(write("b", 4096)));
  expect(usrTree(2, 300)).not.toEqual(usrTree(1, 300));
});

it.skipIf(!hasE2fsprogs).each([1024, 2048, 4096])(
  "e2fsck accepts it and debugfs reads it, with blocks of %i",
  (size) => {
    const path = write("judged", size);
    expect(spawnSync("e2fsck", ["-fn", path], { encoding: "utf8" }).status).toBe(0);
    const debugfs = (request: string) => execFileSync("debugfs", ["-R", request, path], { stdio: "pipe" });
    for (const entry of entries.filter((_, index) => index % 37 === 0)) {
      if (entry.kind === "symlink")
        expect(debugfs(`stat ${entry.path}`).toString()).toContain("Type: symlink");
      if (entry.kind === "link") expect(debugfs(`stat ${entry.path}`).toString()).toMatch(/Links: [2-9]/);
      if (entry.kind !== "file") continue;
      const expected = Buffer.alloc(entry.contents.size);
      entry.contents.read(0, expected);
      expect(Buffer.compare(debugfs(`cat ${entry.path}`), expected)).toBe(0);
    }
  },
);
