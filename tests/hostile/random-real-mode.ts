// Random code for real mode: accesses of the chips' ports, changes of segments and modes, and bytes by chance.
import type { Machine } from "../../machine/machine";
import { dword } from "../cpu/guest";
import { Random } from "../native/random";

const CODE = 0x7c00;
const CODE_BYTES = 0x3000;

/** The first ports of chips, and how many each has. */
const CHIPS: readonly (readonly [port: number, count: number])[] = [
  [0x00, 16],
  [0x20, 2],
  [0xa0, 2],
  [0x40, 4],
  [0x60, 5],
  [0x70, 2],
  [0x80, 16],
  [0xb2, 2],
  [0xc0, 32],
  [0x92, 1],
  [0xf0, 1],
  [0x170, 8],
  [0x1ce, 3],
  [0x2f8, 8],
  [0x376, 1],
  [0x1f0, 8],
  [0x3f0, 8],
  [0x3b4, 2],
  [0x3c0, 32],
  [0x3f8, 8],
  [0x4d0, 2],
  [0x600, 12],
  [0x510, 2],
  [0xcf8, 8],
  [0x1000, 16],
];
/** Commands: of the drives, of packets, of the bus master, of the keyboard's controller. */
const VALUES = [
  0x00, 0x01, 0x08, 0x09, 0x20, 0x25, 0x35, 0xa0, 0xa1, 0xc8, 0xca, 0xec, 0xef, 0xd1, 0xfe, 0xff,
];
/** Functions and registers of PCI: the IDE function's base address and command, the host bridge's shadow registers. */
const PCI = [0x80000058, 0x8000005c, 0x80000904, 0x80000920, 0x80000960, 0x80000000];

/** OUT or IN, of 1, 2 or 4 bytes, at a chip. */
function portAccess(random: Random): number[] {
  const [first, count] = random.pick(CHIPS);
  const port = first + random.below(count);
  const value = random.below(2) ? random.pick(VALUES) : random.below(0x10000);
  const size = random.below(6);
  if (first === 0xcf8) {
    const address = random.pick(PCI);
    const data = random.pick([0x33333333, 0x1001, 0x0005, random.below(0x10000)]);
    return [
      ...[0x66, 0xb8, ...dword(address), 0xba, 0xf8, 0x0c, 0x66, 0xef],
      ...[0x66, 0xb8, ...dword(data), 0xba, 0xfc, 0x0c, 0x66, random.pick([0xef, 0xed])],
    ];
  }
  const access = random.pick([[0xee], [0xec], [0xef], [0xed], [0x66, 0xef], [0xf3, 0x6d], [0xf3, 0x6f]]);
  return [0xb8, value & 0xff, value >> 8, 0xba, port & 0xff, port >> 8, 0xb9, size, 0, ...access];
}

/** Segments, far transfers, interrupts, changes of mode, and bytes by chance. */
function piece(random: Random): number[] {
  const byte = () => random.below(256);
  switch (random.below(8)) {
    case 0:
      return [0xb8, byte(), random.below(16), 0x8e, random.pick([0xd8, 0xc0, 0xe0, 0xe8])];
    case 1:
      return [0xcd, byte()];
    case 2:
      return [0x0f, 0x20, 0xc0, 0x0c, random.below(2), 0x0f, 0x22, 0xc0];
    case 3:
      return [random.pick([0xfb, 0xfa, 0xfc, 0xfd, 0x9c, 0x9d, 0x60, 0x61, 0x1e, 0x1f, 0x06, 0x07])];
    case 4:
      return [...random.bytes(random.below(10))];
    default:
      return portAccess(random);
  }
}

/** Puts random code and data into a machine, which begins there in real mode. */
export function loadRealMode(machine: Machine, seed: number): void {
  const random = new Random(seed);
  const code: number[] = [];
  while (code.length < CODE_BYTES) code.push(...piece(random));
  machine.memory.set([...random.bytes(0x7000)], 0x500);
  machine.memory.set(code.slice(0, CODE_BYTES), CODE);
  // All vectors lead back into the code.
  for (let vector = 0; vector < 256; vector++) {
    const offset = CODE + random.below(CODE_BYTES);
    machine.memory.set([offset & 0xff, offset >> 8, 0, 0], 4 * vector);
  }
  machine.cpu.invalidate(0, machine.memoryBytes);
  const { registers } = machine.cpu;
  Object.assign(registers.segments.cs, { selector: 0, base: 0 });
  registers.eip = CODE;
  registers.esp = 0x7000;
}
