// Terminal flavors of device_get_status and device_set_status: ('t' << 16) + n.

/** Input speed, output speed, break character, flags. */
export const TTY_STATUS = 0x740001;
export const TTY_STATUS_COUNT = 4;
export const TTY_FLUSH = 0x740003;

// Speed codes.
export const TTY_SPEED_115200 = 17;
