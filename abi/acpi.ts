// Where the BIOS's ROM has the tables that tell of an APIC and of power management. The build makes them.

export const TABLES_BASE = 0xf9000;
/** ACPI's root pointer, and the MP specification's. */
export const RSDP = TABLES_BASE;
export const MP_POINTER = 0xf9020;
/** The ports that the BIOS gives the power management function. */
export const PM_BASE = 0x600;
