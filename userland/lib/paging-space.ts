// Where the default pager keeps pages: blocks of a disk partition, and memory of its own when that is full. The
// tables are made when paging begins: while the disk has room, nothing here asks for memory.
import { stackAlloc } from "../../guest/i386";
import { D_IO_ERROR, D_SUCCESS, KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";
import { DEV_GET_SIZE } from "../../abi/task_types";
import { device_get_status, device_read, device_write } from "../generated/device.generated";
import { task_self } from "./mach";
import { PAGE_SIZE, vm_allocate, vm_deallocate } from "./vm";

const SECTORS_PER_PAGE: u32 = 8;
/** No slot. */
export const NONE: u32 = 0xffffffff;

/** One page that is kept: a block of the disk, or memory. */
@unmanaged
class Slot {
  /** Next slot in the same bucket, or next free one. */
  next!: u32;
  /** Next slot of the same object. */
  sibling!: u32;
  object!: u32;
  /** Page number in the object. */
  page!: u32;
  /** Slots behind the disk's, and those whose block is bad: the address of the page, or LOST. */
  memory!: u32;
}

/** The page could be kept nowhere. */
const LOST: u32 = 1;

let device: u32 = 0;
let slots: usize = 0;
let buckets: usize = 0;
let bucket_mask: u32 = 0;
/** Slots on the disk, and behind them those in memory. */
let disk_slots: u32 = 0;
let free_disk: u32 = NONE;
let free_memory: u32 = NONE;
export let paging_total: u32 = 0;
export let paging_free: u32 = 0;

function slot(index: u32): Slot {
  return changetype<Slot>(slots + index * offsetof<Slot>());
}

function bucket(object: u32, page: u32): usize {
  return buckets + (((page + object * 0x9e37) & bucket_mask) << 2);
}

/** Begins to page to `port`, an open block device, with so many pages of memory for when it is full. A return code. */
export function paging_space_open(port: u32, reserve: u32): i32 {
  const status = stackAlloc(64);
  const count = stackAlloc(4);
  store<u32>(count, 16);
  // The first word is the size of the device.
  const kr = device_get_status(port, DEV_GET_SIZE, status, count);
  if (kr != 0) return kr;
  device = port;
  disk_slots = load<u32>(status) / PAGE_SIZE;
  let size: u32 = 64;
  while (size < disk_slots) size <<= 1;
  bucket_mask = size - 1;
  const bytes = (disk_slots + reserve) * offsetof<Slot>() + size * 4;
  const cell = stackAlloc(4);
  if (vm_allocate(task_self(), cell, bytes, 1) != 0) return KERN_RESOURCE_SHORTAGE;
  buckets = load<u32>(cell);
  slots = buckets + size * 4;
  free_disk = NONE;
  free_memory = NONE;
  for (let i: u32 = 0; i < size; i++) store<u32>(buckets + i * 4, NONE);
  for (let i = disk_slots; i-- > 0;) release(i);
  for (let i = disk_slots + reserve; i-- > disk_slots;) release(i);
  paging_total = disk_slots;
  paging_free = disk_slots;
  return D_SUCCESS;
}

function release(index: u32): void {
  const one = slot(index);
  if (index < disk_slots) {
    one.next = free_disk;
    free_disk = index;
  } else {
    one.next = free_memory;
    free_memory = index;
  }
}

/** The slot of a page, or NONE. */
export function paging_find(object: u32, page: u32): u32 {
  let index = load<u32>(bucket(object, page));
  while (index != NONE) {
    const one = slot(index);
    if (one.object == object && one.page == page) return index;
    index = one.next;
  }
  return NONE;
}

function enter(index: u32, object: u32, page: u32, first: usize): void {
  const one = slot(index);
  const head = bucket(object, page);
  one.object = object;
  one.page = page;
  one.next = load<u32>(head);
  store<u32>(head, index);
  one.sibling = load<u32>(first);
  store<u32>(first, index);
}

/**
 * Keeps `size` bytes at `data`, whole pages of `object` from number `page` on. `first` is the cell with the object's first
 * slot. Takes the memory over: it is kept, or given back. False when there is no slot for some page: it is lost, and will not
 * be found.
 */
export function paging_write(object: u32, page: u32, data: u32, size: u32, first: usize): bool {
  let kept: bool = true;
  let at: u32 = 0;
  while (at < size) {
    const index = place(object, page + at / PAGE_SIZE, first);
    if (is_on_disk(index)) {
      at += write_run(object, page, data, at, size, first, index);
      continue;
    }
    if (index == NONE) kept = false;
    else keep(index, data + at);
    at += PAGE_SIZE;
  }
  vm_deallocate(task_self(), data, size);
  return kept;
}

/** Whether the slot's page is on the disk, or will be. */
function is_on_disk(index: u32): bool {
  return index < disk_slots && slot(index).memory == 0;
}

/** The slot of the page: the one it has, or a new one. */
function place(object: u32, page: u32, first: usize): u32 {
  let index = paging_find(object, page);
  if (index != NONE) return index;
  index = free_disk;
  if (index != NONE) {
    free_disk = slot(index).next;
    paging_free--;
  } else {
    index = free_memory;
    if (index == NONE) return NONE;
    free_memory = slot(index).next;
  }
  slot(index).memory = 0;
  enter(index, object, page, first);
  return index;
}

/** Copies the page to memory of this task. */
function keep(index: u32, from: u32): void {
  const one = slot(index);
  if (one.memory <= LOST) {
    one.memory = LOST;
    const cell = stackAlloc(4);
    if (vm_allocate(task_self(), cell, PAGE_SIZE, 1) != 0) return;
    one.memory = load<u32>(cell);
  }
  memory.copy(one.memory, from, PAGE_SIZE);
}

/** Writes the pages from byte `at` on that get blocks one behind the other. Returns how many bytes. */
function write_run(object: u32, page: u32, data: u32, at: u32, size: u32, first: usize, index: u32): u32 {
  let length = PAGE_SIZE;
  while (at + length < size) {
    const wanted = index + length / PAGE_SIZE;
    const number = page + (at + length) / PAGE_SIZE;
    const known = paging_find(object, number);
    if (known != NONE ? known != wanted || !is_on_disk(known) : free_disk != wanted) break;
    if (known == NONE) place(object, number, first);
    length += PAGE_SIZE;
  }
  if (write_blocks(index, data + at, length)) return length;
  // One by one: those that the disk does not take stay in memory, and their blocks are not used again.
  for (let done: u32 = 0; done < length; done += PAGE_SIZE) {
    const block = index + done / PAGE_SIZE;
    if (!write_blocks(block, data + at + done, PAGE_SIZE)) keep(block, data + at + done);
  }
  return length;
}

function write_blocks(index: u32, data: u32, length: u32): bool {
  const written = stackAlloc(4);
  const kr = device_write(device, 0, index * SECTORS_PER_PAGE, data, length, written);
  return kr == D_SUCCESS && load<u32>(written) == length;
}

/** Reads a page into fresh memory, whose address goes to `data`. A device's return code. */
export function paging_read(index: u32, data: usize): i32 {
  if (!is_on_disk(index)) {
    if (slot(index).memory == LOST) return D_IO_ERROR;
    const kr = vm_allocate(task_self(), data, PAGE_SIZE, 1);
    if (kr == D_SUCCESS) memory.copy(load<u32>(data), slot(index).memory, PAGE_SIZE);
    return kr;
  }
  const length = stackAlloc(4);
  const kr = device_read(device, 0, index * SECTORS_PER_PAGE, PAGE_SIZE, data, length);
  if (kr != D_SUCCESS) return kr;
  if (load<u32>(length) == PAGE_SIZE) return D_SUCCESS;
  vm_deallocate(task_self(), load<u32>(data), load<u32>(length));
  return D_IO_ERROR;
}

/** Gives up all pages of an object whose first slot is `index`. */
export function paging_free_object(index: u32): void {
  while (index != NONE) {
    const one = slot(index);
    const next = one.sibling;
    unhash(index);
    const bad = index < disk_slots && one.memory != 0;
    if (one.memory > LOST) vm_deallocate(task_self(), one.memory, PAGE_SIZE);
    if (!bad) {
      if (index < disk_slots) paging_free++;
      release(index);
    }
    index = next;
  }
}

function unhash(index: u32): void {
  const one = slot(index);
  let link = bucket(one.object, one.page);
  while (load<u32>(link) != index) {
    link = changetype<usize>(slot(load<u32>(link))) + offsetof<Slot>("next");
  }
  store<u32>(link, one.next);
}
