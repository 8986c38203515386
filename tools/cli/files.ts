// Files that the command line names; every fault is one line with the file's name.

import { type Stats, openSync, readFileSync, statSync, writeSync } from "node:fs";
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

/** Writes all of `bytes`; `name` is the file's, for the error. */
export function writeFile(name: string, descriptor: number, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
  } catch (error) {
    throw new CommandError(STATUS.cannotCreate, `${name}: ${reasonOf(error)}`);
  }
}

/**
 * Refuses output files that would destroy an input or each other. Files that are not there yet, and devices, may be named as
 * often as anybody likes.
 */
export function checkOutputs(outputs: readonly string[], inputs: readonly string[]): void {
  const taken = inputs.map(plainFile);
  for (const path of outputs) {
    const file = plainFile(path);
    if (!file) continue;
    if (taken.some((other) => other?.dev === file.dev && other.ino === file.ino)) {
      throw new CommandError(STATUS.usage, `${path}: is in use already, and output would destroy it`);
    }
    taken.push(file);
  }
}

/** A plain file's status; undefined for anything else. */
function plainFile(path: string): Stats | undefined {
  try {
    const status = statSync(path);
    return status.isFile() ? status : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a whole file of at most `limit` bytes. */
export function readInput(path: string, limit: number): Uint8Array {
  return about(path, () => {
    const status = statSync(path);
    const { size } = status;
    // A device or a pipe may never end.
    if (!status.isFile() && !status.isDirectory()) throw new MachineError("is not a file");
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
