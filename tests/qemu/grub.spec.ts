// GRUB as the loader: an ISO image with the kernel, a module and GRUB's own quoting of the script, booted from the CD.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootImage, imagePath, initPath, kernelPath } from "../../tools/default-image";
import { bootCdOnQemu, qemuInstalled } from "./qemu";

/** GRUB's tool, its files for a PC with a BIOS, and what they call. */
const TOOLS = ["grub-mkrescue", "xorriso", "mformat"];
const grubInstalled =
  qemuInstalled &&
  TOOLS.every((tool) => spawnSync(tool, ["--version"]).error === undefined) &&
  spawnSync("ls", ["/usr/lib/grub/i386-pc/multiboot.mod"]).status === 0;

// GRUB leaves the file's name out of a module's string, so that it is said again; `$` is GRUB's own but in quotes.
const CONFIGURATION = `
multiboot /boot/kernel.elf console=com0 vm.merge=full
module /boot/none '#' a comment, whatever the module holds
module /boot/init /boot/init '\${host-port}' '\${device-port}' '\${kernel-command-line}' '$(task-create)' '$(task-resume)'
boot
`;

const programOutput = (serial: string) => serial.replaceAll("\r", "").split("\n").slice(1);

describe.skipIf(!grubInstalled)("GRUB (needs grub-mkrescue, xorriso, mtools, QEMU)", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "mach386-grub-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("boots the kernel from a CD, which prints what it prints here", async () => {
    const boot = join(folder, "tree/boot");
    mkdirSync(join(boot, "grub"), { recursive: true });
    cpSync(kernelPath, join(boot, "kernel.elf"));
    cpSync(initPath, join(boot, "init"));
    writeFileSync(join(boot, "none"), "nothing");
    writeFileSync(join(boot, "grub/grub.cfg"), CONFIGURATION);
    const cdrom = join(folder, "boot.iso");
    const made = spawnSync("grub-mkrescue", ["-o", cdrom, join(folder, "tree")], { encoding: "utf8" });
    expect(made.status, made.stderr).toBe(0);
    const qemu = await bootCdOnQemu(cdrom, { disk: imagePath });
    expect(qemu.status, `${qemu.detail}\n${qemu.serial.slice(-2000)}`).toBe(0);
    const ours = bootImage("vm.merge=full");
    expect(programOutput(qemu.serial)).toEqual(programOutput(ours.serial));
  });
});
