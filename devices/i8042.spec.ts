import { describe, expect, it } from "vitest";
import { I8042 } from "./i8042";
import { HOST_KEYS, Ps2Keyboard } from "./ps2-keyboard";
import { Ps2Mouse } from "./ps2-mouse";
import { type KeyName, SCAN_CODES, keyBytes } from "./scan-codes";
import { TestClock, TestLine, testBus } from "./testing";
import { keyStroke } from "./us-layout";

/** A byte takes a millisecond; the clock counts microseconds. */
const BYTE = 1000;
const OUTPUT_FULL = 0x01;
const AUXILIARY_FULL = 0x20;

function controller() {
  const time = new TestClock();
  const keyboard = new Ps2Keyboard(time.clock);
  const mouse = new Ps2Mouse(time.clock);
  const lines = [new TestLine(), new TestLine()] as const;
  const seen = { a20: false, resets: 0 };
  const chip = new I8042([time.clock, time.clock], [keyboard, mouse], {
    interrupts: lines,
    onA20: (enabled) => (seen.a20 = enabled),
    onReset: () => seen.resets++,
  });
  const io = testBus(chip);
  chip.reset();
  /** Waits for a byte and takes it; undefined when none comes before a key that is held would repeat. */
  const take = () => {
    for (let waited = 0; waited < 400; waited++) {
      if (io.in(0x64) & OUTPUT_FULL) return io.in(0x60);
      time.advance(BYTE);
    }
    return undefined;
  };
  const takeAll = () => {
    const bytes: number[] = [];
    for (let byte = take(); byte !== undefined; byte = take()) bytes.push(byte);
    return bytes;
  };
  const setControl = (value: number) => (io.out(0x64, 0x60), io.out(0x60, value));
  /** Sends a byte and lets it arrive. */
  const send = (byte: number) => (io.out(0x60, byte), time.advance(BYTE));
  const sendMouse = (byte: number) => (io.out(0x64, 0xd4), send(byte));
  /** What the keyboard (mouse) answers to bytes, each sent when the answers before have been taken. */
  const ask = (...bytes: number[]) => bytes.flatMap((byte) => (send(byte), takeAll()));
  const askMouse = (...bytes: number[]) => bytes.flatMap((byte) => (sendMouse(byte), takeAll()));
  return { time, keyboard, mouse, lines, seen, chip, io, take, takeAll, setControl, send, ask, askMouse };
}

/** Set 2, both devices on. */
function plain() {
  const parts = controller();
  parts.setControl(0x07);
  return parts;
}

