// The partition table in the first sector of a PC disk.

export const SECTOR_SIZE = 512;
/** u32 that names the disk */
export const MBR_DISK_SIGNATURE = 440;
/** four entries */
export const MBR_PARTITIONS = 446;
export const MBR_PARTITION_SIZE = 16;
export const MBR_PARTITION_COUNT = 4;
/** u16 at MBR_SIGNATURE */
export const MBR_SIGNATURE = 510;
export const MBR_SIGNATURE_VALUE = 0xaa55;

/** Partition entry fields. */
export const PARTITION_STATUS = 0;
/** 3 bytes: head, sector | cylinder bits 9-8 << 6, cylinder bits 7-0 */
export const PARTITION_FIRST_CHS = 1;
export const PARTITION_TYPE = 4;
/** 3 bytes */
export const PARTITION_LAST_CHS = 5;
/** u32, in sectors */
export const PARTITION_START = 8;
/** u32, in sectors */
export const PARTITION_SECTORS = 12;

export const PARTITION_TYPE_LINUX_SWAP = 0x82;
export const PARTITION_TYPE_LINUX = 0x83;
