// Lists a task's map entries, as vminfo does on the Hurd: address, size, protection/maximum, inheritance, the object's
// name and the offset in it. Arguments: the task, by the number of its process, or "init", "kernel", "server" (the file server) or (the default) "self"; "objects" for what is behind each entry,
// with shadows and page states; "merges" for what the kernel has joined and refused to join, and why; "zones" for its memory.
import { stackAlloc } from "../../guest/i386";
import {
  REGION_INFO_SIZE,
  VM_INHERIT_COPY,
  VM_INHERIT_SHARE,
  VM_PROT_EXECUTE,
  VM_PROT_READ,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import { mach_vm_region_info } from "../generated/mach_debug.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { check } from "../lib/check";
import { task_self } from "../lib/mach";
import { print_merges, read_merges } from "../lib/merges";
import { print_object } from "../lib/object-info";
import { arg, format, print, print_address, print_byte, print_hex, print_line } from "../lib/print";
import { proc_pid2task } from "../generated/process.generated";
import { command_begin, operand, operands } from "../posix/command";
import { note } from "../posix/errno";
import { is_digit_string, parse_u32 } from "../lib/string";
import {
  command_finish,
  finish,
  has_argument,
  host_port,
  init_task,
  process_port,
  server_task,
} from "../lib/process";
import { read_region, Region, REGION_SIZE, release_region } from "../lib/regions";
import { print_caches } from "../lib/slab";
import { kernel_task } from "../lib/tasks";

export { thread_entry } from "../lib/threads";

// Names of objects seen so far, so that the list can say 1, 2, 3 instead of whatever the port names are.
const MAX_OBJECTS: u32 = 64;
const objects: usize = memory.data(256);
let object_count: u32 = 0;

function object_number(name: u32): u32 {
  for (let index: u32 = 0; index < object_count; index++)
    if (load<u32>(objects + index * 4) == name) return index + 1;
  if (object_count == MAX_OBJECTS) return 0;
  store<u32>(objects + object_count * 4, name);
  object_count++;
  return object_count;
}

function print_protection(protection: u32): void {
  print_byte((protection & VM_PROT_READ) != 0 ? 114 : 45);
  print_byte((protection & VM_PROT_WRITE) != 0 ? 119 : 45);
  print_byte((protection & VM_PROT_EXECUTE) != 0 ? 120 : 45);
}

function print_region(region: Region): void {
  print_address(region.address);
  print("[0x");
  print_hex(region.size);
  print("] (prot=");
  print_protection(region.protection);
  print(", max=");
  print_protection(region.max_protection);
  const inherit = region.inheritance;
  print(inherit == VM_INHERIT_COPY ? ", copy" : inherit == VM_INHERIT_SHARE ? ", share" : ", none");
  if (region.is_shared != 0) print(", is shared");
  if (region.object_name != 0) {
    arg(object_number(region.object_name));
    arg(region.offset);
    format(", object %u at 0x%x");
  }
  print_line(")");
}

let with_objects: bool = false;

/** What is behind the entry at `address`: its object, and those that it is a shadow of. */
function print_objects(task: u32, address: u32): void {
  const info = stackAlloc(REGION_INFO_SIZE);
  const name = stackAlloc(4);
  if (mach_vm_region_info(task, address, info, name) != 0 || load<u32>(name) == 0) return;
  print_object(load<u32>(name));
  mach_port_deallocate(task_self(), load<u32>(name));
}

/** Prints every entry; the rights to the objects' names are kept until the end so that equal names mean equal objects. */
function print_map(task: u32): u32 {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let count: u32 = 0;
  for (let at: u32 = 0; read_region(task, at, region); at = region.address + region.size) {
    print_region(region);
    if (with_objects) print_objects(task, region.address);
    count++;
    if (region.address + region.size == 0) break;
  }
  return count;
}

/** A map is in order if its entries neither overlap nor run backwards, and this program's own code is in it. */
function map_is_ordered(task: u32): bool {
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let end: u32 = 0;
  while (read_region(task, end, region)) {
    release_region(region);
    if (region.address < end || region.size == 0 || (region.size & 4095) != 0) return false;
    end = region.address + region.size;
  }
  return end != 0;
}

/** The task of a process; 0, having said so, if there is none. */
function task_of_process(pid: u32): u32 {
  const task = stackAlloc(4);
  if (note(proc_pid2task(process_port, pid, task)) == 0) return load<u32>(task);
  print_line("vminfo: no such process");
  return 0;
}

function chosen_task(): u32 {
  if (operands() > 0 && is_digit_string(operand(0))) return task_of_process(parse_u32(operand(0)));
  if (has_argument("kernel")) return kernel_task(host_port);
  if (has_argument("server")) return server_task;
  return has_argument("init") && init_task != 0 ? init_task : task_self();
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  with_objects = has_argument("objects");
  const task = chosen_task();
  if (task == 0) return command_finish(1);
  const count = print_map(task);
  if (has_argument("merges")) {
    check("the kernel counts merges", read_merges());
    print_merges();
  }
  if (has_argument("zones")) check("the kernel has zones", print_caches() != 0);
  // A command among others says nothing but what it was asked.
  if (process_port != 0) return command_finish(0);
  check("the map has entries", count != 0);
  check("entries are in order and do not overlap", map_is_ordered(task));
  return finish();
}
