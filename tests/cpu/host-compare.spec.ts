import { afterAll, describe, expect, it } from "vitest";
import { EmulatedCpu } from "../native/emulated";
import { HostCpu, hostRuns32Bit } from "../native/host";
import { compareStreams } from "../native/runner";
import { generateX87Stream } from "../native/x87-generator";
import { generateXmmStream } from "../native/xmm-generator";

/** Fixed, so that a run of the tests repeats; `nightly:cpu` takes new ones. */
const SEED = 0x386;
/** 200,000 in all. */
const STREAMS = [
  ["integer", 80_000, undefined],
  ["x87", 50_000, generateX87Stream],
  ["MMX, SSE and SSE2", 70_000, generateXmmStream],
] as const;

const available = hostRuns32Bit();

describe("random instruction streams against the host CPU", () => {
  const host = available ? new HostCpu() : undefined;
  afterAll(() => host?.close());

  it.skipIf(!available).each(STREAMS)(
    "%s: %i instructions agree on registers, defined flags and memory, bit by bit",
    (_, instructions, generate) => {
      const result = compareStreams(host!, new EmulatedCpu("pentium4"), {
        seed: SEED,
        instructions,
        generate,
      });
      expect(result.failures, `seed ${SEED}\n${result.failures.join("\n\n")}`).toEqual([]);
      expect(result.instructions).toBeGreaterThanOrEqual(instructions);
    },
  );
});
