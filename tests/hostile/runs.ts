// How many random cases the specs of this folder try, and from which seed on. Every failure names its case's seed.

/** The first case's seed. */
export const SEED = Number(process.env.MACH386_SEED ?? 1);

/** Cases of a spec: its own few, or MACH386_RUNS. */
export function runs(few: number): number {
  return Number(process.env.MACH386_RUNS ?? few);
}

/** Calls `check` with one seed per case. */
export function forEachSeed(few: number, check: (seed: number) => void): void {
  for (let seed = SEED; seed < SEED + runs(few); seed++) check(seed);
}
