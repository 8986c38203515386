// Bytes of DWARF sections: little endian, with variable-length numbers (DWARF 4, section 7.6).

export class DwarfBytes {
  private readonly bytes: number[] = [];

  get length(): number {
    return this.bytes.length;
  }

  u8(...values: number[]): this {
    for (const value of values) this.bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value, value >> 8);
  }

  u32(value: number): this {
    return this.u8(value, value >> 8, value >> 16, value >> 24);
  }

  /** Unsigned LEB128. */
  unsigned(value: number): this {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) this.u8((value % 0x80) | 0x80);
    return this.u8(value);
  }

  /** Signed LEB128. */
  signed(value: number): this {
    for (; value < -0x40 || value >= 0x40; value >>= 7) this.u8(value | 0x80);
    return this.u8(value & 0x7f);
  }

  text(value: string): this {
    return this.append(new TextEncoder().encode(`${value}\0`));
  }

  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  /** Pads to a multiple of `size` bytes, counted from `start`. */
  align(size: number, start = 0): this {
    while ((this.bytes.length - start) % size) this.bytes.push(0);
    return this;
  }

  /** What `write` writes, behind its length as a word. */
  counted(write: (content: DwarfBytes) => void): this {
    const content = new DwarfBytes();
    write(content);
    return this.u32(content.length).append(content.bytes);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}
