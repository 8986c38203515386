import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildImage, PARTITION_FIRST_SECTOR } from "../../tools/image/image";
import { DiskModel, loadLibrary, PAGE, type Library } from "./library";

let library: Library;
beforeAll(async () => {
  library = await loadLibrary();
});
beforeEach(() => library.reset());

const u32 = (value: number) => value >>> 0;

describe("strings", () => {
  it("compares byte strings with literals", () => {
    const { call, bytes, text } = library;
    expect(call.string_equals(bytes("abc"), text("abc"))).toBe(1);
    expect(call.string_equals(bytes("abcd"), text("abc"))).toBe(0);
    expect(call.string_equals(bytes("ab"), text("abc"))).toBe(0);
    expect(call.string_starts_with(bytes("abcd"), text("abc"))).toBe(1);
  });

  it.each([
    ["0", 0],
    ["4294967295", 0xffffffff],
    ["12x", 12],
    ["", 0],
  ])("parses %j", (source, value) => {
    expect(u32(library.call.parse_u32(library.bytes(source)))).toBe(value);
  });

  it("finds the last option of a name, at the start of a word only", () => {
    const { call, bytes, text, memory } = library;
    const at = call.find_option(bytes("a vm.merge=none xvm.merge=no vm.merge=full z"), text("vm.merge="));
    expect(Buffer.from(memory.slice(at, at + 6)).toString()).toBe("full z");
    expect(call.word_equals(at, text("full"))).toBe(1);
    expect(call.word_equals(at, text("ful"))).toBe(0);
    expect(call.find_option(bytes("vm.merg=1"), text("vm.merge="))).toBe(0);
  });

  it("cuts copies to their room", () => {
    const { call, bytes, memory } = library;
    const to = bytes("........");
    expect(call.string_copy(to, bytes("abcdef"), 4)).toBe(3);
    expect(Buffer.from(memory.slice(to, to + 5)).toString("latin1")).toBe("abc\0.");
  });
});

describe("printing", () => {
  const printed = (print: () => void) => {
    library.reset();
    print();
    library.call.print_flush();
    return library.output();
  };

  it("prints numbers like printf", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        const { call } = library;
        expect(printed(() => call.print_u32(value))).toBe(String(value));
        expect(printed(() => call.print_i32(value))).toBe(String(value | 0));
        expect(printed(() => call.print_hex(value))).toBe(value.toString(16));
        expect(printed(() => call.print_address(value))).toBe("0x" + value.toString(16).padStart(8, "0"));
        expect(printed(() => call.print_u32_padded(value, 7))).toBe(String(value).padStart(7));
      }),
    );
  });

  it("fills templates in order and survives missing and surplus values", () => {
    const { call, text, bytes } = library;
    const formatted = (template: string, ...values: number[]) =>
      printed(() => {
        for (const value of values) call.arg(value);
        call.format(text(template));
      });
    expect(formatted("%u-%d-%x-%p-%%-%c", 1, -2, 255, 16, 65)).toBe("1--2-ff-0x00000010-%-A");
    expect(
      printed(() => {
        call.arg(bytes("text"));
        call.format(text("<%s>"));
      }),
    ).toBe("<text>");
    expect(formatted("%u %u", 7)).toBe("7 0");
    expect(formatted("end %", 1, 2, 3)).toBe("end %");
    expect(formatted("%u", ...Array.from({ length: 20 }, (_, index) => index))).toBe("0");
  });

  it("writes long lines in pieces", () => {
    const long = "x".repeat(2000);
    expect(printed(() => library.call.print_bytes(library.bytes(long)))).toBe(long);
  });
});

describe("the break", () => {
  it("goes up and down over a reserved segment with the calls that the C library makes", () => {
    const { call, map, view } = library;
    const base = u32(call.sbrk(0));
    expect(map.protectionAt(base)).toBe(0);
    library.reset();
    expect(call.brk(base + 4 * PAGE)).toBe(0);
    expect(map.calls).toEqual(["vm_protect"]);
    expect(map.protectionAt(base + 4 * PAGE - 1)).toBe(7);
    expect(map.protectionAt(base + 4 * PAGE)).toBe(0);
    view.setUint32(base + 2 * PAGE, 5, true);
    library.reset();
    expect(call.brk(base + 2 * PAGE + 1)).toBe(0);
    expect(map.calls).toEqual(["vm_deallocate", "vm_map"]);
    expect(map.protectionAt(base + 3 * PAGE)).toBe(0);
    expect(view.getUint32(base + 2 * PAGE, true)).toBe(5);
    library.reset();
    expect(call.brk(base + 2 * PAGE + 9)).toBe(0);
    expect(map.calls).toEqual([]);
    expect(u32(call.sbrk(-9))).toBe(base + 2 * PAGE + 9);
    expect(call.brk(base)).toBe(0);
  });
});

