// QEMU as a second PC for the same kernel and disk.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const QEMU = "qemu-system-i386";

/** Whether this host has QEMU. */
export const qemuInstalled = spawnSync(QEMU, ["--version"]).status === 0;

export interface QemuMachine {
  /** Image of the first IDE disk; what the guest writes is dropped. */
  disk?: string;
  /** Image of the second one, which keeps what is written. */
  second?: string;
  /** MiB. */
  memory?: number;
  /** QEMU's CPU model; our i486 has no counterpart of QEMU's that is older than this one. */
  cpu?: string;
  /** Time is the count of instructions, one tick each, and RDTSC reads it (a CPU model that has one is needed). */
  countInstructions?: boolean;
  /** Milliseconds until QEMU is killed. */
  timeout?: number;
}

export interface QemuBoot extends QemuMachine {
  kernel: string;
  /** Kernel command line behind the kernel's name. */
  append: string;
  /** Module strings, each beginning with the file's path. */
  modules: readonly string[];
}

export interface QemuResult {
  /** What COM1 sent. */
  serial: string;
  /** The value that the guest wrote to isa-debug-exit; undefined when QEMU ended otherwise. */
  status: number | undefined;
  /** How QEMU ended when not by isa-debug-exit. */
  detail: string;
}

/** Boots a multiboot kernel on QEMU until the guest ends it. */
export function bootOnQemu(boot: QemuBoot): Promise<QemuResult> {
  const args = ["-kernel", boot.kernel, "-append", boot.append];
  // QEMU parts modules at commas; a doubled comma is a plain one.
  if (boot.modules.length)
    args.push("-initrd", boot.modules.map((one) => one.replaceAll(",", ",,")).join(","));
  return runQemu(args, boot);
}

/** Boots a CD on QEMU until the guest ends it. */
export function bootCdOnQemu(path: string, machine: QemuMachine): Promise<QemuResult> {
  return runQemu(["-cdrom", path, "-boot", "d"], machine);
}

function runQemu(loader: readonly string[], machine: QemuMachine): Promise<QemuResult> {
  const scratch = mkdtempSync(join(tmpdir(), "mach386-qemu-"));
  const args = ["-cpu", machine.cpu ?? "486", "-m", `${machine.memory ?? 64}M`, ...loader];
  args.push("-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot");
  args.push("-device", "isa-debug-exit,iobase=0xf4,iosize=0x04");
  if (machine.second) args.push("-drive", `file=${machine.second},format=raw,if=ide,index=1`);
  if (machine.disk) args.push("-drive", `file=${machine.disk},format=raw,if=ide,index=0,snapshot=on`);
  if (machine.countInstructions) args.push("-icount", "shift=0,sleep=off");
  return new Promise((resolve, reject) => {
    const child = spawn(QEMU, args, { cwd: scratch, stdio: ["ignore", "pipe", "pipe"] });
    let serial = "";
    let errors = "";
    child.stdout.setEncoding("latin1").on("data", (text: string) => (serial += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const timer = setTimeout(() => child.kill("SIGKILL"), machine.timeout ?? 60_000);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      rmSync(scratch, { recursive: true, force: true });
      // QEMU's own failures end with 1 too, but say why.
      const exited = code !== null && (code & 1) === 1 && (code > 1 || errors === "");
      resolve({
        serial,
        status: exited ? code >> 1 : undefined,
        detail: exited ? "" : `${signal ?? `status ${code}`} ${errors.trim()}`.trim(),
      });
    });
  });
}
