// Random guests at the highest privilege: plausible instructions, ports and tables, with exception handlers that go on somewhere else.
import { dword } from "../cpu/guest";
import { Random } from "../native/random";

export const CODE = 0x100000;
const CODE_BYTES = 0x8000;
const GDT = 0x10000;
const IDT = 0x11000;
const TSS = 0x12000;
const HANDLERS = 0x13000;
const HANDLER_BYTES = 0x40;
const COUNTER = 0x14000;
const PAGE_DIRECTORY = 0x20000;
const PAGE_TABLE = 0x21000;
const STACK = 0x80000;
const DATA = 0x40000;
const VECTORS = 256;

const PORTS = [
  [0x20, 0x21, 0xa0, 0xa1],
  [0x40, 0x41, 0x42, 0x43, 0x61],
  [0x70, 0x71],
  [0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff],
  [0x1f0, 0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5, 0x1f6, 0x1f7, 0x3f6],
  [0x60, 0x64, 0x80, 0x92, 0xcf9, 0xe9],
];
const DEBUG_EXIT = 0xf4;
/** What selects a function of some chip: commands, modes. */
const PORT_VALUES = [
  0x00, 0x01, 0x11, 0x20, 0x34, 0x36, 0x30, 0x0a, 0x0b, 0x0c, 0x80, 0xa0, 0xc4, 0xec, 0xef,
];
const SELECTORS = [0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x53, 0x5b, 0, 4, 0xffff];

/** Bytes of a guest and where they go in physical memory. */
export type Piece = readonly [address: number, bytes: Uint8Array];

function descriptor(base: number, limit: number, access: number): number[] {
  const low = [limit & 0xff, (limit >> 8) & 0xff, base & 0xff, (base >> 8) & 0xff, (base >> 16) & 0xff];
  return [...low, access & 0xff, ((access >> 8) & 0xf0) | ((limit >> 16) & 15), base >>> 24];
}

/** Null, flat code and data, 16-bit code and data, odd limits, TSS, LDT, call gate, user code and data, nonsense. */
function descriptors(random: Random): number[] {
  const target = CODE + random.below(CODE_BYTES);
  const fixed = [
    descriptor(0, 0, 0),
    descriptor(0, 0xfffff, 0xc09a),
    descriptor(0, 0xfffff, 0xc092),
    descriptor(CODE, 0xffff, 0x009a),
    descriptor(DATA, 0xffff, 0x0092),
    descriptor(DATA, random.below(0x10000), random.pick([0x4096, 0x0096, 0xc096, 0x4092])),
    descriptor(TSS, 0x67, 0x0089),
    descriptor(GDT, 0x3ff, 0x0082),
    [
      target & 0xff,
      (target >> 8) & 0xff,
      0x08,
      0,
      random.below(4),
      0xec,
      (target >> 16) & 0xff,
      target >>> 24,
    ],
    descriptor(0, 0xfffff, 0x409a),
    descriptor(0, 0xfffff, 0xc0fa),
    descriptor(0, 0xfffff, 0xc0f2),
  ];
  return [...fixed.flat(), ...random.bytes(8 * 20)];
}

/** Handlers that drop the stack, acknowledge the interrupt, count, and go on in the random code. */
function handlers(random: Random): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < 4; i++) {
    const body = [
      ...[0x66, 0xb8, 0x10, 0, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xbc, ...dword(STACK)],
      ...[0xb0, 0x20, 0xe6, 0x20, 0xe6, 0xa0],
      ...[0x81, 0x05, ...dword(COUNTER), ...dword(random.below(CODE_BYTES) | 1)],
      ...[0xa1, ...dword(COUNTER), 0x25, ...dword(CODE_BYTES - 1), 0x05, ...dword(CODE)],
      ...(random.chance(0.7) ? [0xfb] : []),
      ...[0xff, 0xe0],
    ];
    bytes.push(...body, ...new Array<number>(HANDLER_BYTES - body.length).fill(0x90));
  }
  return bytes;
}

function gates(random: Random): number[] {
  return Array.from({ length: VECTORS }, () => {
    const target = HANDLERS + HANDLER_BYTES * random.below(4);
    const selector = random.chance(0.98) ? 8 : random.pick(SELECTORS);
    const type = random.chance(0.95) ? random.pick([0x8e, 0x8f, 0xee]) : random.bits() & 0xff;
    return [target & 0xff, (target >> 8) & 0xff, selector & 0xff, selector >> 8, 0, type, target >> 16, 0];
  }).flat();
}

