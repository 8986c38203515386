// The machine stops at any cycle while a program writes: the disk as it then is, mounted again, is sound, and has every file
// that was synced before, whole.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as ext2 from "../../abi/ext2";
import { MemoryStorage } from "../../devices/storage";
import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { imageDisk, withWords } from "../../tools/default-image";
import { buildImage, PARTITION_FIRST_SECTOR } from "../../tools/image/image";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { loadLibrary, type Library } from "../userland/library";
import { Volume } from "../userland/volume";

const scratch = mkdtempSync(join(tmpdir(), "mach386-stop-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const MEMORY = 64 << 20;
const STOPS = Number(process.env.MACH386_STOPS ?? 200);

let library: Library;
beforeAll(async () => {
  library = await loadLibrary("userland/testing/ext2fs.ts");
});

/** What crash-load writes to the file of this number. */
const contents = (number: number, size: number) =>
  new Uint8Array(size).map((_, at) => at * 11 + (at >>> 8) * 5 + number);

function start(image: Uint8Array): { machine: Machine; synced: Map<number, number>; begun: () => boolean } {
  const synced = new Map<number, number>();
  let output = "";
  const disk = imageDisk();
  const machine = new Machine({
    memory: MEMORY,
    disks: [disk, new MemoryStorage(image)],
    onSerial: (byte) => {
      if (byte !== 10) return void (output += String.fromCharCode(byte));
      const line = /^synced (\d+) (\d+)\r?$/.exec(output);
      if (line) synced.set(Number(line[1]), Number(line[2]));
      begun ||= output.startsWith("--- crash-load");
      output = "";
    },
  });
  let begun = false;
  const boot = readBootDisk(disk, MEMORY);
  loadMultiboot(machine, { ...boot, commandLine: withWords(boot.commandLine, "init.plan=/etc/crash") });
  return { machine, synced, begun: () => begun };
}

function judge(image: Uint8Array, synced: ReadonlyMap<number, number>, when: string): void {
  const bytes = image.slice(PARTITION_FIRST_SECTOR * 512);
  const volume = new Volume(library, bytes, "mount_recovered");
  const directory = synced.size > 0 ? volume.lookup(ext2.EXT2_ROOT_INODE, "crash") : 0;
  for (const [number, size] of synced) {
    const inode = volume.lookup(directory, String(number));
    expect(inode, `${when}: /crash/${number}`).toBeGreaterThan(0);
    expect(volume.size(inode)).toBe(size);
    const blocks = Math.ceil(size / volume.blockBytes);
    if (blocks === 0) continue;
    const data = volume.read(inode, 0, blocks);
    if (typeof data === "number") throw new Error(`${when}: /crash/${number}: error ${data}`);
    expect(Buffer.compare(data.subarray(0, size), contents(number, size)), `${when}: /crash/${number}`).toBe(
      0,
    );
  }
  expect(volume.sync(true)).toBe(0);
  expect(e2fsck(bytes, join(scratch, "checked")), when).toBe("clean");
}

it.skipIf(!hasE2fsprogs)(`loses nothing synced at ${STOPS} stops`, { timeout: 300_000 }, () => {
  const files = new Map([["/hello", { data: Buffer.from("hello\n"), mode: 0o644 }]]);
  const empty = buildImage({ files, sizeBytes: 12 << 20, blockSize: 1024 });
  // Once to the end, to know from when to when it writes.
  const whole = start(empty.slice());
  let from = 0;
  let result = whole.machine.run(1e6);
  while (result.reason === "cycles") {
    if (from === 0 && whole.begun()) from = whole.machine.cycles;
    result = whole.machine.run(whole.machine.cycles + 1e6);
  }
  expect(result).toEqual({ reason: "exit", status: 0 });
  expect(whole.synced.size).toBe(60);
  const to = whole.machine.cycles;
  // Then stopping on the way: how a run is cut changes nothing for the guest.
  const image = empty.slice();
  const { machine, synced } = start(image);
  for (let stop = 0; stop < STOPS; stop++) {
    const share = (stop + (Math.imul(stop + 1, 2654435761) >>> 0) / 2 ** 32) / STOPS;
    const cycle = from + Math.floor(share * (to - from));
    machine.run(cycle);
    judge(image, synced, `cycle ${cycle}`);
  }
  expect(synced.size).toBeGreaterThan(50);
});
