// What --stats prints.

import type { MachineStats } from "../../machine/machine";

const LABELS: readonly (readonly [keyof MachineStats, string])[] = [
  ["instructions", "instructions"],
  ["cycles", "cycles"],
  ["interrupts", "interrupts"],
  ["exceptions", "exceptions"],
  ["tlbMisses", "TLB misses"],
  ["tlbFlushes", "TLB flushes"],
  ["decodedInstructions", "decoded instructions"],
  ["codeInvalidations", "code invalidations"],
  ["portReads", "port reads"],
  ["portWrites", "port writes"],
  ["unclaimedPortReads", "port reads nobody answered"],
  ["unclaimedPortWrites", "port writes nobody took"],
  ["serialSent", "bytes sent by COM1"],
  ["serialReceived", "bytes received by COM1"],
  ["diskCommands", "disk commands"],
  ["diskSectorsRead", "disk sectors read"],
  ["diskSectorsWritten", "disk sectors written"],
];

export function statsReport(stats: MachineStats, milliseconds: number): string {
  const rows = LABELS.map(([field, label]) => [label, stats[field].toLocaleString("en")]);
  const mips = stats.instructions / milliseconds / 1000;
  rows.push(
    ["host milliseconds", milliseconds.toFixed(0)],
    ["million instructions a second", mips.toFixed(1)],
  );
  return rows.map(([label, value]) => `${label.padEnd(32)}${value.padStart(16)}\n`).join("");
}
