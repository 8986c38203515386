// Argument rules and placement of the vm_* calls.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
  KERN_NO_ACCESS,
  KERN_NO_SPACE,
  KERN_PROTECTION_FAILURE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { REGION_INFO_NEEDS_COPY, VM_STATS_FREE, VM_STATS_PAGESIZE } from "../../abi/vm_types";
import { KernelVm } from "./kernel-vm";
import { PAGE } from "./script";

const USER_END = 0xc0000000;
let vm: KernelVm;
beforeAll(async () => {
  vm = await KernelVm.boot({ memory: 8 << 20 });
});

let map = 0;
beforeEach(() => {
  vm.call["vm_merge_set_mode"]!(2);
  map = vm.createMap();
});
afterEach(() => {
  vm.check(map);
  vm.call["vm_map_deallocate"]!(map);
  vm.removePagers();
});

function allocate(address: number, size: number, anywhere = false): { kr: number; address: number } {
  const kr = vm.call["allocate"]!(map, address, size, Number(anywhere));
  return { kr, address: vm.cell(0) };
}

function mapNull(size: number, { mask = 0, protection = 3, maximum = 7, inheritance = 1 } = {}): number {
  return vm.call["map_memory"]!(map, 0, size, mask, 1, 0, 0, 0, protection, maximum, inheritance);
}

describe("vm_allocate", () => {
  it("does nothing for size 0", () => {
    expect(allocate(0x5000, 0)).toEqual({ kr: KERN_SUCCESS, address: 0 });
    expect(vm.regions(map)).toEqual([]);
  });

  it("truncates the address and rounds the size", () => {
    expect(allocate(0x5123, 1)).toEqual({ kr: KERN_SUCCESS, address: 0x5000 });
    expect(vm.regions(map)[0]).toMatchObject({
      start: 0x5000,
      end: 0x6000,
      protection: 3,
      maximum: 7,
      inheritance: 1,
    });
  });

  it("refuses what is in use, outside user space or wraps", () => {
    allocate(0x5000, PAGE);
    expect(allocate(0x4000, 3 * PAGE).kr).toBe(KERN_NO_SPACE);
    expect(allocate(USER_END, PAGE).kr).toBe(KERN_INVALID_ADDRESS);
    expect(allocate(USER_END - PAGE, 2 * PAGE).kr).toBe(KERN_INVALID_ADDRESS);
    expect(allocate(0x5000, 0xfffff000).kr).toBe(KERN_INVALID_ADDRESS);
    expect(allocate(0x5000, 0xffffffff).kr).toBe(KERN_INVALID_ADDRESS);
    expect(allocate(0, 0xffffffff, true).kr).toBe(KERN_NO_SPACE);
    expect(allocate(USER_END - PAGE, PAGE).kr).toBe(KERN_SUCCESS);
  });
});

describe("anywhere", () => {
  it("gives the lowest address of an empty map", () => {
    expect(allocate(0x700000, PAGE, true)).toEqual({ kr: KERN_SUCCESS, address: 0 });
  });

  it("goes on behind the first-free hint, which follows entries that abut", () => {
    vm.call["vm_merge_set_mode"]!(0);
    expect(allocate(0, PAGE, true).address).toBe(0);
    expect(allocate(0, 2 * PAGE, true).address).toBe(PAGE);
    expect(allocate(0, PAGE, true).address).toBe(3 * PAGE);
  });

  it("takes the smallest gap that is large enough when the hint is the header", () => {
    vm.call["vm_merge_set_mode"]!(0);
    allocate(0x100000, PAGE);
    allocate(0x110000, PAGE);
    allocate(0x114000, PAGE);
    // Gaps: 15 pages behind the first, 3 behind the second, the rest behind the third; the one below is not found.
    expect(allocate(0, 2 * PAGE, true).address).toBe(0x111000);
    expect(allocate(0, 4 * PAGE, true).address).toBe(0x101000);
    expect(allocate(0, 20 * PAGE, true).address).toBe(0x115000);
  });

  it("takes the gap linked last among equals", () => {
    vm.call["vm_merge_set_mode"]!(0);
    for (const address of [0x100000, 0x104000, 0x108000]) allocate(address, PAGE);
    expect(allocate(0, 3 * PAGE, true).address).toBe(0x105000);
  });

  it("falls back to the entry before a range that is given back", () => {
    vm.call["vm_merge_set_mode"]!(0);
    for (let i = 0; i < 4; i++) mapNull(PAGE, { protection: i % 2 ? 3 : 1 });
    vm.call["deallocate"]!(map, PAGE, PAGE);
    expect(allocate(0, PAGE, true).address).toBe(PAGE);
  });

  it("aligns by the low bits of the mask and bounds the top by its high run of ones", () => {
    vm.call["set_size_limit"]!(map, 1, USER_END, USER_END);
    allocate(0, PAGE);
    expect(mapNull(PAGE, { mask: 0xffff })).toBe(KERN_SUCCESS);
    expect(vm.cell(0)).toBe(0x10000);
    expect(mapNull(PAGE, { mask: 0xff000000 })).toBe(KERN_SUCCESS);
    expect(vm.cell(0)).toBeLessThan(0x1000000);
    allocate(0x20000, 0x1000000 - 0x20000);
    expect(mapNull(16 * PAGE, { mask: 0xff000000 })).toBe(KERN_NO_SPACE);
    expect(mapNull(PAGE, { mask: 0xff000000 })).toBe(KERN_SUCCESS);
    expect(vm.cell(0)).toBeLessThan(0x1000000);
    expect(mapNull(PAGE, { mask: 0xffffffff })).toBe(KERN_NO_SPACE);
  });
});

