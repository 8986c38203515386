// From the boot loader to user mode: the boot script, what a boot task starts with, and programs that do what they must not.
import { describe, expect, it } from "vitest";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { dword, eax, edi, esi, esp, mem, type Assembler } from "../../tools/asm";
import { writeElf } from "../../tools/compile/elf";
import { BOOTS, QEMU } from "./boots";
import { hostilePrograms } from "./hostile-programs";
import { exit, print, userProgram } from "./user-program";

/** Not 0, which looks like a failure of its own on QEMU. */
const DONE = 7;

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

describe.each(BOOTS)("boot on %s", (name, boot, available) => {
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

  check("panics on segments that share a page", async () => {
    const segment = {
      physical: 0,
      bytes: new Uint8Array(16),
      memorySize: 16,
      executable: false,
      writable: true,
    };
    const segments = [0x08048000, 0x08048800].map((address) => ({ ...segment, name: ".data", address }));
    const contents = writeElf({ entry: 0x08048000, segments, symbols: [] });
    const { serial, status, explain } = await boot("console=com0", [
      { string: `program ${START}`, contents },
    ]);
    expect(serial, explain).toContain("two segments share a page");
    expect(status).toBe(KERNEL_PANIC_STATUS);
  });

  check("skips comments, and lines without a task", async () => {
    const other = new TextEncoder().encode("not a program");
    const { serial, status, explain } = await boot("console=com0", [
      { string: "program without a task", contents: other },
      { string: `program \${host-port} ${START}`, contents: echo },
    ]);
    expect(serial, explain).toBe("program\n1\n--\n");
    expect(status).toBe(DONE);
  });

  check("binds results of functions to symbols, for lines before and behind", async () => {
    const { serial, status, explain } = await boot("console=com0", [
      { string: `program \${host-port} \${second} $(first=task-create) $(task-resume)`, contents: echo },
      { string: `program \${first} $(second=task-create)`, contents: echo },
    ]);
    expect(serial, explain).toBe("program\n1\n2\n--\n");
    expect(status).toBe(DONE);
  });

  check("survives programs that do what they must not", async () => {
    const hostile = hostilePrograms(name !== QEMU);
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
