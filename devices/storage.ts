// What a disk drive keeps its sectors in.

export const SECTOR_BYTES = 512;

/** The medium of a drive. A failed access throws; the drive reports it to the guest as a bad sector. */
export interface Storage {
  readonly sectors: number;
  /** Fills `into` (a multiple of 512 bytes) from sector `lba` on. The range lies inside the disk. */
  read(lba: number, into: Uint8Array): void;
  /** Writes `from` (a multiple of 512 bytes) at sector `lba`. The range lies inside the disk. */
  write(lba: number, from: Uint8Array): void;
}

/** A disk in memory. */
export class MemoryStorage implements Storage {
  readonly sectors: number;

  /** @param bytes the contents, used in place; a part of a sector at the end does not count */
  constructor(readonly bytes: Uint8Array) {
    this.sectors = Math.floor(bytes.length / SECTOR_BYTES);
  }

  read(lba: number, into: Uint8Array): void {
    into.set(this.bytes.subarray(lba * SECTOR_BYTES, lba * SECTOR_BYTES + into.length));
  }

  write(lba: number, from: Uint8Array): void {
    this.bytes.set(from, lba * SECTOR_BYTES);
  }
}

/**
 * Keeps writes in memory and leaves the disk below as it was. At most every sector is kept once, so it never
 * takes more than the size of the disk.
 */
export class OverlayStorage implements Storage {
  private written = new Map<number, Uint8Array>();

  constructor(private readonly base: Storage) {}

  get sectors(): number {
    return this.base.sectors;
  }

  /** Number of sectors that differ from the disk below, or were at least written. */
  get writtenSectors(): number {
    return this.written.size;
  }

  read(lba: number, into: Uint8Array): void {
    for (let offset = 0; offset < into.length; offset += SECTOR_BYTES, lba++) {
      const sector = into.subarray(offset, offset + SECTOR_BYTES);
      const kept = this.written.get(lba);
      if (kept) sector.set(kept);
      else this.base.read(lba, sector);
    }
  }

  write(lba: number, from: Uint8Array): void {
    for (let offset = 0; offset < from.length; offset += SECTOR_BYTES, lba++) {
      this.written.set(lba, from.slice(offset, offset + SECTOR_BYTES));
    }
  }

  /** The written sectors, for a snapshot; later writes do not change the copy. */
  saveWrites(): ReadonlyMap<number, Uint8Array> {
    return new Map(this.written);
  }

  restoreWrites(writes: ReadonlyMap<number, Uint8Array>): void {
    this.written = new Map(writes);
  }
}
