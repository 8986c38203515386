// Segment and interrupt descriptor tables (Intel 386 manual, chapters 5, 7 and 9).
import { lgdt, lidt, lldt, ltr, stackAlloc } from "../../guest/i386";
import {
  ACC_CALL_GATE,
  ACC_CODE_R,
  ACC_DATA_W,
  ACC_DPL3,
  ACC_INTERRUPT_GATE,
  ACC_LDT,
  ACC_PRESENT,
  ACC_TSS,
  DESC_32_PAGES,
  GDT_ENTRIES,
  IDT_ENTRIES,
  IO_BITMAP_SIZE,
  KERNEL_CS,
  KERNEL_DS,
  KERNEL_LDT,
  KERNEL_TSS,
  LDT_ENTRIES,
  T_INT3,
  T_INTO,
  TSS_ESP0,
  TSS_IO_BITMAP,
  TSS_SIZE,
  TSS_SS0,
  USER_CS,
  USER_DS,
  USER_GDT,
} from "../../abi/i386";
import { gate_entry_address, reload_segments, vector_table_address } from "./asm";

const gdt: usize = memory.data(88, 8);
const ldt: usize = memory.data(32, 8);
const idt: usize = memory.data(384, 8);
/** The I/O bitmap and its end behind it. */
const tss: usize = memory.data(8300, 16);
const TSS_LIMIT: u32 = TSS_SIZE + IO_BITMAP_SIZE;

/** Loads the kernel's own tables. Interrupts stay off. */
export function descriptors_init(): void {
  set_segment(gdt + (KERNEL_CS & ~7), 0, 0xfffff, ACC_PRESENT | ACC_CODE_R, DESC_32_PAGES);
  set_segment(gdt + (KERNEL_DS & ~7), 0, 0xfffff, ACC_PRESENT | ACC_DATA_W, DESC_32_PAGES);
  set_segment(gdt + (KERNEL_TSS & ~7), <u32>tss, TSS_LIMIT, ACC_PRESENT | ACC_TSS, 0);
  set_gate(ldt, <u32>gate_entry_address(), ACC_PRESENT | ACC_DPL3 | ACC_CALL_GATE);
  set_segment(ldt + (USER_CS & ~7), 0, 0xfffff, ACC_PRESENT | ACC_DPL3 | ACC_CODE_R, DESC_32_PAGES);
  set_segment(ldt + (USER_DS & ~7), 0, 0xfffff, ACC_PRESENT | ACC_DPL3 | ACC_DATA_W, DESC_32_PAGES);
  for (let vector: u32 = 0; vector < <u32>IDT_ENTRIES; vector++) set_vector(vector);

  store<u32>(tss + TSS_SS0, KERNEL_DS);
  store<u8>(tss + TSS_LIMIT, 0xff);
  tss_set_io_bitmap(false);

  const pointer = stackAlloc(8);
  load_table(pointer, gdt, GDT_ENTRIES);
  lgdt(pointer);
  reload_segments();
  load_table(pointer, idt, IDT_ENTRIES);
  lidt(pointer);
  set_ldt(ldt, LDT_ENTRIES);
  ltr(KERNEL_TSS);
}

/** The stack that the processor switches to when it leaves user mode. */
export function set_kernel_stack(top: usize): void {
  atomic.store<u32>(tss + TSS_ESP0, <u32>top);
}

/** The table that threads have which were given no descriptors of their own. */
export function kernel_ldt(): usize {
  return ldt;
}

/** Puts a local descriptor table in force. */
export function set_ldt(table: usize, entries: u32): void {
  set_segment(gdt + (KERNEL_LDT & ~7), <u32>table, entries * 8 - 1, ACC_PRESENT | ACC_LDT, 0);
  lldt(KERNEL_LDT);
}

/** The first of the slots for the running thread's descriptors. */
export function user_gdt_slot(): usize {
  return gdt + USER_GDT;
}

/** Where the processor looks up whether a port may be used. */
export function tss_io_bitmap(): usize {
  return tss + TSS_SIZE;
}

/** Whether it looks there; else every IN and OUT of a user faults. */
export function tss_set_io_bitmap(on: bool): void {
  atomic.store<u16>(tss + TSS_IO_BITMAP, <u16>(on ? TSS_SIZE : TSS_LIMIT + 1));
}

function set_vector(vector: u32): void {
  const stub = load<u32>(vector_table_address() + ((<usize>vector) << 2));
  const user = vector == T_INT3 || vector == T_INTO;
  set_gate(idt + ((<usize>vector) << 3), stub, ACC_PRESENT | ACC_INTERRUPT_GATE | (user ? ACC_DPL3 : 0));
}

function set_segment(at: usize, base: u32, limit: u32, access: u32, flags: u32): void {
  atomic.store<u32>(at, (base << 16) | (limit & 0xffff));
  const high =
    (base & 0xff000000) | (flags << 20) | (limit & 0xf0000) | (access << 8) | ((base >> 16) & 0xff);
  atomic.store<u32>(at + 4, high);
}

function set_gate(at: usize, offset: u32, access: u32): void {
  atomic.store<u32>(at, (KERNEL_CS << 16) | (offset & 0xffff));
  atomic.store<u32>(at + 4, (offset & 0xffff0000) | (access << 8));
}

/** The six-byte operand of LGDT and LIDT. */
function load_table(pointer: usize, table: usize, entries: u32): void {
  atomic.store<u16>(pointer, <u16>(entries * 8 - 1));
  atomic.store<u16>(pointer + 2, <u16>table);
  atomic.store<u16>(pointer + 4, <u16>(table >> 16));
}
