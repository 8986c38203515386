import { beforeAll, describe, expect, it } from "vitest";
import * as mb from "../abi/multiboot";
import { buildCore } from "../cpu/core-build";
import { MemoryStorage, OverlayStorage } from "../devices/storage";
import {
  type AssemblyRoutine,
  al,
  ax,
  bl,
  byte,
  dword,
  dx,
  eax,
  ebx,
  ecx,
  edi,
  esi,
  mem,
  symbol,
} from "../tools/asm";
import { Machine, type MachineConfig, MachineError } from "./machine";
import { type BootModule, loadMultiboot } from "./multiboot";
import { viewOf } from "./elf";
import { KERNEL_ENTRY, exitWith, makeKernel } from "./testing-kernels";

const MIB = 1 << 20;
const SECOND = 33_333_333;

beforeAll(async () => {
  await buildCore();
});

function boot(routine: AssemblyRoutine, config: MachineConfig = {}, modules: BootModule[] = [], words = "k") {
  let serial = "";
  const machine = new Machine({
    memory: 4 * MIB,
    onSerial: (byte) => (serial += String.fromCharCode(byte)),
    ...config,
  });
  loadMultiboot(machine, { kernel: makeKernel(routine), commandLine: words, modules });
  return { machine, serial: () => serial };
}

/** Writes one byte to a port. */
const out =
  (port: number, ...values: number[]): AssemblyRoutine =>
  (a) => {
    a.mov(dx, port);
    for (const value of values) a.mov(al, value).out(dx, al);
  };

/** An interrupt descriptor table at 0x1000 whose gates for 0x20 to 0x2f lead to `handler`. */
function interruptTable(handler: string): AssemblyRoutine {
  return (a) => {
    a.mov(eax, symbol(handler)).mov(edi, 0x1100).mov(ecx, 16);
    a.label("fill").mov(dword(edi), eax).mov(dword(edi, 4), eax);
    a.mov(byte(edi, 2), 0x08).mov(byte(edi, 3), 0x00);
    a.mov(byte(edi, 4), 0x00).mov(byte(edi, 5), 0x8e);
    a.add(edi, 8).dec(ecx).jne("fill");
    a.lidt(mem("idt")).lgdt(mem("gdtr"));
  };
}

const tables: AssemblyRoutine = (a) => {
  a.label("idt").dw(0x7ff).dd(0x1000);
  a.label("gdtr").dw(0x17).dd("gdt");
  a.align(8).label("gdt").dd(0, 0, 0x0000ffff, 0x00cf9b00, 0x0000ffff, 0x00cf9300);
};

/** The PC's interrupt controllers at vectors 0x20 to 0x2f, with the given masks. */
const controllers = (master: number, slave: number): AssemblyRoutine => {
  return (a) => {
    out(0x20, 0x11)(a);
    out(0x21, 0x20, 0x04, 0x01, master)(a);
    out(0xa0, 0x11)(a);
    out(0xa1, 0x28, 0x02, 0x01, slave)(a);
  };
};

describe("configuration", () => {
  it.each([
    [{ memory: 1000 }, "memory"],
    [{ memory: 4096 * MIB }, "memory"],
    [{ cpuFrequency: 5 }, "frequency"],
    [{ disks: Array(5).fill(new MemoryStorage(new Uint8Array(512))) }, "disks"],
  ])("refuses %j", (config, word) => {
    expect(() => new Machine(config)).toThrow(MachineError);
    expect(() => new Machine(config)).toThrow(word);
  });
});

