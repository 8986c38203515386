// The zones of the IPC system's structures.
import { Zone, zone_create } from "../kern/zone";
import { ENTRY_NODE_SIZE, IpcEntry } from "./ipc_entry";
import { IpcMarequest } from "./ipc_marequest";
import { IpcPort } from "./ipc_port";
import { IpcPset } from "./ipc_pset";
import { IpcSpace } from "./ipc_space";
import { IKM_OVERHEAD, IKM_SMALL_SIZE } from "./ipc_kmsg";

@unmanaged
export class IpcZones {
  space: Zone = changetype<Zone>(0);
  entry: Zone = changetype<Zone>(0);
  node: Zone = changetype<Zone>(0);
  port: Zone = changetype<Zone>(0);
  pset: Zone = changetype<Zone>(0);
  marequest: Zone = changetype<Zone>(0);
  /** Messages of up to IKM_SMALL_SIZE bytes. */
  kmsg: Zone = changetype<Zone>(0);
}

const zones: usize = memory.data(offsetof<IpcZones>(), 4);

export function ipc_zones(): IpcZones {
  return changetype<IpcZones>(zones);
}

export function ipc_zones_create(): void {
  const z = ipc_zones();
  z.space = zone_create(<u32>offsetof<IpcSpace>(), "ipc.spaces");
  z.entry = zone_create(<u32>offsetof<IpcEntry>(), "ipc.entries");
  z.node = zone_create(ENTRY_NODE_SIZE, "ipc.nodes");
  z.port = zone_create(<u32>offsetof<IpcPort>(), "ipc.ports");
  z.pset = zone_create(<u32>offsetof<IpcPset>(), "ipc.port_sets");
  z.marequest = zone_create(<u32>offsetof<IpcMarequest>(), "ipc.marequests");
  z.kmsg = zone_create(IKM_OVERHEAD + IKM_SMALL_SIZE, "ipc.messages");
}
