// A second task that runs a function of the same program: a copy of the caller's memory with one thread and no rights.
import { stackAlloc } from "../../guest/i386";
import { KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";
import { MACH_MSG_TYPE_MAKE_SEND } from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { task_create } from "../generated/mach.generated";
import { mach_port_allocate, mach_port_extract_right } from "../generated/mach_port.generated";
import { forget_ports, task_self } from "./mach";
import { forget_console } from "./print";
import { allocate_stack, run_thread, ThreadBody } from "./threads";

/**
 * Makes the copy, without a thread yet; `service` receives a send right to a port whose receive right the copy holds
 * under the name stored at `service_name`. Returns a kern_return.
 */
export function fork_task(child: usize, service: usize, service_name: usize): i32 {
  let result = task_create(task_self(), 1, child);
  if (result != 0) return result;
  result = mach_port_allocate(load<u32>(child), MACH_PORT_RIGHT_RECEIVE, service_name);
  if (result != 0) return result;
  const type = stackAlloc(4);
  return mach_port_extract_right(
    load<u32>(child),
    load<u32>(service_name),
    MACH_MSG_TYPE_MAKE_SEND,
    service,
    type,
  );
}

/** fork_task, then `body(name of the service's receive right)` on a thread of the copy. */
export function fork_server(body: ThreadBody, child: usize, service: usize): i32 {
  const stack = allocate_stack();
  if (stack == 0) return KERN_RESOURCE_SHORTAGE;
  const name = stackAlloc(4);
  const result = fork_task(child, service, name);
  return result != 0 ? result : run_thread(load<u32>(child), stack, body, load<u32>(name));
}

/** The first thing a copy does: names that its memory still holds are the parent's. */
export function after_fork(): void {
  forget_ports();
  forget_console();
}
