// What is made from the table of rights: the kernel's rows, the cases of a test program, and a page's section.
import { type GeneratedFiles, staleFiles, writeStaleFiles } from "../generated-files";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";
import { CASES, type Case, OPERATION_NUMBERS } from "./cases";
import { LINES, OPERATIONS, type Row, rowOf } from "./table";

const BANNER =
  "Made by tools/rights from its table.ts: change that, then run `node tools/run.mjs tools/rights/main.ts`.";

/** Operations that the kernel looks up, in the table's order; others it derives from these. */
const KERNEL_OPERATIONS = OPERATIONS.filter((name) => !/\+1$|^request/.test(name));

// Bits of a kernel row.
const BITS = {
  ROW_ALLOWED: 1 << 0,
  ROW_SRIGHT: 1 << 1,
  ROW_SORIGHT: 1 << 2,
  ROW_MSCOUNT: 1 << 3,
  ROW_REFERENCE: 1 << 4,
  ROW_UREF: 1 << 5,
  ROW_TYPE: 1 << 6,
  ROW_SRIGHT_LOST: 1 << 12,
  ROW_RELEASE: 1 << 13,
  ROW_OUT: 1 << 14,
  ROW_ENDS: 1 << 15,
};
/** Five bits, of types in units of 1 << 16. */
const TYPE_SHIFT = 7;

function kernelRow(row: Row | undefined): number {
  if (!row || row.code) return 0;
  const counted = /^n[-+]1$/.test(row.referencesAfter);
  const changed = row.typeAfter !== row.type;
  return (
    BITS.ROW_ALLOWED |
    (row.srights > 0 ? BITS.ROW_SRIGHT : 0) |
    (row.sorights > 0 ? BITS.ROW_SORIGHT : 0) |
    (row.mscount > 0 ? BITS.ROW_MSCOUNT : 0) |
    (row.refs > 0 ? BITS.ROW_REFERENCE : 0) |
    (counted ? BITS.ROW_UREF : 0) |
    (changed ? BITS.ROW_TYPE | ((row.typeAfter >> 16) << TYPE_SHIFT) : 0) |
    (row.srights < 0 ? BITS.ROW_SRIGHT_LOST : 0) |
    (row.refs < 0 ? BITS.ROW_RELEASE : 0) |
    (row.out ? BITS.ROW_OUT : 0) |
    (row.ends ? BITS.ROW_ENDS : 0)
  );
}

/** One operation's rows: by type, with the last user reference, then with more. */
function kernelRows(operation: string): number[] {
  const types = Array.from({ length: 32 }, (_, type) => type << 16);
  return [1, 2].flatMap((references) => types.map((type) => kernelRow(rowOf(operation, type, references))));
}

const constant = (name: string): string =>
  `RIGHT_${name.replace(/ -1$/, "").toUpperCase().replaceAll(/[ -]/g, "_")}`;

function kernelFile(): string {
  const lines = [
    `// The transitions of port rights. ${BANNER}`,
    "",
    ...KERNEL_OPERATIONS.map((name, index) => `export const ${constant(name)}: u32 = ${index};`),
    "",
    "// A row: what is done to the entry, and to the port behind it. 0: the operation cannot be done to such a right.",
    ...Object.entries(BITS).map(([name, bit]) => `export const ${name}: u32 = 0x${bit.toString(16)};`),
    "/** Where a row with ROW_TYPE has the entry's next type, in units of 1 << 16. */",
    `export const ROW_TYPE_SHIFT: u32 = ${TYPE_SHIFT};`,
    "",
    "// By operation, references (last, more) and type.",
    "const ROWS: usize = memory.data<u16>([",
    ...KERNEL_OPERATIONS.map((name) => `  ${kernelRows(name).join(", ")}, // ${name}`),
    "]);",
    "",
    "/** The row of `operation` for an entry of these bits. `last`: its user references run out. */",
    "export function right_row(operation: u32, type: u32, last: bool): u32 {",
    "  return load<u16>(ROWS + ((operation << 7) | (last ? 0 : 64) | ((type >> 15) & 62)));",
    "}",
    "",
  ];
  return lines.join("\n");
}

// --- Cases of a test program ---

/** Words of a case: see the offsets. */
const CASE_FIELDS: readonly (keyof Case)[] = [
  "operation",
  "type",
  "references",
  "requested",
  "code",
  "typeAfter",
  "referencesAfter",
  "srights",
  "sorights",
  "mscount",
  "requestNotified",
  "sendersNotified",
  "portNotified",
];

function words(one: Case): string {
  const values = CASE_FIELDS.map((field) =>
    field === "operation" ? OPERATION_NUMBERS.get(one.operation)! : Number(one[field]),
  );
  return values.join(", ");
}

function programFile(): string {
  const snake = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return [
    `// Every transition of port rights, as cases for a program. ${BANNER}`,
    "",
    ...OPERATIONS.map((name, index) => `export const ${operationConstant(name)}: u32 = ${index};`),
    `export const OPERATION_COUNT: u32 = ${OPERATIONS.length};`,
    "/** Names of the operations, 32 bytes each. */",
    "export const OPERATION_NAMES: usize = memory.data<u8>([",
    ...OPERATIONS.map((name) => `  ${[...Buffer.from(name.padEnd(32, "\0"))].join(", ")}, // ${name}`),
    "]);",
    "",
    "// Offsets in a case, all words.",
    ...CASE_FIELDS.map((field, index) => `export const CASE_${snake(field)}: usize = ${index * 4};`),
    `export const CASE_SIZE: usize = ${CASE_FIELDS.length * 4};`,
    `export const CASE_COUNT: u32 = ${CASES.length};`,
    "export const CASES: usize = memory.data<i32>([",
    ...CASES.map((one) => `  ${words(one)}, // ${one.name}`),
    "]);",
    "",
  ].join("\n");
}

function operationConstant(name: string): string {
  return `OPERATION_${name.replace("-1", "less").replace("+1", "more").toUpperCase().replaceAll(/[ -]/g, "_")}`;
}

// --- The page ---

const PAGE = "docs/ipc.md";
const BEGIN = "<!-- tools/rights: begin -->";
const END = "<!-- tools/rights: end -->";

function pageTable(): string {
  const rows = LINES.map(([operation, right, after, port = "", code = ""]) => {
    const name = code ? `KERN_${code}` : after;
    return `| ${[operation, right, name === "=" ? "" : name, port].join(" | ")} |`;
  });
  return ["| operation | right | becomes | port |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function pageFile(): string {
  const text = readFileSync(join(projectRoot, PAGE), "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`rights: ${PAGE} has no place for the table`);
  return `${text.slice(0, begin + BEGIN.length)}\n${pageTable()}\n${text.slice(end)}`;
}

/** Every generated file: path from the project's root, and contents. */
export function generate(): GeneratedFiles {
  return new Map([
    ["kernel/generated/rights.generated.ts", kernelFile()],
    ["userland/generated/rights.generated.ts", programFile()],
    [PAGE, pageFile()],
  ]);
}

/** The files that are missing or out of date. */
export const stale = (): string[] => staleFiles(generate());

/** Writes what is not up to date; returns the paths written. */
export const writeGenerated = (): string[] => writeStaleFiles(generate());
