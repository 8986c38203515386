// The default pager: keeps anonymous memory that the kernel pages out in the disk's paging partition. A server: `init`
// goes on when it has reported. Its own memory is wired, and its thread may use the kernel's last pages.
import { stackAlloc } from "../../guest/i386";
import { KERN_MEMORY_ERROR, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MACH_MSG_TYPE_MAKE_SEND, MSGH_ID, MSGH_REMOTE_PORT } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_PORT_SET, MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { D_READ, D_WRITE } from "../../abi/task_types";
import {
  MEMORY_OBJECT_COPY_DELAY,
  VM_PROT_NONE,
  VM_STATS_FREE,
  VM_STATS_SIZE,
  VM_WIRE_CURRENT,
  VM_WIRE_FUTURE,
} from "../../abi/vm_types";
import { vm_wire_all } from "../generated/gnumach.generated";
import {
  memory_object_data_error,
  memory_object_data_supply,
  memory_object_data_unavailable,
  memory_object_ready,
  vm_set_default_memory_manager,
  vm_statistics,
} from "../generated/mach.generated";
import { thread_wire } from "../generated/mach_host.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_insert_right,
  mach_port_move_member,
} from "../generated/mach_port.generated";
import {
  memory_object_default_server,
  serve_memory_object_create,
  serve_memory_object_data_initialize,
} from "../generated/memory_object_default_server.generated";
import {
  memory_object_server,
  serve_memory_object_data_request,
  serve_memory_object_data_return,
  serve_memory_object_init,
  serve_memory_object_terminate,
} from "../generated/memory_object_server.generated";
import { mach_thread_self } from "../lib/asm";
import { check_equals } from "../lib/check";
import { default_pager_server, serve_paging_objects } from "../lib/default-pager-server";
import { open_device } from "../lib/disk";
import { task_self } from "../lib/mach";
import {
  NONE,
  paging_find,
  paging_free_object,
  paging_read,
  paging_space_open,
  paging_total,
  paging_write,
} from "../lib/paging-space";
import { arg, format } from "../lib/print";
import { begin, device_port, finish, host_port } from "../lib/process";
import { serve_port } from "../lib/server";
import { PAGE_SIZE, vm_deallocate } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const PARTITION: string = "hd0s2";

let port_set: u32 = 0;

// --- objects: by the name of their port, which is also the number that the paging space knows them by ---

/** First slots by port name, and the names, in open addressing. */
const OBJECTS: u32 = 8192;
const object_names: usize = memory.data(32768);
const object_slots: usize = memory.data(32768);
/** Whether a page of the object is lost, so that one that is not found may be it. */
const object_losses: usize = memory.data(8192);

/** The cell with the object's first slot; 0 when there is none. With `make`, one is made. */
function object_cell(name: u32, make: bool): usize {
  let at = (name * 0x9e3779b1) >> 19;
  for (let tries: u32 = 0; tries < OBJECTS; tries++) {
    const cell = object_names + at * 4;
    const there = load<u32>(cell);
    if (there == name) return object_slots + at * 4;
    if (there == 0) {
      if (!make) return 0;
      store<u32>(cell, name);
      store<u32>(object_slots + at * 4, NONE);
      store<u8>(object_losses + at, 0);
      return object_slots + at * 4;
    }
    at = (at + 1) & (OBJECTS - 1);
  }
  return 0;
}

/** The object's mark in object_losses, by its cell. */
function loss_of(cell: usize): usize {
  return object_losses + (cell - object_slots) / 4;
}

/** Forgets an object, and moves those behind it that it stood in the way of. */
function object_remove(cell: usize): void {
  let hole = <u32>(cell - object_slots) / 4;
  store<u32>(object_names + hole * 4, 0);
  let at = hole;
  for (;;) {
    at = (at + 1) & (OBJECTS - 1);
    const name = load<u32>(object_names + at * 4);
    if (name == 0) return;
    const home = (name * 0x9e3779b1) >> 19;
    if (((at - home) & (OBJECTS - 1)) < ((at - hole) & (OBJECTS - 1))) continue;
    store<u32>(object_names + hole * 4, name);
    store<u32>(object_slots + hole * 4, load<u32>(object_slots + at * 4));
    store<u8>(object_losses + hole, load<u8>(object_losses + at));
    store<u32>(object_names + at * 4, 0);
    hole = at;
  }
}

// --- what the kernel sends ---

function on_create(_manager: u32, object: u32, _size: u32, control: u32, name: u32, _page_size: u32): void {
  object_cell(object, true);
  mach_port_move_member(task_self(), object, port_set);
  mach_port_deallocate(task_self(), control);
  mach_port_deallocate(task_self(), name);
}

