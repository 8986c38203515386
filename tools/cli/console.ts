// COM1's other end: stdin and stdout, or a file.

import { fstatSync } from "node:fs";
import type { Machine } from "../../machine/machine";
import { createFile, writeFile } from "./files";

const STDIN = 0;
const ESCAPE = 0x01;
const QUIT = "x".charCodeAt(0);
const LITERAL = "a".charCodeAt(0);
const BREAK_KEY = "b".charCodeAt(0);
/** Stands among the bytes of the input for a break on the line. */
export const BREAK = 0x100;
/** Input that waits for the guest; beyond it the source is paused. */
const MAX_PENDING = 64 * 1024;

export interface Console {
  /** Takes a byte that the guest sent. */
  send(byte: number): void;
  /** Hands out what has been sent; resolves when there is room for more. */
  flush(): Promise<void>;
  /** Gives waiting input to the machine, as much as that takes. */
  feed(machine: Machine): void;
  /** Whether input could wake a halted machine. */
  isWokenBy(machine: Machine): boolean;
  /** Whether input may still come. */
  readonly isOpen: boolean;
  /** Whether the user has asked to quit. */
  readonly hasQuit: boolean;
  /** Resolves when input has come, has ended, or after so many milliseconds. */
  wait(milliseconds?: number): Promise<void>;
  close(): void;
}

/** Output to a file, no input. */
export class FileConsole implements Console {
  readonly isOpen = false;
  readonly hasQuit = false;
  private readonly descriptor: number;
  private bytes: number[] = [];

  constructor(private readonly path: string) {
    this.descriptor = createFile(path);
  }

  send(byte: number): void {
    this.bytes.push(byte);
  }

  async flush(): Promise<void> {
    const chunk = Uint8Array.from(this.bytes);
    this.bytes = [];
    writeFile(this.path, this.descriptor, chunk);
  }

  feed(): void {}

  isWokenBy(): boolean {
    return false;
  }

  wait(milliseconds = 0): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  close(): void {}
}

/** Stdin. A terminal is put into raw mode; input from nowhere (/dev/null, closed) is not opened. */
export class StandardInput {
  isOpen: boolean;
  hasQuit = false;
  private pending: number[] = [];
  private escaped = false;
  private wake: (() => void) | undefined;
  private readonly isTerminal = process.stdin.isTTY === true;

  constructor() {
    this.isOpen = this.isTerminal || hasInput();
    if (!this.isOpen) return;
    if (this.isTerminal) process.stdin.setRawMode(true);
    process.stdin.on("data", (chunk: Buffer) => this.receive(chunk));
    process.stdin.on("end", () => this.end());
    process.stdin.on("error", () => this.end());
  }

  /** Gives waiting bytes and BREAKs to `accept` until it refuses one. */
  feed(accept: (byte: number) => boolean): void {
    let count = 0;
    while (count < this.pending.length && accept(this.pending[count])) count++;
    if (count) this.pending = this.pending.slice(count);
    if (this.isOpen && this.pending.length < MAX_PENDING && process.stdin.isPaused()) process.stdin.resume();
  }

  wait(milliseconds?: number): Promise<void> {
    if (this.hasQuit || this.pending.length) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => this.awaken(), milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    if (this.isTerminal) process.stdin.setRawMode(false);
    if (this.isOpen) process.stdin.destroy();
    this.isOpen = false;
  }

  /** Ends the run. */
  quit(): void {
    this.hasQuit = true;
    this.awaken();
  }

  /** Ends a wait. */
  awaken(): void {
    const wake = this.wake;
    this.wake = undefined;
    wake?.();
  }

  private receive(chunk: Buffer): void {
    for (const byte of chunk) if (!this.isTerminal || this.unescape(byte)) this.pending.push(byte);
    if (this.pending.length >= MAX_PENDING) process.stdin.pause();
    this.awaken();
  }

  /** Handles Ctrl-A commands of the terminal; true when the byte is for the guest. */
  private unescape(byte: number): boolean {
    if (!this.escaped) {
      this.escaped = byte === ESCAPE;
      return !this.escaped;
    }
    this.escaped = false;
    if (byte === QUIT) this.hasQuit = true;
    if (byte === BREAK_KEY) this.pending.push(BREAK);
    if (byte === LITERAL || byte === ESCAPE) this.pending.push(ESCAPE);
    return false;
  }

  private end(): void {
    this.isOpen = false;
    this.awaken();
  }
}

/** Stdin and stdout. */
export class StdioConsole implements Console {
  private readonly input = new StandardInput();
  private output: number[] = [];
  private drained: (() => void) | undefined;

  constructor() {
    // Whoever reads our output may go away; what is left is for nobody.
    process.stdout.on("error", () => {
      this.input.quit();
      this.drained?.();
    });
  }

  get isOpen(): boolean {
    return this.input.isOpen;
  }

  get hasQuit(): boolean {
    return this.input.hasQuit;
  }

  isWokenBy(machine: Machine): boolean {
    return machine.wakesOnSerial;
  }

  send(byte: number): void {
    this.output.push(byte);
  }

  async flush(): Promise<void> {
    if (!this.output.length) return;
    const chunk = Uint8Array.from(this.output);
    this.output = [];
    if (!process.stdout.write(chunk) && !this.hasQuit) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
        process.stdout.once("drain", resolve);
      });
    }
  }

  feed(machine: Machine): void {
    this.input.feed((byte) => (byte === BREAK ? machine.sendBreak() : machine.sendSerial(byte)));
  }

  wait(milliseconds?: number): Promise<void> {
    return this.input.wait(milliseconds);
  }

  close(): void {
    this.input.close();
  }
}

/** Whether stdin is something that gives bytes: a file, a pipe or a socket. */
function hasInput(): boolean {
  try {
    const status = fstatSync(STDIN);
    return status.isFile() || status.isFIFO() || status.isSocket();
  } catch {
    return false;
  }
}
