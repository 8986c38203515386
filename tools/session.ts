// A shell in the guest of the default image, typed at over the serial line: for tests and for pictures.
import type { CpuModel } from "../cpu/cpu";
import { MemoryStorage, OverlayStorage, type Storage } from "../devices/storage";
import { readBootDisk } from "../machine/boot-disk";
import { Machine, type RunResult } from "../machine/machine";
import { loadMultiboot } from "../machine/multiboot";
import { imageDisk, withWords } from "./default-image";
import { builtImage, ROOMY } from "./image/built";
import { SWAP_BYTES } from "./image/contents";
import type { Entry } from "./image/image";

const PROMPT = "mach386# ";
const MEMORY = 64 << 20;
const CYCLE_LIMIT = 20e9;

export interface SessionOptions {
  /** on the kernel's command line */
  words?: string;
  cpu?: CpuModel;
  /** what the image has besides the usual */
  entries?: readonly Entry[];
  /** what the machine gets instead of the disk */
  wrap?: (disk: OverlayStorage) => Storage;
}

function diskWith(entries: readonly Entry[]): OverlayStorage {
  const image = builtImage({ entries, sizeBytes: ROOMY });
  const disk = new Uint8Array(image.length + SWAP_BYTES);
  disk.set(image);
  return new OverlayStorage(new MemoryStorage(disk));
}

export class Session {
  readonly disk: OverlayStorage;
  private readonly machine: Machine;
  private output = "";

  constructor(options: SessionOptions = {}) {
    const { words = "vm.merge=full", cpu = "i486", entries, wrap = (disk: OverlayStorage) => disk } = options;
    this.disk = entries ? diskWith(entries) : imageDisk();
    this.machine = new Machine({
      memory: MEMORY,
      cpu,
      disks: [wrap(this.disk)],
      onSerial: (byte) => {
        if (byte === 13) return;
        this.output += String.fromCharCode(byte);
        if (this.output.endsWith(PROMPT)) this.machine.stop();
      },
    });
    const boot = readBootDisk(this.disk, MEMORY);
    loadMultiboot(this.machine, {
      ...boot,
      commandLine: withWords(boot.commandLine, `init.plan=/etc/start ${words}`),
    });
    this.untilPrompt();
  }

  private untilPrompt(): string {
    const result = this.machine.run(this.machine.cycles + CYCLE_LIMIT);
    if (result.reason !== "stopped") throw new Error(`${JSON.stringify(result)}\n${this.output}`);
    const printed = this.output.slice(0, -PROMPT.length);
    this.output = "";
    return printed;
  }

  private type(text: string): void {
    for (const byte of Buffer.from(text, "latin1"))
      if (!this.machine.sendSerial(byte)) throw new Error("too much is typed at once");
  }

  /** Types a command; what it prints. */
  run(command: string): string {
    this.type(`${command}\r`);
    const printed = this.untilPrompt();
    const echo = `${command}\n`;
    if (!printed.startsWith(echo)) throw new Error(`no echo of ${JSON.stringify(command)}: ${printed}`);
    return printed.slice(echo.length);
  }

  /** Types keys without an end of line, then the rest of a line. */
  typeRaw(keys: string): string {
    this.type(keys);
    return this.untilPrompt();
  }

  /** Types a command, and further keys while it runs, so many cycles later; what is printed until the next prompt. */
  interrupt(command: string, keys: string, cycles: number): string {
    this.typeAhead(`${command}\r`, cycles);
    this.type(keys);
    return this.untilPrompt();
  }

  /** Types while something else than the prompt has the machine, and goes on for so many cycles. */
  typeAhead(keys: string, cycles: number): void {
    this.type(keys);
    const result = this.machine.run(this.machine.cycles + cycles);
    if (result.reason !== "cycles") throw new Error(`something is over: ${this.output}`);
  }

  /** What is printed until a prompt with `text` before it. */
  until(text: string): string {
    let printed = this.untilPrompt();
    while (!printed.includes(text)) printed += this.untilPrompt();
    return printed;
  }

  /** Leaves the shell; how the machine ends. */
  end(): RunResult {
    this.type("exit\r");
    return this.machine.run(this.machine.cycles + CYCLE_LIMIT);
  }
}
