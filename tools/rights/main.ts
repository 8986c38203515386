// Makes what comes from the table of port rights: the kernel's rows, cases of a test program, a section of docs/ipc.md.
//
//   node tools/run.mjs tools/rights/main.ts
import { writeGenerated } from "./generate";

for (const path of writeGenerated()) process.stdout.write(`wrote: ${path}\n`);