describe("mmap", () => {
  const shared = 0x10;
  const fixed = 0x100;

  it("takes a free wish, and another place for a taken one", () => {
    const { call, map } = library;
    const wish = 0x30000000;
    expect(u32(call.mmap(wish, 4 * PAGE, 3, 0, 0, 0))).toBe(wish);
    const before = map.entries.length;
    const other = u32(call.mmap(wish + PAGE, PAGE, 3, 0, 0, 0));
    expect(other).not.toBe(wish + PAGE);
    expect(map.entries.length).toBe(before + 1);
    expect(map.entries).toContainEqual({ start: wish, end: wish + 4 * PAGE, protection: 3 });
    call.munmap(other, PAGE);
    call.munmap(wish, 4 * PAGE);
  });

  it("with MAP_FIXED tries first, then unmaps and maps", () => {
    const { call, map } = library;
    const place = 0x31000000;
    expect(u32(call.mmap(place, 4 * PAGE, 3, fixed, 0, 0))).toBe(place);
    expect(map.calls).toEqual(["vm_map"]);
    library.reset();
    expect(u32(call.mmap(place + PAGE, PAGE, 1, fixed | shared, 9, 0))).toBe(place + PAGE);
    expect(map.calls).toEqual(["vm_map", "vm_deallocate", "vm_map"]);
    expect(map.protectionAt(place + PAGE)).toBe(1);
    expect(map.protectionAt(place + 2 * PAGE)).toBe(3);
    call.munmap(place, 4 * PAGE);
  });

  it("fails where nothing can be", () => {
    expect(u32(library.call.mmap(0xfff00000, PAGE, 3, fixed, 0, 0))).toBe(0xffffffff);
  });
});

describe("the heap", () => {
  const operation = fc.record({
    slot: fc.nat(15),
    size: fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(300000)),
    grow: fc.boolean(),
  });

  it("hands out memory that nobody else has, and keeps its bytes", () => {
    const { call, memory, map } = library;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        library.reset();
        const blocks = new Map<number, { address: number; size: number }>();
        const intact = (slot: number, size: number, address: number) =>
          memory.subarray(address, address + size).every((byte) => byte === slot + 1);
        for (const { slot, size, grow } of operations) {
          const old = blocks.get(slot);
          let address: number;
          if (old && grow) {
            address = u32(call.realloc(old.address, size));
            expect(intact(slot, Math.min(old.size, size), address)).toBe(true);
          } else {
            if (old) {
              expect(intact(slot, old.size, old.address)).toBe(true);
              call.free(old.address);
            }
            address = u32(call.malloc(size));
          }
          expect(address).not.toBe(0);
          expect(address % 8).toBe(0);
          expect(call.heap_check()).toBe(1);
          for (let at = address; at < address + size; at += PAGE) expect(map.protectionAt(at)).toBeTruthy();
          memory.fill(slot + 1, address, address + size);
          blocks.set(slot, { address, size });
        }
        for (const [slot, { address, size }] of blocks) {
          expect(intact(slot, size, address)).toBe(true);
          call.free(address);
        }
        expect(call.heap_check()).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses what cannot be", () => {
    expect(library.call.malloc(-1)).toBe(0);
    expect(library.call.malloc(0x7fff0001)).toBe(0);
  });
});

describe("a program's first stack", () => {
  /** A Strings structure of the library. */
  function strings(words: string[]): number {
    const { view, bytes } = library;
    const list = bytes("\0".repeat(words.length * 4));
    words.forEach((word, index) => view.setUint32(list + index * 4, bytes(word), true));
    const structure = bytes("\0".repeat(8));
    view.setUint32(structure, words.length, true);
    view.setUint32(structure + 4, list, true);
    return structure;
  }

  it("holds argc, the arguments, the environment and the strings, 16-aligned", () => {
    const { call, view, memory } = library;
    const page = 0x00b00000;
    const words = ["prog", "1", "a longer word"];
    const environment = ["a=b", "long=" + "x".repeat(100)];
    const pointer = u32(call.build_arguments(page, PAGE, strings(words), strings(environment)));
    expect(pointer % 16).toBe(0);
    const at = (address: number) => page + PAGE - (0xc0000000 - address);
    expect(view.getUint32(at(pointer), true)).toBe(3);
    const read = (index: number) => {
      const address = view.getUint32(at(pointer) + index * 4, true);
      if (address === 0) return undefined;
      const start = at(address);
      return Buffer.from(memory.slice(start, memory.indexOf(0, start))).toString();
    };
    expect([1, 2, 3, 4].map(read)).toEqual([...words, undefined]);
    expect([5, 6, 7].map(read)).toEqual([...environment, undefined]);
  });

  it("does not grow beyond its room", () => {
    const { call } = library;
    const words = strings(["x".repeat(4090)]);
    expect(call.build_arguments(0x00b00000, PAGE, words, strings([]))).toBe(0);
    expect(call.build_arguments(0x00b00000, 2 * PAGE, words, strings([]))).not.toBe(0);
  });
});