describe("the controller", () => {
  it("answers its own commands", () => {
    const { io } = controller();
    expect(io.in(0x64)).toBe(0x10);
    io.out(0x64, 0xaa);
    expect([io.in(0x64), io.in(0x60), io.in(0x64), io.in(0x60)]).toEqual([0x1d, 0x55, 0x1c, 0x55]);
    for (const [command, answer] of [
      [0xab, 0],
      [0xa9, 0],
      [0xc0, 0x80],
      [0x20, 0x34],
    ]) {
      io.out(0x64, command);
      expect(io.in(0x60)).toBe(answer);
    }
  });

  it("keeps the command byte and other RAM", () => {
    const { io, setControl } = controller();
    setControl(0x47);
    io.out(0x64, 0x65);
    io.out(0x60, 0xa5);
    expect(io.in(0x64)).toBe(0x14);
    io.out(0x64, 0x20);
    expect(io.in(0x60)).toBe(0x47);
    io.out(0x64, 0x25);
    expect(io.in(0x60)).toBe(0xa5);
    for (const [command, control] of [
      [0xa7, 0x67],
      [0xad, 0x77],
      [0xa8, 0x57],
      [0xae, 0x47],
    ]) {
      io.out(0x64, command);
      io.out(0x64, 0x20);
      expect(io.in(0x60)).toBe(control);
    }
  });

  it("pulls the processor's reset line: pulses of line 0, output writes with bit 0 clear", () => {
    const { io, seen } = controller();
    io.out(0x64, 0xff);
    expect(seen.resets).toBe(0);
    io.out(0x64, 0xfe);
    expect(seen.resets).toBe(1);
    io.out(0x64, 0xd1);
    io.out(0x60, 0xfe);
    expect(seen.resets).toBe(2);
  });

  it("drives address line 20, and shows it in the output port", () => {
    const { io, seen } = controller();
    io.out(0x64, 0xd1);
    io.out(0x60, 0xdf);
    expect(seen.a20).toBe(true);
    io.out(0x64, 0xd0);
    expect(io.in(0x60)).toBe(0xcf);
    io.out(0x64, 0xd1);
    io.out(0x60, 0xdd);
    expect(seen.a20).toBe(false);
  });

  it("puts bytes into its buffer as if a device had sent them", () => {
    const { io, lines, setControl } = controller();
    setControl(0x03);
    io.out(0x64, 0xd2);
    io.out(0x60, 0x12);
    expect([io.in(0x64), lines[0].level, lines[1].level]).toEqual([0x11, true, false]);
    expect([io.in(0x60), lines[0].level]).toEqual([0x12, false]);
    io.out(0x64, 0xd3);
    io.out(0x60, 0x34);
    expect([io.in(0x64), lines[0].level, lines[1].level]).toEqual([0x31, false, true]);
    io.out(0x64, 0xd0);
    expect([io.in(0x60), io.in(0x60)]).toEqual([0x34, 0xef]);
  });

  it("keeps one answer back while the buffer is full", () => {
    const { io } = controller();
    io.out(0x64, 0xd2);
    io.out(0x60, 0x12);
    io.out(0x64, 0xaa);
    io.out(0x64, 0x20);
    expect([io.in(0x60), io.in(0x64) & OUTPUT_FULL, io.in(0x60), io.in(0x64) & OUTPUT_FULL]).toEqual([
      0x12, 1, 0x34, 0,
    ]);
  });

  it("takes a byte's time to send and to receive", () => {
    const { io, time, setControl } = controller();
    setControl(0x00);
    io.out(0x60, 0xee);
    time.advance(BYTE - 1);
    expect(io.in(0x64)).toBe(0x12);
    time.advance(1);
    expect(io.in(0x64)).toBe(0x10);
    time.advance(BYTE - 1);
    expect(io.in(0x64)).toBe(0x10);
    time.advance(1);
    expect([io.in(0x64), io.in(0x60)]).toEqual([0x11, 0xee]);
  });

  it("lets a device that is switched off wait, and switches it on to send to it", () => {
    const { keyboard, take, setControl, ask, io } = controller();
    setControl(0x10);
    keyboard.press("KeyA", true);
    expect(take()).toBeUndefined();
    setControl(0x00);
    expect(take()).toBe(0x1c);
    keyboard.press("KeyA", false);
    expect([take(), take()]).toEqual([0xf0, 0x1c]);
    setControl(0x10);
    expect(ask(0xee)).toEqual([0xee]);
    io.out(0x64, 0x20);
    expect(io.in(0x60)).toBe(0x00);
  });

  it("loses a byte that is overwritten on its way", () => {
    const { io, time, takeAll, setControl } = controller();
    setControl(0x00);
    io.out(0x60, 0xf2);
    time.advance(BYTE / 2);
    io.out(0x60, 0xee);
    expect(takeAll()).toEqual([0xee]);
  });

  it("comes back between a command and its parameter, and in the middle of a byte", () => {
    const first = controller();
    first.setControl(0x47);
    first.keyboard.type({ key: "KeyA" });
    first.time.advance(BYTE / 2);
    first.io.out(0x64, 0xd1);
    const second = controller();
    second.time.advance(first.time.now);
    second.chip.restore(structuredClone(first.chip.save()));
    second.io.out(0x60, 0xfe);
    expect(second.seen.resets).toBe(1);
    second.time.advance(BYTE / 2 - 1);
    expect(second.lines[0].level).toBe(false);
    second.time.advance(1);
    expect(second.lines[0].level).toBe(true);
    expect(second.takeAll()).toEqual([0x1e, 0x9e]);
  });
});

