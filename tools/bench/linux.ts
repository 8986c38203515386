// npm run bench:linux: how long Debian's Linux takes to its shell here and on v86, each in a process of its own. Both are given
// the same kernel, the same initial RAM disk and the same command line; v86 a BIOS too, which it needs to start a kernel.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { V86 } from "v86";
import { Machine } from "../../machine/machine";
import { loadLinux } from "../../machine/linux";
import { MOUNTS } from "../debian/drivers";
import { busyboxInitrd } from "../debian/initrd";
import { type Judge, fetchJudges, judgeFile } from "../debian/judges";
import { projectRoot } from "../root";
import { textTable } from "./table";

const MEMORY = 128 << 20;
const COMMAND_LINE = "console=ttyS0 cryptomgr.notests quiet";
const PROMPT = "shell is here";
const RUNS = 3;
const PATIENCE_MILLISECONDS = 300_000;

const file = (judge: Judge, name: string) => {
  const path = judgeFile(judge, name);
  if (path === undefined) throw new Error(`${judge} has no ${name}`);
  return readFileSync(path);
};

const kernel = () => file("linux-image-686", "boot/vmlinuz-*");
const initrd = () =>
  busyboxInitrd(file("busybox-static", "bin/busybox"), `${MOUNTS}echo ${PROMPT}\nsleep 10000\n`);

/** Calls back when the prompt has come. */
function watch(found: () => void): (byte: number) => void {
  let line = "";
  return (byte) => {
    line = byte === 10 ? "" : line + String.fromCharCode(byte);
    if (line === PROMPT) found();
  };
}

function bootHere(): number {
  const started = performance.now();
  const onSerial = watch(() => machine.stop());
  const machine: Machine = new Machine({ memory: MEMORY, cpu: "pentium2", onSerial });
  loadLinux(machine, { kernel: kernel(), initrd: initrd(), commandLine: COMMAND_LINE });
  const result = machine.run(60e9);
  if (result.reason !== "stopped") throw new Error(JSON.stringify(result));
  return performance.now() - started;
}

function bootOnV86(): Promise<number> {
  const started = performance.now();
  const image = (bytes: Uint8Array) => ({ buffer: Uint8Array.from(bytes).buffer });
  const emulator = new V86({
    wasm_path: join(projectRoot, "node_modules/v86/build/v86.wasm"),
    memory_size: MEMORY,
    bios: image(file("seabios", "usr/share/seabios/bios.bin")),
    vga_bios: image(file("seabios", "usr/share/seabios/vgabios-stdvga.bin")),
    bzimage: image(kernel()),
    initrd: image(initrd()),
    cmdline: COMMAND_LINE,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    autostart: true,
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("v86 did not get to the shell")), PATIENCE_MILLISECONDS);
    const byte = watch(() => {
      clearTimeout(timer);
      resolve(performance.now() - started);
    });
    emulator.add_listener("serial0-output-byte", byte);
  });
}

const EMULATORS = { here: bootHere, v86: bootOnV86 } as const;
const [, , one] = process.argv;

if (one === "here" || one === "v86") {
  const milliseconds = await EMULATORS[one]();
  process.stdout.write(`${milliseconds}\n`);
  process.exit(0);
}

fetchJudges();
const rows = Object.keys(EMULATORS).map((name) => {
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    process.stderr.write(`${name}, ${run + 1} of ${RUNS}\n`);
    const command = [join(projectRoot, "tools/run.mjs"), "tools/bench/linux.ts", name];
    const child = spawnSync(process.execPath, command, { cwd: projectRoot, encoding: "utf8" });
    if (child.status !== 0) throw new Error(child.stderr);
    seconds.push(Number(child.stdout.trim().split("\n").at(-1)) / 1000);
  }
  return [name, ...[Math.min(...seconds), Math.max(...seconds)].map((value) => value.toFixed(1))];
});
process.stdout.write(`Debian's Linux for the 686, 128 MiB, to its shell, in seconds (${RUNS} runs)\n`);
process.stdout.write(textTable(["emulator", "fastest", "slowest"], rows, 1));
