// The host: processors and processor sets, scheduling of all, time, names, notices of new tasks, and what can be seen of the
// kernel's inside. Everything that is set is put back.
import { stackAlloc } from "../../guest/i386";
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_INVALID_HOST,
  KERN_INVALID_RIGHT,
  KERN_NO_ACCESS,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MACH_MSG_TYPE_MAKE_SEND, MACH_RCV_TIMED_OUT } from "../../abi/mach_msg";
import { MACH_PORT_KTYPE_USER_DEVICE, MACH_PORT_NULL, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import {
  BASEPRI_SYSTEM,
  BASEPRI_USER,
  HOST_LOAD_INFO,
  HOST_LOAD_INFO_COUNT,
  LOAD_SCALE,
  POLICY_FIXEDPRI,
  POLICY_TIMESHARE,
  PROCESSOR_BASIC_INFO,
  PROCESSOR_BASIC_INFO_COUNT,
  PROCESSOR_INFO_IS_MASTER,
  PROCESSOR_INFO_RUNNING,
  PROCESSOR_INFO_SLOT_NUM,
  PROCESSOR_SET_BASIC_INFO,
  PROCESSOR_SET_BASIC_INFO_COUNT,
  PROCESSOR_SET_SCHED_INFO,
  PROCESSOR_SET_SCHED_INFO_COUNT,
  PSET_INFO_MACH_FACTOR,
  PSET_INFO_MAX_PRIORITY,
  PSET_INFO_POLICIES,
  PSET_INFO_PROCESSOR_COUNT,
  PSET_INFO_TASK_COUNT,
  PSET_INFO_THREAD_COUNT,
} from "../../abi/task_types";
import { SLAB_INFO_NR_OBJS, SLAB_INFO_SIZE } from "../../abi/vm_types";
import {
  register_new_task_notification,
  task_set_essential,
  task_set_name,
  thread_get_name,
  thread_set_name,
} from "../generated/gnumach.generated";
import {
  task_create,
  task_terminate,
  thread_create,
  thread_terminate,
  vm_deallocate,
  vm_set_default_memory_manager,
} from "../generated/mach.generated";
import {
  host_ipc_marequest_info,
  host_load_symbol_table,
  host_slab_info,
  host_stack_usage,
  host_virtual_physical_table_info,
  mach_port_kernel_object,
  processor_set_stack_usage,
} from "../generated/mach_debug.generated";
import {
  host_adjust_time,
  host_adjust_time64,
  host_get_time,
  host_get_time64,
  host_info,
  host_processor_set_priv,
  host_processor_sets,
  host_processors,
  host_reboot,
  host_set_time,
  host_set_time64,
  processor_assign,
  processor_control,
  processor_exit,
  processor_get_assignment,
  processor_info,
  processor_set_create,
  processor_set_default,
  processor_set_destroy,
  processor_set_info,
  processor_set_max_priority,
  processor_set_policy_disable,
  processor_set_policy_enable,
  processor_set_processors,
  processor_set_tasks,
  processor_set_threads,
  processor_start,
  task_assign,
  task_assign_default,
  task_get_assignment,
  thread_assign,
  thread_assign_default,
  thread_get_assignment,
  thread_max_priority,
  thread_wire,
} from "../generated/mach_host.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_set_ktype,
} from "../generated/mach_port.generated";
import { serve_mach_notify_new_task, task_notify_server } from "../generated/task_notify_server.generated";
import { mach_host_self, mach_reply_port, mach_thread_self } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish, host_port } from "../lib/process";
import { serve_one } from "../lib/server";
import { string_equals } from "../lib/string";

export { thread_entry } from "../lib/threads";

const ROOM: u32 = 4096;
const info: usize = memory.data(4096);

function cell(value: u32): usize {
  store<u32>(cells + used, value);
  used = (used + 4) & 63;
  return cells + ((used - 4) & 63);
}
/** A ring of cells, for calls that store a word. */
const cells: usize = memory.data(64);
let used: u32 = 0;

function release(name: u32): void {
  mach_port_deallocate(task_self(), name);
}