describe("ranges", () => {
  it("skips holes, and takes ranges beyond the end for what is in them", () => {
    allocate(0x5000, PAGE);
    expect(vm.call["deallocate"]!(map, 0, 0xbfffffff)).toBe(KERN_SUCCESS);
    expect(vm.regions(map)).toEqual([]);
    expect(vm.call["deallocate"]!(map, 0x5000, 0xfffff000)).toBe(KERN_SUCCESS);
    expect(vm.call["protect"]!(map, 0, 0x10000, 0, 1)).toBe(KERN_SUCCESS);
  });

  it("rounds outward", () => {
    allocate(0x5000, 4 * PAGE);
    expect(vm.call["deallocate"]!(map, 0x6fff, 2)).toBe(KERN_SUCCESS);
    expect(vm.regions(map).map(({ start, end }) => [start, end])).toEqual([
      [0x5000, 0x6000],
      [0x8000, 0x9000],
    ]);
  });

  it("protects only within the maximum, all or nothing", () => {
    allocate(0x5000, 2 * PAGE);
    expect(vm.call["protect"]!(map, 0x6000, PAGE, 1, 1)).toBe(KERN_SUCCESS);
    expect(vm.regions(map)[1]).toMatchObject({ protection: 1, maximum: 1 });
    expect(vm.call["protect"]!(map, 0x5000, 2 * PAGE, 0, 3)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.call["protect"]!(map, 0x5000, 2 * PAGE, 0, 0x20)).toBe(KERN_INVALID_ARGUMENT);
    expect(vm.call["protect"]!(map, 0x5000, 2 * PAGE, 0, 0x11)).toBe(KERN_SUCCESS);
    expect(vm.regions(map).map((region) => region.protection)).toEqual([0x11, 0x11]);
  });

  it("leaves no clip behind when vm_protect fails in mode full", () => {
    vm.call["vm_merge_set_mode"]!(3);
    allocate(0x5000, 2 * PAGE);
    vm.call["protect"]!(map, 0x5000, 2 * PAGE, 1, 1);
    expect(vm.call["protect"]!(map, 0x6000, PAGE, 0, 3)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.regions(map).length).toBe(1);
  });

  it("knows three inheritances", () => {
    allocate(0x5000, PAGE);
    expect(vm.call["inherit"]!(map, 0x5000, PAGE, 3)).toBe(KERN_INVALID_ARGUMENT);
    expect(vm.call["inherit"]!(map, 0x5000, PAGE, 0)).toBe(KERN_SUCCESS);
  });
});

describe("vm_map", () => {
  it("checks its arguments", () => {
    expect(mapNull(0)).toBe(KERN_INVALID_ARGUMENT);
    expect(mapNull(0xffffffff), "rounds to 0").toBe(KERN_INVALID_ARGUMENT);
    expect(mapNull(PAGE, { protection: 8 })).toBe(KERN_INVALID_ARGUMENT);
    expect(mapNull(PAGE, { maximum: 16 })).toBe(KERN_INVALID_ARGUMENT);
    expect(mapNull(PAGE, { inheritance: 3 })).toBe(KERN_INVALID_ARGUMENT);
    expect(mapNull(PAGE, { protection: 7, maximum: 1 })).toBe(KERN_SUCCESS);
  });

  it("refuses offsets that are not pages or wrap, and dead memory objects", () => {
    const { port } = vm.addPager();
    const mapAt = (offset: number) => vm.call["map_memory"]!(map, 0, PAGE, 0, 1, port, offset, 0, 3, 7, 1);
    expect(mapAt(1)).toBe(KERN_INVALID_ARGUMENT);
    expect(mapAt(0xfffff000)).toBe(KERN_INVALID_ARGUMENT);
    vm.call["pager_kill"]!(port);
    expect(mapAt(0)).toBe(KERN_INVALID_ARGUMENT);
  });
});

