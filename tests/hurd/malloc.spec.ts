// A static program of gcc's and glibc's for Linux that stresses malloc, unmodified, under the Linux personality: what it prints is
// judged by the same on this machine, and its map is watched.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hostEntries } from "../../tools/image/host-files";
import { projectRoot } from "../../tools/root";
import { MODES, type Mode } from "../../tools/default-image";
import { Session } from "../../tools/session";

const SOURCE = join(projectRoot, "tests/hurd/linux/malloc-stress.c");
const folder = mkdtempSync(join(tmpdir(), "mach386-malloc-"));
const program = join(folder, "malloc-stress");
const compiled = spawnSync("gcc", ["-m32", "-static", "-O2", "-Wall", "-Werror", "-o", program, SOURCE]);
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Entries of the program's map after each of its phases: the heap grown, used, large mappings made, half of them freed, all
 * freed and the heap's pages given back.
 */
const ENTRIES: Record<Mode, number[]> = {
  none: [131, 214, 283, 247, 766],
  backward: [7, 7, 65, 40, 763],
  series: [7, 7, 65, 40, 763],
  full: [7, 7, 63, 40, 7],
};

describe.skipIf(compiled.status !== 0)("malloc (needs gcc -m32 -static)", () => {
  it("gives the program what it gives on the host", () => {
    const host = join(folder, "host");
    execFileSync("gcc", ["-O2", "-o", host, SOURCE]);
    const guest = new Session({ cpu: "pentium2", entries: hostEntries("/bin/malloc-stress", program) });
    expect(guest.run("malloc-stress")).toBe(execFileSync(host, { encoding: "utf8" }));
    expect(guest.end()).toEqual({ reason: "exit", status: 0 });
  });

  it.each(MODES)("has a map of so many entries, vm.merge=%s", (mode) => {
    const guest = new Session({
      cpu: "pentium2",
      words: `vm.merge=${mode}`,
      entries: hostEntries("/bin/malloc-stress", program),
    });
    guest.run("cd /tmp");
    guest.run("malloc-stress hold > out &");
    const counts = ENTRIES[mode].map((_, index) => {
      while (!guest.run("ls").includes(`at-${index + 1}\n`)) guest.run("sleep 0.5");
      // The server of the program has its name as well, and is older.
      const pid = /.*^ *(\d+) [^\n]* malloc-stress$/ms.exec(guest.run("ps"))?.[1];
      const count = Number(guest.run(`vminfo ${pid} | wc -l`));
      guest.run(`touch go-${index + 1}`);
      return count;
    });
    expect(counts).toEqual(ENTRIES[mode]);
  });
});
