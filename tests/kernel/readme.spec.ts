// README.md's example, run as it stands there.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../tools/root";

it("runs README.md's example", () => {
  const page = readFileSync(join(projectRoot, "README.md"), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
  expect(example).toBeDefined();
  const folder = join(projectRoot, "build/test");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "readme.ts");
  writeFileSync(file, (example as string).replaceAll('from "./', `from "${projectRoot}/`));
  const run = spawnSync(process.execPath, [join(projectRoot, "tools/run.mjs"), file], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toContain("all is well");
  expect(run.stdout).toContain("{ reason: 'exit', status: 0 }");
});
