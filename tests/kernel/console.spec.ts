// The console as a person has it: what the screen shows, what keys send, the same on the serial line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import type { KeyName } from "../../devices/scan-codes";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { projectRoot } from "../../tools/root";
import { exit, print, userProgram } from "./user-program";

const DONE = 7;
const MAX_CYCLES = 400_000_000;
/** Cycles in which a guest that has nothing to do but wait has got there. */
const SLICE = 2_000_000;

const kernel = readFileSync(join(projectRoot, "build/kernel.elf"));
const echoProgram = readFileSync(join(projectRoot, "build/userland/console-echo.elf"));

interface Console {
  machine: Machine;
  /** What COM1 sent. */
  serial(): string;
  /** Runs until the screen or the serial line shows `text`. */
  until(text: string): void;
  /** Runs to the end; the exit status. */
  end(): number | undefined;
}

function boot(append: string, string: string, contents: Uint8Array): Console {
  let serial = "";
  const machine = new Machine({ onSerial: (byte) => void (serial += String.fromCharCode(byte)) });
  loadMultiboot(machine, { kernel, commandLine: `kernel ${append}`, modules: [{ string, contents }] });
  const shown = () => `${machine.screenText()}\n${serial}`;
  return {
    machine,
    serial: () => serial,
    until: (text) => {
      while (!shown().includes(text)) {
        const result = machine.run(machine.cycles + SLICE);
        if (result.reason === "exit" || machine.cycles > MAX_CYCLES)
          throw new Error(`no ${JSON.stringify(text)}, but ${JSON.stringify(result)}:\n${shown()}`);
      }
    },
    end: () => {
      const result = machine.run(machine.cycles + MAX_CYCLES);
      return result.reason === "exit" ? result.status : undefined;
    },
  };
}

const START = "$(task-create) $(task-resume)";
const echo = (append: string, ...words: string[]) =>
  boot(append, ["program ${host-port} ${device-port}", ...words, START].join(" "), echoProgram);

/** Presses keys, and releases them in the opposite order. */
function chord(machine: Machine, ...keys: KeyName[]): void {
  for (const key of keys) machine.sendKey(key, true);
  for (const key of keys.reverse()) machine.sendKey(key, false);
}

const lines = (machine: Machine) => machine.screenText().split("\n");
const codes = (text: string) => [...text].map((letter) => letter.charCodeAt(0).toString(16)).join(" ");

describe("the screen", () => {
  it("shows what the kernel and programs print, and not on the serial line", () => {
    const hello = userProgram((a) => {
      a.label("_start");
      print(a, "text");
      exit(a, DONE);
      a.label("text").db("one\ntwo\0");
    });
    const { machine, serial, end } = boot("verbose=1", `program \${host-port} ${START}`, hello);
    expect(end()).toBe(DONE);
    expect(lines(machine)[0]).toMatch(/^mach386: 486, \d+ MiB free$/);
    expect(lines(machine).slice(1)).toEqual(["one", "two"]);
    expect(machine.screen().cursor).toMatchObject({ row: 2, column: 3 });
    expect(serial()).toBe("");
  });

  it("and the serial line show a panic", () => {
    const { machine, serial, end } = boot("", "program $(task-resume)", new Uint8Array(16));
    expect(end()).toBe(KERNEL_PANIC_STATUS);
    expect(machine.screenText()).toContain("panic: boot script: no task to resume");
    expect(serial()).toContain("panic: boot script: no task to resume");
  });

  it("waits for a key before a task that is to be prompted for", () => {
    const { machine, until, end } = boot(
      "",
      "program ${host-port} ${device-port} $(task-create) $(prompt-task-resume)",
      echoProgram,
    );
    until("press a key to start program");
    machine.run(machine.cycles + 10 * SLICE);
    expect(machine.screenText()).not.toContain("type");
    machine.typeText("xq");
    expect(end()).toBe(DONE);
    expect(lines(machine)).toContain("type");
  });
});

