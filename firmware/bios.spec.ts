// The BIOS on the machine: boot sectors in machine code that use its services.
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "../devices/storage";
import { builtInBios } from "../machine/built-in-bios";
import { Machine, type MachineConfig } from "../machine/machine";

const hex = (text: string) => [...Buffer.from(text.replaceAll(" ", ""), "hex")];
/** mov al, STATUS; out 0f4h, al */
const exit = (status: number) => [0xb0, status, 0xe6, 0xf4];
const EXIT_AL = hex("e6f4");
const MOST_CYCLES = 2e8;

/** A disk of 2 MiB whose first sector is this code; the others hold their numbers. */
function diskWith(code: readonly number[]): MemoryStorage {
  const bytes = new Uint8Array(2 << 20);
  for (let sector = 1; sector < 4096; sector++) bytes.fill(sector, sector * 512, sector * 512 + 512);
  bytes.set(code, 0);
  bytes.set([0x55, 0xaa], 510);
  return new MemoryStorage(bytes);
}

function boot(code: readonly number[], config: MachineConfig = {}): Machine {
  return new Machine({
    memory: 32 << 20,
    cpu: "i386",
    bios: builtInBios(),
    disks: [diskWith(code)],
    ...config,
  });
}

/** Runs a boot sector to its exit status. */
function statusOf(code: readonly number[], config?: MachineConfig): number {
  const machine = boot(code, config);
  const result = machine.run(MOST_CYCLES);
  if (result.reason !== "exit") throw new Error(`${JSON.stringify(result)}\n${machine.screenText()}`);
  return result.status;
}

describe.each(["pc", "isapc"] as const)("on a %s", (type) => {
  it("loads the first sector of the disk to 0000:7C00, with the drive's number in DL", () => {
    // call +0; pop ax; sub ax, 7c03h; jnz fail; mov al, dl; out; fail: ff
    const code = hex("e80000 58 2d037c 7504 88d0 e6f4 b0ff e6f4");
    expect(statusOf(code, { type })).toBe(0x80);
  });

  it("says what there is before it boots", () => {
    const machine = boot(exit(0), { type });
    machine.run(MOST_CYCLES);
    expect(machine.screenText().split("\n")).toEqual(["mach386 BIOS, 32 MiB of memory", "disk 0: 2 MiB"]);
  });
});

describe("services", () => {
  it("print, with scrolling and a cursor", () => {
    // 30 times: mov ax, 0e00h + letter; int 10h; CR; LF
    const letters = Array.from({ length: 30 }, (_, i) => [
      ...[0xb8, 0x41 + (i % 26), 0x0e, 0xcd, 0x10, 0xb8, 13, 0x0e, 0xcd, 0x10, 0xb8, 10, 0x0e, 0xcd, 0x10],
    ]).flat();
    const machine = boot([...letters, ...exit(3)]);
    expect(machine.run(MOST_CYCLES)).toEqual({ reason: "exit", status: 3 });
    const lines = machine.screenText().split("\n");
    expect([lines[0], lines.at(-1), lines.length]).toEqual(["G", "D", 24]);
    expect(machine.screen().cursor).toMatchObject({ row: 24, column: 0 });
  });

  it("read sectors by cylinder and by number", () => {
    // mov ax, 0201h; mov bx, 8000h; mov cx, 0003h; mov dx, 0080h; int 13h; jc fail; mov al, [8000h]; out
    const byCylinder = hex("b80102 bb0080 b90300 ba8000 cd13 7205 a00080 e6f4 b0ff e6f4");
    expect(statusOf(byCylinder)).toBe(2);
    // The packet at 7C40: mov si, 7c40h; mov ah, 42h; mov dl, 80h; int 13h; jc fail; mov al, [8000h]; out
    const packet = [0x10, 0, 1, 0, 0x00, 0x80, 0, 0, 0x64, 0, 0, 0, 0, 0, 0, 0];
    const bySector = hex("be407c b442 b280 cd13 7205 a00080 e6f4 b0ff e6f4");
    const code = [...bySector, ...Array<number>(0x40 - bySector.length).fill(0x90), ...packet];
    expect(statusOf(code)).toBe(100);
  });

  it("write sectors, and refuse what is behind the end", () => {
    // mov ax, 0301h; mov bx, 7c00h; mov cx, 0005h; mov dx, 0080h; int 13h; jc fail; exit 1
    const disk = diskWith([...hex("b80103 bb007c b90500 ba8000 cd13 7204"), ...exit(1), ...exit(255)]);
    expect(statusOf([], { disks: [disk] })).toBe(1);
    expect(disk.bytes.subarray(4 * 512, 5 * 512)).toEqual(disk.bytes.subarray(0, 512));
    // Cylinder 100 of 4: carry, status 4.
    expect(statusOf([...hex("b80102 bb0080 b90164 ba8000 cd13 88e0"), ...EXIT_AL])).toBe(4);
  });

  it("tell of memory", () => {
    // mov eax, 0e820h; xor ebx, ebx ... three times; the fourth range's length / 1 MiB in AL
    const once = "66b820e80000 66ba50414d53 66b914000000 bf0080 cd15";
    const code = hex(`6631db ${once} ${once} ${once} ${once} a00a80 e6f4`);
    // 31 MiB from 1 MiB on: the third byte of the length is 0xF0, of 0x1F00000.
    expect(statusOf(code)).toBe(0xf0);
    // int 12h: 639
    expect(statusOf(hex("cd12 2d7e02 e6f4"))).toBe(1);
  });

  it("wait for a key, with interrupts coming in meanwhile", () => {
    // mov ah, 0; int 16h; out
    const machine = boot(hex("b400 cd16 e6f4"));
    expect(machine.run(5e7).reason).toBe("cycles");
    machine.typeText("Q");
    expect(machine.run(MOST_CYCLES)).toEqual({ reason: "exit", status: 0x51 });
  });

  it("count ticks", () => {
    // int 1ah (ah 0); mov bx, dx; again: mov ah, 0; int 1ah; mov ax, dx; sub ax, bx; cmp al, 5; jb again; out
    const machine = boot(hex("b400 cd1a 89d3 b400 cd1a 89d0 29d8 3c05 72f4 e6f4"));
    machine.run(MOST_CYCLES);
    expect(machine.cycles).toBeGreaterThan((4 / 18.3) * machine.cpuFrequency);
  });

  it("let the display's interrupt through to IRQ 9, once a frame", () => {
    // The handler at 7C80h: inc byte [600h]; mov dx, 3d4h; 8e11h, then 9e11h to the CRTC; EOI twice; iret.
    const handler = hex("fe060006 bad403 b8118e ef b8119e ef b020 e6a0 e620 cf");
    // cli; vector 71h is 0:7c80h; IRQ 9 open; CRTC 11h = 8eh, then 9eh; sti; wait until 10 have come: the ticks in AL
    const code = hex(
      "fa 31c0 8ed8 c606000600 c706c401807c c706c6010000 b08d e6a1 bad403 b8118e ef b8119e ef fb " +
        "f4 803e00060a 72f8 b007 e6f4",
    );
    const machine = boot([...code, ...Array<number>(0x80 - code.length).fill(0x90), ...handler]);
    let first = 0;
    machine.hooks.io = (_direction, port) => {
      if (!first && port === 0x3d4 && machine.memory[0x600] === 1) first = machine.cycles;
    };
    expect(machine.run(MOST_CYCLES)).toEqual({ reason: "exit", status: 7 });
    // 9 frames of 449 lines, 31,469 a second.
    const frames = ((machine.cycles - first) / machine.cpuFrequency) * (31469 / 449);
    expect(Math.round(frames * 100)).toBe(900);
  });

  it("find PCI functions", () => {
    // mov ax, 0b102h; mov cx, 7010h; mov dx, 8086h; xor si, si; int 1ah; mov al, bl; out
    expect(statusOf(hex("b802b1 b91070 ba8680 31f6 cd1a 88d8 e6f4"))).toBe((1 << 3) | 1);
    expect(statusOf(hex("b802b1 b91070 ba8680 31f6 cd1a 88e0 e6f4"), { type: "isapc" })).toBe(0x81);
  });

  it("leave registers alone that are no results", () => {
    // mov ebp, 12345678h; mov edi, 9abcdef0h; int 12h; cmp ebp...; jne fail; cmp edi...
    const code = hex(
      "66bd78563412 66bff0debc9a cd12 6681fd78563412 750d 6681fff0debc9a 7504 b001 e6f4 b0ff e6f4",
    );
    expect(statusOf(code)).toBe(1);
  });
});

