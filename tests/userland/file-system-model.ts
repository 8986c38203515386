// A model of a file system, and random operations on it and on the one that is tested.
import { EEXIST, EINVAL, EISDIR, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY } from "../../abi/errno";
import { EXT2_MODE_DIRECTORY, EXT2_MODE_FILE, EXT2_MODE_SYMLINK, EXT2_ROOT_INODE } from "../../abi/ext2";

export interface DirectoryModel {
  kind: "directory";
  number: number;
  parent: DirectoryModel | undefined;
  children: Map<string, ModelNode>;
}
export interface FileModel {
  kind: "file";
  number: number;
  size: number;
  links: number;
  /** whole blocks; what is not there is zero */
  blocks: Map<number, Uint8Array>;
  /** how often its contents or size were changed */
  version: number;
}
export interface SymlinkModel {
  kind: "symlink";
  number: number;
  links: number;
  target: string;
}
export type ModelNode = DirectoryModel | FileModel | SymlinkModel;

/** What is tested. Results are 0 or an error; numbers of inodes, or minus an error. */
export interface Tested {
  readonly blockBytes: number;
  lookup(directory: number, name: string): number;
  create(directory: number, name: string, mode: number): number;
  link(directory: number, name: string, number: number): number;
  unlink(directory: number, name: string, isDirectory: boolean): number;
  rename(from: number, old: string, to: number, name: string): number;
  writeLink(number: number, target: string): number;
  readLink(number: number): string | number;
  setSize(number: number, size: number): number;
  write(number: number, index: number, data: Uint8Array): number;
  read(number: number, index: number, count: number): Uint8Array | number;
}

export class FileSystemModel {
  readonly root: DirectoryModel = {
    kind: "directory",
    number: EXT2_ROOT_INODE,
    parent: undefined,
    children: new Map([
      ["lost+found", { kind: "directory", number: 11, parent: undefined, children: new Map() }],
    ]),
  };
  /** errors that were rightly given */
  readonly refusals = new Set<number>();
  /** what the last step did wrong */
  mistake = "";
  private state: number;

  constructor(
    seed: number,
    private readonly tested: Tested,
  ) {
    this.state = seed >>> 0 || 1;
    (this.root.children.get("lost+found") as DirectoryModel).parent = this.root;
  }

  private below(limit: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state % limit;
  }

  private pick<T>(list: T[]): T {
    return list[this.below(list.length)];
  }

  /** Names, kinds, sizes and targets, sorted; without the journal. */
  shape(): string {
    const lines: string[] = [];
    const visit = (path: string, node: ModelNode) => {
      if (node.kind === "directory") {
        lines.push(`${path}/`);
        for (const [name, child] of node.children) visit(`${path}/${name}`, child);
      } else lines.push(node.kind === "file" ? `${path} ${node.size}` : `${path} -> ${node.target}`);
    };
    visit("", this.root);
    return lines.sort().join("\n");
  }

  /** Every file that a name leads to, with a path of it. */
  files(): Map<FileModel, string> {
    const found = new Map<FileModel, string>();
    const visit = (path: string, node: ModelNode) => {
      if (node.kind === "file") found.set(node, path);
      if (node.kind === "directory")
        for (const [name, child] of node.children) visit(`${path}/${name}`, child);
    };
    visit("", this.root);
    return found;
  }

  private nodes(): ModelNode[] {
    const found: ModelNode[] = [];
    const visit = (node: ModelNode) => {
      found.push(node);
      if (node.kind === "directory") for (const child of node.children.values()) visit(child);
    };
    visit(this.root);
    return found;
  }

  private directory(): DirectoryModel {
    return this.pick(this.nodes().filter((node) => node.kind === "directory"));
  }

  private file(): FileModel | undefined {
    return this.pick(this.nodes().filter((node) => node.kind === "file"));
  }

