// The first IDE controller: two drives, programmed I/O, interrupts (ATA-3, X3T10 2008D). One command at a time; requests
// wait in a queue, and the threads that made them sleep.
import { inb, insw, outb, outsw } from "../../guest/i386";
import { irq_establish } from "./irq";

const BASE: u32 = 0x1f0;
const DATA: u32 = BASE;
const SECTOR_COUNT: u32 = BASE + 2;
const LBA_LOW: u32 = BASE + 3;
const LBA_MIDDLE: u32 = BASE + 4;
const LBA_HIGH: u32 = BASE + 5;
const DEVICE: u32 = BASE + 6;
const STATUS: u32 = BASE + 7;
const COMMAND: u32 = BASE + 7;
const ALTERNATE_STATUS: u32 = 0x3f6;
const DEVICE_CONTROL: u32 = 0x3f6;
const IDE_IRQ: u32 = 14;

const DEVICE_LBA: u32 = 0xe0;
const DEVICE_DRIVE_1: u32 = 0x10;
const CONTROL_NO_INTERRUPT: u32 = 2;
const CONTROL_INTERRUPT: u32 = 0;
const STATUS_ERROR: u32 = 0x01;
const STATUS_DATA_REQUEST: u32 = 0x08;
const STATUS_FAULT: u32 = 0x20;
const STATUS_READY: u32 = 0x40;
const STATUS_BUSY: u32 = 0x80;
/** What an undriven bus reads as. */
const NO_CONTROLLER: u32 = 0xff;

const COMMAND_READ: u32 = 0x20;
const COMMAND_WRITE: u32 = 0x30;
const COMMAND_IDENTIFY: u32 = 0xec;

// IDENTIFY data, word numbers.
const IDENTIFY_CAPABILITIES: u32 = 49;
const CAPABILITY_LBA: u32 = 0x200;
const IDENTIFY_SECTORS: u32 = 60;

/** How often a probe looks before it gives a drive up: each look takes about a microsecond on an ISA bus. */
const PROBE_LIMIT: u32 = 2000000;
/** After a command, how often a driver looks before it calls the drive dead. */
const READY_LIMIT: u32 = 1000000;

export const IDE_DRIVES: u32 = 2;
export const SECTOR_SIZE: u32 = 512;
export const SECTOR_SHIFT: u32 = 9;
/** A sector count register of 0 means so many. */
export const IDE_SECTORS_MAX: u32 = 256;

/** Called from the interrupt when the command has ended. */
export type IdeDone = (failed: bool) => void;

let command_buffer: usize = 0;
let command_left: u32 = 0;
let command_write: bool = false;
let command_active: bool = false;
let command_done: usize = 0;

/** Sectors of each drive; 0 where there is none. */
const sectors: usize = memory.data(8);

/** Looks for drives, by polling. `buffer`: SECTOR_SIZE bytes. */
export function ide_init(buffer: usize): void {
  if (inb(STATUS) == NO_CONTROLLER) return;
  outb(DEVICE_CONTROL, CONTROL_NO_INTERRUPT);
  let found = false;
  for (let drive: u32 = 0; drive < IDE_DRIVES; drive++) {
    const count = identify(drive, buffer);
    store<u32>(sectors + ((<usize>drive) << 2), count);
    if (count != 0) found = true;
  }
  if (!found) return;
  irq_establish(IDE_IRQ, ide_interrupt);
  outb(DEVICE_CONTROL, CONTROL_INTERRUPT);
}

/** Number of sectors of a drive; 0 when it is absent or has no LBA. */
export function ide_sectors(drive: u32): u32 {
  return drive < IDE_DRIVES ? load<u32>(sectors + ((<usize>drive) << 2)) : 0;
}

