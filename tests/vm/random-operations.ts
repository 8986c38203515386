// Random calls on several address spaces and what they must do, by a model that knows nothing of entries.
import fc from "fast-check";
import { VM_WIRE_FUTURE, VM_WIRE_NONE } from "../../abi/vm_types";
import { expect } from "vitest";
import { KernelVm } from "./kernel-vm";
import { ModelFiles, ModelSpace } from "./model";
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
  words: number[];
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
      expect(this.actual(space), `space ${index} in mode ${this.mode}`).toEqual(this.expected(space));
    });
  }

  private expected({ model }: Space): string[] {
    return model.pages.map((page, at) => {
      if (page === undefined) return "-";
      const { code, word } = model.peek(at);
      return `${page.protection}/${page.maximum} ${page.inheritance} ${code} ${word.toString(16)}`;
    });
  }

  private actual({ map }: Space): string[] {
    const pages = new Array<string>(PAGES).fill("-");
    for (const region of vm.regions(map)) {
      for (let at = region.start; at < region.end; at += PAGE) {
        const page = (at - ARENA) / PAGE;
        if (page < 0 || page >= PAGES) continue;
        const code = vm.call["peek"]!(map, at);
        const word = code === 0 ? vm.cell(0) : 0;
        pages[page] =
          `${region.protection}/${region.maximum} ${region.inheritance} ${code} ${word.toString(16)}`;
      }
    }
    return pages;
  }

  close(): void {
    for (const { copy } of this.messages) vm.call["vm_map_copy_discard"]!(copy);
    this.arena.children.push(...this.spaces.slice(1).map((space) => space.map));
    closeArena(this.arena);
  }
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
      return [kr, model.map(at, count, protection, 7, 1, copy ? cells.map((cell) => ({ ...cell })) : cells)];
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
    return [kr, model.protect(at, count, protection, dice === 0)];
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
    return [vm.call["poke"]!(map, ARENA + at * PAGE, value), model.poke(at, value)];
  }),
);

const peek = fc.tuple(who, start).map(([w, at]) =>
  operation("peek", w, [at], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["peek"]!(map, ARENA + at * PAGE);
    const { code, word } = model.peek(at);
    if (kr === 0 && code === 0) expect(vm.cell(0)).toBe(word);
    return [kr, code];
  }),
);

const copy = fc.tuple(who, range, start).map(([w, [at, count], to]) =>
  operation("copy", w, [at, Math.min(count, PAGES - to), to], (world) => {
    const { map, model } = world.space(w);
    const length = Math.min(count, PAGES - to);
    // What overlapping ranges give is not defined.
    if (at < to + length && to < at + length) return [0, 0];
    const kr = vm.call["copy"]!(map, ARENA + at * PAGE, length * PAGE, ARENA + to * PAGE);
    return [kr, model.copy(at, length, to)];
  }),
);

const read = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("read", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["read_into"]!(map, ARENA + at * PAGE, count * PAGE);
    const place = vm.cell(0);
    if (kr === 0) {
      for (let i = 0; i < count; i++) {
        expect(vm.call["peek"]!(map, place + i * PAGE)).toBe(0);
        expect(vm.cell(0)).toBe(model.peek(at + i).word);
      }
      expect(vm.call["deallocate"]!(map, place, count * PAGE)).toBe(0);
    }
    return [kr, model.read(at, count)];
  }),
);

const write = fc.tuple(who, range).map(([w, [at, count]]) =>
  operation("write", w, [at, count], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["write_from"]!(map, BUFFER + PAGE, count * PAGE, ARENA + at * PAGE);
    return [
      kr,
      model.write(
        at,
        Array.from({ length: count }, (_, i) => 0xb0000001 + i),
      ),
    ];
  }),
);

const wire = fc.tuple(who, range, fc.constantFrom(0, 1, 3)).map(([w, [at, count], access]) =>
  operation("wire", w, [at, count, access], (world) => {
    const { map, model } = world.space(w);
    const kr = vm.call["wire"]!(map, 1, ARENA + at * PAGE, count * PAGE, access);
    return [kr, model.wire(at, count, access)];
  }),
);

const fork = fc.tuple(who, who).map(([w, dying]) =>
  operation("fork", w, [dying], (world) => {
    const { map, model } = world.space(w);
    const child = vm.call["vm_map_fork"]!(map) >>> 0;
    if (child === 0) return [1, 0];
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
    const words = Array.from({ length: count }, (_, i) => model.peek(at + i).word);
    const kr = vm.call["vm_map_copyin"]!(map, ARENA + at * PAGE, count * PAGE, Number(destroy), vm.scratch);
    if (kr === 0) {
      world.messages.push({ copy: vm.cell(0), words });
      if (destroy) model.deallocate(at, count);
    }
    return [kr, code];
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
    message.words.forEach((word, i) => {
      expect(vm.call["peek"]!(map, place + i * PAGE)).toBe(0);
      expect(vm.cell(0)).toBe(word);
      expect(vm.call["poke"]!(map, place + i * PAGE, ~word)).toBe(0);
    });
    expect(vm.call["deallocate"]!(map, place, message.words.length * PAGE)).toBe(0);
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
);
