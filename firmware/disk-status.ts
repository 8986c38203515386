// What INT 13h says in AH (IBM PS/2 and PC BIOS Interface Technical Reference).

export const BAD_COMMAND: u32 = 0x01;
export const WRITE_PROTECTED: u32 = 0x03;
export const NOT_FOUND: u32 = 0x04;
export const CHANGE_LINE: u32 = 0x06;
export const FAILED: u32 = 0x20;
export const NO_DRIVE: u32 = 0x80;
