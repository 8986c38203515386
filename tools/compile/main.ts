// Shows what the compiler makes of a guest program:
//   node tools/run.mjs tools/compile/main.ts kernel/main.ts --stage ir vm_merge_test
import { Command, Option } from "commander";
import { allocate } from "./allocate";
import { compileScript } from "./assemblyscript";
import { emitFunction } from "./emit";
import { CompileError } from "./errors";
import { printIr } from "./ir";
import { lowerFunction } from "./lower";
import { printMachine } from "./mir";
import { optimise, splitCriticalEdges } from "./optimise";
import { Names, kernelLayout } from "./program";
import { selectFunction } from "./select";
import { disassemble } from "./disassemble";
import { printFunction, readModule, type WasmFunction, type WasmModule } from "./wasm-reader";

const stages = ["wasm", "lowered", "ir", "machine", "code"] as const;
type Stage = (typeof stages)[number];

function show(module: WasmModule, source: WasmFunction, names: Names, stage: Stage): string {
  if (stage === "wasm") return printFunction(source);
  const f = lowerFunction(module, source, names);
  if (stage === "lowered") return printIr(f);
  optimise(f);
  splitCriticalEdges(f);
  if (stage === "ir") return printIr(f);
  const machine = selectFunction(f);
  if (stage === "machine") return printMachine(machine);
  const object = emitFunction(machine, allocate(machine));
  return `${object.name}:\n${disassemble(object.sections[0].bytes).join("\n")}\n`;
}

async function run(entry: string, wanted: readonly string[], options: { stage: Stage }): Promise<void> {
  const script = await compileScript({ entry, memoryBase: kernelLayout.dataBase });
  const module = readModule(script.wasm);
  const names = new Names(module);
  const known = new Set(
    module.functions.filter((f) => !f.imported).map((f) => names.functionSymbol(f.index)),
  );
  for (const name of wanted) {
    if (!known.has(name))
      throw new CompileError(`${entry} has no function ${name} (it may have been inlined)`);
  }
  for (const source of module.functions) {
    if (source.imported || (wanted.length && !wanted.includes(names.functionSymbol(source.index)))) continue;
    process.stdout.write(`${show(module, source, names, options.stage)}\n`);
  }
}

const command = new Command("compile")
  .description("prints functions of a guest program at a stage of the compiler")
  .argument("<entry>", "the program's entry file")
  .argument("[functions...]", "names of functions; all when none is given")
  .addOption(new Option("--stage <stage>", "what to print").choices(stages).default("code"))
  .action(run);

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CompileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
