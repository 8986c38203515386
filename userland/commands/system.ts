// sync, df, free, ps, kill, vmstat, portinfo, date, sleep.
import { stackAlloc } from "../../guest/i386";
import {
  FS_STAT_BLOCK_SIZE,
  FS_STAT_BLOCKS,
  FS_STAT_FREE_BLOCKS,
  FS_STAT_FREE_INODES,
  FS_STAT_INODES,
  FS_STAT_SIZE,
} from "../../abi/fs";
import {
  MACH_PORT_TYPE_DEAD_NAME,
  MACH_PORT_TYPE_PORT_SET,
  MACH_PORT_TYPE_RECEIVE,
  MACH_PORT_TYPE_SEND,
  MACH_PORT_TYPE_SEND_ONCE,
} from "../../abi/mach_port";
import { SIGTERM } from "../../abi/process";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import {
  VM_STATS_ACTIVE,
  VM_STATS_COW_FAULTS,
  VM_STATS_FAULTS,
  VM_STATS_FREE,
  VM_STATS_INACTIVE,
  VM_STATS_PAGEINS,
  VM_STATS_PAGEOUTS,
  VM_STATS_REACTIVATIONS,
  VM_STATS_SIZE,
  VM_STATS_WIRE,
  VM_STATS_ZERO_FILL,
} from "../../abi/vm_types";
import { vm_statistics } from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_names } from "../generated/mach_port.generated";
import { proc_getallpids, proc_getprocinfo, proc_pid2task } from "../generated/process.generated";
import { thread_switch } from "../lib/asm";
import { task_self } from "../lib/mach";
import {
  arg,
  format,
  print,
  print_byte,
  print_bytes,
  print_flush,
  print_hex,
  print_line,
  print_u32_padded,
} from "../lib/print";
import { argument, process_port } from "../lib/process";
import { count_entries_of, USER_END } from "../lib/regions";
import { is_digit_string, parse_u32 } from "../lib/string";
import { vm_deallocate } from "../lib/vm";
import { complain, first_operand, operand, operands } from "../posix/command";
import { note } from "../posix/errno";
import { statfs, sync as write_everything } from "../posix/files";
import { kill as kill_process } from "../posix/spawn";
import { now, print_date } from "./time";

const KIB_PER_PAGE: u32 = 4;

export function sync(): i32 {
  return write_everything() == 0 ? 0 : 1;
}

export function df(): i32 {
  const words = stackAlloc(FS_STAT_SIZE);
  if (statfs(words) != 0) return 1;
  const kib = load<u32>(words, FS_STAT_BLOCK_SIZE) / 1024;
  arg(load<u32>(words, FS_STAT_BLOCKS) * kib);
  arg(load<u32>(words, FS_STAT_FREE_BLOCKS) * kib);
  arg(load<u32>(words, FS_STAT_INODES));
  arg(load<u32>(words, FS_STAT_FREE_INODES));
  format("%u KiB, %u free; %u inodes, %u free\n");
  return 0;
}

function statistic(field: u32): u32 {
  const words = stackAlloc(VM_STATS_SIZE);
  vm_statistics(task_self(), words);
  return load<u32>(words + field);
}

export function free(): i32 {
  const unused = statistic(VM_STATS_FREE);
  const active = statistic(VM_STATS_ACTIVE);
  const inactive = statistic(VM_STATS_INACTIVE);
  const wired = statistic(VM_STATS_WIRE);
  print_line("KiB     total       free     active   inactive      wired");
  print_u32_padded((unused + active + inactive + wired) * KIB_PER_PAGE, 13);
  print_u32_padded(unused * KIB_PER_PAGE, 11);
  print_u32_padded(active * KIB_PER_PAGE, 11);
  print_u32_padded(inactive * KIB_PER_PAGE, 11);
  print_u32_padded(wired * KIB_PER_PAGE, 11);
  print_byte(10);
  return 0;
}

/** vmstat [SECONDS [COUNT]]: faults and the like since the boot, then since the line before. */
export function vmstat(): i32 {
  const seconds = operands() > 0 ? parse_u32(operand(0)) : 0;
  let left = operands() > 1 ? parse_u32(operand(1)) : seconds == 0 ? 1 : 0xffffffff;
  const before = stackAlloc(VM_STATS_SIZE);
  const words = stackAlloc(VM_STATS_SIZE);
  memory.fill(before, 0, VM_STATS_SIZE);
  print_line("     free   active inactive    wired   faults zero-fill   cow react. pageins pageouts");
  for (; left > 0; left--) {
    vm_statistics(task_self(), words);
    print_u32_padded(load<u32>(words, VM_STATS_FREE), 9);
    print_u32_padded(load<u32>(words, VM_STATS_ACTIVE), 9);
    print_u32_padded(load<u32>(words, VM_STATS_INACTIVE), 9);
    print_u32_padded(load<u32>(words, VM_STATS_WIRE), 9);
    print_u32_padded(load<u32>(words, VM_STATS_FAULTS) - load<u32>(before, VM_STATS_FAULTS), 9);
    print_u32_padded(load<u32>(words, VM_STATS_ZERO_FILL) - load<u32>(before, VM_STATS_ZERO_FILL), 10);
    print_u32_padded(load<u32>(words, VM_STATS_COW_FAULTS) - load<u32>(before, VM_STATS_COW_FAULTS), 6);
    print_u32_padded(load<u32>(words, VM_STATS_REACTIVATIONS) - load<u32>(before, VM_STATS_REACTIVATIONS), 7);
    print_u32_padded(load<u32>(words, VM_STATS_PAGEINS) - load<u32>(before, VM_STATS_PAGEINS), 8);
    print_u32_padded(load<u32>(words, VM_STATS_PAGEOUTS) - load<u32>(before, VM_STATS_PAGEOUTS), 9);
    print_byte(10);
    memory.copy(before, words, VM_STATS_SIZE);
    if (left > 1) thread_switch(0, SWITCH_OPTION_WAIT, seconds * 1000);
  }
  return 0;
}

