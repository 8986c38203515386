/** The walker and the TLB by themselves: the core's exports, with page tables made here. */
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildCore } from "../cpu/core-build";
import * as layout from "../cpu/layout";

interface Exports {
  walk(linear: number, write: number, user: number, commit: number): number;
  /** Address of the TLB entry, or 0. */
  lookup(half: number, linear: number, write: number): number;
  flushTlb(): void;
}

const WASM_PAGE = 0x10000;
const RAM_PAGES = layout.DYNAMIC_BASE;
const RAM = RAM_PAGES + WASM_PAGE;
const RAM_BYTES = 0x20000;

const PRESENT = 1;
const WRITABLE = 2;
const USER = 4;
const ACCESSED = 32;
const DIRTY = 64;
const CR0_PG = 0x80000000;
const CR0_WP = 0x10000;
const WALK_OK = 0xffffffff;
const PAGE_FAULT = 14;

const DIRECTORY = 0x1000;
const TABLE = 0x2000;
const FRAME = 0x3000;
const LINEAR = 0x40007000;
const PDE = DIRECTORY + (LINEAR >>> 22) * 4;
const PTE = TABLE + ((LINEAR >>> 12) & 1023) * 4;

let module: WebAssembly.Module;
let core: Exports;
let view: DataView;
let busReads: number[];

beforeAll(async () => {
  module = new WebAssembly.Module(new Uint8Array(await buildCore()));
});

beforeEach(() => {
  const memory = new WebAssembly.Memory({ initial: (RAM + RAM_BYTES) / WASM_PAGE });
  view = new DataView(memory.buffer);
  busReads = [];
  const host: WebAssembly.ModuleImports = {};
  for (const { name } of WebAssembly.Module.imports(module)) host[name] = () => 0;
  host.memoryRead = (physical: number) => {
    busReads.push(physical >>> 0);
    return 0;
  };
  core = new WebAssembly.Instance(module, { env: { memory }, host }).exports as unknown as Exports;
  for (const [at, value] of [
    [layout.CONFIG_FAMILY, 4],
    [layout.CONFIG_RAM, RAM],
    [layout.CONFIG_RAM_BYTES, RAM_BYTES],
    [layout.CONFIG_PAGES, RAM_PAGES],
    [layout.PIN_A20_MASK, 0xffffffff],
    [layout.STATE_USER_LIMIT, 0xffffffff],
    [layout.CR3, DIRECTORY],
    [layout.CR0, CR0_PG],
  ]) {
    set(at, value);
  }
  core.flushTlb();
  setEntries(PRESENT | WRITABLE | USER, PRESENT | WRITABLE | USER);
});

function get(at: number): number {
  return view.getUint32(at, true);
}

function set(at: number, value: number): void {
  view.setUint32(at, value, true);
}

function setEntries(pde: number, pte: number): void {
  set(RAM + PDE, TABLE | pde);
  set(RAM + PTE, FRAME | pte);
}

const entries = (): number[] => [get(RAM + PDE) & 0xfff, get(RAM + PTE) & 0xfff];

function walk(write: boolean, user: boolean, commit = true): number {
  return core.walk(LINEAR + 0x123, Number(write), Number(user), Number(commit)) >>> 0;
}

const found = (): object => ({
  physical: get(layout.WALK_PHYSICAL),
  writable: get(layout.WALK_WRITABLE) !== 0,
  written: get(layout.WALK_WRITTEN),
});

