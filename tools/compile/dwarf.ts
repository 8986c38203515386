// Debugging information: source lines, functions and frames for debuggers and for our own backtraces (DWARF 4). One
// unit describes the whole program. Paths are those from the project's root, which is where a debugger is to run.
import {
  DW_AT_COMP_DIR,
  DW_AT_DECL_FILE,
  DW_AT_EXTERNAL,
  DW_AT_HIGH_PC,
  DW_AT_LANGUAGE,
  DW_AT_LOW_PC,
  DW_AT_NAME,
  DW_AT_PRODUCER,
  DW_AT_STMT_LIST,
  DW_CFA_ADVANCE_LOC,
  DW_CFA_ADVANCE_LOC4,
  DW_CFA_DEF_CFA,
  DW_CFA_DEF_CFA_OFFSET,
  DW_CFA_OFFSET,
  DW_CFA_RESTORE,
  DW_CFA_UNDEFINED,
  DW_FORM_ADDR,
  DW_FORM_DATA1,
  DW_FORM_DATA4,
  DW_FORM_FLAG,
  DW_FORM_SEC_OFFSET,
  DW_FORM_STRING,
  DW_FORM_UDATA,
  DW_LANG_C99,
  DW_LNE_END_SEQUENCE,
  DW_LNE_SET_ADDRESS,
  DW_LNS_ADVANCE_LINE,
  DW_LNS_ADVANCE_PC,
  DW_LNS_OPERANDS,
  DW_LNS_SET_FILE,
  DW_TAG_COMPILE_UNIT,
  DW_TAG_SUBPROGRAM,
  DWARF_EIP,
  DWARF_VERSION,
} from "../../abi/dwarf";
import type { FrameRow } from "../asm";
import { DwarfBytes } from "./dwarf-bytes";
import type { ElfSymbol } from "./elf";
import { ESP } from "./mir";

/** Code from `address` on comes from this line; from none when `file` is empty. */
export interface LineEntry {
  readonly address: number;
  readonly file: string;
  readonly line: number;
}

/** How to find the caller's frame in a piece of code; the offsets of the rows are from its start. */
export interface CodeFrames {
  readonly address: number;
  readonly size: number;
  readonly rows: readonly FrameRow[];
}

export interface DebugInput {
  /** The entry file. */
  readonly name: string;
  /** Ascending. */
  readonly lines: readonly LineEntry[];
  /** Compiled functions, ascending, one for each address. */
  readonly functions: readonly ElfSymbol[];
  readonly frames: readonly CodeFrames[];
}

export interface DebugSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const addressSize = 4;
const [unitAbbreviation, functionAbbreviation] = [1, 2];

/** The sections, none of which is loaded; none at all for a program without compiled functions. */
export function debugSections(input: DebugInput): DebugSection[] {
  if (!input.functions.length) return [];
  const files = [...new Set(input.lines.map((l) => l.file))].filter(Boolean);
  return [
    { name: ".debug_abbrev", bytes: abbreviations() },
    { name: ".debug_info", bytes: information(input, files) },
    { name: ".debug_line", bytes: lineProgram(input, files) },
    { name: ".debug_frame", bytes: frameTable(input.frames) },
  ];
}

function abbreviations(): Uint8Array {
  const bytes = new DwarfBytes();
  const entry = (number: number, tag: number, hasChildren: number, attributes: [number, number][]) => {
    bytes.unsigned(number).unsigned(tag).u8(hasChildren);
    for (const [attribute, form] of attributes) bytes.unsigned(attribute).unsigned(form);
    bytes.u8(0, 0);
  };
  entry(unitAbbreviation, DW_TAG_COMPILE_UNIT, 1, [
    [DW_AT_PRODUCER, DW_FORM_STRING],
    [DW_AT_LANGUAGE, DW_FORM_DATA1],
    [DW_AT_NAME, DW_FORM_STRING],
    [DW_AT_COMP_DIR, DW_FORM_STRING],
    [DW_AT_LOW_PC, DW_FORM_ADDR],
    [DW_AT_HIGH_PC, DW_FORM_DATA4],
    [DW_AT_STMT_LIST, DW_FORM_SEC_OFFSET],
  ]);
  entry(functionAbbreviation, DW_TAG_SUBPROGRAM, 0, [
    [DW_AT_NAME, DW_FORM_STRING],
    [DW_AT_EXTERNAL, DW_FORM_FLAG],
    [DW_AT_DECL_FILE, DW_FORM_UDATA],
    [DW_AT_LOW_PC, DW_FORM_ADDR],
    [DW_AT_HIGH_PC, DW_FORM_DATA4],
  ]);
  return bytes.u8(0).finish();
}

/** The file of the line that holds an address. */
function fileAt(lines: readonly LineEntry[], address: number): string {
  return lines.findLast((l) => l.address <= address)?.file ?? "";
}

