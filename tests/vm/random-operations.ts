// Random calls on several address spaces and what they must do, by a model that knows nothing of entries.
import fc from "fast-check";
import { KERN_MEMORY_ERROR } from "../../abi/kern_return";
import { VM_WIRE_FUTURE, VM_WIRE_NONE } from "../../abi/vm_types";
import assert from "node:assert/strict";
import { KernelVm } from "./kernel-vm";
import { type Cell, ModelFiles, ModelSpace, copyOf, isDoomed } from "./model";
import { ARENA, type Arena, type Mode, PAGE, closeArena, openArena } from "./script";

const PAGES = 24;
const MAPS_MAX = 4;
const MESSAGES_MAX = 4;
const BUFFER = 0x08000000;

let vm: KernelVm;

/** A machine of which the default pager is the harness: what does not fit is paged out. */
export async function bootWorlds(): Promise<KernelVm> {
  vm = await KernelVm.boot({ memory: 6 << 20 });
  vm.startDefaultPager();
  return vm;
}

interface Message {
  copy: number;
  cells: Cell[];
}

interface Space {
  map: number;
  model: ModelSpace;
}

export class World {
  readonly arena: Arena;
  readonly spaces: Space[];
  readonly files = new ModelFiles();
  /** Copies in messages that nobody has received yet. */
  readonly messages: Message[] = [];

  constructor(readonly mode: Mode) {
    this.arena = openArena(vm, mode, { mayCache: true });
    this.spaces = [{ map: this.arena.map, model: new ModelSpace(PAGES) }];
  }

  space(index: number): Space {
    return this.spaces[index % this.spaces.length]!;
  }

  check(): void {
    for (const space of this.spaces) vm.check(space.map);
  }

  /** Every page must have the attributes and contents of the model. */
  compare(): void {
    this.spaces.forEach((space, index) => {
      const expected = this.expected(space);
      this.actual(space).forEach((found, page) => {
        assert.equal(found, expected[page], `space ${index}, page ${page}: ${found}, not ${expected[page]}`);
      });
    });
  }

  private expected({ model }: Space): string[] {
    return model.pages.map((page, at) => {
      if (page === undefined) return "-";
      const { code, word } = model.peek(at);
      const shown = isDoomed(page.cell) && code === 0 ? "?" : `${code} ${word.toString(16)}`;
      return `${page.protection}/${page.maximum} ${page.inheritance} ${shown}`;
    });
  }

  private actual({ map, model }: Space): string[] {
    const pages = new Array<string>(PAGES).fill("-");
    for (const region of vm.regions(map)) {
      for (let at = region.start; at < region.end; at += PAGE) {
        const page = (at - ARENA) / PAGE;
        if (page < 0 || page >= PAGES) continue;
        const code = vm.call["peek"]!(map, at);
        const word = code === 0 ? vm.cell(0) : 0;
        pages[page] =
          `${region.protection}/${region.maximum} ${region.inheritance} ${shown(model, page, code, word)}`;
      }
    }
    return pages;
  }

  close(): void {
    vm.disorder = 0;
    for (const { copy } of this.messages) vm.call["vm_map_copy_discard"]!(copy);
    this.arena.children.push(...this.spaces.slice(1).map((space) => space.map));
    closeArena(this.arena);
  }
}

/** A page that may be lost shows its word, or that it is lost, which is as good. */
function shown(model: ModelSpace, page: number, code: number, word: number): string {
  const cell = model.pages[page]?.cell;
  const fine =
    cell && isDoomed(cell) && (isLost(code) || (code === 0 && (cell.unknown || word === cell.word)));
  return fine ? "?" : `${code} ${word.toString(16)}`;
}

const isLost = (code: number): boolean => code === KERN_MEMORY_ERROR;

/** The codes of a call on memory that may be lost (`doomed`): then the kernel may say so, and `lose` tells the model. */
function settle(kr: number, doomed: boolean, apply: () => number, lose?: () => void): [number, number] {
  if (!doomed || !isLost(kr)) return [kr, apply()];
  lose?.();
  return [kr, kr];
}

