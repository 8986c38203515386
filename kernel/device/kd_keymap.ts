// The key table: what each scan code (set 1) sends in each state, up to three bytes. US layout; Alt sends ESC first.
import {
  ALT_STATE,
  CTRL_STATE,
  KEY_BYTES,
  KEY_CODES,
  KEY_DONE,
  KEY_SCAN,
  KEY_STATES,
  NORM_STATE,
  SHIFT_ALT_STATE,
  SHIFT_STATE,
} from "../../abi/kd";
import { string_byte } from "../kern/bytes";

export const KEY_CTRL: u32 = 0x1d;
export const KEY_LEFT_SHIFT: u32 = 0x2a;
export const KEY_RIGHT_SHIFT: u32 = 0x36;
export const KEY_ALT: u32 = 0x38;
export const KEY_CAPS_LOCK: u32 = 0x3a;
export const KEY_NUM_LOCK: u32 = 0x45;
export const KEY_SCROLL_LOCK: u32 = 0x46;
/** Keys of the number pad: home to delete. */
export const KEYPAD_FIRST: u32 = 0x47;
export const KEYPAD_LAST: u32 = 0x53;

const KEY_F1: u32 = 0x3b;
const KEY_F11: u32 = 0x57;
const KEY_ENTER: u32 = 0x1c;
const ESCAPE: u32 = 27;
const DELETE: u32 = 127;
const BRACKET: u32 = 0x5b;

/** From scan code 1 on; a blank is a key that sends nothing, or is set below. */
const PLAIN: string = " 1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./ *";
const SHIFTED: string = ' !@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:"~ |ZXCVBNM<>? *';
/** From home on: what the pad sends with shift, and the last byte of what it sends without (ESC [ ...). */
const PAD_DIGITS: string = "789-456+1230.";
const PAD_LETTERS: string = "HAV-D C+YBU@ ";
/** Function keys send ESC O and a letter; F12 is out of line. */
const FUNCTION_LETTERS: string = "PQRSTUVWXYZA";

const table: usize = memory.data(1335);

/** Address of the bytes of a key, which must be in the table, in a state. */
export function kd_key_entry(code: u32, state: u32): usize {
  return table + <usize>((code * KEY_STATES + state) * KEY_BYTES);
}

/** A key that sends one byte, or a first byte and that one if `first` is not KEY_DONE. */
function set(code: u32, state: u32, first: u32, byte: u32): void {
  const entry = kd_key_entry(code, state);
  const two = first != KEY_DONE;
  store<u8>(entry, <u8>(two ? first : byte));
  store<u8>(entry + 1, <u8>(two ? byte : KEY_DONE));
  store<u8>(entry + 2, KEY_DONE);
}

function set_sequence(code: u32, state: u32, second: u32, third: u32): void {
  const entry = kd_key_entry(code, state);
  store<u8>(entry, <u8>ESCAPE);
  store<u8>(entry + 1, <u8>second);
  store<u8>(entry + 2, <u8>third);
}

function set_key(code: u32, plain: u32, shifted: u32): void {
  set(code, NORM_STATE, KEY_DONE, plain);
  set(code, SHIFT_STATE, KEY_DONE, shifted);
  set(code, CTRL_STATE, KEY_DONE, with_control(plain, shifted));
  set(code, ALT_STATE, ESCAPE, plain);
  set(code, SHIFT_ALT_STATE, ESCAPE, shifted);
}

/** Letters and @ [ \ ] ^ _ have a control character; others send themselves. */
function with_control(plain: u32, shifted: u32): u32 {
  if (plain == 0x20) return 0;
  if (plain >= 0x5b && plain <= 0x7a) return plain & 0x1f;
  return shifted == 0x40 || shifted == 0x5e || shifted == 0x5f ? shifted & 0x1f : plain;
}

function set_modifier(code: u32): void {
  for (let state: u32 = 0; state < <u32>KEY_STATES; state++) set(code, state, KEY_SCAN, code);
}

/** Fills the table. */
export function kd_keymap_init(): void {
  memory.fill(table, <u8>KEY_DONE, KEY_CODES * KEY_STATES * KEY_BYTES);
  for (let i: u32 = 0; i < <u32>PLAIN.length; i++) {
    const plain = string_byte(PLAIN, i);
    if (plain != 0x20) set_key(i + 1, plain, string_byte(SHIFTED, i));
  }
  set_key(0x01, ESCAPE, ESCAPE);
  set_key(0x0e, DELETE, DELETE);
  set_key(0x0f, 9, 9);
  set_key(KEY_ENTER, 13, 13);
  set_key(0x39, 0x20, 0x20);
  set_modifier(KEY_CTRL);
  set_modifier(KEY_LEFT_SHIFT);
  set_modifier(KEY_RIGHT_SHIFT);
  set_modifier(KEY_ALT);
  set_modifier(KEY_CAPS_LOCK);
  set_modifier(KEY_NUM_LOCK);
  set_modifier(KEY_SCROLL_LOCK);
  for (let i: u32 = 0; i < 12; i++) set_function_key(i);
  for (let i: u32 = 0; i <= KEYPAD_LAST - KEYPAD_FIRST; i++) set_pad_key(i);
}

/** ESC O P and on; with shift the small letter, with Alt the characters from `0` on. */
function set_function_key(index: u32): void {
  const code = index < 10 ? KEY_F1 + index : KEY_F11 + index - 10;
  const letter = string_byte(FUNCTION_LETTERS, index);
  set_sequence(code, NORM_STATE, 0x4f, letter);
  set_sequence(code, SHIFT_STATE, 0x4f, letter | 0x20);
  set_sequence(code, CTRL_STATE, 0x4f, letter);
  set_sequence(code, ALT_STATE, 0x4f, 0x30 + index);
  set_sequence(code, SHIFT_ALT_STATE, 0x4f, 0x30 + index);
}

function set_pad_key(index: u32): void {
  const code = KEYPAD_FIRST + index;
  const digit = string_byte(PAD_DIGITS, index);
  const letter = string_byte(PAD_LETTERS, index);
  set_key(code, digit, digit);
  if (letter == digit) return;
  if (code == KEYPAD_LAST) set(code, NORM_STATE, KEY_DONE, DELETE);
  else if (letter == 0x20) memory.fill(kd_key_entry(code, NORM_STATE), <u8>KEY_DONE, KEY_BYTES);
  else set_sequence(code, NORM_STATE, BRACKET, letter);
}