/** Somebody maps an object that he had made. */
function on_init(object: u32, control: u32, name: u32, _page_size: u32): void {
  memory_object_ready(control, 0, MEMORY_OBJECT_COPY_DELAY);
  mach_port_deallocate(task_self(), control);
  mach_port_deallocate(task_self(), name);
}

function on_return(
  object: u32,
  control: u32,
  offset: u32,
  data: usize,
  size: u32,
  _dirty: u32,
  _kernel_copy: u32,
): void {
  const cell = object_cell(object, true);
  if (cell == 0) vm_deallocate(task_self(), <u32>data, size);
  else if (!paging_write(object, offset / PAGE_SIZE, <u32>data, size, cell)) store<u8>(loss_of(cell), 1);
  mach_port_deallocate(task_self(), control);
}

function on_initialize(object: u32, control: u32, offset: u32, data: usize, size: u32): void {
  on_return(object, control, offset, data, size, 1, 0);
}

function may_be_lost(object: u32): bool {
  const cell = object_cell(object, false);
  return cell == 0 || load<u8>(loss_of(cell)) != 0;
}

function on_request(object: u32, control: u32, offset: u32, length: u32, _access: u32): void {
  const data = stackAlloc(4);
  for (let end = offset + length; offset != end; offset += PAGE_SIZE) {
    const slot = paging_find(object, offset / PAGE_SIZE);
    if (slot == NONE) {
      if (may_be_lost(object)) memory_object_data_error(control, offset, PAGE_SIZE, KERN_MEMORY_ERROR);
      else memory_object_data_unavailable(control, offset, PAGE_SIZE);
      continue;
    }
    const kr = paging_read(slot, data);
    if (kr != 0) memory_object_data_error(control, offset, PAGE_SIZE, kr);
    else memory_object_data_supply(control, offset, load<u32>(data), PAGE_SIZE, 1, VM_PROT_NONE, 0, 0);
  }
  mach_port_deallocate(task_self(), control);
}

function on_terminate(object: u32, control: u32, name: u32): void {
  const cell = object_cell(object, false);
  if (cell != 0) {
    paging_free_object(load<u32>(cell));
    object_remove(cell);
  }
  mach_port_destroy(task_self(), control);
  mach_port_destroy(task_self(), name);
  mach_port_destroy(task_self(), object);
}

function serve(message: usize): i32 {
  const id = load<i32>(message, MSGH_ID);
  if (id >= 2275) return default_pager_server(message);
  const result = id >= 2250 ? memory_object_default_server(message) : memory_object_server(message);
  // The kernel wants no answers, and others must not have an opinion.
  return result == MIG_BAD_ID && load<u32>(message, MSGH_REMOTE_PORT) == 0 ? MIG_NO_REPLY : result;
}

// --- start ---

function set_handlers(): void {
  serve_memory_object_create(on_create);
  serve_memory_object_data_initialize(on_initialize);
  serve_memory_object_init(on_init);
  serve_memory_object_data_return(on_return);
  serve_memory_object_data_request(on_request);
  serve_memory_object_terminate(on_terminate);
}

/** Opens the partition, with half of the memory for when it is full. */
function open_space(): i32 {
  const device = stackAlloc(4);
  const kr = open_device(device_port, D_READ | D_WRITE, PARTITION, device);
  if (kr != 0) return kr;
  const statistics = stackAlloc(VM_STATS_SIZE);
  vm_statistics(task_self(), statistics);
  return paging_space_open(load<u32>(device), load<u32>(statistics + VM_STATS_FREE) / 2);
}

function register(): void {
  const cell = stackAlloc(4);
  const self = task_self();
  check_equals("a port set", mach_port_allocate(self, MACH_PORT_RIGHT_PORT_SET, cell), 0);
  port_set = load<u32>(cell);
  serve_paging_objects(port_set);
  check_equals("a port", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE, cell), 0);
  const port = load<u32>(cell);
  mach_port_insert_right(self, port, port, MACH_MSG_TYPE_MAKE_SEND);
  mach_port_move_member(self, port, port_set);
  check_equals("memory is wired", vm_wire_all(host_port, self, VM_WIRE_CURRENT | VM_WIRE_FUTURE), 0);
  check_equals("the thread is wired", thread_wire(host_port, mach_thread_self(), 1), 0);
  store<u32>(cell, port);
  check_equals("is the default pager", vm_set_default_memory_manager(host_port, cell), 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  set_handlers();
  if (check_equals("paging space", open_space(), 0)) {
    register();
    arg(paging_total);
    format("paging to hd0s2, %u pages\n");
  }
  const status = finish();
  if (port_set != 0) serve_port(port_set, serve);
  return status;
}
