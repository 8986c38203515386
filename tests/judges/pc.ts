// A PC that boots others' software with a BIOS: it runs until something shows on the screen or the serial line.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MemoryStorage } from "../../devices/storage";
import { builtInBios } from "../../machine/built-in-bios";
import { Machine, type MachineConfig } from "../../machine/machine";

const MIB = 2 ** 20;
const SLICE = 5e6;

export class Pc {
  readonly machine: Machine;
  serial = "";

  constructor(config: MachineConfig) {
    this.machine = new Machine({
      memory: 64 * MIB,
      cpu: "pentium2",
      bios: builtInBios(),
      ...config,
      onSerial: (byte) => (this.serial += String.fromCharCode(byte)),
    });
  }

  /** Everything that can be seen. */
  get shown(): string {
    return `${this.machine.screenText()}\n${this.serial}`;
  }

  /**
   * Runs until something is shown.
   * @throws Error with what is shown instead, after so many cycles or when the machine has stopped
   */
  until(text: string | RegExp, cycles: number): void {
    const end = this.machine.cycles + cycles;
    const isThere = () => (typeof text === "string" ? this.shown.includes(text) : text.test(this.shown));
    while (!isThere()) {
      const { machine } = this;
      const until = Math.min(machine.cycles + SLICE, end);
      const result = machine.run(until);
      if (result.reason === "halted") machine.advance(until);
      else if (result.reason !== "cycles") throw new Error(`${JSON.stringify(result)}\n${this.shown}`);
      if (machine.cycles >= end && !isThere()) throw new Error(`not seen: ${String(text)}\n${this.shown}`);
    }
  }

  type(text: string): void {
    this.machine.typeText(text);
  }
}

/** Whether a CD can be made with GRUB here. */
export const canMakeGrubCd =
  ["grub-mkrescue", "xorriso", "mformat"].every(
    (tool) => spawnSync(tool, ["--version"]).error === undefined,
  ) && spawnSync("ls", ["/usr/lib/grub/i386-pc/multiboot.mod"]).status === 0;

export const canMakeCd = spawnSync("xorriso", ["--version"]).error === undefined;

/** A folder with these files: contents, or what to copy. */
function tree(files: Readonly<Record<string, string | { copyOf: string }>>): string {
  const folder = mkdtempSync(join(tmpdir(), "mach386-cd-"));
  for (const [name, file] of Object.entries(files)) {
    const path = join(folder, "tree", name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof file === "string") writeFileSync(path, file);
    else cpSync(file.copyOf, path);
  }
  return folder;
}

function made(folder: string, make: (iso: string, tree: string) => void): MemoryStorage {
  const iso = join(folder, "cd.iso");
  try {
    make(iso, join(folder, "tree"));
    return new MemoryStorage(readFileSync(iso));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** GRUB's rescue CD with files and a configuration. */
export function grubCd(
  configuration: string,
  files: Readonly<Record<string, string | { copyOf: string }>>,
): MemoryStorage {
  const folder = tree({ ...files, "boot/grub/grub.cfg": configuration });
  return made(folder, (iso, from) =>
    execFileSync("grub-mkrescue", ["-o", iso, from], { stdio: ["ignore", "ignore", "pipe"] }),
  );
}

const GRUB_MODULES = ["memdisk", "tar", "biosdisk", "normal", "echo", "sleep", "lsmmap", "ls"];
const DISKETTE_BYTES = 1440 * 1024;

/** A diskette with GRUB and its configuration. */
export function grubFloppy(configuration: string): MemoryStorage {
  const folder = tree({ "boot/grub/grub.cfg": configuration });
  const path = (name: string) => join(folder, name);
  try {
    execFileSync("tar", ["-C", path("tree"), "-cf", path("memdisk.tar"), "boot"]);
    execFileSync("grub-mkimage", [
      ...["-O", "i386-pc", "-o", path("core.img"), "-m", path("memdisk.tar"), "-p", "(memdisk)/boot/grub"],
      ...GRUB_MODULES,
    ]);
    const bytes = new Uint8Array(DISKETTE_BYTES);
    const first = readFileSync("/usr/lib/grub/i386-pc/boot.img");
    bytes.set(first);
    bytes.set(readFileSync(path("core.img")), first.length);
    return new MemoryStorage(bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A CD that is booted as the diskette on it. */
export function cdWithDiskette(diskette: Uint8Array): MemoryStorage {
  const folder = tree({ readme: "" });
  writeFileSync(join(folder, "tree/diskette.img"), diskette);
  return made(folder, (iso, from) =>
    execFileSync("xorriso", ["-as", "mkisofs", "-o", iso, "-b", "diskette.img", from], {
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );
}

/** A CD whose boot image is one of its files. */
export function cdWithLoader(
  loader: string,
  files: Readonly<Record<string, string | { copyOf: string }>>,
): MemoryStorage {
  return made(tree(files), (iso, from) =>
    execFileSync(
      "xorriso",
      [
        "-as",
        "mkisofs",
        "-o",
        iso,
        "-b",
        loader,
        "-no-emul-boot",
        "-boot-load-size",
        "4",
        "-boot-info-table",
        from,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    ),
  );
}
