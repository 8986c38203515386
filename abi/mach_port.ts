// Port names, rights and their limits, special ports, notifications, structures of the mach_port_* calls.
// Words with bit 31 set are written as signed numbers, which all three targets read alike.

export const MACH_PORT_NULL = 0;
export const MACH_PORT_DEAD = -1; // 0xffffffff

export const MACH_PORT_RIGHT_SEND = 0;
export const MACH_PORT_RIGHT_RECEIVE = 1;
export const MACH_PORT_RIGHT_SEND_ONCE = 2;
export const MACH_PORT_RIGHT_PORT_SET = 3;
export const MACH_PORT_RIGHT_DEAD_NAME = 4;
export const MACH_PORT_RIGHT_NUMBER = 5;

// Type bits: 1 << (right + 16).
export const MACH_PORT_TYPE_NONE = 0;
export const MACH_PORT_TYPE_SEND = 0x10000;
export const MACH_PORT_TYPE_RECEIVE = 0x20000;
export const MACH_PORT_TYPE_SEND_RECEIVE = 0x30000;
export const MACH_PORT_TYPE_SEND_ONCE = 0x40000;
export const MACH_PORT_TYPE_PORT_SET = 0x80000;
export const MACH_PORT_TYPE_DEAD_NAME = 0x100000;
export const MACH_PORT_TYPE_DNREQUEST = 1 << 31;
export const MACH_PORT_TYPE_MAREQUEST = 1 << 30;

/** Of dead names. A send right leaves room for the reference that a dead-name notification adds. */
export const MACH_PORT_UREFS_MAX = 65535;
export const MACH_PORT_SEND_UREFS_MAX = 65534;
// What mach_port_set_ktype makes of a port.
export const MACH_PORT_KTYPE_NONE = 0;
export const MACH_PORT_KTYPE_USER_DEVICE = 28;

export const MACH_PORT_QLIMIT_DEFAULT = 5;
export const MACH_PORT_QLIMIT_MAX = 16;

// mach_port_status, 9 words: byte offsets.
export const PORT_STATUS_PSET = 0;
export const PORT_STATUS_SEQNO = 4;
export const PORT_STATUS_MSCOUNT = 8;
export const PORT_STATUS_QLIMIT = 12;
export const PORT_STATUS_MSGCOUNT = 16;
export const PORT_STATUS_SORIGHTS = 20;
export const PORT_STATUS_SRIGHTS = 24;
export const PORT_STATUS_PDREQUEST = 28;
export const PORT_STATUS_NSREQUEST = 32;
export const PORT_STATUS_SIZE = 36;

export const MACH_NOTIFY_PORT_DELETED = 65;
export const MACH_NOTIFY_MSG_ACCEPTED = 66;
export const MACH_NOTIFY_PORT_DESTROYED = 69;
export const MACH_NOTIFY_NO_SENDERS = 70;
export const MACH_NOTIFY_SEND_ONCE = 71;
export const MACH_NOTIFY_DEAD_NAME = 72;

export const TASK_KERNEL_PORT = 1;
export const TASK_EXCEPTION_PORT = 3;
export const TASK_BOOTSTRAP_PORT = 4;
export const THREAD_KERNEL_PORT = 1;
export const THREAD_EXCEPTION_PORT = 3;
export const TASK_PORT_REGISTER_MAX = 4;
