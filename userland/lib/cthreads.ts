// Threads that may use the whole library at once. Each has a stack of CTHREAD_STACK_SIZE bytes, aligned to that, with the
// thread's own variables at its lowest address: so that a thread finds them by its stack pointer.
import { stackAlloc, stackPointer } from "../../guest/i386";
import { VM_INHERIT_COPY, VM_PROT_ALL, VM_PROT_DEFAULT } from "../../abi/vm_types";
import { mach_task_self, thread_start_address } from "./asm";
import { STACK_SIZE, STACK_TOP } from "./loader";
import { start_thread, ThreadBody } from "./threads";
import { vm_deallocate, vm_map } from "./vm";

export const CTHREAD_STACK_SIZE: u32 = 0x10000;

/** Offsets of a thread's own variables. */
export const CTHREAD_REPLY_PORT: usize = 0;
export const CTHREAD_ARENA: usize = 4;

/** Those of the first thread, and of all threads as long as there are no others. */
const first_thread: usize = memory.data(16);
let others: bool = false;

/** The calling thread's own variables. */
export function cthread_self(): usize {
  if (!others) return first_thread;
  const at = stackPointer();
  if (at >= STACK_TOP - STACK_SIZE) return first_thread;
  return at & ~(<usize>CTHREAD_STACK_SIZE - 1);
}

/** Starts `body(argument)` on a thread of its own. Returns a kern_return. */
export function cthread_fork(body: ThreadBody, argument: u32): i32 {
  const slot = stackAlloc(4);
  const self = mach_task_self();
  store<u32>(slot, 0);
  const result = vm_map(
    self,
    slot,
    CTHREAD_STACK_SIZE,
    CTHREAD_STACK_SIZE - 1,
    1,
    0,
    0,
    0,
    VM_PROT_DEFAULT,
    VM_PROT_ALL,
    VM_INHERIT_COPY,
  );
  if (result != 0) return result;
  others = true;
  const stack = load<u32>(slot);
  const thread = stackAlloc(4);
  const entry = <u32>thread_start_address();
  const top = stack + CTHREAD_STACK_SIZE;
  const error = start_thread(self, entry, top, changetype<u32>(body), argument, thread);
  if (error != 0) vm_deallocate(self, stack, CTHREAD_STACK_SIZE);
  return error;
}
