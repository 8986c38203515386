// A pager that a test plays by hand: what the kernel says is noted, what it is answered the test decides. Another thread
// touches the memory meanwhile.
import { stackAlloc } from "../../guest/i386";
import { MACH_MSG_SUCCESS } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_RECEIVE, TASK_EXCEPTION_PORT } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { EXC_BAD_ACCESS } from "../../abi/task_types";
import { VM_INHERIT_COPY, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import {
  memory_object_data_supply,
  task_set_special_port,
  thread_terminate,
} from "../generated/mach.generated";
import {
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_mod_refs,
  mach_port_move_member,
} from "../generated/mach_port.generated";
import {
  memory_object_server,
  serve_memory_object_change_completed,
  serve_memory_object_copy,
  serve_memory_object_data_request,
  serve_memory_object_data_return,
  serve_memory_object_data_unlock,
  serve_memory_object_init,
  serve_memory_object_lock_completed,
  serve_memory_object_supply_completed,
  serve_memory_object_terminate,
} from "../generated/memory_object_server.generated";
import { thread_start_address, thread_switch } from "./asm";
import {
  answer_exception,
  EXCEPTION_CODE,
  EXCEPTION_KIND,
  EXCEPTION_ROOM,
  receive_exception,
} from "./exceptions";
import { task_self } from "./mach";
import { allocate_port, make_port } from "./ports";
import { serve_one } from "./server";
import { allocate_stack, start_thread, ThreadBody } from "./threads";
import { PAGE_SIZE, vm_deallocate, vm_map } from "./vm";

// Ids of the kernel's messages, as notes have them.
export const INIT: u32 = 2200;
export const TERMINATE: u32 = 2201;
export const COPY: u32 = 2202;
export const DATA_REQUEST: u32 = 2203;
export const DATA_UNLOCK: u32 = 2204;
export const LOCK_COMPLETED: u32 = 2206;
export const SUPPLY_COMPLETED: u32 = 2207;
export const DATA_RETURN: u32 = 2208;
export const CHANGE_COMPLETED: u32 = 2209;

/** A message comes, or an access ends, within so many milliseconds. */
const PATIENCE: u32 = 1000;
/** That nothing happens is believed after so many. */
const SILENCE: u32 = 30;

let set: u32 = 0;
let exceptions: u32 = 0;

// --- what the kernel said last --------------------------------------------------------------------------------------

export let noted: u32 = 0;
/** The object's receive right, or the reply port. */
export let noted_port: u32 = 0;
/** The control port, a right of which the library keeps one. */
export let noted_control: u32 = 0;
export let noted_name: u32 = 0;
export let noted_offset: u32 = 0;
export let noted_length: u32 = 0;
/** Wanted access; of a return: 1 dirty, 2 the kernel has a copy; of supply_completed: the result. */
export let noted_detail: u32 = 0;
/** The first word of what was returned. */
export let noted_word: u32 = 0;

function note(kind: u32, port: u32, control: u32, offset: u32, length: u32, detail: u32): void {
  noted = kind;
  noted_port = port;
  if (kind != INIT && control != 0) mach_port_deallocate(task_self(), control);
  noted_control = control;
  noted_offset = offset;
  noted_length = length;
  noted_detail = detail;
}

function on_init(object: u32, control: u32, name: u32, page_size: u32): void {
  note(INIT, object, control, 0, page_size, 0);
  noted_name = name;
}

function on_terminate(object: u32, control: u32, name: u32): void {
  noted = TERMINATE;
  noted_port = object;
  mach_port_destroy(task_self(), control);
  mach_port_destroy(task_self(), name);
}

function on_copy(object: u32, control: u32, offset: u32, length: u32, copy: u32): void {
  note(COPY, object, control, offset, length, copy);
  mach_port_move_member(task_self(), copy, set);
}

function on_request(object: u32, control: u32, offset: u32, length: u32, access: u32): void {
  note(DATA_REQUEST, object, control, offset, length, access);
}

function on_unlock(object: u32, control: u32, offset: u32, length: u32, access: u32): void {
  note(DATA_UNLOCK, object, control, offset, length, access);
}

function on_return(
  object: u32,
  control: u32,
  offset: u32,
  data: usize,
  length: u32,
  dirty: u32,
  kernel_copy: u32,
): void {
  note(DATA_RETURN, object, control, offset, length, (dirty != 0 ? 1 : 0) | (kernel_copy != 0 ? 2 : 0));
  noted_word = load<u32>(data);
  vm_deallocate(task_self(), data, length);
}

function on_lock_completed(reply_to: u32, control: u32, offset: u32, length: u32): void {
  note(LOCK_COMPLETED, reply_to, control, offset, length, 0);
}

function on_supply_completed(
  reply_to: u32,
  control: u32,
  offset: u32,
  length: u32,
  result: u32,
  error_offset: u32,
): void {
  note(SUPPLY_COMPLETED, reply_to, control, offset, length, result);
}

function on_change_completed(reply_to: u32, may_cache: u32, strategy: u32): void {
  note(CHANGE_COMPLETED, reply_to, 0, 0, 0, (may_cache != 0 ? 16 : 0) | strategy);
}

/** Makes the port set that all objects are in, and takes this task's exceptions. False when there is no memory. */
export function test_pager_begin(): bool {
  serve_memory_object_init(on_init);
  serve_memory_object_terminate(on_terminate);
  serve_memory_object_copy(on_copy);
  serve_memory_object_data_request(on_request);
  serve_memory_object_data_unlock(on_unlock);
  serve_memory_object_data_return(on_return);
  serve_memory_object_lock_completed(on_lock_completed);
  serve_memory_object_supply_completed(on_supply_completed);
  serve_memory_object_change_completed(on_change_completed);
  set = allocate_port(MACH_PORT_RIGHT_PORT_SET);
  exceptions = make_port();
  stack = allocate_stack();
  return set != 0 && stack != 0 && task_set_special_port(task_self(), TASK_EXCEPTION_PORT, exceptions) == 0;
}

/** A memory object: a port of the set, with both rights under its name. */
export function test_object(): u32 {
  const port = make_port();
  mach_port_move_member(task_self(), port, set);
  return port;
}

/** A receive right in the set, for answers. */
export function test_reply_port(): u32 {
  const port = allocate_port(MACH_PORT_RIGHT_RECEIVE);
  mach_port_move_member(task_self(), port, set);
  return port;
}

/** The pager goes away: its receive right, and the send right that it had. */
export function end_object(object: u32): void {
  mach_port_mod_refs(task_self(), object, MACH_PORT_RIGHT_RECEIVE, -1);
  mach_port_destroy(task_self(), object);
}

/** Waits for the kernel's next message: whether it is of this kind. */
export function next(kind: u32): bool {
  noted = 0;
  return serve_one(set, memory_object_server, PATIENCE) == MACH_MSG_SUCCESS && noted == kind;
}

/** Whether the kernel has nothing to say. */
export function silent(): bool {
  noted = 0;
  return serve_one(set, memory_object_server, SILENCE) != MACH_MSG_SUCCESS;
}

// --- answers --------------------------------------------------------------------------------------------------------

const page: usize = memory.data(4096, 4096);

/** Supplies a page that begins with `word`. */
export function supply(
  control: u32,
  offset: u32,
  word: u32,
  lock: u32 = 0,
  precious: u32 = 0,
  reply_to: u32 = 0,
): i32 {
  store<u32>(page, word);
  return memory_object_data_supply(control, offset, page, PAGE_SIZE, 0, lock, precious, reply_to);
}

/** Maps `pages` pages of the object from `offset` on, anywhere; the address, or 0. */
export function map_object(object: u32, offset: u32, pages: u32, copy: u32 = 0): u32 {
  const cell = stackAlloc(4);
  store<u32>(cell, 0);
  const all: u32 = VM_PROT_READ | VM_PROT_WRITE;
  const length = pages * PAGE_SIZE;
  const kr = vm_map(task_self(), cell, length, 0, 1, object, offset, copy, all, all, VM_INHERIT_COPY);
  return kr == 0 ? load<u32>(cell) : 0;
}

// --- the thread that touches memory ---------------------------------------------------------------------------------

/** Address, whether to write, the word, whether it is done. */
const access: usize = memory.data(16);
let toucher: u32 = 0;
/** For one thread after the other. */
let stack: u32 = 0;

function touch(_argument: u32): void {
  const address = atomic.load<u32>(access);
  if (atomic.load<u32>(access, 4) != 0) atomic.store<u32>(address, atomic.load<u32>(access, 8));
  else atomic.store<u32>(access, atomic.load<u32>(address), 8);
  atomic.store<u32>(access, 1, 12);
  for (;;) thread_switch(0, SWITCH_OPTION_WAIT, 1000);
}

function start_access(address: u32, write: u32, word: u32): void {
  atomic.store<u32>(access, address);
  atomic.store<u32>(access, write, 4);
  atomic.store<u32>(access, word, 8);
  atomic.store<u32>(access, 0, 12);
  const thread = stackAlloc(4);
  const body = changetype<u32>(changetype<ThreadBody>(touch));
  start_thread(task_self(), <u32>thread_start_address(), stack, body, 0, thread);
  toucher = load<u32>(thread);
  thread_switch(0, SWITCH_OPTION_WAIT, 1);
}

/** A thread begins to read the word at `address`. */
export function start_read(address: u32): void {
  start_access(address, 0, 0);
}

/** A thread begins to write `word` at `address`. */
export function start_write(address: u32, word: u32): void {
  start_access(address, 1, word);
}

/** Whether the access is done by now. */
export function access_done(): bool {
  return atomic.load<u32>(access, 12) != 0;
}

/** Ends the thread, wherever it is. Returns a kern_return. */
export function end_access(): i32 {
  const result = thread_terminate(toucher);
  mach_port_deallocate(task_self(), toucher);
  return result;
}

/** Waits for the end of the access: the word that was read, or written; 0 when it does not end. Ends the thread. */
export function access_result(): u32 {
  for (let waited: u32 = 0; waited < PATIENCE && !access_done(); waited += 5)
    thread_switch(0, SWITCH_OPTION_WAIT, 5);
  const word = access_done() ? atomic.load<u32>(access, 8) : 0;
  end_access();
  return word;
}

/** Waits until the access fails: the exception's code, or 0. Ends the thread. */
export function access_failure(): u32 {
  const message = stackAlloc(EXCEPTION_ROOM);
  const received = receive_exception(exceptions, message, PATIENCE);
  end_access();
  if (received != MACH_MSG_SUCCESS) return 0;
  const code =
    load<u32>(message + EXCEPTION_KIND) == EXC_BAD_ACCESS ? load<u32>(message + EXCEPTION_CODE) : 0;
  answer_exception(message, 0);
  return code;
}
