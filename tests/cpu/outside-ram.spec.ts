/** Code in bus memory: ROM, and holes in RAM. */
import { beforeAll, describe, expect, it } from "vitest";
import { buildCore } from "../../cpu/core-build";
import { Cpu } from "../../cpu/cpu";
import type { CpuBus, CpuModel } from "../../cpu/cpu";
import { assemble, eax, ebx, ecx, edx } from "../../tools/asm";
import type { AssemblyRoutine } from "../../tools/asm";

const RAM_CODE = 0x10000;
const STACK = 0x30000;
const MEMORY = 1 << 20;
const HOLE = 0xa0000;
const HOLE_END = 0xb0000;
const ROM = 0xffe00000;
const ENOUGH = 10_000_000;
const PAGE = 0x1000;
const RET = 0xc3;
const NOP = 0x90;
const NOPS = 8;

beforeAll(() => buildCore());

/** Memory of the bus by address; NOPs where nothing was written. */
class Rom implements CpuBus {
  readonly bytes = new Map<number, number>();
  reads = 0;

  write(address: number, bytes: Iterable<number>): void {
    for (const byte of bytes) this.bytes.set(address++, byte);
  }
  memoryRead(physical: number, size: number): number {
    this.reads++;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = (value << 8) | (this.bytes.get(physical + i) ?? NOP);
    return value;
  }
  memoryWrite(): void {}
  portRead(): number {
    return 0xff;
  }
  portWrite(): void {}
  interruptAcknowledge(): number {
    return 0x20;
  }
}

function start(rom: Rom, routine: AssemblyRoutine, origin = RAM_CODE, model: CpuModel = "i486"): Cpu {
  const cpu = new Cpu({ model, memoryBytes: MEMORY, bus: rom, holes: [[HOLE, HOLE_END]] });
  const { bytes } = assemble(routine, { origin });
  if (origin < MEMORY && (origin < HOLE || origin >= HOLE_END)) cpu.memory.set(bytes, origin);
  else rom.write(origin, bytes);
  cpu.enterFlat32(origin);
  cpu.registers.esp = STACK;
  return cpu;
}

describe("code outside RAM", () => {
  it.each([
    ["above RAM", ROM],
    ["in a hole", HOLE],
    ["across pages", ROM + 0x1ff8],
  ])("runs %s as it does in RAM, read once", (_where, origin) => {
    const program: AssemblyRoutine = (a) => {
      a.mov(ecx, 10_000).label("loop").add(eax, ecx).call("twice").dec(ecx).jne("loop").hlt();
      a.label("twice").mov(edx, eax).add(edx, edx).ret();
    };
    const rom = new Rom();
    const [inRam, inRom] = [
      start(new Rom(), program, RAM_CODE + (origin & 0xfff)),
      start(rom, program, origin),
    ];
    for (const cpu of [inRam, inRom]) expect(cpu.run(ENOUGH)).toBe("halt");
    expect(inRom.registers.edx).toBe(10_000 * 10_001);
    expect([inRom.cycles, inRom.instructions]).toEqual([inRam.cycles, inRam.instructions]);
    expect(inRom.registers.eip - origin).toBe(inRam.registers.eip - (RAM_CODE + (origin & 0xfff)));
    // An instruction across pages is compared with memory every time.
    if (origin % PAGE === 0) expect(rom.reads).toBeLessThan(1000);
  });

  it("may begin in RAM and end in a hole", () => {
    const rom = new Rom();
    rom.write(HOLE, [0x34, 0x12, 0, 0xf4]);
    const cpu = start(rom, (a) => a.mov(eax, HOLE - 2).jmp(eax));
    cpu.memory.set([0xb8, 0x78], HOLE - 2);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect([cpu.registers.eax, cpu.registers.eip]).toEqual([0x123478, HOLE + 4]);
  });

  it("is read again after the TLB forgot its page", () => {
    const rom = new Rom();
    rom.write(ROM, [0x40, RET]);
    const cpu = start(rom, (a) => {
      a.mov(ebx, ROM).call(ebx).call(ebx).db(0x0f, 0x22, 0xd9).call(ebx).hlt(); // mov cr3, ecx
    });
    cpu.addBreakpoint(RAM_CODE + 9);
    expect(cpu.run(ENOUGH)).toBe("breakpoint");
    rom.write(ROM, [0x42]);
    cpu.run(ENOUGH);
    expect([cpu.registers.eax, cpu.registers.edx & 0xff]).toEqual([2, 1]);
  });

  it("has breakpoints, also where it has been decoded already", () => {
    const rom = new Rom();
    rom.write(ROM, [0x40, 0x40, RET]);
    const cpu = start(rom, (a) => a.mov(ebx, ROM).label("loop").call(ebx).jmp("loop"));
    expect(cpu.run(1000)).toBe("cycles");
    cpu.addBreakpoint(ROM + 1);
    expect(cpu.run(2000)).toBe("breakpoint");
    expect(cpu.registers.eip).toBe(ROM + 1);
    cpu.removeBreakpoint(ROM + 1);
    expect(cpu.run(cpu.cycles + 1000)).toBe("cycles");
  });

  describe.each(["i386", "i486"] as const)("on an %s", (model) => {
    /**
     * Jumps and calls to two pages of ROM that displace each other from the TLB, so that each is decoded anew every
     * time; `before` is the number of other pages visited first, so that either may find the pool of micro-ops full.
     */
    function visit(count: number, before: number): { cycles: number; flushes: number } {
      const rom = new Rom();
      const [jumped, called] = [ROM + NOPS, ROM + 256 * PAGE];
      const program: AssemblyRoutine = (a) => {
        a.mov(ecx, count);
        for (let page = 1; page <= before; page++) a.mov(ebx, ROM + page * PAGE).call(ebx);
        a.mov(ebx, called).label("loop").xor(eax, eax).je(jumped);
        a.label("back").call(ebx).dec(ecx).jne("loop").hlt();
      };
      const { labels } = assemble(program, { origin: RAM_CODE });
      rom.write(jumped + NOPS, assemble((a) => a.jmp(labels.back), { origin: jumped + NOPS }).bytes);
      rom.write(called + NOPS, [RET]);
      for (let page = 1; page <= before; page++) rom.write(ROM + page * PAGE, [RET]);
      const cpu = start(rom, program, RAM_CODE, model);
      expect(cpu.run(ENOUGH)).toBe("halt");
      return { cycles: cpu.cycles, flushes: cpu.stats().codeFlushes };
    }

    it.each([0, 1])(
      "takes bounded memory, and its clock does not show when that is emptied (%i)",
      (before) => {
        const [one, two, many] = [visit(1, before), visit(2, before), visit(5000, before)];
        expect(one.flushes).toBe(0);
        expect(many.flushes).toBeGreaterThanOrEqual(2);
        expect(many.cycles).toBe(one.cycles + 4999 * (two.cycles - one.cycles));
      },
    );
  });
});
