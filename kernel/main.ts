// The kernel's entry file: what assembler stubs call.
export { kernel_main } from "./kern/startup";
export { interrupt, trap } from "./i386/trap";
export { trap_device_write, trap_device_writev } from "./device/device_trap";
export { ast_taken, thread_continue } from "./kern/ast";
export { mach_host_self } from "./kern/host";
export { mach_reply_port, mach_task_self, mach_thread_self } from "./kern/ipc_tt";
export * from "./kern/syscall_subr";
export * from "./kern/syscall_sw";