it("with nothing to boot says so, and stops", () => {
  const machine = new Machine({ memory: 8 << 20, bios: builtInBios() });
  expect(machine.run(MOST_CYCLES).reason).toBe("halted");
  expect(machine.screenText()).toContain("There is nothing to boot from.");
});

describe("a program that resets the processor", () => {
  /** Asks to go on at 0000:7C80 and resets; there uses a service, and ends with the shutdown status and 33h. */
  function program(status: string, way: string): number[] {
    const code = new Array<number>(0x100).fill(0xf4);
    code.splice(0, 64, ...hex(`b00f e670 b0${status} e671 c7066704807c c70669040000 ${way} f4`));
    code.length = 0x80;
    // mov sp, 7000h; int 12h; cmp ax, 639; jne fail; mov al, 0fh; out 70h, al; in al, 71h; add al, 33h; out; fail: ff
    return [...code, ...hex("bc0070 cd12 3d7f02 750a b00f e670 e471 0433 e6f4 b0ff e6f4")];
  }

  it.each([
    ["the keyboard controller's pulse", "b0fe e664"],
    ["system control port A", "b003 e692"],
    ["the chip set's port", "baf90c b004 ee"],
    ["a triple fault", "0f011e0008 cc"],
  ])("goes on where it said, by %s", (_, way) => {
    expect(statusOf(program("0a", way))).toBe(0x33);
    expect(statusOf(program("05", way))).toBe(0x33);
  });

  it("begins anew where it said nothing, or reset the whole machine", () => {
    expect(boot(program("00", "b0fe e664")).run(MOST_CYCLES)).toEqual({ reason: "reset" });
    expect(boot(program("0a", "baf90c b006 ee")).run(MOST_CYCLES)).toEqual({ reason: "reset" });
    expect(boot(program("00", "0f011e0008 cc")).run(MOST_CYCLES).reason).toBe("shutdown");
  });

  it("begins anew by a jump to FFFF:0000, with address line 20 on", () => {
    // inc byte [500h]; cmp byte [500h], 2; je done; jmp 0ffffh:0
    expect(statusOf([...hex("fe060005 803e000502 7405 ea0000ffff"), ...exit(7)])).toBe(7);
  });
});

it("runs the machine again after a reset", () => {
  // A word that survives: inc byte [500h]; cmp byte [500h], 2; je done; mov al, 0feh; out 64h, al; hlt
  const code = [...hex("fe060005 803e000502 7405 b0fe e664 f4"), ...exit(7)];
  const machine = boot(code, { reboot: true });
  machine.onReset = () => {};
  expect(machine.run(MOST_CYCLES)).toEqual({ reason: "exit", status: 7 });
});
