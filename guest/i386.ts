// Instructions that AssemblyScript has no word for. The file's name is the import module's name, by which
// tools/compile knows them; each becomes the instruction (or two) in its comment. Ports and bytes are the low bits.

/** OUT DX, AL */
export declare function outb(port: u32, value: u32): void;
/** OUT DX, AX */
export declare function outw(port: u32, value: u32): void;
/** OUT DX, EAX */
export declare function outl(port: u32, value: u32): void;
/** IN AL, DX (zero-extended) */
export declare function inb(port: u32): u32;
/** IN AX, DX (zero-extended) */
export declare function inw(port: u32): u32;
/** IN EAX, DX */
export declare function inl(port: u32): u32;
/** CLD; REP INSW: `count` words from `port` to `address` */
export declare function insw(port: u32, address: usize, count: u32): void;
/** CLD; REP OUTSW: `count` words from `address` to `port` */
export declare function outsw(port: u32, address: usize, count: u32): void;
/** REP MOVSD: `count` words from `from` to `to`, upwards */
export declare function moveWords(to: usize, from: usize, count: u32): void;
/** CLI */
export declare function cli(): void;
/** STI */
export declare function sti(): void;
/** HLT */
export declare function hlt(): void;
/** STI; HLT: waits for an interrupt without losing one that comes in between */
export declare function stiHlt(): void;
/** PUSHFD; POP */
export declare function eflags(): u32;
/** MOV r, CR0 */
export declare function loadCr0(): u32;
/** MOV CR0, r */
export declare function storeCr0(value: u32): void;
/** MOV r, CR2: the address of the last page fault */
export declare function loadCr2(): u32;
/** MOV r, CR3 */
export declare function loadCr3(): u32;
/** MOV CR3, r: also empties the TLB */
export declare function storeCr3(value: u32): void;
/** INVLPG [address] (486 and later) */
export declare function invlpg(address: usize): void;
/** LGDT [address] */
export declare function lgdt(address: usize): void;
/** LIDT [address] */
export declare function lidt(address: usize): void;
/** LLDT r16 */
export declare function lldt(selector: u32): void;
/** LTR r16 */
export declare function ltr(selector: u32): void;
/** RDTSC, EDX:EAX (Pentium and later) */
export declare function rdtsc(): u64;
/** A slot of `bytes` (a constant) in the caller's stack frame, 4-aligned, good until the caller returns */
export declare function stackAlloc(bytes: u32): usize;
/** EBP-free way to know where the stack is: LEA r, [ESP] */
export declare function stackPointer(): usize;
/** The return address of the function that calls this, for backtraces; 0 where it is not known */
export declare function frameReturnAddress(): usize;
