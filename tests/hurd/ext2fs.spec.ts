// The file server on a disk of its own, used by a program; then the disk as e2fsck and debugfs see it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MemoryStorage } from "../../devices/storage";
import { bootImage } from "../../tools/default-image";
import { buildImage, PARTITION_FIRST_SECTOR } from "../../tools/image/image";
import { e2fsck, hasE2fsprogs } from "../e2fsck";

const scratch = mkdtempSync(join(tmpdir(), "mach386-hurd-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What fs-test leaves in the file of this number. */
function keptFile(number: number): Uint8Array {
  return new Uint8Array(number * 1000).map((_, at) => at * 7 + (at >>> 8) * 13 + number);
}

const cases = [
  ["none", 1024],
  ["backward", 2048],
  ["series", 4096],
  ["full", 1024],
  ["full", 2048],
  ["full", 4096],
] as const;

describe.each(cases)("vm.merge=%s, blocks of %i bytes", (mode, blockSize) => {
  it("serves calls and mappings, and leaves a sound disk", () => {
    const files = new Map([["/hello", { data: Buffer.from("hello\n"), mode: 0o644 }]]);
    const image = buildImage({ files, sizeBytes: 24 << 20, blockSize });
    const words = `vm.merge=${mode} init.plan=/etc/fs${mode === "full" ? " kernel.check=1" : ""}`;
    const outcome = bootImage(words, "i486", undefined, new MemoryStorage(image));
    expect(outcome.lines.filter((line) => line.startsWith("FAIL"))).toEqual([]);
    expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
    if (!hasE2fsprogs) return;
    const path = join(scratch, "disk");
    expect(e2fsck(image.subarray(PARTITION_FIRST_SECTOR * 512), path)).toBe("clean");
    const debugfs = (request: string) => execFileSync("debugfs", ["-R", request, path], { stdio: "pipe" });
    expect(debugfs("cat /hello").toString()).toBe("hello\n");
    expect(debugfs("stat /kept/link").toString()).toContain('Fast link dest: "1"');
    for (const number of [0, 1, 4, 5, 13, 39])
      expect(Buffer.compare(debugfs(`cat /kept/${number}`), keptFile(number))).toBe(0);
  });
});
