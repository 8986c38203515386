// Typed messages: header, type descriptors, options and return codes of mach_msg.
// Words with bit 31 set are written as signed numbers, which all three targets read alike.

// Header, 24 bytes: byte offsets.
export const MSGH_BITS = 0;
export const MSGH_SIZE = 4;
export const MSGH_REMOTE_PORT = 8;
export const MSGH_LOCAL_PORT = 12;
export const MSGH_SEQNO = 16;
export const MSGH_ID = 20;
export const MSG_HEADER_SIZE = 24;

// msgh_bits: byte 0 is the type of the remote right, byte 1 of the local one.
export const MACH_MSGH_BITS_REMOTE_MASK = 0xff;
export const MACH_MSGH_BITS_LOCAL_MASK = 0xff00;
export const MACH_MSGH_BITS_PORTS_MASK = 0xffff;
/** The body has ports or out-of-line memory. */
export const MACH_MSGH_BITS_COMPLEX = 1 << 31;
/** Kernel only: a receive right travels in its own queue's ancestry; the message keeps the chain alive. */
export const MACH_MSGH_BITS_CIRCULAR = 1 << 30;
/** What a sender may set; the rest is cleared on the way in. */
export const MACH_MSGH_BITS_USER = -2147418113; // 0x8000ffff

// Type descriptor, short form (one word).
export const MSG_TYPE_NAME_MASK = 0xff;
export const MSG_TYPE_SIZE_SHIFT = 8;
export const MSG_TYPE_SIZE_MASK = 0xff00;
export const MSG_TYPE_NUMBER_SHIFT = 16;
export const MSG_TYPE_NUMBER_MASK = 0x0fff0000;
export const MSG_TYPE_INLINE = 1 << 28;
export const MSG_TYPE_LONGFORM = 1 << 29;
export const MSG_TYPE_DEALLOCATE = 1 << 30;
export const MSG_TYPE_UNUSED = 1 << 31;
export const MSG_TYPE_SIZE = 4;
// Long form (three words): the short form's word, then u16 name, u16 size in bits, u32 number.
export const MSG_TYPE_LONG_NAME = 4;
export const MSG_TYPE_LONG_BITS = 6;
export const MSG_TYPE_LONG_NUMBER = 8;
export const MSG_TYPE_LONG_SIZE = 12;

export const MACH_MSG_TYPE_UNSTRUCTURED = 0;
export const MACH_MSG_TYPE_BIT = 0;
export const MACH_MSG_TYPE_BOOLEAN = 0;
export const MACH_MSG_TYPE_INTEGER_16 = 1;
export const MACH_MSG_TYPE_INTEGER_32 = 2;
export const MACH_MSG_TYPE_CHAR = 8;
export const MACH_MSG_TYPE_BYTE = 9;
export const MACH_MSG_TYPE_INTEGER_8 = 9;
export const MACH_MSG_TYPE_REAL = 10;
export const MACH_MSG_TYPE_INTEGER_64 = 11;
export const MACH_MSG_TYPE_STRING_C = 12;
export const MACH_MSG_TYPE_PORT_NAME = 15;
export const MACH_MSG_TYPE_MOVE_RECEIVE = 16;
export const MACH_MSG_TYPE_MOVE_SEND = 17;
export const MACH_MSG_TYPE_MOVE_SEND_ONCE = 18;
export const MACH_MSG_TYPE_COPY_SEND = 19;
export const MACH_MSG_TYPE_MAKE_SEND = 20;
export const MACH_MSG_TYPE_MAKE_SEND_ONCE = 21;
export const MACH_MSG_TYPE_PROTECTED_PAYLOAD = 23;
// The names of what arrives, and of what the kernel holds.
export const MACH_MSG_TYPE_PORT_NONE = 0;
export const MACH_MSG_TYPE_PORT_RECEIVE = 16;
export const MACH_MSG_TYPE_PORT_SEND = 17;
export const MACH_MSG_TYPE_PORT_SEND_ONCE = 18;
/** In stubs only: the caller passes the type beside the port. */
export const MACH_MSG_TYPE_POLYMORPHIC = -1;

// Options.
export const MACH_MSG_OPTION_NONE = 0;
export const MACH_SEND_MSG = 0x1;
export const MACH_RCV_MSG = 0x2;
export const MACH_SEND_TIMEOUT = 0x10;
export const MACH_SEND_NOTIFY = 0x20;
export const MACH_SEND_INTERRUPT = 0x40;
export const MACH_SEND_CANCEL = 0x80;
export const MACH_RCV_TIMEOUT = 0x100;
export const MACH_RCV_NOTIFY = 0x200;
export const MACH_RCV_INTERRUPT = 0x400;
export const MACH_RCV_LARGE = 0x800;

export const MACH_MSG_TIMEOUT_NONE = 0;

// Return codes.
export const MACH_MSG_SUCCESS = 0;
export const MACH_SEND_IN_PROGRESS = 0x10000001;
export const MACH_SEND_INVALID_DATA = 0x10000002;
export const MACH_SEND_INVALID_DEST = 0x10000003;
export const MACH_SEND_TIMED_OUT = 0x10000004;
export const MACH_SEND_WILL_NOTIFY = 0x10000005;
export const MACH_SEND_NOTIFY_IN_PROGRESS = 0x10000006;
export const MACH_SEND_INTERRUPTED = 0x10000007;
export const MACH_SEND_MSG_TOO_SMALL = 0x10000008;
export const MACH_SEND_INVALID_REPLY = 0x10000009;
export const MACH_SEND_INVALID_RIGHT = 0x1000000a;
export const MACH_SEND_INVALID_NOTIFY = 0x1000000b;
export const MACH_SEND_INVALID_MEMORY = 0x1000000c;
export const MACH_SEND_NO_BUFFER = 0x1000000d;
export const MACH_SEND_NO_NOTIFY = 0x1000000e;
export const MACH_SEND_INVALID_TYPE = 0x1000000f;
export const MACH_SEND_INVALID_HEADER = 0x10000010;

export const MACH_RCV_IN_PROGRESS = 0x10004001;
export const MACH_RCV_INVALID_NAME = 0x10004002;
export const MACH_RCV_TIMED_OUT = 0x10004003;
export const MACH_RCV_TOO_LARGE = 0x10004004;
export const MACH_RCV_INTERRUPTED = 0x10004005;
export const MACH_RCV_PORT_CHANGED = 0x10004006;
export const MACH_RCV_INVALID_NOTIFY = 0x10004007;
export const MACH_RCV_INVALID_DATA = 0x10004008;
export const MACH_RCV_PORT_DIED = 0x10004009;
export const MACH_RCV_IN_SET = 0x1000400a;
export const MACH_RCV_HEADER_ERROR = 0x1000400b;
export const MACH_RCV_BODY_ERROR = 0x1000400c;

// Or-ed into a return code: what ran short.
export const MACH_MSG_MASK = 0x3c00;
export const MACH_MSG_IPC_SPACE = 0x2000;
export const MACH_MSG_VM_SPACE = 0x1000;
export const MACH_MSG_IPC_KERNEL = 0x800;
export const MACH_MSG_VM_KERNEL = 0x400;
