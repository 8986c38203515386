import { afterAll, describe, expect, it } from "vitest";
import { compareStreams } from "../native/runner";
import { EmulatedCpu } from "../native/emulated";
import { HostCpu, hostRuns32Bit } from "../native/host";
import { generateX87Stream } from "../native/x87-generator";

const INSTRUCTIONS = 50_000;
/** Fixed, so that a run of the tests repeats; `nightly:cpu` takes new ones. */
const SEED = 0x386;

const available = hostRuns32Bit();

describe("random instruction streams against the host CPU", () => {
  const host = available ? new HostCpu() : undefined;
  afterAll(() => host?.close());

  it.skipIf(!available)(`${INSTRUCTIONS} instructions agree on registers, defined flags and memory`, () => {
    const cpu = new EmulatedCpu("i486");
    const result = compareStreams(host!, cpu, { seed: SEED, instructions: INSTRUCTIONS });
    expect(result.failures, `seed ${SEED}\n${result.failures.join("\n\n")}`).toEqual([]);
    expect(result.instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
  });

  it.skipIf(!available)(`${INSTRUCTIONS} x87 instructions agree on the whole state, bit by bit`, () => {
    const cpu = new EmulatedCpu("i486");
    const options = { seed: SEED, instructions: INSTRUCTIONS, generate: generateX87Stream };
    const result = compareStreams(host!, cpu, options);
    expect(result.failures, `seed ${SEED}\n${result.failures.join("\n\n")}`).toEqual([]);
    expect(result.instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
  });
});