describe("a run", () => {
  it("ends with what the guest writes to the exit port, and stays ended", () => {
    const { machine } = boot(exitWith(42));
    expect(machine.run()).toEqual({ reason: "exit", status: 42 });
    const { cycles } = machine;
    expect(machine.run()).toEqual({ reason: "exit", status: 42 });
    expect(machine.cycles).toBe(cycles);
  });

  it("ends at the cycle limit, and goes on", () => {
    const { machine } = boot((a) => {
      a.mov(ecx, 100_000).label("loop").dec(ecx).jne("loop");
      exitWith(1)(a);
    });
    expect(machine.run(1000)).toEqual({ reason: "cycles" });
    expect(machine.cycles).toBeGreaterThanOrEqual(1000);
    expect(machine.cycles).toBeLessThan(1100);
    expect(machine.run()).toEqual({ reason: "exit", status: 1 });
  });

  it("ends with a triple fault", () => {
    const { machine } = boot((a) => a.lidt(mem("none")).ud2().label("none").dw(0).dd(0));
    expect(machine.run(SECOND)).toMatchObject({ reason: "shutdown" });
  });

  it("ends when halted with interrupts off, or with nothing to come", () => {
    expect(boot((a) => a.hlt()).machine.run()).toEqual({ reason: "halted" });
    const masked = boot((a) => {
      controllers(0xff, 0xff)(a);
      a.sti().hlt();
    });
    expect(masked.machine.run()).toEqual({ reason: "halted" });
  });

  it.each([
    ["port 0x92", out(0x92, 0x03)],
    ["the 8042", out(0x64, 0xfe)],
    ["port 0xCF9", out(0xcf9, 0x06)],
  ])("ends with a reset by %s", (_name, routine) => {
    expect(boot(routine).machine.run(SECOND)).toEqual({ reason: "reset" });
  });

  it("starts again at a reset when told so", () => {
    const kernel = makeKernel((a) => {
      // Memory outlives the reset.
      a.inc(dword(0x2000)).mov(eax, mem(0x2000)).cmp(eax, 3).je("done");
      out(0x92, 0x01)(a);
      a.label("done");
      exitWith(7)(a);
    });
    const machine = new Machine({ memory: 4 * MIB, reboot: true });
    const load = () => loadMultiboot(machine, { kernel, commandLine: "", modules: [] });
    load();
    machine.onReset = load;
    expect(machine.run(2 * SECOND)).toEqual({ reason: "exit", status: 7 });
    expect(machine.cycles).toBeGreaterThan(SECOND);
  });

  it("stops before a breakpoint, and steps", () => {
    const { machine } = boot((a) => a.mov(eax, 1).mov(ebx, 2).mov(ecx, 3).hlt());
    machine.addBreakpoint(KERNEL_ENTRY + 10);
    expect(machine.run(SECOND)).toEqual({ reason: "breakpoint", address: KERNEL_ENTRY + 10 });
    expect(machine.cpu.registers.eax).toBe(1);
    machine.step();
    expect(machine.cpu.registers.ebx).toBe(2);
    machine.removeBreakpoint(KERNEL_ENTRY + 10);
    expect(machine.run(SECOND)).toEqual({ reason: "halted" });
    expect(machine.cpu.registers.ecx).toBe(3);
  });

  it("stops when asked from a hook", () => {
    const { machine } = boot((a) => {
      a.label("loop");
      out(0x80, 1)(a);
      a.jmp("loop");
    });
    machine.hooks.io = () => machine.stop();
    expect(machine.run(SECOND)).toEqual({ reason: "stopped" });
  });
});

