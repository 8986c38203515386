// The time as a page that programs can map and read. Each time is seconds, a fraction and the seconds again, which are
// written in the reverse order: a reader that finds both seconds equal has read one time.
import {
  MAPPED_CHECK_SECONDS,
  MAPPED_CHECK_SECONDS64,
  MAPPED_CHECK_UPSECONDS64,
  MAPPED_MICROSECONDS,
  MAPPED_SECONDS,
  MAPPED_TIME64,
  MAPPED_UPTIME64,
} from "../../abi/mapped_time";
import { PAGE_SIZE, virt_to_phys } from "../i386/vm_param";
import { vm_page_grab_kernel } from "../vm/vm_resident";
import { clock_microseconds, clock_seconds, ticks_microseconds, ticks_seconds } from "./clock";
import { clock_ticks } from "./timer";

/** Kernel address of the page; 0 until somebody wants it. */
let page: usize = 0;

/** Physical address of the page; 0 when memory is short. */
export function mapped_time_page(): u32 {
  if (page == 0) {
    page = vm_page_grab_kernel();
    if (page == 0) return 0;
    memory.fill(page, 0, PAGE_SIZE);
    mapped_time_update();
  }
  return virt_to_phys(<u32>page);
}

/** Writes the time of the clock's last tick. */
export function mapped_time_update(): void {
  if (page == 0) return;
  const seconds = clock_seconds();
  const microseconds = clock_microseconds();
  atomic.store<u32>(page + MAPPED_CHECK_SECONDS, seconds);
  atomic.store<u32>(page + MAPPED_MICROSECONDS, microseconds);
  atomic.store<u32>(page + MAPPED_SECONDS, seconds);
  put(MAPPED_TIME64, MAPPED_CHECK_SECONDS64, seconds, microseconds);
  const ticks = clock_ticks();
  put(MAPPED_UPTIME64, MAPPED_CHECK_UPSECONDS64, ticks_seconds(ticks), ticks_microseconds(ticks));
}

/** A time_value64: two words of seconds, two of nanoseconds. */
function put(at: usize, check: usize, seconds: u32, microseconds: u32): void {
  atomic.store<u32>(page + check, seconds);
  atomic.store<u32>(page + at + 8, microseconds * 1000);
  atomic.store<u32>(page + at, seconds);
}
