// A disk kept in a file of the host.

import { closeSync, fstatSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { SECTOR_BYTES, type Storage } from "../devices/storage";
import { MachineError } from "./config";

/** Reads and writes a file in place. Wrap it in `OverlayStorage` to leave the file as it is. */
export class FileStorage implements Storage {
  readonly sectors: number;
  private readonly descriptor: number;

  /**
   * Opens a file.
   * @throws Error of the file system (`code`), or MachineError when it is no whole number of sectors
   */
  constructor(path: string, writable: boolean) {
    // Before it is opened: opening a pipe waits for its other end.
    if (!statSync(path).isFile()) throw new MachineError("is not a file");
    this.descriptor = openSync(path, writable ? "r+" : "r");
    const status = fstatSync(this.descriptor);
    if (status.size === 0) throw this.refuse("is no disk image: it is empty");
    if (status.size % SECTOR_BYTES !== 0) {
      throw this.refuse(`is no disk image: ${status.size} bytes are not whole sectors`);
    }
    this.sectors = status.size / SECTOR_BYTES;
  }

  read(lba: number, into: Uint8Array): void {
    const count = readSync(this.descriptor, into, 0, into.length, lba * SECTOR_BYTES);
    if (count !== into.length) throw new MachineError("was cut short while it was open");
  }

  write(lba: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;) {
      done += writeSync(this.descriptor, from, done, from.length - done, lba * SECTOR_BYTES + done);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private refuse(what: string): MachineError {
    this.close();
    return new MachineError(what);
  }
}
