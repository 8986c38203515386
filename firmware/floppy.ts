// Diskettes for INT 13h: the controller by polling, with DMA of a sector at a time through a buffer of the BIOS's own.
import { inb, outb } from "../guest/i386";
import { cmos_read } from "./cmos";
import { EQUIPMENT } from "./data-area";
import { BAD_COMMAND, CHANGE_LINE, FAILED, NOT_FOUND, NO_DRIVE } from "./disk-status";
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

const OUTPUT: u32 = 0x3f2;
const STATUS: u32 = 0x3f4;
const FIFO: u32 = 0x3f5;
const INPUT: u32 = 0x3f7;
const READY: u32 = 0x80;
const TO_HOST: u32 = 0x40;
const CHANGED: u32 = 0x80;
/** DMA and interrupts on, not in reset; the first drive's motor. */
const RUNS: u32 = 0x0c;
const MOTOR: u32 = 0x10;

const COMMAND_SPECIFY: u32 = 0x03;
const COMMAND_RECALIBRATE: u32 = 0x07;
const COMMAND_SENSE: u32 = 0x08;
const COMMAND_SEEK: u32 = 0x0f;
const COMMAND_READ: u32 = 0x46;
const COMMAND_WRITE: u32 = 0x45;
const GAP: u32 = 0x1b;
const SIZE_512: u32 = 2;

const DMA_ADDRESS_2: u32 = 0x04;
const DMA_COUNT_2: u32 = 0x05;
const DMA_PAGE_2: u32 = 0x81;
const DMA_MASK: u32 = 0x0a;
const DMA_MODE: u32 = 0x0b;
const DMA_FLIP_FLOP: u32 = 0x0c;
/** Single transfers of channel 2, to memory and from it. */
const DMA_TO_MEMORY: u32 = 0x46;
const DMA_FROM_MEMORY: u32 = 0x4a;

const CMOS_FLOPPY: u32 = 0x10;
const SECTOR: usize = 512;
const PATIENCE: u32 = 10000000;

/** Sectors of a track to try, the most first. */
const TRACKS: usize = memory.data<u8>([36, 18, 15, 9, 8]);
const TRACK_COUNT: usize = 5;
/** A buffer that does not cross 64 KiB. */
const buffer: usize = memory.data(512, 512);
const result: usize = memory.data(8);
const parameters: usize = memory.data<u8>([0xaf, 2, 0x25, 2, 18, 0x1b, 0xff, 0x6c, 0xf6, 15, 8, 0]);

/** The drive of the call, what is known of its diskette - sectors of a track, 0 for nothing, and heads -, and of both. */
let selected: u32 = 0;
let track: u32 = 0;
let heads: u32 = 2;
const known: usize = memory.data(4);

/** Type of a drive, 0 and 1, by the set-up memory; 0 for none. */
export function floppy_type(number: u32): u32 {
  const types = cmos_read(CMOS_FLOPPY);
  return number == 0 ? types >> 4 : number == 1 ? types & 15 : 0;
}

function select(number: u32): void {
  selected = number;
  track = load<u8>(known + (number << 1));
  heads = load<u8>(known + (number << 1), 1);
}

function remember(): void {
  store<u8>(known + (selected << 1), <u8>track);
  store<u8>(known + (selected << 1), <u8>heads, 1);
}

/** The drive selected and its motor on. */
function output(): u32 {
  return RUNS | selected | (MOTOR << selected);
}

function wait_for(bits: u32): bool {
  for (let left = PATIENCE; left; left--) if ((inb(STATUS) & (READY | TO_HOST)) == bits) return true;
  return false;
}

function send(value: u32): bool {
  if (!wait_for(READY)) return false;
  outb(FIFO, value);
  return true;
}

/** Takes a command's result; false without one. */
function receive(): bool {
  if (!wait_for(READY | TO_HOST)) return false;
  for (let i: usize = 0; i < 8 && inb(STATUS) & TO_HOST; i++) store<u8>(result + i, <u8>inb(FIFO));
  return true;
}

/** Ends a seek: the controller says where the head is. */
function sensed(): bool {
  for (let left = PATIENCE; left; left--) {
    if (!send(COMMAND_SENSE) || !receive()) return false;
    if (((<u32>load<u8>(result)) & 0xe3) == (0x20 | selected)) return true;
  }
  return false;
}

function reset(): void {
  outb(OUTPUT, 0);
  outb(OUTPUT, output());
  for (let i = 0; i < 4; i++) if (!send(COMMAND_SENSE) || !receive()) return;
  if (send(COMMAND_SPECIFY) && send(0xaf)) send(2);
}

function seek(cylinder: u32, head: u32): bool {
  if (!send(COMMAND_SEEK) || !send((head << 2) | selected) || !send(cylinder)) return false;
  return sensed();
}

function recalibrate(): bool {
  return send(COMMAND_RECALIBRATE) && send(selected) && sensed();
}

function set_dma(mode: u32): void {
  outb(DMA_MASK, 6);
  outb(DMA_FLIP_FLOP, 0);
  outb(DMA_MODE, mode);
  outb(DMA_ADDRESS_2, (<u32>buffer) & 0xff);
  outb(DMA_ADDRESS_2, ((<u32>buffer) >> 8) & 0xff);
  outb(DMA_PAGE_2, (<u32>buffer) >> 16);
  outb(DMA_COUNT_2, (<u32>SECTOR - 1) & 0xff);
  outb(DMA_COUNT_2, (<u32>SECTOR - 1) >> 8);
  outb(DMA_MASK, 2);
}

