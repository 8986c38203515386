// A CD's boot catalog (Bootable CD-ROM Format Specification 1.0, chapter 2).
import { UNITS, UNIT_CD, Unit, cd_read, unit } from "./ata";
import { BAD_COMMAND, FAILED } from "./disk-status";
import { load_and_start, specify } from "./emulation";
import { Frame, al, fail, linear, succeed } from "./frame";

const VOLUME_DESCRIPTOR: u32 = 17;
const CATALOG_POINTER: usize = 0x47;
const BOOTABLE: u32 = 0x88;
const SIGNATURE: u32 = 0xaa55;
/** The validation entry is the first one; the initial one is behind it. */
const ENTRY: usize = 32;

const buffer: usize = memory.data(2048, 4);

/** The catalog's block; 0 for none. */
function catalog(u: Unit): u32 {
  // The first access after power-on may fail.
  if (!cd_read(u, VOLUME_DESCRIPTOR, 1, buffer) && !cd_read(u, VOLUME_DESCRIPTOR, 1, buffer)) return 0;
  // "\0CD001", "EL TORITO".
  const marked = load<u32>(buffer, 1) == 0x30304443 && load<u32>(buffer, 7) == 0x54204c45;
  return marked ? load<u32>(buffer, CATALOG_POINTER) : 0;
}

export function cd_boot(f: Frame, u: Unit): bool {
  const block = catalog(u);
  if (!block || !cd_read(u, block, 1, buffer)) return false;
  const entry = buffer + ENTRY;
  if (load<u16>(buffer, 30) != SIGNATURE || load<u8>(entry) != BOOTABLE) return false;
  specify(u, load<u8>(entry, 1), load<u16>(entry, 2), load<u16>(entry, 6), load<u32>(entry, 8));
  return load_and_start(f, u);
}

/** AX = 4D00h: so many sectors of the catalog, as the packet at DS:SI says: size, count, address, first sector. */
export function catalog_service(f: Frame): void {
  const packet = linear(f.ds, f.esi);
  if (al(f) || load<u8>(packet) < 8) {
    fail(f, BAD_COMMAND);
    return;
  }
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    if (u.kind != UNIT_CD) continue;
    const block = catalog(u);
    if (!block) continue;
    const to = linear(load<u16>(packet, 4), load<u16>(packet, 2));
    if (cd_read(u, block + <u32>load<u16>(packet, 6), load<u8>(packet, 1), to)) succeed(f);
    else fail(f, FAILED);
    return;
  }
  fail(f, FAILED);
}
