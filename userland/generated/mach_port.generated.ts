// Interface: replaced by the output of the stub generator.
export function mach_port_allocate(task: u32, right: u32, name: usize): i32 {
  return unreachable();
}
export function mach_port_deallocate(task: u32, name: u32): i32 {
  return unreachable();
}
export function mach_port_destroy(task: u32, name: u32): i32 {
  return unreachable();
}
export function mach_port_get_refs(task: u32, name: u32, right: u32, refs: usize): i32 {
  return unreachable();
}
export function mach_port_type(task: u32, name: u32, ptype: usize): i32 {
  return unreachable();
}
export function mach_port_insert_right(task: u32, name: u32, poly: u32, polyPoly: u32): i32 {
  return unreachable();
}
export function mach_port_extract_right(task: u32, name: u32, msgt_name: u32, poly: usize, polyPoly: usize): i32 {
  return unreachable();
}
export function mach_port_move_member(task: u32, member: u32, after: u32): i32 {
  return unreachable();
}
export function mach_port_request_notification(task: u32, name: u32, id: u32, sync: u32, notify: u32, notifyPoly: u32, previous: usize): i32 {
  return unreachable();
}
