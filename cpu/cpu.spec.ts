import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { al, assemble, byte, dword, eax, ebx, ecx, edi, edx, esi, esp, mem } from "../tools/asm";
import type { AssemblyRoutine } from "../tools/asm";
import { buildCore } from "./core-build";
import { Cpu } from "./cpu";
import type { CpuBus, CpuModel } from "./cpu";

const CODE = 0x10000;
const DATA = 0x20000;
const STACK = 0x30000;
const GDT = 0x1000;
const IDT = 0x2000;
const HANDLERS = 0x3000;
const MEMORY = 1 << 20;
const ENOUGH = 1_000_000;

beforeAll(() => buildCore());

/** A bus that notes writes and answers from functions. */
class TestBus implements CpuBus {
  readonly writes: string[] = [];
  onPort?: (port: number, value: number) => void;
  vector = 0x20;

  portRead(port: number): number {
    return port & 0xff;
  }
  portWrite(port: number, size: number, value: number): void {
    this.writes.push(`port ${port} ${size} ${value}`);
    this.onPort?.(port, value);
  }
  memoryRead(physical: number, size: number): number {
    return size === 4 ? physical : physical & (size === 2 ? 0xffff : 0xff);
  }
  memoryWrite(physical: number, size: number, value: number): void {
    this.writes.push(`memory ${physical.toString(16)} ${size} ${value}`);
  }
  interruptAcknowledge(): number {
    return this.vector;
  }
}

let bus: TestBus;

function start(routine: AssemblyRoutine, model: CpuModel = "i486"): Cpu {
  bus = new TestBus();
  const cpu = new Cpu({ model, memoryBytes: MEMORY, bus, holes: [[0xa0000, 0xb0000]] });
  return restart(cpu, routine);
}

/** Flat segments by descriptors, an interrupt gate for each of 64 vectors to a HLT of its own. */
function restart(cpu: Cpu, routine: AssemblyRoutine): Cpu {
  const view = new DataView(cpu.memory.buffer, cpu.memory.byteOffset);
  [0, 0, 0x0000ffff, 0x00cf9b00, 0x0000ffff, 0x00cf9300].forEach((word, i) =>
    view.setUint32(GDT + 4 * i, word, true),
  );
  for (let vector = 0; vector < 64; vector++) {
    view.setUint32(IDT + 8 * vector, (8 << 16) | (HANDLERS + vector), true);
    view.setUint32(IDT + 8 * vector + 4, 0x8e00, true);
    cpu.memory[HANDLERS + vector] = 0xf4;
  }
  cpu.enterFlat32(CODE);
  Object.assign(cpu.registers.gdtr, { base: GDT, limit: 23 });
  Object.assign(cpu.registers.idtr, { base: IDT, limit: 511 });
  cpu.registers.esp = STACK;
  cpu.memory.set(assemble(routine, { origin: CODE }).bytes, CODE);
  cpu.invalidate(CODE, 0x1000);
  return cpu;
}

const handler = (vector: number): number => HANDLERS + vector + 1;

