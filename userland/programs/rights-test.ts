// Every operation on every kind of name, by system calls: the cases of the table of rights (tools/rights) tried on names of
// another task. Says of each operation whether code, type, references, counts and notifications were the table's.
import { stackAlloc } from "../../guest/i386";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_RCV_MSG,
  MACH_RCV_TIMEOUT,
  MSGH_ID,
} from "../../abi/mach_msg";
import {
  MACH_NOTIFY_DEAD_NAME,
  MACH_NOTIFY_NO_SENDERS,
  MACH_PORT_RIGHT_DEAD_NAME,
  MACH_PORT_RIGHT_PORT_SET,
  MACH_PORT_RIGHT_RECEIVE,
  MACH_PORT_RIGHT_SEND,
  MACH_PORT_RIGHT_SEND_ONCE,
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_TYPE_SEND,
  MACH_PORT_TYPE_SEND_ONCE,
  PORT_STATUS_MSCOUNT,
  PORT_STATUS_SIZE,
  PORT_STATUS_SORIGHTS,
} from "../../abi/mach_port";
import { task_create, task_terminate } from "../generated/mach.generated";
import { mach_port_get_srights } from "../generated/mach_debug.generated";
import {
  mach_port_allocate,
  mach_port_allocate_name,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_extract_right,
  mach_port_get_receive_status,
  mach_port_get_refs,
  mach_port_insert_right,
  mach_port_mod_refs,
  mach_port_request_notification,
  mach_port_type,
} from "../generated/mach_port.generated";
import {
  CASE_CODE,
  CASE_COUNT,
  CASE_MSCOUNT,
  CASE_OPERATION,
  CASE_PORT_NOTIFIED,
  CASE_REFERENCES,
  CASE_REFERENCES_AFTER,
  CASE_REQUEST_NOTIFIED,
  CASE_REQUESTED,
  CASE_SENDERS_NOTIFIED,
  CASE_SIZE,
  CASE_SORIGHTS,
  CASE_SRIGHTS,
  CASE_TYPE,
  CASE_TYPE_AFTER,
  CASES,
  OPERATION_COPYOUT_RECEIVE,
  OPERATION_COPYOUT_SEND,
  OPERATION_COPYOUT_SEND_ONCE,
  OPERATION_COUNT,
  OPERATION_DEALLOCATE,
  OPERATION_DESTROY,
  OPERATION_MAKE_SEND_ONCE,
  OPERATION_MOD_REFS_DEAD_NAME_LESS,
  OPERATION_MOD_REFS_DEAD_NAME_MORE,
  OPERATION_MOD_REFS_PORT_SET_LESS,
  OPERATION_MOD_REFS_PORT_SET_MORE,
  OPERATION_MOD_REFS_RECEIVE_LESS,
  OPERATION_MOD_REFS_RECEIVE_MORE,
  OPERATION_MOD_REFS_SEND_LESS,
  OPERATION_MOD_REFS_SEND_MORE,
  OPERATION_MOD_REFS_SEND_ONCE_LESS,
  OPERATION_MOD_REFS_SEND_ONCE_MORE,
  OPERATION_MOVE_RECEIVE,
  OPERATION_NAMES,
  OPERATION_PORT_DEATH,
  OPERATION_REQUEST_DEAD_NAME,
} from "../generated/rights.generated";
import { mach_msg_trap } from "../lib/asm";
import { check_equals_named } from "../lib/check";
import { task_self } from "../lib/mach";
import { arg, format } from "../lib/print";
import { begin, finish } from "../lib/process";

export { thread_entry } from "../lib/threads";

/** The name in the other task that operations are tried on. */
const NAME: u32 = 100;
/** Never reached: keeps a no-senders request from being answered at once. */
const NEVER: u32 = 1 << 20;
const ROOM: u32 = 128;

let child: u32 = 0;
/** Where the dead-name and the no-senders request of a case are answered. */
let requests: u32 = 0;
let senders: u32 = 0;
/** The task and the name with the receive right of the port in question; 0 if there is none. */
let receiver_task: u32 = 0;
let receiver_name: u32 = 0;
/** What a copyout takes its right from. */
let source: u32 = 0;
/** Names of this task to be destroyed after the case. */
const own: usize = memory.data(16);
let own_count: u32 = 0;

