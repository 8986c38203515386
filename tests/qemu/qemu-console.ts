// QEMU with a screen and a keyboard: driven by its monitor, which types and looks at the screen's memory.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type TextRow, textRow } from "../../devices/text-screen";

const QEMU = "qemu-system-i386";
const COLUMNS = 80;
const ROWS = 25;
const SCREEN_MEMORY = 0xb8000;
const PROMPT = "(qemu) ";
/** Milliseconds between two looks, and until one gives up. */
const LOOK_AGAIN = 100;
const PATIENCE = 30_000;

export class QemuConsole {
  private readonly child: ChildProcess;
  private output = "";
  private readonly ended: Promise<number | null>;

  /** Boots a multiboot kernel with one module, whose string begins with the file's path. */
  static withKernel(kernel: string, append: string, module: string): QemuConsole {
    return new QemuConsole(["-cpu", "486", "-kernel", kernel, "-append", append, "-initrd", module]);
  }

  /** @param guest what to boot, as QEMU's arguments */
  constructor(guest: readonly string[]) {
    const args = [...guest, "-m", "64M"];
    args.push("-display", "none", "-serial", "none", "-monitor", "stdio", "-no-reboot");
    args.push("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04");
    this.child = spawn(QEMU, args, { stdio: ["pipe", "pipe", "ignore"] });
    this.child.stdout!.setEncoding("latin1").on("data", (text: string) => (this.output += text));
    this.ended = new Promise((resolve, reject) => this.child.on("close", resolve).on("error", reject));
  }

  /** One command of the monitor; its output. */
  async command(line: string): Promise<string> {
    this.output = "";
    this.child.stdin!.write(`${line}\n`);
    for (let waited = 0; waited < PATIENCE; waited += 10) {
      const end = this.output.lastIndexOf(PROMPT);
      if (end > 0) return this.output.slice(0, end);
      await sleep(10);
    }
    throw new Error(`QEMU's monitor does not answer: ${this.output}`);
  }

  async rows(): Promise<TextRow[]> {
    const words = await this.command(`xp /${(COLUMNS * ROWS) / 2}xw ${SCREEN_MEMORY}`);
    const memory = Uint32Array.from(
      [...words.matchAll(/ 0x([0-9a-f]{8})/g)].map((match) => parseInt(match[1], 16)),
    );
    const cells = new Uint16Array(memory.buffer);
    return Array.from({ length: ROWS }, (_, row) =>
      textRow(COLUMNS, (column) => cells[row * COLUMNS + column]),
    );
  }

  /** The screen's lines, without blanks at their ends. */
  async lines(): Promise<string[]> {
    return (await this.rows()).map(({ text }) => text.trimEnd());
  }

  /** Waits until a line satisfies `wanted`. */
  async until(wanted: (line: string) => boolean): Promise<string[]> {
    for (let waited = 0; waited < PATIENCE; waited += LOOK_AGAIN) {
      const lines = await this.lines();
      if (lines.some(wanted)) return lines;
      await sleep(LOOK_AGAIN);
    }
    throw new Error(`the screen does not show what it should:\n${(await this.lines()).join("\n")}`);
  }

  /** The exit status that the guest gave. */
  async status(): Promise<number | undefined> {
    const code = await this.ended;
    return code !== null && code & 1 ? code >> 1 : undefined;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
