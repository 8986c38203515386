// The keyboard controller: commands to the keyboard and the mouse, by polling (IBM PS/2 Technical Reference, Keyboard and
// Auxiliary Device Controller).
import { inb, outb } from "../guest/i386";
import { key_byte } from "./keyboard";

export const DATA: u32 = 0x60;
export const STATUS: u32 = 0x64;
export const OUTPUT_FULL: u32 = 0x01;
export const FROM_MOUSE: u32 = 0x20;
const INPUT_FULL: u32 = 0x02;
const PATIENCE: u32 = 4000000;

const READ_COMMAND_BYTE: u32 = 0x20;
const WRITE_COMMAND_BYTE: u32 = 0x60;
const MOUSE_OFF: u32 = 0xa7;
const KEYBOARD_OFF: u32 = 0xad;
const TO_MOUSE: u32 = 0xd4;
const CONTROL_INTERRUPTS: u32 = 0x03;
const CONTROL_KEYBOARD_INTERRUPT: u32 = 0x01;
const CONTROL_MOUSE_INTERRUPT: u32 = 0x02;
const CONTROL_KEYBOARD_OFF: u32 = 0x10;
const CONTROL_MOUSE_OFF: u32 = 0x20;

/** System flag, translated; the keyboard on with its interrupt, the mouse off. */
const COMMAND_BYTE: u32 = 0x44 | CONTROL_KEYBOARD_INTERRUPT | CONTROL_MOUSE_OFF;

const ACKNOWLEDGE: u32 = 0xfa;
const RESEND: u32 = 0xfe;
/** No byte came. */
export const NOTHING: u32 = 0x100;

function wait_for_room(): void {
  for (let left = PATIENCE; left; left--) if (!(inb(STATUS) & INPUT_FULL)) return;
}

function write(port: u32, value: u32): void {
  wait_for_room();
  outb(port, value);
}

/** The next byte, whoever it is from. */
function read(): u32 {
  for (let left = PATIENCE; left; left--) if (inb(STATUS) & OUTPUT_FULL) return inb(DATA);
  return NOTHING;
}

/** Both devices cut off, without interrupts. Keys that were on their way are taken. */
export function ps2_begin(): u32 {
  write(STATUS, KEYBOARD_OFF);
  write(STATUS, MOUSE_OFF);
  wait_for_room();
  for (let status = inb(STATUS); status & OUTPUT_FULL; status = inb(STATUS)) {
    const byte = inb(DATA);
    if (!(status & FROM_MOUSE)) key_byte(byte);
  }
  write(STATUS, READ_COMMAND_BYTE);
  const control = read() & 0xff;
  set_control(control & ~CONTROL_INTERRUPTS);
  return control;
}

function set_control(value: u32): void {
  write(STATUS, WRITE_COMMAND_BYTE);
  write(DATA, value);
  wait_for_room();
}

/** The keyboard as it was and on; the mouse on with its interrupt, or off. */
export function ps2_end(control: u32, mouse: bool): void {
  const keyboard = control & ~(CONTROL_KEYBOARD_OFF | CONTROL_MOUSE_OFF | CONTROL_MOUSE_INTERRUPT);
  set_control(keyboard | (mouse ? CONTROL_MOUSE_INTERRUPT : CONTROL_MOUSE_OFF));
}

/** The command byte at power-on. */
export function ps2_init(): void {
  set_control(COMMAND_BYTE);
}

function acknowledged(): u32 {
  for (let left = 3; left; left--) {
    const byte = read();
    if (byte == ACKNOWLEDGE || byte == RESEND || byte == NOTHING) return byte;
  }
  return NOTHING;
}

/** Sends a byte to the mouse; whether it was understood. */
export function to_mouse(byte: u32): bool {
  write(STATUS, TO_MOUSE);
  write(DATA, byte);
  return acknowledged() == ACKNOWLEDGE;
}

/** Sends a byte to the keyboard. */
export function to_keyboard(byte: u32): bool {
  write(DATA, byte);
  return acknowledged() == ACKNOWLEDGE;
}

/** A further byte of an answer. */
export function ps2_answer(): u32 {
  return read();
}
