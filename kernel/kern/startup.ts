// Start-up, one line for each subsystem.
import { device_init } from "../device/conf";
import { cons_init } from "../device/cons";
import { db_configure, db_enter } from "../ddb/db_trap";
import { cpu_init, cpu_is_486 } from "../i386/cpu";
import { descriptors_init } from "../i386/descriptors";
import { fpu_init } from "../i386/fpu";
import { pic_init } from "../i386/pic";
import { PAGE_SHIFT } from "../i386/vm_param";
import { mig_init } from "./ipc_kobject";
import { ipc_bootstrap } from "../ipc/ipc_init";
import { memory_object_proxy_init } from "../vm/memory_object_proxy";
import { vm_bootstrap } from "../vm/vm_init";
import { vm_map_activate } from "../vm/vm_map";
import { vm_pageout_start, vm_pageout_thread } from "../vm/vm_pageout";
import {
  MERGE_BACKWARD,
  MERGE_FULL,
  MERGE_NONE,
  MERGE_POLICY_ADDRESS,
  MERGE_POLICY_COPY,
  MERGE_POLICY_END,
  MERGE_POLICY_MOVE,
  MERGE_POLICY_OVERWRITE,
  MERGE_POLICY_SHADOW,
  MERGE_POLICY_SOLE,
  MERGE_POLICY_STALE,
  MERGE_POLICY_WIRE,
  MERGE_SERIES,
} from "../../abi/vm_merge";
import { vm_merge_thread } from "../vm/vm_merge_later";
import { vm_merge_set_mode, vm_merge_switch_off } from "../vm/vm_merge_policy";
import { boot_info_init, boot_memory_load } from "./boot_info";
import { bootstrap_create } from "./bootstrap";
import { clock_init } from "./clock";
import { command_line_flag, command_line_is, command_line_value, Word } from "./command_line";
import { debug_configure, kernel_check, kernel_verbose, kprint, kprint_u32, panic } from "./debug";
import { gsync_init } from "./gsync";
import { host_init } from "./host";
import { processor_init } from "./processor";
import { processor_set_init } from "./processor_set";
import { assert_wait, current_thread, sched_begin, sched_init, thread_block } from "./sched";
import { kernel_task, task_init } from "./task_life";
import { kernel_thread, reaper_thread, thread_adopt_boot, thread_init } from "./thread_life";
import { timer_init } from "./timer";

/** Priority of kernel threads: the best. */
const KERNEL_PRIORITY: i32 = 0;

/** Of the thread that merges when nobody else wants to run. */
const MERGE_PRIORITY: i32 = 63;

/** Called by the boot stub, with paging on and interrupts off. `information`: physical address. */
export function kernel_main(magic: u32, information: u32): void {
  boot_info_init(magic, information);
  cons_init(command_line_is("console", "com0"));
  debug_configure(command_line_is("verbose", "1"), command_line_is("kernel.check", "1"));
  descriptors_init();
  cpu_init();
  start_debugger();

  const first_free = boot_memory_load();
  const free_pages = vm_bootstrap(first_free, cpu_is_486(), kernel_check());
  set_merge_mode();
  sched_init();
  timer_init();
  gsync_init();
  ipc_bootstrap();
  mig_init();
  thread_init();
  task_init();
  start_first_thread();

  host_init((free_pages << PAGE_SHIFT) + first_free);
  memory_object_proxy_init();
  processor_init();
  processor_set_init();
  pic_init();
  fpu_init();
  clock_init();
  device_init();
  kernel_thread(kernel_task(), reaper_thread, 0, KERNEL_PRIORITY);
  vm_pageout_start();
  kernel_thread(kernel_task(), vm_pageout_thread, 0, KERNEL_PRIORITY);
  kernel_thread(kernel_task(), vm_merge_thread, 0, MERGE_PRIORITY);
  if (kernel_verbose()) print_banner(free_pages);
  bootstrap_create();
  idle_forever();
}

/** ddb=1 allows the debugger, -d stops in it here. */
function start_debugger(): void {
  const at_once = command_line_flag("d");
  db_configure(at_once || command_line_is("ddb", "1"));
  if (at_once) db_enter();
}

function start_first_thread(): void {
  const task = kernel_task();
  sched_begin(thread_adopt_boot(task));
  vm_map_activate(task.map);
}

/** The boot arguments vm.merge=, "full" when not given, and vm.merge.POLICY=0. */
function set_merge_mode(): void {
  const value = changetype<Word>(merge_value);
  if (!command_line_value("vm.merge", value) || command_line_is("vm.merge", "full"))
    vm_merge_set_mode(MERGE_FULL);
  else if (command_line_is("vm.merge", "none")) vm_merge_set_mode(MERGE_NONE);
  else if (command_line_is("vm.merge", "backward")) vm_merge_set_mode(MERGE_BACKWARD);
  else if (command_line_is("vm.merge", "series")) vm_merge_set_mode(MERGE_SERIES);
  else panic("vm.merge= takes none, backward, series or full");
  switch_policy("vm.merge.address", MERGE_POLICY_ADDRESS);
  switch_policy("vm.merge.sole", MERGE_POLICY_SOLE);
  switch_policy("vm.merge.end", MERGE_POLICY_END);
  switch_policy("vm.merge.move", MERGE_POLICY_MOVE);
  switch_policy("vm.merge.shadow", MERGE_POLICY_SHADOW);
  switch_policy("vm.merge.copy", MERGE_POLICY_COPY);
  switch_policy("vm.merge.overwrite", MERGE_POLICY_OVERWRITE);
  switch_policy("vm.merge.wire", MERGE_POLICY_WIRE);
  switch_policy("vm.merge.stale", MERGE_POLICY_STALE);
}

function switch_policy(name: string, policy: u32): void {
  if (command_line_is(name, "0")) vm_merge_switch_off(policy);
}

const merge_value: usize = memory.data(8);

function print_banner(free_pages: u32): void {
  kprint("mach386: ");
  kprint(cpu_is_486() ? "486" : "386");
  kprint(", ");
  kprint_u32(free_pages >> (20 - PAGE_SHIFT));
  kprint(" MiB free\n");
}

/** The start-up thread has done its work. */
function idle_forever(): void {
  for (;;) {
    assert_wait(changetype<usize>(current_thread()), false);
    thread_block();
  }
}
