// Display, keyboard and mouse: the status flavors of `kd0`, `kbd` and `mouse`, and the records that the last two give.

// Flavors of kd0.

/** Set an entry of the key table: bytes state, index, and three that the key sends. */
export const KDSKBENT = 0x80056b02;
/** Words that hold such an entry. */
export const KBENTRY_COUNT = 2;
/** Get which modifier keys are down and which locks are on (KS_*). */
export const KDGSTATE = 0x40046b03;
/** Turn the bell on (1) or off (0). */
export const KDSETBELL = 0x80046b04;

export const KS_SLKED = 0x01;
export const KS_NLKED = 0x02;
export const KS_CLKED = 0x04;
export const KS_ALTED = 0x08;
export const KS_SHIFTED = 0x10;
export const KS_CTLED = 0x20;

// The key table: for each scan code and state, up to three bytes.
export const KEY_CODES = 89;
export const KEY_STATES = 5;
export const KEY_BYTES = 3;
export const NORM_STATE = 0;
export const SHIFT_STATE = 1;
export const CTRL_STATE = 2;
export const ALT_STATE = 3;
export const SHIFT_ALT_STATE = 4;
/** Ends a shorter sequence. */
export const KEY_DONE = 0xff;
/** Followed by a scan code: a key that sends nothing. */
export const KEY_SCAN = 0xfe;

// Flavors of kbd.

/** Where keys go: KB_EVENT to `kbd`, KB_ASCII to the console. */
export const KDSKBDMODE = 0x80044b01;
export const KB_EVENT = 1;
export const KB_ASCII = 2;
export const KDGKBDTYPE = 0x40044b02;
export const KB_VANILLAKB = 0;
/** The lights: 1 scroll, 2 num, 4 caps lock. */
export const KDSETLEDS = 0x80044b05;

// A record of kbd or mouse (kd_event): a u16 type, the time (seconds, microseconds), and a value.
export const KD_EVENT_SIZE = 16;
export const KD_EVENT_TYPE = 0;
export const KD_EVENT_SECONDS = 4;
export const KD_EVENT_MICROSECONDS = 8;
export const KD_EVENT_VALUE = 12;
/** Value of a button: 1 when it went up. */
export const MOUSE_LEFT = 1;
export const MOUSE_MIDDLE = 2;
export const MOUSE_RIGHT = 3;
/** Value: two i16, right and up. */
export const MOUSE_MOTION = 4;
/** Value: a scan code of set 1. */
export const KEYBD_EVENT = 5;
