// Machines of every kind with random code in every mode, and between its instructions random accesses of all ports and of the
// devices' memory. Nothing may throw, take long or grow.
import { performance } from "node:perf_hooks";
import { CPU_MODELS } from "../../cpu/models";
import type { AccessSize, PortBus } from "../../devices/bus";
import { MemoryStorage, OverlayStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type MachineConfig } from "../../machine/machine";
import { dword } from "../cpu/guest";
import { Random } from "../native/random";
import { CODE, randomKernel } from "./random-kernel";
import { loadRealMode } from "./random-real-mode";

const MEMORY = 2 << 20;
/** Events of one machine before the next one. */
const EVENTS_EACH = 500;
const CYCLES_BETWEEN = 400;
const DISKETTE = 720 * 512;
/** Far above what the slowest one takes on a slow host. */
const MILLISECONDS_EACH = 30_000;
const CR0_PG = 0x80000000;
const CODE32 = 0x4000;

/** Where devices have memory: display, ROM and shadow, linear display memory, APICs. */
const WINDOWS = [0xa0000, 0xb8000, 0xc0000, 0xf0000, 0xe0000000, 0xfec00000, 0xfee00000, 0xfffff000];

/** The insides of a machine that a guest reaches by instructions. */
interface Buses {
  ports: Pick<PortBus, "read" | "write"> & { handlers: readonly unknown[] };
  readBusMemory(physical: number, size: AccessSize): number;
  writeBusMemory(physical: number, size: AccessSize, value: number): void;
}

interface FuzzResult {
  /** Accesses of ports and of devices' memory. */
  events: number;
  instructions: number;
}

type Mode = (machine: Machine, seed: number, random: Random) => void;

function loadKernel(machine: Machine, seed: number): void {
  for (const [address, bytes] of randomKernel(seed)) machine.memory.set(bytes, address);
  machine.cpu.invalidate(0, MEMORY);
  machine.cpu.enterFlat32(CODE);
}

const MODES: readonly Mode[] = [
  loadRealMode,
  loadKernel,
  // 16-bit code in protected mode.
  (machine, seed) => {
    loadKernel(machine, seed);
    machine.cpu.registers.segments.cs.access &= ~CODE32;
  },
  // Page tables are wherever CR3 says.
  (machine, seed, random) => {
    loadKernel(machine, seed);
    for (let entry = 0; entry < 1024; entry++)
      machine.memory.set(dword((entry << 12) | 7), 0x8000 + 4 * entry);
    machine.memory.set(dword(0x8007), 0x9000);
    machine.cpu.registers.cr3 = random.chance(0.8) ? 0x9000 : random.below(MEMORY) & ~0xfff;
    machine.cpu.registers.cr0 |= CR0_PG;
  },
  // Only bytes by chance, at the reset vector's mode.
  (machine, seed) => {
    loadRealMode(machine, seed);
    machine.memory.set(new Random(seed).bytes(0x3000), 0x7c00);
    machine.cpu.invalidate(0, MEMORY);
  },
];

function makeMachine(random: Random): Machine {
  const medium = (bytes: number) => new OverlayStorage(new MemoryStorage(new Uint8Array(bytes)));
  const config: MachineConfig = {
    memory: MEMORY,
    cpu: random.pick(CPU_MODELS),
    type: random.pick(["pc", "pc", "isapc"] as const),
    disks: random.below(2) ? [medium(64 * 512)] : [],
    cdrom: random.pick([medium(64 * 512), null, undefined]),
    floppy: random.pick([medium(DISKETTE), null, undefined]),
    bios: random.below(2) ? builtInBios() : undefined,
    onSerial: () => {},
  };
  return new Machine(config);
}

/** One access: a port that somebody answers at, or any; or a device's memory. */
function access(random: Random, buses: Buses, ports: readonly number[]): void {
  const size = random.pick([1, 1, 2, 4] as const);
  const value = random.chance(0.5) ? random.bits() : random.below(256);
  if (random.chance(0.2)) {
    const address = random.pick(WINDOWS) + (random.below(0x1000) & -size);
    if (random.chance(0.7)) buses.writeBusMemory(address, size, value);
    else buses.readBusMemory(address, size);
    return;
  }
  const port = random.chance(0.95) ? random.pick(ports) : random.below(0x10000);
  if (random.chance(0.7))
    buses.ports.write(port, size, size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1));
  else buses.ports.read(port, size);
}

function runCase(seed: number, events: number): number {
  const random = new Random(seed);
  const machine = makeMachine(random);
  random.pick(MODES)(machine, seed, random);
  const buses = machine as unknown as Buses;
  const ports = buses.ports.handlers.flatMap((handler, port) => (handler ? [port] : []));
  const started = performance.now();
  for (let done = 0; done < events; done++) {
    access(random, buses, ports);
    const result = machine.run(machine.cycles + random.below(CYCLES_BETWEEN));
    if (result.reason === "halted") machine.advance(machine.cycles + CYCLES_BETWEEN);
    if (performance.now() - started > MILLISECONDS_EACH) throw new Error(`seed ${seed}: it takes too long`);
  }
  machine.picture();
  return machine.instructions;
}

/** @throws Error with the seed of the case in which something went wrong */
export function fuzz(
  first: number,
  events: number,
  onProgress: (events: number) => void = () => {},
): FuzzResult {
  const result = { events: 0, instructions: 0 };
  for (let seed = first; result.events < events; seed++) {
    try {
      result.instructions += runCase(seed, EVENTS_EACH);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).stack}`);
    }
    result.events += EVENTS_EACH;
    onProgress(result.events);
  }
  return result;
}
