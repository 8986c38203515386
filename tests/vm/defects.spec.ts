// Mistakes that kernels with merging have made, or still make, each as a test.
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { KernelVm } from "./kernel-vm";
import {
  ARENA,
  type Arena,
  type Mode,
  MODES,
  PAGE,
  arenaRegions,
  closeArena,
  describeArena,
  openArena,
} from "./script";
import { runScript } from "./script";

let vm: KernelVm;
beforeAll(async () => {
  vm = await KernelVm.boot({ memory: 8 << 20 });
});

let arena: Arena;
afterEach(() => closeArena(arena));

function after(mode: Mode, script: string): Arena {
  arena = openArena(vm, mode);
  runScript(arena, script);
  return arena;
}

/** Page ranges with their wired counts. */
function wiring(): string[] {
  return arenaRegions(arena).map((region) => {
    const page = (address: number) => (address - ARENA) / PAGE;
    return `${page(region.start)}-${page(region.end)}:${region.wired}`;
  });
}

describe.each(MODES)("mode %s", (mode) => {
  it("keeps the wish to be wired apart while access is none: wired part in front", () => {
    after(mode, "a0,8 w0,4,3 p0,4,0 p4,4,0 p0,8,3");
    expect(wiring()).toEqual(["0-4:1", "4-8:0"]);
  });

  it("keeps the wish to be wired apart while access is none: wired part behind", () => {
    after(mode, "a0,8 w4,4,3 p4,4,0 p0,4,0 p0,8,3");
    expect(wiring()).toEqual(["0-4:0", "4-8:1"]);
  });

  it("scans for wiring from the survivor when vm_protect's first entry is joined away", () => {
    after(mode, "a0,8 w0,8,3 p4,4,1 p4,4,3 p4,4,0 p4,4,3");
    expect(arenaRegions(arena).every((region) => region.wired === 1)).toBe(true);
  });

  it("does not join a copy of a temporary object with a mapping of the object itself", () => {
    arena = openArena(vm, mode, { strategy: 3 });
    runScript(arena, "f0,0,2,0,0 f0,2,2,2,1 t2");
    vm.call["map_memory"]!(arena.map, ARENA + 8 * PAGE, 4 * PAGE, 0, 0, arena.ports[0]!, 0, 0, 3, 7, 1);
    vm.call["peek"]!(arena.map, ARENA + 10 * PAGE);
    expect(vm.cell(0)).toBe(0x50000002);
    expect(arenaRegions(arena).length).toBe(3);
  });

  it("reads a mapping of a temporary pager object with vm_read", () => {
    arena = openArena(vm, mode, { strategy: 3 });
    runScript(arena, "f0,0,2,0,0 t1");
    expect(vm.call["read_into"]!(arena.map, ARENA, 2 * PAGE)).toBe(0);
    const copy = vm.cell(0);
    vm.call["peek"]!(arena.map, copy);
    expect(vm.cell(0)).toBe(0x50000000);
    vm.call["peek"]!(arena.map, copy + PAGE);
    expect(vm.cell(0)).toBe(0x10002);
    vm.call["deallocate"]!(arena.map, copy, 2 * PAGE);
  });

  it("wires all of a map whose lowest address is free", () => {
    after(mode, "a4,4");
    expect(vm.call["wire_all"]!(arena.map, 1)).toBe(0);
    expect(arenaRegions(arena)[0]!.wired).toBe(1);
    expect(vm.call["wire_all"]!(arena.map, 0)).toBe(0);
    expect(arenaRegions(arena)[0]!.wired).toBe(0);
  });

  it("does not extend an entry while it is being wired", () => {
    after(mode, "f0,0,2,0,0");
    vm.whenBlocked(() => runScript(arena, "f0,2,2,2,0"));
    expect(vm.call["wire"]!(arena.map, 1, ARENA, 2 * PAGE, 3)).toBe(0);
    expect(wiring()).toEqual(["0-2:1", "2-4:0"]);
  });
});

it.each(MODES)("wires memory that would extend an unwired entry when all is to be wired: %s", (mode) => {
  after(mode, "a0,4");
  expect(vm.call["wire_all"]!(arena.map, 2)).toBe(0);
  runScript(arena, "a4,4");
  expect(wiring()).toEqual(["0-4:0", "4-8:1"]);
});

it("keeps the right object when untouched memory is put in front of touched memory", () => {
  after("series", "a0,8 t5 d0,4 a0,4");
  expect(describeArena(arena)).toEqual(["[0,8) rw-/rwx C o1+0"]);
  vm.call["peek"]!(arena.map, ARENA + 5 * PAGE);
  expect(vm.cell(0)).toBe(0x10002);
});

describe("pages behind a part of an entry that is removed", () => {
  function freedBy(mode: Mode, operation: string): number {
    after(mode, "a0,10");
    for (let page = 0; page < 16; page++) vm.call["poke"]!(arena.map, ARENA + page * PAGE, 1);
    // The clip may need an entry: have one ready.
    const before = vm.call["free_pages"]!();
    runScript(arena, operation);
    const freed = vm.call["free_pages"]!() - before;
    closeArena(arena);
    return freed;
  }

  it.each(["d0,4", "dc,4", "d4,8"])("come back at once in every mode: %s", (operation) => {
    const pages = parseInt(operation.split(",")[1]!, 16);
    const freed = MODES.map((mode) => freedBy(mode, operation));
    arena = openArena(vm, "full");
    expect(freed).toEqual([pages, pages, pages, pages]);
  });

  it("never come back as data", () => {
    for (const mode of MODES) {
      after(mode, "a0,8 t0 t3 t7 d2,4 a2,4");
      vm.call["peek"]!(arena.map, ARENA + 3 * PAGE);
      expect(vm.cell(0)).toBe(0);
      closeArena(arena);
    }
    arena = openArena(vm, "full");
  });

  it("stay while a child still sees them", () => {
    after("full", "a0,8 t0 t3 t7 k d2,4");
    vm.call["peek"]!(arena.children[0]!, ARENA + 3 * PAGE);
    expect(vm.cell(0)).toBe(0x10003);
  });
});

describe("mode full joins what series leaves", () => {
  it.each([
    ["a hole between two touched entries", "a0,4 t0 a8,4 t8 a4,4"],
    ["memory below a touched entry", "a4,4 t5 a0,4"],
    ["a hole in the middle of an object", "a0,c t0 tb d4,4 a4,4"],
    ["an object with several entries that grows", "a0,8 t0 p2,2,1 a8,4 p2,2,3"],
    ["single pages touched downwards", "a3,1 t3 a2,1 t2 a1,1 t1 a0,1 t0"],
    ["entries with an object each", "n0,4,1,7,1 r0 a4,4 t4 p0,4,3"],
    ["halves that were wired one after the other", "a0,8 t0 w0,4,3 w4,4,3"],
    ["a part that was wired for a while", "a0,8 t0 w2,2,3 w2,2,0"],
    ["memory behind what a living child has a copy of", "a0,4 t0 k a4,4"],
    ["untouched memory that was read", "a0,8 v2,2"],
    ["touched memory that was read, when the copy is gone", "a0,8 t0 t3 t7 v2,2"],
    ["memory that was shared with a child that is gone", "a0,4 t0 i0,4,0 K n4,4,3,7,0"],
    ["pieces that were copied on write one by one", "a0,8 t0 t1 t7 k p4,4,1 p0,4,1 p0,4,3 t0 p4,4,3 t4"],
  ])("%s", (_, script) => {
    after("full", script);
    expect(arenaRegions(arena).length).toBe(1);
  });
});
