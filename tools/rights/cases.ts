// Every operation on every kind of name, and all that can be seen of its outcome: what tests/ipc/transitions.spec.ts and
// userland/programs/rights-test.ts try.
import * as kr from "../../abi/kern_return";
import * as mp from "../../abi/mach_port";
import { mostReferences, OPERATIONS, OTHERWISE, type References, type Row, rowOf, TYPES } from "./table";

export interface Case {
  name: string;
  operation: string;
  /** MACH_PORT_TYPE_* and user references before; 0 references for rights that have none. */
  type: number;
  references: number;
  /** A dead-name request stands on the name. */
  requested: boolean;
  code: number;
  typeAfter: number;
  referencesAfter: number;
  // Changes of the port's counts. A send or send-once right to be copied out is made for the case, and counts; one that a
  // notification used up, received by then, is gone.
  srights: number;
  sorights: number;
  mscount: number;
  /** MACH_NOTIFY_* that the dead-name request's port, the no-senders request's port and the port itself get; 0: none. */
  requestNotified: number;
  sendersNotified: number;
  portNotified: number;
}

export const OPERATION_NUMBERS: ReadonlyMap<string, number> = new Map(
  OPERATIONS.map((name, index) => [name, index]),
);

const { MACH_PORT_TYPE_DEAD_NAME, MACH_PORT_TYPE_RECEIVE, MACH_PORT_TYPE_SEND } = mp;

/** Whether names of a type count user references. */
function counts(type: number): boolean {
  return (type & (MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_DEAD_NAME)) !== 0;
}

function referencesAfter(rule: References, before: number): number {
  switch (rule) {
    case "n-1":
      return before - 1;
    case "n+1":
      return before + 1;
    case "1":
      return 1;
    default:
      return before;
  }
}

/** User references after a success. */
function remaining(row: Row, before: number, requested: boolean): number {
  if (!counts(row.typeAfter)) return 0;
  const references = referencesAfter(row.referencesAfter, before);
  if (row.typeAfter !== MACH_PORT_TYPE_DEAD_NAME || row.type === MACH_PORT_TYPE_DEAD_NAME) return references;
  // A dead name of a right that had none has one; the notification adds one.
  return Math.min(Math.max(references, 1) + (requested ? 1 : 0), mp.MACH_PORT_UREFS_MAX);
}

/** What the port of the dead-name request hears. */
function requestNotified(row: Row, requested: boolean): number {
  if (row.operation === "request dead-name") {
    if (row.type === MACH_PORT_TYPE_DEAD_NAME) return mp.MACH_NOTIFY_DEAD_NAME;
    return requested ? mp.MACH_NOTIFY_SEND_ONCE : 0; // the former request's right, unused
  }
  if (!requested) return 0;
  if (row.typeAfter === mp.MACH_PORT_TYPE_NONE) return mp.MACH_NOTIFY_PORT_DELETED;
  return row.typeAfter === MACH_PORT_TYPE_DEAD_NAME ? mp.MACH_NOTIFY_DEAD_NAME : 0;
}

/** What the port of the no-senders request hears; the name has the port's only send right. */
function sendersNotified(row: Row): number {
  if (row.srights < 0 && !row.operation.startsWith("copyout")) return mp.MACH_NOTIFY_NO_SENDERS;
  const dies = row.operation === "port death" || (row.ends && (row.type & MACH_PORT_TYPE_RECEIVE) !== 0);
  return dies ? mp.MACH_NOTIFY_SEND_ONCE : 0;
}

function outcome(
  operation: string,
  type: number,
  references: number,
  requested: boolean,
): Omit<Case, "name"> {
  const before = { operation, type, references, requested };
  const row = rowOf(operation, type, references);
  const once = operation === "copyout send-once";
  if (!row || row.code) {
    const unlisted = operation.startsWith("copyout") ? OTHERWISE.copyout : OTHERWISE.code;
    return {
      ...before,
      code: row ? row.code : unlisted,
      typeAfter: type,
      referencesAfter: counts(type) ? references : 0,
      srights: 0,
      sorights: 0,
      mscount: 0,
      requestNotified: 0,
      sendersNotified: 0,
      // A right that cannot be given is destroyed.
      portNotified: once ? mp.MACH_NOTIFY_SEND_ONCE : 0,
    };
  }
  const unused = row.ends && type === mp.MACH_PORT_TYPE_SEND_ONCE;
  return {
    ...before,
    code: kr.KERN_SUCCESS,
    typeAfter: row.typeAfter,
    referencesAfter: remaining(row, references, requested),
    srights: row.srights + (operation === "copyout send" ? 1 : 0),
    sorights: row.sorights + (once ? 1 : 0) - (unused ? 1 : 0),
    mscount: row.mscount,
    requestNotified: requestNotified(row, requested),
    sendersNotified: sendersNotified(row),
    portNotified: unused ? mp.MACH_NOTIFY_SEND_ONCE : 0,
  };
}

/** Whether a port stands behind names of a type. */
export function hasPort(type: number): boolean {
  return (type & (MACH_PORT_TYPE_SEND | MACH_PORT_TYPE_RECEIVE | mp.MACH_PORT_TYPE_SEND_ONCE)) !== 0;
}

function nameOf(operation: string, type: number, references: number, requested: boolean): string {
  const right = Object.keys(TYPES).find((name) => TYPES[name] === type)!;
  const request = requested ? ", requested" : "";
  return `${operation}: ${right === "-" ? "unused name" : right}${references ? ` ${references}` : ""}${request}`;
}

/** An operation that can be tried on a name: ports die only under names that do not have the receive right. */
function possible(operation: string, type: number): boolean {
  if (operation === "port death") return type === MACH_PORT_TYPE_SEND || type === mp.MACH_PORT_TYPE_SEND_ONCE;
  if (operation.startsWith("copyout")) return true;
  return type !== mp.MACH_PORT_TYPE_NONE;
}

function cases(): Case[] {
  const all: Case[] = [];
  for (const operation of OPERATIONS) {
    for (const type of Object.values(TYPES)) {
      if (!possible(operation, type)) continue;
      for (const references of counts(type) ? [1, 3, mostReferences(type)] : [0]) {
        for (const requested of hasPort(type) ? [false, true] : [false]) {
          const name = nameOf(operation, type, references, requested);
          all.push({ name, ...outcome(operation, type, references, requested) });
        }
      }
    }
  }
  return all;
}

/** Every operation on every kind of name, with one, several and the most user references, with and without a request. */
export const CASES: readonly Case[] = cases();
