// Traces of mmap, munmap and mprotect calls, of anonymous memory and of files: what Linux and our kernel both understand.
import { VM_PROT_EXECUTE, VM_PROT_NONE, VM_PROT_READ, VM_PROT_WRITE } from "../../../abi/vm_types";

/** Pages that traces use, and pages of each file. */
export const TRACE_PAGES = 256;
export const FILE_PAGES = 512;
export const FILES = 3;

/**
 * One call; as text a letter and decimal numbers (`a0,4,3`). PROT: 1 read, 2 write, 4 execute.
 *
 *     aS,N,P        maps anonymous memory at page S, N pages, in place of what is there
 *     sF,S,N,O,P    maps file F from its page O, shared
 *     cF,S,N,O,P    the same, private
 *     uS,N          unmaps
 *     pS,N,P        protects
 *     wS,N  rS,N    writes to, reads N pages (where that is allowed)
 */
export interface TraceOperation {
  letter: "a" | "s" | "c" | "u" | "p" | "w" | "r";
  numbers: number[];
}

export type Trace = TraceOperation[];

export function traceText(trace: Trace): string {
  return trace.map(({ letter, numbers }) => letter + numbers.join(",")).join(" ");
}

export function parseTrace(text: string): Trace {
  return text.split(" ").map((word) => ({
    letter: word[0] as TraceOperation["letter"],
    numbers: word.slice(1).split(",").map(Number),
  }));
}

// --- what is mapped ---

interface Page {
  protection: number;
  /** What continues from page to page within one entry: anonymous memory, or a file at a distance from the page. */
  run: string;
}

/** What a trace leaves, page by page. */
export class TraceModel {
  readonly pages = new Array<Page | undefined>(TRACE_PAGES).fill(undefined);

  run({ letter, numbers }: TraceOperation): void {
    if (letter === "a") {
      const [start, count, protection] = numbers as [number, number, number];
      this.map(start, count, { protection, run: "anonymous" });
    } else if (letter === "s" || letter === "c") {
      const [file, start, count, offset, protection] = numbers as [number, number, number, number, number];
      this.map(start, count, { protection, run: `${letter}${file}${offset - start}` });
    } else if (letter === "u") {
      const [start, count] = numbers as [number, number];
      this.pages.fill(undefined, start, start + count);
    } else if (letter === "p") {
      const [start, count, protection] = numbers as [number, number, number];
      for (let page = start; page < start + count; page++) {
        const old = this.pages[page];
        if (old !== undefined) this.pages[page] = { ...old, protection };
      }
    }
  }

  private map(start: number, count: number, page: Page): void {
    this.pages.fill(page, start, start + count);
  }

  /** The fewest entries that can tell these pages apart. */
  fewest(): number {
    let count = 0;
    this.pages.forEach((page, at) => {
      const before = this.pages[at - 1];
      if (page && (before?.run !== page.run || before.protection !== page.protection)) count++;
    });
    return count;
  }

  /** How many pages from `start` on are mapped without a hole. */
  mappedFrom(start: number): number {
    let end = start;
    while (end < TRACE_PAGES && this.pages[end] !== undefined) end++;
    return end - start;
  }

  /** How many pages from `start` on have the right. */
  allowedFrom(start: number, right: number): number {
    let end = start;
    while (end < TRACE_PAGES && (this.pages[end]?.protection ?? 0) & right) end++;
    return end - start;
  }
}

export function fewestEntries(trace: Trace): number[] {
  const model = new TraceModel();
  return trace.map((operation) => {
    model.run(operation);
    return model.fewest();
  });
}

// --- chance ---

/** Numbers from a seed (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** 0 <= result < limit. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

const READ_WRITE = VM_PROT_READ | VM_PROT_WRITE;
const RIGHTS = [
  READ_WRITE,
  READ_WRITE,
  READ_WRITE,
  VM_PROT_READ,
  VM_PROT_NONE,
  VM_PROT_READ | VM_PROT_EXECUTE,
];

/** What a workload does: weights of the letters, and how its pieces look. */
export interface Workload {
  letters: string;
  /** Pages that it uses, and the longest piece. */
  pages: number;
  longest: number;
  /** How often out of four a file's page continues what lies in front. */
  continues: number;
  rights: readonly number[];
}

export const WORKLOADS: Record<string, Workload> = {
  anonymous: { letters: "aaaauuppppwwwwr", pages: 48, longest: 8, continues: 0, rights: RIGHTS },
  "one page": { letters: "aaaauppwwww", pages: 24, longest: 1, continues: 0, rights: RIGHTS },
  "read and write": { letters: "aaaauuwwww", pages: 48, longest: 8, continues: 0, rights: [READ_WRITE] },
  "shared files": { letters: "ssssuupppwwr", pages: 48, longest: 8, continues: 3, rights: RIGHTS },
  "private files": { letters: "ccccuupppwwwr", pages: 48, longest: 8, continues: 3, rights: RIGHTS },
  everything: { letters: "aaasccuupppwwwwr", pages: 48, longest: 8, continues: 3, rights: RIGHTS },
  large: { letters: "aaaccuuppwwwwwwwww", pages: TRACE_PAGES, longest: 100, continues: 3, rights: RIGHTS },
};

export function randomTrace(workload: Workload, length: number, seed: number): Trace {
  const chance = new Chance(seed);
  const model = new TraceModel();
  const trace: Trace = [];
  while (trace.length < length) {
    const operation = randomOperation(workload, chance, model);
    if (operation === undefined) continue;
    model.run(operation);
    trace.push(operation);
  }
  return trace;
}

function randomOperation(workload: Workload, chance: Chance, model: TraceModel): TraceOperation | undefined {
  const letter = chance.one([...workload.letters]) as TraceOperation["letter"];
  const start = chance.below(workload.pages);
  const count = 1 + chance.below(Math.min(workload.longest, workload.pages - start));
  const rights = chance.one(workload.rights);
  switch (letter) {
    case "a":
      return { letter, numbers: [start, count, rights] };
    case "s":
    case "c": {
      const file = chance.below(FILES);
      const continues = chance.below(4) < workload.continues;
      const offset = continues ? start : chance.below(FILE_PAGES - TRACE_PAGES);
      return { letter, numbers: [file, start, count, offset, rights] };
    }
    case "u":
      return { letter, numbers: [start, count] };
    case "p": {
      // mprotect stops at a hole, vm_protect goes on behind it.
      const mapped = Math.min(count, model.mappedFrom(start));
      return mapped === 0 ? undefined : { letter, numbers: [start, mapped, rights] };
    }
    case "w":
    case "r": {
      const allowed = model.allowedFrom(start, letter === "w" ? VM_PROT_WRITE : VM_PROT_READ);
      // Mostly one page.
      const touched = Math.min(chance.below(3) === 0 ? count : 1, allowed);
      return touched === 0 ? undefined : { letter, numbers: [start, touched] };
    }
  }
}
