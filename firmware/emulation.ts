// A CD that is booted as a diskette (Bootable CD-ROM Format Specification 1.0, section 2.2.2): drive 0 is an image on the disc.
import { Unit, cd_read } from "./ata";
import { BAD_COMMAND, FAILED, NOT_FOUND, WRITE_PROTECTED } from "./disk-status";
import {
  Frame,
  ah,
  al,
  fail,
  high,
  linear,
  low,
  set_ax,
  set_bx,
  set_carry,
  set_cx,
  set_dx,
  succeed,
} from "./frame";

const SECTOR: usize = 512;
const SECTORS_OF_BLOCK: u32 = 4;
const HEADS: u32 = 2;
const CYLINDERS: u32 = 80;
const SPECIFICATION_BYTES: u32 = 0x13;

/** By the medium's type, 1 to 3: sectors of a track, and the type of a drive for it. */
const TRACKS: usize = memory.data<u8>([0, 15, 18, 36]);
const DRIVES: usize = memory.data<u8>([0, 2, 4, 6]);
export const LAST_DISKETTE: u32 = 3;

const buffer: usize = memory.data(2048, 4);
/** Address of the CD's unit; 0 while nothing is emulated. */
let unit: usize = 0;
let medium: u32 = 0;
let first_block: u32 = 0;
/** The block in the buffer. */
let cached: u32 = 0;

/** Makes an image of a type, at a block of a CD, drive 0. */
export function emulate(u: Unit, type: u32, block: u32): void {
  unit = changetype<usize>(u);
  medium = type;
  first_block = block;
  cached = 0xffffffff;
}

export function is_emulated(): bool {
  return unit != 0;
}

function track(): u32 {
  return load<u8>(TRACKS + medium);
}

/** Copies sectors of the image to an address. */
export function read_image(lba: u32, count: u32, address: usize): bool {
  let to = address;
  for (let i = lba; i < lba + count; i++) {
    const block = first_block + i / SECTORS_OF_BLOCK;
    if (block != cached && !cd_read(changetype<Unit>(unit), block, 1, buffer)) {
      cached = 0xffffffff;
      return false;
    }
    cached = block;
    memory.copy(to, buffer + <usize>(i % SECTORS_OF_BLOCK) * SECTOR, SECTOR);
    to += SECTOR;
  }
  return true;
}

/** INT 13h for drive 0. */
export function emulation_service(f: Frame): void {
  switch (ah(f)) {
    case 0x00:
      succeed(f);
      return;
    case 0x02:
    case 0x04:
      by_cylinder(f);
      return;
    case 0x03:
    case 0x05:
      fail(f, WRITE_PROTECTED);
      return;
    case 0x08:
      set_bx(f, load<u8>(DRIVES + medium));
      set_cx(f, ((CYLINDERS - 1) << 8) | track());
      set_dx(f, ((HEADS - 1) << 8) | 1);
      set_ax(f, 0);
      set_carry(f, false);
      return;
    case 0x15:
      // A drive without a change line.
      set_ax(f, 0x0100);
      set_carry(f, false);
      return;
    case 0x4b:
      specification(f);
      return;
    default:
      fail(f, BAD_COMMAND);
  }
}

function by_cylinder(f: Frame): void {
  const sector = low(f.ecx) & 0x3f;
  const head = high(f.edx);
  const lba = (high(f.ecx) * HEADS + head) * track() + sector - 1;
  const count = al(f);
  if (!sector || sector > track() || head >= HEADS || lba + count > CYLINDERS * HEADS * track())
    fail(f, NOT_FOUND);
  else if (ah(f) == 0x04 || read_image(lba, count, linear(f.es, f.ebx))) succeed(f);
  else fail(f, FAILED);
}

/** AL = 00h ends the emulation, 01h only tells of it, in a packet at DS:SI. */
function specification(f: Frame): void {
  const packet = linear(f.ds, f.esi);
  memory.fill(packet, 0, SPECIFICATION_BYTES);
  store<u8>(packet, <u8>SPECIFICATION_BYTES);
  store<u8>(packet, <u8>medium, 1);
  store<u32>(packet, first_block, 4);
  if (!al(f)) unit = 0;
  succeed(f);
}
