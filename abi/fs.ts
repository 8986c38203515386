// What the interfaces io and fs (abi/defs) mean by their numbers. Flags of opening have the Hurd's values.

/** Return codes of errors of abi/errno.ts are that number plus this. */
export const ERRNO_SYSTEM = 0x40000000;

// --- dir_lookup ---
export const O_READ = 0x1;
export const O_WRITE = 0x2;
export const O_CREAT = 0x10;
export const O_EXCL = 0x20;
/** A symbolic link at the end is opened itself. */
export const O_NOLINK = 0x40;
export const O_APPEND = 0x100;
export const O_TRUNC = 0x10000;
export const O_DIRECTORY = 0x200000;
/** Symbolic links that a lookup follows. */
export const SYMLINKS_MAX = 16;
export const PATH_MAX = 1024;

// --- io_seek ---
export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;

// --- io_stat: offsets in bytes of words ---
export const STAT_INODE = 0;
export const STAT_MODE = 4;
export const STAT_LINKS = 8;
export const STAT_UID = 12;
export const STAT_GID = 16;
/** two words */
export const STAT_SIZE = 20;
export const STAT_ACCESS_TIME = 28;
export const STAT_MODIFY_TIME = 32;
export const STAT_CHANGE_TIME = 36;
/** in units of 512 bytes */
export const STAT_SECTORS = 40;
export const STAT_BLOCK_SIZE = 44;
export const STAT_WORDS_SIZE = 64;

// --- file_statfs: offsets in bytes of words ---
export const FS_STAT_BLOCK_SIZE = 0;
export const FS_STAT_BLOCKS = 4;
export const FS_STAT_FREE_BLOCKS = 8;
export const FS_STAT_INODES = 12;
export const FS_STAT_FREE_INODES = 16;
export const FS_STAT_SIZE = 32;

// --- dir_readdir: each entry is a multiple of 4 bytes long ---
export const DIR_INODE = 0;
/** u16 */
export const DIR_LENGTH = 4;
/** u8 */
export const DIR_NAME_LENGTH = 6;
/** u8: EXT2_TYPE_* of abi/ext2.ts */
export const DIR_TYPE = 7;
/** the place of the entry behind this one */
export const DIR_NEXT = 8;
/** with a 0 behind it */
export const DIR_NAME = 12;

/** What the interfaces of file servers carry in a message: bytes of io_inband_t, and of io_data_t that comes inline. */
export const INBAND_MAX = 2048;
