// Runs scenario scripts on the VM and prints what they leave, in the notation of scenarios.ts.
import type { KernelVm, PagerBehaviour, Region } from "./kernel-vm";

export const PAGE = 4096;
/** Page 0 of the scripts. */
export const ARENA = 0x10000000;
/** Pages that scripts use. */
export const ARENA_PAGES = 0x40;
/** Where vm_write takes its data from: the buffer begins one page into the object. */
const BUFFER = 0x08000000;
const BUFFER_PAGES = 0x11;

export type Mode = "none" | "backward" | "series" | "full";
export const MODES: readonly Mode[] = ["none", "backward", "series", "full"];

export interface Arena {
  vm: KernelVm;
  map: number;
  children: number[];
  /** Ports of the pager objects O0, O1, O2. */
  ports: number[];
}

export function openArena(vm: KernelVm, mode: Mode, pagers: PagerBehaviour = {}): Arena {
  vm.call["vm_merge_set_mode"]!(MODES.indexOf(mode));
  const map = vm.createMap();
  vm.call["vm_map_activate"]!(map);
  succeed("buffer", vm.call["allocate"]!(map, BUFFER, BUFFER_PAGES * PAGE, 0));
  for (let page = 0; page < BUFFER_PAGES; page++) {
    succeed("buffer", vm.call["poke"]!(map, BUFFER + page * PAGE, 0xb0000000 + page));
  }
  return { vm, map, children: [], ports: [0, 1, 2].map((id) => vm.addPager({ ...pagers, id }).port) };
}

/** Frees all that the arena held. */
export function closeArena(arena: Arena): void {
  for (const child of arena.children) arena.vm.call["vm_map_deallocate"]!(child);
  arena.vm.call["vm_map_deallocate"]!(arena.map);
  arena.vm.removePagers();
}

function succeed(what: string, kr: number): void {
  if (kr !== 0) throw new Error(`${what} failed with ${kr}`);
}

/** One operation of a script, such as "a4,4"; throws when the kernel refuses it. */
export function runOperation(arena: Arena, operation: string, stamp: number): void {
  const { vm, map } = arena;
  const numbers = operation
    .slice(1)
    .split(",")
    .filter(Boolean)
    .map((text) => parseInt(text, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = numbers;
  const at = ARENA + a * PAGE;
  const call = (name: string, ...args: number[]) => succeed(operation, vm.call[name]!(map, ...args));
  const mapObject = (copy: number, protection: number) =>
    call("map_memory", ARENA + b * PAGE, c * PAGE, 0, 0, arena.ports[a]!, d * PAGE, copy, protection, 7, 1);
  switch (operation[0]) {
    case "a":
      return call("allocate", at, b * PAGE, 0);
    case "d":
      return call("deallocate", at, b * PAGE);
    case "p":
      return call("protect", at, b * PAGE, 0, c);
    case "m":
      return call("protect", at, b * PAGE, 1, c);
    case "i":
      return call("inherit", at, b * PAGE, c);
    case "w":
      return call("wire", 1, at, b * PAGE, c);
    case "t":
      return call("poke", at, 0x10000 + stamp);
    case "r":
      return call("peek", at);
    case "n":
      return call("map_memory", at, b * PAGE, 0, 0, 0, 0, 0, c, d, e);
    case "o":
      return call("write_from", BUFFER + PAGE, b * PAGE, at);
    case "f":
      return mapObject(e, 3);
    case "g":
      return mapObject(0, e);
    case "c":
      return call("copy", at, b * PAGE, ARENA + c * PAGE);
    case "v":
      call("read_into", at, b * PAGE);
      return call("deallocate", vm.cell(0), b * PAGE);
    case "k":
    case "K":
      return fork(arena, operation === "k");
    default:
      throw new Error(`no such operation: ${operation}`);
  }
}

function fork(arena: Arena, keep: boolean): void {
  const child = arena.vm.call["vm_map_fork"]!(arena.map) >>> 0;
  if (child === 0) throw new Error("fork failed");
  arena.vm.check(child);
  if (keep) arena.children.push(child);
  else arena.vm.call["vm_map_deallocate"]!(child);
}

export function runScript(arena: Arena, script: string): void {
  script.split(" ").forEach((operation, index) => {
    runOperation(arena, operation, index + 1);
    arena.vm.check(arena.map);
  });
}

const PROTECTION_LETTERS = "rwx";
function rights(bits: number): string {
  return [...PROTECTION_LETTERS].map((letter, bit) => (bits & (1 << bit) ? letter : "-")).join("");
}

export function arenaRegions(arena: Arena): Region[] {
  const end = ARENA + ARENA_PAGES * PAGE;
  return arena.vm.regions(arena.map).filter((region) => region.start >= ARENA && region.start < end);
}

/** The arena's entries as scenarios.ts writes them. */
export function describeArena(arena: Arena): string[] {
  const objects: number[] = [];
  return arenaRegions(arena).map((region) => {
    if (region.object !== 0 && !objects.includes(region.object)) objects.push(region.object);
    const pages = (address: number) => ((address - ARENA) / PAGE).toString(16);
    const range = `[${pages(region.start)},${pages(region.end)})`;
    const inherit = "SCN"[region.inheritance]! + (region.shared ? "*" : "");
    const name = region.object === 0 ? 0 : objects.indexOf(region.object) + 1;
    const object = `o${name}+${(region.offset / PAGE).toString(16)}`;
    return `${range} ${rights(region.protection)}/${rights(region.maximum)} ${inherit} ${object}`;
  });
}

/** What each page of the arena shows: protection, maximum, inheritance, and its first word if it can be read. */
export function arenaPages(arena: Arena): string[] {
  const pages: string[] = [];
  for (const region of arenaRegions(arena)) {
    for (let at = region.start; at < region.end; at += PAGE) {
      const kr = arena.vm.call["peek"]!(arena.map, at);
      const content = kr === 0 ? arena.vm.cell(0).toString(16) : `error ${kr}`;
      const page = ((at - ARENA) / PAGE).toString(16);
      pages.push(
        `${page}: ${rights(region.protection)}/${rights(region.maximum)} ${region.inheritance} ${content}`,
      );
    }
  }
  return pages;
}
