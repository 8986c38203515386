// Stands in for vm_ports.ts in host tests of the VM: ports that only count.
import { zalloc, zfree, zone_create, Zone } from "../../kern/zone";
import { IpcPort } from "./ipc_port";
import { VmObject } from "../vm_object";

let zone: Zone | null = null;
/** Ports that exist, for leak checks. */
export let ports_alive: i32 = 0;

export function port_alloc(): IpcPort {
  if (zone == null) zone = zone_create(offsetof<IpcPort>(), "port");
  ports_alive++;
  return changetype<IpcPort>(zalloc(zone!));
}

export function port_release(port: IpcPort): void {
  ports_alive--;
  zfree(zone!, changetype<usize>(port));
}

export function vm_port_alloc(object: VmObject, name: bool): IpcPort | null {
  const port = port_alloc();
  vm_port_set(port, object, name);
  return port;
}

export function vm_port_alloc_memory_object(): IpcPort | null {
  return port_alloc();
}

export function vm_port_queued(_port: IpcPort): u32 {
  return 0;
}

export function vm_port_set(port: IpcPort, object: VmObject, name: bool): void {
  port.kobject = changetype<usize>(object);
}

export function vm_port_clear(port: IpcPort): void {
  port.kobject = 0;
}

export function vm_port_free(port: IpcPort): void {
  port_release(port);
}

export function vm_port_make_send(port: IpcPort): IpcPort {
  port.sendRights++;
  return port;
}

export function vm_port_copy_send(port: IpcPort): IpcPort | null {
  if (port.dead) return null;
  port.sendRights++;
  return port;
}

export function vm_port_release_send(port: IpcPort): void {
  port.sendRights--;
}

export function vm_port_release_sonce(port: IpcPort): void {}

export function vm_port_is_device(_port: IpcPort): bool {
  return false;
}

export function vm_device_page(_port: IpcPort, _offset: u32): u32 {
  return 0xffffffff;
}

export function vm_device_prot(_port: IpcPort): u32 {
  return 0;
}
