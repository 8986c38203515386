// Memory object proxies: a port that maps as a window of this task's memory, with less protection.
import { stackAlloc } from "../../guest/i386";
import { KERN_INVALID_ARGUMENT, KERN_NO_SPACE, KERN_PROTECTION_FAILURE } from "../../abi/kern_return";
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { VM_INHERIT_COPY, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import { vm_allocate, vm_deallocate, vm_map, vm_protect } from "../generated/mach.generated";
import { memory_object_create_proxy, vm_region_create_proxy } from "../generated/mach4.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { check_equals } from "../lib/check";
import { task_self } from "../lib/mach";
import { begin, finish } from "../lib/process";
import { PAGE_SIZE } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const READ_WRITE: u32 = VM_PROT_READ | VM_PROT_WRITE;
const FIRST: u32 = 42;
const SECOND: u32 = 43;
const COPIED: u32 = 44;

/** Maps a page of a proxy anywhere; stores where at `address`. */
function map_page(proxy: u32, offset: u32, copy: u32, address: usize): i32 {
  store<u32>(address, 0);
  const all = READ_WRITE;
  return vm_map(task_self(), address, PAGE_SIZE, 0, 1, proxy, offset, copy, all, all, VM_INHERIT_COPY);
}

/** `second`: the address of the page that the proxy is for. */
function windows(proxy: u32, second: u32): void {
  const cell = stackAlloc(4);
  check_equals("it is mapped", map_page(proxy, 0, 0, cell), 0);
  const seen = load<u32>(cell);
  check_equals("and shows the page", load<u32>(seen), SECOND);
  store<u32>(second, COPIED);
  check_equals("as it is now", load<u32>(seen), COPIED);
  const wish = vm_protect(task_self(), seen, PAGE_SIZE, 0, READ_WRITE);
  check_equals("which cannot be made writable", wish, KERN_PROTECTION_FAILURE);
  check_equals("nor mapped beyond its end", map_page(proxy, PAGE_SIZE, 0, cell), KERN_INVALID_ARGUMENT);
  check_equals("a copy is mapped", map_page(proxy, 0, 1, cell), 0);
  const copy = load<u32>(cell);
  store<u32>(copy, FIRST);
  check_equals("and written alone", load<u32>(second), COPIED);
  vm_deallocate(task_self(), copy, PAGE_SIZE);
  vm_deallocate(task_self(), seen, PAGE_SIZE);
}

/** A window in the window. */
function inner(proxy: u32): void {
  const words = stackAlloc(16);
  store<u32>(words, proxy);
  store<u32>(words, 0, 4);
  store<u32>(words, PAGE_SIZE, 8);
  const made = memory_object_create_proxy(
    task_self(),
    READ_WRITE,
    words,
    1,
    MACH_MSG_TYPE_COPY_SEND,
    words + 4,
    1,
    words + 4,
    1,
    words + 8,
    1,
    words + 12,
  );
  check_equals("a proxy of the proxy", made, 0);
  const cell = stackAlloc(4);
  check_equals("is mapped", map_page(load<u32>(words, 12), 0, 0, cell), 0);
  check_equals("and shows the page", load<u32>(load<u32>(cell)), COPIED);
  const wish = vm_protect(task_self(), load<u32>(cell), PAGE_SIZE, 0, READ_WRITE);
  check_equals("with no more protection", wish, KERN_PROTECTION_FAILURE);
  vm_deallocate(task_self(), load<u32>(cell), PAGE_SIZE);
  mach_port_deallocate(task_self(), load<u32>(words, 12));
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const self = task_self();
  const cell = stackAlloc(4);
  const proxy = stackAlloc(4);
  vm_allocate(self, cell, 2 * PAGE_SIZE, 1);
  const first = load<u32>(cell);
  const second = first + PAGE_SIZE;
  store<u32>(first, FIRST);
  store<u32>(second, SECOND);
  check_equals("a proxy", vm_region_create_proxy(self, second, VM_PROT_READ, PAGE_SIZE, proxy), 0);
  windows(load<u32>(proxy), second);
  inner(load<u32>(proxy));
  check_equals("the proxy goes", mach_port_deallocate(self, load<u32>(proxy)), 0);
  vm_deallocate(self, first, 2 * PAGE_SIZE);
  const none = vm_region_create_proxy(self, first, VM_PROT_READ, PAGE_SIZE, proxy);
  check_equals("none of a hole", none, KERN_NO_SPACE);
  return finish();
}
