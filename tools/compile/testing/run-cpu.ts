// Runs linked programs on the project's own processor.
import { Cpu, type CpuBus, type CpuModel } from "../../../cpu/cpu";
import { assembleModule, esp } from "../../asm";
import type { MemoryLayout } from "../link";
import { linkModule } from "../program";
import type { WasmModule } from "../wasm-reader";

export const cpuLayout: MemoryLayout = { textBase: 0x10000, dataBase: 0x100000 };
const memoryBytes = 0x200000;
const maximumCycles = 200_000_000;

const openBus: CpuBus = {
  portRead: () => -1,
  portWrite: () => {},
  memoryRead: () => -1,
  memoryWrite: () => {},
  interruptAcknowledge: () => 0,
};

const processors = new Map<CpuModel, Cpu>();

/** A processor with empty memory; there is one of each model, since making one takes a while. */
function freshCpu(model: CpuModel): Cpu {
  let cpu = processors.get(model);
  if (!cpu) processors.set(model, (cpu = new Cpu({ model, memoryBytes, bus: openBus })));
  cpu.reset();
  cpu.memory.fill(0);
  cpu.invalidate(0, memoryBytes);
  return cpu;
}

/** Calls main and halts; returns `size` bytes from `address` on. @throws Error when it does not get there. */
export function runOnCpu(module: WasmModule, model: CpuModel, address: number, size: number): Uint8Array {
  const start = assembleModule((a) => {
    a.function("_start").mov(esp, memoryBytes).call("main").label("done").hlt();
  }, "start");
  const linked = linkModule(module, [start], cpuLayout);
  const cpu = freshCpu(model);
  for (const segment of linked.segments) cpu.memory.set(segment.bytes, segment.address);
  cpu.enterFlat32(linked.addresses.get("_start")!);
  const reason = cpu.run(cpu.cycles + maximumCycles);
  const done = linked.symbols.find((s) => s.name === "done")!.address + 1;
  if (reason !== "halt" || cpu.registers.eip !== done) {
    throw new Error(
      `stopped at 0x${cpu.registers.eip.toString(16)}: ${reason} ${cpu.stats().shutdownReason ?? ""}`,
    );
  }
  return cpu.memory.slice(address, address + size);
}
