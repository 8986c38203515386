// Debian's Linux 6.1 for the i686, unchanged, with Debian's busybox as its only program.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Machine } from "../../machine/machine";
import { loadLinux } from "../../machine/linux";
import { busyboxInitrd } from "../../tools/debian/initrd";
import { judgeFile } from "../../tools/debian/judges";

const kernel = judgeFile("linux-image-686", "boot/vmlinuz-*");
const busybox = judgeFile("busybox-static", "bin/busybox");
const MOST_CYCLES = 20e9;

/** Boots, runs a shell script as init, and gives what it printed between two marks. */
function run(script: string): { printed: string; log: string } {
  const initrd = busyboxInitrd(
    readFileSync(busybox!),
    `mount -t proc proc /proc\nmount -t sysfs sysfs /sys\necho BEGIN\n${script}\necho END\nsleep 1000\n`,
  );
  let log = "";
  const machine = new Machine({
    memory: 128 << 20,
    cpu: "pentium2",
    onSerial: (byte) => {
      log += String.fromCharCode(byte);
      if (byte === 10 && /^END\r?$/m.test(log.slice(-8))) machine.stop();
    },
  });
  const commandLine = "console=ttyS0 cryptomgr.notests";
  loadLinux(machine, { kernel: readFileSync(kernel!), initrd, commandLine });
  const result = machine.run(MOST_CYCLES);
  expect(result, log.slice(-2000)).toEqual({ reason: "stopped" });
  const text = log.replaceAll("\r", "");
  return { printed: text.slice(text.indexOf("\nBEGIN\n") + 7, text.lastIndexOf("END\n")), log: text };
}

describe.skipIf(!kernel || !busybox)("Linux (needs npm run judges)", () => {
  it("boots to a shell, and sees the processor and the memory that are there", () => {
    const { printed, log } = run(
      [
        "uname -sm",
        "grep -E '^(model name|flags|fpu|wp)[[:space:]]' /proc/cpuinfo",
        "awk '/MemTotal/ { print ($2 > 90000 && $2 < 131072) }' /proc/meminfo",
        "seq 1 20000 | sha256sum",
        "ls /proc | grep -c '^[0-9]' | awk '{ print ($1 > 10) }'",
      ].join("\n"),
    );
    const numbers = Array.from({ length: 20000 }, (_, i) => `${i + 1}\n`).join("");
    expect(printed.split("\n")).toEqual([
      "Linux i686",
      "model name\t: Pentium II (Deschutes)",
      "fpu\t\t: yes",
      "wp\t\t: yes",
      "flags\t\t: fpu vme de pse tsc msr pae mce cx8 sep mtrr pge cmov fxsr cpuid",
      "1",
      `${createHash("sha256").update(numbers).digest("hex")}  -`,
      "1",
      "",
    ]);
    expect(log).not.toMatch(/Oops|BUG:|Call Trace|general protection/);
  });
});
