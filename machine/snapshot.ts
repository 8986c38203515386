// The whole state of a machine at an instruction boundary, as plain data.

import type { CpuModel } from "../cpu/cpu";
import type { SavedState } from "../devices/bus";
import { OverlayStorage, type Storage } from "../devices/storage";

export const SNAPSHOT_VERSION = 2;

export interface MachineSnapshot {
  readonly version: number;
  readonly model: CpuModel;
  readonly cpuFrequency: number;
  readonly memory: Uint8Array;
  readonly cpu: Uint8Array;
  readonly devices: { readonly [name: string]: SavedState };
  /** Sectors that the guest wrote to each copy-on-write disk; null for a disk that is written in place. */
  readonly disks: readonly (ReadonlyMap<number, Uint8Array> | null)[];
  /** The scheduler's count: it orders events of one cycle. */
  readonly nextSequence: number;
}

export function saveDisks(disks: readonly Storage[]): MachineSnapshot["disks"] {
  return disks.map((disk) => (disk instanceof OverlayStorage ? disk.saveWrites() : null));
}

export function restoreDisks(disks: readonly Storage[], saved: MachineSnapshot["disks"]): void {
  disks.forEach((disk, index) => {
    const writes = saved[index];
    if (writes && disk instanceof OverlayStorage) disk.restoreWrites(writes);
  });
}
