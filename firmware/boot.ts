// INT 19h: from a hard disk's first sector, or a CD as El Torito says (Bootable CD-ROM Format Specification 1.0).
import { hlt } from "../guest/i386";
import { CD_SECTOR, ata_transfer, cd_read } from "./ata";
import { Unit } from "./ata";
import { CMOS_BOOT, cmos_read } from "./cmos";
import { CD_DRIVE, FIRST_DISK, drive } from "./disk";
import { LAST_DISKETTE, emulate, read_image } from "./emulation";
import { floppy_boot } from "./floppy";
import { Frame, linear, set_dx } from "./frame";
import { print } from "./video-text";

const LOAD_SEGMENT: u32 = 0x7c0;
const LOAD_ADDRESS: usize = 0x7c00;
const SIGNATURE: u32 = 0xaa55;
const INTERRUPTS: u32 = 0x202;

/** Order of devices in CMOS: 1 diskette, 2 disk, 3 CD; four bits each, the first one lowest. */
const BOOT_FLOPPY: u32 = 1;
const BOOT_DISK: u32 = 2;
const BOOT_CD: u32 = 3;

const VOLUME_DESCRIPTOR: u32 = 17;
const CATALOG_POINTER: usize = 0x47;
const BOOTABLE: u32 = 0x88;
const NO_EMULATION: u32 = 0;

const buffer: usize = memory.data(2048, 4);

/** The call returns to what has been loaded. */
function go(f: Frame, segment: u32, offset: u32, number: u32): void {
  f.cs = <u16>segment;
  f.ip = <u16>offset;
  f.ds = 0;
  f.es = 0;
  f.flags = <u16>INTERRUPTS;
  set_dx(f, number);
}

function from_disk(f: Frame, u: Unit): bool {
  if (!ata_transfer(u, false, 0, 1, LOAD_ADDRESS)) return false;
  if (load<u16>(LOAD_ADDRESS, 510) != SIGNATURE) return false;
  go(f, 0, LOAD_ADDRESS, FIRST_DISK);
  return true;
}

function is_el_torito(): bool {
  // "\0CD001", "EL TORITO".
  return load<u32>(buffer, 1) == 0x30304443 && load<u32>(buffer, 7) == 0x54204c45;
}

/** The image's first sector, which then finds the rest in drive 0. */
function as_diskette(f: Frame, u: Unit, medium: u32, block: u32): bool {
  if (medium > LAST_DISKETTE) {
    print("The CD emulates a hard disk, which this BIOS does not.\r\n");
    return false;
  }
  emulate(u, medium, block);
  if (!read_image(0, 1, LOAD_ADDRESS)) return false;
  go(f, 0, LOAD_ADDRESS, 0);
  return true;
}

function from_cd(f: Frame, u: Unit): bool {
  // The first access after power-on may fail.
  if (!cd_read(u, VOLUME_DESCRIPTOR, 1, buffer) && !cd_read(u, VOLUME_DESCRIPTOR, 1, buffer)) return false;
  if (!is_el_torito() || !cd_read(u, load<u32>(buffer, CATALOG_POINTER), 1, buffer)) return false;
  // The validation entry, then the initial one.
  const entry = buffer + 32;
  if (load<u16>(buffer, 30) != SIGNATURE || load<u8>(entry) != BOOTABLE) return false;
  const medium = (<u32>load<u8>(entry, 1)) & 15;
  if (medium != NO_EMULATION) return as_diskette(f, u, medium, load<u32>(entry, 8));
  const named: u32 = load<u16>(entry, 2);
  const segment = named ? named : LOAD_SEGMENT;
  const sectors: u32 = load<u16>(entry, 6);
  const count = (sectors * 512 + <u32>CD_SECTOR - 1) / <u32>CD_SECTOR;
  if (!cd_read(u, load<u32>(entry, 8), count, linear(segment, 0))) return false;
  go(
    f,
    named == LOAD_SEGMENT || !named ? 0 : segment,
    named == LOAD_SEGMENT || !named ? LOAD_ADDRESS : 0,
    CD_DRIVE,
  );
  return true;
}

/** A diskette's sector needs no mark. */
function from_floppy(f: Frame): bool {
  if (!floppy_boot(LOAD_ADDRESS)) return false;
  go(f, 0, LOAD_ADDRESS, 0);
  return true;
}

function from(f: Frame, device: u32): bool {
  if (device == BOOT_FLOPPY) return from_floppy(f);
  const u = drive(device == BOOT_CD ? CD_DRIVE : FIRST_DISK);
  if (changetype<usize>(u) == 0) return false;
  const found = changetype<Unit>(changetype<usize>(u));
  if (device == BOOT_DISK) return from_disk(f, found);
  return device == BOOT_CD && from_cd(f, found);
}

export function boot(f: Frame): void {
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