/** The names in an out-of-line array, of which the first is kept and the others are given up; the memory goes. */
function first_of(list: u32, count: u32): u32 {
  const first = load<u32>(list);
  for (let i: u32 = 1; i < count; i++) release(load<u32>(list + i * 4));
  vm_deallocate(task_self(), list, count * 4);
  return first;
}

// --- processors ---

function processors(): void {
  const list = cell(0);
  const count = cell(0);
  check_equals("host_processors", host_processors(host_port, list, count), KERN_SUCCESS);
  check_equals("there is one", load<u32>(count), 1);
  const processor = first_of(load<u32>(list), load<u32>(count));
  const host = cell(0);
  store<u32>(count, ROOM / 4);
  check_equals(
    "processor_info",
    processor_info(processor, PROCESSOR_BASIC_INFO, host, info, count),
    KERN_SUCCESS,
  );
  check_equals("its words", load<u32>(count), PROCESSOR_BASIC_INFO_COUNT);
  check_equals("it runs", load<u32>(info + PROCESSOR_INFO_RUNNING), 1);
  check_equals("it is the master", load<u32>(info + PROCESSOR_INFO_IS_MASTER), 1);
  check_equals("its slot", load<u32>(info + PROCESSOR_INFO_SLOT_NUM), 0);
  check_equals("its host", load<u32>(host), mach_host_self());
  release(load<u32>(host));
  store<u32>(count, PROCESSOR_BASIC_INFO_COUNT - 1);
  check_equals(
    "too little room",
    processor_info(processor, PROCESSOR_BASIC_INFO, host, info, count),
    KERN_FAILURE,
  );
  check_equals("no such flavor", processor_info(processor, 9, host, info, count), KERN_INVALID_ARGUMENT);
  check_equals("processor_start", processor_start(processor), KERN_FAILURE);
  check_equals("processor_exit", processor_exit(processor), KERN_FAILURE);
  check_equals("processor_control", processor_control(processor, info, 1), KERN_FAILURE);
  check_equals("a task is no processor", processor_start(task_self()), KERN_INVALID_ARGUMENT);
  const set = cell(0);
  check_equals("processor_get_assignment", processor_get_assignment(processor, set), KERN_SUCCESS);
  check_equals("to a set that is named", load<u32>(set), default_set());
  release(load<u32>(set));
  check_equals("processor_assign", processor_assign(processor, control_set(), 0), KERN_FAILURE);
  check_equals("to no set", processor_assign(processor, task_self(), 0), KERN_INVALID_ARGUMENT);
  check_equals(
    "the host's name port is not enough",
    host_processors(mach_host_self(), list, count),
    KERN_INVALID_ARGUMENT,
  );
  release(processor);
}

// --- the processor set ---

/** The default set's name; the program keeps one reference. */
let set_name: u32 = 0;
function default_set(): u32 {
  const slot = cell(0);
  if (set_name == 0 && processor_set_default(mach_host_self(), slot) == 0) set_name = load<u32>(slot);
  return set_name;
}

/** Its control port. */
let set_control: u32 = 0;
function control_set(): u32 {
  const slot = cell(0);
  if (set_control == 0 && host_processor_set_priv(host_port, default_set(), slot) == 0)
    set_control = load<u32>(slot);
  return set_control;
}

function set_word(flavor: u32, words: u32, offset: u32): u32 {
  const host = cell(0);
  const count = cell(words);
  if (processor_set_info(default_set(), flavor, host, info, count) != 0) return 0xffffffff;
  release(load<u32>(host));
  return load<u32>(count) == words ? load<u32>(info + offset) : 0xffffffff;
}

function basic(offset: u32): u32 {
  return set_word(PROCESSOR_SET_BASIC_INFO, PROCESSOR_SET_BASIC_INFO_COUNT, offset);
}

function scheduling(offset: u32): u32 {
  return set_word(PROCESSOR_SET_SCHED_INFO, PROCESSOR_SET_SCHED_INFO_COUNT, offset);
}