function field(at: usize, offset: usize): u32 {
  return load<u32>(at + offset);
}

function note_own(name: u32): u32 {
  store<u32>(own + ((<usize>own_count) << 2), name);
  own_count++;
  return name;
}

function allocate_receive(): u32 {
  const slot = stackAlloc(4);
  return mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot) == 0 ? note_own(load<u32>(slot)) : 0;
}

// --- Before ---

/** Makes the name what the case begins with. */
function prepare_name(type: u32, references: u32): void {
  if (type == MACH_PORT_TYPE_PORT_SET) mach_port_allocate_name(child, MACH_PORT_RIGHT_PORT_SET, NAME);
  else if (type == MACH_PORT_TYPE_DEAD_NAME) {
    mach_port_allocate_name(child, MACH_PORT_RIGHT_DEAD_NAME, NAME);
    mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_DEAD_NAME, references - 1);
  } else if (type & MACH_PORT_TYPE_RECEIVE) {
    mach_port_allocate_name(child, MACH_PORT_RIGHT_RECEIVE, NAME);
    receiver_task = child;
    receiver_name = NAME;
    if (type & MACH_PORT_TYPE_SEND) add_own_send();
  } else if (type != 0) {
    receiver_task = task_self();
    receiver_name = allocate_receive();
    const once = type == MACH_PORT_TYPE_SEND_ONCE;
    const disposition: u32 = once ? MACH_MSG_TYPE_MAKE_SEND_ONCE : MACH_MSG_TYPE_MAKE_SEND;
    mach_port_insert_right(child, NAME, receiver_name, disposition);
  }
  if (type & MACH_PORT_TYPE_SEND) mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_SEND, references - 1);
}

/** A send right beside the other task's receive right. */
function add_own_send(): void {
  const cells = stackAlloc(8);
  mach_port_extract_right(child, NAME, MACH_MSG_TYPE_MAKE_SEND, cells, cells + 4);
  mach_port_insert_right(child, NAME, load<u32>(cells), MACH_MSG_TYPE_MOVE_SEND);
}

/** What will be copied out: a right to the name's port where that can be, else to a fresh one. */
function prepare_copyout(operation: u32, type: u32): void {
  if (operation == OPERATION_COPYOUT_SEND && (type & MACH_PORT_TYPE_RECEIVE) != 0) {
    const cells = stackAlloc(8);
    mach_port_extract_right(child, NAME, MACH_MSG_TYPE_MAKE_SEND, cells, cells + 4);
    source = note_own(load<u32>(cells));
    return;
  }
  source = type == MACH_PORT_TYPE_SEND ? receiver_name : allocate_receive();
  receiver_task = task_self();
  receiver_name = source;
  if (operation == OPERATION_COPYOUT_SEND)
    mach_port_insert_right(task_self(), source, source, MACH_MSG_TYPE_MAKE_SEND);
}

function is_copyout(operation: u32): bool {
  return operation - OPERATION_COPYOUT_RECEIVE <= OPERATION_COPYOUT_SEND_ONCE - OPERATION_COPYOUT_RECEIVE;
}

function request(task: u32, name: u32, id: u32, sync: u32, notify: u32): i32 {
  const slot = stackAlloc(4);
  store<u32>(slot, 0);
  const once: u32 = MACH_MSG_TYPE_MAKE_SEND_ONCE;
  const result = mach_port_request_notification(task, name, id, sync, notify, once, slot);
  if (result == 0 && load<u32>(slot) != 0) mach_port_deallocate(task_self(), load<u32>(slot));
  return result;
}

function prepare(one: usize): void {
  const operation = field(one, CASE_OPERATION);
  const type = field(one, CASE_TYPE);
  own_count = 0;
  receiver_task = 0;
  prepare_name(type, field(one, CASE_REFERENCES));
  if (field(one, CASE_REQUESTED)) request(child, NAME, MACH_NOTIFY_DEAD_NAME, 0, requests);
  if (receiver_task != 0) request(receiver_task, receiver_name, MACH_NOTIFY_NO_SENDERS, NEVER, senders);
  if (is_copyout(operation)) prepare_copyout(operation, type);
}

// --- The operations ---

