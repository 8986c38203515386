// The mouse of INT 15h, AH = C2h (IBM PS/2 and PC BIOS Interface Technical Reference), and its interrupt, IRQ 12. A program's
// handler is called with each packet: status, x, y and 0 on the stack.
import { inb } from "../guest/i386";
import { CALL_MOUSE, MOUSE_DATA, MOUSE_HANDLER } from "../abi/bios";
import { EXTENDED_AREA } from "./data-area";
import { Frame, al, fail, high, linear, low, set_bx, set_cx, set_dx, succeed } from "./frame";
import { end_of_slave_interrupt } from "./pic";
import * as ps2 from "./ps2";

// In the extended data area: bytes of the packet so far; bytes of a packet less one; whether there is a handler.
const INDEX: usize = 0x26;
const SIZE: usize = 0x27;
const HAS_HANDLER: u32 = 0x80;

const COMMAND_SCALE_1: u32 = 0xe6;
const COMMAND_RESOLUTION: u32 = 0xe8;
const COMMAND_STATUS: u32 = 0xe9;
const COMMAND_IDENTIFY: u32 = 0xf2;
const COMMAND_RATE: u32 = 0xf3;
const COMMAND_ENABLE: u32 = 0xf4;
const COMMAND_DISABLE: u32 = 0xf5;
const COMMAND_RESET: u32 = 0xff;
const RATES: usize = memory.data<u8>([10, 20, 40, 60, 80, 100, 200]);
const RATE_COUNT: u32 = 7;

const BAD_FUNCTION: u32 = 1;
const BAD_INPUT: u32 = 2;
const INTERFACE_ERROR: u32 = 3;
const NO_HANDLER: u32 = 5;

let streams: bool = false;

/** Whether the mouse tells of its movements. */
export function mouse_streams(): bool {
  return streams;
}

function area(): usize {
  return linear(load<u16>(EXTENDED_AREA), 0);
}

/** A byte from the mouse. With a packet's last one the 16-bit side calls the handler, and ends the interrupt then. */
export function mouse_interrupt(f: Frame): void {
  const full = ps2.OUTPUT_FULL | ps2.FROM_MOUSE;
  if ((inb(ps2.STATUS) & full) == full && takes(inb(ps2.DATA))) {
    f.vector |= CALL_MOUSE;
    return;
  }
  end_of_slave_interrupt();
}

/** Whether a byte makes a packet whole that somebody wants. */
function takes(byte: u32): bool {
  const base = area();
  const size: u32 = load<u8>(base + SIZE);
  const index = (<u32>load<u8>(base + INDEX)) & 7;
  if (!(size & HAS_HANDLER)) return false;
  store<u8>(base + MOUSE_DATA + index, <u8>byte);
  const whole = index >= (size & 7);
  store<u8>(base + INDEX, <u8>(whole ? 0 : index + 1));
  return whole;
}

export function mouse_service(f: Frame): void {
  const value = high(f.ebx);
  switch (al(f)) {
    case 0:
      if (value > 1) fail(f, BAD_INPUT);
      else enable(f, value == 1);
      return;
    case 1:
      reset(f);
      return;
    case 2:
      if (value >= RATE_COUNT) fail(f, BAD_INPUT);
      else command(f, COMMAND_RATE, load<u8>(RATES + value));
      return;
    case 3:
      if (value > 3) fail(f, BAD_INPUT);
      else command(f, COMMAND_RESOLUTION, value);
      return;
    case 4:
      identify(f);
      return;
    case 5:
      if (!value || value > 8) {
        fail(f, BAD_INPUT);
        return;
      }
      store<u8>(area() + SIZE, <u8>((load<u8>(area() + SIZE) & HAS_HANDLER) | (value - 1)));
      reset(f);
      return;
    case 6:
      if (value == 0) status(f);
      else if (value > 2) fail(f, BAD_INPUT);
      else command(f, COMMAND_SCALE_1 + value - 1, ps2.NOTHING);
      return;
    case 7:
      set_handler(f);
      return;
    default:
      fail(f, BAD_FUNCTION);
  }
}

function finish(f: Frame, control: u32, done: bool): void {
  store<u8>(area() + INDEX, 0);
  ps2.ps2_end(control, streams);
  if (done) succeed(f);
  else fail(f, INTERFACE_ERROR);
}

/** A command, with a parameter or NOTHING. */
function command(f: Frame, code: u32, parameter: u32): void {
  const control = ps2.ps2_begin();
  finish(f, control, ps2.to_mouse(code) && (parameter == ps2.NOTHING || ps2.to_mouse(parameter)));
}

function enable(f: Frame, on: bool): void {
  if (on && !(load<u8>(area() + SIZE) & HAS_HANDLER)) {
    fail(f, NO_HANDLER);
    return;
  }
  streams = on;
  command(f, on ? COMMAND_ENABLE : COMMAND_DISABLE, ps2.NOTHING);
}

/** BL: what the self test says; BH: which device it is. */
function reset(f: Frame): void {
  streams = false;
  const control = ps2.ps2_begin();
  const done = ps2.to_mouse(COMMAND_RESET);
  if (done) {
    const test = ps2.ps2_answer() & 0xff;
    set_bx(f, test | ((ps2.ps2_answer() & 0xff) << 8));
  }
  finish(f, control, done);
}

/** BH: which device it is. */
function identify(f: Frame): void {
  const control = ps2.ps2_begin();
  const done = ps2.to_mouse(COMMAND_IDENTIFY);
  if (done) set_bx(f, low(f.ebx) | ((ps2.ps2_answer() & 0xff) << 8));
  finish(f, control, done);
}

/** BL, CL and DL: state, resolution and rate. */
function status(f: Frame): void {
  const control = ps2.ps2_begin();
  const done = ps2.to_mouse(COMMAND_STATUS);
  if (done) {
    set_bx(f, (f.ebx & 0xff00) | (ps2.ps2_answer() & 0xff));
    set_cx(f, ps2.ps2_answer() & 0xff);
    set_dx(f, ps2.ps2_answer() & 0xff);
  }
  finish(f, control, done);
}

/** ES:BX is called with each packet from now on; 0:0 is nobody. */
function set_handler(f: Frame): void {
  const base = area();
  const size: u32 = load<u8>(base + SIZE);
  store<u16>(base + MOUSE_HANDLER, <u16>f.ebx);
  store<u16>(base + MOUSE_HANDLER, f.es, 2);
  const is_one = f.es != 0 || (f.ebx & 0xffff) != 0;
  store<u8>(base + SIZE, <u8>(is_one ? size | HAS_HANDLER : size & ~HAS_HANDLER));
  store<u8>(base + INDEX, 0);
  succeed(f);
}
