// Memory objects as the kernel sees them: pages, shadow chain, pager.
import { IpcPort } from "../ipc/ipc_port";

@unmanaged
export class VmObject {
  refCount!: i32;
  /** Bytes; of an internal object only (offsets reach up to it). */
  size!: u32;
  pager!: IpcPort;
}