/** One call: tells the kernel and the model, and returns both codes. */
export type Operation = { text: string; run: (world: World) => [number, number] };

const start = fc.nat(PAGES - 1);
const range = fc
  .tuple(start, fc.integer({ min: 1, max: 12 }))
  .map(([at, count]) => [at, Math.min(count, PAGES - at)] as const);
const who = fc.nat(MAPS_MAX - 1);
const rights = fc.constantFrom(0, 1, 3, 3, 3, 7, 5);
const word = fc.integer({ min: 1, max: 0xffff });

function operation(
  name: string,
  space: number,
  args: (number | boolean)[],
  run: Operation["run"],
): Operation {
  return { text: `${name}@${space}(${args.join(",")})`, run };
}

const allocate = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("allocate", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    return [vm.call["allocate"]!(map, ARENA + at * PAGE, count * PAGE, 0), model.map(at, count, 3, 7, 1)];
  }),
);

const mapNull = fc
  .tuple(who, range, rights, fc.constantFrom(7, 7, 3), fc.nat(2))
  .map(([w, [at, count], protection, maximum, inheritance]) =>
    operation("map", w, [at, count, protection, maximum, inheritance], (world) => {
      const { map, model } = world.space(w);
      const kr = vm.call["map_memory"]!(
        map,
        ARENA + at * PAGE,
        count * PAGE,
        0,
        0,
        0,
        0,
        0,
        protection,
        maximum,
        inheritance,
      );
      return [kr, model.map(at, count, protection, maximum, inheritance)];
    }),
  );

const mapFile = fc
  .tuple(who, range, fc.nat(2), fc.nat(8), fc.boolean(), fc.constantFrom(1, 3))
  .map(([w, [at, count], file, page, copy, protection]) =>
    operation("file", w, [at, count, file, page, copy, protection], (world) => {
      const { map, model } = world.space(w);
      const port = world.arena.ports[file]!;
      const kr = vm.call["map_memory"]!(
        map,
        ARENA + at * PAGE,
        count * PAGE,
        0,
        0,
        port,
        page * PAGE,
        Number(copy),
        protection,
        7,
        1,
      );
      const cells = Array.from({ length: count }, (_, i) => world.files.cell(file, page + i));
      return [kr, model.map(at, count, protection, 7, 1, copy ? cells.map(copyOf) : cells)];
    }),
  );

const deallocate = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("deallocate", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    return [vm.call["deallocate"]!(map, ARENA + at * PAGE, count * PAGE), model.deallocate(at, count)];
  }),
);

const protect = fc.tuple(who, range, rights, fc.nat(9)).map(([w, [at, count], protection, dice]) =>
  operation("protect", w, [at, count, protection, dice === 0], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["protect"]!(map, ARENA + at * PAGE, count * PAGE, Number(dice === 0), protection);
    const set = () => model.protect(at, count, protection, dice === 0);
    return settle(kr, model.doomed(at, count), set, set);
  }),
);

const inherit = fc.tuple(who, range, fc.nat(2)).map(([w, [at, count], inheritance]) =>
  operation("inherit", w, [at, count, inheritance], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["inherit"]!(map, ARENA + at * PAGE, count * PAGE, inheritance);
    return [kr, model.inherit(at, count, inheritance)];
  }),
);

const poke = fc.tuple(who, start, word).map(([w, at, value]) =>
  operation("poke", w, [at, value], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["poke"]!(map, ARENA + at * PAGE, value);
    return settle(kr, model.doomed(at, 1), () => model.poke(at, value));
  }),
);

const peek = fc.tuple(who, start).map(([w, at]) =>
  operation("peek", w, [at], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["peek"]!(map, ARENA + at * PAGE);
    const { code, word } = model.peek(at);
    if (kr === 0 && code === 0 && !model.pages[at]!.cell.unknown) assert.equal(vm.cell(0), word, "the word");
    return settle(kr, model.doomed(at, 1), () => code);
  }),
);

