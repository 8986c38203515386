// Who hears of new tasks.
import { KERN_INVALID_ARGUMENT, KERN_NO_ACCESS, KERN_SUCCESS } from "../../abi/kern_return";
import { MACH_MSG_TYPE_PORT_SEND } from "../../abi/mach_msg";
import { mach_notify_new_task } from "../generated/task_notify_user.generated";
import {
  ip_active,
  IP_NULL,
  IP_VALID,
  ipc_port_make_send,
  ipc_port_release_send,
  IpcPort,
} from "../ipc/ipc_port";
import { Task } from "./task";

/** A send right. */
let registered: IpcPort = changetype<IpcPort>(0);

/** Takes over a send right. KERN_NO_ACCESS while the port registered before is alive. */
export function register_new_task_notification(port: IpcPort, type: u32): i32 {
  if (IP_VALID(registered) && ip_active(registered)) return KERN_NO_ACCESS;
  if (!IP_VALID(port) || type != <u32>MACH_MSG_TYPE_PORT_SEND) return KERN_INVALID_ARGUMENT;
  ipc_port_release_send(registered);
  registered = port;
  return KERN_SUCCESS;
}

/** A message that cannot be sent is lost. */
export function notify_new_task(task: Task, parent: Task | null): void {
  if (!IP_VALID(registered) || !ip_active(registered)) return;
  const parent_port =
    parent != null && parent.itk_self != IP_NULL ? ipc_port_make_send(parent.itk_self) : IP_NULL;
  mach_notify_new_task(registered, ipc_port_make_send(task.itk_self), parent_port);
}
