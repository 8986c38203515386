// Which routines the kernel serves, and where: a routine of a .defs file that is not here answers MIG_BAD_ID.

export interface Served {
  /** Module of the function, relative to the folder kernel/. */
  module: string;
  /** Names of routines; the functions are called the same. */
  routines: string[];
  /** The functions do not take the request port, which must only convert (else KERN_INVALID_ARGUMENT). */
  withoutPort?: boolean;
}

export const KERNEL_ROUTINES: Served[] = [
  { module: "kern/task_life", routines: ["task_create", "task_terminate"] },
  {
    module: "kern/task_control",
    routines: [
      "task_threads",
      "task_info",
      "task_suspend",
      "task_resume",
      "task_priority",
      "task_ras_control",
    ],
  },
  { module: "kern/thread_life", routines: ["thread_create", "thread_terminate", "thread_terminate_release"] },
  {
    module: "kern/thread_control",
    routines: [
      "thread_get_state",
      "thread_set_state",
      "thread_info",
      "thread_suspend",
      "thread_resume",
      "thread_abort",
      "thread_priority",
      "thread_depress_abort",
    ],
  },
  { module: "i386/user_ldt", routines: ["i386_set_ldt", "i386_get_ldt"] },
  { module: "i386/user_gdt", routines: ["i386_set_gdt", "i386_get_gdt"] },
  { module: "i386/io_permission", routines: ["i386_io_perm_create", "i386_io_perm_modify"] },
  { module: "i386/fpu", withoutPort: true, routines: ["i386_get_xstate_size"] },
  { module: "kern/gsync", routines: ["gsync_wait", "gsync_wake", "gsync_requeue"] },
  {
    module: "kern/syscall_emulation",
    routines: ["task_set_emulation", "task_set_emulation_vector", "task_get_emulation_vector"],
  },
  {
    module: "kern/pc_sample",
    routines: [
      "task_enable_pc_sampling",
      "task_disable_pc_sampling",
      "task_get_sampled_pcs",
      "thread_enable_pc_sampling",
      "thread_disable_pc_sampling",
      "thread_get_sampled_pcs",
    ],
  },
  { module: "kern/thread_policy", routines: ["thread_policy"] },
  {
    module: "kern/ipc_tt",
    routines: [
      "task_get_special_port",
      "task_set_special_port",
      "thread_get_special_port",
      "thread_set_special_port",
      "mach_ports_register",
      "mach_ports_lookup",
    ],
  },
  {
    module: "kern/host",
    withoutPort: true,
    routines: [
      "host_get_kernel_version",
      "host_get_time",
      "host_get_time64",
      "host_get_uptime64",
      "host_info",
    ],
  },
  {
    module: "kern/ipc_host",
    routines: ["host_reboot", "vm_wire", "vm_wire_all", "vm_set_size_limit", "task_set_name"],
  },
  { module: "kern/ipc_host", withoutPort: true, routines: ["host_slab_info", "host_kernel_version"] },
  {
    module: "vm/vm_user",
    routines: [
      "vm_allocate",
      "vm_deallocate",
      "vm_protect",
      "vm_inherit",
      "vm_read",
      "vm_write",
      "vm_copy",
      "vm_region",
      "vm_statistics",
      "vm_cache_statistics",
      "vm_machine_attribute",
      "vm_msync",
      "vm_get_size_limit",
      "mach_vm_region_info",
    ],
  },
  { module: "kern/ipc_host", routines: ["vm_map"] },
  {
    module: "vm/memory_object",
    routines: [
      "memory_object_data_unavailable",
      "memory_object_get_attributes",
      "memory_object_lock_request",
      "memory_object_data_error",
      "memory_object_destroy",
      "memory_object_data_supply",
      "memory_object_ready",
      "memory_object_change_attributes",
    ],
  },
  {
    module: "ipc/mach_port",
    routines: [
      "mach_port_names",
      "mach_port_type",
      "mach_port_rename",
      "mach_port_allocate_name",
      "mach_port_allocate",
      "mach_port_destroy",
      "mach_port_deallocate",
      "mach_port_get_refs",
      "mach_port_mod_refs",
      "mach_port_set_qlimit",
      "mach_port_set_mscount",
      "mach_port_get_set_status",
      "mach_port_move_member",
      "mach_port_request_notification",
      "mach_port_insert_right",
      "mach_port_extract_right",
      "mach_port_get_receive_status",
      "mach_port_set_seqno",
      "mach_port_set_protected_payload",
      "mach_port_clear_protected_payload",
      "mach_port_get_srights",
      "mach_port_dnrequest_info",
      "mach_port_kernel_object",
    ],
  },
  { module: "device/device", routines: ["device_open", "device_close"] },
  { module: "device/dev_pager", routines: ["device_map"] },
  { module: "device/intr", routines: ["device_intr_register", "device_intr_ack"] },
  {
    module: "device/ds_routines",
    routines: [
      "device_write",
      "device_write_inband",
      "device_read",
      "device_read_inband",
      "device_set_status",
      "device_get_status",
      "device_set_filter",
    ],
  },
];

/** Module of each conversion and destructor, and the type it deals in (a class of that module, or u32). */
export const CONVERSIONS: Record<string, { module: string; type: string; typeModule?: string }> = {
  convert_port_to_task: { module: "kern/ipc_tt", type: "Task", typeModule: "kern/task" },
  convert_task_to_port: { module: "kern/ipc_tt", type: "Task", typeModule: "kern/task" },
  task_deallocate: { module: "kern/task_life", type: "Task", typeModule: "kern/task" },
  convert_port_to_map: { module: "kern/ipc_tt", type: "VmMap", typeModule: "vm/vm_map" },
  vm_map_deallocate: { module: "vm/vm_map", type: "VmMap", typeModule: "vm/vm_map" },
  convert_port_to_space: { module: "kern/ipc_tt", type: "IpcSpace", typeModule: "ipc/ipc_space" },
  space_deallocate: { module: "kern/ipc_tt", type: "IpcSpace", typeModule: "ipc/ipc_space" },
  convert_port_to_thread: { module: "kern/ipc_tt", type: "Thread", typeModule: "kern/thread" },
  convert_thread_to_port: { module: "kern/ipc_tt", type: "Thread", typeModule: "kern/thread" },
  thread_deallocate: { module: "kern/thread_life", type: "Thread", typeModule: "kern/thread" },
  convert_port_to_host: { module: "kern/ipc_host", type: "u32" },
  convert_port_to_host_priv: { module: "kern/ipc_host", type: "u32" },
  convert_port_to_memory_object: { module: "kern/ipc_host", type: "VmObject", typeModule: "vm/vm_object" },
  convert_port_to_memory_object_name: {
    module: "kern/ipc_host",
    type: "VmObject",
    typeModule: "vm/vm_object",
  },
  dev_port_lookup: { module: "device/device", type: "Device", typeModule: "device/dev_hdr" },
  device_deallocate: { module: "device/dev_hdr", type: "Device", typeModule: "device/dev_hdr" },
};
