// The host: its two ports, information, and the end of it all.
import {
  CPU_SUBTYPE_AT386,
  HOST_BASIC_INFO,
  HOST_BASIC_INFO_COUNT,
  HOST_INFO_AVAIL_CPUS,
  HOST_INFO_CPU_SUBTYPE,
  HOST_INFO_CPU_TYPE,
  HOST_INFO_MAX_CPUS,
  HOST_INFO_MEMORY_SIZE,
  HOST_LOAD_INFO,
  HOST_LOAD_INFO_COUNT,
  HOST_PROCESSOR_SLOTS,
  HOST_SCHED_INFO,
  HOST_SCHED_INFO_COUNT,
  KERNEL_VERSION_MAX,
  RB_DEBUGGER,
  RB_HALT,
  RB_STATUS_SHIFT,
} from "../../abi/task_types";
import { MACH_MSG_TYPE_PORT_SEND } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { KERN_FAILURE, KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import { db_enter } from "../ddb/db_trap";
import { cons_flush } from "../device/cons";
import { cpu_type } from "../i386/cpu";
import { machine_reset } from "../i386/reset";
import { ipc_kmsg_copyout_object } from "../ipc/ipc_kmsg_body";
import { ipc_port_alloc_kernel, ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import { ipc_kobject_set, IKOT_HOST, IKOT_HOST_PRIV } from "./ipc_kobject";
import { store_string } from "./bytes";
import { HZ } from "./clock";
import { machine_stop } from "./debug";
import { put_load_info } from "./load";
import { current_task, QUANTUM } from "./sched";

const VERSION: string = "mach386 0.1.0: a Mach-like microkernel in TypeScript";

let name_port: IpcPort = changetype<IpcPort>(0);
let priv_port: IpcPort = changetype<IpcPort>(0);
let memory_size: u32 = 0;

/** `memory_bytes`: what host_info reports. */
export function host_init(memory_bytes: u32): void {
  memory_size = memory_bytes;
  name_port = ipc_port_alloc_kernel();
  priv_port = ipc_port_alloc_kernel();
  ipc_kobject_set(name_port, changetype<usize>(name_port), IKOT_HOST);
  ipc_kobject_set(priv_port, changetype<usize>(priv_port), IKOT_HOST_PRIV);
}

/** The port that mach_host_self names (no right). */
export function host_name_port(): IpcPort {
  return name_port;
}

/** Trap -29: the name of a send right to the name port. */
export function mach_host_self(): u32 {
  const name = stackAlloc(4);
  const right = ipc_port_make_send(name_port);
  ipc_kmsg_copyout_object(current_task().itk_space, right, MACH_MSG_TYPE_PORT_SEND, name);
  return load<u32>(name);
}

/** The privileged port, which boot tasks get (no right). */
export function host_priv_port(): IpcPort {
  return priv_port;
}

/** The cell `count` holds the room at `info` in words, and gets the words written. KERN_FAILURE: too little room. */
export function host_info(flavor: i32, info: usize, count: usize): i32 {
  const words = info_words(flavor);
  if (words == 0) return KERN_INVALID_ARGUMENT;
  if (load<u32>(count) < words) return KERN_FAILURE;
  memory.fill(info, 0, (<usize>words) << 2);
  store<u32>(count, words);
  if (flavor == HOST_BASIC_INFO) {
    store<u32>(info + HOST_INFO_MAX_CPUS, 1);
    store<u32>(info + HOST_INFO_AVAIL_CPUS, 1);
    store<u32>(info + HOST_INFO_MEMORY_SIZE, memory_size);
    store<u32>(info + HOST_INFO_CPU_TYPE, cpu_type());
    store<u32>(info + HOST_INFO_CPU_SUBTYPE, CPU_SUBTYPE_AT386);
  } else if (flavor == HOST_LOAD_INFO) {
    put_load_info(info);
  } else if (flavor == HOST_SCHED_INFO) {
    store<u32>(info, 1000 / HZ);
    store<u32>(info + 4, (<u32>QUANTUM * 1000) / HZ);
  }
  return KERN_SUCCESS;
}

function info_words(flavor: i32): u32 {
  if (flavor == HOST_BASIC_INFO) return HOST_BASIC_INFO_COUNT;
  // The number of the one processor: 0.
  if (flavor == HOST_PROCESSOR_SLOTS) return 1;
  if (flavor == HOST_SCHED_INFO) return HOST_SCHED_INFO_COUNT;
  return flavor == HOST_LOAD_INFO ? HOST_LOAD_INFO_COUNT : 0;
}

/** Writes a 0-terminated string of at most KERNEL_VERSION_MAX bytes; the rest of them is 0. */
export function host_get_kernel_version(version: usize): i32 {
  memory.fill(version, 0, KERNEL_VERSION_MAX);
  store_string(version, VERSION);
  return KERN_SUCCESS;
}

/** The older form of the same call. Stores the bytes used, the ending 0 included, at `count`. */
export function host_kernel_version(version: usize, count: usize): i32 {
  store<u32>(count, <u32>VERSION.length + 1);
  return host_get_kernel_version(version);
}

/**
 * Privileged. RB_DEBUGGER enters the debugger, and fails where there is none. Otherwise halts with the exit status in bits
 * 24-31 of `options` if RB_HALT is set, else resets the machine.
 */
export function host_reboot(options: u32): i32 {
  if (options & RB_DEBUGGER) return db_enter() ? KERN_SUCCESS : KERN_FAILURE;
  if (options & RB_HALT) machine_stop(options >> RB_STATUS_SHIFT);
  cons_flush();
  machine_reset();
  return KERN_FAILURE;
}