describe("the ext2 reader", () => {
  const pattern = (length: number, seed: number) =>
    Uint8Array.from({ length }, (_, index) => (Math.imul(index + seed, 2654435761) >>> 24) ^ index);
  const contents = new Map([
    ["/a", pattern(5, 1)],
    ["/empty", new Uint8Array()],
    ["/dir/sub/b", pattern(12 * 1024 + 1, 2)],
    ["/dir/large", pattern((12 + 256 + 300) * 1024 + 77, 3)],
    ...Array.from({ length: 200 }, (_, n) => [`/many/entry-number-${n}`, pattern(n, n)] as const),
  ]);
  const files = new Map([...contents].map(([path, data]) => [path, { data, mode: 0o644 }]));
  const partition = (blockSize: number) =>
    buildImage({ files, blockSize }).slice(PARTITION_FIRST_SECTOR * 512);
  const BUFFER = 0x01000000;

  const read = (path: string) => {
    const { call, bytes, memory } = library;
    const result = call.ext2_open(bytes(path));
    if (result !== 0) return result;
    const size = call.ext2_size();
    const error = call.ext2_read(BUFFER);
    return error !== 0 ? error : memory.slice(BUFFER, BUFFER + size);
  };

  it.each([1024, 2048, 4096])("finds every file of an image with blocks of %i bytes", (blockSize) => {
    library.insertDisk(partition(blockSize));
    expect(library.call.mount_host()).toBe(0);
    for (const [path, data] of contents) expect(Buffer.compare(read(path) as Uint8Array, data), path).toBe(0);
    expect(read("/nothing")).toBe(3);
    expect(read("/a/b")).toBe(3);
    expect(read("/dir")).toBe(4);
    expect(read("/")).toBe(4);
  });

  it("refuses what is not ext2, and reports a short disk", () => {
    library.insertDisk(new Uint8Array(4096));
    expect(library.call.mount_host()).toBe(1);
    library.insertDisk(new Uint8Array(512));
    expect(library.call.mount_host()).toBe(6);
  });

  it("survives damage anywhere in the metadata", () => {
    const good = partition(1024);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(64 * 1024), fc.nat(255)), { minLength: 1, maxLength: 30 }),
        fc.constantFrom("/a", "/dir/large", "/many/entry-number-199"),
        (damage, path) => {
          const bad = good.slice();
          for (const [at, value] of damage) bad[at] = value;
          library.reset();
          library.insertDisk(bad);
          if (library.call.mount_host() !== 0) return;
          const { call, bytes } = library;
          if (call.ext2_open(bytes(path)) === 0 && call.ext2_size() < 16 << 20) call.ext2_read(BUFFER);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("paging space", () => {
  const PAGES = 4;
  const RESERVE = 2;
  const OBJECT = 7;
  let disk: DiskModel;
  let first: number;

  beforeEach(() => {
    disk = new DiskModel(new Uint8Array(PAGES * PAGE));
    library.attach(disk);
    first = library.bytes("....");
    library.view.setUint32(first, 0xffffffff, true);
    expect(library.call.paging_space_open(9, RESERVE)).toBe(0);
  });

  /** Gives pages away, each with a word of its own; whether there was a slot for all. */
  function write(page: number, words: number[]): boolean {
    const [, address] = library.map.map(0, words.length * PAGE, true, 3);
    words.forEach((word, index) => library.view.setUint32(address + index * PAGE, word, true));
    return library.call.paging_write(OBJECT, page, address, words.length * PAGE, first) !== 0;
  }

  /** The page's word, "none" if it is not known, or the code of a failure. */
  function read(page: number): number | string {
    const slot = library.call.paging_find(OBJECT, page);
    if (slot === -1) return "none";
    const cell = library.bytes("....");
    const kr = library.call.paging_read(slot, cell);
    return kr === 0 ? library.view.getUint32(library.view.getUint32(cell, true), true) : `code ${kr}`;
  }

  it("keeps runs of pages and gives them back", () => {
    expect(write(10, [1, 2, 3])).toBe(true);
    expect(write(11, [4])).toBe(true);
    expect([9, 10, 11, 12].map(read)).toEqual(["none", 1, 4, 3]);
  });

  it("keeps in memory what the disk does not take, and does not try the block again", () => {
    disk.bad.add(1);
    expect(write(0, [1, 2, 3])).toBe(true);
    expect([0, 1, 2].map(read)).toEqual([1, 2, 3]);
    disk.bad.clear();
    disk.pages.fill(0xee, PAGE, 2 * PAGE);
    expect(write(1, [5])).toBe(true);
    expect(read(1)).toBe(5);
    library.call.paging_free_object(library.view.getUint32(first, true));
    library.view.setUint32(first, 0xffffffff, true);
    expect(write(0, [6, 7, 8])).toBe(true);
    expect([0, 1, 2].map(read)).toEqual([6, 7, 8]);
    expect(disk.pages[PAGE]).toBe(0xee);
  });

  it("says when a page cannot be read", () => {
    write(0, [1]);
    disk.bad.add(0);
    expect(read(0)).toBe("code 2500");
  });

  it("fills memory when the disk is full, and says when there is no slot at all", () => {
    expect(write(0, [1, 2, 3, 4, 5, 6])).toBe(true);
    expect([0, 1, 2, 3, 4, 5].map(read)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(write(6, [7])).toBe(false);
    expect(read(6)).toBe("none");
  });
});
