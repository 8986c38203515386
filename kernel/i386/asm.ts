// Functions written in assembler (boot.asm.ts, trap.asm.ts, switch.asm.ts). The file's name is the import module's.

/** Saves the callee-saved registers and ESP into [saved_sp], and continues on the stack `new_sp` the same way. */
export declare function switch_context(saved_sp: usize, new_sp: usize): void;
/** Where the first switch to a new thread "returns" to. */
export declare function thread_bootstrap_address(): usize;
/** Address of the call gate's entry stub. */
export declare function gate_entry_address(): usize;
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
