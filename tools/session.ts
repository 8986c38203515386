// A shell in the guest of the default image, typed at over the serial line: for tests and for pictures.
import { OverlayStorage, type Storage } from "../devices/storage";
import { readBootDisk } from "../machine/boot-disk";
import { Machine, type RunResult } from "../machine/machine";
import { loadMultiboot } from "../machine/multiboot";
import { imageDisk, withWords } from "./default-image";

const PROMPT = "mach386# ";
const MEMORY = 64 << 20;
const CYCLE_LIMIT = 20e9;

export class Session {
  readonly disk: OverlayStorage;
  private readonly machine: Machine;
  private output = "";

  /** @param wrap what the machine gets instead of the disk */
  constructor(words = "vm.merge=full", wrap: (disk: OverlayStorage) => Storage = (disk) => disk) {
    this.disk = imageDisk();
    this.machine = new Machine({
      memory: MEMORY,
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
    this.output = "";
    const result = this.machine.run(this.machine.cycles + CYCLE_LIMIT);
    if (result.reason !== "stopped") throw new Error(`${JSON.stringify(result)}\n${this.output}`);
    return this.output.slice(0, -PROMPT.length);
  }

  private type(text: string): void {
    for (const byte of Buffer.from(text, "latin1")) this.machine.sendSerial(byte);
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

  /** Leaves the shell; how the machine ends. */
  end(): RunResult {
    this.type("exit\r");
    return this.machine.run(this.machine.cycles + CYCLE_LIMIT);
  }
}
