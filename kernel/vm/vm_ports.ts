// The kernel ports that stand for memory objects: the VM's only dealings with IPC.
import { IpcPort } from "../ipc/ipc_port";
import {
  ip_active,
  ipc_port_alloc_kernel,
  ipc_port_copy_send,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  ipc_port_release_send,
  ipc_port_release_sonce,
} from "../ipc/ipc_port";
import { dev_pager_page, dev_pager_prot } from "../device/dev_pager";
import {
  IKOT_NONE,
  IKOT_PAGER,
  IKOT_PAGING_NAME,
  IKOT_PAGING_REQUEST,
  ipc_kobject_get,
  ipc_kobject_set,
} from "../kern/ipc_kobject";
import { VmObject } from "./vm_object";

/** A kernel port that stands for the object as its control port or (`name`) its name port; null when memory is short. */
export function vm_port_alloc(object: VmObject, name: bool): IpcPort | null {
  const port = ipc_port_alloc_kernel();
  if (changetype<usize>(port) == 0) return null;
  vm_port_set(port, object, name);
  return port;
}

/** The port of a memory object that the kernel makes for memory of its own: its receive right is to go to a pager. */
export function vm_port_alloc_memory_object(): IpcPort | null {
  const port = ipc_port_alloc_kernel();
  return changetype<usize>(port) == 0 ? null : port;
}

/** Messages that wait in the port's queue. */
export function vm_port_queued(port: IpcPort): u32 {
  return port.msgcount;
}

/** The port stands for another object now. */
export function vm_port_set(port: IpcPort, object: VmObject, name: bool): void {
  ipc_kobject_set(port, changetype<usize>(object), name ? IKOT_PAGING_NAME : IKOT_PAGING_REQUEST);
}

/** The port stands for nothing any more; its receive right remains. */
export function vm_port_clear(port: IpcPort): void {
  ipc_kobject_set(port, 0, IKOT_NONE);
}

/** The port dies. */
export function vm_port_free(port: IpcPort): void {
  vm_port_clear(port);
  ipc_port_dealloc_kernel(port);
}

export function vm_port_make_send(port: IpcPort): IpcPort {
  return ipc_port_make_send(port);
}

/** A send right of our own to a port that the caller has one for; null for a dead port. */
export function vm_port_copy_send(port: IpcPort): IpcPort | null {
  if (!ip_active(port)) return null;
  return ipc_port_copy_send(port);
}

export function vm_port_release_send(port: IpcPort): void {
  ipc_port_release_send(port);
}

export function vm_port_release_sonce(port: IpcPort): void {
  ipc_port_release_sonce(port);
}

/** Whether the port is a memory object of the kernel's own: a mapped device. */
export function vm_port_is_device(port: IpcPort): bool {
  return ipc_kobject_get(port, IKOT_PAGER) != 0;
}

/** Physical address of a device's page, in the direct map; 0xffffffff when there is none. */
export function vm_device_page(port: IpcPort, offset: u32): u32 {
  return dev_pager_page(port, offset);
}

/** The accesses that the device was mapped for. */
export function vm_device_prot(port: IpcPort): u32 {
  return dev_pager_prot(port);
}