function the_set(): void {
  const list = cell(0);
  const count = cell(0);
  check_equals("host_processor_sets", host_processor_sets(mach_host_self(), list, count), KERN_SUCCESS);
  check_equals("there is one set", load<u32>(count), 1);
  const name = first_of(load<u32>(list), 1);
  check_equals("the default set", name, default_set());
  release(name);
  check("its control port is another one", control_set() != 0 && control_set() != default_set());
  check_equals(
    "host_processor_set_priv of no set",
    host_processor_set_priv(host_port, task_self(), list),
    KERN_INVALID_ARGUMENT,
  );
  check_equals("processor_set_processors", processor_set_processors(name, list, count), KERN_SUCCESS);
  release(first_of(load<u32>(list), load<u32>(count)));
  check_equals("its processors", basic(PSET_INFO_PROCESSOR_COUNT), 1);
  check_equals(
    "too little room",
    processor_set_info(name, PROCESSOR_SET_SCHED_INFO, list, info, cell(1)),
    KERN_FAILURE,
  );
  check_equals("no such flavor", processor_set_info(name, 9, list, info, count), KERN_INVALID_ARGUMENT);
  check_equals("processor_set_create", processor_set_create(mach_host_self(), list, count), KERN_FAILURE);
  check_equals("processor_set_destroy", processor_set_destroy(control_set()), KERN_FAILURE);
}

function assignments(): void {
  const set = cell(0);
  const thread = mach_thread_self();
  check_equals("task_get_assignment", task_get_assignment(task_self(), set), KERN_SUCCESS);
  check_equals("the default set", load<u32>(set), default_set());
  release(load<u32>(set));
  check_equals("thread_get_assignment", thread_get_assignment(thread, set), KERN_SUCCESS);
  check_equals("the default set", load<u32>(set), default_set());
  release(load<u32>(set));
  check_equals("task_assign", task_assign(task_self(), control_set(), 1), KERN_FAILURE);
  check_equals("task_assign_default", task_assign_default(task_self(), 1), KERN_FAILURE);
  check_equals("thread_assign", thread_assign(thread, control_set()), KERN_FAILURE);
  check_equals("thread_assign_default", thread_assign_default(thread), KERN_FAILURE);
  check_equals("to a name", thread_assign(thread, default_set()), KERN_INVALID_ARGUMENT);
  release(thread);
}

function members(): void {
  const list = cell(0);
  const count = cell(0);
  const child = cell(0);
  check_equals("processor_set_tasks", processor_set_tasks(control_set(), list, count), KERN_SUCCESS);
  const tasks = load<u32>(count);
  check_equals("as many as the set says", tasks, basic(PSET_INFO_TASK_COUNT));
  let self = 0;
  for (let i: u32 = 0; i < tasks; i++) if (load<u32>(load<u32>(list) + i * 4) == task_self()) self++;
  check_equals("this task is among them", self, 1);
  release(first_of(load<u32>(list), tasks));
  task_create(task_self(), 0, child);
  check_equals("one more task", basic(PSET_INFO_TASK_COUNT), tasks + 1);
  const threads = basic(PSET_INFO_THREAD_COUNT);
  const thread = cell(0);
  thread_create(load<u32>(child), thread);
  check_equals("one more thread", basic(PSET_INFO_THREAD_COUNT), threads + 1);
  check_equals("processor_set_threads", processor_set_threads(control_set(), list, count), KERN_SUCCESS);
  check_equals("as many as the set says", load<u32>(count), threads + 1);
  release(first_of(load<u32>(list), load<u32>(count)));
  thread_terminate(load<u32>(thread));
  task_terminate(load<u32>(child));
  check_equals("and one less", basic(PSET_INFO_TASK_COUNT), tasks);
  release(load<u32>(thread));
  release(load<u32>(child));
  check_equals(
    "a name does not list",
    processor_set_tasks(default_set(), list, count),
    KERN_INVALID_ARGUMENT,
  );
}

