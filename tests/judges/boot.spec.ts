// Boot loaders and programs of others, unchanged, from CDs by our BIOS. Debian's packages: npm run judges.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "../../devices/storage";
import { judgeFile, type Judge } from "../../tools/debian/judges";
import { qemuInstalled } from "../qemu/qemu";
import { QemuConsole } from "../qemu/qemu-console";
import { Pc, canMakeCd, canMakeGrubCd, cdWithDiskette, cdWithLoader, grubCd, grubFloppy } from "./pc";

const file = (judge: Judge, name: string) => {
  const path = judgeFile(judge, name);
  return path === undefined ? undefined : { copyOf: path };
};

const ipxe = judgeFile("ipxe", "usr/lib/ipxe/ipxe.iso");
const lkrn = file("ipxe", "boot/ipxe.lkrn");
const memtest = file("memtest86+", "boot/memtest86+ia32.bin");
const invaders = file("grub-invaders", "boot/invaders.exec");
const eltorito = file("grub-legacy", "usr/lib/grub/i386-pc/stage2_eltorito");
const modules = "usr/lib/syslinux/modules/bios";
const isolinux = {
  loader: file("isolinux", "usr/lib/ISOLINUX/isolinux.bin"),
  ldlinux: file("syslinux-common", `${modules}/ldlinux.c32`),
  libcom32: file("syslinux-common", `${modules}/libcom32.c32`),
  meminfo: file("syslinux-common", `${modules}/meminfo.c32`),
};
const seabios = judgeFile("seabios", "usr/share/seabios/bios.bin");
const seavga = judgeFile("seabios", "usr/share/seabios/vgabios-isavga.bin");

/**
 * The lines of GRUB's memory map. Where the BIOS keeps its tables below the end of memory is left out: QEMU gives it larger
 * ones than it makes by itself.
 */
function memoryLines(screen: readonly string[]): string[] {
  const end = (line: string) => /base_addr = (\w+), length = (\w+)/.exec(line)!.slice(1).map(Number);
  const lines = screen.filter((line) => line.includes("base_addr"));
  return lines.map((line) => {
    const [start, length] = end(line);
    if (start < 0x100000 || start >= 0x4000000) return line.trim();
    const kind = line.includes("available") ? "available" : "reserved";
    return start === 0x100000 ? `${kind} from 0x100000` : `${kind} up to 0x${(start + length).toString(16)}`;
  });
}

describe.skipIf(!ipxe)("iPXE", () => {
  it("boots from its CD, shows its banner, and finds no network", () => {
    const pc = new Pc({ cdrom: new MemoryStorage(readFileSync(ipxe!)) });
    pc.until("Open Source Network Boot Firmware", 3e9);
    pc.until("No more network devices", 1e9);
  });

  it.skipIf(!canMakeGrubCd || !lkrn)("boots as a Linux kernel by GRUB, up to its command line", () => {
    const pc = new Pc({ cdrom: grubCd("linux16 /ipxe.lkrn\nboot\n", { "ipxe.lkrn": lkrn! }) });
    pc.until("Press Ctrl-B", 3e9);
    pc.type("\x02");
    pc.until("iPXE>", 1e9);
  });
});

