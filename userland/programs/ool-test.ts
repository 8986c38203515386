// Memory and rights out of line, and messages as long as they may be: copies are lazy, offsets stay, and what cannot be
// sent is refused whole.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_PORT_SEND,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_INVALID_DATA,
  MACH_RCV_MSG,
  MACH_SEND_INVALID_DATA,
  MACH_SEND_INVALID_MEMORY,
  MACH_SEND_INVALID_RIGHT,
  MACH_SEND_MSG,
  MACH_SEND_NO_BUFFER,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONGFORM,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import {
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_TYPE_SEND_RECEIVE,
} from "../../abi/mach_port";
import {
  TASK_EVENTS_INFO,
  TASK_EVENTS_INFO_COUNT,
  TASK_INFO_COW_FAULTS,
  TASK_INFO_ZERO_FILLS,
} from "../../abi/task_types";
import {
  VM_INHERIT_COPY,
  VM_PROT_ALL,
  VM_PROT_DEFAULT,
  VM_PROT_NONE,
  VM_PROT_READ,
} from "../../abi/vm_types";
import { task_info, vm_protect } from "../generated/mach.generated";
import { mach_port_destroy } from "../generated/mach_port.generated";
import { mach_msg_trap } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { message_receive, set_header, set_integer, set_port, task_self } from "../lib/mach";
import {
  allocate_port,
  HEADER,
  make_port,
  next_id,
  OOL_ADDRESS,
  OOL_END,
  receive_now,
  references,
  ROOM,
  set_memory,
  type_of,
} from "../lib/ports";
import { begin, finish } from "../lib/process";
import { read_region, Region, REGION_SIZE, release_region } from "../lib/regions";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const MEGABYTE: u32 = 1 << 20;
/** The longest message. */
const LONGEST: u32 = 128 * 1024;
const COMPLEX: u32 = MACH_MSG_TYPE_COPY_SEND | MACH_MSGH_BITS_COMPLEX;
let port: u32 = 0;

function allocate(size: u32): u32 {
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  return vm_allocate(task_self(), slot, size, 1) == 0 ? load<u32>(slot) : 0;
}

function free(address: u32, size: u32): void {
  vm_deallocate(task_self(), address, size);
}

/** Sends memory to oneself; the code. */
function send_memory(address: u32, length: u32, deallocate: bool): i32 {
  const message = stackAlloc(ROOM);
  set_memory(message + HEADER, address, length, deallocate);
  set_header(message, COMPLEX, port, 0, 1);
  return mach_msg_trap(message, MACH_SEND_MSG, OOL_END, 0, 0, 0, 0);
}

/** Receives memory; its address, and the number of bytes at `length`. */
function receive_memory(length: usize): u32 {
  const message = stackAlloc(ROOM);
  if (receive_now(message, port) != MACH_MSG_SUCCESS) return 0;
  store<u32>(length, load<u32>(message + HEADER, MSG_TYPE_LONG_NUMBER));
  check_equals(
    "  whoever has it frees it",
    load<u32>(message, HEADER),
    MSG_TYPE_LONGFORM | MSG_TYPE_DEALLOCATE,
  );
  return load<u32>(message, OOL_ADDRESS);
}

/** A counter of this task's events. */
function events(which: usize): u32 {
  const info = stackAlloc(28);
  const count = stackAlloc(4);
  store<u32>(count, TASK_EVENTS_INFO_COUNT);
  return task_info(task_self(), TASK_EVENTS_INFO, info, count) == 0 ? load<u32>(info + which) : 0;
}

function fill(address: u32, size: u32, seed: u32): void {
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) store<u32>(address + at, seed + at);
}

function holds(address: u32, size: u32, seed: u32): bool {
  for (let at: u32 = 0; at < size; at += PAGE_SIZE) if (load<u32>(address + at) != seed + at) return false;
  return true;
}

