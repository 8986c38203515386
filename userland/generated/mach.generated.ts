// Interface: replaced by the output of the stub generator.
export function task_create(target_task: u32, inherit_memory: u32, child_task: usize): i32 {
  return unreachable();
}
export function task_terminate(target_task: u32): i32 {
  return unreachable();
}
export function task_get_special_port(task: u32, which_port: u32, special_port: usize): i32 {
  return unreachable();
}
export function task_set_special_port(task: u32, which_port: u32, special_port: u32): i32 {
  return unreachable();
}
export function thread_create(parent_task: u32, child_thread: usize): i32 {
  return unreachable();
}
export function thread_resume(target_thread: u32): i32 {
  return unreachable();
}
export function thread_terminate(target_thread: u32): i32 {
  return unreachable();
}
export function thread_set_state(target_thread: u32, flavor: u32, new_state: usize, new_stateCnt: u32): i32 {
  return unreachable();
}
export function vm_allocate(target_task: u32, address: usize, size: u32, anywhere: u32): i32 {
  return unreachable();
}
export function vm_deallocate(target_task: u32, address: u32, size: u32): i32 {
  return unreachable();
}
export function vm_protect(target_task: u32, address: u32, size: u32, set_maximum: u32, new_protection: u32): i32 {
  return unreachable();
}
export function vm_inherit(target_task: u32, address: u32, size: u32, new_inheritance: u32): i32 {
  return unreachable();
}
export function vm_map(target_task: u32, address: usize, size: u32, mask: u32, anywhere: u32, memory_object: u32, offset: u32, copy: u32, cur_protection: u32, max_protection: u32, inheritance: u32): i32 {
  return unreachable();
}
export function vm_read(target_task: u32, address: u32, size: u32, data: usize, dataCnt: usize): i32 {
  return unreachable();
}
export function vm_write(target_task: u32, address: u32, data: u32, dataCnt: u32): i32 {
  return unreachable();
}
export function vm_copy(target_task: u32, source_address: u32, size: u32, dest_address: u32): i32 {
  return unreachable();
}
export function vm_region(target_task: u32, address: usize, size: usize, protection: usize, max_protection: usize, inheritance: usize, is_shared: usize, object_name: usize, offset: usize): i32 {
  return unreachable();
}
export function memory_object_ready(memory_control: u32, may_cache: u32, copy_strategy: u32): i32 {
  return unreachable();
}
export function memory_object_data_supply(memory_control: u32, offset: u32, data: u32, dataCnt: u32, dataDealloc: u32, lock_value: u32, precious: u32, reply_to: u32, reply_toPoly: u32): i32 {
  return unreachable();
}
export function memory_object_data_unavailable(memory_control: u32, offset: u32, size: u32): i32 {
  return unreachable();
}
