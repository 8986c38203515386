// The examples of README.md and docs/machine-api.md, run as they stand there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../tools/root";
import { runExample } from "./run-example";

const readPage = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe("docs/machine-api.md", () => {
  const page = readPage("docs/machine-api.md");
  const examples = [...page.matchAll(/```ts\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/g)];

  it("has examples", () => expect(examples.length).toBeGreaterThan(1));

  it.each(examples.map(([, source, output], index) => [index, source, output] as const))(
    "example %i prints what the page says",
    (index, source, output) => {
      const run = runExample(`machine-api-${index}`, source);
      expect(run.stderr).toBe("");
      expect(run.stdout).toBe(output);
    },
  );
});

it("runs README.md's example", () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readPage("README.md"))?.[1];
  expect(example).toBeDefined();
  const run = runExample("readme", example as string);
  expect(run.stderr).toBe("");
  expect(run.stdout).toContain("all is well");
  expect(run.stdout).toContain("{ reason: 'exit', status: 0 }");
});
