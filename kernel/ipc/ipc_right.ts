// Rights in a name space: what each operation does to an entry and to the port behind it. The transitions are rows of
// a table (tools/rights/table.ts, shown in docs/ipc.md); this file carries rows out.
//
// An entry holds one reference to its port whatever combination of rights it has. A send right in an entry counts
// once in srights, however many user references it has.
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_CAPABILITY,
  KERN_INVALID_RIGHT,
  KERN_INVALID_VALUE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
  KERN_UREFS_OVERFLOW,
} from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_PORT_RECEIVE,
} from "../../abi/mach_msg";
import {
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_SEND_UREFS_MAX,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_DNREQUEST,
  MACH_PORT_TYPE_MAREQUEST,
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_TYPE_SEND,
  MACH_PORT_TYPE_SEND_ONCE,
  MACH_PORT_TYPE_SEND_RECEIVE,
  MACH_PORT_UREFS_MAX,
} from "../../abi/mach_port";
import {
  RIGHT_COPYOUT_RECEIVE,
  RIGHT_DEALLOCATE,
  RIGHT_DESTROY,
  RIGHT_MOD_REFS_SEND,
  RIGHT_PORT_DEATH,
  right_row,
  ROW_ENDS,
  ROW_MSCOUNT,
  ROW_OUT,
  ROW_REFERENCE,
  ROW_RELEASE,
  ROW_SORIGHT,
  ROW_SRIGHT,
  ROW_SRIGHT_LOST,
  ROW_TYPE,
  ROW_TYPE_SHIFT,
  ROW_UREF,
} from "../generated/rights.generated";
import {
  IE_BITS_TYPE_MASK,
  ie_type,
  ie_urefs,
  IE_NULL,
  ipc_entry_dealloc,
  ipc_entry_lookup,
  IpcEntry,
} from "./ipc_entry";
import { ipc_hash_delete, ipc_hash_insert, ipc_hash_lookup } from "./ipc_hash";
import { IMAR_NULL, ipc_marequest_cancel, ipc_marequest_move } from "./ipc_marequest";
import { ipc_notify_dead_name, ipc_notify_port_deleted, ipc_notify_send_once } from "./ipc_notify";
import { IO_NULL, IpcObject } from "./ipc_object";
import {
  ip_active,
  ip_reference,
  ip_release,
  IP_DEAD,
  IP_NULL,
  ipc_port_clear_destination,
  ipc_port_clear_receiver,
  ipc_port_destroy,
  ipc_port_dncancel,
  ipc_port_dnpeek,
  ipc_port_dnrename,
  ipc_port_dnrequest,
  ipc_port_drop_sright,
  IpcPort,
} from "./ipc_port";
import { ipc_pset_destroy, IpcPset } from "./ipc_pset";
import { IpcSpace } from "./ipc_space";

/** Types of entries that stand for a live or dead port. */
const TYPE_PORT_RIGHTS: u32 = MACH_PORT_TYPE_SEND_RECEIVE | MACH_PORT_TYPE_SEND_ONCE;

function entry_port(entry: IpcEntry): IpcPort {
  return changetype<IpcPort>(entry.object);
}

/** The entry of `space` that a send or receive right to `port` shares; null if there is none. */
export function ipc_right_reverse(space: IpcSpace, port: IpcPort): IpcEntry {
  if (!ip_active(port)) return IE_NULL;
  if (port.name != 0 && port.receiver == space) return ipc_entry_lookup(space, port.name);
  return ipc_hash_lookup(space, port);
}

/** Turns a right whose port has died into a dead name. True if it did; the entry is then of type DEAD_NAME. */
export function ipc_right_check(space: IpcSpace, entry: IpcEntry): bool {
  if ((ie_type(entry) & TYPE_PORT_RIGHTS) == 0 || ip_active(entry_port(entry))) return false;
  perform(space, entry, row_of(RIGHT_PORT_DEATH, entry));
  return true;
}

// --- Transitions: rows of the table of rights ---

/** The row of `operation` for an entry as it is; 0 if it cannot be done. */
function row_of(operation: u32, entry: IpcEntry): u32 {
  return right_row(operation, entry.bits, ie_urefs(entry) < 2);
}

