// Page faults: zero fill, copy-on-write, pagers; page tables and their flushing; memory shortage.
import { beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import {
  KERN_INVALID_ADDRESS,
  KERN_MEMORY_ERROR,
  KERN_ABORTED,
  KERN_PROTECTION_FAILURE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { KernelVm, type PagerBehaviour, pagerWord } from "./kernel-vm";
import { MODES, PAGE } from "./script";

let vm: KernelVm;
beforeAll(async () => {
  vm = await KernelVm.boot({ memory: 8 << 20 });
});

let map = 0;
beforeEach(() => {
  vm.call["vm_merge_set_mode"]!(2);
  map = vm.createMap();
  vm.call["vm_map_activate"]!(map);
});
afterEach(() => {
  vm.check(map);
  vm.call["vm_map_deallocate"]!(map);
  vm.removePagers();
});

function word(address: number, inMap = map): number {
  expect(vm.call["peek"]!(inMap, address)).toBe(KERN_SUCCESS);
  return vm.cell(0);
}

function mapFile(port: number, address: number, pages: number, copy = false, page = 0): number {
  return vm.call["map_memory"]!(map, address, pages * PAGE, 0, 0, port, page * PAGE, Number(copy), 3, 7, 1);
}

describe("anonymous memory", () => {
  it("is zero, and its own after a write", () => {
    vm.call["allocate"]!(map, 0x5000, 2 * PAGE, 0);
    expect(word(0x5000)).toBe(0);
    expect(vm.call["rights"]!(map, 0x5000)).toBe(3);
    expect(vm.call["poke"]!(map, 0x6ffc, 5)).toBe(KERN_SUCCESS);
    expect(word(0x6ffc)).toBe(5);
  });

  it("faults with a code", () => {
    vm.call["allocate"]!(map, 0x5000, PAGE, 0);
    vm.call["protect"]!(map, 0x5000, PAGE, 0, 1);
    expect(vm.call["vm_fault"]!(map, 0x5000, 3, 0)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.call["vm_fault"]!(map, 0x9000, 1, 0)).toBe(KERN_INVALID_ADDRESS);
    expect(vm.call["vm_fault"]!(map, 0xc0000000, 1, 0)).toBe(KERN_INVALID_ADDRESS);
    expect(vm.call["vm_fault"]!(map, 0xffffffff, 1, 0)).toBe(KERN_INVALID_ADDRESS);
  });

  it("loses its rights in the page tables when they are taken", () => {
    vm.call["allocate"]!(map, 0x5000, PAGE, 0);
    vm.call["poke"]!(map, 0x5000, 5);
    vm.call["protect"]!(map, 0x5000, PAGE, 0, 1);
    expect(vm.call["rights"]!(map, 0x5000)).toBe(1);
    vm.call["protect"]!(map, 0x5000, PAGE, 0, 0);
    expect(vm.call["rights"]!(map, 0x5000)).toBe(0);
    expect(vm.call["peek"]!(map, 0x5000)).toBe(KERN_PROTECTION_FAILURE);
    vm.call["protect"]!(map, 0x5000, PAGE, 0, 3);
    expect(word(0x5000)).toBe(5);
  });
});

describe("copy-on-write", () => {
  it("copies pages when either side writes", () => {
    vm.call["allocate"]!(map, 0x5000, PAGE, 0);
    vm.call["poke"]!(map, 0x5000, 5);
    const child = vm.call["vm_map_fork"]!(map) >>> 0;
    vm.call["poke"]!(map, 0x5000, 6);
    expect(word(0x5000, child)).toBe(5);
    vm.call["poke"]!(child, 0x5000, 7);
    expect(word(0x5000)).toBe(6);
    vm.check(child);
    vm.call["vm_map_deallocate"]!(child);
  });

  it("keeps chains short over generations of children", () => {
    vm.call["allocate"]!(map, 0x5000, 4 * PAGE, 0);
    const before = vm.call["object_count"]!();
    for (let i = 0; i < 50; i++) {
      vm.call["poke"]!(map, 0x5000 + (i % 4) * PAGE, i);
      const child = vm.call["vm_map_fork"]!(map) >>> 0;
      vm.call["poke"]!(map, 0x5000, i);
      vm.call["vm_map_deallocate"]!(child);
    }
    expect(vm.call["object_count"]!()).toBeLessThan(before + 3);
  });

  it("shares what is inherited shared, and copies it for who inherits a copy later", () => {
    vm.call["allocate"]!(map, 0x5000, PAGE, 0);
    vm.call["poke"]!(map, 0x5000, 5);
    vm.call["inherit"]!(map, 0x5000, PAGE, 0);
    const sharer = vm.call["vm_map_fork"]!(map) >>> 0;
    vm.call["inherit"]!(map, 0x5000, PAGE, 1);
    const copier = vm.call["vm_map_fork"]!(map) >>> 0;
    vm.call["poke"]!(sharer, 0x5000, 6);
    expect(word(0x5000)).toBe(6);
    expect(word(0x5000, copier)).toBe(5);
    for (const child of [sharer, copier]) vm.call["vm_map_deallocate"]!(child);
  });
});

describe("pagers", () => {
  it("are asked once for each page, after they are ready", () => {
    const pager = vm.addPager();
    expect(mapFile(pager.port, 0x5000, 3)).toBe(KERN_SUCCESS);
    expect(word(0x6000)).toBe(pagerWord(pager.id, 1));
    expect(word(0x6ffc)).toBe(pagerWord(pager.id, 1));
    expect(pager.requests).toEqual([1]);
  });

  it("are told when the last mapping goes, unless the object may be cached", () => {
    const plain = vm.addPager();
    const cached = vm.addPager({ mayCache: true });
    mapFile(plain.port, 0x5000, 1);
    mapFile(cached.port, 0x8000, 1);
    word(0x5000);
    vm.call["poke"]!(map, 0x8000, 99);
    vm.call["deallocate"]!(map, 0x5000, 4 * PAGE);
    expect([plain.terminated, cached.terminated]).toEqual([1, 0]);
    mapFile(cached.port, 0x8000, 1);
    expect(word(0x8000)).toBe(99);
    expect(cached.requests).toEqual([0]);
    vm.call["pager_attributes"]!(cached.control, 0, 2);
    vm.call["deallocate"]!(map, 0x8000, PAGE);
    expect(cached.terminated).toBe(1);
  });

  it.each<[PagerBehaviour["answer"], number]>([
    ["error", KERN_MEMORY_ERROR],
    ["dead", KERN_MEMORY_ERROR],
  ])("give faults a code: %s", (answer, code) => {
    const pager = vm.addPager({ answer: answer! });
    mapFile(pager.port, 0x5000, 1);
    expect(vm.call["peek"]!(map, 0x5000)).toBe(code);
  });

  it("may have no data: zeros", () => {
    const pager = vm.addPager({ answer: "unavailable" });
    mapFile(pager.port, 0x5000, 1);
    expect(word(0x5000)).toBe(0);
  });

  it("that give up fail who waits and who comes later", () => {
    const pager = vm.addPager({ answer: "silence" });
    mapFile(pager.port, 0x5000, 2);
    vm.onDeadlock = () => {
      vm.call["pager_give_up"]!(pager.control);
      return 0;
    };
    expect(vm.call["peek"]!(map, 0x5000)).toBe(KERN_MEMORY_ERROR);
    expect(vm.call["peek"]!(map, 0x6000)).toBe(KERN_MEMORY_ERROR);
  });

  it("that are silent let a fault be interrupted", () => {
    const pager = vm.addPager({ answer: "silence" });
    mapFile(pager.port, 0x5000, 1);
    vm.onDeadlock = () => 2;
    expect(vm.call["peek"]!(map, 0x5000)).toBe(KERN_ABORTED);
  });

  it("may withhold rights, and are asked to give them", () => {
    const pager = vm.addPager({ lock: 2 });
    mapFile(pager.port, 0x5000, 1);
    expect(word(0x5000)).toBe(pagerWord(pager.id, 0));
    expect(vm.call["rights"]!(map, 0x5000)).toBe(1);
    expect(vm.call["poke"]!(map, 0x5000, 5)).toBe(KERN_SUCCESS);
    expect(pager.unlocks).toEqual([3]);
    expect(word(0x5000)).toBe(5);
  });

  it("can take rights back and drop pages", () => {
    const pager = vm.addPager();
    mapFile(pager.port, 0x5000, 1);
    vm.call["poke"]!(map, 0x5000, 5);
    expect(vm.call["pager_lock"]!(pager.control, 0, PAGE, 0, 0, 2, 0)).toBe(KERN_SUCCESS);
    expect(vm.call["rights"]!(map, 0x5000)).toBe(1);
    expect(vm.call["pager_lock"]!(pager.control, 0, PAGE, 0, 1, 8, pager.port)).toBe(KERN_SUCCESS);
    expect(vm.replies).toEqual([{ id: 2206, port: pager.port, result: 0 }]);
    expect(word(0x5000)).toBe(pagerWord(pager.id, 0));
  });

  it("give copies that later writes do not reach", () => {
    const pager = vm.addPager();
    mapFile(pager.port, 0x5000, 2);
    vm.call["poke"]!(map, 0x5000, 5);
    expect(mapFile(pager.port, 0x8000, 2, true)).toBe(KERN_SUCCESS);
    expect(word(0x8000)).toBe(5);
    vm.call["poke"]!(map, 0x5000, 6);
    vm.call["poke"]!(map, 0x6000, 7);
    expect([word(0x8000), word(0x9000)]).toEqual([5, pagerWord(pager.id, 1)]);
    vm.call["poke"]!(map, 0x8000, 8);
    expect(word(0x5000)).toBe(6);
  });

  it.each([0, 1, 2, 3])("copy by strategy %i", (strategy) => {
    const pager = vm.addPager({ strategy });
    expect(mapFile(pager.port, 0x8000, 2, true)).toBe(KERN_SUCCESS);
    vm.call["poke"]!(map, 0x8000, 8);
    expect([word(0x8000), word(0x9000)]).toEqual([8, pagerWord(pager.id, 1)]);
  });

  it("get what is theirs later when there is no memory to send it, and are told of the end then", () => {
    const pager = vm.addPager();
    mapFile(pager.port, 0x5000, 2);
    vm.call["poke"]!(map, 0x5000, 5);
    vm.call["poke"]!(map, 0x6000, 6);
    pager.short = true;
    vm.call["deallocate"]!(map, 0x5000, 2 * PAGE);
    vm.call["pageout_round"]!();
    expect([pager.terminated, pager.returns]).toEqual([0, []]);
    mapFile(pager.port, 0x5000, 1);
    expect(word(0x5000)).toBe(5);
    vm.call["deallocate"]!(map, 0x5000, PAGE);
    pager.short = false;
    vm.call["pageout_round"]!();
    expect([pager.terminated, pager.returns]).toEqual([1, ["0 dirty gone", "1 dirty gone"]]);
    vm.settle();
  });

  it("may die while a page is supplied whose data another pager is slow to give", () => {
    const source = vm.addPager();
    mapFile(source.port, 0x9000, 1);
    vm.call["vm_map_copyin"]!(map, 0x9000, PAGE, 0, vm.scratch);
    const copy = vm.cell(0);
    const pager = vm.addPager({ answer: "silence" });
    mapFile(pager.port, 0x5000, 1);
    vm.settle();
    const free = vm.call["free_pages"]!();
    // The reader waits; the pager supplies a page of the copy; who reads that waits too; then the pager dies.
    vm.onDeadlock = () => {
      vm.whenBlocked(() => vm.killPager(pager.port));
      expect(vm.call["pager_supply_copy"]!(pager.control, 0, copy)).toBe(KERN_SUCCESS);
      return 0;
    };
    const code = vm.call["peek"]!(map, 0x5000);
    expect([KERN_SUCCESS, KERN_MEMORY_ERROR]).toContain(code);
    if (code === KERN_SUCCESS) expect(vm.cell(0)).toBe(pagerWord(source.id, 0));
    vm.check(map);
    vm.call["deallocate"]!(map, 0x5000, PAGE);
    vm.check(map);
    expect(vm.call["free_pages"]!()).toBeLessThanOrEqual(free);
  });

  it("may send anything: it is refused, not believed", () => {
    const pager = vm.addPager();
    mapFile(pager.port, 0x5000, 1);
    vm.settle();
    expect(vm.call["pager_supply"]!(pager.control, 0x123, 0, 0)).toBe(4);
    expect(vm.call["pager_supply"]!(pager.control, 0x1000, 0x40, 0)).toBe(4);
    expect(vm.call["pager_ready"]!(pager.control, 0, 9)).toBe(4);
    expect(vm.call["pager_unavailable"]!(pager.control, 0xfffff000, 0xfffff000)).toBe(4);
    expect(vm.call["pager_unavailable"]!(pager.control, 0, 0xfffff000)).toBe(KERN_SUCCESS);
    word(0x5000);
    // A page that is there already.
    expect(vm.call["pager_supply"]!(pager.control, 0, 0, pager.port)).toBe(KERN_SUCCESS);
    expect(vm.replies.at(-1)).toEqual({ id: 2207, port: pager.port, result: 23 });
  });
});

describe("shortage of memory", () => {
  it.each(MODES)("fails the user's calls, never the kernel, and goes away (mode %s)", async (mode) => {
    // Without checks after each call: there are thousands of entries.
    const vm = await KernelVm.boot({ memory: 8 << 20, checks: false });
    const map = vm.createMap();
    vm.call["vm_merge_set_mode"]!(MODES.indexOf(mode));
    const free = vm.call["free_pages"]!();
    expect(vm.call["set_size_limit"]!(map, 1, 0xc0000000, 0xc0000000)).toBe(KERN_SUCCESS);
    expect(vm.call["allocate"]!(map, 0, 0x10000000, 0)).toBe(KERN_SUCCESS);
    let touched = 0;
    let kr = 0;
    for (; kr === 0; touched++) kr = vm.call["poke"]!(map, touched * PAGE, touched);
    expect(kr).toBe(KERN_RESOURCE_SHORTAGE);
    expect(touched).toBeGreaterThan(1000);
    // Entries come from what is kept for the kernel, until that is used up too.
    for (let i = 0; i < 20000 && kr !== 0; i++)
      kr = vm.call["protect"]!(map, i * 2 * PAGE, PAGE, 0, 1) === 0 ? 6 : 0;
    expect(kr).toBe(0);
    expect(vm.call["vm_map_fork"]!(map)).toBe(0);
    expect(vm.call["vm_map_create"]!()).toBe(0);
    expect(vm.call["read_into"]!(map, 0, 64 * PAGE)).toBe(KERN_RESOURCE_SHORTAGE);
    vm.check(map);
    expect(vm.call["deallocate"]!(map, 0, 0x10000000)).toBe(KERN_SUCCESS);
    expect(vm.call["poke"]!(map, 0, 1)).toBe(KERN_INVALID_ADDRESS);
    // Zones keep their pages; everything else is back.
    expect(vm.call["free_pages"]!()).toBeGreaterThan(free - 200);
    expect(vm.call["allocate"]!(map, 0, PAGE, 0)).toBe(KERN_SUCCESS);
    expect(vm.call["poke"]!(map, 0, 1)).toBe(KERN_SUCCESS);
  });
});

it("memory that is to be wired but cannot be is not mapped", async () => {
  const vm = await KernelVm.boot({ memory: 8 << 20, checks: false });
  const map = vm.createMap();
  const free = vm.call["free_pages"]!();
  expect(vm.call["wire_all"]!(map, 2)).toBe(KERN_SUCCESS);
  expect(vm.call["set_size_limit"]!(map, 1, 0xc0000000, 0xc0000000)).toBe(KERN_SUCCESS);
  const size = (free + 100) * PAGE;
  expect(vm.call["allocate"]!(map, 0, size, 0)).toBe(KERN_RESOURCE_SHORTAGE);
  vm.check(map);
  expect(vm.call["poke"]!(map, 0, 1)).toBe(KERN_INVALID_ADDRESS);
  expect(vm.call["wire_all"]!(map, 0)).toBe(KERN_SUCCESS);
  expect(vm.call["allocate"]!(map, 0, PAGE, 0)).toBe(KERN_SUCCESS);
});

describe("stale translations", () => {
  it("are flushed page by page where the processor can", () => {
    vm.call["allocate"]!(map, 0, 64 * PAGE, 0);
    for (let i = 0; i < 64; i++) vm.call["poke"]!(map, i * PAGE, 1);
    Object.assign(vm.flushes, { page: 0, all: 0 });
    vm.call["protect"]!(map, 0, 4 * PAGE, 0, 1);
    expect(vm.flushes).toEqual({ page: 4, all: 0 });
    vm.call["deallocate"]!(map, 8 * PAGE, 56 * PAGE);
    expect(vm.flushes).toEqual({ page: 4, all: 1 });
  });

  it("are flushed all at once on a 386", async () => {
    const old = await KernelVm.boot({ memory: 2 << 20, invlpg: false });
    const space = old.createMap();
    old.call["vm_map_activate"]!(space);
    old.call["allocate"]!(space, 0, 4 * PAGE, 0);
    for (let i = 0; i < 4; i++) old.call["poke"]!(space, i * PAGE, 1);
    Object.assign(old.flushes, { page: 0, all: 0 });
    old.call["protect"]!(space, 0, 4 * PAGE, 0, 1);
    expect(old.flushes).toEqual({ page: 0, all: 1 });
  });
});

describe("zones", () => {
  it("notice what is written after it was freed, and what is freed twice", () => {
    const first = vm.call["kalloc"]!(64) >>> 0;
    vm.call["kfree"]!(first, 64);
    expect(() => vm.call["kfree"]!(first, 64)).toThrow("free already");
    vm.setWord(first + 8, 1);
    expect(() => vm.call["kalloc"]!(64)).toThrow("changed after it was freed");
    vm.setWord(first + 8, 0xdeadbeef);
  });

  it("give memory of any size, zeroed", () => {
    for (const size of [1, 100, 2048, 2049, 4096, 4097, 100000]) {
      const address = vm.call["kalloc"]!(size) >>> 0;
      expect(address).not.toBe(0);
      expect(vm.word(address)).toBe(0);
      vm.call["kfree"]!(address, size);
    }
  });

  it("describe themselves", () => {
    const count = vm.call["zone_info"]!(vm.scratch + 4096, 26);
    expect(count).toBeGreaterThan(10);
    const names = Array.from({ length: count }, (_, i) => vm.text(vm.scratch + 4096 + i * 76 + 44));
    expect(names).toContain("vm_map_entry");
  });
});
