// Flavors, counts (in words) and field offsets (in bytes) of task, thread, host and device calls.

// i386 thread state: flavors 1 and 5.
export const I386_THREAD_STATE_LIST = 0;
export const I386_THREAD_STATE = 1;
export const I386_FLOAT_STATE = 2;
export const I386_ISA_PORT_MAP_STATE = 3;
export const I386_V86_ASSIST_STATE = 4;
export const I386_REGS_SEGS_STATE = 5;
export const I386_DEBUG_STATE = 6;
export const I386_XFLOAT_STATE = 8;
export const I386_THREAD_STATE_COUNT = 17;
/** Words of the largest state. */
export const I386_STATE_MAX = 32;
export const I386_FLOAT_STATE_COUNT = 30;
export const I386_ISA_PORT_MAP_STATE_COUNT = 32;
export const I386_V86_ASSIST_STATE_COUNT = 2;
/** Bytes of an entry of the table that flavor 4 names. */
export const V86_ASSIST_ENTRY_SIZE = 8;
export const I386_DEBUG_STATE_COUNT = 8;
export const DEBUG_STATE_DR6 = 24;
export const DEBUG_STATE_DR7 = 28;
/** Bytes that FNSAVE writes: the environment (28) and eight registers. */
export const FPU_IMAGE_SIZE = 108;
// Flavors 2 and 8: kind of unit, whether there are registers, FNSAVE's image.
export const FLOAT_STATE_FPKIND = 0;
export const FLOAT_STATE_INITIALIZED = 4;
export const FLOAT_STATE_IMAGE = 8;
export const FLOAT_STATE_EXC_STATUS = 116;
export const XFLOAT_STATE_IMAGE = 16;
export const I386_XFLOAT_STATE_COUNT = 31;
export const FP_387 = 3;
export const THREAD_STATE_GS = 0;
export const THREAD_STATE_FS = 4;
export const THREAD_STATE_ES = 8;
export const THREAD_STATE_DS = 12;
export const THREAD_STATE_EDI = 16;
export const THREAD_STATE_ESI = 20;
export const THREAD_STATE_EBP = 24;
/** Not used by either side; reads 0. The stack pointer is UESP. */
export const THREAD_STATE_ESP = 28;
export const THREAD_STATE_EBX = 32;
export const THREAD_STATE_EDX = 36;
export const THREAD_STATE_ECX = 40;
export const THREAD_STATE_EAX = 44;
export const THREAD_STATE_EIP = 48;
export const THREAD_STATE_CS = 52;
export const THREAD_STATE_EFL = 56;
export const THREAD_STATE_UESP = 60;
export const THREAD_STATE_SS = 64;
export const THREAD_STATE_SIZE = 68;

export const TASK_BASIC_INFO = 1;
export const TASK_BASIC_INFO_COUNT = 22;
/** Without the 64-bit times at its end. */
export const TASK_BASIC_INFO_OLD_COUNT = 10;
export const TASK_INFO_SUSPEND_COUNT = 0;
export const TASK_INFO_BASE_PRIORITY = 4;
export const TASK_INFO_VIRTUAL_SIZE = 8;
export const TASK_INFO_RESIDENT_SIZE = 12;
export const TASK_INFO_USER_TIME = 16;
export const TASK_INFO_SYSTEM_TIME = 24;
export const TASK_INFO_CREATION_TIME = 32;
export const TASK_INFO_USER_TIME64 = 40;
export const TASK_INFO_SYSTEM_TIME64 = 56;
export const TASK_INFO_CREATION_TIME64 = 72;

export const TASK_EVENTS_INFO = 2;
export const TASK_EVENTS_INFO_COUNT = 7;
export const TASK_INFO_ZERO_FILLS = 4;
export const TASK_INFO_COW_FAULTS = 16;
export const TASK_THREAD_TIMES_INFO = 3;
export const TASK_THREAD_TIMES_INFO_COUNT = 12;
export const TASK_THREAD_TIMES_INFO_OLD_COUNT = 4;

export const THREAD_BASIC_INFO = 1;
export const THREAD_BASIC_INFO_COUNT = 25;
export const THREAD_BASIC_INFO_OLD_COUNT = 13;
export const THREAD_INFO_USER_TIME = 0;
export const THREAD_INFO_SYSTEM_TIME = 8;
export const THREAD_INFO_CPU_USAGE = 16;
export const THREAD_INFO_BASE_PRIORITY = 20;
export const THREAD_INFO_CUR_PRIORITY = 24;
export const THREAD_INFO_RUN_STATE = 28;
export const THREAD_INFO_FLAGS = 32;
export const THREAD_INFO_SUSPEND_COUNT = 36;
export const THREAD_INFO_SLEEP_TIME = 40;
export const THREAD_INFO_CREATION_TIME = 44;
export const THREAD_INFO_USER_TIME64 = 52;

