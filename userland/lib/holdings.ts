// What the kernel holds: elements in use of every zone, and pages. For programs that prove that nothing is lost.
import { stackAlloc } from "../../guest/i386";
import {
  SLAB_INFO_NAME,
  SLAB_INFO_NR_OBJS,
  SLAB_INFO_NR_SLABS,
  SLAB_INFO_SIZE,
  VM_STATS_FREE,
  VM_STATS_SIZE,
} from "../../abi/vm_types";
import { vm_statistics } from "../generated/mach.generated";
import { host_slab_info } from "../generated/mach_debug.generated";
import { task_self } from "./mach";
import { arg, format } from "./print";
import { vm_deallocate } from "./vm";

const MAX_ZONES: u32 = 64;
/** Elements in use of each zone, then the pages. */
const remembered: usize = memory.data(260);
const current: usize = memory.data(260);
/** Names of the zones, as host_slab_info gives them. */
const names: usize = memory.data(2048);
const NAME_SIZE: u32 = 32;
let zones: u32 = 0;

/** Reads everything into `to`; false when memory is too short to ask. */
function read_holdings(host: u32, to: usize): bool {
  const cells = stackAlloc(8);
  store<u32>(cells, 0);
  store<u32>(cells, 0, 4);
  if (host_slab_info(host, cells, cells + 4) != 0) return false;
  const info = load<u32>(cells);
  zones = min(load<u32>(cells, 4), MAX_ZONES);
  let pages: u32 = 0;
  for (let zone: u32 = 0; zone < zones; zone++) {
    const at = info + zone * SLAB_INFO_SIZE;
    store<u32>(to + ((<usize>zone) << 2), load<u32>(at + SLAB_INFO_NR_OBJS));
    memory.copy(names + zone * NAME_SIZE, at + SLAB_INFO_NAME, NAME_SIZE);
    pages += load<u32>(at + SLAB_INFO_NR_SLABS);
  }
  vm_deallocate(task_self(), info, load<u32>(cells, 4) * SLAB_INFO_SIZE);
  const statistics = stackAlloc(VM_STATS_SIZE);
  if (vm_statistics(task_self(), statistics) != 0) return false;
  store<u32>(to + ((<usize>zones) << 2), load<u32>(statistics + VM_STATS_FREE) + pages);
  return true;
}

/** What is held now is what shall be held later. */
export function holdings_remember(host: u32): void {
  read_holdings(host, remembered);
  read_holdings(host, remembered);
}

function tell(name: usize, before: u32, now: u32): void {
  arg(<u32>name);
  arg(before);
  arg(now);
  format("%s: %u before, %u now\n");
}

/** Whether something else is held than was remembered; says what, if asked to. */
export function holdings_differ(host: u32, told: bool): bool {
  if (!read_holdings(host, current)) return true;
  let differ = false;
  for (let index: u32 = 0; index <= zones; index++) {
    const before = load<u32>(remembered + ((<usize>index) << 2));
    const now = load<u32>(current + ((<usize>index) << 2));
    if (before == now) continue;
    differ = true;
    if (told && index < zones) tell(names + index * NAME_SIZE, before, now);
    else if (told) format_pages(before, now);
  }
  return differ;
}

function format_pages(before: u32, now: u32): void {
  arg(before);
  arg(now);
  format("pages free or in zones: %u before, %u now\n");
}
