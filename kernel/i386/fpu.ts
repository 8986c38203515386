// The floating-point unit. Its registers stay with the thread that used them last, their owner, until another thread needs
// them: CR0.TS is set whenever a thread runs that has not used the unit since it got the processor, so that its first
// floating-point instruction raises #NM (Intel 486 manual, 4.1.3). The kernel itself uses no floats.
import { outb, loadCr0, storeCr0 } from "../../guest/i386";
import { CR0_EM, CR0_MP, CR0_NE, CR0_TS } from "../../abi/i386";
import {
  KERN_FAILURE,
  KERN_INVALID_ARGUMENT,
  KERN_RESOURCE_SHORTAGE,
  KERN_SUCCESS,
} from "../../abi/kern_return";
import {
  FP_387,
  FPU_IMAGE_SIZE,
  I386_FLOAT_STATE_COUNT,
  I386_XFLOAT_STATE_COUNT,
  FLOAT_STATE_FPKIND,
  FLOAT_STATE_IMAGE,
  FLOAT_STATE_INITIALIZED,
  XFLOAT_STATE_IMAGE,
} from "../../abi/task_types";
import { current_thread } from "../kern/sched";
import { ast_on } from "../kern/ast_needed";
import { AST_FPU, Thread } from "../kern/thread";
import { zalloc, Zone, zone_create, zfree } from "../kern/zone";
import { clts, fninit, fnsave, fnstcw, fnstsw, frstor } from "./asm";
import { cpu_is_486 } from "./cpu";
import { irq_establish } from "./irq";
import { PCB_FPU } from "./pcb_switch";

/** Control word after FNINIT, and the bits of it that mean something. */
const INITIAL_CONTROL: u32 = 0x37f;
const CONTROL_MASK: u32 = 0xffff;
/** The line by which a PC's 387 reports errors, and the port that releases its BUSY latch (IBM PC AT manual). */
const FPU_IRQ: u32 = 13;
const FPU_BUSY_LATCH: u32 = 0xf0;

let present: bool = false;
let zone: Zone = changetype<Zone>(0);
/** Whose registers the unit has; null if nobody's. */
let owner: Thread = changetype<Thread>(0);

/** Looks for the unit, and lets its instructions trap until a thread has it. */
export function fpu_init(): void {
  zone = zone_create(FPU_IMAGE_SIZE, "fpu states");
  const cr0 = loadCr0() & ~(<u32>(CR0_EM | CR0_TS | CR0_MP));
  storeCr0(cr0);
  fninit();
  present = (fnstsw() & 0xff) == 0 && (fnstcw() & CONTROL_MASK) == INITIAL_CONTROL;
  if (!present) storeCr0(cr0 | CR0_EM);
  else if (cpu_is_486()) storeCr0(cr0 | CR0_MP | CR0_TS | CR0_NE);
  else {
    storeCr0(cr0 | CR0_MP | CR0_TS);
    irq_establish(FPU_IRQ, fpu_interrupt);
  }
}

/** #NM in the current thread: gives it the unit. False if there is none, or no memory for its state. */
export function fpu_take(): bool {
  if (!present) return false;
  const self = current_thread();
  clts();
  self.pcb_special |= PCB_FPU;
  if (changetype<usize>(owner) == changetype<usize>(self)) return true;
  const fresh = self.fpu_state == 0;
  if (fresh) self.fpu_state = zalloc(zone);
  if (self.fpu_state == 0) {
    fpu_leave(self);
    return false;
  }
  // Either way no exception is pending afterwards.
  if (changetype<usize>(owner) != 0) fnsave(owner.fpu_state);
  else fninit();
  if (!fresh) frstor(self.fpu_state);
  owner = self;
  return true;
}

/** The thread must ask again before it uses the unit. */
export function fpu_leave(thread: Thread): void {
  thread.pcb_special &= ~PCB_FPU;
  storeCr0(loadCr0() | CR0_TS);
}