describe("multiboot", () => {
  it("passes sizes, map, command line and modules", () => {
    const modules = [
      { contents: new Uint8Array(5000).fill(1), string: "first a b" },
      { contents: new Uint8Array(3).fill(2), string: "second" },
    ];
    const { machine } = boot((a) => a.hlt(), {}, modules, "kernel x=1");
    const { registers, memory } = machine.cpu;
    expect(registers.eax).toBe(mb.MULTIBOOT_BOOTLOADER_MAGIC);
    const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
    const info = (offset: number) => view.getUint32(registers.ebx + offset, true);
    const text = (address: number) =>
      Buffer.from(memory.subarray(address, memory.indexOf(0, address))).toString();
    expect(info(mb.MBI_FLAGS)).toBe(0x26d);
    expect([info(mb.MBI_MEM_LOWER), info(mb.MBI_MEM_UPPER)]).toEqual([639, 3072]);
    expect(text(info(mb.MBI_CMDLINE))).toBe("kernel x=1");
    const list = Array.from({ length: info(mb.MBI_MODS_COUNT) }, (_, i) => {
      const at = info(mb.MBI_MODS_ADDR) + i * mb.MULTIBOOT_MODULE_SIZE;
      const [start, end, string] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
      return { start, contents: memory.slice(start, end), string: text(string) };
    });
    expect(list.map(({ contents, string }) => ({ contents, string }))).toEqual(modules);
    expect(list.every(({ start }) => start % 4096 === 0)).toBe(true);
    const map = Array.from({ length: info(mb.MBI_MMAP_LENGTH) / 24 }, (_, i) => {
      const at = info(mb.MBI_MMAP_ADDR) + i * 24;
      return [view.getUint32(at + 4, true), view.getUint32(at + 12, true), view.getUint32(at + 20, true)];
    });
    expect(map.filter(([, , type]) => type === 1)).toEqual([
      [0, 0x9fc00, 1],
      [MIB, 3 * MIB, 1],
    ]);
  });

  it("loads the kernel's symbols behind everything else, when there is room", () => {
    const kernel = makeKernel((a) => a.label("here").hlt());
    const load = (memory: number, contents: Uint8Array) => {
      const machine = new Machine({ memory });
      loadMultiboot(machine, { kernel, commandLine: "", modules: [{ contents, string: "module" }] });
      const view = new DataView(machine.cpu.memory.buffer, machine.cpu.memory.byteOffset, memory);
      return { view, info: (offset: number) => view.getUint32(machine.cpu.registers.ebx + offset, true) };
    };
    const { view, info } = load(4 * MIB, new Uint8Array(8));
    const headers = Array.from({ length: info(mb.MBI_ELF_NUM) }, (_, i) => {
      const at = info(mb.MBI_ELF_ADDR) + i * info(mb.MBI_ELF_SIZE);
      const [type, address, size] = [4, 12, 20].map((offset) => view.getUint32(at + offset, true));
      return { type, address, size };
    });
    const symbols = headers.find(({ type }) => type === 2)!;
    const strings = headers.filter(({ type, address }) => type === 3 && address > 0);
    expect(symbols.address).toBeGreaterThan(view.getUint32(info(mb.MBI_MODS_ADDR) + 4, true));
    expect(symbols.size % 16).toBe(0);
    const text = (at: number, size: number) =>
      Buffer.from(view.buffer, view.byteOffset + at, size).toString();
    expect(strings.map(({ address, size }) => text(address, size))).toEqual([
      expect.stringContaining("\0here\0"),
    ]);
    const start = view.getUint32(info(mb.MBI_MODS_ADDR), true);
    const full = load(4 * MIB, new Uint8Array(4 * MIB - start));
    expect(full.info(mb.MBI_FLAGS) & mb.MULTIBOOT_INFO_ELF_SHDR).toBe(0);
  });

  it.each([
    ["no multiboot header", makeKernel((a) => a.hlt(), { multiboot: false })],
    ["not an ELF file", Buffer.from("hello")],
    ["kernel does not fit into 4 MiB", makeKernel((a) => a.hlt(), { bss: 8 * MIB })],
    ["0xa8000 is where there is no room", makeKernel((a) => a.hlt(), { physical: 0xa8000 })],
    ["0x400 is where there is no room", makeKernel((a) => a.hlt(), { physical: 0x400 })],
    ["wants a graphics mode", makeKernel((a) => a.hlt(), { flags: 4 })],
    ["unknown multiboot features 0x8", makeKernel((a) => a.hlt(), { flags: 8 })],
  ])("says %s", (message, kernel) => {
    const machine = new Machine({ memory: 4 * MIB });
    const load = () => loadMultiboot(machine, { kernel, commandLine: "", modules: [] });
    expect(load).toThrow(MachineError);
    expect(load).toThrow(message);
  });

  it("tells a kernel that wants a text mode of the one that there is", () => {
    const machine = new Machine({ memory: 4 * MIB });
    loadMultiboot(machine, {
      kernel: makeKernel((a) => a.hlt(), { flags: 7, mode: 1 }),
      commandLine: "line",
      modules: [],
    });
    const view = viewOf(machine.memory);
    const info = machine.cpu.registers.ebx;
    expect(view.getUint32(info, true) & 0x1000).toBe(0x1000);
    const words = [0, 4, 8, 12, 16].map((at) => view.getUint32(info + 88 + at, true));
    expect([...words, view.getUint16(info + 108, true)]).toEqual([0xb8000, 0, 160, 80, 25, 0x0210]);
    const line = view.getUint32(info + 16, true);
    expect(Buffer.from(machine.memory.subarray(line, line + 5)).toString()).toBe("line\0");
  });

  it("refuses modules and command lines that do not fit", () => {
    const machine = new Machine({ memory: 4 * MIB });
    const kernel = makeKernel((a) => a.hlt());
    const big = { contents: new Uint8Array(4 * MIB), string: "" };
    expect(() => loadMultiboot(machine, { kernel, commandLine: "", modules: [big] })).toThrow("its modules");
    const long = "x".repeat(MIB);
    expect(() => loadMultiboot(machine, { kernel, commandLine: long, modules: [] })).toThrow("command lines");
  });
});

