// Calls at random, as a hostile program makes them: every trap, every request of the kernel nearly right, messages of any
// shape, with addresses across page ends, huge sizes, stale names and ports of the wrong kind.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSGH_BITS_COMPLEX,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MACH_SEND_MSG,
  MACH_SEND_TIMEOUT,
  MSG_HEADER_SIZE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_NUMBER_MASK,
  MSG_TYPE_NUMBER_SHIFT,
  MSGH_BITS,
  MSGH_ID,
  MSGH_REMOTE_PORT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import {
  TRAP_EVC_WAIT,
  TRAP_EVC_WAIT_CLEAR,
  TRAP_LAST,
  TRAP_MACH_MSG,
  TRAP_TASK_SUSPEND,
  TRAP_TASK_TERMINATE,
  TRAP_THREAD_SET_SELF_STATE,
  TRAP_THREAD_SWITCH,
} from "../../abi/mach_traps";
import { VM_PROT_NONE, VM_PROT_READ, VM_STATS_FREE, VM_STATS_SIZE } from "../../abi/vm_types";
import { vm_protect, vm_statistics } from "../generated/mach.generated";
import { mach_port_allocate, mach_port_insert_right } from "../generated/mach_port.generated";
import {
  ITEM_MEMORY,
  ITEM_PORT_MEMORY,
  ITEM_PORTS,
  ITEM_SIZE,
  ITEMS,
  REQUEST_COUNT,
  REQUEST_SIZE,
  REQUESTS,
  TARGET_CONTROL,
  TARGET_DEVICE,
  TARGET_HOST,
  TARGET_HOST_PRIV,
  TARGET_NAME,
  TARGET_PSET,
  TARGET_PSET_NAME,
  TARGET_TASK,
  TARGET_THREAD,
  TARGETS,
} from "../generated/requests.generated";
import { any_trap, mach_host_self, mach_msg_trap, mach_reply_port, mach_thread_self } from "./asm";
import { port_descriptor, set_header, task_self } from "./mach";
import { random_below, random_bits, random_once_in } from "./random";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "./vm";

/** Where the arguments that are addresses mostly point. */
const ARENA: u32 = 0x30000000;
const ARENA_PAGES: u32 = 32;
const MESSAGE_ROOM: u32 = 8192;
const MESSAGE: u32 = ARENA + ARENA_PAGES * PAGE_SIZE;
/** Small names, which are in use. */
const NAMES: u32 = 40;
const LEARNED: u32 = 16;
const ARGUMENTS: u32 = 12;
const HOST_REBOOT: u32 = 2635;
const DEFAULT_MEMORY_MANAGER: u32 = 2041;
const NEW_TASK_NOTIFICATION: u32 = 4203;

/** A port of each kind that requests go to, as far as known. */
const targets: usize = memory.data(64);
/** Names that replies brought. */
const learned: usize = memory.data(64);
const values: usize = memory.data<u32>([
  0, 1, 2, 3, 4, 31, 32, 255, 4095, 4096, 4097, 8192, 65535, 65536, 0x100000, 0x7fffffff, 0x80000000,
  0xbffff000, 0xc0000000, 0xc0101000, 0xfffff000, 0xfffffffc, 0xfffffffe, 0xffffffff,
]);
const VALUES: u32 = 24;
let reply: u32 = 0;
let privileged: bool = false;

/** Takes what the calls play with: ports of all kinds, and an arena of good, forbidden and missing pages. */
export function hostile_begin(host: u32, device: u32): void {
  const slot = stackAlloc(4);
  privileged = host != 0;
  set_target(TARGET_TASK, task_self());
  set_target(TARGET_THREAD, mach_thread_self());
  set_target(TARGET_HOST, mach_host_self());
  set_target(TARGET_HOST_PRIV, host);
  set_target(TARGET_DEVICE, device);
  reply = mach_reply_port();
  for (let index: u32 = 0; index < 4; index++) {
    mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot);
    mach_port_insert_right(task_self(), load<u32>(slot), load<u32>(slot), MACH_MSG_TYPE_MAKE_SEND);
  }
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_PORT_SET, slot);
  store<u32>(slot, ARENA);
  vm_allocate(task_self(), slot, ARENA_PAGES * PAGE_SIZE + MESSAGE_ROOM, 0);
  vm_deallocate(task_self(), ARENA + 8 * PAGE_SIZE, PAGE_SIZE);
  vm_protect(task_self(), ARENA + 12 * PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_READ);
  vm_protect(task_self(), ARENA + 16 * PAGE_SIZE, PAGE_SIZE, 0, VM_PROT_NONE);
  vm_deallocate(task_self(), ARENA + (ARENA_PAGES - 1) * PAGE_SIZE, PAGE_SIZE);
}