const NAME_SIZE: u32 = 64;

/** A right to the task of a process; 0: there is none. */
function task_of(pid: u32): u32 {
  const task = stackAlloc(4);
  return note(proc_pid2task(process_port, pid, task)) == 0 ? load<u32>(task) : 0;
}

export function ps(): i32 {
  const pids = stackAlloc(1024);
  const count = stackAlloc(4);
  const parent = stackAlloc(4);
  const name = stackAlloc(NAME_SIZE);
  store<u32>(count, 256);
  if (process_port == 0 || note(proc_getallpids(process_port, pids, count)) != 0) return 1;
  print_line("  pid parent entries  name");
  for (let index: u32 = 0; index < load<u32>(count); index++) {
    const pid = load<u32>(pids + ((<usize>index) << 2));
    if (proc_getprocinfo(process_port, pid, parent, name) != 0) continue;
    const task = task_of(pid);
    print_u32_padded(pid, 5);
    print_u32_padded(load<u32>(parent), 7);
    print_u32_padded(task == 0 ? 0 : count_entries_of(task, 0, USER_END), 8);
    print_byte(32);
    print_byte(32);
    print_bytes(name);
    print_byte(10);
    if (task != 0) mach_port_deallocate(task_self(), task);
  }
  return 0;
}

/** kill [-SIGNAL] PID...: every signal but 0 ends the process. */
export function kill(): i32 {
  let signal: u32 = SIGTERM;
  if (first_operand > 1 && is_digit_string(argument(1) + 1)) signal = parse_u32(argument(1) + 1);
  let result: i32 = 0;
  for (let index = 0; index < operands(); index++) {
    if (kill_process(parse_u32(operand(index)), signal) == 0) continue;
    complain(operand(index));
    result = 1;
  }
  return result;
}

function print_type(type: u32): void {
  if ((type & MACH_PORT_TYPE_RECEIVE) != 0) print(" receive");
  if ((type & MACH_PORT_TYPE_SEND) != 0) print(" send");
  if ((type & MACH_PORT_TYPE_SEND_ONCE) != 0) print(" send-once");
  if ((type & MACH_PORT_TYPE_PORT_SET) != 0) print(" set");
  if ((type & MACH_PORT_TYPE_DEAD_NAME) != 0) print(" dead");
}

/** portinfo PID: the rights of a process. */
export function portinfo(): i32 {
  const task = operands() > 0 ? task_of(parse_u32(operand(0))) : task_self();
  const cells = stackAlloc(16);
  if (task == 0) {
    complain(operand(0));
    return 1;
  }
  if (mach_port_names(task, cells, cells + 4, cells + 8, cells + 12) != 0) return 1;
  const names = load<u32>(cells);
  const types = load<u32>(cells, 8);
  const count = load<u32>(cells, 4);
  for (let index: u32 = 0; index < count; index++) {
    print_hex(load<u32>(names + index * 4));
    print_byte(58);
    print_type(load<u32>(types + index * 4));
    print_byte(10);
  }
  print_flush();
  if (count != 0) {
    vm_deallocate(task_self(), names, count * 4);
    vm_deallocate(task_self(), types, count * 4);
  }
  return 0;
}

export function date(): i32 {
  print_date(now());
  print_byte(10);
  return 0;
}

/** Waits for seconds, which may have a fraction. */
export function sleep(): i32 {
  let at = operand(0);
  let milliseconds = min<u32>(parse_u32(at), 1000000) * 1000;
  while (<u32>load<u8>(at) - 48 < 10) at++;
  if (load<u8>(at) == 46)
    for (let unit: u32 = 100; unit > 0 && <u32>load<u8>(++at) - 48 < 10; unit /= 10)
      milliseconds += (<u32>load<u8>(at) - 48) * unit;
  if (operands() != 1 || load<u8>(at) != 0) {
    print_line("usage: sleep SECONDS");
    return 2;
  }
  thread_switch(0, SWITCH_OPTION_WAIT, milliseconds);
  return 0;
}
