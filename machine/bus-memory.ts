// What answers at physical addresses outside plain RAM: the display adapter, the BIOS's ROM and its shadow; and memory as
// bus masters see it.

import type { Cpu, ShadowKind } from "../cpu/cpu";
import { LINEAR_BYTES } from "../devices/bochs-display";
import { OPEN_BUS } from "../devices/bus";
import type { PhysicalMemory } from "../devices/ide-bus-master";
import { VIDEO_MEMORY, VIDEO_MEMORY_END } from "../devices/vga-memory";
import type { Vga } from "../devices/vga";
import { MachineError } from "./config";
import { HOLE_END, HOLE_START } from "./firmware";

const SHADOW_START = 0xc0000;
const SHADOW_PAGE = 0x4000;
/** The last 128 KiB of the BIOS also appear below 1 MiB. */
const BIOS_ALIAS = 0x20000;
const BIOS_UNIT = 0x10000;
const MOST_BIOS = 0x100000;
const TOP = 2 ** 32;

export class BusMemory implements PhysicalMemory {
  /** Areas of 16 KiB from SHADOW_START on whose writes reach RAM. */
  private readonly writable = new Uint8Array((HOLE_END - SHADOW_START) / SHADOW_PAGE);
  private readonly readable = this.writable.slice();

  /** Where the display's linear memory is; 0 for nowhere. */
  linearBase = 0;

  /**
   * @param bios the ROM that ends at 4 GiB
   * @throws MachineError when it cannot be one
   */
  constructor(
    private readonly cpu: () => Cpu,
    private readonly vga: () => Vga,
    private readonly bios: Uint8Array | undefined,
  ) {
    if (!bios) return;
    if (bios.length === 0 || bios.length % BIOS_UNIT || bios.length > MOST_BIOS)
      throw new MachineError(`a BIOS of ${bios.length} bytes: need 1 to 16 times 64 KiB`);
  }

  readByte(physical: number): number {
    if (isVideoMemory(physical)) return this.vga().readMemory(physical);
    const linear = this.linearOffset(physical);
    if (linear >= 0) return this.vga().readLinear(linear, 1);
    if (!this.bios) return OPEN_BUS;
    const fromTop = physical >= TOP - this.bios.length ? TOP - physical : HOLE_END - physical;
    const isAlias = physical < HOLE_END && physical >= HOLE_END - Math.min(BIOS_ALIAS, this.bios.length);
    if (physical < TOP - this.bios.length && !isAlias) return OPEN_BUS;
    return this.bios[this.bios.length - fromTop];
  }

  /** A byte that no plain RAM took: the area may be written without being read. */
  writeByte(physical: number, value: number): void {
    if (isVideoMemory(physical)) return this.vga().writeMemory(physical, value);
    const linear = this.linearOffset(physical);
    if (linear >= 0) return this.vga().writeLinear(linear, 1, value);
    if (physical < SHADOW_START || physical >= HOLE_END) return;
    if (this.writable[Math.floor((physical - SHADOW_START) / SHADOW_PAGE)])
      this.cpu().memory[physical] = value;
  }

  /** Offset in the display's linear memory, -1 outside. */
  linearOffset(physical: number): number {
    const offset = physical - this.linearBase;
    return this.linearBase >= HOLE_END && offset >= 0 && offset < LINEAR_BYTES ? offset : -1;
  }

  /** A machine without a host bridge has memory in the ROM's place, with the BIOS in it. */
  fillWithBios(): void {
    if (!this.bios) return;
    const bytes = Math.min(BIOS_ALIAS, this.bios.length);
    this.shadow(HOLE_END - bytes, HOLE_END, true, true);
    this.cpu().memory.set(this.bios.subarray(this.bios.length - bytes), HOLE_END - bytes);
  }

  /** The host bridge's listener. */
  shadow(start: number, end: number, readsMemory: boolean, writesMemory: boolean): void {
    for (let at = start; at < end; at += SHADOW_PAGE) {
      const area = (at - SHADOW_START) / SHADOW_PAGE;
      this.readable[area] = Number(readsMemory);
      this.writable[area] = Number(writesMemory);
    }
    const kind: ShadowKind = !readsMemory ? "bus" : writesMemory ? "ram" : "rom";
    this.cpu().shadow(start, end, kind);
  }

  readPhysical(address: number, into: Uint8Array): void {
    this.pieces(address, into.length, (from, to, ram) => {
      const part = into.subarray(from - address, to - address);
      if (ram) part.set(this.cpu().memory.subarray(from, to));
      else for (let i = 0; i < part.length; i++) part[i] = this.readByte(from + i);
    });
  }

  writePhysical(address: number, bytes: Uint8Array): void {
    this.pieces(address, bytes.length, (from, to, ram) => {
      const part = bytes.subarray(from - address, to - address);
      if (!ram) part.forEach((value, i) => this.writeByte(from + i, value));
      else {
        this.cpu().memory.set(part, from);
        this.cpu().invalidate(from, part.length);
      }
    });
  }

  /** Cuts a range where RAM begins and ends. */
  private pieces(
    address: number,
    length: number,
    visit: (from: number, to: number, ram: boolean) => void,
  ): void {
    const end = Math.min(address + length, TOP);
    for (let at = address; at < end;) {
      const [next, ram] = this.pieceAt(at);
      visit(at, Math.min(next, end), ram);
      at = Math.min(next, end);
    }
  }

  /** Where the piece that holds an address ends, and whether it is RAM. */
  private pieceAt(at: number): [end: number, ram: boolean] {
    const { memory } = this.cpu();
    if (at < HOLE_START) return [HOLE_START, true];
    if (at < SHADOW_START) return [SHADOW_START, false];
    if (at >= HOLE_END) return at < memory.length ? [memory.length, true] : [TOP, false];
    const area = Math.floor((at - SHADOW_START) / SHADOW_PAGE);
    return [SHADOW_START + (area + 1) * SHADOW_PAGE, (this.readable[area] & this.writable[area]) !== 0];
  }
}

function isVideoMemory(physical: number): boolean {
  return physical >= VIDEO_MEMORY && physical < VIDEO_MEMORY_END;
}