function set_target(target: u32, name: u32): void {
  store<u32>(targets + ((<usize>target) << 2), name);
}

// --- Arguments ---

function any_name(): u32 {
  const choice = random_below(20);
  if (choice < 6) return load<u32>(targets + ((<usize>random_below(TARGETS)) << 2));
  if (choice < 8) return load<u32>(learned + ((<usize>random_below(LEARNED)) << 2));
  if (choice == 8) return random_once_in(2) ? 0 : 0xffffffff;
  if (choice == 9) return reply;
  return choice == 10 ? random_bits() : 1 + random_below(NAMES);
}

function any_address(): u32 {
  const choice = random_below(16);
  const page = ARENA + random_below(ARENA_PAGES) * PAGE_SIZE;
  if (choice < 5) return page;
  if (choice < 9) return page + PAGE_SIZE - random_below(64);
  if (choice < 14) return page + (random_below(PAGE_SIZE) & ~3);
  return choice == 14 ? any_constant() : random_bits();
}

function any_constant(): u32 {
  return (
    load<u32>(values + ((<usize>random_below(VALUES)) << 2)) + (random_once_in(8) ? random_below(8) - 4 : 0)
  );
}

function any_size(): u32 {
  const choice = random_below(8);
  if (choice < 3) return random_below(256);
  return choice < 6
    ? random_below(8) * PAGE_SIZE + (random_once_in(2) ? random_below(16) : 0)
    : any_constant();
}

function any_word(): u32 {
  const choice = random_below(16);
  if (choice < 6) return random_below(10);
  if (choice < 8) return any_name();
  if (choice < 11) return any_address();
  if (choice < 13) return any_size();
  return choice < 15 ? any_constant() : random_bits();
}

function any_disposition(): u32 {
  return MACH_MSG_TYPE_MOVE_RECEIVE + random_below(6);
}

// --- Traps ---

/** Traps that end or stop the caller: seldom, or there would be little left of it. */
function stops_caller(number: i32): bool {
  return (
    number == TRAP_TASK_TERMINATE ||
    number == TRAP_TASK_SUSPEND ||
    number == TRAP_THREAD_SET_SELF_STATE ||
    number == TRAP_EVC_WAIT ||
    number == TRAP_EVC_WAIT_CLEAR
  );
}

function call_trap(): void {
  const number = -1 - <i32>random_below(<u32>-TRAP_LAST);
  if (stops_caller(number) && !random_once_in(30)) return;
  const words = stackAlloc(48);
  for (let index: u32 = 0; index < ARGUMENTS; index++) store<u32>(words + ((<usize>index) << 2), any_word());
  if (number == TRAP_MACH_MSG) bound_waits(words + 4, words + 20);
  if (number == TRAP_THREAD_SWITCH && !random_once_in(50)) store<u32>(words, random_below(3), 8);
  any_trap(number, words);
}

/** Makes the option and the timeout of a mach_msg such that it seldom waits for ever. */
function bound_waits(option: usize, timeout: usize): void {
  if (random_once_in(1000)) return;
  store<u32>(option, load<u32>(option) | MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT);
  store<u32>(timeout, random_below(3));
}

// --- Requests to the kernel ---

/** Requests that end or stop the task or thread they go to. */
function stops_target(id: u32): bool {
  return id == 2008 || id == 2016 || id == 2056 || id == 2062 || id == 4201;
}

/** Stores one item of a request at `at`; returns the address behind it. */
function put_item(at: usize, item: usize): usize {
  const kind = load<u32>(item);
  const bits = load<u32>(item, 16);
  const variable = load<u32>(item, 20) != 0;
  let word = load<u32>(item, 4);
  let number = load<u32>(item, 12);
  let data = at + 4;
  if (variable) number = random_below(min(number, 40) + 1);
  if (kind == ITEM_MEMORY) number = any_size();
  if (word & MSG_TYPE_LONGFORM) {
    store<u32>(at, load<u32>(item, 8), 4);
    store<u32>(at, number, 8);
    data = at + 12;
  } else if (variable) {
    word = (word & ~MSG_TYPE_NUMBER_MASK) | (number << MSG_TYPE_NUMBER_SHIFT);
  }
  store<u32>(at, word);
  if (kind == ITEM_MEMORY || kind == ITEM_PORT_MEMORY) {
    store<u32>(data, any_address());
    return data + 4;
  }
  const end = data + (((number * bits + 31) >>> 5) << 2);
  for (let cell = data; cell < end; cell += 4) store<u32>(cell, kind == ITEM_PORTS ? any_name() : any_word());
  return end;
}

