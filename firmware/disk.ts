// INT 13h: disks by cylinders or by sectors (Enhanced Disk Drive Specification 1.1), and the CD that was booted from.
import { BAD_COMMAND, FAILED, NOT_FOUND, NO_DRIVE, WRITE_PROTECTED } from "./disk-status";
import {
  CD_SECTOR,
  UNITS,
  UNIT_CD,
  UNIT_DISK,
  ata_init,
  ata_reset,
  ata_transfer,
  cd_read,
  unit,
} from "./ata";
import { Unit } from "./ata";
import { DISK_COUNT, DISK_STATUS } from "./data-area";
import {
  Frame,
  ah,
  al,
  fail,
  high,
  linear,
  low,
  set_ah,
  set_ax,
  set_bx,
  set_carry,
  set_cx,
  set_dx,
  succeed,
} from "./frame";
import { emulation_service, is_emulated } from "./emulation";
import { floppy_service } from "./floppy";
import { print, print_number } from "./video-text";

export const FIRST_DISK: u32 = 0x80;
/** The CD-ROM drive, without emulation. */
export const CD_DRIVE: u32 = 0xe0;

export function disk_init(): void {
  ata_init();
  let disks: u32 = 0;
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    if (u.kind == UNIT_DISK) {
      print("disk ");
      print_number(disks);
      print(": ");
      print_number(u.sectors >> 11);
      print(" MiB\r\n");
      disks++;
    } else if (u.kind == UNIT_CD) print("CD-ROM drive\r\n");
  }
  store<u8>(DISK_COUNT, <u8>disks);
}

/** The unit of a BIOS drive number; null where there is none. */
export function drive(number: u32): Unit | null {
  let left = number - FIRST_DISK;
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    if (number == CD_DRIVE && u.kind == UNIT_CD) return u;
    if (number == CD_DRIVE || number < FIRST_DISK || u.kind != UNIT_DISK) continue;
    if (left == 0) return u;
    left--;
  }
  return null;
}

export function disk_service(f: Frame): void {
  const number = low(f.edx);
  if (ah(f) == 1) {
    const last = <u32>load<u8>(DISK_STATUS);
    set_ah(f, last);
    set_carry(f, last != 0);
    return;
  }
  if (number < FIRST_DISK) {
    if (number == 0 && is_emulated()) emulation_service(f);
    else floppy_service(f);
    store<u8>(DISK_STATUS, <u8>(f.flags & 1 ? ah(f) : 0));
    return;
  }
  const u = drive(number);
  if (changetype<usize>(u) == 0) {
    absent(f);
    return;
  }
  serve(f, changetype<Unit>(changetype<usize>(u)), number);
  store<u8>(DISK_STATUS, <u8>(f.flags & 1 ? ah(f) : 0));
}

/** A drive that is not there. */
function absent(f: Frame): void {
  if (ah(f) == 0x15) {
    set_ax(f, 0);
    set_carry(f, false);
    return;
  }
  fail(f, ah(f) == 0 ? NO_DRIVE : BAD_COMMAND);
  store<u8>(DISK_STATUS, <u8>ah(f));
}

function serve(f: Frame, u: Unit, number: u32): void {
  const cd = u.kind == UNIT_CD;
  switch (ah(f)) {
    case 0x00:
    case 0x0d:
      ata_reset(u);
      succeed(f);
      return;
    case 0x02:
    case 0x03:
    case 0x04:
      if (cd) fail(f, BAD_COMMAND);
      else by_cylinder(f, u);
      return;
    case 0x08:
      if (cd) fail(f, BAD_COMMAND);
      else geometry(f, u);
      return;
    case 0x05:
    case 0x09:
    case 0x0c:
    case 0x10:
    case 0x11:
    case 0x14:
    case 0x47:
      succeed(f);
      return;
    case 0x15:
      set_ax(f, 0x0300);
      set_cx(f, u.sectors >> 16);
      set_dx(f, u.sectors);
      set_carry(f, false);
      return;
    case 0x41:
      if ((f.ebx & 0xffff) != 0x55aa) {
        fail(f, BAD_COMMAND);
        return;
      }
      // Version 2.1; packets, and drive parameters.
      set_ax(f, 0x2100);
      set_bx(f, 0xaa55);
      set_cx(f, 5);
      set_carry(f, false);
      return;
    case 0x42:
    case 0x43:
    case 0x44:
      by_sector(f, u);
      return;
    case 0x48:
      parameters(f, u);
      return;
    case 0x4b:
      emulation(f, number);
      return;
    default:
      fail(f, BAD_COMMAND);
  }
}