/** The disposition of an operation that takes a right; 0 for others. They are in the order of the dispositions. */
function disposition_of(operation: u32): u32 {
  return operation <= OPERATION_MAKE_SEND_ONCE ? MACH_MSG_TYPE_MOVE_RECEIVE + operation : 0;
}

/** The other task's right comes to this one. */
function take(disposition: u32): i32 {
  const cells = stackAlloc(8);
  store<u32>(cells, 0);
  const result = mach_port_extract_right(child, NAME, disposition, cells, cells + 4);
  const name = load<u32>(cells);
  if (result != 0 || name + 1 <= 1) return result;
  if (name != receiver_name || receiver_task == child) note_own(name);
  if (disposition == MACH_MSG_TYPE_MOVE_RECEIVE) {
    receiver_task = task_self();
    receiver_name = name;
  }
  return result;
}

function copy_out(operation: u32): i32 {
  if (operation == OPERATION_COPYOUT_RECEIVE) {
    const result = mach_port_insert_right(child, NAME, source, MACH_MSG_TYPE_MOVE_RECEIVE);
    receiver_task = result == 0 ? child : 0;
    receiver_name = NAME;
    return result;
  }
  const once = operation == OPERATION_COPYOUT_SEND_ONCE;
  return mach_port_insert_right(
    child,
    NAME,
    source,
    once ? MACH_MSG_TYPE_MAKE_SEND_ONCE : MACH_MSG_TYPE_COPY_SEND,
  );
}

function mod_refs(operation: u32): i32 {
  switch (operation) {
    case OPERATION_MOD_REFS_SEND_LESS:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_SEND, -1);
    case OPERATION_MOD_REFS_SEND_MORE:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_SEND, 1);
    case OPERATION_MOD_REFS_RECEIVE_LESS:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_RECEIVE, -1);
    case OPERATION_MOD_REFS_RECEIVE_MORE:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_RECEIVE, 1);
    case OPERATION_MOD_REFS_SEND_ONCE_LESS:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_SEND_ONCE, -1);
    case OPERATION_MOD_REFS_SEND_ONCE_MORE:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_SEND_ONCE, 1);
    case OPERATION_MOD_REFS_PORT_SET_LESS:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_PORT_SET, -1);
    case OPERATION_MOD_REFS_PORT_SET_MORE:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_PORT_SET, 1);
    case OPERATION_MOD_REFS_DEAD_NAME_LESS:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_DEAD_NAME, -1);
    case OPERATION_MOD_REFS_DEAD_NAME_MORE:
      return mach_port_mod_refs(child, NAME, MACH_PORT_RIGHT_DEAD_NAME, 1);
    default:
      return -1;
  }
}

function perform(operation: u32): i32 {
  const disposition = disposition_of(operation);
  if (disposition != 0) return take(disposition);
  if (is_copyout(operation)) return copy_out(operation);
  if (operation == OPERATION_DESTROY) return mach_port_destroy(child, NAME);
  if (operation == OPERATION_DEALLOCATE) return mach_port_deallocate(child, NAME);
  if (operation == OPERATION_PORT_DEATH) return mach_port_destroy(task_self(), receiver_name);
  if (operation == OPERATION_REQUEST_DEAD_NAME) {
    const result = request(child, NAME, MACH_NOTIFY_DEAD_NAME, 1, requests);
    // A request that was refused gives its right back; that is not what the case looks at.
    if (result != 0) heard(requests);
    return result;
  }
  return mod_refs(operation);
}

// --- After ---

/** The id of what waits on a port; 0 if nothing does. */
function heard(port: u32): u32 {
  const message = stackAlloc(ROOM);
  const option: u32 = MACH_RCV_MSG | MACH_RCV_TIMEOUT;
  return mach_msg_trap(message, option, 0, ROOM, port, 0, 0) == MACH_MSG_SUCCESS
    ? load<u32>(message, MSGH_ID)
    : 0;
}

/** Stores srights, sorights and mscount of the port in question; false if it has no receiver. */
function read_counts(counts: usize): bool {
  if (receiver_task == 0) return false;
  const status = stackAlloc(PORT_STATUS_SIZE);
  if (mach_port_get_receive_status(receiver_task, receiver_name, status) != 0) return false;
  store<u32>(counts, load<u32>(status + PORT_STATUS_SORIGHTS), 4);
  store<u32>(counts, load<u32>(status + PORT_STATUS_MSCOUNT), 8);
  return mach_port_get_srights(receiver_task, receiver_name, counts) == 0;
}

