// Rights by name: from a space to the kernel and back.
import {
  KERN_INVALID_CAPABILITY,
  KERN_INVALID_NAME,
  KERN_INVALID_RIGHT,
  KERN_INVALID_TASK,
  KERN_RESOURCE_SHORTAGE,
  KERN_NAME_EXISTS,
  KERN_RIGHT_EXISTS,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_TYPE_PORT_SEND,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
} from "../../abi/mach_msg";
import { MACH_PORT_TYPE_RECEIVE } from "../../abi/mach_port";
import {
  ie_type,
  IE_NULL,
  ipc_entry_alloc,
  ipc_entry_alloc_name,
  ipc_entry_lookup,
  IpcEntry,
} from "./ipc_entry";
import { ipc_notify_send_once } from "./ipc_notify";
import { IO_VALID, IpcObject } from "./ipc_object";
import {
  ip_active,
  ip_release,
  ipc_port_clear_destination,
  ipc_port_release_receive,
  ipc_port_release_send,
  ipc_port_release_sonce,
  IpcPort,
} from "./ipc_port";
import { ipc_right_copyin, ipc_right_copyout, ipc_right_reverse } from "./ipc_right";
import { IpcSpace } from "./ipc_space";

/** Takes a right by `disposition` from `name`; stores the port (IO_DEAD for a dead name) at `result`. */
export function ipc_object_copyin(space: IpcSpace, name: u32, disposition: u32, result: usize): i32 {
  if (!space.active) return KERN_INVALID_TASK;
  const entry = ipc_entry_lookup(space, name);
  if (entry == IE_NULL) return KERN_INVALID_NAME;
  return ipc_right_copyin(space, entry, disposition, result);
}

/**
 * Gives a right (MACH_MSG_TYPE_PORT_*) to a space and stores its name at `name`. Consumes the right on success only.
 * KERN_INVALID_CAPABILITY for a dead port, KERN_UREFS_OVERFLOW without `overflow`.
 */
export function ipc_object_copyout(
  space: IpcSpace,
  port: IpcPort,
  type: u32,
  overflow: bool,
  name: usize,
): i32 {
  if (!space.active) return KERN_INVALID_TASK;
  if (!ip_active(port)) return KERN_INVALID_CAPABILITY;
  let entry: IpcEntry = type == MACH_MSG_TYPE_PORT_SEND_ONCE ? IE_NULL : ipc_right_reverse(space, port);
  if (entry == IE_NULL) {
    entry = ipc_entry_alloc(space);
    if (entry == IE_NULL) return KERN_RESOURCE_SHORTAGE;
  }
  const kr = ipc_right_copyout(space, entry, type, overflow, port);
  if (kr == KERN_SUCCESS) store<u32>(name, entry.name);
  return kr;
}

/** As ipc_object_copyout under a chosen, legal name. */
export function ipc_object_copyout_name(
  space: IpcSpace,
  port: IpcPort,
  type: u32,
  overflow: bool,
  name: u32,
): i32 {
  if (!space.active) return KERN_INVALID_TASK;
  if (!ip_active(port)) return KERN_INVALID_CAPABILITY;
  const used = ipc_entry_lookup(space, name);
  const known = type == MACH_MSG_TYPE_PORT_SEND_ONCE ? IE_NULL : ipc_right_reverse(space, port);
  if (known != IE_NULL && known != used) return KERN_RIGHT_EXISTS;
  if (known == IE_NULL && used != IE_NULL) return KERN_NAME_EXISTS;
  const entry = ipc_entry_alloc_name(space, name);
  if (entry == IE_NULL) return KERN_RESOURCE_SHORTAGE;
  return ipc_right_copyout(space, entry, type, overflow, port);
}

/** Throws a right of a message or of the kernel away, with what its loss entails. Null and dead are fine. */
export function ipc_object_destroy(object: IpcObject, type: u32): void {
  if (!IO_VALID(object)) return;
  const port = changetype<IpcPort>(object);
  switch (type) {
    case MACH_MSG_TYPE_PORT_SEND:
      ipc_port_release_send(port);
      break;
    case MACH_MSG_TYPE_PORT_SEND_ONCE:
      if (ip_active(port)) ipc_notify_send_once(port);
      else ip_release(port);
      break;
    case MACH_MSG_TYPE_PORT_RECEIVE:
      ipc_port_clear_destination(port);
      ipc_port_release_receive(port);
      break;
  }
}

/**
 * The receiver of a message gets its own name for the destination's right, which is used up: 0 unless the receive
 * right is in `space`.
 */
export function ipc_object_copyout_dest(space: IpcSpace, port: IpcPort, type: u32): u32 {
  const name: u32 = ip_active(port) && port.receiver == space ? port.name : 0;
  if (type == MACH_MSG_TYPE_PORT_SEND) ipc_port_release_send(port);
  else if (name) ipc_port_release_sonce(port);
  else ipc_object_destroy(port, type);
  return name;
}

/** The port behind a receive right, borrowed; stores it at `result`. */
export function ipc_port_translate_receive(space: IpcSpace, name: u32, result: usize): i32 {
  if (!space.active) return KERN_INVALID_TASK;
  const entry = ipc_entry_lookup(space, name);
  if (entry == IE_NULL) return KERN_INVALID_NAME;
  if ((ie_type(entry) & MACH_PORT_TYPE_RECEIVE) == 0) return KERN_INVALID_RIGHT;
  store<usize>(result, changetype<usize>(entry.object));
  return KERN_SUCCESS;
}
