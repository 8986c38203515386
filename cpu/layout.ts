/**
 * Where everything lives in the core's WebAssembly memory, for the core and the host alike.
 * Addresses below 64 KiB are fixed; the host places the rest and writes its addresses into the state block.
 */

// General registers, in encoding order; AH is byte 1 of EAX and so on.
export const REG_EAX = 0x400;
export const REG_ECX = 0x404;
export const REG_EDX = 0x408;
export const REG_EBX = 0x40c;
export const REG_ESP = 0x410;
export const REG_EBP = 0x414;
export const REG_ESI = 0x418;
export const REG_EDI = 0x41c;
/** Always zero: the base or index of an address that has none. */
export const REG_ZERO = 0x420;
/** Linear address left by a SEG_EA micro-op: the "base register" of the micro-op after it. */
export const REG_ADDRESS = 0x424;

/** Valid at every return from the core, and inside bus callbacks only as the address of some earlier instruction. */
export const STATE_EIP = 0x428;

/*
 * Lazy flags. RESULT is the last result, sign-extended; AUX holds what the result does not say:
 *
 *   31 CF | 30 CF^OF | 15-8 parity byte, xor RESULT | 7 SF, xor RESULT's sign | 3 AF
 */
export const FLAGS_RESULT = 0x42c;
export const FLAGS_AUX = 0x430;
/** All other EFLAGS bits in their places; the six arithmetic ones are zero here. */
export const FLAGS_REST = 0x434;

/** u64: completed instructions << 32, plus the remaining cycle budget as a signed 32-bit number. */
export const STATE_PACK = 0x438;
/** i64: the cycle count at which the budget is used up. The clock is this minus the budget. */
export const STATE_LIMIT = 0x440;
/** u64: instructions counted before the present call of `execute`. */
export const STATE_INSTRUCTIONS = 0x448;

export const STATE_CPL = 0x450;
/** MODE_ bits: part of the key of decoded code. */
export const STATE_MODE = 0x454;
/** The TLB half of the current privilege level. */
export const STATE_TLB = 0x458;
/** 1 at CPL 3. */
export const STATE_USER = 0x45c;
/** User pages above this linear address are never accessed without a limit check. */
export const STATE_USER_LIMIT = 0x460;
/** 1 while an instruction runs that began with RF set, or behind MOV SS: breakpoints on execution are passed over. */
export const STATE_RESUME = 0x464;

// The page that instructions come from: linear address (1: none), physical address, descriptor (0: look up), entry map
// of the descriptor, and linear address minus CS base.
export const CODE_LINEAR = 0x468;
export const CODE_PHYSICAL = 0x46c;
export const CODE_PAGE = 0x470;
export const CODE_MAP = 0x474;
export const CODE_BASE = 0x478;

// A fault on its way to delivery.
export const FAULT_VECTOR = 0x480;
export const FAULT_CODE = 0x484;
/** 1: a limit violation found below the segment level; vector 12 if the micro-op's segment is SS, else 13. */
export const FAULT_BY_SEGMENT = 0x488;

export const CR0 = 0x490;
export const CR2 = 0x494;
export const CR3 = 0x498;
export const CR4 = 0x49c;
/** DR0 to DR7. */
export const DR0 = 0x4a0;
export const DR6 = 0x4b8;
export const DR7 = 0x4bc;

export const GDTR_BASE = 0x4c0;
export const GDTR_LIMIT = 0x4c4;
export const IDTR_BASE = 0x4c8;
export const IDTR_LIMIT = 0x4cc;

/** TR0 to TR7, of which the i386 has 6 and 7, the i486 3 to 7. */
export const TEST_REGISTERS = 0x4d0;

/** ES CS SS DS FS GS LDTR TR, 16 bytes each. */
export const SEGMENTS = 0x500;
export const SEGMENT_SIZE = 16;
export const SEGMENT_SELECTOR = 0;
export const SEGMENT_BASE = 4;
export const SEGMENT_LIMIT = 8;
/** Bits 8-15 and 20-23 of the descriptor's second word, in place; 0: unusable (null selector). */
export const SEGMENT_ACCESS = 12;
export const SEG_ES = 0;
export const SEG_CS = 1;
export const SEG_SS = 2;
export const SEG_DS = 3;
export const SEG_FS = 4;
export const SEG_GS = 5;
export const SEG_LDTR = 6;
export const SEG_TR = 7;

