// The mach_port_* calls. `space` may be null or dead (KERN_INVALID_TASK). Out-parameters are kernel addresses of u32
// cells; a port that is handed in is consumed on success only.
import {
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_CAPABILITY,
  KERN_INVALID_HOST,
  KERN_INVALID_NAME,
  KERN_INVALID_RIGHT,
  KERN_INVALID_TASK,
  KERN_INVALID_VALUE,
  KERN_NAME_EXISTS,
  KERN_NO_SPACE,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_PORT_SEND_ONCE } from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_NOTIFY_NO_SENDERS,
  MACH_NOTIFY_PORT_DESTROYED,
  MACH_PORT_KTYPE_NONE,
  MACH_PORT_KTYPE_USER_DEVICE,
  MACH_PORT_NULL,
  MACH_PORT_QLIMIT_MAX,
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_NUMBER,
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_RIGHT_SEND_ONCE,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_SEND_RECEIVE,
  PORT_STATUS_MSCOUNT,
  PORT_STATUS_MSGCOUNT,
  PORT_STATUS_NSREQUEST,
  PORT_STATUS_PDREQUEST,
  PORT_STATUS_PSET,
  PORT_STATUS_QLIMIT,
  PORT_STATUS_SEQNO,
  PORT_STATUS_SORIGHTS,
  PORT_STATUS_SRIGHTS,
} from "../../abi/mach_port";
import { stackAlloc } from "../../guest/i386";
import { kalloc, kfree } from "../kern/zone";
import { vm_map_copyin_kernel, vm_map_copy_discard, VmMapCopy } from "../vm/vm_map_copy";
import { ipc_object_copyin, ipc_object_copyout_name, ipc_port_translate_receive } from "./ipc_copyin";
import {
  ie_type,
  IE_NULL,
  ipc_entry_alloc,
  ipc_entry_alloc_name,
  ipc_entry_lookup,
  ipc_entry_next,
  IpcEntry,
} from "./ipc_entry";
import { ipc_mqueue_limit_changed } from "./ipc_mqueue";
import { IO_BITS_KOTYPE } from "./ipc_object";
import {
  IP_DEAD,
  ip_kotype,
  IP_NULL,
  IP_VALID,
  ipc_port_alloc,
  ipc_port_alloc_name,
  ipc_port_dnrequest_info,
  ipc_port_nsrequest,
  ipc_port_pdrequest,
  IpcPort,
} from "./ipc_port";
import { ipc_pset_alloc, ipc_pset_move, ipc_pset_names, IPS_NULL, IpcPset } from "./ipc_pset";
import {
  ipc_object_copyin_type,
  is_disposition,
  ipc_right_dealloc,
  ipc_right_check,
  ipc_right_delta,
  ipc_right_destroy,
  ipc_right_dnrequest,
  ipc_right_rename,
  ipc_right_type,
  ipc_right_urefs,
} from "./ipc_right";
import { IS_NULL, IpcSpace } from "./ipc_space";

/** Names that can denote a right. */
function legal_name(name: u32): bool {
  return name + 1 > 1;
}

/** Looks up the entry of `name`; stores it at `result`. */
function find(space: IpcSpace, name: u32, result: usize): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  const entry = ipc_entry_lookup(space, name);
  if (entry == IE_NULL) return KERN_INVALID_NAME;
  store<usize>(result, changetype<usize>(entry));
  return KERN_SUCCESS;
}

/** Looks up the port of receive right `name`; stores it at `result`. */
function find_receive(space: IpcSpace, name: u32, result: usize): i32 {
  return space == IS_NULL ? KERN_INVALID_TASK : ipc_port_translate_receive(space, name, result);
}

/** Out-of-line array of `count` words in `buffer` (of `room` words, freed here); stores VmMapCopy and count. */
function give_words(buffer: usize, room: u32, count: u32, data: usize, dataCount: usize): i32 {
  const kr = vm_map_copyin_kernel(buffer, count << 2, data);
  if (buffer) kfree(buffer, room << 2);
  store<u32>(dataCount, count);
  return kr;
}