describe("vm_read, vm_write and vm_copy", () => {
  it("tell holes from missing rights", () => {
    allocate(0x5000, PAGE);
    mapNull(PAGE, { protection: 0 });
    const closed = vm.cell(0);
    allocate(0x10000, 2 * PAGE);
    expect(vm.call["read_into"]!(map, 0x5000, 2 * PAGE + 1)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.call["read_into"]!(map, closed, PAGE)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.call["read_into"]!(map, 0x100000, PAGE)).toBe(KERN_INVALID_ADDRESS);
    expect(vm.call["copy"]!(map, 0x5000, PAGE, 0x100000)).toBe(KERN_INVALID_ADDRESS);
    expect(vm.call["copy"]!(map, 0x5000, PAGE, closed)).toBe(KERN_PROTECTION_FAILURE);
    expect(vm.call["copy"]!(map, 0x5000, PAGE, 0x10800)).toBe(KERN_INVALID_ARGUMENT);
    expect(vm.call["copy"]!(map, 0x5000, PAGE, 0xfffff000)).toBe(KERN_INVALID_ADDRESS);
    expect(vm.call["write_from"]!(map, 0x5000, 5, 0x10000)).toBe(KERN_INVALID_ARGUMENT);
  });

  it("keep the offset within the page", () => {
    allocate(0x5000, 2 * PAGE);
    vm.call["poke"]!(map, 0x5ff0, 0x12345678);
    expect(vm.call["read_into"]!(map, 0x5ff0, 0x20)).toBe(KERN_SUCCESS);
    const place = vm.cell(0);
    expect(place & 0xfff).toBe(0xff0);
    vm.call["peek"]!(map, place);
    expect(vm.cell(0)).toBe(0x12345678);
  });

  it("move memory whose source is given up", () => {
    allocate(0x5000, PAGE);
    vm.call["poke"]!(map, 0x5000, 77);
    const cell = vm.scratch + 32;
    expect(vm.call["vm_map_copyin"]!(map, 0x5000, PAGE, 1, cell)).toBe(KERN_SUCCESS);
    const copy = vm.cell(8);
    expect(vm.regions(map)).toEqual([]);
    expect(vm.call["vm_map_copyout"]!(map, vm.scratch, copy)).toBe(KERN_SUCCESS);
    const place = vm.cell(0);
    expect(vm.regions(map)[0]!.needsCopy).toBe(false);
    vm.call["peek"]!(map, place);
    expect(vm.cell(0)).toBe(77);
  });
});

describe("limits", () => {
  it("counts memory that may ever be accessed", () => {
    expect(vm.call["set_size_limit"]!(map, 0, 4 * PAGE, 8 * PAGE)).toBe(KERN_SUCCESS);
    expect(allocate(0, 4 * PAGE).kr).toBe(KERN_SUCCESS);
    expect(allocate(0x10000, PAGE).kr).toBe(KERN_NO_SPACE);
    expect(mapNull(64 * PAGE, { protection: 0, maximum: 0 })).toBe(KERN_SUCCESS);
    vm.call["protect"]!(map, 0, PAGE, 1, 0);
    expect(allocate(0x1000000, PAGE).kr).toBe(KERN_SUCCESS);
    expect(vm.call["set_size_limit"]!(map, 0, 4 * PAGE, 9 * PAGE)).toBe(KERN_NO_ACCESS);
    expect(vm.call["set_size_limit"]!(map, 1, 4 * PAGE, 9 * PAGE)).toBe(KERN_SUCCESS);
  });

  it("lets the unprivileged wire 8 MiB", () => {
    allocate(0, PAGE);
    expect(vm.call["wire"]!(map, 0, 0, PAGE, 3)).toBe(KERN_SUCCESS);
    expect(vm.call["wire"]!(map, 0, 0, 8 << 20, 3)).toBe(KERN_NO_ACCESS);
    expect(vm.call["wire"]!(map, 1, 0, 2 * PAGE, 3)).toBe(KERN_NO_SPACE);
  });
});

describe("vm_region", () => {
  it("names objects by a port that stays the same", () => {
    allocate(0x5000, PAGE);
    expect(vm.call["vm_region"]!(map, 0)).toBe(KERN_SUCCESS);
    expect([vm.cell(0), vm.cell(1), vm.cell(6)]).toEqual([0x5000, PAGE, 0]);
    vm.call["poke"]!(map, 0x5000, 1);
    vm.call["vm_region"]!(map, 0);
    const name = vm.cell(6);
    expect(name).not.toBe(0);
    vm.call["vm_region"]!(map, 0x5000);
    expect(vm.cell(6)).toBe(name);
    vm.setCell(0, 0);
    expect(vm.call["vm_region"]!(map, 0x6000)).toBe(KERN_NO_SPACE);
  });

  it("has a more talkative sister", () => {
    allocate(0x5000, PAGE);
    vm.call["poke"]!(map, 0x5000, 1);
    vm.call["read_into"]!(map, 0x5000, PAGE);
    expect(vm.call["vm_region_info"]!(map, 0x5000)).toBe(KERN_SUCCESS);
    expect(vm.cell(0)).toBe(0x5000);
    expect(vm.cell(REGION_INFO_NEEDS_COPY / 4)).toBe(1);
  });
});

it("vm_statistics knows the pages", () => {
  expect(vm.call["statistics"]!(map)).toBe(KERN_SUCCESS);
  expect(vm.cell(VM_STATS_PAGESIZE / 4)).toBe(PAGE);
  expect(vm.cell(VM_STATS_FREE / 4)).toBe(vm.call["free_pages"]!());
});