// Pins and pending things.
export const PIN_INTR = 0x580;
export const PIN_NMI = 0x584;
export const PIN_A20_MASK = 0x588;
/** A SHADOW_ constant: what is held off until one more instruction is complete. */
export const STATE_SHADOW = 0x58c;
export const STATE_HALTED = 0x590;
/** Why `execute` or `run` ended: a STOP_ constant. */
export const STATE_STOP = 0x594;
/** Set by the host inside a callback: leave after this instruction. */
export const STOP_REQUEST = 0x598;
/** 1: the string instruction at EIP was left between iterations for the host only, and is already paid for. */
export const REPEAT_RESUMED = 0x59c;
/** 1: a breakpoint on data is enabled in DR7. */
export const DATA_WATCHED = 0x5a0;
/** DR6 bits of the traps to be delivered at this boundary. */
export const DEBUG_PENDING = 0x5a4;
/** EIP (plus 1 << 32, i64) at which a breakpoint of the host is to be passed over once; 0: none. */
export const BREAKPOINT_PASSED = 0x5a8;
/** A SHUTDOWN_ constant. */
export const STATE_SHUTDOWN = 0x5b0;
/** NMI is blocked until IRET. */
export const STATE_NMI_BLOCKED = 0x5b4;
/** BS to be reported: TF was set when the last instruction began. */
export const STATE_TRAP_PENDING = 0x5b8;
/** Which HOOK_ events the host wants. */
export const STATE_HOOKS = 0x5bc;

// Configuration, written once by the host.
/** 3 to 6, as in CPUID. */
export const CONFIG_FAMILY = 0x5c0;
export const CONFIG_RAM = 0x5c4;
export const CONFIG_RAM_BYTES = 0x5c8;
/** u32 per physical page of RAM: first code page descriptor, 0 for none, 1 for a hole. */
export const CONFIG_PAGES = 0x5cc;
export const CONFIG_POOL = 0x5d0;
export const CONFIG_POOL_END = 0x5d4;
/** Cycles of a page walk that wrote 0, 1, 2 entries; see cpu/instructions/rules.ts. */
export const CONFIG_WALK = 0x5d8;
export const CONFIG_MISALIGNED = 0x5e4;
export const CONFIG_ACCESSED = 0x5e8;
export const CONFIG_EVENT_SAME = 0x5ec;
export const CONFIG_EVENT_INNER = 0x5f0;
/** Bits of EFLAGS that POPFD may change and the i386 does not have: AC, ID. */
export const CONFIG_FLAGS = 0x5f4;
/** Leaves of CPUID, and their number: EAX, EBX, ECX, EDX each. */
export const CONFIG_CPUID_LEAVES = 0x5f8;
/** Bits of CR4 that can be set. */
export const CONFIG_CR4 = 0x5fc;
export const CONFIG_CPUID = 0xa00;
export const CPUID_LEAF_SIZE = 16;

/** Model-specific registers: their number, then an entry each: u32 number, u64 value, u64 mask of writable bits. */
export const MSR_COUNT = 0xafc;
export const MSR_TABLE = 0xb00;
export const MSR_END = 0x1400;
export const MSR_ENTRY_SIZE = 24;
/** The image of FXSAVE on its way: 512 bytes. */
export const EXTENDED_IMAGE = MSR_END;

/** SSE's registers, XMM_REGISTER_SIZE bytes each. */
export const XMM_REGISTERS = 0x1600;
export const XMM_REGISTER_SHIFT = 4;
export const MXCSR = 0x1680;
/** Bits of MXCSR that can be set; 0: the processor has none. */
export const CONFIG_MXCSR = 0x1684;
/** An operand from memory, and a result on its way, 16 bytes each. */
export const XMM_SOURCE = 0x1690;
export const XMM_RESULT = 0x16a0;
/** i16 clocks of a task switch above those of the instruction or event that leads to it, by cause (TASK_), then by the new task (TASK_TO_). */
export const CONFIG_TASK = 0x16b0;
/** JMP; CALL and an interrupt, which link the new task to this one; IRET along the link. */
export const TASK_JUMP = 0;
export const TASK_CALL = 1;
export const TASK_RETURN = 2;
export const TASK_INTERRUPT = 3;
export const TASK_TO_32 = 0;
export const TASK_TO_16 = 1;
export const TASK_TO_VIRTUAL = 2;
export const TASK_TARGETS = 3;
export const MSR_NUMBER = 0;
export const MSR_VALUE = 8;
export const MSR_WRITABLE = 16;

// Micro-op pool.
export const POOL_NEXT = 0x600;
export const POOL_FREE_PAGES = 0x604;