  /** Mostly a name that there is, or one of few. */
  private name(directory: DirectoryModel): string {
    const names = [...directory.children.keys()];
    const choice = this.below(20);
    if (choice < 9 && names.length > 0) return this.pick(names);
    if (choice === 19) return "n".repeat(250 + this.below(8));
    return `${"long".repeat(this.below(12))}${this.below(40)}`;
  }

  private expectResult(what: string, result: number, wanted: number): boolean {
    if (result === wanted) {
      if (wanted !== 0) this.refusals.add(wanted);
      return wanted === 0;
    }
    // A full disk may stand in the way of what would be right; nothing may have changed then.
    if (result === ENOSPC && wanted === 0) {
      this.refusals.add(ENOSPC);
      return false;
    }
    this.mistake ||= `${what}: ${result} instead of ${wanted}`;
    return false;
  }

  step(): void {
    const operations = [
      () => this.create(),
      () => this.create(),
      () => this.symlink(),
      () => this.link(),
      () => this.unlink(),
      () => this.unlink(),
      () => this.rename(),
      () => this.rename(),
      () => this.write(),
      () => this.write(),
      () => this.resize(),
      () => this.read(),
    ];
    this.pick(operations)();
  }

  private entryError(directory: DirectoryModel, name: string): number {
    if (name.length > 255) return ENAMETOOLONG;
    return directory.children.has(name) ? EEXIST : 0;
  }

  private create(): void {
    const directory = this.directory();
    const name = this.name(directory);
    const isDirectory = this.below(3) === 0;
    const mode = isDirectory ? EXT2_MODE_DIRECTORY | 0o755 : EXT2_MODE_FILE | 0o644;
    const number = this.tested.create(directory.number, name, mode);
    const wanted = this.entryError(directory, name);
    if (!this.expectResult(`create ${name}`, Math.max(-number, 0), wanted)) return;
    directory.children.set(
      name,
      isDirectory
        ? { kind: "directory", number, parent: directory, children: new Map() }
        : { kind: "file", number, size: 0, links: 1, blocks: new Map(), version: 0 },
    );
  }

  private symlink(): void {
    const directory = this.directory();
    const name = this.name(directory);
    const number = this.tested.create(directory.number, name, EXT2_MODE_SYMLINK | 0o777);
    if (!this.expectResult(`symlink ${name}`, Math.max(-number, 0), this.entryError(directory, name))) return;
    const target = "t".repeat(1 + this.below(3) * 45);
    const result = this.tested.writeLink(number, target);
    if (this.expectResult("link_write", result, 0))
      directory.children.set(name, { kind: "symlink", number, links: 1, target });
    else this.expectResult("unlink of it", this.tested.unlink(directory.number, name, false), 0);
  }

  private link(): void {
    const node = this.pick(this.nodes());
    const directory = this.directory();
    const name = this.name(directory);
    const wanted = node.kind === "directory" ? EISDIR : this.entryError(directory, name);
    if (!this.expectResult(`link ${name}`, this.tested.link(directory.number, name, node.number), wanted))
      return;
    if (node.kind !== "directory") node.links++;
    directory.children.set(name, node);
  }

  private removeError(name: string, node: ModelNode | undefined, isDirectory: boolean): number {
    if (name.length > 255) return ENAMETOOLONG;
    if (!node) return ENOENT;
    if ((node.kind === "directory") !== isDirectory) return isDirectory ? ENOTDIR : EISDIR;
    return node.kind === "directory" && node.children.size > 0 ? ENOTEMPTY : 0;
  }

  private unlink(): void {
    const directory = this.directory();
    const name = this.name(directory);
    if (name === "lost+found") return;
    const node = directory.children.get(name);
    const isDirectory = this.below(8) === 0 ? node?.kind !== "directory" : node?.kind === "directory";
    const wanted = this.removeError(name, node, isDirectory);
    if (!this.expectResult(`unlink ${name}`, this.tested.unlink(directory.number, name, isDirectory), wanted))
      return;
    directory.children.delete(name);
    if (node && node.kind !== "directory") node.links--;
  }

