// Sections of a benchmark program that the host times by breakpoints on bench_begin and bench_end (lib/asm.ts). A section's
// code is its number and how often it does what it measures: count << 8 | number.
import { rdtsc } from "../../guest/i386";
import { bench_begin, bench_end } from "./asm";
import { check } from "./check";
import { arg, format } from "./print";
import { string_store, string_store_u32 } from "./string";

const name: usize = memory.data(64);
let number: u32 = 0;
let count: u32 = 0;
let reads_counter: bool = false;
let started: u64 = 0;
let failures: u32 = 0;

/** The program reads the time-stamp counter itself: for a processor that has one and counts instructions by it. */
export function time_by_counter(): void {
  reads_counter = true;
}

/** Begins a section that does something `times` times. */
export function section_begin(title: string, times: u32): void {
  string_store(name, title);
  start(times);
}

/** As section_begin, with a number behind the title. */
export function section_begin_numbered(title: string, suffix: u32, times: u32): void {
  string_store_u32(name + string_store(name, title), suffix);
  start(times);
}

function start(times: u32): void {
  number++;
  count = times;
  bench_begin((count << 8) | number);
  if (reads_counter) started = rdtsc();
}

/** Prints `time NUMBER NAME count=N ticks=N`. */
export function section_end(): void {
  const ticks: u32 = reads_counter ? <u32>(rdtsc() - started) : 0;
  bench_end((count << 8) | number);
  arg(number);
  arg(<u32>name);
  arg(count);
  arg(ticks);
  format("time %u %s count=%u ticks=%u\n");
  check("every call went well", failures == 0);
  failures = 0;
}

/** Counts what did not end with success, for the check at the end of the section, or of the next one. */
export function expect_success(result: i32): void {
  if (result != 0) failures++;
}
