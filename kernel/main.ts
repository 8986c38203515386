// The kernel's entry file: what assembler stubs call.
export { kernel_main } from "./kern/startup";
export { interrupt, trap } from "./i386/trap";
export { syscall } from "./kern/syscall_sw";
export { thread_continue } from "./kern/ast";
