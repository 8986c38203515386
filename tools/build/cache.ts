// What was built from what: a target is up to date when its inputs have the contents they had then.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { projectRoot } from "../root";

interface Entry {
  /** Files read, from the project's root. */
  readonly inputs: readonly string[];
  /** Of the inputs' contents, and of the outputs'. */
  readonly hash: string;
  readonly outputHash: string;
}

/** What a target was made of, and what into. `salt` names everything else that matters. */
export interface Making {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly salt: string;
  /** When the first input was read, in milliseconds of the epoch. */
  readonly started: number;
}

/** One file for each target, so that targets can be made at the same time. */
const entryPath = (target: string) => join(projectRoot, "build/cache", `${target.replaceAll("/", "-")}.json`);

function readEntry(target: string): Entry | undefined {
  try {
    return JSON.parse(readFileSync(entryPath(target), "utf8")) as Entry;
  } catch {
    return undefined;
  }
}

/** Writes a file in one step, so that nobody ever reads half of it. */
export function writeWhole(path: string, contents: string | Uint8Array, size?: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  writeFileSync(temporary, contents);
  if (size !== undefined) truncateSync(temporary, size);
  renameSync(temporary, path);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Removes what builds that were killed left half written. */
export function removeLeftovers(): void {
  for (const folder of ["build", "build/cache", "build/userland", "build/host"]) {
    const path = join(projectRoot, folder);
    for (const name of existsSync(path) ? readdirSync(path) : []) {
      const owner = /\.(\d+)-\d+\.tmp$|-assembly-(\d+)-\d+\.mjs$|\.mjs\.(\d+)$/.exec(name);
      if (owner && !isRunning(Number(owner[1] ?? owner[2] ?? owner[3])))
        rmSync(join(path, name), { force: true });
    }
  }
}

const modifiedSince = (file: string, time: number) => {
  const path = join(projectRoot, file);
  return existsSync(path) && statSync(path).mtimeMs > time;
};

export class BuildCache {
  private readonly contents = new Map<string, string>();

  /** Hash of some files' contents; a missing file has one too. */
  private hashOf(inputs: readonly string[], salt: string): string {
    const hash = createHash("sha256").update(salt);
    for (const input of inputs) hash.update(`\0${input}\0${this.contentHash(input)}`);
    return hash.digest("hex");
  }

  private contentHash(input: string): string {
    let hash = this.contents.get(input);
    if (hash === undefined) {
      const path = join(projectRoot, input);
      hash = existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "missing";
      this.contents.set(input, hash);
    }
    return hash;
  }

  /** Whether all outputs are as they were made, from what the inputs contain now. */
  isFresh(target: string, outputs: readonly string[], salt: string): boolean {
    const entry = readEntry(target);
    if (!entry || !outputs.every((o) => existsSync(join(projectRoot, o)))) return false;
    return entry.hash === this.hashOf(entry.inputs, salt) && entry.outputHash === this.hashOf(outputs, "");
  }

  /** Remembers how outputs were made, unless an input changed meanwhile. */
  record(target: string, { inputs, outputs, salt, started }: Making): void {
    const sorted = [...new Set(inputs)].sort();
    if (sorted.some((i) => modifiedSince(i, started))) return;
    for (const file of [...sorted, ...outputs]) this.contents.delete(file);
    const entry: Entry = {
      inputs: sorted,
      hash: this.hashOf(sorted, salt),
      outputHash: this.hashOf(outputs, ""),
    };
    writeWhole(entryPath(target), JSON.stringify(entry));
  }
}
