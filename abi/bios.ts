// Where the BIOS is, and the frame in which its 16-bit side hands a call over.

/** The ROM's last 128 KiB are seen here, and copied here into memory. */
export const BIOS_BASE = 0xe0000;
export const BIOS_BYTES = 0x20000;
/** The segment of all 16-bit code. */
export const BIOS_SEGMENT_BASE = 0xf0000;
/** Where the ROM is at the end of the address space, less BIOS_BASE. */
export const ROM_DISTANCE = 0xfff00000;

/** Sections of the image: 32-bit code, the 16-bit side, data. */
export const TEXT_BASE = BIOS_BASE;
export const BOOT_BASE = 0xf2800;
export const DATA_BASE = 0xf4000;

/** Bytes from the frame's start to the vector. */
export const FRAME_VECTOR = 40;
/** "Interrupt" of the power-on self test. */
export const POST = 0x100;
/** Set in the frame's vector: call again after the next hardware interrupt. */
export const RETRY = 0x10000;
/** Set in the frame's vector: let interrupts in, and call again at once. */
export const AGAIN = 0x40000;
/** Set in the frame's vector: the call goes on. */
export const GOES_ON = 0x80000;
/** Set in the frame's vector: the call is from virtual-8086 mode. */
export const VIRTUAL = 0x100000;
/** Set in the frame's vector: call the mouse's handler. */
export const CALL_MOUSE = 0x20000;
/** The frame's vector has a key's scan code from this bit on. */
export const KEY_CODE_SHIFT = 24;
/** In the extended data area: the handler's far address, and the packet. */
export const MOUSE_HANDLER = 0x22;
export const MOUSE_DATA = 0x28;
/** Distance of the interrupts' entries. */
export const ENTRY_BYTES = 16;
