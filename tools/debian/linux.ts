// npm run debian: Debian's Linux kernel for the i686 with Debian's busybox, up to a shell on the serial line.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";
import { INSERT_DRIVERS, MOUNTS, diskDrivers } from "./drivers";
import { busyboxInitrd } from "./initrd";
import { fetchBusybox, judgeFile } from "./judges";
import { debianPackage } from "./packages";

const INITRD = join(projectRoot, "build/debian/initrd.gz");
/** The self-tests of Linux's ciphers take longer than all the rest. */
const APPEND = "console=ttyS0 cryptomgr.notests quiet";

try {
  debianPackage("i386", "linux-image-686");
  const busybox = readFileSync(fetchBusybox());
  writeFileSync(
    INITRD,
    busyboxInitrd(busybox, `${MOUNTS}${INSERT_DRIVERS}exec setsid cttyhack sh\n`, diskDrivers()),
  );
  const kernel = judgeFile("linux-image-686", "boot/vmlinuz-*")!;
  const words = ["--kernel", kernel, "--initrd", INITRD, "--append", APPEND, ...process.argv.slice(2)];
  const command = [join(projectRoot, "run-machine.js"), ...words];
  process.stderr.write(
    `run-machine.js ${words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(" ")}\n`,
  );
  process.exitCode = spawnSync(process.execPath, command, { stdio: "inherit" }).status ?? 1;
} catch (error) {
  process.stderr.write(`debian: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
