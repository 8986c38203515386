// One boot of the Hurd's experiment: ext2fs on a generated /usr, `grep -r NR /usr`, a load of compiling; what its map holds
// meanwhile, and what the kernel's calls cost it.

import { readFileSync } from "node:fs";
import { OverlayStorage } from "../../devices/storage";
import { readBootDisk } from "../../machine/boot-disk";
import { FileStorage } from "../../machine/file-storage";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { readSymbols } from "../../machine/symbols";
import { imageDisk, kernelPath, type Mode, withWords } from "../default-image";
import { projectRoot } from "../root";
import { FunctionMeter, type FunctionSum } from "./functions";
import { OPERATIONS } from "./hurd-operations";

/** As a product: 2048 of them are more than a shift can give. */
const MEBIBYTE = 1 << 20;

export interface HurdOptions {
  mode: Mode;
  /** of tools/image/contents.ts */
  plan: string;
  /** More words for the kernel's command line. */
  words?: string;
  /** The disk with /usr. */
  image: string;
  memoryMiB: number;
  /** Of so many windows of WINDOW clocks one is measured. */
  everyWindow: number;
}

/** One line of map-watch. */
export interface Sample {
  /** Of guest time. */
  seconds: number;
  /** Map entries of the file server. */
  entries: number;
  freePages: number;
  /** Map entries and memory objects of all tasks and the kernel. */
  allEntries: number;
  objects: number;
  faults: number;
}

export interface Listing {
  /** The program that had run before. */
  after: string;
  /** Lines of `vminfo PID | wc -l`. */
  entries: number;
  /** Address, size in bytes and protection of each entry. */
  map: [number, number, string][];
  /** Bytes that the kernel's structures take. */
  entryBytes: number;
  objectBytes: number;
}

/** What operations cost the file server while its map had so many entries. */
export interface CostWindow {
  entries: number;
  costs: Record<string, FunctionSum>;
}

export interface HurdResult {
  mode: Mode;
  plan: string;
  words: string;
  samples: Sample[];
  listings: Listing[];
  windows: CostWindow[];
  cycles: number;
  instructions: number;
  /** Lines that grep printed. */
  matches: number;
}

/** As in userland/programs/ext2fs.ts. */
const SERVER_STARTS = 0x65787432;
const CYCLE_LIMIT = 4e12;
const WINDOW = 20e6;

const HEX_LINE = /^0x([0-9a-f]{8})\[0x([0-9a-f]+)\] \(prot=(...)/;
const WATCH_LINE = /^watch (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/;
const ZONE_LINE = /^(vm_map_entry|vm_object) +(\d+) +(\d+)/;

/** Takes the guest's lines apart. */
class Output {
  readonly samples: Sample[] = [];
  readonly listings: Listing[] = [];
  matches = 0;
  failures: string[] = [];
  program = "";
  private before = "";
  private line = "";
  private listing: Listing | undefined;

  constructor(private readonly progress: (program: string, entries: number) => void) {}

  byte(byte: number): void {
    if (byte === 13) return;
    if (byte !== 10) this.line += String.fromCharCode(byte);
    else {
      this.take(this.line);
      this.line = "";
    }
  }

  get entries(): number {
    return this.samples.at(-1)?.entries ?? 0;
  }

  private take(line: string): void {
    const watch = WATCH_LINE.exec(line);
    const entry = HEX_LINE.exec(line);
    const zone = ZONE_LINE.exec(line);
    if (watch) {
      const [ms, entries, freePages, allEntries, objects, faults] = watch.slice(1).map(Number);
      this.samples.push({ seconds: ms / 1000, entries, freePages, allEntries, objects, faults });
      this.progress(this.program, entries);
    } else if (entry && this.listing) {
      this.listing.map.push([parseInt(entry[1], 16), parseInt(entry[2], 16), entry[3]]);
      this.listing.entries++;
    } else if (zone && this.listing) {
      const bytes = Number(zone[2]) * Number(zone[3]);
      if (zone[1] === "vm_object") this.listing.objectBytes = bytes;
      else this.listing.entryBytes = bytes;
    } else if (line.startsWith("--- ")) this.begin(line.slice(4));
    else if (line.startsWith("/usr/")) this.matches++;
    else if (line.startsWith("FAIL") || line.startsWith("grep:")) this.failures.push(line);
  }

  private begin(program: string): void {
    if (program === "vminfo") {
      this.listing = { after: this.before, entries: 0, map: [], entryBytes: 0, objectBytes: 0 };
      this.listings.push(this.listing);
    } else {
      this.listing = undefined;
      this.before = program;
    }
    this.program = program;
    this.progress(program, this.entries);
  }
}

/**
 * Boots and runs to the end.
 * @param progress is told which program runs, and how many entries the file server has
 */
export function measureHurd(
  options: HurdOptions,
  progress: (program: string, entries: number) => void,
): HurdResult {
  const { mode, plan, words = "", image, memoryMiB } = options;
  const disk = imageDisk();
  const usr = new FileStorage(image, false);
  const output = new Output(progress);
  const machine = new Machine({
    memory: memoryMiB * MEBIBYTE,
    disks: [disk, new OverlayStorage(usr)],
    onSerial: (byte) => output.byte(byte),
  });
  const boot = readBootDisk(disk, memoryMiB * MEBIBYTE);
  const commandLine = withWords(boot.commandLine, `vm.merge=${mode} init.plan=${plan} ${words}`);
  loadMultiboot(machine, { ...boot, commandLine });

  const mark = readSymbols(new Uint8Array(readFileSync(`${projectRoot}/build/userland/ext2fs.elf`))).find(
    ({ name }) => name === "bench_begin",
  )!.address;
  let server = 0;
  const argument = () => {
    const bytes = machine.cpu.readLinear((machine.cpu.registers.esp + 4) >>> 0, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  };
  machine.addBreakpoint(mark);
  const isServer = () => machine.cpu.registers.cr3 === server;
  const meter = new FunctionMeter(machine, new Uint8Array(readFileSync(kernelPath)), OPERATIONS, isServer);
  const windows: CostWindow[] = [];

  const runTo = (cycle: number): boolean => {
    for (;;) {
      const result = machine.run(Math.min(cycle, CYCLE_LIMIT));
      if (result.reason === "cycles") return machine.cycles < CYCLE_LIMIT;
      if (result.reason !== "breakpoint") {
        if (result.reason === "exit" && result.status === 0) return false;
        throw new Error(
          `vm.merge=${mode} ended with ${JSON.stringify(result)}\n${output.failures.join("\n")}`,
        );
      }
      if (result.address === mark && argument() === SERVER_STARTS) {
        server = machine.cpu.registers.cr3;
        machine.removeBreakpoint(mark);
      } else meter.hit(result.address);
    }
  };
  const { everyWindow } = options;
  if (everyWindow === 1) meter.start();
  for (;;) {
    if (everyWindow > 1) {
      if (!runTo(machine.cycles + (everyWindow - 1) * WINDOW)) break;
      meter.start();
    }
    const goesOn = runTo(machine.cycles + WINDOW);
    if (everyWindow > 1) meter.stop();
    const costs = Object.fromEntries(meter.take());
    if (Object.keys(costs).length) windows.push({ entries: output.entries, costs });
    if (!goesOn) break;
  }
  usr.close();
  return {
    mode,
    plan,
    words,
    samples: output.samples,
    listings: output.listings,
    windows,
    cycles: machine.cycles,
    instructions: machine.instructions,
    matches: output.matches,
  };
}