describe("scan codes", () => {
  /** Keys by their number of set 1, from 1 on. */
  const FIRST_KEYS =
    "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace " +
    "Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft " +
    "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash " +
    "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock " +
    "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract " +
    "Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal";

  it("of set 1 number the keys of the first PC", () => {
    FIRST_KEYS.split(" ").forEach((key, index) =>
      expect(keyBytes(key as KeyName, true, 1), key).toEqual([index + 1]),
    );
    expect([keyBytes("F11", true, 1), keyBytes("F12", false, 1)]).toEqual([[0x57], [0xd8]]);
  });

  it("of keys that came later have a prefix, and the number of the key they double", () => {
    for (const [key, double] of [
      ["ControlRight", "ControlLeft"],
      ["AltRight", "AltLeft"],
      ["NumpadEnter", "Enter"],
      ["NumpadDivide", "Slash"],
      ["Home", "Numpad7"],
      ["ArrowUp", "Numpad8"],
      ["PageUp", "Numpad9"],
      ["ArrowLeft", "Numpad4"],
      ["ArrowRight", "Numpad6"],
      ["End", "Numpad1"],
      ["ArrowDown", "Numpad2"],
      ["PageDown", "Numpad3"],
      ["Insert", "Numpad0"],
      ["Delete", "NumpadDecimal"],
    ] as const) {
      expect(keyBytes(key, true, 1)).toEqual([0xe0, ...keyBytes(double, true, 1)]);
      expect(keyBytes(key, false, 2)).toEqual([0xe0, 0xf0, ...keyBytes(double, true, 2)]);
    }
  });

  it("are the controller's translation of set 2, for every key", () => {
    const { keyboard, setControl, takeAll } = controller();
    setControl(0x40);
    for (const key of Object.keys(SCAN_CODES) as KeyName[]) {
      for (const down of [true, false]) {
        keyboard.press(key, down);
        expect(takeAll(), key).toEqual(keyBytes(key, down, 1));
      }
    }
  });

  it("of Pause and PrintScreen are sequences", () => {
    expect(keyBytes("Pause", true, 1)).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
    expect(keyBytes("Pause", true, 2)).toEqual([0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77]);
    expect(keyBytes("PrintScreen", true, 1)).toEqual([0xe0, 0x2a, 0xe0, 0x37]);
    expect(keyBytes("PrintScreen", false, 1)).toEqual([0xe0, 0xb7, 0xe0, 0xaa]);
  });
});

it("the layout types every printable character", () => {
  for (let code = 0x20; code < 0x7f; code++) expect(keyStroke(String.fromCharCode(code))).toBeDefined();
  expect(keyStroke("\x03")).toEqual({ key: "KeyC", modifier: "ControlLeft" });
  expect(keyStroke("\r")).toEqual({ key: "Enter" });
  expect([keyStroke("?"), keyStroke("A"), keyStroke("é")]).toEqual([
    { key: "Slash", modifier: "ShiftLeft" },
    { key: "KeyA", modifier: "ShiftLeft" },
    undefined,
  ]);
});

describe("the keyboard", () => {
  it.each<[string, number[], number[]]>([
    ["echoes", [0xee], [0xee]],
    ["identifies itself", [0xf2], [0xfa, 0xab, 0x83]],
    ["takes its lights", [0xed, 0x07], [0xfa, 0xfa]],
    ["takes its rate", [0xf3, 0x20], [0xfa, 0xfa]],
    ["selects and tells the scan code set", [0xf0, 1, 0xf0, 0], [0xfa, 0xfa, 0xfa, 0xfa, 1]],
    ["has no set 3", [0xf0, 3, 0xf0, 0], [0xfa, 0xfe, 0xfa, 0xfa, 2]],
    ["goes back to set 2 with its defaults", [0xf0, 1, 0xf6, 0xf0, 0], [0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 2]],
    ["takes a command in place of a parameter", [0xed, 0xee], [0xfa, 0xee]],
    ["does not know a command", [0x55, 0xfd], [0xfe, 0xfe]],
    ["repeats what it sent last", [0xf2, 0xfe], [0xfa, 0xab, 0x83, 0x83]],
    ["tests itself at a reset", [0xf0, 1, 0xff, 0xf0, 0], [0xfa, 0xfa, 0xfa, 0xaa, 0xfa, 0xfa, 2]],
  ])("%s", (_name, bytes, answers) => expect(plain().ask(...bytes)).toEqual(answers));

  it("has its answer translated with everything else", () => {
    const { setControl, ask } = controller();
    setControl(0x40);
    expect(ask(0xf2)).toEqual([0xfa, 0xab, 0x41]);
  });

  it("interrupts for each byte that is taken", () => {
    const { keyboard, lines, takeAll } = plain();
    keyboard.type({ key: "KeyA", modifier: "ShiftLeft" });
    expect(takeAll()).toEqual([0x12, 0x1c, 0xf0, 0x1c, 0xf0, 0x12]);
    expect([lines[0].edges, lines[1].edges]).toEqual([6, 0]);
  });

  it("answers before it goes on with keys", () => {
    const { keyboard, ask, takeAll, take } = plain();
    keyboard.type({ key: "KeyA" });
    expect(take()).toBe(0x1c);
    expect(ask(0xee)).toEqual([0xee, 0xf0, 0x1c]);
    expect(takeAll()).toEqual([]);
  });

  it("keeps keys while it is disabled, and through its reset", () => {
    const { keyboard, ask, takeAll } = plain();
    ask(0xf5);
    keyboard.press("KeyA", true);
    expect(takeAll()).toEqual([]);
    expect(ask(0xf4)).toEqual([0xfa, 0x1c]);
    ask(0xf5);
    keyboard.press("KeyB", true);
    expect(ask(0xff)).toEqual([0xfa, 0xaa, 0x32]);
  });

  it("refuses keys when too many wait, and says nothing of the release of Pause", () => {
    const { keyboard } = controller();
    for (let i = 0; i < HOST_KEYS / 4; i++)
      expect(keyboard.type({ key: "KeyA", modifier: "ShiftLeft" })).toBe(true);
    expect([keyboard.press("KeyA", true), keyboard.type({ key: "KeyA" })]).toEqual([false, false]);
    expect(keyboard.press("Pause", false)).toBe(true);
  });
});

