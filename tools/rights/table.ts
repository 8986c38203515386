// Port rights: what each operation makes of a name and of the port behind it. The kernel runs this table
// (kernel/generated/rights.generated.ts), the tests try every row of it, docs/ipc.md shows it.
import * as kr from "../../abi/kern_return";
import * as mp from "../../abi/mach_port";

// operation | right | right after | port | code
//
// A right is followed by its user references: 1, n (at least two), max; without, any number. `-` is a name that is not
// in use. What a combination with a code leaves behind is what was there; one that is not listed has the code of
// `OTHERWISE`. In the column for the port:
//
//   srights, sorights, mscount, refs   changes of its counts; what is not shown moves along with the right
//   out                                the receive right leaves: the port is in no set, make-send count and sequence
//                                      number are 0, who waits to receive stops
//   ends                               a receive right: the port dies, unless a port-destroyed request wants it;
//                                      a send-once right: its port gets a send-once notification; a set: its members
//                                      leave it
//
// The first six operations take a right out of a name, into a message or another space, by their disposition; the copyout
// operations put one in.
export const RIGHTS = `
move receive        | receive          | -                | out
move receive        | send receive     | send             | refs+1 out
move send           | send 1           | -                |
move send           | send n           | send n-1         | srights+1 refs+1
move send           | send receive 1   | receive          | refs+1
move send           | send receive n   | send receive n-1 | srights+1 refs+1
move send           | dead name 1      | -                |
move send           | dead name n      | dead name n-1    |
move send-once      | send-once        | -                |
move send-once      | dead name 1      | -                |
move send-once      | dead name n      | dead name n-1    |
copy send           | send             | send             | srights+1 refs+1
copy send           | send receive     | send receive     | srights+1 refs+1
copy send           | dead name        | dead name        |
make send           | receive          | receive          | srights+1 mscount+1 refs+1
make send           | send receive     | send receive     | srights+1 mscount+1 refs+1
make send-once      | receive          | receive          | sorights+1 refs+1
make send-once      | send receive     | send receive     | sorights+1 refs+1
destroy             | send             | -                | srights-1 refs-1
destroy             | receive          | -                | ends
destroy             | send receive     | -                | srights-1 ends
destroy             | send-once        | -                | ends
destroy             | port set         | -                | ends
destroy             | dead name        | -                |
deallocate          | send 1           | -                | srights-1 refs-1
deallocate          | send n           | send n-1         |
deallocate          | send receive 1   | receive          | srights-1
deallocate          | send receive n   | send receive n-1 |
deallocate          | send-once        | -                | ends
deallocate          | dead name 1      | -                |
deallocate          | dead name n      | dead name n-1    |
mod_refs send -1    | send 1           | -                | srights-1 refs-1
mod_refs send -1    | send n           | send n-1         |
mod_refs send -1    | send receive 1   | receive          | srights-1
mod_refs send -1    | send receive n   | send receive n-1 |
mod_refs receive -1 | receive          | -                | ends
mod_refs receive -1 | send receive     | dead name        | ends
mod_refs send-once -1 | send-once      | -                | ends
mod_refs port-set -1 | port set        | -                | ends
mod_refs dead-name -1 | dead name 1    | -                |
mod_refs dead-name -1 | dead name n    | dead name n-1    |
mod_refs send +1    | send             | send n+1         |
mod_refs send +1    | send receive     | send receive n+1 |
mod_refs send +1    | send max         | =                |  | UREFS_OVERFLOW
mod_refs send +1    | send receive max | =                |  | UREFS_OVERFLOW
mod_refs receive +1 | receive          | =                |  | INVALID_VALUE
mod_refs receive +1 | send receive     | =                |  | INVALID_VALUE
mod_refs send-once +1 | send-once      | =                |  | INVALID_VALUE
mod_refs port-set +1 | port set        | =                |  | INVALID_VALUE
mod_refs dead-name +1 | dead name      | dead name n+1    |
mod_refs dead-name +1 | dead name max  | =                |  | UREFS_OVERFLOW
copyout receive     | -                | receive          |
copyout receive     | send             | send receive     | refs-1
copyout send        | -                | send 1           |
copyout send        | send             | send n+1         | srights-1 refs-1
copyout send        | send max         | =                |  | UREFS_OVERFLOW
copyout send        | receive          | send receive 1   | refs-1
copyout send        | send receive     | send receive n+1 | srights-1 refs-1
copyout send        | send receive max | =                |  | UREFS_OVERFLOW
copyout send-once   | -                | send-once        |
port death          | send             | dead name        | refs-1
port death          | send-once        | dead name        | refs-1
request dead-name   | send             | send             |
request dead-name   | receive          | receive          |
request dead-name   | send receive     | send receive     |
request dead-name   | send-once        | send-once        |
request dead-name   | dead name        | dead name n+1    |
request dead-name   | dead name max    | =                |  | UREFS_OVERFLOW
`;