/** A megabyte moves without a page of it being copied, until somebody writes. */
function lazily(): void {
  const length = stackAlloc(4);
  const mine = allocate(MEGABYTE);
  fill(mine, MEGABYTE, 77);
  const copied = events(TASK_INFO_COW_FAULTS);
  const filled = events(TASK_INFO_ZERO_FILLS);
  check_equals("a megabyte is sent", send_memory(mine, MEGABYTE, false), MACH_MSG_SUCCESS);
  const theirs = receive_memory(length);
  check_equals("in full", load<u32>(length), MEGABYTE);
  check("elsewhere", theirs != 0 && theirs != mine);
  check("with what was in it", holds(theirs, MEGABYTE, 77));
  check_equals("no page was copied", events(TASK_INFO_COW_FAULTS) - copied, 0);
  check_equals("nor filled", events(TASK_INFO_ZERO_FILLS) - filled, 0);
  store<u32>(theirs, 1);
  check_equals("the receiver's write copies one", events(TASK_INFO_COW_FAULTS) - copied, 1);
  check_equals("which the sender does not see", load<u32>(mine), 77);
  store<u32>(mine + PAGE_SIZE, 2);
  check_equals("the sender's write copies another", events(TASK_INFO_COW_FAULTS) - copied, 2);
  check_equals("which the receiver does not see", load<u32>(theirs + PAGE_SIZE), 77 + PAGE_SIZE);
  free(mine, MEGABYTE);
  store<u32>(theirs, 77);
  check("the copy outlives its source", holds(theirs, MEGABYTE, 77));
  free(theirs, MEGABYTE);
}

/** Whether some map entry has the address. */
function is_mapped(address: u32): bool {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  if (!read_region(task_self(), address, region)) return false;
  release_region(region);
  return region.address <= address;
}

function moved(): void {
  const length = stackAlloc(4);
  const mine = allocate(4 * PAGE_SIZE);
  fill(mine, 4 * PAGE_SIZE, 5);
  check_equals("memory is given away", send_memory(mine + PAGE_SIZE, 2 * PAGE_SIZE, true), MACH_MSG_SUCCESS);
  check("it is gone at once", !is_mapped(mine + PAGE_SIZE) && !is_mapped(mine + 2 * PAGE_SIZE));
  check("its neighbours are not", is_mapped(mine) && is_mapped(mine + 3 * PAGE_SIZE));
  const theirs = receive_memory(length);
  check("it arrives", holds(theirs, 2 * PAGE_SIZE, 5 + PAGE_SIZE));
  free(theirs, 2 * PAGE_SIZE);
  free(mine, 4 * PAGE_SIZE);
}

function arrival(): void {
  const length = stackAlloc(4);
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  const mine = allocate(3 * PAGE_SIZE);
  fill(mine, 3 * PAGE_SIZE, 9);
  vm_protect(task_self(), mine, 3 * PAGE_SIZE, 0, VM_PROT_READ);
  check_equals("bytes within pages", send_memory(mine + 1234, PAGE_SIZE, false), MACH_MSG_SUCCESS);
  const theirs = receive_memory(length);
  check_equals("keep their offset in the page", theirs & (PAGE_SIZE - 1), 1234);
  check_equals("and arrive", load<u32>(theirs + PAGE_SIZE - 1234), 9 + PAGE_SIZE);
  read_region(task_self(), theirs, region);
  release_region(region);
  check_equals("protection", region.protection, VM_PROT_DEFAULT);
  check_equals("its maximum", region.max_protection, VM_PROT_ALL);
  check_equals("inheritance", region.inheritance, VM_INHERIT_COPY);
  free(theirs, PAGE_SIZE);
  free(mine, 3 * PAGE_SIZE);
  check_equals("nothing can be sent", send_memory(mine, 0, false), MACH_MSG_SUCCESS);
  check_equals("it is at address 0", receive_memory(length), 0);
  check_equals("and has no bytes", load<u32>(length), 0);
}

