// Port sets: a receiver on a set takes the messages of all its members, in order of arrival.
import { enqueue_tail, queue_first, queue_init, queue_next, remqueue } from "../kern/queue";
import { zalloc, zfree } from "../kern/zone";
import { KERN_NO_SPACE, KERN_NOT_IN_SET, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_RCV_PORT_CHANGED, MACH_RCV_PORT_DIED } from "../../abi/mach_msg";
import { MACH_PORT_TYPE_PORT_SET } from "../../abi/mach_port";
import { ie_type, ipc_entry_alloc, ipc_entry_alloc_name, IE_NULL, IpcEntry } from "./ipc_entry";
import { ipc_mqueue_changed, ipc_mqueue_move } from "./ipc_mqueue";
import { IO_BITS_ACTIVE, IOT_PORT_SET, ipc_target_init, IpcTarget } from "./ipc_object";
import { IpcPort, port_pset_link } from "./ipc_port";
import { IpcSpace } from "./ipc_space";
import { ipc_zones } from "./ipc_zones";
import { kernel_assert } from "../kern/debug";

@unmanaged
export class IpcPset extends IpcTarget {
  /** List of member ports (link: pset_next, pset_prev). Members do not hold references: a dying port leaves its set. */
  members_next!: usize;
  members_prev!: usize;
}

export const IPS_NULL: IpcPset = changetype<IpcPset>(0);

export function pset_members(pset: IpcPset): usize {
  return changetype<usize>(pset) + offsetof<IpcPset>("members_next");
}

export function ips_active(pset: IpcPset): bool {
  return (pset.bits & IO_BITS_ACTIVE) != 0;
}

export function ips_release(pset: IpcPset): void {
  if (--pset.refs == 0) zfree(ipc_zones().pset, changetype<usize>(pset));
}

/** The member whose list link is at `link`. */
export function pset_member(link: usize): IpcPort {
  return changetype<IpcPort>(link - offsetof<IpcPort>("pset_next"));
}

/** A set under the fresh (`chosen` 0) or chosen name, which must not be in use; stores the name at `name`. */
export function ipc_pset_alloc(space: IpcSpace, chosen: u32, name: usize): i32 {
  const pset = changetype<IpcPset>(zalloc(ipc_zones().pset));
  if (pset == IPS_NULL) return KERN_RESOURCE_SHORTAGE;
  const entry: IpcEntry = chosen ? ipc_entry_alloc_name(space, chosen) : ipc_entry_alloc(space);
  if (entry == IE_NULL) {
    zfree(ipc_zones().pset, changetype<usize>(pset));
    return chosen ? KERN_RESOURCE_SHORTAGE : KERN_NO_SPACE;
  }
  kernel_assert(ie_type(entry) == 0, "ipc_pset_alloc: name in use");
  ipc_target_init(pset, IOT_PORT_SET, entry.name);
  queue_init(pset_members(pset));
  entry.bits = MACH_PORT_TYPE_PORT_SET;
  entry.object = pset;
  if (name) store<u32>(name, entry.name);
  return KERN_SUCCESS;
}

/** Puts a port that is in no set into `pset`; its waiting messages join the set's, its waiting receivers leave. */
export function ipc_pset_add(pset: IpcPset, port: IpcPort): void {
  port.pset = pset;
  enqueue_tail(pset_members(pset), port_pset_link(port));
  ipc_mqueue_changed(port, MACH_RCV_PORT_CHANGED);
  ipc_mqueue_move(pset, port, port);
}

/** Takes a member out of its set, with its messages. */
export function ipc_pset_remove(pset: IpcPset, port: IpcPort): void {
  remqueue(port_pset_link(port));
  port.pset = IPS_NULL;
  ipc_mqueue_move(port, pset, port);
}

/** Moves `port` into `pset`, or out of any set if that is null. */
export function ipc_pset_move(port: IpcPort, pset: IpcPset): i32 {
  const old = port.pset;
  if (old == pset) return pset == IPS_NULL ? KERN_NOT_IN_SET : KERN_SUCCESS;
  if (old != IPS_NULL) ipc_pset_remove(old, port);
  if (pset != IPS_NULL) ipc_pset_add(pset, port);
  return KERN_SUCCESS;
}

/** Ends a set: members leave, receivers hear that it died. Consumes the entry's reference. */
export function ipc_pset_destroy(pset: IpcPset): void {
  pset.bits &= ~IO_BITS_ACTIVE;
  for (;;) {
    const link = queue_first(pset_members(pset));
    if (link == pset_members(pset)) break;
    ipc_pset_remove(pset, pset_member(link));
  }
  ipc_mqueue_changed(pset, MACH_RCV_PORT_DIED);
  ips_release(pset);
}

/** Calls of mach_port_get_set_status: stores at most `limit` member names at `names`, returns how many there are. */
export function ipc_pset_names(pset: IpcPset, names: usize, limit: u32): u32 {
  let count: u32 = 0;
  const head = pset_members(pset);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    if (count < limit) store<u32>(names + ((<usize>count) << 2), pset_member(link).name);
    count++;
  }
  return count;
}
