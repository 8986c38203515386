// What the kernel asks of the files' memory objects: pages from the disk, and pages to the disk.
import { stackAlloc } from "../../guest/i386";
import { KERN_MEMORY_ERROR, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_REMOTE_PORT } from "../../abi/mach_msg";
import { MACH_NOTIFY_SEND_ONCE } from "../../abi/mach_port";
import {
  MEMORY_OBJECT_COPY_DELAY,
  MEMORY_OBJECT_RETURN_NONE,
  VM_PROT_NONE,
  VM_PROT_WRITE,
} from "../../abi/vm_types";
import {
  memory_object_data_error,
  memory_object_data_supply,
  memory_object_data_unavailable,
  memory_object_lock_request,
  memory_object_ready,
} from "../generated/mach.generated";
import { mach_port_deallocate, mach_port_destroy } from "../generated/mach_port.generated";
import {
  memory_object_server,
  serve_memory_object_data_request,
  serve_memory_object_data_return,
  serve_memory_object_data_unlock,
  serve_memory_object_init,
  serve_memory_object_lock_completed,
  serve_memory_object_terminate,
} from "../generated/memory_object_server.generated";
import { task_self } from "../lib/mach";
import { serve_port } from "../lib/server";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "../lib/vm";
import { data_read_pages } from "./blocks";
import {
  FilePager,
  object_cache,
  PAGE_FRESH,
  PAGE_SUPPLIED,
  page_flags,
  pages_of,
  pager_lock_completed,
  pager_settle,
  set_page_flags,
} from "./file-pager";
import { file_read_blocks, file_write_blocks } from "./files";
import { volume_lock, volume_unlock } from "./lock";
import { Node, node_block, node_links, node_size } from "./node";
import { pager_set, pager_table, port_find } from "./ports";
import { take_pages } from "./page-blocks";
import { block_bytes } from "./volume";

/** Pages that are read with the one that is wanted, when they lie behind it on the disk. */
const READ_AHEAD: u32 = 16;

function find(object: u32): FilePager | null {
  return changetype<FilePager | null>(port_find(pager_table, object));
}

function on_init(object: u32, control: u32, name: u32, _page_size: u32): void {
  volume_lock();
  const pager = find(object);
  if (pager != null) {
    pager.control = control;
    pager.leaving = 0;
  }
  volume_unlock();
  memory_object_ready(control, object_cache ? 1 : 0, MEMORY_OBJECT_COPY_DELAY);
  mach_port_deallocate(task_self(), name);
}

function on_terminate(object: u32, control: u32, name: u32): void {
  volume_lock();
  const pager = find(object);
  if (pager != null && pager.control == control) {
    pager.control = 0;
    pager.given = 0;
    pager_settle(pager);
  }
  volume_unlock();
  mach_port_destroy(task_self(), control);
  mach_port_destroy(task_self(), name);
}

/** Whether some block of the page that the file reaches is a hole. The volume's lock is held. */
function has_hole(node: Node, page: u32): bool {
  const per_page = PAGE_SIZE / block_bytes;
  const blocks = <u32>((node_size(node) + <u64>(block_bytes - 1)) / <u64>block_bytes);
  for (let index = page * per_page; index < min<u32>((page + 1) * per_page, blocks); index++)
    if (node_block(node, index, false) == 0) return true;
  return false;
}

/** How many pages from `page` on can be read at once, at most `limit`: all on the disk, one behind the other. */
function run_of(pager: FilePager, page: u32, limit: u32): u32 {
  const node = pager.node;
  const per_page = PAGE_SIZE / block_bytes;
  const blocks = <u32>((node_size(node) + <u64>(block_bytes - 1)) / <u64>block_bytes);
  const first = node_block(node, page * per_page, false);
  if (first == 0) return 0;
  let count: u32 = 0;
  while (count < limit) {
    const flags = page_flags(pager, page + count);
    if ((flags & PAGE_FRESH) != 0 || (count > 0 && (flags & PAGE_SUPPLIED) != 0)) break;
    const start = (page + count) * per_page;
    if (start >= blocks) break;
    for (let index = start; index < min<u32>(start + per_page, blocks); index++)
      if (node_block(node, index, false) != first + (index - page * per_page)) return count;
    count++;
  }
  return count;
}

/** Bytes of the file from the start of `page` on. */
function bytes_from(node: Node, page: u32): u64 {
  return node_size(node) - <u64>page * <u64>PAGE_SIZE;
}

/** What is behind the end of the file reads as zeros. */
function clear_tail(node: Node, page: u32, data: usize, size: u32): void {
  const bytes = bytes_from(node, page);
  if (bytes < <u64>size) memory.fill(data + <usize>bytes, 0, size - <u32>bytes);
}

/** Gives pages that lie together on the disk. 0 or an error. */
function supply_run(pager: FilePager, control: u32, page: u32, count: u32): i32 {
  const cell = stackAlloc(4);
  const size = count * PAGE_SIZE;
  const first = node_block(pager.node, page * (PAGE_SIZE / block_bytes), false);
  const error = data_read_pages(first, size, cell);
  if (error != 0) return error;
  const data = load<u32>(cell);
  clear_tail(pager.node, page, data, size);
  for (let index: u32 = 0; index < count; index++) set_page_flags(pager, page + index, PAGE_SUPPLIED);
  memory_object_data_supply(control, page * PAGE_SIZE, data, size, 1, VM_PROT_NONE, 0, 0);
  return 0;
}

