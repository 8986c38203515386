// Files and directories of this machine as entries of an image.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { bytesContents } from "./file-contents";
import { ImageError, type Entry } from "./tree";

const PERMISSIONS = 0o777;

/**
 * What is at `from` on this machine, to be at `path` in the image: a file, a symbolic link, or a directory with all that is in it.
 * Permissions, times (in whole seconds) and several names of one file go with them.
 * @throws ImageError for what is none of these; the system's own errors
 */
export function hostEntries(path: string, from: string, seen = new Map<string, string>()): Entry[] {
  const status = lstatSync(from);
  const common = { path, mode: status.mode & PERMISSIONS, mtime: Math.floor(status.mtimeMs / 1000) };
  if (status.isDirectory()) {
    const names = readdirSync(from).sort();
    const inside = names.flatMap((name) => hostEntries(`${path}/${name}`, join(from, name), seen));
    return [{ kind: "directory", ...common }, ...inside];
  }
  const identity = `${status.dev}:${status.ino}`;
  const target = seen.get(identity);
  if (target !== undefined) return [{ kind: "link", path, target }];
  seen.set(identity, path);
  if (status.isFile()) return [{ kind: "file", ...common, contents: bytesContents(readFileSync(from)) }];
  if (status.isSymbolicLink())
    return [{ kind: "symlink", path, mtime: common.mtime, target: readlinkSync(from) }];
  throw new ImageError(`${from}: neither a file, a link nor a directory`);
}