/** A range of several map entries. */
function pieces(): void {
  const length = stackAlloc(4);
  const mine = allocate(6 * PAGE_SIZE);
  fill(mine, 6 * PAGE_SIZE, 3);
  vm_protect(task_self(), mine + PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_READ);
  vm_protect(task_self(), mine + 3 * PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_READ);
  check_equals(
    "several map entries are sent",
    send_memory(mine + 100, 5 * PAGE_SIZE, false),
    MACH_MSG_SUCCESS,
  );
  const theirs = receive_memory(length) - 100;
  check("in one piece", holds(theirs + PAGE_SIZE, 4 * PAGE_SIZE, 3 + PAGE_SIZE));
  let writable = true;
  for (let page: u32 = 0; page < 6; page++) store<u32>(theirs + page * PAGE_SIZE, page);
  for (let page: u32 = 0; page < 6; page++)
    if (load<u32>(theirs + page * PAGE_SIZE) != page) writable = false;
  check("all of it writable", writable);
  check("and not the sender's", holds(mine, 6 * PAGE_SIZE, 3));
  free(theirs, 6 * PAGE_SIZE);
  vm_protect(task_self(), mine + PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_NONE);
  check_equals("not what cannot be read", send_memory(mine, 3 * PAGE_SIZE, false), MACH_SEND_INVALID_MEMORY);
  free(mine + 4 * PAGE_SIZE, PAGE_SIZE);
  check_equals(
    "nor what is not there",
    send_memory(mine + 3 * PAGE_SIZE, 3 * PAGE_SIZE, true),
    MACH_SEND_INVALID_MEMORY,
  );
  check("the rest stays", is_mapped(mine + 3 * PAGE_SIZE) && is_mapped(mine + 5 * PAGE_SIZE));
  check_equals("nor beyond all memory", send_memory(0xbffff000, 0x10000, false), MACH_SEND_INVALID_MEMORY);
  check_equals("nor around its end", send_memory(0xfffff000, 0xfffff000, false), MACH_SEND_INVALID_MEMORY);
  check_equals("nothing was queued", next_id(port), 0);
  free(mine, 6 * PAGE_SIZE);
}

/** An out-of-line item of `count` rights by `type`. */
function set_ports(item: usize, address: u32, count: u32, type: u32): void {
  store<u32>(item, MSG_TYPE_LONGFORM);
  store<u32>(item, type | (32 << 16), 4);
  store<u32>(item, count, 8);
  store<u32>(item, address, 12);
}

function rights(): void {
  const message = stackAlloc(ROOM);
  const names = allocate(PAGE_SIZE);
  const given = make_port();
  const dead = allocate_port(MACH_PORT_RIGHT_DEAD_NAME);
  for (let index: u32 = 0; index < 100; index++) store<u32>(names + (index << 2), given);
  store<u32>(names, 0, 4);
  store<u32>(names, 0xffffffff, 8);
  store<u32>(names, dead, 12);
  set_ports(message + HEADER, names, 100, MACH_MSG_TYPE_COPY_SEND);
  set_header(message, COMPLEX, port, 0, 2);
  check_equals("a hundred rights out of line", mach_msg_trap(message, MACH_SEND_MSG, OOL_END, 0, 0, 0, 0), 0);
  check_equals("arrive", receive_now(message, port), MACH_MSG_SUCCESS);
  check_equals("as send rights", load<u32>(message + HEADER, 4), MACH_MSG_TYPE_PORT_SEND | (32 << 16));
  const theirs = load<u32>(message, OOL_ADDRESS);
  check_equals("null is null", load<u32>(theirs, 4), 0);
  check_equals("dead is dead", load<u32>(theirs, 8), 0xffffffff);
  check_equals("a dead name's right as well", load<u32>(theirs, 12), 0xffffffff);
  check_equals("the others are one name", load<u32>(theirs, 16), given);
  check_equals("with a reference each", references(given, MACH_PORT_RIGHT_SEND), 98);
  free(theirs, PAGE_SIZE);
  store<u32>(names, 0x1234, 200);
  set_ports(message + HEADER, names, 100, MACH_MSG_TYPE_COPY_SEND);
  set_header(message, COMPLEX, port, 0, 2);
  const bad = mach_msg_trap(message, MACH_SEND_MSG, OOL_END, 0, 0, 0, 0);
  check_equals("one bad name spoils all", bad, MACH_SEND_INVALID_RIGHT);
  check_equals("and costs nothing", references(given, MACH_PORT_RIGHT_SEND), 98);
  set_ports(message + HEADER, 0x1000, 100, MACH_MSG_TYPE_COPY_SEND);
  set_header(message, COMPLEX, port, 0, 2);
  const missing = mach_msg_trap(message, MACH_SEND_MSG, OOL_END, 0, 0, 0, 0);
  check_equals("names must be there", missing, MACH_SEND_INVALID_MEMORY);
  mach_port_destroy(task_self(), given);
  mach_port_destroy(task_self(), dead);
  free(names, PAGE_SIZE);
}

