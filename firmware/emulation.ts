// A CD that is booted as a diskette or a hard disk (Bootable CD-ROM Format Specification 1.0, section 2.2): drive 00h or 80h is an
// image on the disc, and the drives of that kind count from the next number on.
import { UNITS, UNIT_CD, UNIT_IMAGE, UNIT_NONE, Unit, cd_read, unit } from "./ata";
import { CD_DRIVE, FIRST_DISK } from "./drives";
import { DISK_COUNT, EQUIPMENT } from "./data-area";
import { BAD_COMMAND, FAILED } from "./disk-status";
import { Frame, al, fail, linear, low, start, succeed } from "./frame";

const SECTOR: usize = 512;
const SECTORS_OF_BLOCK: u32 = 4;
const LOAD_SEGMENT: u32 = 0x7c0;
const EQUIPMENT_DISKETTE: u32 = 0x01;
const EQUIPMENT_DISKETTES: u32 = 0xc0;
const EQUIPMENT_ONE_MORE: u32 = 0x40;

/** Media types, of the low four bits of a catalog's byte. */
export const NO_EMULATION: u32 = 0;
const LAST_DISKETTE: u32 = 3;
const HARD_DISK: u32 = 4;

/** By a diskette's type, 1 to 3: sectors of a track, and the type of a drive for it. */
const TRACKS: usize = memory.data<u8>([0, 15, 18, 36]);
const DRIVES: usize = memory.data<u8>([0, 2, 4, 6]);

/** Of a partition table's first entry in its sector: the last head, sector and cylinder. */
const LAST_HEAD: usize = 0x1be + 5;
const LAST_SECTOR: usize = 0x1be + 6;
const LAST_CYLINDER: usize = 0x1be + 7;

/** The specification packet (figure 9): what was booted, or is emulated. */
const PACKET_BYTES: usize = 0x13;
const MEDIUM: usize = 1;
const DRIVE: usize = 2;
const CONTROLLER: usize = 3;
const BLOCK: usize = 4;
const DEVICE: usize = 8;
const SEGMENT: usize = 12;
const COUNT: usize = 14;
const GEOMETRY: usize = 16;
const packet: usize = memory.data(0x14, 4);

const image: usize = memory.data(28, 4);
const buffer: usize = memory.data(2048, 4);
/** The block in the buffer. */
let cached: u32 = 0;

/** Whether a drive is an image. */
export function is_emulated(number: u32): bool {
  return emulated().kind == UNIT_IMAGE && load<u8>(packet, DRIVE) == <u8>number;
}

/** The emulated disk. */
export function emulated(): Unit {
  return changetype<Unit>(image);
}

/** The number that a drive would have without emulation. */
export function without_emulation(number: u32): u32 {
  const first = number & FIRST_DISK;
  return number > first && is_emulated(first) ? number - 1 : number;
}

/** Of the emulated diskette: its drive's type for AH = 08h. */
export function diskette_type(): u32 {
  return load<u8>(DRIVES + medium());
}

function medium(): u32 {
  return (<u32>load<u8>(packet, MEDIUM)) & 15;
}

/** Says what a catalog's entry names: medium, segment, sectors to load and first block of a CD. */
export function specify(cd: Unit, type: u32, segment: u32, count: u32, block: u32): void {
  memory.fill(packet, 0, PACKET_BYTES);
  store<u8>(packet, <u8>PACKET_BYTES);
  store<u8>(packet, <u8>type, MEDIUM);
  const kind = type & 15;
  const number = kind == NO_EMULATION ? CD_DRIVE : kind > LAST_DISKETTE ? FIRST_DISK : 0;
  store<u8>(packet, <u8>number, DRIVE);
  store<u8>(packet, cd.port == 0x1f0 ? 0 : 1, CONTROLLER);
  store<u32>(packet, block, BLOCK);
  store<u16>(packet, <u16>cd.slave, DEVICE);
  store<u16>(packet, <u16>(segment ? segment : LOAD_SEGMENT), SEGMENT);
  store<u16>(packet, <u16>count, COUNT);
}

/** Makes the image of the packet a drive. False if it cannot be read, or is of no known kind. */
export function emulate(cd: Unit): bool {
  const kind = medium();
  if (kind == NO_EMULATION || kind > HARD_DISK) return false;
  memory.copy(image, changetype<usize>(cd), offsetof<Unit>());
  cached = 0xffffffff;
  const u = emulated();
  u.sectors = 1;
  if (!read_image(u, 0, 1, buffer)) {
    u.kind = UNIT_NONE;
    return false;
  }
  cached = 0xffffffff;
  if (kind == HARD_DISK) {
    u.heads = <u32>load<u8>(buffer, LAST_HEAD) + 1;
    u.track = (<u32>load<u8>(buffer, LAST_SECTOR)) & 0x3f;
    u.cylinders =
      ((<u32>load<u8>(buffer, LAST_CYLINDER)) | (((<u32>load<u8>(buffer, LAST_SECTOR)) & 0xc0) << 2)) + 1;
    if (!u.track) u.track = 63;
  } else {
    u.heads = 2;
    u.track = load<u8>(TRACKS + kind);
    u.cylinders = 80;
  }
  u.sectors = u.cylinders * u.heads * u.track;
  const last = u.cylinders - 1;
  store<u8>(packet, <u8>last, GEOMETRY);
  store<u8>(packet, <u8>(u.track | ((last >> 2) & 0xc0)), GEOMETRY + 1);
  store<u8>(packet, <u8>(u.heads - 1), GEOMETRY + 2);
  u.kind = UNIT_IMAGE;
  count_drive(true);
  return true;
}

