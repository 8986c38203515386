/** The MMU against a plain model: random page tables, accesses of both privileges, and changes followed by each kind of invalidation. */
import { describe, expect, it } from "vitest";
import type { CpuModel } from "../../cpu/cpu";
import { Random } from "../native/random";
import {
  ACCESSED,
  CR0_WP,
  DIRTY,
  Guest,
  KERNEL_BASE,
  PAGE_DIRECTORY,
  PAGE_SIZE,
  PRESENT,
  USER,
  KERNEL_DATA,
  WRITABLE,
} from "./guest";

const SEED = 32;
const ROUNDS = 30;
const ACCESSES_PER_ROUND = 25;
/** Linear addresses under test: the first pages of two directory entries. */
const DIRECTORY_ENTRIES = [0x40000000, 0x40400000];
const PAGES = 12;
/** Physical pages that they may lead to. */
const FRAMES = 0x40000;
const FRAME_COUNT = 8;
const USER_STUB = 0x00400000;
const STUB_PHYSICAL = 0x10000;
const READ = [0x8b, 0x03, 0xcc];
const WRITE = [0x89, 0x03, 0xcc];
const WRITE_OFFSET = 0x10;
const SAVED_BITS = ACCESSED | DIRTY;

interface Access {
  readonly linear: number;
  readonly write: boolean;
  readonly user: boolean;
}

/** Physical address, or the error code of the fault. */
interface Translation {
  readonly physical?: number;
  readonly errorCode?: number;
}

/** What the manual says, straight. Sets A and D in `view` as the access does. */
function model(view: DataView, access: Access, wp: boolean): Translation {
  const { linear, write, user } = access;
  const errorCode = (write ? 2 : 0) | (user ? 4 : 0);
  const pdeAt = PAGE_DIRECTORY + (linear >>> 22) * 4;
  const pde = view.getUint32(pdeAt, true);
  if ((pde & PRESENT) === 0) return { errorCode };
  const pteAt = (pde & ~0xfff) + ((linear >>> 12) & 0x3ff) * 4;
  const pte = view.getUint32(pteAt, true);
  if ((pte & PRESENT) === 0) return { errorCode };
  const both = pde & pte;
  const allowed = user
    ? (both & USER) !== 0 && (!write || (both & WRITABLE) !== 0)
    : !write || !wp || (both & WRITABLE) !== 0;
  if (!allowed) return { errorCode: errorCode | 1 };
  view.setUint32(pdeAt, pde | ACCESSED, true);
  view.setUint32(pteAt, pte | ACCESSED | (write ? DIRTY : 0), true);
  return { physical: ((pte & ~0xfff) | (linear & 0xfff)) >>> 0 };
}

class PagingBench {
  readonly guest: Guest;

  constructor(
    private readonly random: Random,
    cpu: CpuModel,
  ) {
    this.guest = new Guest(cpu);
    const { guest } = this;
    guest.map(USER_STUB, STUB_PHYSICAL, PRESENT | USER);
    guest.write(STUB_PHYSICAL, READ);
    guest.write(STUB_PHYSICAL + WRITE_OFFSET, WRITE);
    for (const base of DIRECTORY_ENTRIES) guest.pageTableEntry(base);
    guest.boot();
  }

  randomTables(): void {
    for (const base of DIRECTORY_ENTRIES) {
      this.randomDirectoryEntry(base);
      for (let page = 0; page < PAGES; page++) this.randomEntry(base + page * PAGE_SIZE);
    }
  }

  private randomDirectoryEntry(base: number): void {
    const at = PAGE_DIRECTORY + (base >>> 22) * 4;
    const table = this.guest.view.getUint32(at, true) & ~0xfff;
    const bits = this.random.chance(0.9) ? PRESENT : 0;
    this.guest.view.setUint32(
      at,
      table | bits | this.random.pick([USER | WRITABLE, USER, WRITABLE, 0]),
      true,
    );
  }

  randomEntry(linear: number): void {
    const { random, guest } = this;
    const table = guest.view.getUint32(PAGE_DIRECTORY + (linear >>> 22) * 4, true) & ~0xfff;
    const frame = FRAMES + random.below(FRAME_COUNT) * PAGE_SIZE;
    const bits =
      random.pick([USER | WRITABLE, USER | WRITABLE, USER, WRITABLE, 0]) |
      (random.chance(0.85) ? PRESENT : 0);
    guest.view.setUint32(
      table + ((linear >>> 12) & 0x3ff) * 4,
      frame | bits | (random.bits() & SAVED_BITS),
      true,
    );
  }

  randomAccess(): Access {
    const { random } = this;
    const linear =
      random.pick(DIRECTORY_ENTRIES) + random.below(PAGES) * PAGE_SIZE + random.below(PAGE_SIZE / 4) * 4;
    return { linear, write: random.chance(0.5), user: random.chance(0.5) };
  }

