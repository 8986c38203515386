// What --trace prints, a line per event: the cycle, the category, the event.

import { Decoder, DecoderOptions, Formatter, FormatterSyntax } from "iced-x86";
import type { Machine } from "../../machine/machine";
import { createFile, writeFile } from "./files";

export const TRACE_CATEGORIES = ["exec", "int", "mmu", "io", "disk", "unimplemented"] as const;
export type TraceCategory = (typeof TRACE_CATEGORIES)[number];

const BUFFER_CHARACTERS = 1 << 16;
const MAX_INSTRUCTION_BYTES = 15;
const STDERR = 2;

export class Trace {
  private buffer = "";
  private counts = false;
  private readonly descriptor: number;

  constructor(
    private readonly machine: Machine,
    private readonly file: string | undefined,
  ) {
    this.descriptor = file === undefined ? STDERR : createFile(file);
  }

  /** Installs the hooks of a category; those of others stay absent and cost nothing. */
  enable(category: TraceCategory): void {
    const { cpu, hooks } = this.machine;
    switch (category) {
      case "exec":
        cpu.hooks.instruction = this.instructionTracer();
        break;
      case "int":
        cpu.hooks.interrupt = (vector, errorCode, eip, source) => {
          const error = errorCode >= 0 ? ` error=${hex(errorCode, 4)}` : "";
          this.line("int", `${source} ${hex(vector, 2)} at ${hex(eip, 8)}${error}`);
        };
        break;
      case "mmu":
        cpu.hooks.mmu = (event, value) => this.line("mmu", `${event} ${hex(value, 8)}`);
        break;
      case "io":
        hooks.io = (direction, port, size, value, claimed) =>
          this.line(
            "io",
            `${direction} ${hex(port, 4)} ${hex(value, 2 * size)}${claimed ? "" : " (nobody)"}`,
          );
        break;
      case "disk":
        hooks.disk = (text) => this.line("disk", text);
        break;
      case "unimplemented":
        this.counts = true;
        break;
    }
  }

  /** Writes what is there so far, and what is known at the end only. */
  end(): void {
    if (this.counts) this.writeCounts();
    this.flush();
  }

  private writeCounts(): void {
    const { unclaimedPorts, cpu } = this.machine;
    const write = (text: string) => this.line("unimplemented", text);
    for (const [port, { reads, writes }] of [...unclaimedPorts].sort(([a], [b]) => a - b))
      write(`port ${hex(port, 4)}: ${reads} reads, ${writes} writes`);
    for (const [number, { reads, writes }] of cpu.unknownMsrs)
      write(`MSR ${hex(number, 8)}: ${reads} reads, ${writes} writes`);
    for (const [leaf, { reads }] of cpu.unknownLeaves) write(`CPUID leaf ${hex(leaf, 8)}: ${reads} reads`);
  }

  private flush(): void {
    const bytes = Buffer.from(this.buffer);
    this.buffer = "";
    writeFile(this.file ?? "stderr", this.descriptor, bytes);
  }

  private line(category: TraceCategory, text: string): void {
    this.buffer += `${String(this.machine.cycles).padStart(12)} ${category.padEnd(4)} ${text}\n`;
    if (this.buffer.length > BUFFER_CHARACTERS) this.flush();
  }

  private instructionTracer(): (eip: number, linear: number) => void {
    const formatter = new Formatter(FormatterSyntax.Nasm);
    return (eip, linear) => {
      const bytes = this.machine.cpu.readLinear(linear, MAX_INSTRUCTION_BYTES);
      const decoder = new Decoder(32, bytes, DecoderOptions.None);
      decoder.ip = BigInt(eip >>> 0);
      const instruction = decoder.decode();
      this.line("exec", `${hex(eip, 8)} ${formatter.format(instruction)}`);
      instruction.free();
      decoder.free();
    };
  }
}

function hex(value: number, digits: number): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, "0")}`;
}
