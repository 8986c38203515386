/** Compares streams on the host CPU and the emulated one, batch by batch. */
import { differences, describeStream, instructionsRun } from "./compare";
import type { EmulatedCpu } from "./emulated";
import { generateStream } from "./generator";
import type { Stream } from "./generator";
import { followFlags } from "./flow";
import type { HostCpu } from "./host";
import { Random } from "./random";
import { DATA_BASE, DATA_BYTES, ENDLESS } from "./vectors";
import type { Outcome } from "./vectors";

const STREAMS_PER_BATCH = 250;
const INSTRUCTIONS_PER_STREAM = 24;

export interface ComparisonOptions {
  readonly seed: number;
  /** Instructions executed, not just generated. */
  readonly instructions: number;
  /** Called after each batch with the instructions compared so far. */
  readonly onProgress?: (instructions: number) => void;
  /** Makes a stream; otherwise one of integer instructions is made. */
  readonly generate?: (random: Random) => Stream;
  /** Stop after so many failures. */
  readonly maxFailures?: number;
}

export interface ComparisonResult {
  readonly instructions: number;
  readonly streams: number;
  /** One text for each differing stream, reduced to what still differs. */
  readonly failures: readonly string[];
}

/** Runs random streams until enough instructions were compared or too many streams differed. */
export function compareStreams(
  host: HostCpu,
  cpu: EmulatedCpu,
  options: ComparisonOptions,
): ComparisonResult {
  const random = new Random(options.seed);
  const generate = options.generate ?? ((from: Random) => generateStream(from, INSTRUCTIONS_PER_STREAM));
  const failures: string[] = [];
  let instructions = 0;
  let streams = 0;
  while (instructions < options.instructions && failures.length < (options.maxFailures ?? 5)) {
    const batch = Array.from({ length: STREAMS_PER_BATCH }, () => generate(random));
    const outcomes = host.run(batch.map(({ vector }) => vector));
    batch.forEach((stream, i) => {
      if (isLost(outcomes[i])) return;
      instructions += instructionsRun(stream, outcomes[i]);
      const lines = compareOne(cpu, stream, outcomes[i]);
      if (lines.length > 0) failures.push(report(host, cpu, stream, lines));
    });
    streams += batch.length;
    options.onProgress?.(instructions);
  }
  return { instructions, streams, failures };
}

/** By chance it jumped back for ever, or into data, where later processors know more instructions: nothing to compare. */
function isLost({ vector, eip }: Outcome): boolean {
  return vector === ENDLESS || (eip >= DATA_BASE && eip < DATA_BASE + DATA_BYTES);
}

function compareOne(cpu: EmulatedCpu, stream: Stream, expected: Outcome): string[] {
  if (isLost(expected)) return [];
  try {
    return differences(stream, expected, cpu.run(stream.vector));
  } catch (error) {
    return [`the emulated CPU gave up: ${(error as Error).message}`];
  }
}

/** Replaces instructions by NOPs as long as defined state still differs, then describes what is left. */
function report(host: HostCpu, cpu: EmulatedCpu, stream: Stream, lines: string[]): string {
  let best = stream;
  let bestLines = lines;
  for (let i = 0; i + 1 < stream.offsets.length; i++) {
    const candidate = withoutInstruction(best, i);
    if (candidate === undefined) continue;
    const found = compareOne(cpu, candidate, host.run([candidate.vector])[0]);
    if (found.length === 0) continue;
    best = candidate;
    bestLines = found;
  }
  return `${describeStream(best)}\n${bestLines.join("\n")}`;
}

const NOP = 0x90;

/** Undefined if the rest would then look at undefined flags. */
function withoutInstruction(stream: Stream, index: number): Stream | undefined {
  const code = stream.vector.code.slice();
  code.fill(NOP, stream.offsets[index], stream.offsets[index + 1]);
  const flags = followFlags(code, stream.offsets);
  return flags && { ...stream, ...flags, vector: { ...stream.vector, code } };
}
