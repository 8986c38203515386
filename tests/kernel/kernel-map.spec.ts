// The kernel's own map while several tasks make it work at once, with every map proved after every call (kernel.check=1).

import { expect, it } from "vitest";
import { bootImage } from "../../tools/default-image";

it.each(["none", "full"])("the kernel's map is what it was after load, vm.merge=%s", (mode) => {
  const outcome = bootImage(`vm.merge=${mode} init.plan=/etc/kernel-map kernel.check=1`);
  expect(outcome.result, outcome.report()).toMatchObject({ reason: "exit", status: 0 });
  expect(outcome.lines).toContain("all is well");
});
