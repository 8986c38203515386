// Ports: queues of messages with one receiver and counted rights to send.
//
// References: one for each name space entry, each right in a message and each right the kernel keeps; the receive
// right is one of them. srights and sorights count the send and send-once rights among them.
import { kernel_assert } from "../kern/debug";
import { dequeue_head, queue_init } from "../kern/queue";
import { ipc_kobject_no_senders } from "../kern/ipc_kobject";
import { Thread } from "../kern/thread";
import { thread_go } from "../kern/sched";
import { kalloc, kfree, zalloc, zfree } from "../kern/zone";
import { vm_object_pager_died } from "../vm/vm_pager";
import { KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSG_SUCCESS } from "../../abi/mach_msg";
import { MACH_PORT_QLIMIT_DEFAULT, MACH_PORT_TYPE_RECEIVE } from "../../abi/mach_port";
import { ipc_entry_alloc, ipc_entry_alloc_name, ie_type, IE_NULL, IpcEntry } from "./ipc_entry";
import { ipc_kmsg_destroy, IpcKmsg } from "./ipc_kmsg";
import { IMAR_NULL, ipc_marequest_destroy } from "./ipc_marequest";
import { ipc_mqueue_changed } from "./ipc_mqueue";
import {
  ipc_notify_dead_name,
  ipc_notify_no_senders,
  ipc_notify_port_destroyed,
  ipc_notify_send_once,
} from "./ipc_notify";
import {
  ipc_target_init,
  IO_BITS_ACTIVE,
  IO_BITS_KOTYPE,
  IOT_PORT,
  IpcTarget,
  target_messages,
} from "./ipc_object";
import { ipc_pset_remove, IpcPset } from "./ipc_pset";
import { ipc_space_kernel, IpcSpace } from "./ipc_space";
import { ith_from_link } from "./ipc_thread";
import { ipc_zones } from "./ipc_zones";
import { MACH_RCV_PORT_DIED } from "../../abi/mach_msg";

@unmanaged
export class IpcPort extends IpcTarget {
  /** The space with the receive right; while the right is in a message (name == 0), the port that goes to, or null. */
  receiver: IpcSpace = changetype<IpcSpace>(0);
  mscount!: u32;
  srights!: u32;
  sorights!: u32;
  /** Send-once rights for the no-senders and the port-destroyed notification. */
  nsrequest: IpcPort = changetype<IpcPort>(0);
  pdrequest: IpcPort = changetype<IpcPort>(0);
  /** Table of dead-name requests, 0 without any; see below. */
  dnrequests!: usize;
  /** The set the port is a member of, and the link in its list of members. */
  pset: IpcPset = changetype<IpcPset>(0);
  pset_next!: usize;
  pset_prev!: usize;
  seqno!: u32;
  /** Messages queued, here or in the set's queue. */
  msgcount!: u32;
  qlimit!: u32;
  /** Queue of threads that wait to send (link: ith_next, ith_prev). */
  blocked_next!: usize;
  blocked_prev!: usize;
  /** What the port stands for in the kernel (IO_BITS_KOTYPE says of which kind). */
  kobject!: usize;
  protected_payload!: u32;
  has_protected_payload!: u32;
}

export const IP_NULL: IpcPort = changetype<IpcPort>(0);
export const IP_DEAD: IpcPort = changetype<IpcPort>(0xffffffff);

export function IP_VALID(port: IpcPort): bool {
  return changetype<usize>(port) + 1 > 1;
}

export function ip_active(port: IpcPort): bool {
  return (port.bits & IO_BITS_ACTIVE) != 0;
}

export function ip_kotype(port: IpcPort): u32 {
  return port.bits & IO_BITS_KOTYPE;
}

export function ip_reference(port: IpcPort): void {
  port.refs++;
}

/** Drops a reference; the last one frees the port. Mach's name is ipc_port_release. */
export function ip_release(port: IpcPort): void {
  if (--port.refs == 0) {
    kernel_assert(
      !ip_active(port) && port.dnrequests == 0,
      "ip_release: a port that lives has no references",
    );
    zfree(ipc_zones().port, changetype<usize>(port));
  }
}

/** Where the port's messages and its receivers wait. */
export function ip_mqueue(port: IpcPort): IpcTarget {
  return changetype<usize>(port.pset) != 0 ? port.pset : port;
}

/** The port that a receive right in a message travels to. */
export function ip_destination(port: IpcPort): IpcPort {
  return changetype<IpcPort>(port.receiver);
}

