// A server of abi/defs/device_intr.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";

export type DeviceIntrNotify = (receive_port: u32, irq: u32) => void;
let on_device_intr_notify: usize = 0;

/** Sets what 100 calls. The line has interrupted, and stays silent until device_intr_ack. */
export function serve_device_intr_notify(handler: DeviceIntrNotify): void {
  on_device_intr_notify = changetype<usize>(handler);
}

function Xdevice_intr_notify(m: usize): i32 {
  if (on_device_intr_notify == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  changetype<DeviceIntrNotify>(on_device_intr_notify)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
  return MIG_NO_REPLY;
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function device_intr_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 100:
    return Xdevice_intr_notify(m);
    default:
    return MIG_BAD_ID;
  }
}
