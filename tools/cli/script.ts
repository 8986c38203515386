// --script and --type: what an unattended run waits for and types. It is looked at every so many cycles of the guest, so that
// the same script gives the same run.
//
//   wait TEXT    until TEXT is on the screen, or has come from COM1 since the last wait
//   type TEXT    on the keyboard; \n is Enter, \t Tab, \e Escape, \\ a backslash
//   send TEXT    to COM1, with the same escapes
//   screen       prints the screen's text
//   screenshot F writes the screen as a picture, a PNG file
//   quit         ends the run, with status 0
//   # ...        is a comment

import type { Machine } from "../../machine/machine";
import { MachineError } from "../../machine/config";
import type { Watcher } from "./loop";
import { writeScreenshot } from "./screenshot";
import { CommandError, STATUS } from "./status";

/** A fiftieth of a second at 50 MHz. */
const POLL_CYCLES = 1e6;
/** What is kept of COM1's output for a wait. */
const MOST_TEXT = 1 << 16;

const VERBS = ["wait", "type", "send", "screen", "screenshot", "quit"] as const;
type Verb = (typeof VERBS)[number];

interface Step {
  verb: Verb;
  text: string;
  /** In the file, from 1 on. */
  line: number;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", e: "\x1b", "\\": "\\" };

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

/** @throws CommandError for a line that says nothing known */
function parse(text: string, name: string): Step[] {
  return text.split("\n").flatMap((content, i) => {
    const words = content.trim();
    if (!words || words.startsWith("#")) return [];
    const [verb, ...rest] = words.split(" ");
    const known = VERBS.find((one) => one === verb);
    const argument = unescape(rest.join(" "));
    const wants = known !== "screen" && known !== "quit";
    if (!known || wants !== (argument !== "")) {
      const what = `${name}: line ${i + 1}: ${JSON.stringify(words)} is none of wait, type, send TEXT, screenshot FILE, screen, quit`;
      throw new CommandError(STATUS.data, what);
    }
    return [{ verb: known, text: argument, line: i + 1 }];
  });
}

export class Script implements Watcher {
  private readonly steps: Step[];
  private received = "";
  private next = 0;

  /** @param name of the file, for errors */
  constructor(
    text: string,
    private readonly name: string,
    private readonly print: (text: string) => void,
  ) {
    this.steps = parse(text, name);
  }

  /** Takes a byte that COM1 has sent. */
  note(byte: number): void {
    this.received = (this.received + String.fromCharCode(byte)).slice(-MOST_TEXT);
  }

  get until(): number {
    return this.steps.length ? this.next : Infinity;
  }

  poll(machine: Machine): boolean {
    while (this.steps.length && machine.cycles >= this.next) {
      const step = this.steps[0];
      if (step.verb === "wait" && !this.isThere(machine, step.text)) {
        this.next = machine.cycles + POLL_CYCLES;
        return false;
      }
      this.steps.shift();
      if (step.verb === "quit") return true;
      this.perform(machine, step);
    }
    return false;
  }

  /** What it still waits for, for people. */
  get unfinished(): string | undefined {
    const [step] = this.steps;
    return step && `${this.name}: line ${step.line}: ${JSON.stringify(step.text)} was not seen`;
  }

  private isThere(machine: Machine, text: string): boolean {
    if (this.received.includes(text)) {
      this.received = "";
      return true;
    }
    return machine.screenText().includes(text);
  }

  private perform(machine: Machine, { verb, text, line }: Step): void {
    try {
      if (verb === "type") machine.typeText(text);
      else if (verb === "send") for (const byte of Buffer.from(text)) machine.sendSerial(byte);
      else if (verb === "screenshot") writeScreenshot(text, machine.picture());
      else if (verb === "screen") this.print(`${machine.screenText()}\n`);
    } catch (error) {
      if (error instanceof MachineError)
        throw new CommandError(STATUS.data, `${this.name}: line ${line}: ${error.message}`);
      throw error;
    }
  }
}