/** Spoils a message of `size` bytes; returns its new size. */
function mutate(message: usize, size: u32): u32 {
  const choice = random_below(8);
  if (choice == 0) return any_size();
  if (choice == 1) return size + (random_below(5) << 2) - 8;
  if (choice == 2) store<u32>(message, load<u32>(message) ^ MACH_MSGH_BITS_COMPLEX);
  else if (choice == 3) store<u32>(message, (load<u32>(message) & ~(<u32>0xff)) | any_disposition());
  else if (choice == 4)
    store<u32>(message + ((<usize>random_below(size >>> 2)) << 2), (<u32>1) << random_below(32));
  else if (choice == 5) {
    const cell = message + ((<usize>random_below(size >>> 2)) << 2);
    store<u32>(cell, load<u32>(cell) ^ ((<u32>1) << random_below(32)));
  } else store<u32>(message + ((<usize>random_below(size >>> 2)) << 2), any_word());
  return size;
}

function call_request(): void {
  const request = REQUESTS + <usize>random_below(REQUEST_COUNT) * REQUEST_SIZE;
  const id = load<u32>(request);
  if (stops_target(id) && !random_once_in(20)) return;
  const target = load<u32>(request, 4);
  const port: u32 =
    target < TARGETS && !random_once_in(3) ? load<u32>(targets + ((<usize>target) << 2)) : any_name();
  const complex: u32 = load<u32>(request, 8) ? MACH_MSGH_BITS_COMPLEX : 0;
  const message: usize = MESSAGE;
  const bits = MACH_MSG_TYPE_COPY_SEND | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8) | complex;
  set_header(message, bits, port, reply, id);
  let at = message + MSG_HEADER_SIZE;
  let item = ITEMS + <usize>load<u32>(request, 12) * ITEM_SIZE;
  for (let count = load<u32>(request, 16); count > 0; count--, item += ITEM_SIZE) at = put_item(at, item);
  exchange(<u32>(at - message));
}

/** Calls that end the machine, or by which the host keeps a port for good. */
function is_lasting(id: u32): bool {
  return id == HOST_REBOOT || id == DEFAULT_MEMORY_MANAGER || id == NEW_TASK_NOTIFICATION;
}

/** Sends the message, spoilt now and then, and receives what comes. */
function exchange(length: u32): void {
  const message: usize = MESSAGE;
  const size = random_once_in(4) ? mutate(message, length) : length;
  if (privileged && is_lasting(load<u32>(message, MSGH_ID))) return;
  let option: u32 = MACH_SEND_MSG | MACH_RCV_MSG | MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT;
  if (random_once_in(8)) option ^= (<u32>1) << random_below(12);
  const cells = stackAlloc(8);
  store<u32>(cells, option);
  store<u32>(cells, 0, 4);
  bound_waits(cells, cells + 4);
  const room: u32 = random_once_in(16) ? any_size() : MESSAGE_ROOM;
  const notify: u32 = random_once_in(4) ? any_name() : 0;
  const result = mach_msg_trap(message, load<u32>(cells), size, room, reply, load<u32>(cells, 4), notify);
  if (result == MACH_MSG_SUCCESS) learn(message);
  else if (random_once_in(8)) reply = mach_reply_port();
}

/** Remembers the rights that a message brought. */
function learn(message: usize): void {
  remember(load<u32>(message, MSGH_REMOTE_PORT));
  if ((load<u32>(message, MSGH_BITS) & MACH_MSGH_BITS_COMPLEX) == 0) return;
  adopt(message);
  const end = message + min(load<u32>(message, MSGH_SIZE), MESSAGE_ROOM) - 4;
  for (let at = message + MSG_HEADER_SIZE; at < end; at += 4) {
    const word = load<u32>(at);
    if (word >= port_descriptor(MACH_MSG_TYPE_MOVE_RECEIVE) && word <= port_descriptor(18))
      remember(load<u32>(at, 4));
  }
}