// Counters, u64.
export const COUNT_TLB_MISSES = 0x620;
export const COUNT_TLB_FLUSHES = 0x628;
export const COUNT_INVALIDATIONS = 0x630;
export const COUNT_CODE_FLUSHES = 0x638;
export const COUNT_INTERRUPTS = 0x640;
export const COUNT_EXCEPTIONS = 0x648;

/** u64: bit i, the RAM page at 0xC0000 + 4096 i cannot be written: writes go to the bus, as those of ROM. */
export const ROM_PAGES = 0x658;
export const ROM_AREA = 0xc0000;
export const ROM_AREA_END = 0x100000;

/** Stands in for memory that cannot be reached by one plain access: page crossings, devices, code. */
export const BOUNCE = 0x680;
export const BOUNCE_LINEAR = 0x690;
export const BOUNCE_SIZE = 0x694;

/** Results of the page walker. */
export const WALK_PHYSICAL = 0x6a0;
export const WALK_WRITABLE = 0x6a4;
export const WALK_WRITTEN = 0x6a8;

/** The four entries of the page-directory-pointer table, their lower halves, as read with CR3. */
export const PAGE_POINTERS = 0x660;

/** The descriptor read last: its two words, and the linear address it came from. */
export const DESCRIPTOR_LOW = 0x6b0;
export const DESCRIPTOR_HIGH = 0x6b4;
export const DESCRIPTOR_ADDRESS = 0x6b8;

/** Segments, ESP, EIP, CPL and flags as they were before a privilege change in flight. */
export const SAVED = 0x6c0;
/** Up to 31 parameters of a call gate. */
export const PARAMETERS = 0x780;

/** The x87's physical registers 0 to 7, of FPU_REGISTER_SIZE bytes each. */
export const FPU_REGISTERS = 0x800;
export const FPU_REGISTER_SHIFT = 4;
/** u64: the significand with its integer bit; then u32: sign (bit 15) and biased exponent, the upper half zero. */
export const FPU_SIGNIFICAND = 0;
export const FPU_HEAD = 8;
export const FPU_CONTROL = 0x880;
/** The status word without TOP, ES and B: the latter two follow from its exceptions and the control word's masks. */
export const FPU_STATUS = 0x884;
export const FPU_TOP = 0x888;
/** Bit i: physical register i is not empty. */
export const FPU_FULL = 0x88c;
/** The last instruction that was none of control: its address, opcode (11 bits) and memory operand. */
export const FPU_EIP = 0x890;
export const FPU_CS = 0x894;
export const FPU_OPCODE = 0x898;
export const FPU_OPERAND = 0x89c;
export const FPU_OPERAND_SEGMENT = 0x8a0;
/** FERR#, an output, and IGNNE#: 1 is asserted. */
export const PIN_FERR = 0x8a4;
export const PIN_IGNNE = 0x8a8;
/** The result of the x87 operation in progress, laid out as a register, and what it raises: bits of the status word. */
export const FLOAT_RESULT = 0x8b0;
export const FLOAT_FLAGS = 0x8bc;
/** u64 and u16: an operand as it is in memory. */
export const FLOAT_MEMORY = 0x8c0;
/** The image of FSAVE or FSTENV on its way from or to memory. */
export const FPU_IMAGE = 0x8d0;

// MODE_ bits.
export const MODE_CODE32 = 1;
export const MODE_STACK32 = 2;
/** DS, ES and SS: base 0, writable, limit 4 GiB (below CPL 3) or STATE_USER_LIMIT. */
export const MODE_FLAT_DATA = 4;
/** CS: base page-aligned and limit reaching the end of a page, so that only entering a page checks it. */
export const MODE_FLAT_CODE = 8;

// TLB: 256 direct-mapped entries of 32 bytes, supervisor half, then user half. 0xFFFFFFFF is an invalid tag.
export const TLB_SUPERVISOR = 0x2000;
export const TLB_USER = 0x4000;
export const TLB_END = 0x6000;
export const TLB_ENTRY_SHIFT = 5;
export const TLB_INDEX_MASK = 255;
/** Linear page that a plain aligned read (write) may use. */
export const TLB_READ = 0;
export const TLB_WRITE = 4;
/** Address in core memory minus linear address. */
export const TLB_ADDEND = 8;
/** Linear page of the translation. */
export const TLB_PAGE = 12;
export const TLB_PHYSICAL = 16;
export const TLB_FLAGS = 20;
export const TLB_CODE = 24;
/** TLB_FLAGS: writes are permitted and the dirty bit is set. */
export const TLB_FLAG_WRITABLE = 1;
/** TLB_FLAGS: the page is RAM. */
export const TLB_FLAG_RAM = 2;

