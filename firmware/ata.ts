// Disks and CD-ROM drives on the two IDE channels, by polling (ATA-3; ATA/ATAPI-4 for packets).
import { inb, insw, inw, outb, outsw, outw } from "../guest/i386";

@unmanaged
export class Unit {
  kind!: u32;
  port!: u32;
  slave!: u32;
  /** Of 512 bytes, of a disk. */
  sectors!: u32;
  cylinders!: u32;
  heads!: u32;
  track!: u32;
}

export const UNIT_NONE: u32 = 0;
export const UNIT_DISK: u32 = 1;
export const UNIT_CD: u32 = 2;
/** A disk whose sectors are on a CD. */
export const UNIT_IMAGE: u32 = 3;
export const UNITS: u32 = 4;
const units: usize = memory.data(4 * 28, 4);

const COUNT: u32 = 2;
const SECTOR: u32 = 3;
const CYLINDER_LOW: u32 = 4;
const CYLINDER_HIGH: u32 = 5;
const DEVICE: u32 = 6;
const COMMAND: u32 = 7;
/** Of the control block, behind the command block's first port. */
const CONTROL: u32 = 0x206;
const NO_INTERRUPT: u32 = 2;

const BUSY: u32 = 0x80;
const REQUEST: u32 = 0x08;
const ERROR: u32 = 0x01;
const FAULT: u32 = 0x20;
/** What the bus reads as where no controller is. */
const NOBODY: u32 = 0xff;

const IDENTIFY: u32 = 0xec;
const IDENTIFY_PACKET: u32 = 0xa1;
const PACKET: u32 = 0xa0;
const READ: u32 = 0x20;
const WRITE: u32 = 0x30;
const PACKET_SIGNATURE: u32 = 0xeb14;
const LBA: u32 = 0xe0;

const SECTOR_BYTES: usize = 512;
export const CD_SECTOR: usize = 2048;
const MOST_AT_ONCE: u32 = 128;
const TRIES: u32 = 10000000;

const buffer: usize = memory.data(512, 4);

export function unit(index: u32): Unit {
  return changetype<Unit>(units + index * offsetof<Unit>());
}

/** The `index`th unit of a kind; null for none. */
export function find_unit(kind: u32, index: u32): Unit | null {
  let left = index;
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    if (u.kind != kind) continue;
    if (left == 0) return u;
    left--;
  }
  return null;
}

/** Waits until the device is not busy; its status, with BUSY if it stays so or there is no channel. */
function settle(port: u32): u32 {
  for (let i: u32 = 0; i < TRIES; i++) {
    const status = inb(port + COMMAND);
    if (!(status & BUSY) || status == NOBODY) return status;
  }
  return BUSY;
}

/** Whether the device asks for data or has some. */
function requests(port: u32): bool {
  const status = settle(port);
  return (status & (BUSY | REQUEST | ERROR | FAULT)) == REQUEST;
}

function select(u: Unit): void {
  outb(u.port + DEVICE, LBA | (u.slave << 4));
  settle(u.port);
  outb(u.port + CONTROL, NO_INTERRUPT);
}

/** Looks for the four units. */
export function ata_init(): void {
  for (let i: u32 = 0; i < UNITS; i++) {
    const u = unit(i);
    u.kind = UNIT_NONE;
    u.port = i < 2 ? 0x1f0 : 0x170;
    u.slave = i & 1;
    select(u);
    const status = inb(u.port + COMMAND);
    if (status & BUSY) continue;
    outb(u.port + CYLINDER_LOW, 0);
    outb(u.port + CYLINDER_HIGH, 0);
    outb(u.port + COMMAND, IDENTIFY);
    if (inb(u.port + COMMAND) == 0) continue;
    if (requests(u.port)) {
      insw(u.port, buffer, 256);
      describe(u);
    } else if (signature(u) == PACKET_SIGNATURE) {
      outb(u.port + COMMAND, IDENTIFY_PACKET);
      if (!requests(u.port)) continue;
      insw(u.port, buffer, 256);
      u.kind = UNIT_CD;
    }
  }
}

function signature(u: Unit): u32 {
  return inb(u.port + CYLINDER_LOW) | (inb(u.port + CYLINDER_HIGH) << 8);
}

/** Size, and a geometry for those who want one: heads are doubled until the cylinders fit 10 bits. */
function describe(u: Unit): void {
  u.kind = UNIT_DISK;
  u.sectors = load<u32>(buffer, 120);
  u.track = 63;
  u.heads = 16;
  while (u.heads < 128 && u.sectors / (u.heads * 63) > 1024) u.heads <<= 1;
  if (u.sectors / (u.heads * 63) > 1024) u.heads = 255;
  u.cylinders = min<u32>(u.sectors / (u.heads * 63), 1024);
}

/** Copies sectors to or from memory; false after an error. */
export function ata_transfer(u: Unit, write: bool, lba: u32, count: u32, address: usize): bool {
  let at = lba;
  let left = count;
  let to = address;
  while (left) {
    const part = min<u32>(left, MOST_AT_ONCE);
    select(u);
    outb(u.port + DEVICE, LBA | (u.slave << 4) | ((at >> 24) & 15));
    outb(u.port + COUNT, part);
    outb(u.port + SECTOR, at & 0xff);
    outb(u.port + CYLINDER_LOW, (at >> 8) & 0xff);
    outb(u.port + CYLINDER_HIGH, (at >> 16) & 0xff);
    outb(u.port + COMMAND, write ? WRITE : READ);
    for (let i: u32 = 0; i < part; i++) {
      if (!requests(u.port)) return false;
      if (write) outsw(u.port, to, 256);
      else insw(u.port, to, 256);
      to += SECTOR_BYTES;
    }
    if (settle(u.port) & (BUSY | ERROR | FAULT)) return false;
    at += part;
    left -= part;
  }
  return true;
}

/** Reads 2 KiB sectors of a CD; false after an error. */
export function cd_read(u: Unit, lba: u32, count: u32, address: usize): bool {
  let to = address;
  for (let i: u32 = 0; i < count; i++) {
    if (!cd_read_one(u, lba + i, to)) return false;
    to += CD_SECTOR;
  }
  return true;
}

function cd_read_one(u: Unit, lba: u32, address: usize): bool {
  select(u);
  outb(u.port + 1, 0);
  outb(u.port + CYLINDER_LOW, CD_SECTOR & 0xff);
  outb(u.port + CYLINDER_HIGH, CD_SECTOR >> 8);
  outb(u.port + COMMAND, PACKET);
  if (!requests(u.port)) return false;
  // READ(10), most significant byte first.
  outw(u.port, 0x28);
  outw(u.port, (lba >> 24) | ((lba >> 8) & 0xff00));
  outw(u.port, ((lba >> 8) & 0xff) | ((lba << 8) & 0xff00));
  outw(u.port, 0);
  outw(u.port, 1);
  outw(u.port, 0);
  let done: usize = 0;
  while (done < CD_SECTOR) {
    if (!requests(u.port)) return false;
    const bytes = <usize>signature(u);
    if (bytes == 0 || done + bytes > CD_SECTOR) return false;
    insw(u.port, address + done, (<u32>bytes) >> 1);
    done += bytes;
  }
  return !(settle(u.port) & (BUSY | ERROR));
}

/** Drains what a device still offers, so that the next command finds it idle. */
export function ata_reset(u: Unit): void {
  select(u);
  for (let i: u32 = 0; i < 65536 && inb(u.port + COMMAND) & REQUEST; i++) inw(u.port);
}