/** Does to an entry and to the port behind it what a row says. What the row takes out is the caller's. */
function perform(space: IpcSpace, entry: IpcEntry, row: u32): void {
  const object = entry.object;
  if (row & ROW_REFERENCE) make_right(changetype<IpcPort>(object), row);
  if (row & ROW_UREF) entry.bits--;
  if ((row & ROW_TYPE) == 0) return;
  const type = ie_type(entry);
  become(space, entry, ((row >> ROW_TYPE_SHIFT) << 16) & IE_BITS_TYPE_MASK);
  if (row & ROW_OUT) ipc_port_clear_receiver(changetype<IpcPort>(object));
  if (row & ROW_SRIGHT_LOST) ipc_port_drop_sright(changetype<IpcPort>(object));
  if (row & ROW_ENDS) end_object(object, type);
  if (row & ROW_RELEASE) ip_release(changetype<IpcPort>(object));
}

/** One more right to the port, which is not the entry's. */
function make_right(port: IpcPort, row: u32): void {
  ip_reference(port);
  if (row & ROW_SRIGHT) port.srights++;
  if (row & ROW_SORIGHT) port.sorights++;
  if (row & ROW_MSCOUNT) port.mscount++;
}

/** The entry goes (type 0), becomes a dead name, or keeps one of two rights. */
function become(space: IpcSpace, entry: IpcEntry, type: u32): void {
  if (type == 0) {
    delete_entry(space, entry);
  } else if (type == MACH_PORT_TYPE_DEAD_NAME) {
    if (ie_type(entry) == MACH_PORT_TYPE_SEND) ipc_hash_delete(entry);
    become_dead_name(entry, ie_urefs(entry));
  } else if (type == MACH_PORT_TYPE_SEND) {
    entry.bits = type | ie_urefs(entry);
    ipc_hash_insert(entry);
  } else {
    entry.bits = type;
  }
}

/** Consumes the receive or send-once right, or the set, that an entry of `type` was. */
function end_object(object: IpcObject, type: u32): void {
  if (type == MACH_PORT_TYPE_SEND_ONCE) {
    ipc_notify_send_once(changetype<IpcPort>(object));
  } else if (type & MACH_PORT_TYPE_RECEIVE) {
    ipc_port_clear_receiver(changetype<IpcPort>(object));
    ipc_port_destroy(changetype<IpcPort>(object));
  } else {
    ipc_pset_destroy(changetype<IpcPset>(object));
  }
}

/** The reference to the port is the caller's to drop. The port's death answers (answered) a dead-name request. */
function become_dead_name(entry: IpcEntry, urefs: u32): void {
  ipc_marequest_cancel(entry);
  if (urefs == 0) urefs = 1;
  // The dead-name notification carries a reference.
  if (entry.request != 0 && urefs < <u32>MACH_PORT_UREFS_MAX) urefs++;
  entry.request = 0;
  entry.object = IO_NULL;
  entry.bits = MACH_PORT_TYPE_DEAD_NAME | urefs;
}

/** The send-once right of a port right's dead-name request, borrowed; null if there is none. */
export function ipc_right_dnrequested(entry: IpcEntry): IpcPort {
  return entry.request == 0 ? IP_NULL : ipc_port_dnpeek(entry_port(entry), entry.request);
}

/** The dead-name request of a port right is withdrawn; returns its send-once right or null. */
export function ipc_right_dncancel(entry: IpcEntry): IpcPort {
  const request = entry.request;
  if (request == 0) return IP_NULL;
  entry.request = 0;
  return ipc_port_dncancel(entry_port(entry), request);
}

/** Gives the name back; whoever asked to hear of a dead name hears that the name is deleted. */
function delete_entry(space: IpcSpace, entry: IpcEntry): void {
  const name = entry.name;
  const type = ie_type(entry);
  const soright = type & TYPE_PORT_RIGHTS ? ipc_right_dncancel(entry) : IP_NULL;
  ipc_marequest_cancel(entry);
  if (type == MACH_PORT_TYPE_SEND) ipc_hash_delete(entry);
  ipc_entry_dealloc(space, entry);
  if (soright != IP_NULL) ipc_notify_port_deleted(soright, name);
}

/** Destroys an entry with everything it has. */
export function ipc_right_destroy(space: IpcSpace, entry: IpcEntry): void {
  ipc_right_check(space, entry);
  perform(space, entry, row_of(RIGHT_DESTROY, entry));
}

/** Drops one user reference of a send, send-once or dead right. */
export function ipc_right_dealloc(space: IpcSpace, entry: IpcEntry): i32 {
  ipc_right_check(space, entry);
  const row = row_of(RIGHT_DEALLOCATE, entry);
  if (row == 0) return KERN_INVALID_RIGHT;
  perform(space, entry, row);
  return KERN_SUCCESS;
}

/** The bit an entry's type must have for mach_port_mod_refs of `right`. */
function right_type(right: u32): u32 {
  return (<u32>1) << (right + 16);
}

