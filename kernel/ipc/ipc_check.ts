// What must always hold of a name space and the ports it names.
import {
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_TYPE_SEND,
  MACH_PORT_TYPE_SEND_ONCE,
  MACH_PORT_TYPE_SEND_RECEIVE,
} from "../../abi/mach_port";
import { queue_first, queue_next } from "../kern/queue";
import { ie_type, ie_urefs, IE_NULL, ipc_entry_lookup, ipc_entry_next, IpcEntry } from "./ipc_entry";
import { ipc_hash_lookup } from "./ipc_hash";
import { IpcKmsg } from "./ipc_kmsg";
import { IO_NULL, target_messages } from "./ipc_object";
import { ip_active, IpcPort } from "./ipc_port";
import { IPS_NULL, IpcPset, pset_member, pset_members } from "./ipc_pset";
import { IpcSpace } from "./ipc_space";

/** 0 if the space is sound, else the number of the rule (the comments below) that the first bad entry breaks. */
export function ipc_space_invariants(space: IpcSpace): u32 {
  let used: u32 = 0;
  for (
    let entry = ipc_entry_next(space, 1);
    entry != IE_NULL;
    entry = ipc_entry_next(space, entry.name + 1)
  ) {
    if (!ie_type(entry)) continue;
    used++;
    const broken = entry_invariants(space, entry);
    if (broken) return broken;
  }
  // 1: the space knows how many entries are in use.
  if (used != space.size) return 1;
  return free_list_invariants(space);
}

function free_list_invariants(space: IpcSpace): u32 {
  let free: u32 = 0;
  for (let entry = space.free_list; entry != IE_NULL; entry = changetype<IpcEntry>(<usize>entry.request)) {
    // 2: entries of the free list are free.
    if (entry.bits || entry.object != IO_NULL) return 2;
    if (++free > space.free_count) return 3;
  }
  // 3: the list is as long as it says.
  return free == space.free_count ? 0 : 3;
}

function entry_invariants(space: IpcSpace, entry: IpcEntry): u32 {
  const type = ie_type(entry);
  // 4: the entry is found by its name, and belongs to this space.
  if (ipc_entry_lookup(space, entry.name) != entry || entry.space != space) return 4;
  if (type == MACH_PORT_TYPE_DEAD_NAME) {
    // 5: a dead name has references and no object.
    return ie_urefs(entry) > 0 && entry.object == IO_NULL && entry.request == 0 ? 0 : 5;
  }
  if (type == MACH_PORT_TYPE_PORT_SET) return pset_invariants(entry);
  // 6: no other combination of rights exists.
  if (type != MACH_PORT_TYPE_SEND_ONCE && (type & ~MACH_PORT_TYPE_SEND_RECEIVE) != 0) return 6;
  return port_invariants(space, entry, type);
}

function port_invariants(space: IpcSpace, entry: IpcEntry, type: u32): u32 {
  const port = changetype<IpcPort>(entry.object);
  if (port.refs == 0) return 7;
  // 8: user references are counted for send rights, 1 for send-once, 0 for receive.
  if (type & MACH_PORT_TYPE_SEND ? ie_urefs(entry) == 0 : ie_urefs(entry) > 1) return 8;
  if (!ip_active(port)) return type & MACH_PORT_TYPE_RECEIVE ? 9 : 0; // 9: a receive right's port lives.
  const receives = port.name == entry.name && port.receiver == space;
  // 10: the port knows who receives.
  if ((type & MACH_PORT_TYPE_RECEIVE) != 0 && !receives) return 10;
  if ((type & MACH_PORT_TYPE_SEND) != 0 && port.srights == 0) return 11;
  if (type == MACH_PORT_TYPE_SEND_ONCE && port.sorights == 0) return 12;
  // 13: a send right alone is in the reverse hash.
  if (type == MACH_PORT_TYPE_SEND && ipc_hash_lookup(space, port) != entry) return 13;
  return type & MACH_PORT_TYPE_RECEIVE ? queue_invariants(port) : 0;
}

function queue_invariants(port: IpcPort): u32 {
  const target = port.pset != IPS_NULL ? target_messages(port.pset) : target_messages(port);
  let count: u32 = 0;
  for (let link = queue_first(target); link != target; link = queue_next(link)) {
    if (changetype<IpcKmsg>(link).remote == port) count++;
  }
  // 14: the message count is right.
  return count == port.msgcount ? 0 : 14;
}

function pset_invariants(entry: IpcEntry): u32 {
  const pset = changetype<IpcPset>(entry.object);
  // 15: a set knows its name, and its members know the set.
  if (pset.name != entry.name) return 15;
  const head = pset_members(pset);
  for (let link = queue_first(head); link != head; link = queue_next(link)) {
    if (pset_member(link).pset != pset || !ip_active(pset_member(link))) return 15;
  }
  return 0;
}
