// Numbers of the interface process (abi/defs/process.defs), with Linux's values.

/** proc_wait_request: with none that has ended, 0 instead of waiting. */
export const WNOHANG = 1;
export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIGTERM = 15;
/** A status from here on is this plus the signal that ended the process. */
export const STATUS_SIGNALLED = 256;

/** A message to the port of proc_setmsgport, and where the signal's number is in it. */
export const PROC_SIGNAL = 23000;
export const PROC_SIGNAL_NUMBER = 28;
export const PROC_SIGNAL_SIZE = 32;
