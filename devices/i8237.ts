// The PC/AT's two DMA controllers: channels 0 to 3 move bytes, 5 to 7 words; 4 is the cascade. Page registers hold the
// addresses' upper bits.
//
// Data sheet: Intel 8237A (231466). IBM PC/AT Technical Reference, "DMA".
// Left out: the controller's own timing (a transfer takes no time beyond its device's), memory to memory, compressed timing,
// rotating priority, the polarity of the wires.

import { type Device, type PortBus, type SavedState, OPEN_BUS, StateError } from "./bus";
import type { PhysicalMemory } from "./ide-bus-master";

const CHANNELS = 4;
const FIRST_PORT = 0x00;
const SECOND_PORT = 0xc0;
/** Page register of each channel of both controllers; the first of the second is the refresh's. */
const PAGE_PORTS = [
  [0x87, 0x83, 0x81, 0x82],
  [0x8f, 0x8b, 0x89, 0x8a],
] as const;
const PAGES_START = 0x81;
const PAGES_COUNT = 15;

const STATUS = 8;
const REQUEST = 9;
const SINGLE_MASK = 10;
const MODE = 11;
const CLEAR_FLIP_FLOP = 12;
const MASTER_CLEAR = 13;
const CLEAR_MASK = 14;
const ALL_MASK = 15;

const COMMAND_DISABLE = 0x04;
const MODE_TYPE = 0x0c;
const TYPE_VERIFY = 0x00;
const TYPE_WRITE = 0x04;
const TYPE_READ = 0x08;
const MODE_AUTOINITIALIZE = 0x10;
const MODE_DECREMENT = 0x20;

const VERSION = 1;

interface Channel {
  baseAddress: number;
  baseCount: number;
  address: number;
  count: number;
  mode: number;
  page: number;
}

const idle = (): Channel => ({ baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0, page: 0 });

/** One controller. `shift`: 1 for that whose units are words. */
class Controller {
  channels = Array.from({ length: CHANNELS }, idle);
  command = 0;
  masked = 0x0f;
  /** Terminal counts reached, since the last look. */
  reached = 0;
  requested = 0;
  flipFlop = false;

  constructor(
    readonly shift: 0 | 1,
    private readonly memory: PhysicalMemory,
  ) {}

  clear(): void {
    this.command = this.reached = this.requested = 0;
    this.masked = 0x0f;
    this.flipFlop = false;
  }

  read(register: number): number {
    if (register < STATUS) {
      const channel = this.channels[register >> 1];
      return this.half(register & 1 ? channel.count : channel.address);
    }
    if (register !== STATUS) return register === ALL_MASK ? 0xf0 | this.masked : 0;
    const status = this.reached | (this.requested << 4);
    this.reached = 0;
    return status;
  }

  write(register: number, value: number): void {
    if (register < STATUS) return this.writeWord(register, value);
    const bit = 1 << (value & 3);
    switch (register) {
      case STATUS:
        this.command = value;
        break;
      case REQUEST:
        this.requested = value & 4 ? this.requested | bit : this.requested & ~bit;
        break;
      case SINGLE_MASK:
        this.masked = value & 4 ? this.masked | bit : this.masked & ~bit;
        break;
      case MODE:
        this.channels[value & 3].mode = value;
        break;
      case CLEAR_FLIP_FLOP:
        this.flipFlop = false;
        break;
      case MASTER_CLEAR:
        this.clear();
        break;
      case CLEAR_MASK:
        this.masked = 0;
        break;
      case ALL_MASK:
        this.masked = value & 0x0f;
    }
  }

  /** Whether a channel would answer its device. */
  isOpen(index: number): boolean {
    return !(this.command & COMMAND_DISABLE) && !((this.masked >> index) & 1);
  }

  /** Moves at most so many bytes to or from memory; returns how many, and whether the count ran out. */
  move(index: number, bytes: Uint8Array, toMemory: boolean): { moved: number; terminal: boolean } {
    if (!this.isOpen(index)) return { moved: 0, terminal: false };
    const channel = this.channels[index];
    const type = channel.mode & MODE_TYPE;
    const wanted = toMemory ? TYPE_WRITE : TYPE_READ;
    if (type !== wanted && type !== TYPE_VERIFY) return { moved: 0, terminal: false };
    const units = Math.min(bytes.length >> this.shift, channel.count + 1);
    const moved = units << this.shift;
    if (type !== TYPE_VERIFY) this.transfer(channel, bytes.subarray(0, moved), toMemory);
    const down = (channel.mode & MODE_DECREMENT) !== 0;
    channel.address = (channel.address + (down ? -units : units)) & 0xffff;
    const terminal = units === channel.count + 1;
    channel.count = (channel.count - units) & 0xffff;
    if (terminal) this.finish(index, channel);
    return { moved, terminal };
  }

