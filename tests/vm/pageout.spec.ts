// Pageout on the host: the harness is the default pager. More memory than there is, and not a word lost.
import { beforeEach, describe, expect, it } from "vitest";
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { KernelVm } from "./kernel-vm";
import { MODES, PAGE } from "./script";

const BASE = 0x10000000;
const MEMORY = 3 << 20;

let vm: KernelVm;
let map: number;
/** What the kernel's own maps have. */
let kernelsOwn: { objects: number; entries: number };

async function boot(mode: string, defaultPager = true): Promise<void> {
  vm = await KernelVm.boot({ memory: MEMORY });
  kernelsOwn = { objects: vm.call["object_count"]!(), entries: vm.call["entries_in_use"]!() };
  vm.call["vm_merge_set_mode"]!(MODES.indexOf(mode as never));
  map = newMap();
  if (defaultPager) vm.startDefaultPager();
}

function newMap(): number {
  const created = vm.createMap();
  vm.call["vm_map_activate"]!(created);
  vm.call["set_size_limit"]!(created, 1, 64 << 20, 64 << 20);
  return created;
}

function allocate(start: number, pages: number): void {
  expect(vm.call["allocate"]!(map, start, pages * PAGE, 0)).toBe(KERN_SUCCESS);
}

const poke = (at: number, value: number, which = map) => vm.call["poke"]!(which, at, value);

function peek(at: number, which = map): number {
  expect(vm.call["peek"]!(which, at), `reading ${at.toString(16)}`).toBe(KERN_SUCCESS);
  return vm.cell(0);
}

function fill(start: number, pages: number, seed: number): void {
  for (let page = 0; page < pages; page++) {
    expect(poke(start + page * PAGE, seed + page), `writing page ${page}`).toBe(KERN_SUCCESS);
  }
}

function expectFilled(start: number, pages: number, seed: number, which = map): void {
  for (let page = 0; page < pages; page++) {
    const word = peek(start + page * PAGE, which);
    if (word !== seed + page) expect(word, `page ${page}`).toBe(seed + page);
  }
}

/** Takes every page that can be taken. */
const pageOut = () => vm.pageOut(100_000);

/** Nothing is left behind. */
function end(): void {
  vm.call["vm_map_deallocate"]!(map);
  vm.settle();
  expect(vm.call["object_count"]!()).toBe(kernelsOwn.objects);
  expect(vm.call["entries_in_use"]!()).toBe(kernelsOwn.entries);
  expect(vm.call["vm_page_check"]!()).toBe(0);
}

describe.each(MODES)("in mode %s", (mode) => {
  beforeEach(() => boot(mode));

  it("holds five times the memory there is", () => {
    const pages = (5 * MEMORY) / PAGE;
    allocate(BASE, pages);
    fill(BASE, pages, 1000);
    expect(vm.call["pageouts"]!()).toBeGreaterThan(pages / 2);
    expectFilled(BASE, pages, 1000);
    for (let page = 0; page < pages; page += 7) poke(BASE + page * PAGE, 77);
    for (let page = 0; page < pages; page++) {
      expect(peek(BASE + page * PAGE)).toBe(page % 7 === 0 ? 77 : 1000 + page);
    }
    vm.check(map);
    end();
  });

  it("keeps files that nothing maps while they have pages, and ends them with the last one", () => {
    const files = Array.from({ length: 300 }, () => vm.addPager({ mayCache: true }));
    const touch = (file: (typeof files)[number]) => {
      expect(vm.call["map_memory"]!(map, BASE, PAGE, 0, 0, file.port, 0, 0, 3, 7, 1)).toBe(KERN_SUCCESS);
      peek(BASE);
      expect(vm.call["deallocate"]!(map, BASE, PAGE)).toBe(KERN_SUCCESS);
    };
    files.forEach(touch);
    expect(files.filter(({ terminated }) => terminated > 0)).toEqual([]);
    touch(files[0]);
    expect(files[0].requests).toEqual([0]);
    pageOut();
    expect(files.filter(({ terminated }) => terminated !== 1)).toEqual([]);
    end();
  });

  it("gives zeros where memory that was paged out is mapped anew", () => {
    allocate(BASE, 16);
    fill(BASE, 16, 5);
    pageOut();
    for (const [start, count] of [
      [4, 4],
      [0, 2],
      [14, 2],
    ] as const) {
      expect(vm.call["deallocate"]!(map, BASE + start * PAGE, count * PAGE)).toBe(KERN_SUCCESS);
      allocate(BASE + start * PAGE, count);
    }
    const words = Array.from({ length: 16 }, (_, page) => peek(BASE + page * PAGE));
    expect(words).toEqual([0, 0, 7, 8, 0, 0, 0, 0, 13, 14, 15, 16, 17, 18, 0, 0]);
    vm.check(map);
    end();
  });

  it("keeps what is split, protected and joined while it is out", () => {
    allocate(BASE, 8);
    fill(BASE, 8, 5);
    allocate(BASE + 16 * PAGE, 8);
    fill(BASE + 16 * PAGE, 8, 50);
    pageOut();
    vm.call["protect"]!(map, BASE + 2 * PAGE, 2 * PAGE, 0, 1);
    pageOut();
    vm.call["protect"]!(map, BASE + 2 * PAGE, 2 * PAGE, 0, 3);
    allocate(BASE + 8 * PAGE, 8);
    vm.check(map);
    expectFilled(BASE, 8, 5);
    expectFilled(BASE + 16 * PAGE, 8, 50);
    expect(peek(BASE + 9 * PAGE)).toBe(0);
    fill(BASE + 8 * PAGE, 8, 900);
    pageOut();
    expectFilled(BASE, 8, 5);
    expectFilled(BASE + 8 * PAGE, 8, 900);
    expectFilled(BASE + 16 * PAGE, 8, 50);
    end();
  });

  it("keeps both sides of a copy whose chain is paged out", () => {
    allocate(BASE, 8);
    fill(BASE, 8, 5);
    const child = vm.call["vm_map_fork"]!(map) >>> 0;
    pageOut();
    poke(BASE, 100);
    vm.call["vm_map_activate"]!(child);
    poke(BASE + PAGE, 200, child);
    pageOut();
    const grandchild = vm.call["vm_map_fork"]!(child) >>> 0;
    poke(BASE + 2 * PAGE, 300, child);
    pageOut();
    const words = (which: number) => Array.from({ length: 8 }, (_, page) => peek(BASE + page * PAGE, which));
    expect(words(map)).toEqual([100, 6, 7, 8, 9, 10, 11, 12]);
    expect(words(child)).toEqual([5, 200, 300, 8, 9, 10, 11, 12]);
    expect(words(grandchild)).toEqual([5, 200, 7, 8, 9, 10, 11, 12]);
    vm.call["vm_map_deallocate"]!(child);
    poke(BASE + 3 * PAGE, 400, grandchild);
    pageOut();
    expect(words(grandchild)).toEqual([5, 200, 7, 400, 9, 10, 11, 12]);
    vm.call["vm_map_deallocate"]!(grandchild);
    poke(BASE + 4 * PAGE, 500);
    pageOut();
    expect(words(map)).toEqual([100, 6, 7, 8, 500, 10, 11, 12]);
    vm.check(map);
    end();
  });

  it("leaves wired pages alone", () => {
    allocate(BASE, 8);
    fill(BASE, 8, 5);
    expect(vm.call["wire"]!(map, 1, BASE, 4 * PAGE, 3)).toBe(KERN_SUCCESS);
    pageOut();
    for (let page = 0; page < 8; page++) {
      expect(vm.call["rights"]!(map, BASE + page * PAGE) !== 0, `page ${page}`).toBe(page < 4);
    }
    expectFilled(BASE, 8, 5);
    end();
  });
});

