// INT 13h: disks by cylinders or by sectors (Enhanced Disk Drive Specification 1.1), and what was booted from a CD.
import { BAD_COMMAND, FAILED, NOT_FOUND, NO_DRIVE, WRITE_PROTECTED } from "./disk-status";
import {
  CD_SECTOR,
  UNITS,
  UNIT_CD,
  UNIT_DISK,
  UNIT_IMAGE,
  Unit,
  ata_init,
  ata_reset,
  ata_transfer,
  cd_read,
  find_unit,
  unit,
} from "./ata";
import { DISK_COUNT, DISK_STATUS } from "./data-area";
import { CD_DRIVE, FIRST_DISK } from "./drives";
import { catalog_service } from "./el-torito";
import * as emulation from "./emulation";
import { diskettes, floppy_service, name_parameters } from "./floppy";
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
import { print, print_number } from "./video-text";

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

/** The unit of a drive number from 80h on; null where there is none. */
function drive(number: u32): Unit | null {
  if (number == CD_DRIVE) return find_unit(UNIT_CD, 0);
  return find_unit(UNIT_DISK, emulation.without_emulation(number) - FIRST_DISK);
}

export function disk_service(f: Frame): void {
  switch (ah(f)) {
    case 0x01:
      last_status(f);
      return;
    case 0x4a:
    case 0x4c:
      emulation.begin(f, ah(f) == 0x4c);
      break;
    case 0x4b:
      emulation.terminate(f);
      break;
    case 0x4d:
      catalog_service(f);
      break;
    default:
      serve_drive(f, low(f.edx));
  }
  store<u8>(DISK_STATUS, <u8>(f.flags & 1 ? ah(f) : 0));
}

function last_status(f: Frame): void {
  const last = <u32>load<u8>(DISK_STATUS);
  set_ah(f, last);
  set_carry(f, last != 0);
}

function serve_drive(f: Frame, number: u32): void {
  if (emulation.is_emulated(number)) {
    serve(f, emulation.emulated(), number);
    return;
  }
  if (number < FIRST_DISK) {
    floppy_service(f, emulation.without_emulation(number));
    return;
  }
  const u = drive(number);
  if (changetype<usize>(u) == 0) absent(f);
  else serve(f, changetype<Unit>(changetype<usize>(u)), number);
}

/** A drive that is not there. */
function absent(f: Frame): void {
  if (ah(f) == 0x15) {
    set_ax(f, 0);
    set_carry(f, false);
    return;
  }
  fail(f, ah(f) == 0 ? NO_DRIVE : BAD_COMMAND);
}

function serve(f: Frame, u: Unit, number: u32): void {
  const cd = u.kind == UNIT_CD;
  if (number < FIRST_DISK && emulated_diskette(f, u)) return;
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
      if (u.kind == UNIT_IMAGE) fail(f, WRITE_PROTECTED);
      else succeed(f);
      return;
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
    default:
      fail(f, BAD_COMMAND);
  }
}

/** What is different of a diskette, if its drive is a CD's image; true when that was all. */
function emulated_diskette(f: Frame, u: Unit): bool {
  switch (ah(f)) {
    case 0x08:
      geometry(f, u);
      set_bx(f, emulation.diskette_type());
      set_dx(f, ((u.heads - 1) << 8) | diskettes());
      name_parameters(f);
      return true;
    case 0x15:
      // A drive without a change line.
      set_ax(f, 0x0100);
      set_carry(f, false);
      return true;
    case 0x16:
      succeed(f);
      return true;
    default:
      if (ah(f) < 0x41) return false;
      fail(f, BAD_COMMAND);
      return true;
  }
}

/** Copies sectors between a disk and memory. */
function transfer(u: Unit, write: bool, lba: u32, count: u32, address: usize): bool {
  if (u.kind == UNIT_CD) return cd_read(u, lba, count, address);
  if (u.kind == UNIT_IMAGE) return emulation.read_image(u, lba, count, address);
  return ata_transfer(u, write, lba, count, address);
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
  const write = ah(f) == 0x03;
  if (write && u.kind == UNIT_IMAGE) {
    set_ax(f, 0);
    fail(f, WRITE_PROTECTED);
  } else if (verify || transfer(u, write, lba, count, linear(f.es, f.ebx))) succeed(f);
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
  if (write && u.kind != UNIT_DISK) {
    set_ax(f, 0);
    fail(f, WRITE_PROTECTED);
    return;
  }
  if (load<u32>(packet, 12) || (!cd && (lba >= u.sectors || count > u.sectors - lba))) {
    store<u16>(packet, 0, 2);
    fail(f, NOT_FOUND);
    return;
  }
  if (verify || transfer(u, write, lba, count, address)) succeed(f);
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