describe("a key that is held", () => {
  const MILLISECOND = 1000;

  /** A keyboard whose bytes are taken at once, with the milliseconds at which they came. */
  function listening(...bytes: number[]) {
    const parts = plain();
    parts.ask(...bytes);
    const start = parts.time.now;
    const came: [at: number, byte: number][] = [];
    const wait = (milliseconds: number) => {
      for (let left = milliseconds; left > 0; left--) {
        parts.time.advance(MILLISECOND);
        if (parts.io.in(0x64) & OUTPUT_FULL)
          came.push([(parts.time.now - start) / MILLISECOND, parts.io.in(0x60)]);
      }
    };
    const codes = () => came.map(([, byte]) => byte);
    return { ...parts, came, wait, codes };
  }

  it("repeats after half a second, 10.9 times a second, until it goes up", () => {
    const { keyboard, came, wait, time } = listening();
    keyboard.press("KeyA", true);
    wait(800);
    // A byte takes a millisecond.
    expect(came.map(([at]) => at)).toEqual([1, 502, 595, 688, 781]);
    expect(new Set(came.map(([, byte]) => byte))).toEqual(new Set([0x1c]));
    keyboard.press("KeyA", false);
    wait(1000);
    expect(came.slice(5).map(([, byte]) => byte)).toEqual([0xf0, 0x1c]);
    expect(time.scheduler.length).toBe(0);
  });

  it.each([
    [0x00, 251, 34],
    [0x1f, 251, 500],
    [0x7f, 1001, 500],
    [0x20, 501, 34],
    [0x6b, 1001, 92],
  ])("repeats at the rate and after the delay of %i", (rate, delay, period) => {
    const { keyboard, came, wait } = listening(0xf3, rate);
    keyboard.press("KeyA", true);
    wait(3000);
    const [first, second, third] = came.map(([at]) => at);
    expect(second - first).toBe(delay);
    expect(third - second).toBeGreaterThanOrEqual(period);
    expect(third - second).toBeLessThanOrEqual(period + 2);
  });

  it("is the last one that went down, which another one's release leaves alone", () => {
    const { keyboard, wait, codes } = listening();
    keyboard.press("KeyA", true);
    keyboard.press("KeyB", true);
    wait(510);
    keyboard.press("KeyA", false);
    wait(95);
    keyboard.press("KeyB", false);
    wait(1000);
    expect(codes()).toEqual([0x1c, 0x32, 0x32, 0xf0, 0x1c, 0x32, 0xf0, 0x32]);
  });

  it("ends with the next key, and does not come back when that goes up", () => {
    const { keyboard, wait, codes } = listening();
    keyboard.press("ArrowUp", true);
    wait(510);
    keyboard.type({ key: "KeyB" });
    wait(2000);
    expect(codes()).toEqual([0xe0, 0x75, 0xe0, 0x75, 0x32, 0xf0, 0x32]);
  });

  it("does not pile up while nobody takes its codes, and leaves nothing that is to happen", () => {
    const { keyboard, time, wait, codes } = listening();
    keyboard.press("KeyA", true);
    time.advance(60_000 * MILLISECOND);
    expect(time.scheduler.length).toBe(0);
    wait(20);
    expect(codes()).toEqual([0x1c, 0x1c]);
    wait(90);
    expect(codes()).toEqual([0x1c, 0x1c, 0x1c]);
    time.advance(60_000 * MILLISECOND);
    keyboard.press("KeyA", false);
    wait(1000);
    expect(codes()).toEqual([0x1c, 0x1c, 0x1c, 0x1c, 0xf0, 0x1c]);
  });

  it.each([0xf4, 0xf6, 0xff])("is forgotten at command %i", (command) => {
    const { keyboard, io, wait, codes } = listening();
    keyboard.press("KeyA", true);
    wait(510);
    io.out(0x60, command);
    wait(2000);
    expect(codes()).toEqual([0x1c, 0x1c, 0xfa, ...(command === 0xff ? [0xaa] : [])]);
  });

  it("does not repeat if it is Pause, and of PrintScreen only its own code", () => {
    const { keyboard, wait, codes } = listening();
    keyboard.press("Pause", true);
    wait(1000);
    expect(codes()).toEqual(keyBytes("Pause", true, 2));
    keyboard.press("PrintScreen", true);
    wait(510);
    expect(codes().slice(8)).toEqual([0xe0, 0x12, 0xe0, 0x7c, 0xe0, 0x7c]);
  });

  it("goes on in a machine that takes the state over", () => {
    const first = listening();
    first.keyboard.press("KeyA", true);
    first.wait(300);
    const second = listening();
    second.time.advance(first.time.now - second.time.now);
    second.chip.restore(structuredClone(first.chip.save()));
    first.wait(500);
    second.wait(500);
    expect(second.codes()).toEqual(first.codes().slice(1));
    expect(second.codes()).toHaveLength(4);
  });
});

