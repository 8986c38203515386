// The second extended file system on disk, revision 1, as far as the image builder and the two readers need it:
// byte offsets of little-endian fields. Source: "The Second Extended File System: Internal Layout" (D. Poirier).

/** The superblock is always at this byte of the partition, whatever the block size. */
export const EXT2_SUPERBLOCK_OFFSET = 1024;
export const EXT2_SUPERBLOCK_SIZE = 1024;
export const EXT2_MAGIC = 0xef53;

/** Superblock fields (u32 unless said). */
export const SB_INODES_COUNT = 0;
export const SB_BLOCKS_COUNT = 4;
export const SB_RESERVED_BLOCKS_COUNT = 8;
export const SB_FREE_BLOCKS_COUNT = 12;
export const SB_FREE_INODES_COUNT = 16;
export const SB_FIRST_DATA_BLOCK = 20;
/** log2(block size) - 10 */
export const SB_LOG_BLOCK_SIZE = 24;
export const SB_LOG_FRAGMENT_SIZE = 28;
export const SB_BLOCKS_PER_GROUP = 32;
export const SB_FRAGMENTS_PER_GROUP = 36;
export const SB_INODES_PER_GROUP = 40;
export const SB_MOUNT_TIME = 44;
export const SB_WRITE_TIME = 48;
/** u16 */
export const SB_MOUNT_COUNT = 52;
/** i16; -1: never check by count */
export const SB_MAX_MOUNT_COUNT = 54;
/** u16 */
export const SB_MAGIC = 56;
/** u16 */
export const SB_STATE = 58;
/** u16 */
export const SB_ERRORS = 60;
export const SB_LAST_CHECK = 64;
export const SB_CHECK_INTERVAL = 68;
export const SB_CREATOR_OS = 72;
export const SB_REVISION = 76;
export const SB_FIRST_INODE = 84;
/** u16 */
export const SB_INODE_SIZE = 88;
/** u16: the group that holds this copy */
export const SB_GROUP_NUMBER = 90;
export const SB_FEATURE_COMPAT = 92;
export const SB_FEATURE_INCOMPAT = 96;
export const SB_FEATURE_RO_COMPAT = 100;
/** 16 bytes */
export const SB_UUID = 104;
/** 16 bytes */
export const SB_VOLUME_NAME = 120;

export const EXT2_STATE_CLEAN = 1;
export const EXT2_ERRORS_CONTINUE = 1;
export const EXT2_REVISION_DYNAMIC = 1;
/** Directory entries carry the file type. */
export const EXT2_FEATURE_INCOMPAT_FILETYPE = 0x2;
/** Copies of the superblock and the group descriptors only in groups 0, 1 and the powers of 3, 5 and 7. */
export const EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER = 0x1;
/** Files may be of 2 GiB and more. */
export const EXT2_FEATURE_RO_COMPAT_LARGE_FILE = 0x2;
export const EXT2_FIRST_INODE = 11;
export const EXT2_LINKS_MAX = 32000;
export const EXT2_ROOT_INODE = 2;
export const EXT2_INODE_SIZE = 128;
export const EXT2_MIN_BLOCK_SIZE = 1024;
export const EXT2_MAX_BLOCK_SIZE = 4096;

/** Group descriptors follow the superblock's block. */
export const EXT2_GROUP_SIZE = 32;
export const GD_BLOCK_BITMAP = 0;
export const GD_INODE_BITMAP = 4;
export const GD_INODE_TABLE = 8;
/** u16 */
export const GD_FREE_BLOCKS = 12;
/** u16 */
export const GD_FREE_INODES = 14;
/** u16 */
export const GD_USED_DIRECTORIES = 16;

/** u16: type in the top four bits, permissions below */
export const INODE_MODE = 0;
/** u16: low half of the owner */
export const INODE_UID = 2;
export const INODE_SIZE = 4;
export const INODE_ACCESS_TIME = 8;
export const INODE_CHANGE_TIME = 12;
export const INODE_MODIFY_TIME = 16;
/** when the last link went; 0 while there is one */
export const INODE_DELETE_TIME = 20;
/** u16 */
export const INODE_GID = 24;
/** u16 */
export const INODE_LINKS = 26;
/** in units of 512 bytes, indirect blocks included */
export const INODE_SECTORS = 28;
/** EXT2_BLOCK_POINTERS words: 12 direct, then one single, one double, one triple indirect */
export const INODE_BLOCKS = 40;
/** upper half of a regular file's size */
export const INODE_SIZE_HIGH = 108;
export const EXT2_DIRECT_BLOCKS = 12;
export const EXT2_BLOCK_POINTERS = 15;
export const EXT2_MODE_TYPE = 0xf000;
/** Owner, group and others may execute. */
export const EXT2_MODE_EXECUTE = 0x49;
export const EXT2_MODE_DIRECTORY = 0x4000;
export const EXT2_MODE_FILE = 0x8000;
export const EXT2_MODE_SYMLINK = 0xa000;
/** A symbolic link's target shorter than this is in the inode itself, in place of the block pointers. */
export const EXT2_FAST_SYMLINK_LIMIT = 60;

/** Directory entry: inode (0: unused), entry length u16, name length u8, type u8, name. 4-aligned, never across blocks. */
export const DIRENT_INODE = 0;
export const DIRENT_LENGTH = 4;
export const DIRENT_NAME_LENGTH = 6;
export const DIRENT_TYPE = 7;
export const DIRENT_NAME = 8;
export const EXT2_NAME_MAX = 255;
export const EXT2_TYPE_FILE = 1;
export const EXT2_TYPE_DIRECTORY = 2;
export const EXT2_TYPE_SYMLINK = 7;
