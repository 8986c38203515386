// Segment limits of descriptors that threads were given: not for QEMU, which looks at no limit.
import { expect, it } from "vitest";
import { bootImage } from "../../tools/default-image";

it.each(["i486", "i386"] as const)("an access over a limit is the thread's exception on the %s", (cpu) => {
  const outcome = bootImage("init.plan=/etc/limits", cpu);
  expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
});