/** Ports of which requests can be made of, in messages: the id, where the name is, what it is good for. */
const adopted: usize = memory.data<u32>([
  2200,
  28,
  TARGET_CONTROL,
  2200,
  36,
  TARGET_NAME,
  2706,
  36,
  TARGET_PSET_NAME,
  2730,
  36,
  TARGET_PSET,
  2900,
  36,
  TARGET_DEVICE,
  2161,
  36,
  TARGET_THREAD,
]);
const ADOPTED: u32 = 6;

function adopt(message: usize): void {
  const id = load<u32>(message, MSGH_ID);
  for (let at = adopted; at < adopted + ADOPTED * 12; at += 12)
    if (load<u32>(at) == id && random_once_in(2))
      set_target(load<u32>(at, 8), load<u32>(message + load<u32>(at, 4)));
}

function remember(name: u32): void {
  if (name + 1 > 1) store<u32>(learned + ((<usize>random_below(LEARNED)) << 2), name);
}

// --- Messages of any shape ---

/** A descriptor with what belongs behind it, mostly; returns the address behind that. */
function put_anything(at: usize): usize {
  const long = random_once_in(3);
  const isInline = !random_once_in(3);
  const ports = random_once_in(2);
  const number: u32 = random_once_in(20) ? any_size() : random_below(6);
  const name: u32 = ports ? any_disposition() : random_below(16);
  const bits: u32 = random_once_in(12) ? random_below(256) : ports ? 32 : 8 << random_below(3);
  const flags: u32 = (isInline ? 1 << 28 : 0) | (!isInline && random_once_in(3) ? 1 << 30 : 0);
  let data = at + 4;
  if (long) {
    store<u32>(at, flags | MSG_TYPE_LONGFORM);
    store<u32>(at, name | (bits << 16), 4);
    store<u32>(at, number, 8);
    data = at + 12;
  } else store<u32>(at, flags | name | (bits << 8) | ((number & 0xfff) << 16));
  if (!isInline) {
    store<u32>(data, any_address());
    return data + 4;
  }
  const end = data + ((((number & 0x3f) * bits + 31) >>> 5) << 2);
  for (let cell = data; cell < end; cell += 4) store<u32>(cell, ports ? any_name() : any_word());
  return end;
}

function call_message(): void {
  const message: usize = MESSAGE;
  const complex: u32 = random_once_in(4) ? 0 : MACH_MSGH_BITS_COMPLEX;
  const local: u32 = random_once_in(2) ? any_disposition() << 8 : 0;
  set_header(
    message,
    any_disposition() | local | complex,
    any_name(),
    local ? any_name() : 0,
    random_below(5000),
  );
  let at = message + MSG_HEADER_SIZE;
  for (let items = random_below(4); items > 0; items--) at = put_anything(at);
  exchange(<u32>(at - message));
}

function call_receive(): void {
  const cells = stackAlloc(8);
  store<u32>(cells, MACH_RCV_MSG | (random_bits() & 0xff0));
  bound_waits(cells, cells + 4);
  const room: u32 = random_once_in(4) ? any_size() : MESSAGE_ROOM;
  const address: u32 = random_once_in(4) ? any_address() : MESSAGE;
  const result = mach_msg_trap(
    address,
    load<u32>(cells),
    0,
    room,
    any_name(),
    load<u32>(cells, 4),
    any_name(),
  );
  if (result == MACH_MSG_SUCCESS && address == MESSAGE) learn(address);
}

function free_pages(): u32 {
  const statistics = stackAlloc(VM_STATS_SIZE);
  return vm_statistics(task_self(), statistics) == 0 ? load<u32>(statistics + VM_STATS_FREE) : 0;
}

/**
 * Writes into fresh memory: some pages, or all that there are but a few. What follows finds little or nothing; a page too
 * many ends the caller.
 */
function use_memory(): void {
  const slot = stackAlloc(4);
  const pages = random_once_in(4) ? max<i32>(free_pages() - random_below(24), 0) : random_below(80);
  store<u32>(slot, 0);
  if (vm_allocate(task_self(), slot, pages * PAGE_SIZE, 1) != 0) return;
  for (let page: i32 = 0; page < pages; page++) store<u32>(load<u32>(slot) + page * PAGE_SIZE, page);
}

/** One call. */
export function hostile_call(): void {
  if (random_once_in(100)) use_memory();
  const choice = random_below(16);
  if (choice < 8) call_request();
  else if (choice < 11) call_trap();
  else if (choice < 14) call_message();
  else call_receive();
}
