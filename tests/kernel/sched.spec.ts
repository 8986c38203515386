// The scheduler over seconds of the machine's time: shares, decay, starvation.
import { expect, it } from "vitest";
import { bootImage } from "../../tools/default-image";

const PLAN = "init.plan=/etc/sched";

it("shares the processor, on the i486 and twice in the same cycles", () => {
  const first = bootImage(PLAN);
  expect(first.result, first.report()).toEqual({ reason: "exit", status: 0 });
  expect(bootImage(PLAN).cycles).toBe(first.cycles);
});

it("shares it on the i386", () => {
  const outcome = bootImage(PLAN, "i386");
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
});