/** Reports a difference; 1 if there is one. */
function differs(number: u32, what: string, got: u32, expected: u32): u32 {
  if (got == expected) return 0;
  arg(number);
  format("case %u: ");
  arg(got);
  arg(expected);
  format(what);
  return 1;
}

function type_of_name(): u32 {
  const slot = stackAlloc(4);
  return mach_port_type(child, NAME, slot) == 0 ? load<u32>(slot) & 0x1fffffff : 0;
}

function references_of_name(type: u32): u32 {
  const slot = stackAlloc(4);
  const right: u32 = type & MACH_PORT_TYPE_DEAD_NAME ? MACH_PORT_RIGHT_DEAD_NAME : MACH_PORT_RIGHT_SEND;
  return mach_port_get_refs(child, NAME, right, slot) == 0 ? load<u32>(slot) : 0;
}

function counts_differ(number: u32, one: usize, earlier: usize, later: usize): u32 {
  const operation = field(one, CASE_OPERATION);
  const moved = operation == OPERATION_MOVE_RECEIVE || operation == OPERATION_COPYOUT_RECEIVE;
  const clears = moved && field(one, CASE_CODE) == 0;
  const made: u32 = clears ? 0 - load<u32>(earlier, 8) : field(one, CASE_MSCOUNT);
  return (
    differs(number, "srights %d, not %d\n", load<u32>(later) - load<u32>(earlier), field(one, CASE_SRIGHTS)) +
    differs(
      number,
      "sorights %d, not %d\n",
      load<u32>(later, 4) - load<u32>(earlier, 4),
      field(one, CASE_SORIGHTS),
    ) +
    differs(number, "mscount %d, not %d\n", load<u32>(later, 8) - load<u32>(earlier, 8), made)
  );
}

/** Tries one case; how many things are not as the table says. */
function try_case(number: u32): u32 {
  const one = CASES + <usize>number * CASE_SIZE;
  const earlier = stackAlloc(12);
  const later = stackAlloc(12);
  prepare(one);
  const counted = read_counts(earlier);
  const code = perform(field(one, CASE_OPERATION));
  const type = type_of_name();
  let wrong =
    differs(number, "code %d, not %d\n", code, field(one, CASE_CODE)) +
    differs(number, "type %x, not %x\n", type, field(one, CASE_TYPE_AFTER)) +
    differs(number, "references %u, not %u\n", references_of_name(type), field(one, CASE_REFERENCES_AFTER)) +
    differs(number, "request heard %u, not %u\n", heard(requests), field(one, CASE_REQUEST_NOTIFIED)) +
    differs(number, "senders heard %u, not %u\n", heard(senders), field(one, CASE_SENDERS_NOTIFIED));
  const mine = receiver_task == task_self() ? heard(receiver_name) : 0;
  wrong += differs(number, "port heard %u, not %u\n", mine, field(one, CASE_PORT_NOTIFIED));
  if (counted && read_counts(later)) wrong += counts_differ(number, one, earlier, later);
  mach_port_destroy(child, NAME);
  while (own_count > 0) mach_port_destroy(task_self(), load<u32>(own + ((<usize>--own_count) << 2)));
  while (heard(requests) != 0);
  while (heard(senders) != 0);
  return wrong;
}

/** All cases of an operation, which are one after the other. */
function try_operation(operation: u32): void {
  let wrong: u32 = 0;
  for (let number: u32 = 0; number < CASE_COUNT; number++)
    if (field(CASES + <usize>number * CASE_SIZE, CASE_OPERATION) == operation) wrong += try_case(number);
  check_equals_named(OPERATION_NAMES + <usize>operation * 32, wrong, 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const slot = stackAlloc(4);
  requests = allocate_receive();
  senders = allocate_receive();
  if (task_create(task_self(), 0, slot) == 0) {
    child = load<u32>(slot);
    for (let operation: u32 = 0; operation < OPERATION_COUNT; operation++) try_operation(operation);
    task_terminate(child);
    mach_port_destroy(task_self(), child);
  }
  return finish();
}
