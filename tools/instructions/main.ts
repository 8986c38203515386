// Makes docs/instructions.md:  node tools/run.mjs tools/instructions/main.ts
import { writeStaleFiles } from "../generated-files";
import { INSTRUCTION_PAGE, instructionPage } from "./page";

for (const path of writeStaleFiles(new Map([[INSTRUCTION_PAGE, instructionPage()]])))
  process.stdout.write(`wrote: ${path}\n`);
