import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { KernelModule } from "../../tests/kernel-wasm";

/** Timers fire into a log: tick and argument of each. */
const SOURCE = `
import { clock_ticks, milliseconds_to_ticks, Timer, timer_cancel, timer_init, timer_set, timer_tick } from "./kern/timer";
export { clock_ticks, milliseconds_to_ticks, timer_init, timer_tick };
const log: usize = 0xc3000000;
let count: u32 = 0;
function note(argument: usize): void {
  store<u32>(log + count * 8, clock_ticks());
  store<u32>(log + count * 8 + 4, <u32>argument);
  count++;
}
export function set(timer: usize, delay: u32, argument: u32): void {
  timer_set(changetype<Timer>(timer), delay, note, argument);
}
export function cancel(timer: usize): void {
  timer_cancel(changetype<Timer>(timer));
}
export function fired(): u32 {
  const n = count;
  count = 0;
  return n;
}
`;
const LOG = 0xc3000000;
const TIMER_SIZE = 20;
const TIMERS = 6;

let kernel: KernelModule;
beforeAll(async () => {
  kernel = await KernelModule.load(SOURCE);
  kernel.call.timer_init();
});

/** Advances by one tick; the arguments of what fired. */
function tick(): number[] {
  kernel.call.timer_tick();
  return Array.from({ length: kernel.call.fired() }, (_, i) => {
    expect(kernel.word(LOG + i * 8)).toBe(kernel.call.clock_ticks());
    return kernel.word(LOG + i * 8 + 4);
  });
}

describe("timers", () => {
  it("rounds milliseconds up to ticks of 10", () => {
    const ticks = (ms: number) => kernel.call.milliseconds_to_ticks(ms) >>> 0;
    expect([0, 1, 10, 11, 1000, 0xffffffff].map(ticks)).toEqual([0, 1, 1, 2, 100, 429496730]);
  });

  it("fires each at its tick, in the order of setting, unless it was cancelled or set anew", () => {
    const timers = Array.from({ length: TIMERS }, () => kernel.allocate(TIMER_SIZE));
    const timer = fc.nat(TIMERS - 1);
    const step = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), timer, delay: fc.oneof(fc.nat(8), fc.nat(600)) }),
      fc.record({ kind: fc.constant("cancel" as const), timer, delay: fc.constant(0) }),
      fc.record({ kind: fc.constant("wait" as const), timer, delay: fc.nat(300) }),
    );
    let argument = 0;
    const property = fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      timers.forEach((at) => kernel.call.cancel(at));
      /** What each timer is set to, in the order of setting. */
      let pending: { timer: number; due: number; argument: number }[] = [];
      let now = kernel.call.clock_ticks();
      for (const { kind, timer, delay } of steps) {
        if (kind === "wait") {
          for (let i = 0; i < delay; i++) {
            now++;
            const due = pending.filter((p) => p.due === now).map((p) => p.argument);
            expect(tick()).toEqual(due);
            pending = pending.filter((p) => p.due !== now);
          }
          continue;
        }
        pending = pending.filter((p) => p.timer !== timer);
        if (kind === "cancel") kernel.call.cancel(timers[timer]);
        else {
          kernel.call.set(timers[timer], delay, ++argument);
          pending.push({ timer, due: now + Math.max(delay, 1), argument });
        }
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});
