// Dropping a reference to an object of either type.
import { io_otype, IOT_PORT_SET, IpcObject } from "./ipc_object";
import { ip_release, IpcPort } from "./ipc_port";
import { ips_release, IpcPset } from "./ipc_pset";

export function io_release(object: IpcObject): void {
  if (io_otype(object) == IOT_PORT_SET) ips_release(changetype<IpcPset>(object));
  else ip_release(changetype<IpcPort>(object));
}
