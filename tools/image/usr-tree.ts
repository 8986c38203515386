// A generated /usr: equal seeds and counts give equal entries. usr-distribution.ts says what it looks like.
import { posix } from "node:path";
import type { Range } from "./file-contents";
import type { Entry } from "./tree";
import { generatedContents } from "./usr-contents";
import * as usr from "./usr-distribution";
import { mix, Random, word } from "./usr-random";

function normal(random: Random): number {
  const below = random.unit();
  const upper = usr.NORMAL_QUANTILES.findIndex(([share]) => share > below);
  const [x0, y0] = usr.NORMAL_QUANTILES[upper - 1];
  const [x1, y1] = usr.NORMAL_QUANTILES[upper];
  return y0 + ((below - x0) / (x1 - x0)) * (y1 - y0);
}

/** About 2 to the power of x: exact at whole numbers, a straight line between, so that no host rounds otherwise. */
function powerOfTwo(x: number): number {
  const whole = Math.floor(x);
  return 2 ** whole * (1 + x - whole);
}

function fileSize(area: usr.Area, random: Random): number {
  return Math.min(Math.floor(area.median * powerOfTwo(area.spread * normal(random))), usr.MAX_SIZE);
}

function time(random: Random): number {
  return usr.TIMES[0] + random.below(usr.TIMES[1] - usr.TIMES[0]);
}

function sparseRanges(): Range[] {
  const ranges: Range[] = [];
  for (let at = 0; at < usr.SPARSE_SIZE; at += usr.SPARSE_STEP) ranges.push([at, at + usr.SPARSE_DATA]);
  return ranges;
}

class UsrTree {
  readonly entries: Entry[] = [];
  private readonly files: string[] = [];
  private readonly paths = new Set<string>();
  private readonly random: Random;

  constructor(
    private readonly seed: number,
    count: number,
  ) {
    this.random = new Random(mix(seed, count));
    let begun = 0;
    let share = 0;
    for (const area of usr.AREAS) {
      share += area.share;
      const end = Math.round(share * count);
      this.addArea(area, end - begun);
      begun = end;
    }
    for (let left = Math.round(count * usr.SYMLINK_SHARE); left > 0; left--) this.addSymlink();
    for (let left = Math.round(count * usr.HARD_LINK_SHARE); left > 0; left--) this.addHardLink();
  }

  private freshPath(folder: string, extension: string): string {
    for (;;) {
      const path = `${folder}/${word(this.random)}${extension}`;
      if (this.paths.has(path)) continue;
      this.paths.add(path);
      return path;
    }
  }

  private addArea(area: usr.Area, files: number): void {
    const folders: [string, number][] = [[area.path, 0]];
    const wanted = area.perDirectory === 0 ? 0 : Math.ceil(files / area.perDirectory);
    while (folders.length <= wanted) {
      // Half of the directories are right below the area's own.
      const [parent, depth] = this.random.next() & 1 ? folders[0] : this.random.pick(folders);
      if (depth === area.depth) continue;
      const path = this.freshPath(parent, "");
      folders.push([path, depth + 1]);
      this.entries.push({ kind: "directory", path, mode: 0o755, mtime: time(this.random) });
    }
    const inner = wanted === 0 ? folders : folders.slice(1);
    for (let index = 0; index < files; index++) this.addFile(area, this.random.pick(inner)[0]);
  }

  private addFile(area: usr.Area, folder: string): void {
    const { random } = this;
    const path = this.freshPath(folder, random.pick(area.extensions));
    const seed = mix(this.seed, this.files.length);
    const sparse = this.files.length % usr.SPARSE_EVERY === usr.SPARSE_EVERY - 1;
    const size = sparse ? usr.SPARSE_SIZE : fileSize(area, random);
    const binary = random.unit() < area.binaryShare || sparse;
    const matches = random.unit() < usr.MATCH_SHARE && size >= usr.MIN_MATCH_SIZE && !sparse;
    const style = { binary, matches, ranges: sparse ? sparseRanges() : undefined };
    const contents = generatedContents(seed, size, style);
    this.entries.push({ kind: "file", path, mode: area.mode, mtime: time(random), contents });
    this.files.push(path);
  }

  private addSymlink(): void {
    const file = this.random.pick(this.files);
    const path = this.freshPath(posix.dirname(file), "");
    let target = posix.basename(file);
    if (this.random.unit() < usr.LONG_SYMLINK_SHARE) {
      target = file;
      while (target.length < 60) target = `/usr/..${target}`;
    }
    this.entries.push({ kind: "symlink", path, mtime: time(this.random), target });
  }

  private addHardLink(): void {
    const target = this.random.pick(this.files);
    this.entries.push({ kind: "link", path: this.freshPath(posix.dirname(target), ""), target });
  }
}

/** The entries of a /usr of `count` regular files. */
export function usrTree(seed: number, count: number): Entry[] {
  return new UsrTree(seed, count).entries;
}
