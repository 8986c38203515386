// What each policy of mode full is worth: everything again with one of them switched off.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as abi from "../../abi/vm_merge";
import { scenarioTotal } from "../../tests/vm/fewest";
import { KernelVm } from "../../tests/vm/kernel-vm";
import { projectRoot } from "../root";
import { measureMode } from "./merge-measure";

/** One row of build/bench/policies.json: mode full without one policy; the first row is without none. */
export interface PolicyResult {
  without: string;
  /** Sums over the workloads of merge-bench. */
  entriesPeak: number;
  entriesEnd: number;
  cycles: number;
  /** Entries of the 76 scenarios. */
  scenarios: number;
  /** The workload that has most more entries at its peak than with all policies. */
  worst?: { workload: string; entriesPeak: number; before: number };
}

const PREFIX = "MERGE_POLICY_";

/** Name (as in vm.merge.NAME=0) and bit of every policy. */
export const POLICIES: readonly (readonly [string, number])[] = Object.entries(abi).flatMap(
  ([name, value]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length).toLowerCase(), Number(value)] as const] : [],
);

/** Measures all rows; `before` is called with each one's number and name. */
export async function measurePolicies(
  before: (index: number, policy: string) => void,
): Promise<PolicyResult[]> {
  const program = new Uint8Array(readFileSync(join(projectRoot, "build/userland/merge-bench.elf")));
  const vm = await KernelVm.boot();
  const all = measureMode(program, "full");
  return [["none", 0] as const, ...POLICIES].map(([without, bit], index) => {
    before(index, without);
    const rows = bit === 0 ? all : measureMode(program, "full", `vm.merge.${without}=0`);
    const sum = (pick: (row: (typeof rows)[number]) => number) =>
      rows.reduce((total, row) => total + pick(row), 0);
    const more = rows.map((row, at) => ({
      workload: row.workload,
      entriesPeak: row.entriesPeak,
      before: all[at].entriesPeak,
    }));
    const worst = more.reduce((most, one) =>
      one.entriesPeak - one.before > most.entriesPeak - most.before ? one : most,
    );
    return {
      without,
      entriesPeak: sum((row) => row.entriesPeak),
      entriesEnd: sum((row) => row.entriesEnd),
      cycles: sum((row) => row.cycles),
      scenarios: scenarioTotal(vm, bit),
      ...(worst.entriesPeak > worst.before && { worst }),
    };
  });
}
