// Start-up of the IPC system.
import { ipc_hash_init } from "./ipc_hash";
import { ipc_space_bootstrap } from "./ipc_space";
import { ipc_zones_create } from "./ipc_zones";

/** Once, after the zones work and before the first port or task is made. */
export function ipc_bootstrap(): void {
  ipc_zones_create();
  ipc_hash_init();
  ipc_space_bootstrap();
}
