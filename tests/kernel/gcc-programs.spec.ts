// Boot modules of gcc's making: freestanding, for a plain i486.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MACH_MSG_TYPE_COPY_SEND, MACH_SEND_MSG } from "../../abi/mach_msg";
import { RB_HALT, RB_STATUS_SHIFT } from "../../abi/task_types";
import { projectRoot } from "../../tools/root";
import { BOOTS } from "./boots";
import { HOST_REBOOT, INTEGER_DESCRIPTOR } from "./user-program";

const SOURCE = join(projectRoot, "tests/kernel/gcc-program.c");
/** Not 0, which looks like a failure of its own on QEMU. */
const DONE = 7;
const START = "$(task-create) $(task-resume)";

const COMMON = [
  ..."-m32 -march=i486 -O1 -Wall -Werror -ffreestanding -nostdlib".split(" "),
  ..."-fno-stack-protector -fcf-protection=none -Wl,--build-id=none".split(" "),
  `-DABI_COPY_SEND=${MACH_MSG_TYPE_COPY_SEND}`,
  `-DABI_HOST_REBOOT=${HOST_REBOOT}`,
  `-DABI_INTEGER=${INTEGER_DESCRIPTOR}`,
  `-DABI_RB_HALT=${RB_HALT}`,
  `-DABI_RB_STATUS_SHIFT=${RB_STATUS_SHIFT}`,
  `-DABI_SEND_MSG=${MACH_SEND_MSG}`,
  `-DABI_DONE=${DONE}`,
];
/** At its own addresses. */
const STATIC = ["-static", "-no-pie", "-fno-pie", "-DEXPECTED_BASE=0x08040000"];
/** A shared object without relocations, which is loaded at 128 MiB. */
const MOVABLE = ["-static-pie", "-fPIE", "-DEXPECTED_BASE=0x08000000"];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "mach386-gcc-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(options: readonly string[]): Uint8Array {
  const path = join(folder, "program");
  const { status, stderr } = spawnSync("gcc", [...COMMON, ...options, "-o", path, SOURCE]);
  expect(status, String(stderr)).toBe(0);
  return readFileSync(path);
}

/** Whether gcc makes programs for the i386. */
function gccInstalled(): boolean {
  const scratch = mkdtempSync(join(tmpdir(), "mach386-gcc-"));
  const { status } = spawnSync("gcc", [...COMMON, ...STATIC, "-o", join(scratch, "program"), SOURCE]);
  rmSync(scratch, { recursive: true, force: true });
  return status === 0;
}

describe.skipIf(!gccInstalled())("programs of gcc -m32 (needs gcc for the i386)", () => {
  describe.each(BOOTS)("on %s", (_name, boot, available) => {
    const check = it.skipIf(!available);
    const line = `program \${host-port} two ${START}`;

    check.each([
      ["at their own addresses", STATIC],
      ["at 128 MiB when they have none", MOVABLE],
      ["in one segment that may do anything", [...STATIC, "-Wl,-N"]],
    ])("run %s", async (_where, options) => {
      const outcome = await boot("console=com0 kernel.check=1", [
        { string: line, contents: compile(options) },
      ]);
      expect(outcome.serial, outcome.explain).toBe("program\n1\ntwo\n");
      expect(outcome.status).toBe(DONE);
    });

    check("have the stack's protection that they ask for", async () => {
      const contents = compile([...STATIC, "-DTRY_STACK", "-Wl,-z,execstack"]);
      const outcome = await boot("console=com0", [{ string: line, contents }]);
      expect(outcome.serial, outcome.explain).toBe("program\n1\ntwo\nthe stack runs\n");
      expect(outcome.status).toBe(DONE);
    });

    check("cannot write what is read-only", async () => {
      const contents = compile([...STATIC, "-DTRY_CONSTANT"]);
      const modules = [
        { string: line, contents },
        { string: `program \${host-port} three ${START}`, contents: compile(STATIC) },
      ];
      const { serial, status, explain } = await boot("console=com0 verbose=1", modules);
      expect(serial, explain).toContain("three");
      expect(serial).not.toContain("constants are writable");
      expect(status).toBe(DONE);
    });
  });
});
