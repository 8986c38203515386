// Debian's Linux 6.1 for the i686, unchanged, with Debian's busybox as its only program.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "../../devices/storage";
import { Machine, type MachineConfig } from "../../machine/machine";
import { loadLinux } from "../../machine/linux";
import { INSERT_DRIVERS, MOUNTS, diskDrivers } from "../../tools/debian/drivers";
import { busyboxInitrd } from "../../tools/debian/initrd";
import { judgeFile } from "../../tools/debian/judges";
import { Pc, canMakeGrubCd, grubCd } from "./pc";

const kernel = judgeFile("linux-image-686", "boot/vmlinuz-*");
const busybox = judgeFile("busybox-static", "bin/busybox");
const MOST_CYCLES = 20e9;
/** For hosts that are slower than most. */
const SLOW = { timeout: 300_000 };

/** Boots, runs a shell script as init, and gives what it printed between two marks. */
function run(
  script: string,
  config: MachineConfig = {},
  files?: ReadonlyMap<string, Uint8Array>,
): { printed: string; log: string; commands: string[] } {
  const initrd = busyboxInitrd(
    readFileSync(busybox!),
    `${MOUNTS}echo BEGIN\n${script}\necho END\nsleep 1000\n`,
    files,
  );
  let log = "";
  const machine = new Machine({
    memory: 128 << 20,
    cpu: "pentium2",
    ...config,
    onSerial: (byte) => {
      log += String.fromCharCode(byte);
      if (byte === 10 && /^END\r?$/m.test(log.slice(-8))) machine.stop();
    },
  });
  const commands: string[] = [];
  machine.hooks.disk = (line) => commands.push(line);
  const commandLine = "console=ttyS0 cryptomgr.notests";
  loadLinux(machine, { kernel: readFileSync(kernel!), initrd, commandLine });
  const result = machine.run(MOST_CYCLES);
  expect(result, log.slice(-2000)).toEqual({ reason: "stopped" });
  const text = log.replaceAll("\r", "");
  return {
    printed: text.slice(text.indexOf("\nBEGIN\n") + 7, text.lastIndexOf("END\n")),
    log: text,
    commands,
  };
}

describe.skipIf(!kernel || !busybox || !canMakeGrubCd)("Linux by GRUB and our BIOS", () => {
  it(
    "finds the PCI BIOS, and the APICs by ACPI's tables, takes its interrupts there, and switches the machine off",
    SLOW,
    () => {
      const script = `${MOUNTS}cat /proc/interrupts\ndmesg | grep -c "supports S0 S5"\ndmesg | grep "PCI BIOS"\necho END\nsleep 3\npoweroff -f\n`;
      const menu =
        "set timeout=0\nmenuentry l { linux /vmlinuz console=ttyS0 cryptomgr.notests quiet\ninitrd /initrd.gz }\n";
      const folder = mkdtempSync(join(tmpdir(), "mach386-initrd-"));
      const initrd = join(folder, "initrd.gz");
      writeFileSync(initrd, busyboxInitrd(readFileSync(busybox!), script));
      const files = { vmlinuz: { copyOf: kernel! }, "initrd.gz": { copyOf: initrd } };
      const pc = new Pc({ memory: 128 << 20, cdrom: grubCd(menu, files) });
      rmSync(folder, { recursive: true, force: true });
      pc.until(/END\r\n/, MOST_CYCLES);
      expect(pc.serial).toMatch(/ 0: +\d+ +IO-APIC +2-edge +timer/);
      expect(pc.serial).toMatch(/ 9: +\d+ +IO-APIC +9-fasteoi +acpi/);
      expect(Number(/LOC: +(\d+)/.exec(pc.serial)![1])).toBeGreaterThan(100);
      expect(pc.serial).toMatch(/^1\r$/m);
      expect(pc.serial).toMatch(/PCI: PCI BIOS revision 2\.10 entry at 0xf[0-9a-f]{4}, last bus=0/);
      expect(pc.machine.run(pc.machine.cycles + 3e9)).toEqual({ reason: "off" });
    },
  );
});

describe.skipIf(!kernel || !busybox)("Linux (needs npm run judges)", () => {
  it("boots to a shell, and sees the processor and the memory that are there", SLOW, () => {
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
      "flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge cmov mmx fxsr cpuid",
      "1",
      `${createHash("sha256").update(numbers).digest("hex")}  -`,
      "1",
      "",
    ]);
    expect(log).not.toMatch(/Oops|BUG:|Call Trace|general protection/);
  });

  it("reads a disk and a CD by DMA, and writes", SLOW, () => {
    const disk = new MemoryStorage(Uint8Array.from({ length: 6 << 20 }, (_, i) => (i * 2654435761) >>> 24));
    const before = disk.bytes.slice();
    const cdrom = new MemoryStorage(Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 40503) >>> 8));
    const { printed, log, commands } = run(
      [
        INSERT_DRIVERS,
        "sleep 1",
        "sha256sum /dev/sda /dev/sr0",
        "dd if=/dev/sr0 of=/dev/sda bs=64k count=16 seek=4 2>/dev/null",
        "sync",
      ].join("\n"),
      { disks: [disk], cdrom },
      diskDrivers(),
    );
    const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const lines = printed.split("\n").filter((line) => /\/dev\//.test(line));
    expect(lines).toEqual([`${sum(before)}  /dev/sda`, `${sum(cdrom.bytes)}  /dev/sr0`]);
    expect(log).toMatch(/ata1\.00: ATA-6: MACH386 DISK, 1\.0, max MWDMA2/);
    before.set(cdrom.bytes, 4 << 16);
    expect(sum(disk.bytes)).toBe(sum(before));
    const moved = commands.filter((line) => /READ|WRITE/.test(line) && line.startsWith("disk 0"));
    expect(moved.length).toBeGreaterThan(20);
    expect(moved.filter((line) => !/(READ|WRITE) (DMA|NATIVE MAX)/.test(line))).toEqual([]);
    expect(log).not.toMatch(/exception Emask|failed command|Oops|BUG:/);
  });
});

const installer = "usr/lib/debian-installer/images/12/i386/text/debian-installer/i386";
const installerKernel = judgeFile("debian-installer-12-netboot-i386", `${installer}/linux`);
const installerRamDisk = judgeFile("debian-installer-12-netboot-i386", `${installer}/initrd.gz`);

describe.skipIf(!installerKernel || !installerRamDisk)("Debian's installer for the i386", () => {
  it("shows its main menu on the serial line", SLOW, () => {
    let log = "";
    const machine = new Machine({
      memory: 768 << 20,
      cpu: "pentium2",
      onSerial: (byte) => {
        log += String.fromCharCode(byte);
        if (byte === 10 && log.includes("Debian installer main menu")) machine.stop();
      },
    });
    const commandLine = "console=ttyS0 cryptomgr.notests quiet priority=low DEBIAN_FRONTEND=text";
    const files = { kernel: readFileSync(installerKernel!), initrd: readFileSync(installerRamDisk!) };
    loadLinux(machine, { ...files, commandLine });
    expect(machine.run(60e9), log.slice(-2000)).toEqual({ reason: "stopped" });
  });
});