describe("the mouse", () => {
  it.each<[string, number[], number[]]>([
    ["identifies itself", [0xf2], [0xfa, 0x00]],
    ["tells its state", [0xe9], [0xfa, 0x00, 2, 100]],
    [
      "takes rate, resolution, scaling and mode",
      [0xf3, 40, 0xe8, 3, 0xe7, 0xf0, 0xf4, 0xe9],
      [...Array<number>(8).fill(0xfa), 0x70, 3, 40],
    ],
    [
      "goes back to its defaults",
      [0xf3, 40, 0xe8, 3, 0xe7, 0xf4, 0xf6, 0xe9],
      [...Array<number>(8).fill(0xfa), 0x00, 2, 100],
    ],
    ["echoes in wrap mode", [0xee, 0x12, 0xf4, 0xec, 0xe9], [0xfa, 0x12, 0xf4, 0xfa, 0xfa, 0x00, 2, 100]],
    ["does not know a command", [0x55], [0xfe]],
    ["tests itself at a reset", [0xff], [0xfa, 0xaa, 0x00]],
  ])("%s", (_name, bytes, answers) => expect(plain().askMouse(...bytes)).toEqual(answers));

  it("reports nothing until it is enabled, then at its rate", () => {
    const { mouse, time, io, takeAll, askMouse, lines } = plain();
    mouse.move(5, 5, 0);
    expect(takeAll()).toEqual([]);
    askMouse(0xf4);
    const edges = lines[1].edges;
    mouse.move(3, -2, 1);
    mouse.move(1, 0, 1);
    time.advance(10_000 + BYTE - 1);
    expect(io.in(0x64) & OUTPUT_FULL).toBe(0);
    time.advance(1);
    expect(io.in(0x64) & (OUTPUT_FULL | AUXILIARY_FULL)).toBe(0x21);
    expect(takeAll()).toEqual([0x29, 4, 0xfe]);
    expect([lines[1].edges - edges, lines[0].edges]).toEqual([3, 0]);
  });

  it("loses no change of a button, and spreads long ways over packets", () => {
    const { mouse, takeAll, askMouse } = plain();
    askMouse(0xf4);
    mouse.move(300, -300, 0);
    mouse.move(0, 0, 2);
    mouse.move(0, 0, 0);
    expect(takeAll()).toEqual([0x28, 255, 0, 0x28, 45, 0xd4, 0x0a, 0, 0, 0x08, 0, 0]);
  });

  it("doubles with 2:1 scaling", () => {
    const { mouse, takeAll, askMouse } = plain();
    askMouse(0xe7, 0xf4);
    mouse.move(3, -10, 0);
    expect(takeAll()).toEqual([0x28, 3, 0xec]);
  });

  it("answers with movement in remote mode", () => {
    const { mouse, takeAll, askMouse } = plain();
    askMouse(0xf0);
    mouse.move(7, 1, 4);
    expect(takeAll()).toEqual([]);
    expect(askMouse(0xeb, 0xeb)).toEqual([0xfa, 0x0c, 7, 1, 0xfa, 0x0c, 0, 0]);
  });

  it("refuses when too many changes of buttons wait", () => {
    const { mouse, askMouse, setControl } = plain();
    askMouse(0xf4);
    setControl(0x20);
    const taken = Array.from({ length: 1000 }, (_, i) => mouse.move(1, 1, i & 1));
    expect(taken.indexOf(false)).toBe(64);
  });

  it("comes back in the middle of a packet", () => {
    const first = plain();
    first.askMouse(0xf4);
    first.mouse.move(7, 1, 1);
    expect(first.take()).toBe(0x09);
    const second = controller();
    second.time.advance(first.time.now);
    second.chip.restore(structuredClone(first.chip.save()));
    expect(second.takeAll()).toEqual([7, 1]);
  });
});
