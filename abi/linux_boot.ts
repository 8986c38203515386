// The Linux boot protocol on x86, version 2.15 (Linux documentation, "The Linux/x86 Boot Protocol", and its "zero page"):
// offsets in the kernel file's set-up header, which is copied to the same place in the zero page.

export const SETUP_SECTS = 0x1f1;
/** The header ends 0x202 bytes into the file plus what the byte at 0x201 says. */
export const HEADER_LENGTH = 0x201;
export const HEADER_MAGIC = 0x202;
/** "HdrS" */
export const HEADER_SIGNATURE = 0x53726448;
export const PROTOCOL_VERSION = 0x206;
export const TYPE_OF_LOADER = 0x210;
export const LOADER_UNKNOWN = 0xff;
export const LOADFLAGS = 0x211;
export const LOADED_HIGH = 0x01;
export const CODE32_START = 0x214;
export const RAMDISK_IMAGE = 0x218;
export const RAMDISK_SIZE = 0x21c;
export const CMD_LINE_PTR = 0x228;
export const INITRD_ADDR_MAX = 0x22c;
export const CMDLINE_SIZE = 0x238;
export const INIT_SIZE = 0x260;

// The zero page besides the header.
export const ZERO_PAGE_SIZE = 4096;
export const E820_ENTRIES = 0x1e8;
export const E820_TABLE = 0x2d0;
export const E820_ENTRY_SIZE = 20;
export const E820_RAM = 1;
export const E820_RESERVED = 2;
/** Video as the BIOS left it: cursor, page, mode, columns, "VGA", lines, height of characters. */
export const SCREEN_MODE = 0x06;
export const SCREEN_COLUMNS = 0x07;
export const SCREEN_LINES = 0x0e;
export const SCREEN_IS_VGA = 0x0f;
export const SCREEN_POINTS = 0x10;

/** Oldest version with all of these but INIT_SIZE: 2.06. */
export const OLDEST_VERSION = 0x206;
/** INIT_SIZE came with 2.10. */
export const INIT_SIZE_VERSION = 0x20a;

/** Selectors that the kernel expects in the loader's GDT. */
export const BOOT_CS = 0x10;
export const BOOT_DS = 0x18;
