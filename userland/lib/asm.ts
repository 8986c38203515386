// Functions of the runtime library that are written in assembler: see crt.asm.ts and traps.asm.ts.

/** The trap that does nothing (-10); 0. */
export declare function null_trap(): i32;
/** Sends and/or receives a message (trap -25). */
export declare function mach_msg_trap(
  message: usize,
  option: u32,
  send_size: u32,
  receive_size: u32,
  receive_name: u32,
  timeout_ms: u32,
  notify: u32,
): i32;
/** Name of a new receive right, 0 on failure (trap -26). */
export declare function mach_reply_port(): u32;
/** Name of a send right to the calling thread; each call adds a user reference (trap -27). */
export declare function mach_thread_self(): u32;
/** Name of a send right to the calling task; each call adds a user reference (trap -28). */
export declare function mach_task_self(): u32;
/** Name of a send right to the host's unprivileged port (trap -29). */
export declare function mach_host_self(): u32;
/** Prints a 0-terminated string through the kernel's console (trap -30). */
export declare function mach_print(text: usize): void;
/** device_writev as a trap (-39): `vector` is `count` pairs of an address and a size. */
export declare function device_writev_trap(
  device: u32,
  mode: u32,
  recnum: u32,
  vector: usize,
  count: u32,
): i32;
/** device_write as a trap (-40). */
export declare function device_write_trap(device: u32, mode: u32, recnum: u32, data: usize, count: u32): i32;
/** Gives up the processor; whether something else could run (trap -60). */
export declare function swtch(): u32;
/** Gives up the processor, waits `milliseconds` with SWITCH_OPTION_WAIT (trap -61). */
export declare function thread_switch(thread: u32, option: u32, milliseconds: u32): i32;
/** vm_map as a trap (-64); `address` is in and out. */
export declare function vm_map_trap(
  task: u32,
  address: usize,
  size: u32,
  mask: u32,
  anywhere: u32,
  object: u32,
  offset: u32,
  copy: u32,
  protection: u32,
  max_protection: u32,
  inheritance: u32,
): i32;
/** vm_allocate as a trap (-65); `address` is in and out. */
export declare function vm_allocate_trap(task: u32, address: usize, size: u32, anywhere: u32): i32;
/** vm_deallocate as a trap (-66). */
export declare function vm_deallocate_trap(task: u32, address: usize, size: u32): i32;
/** task_terminate as a trap (-69). Does not return for the caller's own task. */
export declare function task_terminate_trap(task: u32): i32;
/** Any trap with up to three argument words; only for tests of the trap table. */
export declare function raw_trap(number: i32, first: u32, second: u32, third: u32): i32;
/** Any trap with the twelve argument words at `words`; only for tests. */
export declare function any_trap(number: i32, words: usize): i32;

/**
 * The address where a new thread starts: it calls the program's exported `thread_entry(EBX, ESI)` and then terminates
 * itself.
 */
export declare function thread_start_address(): usize;

/** Marks for a measuring host, which sets breakpoints on these two symbols; `operation` is at [ESP+4]. */
export declare function bench_begin(operation: u32): void;
export declare function bench_end(operation: u32): void;

/** How many ways to do wrong faults.asm.ts knows. */
export declare function fault_count(): u32;
/** Where a thread starts that does wrong in way `index`; if nothing stops it, it then spins. */
export declare function fault_address(index: u32): usize;
/** What way `index` is called, a byte string. */
export declare function fault_name(index: u32): usize;

/** How many cases of exceptions exceptions.asm.ts knows. */
export declare function exception_count(): u32;
/** Record of case `index`: start, EIP, kind, code, subcode, where to go on, name (words). */
export declare function exception_case(index: u32): usize;
/** A word that counts the threads which went on after their exception. */
export declare function exceptions_survived_address(): usize;

/** The word at `offset` of the segment `selector`. */
export declare function segment_word(selector: u32, offset: u32): u32;
/** Code for threads: spins; pushes, reads through GS at ECX, reads an I/O port, or passes a breakpoint, counts and spins. */
export declare function spin_address(): usize;
export declare function push_once_address(): usize;
export declare function read_once_address(): usize;
export declare function port_once_address(): usize;
export declare function break_once_address(): usize;
/** The instruction in the middle of the last one. */
export declare function breakpoint_address(): usize;
/** A word that counts the threads which came through. */
export declare function machine_counter_address(): usize;

/** ST(0) of a fresh floating-point unit becomes `value`. */
export declare function float_set(value: i32): void;
/** ST(0) += `value` */
export declare function float_add(value: i32): void;
/** Pops ST(0). */
export declare function float_get(): i32;
/** Code for a thread: divides by zero, unmasked; and the instruction at which that shows. */
export declare function float_divide_address(): usize;
export declare function float_wait_address(): usize;

/** A handler of emulated system calls, which answers 0x1234; and how often it has run. */
export declare function emulation_address(): usize;
export declare function emulations_address(): usize;

/** Copies `count` bytes: 0; 1 when the thread was sent to guarded_failed in between begin and end. */
export declare function guarded_bytes(to: usize, from: usize, count: u32): u32;
export declare function guarded_begin_address(): usize;
export declare function guarded_end_address(): usize;
export declare function guarded_failed_address(): usize;

/** Stores where the caller is (six words); 0, and 1 for a thread that was started there. */
export declare function fork_point(words: usize): u32;
