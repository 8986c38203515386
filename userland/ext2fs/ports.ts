// The server's port sets, and the structures that its receive rights stand for, by name.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_TYPE_MAKE_SEND_ONCE } from "../../abi/mach_msg";
import {
  MACH_NOTIFY_NO_SENDERS,
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
} from "../../abi/mach_port";
import {
  mach_port_allocate,
  mach_port_destroy,
  mach_port_move_member,
  mach_port_request_notification,
} from "../generated/mach_port.generated";
import { task_self } from "../lib/mach";

/** What a structure with a port begins with. */
@unmanaged
export class PortInfo {
  /** Next in the same bucket. */
  next!: PortInfo | null;
  /** The receive right's name. */
  port!: u32;
}

/** Requests come to members of the one, the kernel's calls to members of the other. */
export let request_set: u32 = 0;
export let pager_set: u32 = 0;

const BUCKETS: u32 = 8192;

/** Tables of structures by their ports: those of the request set, and those of the pager set. */
export const open_table: usize = memory.data(32768);
export const pager_table: usize = memory.data(32768);

/** Names are index times 256, with a generation below. */
function bucket(table: usize, port: u32): usize {
  return table + (((port ^ (port >>> 8)) % BUCKETS) << 2);
}

function make_set(): u32 {
  const cell = stackAlloc(4);
  return mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, cell) == 0 ? load<u32>(cell) : 0;
}

/** Makes the two sets. Returns whether that worked. */
export function ports_initialize(): bool {
  request_set = make_set();
  pager_set = make_set();
  return request_set != 0 && pager_set != 0;
}

/** A receive right of the set for `info`; false without room for it. */
export function port_make(info: PortInfo, table: usize, set: u32): bool {
  const cell = stackAlloc(4);
  if (mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, cell) != 0) return false;
  info.port = load<u32>(cell);
  mach_port_move_member(task_self(), info.port, set);
  const head = bucket(table, info.port);
  info.next = load<PortInfo | null>(head);
  store<PortInfo | null>(head, info);
  return true;
}

/** Asks for the message that nobody has a send right any more, which comes to the port itself. */
export function port_watch_senders(port: u32): i32 {
  const previous = stackAlloc(4);
  const once: u32 = MACH_MSG_TYPE_MAKE_SEND_ONCE;
  return mach_port_request_notification(task_self(), port, MACH_NOTIFY_NO_SENDERS, 1, port, once, previous);
}

export function port_find(table: usize, port: u32): PortInfo | null {
  let info = load<PortInfo | null>(bucket(table, port));
  while (info != null && info.port != port) info = info.next;
  return info;
}

/** Ends the port and forgets it. */
export function port_end(info: PortInfo, table: usize): void {
  let cell = bucket(table, info.port);
  while (load<PortInfo | null>(cell) != info)
    cell = changetype<usize>(load<PortInfo | null>(cell)) + offsetof<PortInfo>("next");
  store<PortInfo | null>(cell, info.next);
  mach_port_destroy(task_self(), info.port);
}
