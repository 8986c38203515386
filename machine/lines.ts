// Source lines of ELF files: reads the line programs of .debug_line (DWARF 4, section 6.2), as tools/compile and others
// write them. Nothing in the file is trusted: what cannot be read ends the table.

import {
  DW_LNE_END_SEQUENCE,
  DW_LNE_SET_ADDRESS,
  DW_LNS_ADVANCE_LINE,
  DW_LNS_ADVANCE_PC,
  DW_LNS_CONST_ADD_PC,
  DW_LNS_COPY,
  DW_LNS_FIXED_ADVANCE_PC,
  DW_LNS_SET_FILE,
  DWARF_VERSION,
} from "../abi/dwarf";
import { viewOf } from "./elf";
import { sectionNamed } from "./sections";

/** Code from `address` up to `end` comes from this line. */
export interface LineRange {
  address: number;
  end: number;
  file: string;
  line: number;
}

/** The lines of an ELF file by ascending address; an empty list when it tells of none. */
export function readLines(bytes: Uint8Array): LineRange[] {
  const section = sectionNamed(bytes, ".debug_line");
  if (!section) return [];
  const ranges: LineRange[] = [];
  const cursor = new Cursor(section);
  try {
    while (!cursor.atEnd) new LineProgram(cursor.part(cursor.u32()), ranges).run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return ranges.sort((a, b) => a.address - b.address);
}

/** Reads on from a place; throws RangeError at the end. */
class Cursor {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = viewOf(bytes);
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** LEB128 of up to 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  signed(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return shift + 7 < 32 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError("a string without an end");
    const text = Buffer.from(this.bytes.subarray(this.at, end)).toString("utf8");
    this.at = end + 1;
    return text;
  }

  /** The next bytes, which it leaves behind. */
  part(length: number): Cursor {
    if (this.at + length > this.bytes.length) throw new RangeError("beyond the end");
    this.at += length;
    return new Cursor(this.bytes.subarray(this.at - length, this.at));
  }
}

/** The state machine of section 6.2.2. */
class LineProgram {
  private readonly files = [""];
  private readonly operands = [0];
  private unit = 1;
  private lineBase = 0;
  private lineRange = 1;
  private address = 0;
  private file = 1;
  private line = 1;
  /** The row before, of the same sequence. */
  private open: LineRange | undefined;

  constructor(
    private readonly program: Cursor,
    private readonly ranges: LineRange[],
  ) {}

  run(): void {
    if (this.program.u16() !== DWARF_VERSION) return;
    this.header(this.program.part(this.program.u32()));
    while (!this.program.atEnd) this.step(this.program.u8());
  }

  private header(header: Cursor): void {
    this.unit = header.u8();
    header.u16();
    this.lineBase = header.i8();
    this.lineRange = header.u8();
    if (this.lineRange === 0) throw new RangeError("no lines in a special opcode");
    const opcodes = header.u8();
    for (let opcode = 1; opcode < opcodes; opcode++) this.operands.push(header.u8());
    const folders = [""];
    for (let name = header.text(); name; name = header.text()) folders.push(`${name}/`);
    for (let name = header.text(); name; name = header.text()) {
      this.files.push((folders[header.unsigned()] ?? "") + name);
      header.unsigned();
      header.unsigned();
    }
  }

  private step(opcode: number): void {
    const { program } = this;
    if (opcode >= this.operands.length) return this.special(opcode - this.operands.length);
    switch (opcode) {
      case 0:
        return this.extended(program.part(program.unsigned()));
      case DW_LNS_COPY:
        return this.row();
      case DW_LNS_ADVANCE_PC:
        return void (this.address += program.unsigned() * this.unit);
      case DW_LNS_ADVANCE_LINE:
        return void (this.line += program.signed());
      case DW_LNS_SET_FILE:
        return void (this.file = program.unsigned());
      case DW_LNS_CONST_ADD_PC:
        return void (this.address += this.addresses(255 - this.operands.length));
      case DW_LNS_FIXED_ADVANCE_PC:
        return void (this.address += program.u16());
    }
    for (let n = this.operands[opcode]; n > 0; n--) program.unsigned();
  }

  private addresses(special: number): number {
    return Math.floor(special / this.lineRange) * this.unit;
  }

  private special(opcode: number): void {
    this.address += this.addresses(opcode);
    this.line += this.lineBase + (opcode % this.lineRange);
    this.row();
  }

  private extended(content: Cursor): void {
    const opcode = content.u8();
    if (opcode === DW_LNE_SET_ADDRESS) this.address = content.u32();
    if (opcode !== DW_LNE_END_SEQUENCE) return;
    this.close();
    this.open = undefined;
    this.address = 0;
    this.file = this.line = 1;
  }

  private row(): void {
    this.close();
    this.open = { address: this.address, end: 0, file: this.files[this.file] ?? "", line: this.line };
  }

  /** Ends the row before here. */
  private close(): void {
    if (this.open && this.open.file && this.open.address < this.address) {
      this.ranges.push({ ...this.open, end: this.address });
    }
  }
}
