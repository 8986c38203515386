// Loading a boot module into a task: segments, stack, first thread.
import { KERN_SUCCESS } from "../../abi/kern_return";
import { VM_PROT_ALL } from "../../abi/vm_types";
import { PAGE_SIZE, round_page, trunc_page } from "../i386/vm_param";
import { copyout_map } from "../vm/vm_copyio";
import { vm_allocate, vm_protect } from "../vm/vm_user";
import { boot_stack_build, boot_stack_size } from "./boot_stack";
import { ELF_OK, elf_open, elf_segment, ElfImage, ElfSegment } from "./elf";
import { Task } from "./task";
import { Thread, thread_user_state } from "./thread";
import { thread_resume } from "./thread_control";
import { thread_create, thread_deallocate } from "./thread_life";
import { kalloc, kfree } from "./zone";

const STACK_TOP: u32 = 0xc0000000;
const STACK_SIZE: u32 = 0x20000;

export const LOAD_OK: i32 = 0;
export const LOAD_BAD_ELF: i32 = 1;
export const LOAD_OVERLAP: i32 = 2;
export const LOAD_NO_MEMORY: i32 = 3;

const elf_cell: usize = memory.data(32);
const segment_cell: usize = memory.data(20);
const word_cell: usize = memory.data(4);

/**
 * Loads the `size` bytes of ELF at `image` into the empty address space of `task`, with the strings of boot_stack.ts
 * on its stack, and makes its first thread, which runs as soon as the task is not suspended.
 */
export function boot_task_load(task: Task, image: usize, size: u32): i32 {
  const elf = changetype<ElfImage>(elf_cell);
  if (elf_open(image, size, elf) != ELF_OK) return LOAD_BAD_ELF;
  const segment = changetype<ElfSegment>(segment_cell);
  for (let i: u32 = 0; i < elf.program_header_count; i++) {
    if (!elf_segment(elf, i, segment)) continue;
    const result = load_segment(task, segment);
    if (result != LOAD_OK) return result;
  }
  const size_of_block = boot_stack_size();
  if (size_of_block >= STACK_SIZE - PAGE_SIZE) return LOAD_NO_MEMORY;
  if (!load_stack(task, elf.stack_prot, size_of_block)) return LOAD_NO_MEMORY;
  return start_thread(task, elf.entry, STACK_TOP - size_of_block);
}

function load_segment(task: Task, segment: ElfSegment): i32 {
  const start = trunc_page(segment.address);
  const length = round_page(segment.address + segment.memory_size) - start;
  store<u32>(word_cell, start);
  if (vm_allocate(task.map, word_cell, length, false) != KERN_SUCCESS) return LOAD_OVERLAP;
  if (copyout_map(task.map, segment.data, segment.address, segment.file_size) != KERN_SUCCESS)
    return LOAD_NO_MEMORY;
  if (segment.prot != VM_PROT_ALL) vm_protect(task.map, start, length, false, segment.prot);
  return LOAD_OK;
}

function load_stack(task: Task, prot: u32, size: u32): bool {
  const start = STACK_TOP - STACK_SIZE;
  store<u32>(word_cell, start);
  if (vm_allocate(task.map, word_cell, STACK_SIZE, false) != KERN_SUCCESS) return false;
  const block = kalloc(size);
  if (block == 0) return false;
  boot_stack_build(block, STACK_TOP - size);
  const copied = copyout_map(task.map, block, STACK_TOP - size, size) == KERN_SUCCESS;
  kfree(block, size);
  if (prot != VM_PROT_ALL) vm_protect(task.map, start, STACK_SIZE, false, prot);
  return copied;
}

function start_thread(task: Task, entry: u32, esp: u32): i32 {
  if (thread_create(task, word_cell) != KERN_SUCCESS) return LOAD_NO_MEMORY;
  const thread = changetype<Thread>(load<usize>(word_cell));
  const regs = thread_user_state(thread);
  regs.eip = entry;
  regs.uesp = esp;
  thread_resume(thread);
  thread_deallocate(thread);
  return LOAD_OK;
}