describe("a pager's memory", () => {
  beforeEach(() => boot("full"));

  it("is asked for again when it is clean, and sent back when it is dirty", () => {
    const pager = vm.addPager({});
    vm.call["map_memory"]!(map, BASE, 4 * PAGE, 0, 0, pager.port, 0, 0, 3, 7, 1);
    for (let page = 0; page < 4; page++) peek(BASE + page * PAGE);
    poke(BASE + PAGE, 42);
    pageOut();
    expect(pager.returns).toEqual(["1 dirty gone"]);
    expect(peek(BASE + PAGE)).toBe(42);
    expect(pager.requests).toEqual([0, 1, 2, 3, 1]);
    end();
    expect(pager.terminated).toBe(1);
  });

  it("goes back before the object ends", () => {
    const pager = vm.addPager({});
    vm.call["map_memory"]!(map, BASE, 4 * PAGE, 0, 0, pager.port, 0, 0, 3, 7, 1);
    poke(BASE + 3 * PAGE, 42);
    peek(BASE);
    vm.call["deallocate"]!(map, BASE, 4 * PAGE);
    expect(pager.returns).toEqual(["3 dirty gone"]);
    expect(pager.returned.get(3)![0]).toBe(42);
    expect(pager.terminated).toBe(1);
    end();
  });

  it("comes back by lock_request, kept or flushed", () => {
    const pager = vm.addPager({});
    vm.call["map_memory"]!(map, BASE, 4 * PAGE, 0, 0, pager.port, 0, 0, 3, 7, 1);
    poke(BASE + PAGE, 1);
    peek(BASE + 2 * PAGE);
    vm.call["pager_lock"]!(pager.control, 0, 4 * PAGE, 1, 0, 8, 0);
    vm.call["pager_lock"]!(pager.control, 0, 4 * PAGE, 1, 0, 8, 0);
    expect(pager.returns).toEqual(["1 dirty kept"]);
    poke(BASE + PAGE, 2);
    vm.call["pager_lock"]!(pager.control, 0, 4 * PAGE, 1, 1, 8, 0);
    expect(pager.returns).toEqual(["1 dirty kept", "1 dirty gone"]);
    vm.settle();
    expect(peek(BASE + PAGE)).toBe(2);
    end();
  });
});

it("without a default pager, memory that cannot go out is refused", async () => {
  await boot("full", false);
  const pages = (2 * MEMORY) / PAGE;
  allocate(BASE, pages);
  let page = 0;
  while (page < pages && poke(BASE + page * PAGE, page) === KERN_SUCCESS) page++;
  expect(poke(BASE + page * PAGE, page)).toBe(KERN_RESOURCE_SHORTAGE);
  expect(page).toBeGreaterThan(pages / 4);
  end();
});