export function ip_set_destination(port: IpcPort, destination: IpcPort): void {
  port.receiver = changetype<IpcSpace>(destination);
}

export function port_blocked(port: IpcPort): usize {
  return changetype<usize>(port) + offsetof<IpcPort>("blocked_next");
}

export function port_pset_link(port: IpcPort): usize {
  return changetype<usize>(port) + offsetof<IpcPort>("pset_next");
}

/** Prepares a zeroed port received under `name` in `space`. */
function ipc_port_init(port: IpcPort, space: IpcSpace, name: u32): void {
  ipc_target_init(port, IOT_PORT, name);
  port.receiver = space;
  port.qlimit = MACH_PORT_QLIMIT_DEFAULT;
  queue_init(port_blocked(port));
}

/** A port received in one of the special spaces, with one reference; null when memory is short. */
export function ipc_port_alloc_special(space: IpcSpace): IpcPort {
  const port = changetype<IpcPort>(zalloc(ipc_zones().port));
  // Any name but 0 says that the receive right is not in a message.
  if (port != IP_NULL) ipc_port_init(port, space, 1);
  return port;
}

/** A port whose receiver is the kernel. */
export function ipc_port_alloc_kernel(): IpcPort {
  return ipc_port_alloc_special(ipc_space_kernel());
}

/** Ends a port of a special space: it dies, and its receive right's reference goes. */
export function ipc_port_dealloc_special(port: IpcPort): void {
  port.name = 0;
  port.receiver = changetype<IpcSpace>(0);
  ipc_port_kill(port);
}

export function ipc_port_dealloc_kernel(port: IpcPort): void {
  ipc_port_dealloc_special(port);
}

/** A port with its receive right under a fresh name of `space`; stores the IpcPort at `result`. */
export function ipc_port_alloc(space: IpcSpace, name: usize, result: usize): i32 {
  const port = changetype<IpcPort>(zalloc(ipc_zones().port));
  if (port == IP_NULL) return KERN_RESOURCE_SHORTAGE;
  const entry = ipc_entry_alloc(space);
  if (entry == IE_NULL) {
    zfree(ipc_zones().port, changetype<usize>(port));
    return KERN_NO_SPACE;
  }
  bind_receive(port, space, entry);
  store<u32>(name, entry.name);
  store<usize>(result, changetype<usize>(port));
  return KERN_SUCCESS;
}

/** As ipc_port_alloc under a chosen name. The name must be legal and not in use. */
export function ipc_port_alloc_name(space: IpcSpace, name: u32): i32 {
  const port = changetype<IpcPort>(zalloc(ipc_zones().port));
  if (port == IP_NULL) return KERN_RESOURCE_SHORTAGE;
  const entry = ipc_entry_alloc_name(space, name);
  if (entry == IE_NULL) {
    zfree(ipc_zones().port, changetype<usize>(port));
    return KERN_RESOURCE_SHORTAGE;
  }
  kernel_assert(ie_type(entry) == 0, "ipc_port_alloc_name: name in use");
  bind_receive(port, space, entry);
  return KERN_SUCCESS;
}

function bind_receive(port: IpcPort, space: IpcSpace, entry: IpcEntry): void {
  ipc_port_init(port, space, entry.name);
  entry.bits = MACH_PORT_TYPE_RECEIVE;
  entry.object = port;
}

// --- Counted rights. Each of these gives or takes one right with its reference. ---

/** Makes a send right; only for who has the receive right. */
export function ipc_port_make_send(port: IpcPort): IpcPort {
  port.mscount++;
  port.srights++;
  port.refs++;
  return port;
}

/** Copies a send right: the new one, or IP_DEAD if the port has died. Null and dead copy as themselves. */
export function ipc_port_copy_send(port: IpcPort): IpcPort {
  if (!IP_VALID(port)) return port;
  if (!ip_active(port)) return IP_DEAD;
  port.srights++;
  port.refs++;
  return port;
}

/** Gives up a send right; the last one of a port may send a no-senders notification. Null and dead are fine. */
export function ipc_port_release_send(port: IpcPort): void {
  if (!IP_VALID(port)) return;
  ipc_port_drop_sright(port);
  ip_release(port);
}

/** One of the port's send rights is gone, its reference not yet. With the last one, the kernel's object and who asked hear of it. */
export function ipc_port_drop_sright(port: IpcPort): void {
  if (!ip_active(port)) return;
  kernel_assert(port.srights > 0, "ipc_port_drop_sright: no send right");
  if (--port.srights != 0) return;
  if (port.receiver == ipc_space_kernel()) ipc_kobject_no_senders(port);
  const request = port.nsrequest;
  if (request == IP_NULL) return;
  port.nsrequest = IP_NULL;
  ipc_notify_no_senders(request, port.mscount);
}

