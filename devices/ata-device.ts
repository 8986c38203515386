// What an ATA channel and the devices on it ask of each other.

import type { SavedState } from "./bus";

/** The other end of a DMA transfer. */
export interface DmaEngine {
  /** Whether it has been started in a direction. */
  isReady(toMemory: boolean): boolean;
  /** Moves bytes; false when it has no more room. */
  transfer(bytes: Uint8Array, toMemory: boolean): boolean;
  /** The command is at its end. */
  finish(): void;
}

/** A channel without one: DMA waits for ever. */
export const NO_DMA: DmaEngine = { isReady: () => false, transfer: () => false, finish: () => {} };

/** What a channel asks of the devices on it. */
export interface AtaDevice {
  readonly interruptRequested: boolean;
  readonly isBusy: boolean;
  readonly alternateStatus: number;
  readonly commands: number;
  readonly sectorsRead: number;
  readonly sectorsWritten: number;
  read(register: number, highOrder: boolean): number;
  write(register: number, value: number): void;
  execute(opcode: number): void;
  diagnose(): void;
  startReset(): void;
  endReset(): void;
  powerOn(): void;
  readData(): number;
  writeData(value: number): void;
  readDataAhead(size: 2 | 4, into: Uint8Array): number;
  writeDataAhead(size: 2 | 4, from: Uint8Array): number;
  /** The bus master has been started. */
  dmaStarted(): void;
  save(): SavedState;
  restore(state: SavedState): void;
}