describe.skipIf(!canMakeGrubCd)("GRUB 2", () => {
  it("shows its menu from a CD, and its memory map", () => {
    const pc = new Pc({ cdrom: grubCd("set timeout=-1\nmenuentry one { lsmmap; sleep 100 }\n", {}) });
    pc.until("one", 3e9);
    pc.type("\n");
    // Our firmware's map: conventional memory, and extended up to 64 MiB.
    pc.until(/base_addr = 0x100000, length = 0x3f00000, .*RAM/, 3e9);
    expect(pc.shown).toMatch(/base_addr = 0x0, length = 0x9fc00, .*RAM/);
  });

  it.skipIf(!seabios || !seavga || !qemuInstalled)(
    "shows the memory map that it shows on QEMU, line by line, with the same BIOS",
    { timeout: 120_000 },
    async () => {
      const disc = grubCd("set timeout=0\nmenuentry one { lsmmap; echo That is all; sleep 1000 }\n", {});
      const folder = mkdtempSync(join(tmpdir(), "mach386-qemu-"));
      writeFileSync(join(folder, "cd.iso"), disc.bytes);
      const qemu = new QemuConsole(["-cdrom", join(folder, "cd.iso")]);
      try {
        const theirs = await qemu.until((line) => line.startsWith("That is all"));
        const others = { bios: readFileSync(seabios!), vgaBios: readFileSync(seavga!) };
        const pc = new Pc({ cdrom: disc, ...others });
        pc.until("That is all", 5e9);
        const [here, there] = [memoryLines(pc.machine.screenText().split("\n")), memoryLines(theirs)];
        expect(there).toHaveLength(6);
        expect(here).toEqual(there);
      } finally {
        qemu.kill();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  it("shows its menu from a diskette, by DMA, and lists it", () => {
    const floppy = grubFloppy("set timeout=-1\nmenuentry one { ls; sleep 100 }\n");
    const pc = new Pc({ floppy, bootOrder: "a" });
    pc.until("one", 3e9);
    pc.type("\n");
    pc.until(/\(memdisk\).*\(fd0\)/, 3e9);
  });

  it("shows its menu from a CD that is booted as a diskette", () => {
    const floppy = grubFloppy("set timeout=-1\nmenuentry one { ls; sleep 100 }\n");
    const pc = new Pc({ cdrom: cdWithDiskette(floppy.bytes) });
    pc.until("*one", 3e9);
    pc.type("\n");
    pc.until(/\(fd0\)/, 3e9);
  });

  it.skipIf(!seabios || !seavga)("shows its menu from a diskette that another BIOS reads", () => {
    const floppy = grubFloppy("set timeout=-1\nmenuentry one { ls }\n");
    const others = { bios: readFileSync(seabios!), vgaBios: readFileSync(seavga!) };
    new Pc({ floppy, bootOrder: "a", ...others }).until(/\*one/, 3e9);
  });

  it.skipIf(!invaders)("starts grub-invaders, a game", () => {
    const pc = new Pc({ cdrom: grubCd("multiboot /invaders.exec\nboot\n", { "invaders.exec": invaders! }) });
    pc.until(/-\*-.*-\*-.*-\*-/, 3e9);
    const before = pc.machine.screenText();
    pc.machine.run(pc.machine.cycles + 1e8);
    expect(pc.machine.screenText()).not.toBe(before);
    expect(pc.machine.screenText()).toContain("/ \\");
  });

  it.skipIf(!memtest)("starts memtest86+, which passes and finds nothing wrong", { timeout: 300_000 }, () => {
    const configuration = "linux16 /memtest86+ia32.bin console=ttyS0,115200 nobench\nboot\n";
    const pc = new Pc({ memory: 5 << 20, cdrom: grubCd(configuration, { "memtest86+ia32.bin": memtest! }) });
    pc.until(/Pass: +1 +Errors: 0/, 60e9);
    expect(pc.machine.screenText()).toMatch(/Status: Pass/);
    expect(pc.machine.screenText()).toMatch(/Pentium II/);
    expect(pc.serial).toContain("Memtest86+");
  });
});

describe.skipIf(!canMakeCd || !eltorito)("GRUB Legacy", () => {
  it("shows its menu from a CD", () => {
    const pc = new Pc({
      cdrom: cdWithLoader("boot/grub/stage2_eltorito", {
        "boot/grub/stage2_eltorito": eltorito!,
        "boot/grub/menu.lst": "timeout 1000\ntitle the only choice\nhalt\n",
      }),
    });
    pc.until("the only choice", 3e9);
    expect(pc.machine.screenText()).toContain("GNU GRUB  version 0.97");
  });
});

describe.skipIf(!canMakeCd || Object.values(isolinux).includes(undefined))("ISOLINUX", () => {
  const cd = () =>
    cdWithLoader("isolinux/isolinux.bin", {
      "isolinux/isolinux.bin": isolinux.loader!,
      "isolinux/ldlinux.c32": isolinux.ldlinux!,
      "isolinux/libcom32.c32": isolinux.libcom32!,
      "isolinux/meminfo.c32": isolinux.meminfo!,
      "isolinux/isolinux.cfg": "DEFAULT meminfo.c32\n",
    });

  it("runs meminfo.c32, which shows what the BIOS says of memory", () => {
    const pc = new Pc({ cdrom: cd() });
    pc.until(/INT 15 88:/i, 3e9);
    expect(pc.machine.screenText()).toContain("9fc00");
  });

  it.skipIf(!seabios || !seavga)("shows the same of another BIOS's memory map as that says", () => {
    const pc = new Pc({
      bios: readFileSync(seabios!),
      vgaBios: readFileSync(seavga!),
      cdrom: cd(),
    });
    pc.until(/INT 15 88:/i, 3e9);
    expect(pc.machine.screenText()).toMatch(/SeaBIOS|9fc00/);
  });
});
