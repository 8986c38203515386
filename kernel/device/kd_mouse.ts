// A PS/2 mouse: from its packets to events. A packet is three bytes: buttons and signs, then how far right and up.
//
//   7           6           5       4       3   2       1      0
//   y overflow  x overflow  y sign  x sign  1   middle  right  left
import { MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_MOTION, MOUSE_RIGHT } from "../../abi/kd";
import { i8042_mouse_off, i8042_mouse_on } from "../i386/i8042";

/** Takes an event. */
export type MouseReceiver = (type: u32, value: u32) => void;

const PACKET_SIZE: u32 = 3;
const ALWAYS_SET: u32 = 0x08;
const LEFT: u32 = 0x01;
const RIGHT: u32 = 0x02;
const MIDDLE: u32 = 0x04;
const X_SIGN: u32 = 0x10;
const Y_SIGN: u32 = 0x20;

let receiver: usize = 0;
const packet: usize = memory.data(4);
let received: u32 = 0;
/** The buttons as the last packet had them. */
let buttons: u32 = 0;

/** False when there is no mouse. */
export function mouse_on(events: MouseReceiver): bool {
  received = 0;
  buttons = 0;
  receiver = changetype<usize>(events);
  return i8042_mouse_on(mouse_byte);
}

export function mouse_off(): void {
  i8042_mouse_off();
}

function mouse_byte(byte: u32): void {
  // A first byte without its set bit: the packets are out of step.
  if (received == 0 && !(byte & ALWAYS_SET)) return;
  store<u8>(packet + received, <u8>byte);
  if (++received < PACKET_SIZE) return;
  received = 0;
  const first = <u32>load<u8>(packet);
  button(first, LEFT, MOUSE_LEFT);
  button(first, MIDDLE, MOUSE_MIDDLE);
  button(first, RIGHT, MOUSE_RIGHT);
  buttons = first;
  const x = (<u32>load<u8>(packet + 1)) | (first & X_SIGN ? 0xff00 : 0);
  const y = (<u32>load<u8>(packet + 2)) | (first & Y_SIGN ? 0xff00 : 0);
  if ((x | y) != 0) event(MOUSE_MOTION, x | (y << 16));
}

/** A button that is not as it was. */
function button(now: u32, bit: u32, type: u32): void {
  if ((now ^ buttons) & bit) event(type, now & bit ? 0 : 1);
}

function event(type: u32, value: u32): void {
  changetype<MouseReceiver>(receiver)(type, value);
}
