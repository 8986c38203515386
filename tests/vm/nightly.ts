/**
 * Random calls on the kernel's VM in all modes of merging, with pageout, messages, and pagers that are slow, repeat
 * themselves or die:
 *
 *     npm run nightly:vm -- [CALLS] [SEED]
 *
 * Exit status 0: everything was as the model says; 1: something was not, and the shortest row of calls is printed; 2: bad
 * arguments.
 */
import cliProgress from "cli-progress";
import { runRows } from "./random-rows";

const DEFAULT_CALLS = 5_000_000;

async function main(): Promise<number> {
  const [count = DEFAULT_CALLS, seed = Date.now() & 0x7fffffff] = process.argv.slice(2).map(Number);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write("usage: nightly:vm [CALLS] [SEED]\n");
    return 2;
  }
  process.stdout.write(`seed ${seed}\n`);
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage}% | {value}/{total} calls | {eta_formatted}",
  });
  bar.start(count, 0);
  try {
    await runRows(count, seed, (made) => bar.update(Math.min(made, count)));
    bar.stop();
    process.stdout.write(`${count} calls: all as the model says\n`);
    return 0;
  } catch (error) {
    bar.stop();
    process.stdout.write(`${(error as Error).message}\n`);
    return 1;
  }
}

process.exitCode = await main();
