// Headless boots for tests: run a kernel with modules, collect what it says, and explain a failure.

import type { CpuModel } from "../cpu/cpu";
import type { Storage } from "../devices/storage";
import { describeBacktrace } from "./backtrace";
import { Machine, type RunResult } from "./machine";
import { type BootModule, loadMultiboot } from "./multiboot";
import { SymbolTable } from "./symbols";

export type { BootModule } from "./multiboot";

export interface BootOptions {
  /** The kernel's ELF file. */
  kernel: Uint8Array;
  /** The kernel's command line, its name included. Default "kernel". */
  commandLine?: string;
  modules?: readonly BootModule[];
  disks?: readonly Storage[];
  memory?: number;
  cpu?: CpuModel;
  /** Cycles after which the run counts as failed. Default 2e9 (a minute of guest time). */
  maxCycles?: number;
  /** Ends the run with reason "stopped" when a line of serial output (without its end) satisfies it. */
  stopAt?: (line: string) => boolean;
  /** Keep the last instructions for the report; slow. */
  traceLast?: boolean;
  /** ELF files whose symbols name addresses in a report, beside the kernel's. */
  symbols?: readonly Uint8Array[];
}

export interface BootOutcome {
  machine: Machine;
  result: RunResult;
  /** All that COM1 sent, as Latin-1. */
  serial: string;
  lines: string[];
  cycles: number;
  instructions: number;
  /** The end of the output, registers, last instructions and a symbolised backtrace: for a test's message. */
  report(): string;
}

const DEFAULT_MAX_CYCLES = 2e9;
const REPORT_LINES = 25;
const REPORT_INSTRUCTIONS = 32;

/** Boots and runs to an end. Throws `MachineError` for a kernel that cannot be loaded. */
export function bootKernel(options: BootOptions): BootOutcome {
  let serial = "";
  let line = "";
  const machine = new Machine({
    memory: options.memory,
    cpu: options.cpu,
    disks: options.disks,
    onSerial: (byte) => {
      const character = String.fromCharCode(byte);
      serial += character;
      if (character !== "\n") line += character;
      else {
        if (options.stopAt?.(line.replace(/\r$/, ""))) machine.stop();
        line = "";
      }
    },
  });
  loadMultiboot(machine, {
    kernel: options.kernel,
    commandLine: options.commandLine ?? "kernel",
    modules: options.modules ?? [],
  });
  const last = options.traceLast ? recordLast(machine, REPORT_INSTRUCTIONS) : () => [];
  const result = machine.run(options.maxCycles ?? DEFAULT_MAX_CYCLES);
  const symbols = SymbolTable.of(options.kernel, ...(options.symbols ?? []));
  return {
    machine,
    result,
    serial,
    lines: serial.split(/\r?\n/).filter((text) => text !== ""),
    cycles: machine.cycles,
    instructions: machine.instructions,
    report: () => report(machine, result, serial, symbols, last()),
  };
}

/** Keeps the addresses of the last instructions. */
function recordLast(machine: Machine, count: number): () => number[] {
  const ring: number[] = [];
  machine.cpu.hooks.instruction = (eip) => {
    ring.push(eip);
    if (ring.length > 2 * count) ring.splice(0, count);
  };
  return () => ring.slice(-count);
}

function report(
  machine: Machine,
  result: RunResult,
  serial: string,
  symbols: SymbolTable,
  last: readonly number[],
): string {
  const section = (title: string, lines: readonly string[]) => [`--- ${title}`, ...lines];
  return [
    `ended by ${JSON.stringify(result)} after ${machine.cycles} cycles, ${machine.instructions} instructions`,
    ...section("serial output", serial.split(/\r?\n/).slice(-REPORT_LINES)),
    ...section("registers", describeRegisters(machine)),
    ...section("backtrace", describeBacktrace(machine, symbols)),
    ...(last.length
      ? section(
          "last instructions",
          last.map((address) => symbols.describe(address)),
        )
      : []),
  ].join("\n");
}

/** Four lines: general registers, pointers, segments, control registers. */
export function describeRegisters(machine: Machine): string[] {
  const registers = machine.cpu.registers;
  const show = (names: readonly (keyof typeof registers)[]) =>
    names.map((name) => `${name}=${(registers[name] as number).toString(16).padStart(8, "0")}`).join(" ");
  return [
    show(["eax", "ebx", "ecx", "edx"]),
    show(["esi", "edi", "ebp", "esp"]),
    `${show(["eip", "eflags", "cr0", "cr2", "cr3"])} cpl=${registers.cpl}`,
    `${show(["cs", "ds", "es", "fs", "gs", "ss"])}`,
  ];
}