/** mach_port_mod_refs. */
export function ipc_right_delta(space: IpcSpace, entry: IpcEntry, right: u32, delta: i32): i32 {
  ipc_right_check(space, entry);
  // What becomes of the right when its references run out.
  const row = right_row(RIGHT_MOD_REFS_SEND + right, entry.bits, true);
  if (row == 0) return KERN_INVALID_RIGHT;
  if (delta == 0) return KERN_SUCCESS;
  if (right == MACH_PORT_RIGHT_SEND || right == MACH_PORT_RIGHT_DEAD_NAME) {
    const urefs = <i64>ie_urefs(entry) + delta;
    if (urefs < 0) return KERN_INVALID_VALUE;
    const most = right == MACH_PORT_RIGHT_SEND ? MACH_PORT_SEND_UREFS_MAX : MACH_PORT_UREFS_MAX;
    if (urefs > most) return KERN_UREFS_OVERFLOW;
    if (urefs != 0) entry.bits += delta;
    else perform(space, entry, row);
    return KERN_SUCCESS;
  }
  if (delta != -1) return KERN_INVALID_VALUE;
  perform(space, entry, row);
  return KERN_SUCCESS;
}

/** The type bits that mach_port_type shows. */
export function ipc_right_type(space: IpcSpace, entry: IpcEntry): u32 {
  ipc_right_check(space, entry);
  let type = ie_type(entry);
  if (entry.request != 0) type |= MACH_PORT_TYPE_DNREQUEST;
  if (entry.marequest != IMAR_NULL) type |= MACH_PORT_TYPE_MAREQUEST;
  return type;
}

/** User references of `right`; 0 if the entry lacks it. */
export function ipc_right_urefs(space: IpcSpace, entry: IpcEntry, right: u32): u32 {
  ipc_right_check(space, entry);
  if ((ie_type(entry) & right_type(right)) == 0) return 0;
  return right == MACH_PORT_RIGHT_SEND || right == MACH_PORT_RIGHT_DEAD_NAME ? ie_urefs(entry) : 1;
}

/**
 * mach_port_request_notification of a dead name. Takes over `notify` (null: withdraw) on success; stores the previous
 * request's send-once right (or null) at `previous`.
 */
export function ipc_right_dnrequest(
  space: IpcSpace,
  entry: IpcEntry,
  immediate: bool,
  notify: IpcPort,
  previous: usize,
): i32 {
  ipc_right_check(space, entry);
  const type = ie_type(entry);
  if (type & TYPE_PORT_RIGHTS) return replace_dnrequest(entry, notify, previous);
  if (type != MACH_PORT_TYPE_DEAD_NAME) return KERN_INVALID_RIGHT;
  if (!immediate || notify == IP_NULL) return KERN_INVALID_ARGUMENT;
  if (ie_urefs(entry) == MACH_PORT_UREFS_MAX) return KERN_UREFS_OVERFLOW;
  entry.bits++;
  store<usize>(previous, 0);
  ipc_notify_dead_name(notify, entry.name);
  return KERN_SUCCESS;
}

function replace_dnrequest(entry: IpcEntry, notify: IpcPort, previous: usize): i32 {
  const port = entry_port(entry);
  let request: u32 = 0;
  if (notify != IP_NULL) {
    request = ipc_port_dnrequest(port, entry.name, notify);
    if (request == 0) return KERN_RESOURCE_SHORTAGE;
  }
  store<usize>(previous, changetype<usize>(ipc_right_dncancel(entry)));
  entry.request = request;
  return KERN_SUCCESS;
}

// --- Into messages ---

/** MACH_MSG_TYPE_PORT_* that each disposition gives: from its first one on, a hexadecimal digit counted from 16. */
const COPYIN_GIVES: u32 = 0x211210;

/** Whether `type` is one of the dispositions that rights are sent by. */
export function is_disposition(type: u32): bool {
  return (
    type - MACH_MSG_TYPE_MOVE_RECEIVE <= <u32>(MACH_MSG_TYPE_MAKE_SEND_ONCE - MACH_MSG_TYPE_MOVE_RECEIVE)
  );
}

/** What a right taken by `disposition` is called in a message; other types stay what they are. */
export function ipc_object_copyin_type(disposition: u32): u32 {
  if (!is_disposition(disposition)) return disposition;
  const index = disposition - MACH_MSG_TYPE_MOVE_RECEIVE;
  return MACH_MSG_TYPE_PORT_RECEIVE + ((COPYIN_GIVES >> (index << 2)) & 3);
}