function information({ name, lines, functions }: DebugInput, files: readonly string[]): Uint8Array {
  const low = functions[0].address;
  const last = functions[functions.length - 1];
  const bytes = new DwarfBytes().counted((unit) => {
    unit.u16(DWARF_VERSION).u32(0).u8(addressSize);
    // Debuggers know no TypeScript; with this, the expressions they take are C's.
    unit.unsigned(unitAbbreviation).text("mach386 tools/compile").u8(DW_LANG_C99);
    unit
      .text(name)
      .text(".")
      .u32(low)
      .u32(last.address + last.size - low)
      .u32(0);
    for (const f of functions) {
      unit
        .unsigned(functionAbbreviation)
        .text(f.name)
        .u8(f.global ? 1 : 0);
      unit.unsigned(files.indexOf(fileAt(lines, f.address)) + 1);
      unit.u32(f.address).u32(f.size);
    }
    unit.u8(0);
  });
  return bytes.finish();
}

// A special opcode advances address and line at once (6.2.5.1): opcode = firstSpecial + (line - lineBase) +
// lineRange * address.
const lineBase = -5;
const lineRange = 14;
const firstSpecial = DW_LNS_OPERANDS.length + 1;
const maxSpecial = 255;

function lineProgram({ lines, functions }: DebugInput, files: readonly string[]): Uint8Array {
  const last = functions[functions.length - 1];
  return new DwarfBytes()
    .counted((table) => {
      table.u16(DWARF_VERSION).counted((header) => {
        // Instructions of a byte, one operation each, every row the start of a statement.
        header.u8(1, 1, 1, lineBase, lineRange, firstSpecial, ...DW_LNS_OPERANDS);
        header.u8(0);
        for (const file of files) header.text(file).u8(0, 0, 0);
        header.u8(0);
      });
      writeRows(table, lines, files, last.address + last.size);
    })
    .finish();
}

function writeRows(
  table: DwarfBytes,
  lines: readonly LineEntry[],
  files: readonly string[],
  end: number,
): void {
  let at: { address: number; file: number; line: number } | undefined;
  const finish = (address: number) => {
    if (at)
      table
        .u8(DW_LNS_ADVANCE_PC)
        .unsigned(address - at.address)
        .u8(0, 1, DW_LNE_END_SEQUENCE);
    at = undefined;
  };
  for (const { address, file, line } of lines) {
    if (!file) {
      finish(address);
      continue;
    }
    if (!at) {
      table.u8(0, 1 + addressSize, DW_LNE_SET_ADDRESS).u32(address);
      at = { address, file: 1, line: 1 };
    }
    const number = files.indexOf(file) + 1;
    if (number !== at.file) table.u8(DW_LNS_SET_FILE).unsigned(number);
    advance(table, address - at.address, line - at.line);
    at = { address, file: number, line };
  }
  finish(end);
}

/** Adds a row. */
function advance(table: DwarfBytes, addresses: number, lines: number): void {
  if (lines < lineBase || lines >= lineBase + lineRange) {
    table.u8(DW_LNS_ADVANCE_LINE).signed(lines);
    lines = 0;
  }
  const special = firstSpecial + lines - lineBase + lineRange * addresses;
  if (special <= maxSpecial) table.u8(special);
  else
    table
      .u8(DW_LNS_ADVANCE_PC)
      .unsigned(addresses)
      .u8(firstSpecial + lines - lineBase);
}

const [commonId, commonVersion] = [0xffffffff, 1];
const wordSize = 4;

/** Rules for the caller's registers (6.4). The canonical frame address is ESP before the call's push. */
function frameTable(frames: readonly CodeFrames[]): Uint8Array {
  const bytes = new DwarfBytes().counted((common) => {
    // No augmentation; offsets count words downwards.
    common.u32(commonId).u8(commonVersion).text("").unsigned(1).signed(-wordSize).u8(DWARF_EIP);
    common.u8(DW_CFA_DEF_CFA).unsigned(ESP).unsigned(wordSize);
    common
      .u8(DW_CFA_OFFSET | DWARF_EIP)
      .unsigned(1)
      .align(wordSize);
  });
  for (const { address, size, rows } of frames) {
    bytes.counted((entry) => {
      entry.u32(0).u32(address).u32(size);
      writeFrameRows(entry, rows);
      entry.align(wordSize);
    });
  }
  return bytes.finish();
}

function writeFrameRows(entry: DwarfBytes, rows: readonly FrameRow[]): void {
  let at: FrameRow = { offset: 0, depth: wordSize, saved: [] };
  for (const row of rows) {
    const distance = row.offset - at.offset;
    if (distance >= 0x40) entry.u8(DW_CFA_ADVANCE_LOC4).u32(distance);
    else if (distance) entry.u8(DW_CFA_ADVANCE_LOC | distance);
    if (row.depth !== at.depth) frameDepth(entry, row, at);
    // The return address is the first word below the frame's start.
    row.saved.forEach((register, i) => {
      if (at.saved[i] !== register) entry.u8(DW_CFA_OFFSET | register).unsigned(i + 2);
    });
    for (const register of at.saved) if (!row.saved.includes(register)) entry.u8(DW_CFA_RESTORE | register);
    at = row;
  }
}

function frameDepth(entry: DwarfBytes, row: FrameRow, before: FrameRow): void {
  if (row.depth === undefined) entry.u8(DW_CFA_UNDEFINED).unsigned(DWARF_EIP);
  else {
    if (before.depth === undefined) entry.u8(DW_CFA_RESTORE | DWARF_EIP);
    entry.u8(DW_CFA_DEF_CFA_OFFSET).unsigned(row.depth);
  }
}
