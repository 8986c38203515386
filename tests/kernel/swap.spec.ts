// A working set of 64 MiB on a machine of 8 MiB, in every merge mode: swap-test finds every word again, with the default
// pager on the disk's paging partition. The plan /etc/swap does more, and takes longer.
import { describe, expect, it } from "vitest";
import { MODES, bootImage } from "../../tools/default-image";

const MEMORY = 8 << 20;

describe.each(MODES)("in mode %s", (mode) => {
  it("loses nothing of eight times the memory", { timeout: 240_000 }, () => {
    const outcome = bootImage(`vm.merge=${mode} init.plan=/etc/swap-quick`, "i486", MEMORY);
    expect(outcome.result, outcome.report()).toEqual({ reason: "exit", status: 0 });
    const [, out, back] = /16384 pages, (\d+) paged out, (\d+) paged in/.exec(outcome.serial) ?? [];
    expect(Number(out)).toBeGreaterThan(14_000);
    expect(Number(back)).toBeGreaterThan(14_000);
  });
});