export function ipc_port_make_sonce(port: IpcPort): IpcPort {
  port.sorights++;
  port.refs++;
  return port;
}

/** Gives up a send-once right without a notification: of a dead port, or because a message used it. */
export function ipc_port_release_sonce(port: IpcPort): void {
  if (ip_active(port)) {
    kernel_assert(port.sorights > 0, "ipc_port_release_sonce: no send-once right");
    port.sorights--;
  }
  ip_release(port);
}

/** Gives up a receive right that is in no space: the port dies, unless a port-destroyed request wants it. */
export function ipc_port_release_receive(port: IpcPort): void {
  port.name = 0;
  port.receiver = changetype<IpcSpace>(0);
  ipc_port_destroy(port);
}

/** Sends a no-senders notification to `notify` (a send-once right or null) as soon as there are no send rights; `sync`
 * bounds the make-send count from which on. Returns the previous request. */
export function ipc_port_nsrequest(port: IpcPort, sync: u32, notify: IpcPort): IpcPort {
  const previous = port.nsrequest;
  if (notify != IP_NULL && port.srights == 0 && sync <= port.mscount) {
    port.nsrequest = IP_NULL;
    ipc_notify_no_senders(notify, port.mscount);
  } else {
    port.nsrequest = notify;
  }
  return previous;
}

export function ipc_port_pdrequest(port: IpcPort, notify: IpcPort): IpcPort {
  const previous = port.pdrequest;
  port.pdrequest = notify;
  return previous;
}

// --- Dead-name requests: slot n is [name, send-once right]; a free slot is [next free, 0]. ---

// The first two slots are the table's own words.
const DN_SIZE: usize = 0;
const DN_FREE: usize = 4;
const DN_USED: usize = 8;
const DN_FIRST: u32 = 2;
const DN_INITIAL_SLOTS: u32 = 4;

function dn_slot(table: usize, index: u32): usize {
  return table + ((<usize>index) << 3);
}

/** A larger table; false when memory is short. */
function dn_grow(port: IpcPort): bool {
  const old = port.dnrequests;
  const oldSlots: u32 = old ? load<u32>(old, DN_SIZE) : DN_FIRST;
  const slots: u32 = old ? oldSlots * 2 : DN_INITIAL_SLOTS;
  const table = kalloc(slots << 3);
  if (table == 0) return false;
  memory.fill(table, 0, DN_FIRST << 3);
  if (old) {
    memory.copy(table, old, oldSlots << 3);
    kfree(old, oldSlots << 3);
  }
  store<u32>(table, slots, DN_SIZE);
  for (let i = slots - 1; i >= oldSlots; i--) {
    store<u32>(dn_slot(table, i), load<u32>(table, DN_FREE));
    store<u32>(table, i, DN_FREE);
  }
  port.dnrequests = table;
  return true;
}

/** Enters a request of a live port; returns its index, or 0 when memory is short. Takes over `soright`. */
export function ipc_port_dnrequest(port: IpcPort, name: u32, soright: IpcPort): u32 {
  if (port.dnrequests == 0 || load<u32>(port.dnrequests, DN_FREE) == 0) {
    if (!dn_grow(port)) return 0;
  }
  const table = port.dnrequests;
  const index = load<u32>(table, DN_FREE);
  const slot = dn_slot(table, index);
  store<u32>(table, load<u32>(slot), DN_FREE);
  store<u32>(table, load<u32>(table, DN_USED) + 1, DN_USED);
  store<u32>(slot, name);
  store<usize>(slot, changetype<usize>(soright), 4);
  return index;
}

/** The send-once right of a request, borrowed. */
export function ipc_port_dnpeek(port: IpcPort, index: u32): IpcPort {
  return changetype<IpcPort>(load<usize>(dn_slot(port.dnrequests, index), 4));
}

/** Takes the request out again and returns its send-once right. A table without requests goes. */
export function ipc_port_dncancel(port: IpcPort, index: u32): IpcPort {
  const table = port.dnrequests;
  const slot = dn_slot(table, index);
  const soright = changetype<IpcPort>(load<usize>(slot, 4));
  const used = load<u32>(table, DN_USED) - 1;
  if (used == 0) {
    port.dnrequests = 0;
    kfree(table, load<u32>(table, DN_SIZE) << 3);
    return soright;
  }
  store<u32>(slot, load<u32>(table, DN_FREE));
  store<usize>(slot, 0, 4);
  store<u32>(table, index, DN_FREE);
  store<u32>(table, used, DN_USED);
  return soright;
}