const copy = fc.tuple(who, range, start).map(([w, [at, count], to]) =>
  operation("copy", w, [at, Math.min(count, PAGES - to), to], (world) => {
    const { map, model } = world.space(w);
    const length = Math.min(count, PAGES - to);
    // What overlapping ranges give is not defined.
    if (at < to + length && to < at + length) return [0, 0];
    const kr = vm.call["copy"]!(map, ARENA + at * PAGE, length * PAGE, ARENA + to * PAGE);
    return settle(
      kr,
      model.doomed(at, length) || model.doomed(to, length),
      () => model.copy(at, length, to),
      () => model.lose(to, length),
    );
  }),
);

/** The word at `at` is the cell's, or lost if that may be. */
function expectFound(map: number, at: number, cell: Cell): void {
  const code = vm.call["peek"]!(map, at);
  if (isDoomed(cell) && (isLost(code) || cell.unknown)) return;
  assert.equal(code, 0, "the code of reading");
  assert.equal(vm.cell(0), cell.word, "the word");
}

const read = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("read", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["read_into"]!(map, ARENA + at * PAGE, count * PAGE);
    const place = vm.cell(0);
    if (kr === 0) {
      for (let i = 0; i < count; i++) expectFound(map, place + i * PAGE, model.pages[at + i]!.cell);
      assert.equal(vm.call["deallocate"]!(map, place, count * PAGE), 0);
    }
    return settle(kr, model.doomed(at, count), () => model.read(at, count));
  }),
);

const write = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("write", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["write_from"]!(map, BUFFER + PAGE, count * PAGE, ARENA + at * PAGE);
    const words = Array.from({ length: count }, (_, i) => 0xb0000001 + i);
    return settle(
      kr,
      model.doomed(at, count),
      () => model.write(at, words),
      () => model.lose(at, count),
    );
  }),
);

const wire = fc.tuple(who, range, fc.constantFrom(0, 1, 3)).map(([w, [at, count], access]) =>
  operation("wire", w, [at, count, access], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["wire"]!(map, 1, ARENA + at * PAGE, count * PAGE, access);
    return settle(kr, model.doomed(at, count), () => model.wire(at, count, access));
  }),
);

const fork = fc.tuple(who, who).map(([w, dying]) =>
  operation("fork", w, [dying], (world) => {
    const { map, model } = world.space(w);
    const child = vm.call["vm_map_fork"]!(map) >>> 0;
    if (child === 0) return [Number(!model.doomed(0, PAGES)), 0];
    world.spaces.push({ map: child, model: model.fork() });
    if (world.spaces.length > MAPS_MAX) {
      const [gone] = world.spaces.splice(1 + (dying % (world.spaces.length - 1)), 1);
      vm.call["vm_map_deallocate"]!(gone!.map);
    }
    return [0, 0];
  }),
);

/** How many pages may be free: fewer are taken by paging out what was used longest ago. */
const pageOut = fc.constantFrom(1300, 1400, 100_000).map((count) =>
  operation("pageOut", 0, [count], () => {
    vm.pageOut(count);
    return [0, 0];
  }),
);

const background = fc.constant(
  operation("background", 0, [], () => {
    while (vm.call["vm_merge_background"]!());
    return [0, 0];
  }),
);

const send = fc.tuple(who, range, fc.boolean()).map(([w, [at, count], destroy]) =>
  operation("send", w, [at, count, destroy], (world) => {
    if (world.messages.length === MESSAGES_MAX) return [0, 0];
    const { map, model } = world.space(w);
    const code = model.read(at, count);
    const cells = model.pages.slice(at, at + count).map((page) => page && copyOf(page.cell));
    const kr = vm.call["vm_map_copyin"]!(map, ARENA + at * PAGE, count * PAGE, Number(destroy), vm.scratch);
    if (kr === 0) {
      world.messages.push({ copy: vm.cell(0), cells: cells as Cell[] });
      if (destroy) model.deallocate(at, count);
    }
    return settle(kr, model.doomed(at, count), () => code);
  }),
);

