// Power management and the APICs: the chips are set up, and the ROM's tables are shown where they are true.
import { MP_POINTER, PM_BASE, RSDP } from "../abi/acpi";
import { outb } from "../guest/i386";
import { power_management_at } from "./pci";

const LOCAL_APIC_VERSION: usize = 0xfee00030;
const NOBODY: u32 = 0xffffffff;
const APM_COMMAND: u32 = 0xb2;
const ACPI_ON: u32 = 0xf1;

export function acpi_init(): void {
  const power = power_management_at(<u32>PM_BASE);
  if (power) outb(APM_COMMAND, ACPI_ON);
  const apic = load<u32>(LOCAL_APIC_VERSION) != NOBODY;
  if (power && apic) return;
  // The copy of the ROM is memory.
  store<u8>(<usize>RSDP, 0);
  store<u8>(<usize>MP_POINTER, 0);
}