/** Whether ipc_right_copyin by a legal disposition would succeed. Dead names do for what needs a send or send-once right. */
export function ipc_right_copyin_check(space: IpcSpace, entry: IpcEntry, disposition: u32): bool {
  ipc_right_check(space, entry);
  return row_of(disposition - MACH_MSG_TYPE_MOVE_RECEIVE, entry) != 0;
}

/**
 * Takes a right by `disposition` out of an entry and stores the port, with the right and its reference now the
 * caller's, at `result` (IP_DEAD for a dead name). KERN_INVALID_RIGHT if the entry has no such right.
 */
export function ipc_right_copyin(space: IpcSpace, entry: IpcEntry, disposition: u32, result: usize): i32 {
  if (!is_disposition(disposition)) return KERN_INVALID_RIGHT;
  if (!ipc_right_copyin_check(space, entry, disposition)) return KERN_INVALID_RIGHT;
  store<usize>(result, changetype<usize>(ipc_right_take(space, entry, disposition)));
  return KERN_SUCCESS;
}

/** ipc_right_copyin after ipc_right_copyin_check said that it would succeed. */
export function ipc_right_take(space: IpcSpace, entry: IpcEntry, disposition: u32): IpcPort {
  const port: IpcPort = ie_type(entry) == MACH_PORT_TYPE_DEAD_NAME ? IP_DEAD : entry_port(entry);
  perform(space, entry, row_of(disposition - MACH_MSG_TYPE_MOVE_RECEIVE, entry));
  return port;
}

// --- Out of messages ---

/**
 * Puts a right (MACH_MSG_TYPE_PORT_*) and its reference into an entry: a fresh one of type 0, or for send and receive
 * rights the one that ipc_right_reverse gave. Consumes the right on success. With `overflow` a send right at the
 * maximum of user references is swallowed; else KERN_UREFS_OVERFLOW.
 */
export function ipc_right_copyout(
  space: IpcSpace,
  entry: IpcEntry,
  type: u32,
  overflow: bool,
  port: IpcPort,
): i32 {
  const row = row_of(RIGHT_COPYOUT_RECEIVE + (type - MACH_MSG_TYPE_PORT_RECEIVE), entry);
  if (row == 0) return KERN_INVALID_CAPABILITY;
  if (row & ROW_UREF) {
    if (ie_urefs(entry) < <u32>MACH_PORT_SEND_UREFS_MAX) entry.bits++;
    else if (!overflow) return KERN_UREFS_OVERFLOW;
  }
  if (row & ROW_TYPE) arrive(entry, ((row >> ROW_TYPE_SHIFT) << 16) & IE_BITS_TYPE_MASK, port);
  if (type == MACH_MSG_TYPE_PORT_RECEIVE) {
    ipc_port_clear_destination(port);
    port.receiver = space;
    port.name = entry.name;
  }
  if (row & ROW_SRIGHT_LOST) port.srights--; // the entry has one: never the last
  if (row & ROW_RELEASE) ip_release(port);
  return KERN_SUCCESS;
}

/** The entry gets the right that makes it one of `type`. */
function arrive(entry: IpcEntry, type: u32, port: IpcPort): void {
  const before = ie_type(entry);
  if (before == MACH_PORT_TYPE_SEND) ipc_hash_delete(entry);
  entry.object = port;
  const counts = (type & (MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_SEND_ONCE)) != 0;
  entry.bits = type | (counts ? max(ie_urefs(entry), 1) : 0);
  if (type == MACH_PORT_TYPE_SEND) ipc_hash_insert(entry);
}

/** Moves everything from `entry` to `target`, a fresh entry of the same space with another name. */
export function ipc_right_rename(space: IpcSpace, entry: IpcEntry, target: IpcEntry): void {
  const type = ie_type(entry);
  const port = entry_port(entry);
  if (entry.request != 0) ipc_port_dnrename(port, entry.request, target.name);
  ipc_marequest_move(entry, target);
  if (target.marequest != IMAR_NULL) target.marequest.name = target.name;
  if (type == MACH_PORT_TYPE_SEND) ipc_hash_delete(entry);
  target.bits = entry.bits;
  target.object = entry.object;
  target.request = entry.request;
  entry.request = 0;
  if (type == MACH_PORT_TYPE_SEND) ipc_hash_insert(target);
  else if (type & MACH_PORT_TYPE_RECEIVE) port.name = target.name;
  else if (type == MACH_PORT_TYPE_PORT_SET) changetype<IpcPset>(entry.object).name = target.name;
  ipc_entry_dealloc(space, entry);
}
