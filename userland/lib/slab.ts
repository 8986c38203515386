// What the kernel tells about its own memory.
import { stackAlloc } from "../../guest/i386";
import {
  SLAB_INFO_BUF_SIZE,
  SLAB_INFO_NAME,
  SLAB_INFO_NR_BUFS,
  SLAB_INFO_NR_OBJS,
  SLAB_INFO_NR_SLABS,
  SLAB_INFO_SIZE,
} from "../../abi/vm_types";
import { host_slab_info } from "../generated/mach_debug.generated";
import { mach_host_self } from "./asm";
import { task_self } from "./mach";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { print_byte, print_line, print_padded, print_u32_padded } from "./print";
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
  const count = read_caches();
  const value = find(caches_at, count, name, field);
  release_caches(count);
  return value;
}

/** Where read_caches put the cache_info structures. */
let caches_at: u32 = 0;

/** Reads all caches. Returns how many. */
function read_caches(): u32 {
  const pointer = stackAlloc(4);
  const count = stackAlloc(4);
  store<u32>(pointer, <u32>caches);
  store<u32>(count, MAX_CACHES);
  const host = mach_host_self();
  const result = host_slab_info(host, pointer, count);
  mach_port_deallocate(task_self(), host);
  if (result != 0) return 0;
  caches_at = load<u32>(pointer);
  return load<u32>(count);
}

function release_caches(count: u32): void {
  if (count != 0 && caches_at != <u32>caches) vm_deallocate(task_self(), caches_at, count * SLAB_INFO_SIZE);
}

/** Prints a line for every cache: name, bytes of an object, objects in use and in all, pages. Returns how many. */
export function print_caches(): u32 {
  const count = read_caches();
  print_line("cache               bytes    in use       all     pages");
  for (let index: u32 = 0, at = caches_at; index < count; index++, at += SLAB_INFO_SIZE) {
    print_padded(at + SLAB_INFO_NAME, 20);
    print_u32_padded(load<u32>(at + SLAB_INFO_BUF_SIZE), 5);
    print_u32_padded(load<u32>(at + SLAB_INFO_NR_OBJS), 10);
    print_u32_padded(load<u32>(at + SLAB_INFO_NR_BUFS), 10);
    print_u32_padded(load<u32>(at + SLAB_INFO_NR_SLABS), 10);
    print_byte(10);
  }
  release_caches(count);
  return count;
}
