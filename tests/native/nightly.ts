/**
 * Compares so many random instructions with the host CPU: integer, x87, and MMX with SSE and SSE2, a third each.
 *
 *     node tools/run.mjs tests/native/nightly.ts [INSTRUCTIONS] [SEED]
 *
 * Exit status 0: all agree; 1: some differ; 2: bad arguments; 77: this host cannot run 32-bit programs.
 */
import cliProgress from "cli-progress";
import { EmulatedCpu } from "./emulated";
import { HostCpu, hostRuns32Bit } from "./host";
import { compareStreams } from "./runner";
import { generateX87Stream } from "./x87-generator";
import { generateXmmStream } from "./xmm-generator";

const DEFAULT_INSTRUCTIONS = 10_000_000;
const SKIPPED = 77;
const STREAMS = [
  ["integer", undefined],
  ["x87", generateX87Stream],
  ["MMX, SSE and SSE2", generateXmmStream],
] as const;

function main(): number {
  const [count = DEFAULT_INSTRUCTIONS, seed = Date.now() & 0x7fffffff] = process.argv.slice(2).map(Number);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write("usage: nightly [INSTRUCTIONS] [SEED]\n");
    return 2;
  }
  if (!hostRuns32Bit()) {
    process.stderr.write("skipped: this host does not run 32-bit programs\n");
    return SKIPPED;
  }
  process.stdout.write(`seed ${seed}\n`);
  const host = new HostCpu();
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage}% | {value}/{total} instructions | {eta_formatted}",
  });
  let failed = 0;
  try {
    const third = Math.ceil(count / STREAMS.length);
    for (const [name, generate] of STREAMS) {
      bar.start(third, 0);
      const result = compareStreams(host, new EmulatedCpu("pentium4"), {
        seed,
        instructions: third,
        generate,
        onProgress: (instructions) => bar.update(Math.min(instructions, third)),
      });
      bar.stop();
      for (const failure of result.failures) process.stdout.write(`\n${failure}\n`);
      failed += result.failures.length;
      process.stdout.write(
        `${result.instructions} ${name} instructions in ${result.streams} streams, ${result.failures.length} streams differ\n`,
      );
    }
    return failed === 0 ? 0 : 1;
  } finally {
    bar.stop();
    host.close();
  }
}

process.exitCode = main();
