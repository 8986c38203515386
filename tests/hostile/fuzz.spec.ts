import { expect, it } from "vitest";
import { fuzz } from "./fuzz";
import { SEED } from "./runs";

const EVENTS = 50_000;
const GROWTH_BYTES = 256 << 20;

it(`${EVENTS} random accesses of all devices, and the random code between them, harm nobody`, () => {
  fuzz(SEED, EVENTS / 10);
  const before = process.memoryUsage().rss;
  const { events, instructions } = fuzz(SEED, EVENTS);
  expect(events).toBe(EVENTS);
  expect(instructions).toBeGreaterThan(EVENTS);
  expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES);
});
