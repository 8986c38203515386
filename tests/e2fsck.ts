// e2fsprogs as judges of ext2 volumes.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

/** Whether e2fsck, debugfs and mke2fs are installed. */
export const hasE2fsprogs = ["e2fsck", "debugfs", "mke2fs"].every(
  (tool) => spawnSync(tool, ["-V"]).error === undefined,
);

/** Writes the volume to the file `path` and has it checked: "clean", or what e2fsck says. */
export function e2fsck(volume: Uint8Array, path: string): string {
  writeFileSync(path, volume);
  const run = spawnSync("e2fsck", ["-fn", path], { encoding: "utf8" });
  return run.status === 0 ? "clean" : run.stdout + run.stderr;
}
