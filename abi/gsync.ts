// Flags of gsync_wait, gsync_wake and gsync_requeue.

/** The place is in a memory object, not in the task's address space. */
export const GSYNC_SHARED = 1;
/** Two words are compared. */
export const GSYNC_QUAD = 2;
export const GSYNC_TIMED = 4;
export const GSYNC_BROADCAST = 8;
/** The word is stored to first. */
export const GSYNC_MUTATE = 16;
