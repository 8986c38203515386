// The files of an image as a tree of directories with sorted names.
import { EXT2_NAME_MAX } from "../../abi/ext2";

/** A file as the caller names it. `mtime` is in seconds since 1970. */
export interface ImageFile {
  data: Uint8Array;
  mode: number;
  mtime?: number;
}

export interface FileNode {
  kind: "file";
  name: Uint8Array;
  file: ImageFile;
}

export interface DirectoryNode {
  kind: "directory";
  name: Uint8Array;
  /** sorted by name, byte by byte */
  children: TreeNode[];
}

export type TreeNode = FileNode | DirectoryNode;

/** What the caller asked for cannot be put into an image. */
export class ImageError extends Error {
  override name = "ImageError";
}

const MAX_FILE_SIZE = 0x7fffffff;

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

class Folder extends Map<string, Folder | ImageFile> {}

function insert(root: Folder, path: string, file: ImageFile): void {
  const names = components(path);
  const last = names.pop()!;
  let folder = root;
  for (const name of names) {
    let next = folder.get(name);
    if (next === undefined) folder.set(name, (next = new Folder()));
    if (!(next instanceof Folder)) throw new ImageError(`${path}: ${name} is a file`);
    folder = next;
  }
  if (folder.has(last)) throw new ImageError(`${path}: is a directory`);
  folder.set(last, file);
}

function freeze(name: string, folder: Folder): DirectoryNode {
  const children = [...folder].map(([childName, child]): TreeNode =>
    child instanceof Folder
      ? freeze(childName, child)
      : { kind: "file", name: Buffer.from(childName), file: child },
  );
  children.sort((a, b) => Buffer.compare(a.name, b.name));
  return { kind: "directory", name: Buffer.from(name), children };
}

/** Makes the tree of `files`, whatever their order; parent directories come into being by themselves. */
export function buildTree(files: ReadonlyMap<string, ImageFile>): DirectoryNode {
  const root = new Folder();
  const byDepth = [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [path, file] of byDepth) {
    if (file.data.length > MAX_FILE_SIZE) throw new ImageError(`${path}: larger than 2 GiB`);
    insert(root, path, file);
  }
  return freeze("", root);
}
