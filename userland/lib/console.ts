// The console as a device port.
import { stackAlloc } from "../../guest/i386";
import { device_write_inband } from "../generated/device.generated";

/** Writes up to IO_INBAND_MAX bytes; waits while the device's buffer is full. Returns the device's code. */
export function console_write(console: u32, bytes: usize, count: u32): i32 {
  return device_write_inband(console, 0, 0, bytes, count, stackAlloc(4));
}
