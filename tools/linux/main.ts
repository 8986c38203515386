// npm run linux: the shell's image with Debian's busybox for the i386 on it, and starts it.
import { spawnSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { builtImage, ROOMY } from "../image/built";
import { SWAP_BYTES } from "../image/contents";
import { hostEntries } from "../image/host-files";
import { fetchBusybox } from "../debian/judges";
import { projectRoot } from "../root";

const IMAGE = join(projectRoot, "build/linux.img");
const COMMAND = [
  join(projectRoot, "run-machine.js"),
  IMAGE,
  ...["--cpu", "pentium2", "--append", "init.plan=/etc/start"],
];

new Command("linux")
  .description("starts the shell with Debian's busybox-static for the i386 on its disk (fetched with apt)")
  .parse();

try {
  const image = builtImage({ entries: hostEntries("/bin/busybox", fetchBusybox()), sizeBytes: ROOMY });
  writeFileSync(IMAGE, image);
  truncateSync(IMAGE, image.length + SWAP_BYTES);
  process.exitCode = spawnSync(process.execPath, COMMAND, { stdio: "inherit" }).status ?? 1;
} catch (error) {
  process.stderr.write(`linux: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
