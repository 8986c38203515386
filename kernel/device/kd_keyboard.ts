// The keyboard: from scan codes to the bytes of the key table, with modifiers, locks and lights. In event mode the codes
// go to the `kbd` device as they come.
import {
  ALT_STATE,
  CTRL_STATE,
  KB_ASCII,
  KB_EVENT,
  KEY_BYTES,
  KEY_CODES,
  KEY_DONE,
  KEY_SCAN,
  KS_ALTED,
  KS_CLKED,
  KS_CTLED,
  KS_NLKED,
  KS_SHIFTED,
  KS_SLKED,
  NORM_STATE,
  SHIFT_ALT_STATE,
  SHIFT_STATE,
} from "../../abi/kd";
import { i8042_init, i8042_keyboard } from "../i386/i8042";
import {
  kd_key_entry,
  kd_keymap_init,
  KEY_ALT,
  KEY_CAPS_LOCK,
  KEY_CTRL,
  KEY_LEFT_SHIFT,
  KEY_NUM_LOCK,
  KEY_RIGHT_SHIFT,
  KEY_SCROLL_LOCK,
  KEYPAD_FIRST,
  KEYPAD_LAST,
} from "./kd_keymap";

/** Takes a byte that a key sends, or an event's scan code. */
export type KeyReceiver = (byte: u32) => void;

const KEY_UP: u32 = 0x80;
/** The next code is an extended one: a key that the first PCs did not have. */
const EXTENDED: u32 = 0xe0;
/** Two codes of the pause key follow. */
const PAUSE: u32 = 0xe1;
const ACKNOWLEDGE: u32 = 0xfa;
const RESEND: u32 = 0xfe;
const SET_LIGHTS: u32 = 0xed;
/** Behind EXTENDED: the slash of the number pad, and the shifts that the keyboard makes up. */
const SLASH: u32 = 0x35;

let receiver: usize = 0;
let event_receiver: usize = 0;
let mode: u32 = KB_ASCII;
/** KS_* */
let state: u32 = 0;
let extended: bool = false;
/** Codes to be skipped. */
let skip: u32 = 0;
/** Lights to send when the keyboard acknowledges SET_LIGHTS; negative: none. */
let lights: i32 = -1;

/** `ascii`: gets what keys send. False when there is no keyboard. */
export function kd_keyboard_init(ascii: KeyReceiver): bool {
  if (!i8042_init(kd_scan_code)) return false;
  if (receiver == 0) kd_keymap_init();
  receiver = changetype<usize>(ascii);
  return true;
}

/** Who gets scan codes in event mode. */
export function kd_keyboard_events(events: KeyReceiver): void {
  event_receiver = changetype<usize>(events);
}

/** KB_ASCII or KB_EVENT. */
export function kd_keyboard_set_mode(to: u32): void {
  mode = to;
  state &= KS_SLKED | KS_NLKED | KS_CLKED;
  extended = false;
}

/** KS_* */
export function kd_keyboard_state(): u32 {
  return state;
}

/** Lights the lamps: 1 scroll, 2 num, 4 caps lock. */
export function kd_keyboard_set_lights(which: u32): void {
  lights = <i32>(which & 7);
  i8042_keyboard(SET_LIGHTS);
}

/** A byte from the keyboard. */
function kd_scan_code(code: u32): void {
  if (code == ACKNOWLEDGE || code == RESEND) answer(code);
  else if (mode == KB_EVENT) {
    if (event_receiver != 0) changetype<KeyReceiver>(event_receiver)(code);
  } else if (skip != 0) skip--;
  else if (code == EXTENDED) extended = true;
  else if (code == PAUSE) skip = 2;
  else {
    key(code & ~KEY_UP, (code & KEY_UP) != 0, extended);
    extended = false;
  }
}

/** The keyboard has taken SET_LIGHTS, or the lights; a refusal ends the attempt. */
function answer(code: u32): void {
  const value = lights;
  lights = -1;
  if (value >= 0 && code == ACKNOWLEDGE) i8042_keyboard(<u32>value);
}

function key(code: u32, up: bool, is_extended: bool): void {
  switch (code) {
    case KEY_LEFT_SHIFT:
    case KEY_RIGHT_SHIFT:
      if (!is_extended) hold(KS_SHIFTED, up);
      return;
    case KEY_CTRL:
      hold(KS_CTLED, up);
      return;
    case KEY_ALT:
      hold(KS_ALTED, up);
      return;
    case KEY_CAPS_LOCK:
      if (!up) lock(KS_CLKED);
      return;
    case KEY_NUM_LOCK:
      if (!up) lock(KS_NLKED);
      return;
    case KEY_SCROLL_LOCK:
      if (!up) lock(KS_SLKED);
      return;
    default:
      if (!up && code < <u32>KEY_CODES) send(code, is_extended);
  }
}

function hold(modifier: u32, up: bool): void {
  state = up ? state & ~modifier : state | modifier;
}

/** KS_SLKED, KS_NLKED and KS_CLKED are the bits of the lights. */
function lock(which: u32): void {
  state ^= which;
  kd_keyboard_set_lights(state);
}

function send(code: u32, is_extended: bool): void {
  const entry = kd_key_entry(code, table_state(code, is_extended));
  if (load<u8>(entry) == KEY_SCAN) return;
  for (let i: u32 = 0; i < <u32>KEY_BYTES; i++) {
    const byte = <u32>load<u8>(entry + i);
    if (byte == KEY_DONE) return;
    changetype<KeyReceiver>(receiver)(byte);
  }
}

/** Which column of the table applies. */
function table_state(code: u32, is_extended: bool): u32 {
  // The grey keys: always as without a lock.
  if (is_extended && code != SLASH) return NORM_STATE;
  if (state & KS_CTLED) return CTRL_STATE;
  let shifted = (state & KS_SHIFTED) != 0;
  if (code >= KEYPAD_FIRST && code <= KEYPAD_LAST) {
    if (state & KS_NLKED) shifted = !shifted;
  } else if (state & KS_CLKED && is_letter(code)) shifted = !shifted;
  if (state & KS_ALTED) return shifted ? SHIFT_ALT_STATE : ALT_STATE;
  return shifted ? SHIFT_STATE : NORM_STATE;
}

function is_letter(code: u32): bool {
  const plain = <u32>load<u8>(kd_key_entry(code, NORM_STATE));
  return plain >= 0x61 && plain <= 0x7a;
}
