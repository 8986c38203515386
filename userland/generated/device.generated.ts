// Interface: replaced by the output of the stub generator.
export function device_open(master_port: u32, mode: u32, name: usize, device: usize): i32 {
  return unreachable();
}
export function device_read(device: u32, mode: u32, recnum: u32, bytes_wanted: u32, data: usize, dataCnt: usize): i32 {
  return unreachable();
}
export function device_write_inband(device: u32, mode: u32, recnum: u32, data: usize, dataCnt: u32, bytes_written: usize): i32 {
  return unreachable();
}