function identify(drive: u32, buffer: usize): u32 {
  select_drive(drive, 0);
  // An absent drive answers with 0, or nothing answers at all.
  const before = inb(ALTERNATE_STATUS);
  if (before == 0 || before == NO_CONTROLLER) return 0;
  if (!wait_while_busy(PROBE_LIMIT)) return 0;
  outb(COMMAND, COMMAND_IDENTIFY);
  settle();
  if (inb(ALTERNATE_STATUS) == 0 || !wait_while_busy(PROBE_LIMIT)) return 0;
  const status = inb(STATUS);
  if (status & STATUS_ERROR || !(status & STATUS_DATA_REQUEST)) return 0;
  insw(DATA, buffer, SECTOR_SIZE >> 1);
  // A packet device shows a signature here instead of sectors.
  if (!(load<u16>(buffer + (IDENTIFY_CAPABILITIES << 1)) & CAPABILITY_LBA)) return 0;
  return load<u32>(buffer + (IDENTIFY_SECTORS << 1));
}

/** Also gives bits 24-27 of the address. */
function select_drive(drive: u32, lba: u32): void {
  outb(DEVICE, DEVICE_LBA | (drive == 1 ? DEVICE_DRIVE_1 : 0) | ((lba >> 24) & 15));
  settle();
}

/** The drive has 400 ns to show its status after it was selected or given a command; four reads take that long. */
function settle(): void {
  for (let i = 0; i < 4; i++) inb(ALTERNATE_STATUS);
}

function wait_while_busy(limit: u32): bool {
  for (let i: u32 = 0; i < limit; i++) {
    if (!(inb(ALTERNATE_STATUS) & STATUS_BUSY)) return true;
  }
  return false;
}

/**
 * Starts a transfer of `count` sectors (1 to IDE_SECTORS_MAX) at `lba`, between the drive and kernel memory. No command
 * may be under way. `done` is called from the interrupt, or at once when the drive does not take the command.
 */
export function ide_start(drive: u32, write: bool, lba: u32, count: u32, buffer: usize, done: IdeDone): void {
  command_buffer = buffer;
  command_left = count;
  command_write = write;
  command_done = changetype<usize>(done);
  command_active = true;
  select_drive(drive, lba);
  if (!wait_while_busy(READY_LIMIT) || !(inb(ALTERNATE_STATUS) & STATUS_READY)) {
    finish(true);
    return;
  }
  outb(SECTOR_COUNT, count & 0xff);
  outb(LBA_LOW, lba & 0xff);
  outb(LBA_MIDDLE, (lba >> 8) & 0xff);
  outb(LBA_HIGH, (lba >> 16) & 0xff);
  outb(COMMAND, write ? COMMAND_WRITE : COMMAND_READ);
  if (!write) return;
  // The first sector of a write is asked for without an interrupt.
  settle();
  if (!wait_while_busy(READY_LIMIT) || !transfer_sector(inb(ALTERNATE_STATUS))) finish(true);
}

/** Moves one sector if the drive is ready for it. False when it reports an error instead. */
function transfer_sector(status: u32): bool {
  if (status & (STATUS_ERROR | STATUS_FAULT) || !(status & STATUS_DATA_REQUEST)) return false;
  if (command_write) outsw(DATA, command_buffer, SECTOR_SIZE >> 1);
  else insw(DATA, command_buffer, SECTOR_SIZE >> 1);
  command_buffer += SECTOR_SIZE;
  command_left--;
  return true;
}

function ide_interrupt(): void {
  // Reading the status takes the interrupt back.
  const status = inb(STATUS);
  if (!command_active || status & STATUS_BUSY) return;
  if (command_write && command_left == 0) {
    finish((status & (STATUS_ERROR | STATUS_FAULT)) != 0);
    return;
  }
  if (!transfer_sector(status)) finish(true);
  else if (!command_write && command_left == 0) finish(false);
}

function finish(failed: bool): void {
  command_active = false;
  changetype<IdeDone>(command_done)(failed);
}

/** Forgets the command under way; the drive's late interrupt finds nothing to do. */
export function ide_abandon(): void {
  command_active = false;
}
