// The layout of every message, as programs built elsewhere send and expect it. Not derived from abi/defs: this is what
// the interface files are checked against. One routine a line:
//
//   id | routine | kind | request size | request items | reply size | reply items
//
// kind: rpc or one-way; C: COMPLEX is always set, c: only if a right is carried. An item is name:type @offset of its
// descriptor, with L for a long one and ~ if variable items are before it; [0..n] is variable, inline up to n; ool out of
// line. Sizes are the largest. cstring and string are two names of one type.
export const LAYOUTS = `
# mach
2007 | task_create | rpc | 32 | inherit_memory:bool @24 | 40 | rc, child_task:send @32
2008 | task_terminate | rpc | 24 | - | 32 | rc
2009 | task_get_emulation_vector | rpc | 24 | - | 56 | rc, vector_start:i32 @32, emulation_vector:i32 ool @40L
2010 | task_set_emulation_vector | rpc C | 48 | vector_start:i32 @24, emulation_vector:i32 ool @32L | 32 | rc
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
2041 | vm_set_default_memory_manager | rpc C | 32 | default_manager:make_send @24 | 40 | rc, default_manager:send @32
2044 | memory_object_lock_request | one-way C | 72 | offset:i32 @24, size:i32 @32, should_return:i32 @40, should_flush:bool @48, lock_value:i32 @56, reply_to:make_send_once @64 |  |
2056 | task_suspend | rpc | 24 | - | 32 | rc
2057 | task_resume | rpc | 24 | - | 32 | rc
2058 | task_get_special_port | rpc | 32 | which_port:i32 @24 | 40 | rc, special_port:send @32
2059 | task_set_special_port | rpc C | 40 | which_port:i32 @24, special_port:copy_send @32 | 32 | rc
2061 | thread_create | rpc | 24 | - | 40 | rc, child_thread:send @32
2062 | thread_suspend | rpc | 24 | - | 32 | rc
2063 | thread_resume | rpc | 24 | - | 32 | rc
2064 | thread_abort | rpc | 24 | - | 32 | rc
2067 | thread_get_special_port | rpc | 32 | which_port:i32 @24 | 40 | rc, special_port:send @32
2068 | thread_set_special_port | rpc C | 40 | which_port:i32 @24, special_port:copy_send @32 | 32 | rc
2070 | task_set_emulation | rpc | 40 | routine_entry_pt:i32 @24, routine_number:i32 @32 | 32 | rc
2071 | task_ras_control | rpc | 48 | basepc:i32 @24, boundspc:i32 @32, flavor:i32 @40 | 32 | rc
2089 | vm_map | rpc C | 104 | address:i32 @24, size:i32 @32, mask:i32 @40, anywhere:bool @48, memory_object:copy_send @56, offset:i32 @64, copy:bool @72, cur_protection:i32 @80, max_protection:i32 @88, inheritance:i32 @96 | 40 | rc, address:i32 @32
2090 | memory_object_data_error | one-way | 48 | offset:i32 @24, size:i32 @32, error_value:i32 @40 |  |
2092 | memory_object_destroy | one-way | 32 | reason:i32 @24 |  |
2093 | memory_object_data_supply | one-way C | 72 | offset:i32 @24, data:byte ool @32L, lock_value:i32 @48, precious:bool @56, reply_to:make_send_once @64 |  |
2094 | memory_object_ready | one-way | 40 | may_cache:bool @24, copy_strategy:i32 @32 |  |
2095 | memory_object_change_attributes | one-way C | 48 | may_cache:bool @24, copy_strategy:i32 @32, reply_to:make_send_once @40 |  |
2099 | vm_machine_attribute | rpc | 56 | address:i32 @24, size:i32 @32, attribute:i32 @40, value:i32 @48 | 40 | rc, value:i32 @32
# mach4
4000 | task_enable_pc_sampling | rpc | 32 | flavor:i32 @24 | 40 | rc, tick:i32 @32
4001 | task_disable_pc_sampling | rpc | 24 | - | 40 | rc, samplecnt:i32 @32
4002 | task_get_sampled_pcs | rpc | 32 | seqno:i32 @24 | 6188 | rc, seqno:i32 @32, sampled_pcs:i32[0..512] @40
4003 | thread_enable_pc_sampling | rpc | 32 | flavor:i32 @24 | 40 | rc, tick:i32 @32
4004 | thread_disable_pc_sampling | rpc | 24 | - | 40 | rc, samplecnt:i32 @32
4005 | thread_get_sampled_pcs | rpc | 32 | seqno:i32 @24 | 6188 | rc, seqno:i32 @32, sampled_pcs:i32[0..512] @40
4010 | memory_object_create_proxy | rpc c | 16432 | max_protection:i32 @24, object:poly[0..1024] @32, offset:i32[0..1024] @~4132, start:i32[0..1024] @~8232, len:i32[0..1024] @~12332 | 40 | rc, proxy:send @32
4011 | vm_region_create_proxy | rpc | 48 | address:i32 @24, max_protection:i32 @32, len:i32 @40 | 40 | rc, proxy:send @32
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
3223 | mach_port_set_ktype | rpc C | 56 | task:copy_send @24, name:name @32, right:i32 @40, ktype:i32 @48 | 32 | rc
# mach_host
2600 | host_processors | rpc | 24 | - | 48 | rc, processor_list:copy_send ool @32L
2603 | processor_start | rpc | 24 | - | 32 | rc
2604 | processor_exit | rpc | 24 | - | 32 | rc
2606 | processor_set_default | rpc | 24 | - | 40 | rc, default_set:send @32
2608 | processor_set_create | rpc | 24 | - | 48 | rc, new_set:send @32, new_name:send @40
2609 | processor_set_destroy | rpc | 24 | - | 32 | rc
2611 | processor_assign | rpc C | 40 | new_set:copy_send @24, wait:bool @32 | 32 | rc
2612 | processor_get_assignment | rpc | 24 | - | 40 | rc, assigned_set:send @32
2613 | thread_assign | rpc C | 32 | new_set:copy_send @24 | 32 | rc
2614 | thread_assign_default | rpc | 24 | - | 32 | rc
2615 | thread_get_assignment | rpc | 24 | - | 40 | rc, assigned_set:send @32
2616 | task_assign | rpc C | 40 | new_set:copy_send @24, assign_threads:bool @32 | 32 | rc
2617 | task_assign_default | rpc | 32 | assign_threads:bool @24 | 32 | rc
2618 | task_get_assignment | rpc | 24 | - | 40 | rc, assigned_set:send @32
2619 | host_kernel_version | rpc | 24 | - | 556 | rc, kernel_version:string[512] @32L
2620 | thread_priority | rpc | 40 | priority:i32 @24, set_max:bool @32 | 32 | rc
2621 | thread_max_priority | rpc C | 40 | processor_set:copy_send @24, max_priority:i32 @32 | 32 | rc
2622 | task_priority | rpc | 40 | priority:i32 @24, change_threads:bool @32 | 32 | rc
2623 | processor_set_max_priority | rpc | 40 | max_priority:i32 @24, change_threads:bool @32 | 32 | rc
2624 | thread_policy | rpc | 40 | policy:i32 @24, data:i32 @32 | 32 | rc
2625 | processor_set_policy_enable | rpc | 32 | policy:i32 @24 | 32 | rc
2626 | processor_set_policy_disable | rpc | 40 | policy:i32 @24, change_threads:bool @32 | 32 | rc
2627 | processor_set_tasks | rpc | 24 | - | 48 | rc, task_list:copy_send ool @32L
2628 | processor_set_threads | rpc | 24 | - | 48 | rc, thread_list:copy_send ool @32L
2629 | host_processor_sets | rpc | 24 | - | 48 | rc, processor_sets:copy_send ool @32L
2630 | host_processor_set_priv | rpc C | 32 | set_name:copy_send @24 | 40 | rc, set:send @32
2631 | thread_depress_abort | rpc | 24 | - | 32 | rc
2632 | host_set_time | rpc | 36 | new_time:i32[2] @24 | 32 | rc
2633 | host_adjust_time | rpc | 36 | new_adjustment:i32[2] @24 | 44 | rc, old_adjustment:i32[2] @32
2634 | host_get_time | rpc | 24 | - | 44 | rc, current_time:i32[2] @32
2635 | host_reboot | rpc | 32 | options:i32 @24 | 32 | rc
2636 | vm_wire | rpc C | 56 | task:copy_send @24, address:i32 @32, size:i32 @40, access:i32 @48 | 32 | rc
2637 | thread_wire | rpc C | 40 | thread:copy_send @24, wired:bool @32 | 32 | rc
2638 | host_info | rpc | 40 | flavor:i32 @24, host_info_outCnt:i32 @32 | 4132 | rc, host_info_out:i32[0..1024] @32
2639 | processor_info | rpc | 40 | flavor:i32 @24, processor_info_outCnt:i32 @32 | 4140 | rc, host:send @32, processor_info_out:i32[0..1024] @40
2640 | processor_set_info | rpc | 40 | flavor:i32 @24, info_outCnt:i32 @32 | 4140 | rc, host:send @32, info_out:i32[0..1024] @40
2641 | processor_control | rpc | 4124 | processor_cmd:i32[0..1024] @24 | 32 | rc
2643 | host_get_time64 | rpc | 24 | - | 52 | rc, current_time:i32[4] @32
2644 | host_set_time64 | rpc | 44 | new_time:i32[4] @24 | 32 | rc
2645 | host_adjust_time64 | rpc | 44 | new_adjustment:i32[4] @24 | 52 | rc, old_adjustment:i32[4] @32
2646 | host_get_kernel_version | rpc | 24 | - | 548 | rc, kernel_version:cstring[512] @32
2647 | host_get_uptime64 | rpc | 24 | - | 52 | rc, uptime:i32[4] @32
2648 | processor_set_processors | rpc | 24 | - | 48 | rc, processors_list:copy_send ool @32L
2649 | task_max_priority | rpc C | 56 | task:copy_send @24, max_priority:i32 @32, set_priority:bool @40, change_threads:bool @48 | 32 | rc
# gnumach
4200 | vm_cache_statistics | rpc | 24 | - | 80 | rc, vm_cache_stats:i32[11] @32
4201 | thread_terminate_release | one-way C | 64 | task:copy_send @24, thread_name:name @32, reply_port:name @40, address:i32 @48, size:i32 @56 |  |
4202 | task_set_name | one-way | 92 | name:cstring[0..64] @24 |  |
4203 | register_new_task_notification | rpc c | 32 | notification:poly @24 | 32 | rc
4204 | gsync_wait | rpc | 64 | addr:i32 @24, val1:i32 @32, val2:i32 @40, msec:i32 @48, flags:i32 @56 | 32 | rc
4205 | gsync_wake | one-way | 48 | addr:i32 @24, val:i32 @32, flags:i32 @40 |  |
4206 | gsync_requeue | one-way | 56 | src_addr:i32 @24, dst_addr:i32 @32, wake_one:bool @40, flags:i32 @48 |  |
4207 | vm_wire_all | rpc C | 40 | task:copy_send @24, flags:i32 @32 | 32 | rc
4208 | vm_object_sync | rpc | 64 | offset:i32 @24, size:i32 @32, should_flush:bool @40, should_return:bool @48, should_iosync:bool @56 | 32 | rc
4209 | vm_msync | rpc | 48 | address:i32 @24, size:i32 @32, sync_flags:i32 @40 | 32 | rc
4210 | vm_allocate_contiguous | rpc C | 76 | target_task:copy_send @24, size:i32 @32, pmin:i64 @40, pmax:i64 @52, palign:i64 @64 | 52 | rc, vaddr:i32 @32, paddr:i64 @40
4211 | task_set_essential | one-way | 32 | essential:bool @24 |  |
4212 | vm_pages_phys | rpc C | 48 | target_task:copy_send @24, vaddr:i32 @32, size:i32 @40 | 2092 | rc, pages:i64[0..256] @32L
4213 | thread_set_name | one-way | 92 | name:cstring[0..64] @24 |  |
4214 | thread_get_name | rpc | 24 | - | 100 | rc, name:cstring[0..64] @32
4215 | vm_set_size_limit | rpc C | 48 | map:copy_send @24, current_limit:i32 @32, max_limit:i32 @40 | 32 | rc
4216 | vm_get_size_limit | rpc | 24 | - | 48 | rc, current_limit:i32 @32, max_limit:i32 @40
# mach_debug
3007 | mach_port_get_srights | rpc | 32 | name:name @24 | 40 | rc, srights:i32 @32
3009 | host_ipc_marequest_info | rpc | 32 | infoCnt:i32 @24 | 2100 | rc, max_requests:i32 @32, info:i32[0..512] @40L
3011 | mach_port_dnrequest_info | rpc | 32 | name:name @24 | 48 | rc, total:i32 @32, used:i32 @40
3014 | host_stack_usage | rpc | 24 | - | 80 | rc, reserved:i32 @32, total:i32 @40, space:i32 @48, resident:i32 @56, maxusage:i32 @64, maxstack:i32 @72
3015 | processor_set_stack_usage | rpc | 24 | - | 72 | rc, total:i32 @32, space:i32 @40, resident:i32 @48, maxusage:i32 @56, maxstack:i32 @64
3016 | host_virtual_physical_table_info | rpc | 32 | infoCnt:i32 @24 | 2092 | rc, info:i32[0..512] @32L
3018 | mach_port_kernel_object | rpc | 32 | name:name @24 | 48 | rc, object_type:i32 @32, object_addr:i32 @40
3019 | mach_vm_region_info | rpc | 32 | address:i32 @24 | 88 | rc, region:i32[11] @32, object:send @80
3020 | mach_vm_object_info | rpc | 24 | - | 108 | rc, info:i32[14] @32, shadow:send @92, copy:send @100
3021 | mach_vm_object_pages | rpc | 32 | pagesCnt:i32 @24 | 2084 | rc, pages:i32[0..85] @32L
3022 | host_slab_info | rpc | 32 | infoCnt:i32 @24 | 2020 | rc, info:i32[0..26] @32L
3023 | host_load_symbol_table | rpc C | 84 | task:copy_send @24, name:cstring[32] @32, symtab:byte ool @68L | 32 | rc
3024 | mach_vm_object_pages_phys | rpc | 32 | pagesCnt:i32 @24 | 2088 | rc, pages:i32[0..73] @32L
# mach_i386
3803 | i386_set_ldt | rpc c | 2092 | first_selector:i32 @24, desc_list:i32[0..256] @32L | 32 | rc
3804 | i386_get_ldt | rpc | 40 | first_selector:i32 @24, selector_count:i32 @32 | 2092 | rc, desc_list:i32[0..256] @32L
3805 | i386_io_perm_create | rpc | 40 | from:i16 @24, to:i16 @32 | 40 | rc, io_perm:send @32
3806 | i386_io_perm_modify | rpc C | 40 | io_perm:copy_send @24, enable:bool @32 | 32 | rc
3807 | i386_set_gdt | rpc | 44 | selector:i32 @24, desc:i32[2] @32 | 40 | rc, selector:i32 @32
3808 | i386_get_gdt | rpc | 32 | selector:i32 @24 | 44 | rc, desc:i32[2] @32
3809 | i386_get_xstate_size | rpc | 24 | - | 40 | rc, size:i32 @32
# mach386
4600 | host_vm_merge_info | rpc | 32 | infoCnt:i32 @24 | 2092 | rc, info:i32[0..512] @32L
4601 | vm_read_bytes | rpc | 40 | address:i32 @24, size:i32 @32 | 2084 | rc, data:char[0..2048] @32
4602 | vm_write_bytes | rpc | 2084 | address:i32 @24, data:char[0..2048] @32 | 32 | rc
# device
2800 | device_open | rpc | 172 | mode:i32 @24, name:cstring[128] @32L | 40 | rc, device:send @32
2801 | device_close | rpc | 24 | - | 32 | rc
2802 | device_write | rpc C | 56 | mode:i32 @24, recnum:i32 @32, data:byte ool @40L | 40 | rc, bytes_written:i32 @32
2803 | device_write_inband | rpc | 172 | mode:i32 @24, recnum:i32 @32, data:char[0..128] @40 | 40 | rc, bytes_written:i32 @32
2804 | device_read | rpc | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 | 48 | rc, data:byte ool @32L
2805 | device_read_inband | rpc | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 | 164 | rc, data:char[0..128] @32
2809 | device_map | rpc | 56 | prot:i32 @24, offset:i32 @32, size:i32 @40, unmap:i32 @48 | 40 | rc, pager:send @32
2810 | device_set_status | rpc | 4132 | flavor:i32 @24, status:i32[0..1024] @32 | 32 | rc
2811 | device_get_status | rpc | 40 | flavor:i32 @24, statusCnt:i32 @32 | 4132 | rc, status:i32[0..1024] @32
2812 | device_set_filter | rpc c | 300 | receive_port:poly @24, priority:i32 @32, filter:i16[0..128] @40 | 32 | rc
2813 | device_intr_register | rpc c | 48 | id:i32 @24, flags:i32 @32, receive_port:poly @40 | 32 | rc
2814 | device_intr_ack | rpc c | 32 | receive_port:poly @24 | 32 | rc
# device_request
2800 | device_open_request | one-way | 172 | mode:i32 @24, name:cstring[128] @32L |  |
2802 | device_write_request | one-way C | 56 | mode:i32 @24, recnum:i32 @32, data:byte ool @40L |  |
2803 | device_write_request_inband | one-way | 172 | mode:i32 @24, recnum:i32 @32, data:char[0..128] @40 |  |
2804 | device_read_request | one-way | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 |  |
2805 | device_read_request_inband | one-way | 48 | mode:i32 @24, recnum:i32 @32, bytes_wanted:i32 @40 |  |
2806 | device_open_new_request | one-way | 164 | mode:i32 @24, name:cstring[128] @32 |  |
# device_reply
2900 | device_open_reply | one-way C | 40 | return_code:i32 @24, device_port:send @32 |  |
2902 | device_write_reply | one-way | 40 | return_code:i32 @24, bytes_written:i32 @32 |  |
2903 | device_write_reply_inband | one-way | 40 | return_code:i32 @24, bytes_written:i32 @32 |  |
2904 | device_read_reply | one-way C | 48 | return_code:i32 @24, data:byte ool @32L |  |
2905 | device_read_reply_inband | one-way | 164 | return_code:i32 @24, data:char[0..128] @32 |  |
# device_intr
100 | device_intr_notify | one-way | 32 | irq:i32 @24 |  |
# exc
2400 | exception_raise | rpc C | 64 | thread:send @24, task:send @32, exception:i32 @40, code:i32 @48, subcode:i32 @56 | 32 | rc
# memory_object
2200 | memory_object_init | one-way C | 48 | memory_control:send @24, memory_object_name:send @32, memory_object_page_size:i32 @40 |  |
2201 | memory_object_terminate | one-way C | 40 | memory_control:receive @24, memory_object_name:receive @32 |  |
2202 | memory_object_copy | one-way C | 56 | old_memory_control:send @24, offset:i32 @32, length:i32 @40, new_memory_object:receive @48 |  |
2203 | memory_object_data_request | one-way C | 56 | memory_control:send @24, offset:i32 @32, length:i32 @40, desired_access:i32 @48 |  |
2204 | memory_object_data_unlock | one-way C | 56 | memory_control:send @24, offset:i32 @32, length:i32 @40, desired_access:i32 @48 |  |
2206 | memory_object_lock_completed | one-way C | 48 | memory_control:send @24, offset:i32 @32, length:i32 @40 |  |
2207 | memory_object_supply_completed | one-way C | 64 | memory_control:send @24, offset:i32 @32, length:i32 @40, result:i32 @48, error_offset:i32 @56 |  |
2208 | memory_object_data_return | one-way C | 72 | memory_control:send @24, offset:i32 @32, data:byte ool @40L, dirty:bool @56, kernel_copy:bool @64 |  |
2209 | memory_object_change_completed | one-way | 40 | may_cache:bool @24, copy_strategy:i32 @32 |  |
# memory_object_default
2250 | memory_object_create | one-way C | 64 | new_memory_object:receive @24, new_object_size:i32 @32, new_control_port:send @40, new_name:send @48, new_page_size:i32 @56 |  |
2251 | memory_object_data_initialize | one-way C | 56 | memory_control_port:send @24, offset:i32 @32, data:byte ool @40L |  |
# default_pager
2275 | default_pager_object_create | rpc | 32 | object_size:i32 @24 | 40 | rc, memory_object:send @32
2276 | default_pager_info | rpc | 24 | - | 48 | rc, info:i32[3] @32
2277 | default_pager_objects | rpc | 40 | objectsCnt:i32 @24, portsCnt:i32 @32 | 4152 | rc, objects:i32[0..256] @32L, ports:send[0..512] @~2092L
2278 | default_pager_object_pages | rpc C | 40 | memory_object:copy_send @24, pagesCnt:i32 @32 | 2092 | rc, pages:i32[0..512] @32L
2279 | default_pager_paging_file | rpc C | 308 | master_device_port:copy_send @24, filename:cstring[256] @32L, add:bool @300 | 32 | rc
2280 | default_pager_register_fileserver | rpc C | 32 | fileserver_port:copy_send @24 | 32 | rc
# task_notify
4400 | mach_notify_new_task | one-way C | 40 | task:send @24, parent:send @32 |  |
# notify
65 | mach_notify_port_deleted | one-way | 32 | name:name @24 |  |
66 | mach_notify_msg_accepted | one-way | 32 | name:name @24 |  |
69 | mach_notify_port_destroyed | one-way c | 32 | rights:receive @24 |  |
70 | mach_notify_no_senders | one-way | 32 | mscount:i32 @24 |  |
71 | mach_notify_send_once | one-way | 24 | - |  |
72 | mach_notify_dead_name | one-way | 32 | name:name @24 |  |
`;
