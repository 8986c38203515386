/** Physical memory: RAM in the core's own memory, everything else by the bus. */
import { CONFIG_PAGES, CONFIG_RAM, CONFIG_RAM_BYTES, ROM_AREA, ROM_AREA_END, ROM_PAGES } from "../cpu/layout";
import { codeWritten } from "../cpu/core/code";
import { memoryRead, memoryWrite } from "../cpu/core/host";

/** Entry of the RAM page table for a hole: addresses below the end of RAM that belong to the bus. */
export const HOLE: u32 = 1;

export function isRam(physical: u32): bool {
  return (
    physical < load<u32>(CONFIG_RAM_BYTES) &&
    load<u32>(load<u32>(CONFIG_PAGES) + ((physical >> 12) << 2)) != HOLE
  );
}

/** Whether decoded code exists for the RAM page at `physical`. */
export function hasCode(physical: u32): bool {
  return load<u32>(load<u32>(CONFIG_PAGES) + ((physical >> 12) << 2)) > HOLE;
}

/** Whether writes to the RAM page at `physical` go to the bus. */
export function isRom(physical: u32): bool {
  const page: u32 = (physical - <u32>ROM_AREA) >> 12;
  return page < <u32>((ROM_AREA_END - ROM_AREA) >> 12) && ((load<u64>(ROM_PAGES) >> page) & 1) != 0;
}

/** The access must not cross a page. */
export function readPhysical(physical: u32, size: u32): u32 {
  if (!isRam(physical)) return memoryRead(physical, size);
  const p: usize = load<u32>(CONFIG_RAM) + physical;
  return size == 4 ? load<u32>(p) : size == 2 ? load<u16>(p) : load<u8>(p);
}

/** The access must not cross a page. Drops decoded code that it changes. */
export function writePhysical(physical: u32, size: u32, value: u32): void {
  if (!isRam(physical) || isRom(physical)) {
    memoryWrite(physical, size, size == 4 ? value : value & ((1 << (size << 3)) - 1));
    return;
  }
  if (hasCode(physical)) codeWritten(physical, size);
  const p: usize = load<u32>(CONFIG_RAM) + physical;
  if (size == 4) store<u32>(p, value);
  else if (size == 2) store<u16>(p, value);
  else store<u8>(p, value);
}
