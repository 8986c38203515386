// Kernel objects behind ports: which kinds there are, and what happens to a message that is sent to one.
import { IpcKmsg, ipc_kmsg_destroy, IKM_NULL } from "../ipc/ipc_kmsg";
import { ip_active, ip_kotype, IP_VALID, IpcPort } from "../ipc/ipc_port";
import { IO_BITS_KOTYPE } from "../ipc/ipc_object";

// Object types, as mach_port_kernel_object shows them.
export const IKOT_NONE: u32 = 0;
export const IKOT_THREAD: u32 = 1;
export const IKOT_TASK: u32 = 2;
export const IKOT_HOST: u32 = 3;
export const IKOT_HOST_PRIV: u32 = 4;
export const IKOT_PROCESSOR: u32 = 5;
export const IKOT_PSET: u32 = 6;
export const IKOT_PSET_NAME: u32 = 7;
export const IKOT_PAGER: u32 = 8;
/** A memory object's control port. */
export const IKOT_PAGING_REQUEST: u32 = 9;
export const IKOT_DEVICE: u32 = 10;
/** A memory object's name port. */
export const IKOT_PAGING_NAME: u32 = 16;
export const IKOT_MASTER_DEVICE: u32 = 19;

/** Makes the port stand for `kobject`. IKOT_NONE with 0 ends that. */
export function ipc_kobject_set(port: IpcPort, kobject: usize, type: u32): void {
  port.bits = (port.bits & ~IO_BITS_KOTYPE) | type;
  port.kobject = kobject;
}

/** The object of type `type` behind `port`; 0 for any other port, null and dead ones included. */
export function ipc_kobject_get(port: IpcPort, type: u32): usize {
  return IP_VALID(port) && ip_active(port) && ip_kotype(port) == type ? port.kobject : 0;
}

/** Serves a request (consumed) to a kernel port; returns the reply to send, or null. */
export function ipc_kobject_server(request: IpcKmsg): IpcKmsg {
  ipc_kmsg_destroy(request);
  return IKM_NULL;
}
