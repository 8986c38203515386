// The i386 as kernel and stubs use it: selectors of our descriptor tables, EFLAGS and CR0 bits, vectors, error codes.

// Global descriptor table.
export const KERNEL_CS = 0x08;
export const KERNEL_DS = 0x10;
export const KERNEL_LDT = 0x18;
export const KERNEL_TSS = 0x20;
/** First selector (without privilege) of the slots whose descriptors are the running thread's. */
export const USER_GDT = 0x48;
export const USER_GDT_SLOTS = 2;
export const GDT_ENTRIES = 11;
// Bits of a selector: the local table, ring 3.
export const SELECTOR_LOCAL = 4;
export const SELECTOR_USER = 3;
// Local descriptor table: entry 0 is the system call gate, entry 1 unused.
export const USER_CS = 0x17;
export const USER_DS = 0x1f;
export const LDT_ENTRIES = 4;
export const LDT_ENTRIES_MAX = 8192;

// Access byte of a descriptor (bits 40-47).
export const ACC_PRESENT = 0x80;
export const ACC_DPL3 = 0x60;
/** A code or data segment, as opposed to a gate or a system segment. */
export const ACC_SEGMENT = 0x10;
export const ACC_ACCESSED = 0x01;
export const ACC_CODE_R = 0x1a;
export const ACC_DATA_W = 0x12;
export const ACC_LDT = 0x02;
export const ACC_CALL_GATE = 0x0c;
export const ACC_TSS = 0x09;
export const ACC_INTERRUPT_GATE = 0x0e;
/** 32-bit operands, limit in pages (bits 52-55). */
export const DESC_32_PAGES = 0xc;

// 32-bit TSS: byte offsets.
export const TSS_ESP0 = 4;
export const TSS_SS0 = 8;
export const TSS_IO_BITMAP = 102;
export const TSS_SIZE = 104;
/** A bit for each I/O port, behind the TSS; a byte of ones must follow. */
export const IO_BITMAP_SIZE = 8192;

export const EFL_CF = 0x1;
export const EFL_RESERVED = 0x2;
export const EFL_TF = 0x100;
export const EFL_IF = 0x200;
export const EFL_DF = 0x400;
export const EFL_IOPL = 0x3000;
export const EFL_NT = 0x4000;
export const EFL_RF = 0x10000;
export const EFL_VM = 0x20000;
export const EFL_AC = 0x40000;

export const CR0_PE = 0x1;
export const CR0_MP = 0x2;
export const CR0_EM = 0x4;
export const CR0_TS = 0x8;
export const CR0_NE = 0x20;
export const CR0_WP = 0x10000;
export const CR0_PG = 1 << 31;

// Exception vectors.
export const T_DIVIDE = 0;
export const T_DEBUG = 1;
export const T_NMI = 2;
export const T_INT3 = 3;
export const T_INTO = 4;
export const T_BOUND = 5;
export const T_INVALID_OPCODE = 6;
export const T_NO_FPU = 7;
export const T_DOUBLE_FAULT = 8;
/** Coprocessor segment overrun: of a 386 with a 387 only. */
export const T_FPU_OVERRUN = 9;
export const T_INVALID_TSS = 10;
export const T_NOT_PRESENT = 11;
export const T_STACK = 12;
export const T_PROTECTION = 13;
export const T_PAGE_FAULT = 14;
export const T_FPU_ERROR = 16;
export const T_ALIGNMENT = 17;
export const EXCEPTIONS = 32;
/** Vector of IRQ 0; the sixteen lines follow one another. */
export const IRQ_BASE = 0x20;
export const IRQS = 16;
export const IDT_ENTRIES = 48;

// Page fault error code.
export const PF_PRESENT = 1;
export const PF_WRITE = 2;
export const PF_USER = 4;

// Instructions of the return to user mode that can fault: the pops of GS, FS, ES, DS, and IRET.
export const RETURN_IRET = 4;
export const RETURN_POINTS = 5;
