/** The generated files of the core: which there are, and what is in them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GeneratedFiles, staleFiles, writeStaleFiles } from "../../tools/generated-files";
import { projectRoot } from "../../tools/root";
import { casesOf, handlersOf } from "./cases";
import type { Case } from "./cases";
import { HOT, SLOW } from "./table";

const FRAME = "cpu/core/execute.frame.ts";
/** Files whose exports the generated cases use. */
const IMPORTED = ["../layout", "./arithmetic", "./flags", "./memory", "./near", "./operands"];
const HEADER = "// Generated from cpu/generate/table.ts by cpu/generate/main.ts. Do not edit.\n";

const source = (path: string): string => readFileSync(join(projectRoot, path), "utf8");

function operations(): string {
  const lines = [HEADER, "// Cases of the main loop."];
  let number = 0;
  const define = (about: string, names: readonly string[]): void => {
    if (about) lines.push("", `// ${about}`);
    for (const name of names) lines.push(`export const ${name} = ${number++};`);
  };
  for (const family of HOT) define(family.about, handlersOf(family));
  lines.push("", "// The others.", `export const FIRST_SLOW = ${number};`);
  for (const [file, handlers] of SLOW) define(`${file}.ts`, Object.keys(handlers));
  return `${lines.join("\n")}\n`;
}

function importOf(names: Iterable<string>, from: string): string {
  return `import { ${[...new Set(names)].sort().join(", ")} } from "${from}";\n`;
}

/** Imports of what the cases use and the frame does not import already. */
function importsFor(cases: readonly Case[], frame: string): string {
  const used = new Set(cases.flatMap(({ lines }) => lines.join(" ").match(/\b[A-Za-z]\w*/g) ?? []));
  const imports = [...frame.matchAll(/^import \{([^}]*)\}/gm)].flatMap(
    ([, names]) => names.match(/\w+/g) ?? [],
  );
  for (const name of imports) used.delete(name);
  return IMPORTED.map((from) => {
    const exported = source(join("cpu/core", `${from}.ts`)).matchAll(/^export (?:const|function) (\w+)/gm);
    const names = [...exported].map(([, name]) => name).filter((name) => used.has(name));
    return names.length ? importOf(names, from) : "";
  }).join("");
}

function caseText({ name, lines }: Case): string {
  return [`      case operation.${name}:`, ...lines.map((line) => `        ${line}`)].join("\n");
}

/** The frame with the cases of every family that is not written in it. */
function execute(): string {
  const frame = source(FRAME);
  const waiting = new Map(
    HOT.filter((family) => !("written" in family)).map((family) => [family.name, family]),
  );
  const generated: Case[] = [];
  const body = frame.replace(/^ *\/\/ cases: (\w+)$/gm, (_, name: string) => {
    const family = waiting.get(name);
    if (!family) throw new Error(`${FRAME}: no family ${name}, or twice`);
    waiting.delete(name);
    const cases = casesOf(family);
    generated.push(...cases);
    return cases.map(caseText).join("\n");
  });
  if (waiting.size) throw new Error(`${FRAME} has no place for ${[...waiting.keys()].join(", ")}`);
  return HEADER + importsFor(generated, frame) + body.slice(body.indexOf("*/\n") + 3);
}

function slow(): string {
  const cases = SLOW.flatMap(([, handlers]) =>
    Object.entries(handlers).map(
      ([name, routine]) => `    case operation.${name}:\n      return ${routine}(op);\n`,
    ),
  );
  return [
    HEADER,
    importOf(["OP_HANDLER"], "../layout"),
    'import * as operation from "../operations.generated";\n',
    ...SLOW.map(([file, handlers]) => importOf(Object.values(handlers), `./${file}`)),
    "\n/** Runs a micro-op that is no case of the main loop. Returns DONE, FAULT, JUMP, TRANSFER or LEAVE. */\n",
    "export function slow(op: usize): u32 {\n  switch (<u32>load<u16>(op, OP_HANDLER)) {\n",
    ...cases,
    "  }\n  return opUndefined(op);\n}\n",
  ].join("");
}

/** Every generated file: path from the project's root, and contents. */
export function generate(): GeneratedFiles {
  return new Map([
    ["cpu/operations.generated.ts", operations()],
    ["cpu/core/execute.generated.ts", execute()],
    ["cpu/core/slow.generated.ts", slow()],
  ]);
}

/** The files that are missing or out of date. */
export const stale = (): string[] => staleFiles(generate());

/** Writes what is not up to date; returns the paths written. */
export const writeGenerated = (): string[] => writeStaleFiles(generate());