function taskState(): number[] {
  const words = new Array<number>(26).fill(0);
  for (const level of [0, 1, 2]) [words[1 + 2 * level], words[2 + 2 * level]] = [STACK, 0x10];
  return words.flatMap(dword);
}

/** The first 4 MiB by themselves, now and then with a page missing, read-only, or elsewhere. */
function pageTable(random: Random): number[] {
  const entry = (page: number) => (random.chance(0.97) ? (page << 12) | 7 : random.bits() & 0x1fffff);
  return Array.from({ length: 1024 }, (_, page) => dword(entry(page))).flat();
}

/** One random instruction, or a few that belong together. */
class Code {
  constructor(private readonly random: Random) {}

  private readonly kinds: readonly (readonly [number, () => number[]])[] = [
    [30, () => this.plain()],
    [10, () => [...this.random.bytes(this.random.between(1, 8))]],
    [12, () => this.port()],
    [6, () => this.system()],
    [5, () => this.selfModifying()],
    [5, () => this.repeated()],
    [4, () => this.farTransfer()],
    [3, () => this.halt()],
    [6, () => this.jump()],
    [5, () => [0xb8 + this.random.below(8), ...dword(this.address())]],
  ];

  next(): number[] {
    let choice = this.random.below(this.kinds.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of this.kinds) if ((choice -= weight) < 0) return make();
    return [0x90];
  }

  private address(): number {
    const random = this.random;
    return random.pick([
      CODE + random.below(CODE_BYTES),
      DATA + random.below(0x10000),
      STACK - random.below(64),
      GDT + random.below(0x5000),
      PAGE_DIRECTORY + random.below(0x2000),
      0xa0000 + random.below(0x20000),
      random.interesting(),
    ]);
  }

  private prefixes(): number[] {
    const random = this.random;
    const all = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
    return random.chance(0.25) ? Array.from({ length: random.between(1, 3) }, () => random.pick(all)) : [];
  }

  /** Any opcode with an operand in memory by address, and an immediate that it may or may not take. */
  private plain(): number[] {
    const random = this.random;
    const opcode = random.chance(0.2) ? [0x0f, random.below(256)] : [random.below(256)];
    const operand = random.chance(0.5)
      ? [0x05 | (random.below(8) << 3), ...dword(this.address())]
      : [random.below(256)];
    return [...this.prefixes(), ...opcode, ...operand, ...random.bytes(random.pick([0, 1, 4]))];
  }

  private portNumber(): number {
    const random = this.random;
    if (random.chance(0.001)) return DEBUG_EXIT;
    return random.chance(0.95) ? random.pick(random.pick(PORTS)) : random.below(0x10000);
  }

  private port(): number[] {
    const random = this.random;
    const port = this.portNumber();
    const value = random.chance(0.5) ? random.pick(PORT_VALUES) : random.below(256);
    const select = [0x66, 0xba, port & 0xff, port >> 8, 0xb0, value];
    const access = random.pick([[0xee], [0xee], [0xec], [0xef], [0xed], [0x66, 0xef], [0x66, 0xed]]);
    const string = random.pick([0x6c, 0x6d, 0x6e, 0x6f]);
    const strings = [
      0xb9,
      ...dword(random.below(600)),
      0xbe,
      ...dword(DATA),
      0xbf,
      ...dword(DATA),
      0xf3,
      string,
    ];
    return [...select, ...(random.chance(0.1) ? strings : access)];
  }

  private system(): number[] {
    const random = this.random;
    const modRm = 0xc0 | random.below(64);
    const tables = [
      0x0f,
      0x01,
      random.pick([0x15, 0x1d, 0x05, 0x0d, 0x25, 0x35, 0x3d]),
      ...dword(this.address()),
    ];
    const control = random.pick([
      // Paging on and off, write protection, cache bits.
      [
        0xb8,
        ...dword(PAGE_DIRECTORY),
        0x0f,
        0x22,
        0xd8,
        0xb8,
        0x11,
        0,
        random.pick([0, 1, 5]),
        0x80,
        0x0f,
        0x22,
        0xc0,
      ],
      [0xb8, 0x11, 0, 0, 0, 0x0f, 0x22, 0xc0],
      [0x0f, random.pick([0x20, 0x21, 0x23, 0x24, 0x26]), modRm],
      [
        0xb8,
        ...dword(this.address()),
        0x0f,
        random.pick([0x22, 0x23]),
        random.pick([0xc0, 0xc8, 0xd8, 0xf0, 0xf8]),
      ],
      [0x66, 0xb8, ...dword(random.pick(SELECTORS)).slice(0, 2), 0x8e, 0xc0 | (random.below(6) << 3)],
      [
        0x66,
        0xb8,
        ...dword(random.pick(SELECTORS)).slice(0, 2),
        0x0f,
        0x00,
        random.pick([0xd0, 0xd8, 0xe0, 0xe8]),
      ],
      [0x68, ...dword(random.bits()), random.pick([0x9d, 0x90])],
      tables,
    ]);
    return random.chance(0.15) ? tables : control;
  }

