// The same services asked of our BIOS and of QEMU's.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, PROBE_STATUS, type Probe, probeAnswers, probeSector } from "./probe";

/** An image with QEMU's options for its drive. */
type Medium = readonly [options: string, contents: Uint8Array];

/** What QEMU's BIOS answers. `more`: options of QEMU. */
export function probeOnQemu(
  probes: readonly Probe[],
  boot: "a" | "c" | "d",
  media: (sector: Uint8Array) => readonly Medium[],
  data?: readonly number[],
  more: readonly string[] = [],
): (Answer | number[])[] {
  const folder = mkdtempSync(join(tmpdir(), "mach386-bios-"));
  try {
    const drives = media(probeSector(probes, data)).flatMap(([options, contents], i) => {
      const path = join(folder, `image${i}`);
      writeFileSync(path, contents);
      return ["-drive", `${options},file=${path},format=raw`];
    });
    const told = join(folder, "told");
    const args = [
      ...[
        "-m",
        "32",
        "-display",
        "none",
        "-serial",
        "none",
        "-monitor",
        "none",
        "-no-reboot",
        "-net",
        "none",
      ],
      ...["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", "-debugcon", `file:${told}`, "-boot", boot],
    ];
    const result = spawnSync("qemu-system-i386", [...args, ...drives, ...more], { timeout: 60_000 });
    if (result.status !== 2 * PROBE_STATUS + 1)
      throw new Error(`QEMU: ${result.status} ${result.signal}: ${String(result.stderr)}`);
    return probeAnswers(probes, existsSync(told) ? readFileSync(told) : new Uint8Array());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of each answer these registers; bytes as they are. */
export function only(answers: readonly (Answer | number[])[], ...names: (keyof Answer)[]): unknown[] {
  return answers.map((answer) =>
    Array.isArray(answer) ? answer : Object.fromEntries(names.map((name) => [name, answer[name]])),
  );
}
