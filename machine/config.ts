// What a machine is made from, and how a run of it ends.

import type { CpuModel } from "../cpu/cpu";
import type { ByteSink, PortTrace } from "../devices/bus";
import type { Storage } from "../devices/storage";

export interface MachineConfig {
  /** Bytes of RAM from physical address 0; a multiple of 64 KiB, 1 MiB to 2 GiB. Default 64 MiB. */
  memory?: number;
  /** Default "i486". */
  cpu?: CpuModel;
  /** Cycles per second. Default 33333333. */
  cpuFrequency?: number;
  /** A PC with a PCI bus (default), or one with ISA alone. */
  type?: "pc" | "isapc";
  /** IDE disks: the primary channel's master and slave, then what the CD-ROM drive leaves of the secondary. */
  disks?: readonly Storage[];
  /** The disc in a CD-ROM drive, the secondary IDE channel's master; null for a drive without one. */
  cdrom?: Storage | null;
  /** The diskette in drive A, of a size that diskettes have; null for a drive without one, undefined for no drive. */
  floppy?: Storage | null;
  /** The same of drive B, which there is beside a drive A only. */
  secondFloppy?: Storage | null;
  /** A BIOS that is in charge from the reset vector on: 1 to 16 times 64 KiB. Without it a loader sets the machine up. */
  bios?: Uint8Array;
  /** The devices that the BIOS tries, in order: diskette, disk, CD. Default "dc". */
  bootOrder?: string;
  /** The display adapter's BIOS, which the BIOS is handed. */
  vgaBios?: Uint8Array;
  /** Seconds since 1970-01-01 00:00 UTC that the real-time clock shows at cycle 0. Default 2025-01-01. */
  startTime?: number;
  /** A reset restarts the machine through `onReset` instead of ending the run. Default false. */
  reboot?: boolean;
  /** Bytes that COM1 has sent. */
  onSerial?: ByteSink;
  /** Bytes that COM2 has sent. */
  onSecondSerial?: ByteSink;
  /** Bytes written to the debug console, port 0xE9. */
  onDebugConsole?: ByteSink;
}

export const DEFAULT_MEMORY = 64 << 20;
export const DEFAULT_CPU_FREQUENCY = 33_333_333;
/** 2025-01-01 00:00:00 UTC. */
export const DEFAULT_START_TIME = 1_735_689_600;

/** Why `Machine.run` returned. */
export type RunResult =
  /** The guest wrote `status` to the debug-exit port; the machine has stopped for good. */
  | { reason: "exit"; status: number }
  /** The guest switched the machine off, by ACPI; stopped for good. */
  | { reason: "off" }
  /** A triple fault, or something outside the emulated architecture; stopped for good. */
  | { reason: "shutdown"; detail: string }
  /** The guest asked for a reset and `reboot` is off; stopped for good. */
  | { reason: "reset" }
  /** HLT, and no event is to come that could wake the processor. Input or `advance` may. */
  | { reason: "halted" }
  /** The cycle count reached the limit. */
  | { reason: "cycles" }
  /** The next instruction has a breakpoint. */
  | { reason: "breakpoint"; address: number }
  /** `stop()` was called. */
  | { reason: "stopped" };

/** Observers of a running machine; an absent one costs nothing. */
export interface MachineHooks {
  io?: PortTrace;
  /** One line per disk command. */
  disk?: (line: string) => void;
}

/** A fault of what was given to the machine or a loader, told in one line. */
export class MachineError extends Error {
  override name = "MachineError";
}

const MIB = 1 << 20;
const MIN_MEMORY = MIB;
const MAX_MEMORY = 2048 * MIB;
const MEMORY_UNIT = 64 * 1024;

export function checkMemory(bytes: number): number {
  if (bytes >= MIN_MEMORY && bytes <= MAX_MEMORY && bytes % MEMORY_UNIT === 0) return bytes;
  throw new MachineError(`${bytes} bytes of memory: need a multiple of 64 KiB from 1 MiB to 2 GiB`);
}

export function checkFrequency(hertz: number): number {
  if (Number.isInteger(hertz) && hertz >= 1_000_000 && hertz <= 1_000_000_000) return hertz;
  throw new MachineError(`CPU frequency ${hertz}: need 1 MHz to 1 GHz, in whole Hz`);
}
