// INT 09h, the keyboard's interrupt, and INT 16h: scan codes of set 1 to characters of a keyboard of the United States.
import * as area from "./data-area";
import { Frame, ah, al, high, low, retry, set_al, set_ax, set_zero } from "./frame";
import { ps2_begin, ps2_end, ps2_init, to_keyboard } from "./ps2";
import { mouse_streams } from "./mouse";

const COMMAND_RATE: u32 = 0xf3;

// Shift flags, 40:17.
const RIGHT_SHIFT: u32 = 0x01;
const LEFT_SHIFT: u32 = 0x02;
const CONTROL: u32 = 0x04;
const ALT: u32 = 0x08;
const SCROLL_LOCK: u32 = 0x10;
const NUM_LOCK: u32 = 0x20;
const CAPS_LOCK: u32 = 0x40;

const EXTENDED: u32 = 0xe0;
const KEY_F1: u32 = 0x3b;
const KEY_F10: u32 = 0x44;
const KEY_HOME: u32 = 0x47;
const KEY_DELETE: u32 = 0x53;
const NO_CHARACTER: u32 = 0;

/** Characters by scan code, 01h to 39h: plain, then with shift. */
const plain = "\x1b1234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
const shifted = '\x1b!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0*\0 ';
const LAST_CHARACTER: u32 = 0x39;
/** The keypad with Num Lock, 47h to 53h. */
const keypad = "789-456+1230.";

let extended: bool = false;

export function keyboard_init(): void {
  for (let address = area.KEY_HEAD; address < area.KEY_BUFFER; address += 2) {
    store<u16>(address, <u16>(area.KEY_BUFFER - 0x400));
  }
  store<u16>(area.KEY_START, <u16>(area.KEY_BUFFER - 0x400));
  store<u16>(area.KEY_END, <u16>(area.KEY_BUFFER_END - 0x400));
  store<u8>(area.KEYBOARD_FLAGS, 0x10);
  ps2_init();
}

/** Puts a key into the ring; one that has no room is lost. */
function put(key: u32): void {
  const tail: u32 = load<u16>(area.KEY_TAIL);
  let next = tail + 2;
  if (next >= load<u16>(area.KEY_END)) next = load<u16>(area.KEY_START);
  if (next == load<u16>(area.KEY_HEAD)) return;
  store<u16>(0x400 + <usize>tail, <u16>key);
  store<u16>(area.KEY_TAIL, <u16>next);
}

function flags(): u32 {
  return load<u8>(area.SHIFT_FLAGS);
}

/** Follows keys that are held; true for one of them. */
function modifier(code: u32, released: bool): bool {
  let bit: u32 = 0;
  if (code == 0x2a) bit = LEFT_SHIFT;
  else if (code == 0x36) bit = RIGHT_SHIFT;
  else if (code == 0x1d) bit = CONTROL;
  else if (code == 0x38) bit = ALT;
  if (bit) {
    // Extended shifts are only there to fool older programs.
    if (extended && bit <= LEFT_SHIFT) return true;
    store<u8>(area.SHIFT_FLAGS, <u8>(released ? flags() & ~bit : flags() | bit));
    return true;
  }
  if (code == 0x3a) bit = CAPS_LOCK;
  else if (code == 0x45 && !extended) bit = NUM_LOCK;
  else if (code == 0x46 && !extended) bit = SCROLL_LOCK;
  if (bit && !released) store<u8>(area.SHIFT_FLAGS, <u8>(flags() ^ bit));
  return bit != 0;
}

function character(text: string, index: u32): u32 {
  return load<u8>(changetype<usize>(text) + ((<usize>index) << 1));
}

function is_letter(code: u32): bool {
  return code >= 97 && code <= 122;
}

/** What a key puts into the ring: scan code and character; 0 for nothing. */
function key_of(code: u32): u32 {
  const state = flags();
  const shift = (state & (LEFT_SHIFT | RIGHT_SHIFT)) != 0;
  if (code >= KEY_F1 && code <= KEY_F10) {
    const bank: u32 = state & ALT ? 0x2d : state & CONTROL ? 0x23 : shift ? 0x19 : 0;
    return (code + bank) << 8;
  }
  if (code == 0x57 || code == 0x58) return (code + 0x2e) << 8;
  if (code >= KEY_HOME && code <= KEY_DELETE) {
    const digits = !extended && shift != ((state & NUM_LOCK) != 0);
    const sign = code == 0x4a || code == 0x4e;
    if (digits || (sign && !extended)) return (code << 8) | character(keypad, code - KEY_HOME);
    return (code << 8) | (extended ? 0xe0 : 0);
  }
  if (code == 0 || code > LAST_CHARACTER) return 0;
  let value = character(plain, code - 1);
  if (extended && code == 0x35) value = 0x2f;
  if (value == NO_CHARACTER) return 0;
  if (state & ALT) return code << 8;
  if (state & CONTROL) {
    if (is_letter(value) || (value >= 0x5b && value <= 0x5d)) return (code << 8) | (value & 0x1f);
    return value == 13 ? (code << 8) | 10 : value == 32 || value == 27 ? (code << 8) | value : 0;
  }
  const caps = (state & CAPS_LOCK) != 0 && is_letter(value);
  if (shift != caps) value = character(shifted, code - 1);
  return (code << 8) | value;
}

/** Takes a byte from the keyboard. */
export function key_byte(code: u32): void {
  if (code == EXTENDED) {
    extended = true;
    return;
  }
  const released = (code & 0x80) != 0;
  if (!modifier(code & 0x7f, released) && !released) {
    const key = key_of(code);
    if (key) put(key);
  }
  extended = false;
}

function is_empty(): bool {
  return load<u16>(area.KEY_HEAD) == load<u16>(area.KEY_TAIL);
}

/** The first key in the ring, for the older functions without the mark of an extended key. */
function first(enhanced: bool): u32 {
  const key: u32 = load<u16>(0x400 + <usize>load<u16>(area.KEY_HEAD));
  return !enhanced && (key & 0xff) == 0xe0 ? key & 0xff00 : key;
}

function set_rate(rate: u32): void {
  const control = ps2_begin();
  if (to_keyboard(COMMAND_RATE)) to_keyboard(rate);
  ps2_end(control, mouse_streams());
}

export function keyboard_service(f: Frame): void {
  const service = ah(f);
  switch (service) {
    case 0x00:
    case 0x10: {
      if (is_empty()) {
        retry(f);
        return;
      }
      set_ax(f, first(service == 0x10));
      const next: u32 = <u32>load<u16>(area.KEY_HEAD) + 2;
      store<u16>(area.KEY_HEAD, <u16>(next >= load<u16>(area.KEY_END) ? load<u16>(area.KEY_START) : next));
      return;
    }
    case 0x01:
    case 0x11:
      set_zero(f, is_empty());
      if (!is_empty()) set_ax(f, first(service == 0x11));
      return;
    case 0x02:
      set_al(f, flags());
      return;
    case 0x03:
      // AL = 5: delay in BH, rate in BL.
      if (al(f) == 5) set_rate(((high(f.ebx) & 3) << 5) | (low(f.ebx) & 0x1f));
      return;
    case 0x05:
      put(f.ecx & 0xffff);
      set_al(f, 0);
      return;
    case 0x12:
      set_ax(f, flags() | ((<u32>load<u8>(area.EXTENDED_SHIFT)) << 8));
      return;
    default:
      return;
  }
}