describe("running", () => {
  it("counts instructions and stops in HLT", () => {
    const cpu = start((a) => a.mov(ecx, 10).label("loop").add(eax, ecx).dec(ecx).jne("loop").hlt());
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect([cpu.registers.eax, cpu.instructions]).toEqual([55, 32]);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect(cpu.instructions).toBe(32);
  });

  it("returns at the first boundary at or after the limit", () => {
    const cpu = start((a) => a.label("loop").inc(eax).jmp("loop"));
    expect(cpu.run(1000)).toBe("cycles");
    expect(cpu.cycles).toBeGreaterThanOrEqual(1000);
    expect(cpu.cycles).toBeLessThan(1004);
    const { cycles } = cpu;
    expect(cpu.run(500)).toBe("cycles");
    expect(cpu.cycles).toBe(cycles);
  });

  it("does not depend on how a run is cut into pieces", () => {
    const program: AssemblyRoutine = (a) => {
      a.label("again")
        .mov(ecx, 300)
        .mov(esi, DATA)
        .mov(edi, DATA + 0x801)
        .rep()
        .movsb();
      a.mov(ecx, 50).mov(edi, DATA).mov(al, 0x77).repne().scasb();
      a.push(ecx).pop(edx).imul(ebx, edx).mov(mem(esi, 3), ebx).call("leaf").jmp("again");
      a.label("leaf").inc(dword(DATA)).ret();
    };
    const whole = start(program);
    whole.run(50_000);
    const expected = whole.saveState();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 40 }), (pieces) => {
        const cpu = start(program);
        let until = 0;
        for (const piece of pieces) cpu.run((until = Math.min(until + piece, 50_000)));
        cpu.run(50_000);
        expect([cpu.cycles, cpu.instructions]).toEqual([whole.cycles, whole.instructions]);
        expect(cpu.registers.eip).toBe(whole.registers.eip);
        expect(Buffer.compare(cpu.memory, whole.memory)).toBe(0);
        expect(cpu.registers.ecx).toBe(whole.registers.ecx);
      }),
      { numRuns: 20 },
    );
    expect(expected.length).toBeGreaterThan(0);
  });

  it("steps one instruction, or one iteration of a repeated one", () => {
    const cpu = start((a) => a.mov(ecx, 3).mov(edi, DATA).rep().stosb().hlt());
    cpu.step();
    expect([cpu.registers.ecx, cpu.instructions]).toEqual([3, 1]);
    cpu.step();
    const eips = [];
    for (let i = 0; i < 3; i++) {
      cpu.step();
      eips.push([cpu.registers.eip, cpu.registers.ecx]);
    }
    const rep = eips[0][0];
    expect(eips).toEqual([
      [rep, 2],
      [rep, 1],
      [rep + 2, 0],
    ]);
    expect(cpu.instructions).toBe(3);
  });

  it("lets time pass in HLT", () => {
    const cpu = start((a) => a.hlt());
    cpu.run(ENOUGH);
    cpu.advanceTo(5000);
    expect(cpu.cycles).toBe(5000);
    cpu.advanceTo(100);
    expect(cpu.cycles).toBe(5000);
  });
});

describe("from inside a bus callback", () => {
  const program: AssemblyRoutine = (a) => a.out(0x80, al).label("loop").inc(eax).jmp("loop");

  it("setDeadline shortens the run and never extends it", () => {
    const cpu = start(program);
    bus.onPort = () => cpu.setDeadline(cpu.cycles + 100);
    expect(cpu.run(ENOUGH)).toBe("cycles");
    expect(cpu.cycles).toBeLessThan(200);
    restart(cpu, program);
    const { cycles } = cpu;
    bus.onPort = () => cpu.setDeadline(ENOUGH * 2);
    cpu.run(cycles + 1000);
    expect(cpu.cycles).toBeLessThan(cycles + 1004);
  });

  it("stop ends the run after the instruction", () => {
    const cpu = start(program);
    bus.onPort = () => cpu.stop();
    expect(cpu.run(ENOUGH)).toBe("stopped");
    expect([cpu.registers.eip, cpu.instructions]).toEqual([CODE + 2, 1]);
  });

  it("setInterrupt interrupts after the instruction", () => {
    const cpu = start((a) => a.sti().nop().out(0x80, al).inc(eax).hlt());
    bus.onPort = () => cpu.setInterrupt(true);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect([cpu.registers.eip, cpu.registers.eax]).toEqual([handler(0x20), 0]);
  });
});

describe("interrupts", () => {
  it("wait for IF and for the instruction after STI", () => {
    const cpu = start((a) => a.inc(eax).sti().inc(eax).inc(eax).hlt());
    cpu.setInterrupt(true);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect([cpu.registers.eip, cpu.registers.eax]).toEqual([handler(0x20), 2]);
  });

  it("keep the shadow of STI across calls of run", () => {
    const cpu = start((a) => a.sti().inc(eax).inc(eax).hlt());
    cpu.step();
    cpu.setInterrupt(true);
    cpu.run(ENOUGH);
    expect([cpu.registers.eip, cpu.registers.eax]).toEqual([handler(0x20), 1]);
  });

  it("wake a halted processor", () => {
    const cpu = start((a) => a.sti().hlt());
    expect(cpu.run(ENOUGH)).toBe("halt");
    cpu.setInterrupt(true);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect(cpu.registers.eip).toBe(handler(0x20));
  });

  it("NMI is delivered once, whatever IF says", () => {
    const cpu = start((a) => a.label("loop").jmp("loop"));
    cpu.run(100);
    cpu.nmi();
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect(cpu.registers.eip).toBe(handler(2));
    expect(cpu.stats().interrupts).toBe(1);
  });

  it("without handlers end in a triple fault", () => {
    const cpu = start((a) => a.ud2());
    cpu.registers.idtr.limit = 0;
    expect(cpu.run(ENOUGH)).toBe("shutdown");
    expect(cpu.stats().shutdownReason).toBe("triple fault");
    expect(cpu.run(ENOUGH)).toBe("shutdown");
  });
});

