// Terminal flavors of device_get_status and device_set_status: ('t' << 16) + n.

/** Input speed, output speed, break character, flags. */
export const TTY_STATUS = 0x740001;
export const TTY_STATUS_COUNT = 4;
/** One word of TM_* bits. */
export const TTY_MODEM = 0x740002;
/** One word: D_READ and D_WRITE say which side; 0 is both. */
export const TTY_FLUSH = 0x740003;
export const TTY_STOP = 0x740004;
export const TTY_START = 0x740005;
export const TTY_SET_BREAK = 0x740006;
export const TTY_CLEAR_BREAK = 0x740007;
export const TTY_SET_TRANSLATION = 0x740008;

// Offsets of TTY_STATUS, in bytes.
export const TTY_STATUS_ISPEED = 0;
export const TTY_STATUS_OSPEED = 4;
export const TTY_STATUS_BREAKC = 8;
export const TTY_STATUS_FLAGS = 12;

// Flags.
export const TF_NOHANG = 0x20;
export const TF_HUPCLS = 0x40;
/** What comes in is sent back. */
export const TF_ECHO = 0x80;
/** A carriage return comes in as a newline; a newline goes out with a carriage return before it. */
export const TF_CRMOD = 0x100;
/** A tab goes out as blanks. */
export const TF_XTABS = 0x200;

// Modem lines.
export const TM_DTR = 0x02;
export const TM_RTS = 0x04;
export const TM_CTS = 0x20;
export const TM_CAR = 0x40;
export const TM_RNG = 0x80;
export const TM_DSR = 0x100;

// Speed codes: 0 hangs up, 1 to 15 are 50 to 38400.
export const TTY_SPEED_0 = 0;
export const TTY_SPEED_38400 = 15;
export const TTY_SPEED_57600 = 16;
export const TTY_SPEED_115200 = 17;
