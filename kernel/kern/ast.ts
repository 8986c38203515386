// What a thread must see to at the border to user mode.
import { fpu_exception } from "../i386/trap";
import { ast_set } from "./ast_needed";
import { current_thread, sched_need_resched, thread_block, thread_wakeup, thread_will_wait } from "./sched";
import { AST_FPU, AST_TERMINATE, TH_SUSP, Thread, thread_stop_event } from "./thread";
import { thread_terminate_self } from "./thread_life";

/** Called last by every way back to user mode (system calls: if ast_needed): dies, stops or gives way as asked. */
export function ast_taken(): void {
  const self = current_thread();
  for (;;) {
    if (self.ast & AST_TERMINATE) thread_terminate_self();
    else if (self.ast & AST_FPU) fpu_error(self);
    else if (thread_stop_count(self) > 0) thread_stop_here(self);
    else if (sched_need_resched()) thread_block();
    else break;
  }
  ast_set(0);
}

/** A floating-point error that an interrupt reported. */
function fpu_error(self: Thread): void {
  self.ast &= ~AST_FPU;
  fpu_exception();
}

/** Whether, and by how many suspensions, `thread` is kept out of user mode. */
export function thread_stop_count(thread: Thread): i32 {
  return thread.suspend_count + thread.task.suspend_count;
}

function thread_stop_here(self: Thread): void {
  self.state |= TH_SUSP;
  if (self.wake_active) {
    self.wake_active = 0;
    thread_wakeup(thread_stop_event(self));
  }
  thread_will_wait(self);
  thread_block();
  self.state &= ~TH_SUSP;
}

/** The first thing a new thread does, on its own stack. */
export function thread_continue(): void {
  const self = current_thread();
  self.state &= ~TH_SUSP;
  if (self.kernel_start != 0) {
    changetype<KernelThread>(self.kernel_start)(self.kernel_argument);
    thread_terminate_self();
  }
  ast_taken();
}

/** The body of a kernel thread. */
export type KernelThread = (argument: usize) => void;
