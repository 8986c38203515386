// The memory object protocol, every message of it, with a pager that behaves, and with pagers that are late, repeat
// themselves, answer what nobody asked, say nothing, or die. And: who has a right to a mapping has no right to its pager.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ARGUMENT, KERN_MEMORY_ERROR, KERN_SUCCESS } from "../../abi/kern_return";
import {
  MEMORY_OBJECT_COPY_CALL,
  MEMORY_OBJECT_COPY_DELAY,
  MEMORY_OBJECT_COPY_NONE,
  MEMORY_OBJECT_RETURN_ALL,
  MEMORY_OBJECT_RETURN_DIRTY,
  MEMORY_OBJECT_RETURN_NONE,
  OBJECT_INFO_SIZE,
  REGION_INFO_SIZE,
  VM_INHERIT_COPY,
  VM_PROT_NONE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import {
  memory_object_change_attributes,
  memory_object_data_error,
  memory_object_data_unavailable,
  memory_object_destroy,
  memory_object_get_attributes,
  memory_object_lock_request,
  memory_object_ready,
  task_create,
  task_terminate,
} from "../generated/mach.generated";
import { mach_vm_object_info, mach_vm_region_info } from "../generated/mach_debug.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import { check, check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { read_region, Region, REGION_SIZE } from "../lib/regions";
import { kernel_objects_in_use } from "../lib/slab";
import * as pager from "../lib/test-pager";
import {
  access_done,
  access_failure,
  access_result,
  end_access,
  end_object,
  map_object,
  next,
  noted_control,
  noted_detail,
  noted_length,
  noted_name,
  noted_offset,
  noted_port,
  noted_word,
  silent,
  start_read,
  start_write,
  supply,
  test_object,
  test_pager_begin,
  test_reply_port,
} from "../lib/test-pager";
import { PAGE_SIZE, vm_deallocate, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

/** memory_object_lock_request's lock value for: as it is. */
const NO_CHANGE: u32 = 8;
const PAGES: u32 = 8;
const LENGTH: u32 = PAGES * PAGE_SIZE;

let object: u32 = 0;
let control: u32 = 0;
let name: u32 = 0;
let address: u32 = 0;

/** A new object, mapped and made ready. */
function begin_object(may_cache: u32, strategy: u32): void {
  object = test_object();
  address = map_object(object, 0, PAGES);
  check("an object is mapped", address != 0);
  check("its pager is told", next(pager.INIT));
  control = noted_control;
  name = noted_name;
  memory_object_ready(control, may_cache, strategy);
}

/** Unmaps the object; the kernel ends it. */
function end_mapping(): void {
  vm_deallocate(task_self(), address, LENGTH);
  check("with the last mapping the kernel ends the object", next(pager.TERMINATE));
  end_object(object);
}

/** The page at `index` is asked for by a reader, and supplied. */
function page_in(index: u32, word: u32, lock: u32, precious: u32): void {
  start_read(address + index * PAGE_SIZE);
  check("a page is asked for", next(pager.DATA_REQUEST) && noted_offset == index * PAGE_SIZE);
  supply(control, index * PAGE_SIZE, word, lock, precious);
  check_equals("and read", access_result(), word);
}

// --- a pager that behaves ---

function life(): void {
  object = test_object();
  address = map_object(object, 0, PAGES);
  check("mapping tells the pager", next(pager.INIT));
  check_equals("by its port", noted_port, object);
  check_equals("and says how long a page is", noted_length, PAGE_SIZE);
  control = noted_control;
  name = noted_name;
  const cells = stackAlloc(12);
  check_equals("attributes", memory_object_get_attributes(control, cells, cells + 4, cells + 8), 0);
  check_equals("it is not ready", load<u32>(cells), 0);
  start_read(address + PAGE_SIZE + 4);
  check("so nothing is asked", silent());
  memory_object_ready(control, 0, MEMORY_OBJECT_COPY_DELAY);
  check("then it is", next(pager.DATA_REQUEST));
  check_equals("for the page", noted_offset, PAGE_SIZE);
  check_equals("of one page", noted_length, PAGE_SIZE);
  check_equals("to read", noted_detail, VM_PROT_READ);
  check_equals("by the same control port", noted_control, control);
  supply(control, PAGE_SIZE, 11);
  check("the reader goes on", access_result() == 0 && access_done());
  start_read(address + PAGE_SIZE);
  check_equals("it is what was supplied", access_result(), 11);
  check("and asked for once", silent());
  check_equals("attributes", memory_object_get_attributes(control, cells, cells + 4, cells + 8), 0);
  check_equals("it is ready", load<u32>(cells), 1);
  check_equals("and copied", load<u32>(cells, 8), MEMORY_OBJECT_COPY_DELAY);
  const second = map_object(object, PAGE_SIZE, 1);
  start_read(second);
  check_equals("a second mapping shows the same page", access_result(), 11);
  check("and nothing is asked", silent());
  vm_deallocate(task_self(), second, PAGE_SIZE);
  end_mapping();
}

function answers(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  start_read(address);
  check("a page is asked for", next(pager.DATA_REQUEST));
  memory_object_data_unavailable(control, 0, PAGE_SIZE);
  check("without data it is zeros", access_result() == 0 && access_done());
  start_read(address + PAGE_SIZE);
  check("another is", next(pager.DATA_REQUEST));
  memory_object_data_error(control, PAGE_SIZE, PAGE_SIZE, 0);
  check_equals("an error is an exception", access_failure(), KERN_MEMORY_ERROR);
  start_read(address + PAGE_SIZE);
  check("it is asked for again", next(pager.DATA_REQUEST));
  supply(control, PAGE_SIZE, 12);
  check_equals("and may be better now", access_result(), 12);
  const reply = test_reply_port();
  supply(control, 2 * PAGE_SIZE, 13, 0, 0, reply);
  check("unasked data are taken", next(pager.SUPPLY_COMPLETED));
  check_equals("with success", noted_detail, KERN_SUCCESS);
  check_equals("all of them", noted_length, PAGE_SIZE);
  start_read(address + 2 * PAGE_SIZE);
  check_equals("and are there", access_result(), 13);
  memory_object_change_attributes(control, 1, MEMORY_OBJECT_COPY_NONE, reply);
  check("attributes change", next(pager.CHANGE_COMPLETED));
  check_equals("to these", noted_detail, 16 | MEMORY_OBJECT_COPY_NONE);
  memory_object_change_attributes(control, 0, MEMORY_OBJECT_COPY_DELAY, 0);
  mach_port_destroy(task_self(), reply);
  end_mapping();
}

function locks(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  page_in(0, 21, VM_PROT_WRITE, 0);
  start_write(address, 22);
  check("a locked page is not written", next(pager.DATA_UNLOCK));
  check_equals("which one", noted_offset, 0);
  check("how", (noted_detail & VM_PROT_WRITE) != 0);
  check("the writer waits", !access_done());
  const reply = test_reply_port();
  memory_object_lock_request(control, 0, PAGE_SIZE, MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_NONE, reply);
  check("the lock is changed", next(pager.LOCK_COMPLETED));
  check_equals("and the write done", access_result(), 22);
  memory_object_lock_request(control, 0, LENGTH, MEMORY_OBJECT_RETURN_DIRTY, 0, NO_CHANGE, reply);
  check("a dirty page comes back", next(pager.DATA_RETURN));
  check_equals("as it is", noted_word, 22);
  check_equals("dirty, and the kernel keeps it", noted_detail, 1 | 2);
  check("and that was all", next(pager.LOCK_COMPLETED));
  memory_object_lock_request(control, 0, LENGTH, MEMORY_OBJECT_RETURN_DIRTY, 0, NO_CHANGE, reply);
  check("it is clean now", next(pager.LOCK_COMPLETED));
  page_in(1, 23, VM_PROT_NONE, 1);
  memory_object_lock_request(control, 0, LENGTH, MEMORY_OBJECT_RETURN_ALL, 1, NO_CHANGE, reply);
  check("a precious page comes back", next(pager.DATA_RETURN));
  let found = noted_word;
  let detail = noted_detail;
  if (found != 23) {
    check("behind the other", next(pager.DATA_RETURN));
    found = noted_word;
    detail = noted_detail;
  }
  check_equals("as it is", found, 23);
  check_equals("clean, and the kernel forgets it", detail, 0);
  check("then the flush is done", next(pager.LOCK_COMPLETED));
  page_in(1, 24, VM_PROT_NONE, 0);
  mach_port_destroy(task_self(), reply);
  end_mapping();
}

function caching(): void {
  begin_object(1, MEMORY_OBJECT_COPY_DELAY);
  page_in(0, 31, VM_PROT_NONE, 0);
  vm_deallocate(task_self(), address, LENGTH);
  check("an object that may be kept is kept", silent());
  address = map_object(object, 0, PAGES);
  check("mapped again it is the same", silent());
  start_read(address);
  check_equals("with its page", access_result(), 31);
  const reply = test_reply_port();
  memory_object_change_attributes(control, 0, MEMORY_OBJECT_COPY_DELAY, reply);
  check("it may no longer be kept", next(pager.CHANGE_COMPLETED));
  mach_port_destroy(task_self(), reply);
  end_mapping();
}

function copies(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  page_in(0, 41, VM_PROT_NONE, 0);
  const copy = map_object(object, 0, 1, 1);
  check("a copy is mapped", copy != 0);
  start_write(address, 42);
  check_equals("the original is written", access_result(), 42);
  start_read(copy);
  check_equals("the copy is as it was", access_result(), 41);
  vm_deallocate(task_self(), copy, PAGE_SIZE);
  vm_deallocate(task_self(), address, LENGTH);
  check("what was written comes back", next(pager.DATA_RETURN) && noted_word == 42);
  end_mapping();
  begin_object(0, MEMORY_OBJECT_COPY_CALL);
  page_in(0, 43, VM_PROT_NONE, 0);
  const called = map_object(object, 0, 1, 1);
  check("another copy", called != 0);
  check("of which the pager is told", next(pager.COPY));
  const other = noted_detail;
  check("the copy's pager is told of its mapping", next(pager.INIT) && noted_port == other);
  const second = noted_control;
  memory_object_ready(second, 0, MEMORY_OBJECT_COPY_DELAY);
  start_read(called);
  check("and asked", next(pager.DATA_REQUEST) && noted_port == other);
  supply(second, 0, 44);
  check_equals("for its own page", access_result(), 44);
  vm_deallocate(task_self(), called, PAGE_SIZE);
  check("it ends", next(pager.TERMINATE) && noted_port == other);
  end_object(other);
  end_mapping();
}

// --- pagers that do not ---

function late(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  start_read(address);
  check("a page is asked for", next(pager.DATA_REQUEST));
  check("the reader waits", silent() && !access_done());
  check_equals("and can be ended", end_access(), KERN_SUCCESS);
  supply(control, 0, 51);
  start_read(address);
  check_equals("a late answer serves the next", access_result(), 51);
  start_read(address + PAGE_SIZE);
  check("another is asked for", next(pager.DATA_REQUEST));
  check_equals("the reader ends", end_access(), KERN_SUCCESS);
  vm_deallocate(task_self(), address, LENGTH);
  check("and the object", next(pager.TERMINATE));
  supply(control, PAGE_SIZE, 52);
  check("an answer to what has ended is lost", silent());
  end_object(object);
}

function repeated(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  start_read(address);
  check("a page is asked for", next(pager.DATA_REQUEST));
  supply(control, 0, 61);
  supply(control, 0, 62);
  memory_object_data_unavailable(control, 0, PAGE_SIZE);
  memory_object_data_error(control, 0, PAGE_SIZE, 0);
  check_equals("the first answer counts", access_result(), 61);
  start_read(address);
  check_equals("and stays", access_result(), 61);
  memory_object_ready(control, 1, MEMORY_OBJECT_COPY_NONE);
  start_read(address);
  check_equals("ready twice", access_result(), 61);
  memory_object_change_attributes(control, 0, MEMORY_OBJECT_COPY_DELAY, 0);
  end_mapping();
}

function wrong(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  start_read(address);
  check("a page is asked for", next(pager.DATA_REQUEST));
  supply(control, PAGE_SIZE, 71);
  memory_object_data_unavailable(control, 5 * PAGE_SIZE, PAGE_SIZE);
  memory_object_data_error(control, 6 * PAGE_SIZE, PAGE_SIZE, 0);
  check("another page does not help", silent() && !access_done());
  const reply = test_reply_port();
  supply(control, 12, 72, 0, 0, reply);
  next(pager.SUPPLY_COMPLETED);
  check("nor half of one", silent() && !access_done());
  memory_object_lock_request(control, 3, 5, 77, 1, 99, 0);
  memory_object_lock_request(control, 0xfffff000, 0xfffff000, MEMORY_OBJECT_RETURN_NONE, 0, NO_CHANGE, 0);
  check("nor nonsense", !access_done());
  supply(control, 0, 73);
  check_equals("the right one does", access_result(), 73);
  start_read(address + PAGE_SIZE);
  check_equals("what came unasked is there", access_result(), 71);
  mach_port_destroy(task_self(), reply);
  end_mapping();
}

function dying(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  page_in(0, 81, VM_PROT_NONE, 0);
  start_read(address + PAGE_SIZE);
  check("a page is asked for", next(pager.DATA_REQUEST));
  end_object(object);
  check_equals("with the pager goes the hope", access_failure(), KERN_MEMORY_ERROR);
  start_read(address + 2 * PAGE_SIZE);
  check_equals("of everybody", access_failure(), KERN_MEMORY_ERROR);
  check_equals("the memory can be given back", vm_deallocate(task_self(), address, LENGTH), KERN_SUCCESS);
  mach_port_destroy(task_self(), control);
  mach_port_destroy(task_self(), name);
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  memory_object_destroy(control, KERN_MEMORY_ERROR);
  start_read(address);
  check_equals("an object may be destroyed", access_failure(), KERN_MEMORY_ERROR);
  vm_deallocate(task_self(), address, LENGTH);
  while (!silent());
  end_object(object);
  object = test_object();
  address = map_object(object, 0, PAGES);
  start_read(address);
  end_object(object);
  check_equals("a pager that dies before it is ready", access_failure(), KERN_MEMORY_ERROR);
  vm_deallocate(task_self(), address, LENGTH);
  while (!silent());
}

/** GNU Mach's kernel waits for the reader, and the reader for the pager, which is in the kernel. */
function destroyed_meanwhile(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  start_read(address);
  check("a page is asked for", next(pager.DATA_REQUEST));
  memory_object_destroy(control, KERN_MEMORY_ERROR);
  check_equals("an object is destroyed under its reader", access_failure(), KERN_MEMORY_ERROR);
  vm_deallocate(task_self(), address, LENGTH);
  while (!silent());
  end_object(object);
}

// --- rights ---

/** What vm_map says to a port. */
function mapping_of(port: u32): i32 {
  const cell = stackAlloc(4);
  store<u32>(cell, 0);
  const result = vm_map(task_self(), cell, PAGE_SIZE, 0, 1, port, 0, 0, 3, 3, VM_INHERIT_COPY);
  if (result == 0) vm_deallocate(task_self(), load<u32>(cell), PAGE_SIZE);
  return result;
}

/** Looks at the mapping in `task` in every way there is: no right that comes out is the pager's, or maps. */
function look_at(task: u32): void {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  check("vm_region shows the mapping", read_region(task, address, region));
  const shown = region.object_name;
  check("by a name", shown != 0);
  check("that is not the pager", shown != object && shown != control);
  check_equals("and does not map", mapping_of(shown), KERN_INVALID_ARGUMENT);
  const info = stackAlloc(REGION_INFO_SIZE);
  const port = stackAlloc(4);
  check_equals("mach_vm_region_info", mach_vm_region_info(task, address, info, port), 0);
  check("has a name too", load<u32>(port) != 0 && load<u32>(port) != object && load<u32>(port) != control);
  check_equals("that does not map", mapping_of(load<u32>(port)), KERN_INVALID_ARGUMENT);
  const object_info = stackAlloc(OBJECT_INFO_SIZE);
  const cells = stackAlloc(8);
  check_equals("mach_vm_object_info", mach_vm_object_info(shown, object_info, cells, cells + 4), 0);
  check("has no right to the pager", load<u32>(cells) != object && load<u32>(cells, 4) != object);
  mach_port_deallocate(task_self(), load<u32>(port));
  mach_port_deallocate(task_self(), shown);
}

function capabilities(): void {
  begin_object(0, MEMORY_OBJECT_COPY_DELAY);
  page_in(0, 91, VM_PROT_NONE, 0);
  check_equals("the control port does not map", mapping_of(control), KERN_INVALID_ARGUMENT);
  check_equals("nor the name that the pager is given", mapping_of(name), KERN_INVALID_ARGUMENT);
  look_at(task_self());
  const child = stackAlloc(4);
  check_equals("a copy of this task", task_create(task_self(), 1, child), 0);
  look_at(load<u32>(child));
  task_terminate(load<u32>(child));
  mach_port_deallocate(task_self(), load<u32>(child));
  end_mapping();
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  if (!check("ports for the test", test_pager_begin())) return finish();
  life();
  answers();
  const objects = kernel_objects_in_use("vm_object");
  const pagers = kernel_objects_in_use("vm_pager");
  locks();
  caching();
  copies();
  late();
  repeated();
  wrong();
  dying();
  check_equals("no object remains", kernel_objects_in_use("vm_object"), objects);
  capabilities();
  destroyed_meanwhile();
  check_equals("no pager remains", kernel_objects_in_use("vm_pager"), pagers);
  return finish();
}
