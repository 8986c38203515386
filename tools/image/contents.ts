// What the default disk image holds.
import { WORDS_FILE_FACTOR, WORDS_FILE_PAGES } from "../../abi/words_file";
import { BOOT_SCRIPT } from "../../machine/boot-disk";
import type { Entry, ImageFile } from "./image";
import { IMAGE_TIME } from "./tree";
import { USR_SIZES } from "./usr-distribution";
import { usrTree } from "./usr-tree";

export interface ImageContents {
  kernel: Uint8Array;
  /** program name -> ELF file; "init" goes to /boot, the others to /bin */
  programs: ReadonlyMap<string, Uint8Array>;
  /** words after the kernel's path in the boot script */
  commandLine?: string;
}

export const DEFAULT_COMMAND_LINE = "console=com0 vm.merge=full";
/** The partition that the default pager pages to. */
export const SWAP_BYTES = 80 << 20;
const EXECUTABLE = 0o755;
const PLAIN = 0o644;

/** The first task gets its two ports, and the kernel's command line to read options from. */
const INIT_ARGUMENTS = "${host-port} ${device-port} ${kernel-command-line} $(task-create) $(task-resume)";

/** The file that programs map. */
export const TEST_FILE = "/share/words";

/** The Hurd's experiment: a file server under `grep -r` and under the load of compiling, and its map before, between and after. */
function hurdPlan(options: string): string[] {
  const list = "vminfo server zones";
  return [`ext2fs hd1s1 ${options} &`, "map-watch &", list, "grep -r NR /usr", list, "usr-load", list];
}

/** What init runs: one command line per line. */
const PLANS = {
  "/etc/demo": [
    "vminfo init",
    "mmap-test",
    "brk-test",
    "heap-test",
    "ipc-test",
    "queue-test",
    "set-test",
    "ool-test",
    "notify-test",
    "rights-test",
    "device-test",
    "io-test",
    "kd-test",
    "host-test",
    "proxy-test",
    "pager-test",
    "fault-test",
    "exception-test",
    "i386-test",
    "fpu-test",
    "gsync-test",
    "task-test",
    "thread-test",
    "scenario-test",
  ],
  "/etc/start": ["default-pager &", "ext2fs hd0s1 &", "pipes &", "exec &", "term &", "proc &", "sh"],
  "/etc/vminfo": ["mmap-test", "vminfo init objects merges zones", "vminfo kernel"],
  "/etc/kernel-map": ["kernel-map-test"],
  "/etc/limits": ["i386-test limits"],
  "/etc/sched": ["sched-test"],
  "/etc/bench": ["merge-bench"],
  "/etc/ipc-bench": ["ipc-bench"],
  "/etc/ipc-bench-tsc": ["ipc-bench tsc"],
  "/etc/vm-bench": ["vm-bench"],
  "/etc/exhaust": ["exhaust-test"],
  "/etc/crash": ["ext2fs hd1s1 sync=1 &", "crash-load"],
  "/etc/fs": ["ext2fs hd1s1 &", "fs-test"],
  "/etc/hurd": hurdPlan(""),
  "/etc/hurd-bounded": hurdPlan("node-limit=100"),
  "/etc/hurd-uncached": hurdPlan("no-object-cache"),
  "/etc/swap": ["default-pager &", "swap-test"],
  "/etc/swap-quick": ["default-pager &", "swap-test 64 quick"],
};

/** Names of the program `box`, which does what it is called. */
export const BOX_COMMANDS = [
  ...["cat", "chmod", "cp", "date", "df", "echo", "find", "free", "head", "kill", "ln", "ls", "mkdir", "mv"],
  ...["portinfo", "ps", "rm", "rmdir", "sleep", "sort", "sync", "tail", "touch", "vmstat", "wc"],
];

/** What else the image has if it has the commands: their names, places for users, and a small generated /usr. */
export function imageExtras(programs: ReadonlyMap<string, Uint8Array>): Entry[] {
  if (!programs.has("box")) return [];
  const directory = (path: string): Entry => ({ kind: "directory", path, mode: 0o755, mtime: IMAGE_TIME });
  const links = BOX_COMMANDS.map((name): Entry => ({
    kind: "link",
    path: `/bin/${name}`,
    target: "/bin/box",
  }));
  return [directory("/tmp"), directory("/home"), ...links, ...usrTree(USR_SEED, USR_SIZES.small)];
}

const USR_SEED = 1;

function testFile(): Uint8Array {
  const words = new Uint32Array((WORDS_FILE_PAGES * 4096) / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index * 4, WORDS_FILE_FACTOR);
  return new Uint8Array(words.buffer);
}

/** The files of an image that boots by itself. */
export function imageFiles(contents: ImageContents): Map<string, ImageFile> {
  const commandLine = contents.commandLine ?? DEFAULT_COMMAND_LINE;
  const script = [
    "# kernel PATH WORDS... and module PATH WORDS..., in GNU Mach's boot script syntax",
    `kernel /boot/kernel.elf ${commandLine}`,
    `module /boot/init ${INIT_ARGUMENTS}`,
    "",
  ].join("\n");
  const files = new Map<string, ImageFile>([
    [BOOT_SCRIPT, { data: Buffer.from(script), mode: PLAIN }],
    ["/boot/kernel.elf", { data: contents.kernel, mode: EXECUTABLE }],
    [TEST_FILE, { data: testFile(), mode: PLAIN }],
    ["/etc/passwd", { data: Buffer.from("root:x:0:0:root:/home:/bin/sh\n"), mode: PLAIN }],
    ["/etc/group", { data: Buffer.from("root:x:0:\n"), mode: PLAIN }],
  ]);
  for (const [path, lines] of Object.entries(PLANS))
    files.set(path, { data: Buffer.from(lines.join("\n") + "\n"), mode: PLAIN });
  for (const [name, data] of contents.programs)
    files.set(name === "init" ? "/boot/init" : `/bin/${name}`, { data, mode: EXECUTABLE });
  return files;
}
