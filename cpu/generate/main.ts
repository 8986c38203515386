// Makes the numbers, the main loop and the dispatch of the core's micro-ops from cpu/generate/table.ts.
//
//   node tools/run.mjs cpu/generate/main.ts [--check]      --check: writes nothing, fails if a file is out of date
import { stale, writeGenerated } from "./generate";

const check = process.argv.includes("--check");
const paths = check ? stale() : writeGenerated();
for (const path of paths) process.stdout.write(`${check ? "out of date" : "wrote"}: ${path}\n`);
if (check && paths.length) process.exitCode = 1;