/** The code of a combination that the table does not list; copyout finds the name in use. */
export const OTHERWISE = { code: kr.KERN_INVALID_RIGHT, copyout: kr.KERN_NAME_EXISTS };

/** MACH_PORT_TYPE_* of a right's name in the table. */
export const TYPES: Readonly<Record<string, number>> = {
  "-": mp.MACH_PORT_TYPE_NONE,
  send: mp.MACH_PORT_TYPE_SEND,
  receive: mp.MACH_PORT_TYPE_RECEIVE,
  "send receive": mp.MACH_PORT_TYPE_SEND_RECEIVE,
  "send-once": mp.MACH_PORT_TYPE_SEND_ONCE,
  "port set": mp.MACH_PORT_TYPE_PORT_SET,
  "dead name": mp.MACH_PORT_TYPE_DEAD_NAME,
};

/** User references in the table. */
export type References = "" | "1" | "n" | "max" | "n-1" | "n+1";

export interface Row {
  operation: string;
  type: number;
  references: References;
  /** Of success; otherwise all stays. */
  typeAfter: number;
  referencesAfter: References;
  srights: number;
  sorights: number;
  mscount: number;
  refs: number;
  out: boolean;
  ends: boolean;
  /** KERN_*. */
  code: number;
}

/** Columns of the table's lines. */
export const LINES = RIGHTS.trim()
  .split("\n")
  .map((line) => line.split("|").map((column) => column.trim()));

function parseRight(text: string): { type: number; references: References } {
  const [, name, references] = /^(.*?)(?: (1|n|max|n-1|n\+1))?$/.exec(text)!;
  if (!(name in TYPES)) throw new Error(`rights: no right '${name}'`);
  return { type: TYPES[name], references: (references ?? "") as References };
}

function count(effects: readonly string[], name: string): number {
  return Number(effects.find((effect) => effect.startsWith(name))?.slice(name.length) ?? 0);
}

function parseLine([operation, right, after, port = "", code = ""]: readonly string[]): Row {
  const before = parseRight(right);
  const then = after === "=" ? before : parseRight(after);
  const effects = port.split(" ").filter((effect) => effect !== "");
  return {
    operation,
    ...before,
    typeAfter: then.type,
    referencesAfter: after === "=" ? "" : then.references,
    srights: count(effects, "srights"),
    sorights: count(effects, "sorights"),
    mscount: count(effects, "mscount"),
    refs: count(effects, "refs"),
    out: effects.includes("out"),
    ends: effects.includes("ends"),
    code: code === "" ? kr.KERN_SUCCESS : kr[`KERN_${code}` as keyof typeof kr],
  };
}

export const ROWS: readonly Row[] = LINES.map(parseLine);

/** Names of the operations, in the table's order. */
export const OPERATIONS: readonly string[] = [...new Set(ROWS.map((row) => row.operation))];

/** The most user references that a right of a type can have. */
export function mostReferences(type: number): number {
  return type === mp.MACH_PORT_TYPE_DEAD_NAME ? mp.MACH_PORT_UREFS_MAX : mp.MACH_PORT_SEND_UREFS_MAX;
}

/** Whether `references` user references are those of a row. */
function matches(row: Row, references: number): boolean {
  if (row.references === "1") return references <= 1;
  if (row.references === "n") return references > 1;
  return row.references !== "max" || references === mostReferences(row.type);
}

/** The row for a right with so many user references (0 for rights that have none): the most special one. */
export function rowOf(operation: string, type: number, references: number): Row | undefined {
  const rows = ROWS.filter(
    (row) => row.operation === operation && row.type === type && matches(row, references),
  );
  return rows.find((row) => row.references === "max") ?? rows[0];
}