/** All names of the space and their types, as two out-of-line arrays. */
export function mach_port_names(
  space: IpcSpace,
  names: usize,
  namesCount: usize,
  types: usize,
  typesCount: usize,
): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  const room = space.size;
  const nameWords = room ? kalloc(room << 2) : 0;
  const typeWords = room ? kalloc(room << 2) : 0;
  if (room && (nameWords == 0 || typeWords == 0)) {
    if (nameWords) kfree(nameWords, room << 2);
    if (typeWords) kfree(typeWords, room << 2);
    return KERN_RESOURCE_SHORTAGE;
  }
  let count: u32 = 0;
  let entry = ipc_entry_next(space, 1);
  while (entry != IE_NULL && count < room) {
    if (ie_type(entry)) {
      store<u32>(nameWords + ((<usize>count) << 2), entry.name);
      store<u32>(typeWords + ((<usize>count) << 2), ipc_right_type(space, entry));
      count++;
    }
    entry = ipc_entry_next(space, entry.name + 1);
  }
  store<usize>(names, 0);
  const first = give_words(nameWords, room, count, names, namesCount);
  const second = give_words(typeWords, room, count, types, typesCount);
  if (first == KERN_SUCCESS && second == KERN_SUCCESS) return KERN_SUCCESS;
  if (first == KERN_SUCCESS) vm_map_copy_discard(changetype<VmMapCopy>(load<usize>(names)));
  if (second == KERN_SUCCESS) vm_map_copy_discard(changetype<VmMapCopy>(load<usize>(types)));
  return KERN_RESOURCE_SHORTAGE;
}

export function mach_port_type(space: IpcSpace, name: u32, type: usize): i32 {
  const kr = find(space, name, type);
  if (kr == KERN_SUCCESS) store<u32>(type, ipc_right_type(space, changetype<IpcEntry>(load<usize>(type))));
  return kr;
}

export function mach_port_rename(space: IpcSpace, oldName: u32, newName: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find(space, oldName, cell);
  if (kr == KERN_INVALID_TASK) return kr;
  if (!legal_name(newName)) return KERN_INVALID_VALUE;
  if (kr != KERN_SUCCESS) return kr;
  const entry = changetype<IpcEntry>(load<usize>(cell));
  const target = ipc_entry_alloc_name(space, newName);
  if (target == IE_NULL) return KERN_RESOURCE_SHORTAGE;
  if (ie_type(target)) {
    ipc_right_check(space, target);
    return KERN_NAME_EXISTS;
  }
  ipc_right_check(space, entry);
  ipc_right_rename(space, entry, target);
  return KERN_SUCCESS;
}

/** A new receive right, port set or dead name; `name` 0: under a fresh name, which is stored at `result`. */
function allocate(space: IpcSpace, right: u32, name: u32, result: usize): i32 {
  const cell = stackAlloc(4);
  switch (right) {
    case MACH_PORT_RIGHT_RECEIVE:
      return name ? ipc_port_alloc_name(space, name) : ipc_port_alloc(space, result, cell);
    case MACH_PORT_RIGHT_PORT_SET:
      return ipc_pset_alloc(space, name, result);
    case MACH_PORT_RIGHT_DEAD_NAME:
      return allocate_dead_name(space, name, result);
    default:
      return KERN_INVALID_VALUE;
  }
}

/** Rights that come out of nothing. */
function allocatable(right: u32): bool {
  return (
    right == MACH_PORT_RIGHT_RECEIVE ||
    right == MACH_PORT_RIGHT_PORT_SET ||
    right == MACH_PORT_RIGHT_DEAD_NAME
  );
}

function allocate_dead_name(space: IpcSpace, name: u32, result: usize): i32 {
  const entry: IpcEntry = name ? ipc_entry_alloc_name(space, name) : ipc_entry_alloc(space);
  if (entry == IE_NULL) return name ? KERN_RESOURCE_SHORTAGE : KERN_NO_SPACE;
  entry.bits = MACH_PORT_TYPE_DEAD_NAME | 1;
  store<u32>(result, entry.name);
  return KERN_SUCCESS;
}

export function mach_port_allocate_name(space: IpcSpace, right: u32, name: u32): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (!legal_name(name)) return KERN_INVALID_VALUE;
  if (!allocatable(right)) return KERN_INVALID_VALUE;
  const result = stackAlloc(4);
  if (ipc_entry_lookup(space, name) != IE_NULL) return KERN_NAME_EXISTS;
  return allocate(space, right, name, result);
}

export function mach_port_allocate(space: IpcSpace, right: u32, name: usize): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  return allocate(space, right, MACH_PORT_NULL, name);
}

export function mach_port_destroy(space: IpcSpace, name: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  if (kr == KERN_SUCCESS) ipc_right_destroy(space, changetype<IpcEntry>(load<usize>(cell)));
  return kr;
}

export function mach_port_deallocate(space: IpcSpace, name: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  return kr == KERN_SUCCESS ? ipc_right_dealloc(space, changetype<IpcEntry>(load<usize>(cell))) : kr;
}

export function mach_port_get_refs(space: IpcSpace, name: u32, right: u32, refs: usize): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (right >= <u32>MACH_PORT_RIGHT_NUMBER) return KERN_INVALID_VALUE;
  const kr = find(space, name, refs);
  if (kr == KERN_SUCCESS)
    store<u32>(refs, ipc_right_urefs(space, changetype<IpcEntry>(load<usize>(refs)), right));
  return kr;
}

