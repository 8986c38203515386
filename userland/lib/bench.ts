// What a benchmark program shares with the host that measures it. A measured section lies between bench_begin(code) and
// bench_end(code) with code = workload << 8 | operation; the host sees the calls by breakpoints on the two symbols.
import { bench_begin, bench_end } from "./asm";
import { mark_merges, print_refusals, read_merges } from "./merges";
import { arg, format, print_byte } from "./print";
import { count_entries, count_fewest, USER_END } from "./regions";
import { kernel_object_size } from "./slab";

export const BENCH_MAP: u32 = 1;
export const BENCH_PROTECT: u32 = 2;
export const BENCH_FAULT: u32 = 3;
export const BENCH_LOOKUP: u32 = 4;
export const BENCH_UNMAP: u32 = 5;

let workload: u32 = 0;
let start: u32 = 0;
let end: u32 = 0;
let peak: u32 = 0;

/** Begins a workload, a number from 1 on, whose entries are those in [from, to). */
export function workload_begin(number: u32, from: u32, to: u32): void {
  workload = number;
  start = from;
  end = to;
  peak = 0;
  read_merges();
  mark_merges();
}

export function measure_begin(operation: u32): void {
  bench_begin((workload << 8) | operation);
}

export function measure_end(operation: u32): void {
  bench_end((workload << 8) | operation);
}

/** Notes how many entries there are now. */
export function sample_entries(): u32 {
  const entries = count_entries(start, end);
  if (entries > peak) peak = entries;
  return entries;
}

/**
 * Prints the workload's line: `bench NUMBER NAME peak=N end=N fewest=N bytes=N`, and for each reason for which entries were
 * not joined ` REASON=N`. The bytes are the kernel memory that the entries of the whole task hold.
 */
export function workload_end(name: usize): void {
  const entries = sample_entries();
  arg(workload);
  arg(<u32>name);
  arg(peak);
  arg(entries);
  arg(count_fewest(start, end));
  arg(count_entries(0, USER_END) * kernel_object_size("vm_map_entry"));
  format("bench %u %s peak=%u end=%u fewest=%u bytes=%u");
  read_merges();
  print_refusals();
  print_byte(10);
}
