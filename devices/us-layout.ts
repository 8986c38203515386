// Which keys type a character on a keyboard of the United States.

import type { KeyName } from "./scan-codes";

export interface KeyStroke {
  readonly key: KeyName;
  readonly modifier?: "ShiftLeft" | "ControlLeft";
}

const PUNCTUATION: readonly (readonly [KeyName, string])[] = [
  ["Backquote", "`~"],
  ["Digit1", "1!"],
  ["Digit2", "2@"],
  ["Digit3", "3#"],
  ["Digit4", "4$"],
  ["Digit5", "5%"],
  ["Digit6", "6^"],
  ["Digit7", "7&"],
  ["Digit8", "8*"],
  ["Digit9", "9("],
  ["Digit0", "0)"],
  ["Minus", "-_"],
  ["Equal", "=+"],
  ["BracketLeft", "[{"],
  ["BracketRight", "]}"],
  ["Semicolon", ";:"],
  ["Quote", "'\""],
  ["Backslash", "\\|"],
  ["Comma", ",<"],
  ["Period", ".>"],
  ["Slash", "/?"],
];
const PLAIN: readonly (readonly [KeyName, string])[] = [
  ["Space", " "],
  ["Enter", "\n"],
  ["Enter", "\r"],
  ["Tab", "\t"],
  ["Backspace", "\b"],
  ["Escape", "\x1b"],
];

function makeLayout(): ReadonlyMap<string, KeyStroke> {
  const layout = new Map<string, KeyStroke>();
  for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
    const key = `Key${letter}` as KeyName;
    layout.set(letter.toLowerCase(), { key });
    layout.set(letter, { key, modifier: "ShiftLeft" });
    layout.set(String.fromCharCode(letter.charCodeAt(0) & 0x1f), { key, modifier: "ControlLeft" });
  }
  for (const [key, [plain, shifted]] of PUNCTUATION) {
    layout.set(plain, { key });
    layout.set(shifted, { key, modifier: "ShiftLeft" });
  }
  for (const [key, character] of PLAIN) layout.set(character, { key });
  return layout;
}

const LAYOUT = makeLayout();

/** The key, and what is held meanwhile, that types a character; control characters are typed with Control. */
export function keyStroke(character: string): KeyStroke | undefined {
  return LAYOUT.get(character);
}