function by_cylinder(f: Frame, u: Unit): void {
  const count = al(f);
  const cylinder = high(f.ecx) | ((low(f.ecx) & 0xc0) << 2);
  const sector = low(f.ecx) & 0x3f;
  const head = high(f.edx);
  if (!count || !sector || sector > u.track || head >= u.heads) {
    fail(f, BAD_COMMAND);
    return;
  }
  const lba = (cylinder * u.heads + head) * u.track + sector - 1;
  if (lba + count > u.sectors) {
    fail(f, NOT_FOUND);
    return;
  }
  const verify = ah(f) == 0x04;
  if (verify || ata_transfer(u, ah(f) == 0x03, lba, count, linear(f.es, f.ebx))) succeed(f);
  else fail(f, FAILED);
}

function geometry(f: Frame, u: Unit): void {
  const last = u.cylinders - 1;
  set_cx(f, ((last & 0xff) << 8) | ((last >> 2) & 0xc0) | u.track);
  set_dx(f, ((u.heads - 1) << 8) | load<u8>(DISK_COUNT));
  set_ax(f, 0);
  set_carry(f, false);
}

/** The packet at DS:SI: size, count, address, first sector. */
function by_sector(f: Frame, u: Unit): void {
  const packet = linear(f.ds, f.esi);
  const count: u32 = load<u16>(packet, 2);
  const lba = load<u32>(packet, 8);
  let address = linear(load<u16>(packet, 6), load<u16>(packet, 4));
  if (load<u8>(packet) >= 0x18 && load<u32>(packet, 4) == 0xffffffff) address = load<u32>(packet, 16);
  const write = ah(f) == 0x43;
  const verify = ah(f) == 0x44;
  const cd = u.kind == UNIT_CD;
  if (cd && write) {
    fail(f, WRITE_PROTECTED);
    return;
  }
  if (load<u32>(packet, 12) || (!cd && (lba >= u.sectors || count > u.sectors - lba))) {
    store<u16>(packet, 0, 2);
    fail(f, NOT_FOUND);
    return;
  }
  const done = verify || (cd ? cd_read(u, lba, count, address) : ata_transfer(u, write, lba, count, address));
  if (done) succeed(f);
  else {
    store<u16>(packet, 0, 2);
    fail(f, FAILED);
  }
}

/** AH = 48h: the first 26 bytes of the result buffer. */
function parameters(f: Frame, u: Unit): void {
  const result = linear(f.ds, f.esi);
  if (load<u16>(result) < 26) {
    fail(f, BAD_COMMAND);
    return;
  }
  const cd = u.kind == UNIT_CD;
  store<u16>(result, 26);
  // Geometry valid; of a CD: removable, no geometry.
  store<u16>(result, cd ? 0x74 : 2, 2);
  store<u32>(result, cd ? 0xffffffff : u.cylinders, 4);
  store<u32>(result, cd ? 0xffffffff : u.heads, 8);
  store<u32>(result, cd ? 0xffffffff : u.track, 12);
  store<u32>(result, cd ? 0xffffffff : u.sectors, 16);
  store<u32>(result, cd ? 0xffffffff : 0, 20);
  store<u16>(result, <u16>(cd ? CD_SECTOR : 512), 24);
  succeed(f);
}

/** AX = 4B00h, 4B01h: what the CD emulates, in a packet at DS:SI (El Torito 1.0, figure 9): nothing. */
function emulation(f: Frame, number: u32): void {
  if (number != CD_DRIVE) {
    fail(f, BAD_COMMAND);
    return;
  }
  const packet = linear(f.ds, f.esi);
  memory.fill(packet, 0, 0x13);
  store<u8>(packet, 0x13);
  store<u8>(packet, <u8>CD_DRIVE, 2);
  succeed(f);
}
