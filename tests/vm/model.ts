// What address spaces must look like, page by page, whatever was merged: no entries, no objects, only pages and their
// contents. Returns the codes that the calls must return.
import {
  KERN_INVALID_ADDRESS,
  KERN_NO_SPACE,
  KERN_PROTECTION_FAILURE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  VM_INHERIT_COPY,
  VM_INHERIT_NONE,
  VM_INHERIT_SHARE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { pagerWord } from "./kernel-vm";

/** A pager that may die. */
export interface Source {
  dead: boolean;
}

/** Contents that one or several pages show. */
export interface Cell {
  word: number;
  /** The pagers on which it depends, until it is written to: when one of them dies, the page may be lost. */
  sources: readonly Source[];
  /** Of a memory object's own page: its pager, on which it depends whatever is written. */
  own?: Source;
  /** Something that failed may have written half of it. */
  unknown?: boolean;
}

/** Whether nobody can say what the page shows. */
export const isDoomed = (cell: Cell): boolean =>
  cell.unknown === true || cell.sources.some((source) => source.dead);

/** What a copy of the page shows. */
export const copyOf = ({ word, sources, unknown }: Cell): Cell => ({
  word,
  sources,
  ...(unknown && { unknown }),
});

function assign(cell: Cell, word: number, sources: readonly Source[] = []): void {
  cell.word = word;
  cell.sources = cell.own ? [cell.own, ...sources] : sources;
  delete cell.unknown;
}

interface Page {
  protection: number;
  maximum: number;
  inheritance: number;
  cell: Cell;
}

/** Pages of memory objects, shared by all that map them. */
export class ModelFiles {
  private readonly cells = new Map<string, Cell>();
  private readonly sources = new Map<number, Source>();

  cell(file: number, page: number): Cell {
    const key = `${file}/${page}`;
    let cell = this.cells.get(key);
    if (cell === undefined) {
      const own = this.source(file);
      this.cells.set(key, (cell = { word: pagerWord(file, page), sources: [own], own }));
    }
    return cell;
  }

  private source(file: number): Source {
    let source = this.sources.get(file);
    if (source === undefined) this.sources.set(file, (source = { dead: false }));
    return source;
  }

  /** The file's pager is gone; a new one takes its place, with the first contents. */
  die(file: number): void {
    this.source(file).dead = true;
    this.sources.delete(file);
    for (const key of [...this.cells.keys()]) if (key.startsWith(`${file}/`)) this.cells.delete(key);
  }
}

const READ_WRITE = VM_PROT_READ | VM_PROT_WRITE;

export class ModelSpace {
  readonly pages: (Page | undefined)[];

  constructor(readonly size: number) {
    this.pages = new Array<Page | undefined>(size).fill(undefined);
  }

  private range(start: number, count: number): (Page | undefined)[] {
    return this.pages.slice(start, start + count);
  }

  private present(start: number, count: number): Page[] {
    return this.range(start, count).filter((page) => page !== undefined);
  }

  map(
    start: number,
    count: number,
    protection: number,
    maximum: number,
    inheritance: number,
    cells?: Cell[],
  ): number {
    if (this.present(start, count).length > 0) return KERN_NO_SPACE;
    for (let i = 0; i < count; i++) {
      this.pages[start + i] = {
        protection,
        maximum,
        inheritance,
        cell: cells?.[i] ?? { word: 0, sources: [] },
      };
    }
    return KERN_SUCCESS;
  }

  deallocate(start: number, count: number): number {
    this.pages.fill(undefined, start, start + count);
    return KERN_SUCCESS;
  }

  protect(start: number, count: number, protection: number, setMaximum: boolean): number {
    const pages = this.present(start, count);
    if (pages.some((page) => protection & ~page.maximum)) return KERN_PROTECTION_FAILURE;
    for (const page of pages) {
      if (setMaximum) page.maximum = protection;
      page.protection = setMaximum ? page.protection & protection : protection;
    }
    return KERN_SUCCESS;
  }

  inherit(start: number, count: number, inheritance: number): number {
    for (const page of this.present(start, count)) page.inheritance = inheritance;
    return KERN_SUCCESS;
  }

  /** KERN_SUCCESS, or what is wrong with the first page that lacks one of the rights. */
  private access(start: number, count: number, rights: number): number {
    for (const page of this.range(start, count)) {
      if (page === undefined) return KERN_INVALID_ADDRESS;
      if (rights & ~page.protection) return KERN_PROTECTION_FAILURE;
    }
    return KERN_SUCCESS;
  }

  wire(start: number, count: number, access: number): number {
    return this.access(start, count, access) === KERN_SUCCESS ? KERN_SUCCESS : KERN_NO_SPACE;
  }

  poke(page: number, word: number): number {
    const result = this.access(page, 1, READ_WRITE);
    if (result === KERN_SUCCESS) assign(this.pages[page]!.cell, word);
    return result;
  }

  /** The word, or the code of the failure. */
  peek(page: number): { code: number; word: number } {
    const code = this.access(page, 1, VM_PROT_READ);
    return { code, word: code === KERN_SUCCESS ? this.pages[page]!.cell.word : 0 };
  }

  read(start: number, count: number): number {
    return this.access(start, count, VM_PROT_READ);
  }

  write(start: number, words: number[]): number {
    const result = this.access(start, words.length, VM_PROT_WRITE);
    if (result === KERN_SUCCESS) words.forEach((word, i) => assign(this.pages[start + i]!.cell, word));
    return result;
  }

  copy(start: number, count: number, destination: number): number {
    const result = this.access(start, count, VM_PROT_READ);
    if (result !== KERN_SUCCESS) return result;
    const copies = this.present(start, count).map(({ cell }) => copyOf(cell));
    const written = this.access(destination, count, VM_PROT_WRITE);
    if (written !== KERN_SUCCESS) return written;
    copies.forEach(({ word, sources, unknown }, i) => {
      const { cell } = this.pages[destination + i]!;
      assign(cell, word, sources);
      if (unknown) cell.unknown = true;
    });
    return KERN_SUCCESS;
  }

  /** Whether some page of the range may be lost. */
  doomed(start: number, count: number): boolean {
    return this.present(start, count).some(({ cell }) => isDoomed(cell));
  }

  /** Something failed that was about to write there. */
  lose(start: number, count: number): void {
    for (const { cell } of this.present(start, count)) cell.unknown = true;
  }

  fork(): ModelSpace {
    const child = new ModelSpace(this.size);
    this.pages.forEach((page, at) => {
      if (page === undefined || page.inheritance === VM_INHERIT_NONE) return;
      const shared = page.inheritance === VM_INHERIT_SHARE;
      if (!shared && page.inheritance !== VM_INHERIT_COPY) throw new Error("no such inheritance");
      child.pages[at] = { ...page, cell: shared ? page.cell : copyOf(page.cell) };
    });
    return child;
  }
}
