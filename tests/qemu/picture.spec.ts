// The same boot sector on QEMU and here: it sets a mode by the BIOS and fills the display. Both pictures must be the same.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type Picture } from "../../machine/machine";
import { qemuInstalled } from "./qemu";
import { QemuConsole } from "./qemu-console";

const hex = (text: string) => [...Buffer.from(text.replaceAll(" ", ""), "hex")];
/** mov ax, MODE; int 10h */
const standard = (mode: number) => [0xb8, mode, 0x00, 0xcd, 0x10];
/** mov ax, 4f02h; mov bx, MODE; int 10h */
const linear = (mode: number) => [...hex("b8024f bb"), mode & 0xff, mode >> 8, 0xcd, 0x10];
/** for y, x in 95..0: INT 10h, AH = 0Ch with colour x ^ y; then [500h] = 1 and HLT for ever */
const DOTS = hex("ba5f00b95f0088c830d0b40c30ffcd104979f34a79ed c606000501 faf4ebfc");
/** A000:0 to FFFF: the sum modulo 2 of the address' two bytes */
const BYTES = hex("b800a08ec031ff 89f830e0aa 85ff75f7 c606000501 faf4ebfc");
/** B800:0 on: full blocks and blanks in all attributes that do not blink; the cursor off */
const CELLS = hex(
  "b800b88ec031ff b0db 88dcab fec3 b0db 88dcab fec3 b020 81ff0001 72ec b401b90020cd10 c606000501 faf4ebfc",
);
const DONE = 0x500;

function sector(code: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(1 << 20);
  bytes.set(code);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}

async function onQemu(code: readonly number[]): Promise<Picture> {
  const folder = mkdtempSync(join(tmpdir(), "mach386-picture-"));
  const disk = join(folder, "disk.img");
  writeFileSync(disk, sector(code));
  const qemu = new QemuConsole(["-drive", `file=${disk},format=raw,if=ide`]);
  try {
    while (!/: 0x01/.test(await qemu.command(`xp /1xb ${DONE}`))) await sleep(50);
    const file = join(folder, "picture.ppm");
    await qemu.command(`screendump ${file}`);
    return readPpm(readFileSync(file));
  } finally {
    qemu.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** P6, width, height, 255, then three bytes a pixel. */
function readPpm(file: Buffer): Picture {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(file.toString("latin1", 0, 64))!;
  const [width, height] = [Number(header[1]), Number(header[2])];
  const pixels = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++)
    pixels.set(file.subarray(header[0].length + 3 * i, header[0].length + 3 * i + 3), 4 * i);
  return { width, height, pixels };
}

function here(code: readonly number[]): Picture {
  const disks = [new MemoryStorage(sector(code))];
  const machine = new Machine({ memory: 64 << 20, cpu: "pentium2", bios: builtInBios(), disks });
  while (!machine.memory[DONE]) if (machine.run(machine.cycles + 1e6).reason !== "cycles") break;
  expect(machine.memory[DONE]).toBe(1);
  return machine.picture();
}

const colour = ({ pixels }: Picture, at: number) =>
  [...pixels.subarray(at, at + 3)].map((gun) => gun >> 3).join();

/** Where they differ first, to 5 bits a gun (QEMU widens some without their high bits): QEMU shows doubled dots and lines once. */
function difference(ours: Picture, theirs: Picture): string | undefined {
  const [wide, high] = [ours.width / theirs.width, ours.height / theirs.height];
  for (let y = 0; y < ours.height; y++) {
    for (let x = 0; x < ours.width; x++) {
      const at = 4 * (y * ours.width + x);
      const from = 4 * (Math.floor(y / high) * theirs.width + Math.floor(x / wide));
      const one = colour(ours, at);
      const other = colour(theirs, from);
      if (one !== other) return `${x},${y}: ${one} here, ${other} there`;
    }
  }
}

const SCREENS: Readonly<Record<string, readonly [code: readonly number[], width: number, height: number]>> = {
  "text, 80 columns": [[...standard(0x03), ...CELLS], 720, 400],
  "text, 40 columns": [[...standard(0x01), ...CELLS], 720, 400],
  "320 by 200, 4 colours": [[...standard(0x04), ...DOTS], 640, 400],
  "640 by 200, 2 colours": [[...standard(0x06), ...DOTS], 640, 400],
  "320 by 200, 16 colours": [[...standard(0x0d), ...DOTS], 640, 400],
  "640 by 200, 16 colours": [[...standard(0x0e), ...DOTS], 640, 400],
  "640 by 350, 16 colours": [[...standard(0x10), ...DOTS], 640, 350],
  "640 by 480, 2 colours": [[...standard(0x11), ...DOTS], 640, 480],
  "640 by 480, 16 colours": [[...standard(0x12), ...DOTS], 640, 480],
  "320 by 200, 256 colours, dots": [[...standard(0x13), ...DOTS], 640, 400],
  "320 by 200, 256 colours": [[...standard(0x13), ...BYTES], 640, 400],
  "linear, 640 by 480, 256 colours": [[...linear(0x101), ...BYTES], 640, 480],
  "linear, 640 by 480, 15 bits": [[...linear(0x110), ...BYTES], 640, 480],
  "linear, 800 by 600, 16 bits": [[...linear(0x114), ...BYTES], 800, 600],
  "linear, 640 by 480, 24 bits": [[...linear(0x112), ...BYTES], 640, 480],
};

describe.skipIf(!qemuInstalled)("the picture is QEMU's", () => {
  it.each(Object.entries(SCREENS))("%s", async (_, [code, width, height]) => {
    const ours = here(code);
    expect([ours.width, ours.height]).toEqual([width, height]);
    expect(difference(ours, await onQemu(code))).toBeUndefined();
  });
});
