// What the kernel tells about its own memory.
import { stackAlloc } from "../../guest/i386";
import { SLAB_INFO_BUF_SIZE, SLAB_INFO_NAME, SLAB_INFO_NR_OBJS, SLAB_INFO_SIZE } from "../../abi/vm_types";
import { host_slab_info } from "../generated/mach_debug.generated";
import { mach_host_self } from "./asm";
import { task_self } from "./mach";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { string_equals } from "./string";
import { vm_deallocate } from "./vm";

const MAX_CACHES: u32 = 26;
const caches: usize = memory.data(1976);

function find(at: u32, count: u32, name: string, field: u32): u32 {
  for (let index: u32 = 0; index < count; index++, at += SLAB_INFO_SIZE)
    if (string_equals(at + SLAB_INFO_NAME, name)) return load<u32>(at + field);
  return 0;
}

/** Bytes that one object of the kernel's cache `name` takes; 0 when there is no such cache. */
export function kernel_object_size(name: string): u32 {
  return cache_field(name, SLAB_INFO_BUF_SIZE);
}

/** Objects of the kernel's cache `name` that are in use. */
export function kernel_objects_in_use(name: string): u32 {
  return cache_field(name, SLAB_INFO_NR_OBJS);
}

function cache_field(name: string, field: u32): u32 {
  const pointer = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(pointer, <u32>caches);
  store<u32>(count, MAX_CACHES);
  const host = mach_host_self();
  const result = host_slab_info(host, pointer, count);
  mach_port_deallocate(task_self(), host);
  if (result != 0) return 0;
  const info = load<u32>(pointer);
  const value = find(info, load<u32>(count), name, field);
  if (info != <u32>caches) vm_deallocate(task_self(), info, load<u32>(count) * SLAB_INFO_SIZE);
  return value;
}