  /** Addresses stay within the page: 64 KiB, or 128 KiB of words. */
  private transfer(channel: Channel, bytes: Uint8Array, toMemory: boolean): void {
    const page = this.shift ? (channel.page & 0xfe) << 16 : channel.page << 16;
    const unit = 1 << this.shift;
    const down = (channel.mode & MODE_DECREMENT) !== 0;
    if (!down && channel.address + (bytes.length >> this.shift) <= 0x10000) {
      const start = page + (channel.address << this.shift);
      if (toMemory) this.memory.writePhysical(start, bytes);
      else this.memory.readPhysical(start, bytes);
      return;
    }
    for (let at = 0, address = channel.address; at < bytes.length; at += unit) {
      const place = page + ((address & 0xffff) << this.shift);
      const part = bytes.subarray(at, at + unit);
      if (toMemory) this.memory.writePhysical(place, part);
      else this.memory.readPhysical(place, part);
      address += down ? -1 : 1;
    }
  }

  private finish(index: number, channel: Channel): void {
    this.reached |= 1 << index;
    this.requested &= ~(1 << index);
    if (channel.mode & MODE_AUTOINITIALIZE) {
      channel.address = channel.baseAddress;
      channel.count = channel.baseCount;
    } else this.masked |= 1 << index;
  }

  /** The halves of a word take turns, the low one first. */
  private half(word: number): number {
    const value = this.flipFlop ? word >> 8 : word & 0xff;
    this.flipFlop = !this.flipFlop;
    return value;
  }

  private writeWord(register: number, value: number): void {
    const channel = this.channels[register >> 1];
    const joined = (before: number) =>
      this.flipFlop ? (before & 0x00ff) | (value << 8) : (before & 0xff00) | value;
    if (register & 1) channel.count = channel.baseCount = joined(channel.baseCount);
    else channel.address = channel.baseAddress = joined(channel.baseAddress);
    this.flipFlop = !this.flipFlop;
  }

  save(): SavedState {
    const { command, masked, reached, requested, flipFlop } = this;
    const channels = this.channels.map((channel) => ({ ...channel }));
    return { version: VERSION, command, masked, reached, requested, flipFlop, channels };
  }

  restore(state: SavedState): void {
    const { command, masked, reached, requested, flipFlop, channels } = state;
    Object.assign(this, { command, masked, reached, requested, flipFlop });
    this.channels = (channels as unknown as Channel[]).map((channel) => ({ ...channel }));
  }
}

/** What a device on a channel does. */
export interface DmaChannel {
  /** Whether the controller answers the device's request. */
  readonly isOpen: boolean;
  /** The device has bytes for memory. */
  toMemory(bytes: Uint8Array): { moved: number; terminal: boolean };
  /** The device wants bytes of memory. */
  fromMemory(bytes: Uint8Array): { moved: number; terminal: boolean };
}

export class DmaControllers implements Device {
  private readonly controllers: readonly [Controller, Controller];
  private spare = new Uint8Array(PAGES_COUNT);

  constructor(memory: PhysicalMemory) {
    this.controllers = [new Controller(0, memory), new Controller(1, memory)];
  }

  attach(bus: PortBus): void {
    this.controllers.forEach((controller, i) => {
      const base = i === 0 ? FIRST_PORT : SECOND_PORT;
      bus.attach(base, 16 << i, {
        readByte: (port) => controller.read((port - base) >> i),
        writeByte: (port, value) => controller.write((port - base) >> i, value),
      });
    });
    bus.attach(PAGES_START, PAGES_COUNT, {
      readByte: (port) => this.pageOf(port)?.page ?? this.spare[port - PAGES_START] ?? OPEN_BUS,
      writeByte: (port, value) => {
        const channel = this.pageOf(port);
        if (channel) channel.page = value;
        else this.spare[port - PAGES_START] = value;
      },
    });
  }

  reset(): void {
    for (const controller of this.controllers) {
      controller.clear();
      controller.channels = Array.from({ length: CHANNELS }, idle);
    }
    this.spare.fill(0);
  }

  /** The device's end of channel 0 to 7, 4 left out. */
  channel(number: number): DmaChannel {
    const controller = this.controllers[number >> 2];
    const index = number & 3;
    return {
      get isOpen() {
        return controller.isOpen(index);
      },
      toMemory: (bytes) => controller.move(index, bytes, true),
      fromMemory: (bytes) => controller.move(index, bytes, false),
    };
  }

  private pageOf(port: number): Channel | undefined {
    for (const [i, ports] of PAGE_PORTS.entries()) {
      const index = (ports as readonly number[]).indexOf(port);
      if (index >= 0) return this.controllers[i].channels[index];
    }
    return undefined;
  }

  save(): SavedState {
    const [first, second] = this.controllers.map((controller) => controller.save());
    return { version: VERSION, first, second, spare: this.spare.slice() };
  }

  restore(state: SavedState): void {
    if (state.version !== VERSION) throw new StateError(`8237A: unknown version ${state.version}`);
    this.controllers[0].restore(state.first as SavedState);
    this.controllers[1].restore(state.second as SavedState);
    this.spare = (state.spare as Uint8Array).slice();
  }
}
