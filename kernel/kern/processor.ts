// The processor: there is one, which always runs.
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  CPU_SUBTYPE_AT386,
  PROCESSOR_BASIC_INFO,
  PROCESSOR_BASIC_INFO_COUNT,
  PROCESSOR_INFO_CPU_SUBTYPE,
  PROCESSOR_INFO_CPU_TYPE,
  PROCESSOR_INFO_IS_MASTER,
  PROCESSOR_INFO_RUNNING,
  PROCESSOR_INFO_SLOT_NUM,
} from "../../abi/task_types";
import { cpu_type } from "../i386/cpu";
import { ipc_port_alloc_kernel, ipc_port_make_send, IpcPort } from "../ipc/ipc_port";
import { host_name_port } from "./host";
import { ipc_kobject_get, ipc_kobject_set, IKOT_PROCESSOR } from "./ipc_kobject";
import { default_set_name } from "./processor_set";
import { kalloc } from "./zone";

let processor_port: IpcPort = changetype<IpcPort>(0);

export function processor_init(): void {
  processor_port = ipc_port_alloc_kernel();
  ipc_kobject_set(processor_port, changetype<usize>(processor_port), IKOT_PROCESSOR);
}

/** 1 for the processor's port, else 0. */
export function convert_port_to_processor(port: IpcPort): u32 {
  return ipc_kobject_get(port, IKOT_PROCESSOR) ? 1 : 0;
}

/** Stores a kernel array of one new send right to `port` at `list`, and its length. */
export function list_of_one(port: IpcPort, list: usize, count: usize): i32 {
  const array = kalloc(4);
  if (array == 0) return KERN_RESOURCE_SHORTAGE;
  store<usize>(array, changetype<usize>(ipc_port_make_send(port)));
  store<usize>(list, array);
  store<u32>(count, 1);
  return KERN_SUCCESS;
}

export function host_processors(list: usize, count: usize): i32 {
  return list_of_one(processor_port, list, count);
}

/** As host_processors: the set has all there are. */
export function processor_list(list: usize, count: usize): i32 {
  return list_of_one(processor_port, list, count);
}

export function processor_start(): i32 {
  return KERN_FAILURE;
}

export function processor_exit(): i32 {
  return KERN_FAILURE;
}

export function processor_control(command: usize, count: u32): i32 {
  return KERN_FAILURE;
}

/** The cell `count` holds the room at `info` in words, and gets the words written. KERN_FAILURE: too little room. */
export function processor_info(flavor: i32, host: usize, info: usize, count: usize): i32 {
  if (flavor != PROCESSOR_BASIC_INFO) return KERN_INVALID_ARGUMENT;
  if (load<u32>(count) < <u32>PROCESSOR_BASIC_INFO_COUNT) return KERN_FAILURE;
  store<u32>(info, cpu_type(), PROCESSOR_INFO_CPU_TYPE);
  store<u32>(info, CPU_SUBTYPE_AT386, PROCESSOR_INFO_CPU_SUBTYPE);
  store<u32>(info, 1, PROCESSOR_INFO_RUNNING);
  store<u32>(info, 0, PROCESSOR_INFO_SLOT_NUM);
  store<u32>(info, 1, PROCESSOR_INFO_IS_MASTER);
  store<u32>(count, PROCESSOR_BASIC_INFO_COUNT);
  store<usize>(host, changetype<usize>(ipc_port_make_send(host_name_port())));
  return KERN_SUCCESS;
}

export function processor_assign(new_set: u32, wait: bool): i32 {
  return new_set == 0 ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}

export function processor_get_assignment(set: usize): i32 {
  store<usize>(set, changetype<usize>(ipc_port_make_send(default_set_name())));
  return KERN_SUCCESS;
}
