// The smallest kernel: TypeScript and a few lines of assembler, booted on QEMU and on our own machine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bootKernel } from "../../machine/testing";
import { bootOnQemu, qemuInstalled } from "../../tests/qemu/qemu";
import { esp, symbol, type Assembler } from "../asm";
import { compileProgram } from "./program";

const layout = { textBase: 0x101000, dataBase: 0x110000, bootBase: 0x100000 };
const headerMagic = 0x1badb002;
const entry = "guest/hello.ts";
const source = `
import { outb, inb } from "./i386";

function put(character: u32): void {
  while (!(inb(0x3fd) & 0x20)) {}
  outb(0x3f8, character);
}

export function main(): void {
  const text = "hello from TypeScript\\n";
  for (let i = 0; i < text.length; i++) put(text.charCodeAt(i));
  outb(0xf4, 42);
}`;

function boot(a: Assembler): void {
  a.section(".boot").dd(headerMagic, 0, -headerMagic).function("_start");
  a.mov(esp, symbol("stack_end")).call("main").cli().hlt();
  a.section(".data").label("stack").space(4096).label("stack_end");
}

describe("a kernel that says hello", () => {
  let kernel: Uint8Array;
  beforeAll(async () => {
    const assembly = { "boot.asm.ts": boot };
    ({ elf: kernel } = await compileProgram({ entry, sources: { [entry]: source }, assembly, layout }));
  });

  it("boots on our machine", () => {
    const { serial, result } = bootKernel({ kernel });
    expect(serial).toBe("hello from TypeScript\n");
    expect(result).toEqual({ reason: "exit", status: 42 });
  });

  it.skipIf(!qemuInstalled)("boots on QEMU (needs qemu-system-i386)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mach386-hello-"));
    const file = join(folder, "hello.elf");
    writeFileSync(file, kernel);
    const { serial, status } = await bootOnQemu({ kernel: file, append: "", modules: [] });
    rmSync(folder, { recursive: true });
    expect(serial).toBe("hello from TypeScript\n");
    expect(status).toBe(42);
  });
});
