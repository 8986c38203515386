// What the kernel tells pagers. IPC fills these in with generated user stubs; they must not block (a full queue of a
// pager does not stop the kernel: such messages are sent with MACH_SEND_ALWAYS or the like).
import { IpcPort } from "../ipc/ipc_port";

/** 2200. `control` and `name` are the kernel's ports; the message makes send rights from them. */
export function memory_object_init(pager: IpcPort, control: IpcPort, name: IpcPort, pageSize: u32): i32 {
  return unreachable();
}

/** 2201. Moves the receive rights of both ports to the pager. */
export function memory_object_terminate(pager: IpcPort, control: IpcPort, name: IpcPort): i32 {
  return unreachable();
}

/** 2203 */
export function memory_object_data_request(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  desiredAccess: u32,
): i32 {
  return unreachable();
}

/** 2204 */
export function memory_object_data_unlock(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  desiredAccess: u32,
): i32 {
  return unreachable();
}

/** 2206. Consumes the send-once right `replyTo`. */
export function memory_object_lock_completed(
  replyTo: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
): i32 {
  return unreachable();
}

/** 2207. Consumes the send-once right `replyTo`. */
export function memory_object_supply_completed(
  replyTo: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  result: i32,
  errorOffset: u32,
): i32 {
  return unreachable();
}

/** 2209. Consumes the send-once right `replyTo`. */
export function memory_object_change_completed(replyTo: IpcPort, mayCache: bool, copyStrategy: u32): i32 {
  return unreachable();
}
