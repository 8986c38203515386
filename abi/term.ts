// Modes of terminals (abi/defs/term.defs).

/** Input is edited and comes in lines. */
export const TERM_LINES = 1;
/** What is typed is shown. */
export const TERM_ECHO = 2;
/** Control-C is a signal. */
export const TERM_SIGNALS = 4;
/** As people expect it at a prompt. */
export const TERM_USUAL = 7;
