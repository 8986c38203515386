// PCI: resources and interrupts at power-on, and the services of INT 1Ah, AH = B1h (PCI BIOS Specification 2.1).
import { inb, inl, inw, outb, outl, outw } from "../guest/i386";
import { Frame, al, fail, high, low, set_ah, set_al, set_bx, set_carry, set_cx, succeed } from "./frame";
import {
  PCI_BAD_FUNCTION,
  PCI_BAD_REGISTER,
  PCI_BIOS_SIGNATURE,
  PCI_BIOS_VERSION,
  PCI_CLASS,
  PCI_CONFIG_ADDRESS,
  PCI_CONFIG_DATA,
  PCI_CONFIG_ENABLE,
  PCI_NOT_FOUND,
} from "../abi/pci_bios";

const DEVICES: u32 = 32;
const NOBODY: u32 = 0xffffffff;

const COMMAND: u32 = 0x04;
const HEADER_TYPE: u32 = 0x0e;
const BAR0: u32 = 0x10;
const BARS: u32 = 6;
const INTERRUPT_LINE: u32 = 0x3c;
const INTERRUPT_PIN: u32 = 0x3d;
const COMMAND_ALL: u32 = 7;

/** PIIX3, function 0: routes of PIRQA to PIRQD. */
const PIIX3: u32 = 0x70008086;
const PIRQ_ROUTE: u32 = 0x60;
const ELCR: u32 = 0x4d0;
/** IRQ 10 and 11, in turn. */
const ROUTES: u32 = 0x0b0a0b0a;
const LEVEL_TRIGGERED: u32 = 0x0c00;

const FIRST_IO: u32 = 0xc000;
const FIRST_MEMORY: u32 = 0xe0000000;

function select(device: u32, offset: u32): void {
  outl(PCI_CONFIG_ADDRESS, PCI_CONFIG_ENABLE | (device << 8) | (offset & 0xfc));
}

/** `device`: device << 3 | function. */
function read32(device: u32, offset: u32): u32 {
  select(device, offset);
  return inl(PCI_CONFIG_DATA);
}

function read16(device: u32, offset: u32): u32 {
  select(device, offset);
  return inw(PCI_CONFIG_DATA + (offset & 2));
}

function read8(device: u32, offset: u32): u32 {
  select(device, offset);
  return inb(PCI_CONFIG_DATA + (offset & 3));
}

function write32(device: u32, offset: u32, value: u32): void {
  select(device, offset);
  outl(PCI_CONFIG_DATA, value);
}

function write16(device: u32, offset: u32, value: u32): void {
  select(device, offset);
  outw(PCI_CONFIG_DATA + (offset & 2), value);
}

function write8(device: u32, offset: u32, value: u32): void {
  select(device, offset);
  outb(PCI_CONFIG_DATA + (offset & 3), value);
}

let next_io: u32 = 0;
let next_memory: u32 = 0;

/** Whether there is a PCI bus. */
function pci_present(): bool {
  outl(PCI_CONFIG_ADDRESS, PCI_CONFIG_ENABLE);
  return inl(PCI_CONFIG_ADDRESS) == PCI_CONFIG_ENABLE && read32(0, 0) != NOBODY;
}

export function pci_init(): void {
  if (!pci_present()) return;
  next_io = FIRST_IO;
  next_memory = FIRST_MEMORY;
  for (let device: u32 = 0; device < DEVICES << 3; device++) {
    const id = read32(device, 0);
    if (id == NOBODY) continue;
    if (id == PIIX3) {
      write32(device, PIRQ_ROUTE, ROUTES);
      outb(ELCR, LEVEL_TRIGGERED & 0xff);
      outb(ELCR + 1, LEVEL_TRIGGERED >> 8);
    }
    place(device);
  }
}

/** Gives a function's base address registers their places. */
function place(device: u32): void {
  let any = false;
  for (let i: u32 = 0; i < BARS; i++) {
    const bar = BAR0 + (i << 2);
    write32(device, bar, 0xffffffff);
    const answer = read32(device, bar);
    if (!answer) continue;
    any = true;
    const io = (answer & 1) != 0;
    const size = ~(answer & (io ? 0xfffffffc : 0xfffffff0)) + 1;
    const bytes = io ? size & 0xffff : size;
    const from = io ? next_io : next_memory;
    const start = (from + bytes - 1) & ~(bytes - 1);
    write32(device, bar, start);
    if (io) next_io = start + bytes;
    else next_memory = start + bytes;
  }
  const pin = read8(device, INTERRUPT_PIN);
  if (pin) write8(device, INTERRUPT_LINE, ((device >> 3) + pin) & 1 ? 11 : 10);
  if (any) write16(device, COMMAND, read16(device, COMMAND) | COMMAND_ALL);
}

