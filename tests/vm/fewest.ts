// The fewest entries that could describe a map as it is: a boundary only where neighbours differ in protection, maximum,
// inheritance, wiring, sharing, or run of a backing object.
import type { KernelVm, Region } from "./kernel-vm";
import { type Scenario, scenarios } from "./scenarios";
import { type Mode, MODES, arenaRegions, closeArena, openArena, runScript } from "./script";

/** What neighbours must have in common to be one entry. */
function nature(region: Region): string {
  const { protection, maximum, inheritance, wired, shared } = region;
  const isPrivate = region.needsCopy || region.own !== region.object;
  const run = region.external
    ? `${isPrivate ? "copy of " : ""}${region.object} at ${region.bottomOffset - region.start}`
    : "anonymous";
  return [protection, maximum, inheritance, wired, shared, run].join(" ");
}

export function fewestEntries(regions: readonly Region[]): number {
  return regions.filter((region, index) => {
    const before = regions[index - 1];
    return before === undefined || before.end !== region.start || nature(before) !== nature(region);
  }).length;
}

export interface ScenarioCounts {
  scenario: Scenario;
  fewest: number;
  counts: Record<Mode, number>;
}

function count(vm: KernelVm, scenario: Scenario, mode: Mode, off = 0): [number, number] {
  const arena = openArena(vm, mode);
  if (off) vm.call["vm_merge_switch_off"]!(off);
  runScript(arena, scenario.script);
  const regions = arenaRegions(arena);
  closeArena(arena);
  return [regions.length, fewestEntries(regions)];
}

/** How many entries each scenario leaves in each mode, and the fewest that could describe what mode none leaves. */
export function scenarioCounts(vm: KernelVm): ScenarioCounts[] {
  return scenarios.map((scenario) => {
    const results = MODES.map((mode) => count(vm, scenario, mode));
    const counts = Object.fromEntries(MODES.map((mode, i) => [mode, results[i]![0]])) as Record<Mode, number>;
    return { scenario, fewest: results[0]![1], counts };
  });
}

/** Entries that all scenarios leave in mode full with the policies `off` (MERGE_POLICY_*) switched off. */
export function scenarioTotal(vm: KernelVm, off: number): number {
  return scenarios.reduce((sum, scenario) => sum + count(vm, scenario, "full", off)[0], 0);
}
