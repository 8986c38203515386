// INT 15h, the mouse and the keyboard, by our BIOS and by QEMU's.
import { describe, expect, it } from "vitest";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type MachineConfig } from "../../machine/machine";
import { underMonitor } from "./monitor";
import { qemuInstalled } from "../qemu/qemu";
import { type Answer, PROBE_DATA, type Probe, diskOf, probe } from "./probe";
import { only, probeOnQemu } from "./qemu-bios";

const DISK = "media=disk,index=0";
const HANDLER = 0x7c80;
const hex = (text: string) => [...Buffer.from(text.replaceAll(" ", ""), "hex")];

const answersOf = (probes: readonly Probe[], data?: readonly number[], config: MachineConfig = {}) =>
  probe(probes, (sector) => ({ disks: [diskOf(sector)], ...config }), data);
const theirsOf = (probes: readonly Probe[], data?: readonly number[]) =>
  probeOnQemu(probes, "c", (sector) => [[DISK, diskOf(sector).bytes]], data);

/** A machine that boots this code, with a handler at HANDLER, in virtual-8086 mode if it is to be. */
function machineWith(code: readonly number[], handler: readonly number[] = [], monitored = false): Machine {
  const sector = new Uint8Array(512);
  sector.set(code);
  sector.set(handler, HANDLER - 0x7c00);
  sector.set([0x55, 0xaa], 510);
  return new Machine({
    memory: 32 << 20,
    bios: builtInBios(),
    disks: [diskOf(monitored ? underMonitor(sector) : sector)],
  });
}

describe("INT 15h", () => {
  /** Descriptors for AH = 87h: from the sector to 2 MiB, or back to 8000h. */
  const descriptor = (address: number) => [
    0xff,
    0xff,
    address & 0xff,
    (address >> 8) & 0xff,
    address >> 16,
    0x93,
    0,
    0,
  ];
  const table = (from: number, to: number) => [
    ...[...descriptor(from), ...descriptor(to)],
    ...Array<number>(16).fill(0),
  ];
  const there = [...table(0x7c00, 0x200000), ...table(0x200000, 0x8000)];
  const BLOCKS: Probe[] = [
    { int: 0x15, ax: 0x8700, cx: 16, si: PROBE_DATA - 16 },
    { int: 0x15, ax: 0x8700, cx: 16, si: PROBE_DATA + 16 },
    { peek: 0x8000, count: 12 },
  ];

  it("moves blocks beyond the first megabyte and back", () => {
    expect(answersOf(BLOCKS, there)[2]).toEqual(hex("31c0 8ed8 8ed0 bc0070 fb fc be"));
  });

  const CALLS: Probe[] = [
    ...BLOCKS,
    { int: 0x15, ax: 0x2402 },
    { int: 0x15, ax: 0x2403 },
    { int: 0x15, ax: 0x2400 },
    { int: 0x15, ax: 0x2401 },
    { int: 0x15, ax: 0x8600, cx: 0, dx: 3000 },
    { int: 0x15, ax: 0x9000 },
    { int: 0x15, ax: 0x9100 },
    { int: 0x15, ax: 0xe801 },
    { int: 0x15, ax: 0x8800 },
    { int: 0x15, ax: 0x7700 },
  ];
  it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
    const [ours, theirs] = [answersOf(CALLS, there), theirsOf(CALLS, there)];
    // Its memory ends with tables of its own; its ways to address line 20 are others; waits and what tells of them leave AH.
    const compared = (answers: typeof ours) => only(answers.toSpliced(7, 5).toSpliced(4, 1), "ax", "carry");
    expect(compared(ours)).toEqual(compared(theirs));
  });

  it("sets a byte's highest bit after a time, unless it is told not to", () => {
    const asked: Probe[] = [
      { int: 0x15, ax: 0x8300, cx: 0, dx: 20_000, bx: 0x6000 },
      { int: 0x15, ax: 0x8300, cx: 0, dx: 20_000, bx: 0x6001 },
      { int: 0x15, ax: 0x8600, cx: 0, dx: 10_000 },
      { peek: 0x6000, count: 2 },
      { int: 0x15, ax: 0x8600, cx: 0, dx: 20_000 },
      { peek: 0x6000, count: 2 },
      { int: 0x15, ax: 0x8300, cx: 0, dx: 20_000, bx: 0x6001 },
      { int: 0x15, ax: 0x8301 },
      { int: 0x15, ax: 0x8600, cx: 0, dx: 30_000 },
      { peek: 0x6000, count: 2 },
    ];
    const answers = answersOf(asked);
    expect([answers[3], answers[5], answers[9]]).toEqual([
      [0, 0],
      [0x80, 0],
      [0x80, 0],
    ]);
    expect((answers as Answer[]).slice(0, 3).map(({ carry }) => carry)).toEqual([false, true, false]);
  });

  it("tells what machine it is, and where the extended data area is", () => {
    const where = answersOf([
      { int: 0x15, ax: 0xc000 },
      { int: 0x15, ax: 0xc100 },
    ]) as Answer[];
    const [{ es, bx, carry }, area] = where;
    expect([carry, area.es]).toEqual([false, 0x9fc0]);
    const [bytes] = answersOf([{ peek: bx, segment: es, count: 10 }]);
    expect(bytes).toEqual([8, 0, 0xfc, 1, 0, 0x74, 0, 0, 0, 0]);
  });
});

