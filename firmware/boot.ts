// INT 19h: from a diskette's or a hard disk's first sector, or a CD as El Torito says.
import { hlt } from "../guest/i386";
import { UNIT_CD, UNIT_DISK, Unit, ata_transfer, find_unit } from "./ata";
import { CMOS_BOOT, cmos_read } from "./cmos";
import { FIRST_DISK } from "./drives";
import { cd_boot } from "./el-torito";
import { end_emulation } from "./emulation";
import { floppy_boot } from "./floppy";
import { Frame, start } from "./frame";
import { print } from "./video-text";

const LOAD_ADDRESS: usize = 0x7c00;
const SIGNATURE: u32 = 0xaa55;

/** Order of devices in CMOS: 1 diskette, 2 disk, 3 CD; four bits each, the first one lowest. */
const BOOT_FLOPPY: u32 = 1;
const BOOT_DISK: u32 = 2;
const BOOT_CD: u32 = 3;

function from_disk(f: Frame, u: Unit): bool {
  if (!ata_transfer(u, false, 0, 1, LOAD_ADDRESS)) return false;
  if (load<u16>(LOAD_ADDRESS, 510) != SIGNATURE) return false;
  start(f, 0, LOAD_ADDRESS, FIRST_DISK);
  return true;
}

/** A diskette's sector needs no mark. */
function from_floppy(f: Frame): bool {
  if (!floppy_boot(LOAD_ADDRESS)) return false;
  start(f, 0, LOAD_ADDRESS, 0);
  return true;
}

function from(f: Frame, device: u32): bool {
  if (device == BOOT_FLOPPY) return from_floppy(f);
  const u = find_unit(device == BOOT_CD ? UNIT_CD : UNIT_DISK, 0);
  if (changetype<usize>(u) == 0) return false;
  const found = changetype<Unit>(changetype<usize>(u));
  if (device == BOOT_DISK) return from_disk(f, found);
  return device == BOOT_CD && cd_boot(f, found);
}

export function boot(f: Frame): void {
  end_emulation();
  let order = cmos_read(CMOS_BOOT);
  if (!order) order = (BOOT_CD << 4) | BOOT_DISK;
  for (; order; order >>= 4) if (from(f, order & 15)) return;
  no_boot();
}

/** INT 18h. */
export function no_boot(): void {
  print("There is nothing to boot from.\r\n");
  for (let i = 0; i >= 0; i = 1) hlt();
}
