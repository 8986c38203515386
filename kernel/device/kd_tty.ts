// `kd0`: the screen and the keyboard as a terminal.
import { D_INVALID_OPERATION, D_NO_SUCH_DEVICE, D_SUCCESS } from "../../abi/kern_return";
import { KBENTRY_COUNT, KDGSTATE, KDSETBELL, KDSKBENT, KEY_BYTES, KEY_CODES, KEY_STATES } from "../../abi/kd";
import { TF_CRMOD, TTY_SPEED_115200 } from "../../abi/tty";
import { i8042_poll } from "../i386/i8042";
import { VGA_MEMORY, VGA_MEMORY_SIZE } from "../i386/vga";
import {
  char_read,
  char_write,
  Tty,
  tty_get_status,
  tty_init,
  tty_next,
  tty_set_status,
  ttyclose,
  ttyinput,
} from "./chario";
import {
  dev_ops_define,
  DevClose,
  DevMap,
  DevOps,
  Device,
  DevGetStatus,
  DevSetStatus,
  MAP_REFUSED,
} from "./dev_hdr";
import { IoFunction, IoRequest } from "./io_req";
import { kd_init, kd_putc, kd_set_bell } from "./kd";
import { kd_keyboard_init, kd_keyboard_state } from "./kd_keyboard";
import { kd_key_entry } from "./kd_keymap";

const NEWLINE: u32 = 10;
const RETURN: u32 = 13;

const tty_cell: usize = memory.data(80);
/** TTY_RINGS_SIZE bytes. */
const rings: usize = memory.data(5120);
let attached: bool = false;

/** Bytes of keys that were typed while the kernel polls; one key sends at most KEY_BYTES. */
const polled: usize = memory.data(4);
let polled_count: u32 = 0;
let polling: bool = false;

function kd_tty(): Tty {
  return changetype<Tty>(tty_cell);
}

export function kd_tty_init(): DevOps {
  const ops = dev_ops_define("kd", 1);
  ops.open = changetype<usize>(<IoFunction>kd_open);
  ops.close = changetype<usize>(<DevClose>kd_close);
  ops.read = changetype<usize>(<IoFunction>kd_read);
  ops.write = changetype<usize>(<IoFunction>kd_write);
  ops.get_status = changetype<usize>(<DevGetStatus>kd_get_status);
  ops.set_status = changetype<usize>(<DevSetStatus>kd_set_status);
  ops.map = changetype<usize>(<DevMap>kd_map);
  return ops;
}

/** Has the terminal work by interrupt from here on. */
export function kd_tty_attach(): Tty {
  const tty = kd_tty();
  if (attached) return tty;
  attached = true;
  tty_init(tty, rings, kd_start, TF_CRMOD, TTY_SPEED_115200);
  kd_keyboard_init(kd_key);
  return tty;
}

/** The screen takes everything at once. */
function kd_start(tty: Tty): void {
  for (let byte = tty_next(tty); byte >= 0; byte = tty_next(tty)) kd_putc(byte);
}

function kd_key(byte: u32): void {
  if (!polling) ttyinput(kd_tty(), byte);
  else if (polled_count < <u32>KEY_BYTES) store<u8>(polled + polled_count++, <u8>byte);
}

/** A byte of the kernel's: a newline begins a new line. */
export function kd_kernel_put(byte: u32): void {
  if (byte == NEWLINE) kd_putc(RETURN);
  kd_putc(byte);
}

/** A byte that was typed, or -1: without interrupts. */
export function kd_poll_get(): i32 {
  if (polled_count == 0) {
    polling = true;
    if (kd_keyboard_init(kd_key)) i8042_poll();
    polling = false;
    if (polled_count == 0) return -1;
  }
  const byte = <i32>load<u8>(polled);
  polled_count--;
  memory.copy(polled, polled + 1, KEY_BYTES);
  return byte;
}

function kd_open(_request: IoRequest): i32 {
  if (!kd_init()) return D_NO_SUCH_DEVICE;
  kd_tty_attach();
  return D_SUCCESS;
}

function kd_close(_device: Device): void {
  ttyclose(kd_tty());
}

function kd_read(request: IoRequest): i32 {
  return char_read(kd_tty(), request);
}

function kd_write(request: IoRequest): i32 {
  return char_write(kd_tty(), request);
}

function kd_get_status(_device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != KDGSTATE) return tty_get_status(kd_tty(), flavor, status, count);
  if (load<u32>(count) < 1) return D_INVALID_OPERATION;
  store<u32>(status, kd_keyboard_state());
  store<u32>(count, 1);
  return D_SUCCESS;
}

function kd_set_status(_device: Device, flavor: u32, status: usize, count: u32): i32 {
  if (flavor == KDSETBELL && count >= 1) {
    kd_set_bell(load<u32>(status) != 0);
    return D_SUCCESS;
  }
  if (flavor == KDSKBENT && count >= <u32>KBENTRY_COUNT) return set_key(status);
  return tty_set_status(kd_tty(), flavor, status, count);
}

/** A kbentry: state, index, and the bytes that the key sends from now on. */
function set_key(status: usize): i32 {
  const state = <u32>load<u8>(status);
  const index = <u32>load<u8>(status + 1);
  if (state >= <u32>KEY_STATES || index >= <u32>KEY_CODES) return D_INVALID_OPERATION;
  memory.copy(kd_key_entry(index, state), status + 2, KEY_BYTES);
  return D_SUCCESS;
}

function kd_map(_device: Device, offset: u32, _prot: u32): u32 {
  return offset < VGA_MEMORY_SIZE ? VGA_MEMORY + offset : MAP_REFUSED;
}
