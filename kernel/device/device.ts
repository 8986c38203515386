// Devices as ports: the master port, on which devices are opened, and one port for each open device.
import { ipc_port_alloc_kernel, IpcPort } from "../ipc/ipc_port";
import { ipc_kobject_set, IKOT_MASTER_DEVICE } from "../kern/ipc_kobject";

let master_port: IpcPort = changetype<IpcPort>(0);

export function device_init(): void {
  master_port = ipc_port_alloc_kernel();
  ipc_kobject_set(master_port, changetype<usize>(master_port), IKOT_MASTER_DEVICE);
}

/** The port that boot tasks get (no right). */
export function device_master_port(): IpcPort {
  return master_port;
}
