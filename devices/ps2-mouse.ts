// A mouse with three buttons at a PS/2 port.
//
// Manual: IBM PS/2 Technical Reference, Mouse. Left out: wheel and further buttons (IntelliMouse).
// A movement beyond the nine bits of a packet goes on in the next one, so that a packet never overflows.

import { type SavedState, restoreFields } from "./bus";
import { Alarm, type Clock, microseconds } from "./clock";
import { ACKNOWLEDGE, Ps2Device, RESEND, SELF_TEST_MICROSECONDS, SELF_TEST_PASSED } from "./ps2-device";

const COMMAND_SCALE_1 = 0xe6;
const COMMAND_SCALE_2 = 0xe7;
const COMMAND_RESOLUTION = 0xe8;
const COMMAND_STATUS = 0xe9;
const COMMAND_STREAM = 0xea;
const COMMAND_READ = 0xeb;
const COMMAND_END_WRAP = 0xec;
const COMMAND_WRAP = 0xee;
const COMMAND_REMOTE = 0xf0;
const COMMAND_IDENTIFY = 0xf2;
const COMMAND_RATE = 0xf3;
const COMMAND_ENABLE = 0xf4;
const COMMAND_DISABLE = 0xf5;
const COMMAND_DEFAULTS = 0xf6;
const COMMAND_RESET = 0xff;

const IDENTITY = 0x00;
const STATUS_REMOTE = 0x40;
const STATUS_ENABLED = 0x20;
const STATUS_SCALE_2 = 0x10;

const PACKET_ALWAYS = 0x08;
const PACKET_X_SIGN = 0x10;
const PACKET_Y_SIGN = 0x20;
const LEAST = -256;
const MOST = 255;

const BUTTONS = 7;
/** Samples a second, and 2^2 counts a millimetre. */
const DEFAULT_RATE = 100;
const DEFAULT_RESOLUTION = 2;
/** What movements of up to five counts become with 2:1 scaling, in stream mode; larger ones are doubled. */
const SCALED = [0, 1, 1, 3, 6, 9];

/** Changes of the buttons that wait to be reported, and how far the mouse moved before each. */
const MAX_MOVEMENTS = 64;
const MAX_COUNTS = 0x7fff;
const VERSION = 1;

interface Movement {
  x: number;
  y: number;
  readonly buttons: number;
}

export class Ps2Mouse extends Ps2Device {
  private enabled = false;
  private remote = false;
  private wrap = false;
  private scale2 = false;
  private resolution = DEFAULT_RESOLUTION;
  private rate = DEFAULT_RATE;
  private buttons = 0;
  private movements: Movement[] = [];
  /** What is left of the packet on its way. */
  private packet: number[] = [];
  private readonly sample: Alarm;
  private readonly selfTest: Alarm;

  constructor(private readonly clock: Clock) {
    super();
    this.sample = new Alarm(clock, () => this.takeSample());
    this.selfTest = new Alarm(clock, () => this.answer(SELF_TEST_PASSED, IDENTITY));
  }

  /**
   * The mouse moves right and up by so many counts, then holds these buttons: left 1, right 2, middle 4.
   * False when too many changes of the buttons wait: offer it again later.
   */
  move(x: number, y: number, buttons: number): boolean {
    if (!this.counts) {
      this.buttons = buttons & BUTTONS;
      return true;
    }
    const last = this.movements.at(-1);
    if (last && last.buttons === (buttons & BUTTONS)) {
      last.x = limit(last.x + x);
      last.y = limit(last.y + y);
    } else {
      if (this.movements.length >= MAX_MOVEMENTS) return false;
      this.movements.push({ x: limit(x), y: limit(y), buttons: buttons & BUTTONS });
    }
    this.waitForSample();
    return true;
  }

  /** The state after its self-test: nothing is reported. */
  override reset(): void {
    super.reset();
    this.selfTest.cancel();
    this.setDefaults();
    this.remote = this.wrap = false;
    this.movements = [];
  }

  override receive(byte: number): void {
    if (this.wrap && byte !== COMMAND_RESET && byte !== COMMAND_END_WRAP) this.answer(byte);
    else super.receive(byte);
  }

  protected command(byte: number): void {
    switch (byte) {
      case COMMAND_RESOLUTION:
      case COMMAND_RATE:
        this.parameterOf = byte;
        return this.answer(ACKNOWLEDGE);
      case COMMAND_STATUS:
        return this.answer(ACKNOWLEDGE, this.status(), this.resolution, this.rate);
      case COMMAND_READ:
        return this.answer(ACKNOWLEDGE, ...this.nextPacket());
      case COMMAND_IDENTIFY:
        return this.answer(ACKNOWLEDGE, IDENTITY);
      case COMMAND_RESET:
        this.reset();
        this.selfTest.setIn(microseconds(this.clock, SELF_TEST_MICROSECONDS));
        return this.answer(ACKNOWLEDGE);
      default:
        return this.answer(this.setMode(byte) ? ACKNOWLEDGE : RESEND);
    }
  }

