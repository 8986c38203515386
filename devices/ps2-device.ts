// What keyboard and mouse have in common: they take commands, some with a parameter, and answer each byte.

import type { Device, SavedState } from "./bus";

export const ACKNOWLEDGE = 0xfa;
/** Not understood: send it again. */
export const RESEND = 0xfe;
export const SELF_TEST_PASSED = 0xaa;
/** Declared: how long the self-test after a reset takes, the least that the manual allows. */
export const SELF_TEST_MICROSECONDS = 300_000;

const COMMAND_RESEND = 0xfe;

/** The device's side of a PS/2 port (IBM PS/2 Technical Reference, Keyboard and Auxiliary Device Controller). */
export abstract class Ps2Device implements Device {
  /** Told when there is something to send. */
  onData: () => void = () => {};
  /** The command that takes the next byte; null for none. */
  protected parameterOf: number | null = null;
  /** Answers to the last command; a new command makes what is left of them obsolete. */
  private answers: number[] = [];
  private lastSent = 0;

  /** A byte from the controller. */
  receive(byte: number): void {
    const command = this.parameterOf;
    this.parameterOf = null;
    this.answers = [];
    if (command !== null && this.takeParameter(command, byte)) return;
    if (byte === COMMAND_RESEND) this.answer(this.lastSent);
    else this.command(byte);
  }

  get hasData(): boolean {
    return this.answers.length > 0 || this.hasEvents;
  }

  /** The next byte for the controller; only when `hasData`. */
  send(): number {
    this.lastSent = this.answers.shift() ?? this.sendEvent();
    return this.lastSent;
  }

  reset(): void {
    this.parameterOf = null;
    this.answers = [];
  }

  protected answer(...bytes: number[]): void {
    this.answers.push(...bytes);
    this.onData();
  }

  protected abstract command(byte: number): void;

  /** False: the byte is no parameter but a new command. */
  protected abstract takeParameter(command: number, byte: number): boolean;

  /** Whether keys or movements wait to be sent. */
  protected abstract readonly hasEvents: boolean;

  protected abstract sendEvent(): number;

  abstract save(): SavedState;

  abstract restore(state: SavedState): void;

  protected saveLink(): { parameterOf: number | null; answers: number[]; lastSent: number } {
    return { parameterOf: this.parameterOf, answers: [...this.answers], lastSent: this.lastSent };
  }
}
