/**
 * Hostile tasks call the kernel at random, on many small machines one after the other:
 *
 *     npm run nightly:calls -- [CALLS] [SEED]
 *
 * Exit status 0: nothing was lost; 1: something was, or the kernel stopped; 2: bad arguments.
 */
import cliProgress from "cli-progress";
import { runCalls } from "./random-calls";

const DEFAULT_CALLS = 1_000_000;
const CALLS_EACH = 50_000;
/** Kinds of machines, in turn. */
const MACHINES = [
  { privileged: false },
  { privileged: true },
  { privileged: false, memory: 5 },
  { privileged: true, memory: 6 },
  { privileged: false, memory: 64 },
];
/** A machine whose kernel checks itself is some twenty times slower. */
const CHECKED_CALLS = 5_000;

function main(): number {
  const [count = DEFAULT_CALLS, first = Date.now() & 0xffffff] = process.argv.slice(2).map(Number);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(first)) {
    process.stderr.write("usage: nightly [CALLS] [SEED]\n");
    return 2;
  }
  process.stdout.write(`seed ${first}\n`);
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage}% | {value}/{total} calls | {eta_formatted}",
  });
  bar.start(count, 0);
  for (let made = 0, seed = first; made < count; seed++) {
    const check = seed % 8 === 7;
    const calls = Math.min(check ? CHECKED_CALLS : CALLS_EACH, count - made);
    const machine = MACHINES[seed % MACHINES.length];
    const outcome = runCalls({
      seed,
      calls,
      check,
      ...machine,
      onProgress: (now) => bar.update(made + Math.min(now, calls)),
    });
    made += calls;
    bar.update(made);
    if (outcome.result.reason === "exit" && outcome.result.status === 0) continue;
    bar.stop();
    process.stdout.write(
      `\nseed ${seed}, ${calls} calls, ${JSON.stringify({ ...machine, check })}\n${outcome.report()}\n`,
    );
    return 1;
  }
  bar.stop();
  process.stdout.write(`${count} calls from seed ${first} on: nothing is lost\n`);
  return 0;
}

process.exitCode = main();
