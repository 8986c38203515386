// Hostile tasks that call the kernel at random: it never panics or hangs, and after their deaths it holds what it held.
// tests/hostile/nightly.ts makes a million calls.
import { expect, it } from "vitest";
import { runCalls } from "./random-calls";
import { forEachSeed } from "./runs";

it.each([
  ["without privileges", { calls: 20_000, privileged: false }],
  ["with the privileged host port and all devices", { calls: 20_000, privileged: true }],
  ["under very little memory", { calls: 10_000, privileged: false, memory: 5 }],
  ["with the kernel proving its structures", { calls: 4_000, privileged: true, check: true }],
])("%s", { timeout: 120_000 }, (_name, how) => {
  forEachSeed(1, (seed) => {
    const outcome = runCalls({ seed, ...how });
    expect(outcome.result, `seed ${seed}\n${outcome.report()}`).toEqual({ reason: "exit", status: 0 });
  });
});