describe("devices", () => {
  /** Counts timer interrupts, 100 a second, into EBX, and ends after ten. */
  const timer: AssemblyRoutine = (a) => {
    interruptTable("tick")(a);
    controllers(0xfe, 0xff)(a);
    out(0x43, 0x34)(a);
    out(0x40, 0x9c, 0x2e)(a);
    a.mov(ebx, 0).sti();
    a.label("wait").hlt().cmp(ebx, 10).jb("wait");
    exitWith(5)(a);
    a.label("tick").inc(ebx).mov(al, 0x20).out(0x20, al).iretd();
    tables(a);
  };

  it("wake the processor from HLT, at the timer's pace", () => {
    const { machine } = boot(timer);
    expect(machine.run(SECOND)).toEqual({ reason: "exit", status: 5 });
    expect(machine.cycles / SECOND).toBeCloseTo(0.1, 3);
    expect(machine.stats().interrupts).toBe(10);
  });

  it("make the same run however it is cut", () => {
    const whole = boot(timer).machine;
    whole.run();
    const pieces = boot(timer).machine;
    for (let i = 1; pieces.run(i * 777).reason === "cycles"; i++);
    expect([pieces.cycles, pieces.instructions]).toEqual([whole.cycles, whole.instructions]);
    expect(pieces.cpu.registers.ebx).toBe(whole.cpu.registers.ebx);
  });

  it("let a run end after so much work, however long the processor slept", () => {
    const whole = boot(timer).machine;
    whole.run();
    const { machine } = boot(timer);
    let runs = 1;
    for (; machine.run(Infinity, 100).reason === "cycles"; runs++)
      expect(machine.cycles).toBeLessThan(SECOND);
    expect(runs).toBeGreaterThan(5);
    expect(runs).toBeLessThan(50);
    expect([machine.cycles, machine.instructions]).toEqual([whole.cycles, whole.instructions]);
  });

  it("print and end, with what the UART still held", () => {
    const { machine, serial } = boot((a) => {
      out(0x3fa, 0x01)(a);
      a.mov(esi, symbol("text")).mov(ecx, 5).mov(dx, 0x3f8).rep().outsb();
      exitWith(0)(a);
      a.label("text").db("hello");
    });
    expect(machine.run(SECOND)).toEqual({ reason: "exit", status: 0 });
    expect(serial()).toBe("hello");
  });

  it("read a disk by polling", () => {
    const disk = Uint8Array.from({ length: 8 * 512 }, (_, i) => (i >> 9) + 1);
    const { machine } = boot(
      (a) => {
        out(0x1f6, 0xe0)(a);
        out(0x1f2, 1)(a);
        out(0x1f3, 3)(a);
        out(0x1f4, 0)(a);
        out(0x1f5, 0)(a);
        out(0x1f7, 0x20)(a);
        a.label("busy").in(al, dx).test(al, 0x80).jne("busy");
        a.mov(dx, 0x1f0).mov(edi, 0x3000).mov(ecx, 256).rep().insw();
        a.mov(al, byte(0x31ff)).mov(dx, 0xf4).out(dx, al);
      },
      { disks: [new MemoryStorage(disk)] },
    );
    expect(machine.run(SECOND)).toEqual({ reason: "exit", status: 4 });
    expect(machine.stats()).toMatchObject({ diskCommands: 1, diskSectorsRead: 1 });
  });

  it("make the same run when a disk moves blocks as when every access is traced", () => {
    const disk = () => Uint8Array.from({ length: 8 * 512 }, (_, i) => (i >> 9) + i);
    const setUp = (opcode: number, lba: number): AssemblyRoutine => {
      return (a) => {
        out(0x1f6, 0xe0)(a);
        out(0x1f2, 2)(a);
        out(0x1f3, lba)(a);
        out(0x1f4, 0)(a);
        out(0x1f5, 0)(a);
        out(0x1f7, opcode)(a);
      };
    };
    /** Copies two sectors, with the timer's interrupts in between, and more accesses than there are data. */
    const copy: AssemblyRoutine = (a) => {
      interruptTable("tick")(a);
      controllers(0xfe, 0xff)(a);
      out(0x43, 0x34)(a);
      out(0x40, 0x40, 0x00)(a);
      a.mov(ebx, 0).sti();
      for (const [opcode, lba] of [
        [0x20, 2],
        [0x30, 5],
      ]) {
        setUp(opcode, lba)(a);
        const io = (label: string, count: number, address: number) => {
          a.mov(dx, 0x1f7).label(label).in(al, dx).test(al, 0x80).jne(label).mov(dx, 0x1f0).mov(ecx, count);
          if (opcode === 0x20) a.mov(edi, address).rep().insw();
          else a.mov(esi, address).rep().outsw();
        };
        io(`first${opcode}`, 256, 0x2f00);
        io(`second${opcode}`, 300, 0x3100);
      }
      a.mov(dx, 0x1f7).label("end").in(al, dx).test(al, 0x80).jne("end");
      exitWith(0)(a);
      a.label("tick").inc(ebx).push(eax).mov(al, 0x20).out(0x20, al).pop(eax).iretd();
      tables(a);
    };
    const runs = [false, true].flatMap((traced) =>
      [SECOND, 333].map((part) => {
        const bytes = disk();
        const { machine } = boot(copy, { disks: [new MemoryStorage(bytes)] });
        if (traced) machine.hooks.io = () => {};
        let result = machine.run(part);
        while (result.reason === "cycles") result = machine.run(machine.cycles + part);
        expect(Buffer.compare(bytes.subarray(5 * 512, 7 * 512), disk().subarray(2 * 512, 4 * 512))).toBe(0);
        const memory = Buffer.from(machine.memory.subarray(0, 0x8000)).toString("base64");
        return [result, machine.stats(), machine.cpu.registers.ebx, memory, machine.snapshot().devices];
      }),
    );
    expect(runs[0][0]).toEqual({ reason: "exit", status: 0 });
    expect(runs[0][2]).toBeGreaterThan(10);
    for (const run of runs.slice(1)) expect(run).toEqual(runs[0]);
  });

  it("answer ones where nothing is: ports, the hole below 1 MiB, beyond memory", () => {
    const { machine } = boot((a) => {
      a.mov(dx, 0x1f7).in(al, dx).mov(byte(0x3000), al);
      a.mov(eax, dword(0xc8000)).mov(dword(0x3004), eax);
      a.mov(dword(0xc8000), 0x12345678).mov(eax, dword(0xc8000)).mov(dword(0x3008), eax);
      a.mov(eax, dword(0x40000000)).mov(dword(0x300c), eax);
      a.mov(dx, 0x2345).in(ax, dx).mov(dword(0x3010), eax).hlt();
    });
    machine.run();
    const words = new DataView(machine.memory.buffer, machine.memory.byteOffset + 0x3000);
    expect(words.getUint8(0)).toBe(0xff);
    expect([4, 8, 12, 16].map((at) => words.getUint32(at, true))).toEqual(Array(4).fill(0xffffffff));
  });

  it("show text, which a snapshot keeps", () => {
    const { machine } = boot((a) => {
      a.mov(edi, 0xb8000 + 2 * 80)
        .mov(dword(edi), 0x1f034948)
        .mov(eax, dword(edi))
        .mov(dword(0x3000), eax);
      out(0x3d4, 0x0f)(a);
      out(0x3d5, 81)(a);
      a.hlt();
    });
    machine.run();
    expect(machine.memory[0x3000]).toBe(0x48);
    expect(machine.screenText()).toBe("\nH♥");
    expect([...machine.screen().rows[1].attributes.subarray(0, 3)]).toEqual([0x49, 0x1f, 0x07]);
    expect(machine.screen().cursor).toMatchObject({ row: 1, column: 1 });
    const snapshot = machine.snapshot();
    machine.reset();
    expect(machine.screenText()).toBe("");
    machine.restore(snapshot);
    expect(machine.screenText()).toBe("\nH♥");
  });

  it("take keys and movements, which wake a guest that waits for them", () => {
    const { machine, serial } = boot((a) => {
      interruptTable("got")(a);
      controllers(0xf9, 0xef)(a);
      out(0x64, 0x60)(a);
      out(0x60, 0x47)(a);
      out(0x64, 0xd4)(a);
      out(0x60, 0xf4)(a);
      a.sti().label("wait").hlt().jmp("wait");
      a.label("got").in(al, 0x60).mov(dx, 0x3f8).out(dx, al);
      a.mov(al, 0x20).out(0x20, al).out(0xa0, al).iretd();
      tables(a);
    });
    expect(machine.run()).toEqual({ reason: "halted" });
    expect(machine.typeText("B")).toBe(1);
    expect(machine.run()).toEqual({ reason: "halted" });
    machine.moveMouse(2, 1, 1);
    machine.run();
    // A key that is held repeats, and the machine does not come to rest before it goes up.
    machine.sendKey("ArrowUp", true);
    expect(machine.run(machine.cycles + 0.55 * machine.cpuFrequency)).toEqual({ reason: "cycles" });
    machine.sendKey("ArrowUp", false);
    expect(machine.run()).toEqual({ reason: "halted" });
    expect([...serial()].map((one) => one.charCodeAt(0))).toEqual([
      ...[0xfa, 0x2a, 0x30, 0xb0, 0xaa],
      ...[0x29, 0x02, 0xff, 0xe0, 0x48, 0xe0, 0x48, 0xe0, 0xc8],
    ]);
    expect(() => machine.typeText("aé")).toThrow(MachineError);
    expect(machine.typeText("a".repeat(3000))).toBe(2048);
  });

  it("take input, which wakes a guest that waits for it", () => {
    const { machine, serial } = boot((a) => {
      interruptTable("got")(a);
      controllers(0xef, 0xff)(a);
      out(0x3f9, 0x01)(a);
      out(0x3fc, 0x0b)(a);
      a.sti().label("wait").hlt().jmp("wait");
      a.label("got").mov(dx, 0x3f8).in(al, dx).inc(eax).out(dx, al).mov(al, 0x20).out(0x20, al).iretd();
      tables(a);
    });
    expect(machine.run()).toEqual({ reason: "halted" });
    expect(machine.wakesOnSerial).toBe(true);
    expect(machine.sendSerial(0x41)).toBe(true);
    expect(machine.run()).toEqual({ reason: "halted" });
    expect(serial()).toBe("B");
  });

  it("tell the time from the configured start", () => {
    const { machine } = boot(
      (a) => {
        out(0x70, 0x00)(a);
        a.in(al, 0x71).mov(dx, 0xf4).out(dx, al);
      },
      { startTime: Date.UTC(2020, 0, 1, 0, 0, 42) / 1000 },
    );
    expect(machine.run()).toEqual({ reason: "exit", status: 0x42 });
  });

  it("do not disturb a second machine", () => {
    const first = boot(timer).machine;
    const second = boot(timer).machine;
    const alone = boot(timer).machine;
    alone.run();
    for (let i = 1; i < 400; i++) {
      first.run(i * 10_000);
      second.run(i * 10_000);
    }
    expect(first.cycles).toBe(alone.cycles);
    expect(second.cycles).toBe(alone.cycles);
  });
});