/** Status word of the current thread. An interrupt's report may come to it when it has not the unit any more. */
export function fpu_status(): u32 {
  return fpu_take() ? fnstsw() & 0xffff : 0;
}

/** A 387 reports an error of the owner, which hears of it at the border to user mode. */
function fpu_interrupt(): void {
  outb(FPU_BUSY_LATCH, 0);
  if (changetype<usize>(owner) == 0) return;
  owner.ast |= AST_FPU;
  ast_on();
}

/** The unit's registers into the owner's state; nobody owns it then. */
function fpu_save(): void {
  clts();
  fnsave(owner.fpu_state);
  fpu_leave(owner);
  owner = changetype<Thread>(0);
}

/** Forgets the thread's registers: the next floating-point instruction finds the unit as new. */
export function fpu_discard(thread: Thread): void {
  if (thread.fpu_state == 0) return;
  if (changetype<usize>(owner) == changetype<usize>(thread)) {
    owner = changetype<Thread>(0);
    fpu_leave(thread);
  }
  zfree(zone, thread.fpu_state);
  thread.fpu_state = 0;
}

// --- thread_get_state and thread_set_state ---

/** Both flavors: kind, whether there are registers, and the image of FNSAVE at `image` of `words` words. */
function get_image(thread: Thread, state: usize, count: usize, words: u32, image: usize): i32 {
  if (load<u32>(count) < words) return KERN_INVALID_ARGUMENT;
  if (!present) return KERN_FAILURE;
  memory.fill(state, 0, (<usize>words) << 2);
  store<u32>(count, words);
  if (thread.fpu_state == 0) return KERN_SUCCESS;
  if (changetype<usize>(owner) == changetype<usize>(thread)) fpu_save();
  store<u32>(state + FLOAT_STATE_FPKIND, FP_387);
  store<u32>(state + FLOAT_STATE_INITIALIZED, 1);
  memory.copy(state + image, thread.fpu_state, FPU_IMAGE_SIZE);
  return KERN_SUCCESS;
}

function set_image(thread: Thread, state: usize, count: u32, words: u32, image: usize): i32 {
  if (count < words) return KERN_INVALID_ARGUMENT;
  if (!present) return KERN_FAILURE;
  fpu_discard(thread);
  if (load<u32>(state + FLOAT_STATE_INITIALIZED) == 0) return KERN_SUCCESS;
  thread.fpu_state = zalloc(zone);
  if (thread.fpu_state == 0) return KERN_RESOURCE_SHORTAGE;
  memory.copy(thread.fpu_state, state + image, FPU_IMAGE_SIZE);
  return KERN_SUCCESS;
}

export function fpu_get_state(thread: Thread, state: usize, count: usize): i32 {
  return get_image(thread, state, count, I386_FLOAT_STATE_COUNT, FLOAT_STATE_IMAGE);
}

export function fpu_set_state(thread: Thread, state: usize, count: u32): i32 {
  return set_image(thread, state, count, I386_FLOAT_STATE_COUNT, FLOAT_STATE_IMAGE);
}

/** The extended state's save area is that of FNSAVE (kind 0). */
export function fpu_get_xstate(thread: Thread, state: usize, count: usize): i32 {
  return get_image(thread, state, count, I386_XFLOAT_STATE_COUNT, XFLOAT_STATE_IMAGE);
}

export function fpu_set_xstate(thread: Thread, state: usize, count: u32): i32 {
  return set_image(thread, state, count, I386_XFLOAT_STATE_COUNT, XFLOAT_STATE_IMAGE);
}

/** Bytes of the extended state. KERN_FAILURE: there is no unit. */
export function i386_get_xstate_size(size: usize): i32 {
  if (!present) return KERN_FAILURE;
  store<u32>(size, I386_XFLOAT_STATE_COUNT << 2);
  return KERN_SUCCESS;
}
