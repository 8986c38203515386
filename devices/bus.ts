// The interfaces a device is given and gives: ports, interrupt lines, byte sinks, saved state.

export type AccessSize = 1 | 2 | 4;

/** An interrupt request line. Raising a raised line, or lowering a lowered one, does nothing. */
export interface InterruptLine {
  raise(): void;
  lower(): void;
}

/** Takes bytes that a device sends out of the machine. */
export type ByteSink = (byte: number) => void;

/**
 * What answers at a range of I/O ports. An 8-bit device implements only the byte accesses; the bus then splits
 * wider ones into bytes at consecutive ports, low byte first, as an ISA bus controller does.
 */
export interface PortHandler {
  readByte(port: number): number;
  writeByte(port: number, value: number): void;
  /** A 16- or 32-bit access as one; undefined (read) or false (write) asks the bus to split it. */
  readWide?(port: number, size: 2 | 4): number | undefined;
  writeWide?(port: number, size: 2 | 4, value: number): boolean;
  /**
   * Accesses of `size` bytes at one port, one for each element of the array, as far as they move data and do nothing else:
   * the one that changes a register, a line or the time of an event is not among them. Returns how many were made.
   */
  readBlock?(port: number, size: AccessSize, into: Uint8Array): number;
  writeBlock?(port: number, size: AccessSize, from: Uint8Array): number;
}

/** A saved value: plain data with named fields, so that it can be stored as JSON plus byte arrays. */
export type SavedValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly SavedValue[]
  | { readonly [name: string]: SavedValue };

/** A device's state: named fields and the version of their meaning. */
export interface SavedState {
  readonly version: number;
  readonly [name: string]: SavedValue;
}

export interface Stateful {
  save(): SavedState;
  /** Takes a state of the same class and version back; throws `StateError` for any other version. */
  restore(state: SavedState): void;
}

export interface Device extends Stateful {
  /** The state after the RESET line was pulled; queues to the host survive. */
  reset(): void;
}

export class StateError extends Error {
  override name = "StateError";
}

/** Copies saved fields over a device's own; both sides must have the same names. */
export function restoreFields(device: string, version: number, target: object, state: SavedState): void {
  if (state.version !== version) {
    throw new StateError(`${device}: saved state has version ${state.version}, expected ${version}`);
  }
  for (const [name, value] of Object.entries(state)) {
    if (name === "version") continue;
    if (!(name in target)) throw new StateError(`${device}: saved state has an unknown field ${name}`);
    (target as Record<string, unknown>)[name] =
      value instanceof Uint8Array ? value.slice() : structuredClone(value);
  }
}

export const PORT_COUNT = 0x10000;

/** What an 8-bit read of a port that nobody drives returns. */
export const OPEN_BUS = 0xff;

/** One line of an I/O trace; `claimed` is false when no device answers at the port. */
export type PortTrace = (
  direction: "in" | "out",
  port: number,
  size: AccessSize,
  value: number,
  claimed: boolean,
) => void;

/** The I/O space: finds the device for a port and splits accesses. Counts accesses, claimed or not. */
export class PortBus {
  private readonly handlers: (PortHandler | undefined)[] = new Array(PORT_COUNT).fill(undefined);
  trace: PortTrace | undefined;
  reads = 0;
  writes = 0;
  unclaimedReads = 0;
  unclaimedWrites = 0;
  /** Byte accesses of ports that no device answers at, by port. */
  readonly unclaimed = new Map<number, { reads: number; writes: number }>();

  /** Attaches a device to `count` ports from `first`; two devices at one port are a mistake of the machine. */
  attach(first: number, count: number, handler: PortHandler): void {
    for (let port = first; port < first + count; port++) {
      if (this.handlers[port]) throw new Error(`I/O port 0x${port.toString(16)} has two devices`);
      this.handlers[port] = handler;
    }
  }

  /** Takes the devices of some ports away. */
  detach(first: number, count: number): void {
    this.handlers.fill(undefined, first, first + count);
  }

  isFree(first: number, count: number): boolean {
    return this.handlers.slice(first, first + count).every((handler) => handler === undefined);
  }

  read(port: number, size: AccessSize): number {
    this.reads++;
    const value = size === 1 ? this.readByte(port) : this.readSplit(port, size);
    this.trace?.("in", port, size, value, this.handlers[port] !== undefined);
    return value;
  }

  write(port: number, size: AccessSize, value: number): void {
    this.writes++;
    this.trace?.("out", port, size, value, this.handlers[port] !== undefined);
    if (size === 1) return this.writeByte(port, value & 0xff);
    if (this.handlers[port]?.writeWide?.(port, size, value)) return;
    for (let i = 0; i < size; i++) this.writeByte((port + i) & 0xffff, (value >>> (8 * i)) & 0xff);
  }

  /** Several reads of one port at once, as far as its device offers that; 0 while each is to be traced. */
  readBlock(port: number, size: AccessSize, into: Uint8Array): number {
    if (this.trace) return 0;
    const done = this.handlers[port]?.readBlock?.(port, size, into) ?? 0;
    this.reads += done;
    return done;
  }

  writeBlock(port: number, size: AccessSize, from: Uint8Array): number {
    if (this.trace) return 0;
    const done = this.handlers[port]?.writeBlock?.(port, size, from) ?? 0;
    this.writes += done;
    return done;
  }

  private readSplit(port: number, size: 2 | 4): number {
    const whole = this.handlers[port]?.readWide?.(port, size);
    if (whole !== undefined) return whole;
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.readByte((port + i) & 0xffff) << (8 * i);
    return value >>> 0;
  }

  private readByte(port: number): number {
    const handler = this.handlers[port];
    if (handler) return handler.readByte(port);
    this.unclaimedReads++;
    this.unclaimedAt(port).reads++;
    return OPEN_BUS;
  }

  private unclaimedAt(port: number): { reads: number; writes: number } {
    let counts = this.unclaimed.get(port);
    if (!counts) this.unclaimed.set(port, (counts = { reads: 0, writes: 0 }));
    return counts;
  }

  private writeByte(port: number, value: number): void {
    const handler = this.handlers[port];
    if (handler) return handler.writeByte(port, value);
    this.unclaimedWrites++;
    this.unclaimedAt(port).writes++;
  }
}
