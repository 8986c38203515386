// The Multiboot Specification 0.6.96: what a loader and a kernel agree on. Offsets are in bytes.

export const MULTIBOOT_HEADER_MAGIC = 0x1badb002;
export const MULTIBOOT_BOOTLOADER_MAGIC = 0x2badb002;

/** The header lies, 4-byte aligned, in the first so many bytes of the kernel file. */
export const MULTIBOOT_SEARCH = 8192;

// The header: magic, flags, checksum (the three sum to 0), then fields that flags announce.
export const MULTIBOOT_HEADER_SIZE = 12;
export const MULTIBOOT_PAGE_ALIGN = 0x1;
export const MULTIBOOT_MEMORY_INFO = 0x2;
export const MULTIBOOT_VIDEO_MODE = 0x4;
export const MULTIBOOT_AOUT_KLUDGE = 0x10000;
/** Where a header that wants a video mode says which: what kind, then its width and height, 0 for any. */
export const MULTIBOOT_MODE_TYPE = 32;
export const MULTIBOOT_MODE_END = 48;
export const MULTIBOOT_MODE_TEXT = 1;
/** Flags that a loader must understand or refuse. */
export const MULTIBOOT_REQUIRED_MASK = 0xffff;

// The information structure that EBX points at; a set flag makes its fields valid.
export const MULTIBOOT_INFO_SIZE = 88;
export const MULTIBOOT_INFO_MEMORY = 0x1;
export const MULTIBOOT_INFO_BOOTDEV = 0x2;
export const MULTIBOOT_INFO_CMDLINE = 0x4;
export const MULTIBOOT_INFO_MODS = 0x8;
export const MULTIBOOT_INFO_ELF_SHDR = 0x20;
export const MULTIBOOT_INFO_MEM_MAP = 0x40;
export const MULTIBOOT_INFO_BOOT_LOADER_NAME = 0x200;
export const MULTIBOOT_INFO_FRAMEBUFFER = 0x1000;

export const MBI_FLAGS = 0;
/** KiB of memory from 0 (at most 640), and from 1 MiB to the first hole. */
export const MBI_MEM_LOWER = 4;
export const MBI_MEM_UPPER = 8;
export const MBI_BOOT_DEVICE = 12;
export const MBI_CMDLINE = 16;
export const MBI_MODS_COUNT = 20;
export const MBI_MODS_ADDR = 24;
/** Section headers of the kernel's ELF file: their number, size, physical address, and the index of the names' section. */
export const MBI_ELF_NUM = 28;
export const MBI_ELF_SIZE = 32;
export const MBI_ELF_ADDR = 36;
export const MBI_ELF_SHNDX = 40;
export const MBI_MMAP_LENGTH = 44;
export const MBI_MMAP_ADDR = 48;
export const MBI_BOOT_LOADER_NAME = 64;

/** The display, behind those fields: address (64 bits), bytes of a line, width, height, then bits of a dot and kind as bytes. */
export const MBI_FRAMEBUFFER = 88;
export const MBI_FRAMEBUFFER_SIZE = 24;
export const MULTIBOOT_FRAMEBUFFER_TEXT = 2;

// One module; [start, end) is its contents, string its command line.
export const MULTIBOOT_MODULE_SIZE = 16;
export const MBM_START = 0;
export const MBM_END = 4;
export const MBM_STRING = 8;

// One entry of the memory map; `size` does not count itself.
export const MULTIBOOT_MMAP_ENTRY_SIZE = 24;
export const MBMM_SIZE = 0;
export const MBMM_ADDR = 4;
export const MBMM_LEN = 12;
export const MBMM_TYPE = 20;
export const MULTIBOOT_MEMORY_AVAILABLE = 1;
export const MULTIBOOT_MEMORY_RESERVED = 2;
