// An initial RAM disk for Linux: a cpio archive of the "new" format (Linux documentation, "initramfs buffer format").
import { gzipSync } from "node:zlib";

interface InitrdEntry {
  /** Without a slash at the beginning; the folders above come first. */
  path: string;
  /** File type and permissions as in stat's st_mode. */
  mode: number;
  contents?: Uint8Array;
  /** Major and minor number of a device. */
  device?: readonly [number, number];
}

export const FOLDER = 0o040755;
export const PROGRAM = 0o100755;
const CHARACTER_DEVICE = 0o020600;

const MAGIC = "070701";
const TRAILER = "TRAILER!!!";

function makeInitrd(entries: readonly InitrdEntry[]): Uint8Array {
  const parts = [...entries, { path: TRAILER, mode: 0 }].flatMap(record);
  return gzipSync(Buffer.concat(parts), { level: 6 });
}

function record({ path, mode, contents = new Uint8Array(0), device = [0, 0] }: InitrdEntry, inode: number) {
  const name = Buffer.from(`${path}\0`);
  const owner = [0, 0];
  const links = 1;
  const time = 0;
  const [fileSystem, checksum] = [[0, 0], 0];
  const fields = [
    ...[inode + 1, mode, ...owner, links, time, contents.length],
    ...[...fileSystem, ...device, name.length, checksum],
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return [aligned(Buffer.concat([Buffer.from(header), name])), aligned(contents)];
}

function aligned(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

/** One with busybox and other files in its root, whose shell runs `script` as the first program. */
export function busyboxInitrd(
  busybox: Uint8Array,
  script: string,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Uint8Array {
  const text = `#!/bin/busybox sh\n/bin/busybox --install -s /bin\n${script}`;
  return makeInitrd([
    ...["bin", "dev", "proc", "sys"].map((path) => ({ path, mode: FOLDER })),
    { path: "dev/console", mode: CHARACTER_DEVICE, device: [5, 1] },
    { path: "bin/busybox", mode: PROGRAM, contents: busybox },
    { path: "init", mode: PROGRAM, contents: Buffer.from(text) },
    ...[...files].map(([path, contents]) => ({ path, mode: PROGRAM, contents })),
  ]);
}
