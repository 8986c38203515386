/** The PCI BIOS (PCI BIOS Specification 2.1, chapter 3) and configuration mechanism #1 (PCI Local Bus Specification 2.1, 3.7.4). */
export const PCI_CONFIG_ADDRESS = 0xcf8;
export const PCI_CONFIG_DATA = 0xcfc;
export const PCI_CONFIG_ENABLE = 0x80000000;
/** Register of revision and class code. */
export const PCI_CLASS = 0x08;

/** "PCI ", and version 2.10. */
export const PCI_BIOS_SIGNATURE = 0x20494350;
export const PCI_BIOS_VERSION = 0x0210;
export const PCI_BAD_FUNCTION = 0x81;
export const PCI_NOT_FOUND = 0x86;
export const PCI_BAD_REGISTER = 0x87;
