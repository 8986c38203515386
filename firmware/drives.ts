// Numbers of INT 13h's drives.

export const FIRST_DISK: u32 = 0x80;
/** The CD-ROM drive, without emulation. */
export const CD_DRIVE: u32 = 0xe0;
