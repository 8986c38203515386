// What a switch between threads must change in the processor besides stack and address space. Most threads have none of it:
// a bit of pcb_special says for each thing whether the thread has.
import { Thread } from "../kern/thread";
import { debug_registers_load } from "./debug_registers";
import { fpu_leave } from "./fpu";
import { io_bitmap_switch } from "./io_permission";
import { user_gdt_load } from "./user_gdt";
import { user_ldt_load } from "./user_ldt";

/** The thread has used the floating-point unit since it got the processor: CR0.TS is clear. */
export const PCB_FPU: u32 = 1;
export const PCB_LDT: u32 = 2;
export const PCB_GDT: u32 = 4;
export const PCB_DEBUG: u32 = 8;
/** Its task may use I/O ports. */
export const PCB_IO: u32 = 16;

/** Called when one of the two threads has any of it. */
export function pcb_switch(from: Thread, to: Thread): void {
  const special = from.pcb_special | to.pcb_special;
  if (from.pcb_special & PCB_FPU) fpu_leave(from);
  if (special & PCB_LDT) user_ldt_load(to);
  if (special & PCB_GDT) user_gdt_load(to);
  if (special & PCB_DEBUG) debug_registers_load(to);
  if (special & PCB_IO) io_bitmap_switch(to.task);
}