/** One sector between the diskette and the buffer. */
function transfer(write: bool, cylinder: u32, head: u32, sector: u32): bool {
  if (!seek(cylinder, head)) return false;
  set_dma(write ? DMA_FROM_MEMORY : DMA_TO_MEMORY);
  if (!send(write ? COMMAND_WRITE : COMMAND_READ) || !send((head << 2) | selected)) return false;
  if (!send(cylinder) || !send(head) || !send(sector) || !send(SIZE_512)) return false;
  if (!send(sector) || !send(GAP) || !send(0xff)) return false;
  return receive() && !((<u32>load<u8>(result)) & 0xc0);
}

/** Finds out what diskette is in the drive; false for none. */
function recognise(): bool {
  const found = try_formats();
  remember();
  return found;
}

function try_formats(): bool {
  outb(OUTPUT, output());
  if (inb(INPUT) & CHANGED) track = 0;
  if (track) return true;
  reset();
  if (!recalibrate()) return false;
  for (let i: usize = 0; i < TRACK_COUNT; i++) {
    const sectors: u32 = load<u8>(TRACKS + i);
    if (!transfer(false, 0, 0, sectors)) continue;
    track = sectors;
    heads = transfer(false, 0, 1, 1) ? 2 : 1;
    store<u8>(parameters, <u8>sectors, 4);
    return true;
  }
  return false;
}

/** Reads a diskette's first sector to an address. */
export function floppy_boot(address: usize): bool {
  select(0);
  if (!floppy_type(0) || !recognise() || !transfer(false, 0, 0, 1)) return false;
  memory.copy(address, buffer, SECTOR);
  return true;
}

/** Diskette drives by the equipment word. */
export function diskettes(): u32 {
  const equipment: u32 = load<u16>(EQUIPMENT);
  return equipment & 1 ? ((equipment >> 6) & 3) + 1 : 0;
}

/** ES:DI: the diskette's parameters. */
export function name_parameters(f: Frame): void {
  f.es = 0xf000;
  f.edi = (f.edi & 0xffff0000) | ((<u32>parameters) & 0xffff);
}

/** INT 13h with DL below 80h; `number`: the drive's without emulation. */
export function floppy_service(f: Frame, number: u32): void {
  if (!floppy_type(number)) {
    absent(f);
    return;
  }
  select(number);
  switch (ah(f)) {
    case 0x00:
      track = 0;
      remember();
      reset();
      succeed(f);
      return;
    case 0x02:
    case 0x03:
    case 0x04:
      by_cylinder(f);
      return;
    case 0x08:
      geometry(f);
      return;
    case 0x15:
      // A drive with a change line.
      set_ax(f, 0x0200);
      set_carry(f, false);
      return;
    case 0x16:
      outb(OUTPUT, output());
      if (inb(INPUT) & CHANGED) fail(f, CHANGE_LINE);
      else succeed(f);
      return;
    case 0x05:
    case 0x17:
    case 0x18:
      succeed(f);
      return;
    default:
      fail(f, BAD_COMMAND);
  }
}

/** A drive that is not there. */
function absent(f: Frame): void {
  if (ah(f) == 0x15) {
    set_ax(f, 0);
    set_carry(f, false);
    return;
  }
  if (ah(f) == 0x08) {
    set_ax(f, 0);
    set_bx(f, 0);
    set_cx(f, 0);
    set_dx(f, 0);
  }
  fail(f, NO_DRIVE);
}

function by_cylinder(f: Frame): void {
  if (!recognise()) {
    fail(f, NO_DRIVE);
    return;
  }
  const count = al(f);
  let address = linear(f.es, f.ebx);
  let cylinder = high(f.ecx);
  let head = high(f.edx);
  let sector = low(f.ecx) & 0x3f;
  let done: u32 = 0;
  while (done < count) {
    if (!sector || sector > track || head >= heads) {
      set_ax(f, done);
      fail(f, NOT_FOUND);
      return;
    }
    const write = ah(f) == 0x03;
    if (write) memory.copy(buffer, address, SECTOR);
    if (!transfer(write, cylinder, head, sector)) {
      set_ax(f, done);
      fail(f, FAILED);
      return;
    }
    if (ah(f) == 0x02) memory.copy(address, buffer, SECTOR);
    address += SECTOR;
    done++;
    sector++;
    if (sector > track) {
      sector = 1;
      head++;
      if (head == heads) {
        head = 0;
        cylinder++;
      }
    }
  }
  succeed(f);
}

function geometry(f: Frame): void {
  const type = floppy_type(selected);
  const found = recognise();
  const sectors: u32 = found ? track : 18;
  const last: u32 = type == 1 ? 39 : 79;
  set_bx(f, type);
  set_cx(f, (last << 8) | sectors);
  set_dx(f, (((found ? heads : 2) - 1) << 8) | diskettes());
  name_parameters(f);
  set_ax(f, 0);
  set_carry(f, false);
}