describe("code that changes", () => {
  it("is decoded again when the program writes the next instruction", () => {
    const cpu = start((a) => a.mov(byte("target"), 0x42).label("target").inc(ecx).inc(ecx).hlt());
    cpu.run(ENOUGH);
    // 42 is INC EDX.
    expect([cpu.registers.ecx, cpu.registers.edx & 0xff]).toEqual([1, 1]);
  });

  it("is decoded again inside a loop", () => {
    const cpu = start((a) => {
      a.mov(ebx, 4).label("loop").label("target").inc(ecx).xor(byte("target"), 3).dec(ebx).jne("loop").hlt();
    });
    cpu.run(ENOUGH);
    expect([cpu.registers.ecx, cpu.registers.edx & 0xff]).toEqual([2, 2]);
  });

  it("is decoded again after the host wrote it", () => {
    const program: AssemblyRoutine = (a) => a.inc(ecx).hlt();
    const cpu = start(program);
    cpu.run(ENOUGH);
    cpu.memory[CODE] = 0x42;
    cpu.invalidate(CODE, 1);
    cpu.registers.eip = CODE;
    cpu.step();
    expect([cpu.registers.ecx, cpu.registers.edx & 0xff]).toEqual([1, 1]);
  });

  it("may lie beside data that is written all the time", () => {
    const cpu = start((a) => {
      a.mov(ecx, 1000).label("loop").inc(dword("data")).dec(ecx).jne("loop").hlt();
      a.label("data").dd(0);
    });
    cpu.run(ENOUGH);
    expect(cpu.stats().codeInvalidations).toBeLessThan(3);
  });

  it("may cross a page whose second half changes", () => {
    const cpu = start((a) => a.hlt());
    // MOV EAX, imm32 with its immediate in the next page.
    const at = CODE + 0xfff;
    cpu.memory.set([0xb8, 1, 0, 0, 0, 0xf4], at);
    cpu.invalidate(at, 6);
    for (const value of [1, 2, 3]) {
      cpu.memory[at + 1] = value;
      cpu.invalidate(at + 1, 1);
      cpu.registers.eip = at;
      expect(cpu.run(cpu.cycles + 1000)).toBe("halt");
      expect(cpu.registers.eax).toBe(value);
    }
  });
});

describe("breakpoints", () => {
  it("stop before the instruction, cost nothing, and let it run afterwards", () => {
    const program: AssemblyRoutine = (a) => a.mov(ecx, 3).label("loop").inc(eax).dec(ecx).jne("loop").hlt();
    const plain = start(program);
    plain.run(ENOUGH);
    const cpu = start(program);
    cpu.addBreakpoint(CODE + 5);
    const seen: number[] = [];
    while (cpu.run(ENOUGH) === "breakpoint") seen.push(cpu.registers.eax);
    expect(seen).toEqual([0, 1, 2]);
    expect([cpu.cycles, cpu.instructions]).toEqual([plain.cycles, plain.instructions]);
  });

  it("can be removed", () => {
    const cpu = start((a) => a.nop().nop().hlt());
    cpu.addBreakpoint(CODE + 1);
    cpu.removeBreakpoint(CODE + 1);
    expect(cpu.run(ENOUGH)).toBe("halt");
  });
});

