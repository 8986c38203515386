// gdb on the kernel's ELF file, and attached to the kernel on QEMU: lines, breakpoints by line, backtraces.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imagePath, initPath, kernelPath } from "../../tools/default-image";
import { projectRoot } from "../../tools/root";
import { lineOf } from "../source-lines";
import { qemuInstalled } from "./qemu";

const gdbInstalled = spawnSync("gdb", ["--version"]).status === 0;

function gdb(...commands: string[]): string {
  const args = ["-nx", "-batch", ...commands.flatMap((c) => ["-ex", c]), kernelPath];
  const { stdout, stderr } = spawnSync("gdb", args, { cwd: projectRoot, encoding: "utf8", timeout: 20_000 });
  return stdout + stderr;
}

const file = "kernel/vm/vm_map_enter.ts";

describe.skipIf(!gdbInstalled)("gdb", () => {
  it("shows TypeScript lines of the kernel", () => {
    const line = lineOf(file, "if (!vm_map_find_space(");
    const text = gdb(
      `break ${file}:${line}`,
      `list ${file}:${line},${line}`,
      `info line ${file}:${line}`,
      "info line vm_map_enter",
    );
    expect(text).toMatch(new RegExp(`Breakpoint 1 at 0xc01\\w+: file ${file}, line ${line}\\.`));
    expect(text).toMatch(new RegExp(`^${line}\\s.*vm_map_find_space\\(`, "m"));
    expect(text).toMatch(
      new RegExp(`Line ${line} of "${file}" starts at address 0xc01\\w+ <vm_map_enter\\+\\d+>`),
    );
    expect(text).toMatch(/Line \d+ of "kernel\S+" starts at address 0xc01\w+ <vm_map_enter> and ends/);
  });

  it("has no complaint about the file", () => {
    expect(gdb("set complaints 100", "maint expand-symtabs", "info line kernel_main")).not.toMatch(
      /during symbol reading|warning|corrupt/i,
    );
  });
});

/** A port of this host that nobody uses. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something listens there. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(() => resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!gdbInstalled || !qemuInstalled)("gdb attached to QEMU", () => {
  it("stops at a TypeScript line and unwinds to the system call", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mach386-gdb-"));
    const port = await freePort();
    const module = `${initPath} \${host-port} \${device-port} \${kernel-command-line} $(task-create) $(task-resume)`;
    const args = [
      "-cpu",
      "486",
      "-m",
      "64M",
      "-kernel",
      kernelPath,
      "-append",
      "console=com0",
      "-initrd",
      module,
    ];
    args.push(
      "-display",
      "none",
      "-serial",
      "null",
      "-monitor",
      "none",
      "-S",
      "-gdb",
      `tcp:127.0.0.1:${port}`,
    );
    args.push("-drive", `file=${imagePath},format=raw,if=ide,index=0,snapshot=on`);
    const qemu: ChildProcess = spawn("qemu-system-i386", args, { cwd: folder, stdio: "ignore" });
    try {
      await listening(port);
      const place = `${file}:${lineOf(file, "if (!vm_map_find_space(")}`;
      const stop = "thbreak trap_vm_allocate";
      const text = gdb(
        `target remote 127.0.0.1:${port}`,
        stop,
        "continue",
        `thbreak ${place}`,
        "continue",
        "bt",
        "kill",
      );
      const frames = text
        .slice(text.indexOf("#0"))
        .split("\n")
        .filter((l) => l.startsWith("#"));
      expect(frames[0] ?? "", text).toMatch(new RegExp(`vm_map_enter \\(\\) at ${place}`));
      const names = frames.map((f) => /(\w+) \(\)/.exec(f)?.[1]);
      expect(names.slice(-3), text).toEqual(["vm_allocate", "trap_vm_allocate", "gate_flags_saved"]);
      expect(
        frames.slice(0, -1).every((f) => / at kernel\/\S+\.ts:\d+$/.test(f)),
        text,
      ).toBe(true);
    } finally {
      qemu.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
