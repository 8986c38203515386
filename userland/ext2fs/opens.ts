// Open files: a port for each opening, which its holders may share. The opening ends when nobody has a right to the port.
import { EBADF } from "../../abi/errno";
import { ERRNO_SYSTEM } from "../../abi/fs";
import { free } from "../lib/heap";
import { FilePager, pager_settle, pager_stays } from "./file-pager";
import { volume_lock, volume_unlock } from "./lock";
import { Node, node_put } from "./node";
import {
  open_table,
  port_end,
  port_find,
  port_make,
  port_watch_senders,
  PortInfo,
  request_set,
} from "./ports";
import { allocate } from "./volume";

@unmanaged
export class Open extends PortInfo {
  node!: Node;
  /** O_* of abi/fs.ts. */
  flags!: u32;
  /** The file pointer. */
  offset!: u64;
  /** Calls that are using it, and one for its holders while there are any. */
  uses!: u32;
}

export let open_count: u32 = 0;

/** The return code of an error of abi/errno.ts. */
export function fail(error: i32): i32 {
  return error == 0 ? 0 : ERRNO_SYSTEM | error;
}

/** Opens the node, whose reference the caller gives away; the port's name, or 0. The volume's lock is held. */
export function open_make(node: Node, flags: u32): u32 {
  const address = allocate(offsetof<Open>());
  if (address == 0) {
    node_put(node);
    return 0;
  }
  const open = changetype<Open>(address);
  open.node = node;
  open.flags = flags;
  open.offset = 0;
  open.uses = 1;
  if (!port_make(open, open_table, request_set)) {
    free(<u32>address);
    node_put(node);
    return 0;
  }
  node.opens++;
  open_count++;
  if (node.pager != 0) pager_stays(changetype<FilePager>(node.pager));
  port_watch_senders(open.port);
  return open.port;
}

/** The opening that the port stands for, with a use for the caller. Null: EBADF. The volume's lock is held. */
export function open_of(port: u32): Open | null {
  const open = changetype<Open | null>(port_find(open_table, port));
  if (open != null) open.uses++;
  return open;
}

/** Ends a use, and with the last one the opening. The volume's lock is held. */
export function open_release(open: Open): void {
  if (--open.uses != 0) return;
  const node = open.node;
  port_end(open, open_table);
  free(changetype<u32>(open));
  open_count--;
  node.opens--;
  const pager = node.pager;
  if (pager != 0) pager_settle(changetype<FilePager>(pager));
  node_put(node);
}

/** Nobody has a right to the port any more. */
export function open_no_senders(port: u32): void {
  volume_lock();
  const open = changetype<Open | null>(port_find(open_table, port));
  if (open != null) open_release(open);
  volume_unlock();
}

/** What a handler of a call with one open file does, with the volume's lock held. Returns an error of abi/errno.ts. */
export type OpenCall = (open: Open, first: usize, second: u32) => i32;

/** Runs a handler; the return code for the caller. */
export function with_open(port: u32, call: OpenCall, first: usize, second: u32): i32 {
  volume_lock();
  const open = open_of(port);
  let error: i32 = EBADF;
  if (open != null) {
    error = call(open, first, second);
    open_release(open);
  }
  volume_unlock();
  return fail(error);
}
