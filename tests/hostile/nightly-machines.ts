/**
 * Random accesses of all devices of machines of every kind, with random code in every mode between them:
 *
 *     npm run nightly:machines -- [ACCESSES] [SEED]
 *
 * Exit status 0: no harm was done; 1: some was; 2: bad arguments.
 */
import cliProgress from "cli-progress";
import { fuzz } from "./fuzz";

const DEFAULT_ACCESSES = 2_000_000;

function main(): number {
  const [count = DEFAULT_ACCESSES, seed = Date.now() & 0xffffff] = process.argv.slice(2).map(Number);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write("usage: nightly:machines [ACCESSES] [SEED]\n");
    return 2;
  }
  process.stdout.write(`seed ${seed}\n`);
  const bar = new cliProgress.SingleBar({
    format: "{bar} {percentage}% | {value}/{total} accesses | {eta_formatted}",
  });
  bar.start(count, 0);
  try {
    const { events, instructions } = fuzz(seed, count, (done) => bar.update(Math.min(done, count)));
    bar.stop();
    process.stdout.write(
      `${events} accesses and ${instructions} instructions from seed ${seed} on: no harm was done\n`,
    );
    return 0;
  } catch (error) {
    bar.stop();
    process.stdout.write(`\n${(error as Error).message}\n`);
    return 1;
  }
}

process.exitCode = main();