describe("the walker", () => {
  it("permits and refuses as the manual says, for all rights", () => {
    const rights = fc.integer({ min: 0, max: 7 });
    const cases = fc.record({
      pde: rights,
      pte: rights,
      write: fc.boolean(),
      user: fc.boolean(),
      wp: fc.boolean(),
      family: fc.constantFrom(3, 4),
    });
    fc.assert(
      fc.property(cases, ({ pde, pte, write, user, wp, family }) => {
        setEntries(pde, pte);
        set(layout.CR0, CR0_PG | (wp ? CR0_WP : 0));
        set(layout.CONFIG_FAMILY, family);
        const both = pde & pte;
        const readOnly = (both & WRITABLE) === 0 && (user || (wp && family === 4));
        const allowed = (!user || (both & USER) !== 0) && !(write && readOnly);
        const present = (both & PRESENT) !== 0;
        const code = (write ? 2 : 0) | (user ? 4 : 0) | (present ? 1 : 0);
        expect(walk(write, user)).toBe(present && allowed ? WALK_OK : code);
        if (!present || !allowed) expect(entries()).toEqual([pde, pte]);
      }),
      { numRuns: 1000 },
    );
  });

  it("sets A and D once, and says how many entries it wrote", () => {
    const bits = PRESENT | WRITABLE | USER;
    expect([walk(false, true), found()]).toEqual([WALK_OK, { physical: FRAME, writable: false, written: 2 }]);
    expect(entries()).toEqual([bits | ACCESSED, bits | ACCESSED]);
    expect([walk(true, true), found()]).toEqual([WALK_OK, { physical: FRAME, writable: true, written: 1 }]);
    expect(entries()).toEqual([bits | ACCESSED, bits | ACCESSED | DIRTY]);
    expect([walk(true, true), found()]).toEqual([WALK_OK, { physical: FRAME, writable: true, written: 0 }]);
  });

  it("writes nothing when it is only asked", () => {
    expect(walk(true, true, false)).toBe(WALK_OK);
    expect(entries()).toEqual([7, 7]);
  });

  it("keeps both bits of a directory that is its own page table", () => {
    set(RAM + DIRECTORY, DIRECTORY | 7);
    expect(core.walk(0, 1, 0, 1) >>> 0).toBe(WALK_OK);
    expect(get(RAM + DIRECTORY)).toBe(DIRECTORY | 7 | ACCESSED | DIRTY);
    expect(get(layout.WALK_PHYSICAL)).toBe(DIRECTORY);
  });

  it("reads tables outside RAM from the bus", () => {
    set(layout.CR3, 0x7fff0000);
    expect(walk(false, false)).toBe(0);
    expect(busReads).toEqual([0x7fff0000 + (LINEAR >>> 22) * 4]);
  });

  it("ignores address line 20 when it is masked", () => {
    set(layout.PIN_A20_MASK, 0xffefffff);
    set(layout.CR3, 0x100000 | DIRECTORY);
    set(RAM + PTE, 0x100000 | FRAME | 7);
    expect([walk(false, false), found()]).toEqual([
      WALK_OK,
      { physical: FRAME, writable: false, written: 2 },
    ]);
  });
});

describe("the TLB", () => {
  const lookup = (write: boolean, half: number = layout.TLB_USER): number =>
    core.lookup(half, LINEAR, Number(write));
  const misses = (): number => Number(view.getBigUint64(layout.COUNT_TLB_MISSES, true));

  it("walks once for reads, and again for the first write", () => {
    const counts = [false, false, true, true, false].map((write) => {
      expect(get(lookup(write) + layout.TLB_PHYSICAL)).toBe(FRAME);
      return misses();
    });
    expect(counts).toEqual([1, 1, 2, 2, 2]);
  });

  it("knows a page in one half only", () => {
    lookup(false);
    lookup(false, layout.TLB_SUPERVISOR);
    expect(misses()).toBe(2);
  });

  it("goes on using a translation until it is flushed", () => {
    lookup(false);
    set(RAM + PTE, 0);
    expect(lookup(false)).not.toBe(0);
    core.flushTlb();
    expect(lookup(false)).toBe(0);
  });

  it("records a page fault and CR2, and forgets nothing that it knew", () => {
    set(RAM + PTE, FRAME | PRESENT | USER);
    const entry = lookup(false);
    expect(lookup(true)).toBe(0);
    expect([get(layout.FAULT_VECTOR), get(layout.FAULT_CODE), get(layout.CR2)]).toEqual([
      PAGE_FAULT,
      7,
      LINEAR,
    ]);
    expect([get(entry + layout.TLB_PAGE), get(entry + layout.TLB_PHYSICAL)]).toEqual([LINEAR, FRAME]);
  });

  it("opens plain writes only to pages that are dirty, writable RAM without decoded code", () => {
    const plain = (entry: number): boolean[] =>
      [layout.TLB_READ, layout.TLB_WRITE].map((field) => get(entry + field) === LINEAR);
    expect(plain(lookup(false))).toEqual([true, false]);
    expect(plain(lookup(true))).toEqual([true, true]);
    core.flushTlb();
    set(RAM_PAGES + (FRAME >>> 12) * 4, 0x100);
    expect(plain(lookup(true))).toEqual([true, false]);
    core.flushTlb();
    set(RAM + PTE, (0x7fff0000 | 7) >>> 0);
    expect(plain(lookup(true))).toEqual([false, false]);
  });

  it("is an identity while paging is off", () => {
    set(layout.CR0, 0);
    expect(get(lookup(true) + layout.TLB_PHYSICAL)).toBe(LINEAR);
    expect(misses()).toBe(0);
  });
});
