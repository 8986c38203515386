// What was built from what: a target is up to date when its inputs have the contents they had then.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { projectRoot } from "../root";

interface Entry {
  /** Files read, from the project's root. */
  readonly inputs: readonly string[];
  readonly hash: string;
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
export function writeWhole(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

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

  /** Whether all outputs exist and were made from what the inputs contain now. `salt` names everything else. */
  isFresh(target: string, outputs: readonly string[], salt: string): boolean {
    const entry = readEntry(target);
    if (!entry || !outputs.every((o) => existsSync(join(projectRoot, o)))) return false;
    return entry.hash === this.hashOf(entry.inputs, salt);
  }

  record(target: string, inputs: readonly string[], salt: string): void {
    const sorted = [...new Set(inputs)].sort();
    for (const input of sorted) this.contents.delete(input);
    const entry: Entry = { inputs: sorted, hash: this.hashOf(sorted, salt) };
    writeWhole(entryPath(target), JSON.stringify(entry));
  }
}
