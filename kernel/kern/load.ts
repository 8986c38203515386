// Load averages and mach factors, from a count of runnable threads every second. The load is the number of threads that
// run or could; the mach factor is what a further thread would get of a processor. Both are scaled by LOAD_SCALE.
import { LOAD_SCALE } from "../../abi/task_types";

const AVERAGES: usize = 3;
/** What is left of the past after a second, of LOAD_SCALE: averages over about 5 seconds, 30 seconds and a minute. */
const DECAY: usize = memory.data<u32>([800, 966, 983]);
/** The averages as HOST_LOAD_INFO has them: loads, then mach factors. */
const averages: usize = memory.data(24);

/** Of the processor set, over about 5 seconds. */
let set_load: u32 = 0;
let set_factor: u32 = LOAD_SCALE;

function moved(average: u32, now: u32, decay: u32): u32 {
  return (average * decay + now * (LOAD_SCALE - decay)) / LOAD_SCALE;
}

/** Called every second. `threads`: those that run or could. */
export function load_sample(threads: u32): void {
  const load_now = threads * LOAD_SCALE;
  const factor_now: u32 = threads > 1 ? LOAD_SCALE / (threads + 1) : (1 - threads) * LOAD_SCALE;
  for (let i: usize = 0; i < AVERAGES; i++) {
    const decay = load<u32>(DECAY + (i << 2));
    const at = averages + (i << 2);
    store<u32>(at, moved(load<u32>(at), load_now, decay));
    store<u32>(at, moved(load<u32>(at, 12), factor_now, decay), 12);
  }
  set_load = (set_load * 4 + load_now) / 5;
  set_factor = (set_factor * 4 + factor_now) / 5;
}

/** HOST_LOAD_INFO: three loads, three mach factors. */
export function put_load_info(info: usize): void {
  memory.copy(info, averages, 24);
}

export function set_load_average(): u32 {
  return set_load;
}

export function set_mach_factor(): u32 {
  return set_factor;
}
