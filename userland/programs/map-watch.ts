// Watches the file server: prints a line `watch MILLISECONDS ENTRIES FREE ENTRIES-IN-ALL OBJECTS FAULTS` every so often.
// ENTRIES are those of the server's map, FREE pages, the next two what the kernel has in use. Counting takes a twentieth of
// the time at most. A server itself: it goes on while other programs run.
import { stackAlloc } from "../../guest/i386";
import { MAPPED_UPTIME64 } from "../../abi/mapped_time";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { D_READ } from "../../abi/task_types";
import {
  VM_INHERIT_NONE,
  VM_PROT_READ,
  VM_STATS_FAULTS,
  VM_STATS_FREE,
  VM_STATS_SIZE,
} from "../../abi/vm_types";
import { device_map } from "../generated/device.generated";
import { vm_statistics } from "../generated/mach.generated";
import { thread_switch } from "../lib/asm";
import { check } from "../lib/check";
import { open_device } from "../lib/disk";
import { task_self } from "../lib/mach";
import { arg, format } from "../lib/print";
import { begin, device_port, finish, server_task } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { kernel_objects_in_use } from "../lib/slab";
import { PAGE_SIZE, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

/** Least milliseconds between two lines, and how many times as long as a count it waits. */
const LEAST_PERIOD: u32 = 200;
const PATIENCE: u32 = 19;
let time_page: u32 = 0;

function map_time(): bool {
  const cell = stackAlloc(4);
  if (open_device(device_port, D_READ, "time", cell) != 0) return false;
  if (device_map(load<u32>(cell), VM_PROT_READ, 0, PAGE_SIZE, cell, 0) != 0) return false;
  const pager = load<u32>(cell);
  store<u32>(cell, 0);
  const self = task_self();
  if (vm_map(self, cell, PAGE_SIZE, 0, 1, pager, 0, 0, VM_PROT_READ, VM_PROT_READ, VM_INHERIT_NONE) != 0)
    return false;
  time_page = load<u32>(cell);
  return true;
}

/** Milliseconds since the kernel started. */
function uptime(): u32 {
  const seconds = atomic.load<u32>(time_page + MAPPED_UPTIME64);
  return seconds * 1000 + atomic.load<u32>(time_page + MAPPED_UPTIME64 + 8) / 1000000;
}

function watch(): void {
  const statistics = stackAlloc(VM_STATS_SIZE);
  const entries = count_entries_of(server_task, 0, USER_END);
  vm_statistics(task_self(), statistics);
  arg(uptime());
  arg(entries);
  arg(load<u32>(statistics, VM_STATS_FREE));
  arg(kernel_objects_in_use("vm_map_entry"));
  arg(kernel_objects_in_use("vm_object"));
  arg(load<u32>(statistics, VM_STATS_FAULTS));
  format("watch %u %u %u %u %u %u\n");
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const good = check("there is a file server", server_task != 0) && check("and a clock", map_time());
  const status = finish();
  while (good) {
    const before = uptime();
    watch();
    thread_switch(0, SWITCH_OPTION_WAIT, max<u32>(PATIENCE * (uptime() - before), LEAST_PERIOD));
  }
  return status;
}