describe("the keyboard", () => {
  const typed = (press: (machine: Machine) => void): string => {
    const { machine, until, end } = echo("");
    until("type");
    press(machine);
    // The keys must be through before the last one, or its letter would be changed by a lock.
    machine.run(machine.cycles + 10 * SLICE);
    chord(machine, "KeyQ");
    expect(end()).toBe(DONE);
    const all = lines(machine);
    return all
      .slice(all.indexOf("type") + 1)
      .join("")
      .replace(/71$/, "")
      .trim();
  };

  it("sends every character of a US keyboard", () => {
    const text =
      "abcdefghijklmnoprstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ `1234567890-=[]\\;',./ ~!@#$%^&*()_+{}|:\"<>?\t";
    const half = text.length / 2;
    const part = (piece: string) => typed((machine) => void machine.typeText(piece)).replace(/\s+/g, " ");
    expect(part(text.slice(0, half))).toBe(codes(text.slice(0, half)));
    expect(part(text.slice(half))).toBe(codes(text.slice(half)));
  });

  it("sends newline, delete, escape", () => {
    expect(typed((machine) => void machine.typeText("\n\b\x1b"))).toBe("a 7f 1b");
  });

  it("knows control, alt and both shifts", () => {
    const presses = (machine: Machine) => {
      chord(machine, "ControlLeft", "KeyC");
      chord(machine, "ControlRight", "BracketLeft");
      chord(machine, "AltLeft", "KeyX");
      chord(machine, "AltLeft", "ShiftLeft", "KeyX");
      chord(machine, "ShiftRight", "Digit2");
      chord(machine, "KeyZ");
    };
    expect(typed(presses)).toBe("3 1b 1b 78 1b 58 40 7a");
  });

  it("sends sequences for arrows, editing and function keys", () => {
    const presses = (machine: Machine) => {
      for (const key of ["ArrowUp", "ArrowDown", "ArrowRight", "ArrowLeft", "Home", "F1", "F12"] as const)
        chord(machine, key);
      chord(machine, "ShiftLeft", "F1");
      chord(machine, "Delete");
    };
    const expected = ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1bOP", "\x1bOA", "\x1bOp", "\x7f"];
    expect(typed(presses).replace(/\s+/g, " ")).toBe(codes(expected.join("")));
  });

  it("has caps lock for letters and num lock for the pad", () => {
    const presses = (machine: Machine) => {
      chord(machine, "CapsLock");
      chord(machine, "KeyA");
      chord(machine, "Digit1");
      chord(machine, "ShiftLeft", "KeyA");
      chord(machine, "CapsLock");
      chord(machine, "KeyA");
      chord(machine, "Numpad8");
      chord(machine, "NumLock");
      chord(machine, "Numpad8");
      chord(machine, "NumpadDecimal");
      chord(machine, "NumLock");
    };
    expect(typed(presses)).toBe(codes("A1aa\x1b[A8."));
  });
});

describe("a terminal that echoes", () => {
  it("shows what is typed", () => {
    const { machine, until, end } = echo("", "echo");
    until("type");
    machine.typeText("hi\nq");
    expect(end()).toBe(DONE);
    expect(lines(machine)).toEqual(["type", "hi", "q68 69 a 71"]);
  });

  it("sends back what comes in", () => {
    const { machine, serial, until, end } = echo("console=com0", "echo");
    until("type");
    for (const byte of [0x68, 0x69, 0x71]) machine.sendSerial(byte);
    expect(end()).toBe(DONE);
    expect(serial()).toBe("type\nhiq68 69 71\n");
  });
});

describe("events", () => {
  it("are scan codes of keys, and what the mouse does", () => {
    const { machine, until, end } = echo("", "events", "mouse");
    until("type");
    machine.sendKey("KeyQ", true);
    until("press");
    machine.sendKey("KeyQ", false);
    chord(machine, "ShiftLeft", "KeyA");
    chord(machine, "ArrowUp");
    until("move");
    machine.moveMouse(5, -3);
    machine.run(machine.cycles + 10 * SLICE);
    machine.moveMouse(-200, 100, 1);
    machine.run(machine.cycles + 10 * SLICE);
    machine.moveMouse(0, 0, 0);
    expect(end()).toBe(DONE);
    const all = lines(machine);
    expect(all[all.indexOf("press") + 1]).toBe("90 2a 1e 9e aa e0 48 e0 c8");
    expect(all[all.indexOf("move") + 1]).toBe("5,3 left down -200,-100 left up");
  });
});

describe("an interrupt", () => {
  it("is announced to the program that has its line", () => {
    const { machine, serial, until, end } = echo("console=com0", "interrupt");
    until("type");
    machine.sendSerial(0x71);
    until("interrupt");
    chord(machine, "KeyA");
    expect(end()).toBe(DONE);
    expect(serial()).toBe("type\n71\ninterrupt\n100 1\n");
  });
});

describe("the serial line", () => {
  it("takes bytes as they are, and the screen stays empty", () => {
    const { machine, serial, until, end } = echo("console=com0");
    until("type");
    for (const byte of [0x61, 0x0d, 0x0a, 0xff, 0x00, 0x71]) machine.sendSerial(byte);
    expect(end()).toBe(DONE);
    expect(serial()).toBe("type\n61 d a ff 0 71\n");
    expect(machine.screenText()).toBe("");
  });

  it("waits for a byte before a task that is to be prompted for", () => {
    const { machine, serial, until, end } = boot(
      "console=com0",
      "program ${host-port} ${device-port} $(task-create) $(prompt-task-resume)",
      echoProgram,
    );
    until("press a key");
    machine.run(machine.cycles + 10 * SLICE);
    expect(serial()).not.toContain("type");
    machine.sendSerial(0x20);
    until("type");
    machine.sendSerial(0x71);
    expect(end()).toBe(DONE);
  });
});