function priorities(): void {
  const set = control_set();
  const thread = mach_thread_self();
  check_equals("the best priority", scheduling(PSET_INFO_MAX_PRIORITY), BASEPRI_SYSTEM);
  check_equals(
    "processor_set_max_priority",
    processor_set_max_priority(set, BASEPRI_USER - 5, 0),
    KERN_SUCCESS,
  );
  check_equals("is set", scheduling(PSET_INFO_MAX_PRIORITY), BASEPRI_USER - 5);
  check_equals("no such priority", processor_set_max_priority(set, 64, 0), KERN_INVALID_ARGUMENT);
  processor_set_max_priority(set, BASEPRI_SYSTEM, 0);
  check_equals("thread_max_priority", thread_max_priority(thread, set, BASEPRI_USER), KERN_SUCCESS);
  check_equals("needs the control port", thread_max_priority(thread, set_name, 20), KERN_INVALID_ARGUMENT);
  const timesharing: u32 = POLICY_TIMESHARE;
  check_equals("timesharing", scheduling(PSET_INFO_POLICIES) & timesharing, timesharing);
  check_equals(
    "processor_set_policy_enable",
    processor_set_policy_enable(set, POLICY_FIXEDPRI),
    KERN_SUCCESS,
  );
  check_equals("both", scheduling(PSET_INFO_POLICIES), POLICY_TIMESHARE | POLICY_FIXEDPRI);
  check_equals(
    "processor_set_policy_disable",
    processor_set_policy_disable(set, POLICY_FIXEDPRI, 1),
    KERN_SUCCESS,
  );
  check_equals("no more", scheduling(PSET_INFO_POLICIES), POLICY_TIMESHARE);
  check_equals("timesharing stays", processor_set_policy_disable(set, timesharing, 0), KERN_INVALID_ARGUMENT);
  check_equals("no such policy", processor_set_policy_enable(set, 4), KERN_INVALID_ARGUMENT);
  release(thread);
}

function loads(): void {
  const count = cell(ROOM / 4);
  check_equals("host_info, load", host_info(mach_host_self(), HOST_LOAD_INFO, info, count), KERN_SUCCESS);
  check_equals("its words", load<u32>(count), HOST_LOAD_INFO_COUNT);
  for (let i: u32 = 0; i < 3; i++) {
    const average = load<u32>(info + i * 4);
    const factor = load<u32>(info + 12 + i * 4);
    check(
      "a load of some threads, a factor of at most one processor",
      average < 20000 && factor <= <u32>LOAD_SCALE,
    );
  }
  check("so has the set", basic(PSET_INFO_MACH_FACTOR) <= <u32>LOAD_SCALE);
}

// --- time ---

function time(): void {
  const now = stackAlloc(16);
  const host = mach_host_self();
  check_equals("host_get_time", host_get_time(host, now), KERN_SUCCESS);
  const seconds = load<u32>(now);
  store<u32>(now, seconds + 1000);
  store<u32>(now, 250000, 4);
  check_equals("host_set_time", host_set_time(host_port, now), KERN_SUCCESS);
  host_get_time(host, now);
  check("an hour that never was", load<u32>(now) - seconds - 1000 < 2);
  store<u32>(now, 1000000, 4);
  check_equals("a million microseconds", host_set_time(host_port, now), KERN_INVALID_ARGUMENT);
  check_equals("not everybody's", host_set_time(host, now), KERN_INVALID_HOST);
  check_equals("a task has no time", host_get_time(task_self(), now), KERN_INVALID_HOST);
  host_get_time64(host, now);
  check("the same in nanoseconds", load<u32>(now) - seconds - 1000 < 2 && load<u32>(now, 8) < 1000000000);
  store<u32>(now, load<u32>(now) - 1000);
  check_equals("host_set_time64", host_set_time64(host_port, now), KERN_SUCCESS);
  store<u32>(now, 1000000000, 8);
  check_equals("a thousand million nanoseconds", host_set_time64(host_port, now), KERN_INVALID_ARGUMENT);
  host_get_time(host, now);
  check("and back", load<u32>(now) - seconds < 2);
  adjustment();
}

