// Screen, keyboard and mouse of another PC: the kernel's drivers follow the chips, not our machine.

import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { kernelPath } from "../../tools/default-image";
import { projectRoot } from "../../tools/root";
import { qemuInstalled } from "./qemu";
import { QemuConsole } from "./qemu-console";

const program = join(projectRoot, "build/userland/console-echo.elf");
const DONE = 7;

describe.skipIf(!qemuInstalled)("QEMU", () => {
  let qemu: QemuConsole | undefined;
  afterEach(() => qemu?.kill());

  it("shows what is typed, and tells of keys and the mouse", async () => {
    const line = `${program} \${host-port} \${device-port} events mouse $(task-create) $(prompt-task-resume)`;
    qemu = QemuConsole.withKernel(kernelPath, "verbose=1", line);
    await qemu.until((text) => text.startsWith("press a key to start"));
    await qemu.command("sendkey spc");
    await qemu.until((text) => text === "type");
    for (const keys of [
      "a",
      "shift-a",
      "ctrl-c",
      "alt-x",
      "up",
      "f1",
      "ret",
      "backspace",
      "caps_lock",
      "b",
      "q",
    ])
      await qemu.command(`sendkey ${keys}`);
    // Caps lock makes it a Q.
    await qemu.command("sendkey caps_lock");
    await qemu.command("sendkey q");
    const pressed = await qemu.until((text) => text === "press");
    expect(pressed[pressed.indexOf("press") - 1]).toBe("61 41 3 1b 78 1b 5b 41 1b 4f 50 a 7f 42 51 71");
    for (const keys of ["shift-a", "up", "z"]) await qemu.command(`sendkey ${keys}`);
    const moved = await qemu.until((text) => text === "move");
    expect(moved[moved.indexOf("move") - 1]).toMatch(
      /^(90 2a 1e 9e aa e0 48 e0 c8|2a 1e 9e aa e0 48 e0 c8 2c)$/,
    );
    await qemu.command("mouse_move 5 3");
    await qemu.until((text) => text.startsWith("5,"));
    await qemu.command("mouse_button 1");
    const last = await qemu.until((text) => text.includes("left down"));
    expect(last[last.indexOf("move") + 1]).toMatch(/^5,-?3 left down$/);
    const status = qemu.status();
    // QEMU may end before its monitor answers.
    await Promise.race([qemu.command("mouse_button 0"), status]);
    expect(await status).toBe(DONE);
  });
});