/** The entry that holds the request was renamed. */
export function ipc_port_dnrename(port: IpcPort, index: u32, name: u32): void {
  store<u32>(dn_slot(port.dnrequests, index), name);
}

function dn_notify_all(table: usize): void {
  const slots = load<u32>(table, DN_SIZE);
  for (let i = DN_FIRST; i < slots; i++) {
    const slot = dn_slot(table, i);
    const soright = changetype<IpcPort>(load<usize>(slot, 4));
    if (soright != IP_NULL) ipc_notify_dead_name(soright, load<u32>(slot));
  }
  kfree(table, slots << 3);
}

/** Slots and used slots of the table, for mach_port_dnrequest_info. */
export function ipc_port_dnrequest_info(port: IpcPort, total: usize, used: usize): void {
  const table = port.dnrequests;
  store<u32>(total, table ? load<u32>(table, DN_SIZE) - DN_FIRST : 0);
  store<u32>(used, table ? load<u32>(table, DN_USED) : 0);
}

// --- Death ---

/** No space has the receive right any more (name and receiver are cleared): takes the port out of its set first. */
export function ipc_port_clear_receiver(port: IpcPort): void {
  if (port.pset != changetype<IpcPset>(0)) ipc_pset_remove(port.pset, port);
  // A receiver that waits on the port itself finds it changed.
  ipc_mqueue_changed(port, MACH_RCV_PORT_DIED);
  port.mscount = 0;
  port.seqno = 0;
  port.name = 0;
  port.receiver = changetype<IpcSpace>(0);
}

/** Consumes the receive right of a port in limbo: a port-destroyed requester gets it, or the port dies. */
export function ipc_port_destroy(port: IpcPort): void {
  const request = port.pdrequest;
  if (request != IP_NULL) {
    port.pdrequest = IP_NULL;
    ipc_notify_port_destroyed(request, port);
    return;
  }
  ipc_port_kill(port);
}

/** The port dies: messages are destroyed, senders and requesters hear of it. Consumes the receive right's reference. */
function ipc_port_kill(port: IpcPort): void {
  if (port.pset != changetype<IpcPset>(0)) ipc_pset_remove(port.pset, port);
  ipc_mqueue_changed(port, MACH_RCV_PORT_DIED);
  port.bits &= ~IO_BITS_ACTIVE;
  vm_object_pager_died(port);
  const requests = port.dnrequests;
  port.dnrequests = 0;
  const nsrequest = port.nsrequest;
  port.nsrequest = IP_NULL;
  const pdrequest = port.pdrequest;
  port.pdrequest = IP_NULL;
  if (nsrequest != IP_NULL) ipc_notify_send_once(nsrequest);
  if (pdrequest != IP_NULL) ipc_notify_send_once(pdrequest);
  for (;;) {
    const link = dequeue_head(target_messages(port));
    if (link == 0) break;
    const kmsg = changetype<IpcKmsg>(link);
    if (kmsg.marequest != IMAR_NULL) ipc_marequest_destroy(kmsg.marequest);
    // The destination's right dies with the port.
    ip_release(port);
    kmsg.remote = IP_NULL;
    port.msgcount--;
    ipc_kmsg_destroy(kmsg);
  }
  for (;;) {
    const link = dequeue_head(port_blocked(port));
    if (link == 0) break;
    const thread: Thread = ith_from_link(link);
    thread.ith_state = MACH_MSG_SUCCESS;
    thread_go(thread);
  }
  if (requests) dn_notify_all(requests);
  ip_release(port);
}

/**
 * Would moving `port`'s receive right into a message to `destination` make a ring of ports nobody can receive from?
 * If not, notes the destination in the port (with a reference).
 */
export function ipc_port_check_circularity(port: IpcPort, destination: IpcPort): bool {
  let base = destination;
  while (base != IP_NULL && ip_active(base) && base.name == 0) {
    if (base == port) return true;
    base = ip_destination(base);
  }
  if (base == port) return true;
  ip_reference(destination);
  ip_set_destination(port, destination);
  return false;
}

/** A receive right that was in a message gets out of it: forgets the destination. */
export function ipc_port_clear_destination(port: IpcPort): void {
  const destination = ip_destination(port);
  port.receiver = changetype<IpcSpace>(0);
  if (destination != IP_NULL) ip_release(destination);
}
