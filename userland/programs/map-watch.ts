// map-watch [PID]: watches the file server or, until it ends, a process: prints a line `watch MILLISECONDS ENTRIES FREE ENTRIES-IN-ALL OBJECTS FAULTS` every so often.
// ENTRIES are those of its map, FREE pages, the next two what the kernel has in use. Counting takes a twentieth of
// the time at most. A server itself: it goes on while other programs run.
import { stackAlloc } from "../../guest/i386";
import { MACH_PORT_TYPE_SEND } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { VM_STATS_FAULTS, VM_STATS_FREE, VM_STATS_SIZE } from "../../abi/vm_types";
import { vm_statistics } from "../generated/mach.generated";
import { mach_port_type } from "../generated/mach_port.generated";
import { proc_pid2task } from "../generated/process.generated";
import { thread_switch } from "../lib/asm";
import { check } from "../lib/check";
import { clock_map, clock_uptime } from "../lib/clock";
import { task_self } from "../lib/mach";
import { arg, format, print_line } from "../lib/print";
import { command_finish, device_port, finish, process_port, server_task } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { kernel_objects_in_use } from "../lib/slab";
import { parse_u32 } from "../lib/string";
import { command_begin, operand, operands } from "../posix/command";

export { thread_entry } from "../lib/threads";

/** Least milliseconds between two lines, and how many times as long as a count it waits. */
const LEAST_PERIOD: u32 = 200;
const PATIENCE: u32 = 19;

/** False once the task is gone: its port is a dead name then. */
function exists(task: u32): bool {
  const type = stackAlloc(4);
  return mach_port_type(task_self(), task, type) == 0 && (load<u32>(type) & MACH_PORT_TYPE_SEND) != 0;
}

function watch(task: u32): void {
  const statistics = stackAlloc(VM_STATS_SIZE);
  const entries = count_entries_of(task, 0, USER_END);
  vm_statistics(task_self(), statistics);
  arg(clock_uptime());
  arg(entries);
  arg(load<u32>(statistics, VM_STATS_FREE));
  arg(kernel_objects_in_use("vm_map_entry"));
  arg(kernel_objects_in_use("vm_object"));
  arg(load<u32>(statistics, VM_STATS_FAULTS));
  format("watch %u %u %u %u %u %u\n");
}

function watch_on(task: u32): void {
  while (exists(task)) {
    const before = clock_uptime();
    watch(task);
    thread_switch(0, SWITCH_OPTION_WAIT, max<u32>(PATIENCE * (clock_uptime() - before), LEAST_PERIOD));
  }
}

function watch_process(pid: u32): i32 {
  const cell = stackAlloc(4);
  if (process_port == 0 || proc_pid2task(process_port, pid, cell) != 0) {
    print_line("map-watch: no such process");
    return command_finish(1);
  }
  clock_map(device_port);
  watch_on(load<u32>(cell));
  return command_finish(0);
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  if (operands() != 0) return watch_process(parse_u32(operand(0)));
  const good =
    check("there is a file server", server_task != 0) && check("and a clock", clock_map(device_port) == 0);
  const status = finish();
  if (good) watch_on(server_task);
  return status;
}