/** The `index`th function whose register, above `shift` bits, is `wanted`; NOBODY for none. */
function find(wanted: u32, offset: u32, shift: u32, index: u32): u32 {
  let left = index;
  for (let device: u32 = 0; device < DEVICES << 3; device++) {
    const functions = read8(device & ~7, HEADER_TYPE) & 0x80;
    if (device & 7 && !functions) continue;
    if (read32(device, 0) == NOBODY || read32(device, offset) >> shift != wanted) continue;
    if (left == 0) return device;
    left--;
  }
  return NOBODY;
}

/** PIIX4, function 3: power management, its ports' base, and their enable. */
const PIIX4_POWER: u32 = 0x71138086;
const POWER_BASE: u32 = 0x40;
const POWER_ENABLE: u32 = 0x80;

/** Gives the power management function its ports; false where there is none. */
export function power_management_at(base: u32): bool {
  if (!pci_present()) return false;
  const device = find(PIIX4_POWER, 0, 0, 0);
  if (device == NOBODY) return false;
  write32(device, POWER_BASE, base | 1);
  write8(device, POWER_ENABLE, 1);
  return true;
}

/** Class, subclass and programming interface of a VGA. */
const VGA_CLASS: u32 = 0x030000;
const NO_PCI_DISPLAY: u32 = 0xe0000000;

/** Where the display's linear memory is. */
export function display_memory(): u32 {
  if (!pci_present()) return NO_PCI_DISPLAY;
  const device = find(VGA_CLASS, PCI_CLASS, 8, 0);
  return device == NOBODY ? NO_PCI_DISPLAY : read32(device, BAR0) & ~0xf;
}

function found(f: Frame, device: u32): void {
  if (device == NOBODY) {
    fail(f, PCI_NOT_FOUND);
    return;
  }
  set_bx(f, device);
  succeed(f);
}

export function pci_service(f: Frame): void {
  if (!pci_present()) {
    fail(f, PCI_BAD_FUNCTION);
    return;
  }
  const offset = f.edi & 0xff;
  const device = low(f.ebx);
  switch (al(f)) {
    case 0x01:
      // "PCI ", mechanism 1, version 2.10, bus 0 is the last.
      f.edx = PCI_BIOS_SIGNATURE;
      set_al(f, 1);
      set_bx(f, PCI_BIOS_VERSION);
      set_cx(f, 0);
      set_ah(f, 0);
      set_carry(f, false);
      return;
    case 0x02:
      found(f, find((f.ecx << 16) | (f.edx & 0xffff), 0, 0, f.esi & 0xffff));
      return;
    case 0x03:
      found(f, find(f.ecx & 0xffffff, PCI_CLASS, 8, f.esi & 0xffff));
      return;
    case 0x08:
      f.ecx = (f.ecx & 0xffffff00) | (high(f.ebx) ? 0xff : read8(device, offset));
      succeed(f);
      return;
    case 0x09:
      if (offset & 1) {
        fail(f, PCI_BAD_REGISTER);
        return;
      }
      set_cx(f, high(f.ebx) ? 0xffff : read16(device, offset));
      succeed(f);
      return;
    case 0x0a:
      if (offset & 3) {
        fail(f, PCI_BAD_REGISTER);
        return;
      }
      f.ecx = high(f.ebx) ? NOBODY : read32(device, offset);
      succeed(f);
      return;
    case 0x0b:
      if (!high(f.ebx)) write8(device, offset, f.ecx & 0xff);
      succeed(f);
      return;
    case 0x0c:
      if (!high(f.ebx)) write16(device, offset & ~1, f.ecx & 0xffff);
      succeed(f);
      return;
    case 0x0d:
      if (!high(f.ebx)) write32(device, offset & ~3, f.ecx);
      succeed(f);
      return;
    default:
      fail(f, PCI_BAD_FUNCTION);
  }
}
