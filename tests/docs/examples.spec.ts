// docs/machine-api.md's examples, run as they stand there: each prints the text block behind it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../tools/root";

const page = readFileSync(join(projectRoot, "docs/machine-api.md"), "utf8");
const examples = [...page.matchAll(/```ts\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/g)];

describe("docs/machine-api.md", () => {
  it("has examples", () => expect(examples.length).toBeGreaterThan(1));

  it.each(examples.map(([, source, output], index) => [index, source, output] as const))(
    "example %i prints what the page says",
    (index, source, output) => {
      const folder = join(projectRoot, "build/test");
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `machine-api-${index}.ts`);
      writeFileSync(file, source.replaceAll('from "./', `from "${projectRoot}/`));
      const run = spawnSync(process.execPath, [join(projectRoot, "tools/run.mjs"), file], {
        encoding: "utf8",
      });
      expect(run.stderr).toBe("");
      expect(run.stdout).toBe(output);
    },
  );
});