/** The oldest message is received: found as it was sent, written to, and freed; or it is destroyed. */
const receive = fc.tuple(who, fc.boolean()).map(([w, destroyed]) =>
  operation("receive", w, [destroyed], (world) => {
    const message = world.messages.shift();
    if (message === undefined) return [0, 0];
    const { map } = world.space(w);
    if (destroyed) {
      vm.call["vm_map_copy_discard"]!(message.copy);
      return [0, 0];
    }
    const kr = vm.call["vm_map_copyout"]!(map, vm.scratch, message.copy);
    const place = vm.cell(0);
    message.cells.forEach((cell, i) => {
      expectFound(map, place + i * PAGE, cell);
      const written = vm.call["poke"]!(map, place + i * PAGE, ~cell.word);
      if (!isDoomed(cell) || !isLost(written)) assert.equal(written, 0);
    });
    assert.equal(vm.call["deallocate"]!(map, place, message.cells.length * PAGE), 0);
    return [kr, 0];
  }),
);

/** All memory that is mapped from now on is to be wired, or no longer. */
const wireFuture = fc
  .tuple(who, fc.boolean())
  .map(([w, on]) =>
    operation("wireFuture", w, [on], (world) => [
      vm.call["wire_all"]!(world.space(w).map, on ? VM_WIRE_FUTURE : VM_WIRE_NONE),
      0,
    ]),
  );

/** A pager takes its pages back, and is asked for them again. */
const flush = fc.tuple(fc.nat(2), fc.boolean()).map(([file, flushed]) =>
  operation("flush", 0, [file, flushed], (world) => {
    const port = world.arena.ports[file]!;
    vm.settle();
    const pager = vm.pagers.find((one) => one.port === port)!;
    if (pager.control === 0) return [0, 0];
    return [vm.call["pager_lock"]!(pager.control, 0, 64 * PAGE, 2, Number(flushed), 8, 0), 0];
  }),
);

/** A pager dies, and what only it had; another takes its place. */
const death = fc.nat(2).map((file) =>
  operation("death", 0, [file], (world) => {
    vm.killPager(world.arena.ports[file]!);
    world.files.die(file);
    world.arena.ports[file] = vm.addPager({ id: file, mayCache: true }).port;
    return [0, 0];
  }),
);

/** How pagers behave from now on: whether they say everything twice, and in which order they are heard. */
const habits = fc.tuple(fc.nat(2), fc.boolean(), fc.nat(9)).map(([file, repeats, disorder]) =>
  operation("habits", 0, [file, repeats, disorder], (world) => {
    vm.pagers.find((one) => one.port === world.arena.ports[file])!.repeats = repeats;
    vm.disorder = disorder;
    return [0, 0];
  }),
);

export const operationArbitrary: fc.Arbitrary<Operation> = fc.oneof(
  { arbitrary: allocate, weight: 6 },
  { arbitrary: mapNull, weight: 3 },
  { arbitrary: mapFile, weight: 3 },
  { arbitrary: deallocate, weight: 4 },
  { arbitrary: protect, weight: 5 },
  { arbitrary: inherit, weight: 3 },
  { arbitrary: poke, weight: 8 },
  { arbitrary: peek, weight: 4 },
  { arbitrary: copy, weight: 3 },
  { arbitrary: read, weight: 2 },
  { arbitrary: write, weight: 2 },
  { arbitrary: wire, weight: 2 },
  { arbitrary: fork, weight: 2 },
  { arbitrary: send, weight: 2 },
  { arbitrary: receive, weight: 2 },
  { arbitrary: pageOut, weight: 1 },
  { arbitrary: background, weight: 1 },
  { arbitrary: wireFuture, weight: 1 },
  { arbitrary: flush, weight: 1 },
  { arbitrary: death, weight: 1 },
  { arbitrary: habits, weight: 1 },
);