describe("the mouse", () => {
  const CALLS: Probe[] = [
    { int: 0x15, ax: 0xc205, bx: 0x0300 },
    { int: 0x15, ax: 0xc206, bx: 0x0000 },
    { int: 0x15, ax: 0xc202, bx: 0x0600 },
    { int: 0x15, ax: 0xc203, bx: 0x0300 },
    { int: 0x15, ax: 0xc206, bx: 0x0200 },
    { int: 0x15, ax: 0xc206, bx: 0x0000 },
    { int: 0x15, ax: 0xc204 },
    { int: 0x15, ax: 0xc201 },
    { int: 0x15, ax: 0xc206, bx: 0x0000 },
    { int: 0x15, ax: 0xc200, bx: 0x0100 },
    { int: 0x15, ax: 0xc207, bx: HANDLER },
    { int: 0x15, ax: 0xc200, bx: 0x0100 },
    { int: 0x15, ax: 0xc206, bx: 0x0000 },
    { int: 0x15, ax: 0xc200, bx: 0x0000 },
    { int: 0x15, ax: 0xc202, bx: 0x0900 },
    { int: 0x15, ax: 0xc2ff },
  ];

  it("takes its commands", () => {
    const answers = answersOf(CALLS) as Answer[];
    expect(answers[0]).toMatchObject({ ax: 0x0005, bx: 0x00aa, carry: false });
    expect(answers[5]).toMatchObject({ bx: 0x0010, cx: 3, dx: 200 });
    expect(answers[9]).toMatchObject({ ax: 0x0500, carry: true });
    expect(answers[12]).toMatchObject({ bx: 0x0020, cx: 2, dx: 100 });
  });

  it.skipIf(!qemuInstalled)("answers as QEMU's BIOS does", () => {
    const names = ["ax", "bx", "cx", "dx", "carry"] as const;
    expect(only(answersOf(CALLS), ...names)).toEqual(only(theirsOf(CALLS), ...names));
  });

  it.each([
    ["real mode", false],
    ["virtual-8086 mode", true],
  ])(
    "has its packets handed to a program's handler, which may change what it likes, in %s",
    (_mode, monitored) => {
      // ES:BX = 0:7c80h; C205h, C207h, C200h; then until two packets have come
      const code = hex(
        "31c0 8ed8 8ec0 c70600060806 c606020600 b805c2 b703 cd15 7224 b807c2 bb807c cd15 721a b800c2 b701 cd15 7211 fb 90 " +
          "803e020602 75f8 b800c2 b700 cd15 b007 e6f4 b0ff e6f4",
      );
      // mov bp, sp; bx = [600h]; status, x, y and 0 of the stack go there; [602h] counts; registers are spoilt; retf
      const handler = hex(
        "89e5 31c0 8ed8 8b1e0006 8b460a 8807 8b4608 884701 8b4606 884702 8b4604 884703 83c304 891e0006 fe060206 " +
          "b8ffff 89c1 89c2 89c6 89c7 8ec0 cb",
      );
      const machine = machineWith(code, handler, monitored);
      expect(machine.run(8e7).reason).toBe("cycles");
      machine.moveMouse(5, -3, 1);
      expect(machine.run(machine.cycles + 1e7).reason).toBe("cycles");
      machine.moveMouse(-2, 4, 0);
      expect(machine.run(machine.cycles + 1e8)).toEqual({ reason: "exit", status: 7 });
      expect([...machine.memory.subarray(0x608, 0x610)]).toEqual([9, 5, 3, 0, 0x38, 0xfe, 0xfc, 0]);
    },
  );
});

describe("keys", () => {
  it.each([
    ["real mode", false],
    ["virtual-8086 mode", true],
  ])("pass through INT 15h, AH = 4Fh, which takes or changes them, in %s", (_mode, monitored) => {
    // The vector of INT 15h is 0:7c80h; two keys as AL and AH: 'c' + 16 * second... the sum of both characters
    const code = hex(
      "fa 31c0 8ed8 c7065400807c c70656000000 fb b400 cd16 88c3 b400 cd16 3c78 7506 88d8 e6f4 b0ff e6f4",
    );
    // A (1eh, 9eh) is taken; B (30h) becomes C (2eh); the others pass.
    const handler = hex(
      "80fc4f 7512 3c1e 7410 3c9e 740c 3c30 7504 b02e 0000 f9 ca0200 f9 ca0200 f8 ca0200".replace("0000", ""),
    );
    const machine = machineWith(code, handler, monitored);
    machine.run(8e7);
    machine.typeText("abx");
    const result = machine.run(machine.cycles + 1e8);
    expect(result).toEqual({ reason: "exit", status: 0x63 });
  });

  it("repeat at the rate of INT 16h, AH = 03h", () => {
    // mov ax, 0305h; mov bx, 0; int 16h; ten keys; out
    const code = hex("31c0 8ed8 b80503 bb0000 cd16 b90a00 51 b400 cd16 59 e2f8 e6f4");
    const machine = machineWith(code);
    expect(machine.run(5e7).reason).toBe("cycles");
    const from = machine.cycles;
    machine.sendKey("KeyQ", true);
    expect(machine.run(machine.cycles + 1e9)).toEqual({ reason: "exit", status: 0x71 });
    // A quarter of a second, then 30 a second.
    expect((machine.cycles - from) / machine.cpuFrequency).toBeGreaterThan(0.25 + 8 / 30);
    expect((machine.cycles - from) / machine.cpuFrequency).toBeLessThan(0.25 + 9 / 30);
  });
});
