/** The same program gives the same cycles, registers and memory however the host slices its run. */
import { describe, expect, it } from "vitest";
import type { CpuModel } from "../../cpu/cpu";
import { Random } from "../native/random";
import { DATA, makeGuest, start } from "./exception-bench";
import type { Guest } from "./guest";

const SEED = 7;
const CYCLES = 20_000;
const IF = 0x200;

/** Sums, stores, copies and calls in an endless loop. */
const LOOP = [
  [0xb9, 0x20, 0, 0, 0], // mov ecx, 32
  [0xbf, ...word(DATA + 0x100)],
  [0xf3, 0xab], // rep stosd
  [0xb9, 5, 0, 0, 0],
  [0x01, 0xc8, 0x0f, 0xaf, 0xc1, 0x83, 0xc0, 7], // add eax,ecx; imul eax,ecx; add eax,7
  [0xe2, 0xf6], // loop
  [0xe8, 2, 0, 0, 0, 0xeb, 0x07], // call +2; jmp +7
  [0x87, 0x05, ...word(DATA), 0xc3, 0x90], // xchg [DATA],eax; ret
  [0xbe, ...word(DATA + 0x100), 0xb9, 0x11, 0, 0, 0, 0xf3, 0xa4], // rep movsb
  [0xeb, 0xc2],
].flat();

function word(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

function loopingGuest(model: CpuModel): Guest {
  const guest = makeGuest(model);
  const code = LOOP.slice();
  code[code.length - 1] = (0x100 - code.length) & 0xff;
  guest.write(0x10000, code);
  start(guest, { user: true, eflags: IF | 2 });
  return guest;
}

function state({ cpu }: Guest): object {
  const { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags } = cpu.registers;
  const memory = Buffer.from(cpu.memory.subarray(0, 0x20000)).toString("base64");
  const { cycles, instructions } = cpu;
  return { eax, ecx, edx, ebx, esp, ebp, esi, edi, eip, eflags, cycles, instructions, memory };
}

describe.each<CpuModel>(["i486", "i386"])("run on the %s", (model) => {
  it("in one piece or in many gives the same state", () => {
    const random = new Random(SEED);
    const whole = loopingGuest(model);
    const end = whole.cpu.cycles + CYCLES;
    expect(whole.cpu.run(end)).toBe("cycles");
    for (let i = 0; i < 5; i++) {
      const pieces = loopingGuest(model);
      while (pieces.cpu.cycles < end) {
        const until = Math.min(end, pieces.cpu.cycles + 1 + random.below(i === 0 ? 3 : 400));
        expect(pieces.cpu.run(until)).toBe("cycles");
        expect(pieces.cpu.cycles).toBeGreaterThanOrEqual(until);
      }
      expect(state(pieces), `seed ${SEED}`).toEqual(state(whole));
    }
  });

  it("by steps gives the same state", () => {
    const whole = loopingGuest(model);
    whole.cpu.run(whole.cpu.cycles + CYCLES);
    const steps = loopingGuest(model);
    while (steps.cpu.cycles < whole.cpu.cycles) steps.cpu.step();
    expect(state(steps)).toEqual(state(whole));
  });

  it("an interrupt at a cycle lands on the same instruction, sliced or not", () => {
    const random = new Random(SEED);
    for (let i = 0; i < 10; i++) {
      const at = 500 + random.below(CYCLES);
      const landing = (slice: number): object => {
        const guest = loopingGuest(model);
        const due = guest.cpu.cycles + at;
        while (guest.cpu.cycles < due) guest.cpu.run(Math.min(due, guest.cpu.cycles + slice));
        guest.cpu.setInterrupt(true);
        const { vector, eip } = guest.runToException();
        return { vector, eip, ...state(guest) };
      };
      expect(landing(37), `seed ${SEED}, cycle ${at}`).toEqual(landing(1e9));
    }
  });

  it("does not depend on what was decoded before", () => {
    const fresh = loopingGuest(model);
    fresh.cpu.run(fresh.cpu.cycles + CYCLES);
    const cold = loopingGuest(model);
    const end = cold.cpu.cycles + CYCLES;
    while (cold.cpu.cycles < end) {
      cold.cpu.run(Math.min(end, cold.cpu.cycles + 1000));
      cold.cpu.invalidate(0, cold.cpu.memory.length);
    }
    expect(state(cold)).toEqual(state(fresh));
  });
});
