// Says what comes in, for specs that type: at the console each byte as a hexadecimal number, until a `q`; then, with the
// word `events`, nine scan codes, with `mouse` what the mouse does until a button goes up, and with `interrupt` the message
// that announces the keyboard's interrupt. With `echo` the terminal echoes. Boot module: console-echo ${host-port}
// ${device-port} [echo] [events] [mouse] [interrupt]. Ends the run with status 7.
import { stackAlloc } from "../../guest/i386";
import {
  KB_EVENT,
  KD_EVENT_SIZE,
  KD_EVENT_TYPE,
  KD_EVENT_VALUE,
  KDSKBDMODE,
  KEYBD_EVENT,
  MOUSE_LEFT,
  MOUSE_MOTION,
} from "../../abi/kd";
import { MACH_MSG_TYPE_MAKE_SEND, MSGH_ID } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { TF_ECHO, TTY_STATUS, TTY_STATUS_COUNT, TTY_STATUS_FLAGS } from "../../abi/tty";
import { D_READ, D_WRITE, IO_INBAND_MAX, RB_HALT, RB_STATUS_SHIFT } from "../../abi/task_types";
import {
  device_close,
  device_get_status,
  device_intr_ack,
  device_intr_register,
  device_read_inband,
  device_set_status,
} from "../generated/device.generated";
import { host_reboot } from "../generated/mach_host.generated";
import { mach_port_allocate } from "../generated/mach_port.generated";
import { open_device } from "../lib/disk";
import { message_receive, task_self } from "../lib/mach";
import { print, print_byte, print_flush, print_hex, print_i32, print_line, print_to } from "../lib/print";
import { argument, begin, has_argument } from "../lib/process";
import { parse_u32 } from "../lib/string";

export { thread_entry } from "../lib/threads";

const STATUS: u32 = 7;
const QUIT: u32 = 0x71;
const EVENTS: u32 = 9;

function open(name: string): u32 {
  const port = stackAlloc(4);
  return open_device(parse_u32(argument(2)), D_READ | D_WRITE, name, port) == 0 ? load<u32>(port) : 0;
}

function turn_echo_on(console: u32): void {
  const status = stackAlloc(TTY_STATUS_COUNT * 4);
  const count = stackAlloc(4);
  store<u32>(count, TTY_STATUS_COUNT);
  device_get_status(console, TTY_STATUS, status, count);
  store<u32>(status, load<u32>(status, TTY_STATUS_FLAGS) | TF_ECHO, TTY_STATUS_FLAGS);
  device_set_status(console, TTY_STATUS, status, TTY_STATUS_COUNT);
}

function echo(console: u32): void {
  const bytes = stackAlloc(IO_INBAND_MAX);
  const count = stackAlloc(4);
  print_line("type");
  for (;;) {
    store<u32>(count, IO_INBAND_MAX);
    if (device_read_inband(console, 0, 0, IO_INBAND_MAX, bytes, count) != 0) return;
    for (let i: u32 = 0; i < load<u32>(count); i++) {
      const byte = <u32>load<u8>(bytes + i);
      print_hex(byte);
      print_byte(byte == QUIT ? 10 : 32);
      if (byte == QUIT) return;
    }
  }
}

/** Reads one event into `event`. */
function next_event(device: u32, event: usize): bool {
  const count = stackAlloc(4);
  store<u32>(count, KD_EVENT_SIZE);
  return device_read_inband(device, 0, 0, KD_EVENT_SIZE, event, count) == 0;
}

function show_keys(): void {
  const kbd = open("kbd");
  const words = stackAlloc(KD_EVENT_SIZE);
  store<u32>(words, KB_EVENT);
  device_set_status(kbd, KDSKBDMODE, words, 1);
  print_line("press");
  for (let i: u32 = 0; i < EVENTS && next_event(kbd, words); i++) {
    if (load<u16>(words, KD_EVENT_TYPE) != KEYBD_EVENT) print("not a key ");
    print_hex(load<u8>(words, KD_EVENT_VALUE));
    print_byte(i + 1 == EVENTS ? 10 : 32);
  }
}

function show_mouse(): void {
  const mouse = open("mouse");
  const event = stackAlloc(KD_EVENT_SIZE);
  print_line("move");
  while (next_event(mouse, event)) {
    const type = <u32>load<u16>(event, KD_EVENT_TYPE);
    if (type == MOUSE_MOTION) {
      print_i32(load<i16>(event, KD_EVENT_VALUE));
      print_byte(44);
      print_i32(load<i16>(event, KD_EVENT_VALUE + 2));
    } else {
      const up = load<u32>(event, KD_EVENT_VALUE) != 0;
      print(type == MOUSE_LEFT ? "left" : "other");
      print(up ? " up" : " down");
      if (up) break;
    }
    print_byte(32);
    print_flush();
  }
  print_byte(10);
}

/** The kernel's own driver must not have the line: no screen is open. */
const KEYBOARD_LINE: u32 = 1;
const MESSAGE_ROOM: u32 = 128;
/** The integer behind the header. */
const ANNOUNCED: usize = 28;

function show_interrupt(): void {
  const irq = open("irq");
  const slot = stackAlloc(4);
  const message = stackAlloc(MESSAGE_ROOM);
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot);
  const port = load<u32>(slot);
  if (device_intr_register(irq, KEYBOARD_LINE, 0, port, MACH_MSG_TYPE_MAKE_SEND) != 0) return;
  print_line("interrupt");
  message_receive(message, MESSAGE_ROOM, port);
  print_i32(load<u32>(message, MSGH_ID));
  print_byte(32);
  print_i32(load<u32>(message, ANNOUNCED));
  print_byte(10);
  device_intr_ack(irq, port, MACH_MSG_TYPE_MAKE_SEND);
  device_close(irq);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const console = open("console");
  print_to(console);
  if (has_argument("echo")) turn_echo_on(console);
  echo(console);
  if (has_argument("events")) show_keys();
  if (has_argument("mouse")) show_mouse();
  if (has_argument("interrupt")) show_interrupt();
  host_reboot(parse_u32(argument(1)), RB_HALT | (STATUS << RB_STATUS_SHIFT));
  return 0;
}
