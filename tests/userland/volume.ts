// A mounted volume, for tests: the core of ext2fs with names as strings and data as arrays.
import { expect } from "vitest";
import * as ext2 from "../../abi/ext2";
import type { Library } from "./library";

export class NodeError extends Error {}

/** The library's functions with names as strings and data as arrays; results are errors or throw. */
export class Volume {
  readonly blockBytes: number;

  /** @param mount mount_host, or mount_recovered: with a journal */
  constructor(
    private readonly library: Library,
    readonly image: Uint8Array,
    mount: "mount_host" | "mount_recovered" = "mount_host",
  ) {
    library.insertDisk(image);
    expect(library.call[mount]()).toBe(0);
    this.blockBytes = (library.call as unknown as { block_bytes: { value: number } }).block_bytes.value;
  }

  node(number: number): number {
    const node = this.library.call.node_get(number);
    if (node === 0) throw new NodeError(`inode ${number}`);
    return node;
  }

  private name(name: string): [number, number] {
    this.library.reset();
    return [this.library.bytes(name), name.length];
  }

  private made(result: number): number {
    if (result !== 0) return -result;
    const node = this.library.call.file_node();
    return this.library.view.getUint32(node + 4, true);
  }

  private with(number: number, use: (node: number) => number): number {
    const node = this.node(number);
    const result = use(node);
    const last = this.library.call.node_put(node);
    return result !== 0 ? result : last;
  }

  private take(number: number): number {
    if (number > 0) this.library.call.node_put(this.library.call.file_node());
    return number;
  }

  /** The inode's number, or minus an error. */
  lookup(directory: number, name: string): number {
    const node = this.node(directory);
    const found = this.take(this.made(this.library.call.file_lookup(node, ...this.name(name))));
    this.library.call.node_put(node);
    return found;
  }

  create(directory: number, name: string, mode: number): number {
    const node = this.node(directory);
    const found = this.take(this.made(this.library.call.file_create(node, ...this.name(name), mode)));
    this.library.call.node_put(node);
    return found;
  }

  link(directory: number, name: string, number: number): number {
    return this.with(directory, (at) =>
      this.with(number, (node) => this.library.call.file_link(at, ...this.name(name), node)),
    );
  }

  unlink(directory: number, name: string, isDirectory: boolean): number {
    return this.with(directory, (at) =>
      this.library.call.file_unlink(at, ...this.name(name), isDirectory ? 1 : 0),
    );
  }

  rename(from: number, old: string, to: number, name: string): number {
    return this.with(from, (a) =>
      this.with(to, (b) => {
        this.library.reset();
        return this.library.call.file_rename(
          a,
          this.library.bytes(old),
          old.length,
          b,
          this.library.bytes(name),
          name.length,
        );
      }),
    );
  }

  writeLink(number: number, target: string): number {
    return this.with(number, (node) => this.library.call.link_write(node, ...this.name(target)));
  }

  readLink(number: number): string | number {
    let target = "";
    const result = this.with(number, (node) => {
      this.library.reset();
      const buffer = this.library.bytes(" ".repeat(this.blockBytes));
      const length = this.library.bytes("    ");
      const kr = this.library.call.link_read(node, buffer, length);
      if (kr === 0)
        target = Buffer.from(
          this.library.memory.slice(buffer, buffer + this.library.view.getUint32(length, true)),
        ).toString("latin1");
      return kr;
    });
    return result === 0 ? target : result;
  }

  /** EXT2_MODE_* */
  type(number: number): number {
    const node = this.node(number);
    const mode = this.library.call.node_mode(node);
    this.library.call.node_put(node);
    return mode & ext2.EXT2_MODE_TYPE;
  }

  size(number: number): number {
    const node = this.node(number);
    const size = this.library.call.size_high(node) * 2 ** 32 + (this.library.call.size_low(node) >>> 0);
    this.library.call.node_put(node);
    return size;
  }

  setSize(number: number, size: number): number {
    return this.with(number, (node) =>
      this.library.call.set_size(node, size % 2 ** 32, Math.floor(size / 2 ** 32)),
    );
  }

  /** Writes whole blocks from block `index` on. */
  write(number: number, index: number, data: Uint8Array): number {
    return this.with(number, (node) => {
      this.library.reset();
      const buffer = this.library.bytes("");
      this.library.memory.set(data, buffer);
      return this.library.call.file_write_blocks(node, index, buffer, data.length / this.blockBytes);
    });
  }

  read(number: number, index: number, count: number): Uint8Array | number {
    let data: Uint8Array = new Uint8Array();
    const result = this.with(number, (node) => {
      this.library.reset();
      const buffer = this.library.bytes("");
      this.library.memory.fill(0xee, buffer, buffer + count * this.blockBytes);
      const kr = this.library.call.file_read_blocks(node, index, buffer, count);
      data = this.library.memory.slice(buffer, buffer + count * this.blockBytes);
      return kr;
    });
    return result === 0 ? data : result;
  }

  /** name -> inode number, without . and .. */
  list(directory: number): Map<string, number> {
    const names = new Map<string, number>();
    const node = this.node(directory);
    const globals = this.library.call as unknown as Record<string, { value: number }>;
    for (let at = 0; ;) {
      const entry = this.library.call.directory_entry(node, at);
      if (entry === 0) {
        expect(globals.directory_failure.value).toBe(0);
        break;
      }
      const length = this.library.memory[entry + ext2.DIRENT_NAME_LENGTH];
      const start = entry + ext2.DIRENT_NAME;
      const name = Buffer.from(this.library.memory.slice(start, start + length)).toString("latin1");
      if (name !== "." && name !== "..")
        names.set(name, this.library.view.getUint32(entry + ext2.DIRENT_INODE, true));
      at = globals.directory_next.value;
    }
    this.library.call.node_put(node);
    return names;
  }

  sync(clean: boolean): number {
    return this.library.call.file_system_sync(clean ? 1 : 0);
  }

  freeBlocks(): number {
    return this.library.call.volume_free_blocks();
  }
  freeInodes(): number {
    return this.library.call.volume_free_inodes();
  }
}
