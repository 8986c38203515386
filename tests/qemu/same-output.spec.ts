// The proof that neither side cheats: the kernel and the programs that run here boot on QEMU, unchanged, and print the
// same, entry counts included.

import { describe, expect, it } from "vitest";
import { bootImage, imagePath, initPath, kernelPath, MODES, withWords } from "../../tools/default-image";
import { bootOnQemu, qemuInstalled } from "./qemu";

const INIT = `${initPath} \${host-port} \${device-port} \${kernel-command-line} $(task-create) $(task-resume)`;
const COMMAND_LINE = "console=com0";

/** Without the first line: the kernel's, which tells the processor and the memory of the machine. */
const programOutput = (serial: string) => serial.replaceAll("\r", "").split("\n").slice(1);

describe.skipIf(!qemuInstalled)("QEMU", () => {
  it.each(MODES)("prints what our machine prints, vm.merge=%s", async (mode) => {
    const words = `vm.merge=${mode}`;
    const qemu = await bootOnQemu({
      kernel: kernelPath,
      append: withWords(COMMAND_LINE, words),
      modules: [INIT],
      disk: imagePath,
    });
    expect(qemu.status, `${qemu.detail}\n${qemu.serial.slice(-2000)}`).toBe(0);
    const ours = bootImage(words);
    expect(programOutput(qemu.serial)).toEqual(programOutput(ours.serial));
  });
});
