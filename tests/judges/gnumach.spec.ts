// GNU Mach 1.8 as Debian has it (of December 2022, before it merged map entries forward), by GRUB and our BIOS, with our own
// programs as its boot modules: what they print there is what they print on our kernel.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootKernel } from "../../machine/testing";
import { judgeFile } from "../../tools/debian/judges";
import { kernelPath } from "../../tools/default-image";
import { projectRoot } from "../../tools/root";
import { Pc, canMakeGrubCd, grubCd } from "./pc";

const gnumach = judgeFile("gnumach-image-1.8-486", "boot/gnumach-1.8-486.gz");
/** A module's words, which tell the kernel how to start it. */
const WORDS = [
  "${host-port}",
  "${device-port}",
  "${kernel-command-line}",
  "$(task-create)",
  "$(task-resume)",
];
const END = /\d+ passed, \d+ failed/;
const MOST_CYCLES = 5e9;

/** A program's results: "ok 1 what" and what it said besides. GNU Mach begins the first one on a line of its own. */
function results(serial: string): string[] {
  const lines = serial.replaceAll("\r", "").split("\n");
  return lines.map((line) => line.replace(/^start \S+: /, "")).filter((line) => /^(ok|FAIL) \d+ /.test(line));
}

function onGnuMach(program: string): string[] {
  const words = WORDS.map((word) => `'${word}'`).join(" ");
  const configuration = `multiboot /gnumach.gz gnumach console=com0\nmodule /program /program ${words}\nboot\n`;
  const pc = new Pc({
    cdrom: grubCd(configuration, { "gnumach.gz": { copyOf: gnumach! }, program: { copyOf: program } }),
  });
  pc.until(END, MOST_CYCLES);
  return results(pc.serial);
}

function onOurs(program: string): string[] {
  const modules = [{ contents: readFileSync(program), string: `/program ${WORDS.join(" ")}` }];
  const commandLine = "kernel console=com0";
  const { serial } = bootKernel({
    kernel: readFileSync(kernelPath),
    commandLine,
    modules,
    stopAt: (line) => END.test(line),
  });
  return results(serial);
}

const programPath = (name: string) => join(projectRoot, `build/userland/${name}.elf`);

interface Region {
  start: number;
  end: number;
  rights: string;
}

/** What a scenario's line says of the map, "[0,4) rw-/rwx C o0;...", with abutting regions of the same rights as one. */
function rightsOf(line: string): Region[] {
  const found: Region[] = [];
  // Of a failure: what was found, not what was expected.
  const map = line.includes(", got ") ? line.slice(line.indexOf(", got ")) : line;
  for (const [, start, end, rights] of map.matchAll(/\[(\w+),(\w+)\) (\S+ [CSN])/g)) {
    const region = { start: parseInt(start, 16), end: parseInt(end, 16), rights };
    const last = found.at(-1);
    if (last && last.end === region.start && last.rights === rights) last.end = region.end;
    else found.push(region);
  }
  return found;
}

describe.skipIf(!gnumach || !canMakeGrubCd)("GNU Mach 1.8 (needs npm run judges, grub-mkrescue)", () => {
  it.each(["heap-test", "ipc-test", "notify-test", "rights-test", "set-test"])(
    "%s prints the same",
    (name) => {
      const ours = onOurs(programPath(name));
      expect(ours.length).toBeGreaterThan(5);
      expect(onGnuMach(programPath(name))).toEqual(ours);
    },
  );

  it("maps have the same rights in all scenarios, in more entries", () => {
    const [theirs, ours] = [
      onGnuMach(programPath("scenario-test")),
      onOurs(programPath("scenario-test")),
    ] as const;
    expect(theirs.map(rightsOf)).toEqual(ours.map(rightsOf));
    expect(ours.length).toBeGreaterThan(70);
    const entries = (lines: readonly string[]) => lines.join().split("[").length;
    expect(entries(theirs)).toBeGreaterThan(entries(ours));
  });
});
