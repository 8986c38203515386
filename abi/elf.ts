// ELF32, little endian: byte offsets and values. Source: Tool Interface Standard ELF specification 1.2.

export const ELF_MAGIC = 0x464c457f;
/** u8: 1 = 32 bits */
export const EI_CLASS = 4;
export const ELFCLASS32 = 1;
/** u8: 1 = little endian */
export const EI_DATA = 5;
export const ELFDATA2LSB = 1;
export const EI_VERSION = 6;
/** u8; glibc's static programs say 3 */
export const EI_OSABI = 7;
export const ELFOSABI_GNU = 3;

/** u16 */
export const E_TYPE = 16;
export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
/** u16 */
export const E_MACHINE = 18;
export const EM_386 = 3;
export const E_VERSION = 20;
export const E_ENTRY = 24;
export const E_PHOFF = 28;
export const E_SHOFF = 32;
/** u16 */
export const E_EHSIZE = 40;
/** u16 */
export const E_PHENTSIZE = 42;
/** u16 */
export const E_PHNUM = 44;
/** u16 */
export const E_SHENTSIZE = 46;
/** u16 */
export const E_SHNUM = 48;
/** u16 */
export const E_SHSTRNDX = 50;
export const ELF_HEADER_SIZE = 52;

export const P_TYPE = 0;
export const PT_LOAD = 1;
/** The program is loaded by another one, whose name this is. */
export const PT_INTERP = 3;
export const PT_NOTE = 4;
export const PT_GNU_STACK = 0x6474e551;
export const P_OFFSET = 4;
export const P_VADDR = 8;
export const P_PADDR = 12;
export const P_FILESZ = 16;
export const P_MEMSZ = 20;
export const P_FLAGS = 24;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;
export const P_ALIGN = 28;
export const ELF_PROGRAM_HEADER_SIZE = 32;

export const SH_NAME = 0;
export const SH_TYPE = 4;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SH_FLAGS = 8;
export const SH_ADDR = 12;
export const SH_OFFSET = 16;
export const SH_SIZE = 20;
export const SH_LINK = 24;
export const SH_INFO = 28;
export const SH_ADDRALIGN = 32;
export const SH_ENTSIZE = 36;
export const ELF_SECTION_HEADER_SIZE = 40;

export const ST_NAME = 0;
export const ST_VALUE = 4;
export const ST_SIZE = 8;
/** u8: binding << 4 | type */
export const ST_INFO = 12;
/** u16 */
export const ST_SHNDX = 14;
export const ELF_SYMBOL_SIZE = 16;

/** A note: sizes of its name and of its contents, its type, the name, the contents, each filled up to a word. */
export const NOTE_NAME_SIZE = 0;
export const NOTE_TYPE = 8;
export const NOTE_NAME = 12;
/** Of the name `GNU`: the contents begin with the system that the program is for. */
export const NT_GNU_ABI_TAG = 1;
export const GNU_ABI_LINUX = 0;
/** The name `GNU` with its zero, as a word. */
export const NOTE_NAME_GNU = 0x554e47;
