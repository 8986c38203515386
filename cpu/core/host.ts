/** What the core asks of the host: the bus, the decoder, observers. The import module is "host". */

export declare function portRead(port: u32, size: u32): u32;
export declare function portWrite(port: u32, size: u32, value: u32): void;
/** Up to `count` accesses at once, with `pointer` in core memory. Returns how many were made. */
export declare function portReadBlock(port: u32, size: u32, pointer: usize, count: u32): u32;
export declare function portWriteBlock(port: u32, size: u32, pointer: usize, count: u32): u32;
export declare function memoryRead(physical: u32, size: u32): u32;
export declare function memoryWrite(physical: u32, size: u32, value: u32): void;
export declare function interruptAcknowledge(): u32;

/** A model-specific register that the processor does not have was asked for: 1 by WRMSR. */
export declare function unknownMsr(number: u32, write: u32): void;

/** A leaf of CPUID that the processor does not have was asked for. */
export declare function unknownLeaf(leaf: u32): void;

/** The level of FERR# has changed. */
export declare function numericError(asserted: u32): void;

/** Decodes into the pool from `offset` of a code page on, and fills its entry map. Returns the first micro-op. */
export declare function decode(page: usize, offset: u32): usize;
/** Decodes the instruction of a CROSS micro-op again, its second part lying at `secondPhysical`. */
export declare function decodeCrossing(op: usize, page: usize, secondPhysical: u32): void;

/** 1: a breakpoint of the host is at `linear`. */
export declare function breakpointAt(linear: u32): u32;
export declare function onInterrupt(vector: u32, errorCode: u32, eip: u32, source: u32): void;
export declare function onMmu(event: u32, value: u32): void;
