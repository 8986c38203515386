// The argument words of a system call. They lie on the user's stack, behind the return address of the stub.
import { moveWords } from "../../guest/i386";
import { KERN_ABORTED, KERN_SUCCESS } from "../../abi/kern_return";
import { EXC_BAD_ACCESS } from "../../abi/task_types";
import { VM_MAX_ADDRESS } from "../i386/vm_param";
import { copyin, copyio_fault_address, user_readable } from "../vm/vm_copyio";
import { exception } from "./exception";
import { current_thread } from "./sched";
import { thread_user_state } from "./thread";

/** Exception code of an argument word in kernel space. */
const CODE_KERNEL_ADDRESS: i32 = 14;
/** Bytes of the instruction that leads here. */
const FAR_CALL_SIZE: u32 = 7;

/**
 * Copies `count` argument words to `args`. False when the user may not read them: after an exception, and when a wait
 * for them was interrupted; the far call is then made again, should the thread live on.
 */
export function syscall_arguments(args: usize, count: u32): bool {
  const thread = current_thread();
  const from = thread_user_state(thread).uesp + 4;
  const words = user_readable(thread.task.map, from, count << 2);
  if (words == 0) return copy_arguments(from, args, count);
  moveWords(args, words, count);
  return true;
}

function copy_arguments(from: u32, args: usize, count: u32): bool {
  const result = copyin(from, args, count << 2);
  if (result == KERN_SUCCESS) return true;
  if (result == KERN_ABORTED) {
    thread_user_state(current_thread()).eip -= FAR_CALL_SIZE;
    return false;
  }
  const address = copyio_fault_address();
  exception(EXC_BAD_ACCESS, address >= VM_MAX_ADDRESS ? CODE_KERNEL_ADDRESS : result, address);
  return false;
}

/** Argument word `index`. */
export function syscall_arg(args: usize, index: usize): u32 {
  return load<u32>(args + (index << 2));
}

/** The user's EAX as it is: the result of a system call that is not to change it. */
export function syscall_unchanged(): u32 {
  return thread_user_state(current_thread()).eax;
}
