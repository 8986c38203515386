// Trap numbers (EAX at the call gate) and the gate itself.

/** Far-call selector of the trap gate: LDT entry 0, requested privilege level 3. */
export const TRAP_GATE_SELECTOR = 7;

/** The first of four numbers that did something once, and now only return 0. */
export const TRAP_NULL = -10;
export const TRAP_EVC_WAIT = -17;
export const TRAP_EVC_WAIT_CLEAR = -18;
export const TRAP_MACH_MSG = -25;
export const TRAP_MACH_REPLY_PORT = -26;
export const TRAP_MACH_THREAD_SELF = -27;
export const TRAP_MACH_TASK_SELF = -28;
export const TRAP_MACH_HOST_SELF = -29;
export const TRAP_MACH_PRINT = -30;
export const TRAP_DEVICE_WRITEV = -39;
export const TRAP_DEVICE_WRITE = -40;
export const TRAP_SWTCH_PRI = -59;
export const TRAP_SWTCH = -60;
export const TRAP_THREAD_SWITCH = -61;
export const TRAP_VM_MAP = -64;
export const TRAP_VM_ALLOCATE = -65;
export const TRAP_VM_DEALLOCATE = -66;
export const TRAP_TASK_CREATE = -68;
export const TRAP_TASK_TERMINATE = -69;
export const TRAP_TASK_SUSPEND = -70;
export const TRAP_TASK_SET_SPECIAL_PORT = -71;
export const TRAP_MACH_PORT_ALLOCATE = -72;
export const TRAP_MACH_PORT_DEALLOCATE = -73;
export const TRAP_MACH_PORT_INSERT_RIGHT = -74;
export const TRAP_MACH_PORT_ALLOCATE_NAME = -75;
export const TRAP_THREAD_DEPRESS_ABORT = -76;
export const TRAP_THREAD_SET_SELF_STATE = -77;
/** The last number of the table; anything beyond is an invalid instruction. */
export const TRAP_LAST = -129;

// thread_switch options.
export const SWITCH_OPTION_NONE = 0;
export const SWITCH_OPTION_DEPRESS = 1;
export const SWITCH_OPTION_WAIT = 2;