export const THREAD_SCHED_INFO = 2;
export const THREAD_SCHED_INFO_COUNT = 8;
export const THREAD_SCHED_INFO_OLD_COUNT = 7;

export const TH_STATE_RUNNING = 1;
export const TH_STATE_STOPPED = 2;
export const TH_STATE_WAITING = 3;
export const TH_STATE_UNINTERRUPTIBLE = 4;
export const TH_STATE_HALTED = 5;
export const TH_FLAGS_SWAPPED = 1;
export const TH_FLAGS_IDLE = 2;

/** Kind of a sampled program counter: at each clock tick. */
export const SAMPLED_PC_PERIODIC = 1;
/** Samples that are kept, and bytes of one: thread, program counter, kind. */
export const SAMPLED_PC_MAX = 512;
export const SAMPLED_PC_SIZE = 12;

export const POLICY_TIMESHARE = 1;
export const POLICY_FIXEDPRI = 2;
/** Base priority of a user thread; 0 is the best. */
export const BASEPRI_USER = 25;
/** The best that a processor set gives: of system servers. */
export const BASEPRI_SYSTEM = 6;

export const HOST_BASIC_INFO = 1;
export const HOST_BASIC_INFO_COUNT = 5;
export const HOST_INFO_MAX_CPUS = 0;
export const HOST_INFO_AVAIL_CPUS = 4;
export const HOST_INFO_MEMORY_SIZE = 8;
export const HOST_INFO_CPU_TYPE = 12;
export const HOST_INFO_CPU_SUBTYPE = 16;
export const HOST_PROCESSOR_SLOTS = 2;
export const HOST_SCHED_INFO = 3;
export const HOST_SCHED_INFO_COUNT = 2;
export const HOST_LOAD_INFO = 4;
export const HOST_LOAD_INFO_COUNT = 6;
/** Of the loads and mach factors of HOST_LOAD_INFO and processor sets: one thread, one processor. */
export const LOAD_SCALE = 1000;
export const CPU_TYPE_I386 = 7;
export const CPU_TYPE_I486 = 17;
export const CPU_SUBTYPE_AT386 = 1;
export const KERNEL_VERSION_MAX = 512;

export const PROCESSOR_BASIC_INFO = 1;
export const PROCESSOR_BASIC_INFO_COUNT = 5;
export const PROCESSOR_INFO_CPU_TYPE = 0;
export const PROCESSOR_INFO_CPU_SUBTYPE = 4;
export const PROCESSOR_INFO_RUNNING = 8;
export const PROCESSOR_INFO_SLOT_NUM = 12;
export const PROCESSOR_INFO_IS_MASTER = 16;

export const PROCESSOR_SET_BASIC_INFO = 1;
export const PROCESSOR_SET_BASIC_INFO_COUNT = 5;
export const PSET_INFO_PROCESSOR_COUNT = 0;
export const PSET_INFO_TASK_COUNT = 4;
export const PSET_INFO_THREAD_COUNT = 8;
export const PSET_INFO_LOAD_AVERAGE = 12;
export const PSET_INFO_MACH_FACTOR = 16;
export const PROCESSOR_SET_SCHED_INFO = 2;
export const PROCESSOR_SET_SCHED_INFO_COUNT = 2;
export const PSET_INFO_POLICIES = 0;
export const PSET_INFO_MAX_PRIORITY = 4;

/** host_reboot options. Bits 24-31 of a halt carry an exit status to the debug-exit port (an extension). */
export const RB_HALT = 8;
export const RB_DEBUGGER = 0x1000;
export const RB_STATUS_SHIFT = 24;

export const EXC_BAD_ACCESS = 1;
export const EXC_BAD_INSTRUCTION = 2;
export const EXC_ARITHMETIC = 3;
export const EXC_EMULATION = 4;
export const EXC_SOFTWARE = 5;
export const EXC_BREAKPOINT = 6;

// device_open modes, limits and status flavors.
export const D_READ = 1;
export const D_WRITE = 2;
export const D_NODELAY = 4;
export const D_NOWAIT = 8;
export const DEV_NAME_MAX = 128;
export const IO_INBAND_MAX = 128;
export const DEV_GET_SIZE = 0;
export const DEV_GET_SIZE_COUNT = 2;
export const DEV_GET_RECORDS = 1;
export const DEV_GET_RECORDS_COUNT = 2;
export const DEV_STATUS_MAX = 1024;