function adjustment(): void {
  const delta = stackAlloc(16);
  const old = stackAlloc(16);
  memory.fill(delta, 0, 16);
  store<i32>(delta, -3);
  check_equals("host_adjust_time", host_adjust_time(host_port, delta, old), KERN_SUCCESS);
  check("nothing was left", load<u32>(old) == 0 && load<u32>(old, 4) == 0);
  memory.fill(delta, 0, 16);
  check_equals("host_adjust_time64", host_adjust_time64(host_port, delta, old), KERN_SUCCESS);
  check("nearly all was left", load<i64>(old) == -2 || load<i64>(old) == -3);
  check_equals("not everybody's", host_adjust_time(mach_host_self(), delta, old), KERN_INVALID_HOST);
}

// --- names, notices ---

function names(): void {
  const thread = mach_thread_self();
  const length = cell(64);
  check_equals("thread_get_name", thread_get_name(thread, info, length), KERN_SUCCESS);
  check("has an end", load<u8>(info + load<u32>(length) - 1) == 0);
  store<u32>(info, 0x0041424d); // "MBA"
  check_equals("thread_set_name", thread_set_name(thread, info, 4), KERN_SUCCESS);
  store<u32>(info, 0);
  thread_get_name(thread, info, length);
  check("is set", string_equals(info, "MBA") && load<u32>(length) == 4);
  check_equals("task_set_name", task_set_name(task_self(), info, 4), KERN_SUCCESS);
  check_equals("task_set_essential", task_set_essential(task_self(), 0), KERN_SUCCESS);
  release(thread);
}

let new_task: u32 = 0;
let new_parent: u32 = 0;

function on_new_task(port: u32, task: u32, parent: u32): void {
  new_task = task;
  new_parent = parent;
}

function notices(): void {
  const slot = cell(0);
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot);
  const port = load<u32>(slot);
  serve_mach_notify_new_task(on_new_task);
  check_equals(
    "not everybody hears of new tasks",
    register_new_task_notification(mach_host_self(), port, MACH_MSG_TYPE_MAKE_SEND),
    KERN_INVALID_HOST,
  );
  check_equals(
    "register_new_task_notification",
    register_new_task_notification(host_port, port, MACH_MSG_TYPE_MAKE_SEND),
    KERN_SUCCESS,
  );
  check_equals(
    "once",
    register_new_task_notification(host_port, port, MACH_MSG_TYPE_MAKE_SEND),
    KERN_NO_ACCESS,
  );
  const child = cell(0);
  task_create(task_self(), 0, child);
  check_equals("a notice comes", serve_one(port, task_notify_server, 1000), 0);
  check("with the task and its parent", new_task == load<u32>(child) && new_parent == task_self());
  check_equals("and only one", serve_one(port, task_notify_server, 0), MACH_RCV_TIMED_OUT);
  task_terminate(load<u32>(child));
  mach_port_destroy(task_self(), load<u32>(child));
  release(task_self());
  mach_port_destroy(task_self(), port);
  check_equals("who is gone hears nothing", task_create(task_self(), 0, child), KERN_SUCCESS);
  task_terminate(load<u32>(child));
  release(load<u32>(child));
}

function wiring(): void {
  const thread = mach_thread_self();
  check_equals("thread_wire", thread_wire(host_port, thread, 1), KERN_SUCCESS);
  check_equals("and not", thread_wire(host_port, thread, 0), KERN_SUCCESS);
  check_equals("no thread", thread_wire(host_port, task_self(), 1), KERN_INVALID_ARGUMENT);
  check_equals("host_reboot is not everybody's", host_reboot(mach_host_self(), 0), KERN_INVALID_HOST);
  release(thread);
}

function default_manager(): void {
  const slot = cell(MACH_PORT_NULL);
  check_equals("the default pager", vm_set_default_memory_manager(host_port, slot), KERN_SUCCESS);
  const before = load<u32>(slot);
  mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, slot);
  const port = load<u32>(slot);
  check_equals("a new one", vm_set_default_memory_manager(host_port, slot), KERN_SUCCESS);
  check_equals("for the old one", load<u32>(slot), before);
  store<u32>(slot, MACH_PORT_NULL);
  vm_set_default_memory_manager(host_port, slot);
  check_equals("is there", load<u32>(slot), port);
  check_equals("not everybody's", vm_set_default_memory_manager(mach_host_self(), slot), KERN_INVALID_HOST);
  mach_port_destroy(task_self(), port);
}

