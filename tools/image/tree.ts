// The files of an image as a tree of directories with sorted names.
import { EXT2_NAME_MAX } from "../../abi/ext2";
import { bytesContents, type Contents } from "./file-contents";

/** A file as the caller names it. `mtime` is in seconds since 1970. */
export interface ImageFile {
  data: Uint8Array;
  mode: number;
  mtime?: number;
}

/** All times in an image, unless a file brings its own: 2023-07-05 00:00:00 UTC. */
export const IMAGE_TIME = 1688515200;
const DIRECTORY_MODE = 0o755;
const SYMLINK_MODE = 0o777;

/** One thing that an image is to hold, by its absolute path. */
export type Entry =
  | { kind: "directory"; path: string; mode: number; mtime: number }
  | { kind: "file"; path: string; mode: number; mtime: number; contents: Contents }
  | { kind: "symlink"; path: string; mtime: number; target: string }
  /** one more name of the file whose path is `target` */
  | { kind: "link"; path: string; target: string };

/** What an inode holds, whatever its names. */
export interface Leaf {
  kind: "file" | "symlink";
  mode: number;
  mtime: number;
  contents: Contents;
}

/** A name in a directory. Names of one file share their `leaf`. */
export interface LeafNode {
  kind: "leaf";
  name: Uint8Array;
  leaf: Leaf;
}

export interface DirectoryNode {
  kind: "directory";
  name: Uint8Array;
  mode: number;
  mtime: number;
  /** sorted by name, byte by byte */
  children: TreeNode[];
}

export type TreeNode = LeafNode | DirectoryNode;

/** What the caller asked for cannot be put into an image. */
export class ImageError extends Error {
  override name = "ImageError";
}

const MAX_FILE_SIZE = 0x7fffffff;
/** A symbolic link's target has at most one block, its final zero byte included, whatever the block size. */
const MAX_TARGET = 1023;

/** Splits an absolute path and refuses what a directory cannot hold. */
function components(path: string): string[] {
  if (!path.startsWith("/")) throw new ImageError(`${path}: not an absolute path`);
  const names = path.slice(1).split("/");
  for (const name of names) {
    if (name === "" || name === "." || name === ".." || name.includes("\0"))
      throw new ImageError(`${path}: bad path component "${name}"`);
    if (Buffer.byteLength(name) > EXT2_NAME_MAX) throw new ImageError(`${path}: name too long`);
  }
  return names;
}

class Folder extends Map<string, Folder | Leaf> {
  mode = DIRECTORY_MODE;
  mtime = IMAGE_TIME;
}

function folderAt(root: Folder, names: readonly string[], path: string): Folder {
  let folder = root;
  for (const name of names) {
    let next = folder.get(name);
    if (next === undefined) folder.set(name, (next = new Folder()));
    if (!(next instanceof Folder)) throw new ImageError(`${path}: ${name} is a file`);
    folder = next;
  }
  return folder;
}

function insert(root: Folder, path: string, leaf: Leaf): void {
  const names = components(path);
  const last = names.pop()!;
  const folder = folderAt(root, names, path);
  const present = folder.get(last);
  if (present !== undefined)
    throw new ImageError(`${path}: is ${present instanceof Folder ? "a directory" : "there already"}`);
  folder.set(last, leaf);
}

function insertDirectory(root: Folder, path: string, mode: number, mtime: number): void {
  Object.assign(folderAt(root, components(path), path), { mode, mtime });
}

function findFile(root: Folder, path: string): Leaf {
  let at: Folder | Leaf | undefined = root;
  for (const name of components(path)) at = at instanceof Folder ? at.get(name) : undefined;
  if (at === undefined || at instanceof Folder || at.kind !== "file")
    throw new ImageError(`${path}: no file to link to`);
  return at;
}

function symlink(path: string, target: string, mtime: number): Leaf {
  const bytes = Buffer.from(target);
  if (bytes.length === 0 || bytes.length > MAX_TARGET || bytes.includes(0))
    throw new ImageError(`${path}: a bad target for a symbolic link`);
  return { kind: "symlink", mode: SYMLINK_MODE, mtime, contents: bytesContents(bytes) };
}

function insertEntry(root: Folder, entry: Entry): void {
  const { path } = entry;
  if (entry.kind === "directory") {
    insertDirectory(root, path, entry.mode, entry.mtime);
  } else if (entry.kind === "symlink") {
    insert(root, path, symlink(path, entry.target, entry.mtime));
  } else if (entry.kind === "link") {
    insert(root, path, findFile(root, entry.target));
  } else {
    const { mode, mtime, contents } = entry;
    if (contents.size > MAX_FILE_SIZE) throw new ImageError(`${path}: larger than 2 GiB`);
    insert(root, path, { kind: "file", mode, mtime, contents });
  }
}

function freeze(name: string, folder: Folder): DirectoryNode {
  const children = [...folder].map(([childName, child]): TreeNode =>
    child instanceof Folder
      ? freeze(childName, child)
      : { kind: "leaf", name: Buffer.from(childName), leaf: child },
  );
  children.sort((a, b) => Buffer.compare(a.name, b.name));
  return { kind: "directory", name: Buffer.from(name), mode: folder.mode, mtime: folder.mtime, children };
}

/**
 * Makes the tree of `entries`, whatever their order; parent directories come into being by themselves.
 * @throws ImageError for a bad path, a file in a directory's place, two things of one name
 */
export function buildTree(entries: Iterable<Entry>): DirectoryNode {
  const root = new Folder();
  const byDepth = [...entries].sort(({ path: a }, { path: b }) => (a < b ? -1 : a > b ? 1 : 0));
  // A further name of a file comes after all files, so that the file is there.
  for (const entry of byDepth) if (entry.kind !== "link") insertEntry(root, entry);
  for (const entry of byDepth) if (entry.kind === "link") insertEntry(root, entry);
  return freeze("", root);
}

/** The entries of plain files in memory. */
export function fileEntries(files: ReadonlyMap<string, ImageFile>): Entry[] {
  return [...files].map(([path, { data, mode, mtime }]) => ({
    kind: "file",
    path,
    mode,
    mtime: mtime ?? IMAGE_TIME,
    contents: bytesContents(data),
  }));
}
