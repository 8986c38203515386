// The debug-exit port, as QEMU's isa-debug-exit device: a byte written there ends the run. A write of v makes v the exit
// status here, and 2v + 1 on QEMU.

export const DEBUG_EXIT_PORT = 0xf4;

/** What a kernel panic ends with. */
export const KERNEL_PANIC_STATUS = 99;
