// Programs in C for Linux, by gcc and glibc: one for the guest, static and for the i386, and one for this machine.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../../tools/root";

const OPTIONS = ["-O2", "-Wall", "-Werror", "-Wno-unused-result"];

export interface Compiled {
  guest: string;
  host: string;
}

/**
 * Compiles tests/hurd/linux/NAME.c into files of `folder`; undefined if there is no gcc that can.
 * @param forHost false: only for the guest
 */
export function compileBoth(name: string, folder: string, forHost = true): Compiled | undefined {
  const source = join(projectRoot, `tests/hurd/linux/${name}.c`);
  const both = { guest: join(folder, `${name}-guest`), host: join(folder, `${name}-host`) };
  const gcc = (...words: string[]) =>
    spawnSync("gcc", [...OPTIONS, ...words, source, "-lm"], { stdio: ["ignore", "ignore", "inherit"] });
  const canCompile = spawnSync("gcc", ["-m32", "-static", "-x", "c", "-", "-o", both.guest], {
    input: "int main(void) { return 0; }",
  });
  if (canCompile.status !== 0) return undefined;
  const host = forHost ? [["-o", both.host]] : [];
  for (const words of [["-m32", "-static", "-o", both.guest], ...host])
    if (gcc(...words).status !== 0) throw new Error(`${name}.c does not compile`);
  return both;
}
