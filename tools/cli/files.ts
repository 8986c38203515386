// Files that the command line names; every fault is one line with the file's name.

import { openSync, readFileSync, statSync } from "node:fs";
import type { Storage } from "../../devices/storage";
import { OverlayStorage } from "../../devices/storage";
import { MachineError } from "../../machine/config";
import { FileStorage } from "../../machine/file-storage";
import { CommandError, STATUS } from "./status";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "read-only file system",
  EISDIR: "is a directory",
  ENOTDIR: "a part of its path is not a directory",
  ENOSPC: "no space left",
};

/** A file system error in plain words. */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return (code && REASONS[code]) ?? (error as Error).message;
}

/** Opens a file for output, empty. */
export function createFile(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new CommandError(STATUS.cannotCreate, `${path}: ${reasonOf(error)}`);
  }
}

/** Reads a whole file of at most `limit` bytes. */
export function readInput(path: string, limit: number): Uint8Array {
  return about(path, () => {
    const size = statSync(path).size;
    if (size > limit) throw new MachineError(`is too large for the memory (${size} bytes)`);
    return readFileSync(path);
  });
}

/** Opens a disk image; copy-on-write unless `writable`. */
export function openDisk(path: string, writable: boolean): Storage {
  return about(path, () => {
    const file = new FileStorage(path, writable);
    return writable ? file : new OverlayStorage(file);
  });
}

/** Runs `action`; what it throws about a file becomes an error with its name. */
export function about<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MachineError) throw new CommandError(STATUS.data, `${path}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code) {
      throw new CommandError(STATUS.noInput, `${path}: ${reasonOf(error)}`);
    }
    throw error;
  }
}