export function end_emulation(): void {
  if (emulated().kind != UNIT_IMAGE) return;
  emulated().kind = UNIT_NONE;
  count_drive(false);
}

/** One more drive, or one less, in the data area. */
function count_drive(more: bool): void {
  if (load<u8>(packet, DRIVE)) {
    store<u8>(DISK_COUNT, <u8>(<u32>load<u8>(DISK_COUNT) + (more ? 1 : -1)));
    return;
  }
  let equipment: u32 = load<u16>(EQUIPMENT);
  const none = (equipment & EQUIPMENT_DISKETTE) == 0;
  const one = (equipment & EQUIPMENT_DISKETTES) == 0;
  if (more) equipment = none ? equipment | EQUIPMENT_DISKETTE : equipment + EQUIPMENT_ONE_MORE;
  else equipment = one ? equipment & ~EQUIPMENT_DISKETTE : equipment - EQUIPMENT_ONE_MORE;
  store<u16>(EQUIPMENT, <u16>equipment);
}

/** Copies sectors of the image to an address. */
export function read_image(u: Unit, lba: u32, count: u32, address: usize): bool {
  const first = load<u32>(packet, BLOCK);
  let to = address;
  for (let i = lba; i < lba + count; i++) {
    const block = first + i / SECTORS_OF_BLOCK;
    if (block != cached && !cd_read(u, block, 1, buffer)) {
      cached = 0xffffffff;
      return false;
    }
    cached = block;
    memory.copy(to, buffer + <usize>(i % SECTORS_OF_BLOCK) * SECTOR, SECTOR);
    to += SECTOR;
  }
  return true;
}

/** Loads what the packet says, of an image or of the disc itself, and lets the call return to it. */
export function load_and_start(f: Frame, cd: Unit): bool {
  const segment: u32 = load<u16>(packet, SEGMENT);
  const to = linear(segment, 0);
  const count = max<u32>(load<u16>(packet, COUNT), 1);
  if (medium() != NO_EMULATION) {
    if (!emulate(cd) || !read_image(emulated(), 0, count, to)) return false;
  } else {
    const blocks = (count + SECTORS_OF_BLOCK - 1) / SECTORS_OF_BLOCK;
    if (!cd_read(cd, load<u32>(packet, BLOCK), blocks, to)) return false;
  }
  const usual = segment == LOAD_SEGMENT;
  start(f, usual ? 0 : segment, usual ? LOAD_SEGMENT << 4 : 0, load<u8>(packet, DRIVE));
  return true;
}

/** The CD-ROM drive that a packet names, by its channel and place; null for none. */
function cd_of(from: usize): Unit | null {
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    if (u.kind != UNIT_CD || i >> 1 != <u32>load<u8>(from, CONTROLLER)) continue;
    if (u.slave == ((<u32>load<u16>(from, DEVICE)) & 1)) return u;
  }
  return null;
}

/** AX = 4A00h and 4C00h: emulates as the packet at DS:SI says; 4Ch boots it too. */
export function begin(f: Frame, boots: bool): void {
  const from = linear(f.ds, f.esi);
  const found = cd_of(from);
  if (al(f) || load<u8>(from) < <u8>PACKET_BYTES || changetype<usize>(found) == 0) {
    fail(f, BAD_COMMAND);
    return;
  }
  end_emulation();
  const cd = changetype<Unit>(changetype<usize>(found));
  specify(
    cd,
    load<u8>(from, MEDIUM),
    load<u16>(from, SEGMENT),
    load<u16>(from, COUNT),
    load<u32>(from, BLOCK),
  );
  const done = boots ? load_and_start(f, cd) : emulate(cd);
  if (!done) {
    end_emulation();
    fail(f, FAILED);
  } else if (!boots) succeed(f);
}

/** AX = 4B00h ends the emulation of drive DL, or of every one with 7Fh; 4B01h only tells of it, both in a packet at DS:SI. */
export function terminate(f: Frame): void {
  const number = low(f.edx);
  const booted = load<u8>(packet) != 0 && (number == 0x7f || number == <u32>load<u8>(packet, DRIVE));
  if (al(f) > 1 || !booted) {
    fail(f, BAD_COMMAND);
    return;
  }
  memory.copy(linear(f.ds, f.esi), packet, PACKET_BYTES);
  if (!al(f)) end_emulation();
  succeed(f);
}
