// All tasks there are, for who has the privileged host port.
import { stackAlloc } from "../../guest/i386";
import {
  host_processor_set_priv,
  processor_set_default,
  processor_set_tasks,
} from "../generated/mach_host.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import { task_terminate_trap } from "./asm";
import { task_self } from "./mach";
import { read_region, Region, REGION_SIZE, release_region, USER_END } from "./regions";
import { vm_deallocate } from "./vm";

const MAX_KEPT: u32 = 16;
/** Names of the tasks that were there first; the library keeps a right to each. */
const kept: usize = memory.data(64);
let kept_count: u32 = 0;

/** Stores a new right to the default processor set at `set`. Returns a kern_return. */
function get_set(host: u32, set: usize): i32 {
  const name = stackAlloc(4);
  let result = processor_set_default(host, name);
  if (result != 0) return result;
  result = host_processor_set_priv(host, load<u32>(name), set);
  mach_port_deallocate(task_self(), load<u32>(name));
  return result;
}

/** Stores address and number of the names of all tasks, each a new right. Returns a kern_return. */
function list_tasks(host: u32, list: usize, count: usize): i32 {
  const set = stackAlloc(4);
  let result = get_set(host, set);
  if (result != 0) return result;
  result = processor_set_tasks(load<u32>(set), list, count);
  mach_port_deallocate(task_self(), load<u32>(set));
  return result;
}

function is_kept(name: u32): bool {
  for (let index: u32 = 0; index < kept_count; index++)
    if (load<u32>(kept + ((<usize>index) << 2)) == name) return true;
  return false;
}

/** Remembers the tasks that there are; false if they cannot be listed. */
export function keep_tasks(host: u32): bool {
  const cells = stackAlloc(8);
  if (list_tasks(host, cells, cells + 4) != 0) return false;
  const list = load<u32>(cells);
  const count = load<u32>(cells, 4);
  kept_count = min(count, MAX_KEPT);
  memory.copy(kept, list, kept_count << 2);
  return vm_deallocate(task_self(), list, count << 2) == 0;
}

/** The name of a kept task. */
export function kept_task(index: u32): u32 {
  return index < kept_count ? load<u32>(kept + ((<usize>index) << 2)) : 0;
}

/** A right to the kernel's task: the one whose memory is the kernel's. 0 without the privileged host port. */
export function kernel_task(host: u32): u32 {
  const cells = stackAlloc(8);
  if (list_tasks(host, cells, cells + 4) != 0) return 0;
  const list = load<u32>(cells);
  const count = load<u32>(cells, 4);
  const region = changetype<Region>(stackAlloc(REGION_SIZE));
  let found: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const task = load<u32>(list + (index << 2));
    const first = read_region(task, 0, region);
    if (first) release_region(region);
    if (first && found == 0 && region.address >= USER_END) found = task;
    else mach_port_deallocate(task_self(), task);
  }
  vm_deallocate(task_self(), list, count << 2);
  return found;
}

/** Ends all tasks but those that were there when keep_tasks was called. */
export function end_other_tasks(host: u32): void {
  const cells = stackAlloc(8);
  if (list_tasks(host, cells, cells + 4) != 0) return;
  const list = load<u32>(cells);
  const count = load<u32>(cells, 4);
  for (let index: u32 = 0; index < count; index++) {
    const name = load<u32>(list + ((<usize>index) << 2));
    if (is_kept(name)) {
      mach_port_deallocate(task_self(), name);
      continue;
    }
    task_terminate_trap(name);
    mach_port_destroy(task_self(), name);
  }
  vm_deallocate(task_self(), list, count << 2);
}
