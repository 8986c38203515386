/** Clock counts of instructions: `clocksFor` at decode time, `rulesFor` for everything that is no instruction. */
export { clocksFor, transferComponents } from "./lookup";
export type { Clocks } from "./lookup";
export { rulesFor } from "./declared";
export type { ClockRules } from "./declared";
