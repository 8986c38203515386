// Interface: replaced by the output of the stub generator.
export function host_reboot(host_priv: u32, options: u32): i32 {
  return unreachable();
}
export function vm_wire(host_priv: u32, task: u32, address: u32, size: u32, access: u32): i32 {
  return unreachable();
}
