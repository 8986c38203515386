// The page that the `time` device maps: offsets in bytes.

export const MAPPED_SECONDS = 0;
export const MAPPED_MICROSECONDS = 4;
/** The seconds again: written first, read last. */
export const MAPPED_CHECK_SECONDS = 8;
/** Seconds and nanoseconds, of 8 bytes each. */
export const MAPPED_TIME64 = 12;
export const MAPPED_CHECK_SECONDS64 = 28;
/** As MAPPED_TIME64, since the kernel started. */
export const MAPPED_UPTIME64 = 36;
export const MAPPED_CHECK_UPSECONDS64 = 52;
