// The serial lines as terminals: `com0`, and `com1` if the machine has one.
import { D_INVALID_OPERATION, D_NO_SUCH_DEVICE, D_SUCCESS } from "../../abi/kern_return";
import {
  TF_HUPCLS,
  TTY_CLEAR_BREAK,
  TTY_MODEM,
  TTY_SET_BREAK,
  TTY_SPEED_115200,
  TTY_STATUS,
} from "../../abi/tty";
import {
  com_attach,
  com_drain,
  com_hold,
  com_init,
  com_modem,
  com_resume,
  com_set_break,
  com_set_modem,
  com_set_speed,
  com_start,
  COM_UNITS,
} from "../i386/com";
import {
  char_read,
  char_write,
  Tty,
  TTY_RINGS_SIZE,
  tty_full,
  tty_get_status,
  tty_hold,
  tty_init,
  tty_next,
  tty_put,
  tty_set_status,
  ttyclose,
  ttyinput,
  TtyStart,
} from "./chario";
import { dev_ops_define, DevClose, DevOps, Device, DevGetStatus, DevSetStatus } from "./dev_hdr";
import { IoFunction, IoRequest } from "./io_req";

const ttys: usize = memory.data(176);
const rings: usize = memory.data(10240);
/** Bit n: line n sends and receives by interrupt. */
let attached: u32 = 0;

function com_tty(unit: u32): Tty {
  return changetype<Tty>(ttys + unit * offsetof<Tty>());
}

/** Lines go out and come in unchanged until somebody wants it otherwise. */
export function com_tty_init(): DevOps {
  const ops = dev_ops_define("com", COM_UNITS);
  ops.open = changetype<usize>(<IoFunction>com_open);
  ops.close = changetype<usize>(<DevClose>com_close);
  ops.read = changetype<usize>(<IoFunction>com_read);
  ops.write = changetype<usize>(<IoFunction>com_write);
  ops.get_status = changetype<usize>(<DevGetStatus>com_get_status);
  ops.set_status = changetype<usize>(<DevSetStatus>com_set_status);
  return ops;
}

/** Has line `unit` work by interrupt from here on. */
export function com_tty_attach(unit: u32): Tty {
  const tty = com_tty(unit);
  if (attached & (1 << unit)) return tty;
  attached |= 1 << unit;
  tty.unit = unit;
  tty_init(tty, rings + <usize>(unit * TTY_RINGS_SIZE), com_tty_start, 0, TTY_SPEED_115200);
  tty.resume = changetype<usize>(<TtyStart>com_tty_resume);
  com_attach(unit, com_receive, com_next);
  return tty;
}

function com_tty_start(tty: Tty): void {
  com_start(tty.unit);
}

function com_receive(unit: u32, byte: u32): void {
  const tty = com_tty(unit);
  ttyinput(tty, byte);
  if (tty_hold(tty)) com_hold(unit);
}

function com_tty_resume(tty: Tty): void {
  com_resume(tty.unit);
}

function com_next(unit: u32): i32 {
  return tty_next(com_tty(unit));
}

/** A byte of the kernel's: never waits for an interrupt. */
export function com_tty_kernel_put(unit: u32, byte: u32): void {
  const tty = com_tty(unit);
  if (tty_full(tty)) com_drain(unit);
  if (tty_full(tty)) return;
  tty_put(tty, byte);
  com_start(unit);
}

function com_open(request: IoRequest): i32 {
  const device = request.device;
  if (!com_init(device.unit)) return D_NO_SUCH_DEVICE;
  com_tty_attach(device.unit);
  return D_SUCCESS;
}

function com_close(device: Device): void {
  const tty = com_tty(device.unit);
  ttyclose(tty);
  if (tty.flags & TF_HUPCLS) com_set_modem(device.unit, 0);
}

function com_read(request: IoRequest): i32 {
  return char_read(com_tty(request.device.unit), request);
}

function com_write(request: IoRequest): i32 {
  return char_write(com_tty(request.device.unit), request);
}

function com_get_status(device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != TTY_MODEM) return tty_get_status(com_tty(device.unit), flavor, status, count);
  if (load<u32>(count) < 1) return D_INVALID_OPERATION;
  store<u32>(status, com_modem(device.unit));
  store<u32>(count, 1);
  return D_SUCCESS;
}

function com_set_status(device: Device, flavor: u32, status: usize, count: u32): i32 {
  const unit = device.unit;
  if (flavor == TTY_SET_BREAK || flavor == TTY_CLEAR_BREAK) {
    com_set_break(unit, flavor == TTY_SET_BREAK);
    return D_SUCCESS;
  }
  if (flavor == TTY_MODEM) {
    if (count < 1) return D_INVALID_OPERATION;
    com_set_modem(unit, load<u32>(status));
    return D_SUCCESS;
  }
  const tty = com_tty(unit);
  const speed = tty.ospeed;
  const code = tty_set_status(tty, flavor, status, count);
  if (flavor == TTY_STATUS && tty.ospeed != speed) com_set_speed(unit, tty.ospeed);
  return code;
}
