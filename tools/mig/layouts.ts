// The layout of every message, as programs built elsewhere send and expect it. Not derived from abi/defs: this is what
// the interface files are checked against. One routine a line:
//
//   id | routine | kind | request size | request items | reply size | reply items
//
// kind: rpc or one-way; C: COMPLEX is always set, c: only if a right is carried. An item is name:type @offset of its
// descriptor, with L for a long one; [0..n] is variable and inline, ool out of line. Sizes are the largest.
export const LAYOUTS = `
# mach
2007 | task_create | rpc | 32 | inherit_memory:bool @24 | 40 | rc, child_task:copy_send @32
2008 | task_terminate | rpc | 24 | - | 32 | rc
2011 | task_threads | rpc | 24 | - | 48 | rc, thread_list:copy_send ool @32L
2012 | task_info | rpc | 40 | flavor:i32 @24, task_info_outCnt:i32 @32 | 4132 | rc, task_info_out:i32[0..1024] @32
2016 | thread_terminate | rpc | 24 | - | 32 | rc
2017 | thread_get_state | rpc | 40 | flavor:i32 @24, old_stateCnt:i32 @32 | 4132 | rc, old_state:i32[0..1024] @32
2018 | thread_set_state | rpc | 4132 | flavor:i32 @24, new_state:i32[0..1024] @32 | 32 | rc
2019 | thread_info | rpc | 40 | flavor:i32 @24, thread_info_outCnt:i32 @32 | 4132 | rc, thread_info_out:i32[0..1024] @32
2021 | vm_allocate | rpc | 48 | address:i32 @24, size:i32 @32, anywhere:bool @40 | 40 | rc, address:i32 @32
2023 | vm_deallocate | rpc | 40 | address:i32 @24, size:i32 @32 | 32 | rc
2024 | vm_protect | rpc | 56 | address:i32 @24, size:i32 @32, set_maximum:bool @40, new_protection:i32 @48 | 32 | rc
2025 | vm_inherit | rpc | 48 | address:i32 @24, size:i32 @32, new_inheritance:i32 @40 | 32 | rc
2026 | vm_read | rpc | 40 | address:i32 @24, size:i32 @32 | 48 | rc, data:byte ool @32L
2027 | vm_write | rpc C | 48 | address:i32 @24, data:byte ool @32L | 32 | rc
2028 | vm_copy | rpc | 48 | source_address:i32 @24, size:i32 @32, dest_address:i32 @40 | 32 | rc
2029 | vm_region | rpc | 32 | address:i32 @24 | 96 | rc, address:i32 @32, size:i32 @40, protection:i32 @48, max_protection:i32 @56, inheritance:i32 @64, is_shared:bool @72, object_name:send @80, offset:i32 @88
2030 | vm_statistics | rpc | 24 | - | 88 | rc, vm_stats:i32[13] @32
2033 | mach_ports_register | rpc C | 40 | init_port_set:copy_send ool @24L | 32 | rc
2034 | mach_ports_lookup | rpc | 24 | - | 48 | rc, init_port_set:copy_send ool @32L
2039 | memory_object_data_unavailable | one-way | 40 | offset:i32 @24, size:i32 @32 |  |
2040 | memory_object_get_attributes | rpc | 24 | - | 56 | rc, object_ready:bool @32, may_cache:bool @40, copy_strategy:i32 @48
2041 | vm_set_default_memory_manager | rpc C | 32 | default_manager:make_send @24 | 40 | rc, default_manager:make_send @32
2044 | memory_object_lock_request | one-way C | 72 | offset:i32 @24, size:i32 @32, should_return:i32 @40, should_flush:bool @48, lock_value:i32 @56, reply_to:make_send_once @64 |  |
2056 | task_suspend | rpc | 24 | - | 32 | rc
2057 | task_resume | rpc | 24 | - | 32 | rc
2058 | task_get_special_port | rpc | 32 | which_port:i32 @24 | 40 | rc, special_port:send @32
2059 | task_set_special_port | rpc C | 40 | which_port:i32 @24, special_port:copy_send @32 | 32 | rc
2061 | thread_create | rpc | 24 | - | 40 | rc, child_thread:copy_send @32
2062 | thread_suspend | rpc | 24 | - | 32 | rc
2063 | thread_resume | rpc | 24 | - | 32 | rc
2064 | thread_abort | rpc | 24 | - | 32 | rc
2067 | thread_get_special_port | rpc | 32 | which_port:i32 @24 | 40 | rc, special_port:send @32
2068 | thread_set_special_port | rpc C | 40 | which_port:i32 @24, special_port:copy_send @32 | 32 | rc
2089 | vm_map | rpc C | 104 | address:i32 @24, size:i32 @32, mask:i32 @40, anywhere:bool @48, memory_object:copy_send @56, offset:i32 @64, copy:bool @72, cur_protection:i32 @80, max_protection:i32 @88, inheritance:i32 @96 | 40 | rc, address:i32 @32
2090 | memory_object_data_error | one-way | 48 | offset:i32 @24, size:i32 @32, error_value:i32 @40 |  |
2092 | memory_object_destroy | one-way | 32 | reason:i32 @24 |  |
2093 | memory_object_data_supply | one-way C | 72 | offset:i32 @24, data:byte ool @32L, lock_value:i32 @48, precious:bool @56, reply_to:make_send_once @64 |  |
2094 | memory_object_ready | one-way | 40 | may_cache:bool @24, copy_strategy:i32 @32 |  |
2095 | memory_object_change_attributes | one-way C | 48 | may_cache:bool @24, copy_strategy:i32 @32, reply_to:make_send_once @40 |  |
2099 | vm_machine_attribute | rpc | 56 | address:i32 @24, size:i32 @32, attribute:i32 @40, value:i32 @48 | 40 | rc, value:i32 @32
# mach_port
3200 | mach_port_names | rpc | 24 | - | 64 | rc, names:name ool @32L, types:i32 ool @48L
3201 | mach_port_type | rpc | 32 | name:name @24 | 40 | rc, ptype:i32 @32
3202 | mach_port_rename | rpc | 40 | old_name:name @24, new_name:name @32 | 32 | rc
3203 | mach_port_allocate_name | rpc | 40 | right:i32 @24, name:name @32 | 32 | rc
3204 | mach_port_allocate | rpc | 32 | right:i32 @24 | 40 | rc, name:name @32
3205 | mach_port_destroy | rpc | 32 | name:name @24 | 32 | rc
3206 | mach_port_deallocate | rpc | 32 | name:name @24 | 32 | rc
3207 | mach_port_get_refs | rpc | 40 | name:name @24, right:i32 @32 | 40 | rc, refs:i32 @32
3208 | mach_port_mod_refs | rpc | 48 | name:name @24, right:i32 @32, delta:i32 @40 | 32 | rc
3210 | mach_port_set_qlimit | rpc | 40 | name:name @24, qlimit:i32 @32 | 32 | rc
3211 | mach_port_set_mscount | rpc | 40 | name:name @24, mscount:i32 @32 | 32 | rc
3212 | mach_port_get_set_status | rpc | 32 | name:name @24 | 48 | rc, members:name ool @32L
3213 | mach_port_move_member | rpc | 40 | member:name @24, after:name @32 | 32 | rc
3214 | mach_port_request_notification | rpc c | 56 | name:name @24, id:i32 @32, sync:i32 @40, notify:poly @48 | 40 | rc, previous:send_once @32
3215 | mach_port_insert_right | rpc c | 40 | name:name @24, poly:poly @32 | 32 | rc
3216 | mach_port_extract_right | rpc | 40 | name:name @24, msgt_name:i32 @32 | 40 | rc, poly:poly @32
3217 | mach_port_get_receive_status | rpc | 32 | name:name @24 | 72 | rc, status:i32[9] @32
3218 | mach_port_set_seqno | rpc | 40 | name:name @24, seqno:i32 @32 | 32 | rc
3221 | mach_port_set_protected_payload | rpc | 40 | name:name @24, payload:i32 @32 | 32 | rc
3222 | mach_port_clear_protected_payload | rpc | 32 | name:name @24 | 32 | rc
# mach_host
2619 | host_kernel_version | rpc | 24 | - | 556 | rc, kernel_version:string[512] @32L
2620 | thread_priority | rpc | 40 | priority:i32 @24, set_max:bool @32 | 32 | rc
2622 | task_priority | rpc | 40 | priority:i32 @24, change_threads:bool @32 | 32 | rc
2624 | thread_policy | rpc | 40 | policy:i32 @24, data:i32 @32 | 32 | rc
2631 | thread_depress_abort | rpc | 24 | - | 32 | rc
2634 | host_get_time | rpc | 24 | - | 44 | rc, current_time:i32[2] @32
2635 | host_reboot | rpc | 32 | options:i32 @24 | 32 | rc
2636 | vm_wire | rpc C | 56 | task:copy_send @24, address:i32 @32, size:i32 @40, access:i32 @48 | 32 | rc
2638 | host_info | rpc | 40 | flavor:i32 @24, host_info_outCnt:i32 @32 | 4132 | rc, host_info_out:i32[0..1024] @32
2643 | host_get_time64 | rpc | 24 | - | 52 | rc, current_time:i32[4] @32
2646 | host_get_kernel_version | rpc | 24 | - | 548 | rc, kernel_version:string[512] @32
2647 | host_get_uptime64 | rpc | 24 | - | 52 | rc, uptime:i32[4] @32
# gnumach
4200 | vm_cache_statistics | rpc | 24 | - | 80 | rc, vm_cache_stats:i32[11] @32
4201 | thread_terminate_release | one-way C | 64 | task:copy_send @24, thread_name:name @32, reply_port:name @40, address:i32 @48, size:i32 @56 |  |
4202 | task_set_name | one-way | 92 | name:string[0..64] @24 |  |
4207 | vm_wire_all | rpc C | 40 | task:copy_send @24, flags:i32 @32 | 32 | rc
4209 | vm_msync | rpc | 48 | address:i32 @24, size:i32 @32, sync_flags:i32 @40 | 32 | rc
4215 | vm_set_size_limit | rpc C | 48 | map:copy_send @24, current_limit:i32 @32, max_limit:i32 @40 | 32 | rc
4216 | vm_get_size_limit | rpc | 24 | - | 48 | rc, current_limit:i32 @32, max_limit:i32 @40
# mach_debug
3007 | mach_port_get_srights | rpc | 32 | name:name @24 | 40 | rc, srights:i32 @32
3011 | mach_port_dnrequest_info | rpc | 32 | name:name @24 | 48 | rc, total:i32 @32, used:i32 @40
3018 | mach_port_kernel_object | rpc | 32 | name:name @24 | 48 | rc, object_type:i32 @32, object_addr:i32 @40
3019 | mach_vm_region_info | rpc | 32 | address:i32 @24 | 88 | rc, region:i32[11] @32, object:send @80
3022 | host_slab_info | rpc | 32 | infoCnt:i32 @24 | 2020 | rc, info:i32[0..26] @32L
# device
2800 | device_open | rpc | 172 | mode:i32 @24, name:string[128] @32L | 40 | rc, device:send @32
2801 | device_close | rpc | 24 | - | 32 | rc
2802 | device_write | rpc C | 56 | mode:i32 @24, recnum:i32 @32, data:byte ool @40L | 40 | rc, bytes_written:i32 @32
2803 | device_write_inband | rpc | 172 | mode:i32 @24, recnum:i32 @32, data:char[0..128] @40 | 40 | rc, bytes_written:i32 @32
2804 | device_read | rpc | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 | 48 | rc, data:byte ool @32L
2805 | device_read_inband | rpc | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 | 164 | rc, data:char[0..128] @32
2810 | device_set_status | rpc | 4132 | flavor:i32 @24, status:i32[0..1024] @32 | 32 | rc
2811 | device_get_status | rpc | 40 | flavor:i32 @24, statusCnt:i32 @32 | 4132 | rc, status:i32[0..1024] @32
# memory_object
2200 | memory_object_init | one-way C | 48 | memory_control:make_send @24, memory_object_name:make_send @32, memory_object_page_size:i32 @40 |  |
2201 | memory_object_terminate | one-way C | 40 | memory_control:receive @24, memory_object_name:receive @32 |  |
2202 | memory_object_copy | one-way C | 56 | old_memory_control:make_send @24, offset:i32 @32, length:i32 @40, new_memory_object:receive @48 |  |
2203 | memory_object_data_request | one-way C | 56 | memory_control:make_send @24, offset:i32 @32, length:i32 @40, desired_access:i32 @48 |  |
2204 | memory_object_data_unlock | one-way C | 56 | memory_control:make_send @24, offset:i32 @32, length:i32 @40, desired_access:i32 @48 |  |
2206 | memory_object_lock_completed | one-way C | 48 | memory_control:make_send @24, offset:i32 @32, length:i32 @40 |  |
2207 | memory_object_supply_completed | one-way C | 64 | memory_control:make_send @24, offset:i32 @32, length:i32 @40, result:i32 @48, error_offset:i32 @56 |  |
2208 | memory_object_data_return | one-way C | 72 | memory_control:make_send @24, offset:i32 @32, data:byte ool @40L, dirty:bool @56, kernel_copy:bool @64 |  |
2209 | memory_object_change_completed | one-way | 40 | may_cache:bool @24, copy_strategy:i32 @32 |  |
# exc
2400 | exception_raise | rpc C | 64 | thread:send @24, task:send @32, exception:i32 @40, code:i32 @48, subcode:i32 @56 | 32 | rc
`;
