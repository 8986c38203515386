// The small /usr of the default image on this machine, to compare with.
import { linkSync, lutimesSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { USR_SIZES } from "../../tools/image/usr-distribution";
import { usrTree } from "../../tools/image/usr-tree";

/** Writes it below the directory `folder`, with its permissions and times. */
export function writeUsr(folder: string): void {
  const entries = [...usrTree(1, USR_SIZES.small)];
  for (const entry of entries) {
    const path = join(folder, entry.path);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.kind === "directory") mkdirSync(path, { recursive: true });
    if (entry.kind === "symlink") symlinkSync(entry.target, path);
    if (entry.kind === "link") linkSync(join(folder, entry.target), path);
    if (entry.kind !== "file") continue;
    const bytes = Buffer.alloc(entry.contents.size);
    entry.contents.read(0, bytes);
    writeFileSync(path, bytes, { mode: entry.mode });
  }
  // A directory's time is that of its last entry until it is set.
  for (const entry of entries)
    if (entry.kind !== "link") lutimesSync(join(folder, entry.path), entry.mtime, entry.mtime);
}
