// Watches the file server: prints a line `watch MILLISECONDS ENTRIES FREE ENTRIES-IN-ALL OBJECTS FAULTS` every so often.
// ENTRIES are those of the server's map, FREE pages, the next two what the kernel has in use. Counting takes a twentieth of
// the time at most. A server itself: it goes on while other programs run.
import { stackAlloc } from "../../guest/i386";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { VM_STATS_FAULTS, VM_STATS_FREE, VM_STATS_SIZE } from "../../abi/vm_types";
import { vm_statistics } from "../generated/mach.generated";
import { thread_switch } from "../lib/asm";
import { check } from "../lib/check";
import { clock_map, clock_uptime } from "../lib/clock";
import { task_self } from "../lib/mach";
import { arg, format } from "../lib/print";
import { begin, device_port, finish, server_task } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { kernel_objects_in_use } from "../lib/slab";

export { thread_entry } from "../lib/threads";

/** Least milliseconds between two lines, and how many times as long as a count it waits. */
const LEAST_PERIOD: u32 = 200;
const PATIENCE: u32 = 19;

function watch(): void {
  const statistics = stackAlloc(VM_STATS_SIZE);
  const entries = count_entries_of(server_task, 0, USER_END);
  vm_statistics(task_self(), statistics);
  arg(clock_uptime());
  arg(entries);
  arg(load<u32>(statistics, VM_STATS_FREE));
  arg(kernel_objects_in_use("vm_map_entry"));
  arg(kernel_objects_in_use("vm_object"));
  arg(load<u32>(statistics, VM_STATS_FAULTS));
  format("watch %u %u %u %u %u %u\n");
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const good =
    check("there is a file server", server_task != 0) && check("and a clock", clock_map(device_port) == 0);
  const status = finish();
  while (good) {
    const before = clock_uptime();
    watch();
    thread_switch(0, SWITCH_OPTION_WAIT, max<u32>(PATIENCE * (clock_uptime() - before), LEAST_PERIOD));
  }
  return status;
}
