// Scheduling policies of threads, and which of them may be used.
import { KERN_FAILURE, KERN_INVALID_ARGUMENT, KERN_SUCCESS } from "../../abi/kern_return";
import { POLICY_FIXEDPRI, POLICY_TIMESHARE } from "../../abi/task_types";
import { Thread } from "./thread";
import { thread_set_policy } from "./thread_control";

/** Whether `policy` is one at all. */
export function policy_valid(policy: u32): bool {
  return policy == <u32>POLICY_TIMESHARE || policy == <u32>POLICY_FIXEDPRI;
}

/** Policies that threads may have: a mask of POLICY_*. */
let enabled: u32 = POLICY_TIMESHARE;

export function policies_enabled(): u32 {
  return enabled;
}

/** Allows exactly the policies of a mask. */
export function policies_set(mask: u32): void {
  enabled = mask;
}

/** `data`: for fixed priorities the time slice in milliseconds. KERN_FAILURE: the policy is not allowed. */
export function thread_policy(thread: Thread | null, policy: u32, data: u32): i32 {
  if (thread == null || !policy_valid(policy)) return KERN_INVALID_ARGUMENT;
  if ((enabled & policy) == 0) return KERN_FAILURE;
  thread_set_policy(thread, policy, data);
  return KERN_SUCCESS;
}
