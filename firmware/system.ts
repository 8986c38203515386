// INT 15h: memory, and what the PC/AT's BIOS added.
import { inb, outb } from "../guest/i386";
import { memory_bytes } from "./cmos";
import { EXTENDED_AREA } from "./data-area";
import {
  Frame,
  ah,
  al,
  fail,
  linear,
  pause,
  resumed,
  set_ax,
  set_bx,
  set_carry,
  set_cx,
  set_dx,
  succeed,
} from "./frame";
import { mouse_service } from "./mouse";
import { event_wait } from "./wait";
import { BIOS_BASE, BIOS_SEGMENT_BASE, VIRTUAL } from "../abi/bios";

const UNSUPPORTED: u32 = 0x86;
const MIB: u32 = 0x100000;
const SMAP: u32 = 0x534d4150;
const RAM: u32 = 1;
const RESERVED: u32 = 2;
const CONVENTIONAL_END: u32 = 0x9fc00;
const RANGES: u32 = 5;

const PORT_A: u32 = 0x92;
const PORT_A_A20: u32 = 2;
const PORT_B: u32 = 0x61;
const PORT_B_REFRESH: u32 = 0x10;
/** A refresh every 15 microseconds. */
const REFRESH_MICROSECONDS: u32 = 15;
/** Of them, while no interrupt comes in. */
const WAIT_SLICE: u32 = 16;

/** System descriptor: 8 bytes follow; PC/AT, model 1, revision 0; second PIC, real-time clock, keyboard intercept, extended data area. */
const configuration: usize = memory.data<u8>([8, 0, 0xfc, 1, 0, 0x74, 0, 0, 0, 0]);

export function system_service(f: Frame): void {
  switch (ah(f)) {
    case 0x24:
      address_line(f);
      return;
    case 0x4f:
      // The keyboard's intercept takes nothing.
      set_carry(f, true);
      return;
    case 0x83:
      event_wait(f);
      return;
    case 0x85:
    case 0x90:
    case 0x91:
      // SysRq, and a device that is waited for or is done: a system's own.
      succeed(f);
      return;
    case 0x86:
      wait(f);
      return;
    case 0x87:
      // Beyond the first megabyte: not from virtual-8086 mode.
      if (f.vector & VIRTUAL) fail(f, UNSUPPORTED);
      else move_block(f);
      return;
    case 0x88:
      set_ax(f, min<u32>((memory_bytes() - MIB) >> 10, 0xfc00));
      set_carry(f, false);
      return;
    case 0xc0:
      f.es = <u16>(BIOS_SEGMENT_BASE >> 4);
      set_bx(f, <u32>configuration - BIOS_SEGMENT_BASE);
      succeed(f);
      return;
    case 0xc1:
      f.es = load<u16>(EXTENDED_AREA);
      set_carry(f, false);
      return;
    case 0xc2:
      mouse_service(f);
      return;
    case 0xe8:
      memory_sizes(f);
      return;
    default:
      fail(f, UNSUPPORTED);
  }
}

/** AX = 2400h to 2403h. */
function address_line(f: Frame): void {
  const port = inb(PORT_A);
  switch (al(f)) {
    case 0:
      outb(PORT_A, port & ~(PORT_A_A20 | 1));
      break;
    case 1:
      outb(PORT_A, (port | PORT_A_A20) & ~1);
      break;
    case 2:
      set_ax(f, (port & PORT_A_A20) >> 1);
      set_carry(f, false);
      return;
    case 3:
      set_bx(f, 3);
      break;
    default:
      fail(f, UNSUPPORTED);
      return;
  }
  succeed(f);
}

/** Waits CX:DX microseconds by the memory's refresh; interrupts come in meanwhile. */
function wait(f: Frame): void {
  let left = resumed(f, ((f.ecx << 16) | (f.edx & 0xffff)) / REFRESH_MICROSECONDS);
  const end = left > WAIT_SLICE ? left - WAIT_SLICE : 0;
  let last = inb(PORT_B) & PORT_B_REFRESH;
  while (left != end) {
    const now = inb(PORT_B) & PORT_B_REFRESH;
    if (now != last) left--;
    last = now;
  }
  if (left) pause(f, left);
  else succeed(f);
}

/** AH = 87h: CX words, by the descriptors at ES:SI + 10h and + 18h. */
function move_block(f: Frame): void {
  const table = linear(f.es, f.esi);
  const bytes: usize = (<usize>(f.ecx & 0xffff)) << 1;
  memory.copy(base_of(table + 0x18), base_of(table + 0x10), bytes);
  succeed(f);
}

function base_of(descriptor: usize): usize {
  const low: usize = load<u16>(descriptor, 2);
  const middle: usize = load<u8>(descriptor, 4);
  const high: usize = load<u8>(descriptor, 7);
  return low | (middle << 16) | (high << 24);
}

function memory_sizes(f: Frame): void {
  const bytes = memory_bytes();
  if (al(f) == 0x20) {
    memory_map(f, bytes);
    return;
  }
  if (al(f) != 0x01) {
    fail(f, UNSUPPORTED);
    return;
  }
  const below = min<u32>((bytes - MIB) >> 10, 15 << 10);
  const above = bytes > 16 * MIB ? (bytes - 16 * MIB) >> 16 : 0;
  set_ax(f, below);
  set_bx(f, above);
  set_cx(f, below);
  set_dx(f, above);
  set_carry(f, false);
}

let range_start: u32 = 0;
let range_bytes: u32 = 0;
let range_type: u32 = 0;

function range(start: u32, bytes: u32, type: u32): void {
  range_start = start;
  range_bytes = bytes;
  range_type = type;
}

/** AX = E820h: one range of memory a call, EBX says which. */
function memory_map(f: Frame, bytes: u32): void {
  if (f.edx != SMAP || f.ebx >= RANGES || f.ecx < 20) {
    fail(f, UNSUPPORTED);
    return;
  }
  switch (f.ebx) {
    case 0:
      range(0, CONVENTIONAL_END, RAM);
      break;
    case 1:
      range(CONVENTIONAL_END, 0xa0000 - CONVENTIONAL_END, RESERVED);
      break;
    case 2:
      range(BIOS_BASE, MIB - BIOS_BASE, RESERVED);
      break;
    case 3:
      range(MIB, bytes - MIB, RAM);
      break;
    default:
      range(0xfffe0000, 0x20000, RESERVED);
  }
  const to = linear(f.es, f.edi);
  store<u32>(to, range_start);
  store<u32>(to, 0, 4);
  store<u32>(to, range_bytes, 8);
  store<u32>(to, 0, 12);
  store<u32>(to, range_type, 16);
  f.eax = SMAP;
  f.ecx = 20;
  f.ebx = f.ebx + 1 < RANGES ? f.ebx + 1 : 0;
  set_carry(f, false);
}