  protected takeParameter(command: number, byte: number): boolean {
    if (command === COMMAND_RATE) this.rate = byte;
    else this.resolution = byte & 3;
    this.answer(ACKNOWLEDGE);
    return true;
  }

  /** Commands that change a mode and say nothing but that they were understood. */
  private setMode(command: number): boolean {
    switch (command) {
      case COMMAND_SCALE_1:
      case COMMAND_SCALE_2:
        this.scale2 = command === COMMAND_SCALE_2;
        return true;
      case COMMAND_STREAM:
      case COMMAND_REMOTE:
        this.remote = command === COMMAND_REMOTE;
        this.forgetMovement();
        return true;
      case COMMAND_WRAP:
      case COMMAND_END_WRAP:
        this.wrap = command === COMMAND_WRAP;
        return true;
      case COMMAND_ENABLE:
      case COMMAND_DISABLE:
        this.enabled = command === COMMAND_ENABLE;
        this.forgetMovement();
        return true;
      case COMMAND_DEFAULTS:
        this.setDefaults();
        return true;
      default:
        return false;
    }
  }

  private setDefaults(): void {
    this.enabled = this.scale2 = false;
    this.resolution = DEFAULT_RESOLUTION;
    this.rate = DEFAULT_RATE;
    this.forgetMovement();
  }

  /** The counters start anew; the buttons are where they are. */
  private forgetMovement(): void {
    this.buttons = this.movements.at(-1)?.buttons ?? this.buttons;
    this.movements = [];
    this.packet = [];
    this.sample.cancel();
  }

  private status(): number {
    const flags = [
      this.remote && STATUS_REMOTE,
      this.enabled && STATUS_ENABLED,
      this.scale2 && STATUS_SCALE_2,
    ];
    const [left, right, middle] = [this.buttons & 1, (this.buttons >> 1) & 1, (this.buttons >> 2) & 1];
    const held = (left << 2) | (middle << 1) | right;
    return flags.reduce<number>((sum, flag) => sum | Number(flag), held);
  }

  private get streams(): boolean {
    return this.counts && !this.remote;
  }

  /** Whether movements are counted at all. */
  private get counts(): boolean {
    return (this.enabled || this.remote) && !this.wrap && !this.selfTest.pending;
  }

  private waitForSample(): void {
    if (this.streams && this.movements.length && !this.packet.length && !this.sample.pending)
      this.sample.setIn(microseconds(this.clock, Math.ceil(1_000_000 / (this.rate || 1))));
  }

  private takeSample(): void {
    if (!this.streams || !this.movements.length) return;
    this.packet = this.nextPacket();
    this.onData();
  }

  /** Takes as much of the first movement as fits. */
  private nextPacket(): number[] {
    const first = this.movements[0] ?? { x: 0, y: 0, buttons: this.buttons };
    const [x, y] = [within(first.x), within(first.y)];
    this.buttons = first.buttons;
    first.x -= x;
    first.y -= y;
    if (first.x === 0 && first.y === 0) this.movements.shift();
    const [reportedX, reportedY] = [this.scaled(x), this.scaled(y)];
    const signs = (reportedX < 0 ? PACKET_X_SIGN : 0) | (reportedY < 0 ? PACKET_Y_SIGN : 0);
    return [PACKET_ALWAYS | signs | this.buttons, reportedX & 0xff, reportedY & 0xff];
  }

  private scaled(counts: number): number {
    if (!this.scale2 || this.remote) return counts;
    const size = Math.abs(counts);
    return within(Math.sign(counts) * (SCALED[size] ?? 2 * size));
  }

  protected get hasEvents(): boolean {
    return this.packet.length > 0;
  }

  protected sendEvent(): number {
    const byte = this.packet.shift()!;
    if (!this.packet.length) this.waitForSample();
    return byte;
  }

  save(): SavedState {
    const { enabled, remote, wrap, scale2, resolution, rate, buttons } = this;
    return {
      ...{ version: VERSION, enabled, remote, wrap, scale2, resolution, rate, buttons },
      ...this.saveLink(),
      movements: this.movements.map((movement) => ({ ...movement })),
      packet: [...this.packet],
      sample: this.sample.save(),
      selfTest: this.selfTest.save(),
    };
  }

  restore(state: SavedState): void {
    const { sample, selfTest, ...fields } = state;
    restoreFields("mouse", VERSION, this, fields as SavedState);
    this.sample.restore(sample);
    this.selfTest.restore(selfTest);
  }
}

function limit(counts: number): number {
  return Math.max(-MAX_COUNTS, Math.min(Math.trunc(counts), MAX_COUNTS));
}

function within(counts: number): number {
  return Math.max(LEAST, Math.min(counts, MOST));
}