/** i16 a, b, c, d for each clock formula tuple that a micro-op refers to; formulas are in cpu/instructions/formulas.ts. */
export const CLOCK_TABLE = 0x6000;
export const CLOCK_TABLE_END = 0x8000;
export const CLOCK_ENTRY_SIZE = 8;

/** Static data of the compiled core starts here (decimal in its build options). */
export const CORE_DATA = 0x8000;
/** The first address that the host may use for the tables above. */
export const DYNAMIC_BASE = 0x20000;

/*
 * Code page descriptor: what has been decoded of one physical page in one mode.
 * Page number, mode, next descriptor of the same page, then the micro-op of each byte offset (0: not decoded).
 */
export const PAGE_PHYSICAL = 0;
export const PAGE_MODE = 4;
export const PAGE_NEXT = 8;
/** Number of decoded instructions. */
export const PAGE_COUNT = 12;
export const PAGE_MAP = 16;
export const PAGE_SIZE = 16400;

/* Micro-op: one guest instruction (or a zero-cost step before it). */
export const OP_SIZE = 32;
export const OP_HANDLER = 0;
/** u16: offset of the instruction in its linear page. */
export const OP_OFFSET = 2;
/** u16: offset of the next instruction; may exceed the page. */
export const OP_NEXT = 4;
/** u8: 0-3. */
export const OP_SCALE = 6;
/** u8: what a transfer to this instruction costs on top; 0 where the model does not charge it. */
export const OP_COMPONENTS = 7;
/** u16: base clocks. */
export const OP_CYCLES = 8;
/** i16: the `a` of the clock formula for branches, else u16 offset of the formula's terms in CLOCK_TABLE. */
export const OP_CLOCKS = 10;
export const OP_SEGMENT = 12;
/** u8: operand size in bytes. */
export const OP_OPERAND = 13;
export const OP_SUB = 14;
export const OP_FLAGS = 15;
/** u16 addresses of registers. */
export const OP_R1 = 16;
export const OP_R2 = 18;
export const OP_BASE = 20;
export const OP_INDEX = 22;
/** i32: displacement; for near transfers the target's offset from the page start. */
export const OP_DISP = 24;
/** u32: immediate; for near transfers the micro-op at the target, 0 while unknown. */
export const OP_IMM = 28;

// OP_FLAGS bits.
export const FLAG_ADDRESS16 = 1;
/** Operand forms of the general handlers, bits 1-3. */
export const FORM_SHIFT = 1;
export const FORM_RR = 0;
export const FORM_RI = 1;
export const FORM_RM = 2;
export const FORM_MR = 3;
export const FORM_MI = 4;
export const FORM_R = 5;
export const FORM_M = 6;
/** The repeat prefix of a string instruction, bits 4-5. */
export const FLAG_REPE = 16;
export const FLAG_REPNE = 32;
/** OP_IMM is a link that dies with the page. */
export const FLAG_LINK = 64;
/** The instruction uses the stack, and has a memory operand in another flat segment than SS. */
export const FLAG_DATA_OPERAND = 128;

// What FPU_READY checks: for an instruction that waits for exceptions of earlier ones, for one that does not, for MMX and SSE.
export const READY_WAITS = 0;
export const READY_AT_ONCE = 1;
export const READY_MMX = 2;
export const READY_XMM = 3;

// What an x87 instruction finds in memory.
export const REAL32 = 0;
export const REAL64 = 1;
export const REAL80 = 2;
export const INT16 = 3;
export const INT32 = 4;
export const INT64 = 5;
export const BCD80 = 6;

// STATE_SHADOW. STI holds off interrupts, MOV SS and POP SS also NMI and debug exceptions.
export const SHADOW_STI = 1;
export const SHADOW_SS = 2;

// STATE_STOP.
export const STOP_NONE = 0;
export const STOP_HALT = 1;
export const STOP_SHUTDOWN = 2;
export const STOP_BREAKPOINT = 3;
export const STOP_REQUESTED = 4;

// STATE_SHUTDOWN.
export const SHUTDOWN_TRIPLE_FAULT = 1;

// What an out-of-line handler returns.
export const DONE = 0;
export const FAULT = 1;
/** STATE_EIP names the next instruction. */
export const JUMP = 2;
/** As JUMP, and the model may charge for the components of the next instruction. */
export const TRANSFER = 4;
/** As JUMP, and leave `execute`. */
export const LEAVE = 3;

// STATE_HOOKS.
export const HOOK_INTERRUPT = 1;
export const HOOK_MMU = 2;