describe("memory", () => {
  it("outside RAM and in holes is the bus's", () => {
    const cpu = start((a) =>
      a.mov(eax, dword(0xa0010)).mov(dword(0xa0014), 7).mov(ebx, dword(0x200000)).hlt(),
    );
    cpu.run(ENOUGH);
    expect([cpu.registers.eax, cpu.registers.ebx]).toEqual([0xa0010, 0x200000]);
    expect(bus.writes).toEqual(["memory a0014 4 7"]);
  });

  it("wraps at 1 MiB without A20", () => {
    const cpu = start((a) => a.mov(eax, dword(0x100000 + DATA)).hlt());
    cpu.memory.set([1, 2, 3, 4], DATA);
    cpu.setA20(false);
    cpu.run(ENOUGH);
    expect(cpu.registers.eax).toBe(0x04030201);
  });

  it("is read and written through the page tables by the debugger", () => {
    const cpu = start((a) => a.hlt());
    const view = new DataView(cpu.memory.buffer, cpu.memory.byteOffset);
    view.setUint32(0x5000, 0x6007, true);
    view.setUint32(0x6000, DATA | 7, true);
    cpu.registers.cr3 = 0x5000;
    cpu.registers.cr0 |= 0x80000000;
    expect([cpu.translate(0x123), cpu.translate(0x1123)]).toEqual([DATA + 0x123, -1]);
    expect(cpu.writeLinear(0xffe, Uint8Array.of(1, 2, 3, 4))).toBe(2);
    expect([...cpu.readLinear(0xffd, 4)]).toEqual([0, 1, 2, 0]);
    expect(view.getUint32(0x6000, true)).toBe(DATA | 7);
  });
});

describe("state", () => {
  it("is saved and restored, TLB and pending pieces included", () => {
    const program: AssemblyRoutine = (a) => {
      a.label("again")
        .mov(ecx, 200)
        .mov(esi, DATA)
        .mov(edi, DATA + 0x400)
        .rep()
        .movsb()
        .inc(eax)
        .jmp("again");
    };
    const cpu = start(program);
    cpu.run(777);
    const [state, memory] = [cpu.saveState(), cpu.memory.slice()];
    cpu.run(20_000);
    const other = start((a) => a.hlt());
    other.memory.set(memory);
    other.restoreState(state);
    other.run(20_000);
    expect(other.registers.eip).toBe(cpu.registers.eip);
    expect([other.cycles, other.instructions, other.registers.eax]).toEqual([
      cpu.cycles,
      cpu.instructions,
      cpu.registers.eax,
    ]);
  });

  it("of reset is real mode, at the end of the address space", () => {
    const cpu = start((a) => a.hlt());
    cpu.reset();
    expect([cpu.registers.eip, cpu.registers.cs]).toEqual([0xfff0, 0xf000]);
    expect(cpu.registers.segments.cs).toMatchObject({ base: 0xffff0000, limit: 0xffff });
    expect(cpu.registers.edx).toBe(0x435);
  });

  it("shows what hooks ask for, and the same clock", () => {
    const program: AssemblyRoutine = (a) => a.mov(eax, 1).push(eax).int(0x21);
    const plain = start(program);
    plain.run(ENOUGH);
    const cpu = start(program);
    const seen: string[] = [];
    cpu.hooks.instruction = (eip) => seen.push(`at ${eip - CODE}`);
    cpu.hooks.interrupt = (vector, code, _eip, source) => seen.push(`${source} ${vector} ${code}`);
    expect(cpu.run(ENOUGH)).toBe("halt");
    expect(seen.slice(0, 4)).toEqual(["at 0", "at 5", "at 6", "software 33 -1"]);
    expect([cpu.cycles, cpu.registers.esp]).toEqual([plain.cycles, STACK - 16]);
  });

  it("refuses memory it cannot have", () => {
    expect(() => new Cpu({ model: "i486", memoryBytes: 5000, bus: new TestBus() })).toThrow(
      /multiple of 4096/,
    );
  });
});

describe("models", () => {
  let flags: (model: CpuModel) => number;
  beforeEach(() => {
    flags = (model) => {
      const cpu = start((a) => a.push(0x240000).popfd().pushfd().pop(eax).hlt(), model);
      cpu.run(ENOUGH);
      return cpu.registers.eax & 0x240000;
    };
  });

  it("differ in AC and ID", () => {
    expect([flags("i386"), flags("i486")]).toEqual([0, 0x240000]);
  });

  it("differ in CR0", () => {
    const cr0 = (model: CpuModel): number => {
      const cpu = start((a) => a.mov(eax, 0x50025).db(0x0f, 0x22, 0xc0).db(0x0f, 0x20, 0xc3).hlt(), model);
      cpu.run(ENOUGH);
      return cpu.registers.ebx;
    };
    expect([cr0("i386"), cr0("i486")]).toEqual([0x15, 0x50035]);
    expect(start((a) => a.push(esp)).step()).toBe("cycles");
  });
});