  private isInside(directory: DirectoryModel, node: ModelNode): boolean {
    for (let at: DirectoryModel | undefined = directory; at; at = at.parent) if (at === node) return true;
    return false;
  }

  private renameError(from: DirectoryModel, old: string, to: DirectoryModel, name: string): number {
    if (old.length > 255) return ENAMETOOLONG;
    const node = from.children.get(old);
    if (!node) return ENOENT;
    if (node.kind === "directory" && from !== to && this.isInside(to, node)) return EINVAL;
    if (name.length > 255) return ENAMETOOLONG;
    const gone = to.children.get(name);
    if (!gone || gone === node) return 0;
    return this.removeError(name, gone, node.kind === "directory");
  }

  private rename(): void {
    const from = this.directory();
    const to = this.below(2) ? from : this.directory();
    const old = this.name(from);
    const name = this.name(to);
    if (old === "lost+found" || name === "lost+found") return;
    const wanted = this.renameError(from, old, to, name);
    const result = this.tested.rename(from.number, old, to.number, name);
    if (!this.expectResult(`rename ${old} to ${name}`, result, wanted)) return;
    const node = from.children.get(old)!;
    const gone = to.children.get(name);
    if (gone === node) return;
    if (gone && gone.kind !== "directory") gone.links--;
    from.children.delete(old);
    to.children.set(name, node);
    if (node.kind === "directory") node.parent = to;
  }

  private write(): void {
    const file = this.file();
    if (!file) return;
    const { blockBytes } = this.tested;
    const index = this.below(10) === 0 ? this.below(5000) : this.below(30);
    const count = 1 + this.below(12);
    file.version++;
    const data = new Uint8Array(count * blockBytes).map((_, at) => (at === 0 ? this.below(256) : at + index));
    const result = this.tested.write(file.number, index, data);
    if (!this.expectResult("write", result, 0)) {
      // What of it was written is not known.
      for (let block = index; block < index + count; block++) {
        const there = this.tested.read(file.number, block, 1);
        if (typeof there !== "number") file.blocks.set(block, there);
      }
      return;
    }
    for (let block = 0; block < count; block++)
      file.blocks.set(index + block, data.slice(block * blockBytes, (block + 1) * blockBytes));
    const size = (index + count) * blockBytes - this.below(blockBytes);
    if (size > file.size && this.expectResult("grow", this.tested.setSize(file.number, size), 0))
      file.size = size;
  }

  private resize(): void {
    const file = this.file();
    if (!file) return;
    const { blockBytes } = this.tested;
    const size = this.below(2) ? this.below(40 * blockBytes) : this.below(file.size + 1);
    file.version++;
    if (!this.expectResult("set_size", this.tested.setSize(file.number, size), 0)) return;
    if (size < file.size) this.cut(file, size);
    file.size = size;
  }

  private cut(file: FileModel, size: number): void {
    const { blockBytes } = this.tested;
    for (const [index, data] of file.blocks) {
      const start = index * blockBytes;
      if (start >= size) file.blocks.delete(index);
      else if (start + blockBytes > size) file.blocks.set(index, data.slice().fill(0, size - start));
    }
  }

  private read(): void {
    const file = this.file();
    if (!file) return;
    const { blockBytes } = this.tested;
    const count = Math.min(Math.ceil(file.size / blockBytes), 40);
    if (count === 0) return;
    const data = this.tested.read(file.number, 0, count);
    if (typeof data === "number") return void this.expectResult("read", data, 0);
    for (let index = 0; index < count; index++) {
      const wanted = file.blocks.get(index) ?? new Uint8Array(blockBytes);
      if (Buffer.compare(wanted, data.subarray(index * blockBytes, (index + 1) * blockBytes)) !== 0)
        this.mistake ||= `block ${index} of inode ${file.number} differs`;
    }
  }
}