export function mach_port_mod_refs(space: IpcSpace, name: u32, right: u32, delta: i32): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (right >= <u32>MACH_PORT_RIGHT_NUMBER) return KERN_INVALID_VALUE;
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  return kr == KERN_SUCCESS
    ? ipc_right_delta(space, changetype<IpcEntry>(load<usize>(cell)), right, delta)
    : kr;
}

export function mach_port_set_qlimit(space: IpcSpace, name: u32, limit: u32): i32 {
  const cell = stackAlloc(4);
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (limit > <u32>MACH_PORT_QLIMIT_MAX) return KERN_INVALID_VALUE;
  const kr = find_receive(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const port = changetype<IpcPort>(load<usize>(cell));
  port.qlimit = limit;
  ipc_mqueue_limit_changed(port);
  return KERN_SUCCESS;
}

export function mach_port_set_mscount(space: IpcSpace, name: u32, mscount: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find_receive(space, name, cell);
  if (kr == KERN_SUCCESS) changetype<IpcPort>(load<usize>(cell)).mscount = mscount;
  return kr;
}

export function mach_port_set_seqno(space: IpcSpace, name: u32, seqno: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find_receive(space, name, cell);
  if (kr == KERN_SUCCESS) changetype<IpcPort>(load<usize>(cell)).seqno = seqno;
  return kr;
}

function set_payload(space: IpcSpace, name: u32, payload: u32, has: u32): i32 {
  const cell = stackAlloc(4);
  const kr = find_receive(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const port = changetype<IpcPort>(load<usize>(cell));
  port.protected_payload = payload;
  port.has_protected_payload = has;
  return KERN_SUCCESS;
}

export function mach_port_set_protected_payload(space: IpcSpace, name: u32, payload: u32): i32 {
  return set_payload(space, name, payload, 1);
}

export function mach_port_clear_protected_payload(space: IpcSpace, name: u32): i32 {
  return set_payload(space, name, 0, 0);
}

/** The names of a set's members, as an out-of-line array. */
export function mach_port_get_set_status(space: IpcSpace, name: u32, members: usize, count: usize): i32 {
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const entry = changetype<IpcEntry>(load<usize>(cell));
  if (ie_type(entry) != MACH_PORT_TYPE_PORT_SET) return KERN_INVALID_RIGHT;
  const pset = changetype<IpcPset>(entry.object);
  const number = ipc_pset_names(pset, 0, 0);
  const buffer = number ? kalloc(number << 2) : 0;
  if (number && buffer == 0) return KERN_RESOURCE_SHORTAGE;
  ipc_pset_names(pset, buffer, number);
  return give_words(buffer, number, number, members, count);
}

/** Puts receive right `member` into set `after`, or (0) out of any set. */
export function mach_port_move_member(space: IpcSpace, member: u32, after: u32): i32 {
  const cell = stackAlloc(4);
  let kr = find_receive(space, member, cell);
  if (kr != KERN_SUCCESS) return kr;
  const port = changetype<IpcPort>(load<usize>(cell));
  let pset = IPS_NULL;
  if (after != MACH_PORT_NULL) {
    kr = find(space, after, cell);
    if (kr != KERN_SUCCESS) return kr;
    const entry = changetype<IpcEntry>(load<usize>(cell));
    if (ie_type(entry) != MACH_PORT_TYPE_PORT_SET) return KERN_INVALID_RIGHT;
    pset = changetype<IpcPset>(entry.object);
  }
  return ipc_pset_move(port, pset);
}

/** `notify`: a right of type `type` (only send-once is good) or null; stores the previous request's at `previous`. */
export function mach_port_request_notification(
  space: IpcSpace,
  name: u32,
  id: u32,
  sync: u32,
  notify: IpcPort,
  type: u32,
  previous: usize,
): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (notify == IP_DEAD) return KERN_INVALID_CAPABILITY;
  if (notify != IP_NULL && type != MACH_MSG_TYPE_PORT_SEND_ONCE) return KERN_INVALID_CAPABILITY;
  const cell = stackAlloc(4);
  let kr: i32;
  if (id == MACH_NOTIFY_DEAD_NAME) {
    kr = find(space, name, cell);
    if (kr != KERN_SUCCESS) return kr;
    return ipc_right_dnrequest(space, changetype<IpcEntry>(load<usize>(cell)), sync != 0, notify, previous);
  }
  if (id != MACH_NOTIFY_NO_SENDERS && id != MACH_NOTIFY_PORT_DESTROYED) return KERN_INVALID_VALUE;
  if (id == MACH_NOTIFY_PORT_DESTROYED && sync != 0) return KERN_INVALID_VALUE;
  kr = find_receive(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const port = changetype<IpcPort>(load<usize>(cell));
  const old =
    id == MACH_NOTIFY_NO_SENDERS ? ipc_port_nsrequest(port, sync, notify) : ipc_port_pdrequest(port, notify);
  store<usize>(previous, changetype<usize>(old));
  return KERN_SUCCESS;
}

/** Gives the space right `port` of `type` (MACH_MSG_TYPE_PORT_*) under `name`. */
export function mach_port_insert_right(space: IpcSpace, name: u32, port: IpcPort, type: u32): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (!legal_name(name) || !is_disposition(type)) return KERN_INVALID_VALUE;
  if (!IP_VALID(port)) return KERN_INVALID_CAPABILITY;
  return ipc_object_copyout_name(space, port, type, false, name);
}

/** Takes a right by `disposition`; stores the port at `port` and the right's type at `type`. */
export function mach_port_extract_right(
  space: IpcSpace,
  name: u32,
  disposition: u32,
  port: usize,
  type: usize,
): i32 {
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (!is_disposition(disposition)) return KERN_INVALID_VALUE;
  const kr = ipc_object_copyin(space, name, disposition, port);
  if (kr == KERN_SUCCESS) store<u32>(type, ipc_object_copyin_type(disposition));
  return kr;
}

/** Writes the 9 words PORT_STATUS_* to `status`. */
export function mach_port_get_receive_status(space: IpcSpace, name: u32, status: usize): i32 {
  const cell = stackAlloc(4);
  const kr = find_receive(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const port = changetype<IpcPort>(load<usize>(cell));
  store<u32>(status, port.pset != IPS_NULL ? port.pset.name : MACH_PORT_NULL, PORT_STATUS_PSET);
  store<u32>(status, port.seqno, PORT_STATUS_SEQNO);
  store<u32>(status, port.mscount, PORT_STATUS_MSCOUNT);
  store<u32>(status, port.qlimit, PORT_STATUS_QLIMIT);
  store<u32>(status, port.msgcount, PORT_STATUS_MSGCOUNT);
  store<u32>(status, port.sorights, PORT_STATUS_SORIGHTS);
  store<u32>(status, port.srights > 0 ? 1 : 0, PORT_STATUS_SRIGHTS);
  store<u32>(status, port.pdrequest != IP_NULL ? 1 : 0, PORT_STATUS_PDREQUEST);
  store<u32>(status, port.nsrequest != IP_NULL ? 1 : 0, PORT_STATUS_NSREQUEST);
  return KERN_SUCCESS;
}

// --- mach_debug ---

export function mach_port_get_srights(space: IpcSpace, name: u32, srights: usize): i32 {
  const kr = find_receive(space, name, srights);
  if (kr == KERN_SUCCESS) store<u32>(srights, changetype<IpcPort>(load<usize>(srights)).srights);
  return kr;
}

export function mach_port_dnrequest_info(space: IpcSpace, name: u32, total: usize, used: usize): i32 {
  const kr = find_receive(space, name, total);
  if (kr == KERN_SUCCESS) ipc_port_dnrequest_info(changetype<IpcPort>(load<usize>(total)), total, used);
  return kr;
}

/** What kind of kernel object the port of a send or receive right stands for, and where that is. */
export function mach_port_kernel_object(space: IpcSpace, name: u32, type: usize, address: usize): i32 {
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const entry = changetype<IpcEntry>(load<usize>(cell));
  ipc_right_check(space, entry);
  if ((ie_type(entry) & MACH_PORT_TYPE_SEND_RECEIVE) == 0) return KERN_INVALID_RIGHT;
  const port = changetype<IpcPort>(entry.object);
  store<u32>(type, ip_kotype(port));
  store<u32>(address, <u32>port.kobject);
  return KERN_SUCCESS;
}

/** Marks a port of the user's as a device that a server implements, or as none. `host`: 0 without the privileged host port. */
export function mach_port_set_ktype(host: u32, space: IpcSpace, name: u32, right: u32, ktype: u32): i32 {
  if (host == 0) return KERN_INVALID_HOST;
  if (space == IS_NULL || !space.active) return KERN_INVALID_TASK;
  if (ktype != MACH_PORT_KTYPE_NONE && ktype != MACH_PORT_KTYPE_USER_DEVICE) return KERN_INVALID_ARGUMENT;
  const cell = stackAlloc(4);
  const kr = find(space, name, cell);
  if (kr != KERN_SUCCESS) return kr;
  const entry = changetype<IpcEntry>(load<usize>(cell));
  if (right > <u32>MACH_PORT_RIGHT_SEND_ONCE || ipc_right_urefs(space, entry, right) == 0)
    return KERN_INVALID_RIGHT;
  const port = changetype<IpcPort>(entry.object);
  const now = ip_kotype(port);
  if (now != MACH_PORT_KTYPE_NONE && now != MACH_PORT_KTYPE_USER_DEVICE) return KERN_INVALID_ARGUMENT;
  port.bits = (port.bits & ~IO_BITS_KOTYPE) | ktype;
  return KERN_SUCCESS;
}
