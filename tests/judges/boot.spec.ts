// Boot loaders and programs of others, unchanged, from CDs by our BIOS. Debian's packages: npm run judges.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "../../devices/storage";
import { judgeFile, type Judge } from "../../tools/debian/judges";
import { Pc, canMakeCd, canMakeGrubCd, cdWithLoader, grubCd, grubFloppy } from "./pc";

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

  it("shows its menu from a diskette, by DMA, and lists it", () => {
    const floppy = grubFloppy("set timeout=-1\nmenuentry one { ls; sleep 100 }\n");
    const pc = new Pc({ floppy, bootOrder: "a" });
    pc.until("one", 3e9);
    pc.type("\n");
    pc.until(/\(memdisk\).*\(fd0\)/, 3e9);
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

  it.skipIf(!memtest)("starts memtest86+, which passes and finds nothing wrong", () => {
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
