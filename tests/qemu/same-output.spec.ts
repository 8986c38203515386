// The proof that neither side cheats: the kernel and the programs that run here boot on QEMU, unchanged, and print the
// same, entry counts included.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootImage, imagePath, initPath, kernelPath, MODES, withWords } from "../../tools/default-image";
import { buildImage, PARTITION_FIRST_SECTOR } from "../../tools/image/image";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
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

  it("serves files from a disk, and leaves it sound", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "mach386-qemu-"));
    const second = join(scratch, "disk.img");
    const files = new Map([["/hello", { data: Buffer.from("hello\n"), mode: 0o644 }]]);
    writeFileSync(second, buildImage({ files, sizeBytes: 24 << 20 }));
    const qemu = await bootOnQemu({
      kernel: kernelPath,
      append: withWords(COMMAND_LINE, "vm.merge=full init.plan=/etc/fs"),
      modules: [INIT],
      disk: imagePath,
      second,
    });
    expect(qemu.status, `${qemu.detail}\n${qemu.serial.slice(-2000)}`).toBe(0);
    expect(qemu.serial).not.toContain("FAIL");
    const volume = readFileSync(second).subarray(PARTITION_FIRST_SECTOR * 512);
    if (hasE2fsprogs) expect(e2fsck(volume, join(scratch, "partition"))).toBe("clean");
    rmSync(scratch, { recursive: true });
  });
});