describe("a snapshot", () => {
  /** Prints the bytes of a disk's sectors through the transmitter interrupt while the timer ticks. */
  const busy: AssemblyRoutine = (a) => {
    interruptTable("tick")(a);
    controllers(0xfe, 0xff)(a);
    out(0x43, 0x34)(a);
    out(0x40, 0x00, 0x04)(a);
    out(0x3fa, 0x01)(a);
    a.mov(ebx, 0).sti();
    a.label("again");
    for (const [port, value] of [
      [6, 0xe0],
      [2, 1],
      [4, 0],
      [5, 0],
    ])
      out(0x1f0 + port, value)(a);
    a.mov(al, bl).and(al, 7).mov(dx, 0x1f3).out(dx, al);
    out(0x1f7, 0x20)(a);
    a.label("busy").in(al, dx).test(al, 0x80).jne("busy");
    a.mov(dx, 0x1f0).mov(edi, 0x3000).mov(ecx, 256).rep().insw();
    a.mov(al, byte(0x3000)).mov(dx, 0x3f8).out(dx, al).cmp(ebx, 40).jb("again");
    exitWith(9)(a);
    a.label("tick").inc(ebx).push(eax).mov(al, 0x20).out(0x20, al).pop(eax).iretd();
    tables(a);
  };
  const disk = () => {
    const bytes = new Uint8Array(8 * 512);
    for (let i = 0; i < bytes.length; i++) bytes[i] = 0x30 + (i >> 9);
    return new OverlayStorage(new MemoryStorage(bytes));
  };

  it("goes on as the machine itself would have, at any moment", () => {
    const { machine, serial } = boot(busy, { disks: [disk()] });
    const snapshots = [];
    for (let at = 50_000; machine.run(at).reason === "cycles"; at += 70_001) {
      snapshots.push({ snapshot: structuredClone(machine.snapshot()), printed: serial().length });
    }
    expect(snapshots.length).toBeGreaterThan(10);
    for (const { snapshot, printed } of snapshots) {
      const other = boot((a) => a.hlt(), { disks: [disk()] });
      other.machine.restore(snapshot);
      expect(other.machine.run()).toEqual({ reason: "exit", status: 9 });
      expect(other.machine.cycles).toBe(machine.cycles);
      expect(other.machine.instructions).toBe(machine.instructions);
      expect(other.serial()).toBe(serial().slice(printed));
    }
  });

  it("is refused by a machine of another configuration", () => {
    const snapshot = new Machine({ memory: 4 * MIB }).snapshot();
    for (const config of [
      { memory: 8 * MIB },
      { memory: 4 * MIB, disks: [disk()] },
      { cpu: "i386" as const },
    ]) {
      expect(() => new Machine(config).restore(snapshot)).toThrow(MachineError);
    }
  });
});

describe("a destroyed machine", () => {
  it("runs no more", () => {
    const { machine } = boot((a) => a.label("loop").jmp("loop"));
    machine.run(1000);
    machine.destroy();
    expect(machine.run(SECOND)).toEqual({ reason: "stopped" });
    expect(machine.cycles).toBeLessThan(2000);
  });
});
