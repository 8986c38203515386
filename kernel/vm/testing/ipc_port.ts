// Stands in for ipc/ipc_port.ts in host tests of the VM.

@unmanaged
export class IpcPort {
  /** The VmObject it stands for, or 0. */
  kobject!: usize;
  sendRights!: i32;
  dead!: bool;
}
