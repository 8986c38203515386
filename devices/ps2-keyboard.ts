// An enhanced keyboard of 101 or 102 keys at a PS/2 port.
//
// Manual: IBM PS/2 Technical Reference, Keyboards (101- and 102-Key).
// Left out: scan code set 3 and its commands; the shifts that the keyboard itself adds around the keys between the blocks
// while Num Lock is on. Keys that the host offers wait while nobody takes them, so that the buffer of 16 bytes never runs
// over; a key that is held repeats when what it sent before has been taken, so that repetitions do not pile up.

import { type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, microseconds } from "./clock";
import { ACKNOWLEDGE, Ps2Device, RESEND, SELF_TEST_MICROSECONDS, SELF_TEST_PASSED } from "./ps2-device";
import type { KeyStroke } from "./us-layout";
import { type KeyName, type ScanCodeSet, keyBytes, repeatBytes } from "./scan-codes";

const COMMAND_LEDS = 0xed;
const COMMAND_ECHO = 0xee;
const COMMAND_SCAN_CODE_SET = 0xf0;
const COMMAND_IDENTIFY = 0xf2;
const COMMAND_RATE = 0xf3;
const COMMAND_ENABLE = 0xf4;
const COMMAND_DISABLE = 0xf5;
const COMMAND_DEFAULTS = 0xf6;
const COMMAND_RESET = 0xff;
/** Parameters have bit 7 clear. */
const COMMAND_BIT = 0x80;

const ECHO = 0xee;
const IDENTITY = [0xab, 0x83];
/** 10.9 characters a second after half a second. */
const DEFAULT_RATE = 0x2b;
/** Of the rate byte: bits 5 and 6 are the delay in quarters of a second; bits 0-4 the period, (8 + A) * 2^B of the unit. */
const DELAY_MICROSECONDS = 250_000;
const PERIOD_MICROSECONDS = 1_000_000 / 240;

/** Keys that wait outside the keyboard. */
export const HOST_KEYS = 4096;
const VERSION = 2;

interface KeyEvent {
  readonly key: KeyName;
  readonly down: boolean;
}

export class Ps2Keyboard extends Ps2Device {
  /** Bits 0-2: Scroll Lock, Num Lock, Caps Lock. */
  private leds = 0;
  private rate = DEFAULT_RATE;
  private scanCodeSet: ScanCodeSet = 2;
  private scanning = true;
  /** Bytes of the key whose first byte has been sent. */
  private codes: number[] = [];
  private hostKeys: KeyEvent[] = [];
  /** The key that repeats: the last one that went down, while it is down. */
  private held: KeyName | null = null;
  /** A repetition waits to be sent. */
  private repeats = false;
  private readonly typematic: Alarm;
  private readonly selfTest: Alarm;

  constructor(private readonly clock: Clock) {
    super();
    this.typematic = new Alarm(clock, () => {
      this.repeats = true;
      this.onData();
    });
    this.selfTest = new Alarm(clock, () => this.answer(SELF_TEST_PASSED));
  }

  /** A key goes down or up. False when too many wait: offer it again later. */
  press(key: KeyName, down: boolean): boolean {
    // The release of Pause says nothing.
    if (!keyBytes(key, down, this.scanCodeSet).length) return true;
    if (this.hostKeys.length >= HOST_KEYS) return false;
    this.hostKeys.push({ key, down });
    if (down || key === this.held) this.hold(down && key !== "Pause" ? key : null);
    this.onData();
    return true;
  }

  /** Presses and releases a key, with its modifier held. False, with nothing done, when too many keys wait. */
  type({ key, modifier }: KeyStroke): boolean {
    const strokes: [KeyName, boolean][] = [
      [key, true],
      [key, false],
    ];
    if (modifier) strokes.unshift([modifier, true]);
    if (modifier) strokes.push([modifier, false]);
    if (this.hostKeys.length + strokes.length > HOST_KEYS) return false;
    for (const [one, down] of strokes) this.press(one, down);
    return true;
  }

  /** The state after its self-test, as a BIOS leaves it: keys are sent. */
  override reset(): void {
    super.reset();
    this.selfTest.cancel();
    this.setDefaults();
    this.leds = 0;
    this.scanning = true;
  }

