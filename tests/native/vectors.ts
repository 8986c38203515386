/** Test vectors: some code with the state it starts in, and the state in which it ended, at an exception. */

/** Where vectors live in the address space, on the host and on the emulated CPU. Everything around it is unmapped. */
export const CODE_BASE = 0x10000000;
export const CODE_BYTES = 0x1000;
export const DATA_BASE = 0x20000000;
export const DATA_BYTES = 0x2000;

/** Selectors as 32-bit Linux has them; FS and GS are thread-local segments that the vectors may define. */
export const USER_CS = 0x23;
export const USER_DS = 0x2b;
/** Base DATA_BASE, limit FS_LIMIT. */
export const USER_FS = 0x63;
export const FS_LIMIT = DATA_BYTES - 1;
/** Expand-down, base DATA_BASE, offsets above GS_LIMIT. */
export const USER_GS = 0x6b;
export const GS_LIMIT = 0xfff;

/** In the order of their encoding. */
export const REGISTER_NAMES = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
export const ESP = 4;

export interface Vector {
  /** Offset of the first instruction in the code page. */
  readonly start: number;
  /** The code page from `start` on; the rest of the page is zero. */
  readonly code: Uint8Array;
  /** By REGISTER_NAMES. */
  readonly registers: readonly number[];
  readonly eflags: number;
  /** DATA_BYTES bytes. */
  readonly memory: Uint8Array;
}

/** Segment registers in the order of their encoding: ES CS SS DS FS GS. */
export const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs"] as const;

/** Stands for the vector of code that was still running when its time was over. */
export const ENDLESS = -1;

/** The exception that ended a vector, with the state at its delivery. */
export interface Outcome {
  readonly vector: number;
  readonly errorCode: number;
  /** Of a page fault; 0 otherwise. */
  readonly cr2: number;
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  readonly segments: readonly number[];
  readonly memory: Uint8Array;
}
