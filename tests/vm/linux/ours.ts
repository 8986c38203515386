// Plays traces on the kernel's VM and counts its map entries.
import { VM_INHERIT_COPY, VM_PROT_ALL } from "../../../abi/vm_types";
import type { KernelVm } from "../kernel-vm";
import { ARENA, type Arena, type Mode, PAGE, closeArena, openArena } from "../script";
import { TRACE_PAGES, type Trace, type TraceOperation } from "./trace";

/** The number of entries after each operation. */
export function countEntries(vm: KernelVm, mode: Mode, trace: Trace): number[] {
  const arena = openArena(vm, mode);
  try {
    return trace.map((operation) => {
      run(vm, arena, operation);
      vm.check(arena.map);
      return entries(vm, arena);
    });
  } finally {
    closeArena(arena);
  }
}

function entries(vm: KernelVm, arena: Arena): number {
  const end = ARENA + TRACE_PAGES * PAGE;
  return vm.regions(arena.map).filter(({ start }) => start >= ARENA && start < end).length;
}

export function run(vm: KernelVm, arena: Arena, { letter, numbers }: TraceOperation): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = numbers;
  switch (letter) {
    case "a":
      return map(vm, arena, a, b, 0, 0, 0, c);
    case "s":
    case "c":
      return map(vm, arena, b, c, arena.ports[a]!, d, Number(letter === "c"), e);
    case "u":
      return succeed(vm.call["deallocate"]!(arena.map, ARENA + a * PAGE, b * PAGE));
    case "p":
      return succeed(vm.call["protect"]!(arena.map, ARENA + a * PAGE, b * PAGE, 0, c));
    case "w":
      for (let i = 0; i < b; i++) succeed(vm.call["poke"]!(arena.map, ARENA + (a + i) * PAGE, 1));
      return;
    case "r":
      for (let i = 0; i < b; i++) succeed(vm.call["peek"]!(arena.map, ARENA + (a + i) * PAGE));
      return;
  }
}

function map(
  vm: KernelVm,
  arena: Arena,
  start: number,
  count: number,
  port: number,
  offset: number,
  copy: number,
  protection: number,
): void {
  const at = ARENA + start * PAGE;
  succeed(vm.call["deallocate"]!(arena.map, at, count * PAGE));
  const rights = [protection, VM_PROT_ALL, VM_INHERIT_COPY];
  succeed(vm.call["map_memory"]!(arena.map, at, count * PAGE, 0, 0, port, offset * PAGE, copy, ...rights));
}

function succeed(kr: number): void {
  if (kr !== 0) throw new Error(`the kernel refuses with ${kr}`);
}