  protected command(byte: number): void {
    switch (byte) {
      case COMMAND_ECHO:
        return this.answer(ECHO);
      case COMMAND_LEDS:
      case COMMAND_SCAN_CODE_SET:
      case COMMAND_RATE:
        this.parameterOf = byte;
        return this.answer(ACKNOWLEDGE);
      case COMMAND_IDENTIFY:
        return this.answer(ACKNOWLEDGE, ...IDENTITY);
      case COMMAND_ENABLE:
        this.scanning = true;
        this.hold(null);
        return this.answer(ACKNOWLEDGE);
      case COMMAND_DISABLE:
      case COMMAND_DEFAULTS:
        this.setDefaults();
        this.scanning = byte === COMMAND_DEFAULTS;
        return this.answer(ACKNOWLEDGE);
      case COMMAND_RESET:
        this.reset();
        this.selfTest.setIn(microseconds(this.clock, SELF_TEST_MICROSECONDS));
        return this.answer(ACKNOWLEDGE);
      default:
        return this.answer(RESEND);
    }
  }

  protected takeParameter(command: number, byte: number): boolean {
    if (byte & COMMAND_BIT) return false;
    if (command === COMMAND_LEDS) this.leds = byte;
    else if (command === COMMAND_RATE) this.rate = byte;
    else return this.selectScanCodeSet(byte);
    this.answer(ACKNOWLEDGE);
    return true;
  }

  /** 0 asks for the set. */
  private selectScanCodeSet(set: number): boolean {
    if (set === 0) this.answer(ACKNOWLEDGE, this.scanCodeSet);
    else if (set === 1 || set === 2) {
      this.scanCodeSet = set;
      this.codes = [];
      this.hold(null);
      this.answer(ACKNOWLEDGE);
    } else this.answer(RESEND);
    return true;
  }

  private setDefaults(): void {
    this.rate = DEFAULT_RATE;
    this.scanCodeSet = 2;
    this.codes = [];
    this.hold(null);
  }

  /** Repetition begins anew, with the next key that is sent, or ends. */
  private hold(key: KeyName | null): void {
    this.held = key;
    this.repeats = false;
    this.typematic.cancel();
  }

  /** During the self-test no key is seen. */
  protected get hasEvents(): boolean {
    const scans = this.scanning && !this.selfTest.pending;
    return scans && (this.codes.length > 0 || this.hostKeys.length > 0 || this.repeats);
  }

  protected sendEvent(): number {
    if (!this.codes.length) this.codes = this.nextCodes();
    return this.codes.shift()!;
  }

  private nextCodes(): number[] {
    const event = this.hostKeys.shift();
    if (!event) {
      this.repeats = false;
      this.typematic.setIn(microseconds(this.clock, this.period));
      return repeatBytes(this.held!, this.scanCodeSet);
    }
    const { key, down } = event;
    const isHeld = down && key === this.held && !this.hostKeys.some((later) => later.key === key);
    if (isHeld) this.typematic.setIn(microseconds(this.clock, this.delay));
    return keyBytes(key, down, this.scanCodeSet);
  }

  private get delay(): number {
    return (((this.rate >> 5) & 3) + 1) * DELAY_MICROSECONDS;
  }

  private get period(): number {
    return (8 + (this.rate & 7)) * 2 ** ((this.rate >> 3) & 3) * PERIOD_MICROSECONDS;
  }

  save(): SavedState {
    const { leds, rate, scanCodeSet, scanning, held, repeats } = this;
    return {
      ...{ version: VERSION, leds, rate, scanCodeSet, scanning, held, repeats, codes: [...this.codes] },
      ...this.saveLink(),
      hostKeys: this.hostKeys.map(({ key, down }) => ({ key, down })),
      typematic: this.typematic.save(),
      selfTest: this.selfTest.save(),
    };
  }

  restore(state: SavedState): void {
    const { typematic, selfTest, ...fields } = state;
    restoreFields("keyboard", VERSION, this, fields as SavedState);
    this.typematic.restore(typematic);
    this.selfTest.restore(selfTest);
  }
}
