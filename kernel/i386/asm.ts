// Functions written in assembler (boot.asm.ts, trap.asm.ts, switch.asm.ts). The file's name is the import module's.

/** Saves the callee-saved registers and ESP into [saved_sp], and continues on the stack `new_sp` the same way. */
export declare function switch_context(saved_sp: usize, new_sp: usize): void;
/** Where the first switch to a new thread "returns" to. */
export declare function thread_bootstrap_address(): usize;
/** INT3: into the debugger. */
export declare function breakpoint(): void;
/** The code of the entry stubs that call compiled functions. */
export declare function entry_code_start_address(): usize;
export declare function entry_code_end_address(): usize;
/** Address of the call gate's entry stub. */
export declare function gate_entry_address(): usize;
/** Where a system call goes on whose first instruction a single-step trap came before. */
export declare function gate_entry_stepped_address(): usize;
/** Which table of traps is in force: that of emulated system calls when `emulation` is not 0. */
export declare function select_trap_table(emulation: usize): void;
/** What trap `number` of the table does, for a task that emulates others. */
export declare function call_trap(number: u32): u32;
/** Address of the word by which the call gate's stub knows that ast_taken must be called. */
export declare function ast_needed_address(): usize;
/** Address of the table of entry stubs, one word for each vector of the IDT. */
export declare function vector_table_address(): usize;
/** Address of the table of instructions of the return to user mode that can fault (RETURN_POINTS words). */
export declare function return_points_address(): usize;
/** The first address behind the kernel image, in the direct map. */
export declare function kernel_end_address(): usize;
/** Bits among `bits` of EFLAGS that change when they are inverted. EFLAGS stays as it was. */
export declare function toggle_eflags(bits: u32): u32;
/** Reloads all segment registers with the kernel's selectors after LGDT. */
export declare function reload_segments(): void;

/** CLTS: floating-point instructions work. */
export declare function clts(): void;
/** FNINIT */
export declare function fninit(): void;
/** FNSAVE: 108 bytes to `image`; the unit is as after FNINIT. */
export declare function fnsave(image: usize): void;
/** FRSTOR */
export declare function frstor(image: usize): void;
/** FNSTSW and FNSTCW: a word; 0xffff without a unit. */
export declare function fnstsw(): u32;
export declare function fnstcw(): u32;

/** DR0 to DR3 from four words. */
export declare function load_breakpoint_addresses(words: usize): void;
export declare function store_dr7(value: u32): void;
/** DR6, which becomes 0. */
export declare function take_dr6(): u32;
