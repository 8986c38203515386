// Msg-accepted requests: a sender that found the queue full and asked (MACH_SEND_NOTIFY) is told when the message it
// forced in leaves the queue.
import { zalloc, zfree } from "../kern/zone";
import {
  MACH_SEND_INVALID_NOTIFY,
  MACH_SEND_NO_NOTIFY,
  MACH_SEND_NOTIFY_IN_PROGRESS,
} from "../../abi/mach_msg";
import { KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_PORT_TYPE_RECEIVE } from "../../abi/mach_port";
import { ipc_entry_lookup, ie_type, IE_NULL, IpcEntry } from "./ipc_entry";
import { ipc_notify_msg_accepted, ipc_notify_port_deleted } from "./ipc_notify";
import { IpcPort, ipc_port_make_sonce } from "./ipc_port";
import { ipc_right_reverse } from "./ipc_right";
import { IpcSpace } from "./ipc_space";
import { ipc_zones } from "./ipc_zones";

@unmanaged
export class IpcMarequest {
  /** The sender's entry for the port; null once that is gone. */
  entry: IpcEntry = IE_NULL;
  name!: u32;
  /** Send-once right that gets the notification. */
  soright: IpcPort = changetype<IpcPort>(0);
}

export const IMAR_NULL: IpcMarequest = changetype<IpcMarequest>(0);

/**
 * Makes a request for a message to `port` (to which `space` may have a send right) that notifies receive right
 * `notify`; stores the IpcMarequest at `result`.
 */
export function ipc_marequest_create(space: IpcSpace, port: IpcPort, notify: u32, result: usize): i32 {
  const notifyEntry = ipc_entry_lookup(space, notify);
  if (notifyEntry == IE_NULL || (ie_type(notifyEntry) & MACH_PORT_TYPE_RECEIVE) == 0)
    return MACH_SEND_INVALID_NOTIFY;
  const entry = ipc_right_reverse(space, port);
  if (entry != IE_NULL && entry.marequest != IMAR_NULL) return MACH_SEND_NOTIFY_IN_PROGRESS;
  const request = changetype<IpcMarequest>(zalloc(ipc_zones().marequest));
  if (request == IMAR_NULL) return MACH_SEND_NO_NOTIFY;
  request.soright = ipc_port_make_sonce(changetype<IpcPort>(notifyEntry.object));
  request.entry = entry;
  if (entry != IE_NULL) {
    request.name = entry.name;
    entry.marequest = request;
  }
  store<usize>(result, changetype<usize>(request));
  return KERN_SUCCESS;
}

/** The sender's entry goes away or stops being a right: it is told that the name is deleted, now. */
export function ipc_marequest_cancel(entry: IpcEntry): void {
  const request = entry.marequest;
  if (request == IMAR_NULL) return;
  entry.marequest = IMAR_NULL;
  request.entry = IE_NULL;
  const soright = request.soright;
  request.soright = changetype<IpcPort>(0);
  ipc_notify_port_deleted(soright, request.name);
}

/** The entry's contents moved to another entry. */
export function ipc_marequest_move(from: IpcEntry, to: IpcEntry): void {
  const request = from.marequest;
  from.marequest = IMAR_NULL;
  to.marequest = request;
  if (request != IMAR_NULL) request.entry = to;
}

/** The message left its queue. */
export function ipc_marequest_destroy(request: IpcMarequest): void {
  if (request.entry != IE_NULL) request.entry.marequest = IMAR_NULL;
  const soright = request.soright;
  if (soright != changetype<IpcPort>(0)) ipc_notify_msg_accepted(soright, request.name);
  zfree(ipc_zones().marequest, changetype<usize>(request));
}