  /** Executes the access with `value` in EAX. */
  perform({ linear, write, user }: Access, value: number): { errorCode?: number; eax: number; cr2: number } {
    const { guest } = this;
    const { registers } = guest.cpu;
    const offset = write ? WRITE_OFFSET : 0;
    if (user) guest.enterUser(USER_STUB + offset, USER_STUB, 2);
    else {
      guest.runKernel([0x6a, KERNEL_DATA, 0x1f]);
      registers.eip = KERNEL_BASE + STUB_PHYSICAL + offset;
    }
    registers.ebx = linear;
    registers.eax = value;
    const { vector, errorCode } = guest.runToException();
    expect([3, 14]).toContain(vector);
    return {
      errorCode: vector === 14 ? errorCode : undefined,
      eax: registers.eax >>> 0,
      cr2: registers.cr2 >>> 0,
    };
  }

  /** A change, and one of the ways to make the CPU see it. */
  change(): void {
    const { random, guest } = this;
    const linear = random.pick(DIRECTORY_ENTRIES) + random.below(PAGES) * PAGE_SIZE;
    const pointer = [linear & 0xff, (linear >> 8) & 0xff, (linear >> 16) & 0xff, linear >>> 24];
    const ways: (() => void)[] = [
      () => {
        this.randomEntry(linear);
        guest.runKernel([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]); // CR3 again
      },
      () => {
        this.randomDirectoryEntry(random.pick(DIRECTORY_ENTRIES));
        guest.runKernel([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]);
      },
      () => {
        this.randomEntry(linear);
        // Paging off and on: the low identity mapping is gone, so the host does it.
        const { cr0 } = guest.cpu.registers;
        guest.cpu.registers.cr0 = cr0 & 0x7fffffff;
        guest.cpu.registers.cr0 = cr0;
      },
    ];
    if (guest.model === "i486") {
      ways.push(() => {
        this.randomEntry(linear);
        guest.runKernel([0x0f, 0x01, 0x3d, ...pointer]); // INVLPG
      });
      ways.push(() => {
        guest.cpu.registers.cr0 ^= CR0_WP;
      });
    }
    random.pick(ways)();
  }
}

describe.each<CpuModel>(["i486", "i386"])("paging of the %s", (cpu) => {
  it("agrees with a plain walk on results, faults, accessed and dirty bits", () => {
    const random = new Random(SEED);
    const bench = new PagingBench(random, cpu);
    const { guest } = bench;
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 10 === 0) {
        bench.randomTables();
        guest.runKernel([0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8]);
      }
      for (let i = 0; i < ACCESSES_PER_ROUND; i++)
        step(bench, random, `seed ${SEED}, round ${round}, access ${i}`);
      bench.change();
    }
  });

  function step(bench: PagingBench, random: Random, where: string): void {
    const { guest } = bench;
    const access = bench.randomAccess();
    const value = random.bits();
    const copy = new DataView(guest.cpu.memory.slice(0, 0x8000).buffer);
    const wp = cpu === "i486" && (guest.cpu.registers.cr0 & CR0_WP) !== 0;
    const expected = model(copy, access, wp);
    const before = expected.physical === undefined ? 0 : guest.view.getUint32(expected.physical, true);
    const { errorCode, eax, cr2 } = bench.perform(access, value);
    const what = `${where}: ${JSON.stringify(access)}`;
    expect(errorCode, what).toBe(expected.errorCode);
    if (expected.physical === undefined) expect(cr2, what).toBe(access.linear);
    else if (access.write) expect(guest.view.getUint32(expected.physical, true), what).toBe(value);
    else expect(eax, what).toBe(before);
    for (const base of DIRECTORY_ENTRIES) {
      expect(tableBits(guest.view, base), what).toEqual(tableBits(copy, base));
    }
  }

  function tableBits(view: DataView, base: number): number[] {
    const pde = view.getUint32(PAGE_DIRECTORY + (base >>> 22) * 4, true);
    const table = pde & ~0xfff;
    return [pde, ...Array.from({ length: PAGES }, (_, i) => view.getUint32(table + 4 * i, true))];
  }

  it("translates for the debugger without side effects", () => {
    const random = new Random(SEED + 1);
    const bench = new PagingBench(random, cpu);
    bench.randomTables();
    const { guest } = bench;
    const before = guest.cpu.memory.slice(0, 0x8000);
    for (let i = 0; i < 200; i++) {
      const { linear } = bench.randomAccess();
      const copy = new DataView(before.slice().buffer);
      const { physical = -1 } = model(copy, { linear, write: false, user: false }, true);
      expect(guest.cpu.translate(linear)).toBe(physical);
    }
    expect(Buffer.compare(guest.cpu.memory.slice(0, 0x8000), before)).toBe(0);
  });
});
