// The keyboard controller, with a mouse behind its second port (IBM PS/2 technical reference, "Keyboard and Auxiliary
// Device Controller"). The keyboard's codes are translated to set 1.
import { inb, outb } from "../../guest/i386";
import { irq_establish } from "./irq";

const DATA: u32 = 0x60;
const STATUS: u32 = 0x64;
const COMMAND: u32 = 0x64;
const KEYBOARD_IRQ: u32 = 1;
const MOUSE_IRQ: u32 = 12;

const STATUS_OUTPUT_FULL: u32 = 0x01;
const STATUS_INPUT_FULL: u32 = 0x02;
/** The byte is the mouse's. */
const STATUS_MOUSE: u32 = 0x20;
const NO_CONTROLLER: u32 = 0xff;

const READ_CONFIGURATION: u32 = 0x20;
const WRITE_CONFIGURATION: u32 = 0x60;
const DISABLE_MOUSE: u32 = 0xa7;
const ENABLE_MOUSE: u32 = 0xa8;
const DISABLE_KEYBOARD: u32 = 0xad;
const ENABLE_KEYBOARD: u32 = 0xae;
const TO_MOUSE: u32 = 0xd4;

const CONFIG_KEYBOARD_INTERRUPT: u32 = 0x01;
const CONFIG_MOUSE_INTERRUPT: u32 = 0x02;
const CONFIG_SYSTEM: u32 = 0x04;
const CONFIG_KEYBOARD_OFF: u32 = 0x10;
const CONFIG_MOUSE_OFF: u32 = 0x20;
const CONFIG_TRANSLATE: u32 = 0x40;

const SET_DEFAULTS: u32 = 0xf6;
const ENABLE_REPORTING: u32 = 0xf4;
const DISABLE_REPORTING: u32 = 0xf5;
const ACKNOWLEDGE: u32 = 0xfa;

/** How often a poll looks before it gives up: each look takes about a microsecond on an ISA bus. */
const POLL_LIMIT: u32 = 20000;
/** A device has so long for an answer. */
const ANSWER_LIMIT: u32 = 100000;
/** More bytes than this are not behind one interrupt. */
const BYTES_LIMIT: u32 = 64;

/** Receives a byte of the keyboard or the mouse. Called from the interrupt, and from i8042_poll. */
export type I8042Receiver = (byte: u32) => void;

let found: bool = false;
let keyboard_receiver: usize = 0;
let mouse_receiver: usize = 0;

function wait_input_empty(): bool {
  for (let i: u32 = 0; i < POLL_LIMIT; i++) if (!(inb(STATUS) & STATUS_INPUT_FULL)) return true;
  return false;
}

function command(value: u32): bool {
  if (!wait_input_empty()) return false;
  outb(COMMAND, value);
  return true;
}

function send(value: u32): bool {
  if (!wait_input_empty()) return false;
  outb(DATA, value);
  return true;
}

/** The next byte for which the status has `flags` under `mask`; others are dropped. -1 when none comes. */
function receive(mask: u32, flags: u32, limit: u32): i32 {
  for (let i: u32 = 0; i < limit; i++) {
    const status = inb(STATUS);
    if (!(status & STATUS_OUTPUT_FULL)) continue;
    const byte = inb(DATA);
    if ((status & mask) == flags) return <i32>byte;
  }
  return -1;
}

function read_configuration(): i32 {
  return command(READ_CONFIGURATION) ? receive(0, 0, POLL_LIMIT) : -1;
}

function write_configuration(value: u32): void {
  if (command(WRITE_CONFIGURATION)) send(value);
}

/** Takes the controller over, with the keyboard on and the mouse off. False when there is none. */
export function i8042_init(keyboard: I8042Receiver): bool {
  if (found) return true;
  if (inb(STATUS) == NO_CONTROLLER) return false;
  if (!command(DISABLE_KEYBOARD) || !command(DISABLE_MOUSE)) return false;
  for (let i: u32 = 0; i < BYTES_LIMIT && inb(STATUS) & STATUS_OUTPUT_FULL; i++) inb(DATA);
  const old = read_configuration();
  if (old < 0) return false;
  write_configuration(
    CONFIG_KEYBOARD_INTERRUPT | CONFIG_MOUSE_OFF | CONFIG_TRANSLATE | ((<u32>old) & CONFIG_SYSTEM),
  );
  command(ENABLE_KEYBOARD);
  found = true;
  keyboard_receiver = changetype<usize>(keyboard);
  irq_establish(KEYBOARD_IRQ, i8042_interrupt);
  return true;
}

function i8042_interrupt(): void {
  for (let i: u32 = 0; i < BYTES_LIMIT; i++) if (!i8042_poll()) return;
}

/** Hands one byte to its receiver, if there is one. */
export function i8042_poll(): bool {
  if (!found) return false;
  const status = inb(STATUS);
  if (!(status & STATUS_OUTPUT_FULL)) return false;
  const byte = inb(DATA);
  const receiver = status & STATUS_MOUSE ? mouse_receiver : keyboard_receiver;
  if (receiver != 0) changetype<I8042Receiver>(receiver)(byte);
  return true;
}

/** Sends a byte to the keyboard, whose answer comes to the receiver. */
export function i8042_keyboard(byte: u32): void {
  if (found) send(byte);
}

// --- the mouse ---

/** A command to the mouse; whether it acknowledges. */
function mouse_command(value: u32): bool {
  if (!command(TO_MOUSE) || !send(value)) return false;
  return receive(STATUS_MOUSE, STATUS_MOUSE, ANSWER_LIMIT) == ACKNOWLEDGE;
}

/** Turns the mouse on. False when there is none. */
export function i8042_mouse_on(mouse: I8042Receiver): bool {
  if (!found || !command(ENABLE_MOUSE)) return false;
  const old = read_configuration();
  if (old < 0) return false;
  write_configuration((<u32>old) & ~(CONFIG_MOUSE_OFF | CONFIG_MOUSE_INTERRUPT | CONFIG_KEYBOARD_OFF));
  if (!mouse_command(SET_DEFAULTS) || !mouse_command(ENABLE_REPORTING)) {
    command(DISABLE_MOUSE);
    return false;
  }
  mouse_receiver = changetype<usize>(mouse);
  irq_establish(MOUSE_IRQ, i8042_interrupt);
  write_configuration(((<u32>old) & ~(CONFIG_MOUSE_OFF | CONFIG_KEYBOARD_OFF)) | CONFIG_MOUSE_INTERRUPT);
  return true;
}

export function i8042_mouse_off(): void {
  mouse_command(DISABLE_REPORTING);
  mouse_receiver = 0;
  command(DISABLE_MOUSE);
}