// --- the kernel's inside ---

/** Frees what came out of line; the sum of the words. */
function sum(words: u32, count: u32): u32 {
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) total += load<u32>(words + i * 4);
  if (words != <u32>info) vm_deallocate(task_self(), words, count * 4);
  return total;
}

function inside(): void {
  const host = mach_host_self();
  const array = cell(<u32>info);
  const count = cell(2);
  check_equals(
    "the page table of objects",
    host_virtual_physical_table_info(host, array, count),
    KERN_SUCCESS,
  );
  check("has many buckets, out of line", load<u32>(count) > 2 && load<u32>(array) != <u32>info);
  const pages = sum(load<u32>(array), load<u32>(count));
  check("and as many pages in them as some programs use", pages > 10 && pages < 10000);
  store<u32>(array, <u32>info);
  store<u32>(count, ROOM / 4);
  const most = cell(0);
  check_equals("host_ipc_marequest_info", host_ipc_marequest_info(host, most, array, count), KERN_SUCCESS);
  check("nobody waits", sum(load<u32>(array), load<u32>(count)) == 0);
  store<u32>(array, <u32>info);
  store<u32>(count, ROOM / <u32>SLAB_INFO_SIZE);
  check_equals("host_slab_info", host_slab_info(host, array, count), KERN_SUCCESS);
  let objects: u32 = 0;
  for (let i: u32 = 0; i < load<u32>(count); i++)
    objects += load<u32>(load<u32>(array) + i * SLAB_INFO_SIZE + SLAB_INFO_NR_OBJS);
  check("zones with things in them", objects > 100);
  stacks();
  check_equals("no table for a task", host_slab_info(task_self(), array, count), KERN_INVALID_HOST);
  check_equals(
    "symbols are not loaded",
    host_load_symbol_table(host_port, task_self(), info, <usize>info, 16),
    KERN_FAILURE,
  );
}

function stacks(): void {
  const total = cell(0);
  const space = cell(0);
  const rest = stackAlloc(16);
  const host = mach_host_self();
  check_equals(
    "host_stack_usage",
    host_stack_usage(host, rest, total, space, rest + 4, rest + 8, rest + 12),
    KERN_SUCCESS,
  );
  check_equals(
    "processor_set_stack_usage",
    processor_set_stack_usage(default_set(), total, space, rest, rest + 4, rest + 8),
    KERN_SUCCESS,
  );
  check(
    "a stack of some pages for each thread",
    load<u32>(total) > 1 && load<u32>(space) / load<u32>(total) >= 4096,
  );
}

/** A server's port that is marked as a device. */
function marks(): void {
  const name = mach_reply_port();
  const self = task_self();
  const shown = cell(0);
  const mark = mach_port_set_ktype(
    host_port,
    self,
    name,
    MACH_PORT_RIGHT_RECEIVE,
    MACH_PORT_KTYPE_USER_DEVICE,
  );
  check_equals("a port is marked", mark, KERN_SUCCESS);
  mach_port_kernel_object(self, name, shown, cell(0));
  check_equals("as a device of a user", load<u32>(shown), MACH_PORT_KTYPE_USER_DEVICE);
  check_equals("as nothing known", mach_port_set_ktype(host_port, self, name, 1, 5), KERN_INVALID_ARGUMENT);
  check_equals(
    "by a right that it lacks",
    mach_port_set_ktype(host_port, self, name, 0, 0),
    KERN_INVALID_RIGHT,
  );
  check_equals(
    "without privilege",
    mach_port_set_ktype(mach_host_self(), self, name, 1, 0),
    KERN_INVALID_HOST,
  );
  mach_port_destroy(self, name);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  processors();
  the_set();
  assignments();
  members();
  priorities();
  loads();
  time();
  names();
  notices();
  wiring();
  default_manager();
  inside();
  marks();
  return finish();
}
