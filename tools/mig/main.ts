// Makes from abi/defs: stubs and servers for programs, the kernel's servers and its own messages, and the reference page.
//
//   node tools/run.mjs tools/mig/main.ts [--check]      --check: writes nothing, fails if a file is out of date
import { stale, writeGenerated } from "./generate";
import { DefsError } from "./parse";

try {
  const check = process.argv.includes("--check");
  const paths = check ? stale() : writeGenerated();
  for (const path of paths) process.stdout.write(`${check ? "out of date" : "wrote"}: ${path}\n`);
  if (check && paths.length) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof DefsError)) throw error;
  process.stderr.write(`mig: ${error.message}\n`);
  process.exitCode = 1;
}
