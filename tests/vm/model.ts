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

/** Contents that one or several pages show. */
interface Cell {
  word: number;
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

  cell(file: number, page: number): Cell {
    const key = `${file}/${page}`;
    let cell = this.cells.get(key);
    if (cell === undefined) this.cells.set(key, (cell = { word: pagerWord(file, page) }));
    return cell;
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
      this.pages[start + i] = { protection, maximum, inheritance, cell: cells?.[i] ?? { word: 0 } };
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
    if (result === KERN_SUCCESS) this.pages[page]!.cell.word = word;
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
    if (result === KERN_SUCCESS) words.forEach((word, i) => (this.pages[start + i]!.cell.word = word));
    return result;
  }

  copy(start: number, count: number, destination: number): number {
    const result = this.access(start, count, VM_PROT_READ);
    if (result !== KERN_SUCCESS) return result;
    return this.write(
      destination,
      this.present(start, count).map((page) => page.cell.word),
    );
  }

  fork(): ModelSpace {
    const child = new ModelSpace(this.size);
    this.pages.forEach((page, at) => {
      if (page === undefined || page.inheritance === VM_INHERIT_NONE) return;
      const shared = page.inheritance === VM_INHERIT_SHARE;
      if (!shared && page.inheritance !== VM_INHERIT_COPY) throw new Error("no such inheritance");
      child.pages[at] = { ...page, cell: shared ? page.cell : { ...page.cell } };
    });
    return child;
  }
}