function long_messages(): void {
  const buffer = allocate(LONGEST + PAGE_SIZE);
  set_header(buffer, MACH_MSG_TYPE_COPY_SEND, port, 0, 1);
  fill(buffer + PAGE_SIZE, LONGEST - PAGE_SIZE, 1);
  check_equals("the longest message is sent", mach_msg_trap(buffer, MACH_SEND_MSG, LONGEST, 0, 0, 0, 0), 0);
  memory.fill(buffer, 0, LONGEST);
  check_equals("and received", message_receive(buffer, LONGEST, port), MACH_MSG_SUCCESS);
  check_equals("whole", load<u32>(buffer, MSGH_SIZE), LONGEST);
  check("byte by byte", holds(buffer + PAGE_SIZE, LONGEST - PAGE_SIZE, 1));
  set_header(buffer, MACH_MSG_TYPE_COPY_SEND, port, 0, 1);
  const longer = mach_msg_trap(buffer, MACH_SEND_MSG, LONGEST + 4, 0, 0, 0, 0);
  check_equals("a longer one is not", longer, MACH_SEND_NO_BUFFER);
  free(buffer, LONGEST + PAGE_SIZE);
}

/** Messages whose buffer runs into a page that is not there. */
function page_ends(): void {
  const page = allocate(2 * PAGE_SIZE);
  free(page + PAGE_SIZE, PAGE_SIZE);
  const message = page + PAGE_SIZE - HEADER - 8;
  set_header(message, MACH_MSG_TYPE_COPY_SEND, port, 0, 1);
  set_integer(message + HEADER, 42);
  check_equals("up to the end of a page", mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0), 0);
  const across = mach_msg_trap(message, MACH_SEND_MSG, HEADER + 12, 0, 0, 0, 0);
  check_equals("not across it", across, MACH_SEND_INVALID_DATA);
  check_equals(
    "nor from nowhere",
    mach_msg_trap(page + PAGE_SIZE, MACH_SEND_MSG, HEADER, 0, 0, 0, 0),
    MACH_SEND_INVALID_DATA,
  );
  const late = mach_msg_trap(message + 8, MACH_RCV_MSG, 0, ROOM, port, 0, 0);
  check_equals("a buffer too near to it loses the message", late, MACH_RCV_INVALID_DATA);
  check_equals("for good", next_id(port), 0);
  free(page, PAGE_SIZE);
}

/** A right that a message brings where there is no room for it stays with who gets the message. */
function carried(): void {
  const message = stackAlloc(ROOM);
  const given = make_port();
  set_port(message + HEADER, given, MACH_MSG_TYPE_MAKE_SEND);
  set_header(message, COMPLEX, port, 0, 1);
  mach_msg_trap(message, MACH_SEND_MSG, HEADER + 8, 0, 0, 0, 0);
  check_equals(
    "a message of rights for an unmapped buffer",
    message_receive(0x1000, ROOM, port),
    MACH_RCV_INVALID_DATA,
  );
  check_equals("leaves them here", type_of(given), MACH_PORT_TYPE_SEND_RECEIVE);
  check_equals("counted", references(given, MACH_PORT_RIGHT_SEND), 2);
  mach_port_destroy(task_self(), given);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  port = make_port();
  lazily();
  moved();
  arrival();
  pieces();
  rights();
  long_messages();
  page_ends();
  carried();
  mach_port_destroy(task_self(), port);
  return finish();
}
