// --screenshot: the display as a PNG file.

import { encode } from "fast-png";
import type { Machine, Picture } from "../../machine/machine";
import { createFile, writeFile } from "./files";
import type { Watcher } from "./loop";

/** @throws CommandError when the file cannot be written */
export function writeScreenshot(path: string, { width, height, pixels }: Picture): void {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(pixels.subarray(4 * i, 4 * i + 3), 3 * i);
  writeFile(path, createFile(path), encode({ width, height, data, channels: 3 }));
}

/** One at the first instruction boundary at or after a cycle. */
export class TimedScreenshot implements Watcher {
  private isTaken = false;

  constructor(
    private readonly path: string,
    private readonly cycle: number,
  ) {}

  get until(): number {
    return this.isTaken ? Infinity : this.cycle;
  }

  poll(machine: Machine): boolean {
    if (!this.isTaken && machine.cycles >= this.cycle) {
      this.isTaken = true;
      writeScreenshot(this.path, machine.picture());
    }
    return false;
  }
}
