// The kernel's own memory: address maps under the same rules as a task's. Random allocations, with contents, in all modes.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { KernelVm } from "./kernel-vm";
import { MODES, PAGE, type Mode } from "./script";

const seed = Number(process.env.MACH386_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KMEM_BASE = 0xf0000000;
const KMEM_END = 0xf8000000;

interface Block {
  address: number;
  pages: number;
  word: number;
}

/** Either a block of so many pages, or the end of the block with that number (modulo how many there are). */
type Step = { allocate: number } | { free: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(fc.record({ allocate: fc.integer({ min: 1, max: 12 }) }), fc.record({ free: fc.nat(1000) })),
  { minLength: 60, maxLength: 200 },
);

/** Runs of addresses that touch, of `blocks` and the page that is always there. */
function runs(blocks: readonly Block[]): number {
  const sorted = [{ address: KMEM_BASE, pages: 1 }, ...blocks].sort((a, b) => a.address - b.address);
  return sorted.filter(({ address }, index) => {
    const before = sorted[index - 1];
    return before === undefined || before.address + before.pages * PAGE !== address;
  }).length;
}

describe(`the kernel's map (MACH386_SEED=${seed})`, () => {
  let vm: KernelVm;
  beforeAll(async () => {
    vm = await KernelVm.boot();
  });

  function setMode(mode: Mode): void {
    vm.call["vm_merge_set_mode"]!(MODES.indexOf(mode));
  }

  const sound = (map: number) => vm.call["vm_map_check"]!(map);
  /** The map has one entry for the stacks. */
  const STACKS = 1;
  const entries = (map: number) => vm.regions(map, KMEM_BASE, KMEM_END);

  it.each(MODES)(
    "holds blocks that neither overlap nor lose a word, in as few entries as the mode can: %s",
    (mode) => {
      const map = vm.call["kernel_map_of"]!(0) >>> 0;
      const play = (sequence: Step[]) => {
        setMode(mode);
        const before = vm.call["free_pages"]!();
        const inUse = vm.call["entries_in_use"]!();
        const blocks: Block[] = [];
        const free = (index: number) => {
          const [block] = blocks.splice(index, 1);
          for (let page = 0; page < block!.pages; page++)
            expect(vm.word(block!.address + page * PAGE)).toBe(page === 0 ? block!.word : 0);
          vm.call["kmem_free"]!(map, block!.address, block!.pages * PAGE);
        };
        sequence.forEach((step, number) => {
          if ("allocate" in step) {
            const address = vm.call["kmem_alloc"]!(map, step.allocate * PAGE) >>> 0;
            expect(address).toBeGreaterThan(KMEM_BASE);
            vm.setWord(address, number + 1);
            blocks.push({ address, pages: step.allocate, word: number + 1 });
          } else if (blocks.length > 0) {
            free(step.free % blocks.length);
          }
          expect(sound(map)).toBe(0);
          const held = entries(map).length - STACKS;
          if (mode === "series" || mode === "full") expect(held).toBe(runs(blocks));
          else expect(held).toBe(blocks.length + 1);
        });
        while (blocks.length > 0) free(0);
        // An entry more in the zone's page is the only thing that may remain.
        expect(vm.call["free_pages"]!()).toBeGreaterThanOrEqual(before - 1);
        expect(vm.call["entries_in_use"]!()).toBe(inUse);
      };
      fc.assert(fc.property(steps, play), { seed, numRuns: 20 });
    },
  );

  it("puts a free page on either side of a stack, whatever was freed before", () => {
    setMode("full");
    const map = vm.call["kernel_map_of"]!(1) >>> 0;
    const stacks: number[] = [];
    const make = () => stacks.push(vm.call["kmem_alloc_guarded"]!(map, 2 * PAGE) >>> 0);
    for (let i = 0; i < 8; i++) make();
    for (const index of [5, 2, 1]) vm.call["kmem_free"]!(map, stacks.splice(index, 1)[0]!, 2 * PAGE);
    for (let i = 0; i < 6; i++) make();
    expect(sound(map)).toBe(0);
    const taken = entries(map);
    expect(taken).toHaveLength(stacks.length + 1);
    taken.forEach(({ start }, index) => {
      if (index > 0) expect(start).toBeGreaterThanOrEqual(taken[index - 1]!.end + PAGE);
    });
    for (const stack of stacks) vm.call["kmem_free"]!(map, stack, 2 * PAGE);
    expect(entries(map)).toHaveLength(1);
  });

  it("gives nothing, and keeps nothing, when there are no pages or no addresses", () => {
    const map = vm.call["kernel_map_of"]!(0) >>> 0;
    const before = entries(map);
    expect(vm.call["kmem_alloc"]!(map, 64 << 20)).toBe(0);
    expect(vm.call["kmem_alloc"]!(map, 0x7fff0000)).toBe(0);
    expect(vm.call["kmem_alloc"]!(map, 0)).toBe(0);
    expect(entries(map)).toEqual(before);
    expect(sound(map)).toBe(0);
  });
});
