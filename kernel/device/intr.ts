// `irq`: interrupts as messages, for drivers in programs. A line that was announced stays masked until its receiver has
// acknowledged it.
import { IRQS } from "../../abi/i386";
import { IRQ_PICMODE_PIC, IRQGETPICMODE } from "../../abi/irq";
import {
  D_ALREADY_OPEN,
  D_INVALID_OPERATION,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  KERN_INVALID_ARGUMENT,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_PORT_SEND } from "../../abi/mach_msg";
import { device_intr_notify } from "../generated/device_intr_user.generated";
import { irq_establish_user, irq_free, irq_release_user } from "../i386/irq";
import { pic_unmask } from "../i386/pic";
import { ip_active, IP_NULL, IP_VALID, ipc_port_release_send, IpcPort } from "../ipc/ipc_port";
import { dev_ops_define, DevClose, DevOps, Device, DEVICE_NULL, DevGetStatus } from "./dev_hdr";
import { io_unwatch_port, io_watch_port } from "./io_req";

/** Who hears of a line. */
@unmanaged
class UserIntr {
  /** A send right, or null. */
  port: IpcPort = changetype<IpcPort>(0);
  death!: u32;
}

const lines: usize = memory.data(128);
let irq_ops: DevOps = changetype<DevOps>(0);

export function intr_init(): void {
  irq_ops = dev_ops_define("irq", 1);
  irq_ops.close = changetype<usize>(<DevClose>irq_close);
  irq_ops.get_status = changetype<usize>(<DevGetStatus>irq_get_status);
}

function user_intr(irq: u32): UserIntr {
  return changetype<UserIntr>(lines + irq * offsetof<UserIntr>());
}

function irq_get_status(_device: Device, flavor: u32, status: usize, count: usize): i32 {
  if (flavor != IRQGETPICMODE || load<u32>(count) < 1) return D_INVALID_OPERATION;
  store<u32>(status, IRQ_PICMODE_PIC);
  store<u32>(count, 1);
  return D_SUCCESS;
}

/** Whether a call's device and right are what they must be. */
function check(device: Device, port: IpcPort, type: u32): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.ops != irq_ops) return D_INVALID_OPERATION;
  return IP_VALID(port) && type == MACH_MSG_TYPE_PORT_SEND ? D_SUCCESS : KERN_INVALID_ARGUMENT;
}

/**
 * Interrupts of line `irq` are announced at `port`; consumes the right on success. D_INVALID_OPERATION: another device,
 * or no such line; D_ALREADY_OPEN: the line is somebody's.
 */
export function device_intr_register(device: Device, irq: u32, _flags: u32, port: IpcPort, type: u32): i32 {
  const code = check(device, port, type);
  if (code != D_SUCCESS) return code;
  if (irq >= <u32>IRQS) return D_INVALID_OPERATION;
  if (!ip_active(port)) return KERN_INVALID_ARGUMENT;
  if (!irq_free(irq)) return D_ALREADY_OPEN;
  const intr = user_intr(irq);
  intr.port = port;
  intr.death = io_watch_port(port);
  irq_establish_user(irq, announce);
  return D_SUCCESS;
}

/** The interrupts that were announced at `port` are served: their lines may interrupt again. */
export function device_intr_ack(device: Device, port: IpcPort, type: u32): i32 {
  const code = check(device, port, type);
  if (code != D_SUCCESS) return code;
  let known = false;
  for (let irq: u32 = 0; irq < <u32>IRQS; irq++) {
    if (user_intr(irq).port != port) continue;
    known = true;
    pic_unmask(irq);
  }
  if (!known) return KERN_INVALID_ARGUMENT;
  ipc_port_release_send(port);
  return D_SUCCESS;
}

/** A line has interrupted, and is masked. Without memory for the message the interrupt is lost. */
function announce(irq: u32): void {
  if (device_intr_notify(user_intr(irq).port, irq) != 0) pic_unmask(irq);
}

function release(irq: u32): void {
  const intr = user_intr(irq);
  if (intr.port == IP_NULL) return;
  irq_release_user(irq);
  io_unwatch_port(intr.port, intr.death);
  ipc_port_release_send(intr.port);
  intr.port = IP_NULL;
}

/** A port has died: its lines are free. */
export function intr_port_died(): void {
  for (let irq: u32 = 0; irq < <u32>IRQS; irq++) {
    const port = user_intr(irq).port;
    if (port != IP_NULL && !ip_active(port)) release(irq);
  }
}

function irq_close(_device: Device): void {
  for (let irq: u32 = 0; irq < <u32>IRQS; irq++) release(irq);
}
