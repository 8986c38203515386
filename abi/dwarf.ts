// DWARF debugging information: what our ELF files hold of it. Source: DWARF Debugging Information Format, version 4.

export const DWARF_VERSION = 4;

// Tags, attributes and forms of .debug_abbrev and .debug_info (7.5).
export const DW_TAG_COMPILE_UNIT = 0x11;
export const DW_TAG_SUBPROGRAM = 0x2e;
export const DW_AT_NAME = 0x03;
export const DW_AT_STMT_LIST = 0x10;
export const DW_AT_LOW_PC = 0x11;
export const DW_AT_HIGH_PC = 0x12;
export const DW_AT_LANGUAGE = 0x13;
export const DW_AT_COMP_DIR = 0x1b;
export const DW_AT_PRODUCER = 0x25;
export const DW_AT_DECL_FILE = 0x3a;
export const DW_AT_EXTERNAL = 0x3f;
export const DW_FORM_ADDR = 0x01;
export const DW_FORM_DATA4 = 0x06;
export const DW_FORM_STRING = 0x08;
export const DW_FORM_DATA1 = 0x0b;
export const DW_FORM_FLAG = 0x0c;
export const DW_FORM_UDATA = 0x0f;
export const DW_FORM_SEC_OFFSET = 0x17;
export const DW_LANG_C99 = 0x0c;

// The line number program (6.2.5).
export const DW_LNS_COPY = 1;
export const DW_LNS_ADVANCE_PC = 2;
export const DW_LNS_ADVANCE_LINE = 3;
export const DW_LNS_SET_FILE = 4;
export const DW_LNS_CONST_ADD_PC = 8;
export const DW_LNS_FIXED_ADVANCE_PC = 9;
/** Operands of the standard opcodes, from 1 on. */
export const DW_LNS_OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
export const DW_LNE_END_SEQUENCE = 1;
export const DW_LNE_SET_ADDRESS = 2;

// Call frame instructions (6.4.2); the first three hold an operand in their low six bits.
export const DW_CFA_ADVANCE_LOC = 0x40;
export const DW_CFA_OFFSET = 0x80;
export const DW_CFA_RESTORE = 0xc0;
export const DW_CFA_ADVANCE_LOC4 = 0x04;
export const DW_CFA_UNDEFINED = 0x07;
export const DW_CFA_DEF_CFA = 0x0c;
export const DW_CFA_DEF_CFA_OFFSET = 0x0e;
/** The i386's registers have their own numbers; this one holds the return address. */
export const DWARF_EIP = 8;
