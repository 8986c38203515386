// A call of the BIOS: the caller's registers, as its 16-bit side has pushed them.
import { AGAIN, GOES_ON, RETRY } from "../abi/bios";

@unmanaged
export class Frame {
  gs!: u16;
  fs!: u16;
  es!: u16;
  ds!: u16;
  edi!: u32;
  esi!: u32;
  ebp!: u32;
  esp!: u32;
  ebx!: u32;
  edx!: u32;
  ecx!: u32;
  eax!: u32;
  vector!: u32;
  ip!: u16;
  cs!: u16;
  flags!: u16;
}

const CARRY: u32 = 1;
const ZERO: u32 = 0x40;

export function ah(f: Frame): u32 {
  return (f.eax >> 8) & 0xff;
}

export function al(f: Frame): u32 {
  return f.eax & 0xff;
}

export function low(value: u32): u32 {
  return value & 0xff;
}

export function high(value: u32): u32 {
  return (value >> 8) & 0xff;
}

export function set_ax(f: Frame, value: u32): void {
  f.eax = (f.eax & 0xffff0000) | (value & 0xffff);
}

export function set_bx(f: Frame, value: u32): void {
  f.ebx = (f.ebx & 0xffff0000) | (value & 0xffff);
}

export function set_cx(f: Frame, value: u32): void {
  f.ecx = (f.ecx & 0xffff0000) | (value & 0xffff);
}

export function set_dx(f: Frame, value: u32): void {
  f.edx = (f.edx & 0xffff0000) | (value & 0xffff);
}

export function set_al(f: Frame, value: u32): void {
  f.eax = (f.eax & 0xffffff00) | (value & 0xff);
}

export function set_ah(f: Frame, value: u32): void {
  f.eax = (f.eax & 0xffff00ff) | ((value & 0xff) << 8);
}

export function set_carry(f: Frame, set: bool): void {
  f.flags = <u16>(set ? f.flags | CARRY : f.flags & ~CARRY);
}

export function set_zero(f: Frame, set: bool): void {
  f.flags = <u16>(set ? f.flags | ZERO : f.flags & ~ZERO);
}

/** Fails with a status in AH. */
export function fail(f: Frame, status: u32): void {
  set_ah(f, status);
  set_carry(f, true);
}

/** Succeeds, with AH 0. */
export function succeed(f: Frame): void {
  set_ah(f, 0);
  set_carry(f, false);
}

const INTERRUPTS: u32 = 0x202;

/** The call returns to what has been loaded, with the drive it comes from. */
export function start(f: Frame, segment: u32, offset: u32, drive: u32): void {
  f.cs = <u16>segment;
  f.ip = <u16>offset;
  f.ds = 0;
  f.es = 0;
  f.flags = <u16>INTERRUPTS;
  set_dx(f, drive);
}

/** The call is made again after the next hardware interrupt. */
export function retry(f: Frame): void {
  f.vector |= RETRY;
}

/** Interrupts come in, and the call is made again; `state` is what is left to do. */
export function pause(f: Frame, state: u32): void {
  f.vector |= AGAIN | GOES_ON;
  // What POPAD leaves out.
  f.esp = state;
}

/** What a call that has paused has left to do; `first` when it is a new one. */
export function resumed(f: Frame, first: u32): u32 {
  return f.vector & GOES_ON ? f.esp : first;
}

/** Linear address of a segment and an offset. */
export function linear(segment: u32, offset: u32): usize {
  return ((segment & 0xffff) << 4) + (offset & 0xffff);
}