  /** Stores into the code, near or far. */
  private selfModifying(): number[] {
    const random = this.random;
    const target = CODE + random.below(CODE_BYTES);
    return random.pick([
      [0xc6, 0x05, ...dword(target), random.below(256)],
      [0xc7, 0x05, ...dword(target), ...random.bytes(4)],
      [0xfe, 0x05, ...dword(target)],
    ]);
  }

  private repeated(): number[] {
    const random = this.random;
    const count = random.pick([0, 1, 100, 5000, 0xffffffff, random.bits()]);
    const operation = random.pick([0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xa7, 0xae, 0xaf, 0xac, 0xad]);
    const pointers = [0xbe, ...dword(this.address()), 0xbf, ...dword(this.address())];
    return [...pointers, 0xb9, ...dword(count), random.pick([0xf3, 0xf2]), operation];
  }

  private farTransfer(): number[] {
    const random = this.random;
    const selector = dword(random.pick(SELECTORS)).slice(0, 2);
    const target = random.chance(0.5) ? CODE + random.below(CODE_BYTES) : random.below(CODE_BYTES);
    const push = [0x68, ...dword(random.pick(SELECTORS)), 0x68, ...dword(target)];
    return random.pick([
      [random.pick([0xea, 0x9a]), ...dword(target), ...selector],
      [0x68, ...dword(random.bits() & 0x7fd7), ...push, 0xcf],
      [...push, 0xcb],
      [0xcd, random.below(256)],
    ]);
  }

  private halt(): number[] {
    return this.random.chance(0.9) ? [0xfb, 0xf4] : [0xfa, 0xf4];
  }

  private jump(): number[] {
    const random = this.random;
    const opcode = random.pick([0xeb, 0x70 + random.below(16), 0xe0 + random.below(4)]);
    return random.chance(0.8) ? [opcode, random.below(256)] : [0xe9, ...dword(random.between(-2000, 2000))];
  }
}

/** A guest for `Machine` memory of at least 2 MiB; its entry loads its tables and falls into the random code. */
export function randomKernel(seed: number): Piece[] {
  const random = new Random(seed);
  const code = new Code(random);
  const bytes = [
    ...[
      0x0f,
      0x01,
      0x15,
      ...dword(TSS + 0x100),
      0x0f,
      0x01,
      0x1d,
      ...dword(TSS + 0x108),
      0xbc,
      ...dword(STACK),
    ],
    ...[0xea, ...dword(CODE + 26), 0x08, 0],
    ...(random.chance(0.8) ? [0x66, 0xb8, 0x30, 0, 0x0f, 0x00, 0xd8] : []),
  ];
  const onlyBytes = random.chance(0.1);
  while (bytes.length < CODE_BYTES) bytes.push(...(onlyBytes ? random.bytes(64) : code.next()));
  const tables = [...[0xff, 0, ...dword(GDT), 0, 0], ...[0xff, 7, ...dword(IDT)]];
  return [
    [CODE, Uint8Array.from(bytes.slice(0, CODE_BYTES))],
    [GDT, Uint8Array.from(descriptors(random))],
    [IDT, Uint8Array.from(gates(random))],
    [TSS, Uint8Array.from(taskState())],
    [TSS + 0x100, Uint8Array.from(tables)],
    [HANDLERS, Uint8Array.from(handlers(random))],
    [PAGE_DIRECTORY, Uint8Array.from([...dword(PAGE_TABLE | 7), ...dword(PAGE_TABLE | 7)])],
    [PAGE_TABLE, Uint8Array.from(pageTable(random))],
  ];
}