/** Gives one page whose blocks are here and there; without some, it may be read only. 0 or an error. */
function supply_page(pager: FilePager, control: u32, page: u32, hole: bool): i32 {
  const cell = stackAlloc(4);
  if (vm_allocate(task_self(), cell, PAGE_SIZE, 1) != 0) return KERN_MEMORY_ERROR;
  const data = load<u32>(cell);
  const per_page = PAGE_SIZE / block_bytes;
  const blocks = <u32>(
    ((min<u64>(bytes_from(pager.node, page), PAGE_SIZE) + <u64>(block_bytes - 1)) / <u64>block_bytes)
  );
  const error = file_read_blocks(pager.node, page * per_page, data, blocks);
  if (error != 0) {
    vm_deallocate(task_self(), data, PAGE_SIZE);
    return error;
  }
  clear_tail(pager.node, page, data, PAGE_SIZE);
  set_page_flags(pager, page, PAGE_SUPPLIED);
  const locked: u32 = hole ? VM_PROT_WRITE : VM_PROT_NONE;
  memory_object_data_supply(control, page * PAGE_SIZE, data, PAGE_SIZE, 1, locked, 0, 0);
  return 0;
}

function supply(pager: FilePager, control: u32, page: u32, access: u32): i32 {
  if (page >= pages_of(pager.node)) return KERN_MEMORY_ERROR;
  if ((access & VM_PROT_WRITE) != 0) {
    const error = take_pages(pager, page, 1);
    if (error != 0) return error;
    pager.written = 1;
  }
  if ((page_flags(pager, page) & PAGE_FRESH) != 0) {
    memory_object_data_unavailable(control, page * PAGE_SIZE, PAGE_SIZE);
    return 0;
  }
  const count = run_of(pager, page, READ_AHEAD);
  if (count > 0 && supply_run(pager, control, page, count) == 0) return 0;
  // A block of those that were not asked for may be bad.
  return supply_page(pager, control, page, has_hole(pager.node, page));
}

function on_request(object: u32, control: u32, offset: u32, length: u32, access: u32): void {
  volume_lock();
  const pager = find(object);
  for (let end = offset + length; offset != end; offset += PAGE_SIZE) {
    const error = pager == null ? KERN_MEMORY_ERROR : supply(pager, control, offset / PAGE_SIZE, access);
    if (error != 0) memory_object_data_error(control, offset, PAGE_SIZE, KERN_MEMORY_ERROR);
  }
  volume_unlock();
  mach_port_deallocate(task_self(), control);
}

/** A page that was given without some of its blocks is written to. */
function on_unlock(object: u32, control: u32, offset: u32, length: u32, _access: u32): void {
  volume_lock();
  const pager = find(object);
  let error: i32 = KERN_MEMORY_ERROR;
  if (pager != null) {
    error = take_pages(pager, offset / PAGE_SIZE, length / PAGE_SIZE);
    pager.written = 1;
  }
  volume_unlock();
  if (error == 0)
    memory_object_lock_request(control, offset, length, MEMORY_OBJECT_RETURN_NONE, 0, VM_PROT_NONE, 0);
  else memory_object_data_error(control, offset, length, KERN_MEMORY_ERROR);
  mach_port_deallocate(task_self(), control);
}

/** Writes pages that come back, as far as the file reaches. */
function write_back(pager: FilePager, page: u32, data: usize, size: u32): void {
  const node = pager.node;
  if (page >= pages_of(node) || (node_links(node) == 0 && node.opens == 0)) return;
  clear_tail(node, page, data, size);
  const bytes = min<u64>(bytes_from(node, page), <u64>size);
  const blocks = <u32>((bytes + <u64>(block_bytes - 1)) / <u64>block_bytes);
  file_write_blocks(node, page * (PAGE_SIZE / block_bytes), data, blocks);
  for (let index: u32 = 0; index < size / PAGE_SIZE; index++)
    set_page_flags(pager, page + index, page_flags(pager, page + index) & ~PAGE_FRESH);
}

function on_return(
  object: u32,
  control: u32,
  offset: u32,
  data: usize,
  size: u32,
  _dirty: u32,
  _kernel_copy: u32,
): void {
  volume_lock();
  const pager = find(object);
  if (pager != null) write_back(pager, offset / PAGE_SIZE, data, size);
  volume_unlock();
  vm_deallocate(task_self(), <u32>data, size);
  mach_port_deallocate(task_self(), control);
}

function on_lock_completed(object: u32, control: u32, _offset: u32, _length: u32): void {
  mach_port_deallocate(task_self(), control);
  lock_answered(object);
}

function lock_answered(object: u32): void {
  volume_lock();
  const pager = find(object);
  if (pager != null) pager_lock_completed(pager);
  volume_unlock();
}

function serve(message: usize): i32 {
  if (load<i32>(message, MSGH_ID) == MACH_NOTIFY_SEND_ONCE) {
    lock_answered(load<u32>(message, MSGH_LOCAL_PORT));
    return MIG_NO_REPLY;
  }
  const result = memory_object_server(message);
  // The kernel wants no answers, and others must not have an opinion.
  return result == MIG_BAD_ID && load<u32>(message, MSGH_REMOTE_PORT) == 0 ? MIG_NO_REPLY : result;
}

export function pager_server_initialize(): void {
  serve_memory_object_init(on_init);
  serve_memory_object_terminate(on_terminate);
  serve_memory_object_data_request(on_request);
  serve_memory_object_data_unlock(on_unlock);
  serve_memory_object_data_return(on_return);
  serve_memory_object_lock_completed(on_lock_completed);
}

/** The body of a thread that serves the kernel. */
export function pager_server(_thread: u32): void {
  serve_port(pager_set, serve);
}
