// The frame table of the kernel against a run: at every instruction of a boot, its rule finds the return address that was
// on the stack when the function began.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { SymbolTable, readSymbols } from "../../machine/symbols";
import { initPath, kernelPath } from "../../tools/default-image";

const INSTRUCTIONS = 200_000;
const TEXT_START = 0xc0101000;

interface FrameTable {
  /** ESP to frame start by address; undefined where nothing is said. */
  depths: (number | undefined)[];
  starts: Set<number>;
}

/** Reads readelf's print of the table. */
function readFrames(text: string): FrameTable {
  const table: FrameTable = { depths: [], starts: new Set() };
  for (const entry of text.split("\n\n")) {
    const range = /pc=(\w+)\.\.(\w+)/.exec(entry);
    if (!range) continue;
    const [start, end] = range.slice(1).map((s) => parseInt(s, 16));
    const rows = [...entry.matchAll(/^(\w{8}) esp\+(\d+)(.*)$/gm)];
    if (start < TEXT_START || / u\s*$/m.test(entry)) continue;
    table.starts.add(start);
    rows.forEach(([, address, depth], i) => {
      const next = rows[i + 1] ? parseInt(rows[i + 1][1], 16) : end;
      for (let at = parseInt(address, 16); at < next; at++) table.depths[at - TEXT_START] = Number(depth);
    });
  }
  return table;
}

const installed = spawnSync("readelf", ["--version"]).status === 0;

it.skipIf(!installed)("the kernel's frame table holds at every instruction", () => {
  const text = spawnSync("readelf", ["--debug-dump=frames-interp", kernelPath], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  }).stdout;
  const { depths, starts } = readFrames(text);
  const kernel = new Uint8Array(readFileSync(kernelPath));
  const symbols = SymbolTable.of(kernel);
  // Goes on where another call of it left off, or in a frame made for a new thread.
  const { address, size } = readSymbols(kernel).find(({ name }) => name === "switch_context")!;
  depths.fill(undefined, address - TEXT_START, address + size - TEXT_START);
  const machine = new Machine({ memory: 16 << 20 });
  const contents = new Uint8Array(readFileSync(initPath));
  loadMultiboot(machine, {
    kernel,
    commandLine: "kernel console=com0",
    modules: [{ contents, string: "init ${host-port} ${device-port} $(task-create) $(task-resume)" }],
  });
  const { cpu } = machine;
  const wordAt = (address: number) => {
    const bytes = cpu.readLinear(address >>> 0, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  };
  /** Frame start -> return address, of functions that began. */
  const begun = new Map<number, number>();
  let checked = 0;
  const wrong: string[] = [];
  cpu.hooks.instruction = (eip) => {
    const at = eip >>> 0;
    const depth = depths[at - TEXT_START];
    if (depth === undefined) return;
    const frame = (cpu.registers.esp >>> 0) + depth;
    if (starts.has(at)) begun.set(frame, wordAt(frame - 4));
    if (begun.get(frame) !== wordAt(frame - 4) && wrong.length < 5) wrong.push(symbols.describe(at));
    if (++checked === INSTRUCTIONS) machine.stop();
  };
  machine.run(2e9);
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThanOrEqual(INSTRUCTIONS);
});
