// Static programs of gcc's and glibc's for Linux, unmodified, under the Linux personality: what they print is judged by the same on
// this machine, and the map of one that stresses malloc is watched.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MODES, type Mode } from "../../tools/default-image";
import { hostEntries } from "../../tools/image/host-files";
import { Session } from "../../tools/session";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { SEED } from "../hostile/runs";
import { volumeBytes } from "./disk";
import { compileBoth } from "./linux/compile";

const folder = mkdtempSync(join(tmpdir(), "mach386-linux-"));
afterAll(() => rmSync(folder, { recursive: true }));
const calls = compileBoth("calls", folder);
const malloc = compileBoth("malloc-stress", folder);
const wild = compileBoth("wild-calls", folder, false);

function session(name: string, program: string, words?: string): Session {
  const guest = new Session({ cpu: "pentium2", words, entries: hostEntries(`/bin/${name}`, program) });
  guest.run("cd /tmp");
  return guest;
}

function onHost(program: string): string {
  const cwd = join(folder, "work");
  mkdirSync(cwd, { recursive: true });
  return spawnSync(program, { cwd, encoding: "utf8" }).stdout;
}

describe.skipIf(!calls || !malloc || !wild)("static programs (needs gcc -m32 -static)", () => {
  it("get from calls what they get on the host", () => {
    const guest = session("calls", calls!.guest);
    expect(guest.run("calls > out; echo $?")).toBe(`${128 + 6}\n`);
    expect(guest.run("cat out")).toBe(onHost(calls!.host));
  });

  it("get from malloc what they get on the host", () => {
    const guest = session("malloc-stress", malloc!.guest);
    expect(guest.run("malloc-stress")).toBe(onHost(malloc!.host));
    expect(guest.end()).toEqual({ reason: "exit", status: 0 });
  });

  it("are refused if they need other files, and end alone", () => {
    const dynamic = join(folder, "dynamic");
    const wild = join(folder, "wild");
    const gcc = (source: string, ...options: string[]) =>
      spawnSync("gcc", ["-m32", ...options, "-x", "c", "-"], { input: source }).status;
    expect(gcc("int main(void) { return 0; }", "-no-pie", "-o", dynamic)).toBe(0);
    expect(gcc("int main(void) { *(volatile int *)16 = 1; }", "-static", "-o", wild)).toBe(0);
    const entries = [...hostEntries("/bin/dynamic", dynamic), ...hostEntries("/bin/wild", wild)];
    const guest = new Session({ cpu: "pentium2", entries });
    expect(guest.run("dynamic; echo $?")).toBe("sh: dynamic: Exec format error\n126\n");
    expect(guest.run("wild; echo $?")).toBe("139\n");
    expect(guest.run("linux /bin/ls; linux /nowhere; linux; ps")).toMatch(
      /^linux: .bin.ls: Exec format error\nlinux: .nowhere: No such file or directory\nusage: .*\n +pid [^]*ps\n$/,
    );
  });

  it(`may ask for anything and harm nobody (MACH386_SEED=${SEED})`, () => {
    const guest = session("wild-calls", wild!.guest);
    const processes = () => guest.run("ps").split("\n").length;
    const before = processes();
    guest.run("cd /home");
    for (const seed of [SEED, SEED + 1]) {
      const dir = `mkdir /tmp/z; cd /tmp/z; wild-calls ${seed} 25 500; cd /home; rm -r /tmp/z`;
      expect(guest.run(dir)).toContain(`seed ${seed}: 25 of 25 have ended\n`);
    }
    expect(processes()).toBe(before);
    expect(guest.run("cat /etc/group")).toBe("root:x:0:\n");
    expect(guest.end()).toEqual({ reason: "exit", status: 0 });
    if (!hasE2fsprogs) return;
    const volume = volumeBytes(guest.disk);
    expect(e2fsck(volume, join(folder, "volume"))).toBe("clean");
  });

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

  it.each(MODES)("malloc's map has so many entries, vm.merge=%s", (mode) => {
    const guest = session("malloc-stress", malloc!.guest, `vm.merge=${mode}`);
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
