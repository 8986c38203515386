/** npm run bench:cpu - time of a boot, and guest instructions per second of wall time, by program. */
import { performance } from "node:perf_hooks";
import { Cpu } from "../../cpu/cpu";
import type { CpuBus, CpuModel } from "../../cpu/cpu";
import { buildCore } from "../../cpu/core-build";
import { assemble, dword, eax, ebp, ebx, ecx, edi, edx, esi, esp, mem, scaled } from "../asm";
import type { AssemblyRoutine } from "../asm";
import { measureBoot } from "./boot";

const CODE = 0x10000;
const STACK = 0x80000;
const DATA = 0x40000;
/** Wall time per program, in milliseconds. */
const WARM_UP = 500;
const MEASURED = 2000;

const PROGRAMS: readonly (readonly [string, AssemblyRoutine])[] = [
  [
    "integer loop",
    (a) => {
      a.mov(eax, 1).mov(ecx, 2).mov(edx, 3);
      a.label("loop");
      a.add(eax, ecx)
        .xor(edx, eax)
        .shl(ecx, 3)
        .sub(ecx, edx)
        .lea(esi, mem(eax, scaled(edx, 2), 5));
      a.and(esi, 0xffff).or(edx, 1).inc(ebx).cmp(ebx, 1000).jne("loop");
      a.xor(ebx, ebx).jmp("loop");
    },
  ],
  [
    "memory and calls",
    (a) => {
      a.mov(ebx, DATA);
      a.label("again").xor(ecx, ecx);
      a.label("loop");
      a.push(ecx).push(ebx).call("sum").add(esp, 8);
      a.mov(mem(ebx, scaled(ecx, 4), 0x1000), eax);
      a.inc(ecx).cmp(ecx, 256).jb("loop");
      a.jmp("again");
      a.label("sum");
      a.push(ebp).mov(ebp, esp).push(esi).push(edi);
      a.mov(esi, mem(ebp, 8)).mov(edi, mem(ebp, 12));
      a.mov(eax, mem(esi, scaled(edi, 4))).add(eax, mem(esi, scaled(edi, 4), 4));
      a.test(eax, eax).je("done");
      a.add(dword(esi, 0x800), 1);
      a.label("done");
      a.pop(edi).pop(esi).leave().ret();
    },
  ],
  [
    "x87 doubles",
    (a) => {
      // A dot product and a scaled sum: loads, products and sums of doubles, as compilers write them.
      a.mov(ebx, DATA).fninit();
      a.label("again").xor(ecx, ecx).fldz();
      a.label("loop");
      a.db(0xdd, 0x04, 0xcb); // fld qword [ebx+ecx*8]
      a.db(0xdc, 0x8c, 0xcb).dd(0x400); // fmul qword [ebx+ecx*8+0x400]
      a.db(0xde, 0xc1); // faddp
      a.db(0xdd, 0x84, 0xcb).dd(0x800); // fld qword [ebx+ecx*8+0x800]
      a.db(0xd8, 0xc1); // fadd st, st(1)
      a.db(0xdd, 0x9c, 0xcb).dd(0xc00); // fstp qword [ebx+ecx*8+0xc00]
      a.inc(ecx).cmp(ecx, 128).jb("loop");
      a.db(0xdd, 0xd8).jmp("again"); // fstp st(0)
    },
  ],
];

const bus: CpuBus = {
  portRead: () => 0,
  portWrite: () => {},
  memoryRead: () => 0,
  memoryWrite: () => {},
  interruptAcknowledge: () => 0,
};

/** Runs a program for `milliseconds`; returns instructions and cycles per second. */
function measure(cpu: Cpu, milliseconds: number): { instructions: number; cycles: number } {
  const [instructions, cycles, start] = [cpu.instructions, cpu.cycles, performance.now()];
  let elapsed = 0;
  while (elapsed < milliseconds) {
    const reason = cpu.run(cpu.cycles + 1e7);
    if (reason !== "cycles") throw new Error(`the program stopped: ${reason}`);
    elapsed = performance.now() - start;
  }
  const seconds = elapsed / 1000;
  return {
    instructions: (cpu.instructions - instructions) / seconds,
    cycles: (cpu.cycles - cycles) / seconds,
  };
}

function bench(model: CpuModel, routine: AssemblyRoutine): { instructions: number; cycles: number } {
  const cpu = new Cpu({ model, memoryBytes: 1 << 20, bus });
  cpu.memory.set(assemble(routine, { origin: CODE }).bytes, CODE);
  cpu.memory.fill(1, DATA, DATA + 0x1000);
  cpu.enterFlat32(CODE);
  cpu.registers.esp = STACK;
  measure(cpu, WARM_UP);
  return measure(cpu, MEASURED);
}

const millions = (value: number): string => `${(value / 1e6).toFixed(1)} M`.padStart(9);

await buildCore();
const boot = measureBoot();
process.stdout.write(
  `boot to the first user instruction: ${boot.milliseconds.toFixed(0)} ms, ${boot.instructions} instructions\n\n`,
);
process.stdout.write("model  program            instructions/s  cycles/s\n");
for (const model of ["i486", "i386"] as const) {
  for (const [name, routine] of PROGRAMS) {
    const { instructions, cycles } = bench(model, routine);
    process.stdout.write(
      `${model}   ${name.padEnd(18)} ${millions(instructions)}      ${millions(cycles)}\n`,
    );
  }
}
