// Stands in for kern/ipc_kobject.ts in host tests of IPC: a kernel port answers every request with its id plus 100.
import { MACH_MSG_TYPE_PORT_SEND_ONCE, MSG_HEADER_SIZE } from "../../../abi/mach_msg";
import { IKM_NULL, ikm_local_type, IpcKmsg, ipc_kmsg_destroy, kernel_message } from "../ipc_kmsg";
import { IP_NULL, IP_VALID, IpcPort } from "../ipc_port";

export function ipc_kobject_server(request: IpcKmsg): IpcKmsg {
  let reply = IKM_NULL;
  if (IP_VALID(request.local) && ikm_local_type(request) == MACH_MSG_TYPE_PORT_SEND_ONCE) {
    reply = kernel_message(request.local, ikm_local_type(request), request.id + 100, MSG_HEADER_SIZE);
    request.local = IP_NULL;
  }
  ipc_kmsg_destroy(request);
  return reply;
}

export function ipc_kobject_no_senders(_port: IpcPort): void {}
