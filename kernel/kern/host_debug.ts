// Looking into the kernel: its tables, stacks and zones. An out array is a cell with the address of its room and a cell with
// how many elements that holds; more are given out of line (kern/mig_array.ts).
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import { MERGE_INFO_COUNT } from "../../abi/vm_merge";
import { SLAB_INFO_SIZE } from "../../abi/vm_types";
import { ipc_zones } from "../ipc/ipc_zones";
import { VmMapCopy } from "../vm/vm_map_copy";
import { vm_merge_statistics } from "../vm/vm_merge_policy";
import { vm_page_bucket_info, vm_page_buckets } from "../vm/vm_resident";
import { mig_reply_filled, mig_reply_room } from "./mig_array";
import { count_threads } from "./processor_set";
import { Task } from "./task";
import { KERNEL_STACK_SIZE } from "./thread";
import { thread_spare_stacks } from "./thread_life";
import { zone_count, zone_info } from "./zone";

/** Requests hang on the entries of their names: one bucket says how many there are, and memory is the limit. */
export function host_ipc_marequest_info(max_requests: usize, info: usize, count: usize): i32 {
  store<u32>(max_requests, 0xffffffff);
  const room = mig_reply_room(info, count, 1, 4);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  store<u32>(room, ipc_zones().marequest.inUse);
  return mig_reply_filled(info, count, room, 1, 4);
}

/** Stacks that wait for a thread. How much of a stack was used is not known. */
export function host_stack_usage(
  reserved: usize,
  total: usize,
  space: usize,
  resident: usize,
  max_usage: usize,
  max_stack: usize,
): i32 {
  store<u32>(reserved, 0);
  return put_stacks(thread_spare_stacks(), total, space, resident, max_usage, max_stack);
}

/** Stacks of threads. */
export function processor_set_stack_usage(
  total: usize,
  space: usize,
  resident: usize,
  max_usage: usize,
  max_stack: usize,
): i32 {
  return put_stacks(count_threads(), total, space, resident, max_usage, max_stack);
}

function put_stacks(
  stacks: u32,
  total: usize,
  space: usize,
  resident: usize,
  max_usage: usize,
  max_stack: usize,
): i32 {
  store<u32>(total, stacks);
  store<u32>(space, stacks * <u32>KERNEL_STACK_SIZE);
  store<u32>(resident, stacks * <u32>KERNEL_STACK_SIZE);
  store<u32>(max_usage, 0);
  store<u32>(max_stack, 0);
  return KERN_SUCCESS;
}

/** Pages in each bucket of the table from object and offset to page. */
export function host_virtual_physical_table_info(info: usize, count: usize): i32 {
  const buckets = vm_page_buckets();
  const room = mig_reply_room(info, count, buckets, 4);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  vm_page_bucket_info(room);
  return mig_reply_filled(info, count, room, buckets, 4);
}

/** cache_info structures (SLAB_INFO_*) of all zones. */
export function host_slab_info(info: usize, count: usize): i32 {
  const zones = zone_count();
  const room = mig_reply_room(info, count, zones, SLAB_INFO_SIZE);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  zone_info(room, zones);
  return mig_reply_filled(info, count, room, zones, SLAB_INFO_SIZE);
}

/** The words MERGE_INFO_*. */
export function host_vm_merge_info(info: usize, count: usize): i32 {
  const room = mig_reply_room(info, count, MERGE_INFO_COUNT, 4);
  if (room == 0) return KERN_RESOURCE_SHORTAGE;
  vm_merge_statistics(room, MERGE_INFO_COUNT);
  return mig_reply_filled(info, count, room, MERGE_INFO_COUNT, 4);
}

/** The kernel's symbols come with its image. */
export function host_load_symbol_table(
  task: Task | null,
  name: usize,
  symtab: VmMapCopy | null,
  size: u32,
): i32 {
  return task == null ? KERN_INVALID_ARGUMENT : KERN_FAILURE;
}
