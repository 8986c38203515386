// From the boot loader to user mode: the boot script, what a boot task starts with, and programs that do what they must not.
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { bootKernel } from "../../machine/testing";
import { dword, eax, edi, esi, esp, mem, type Assembler } from "../../tools/asm";
import { projectRoot } from "../../tools/root";
import { bootOnQemu, qemuInstalled } from "../qemu/qemu";
import { hostilePrograms } from "./hostile-programs";
import { exit, print, userProgram } from "./user-program";

interface Outcome {
  status: number | undefined;
  serial: string;
  /** For a failure's message. */
  explain: string;
}

interface Module {
  string: string;
  contents: Uint8Array;
}

type Boot = (append: string, modules: Module[]) => Promise<Outcome>;

/** Not 0, which looks like a failure of its own on QEMU. */
const DONE = 7;

const kernelPath = join(projectRoot, "build/kernel.elf");

const onOurs: Boot = async (append, modules) => {
  const outcome = bootKernel({
    kernel: readFileSync(kernelPath),
    commandLine: `kernel ${append}`,
    modules,
    maxCycles: 400_000_000,
  });
  const { result, serial } = outcome;
  return { status: result.reason === "exit" ? result.status : undefined, serial, explain: outcome.report() };
};

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "mach386-boot-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const onQemu: Boot = async (append, modules) => {
  const strings = modules.map(({ string, contents }, i) => {
    const path = join(folder, `module${i}`);
    writeFileSync(path, contents);
    return string.replace(/^\S+/, path);
  });
  const { status, serial, detail } = await bootOnQemu({ kernel: kernelPath, append, modules: strings });
  return { status, serial: serial.replaceAll(/\/\S*\/module\d+/g, "program"), explain: detail };
};

/** Prints its arguments, each on a line, then its environment after "--", and exits. */
const echo = userProgram((a) => {
  a.label("_start").lea(esi, dword(esp, 4));
  printStrings(a, "argument");
  print(a, "separator");
  printStrings(a, "variable");
  exit(a, DONE);
  a.label("separator").db("--\n\0").label("newline").db("\n\0");
});

/** Prints the strings of the null-terminated array at ESI, and leaves ESI behind it. */
function printStrings(a: Assembler, name: string): void {
  a.label(name).mov(eax, mem(esi)).add(esi, 4).test(eax, eax).je(`${name}_end`);
  a.push(eax).call("mach_print").add(esp, 4);
  print(a, "newline");
  a.jmp(name).label(`${name}_end`);
}

/** Checks the names that the first traps give out; status DONE if they are as they must be. */
const names = userProgram((a) => {
  const expected = { mach_task_self: 3, mach_host_self: 4, mach_reply_port: 5, mach_thread_self: 6 };
  a.label("_start");
  for (const [trap, name] of Object.entries(expected)) a.call(trap).cmp(eax, name).jne("wrong");
  a.call("mach_task_self").cmp(eax, 3).jne("wrong");
  exit(a, DONE);
  a.label("wrong");
  exit(a, 1);
});

const START = "$(task-create) $(task-resume)";

describe.each<[string, Boot, boolean]>([
  ["our machine", onOurs, true],
  ["QEMU", onQemu, qemuInstalled],
])("boot on %s", (_name, boot, available) => {
  const check = it.skipIf(!available);

  check("passes arguments, ports as names from 1 on, and prints nothing of its own", async () => {
    const line = `program one two=\${kernel.check} \${host-port} p\${device-port} ${START}`;
    const { status, serial, explain } = await boot("console=com0 kernel.check=1", [
      { string: line, contents: echo },
    ]);
    expect(serial, explain).toBe("program\none\ntwo=1\n1\np2\n--\n");
    expect(status).toBe(DONE);
  });

  check("starts one bare module the old way", async () => {
    const append = "console=com0 -s root=/dev/hd0s1";
    const { status, serial, explain } = await boot(append, [{ string: "program", contents: echo }]);
    const lines = serial.split("\n");
    expect(lines.slice(0, 6), explain).toEqual(["bootstrap", "-s", "1", "2", "hd0s1", "--"]);
    expect(lines[6]).toMatch(/^MULTIBOOT_CMDLINE=\S+ console=com0 -s root=\/dev\/hd0s1$/);
    expect(status).toBe(DONE);
  });

  check("gives names in order", async () => {
    const line = `program \${host-port} \${device-port} ${START}`;
    const { status, explain } = await boot("console=com0", [{ string: line, contents: names }]);
    expect(status, explain).toBe(DONE);
  });

  check.each<[string, string, string]>([
    ["no task for task-resume", "program $(task-resume)", "no task to resume"],
    ["an undefined symbol", `program \${nothing} ${START}`, "undefined symbol"],
    ["an unknown function", "program $(launch)", "unknown function"],
    ["an open bracket", "program ${host-port", "a bracket is not closed"],
    ["an assignment in an argument", "program ${a=b}", "assignment"],
  ])("panics on a boot script with %s", async (_what, line, message) => {
    const { status, serial, explain } = await boot("console=com0", [{ string: line, contents: echo }]);
    expect(status, explain).toBe(KERNEL_PANIC_STATUS);
    expect(serial).toContain(message);
  });

  check("panics on a module that is no program, and without modules", async () => {
    const text = new TextEncoder().encode("not a program");
    const bad = await boot("console=com0", [{ string: `program ${START}`, contents: text }]);
    expect(bad.serial, bad.explain).toContain("not an i386 ELF program");
    expect(bad.status).toBe(KERNEL_PANIC_STATUS);
    const none = await boot("console=com0", []);
    expect(none.serial, none.explain).toContain("no boot modules");
    expect(none.status).toBe(KERNEL_PANIC_STATUS);
  });

  check("survives programs that do what they must not", async () => {
    const hostile = hostilePrograms(boot !== onQemu);
    const modules = hostile.map(({ key, contents }) => ({
      string: `program ${key} ${START}`,
      contents,
    }));
    const { status, serial, explain } = await boot("console=com0 verbose=1", [
      { string: `program \${host-port} ${START}`, contents: survivor },
      ...modules,
    ]);
    expect(status, explain).toBe(DONE);
    const seen = serial.match(/terminated: exception .*/g)?.map((line) => line.replace(/ eip.*/, ""));
    const expected = hostile.map(({ exception }) => `terminated: ${exception}`);
    expect(seen?.sort()).toEqual(expected.sort());
  });
});

/** Gives way to the others until nothing else runs, then exits. */
const survivor = userProgram((a) => {
  a.label("_start").mov(edi, 3);
  a.label("again").call("swtch").test(eax, eax).jne("again");
  // Tasks end at the border to user mode, and the reaper runs after them.
  a.dec(edi).jne("again");
  exit(a, DONE);
});
