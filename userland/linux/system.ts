// Calls that tell of the system: its name, clocks, numbers of users and groups, limits; and the segment of a thread.
import { stackAlloc } from "../../guest/i386";
import { EBADF, EFAULT, EINTR, EINVAL, ESRCH } from "../../abi/errno";
import * as linux from "../../abi/linux";
import { clock_seconds, clock_uptime } from "../lib/clock";
import { term_get_ready } from "../generated/term.generated";
import { term_port } from "../lib/process";
import { random_bits } from "../lib/random";
import { string_store } from "../lib/string";
import { call_define, call_ignore, Registers } from "./calls";
import { copy_in, copy_out, copy_out_word } from "./memory";
import { event_wait_for, fd_at, FD_CONSOLE, LinuxProcess, process_of_pid } from "./process";
import { segment_load } from "./life";
import { is_interrupted } from "./signals";

function on_uname(process: LinuxProcess, r: Registers): i32 {
  const size: u32 = 6 * linux.UTSNAME_FIELD;
  const name = stackAlloc(size);
  memory.fill(name, 0, size);
  string_store(name, "Linux");
  string_store(name + linux.UTSNAME_FIELD, "mach386");
  string_store(name + 2 * linux.UTSNAME_FIELD, "5.10.0");
  string_store(name + 3 * linux.UTSNAME_FIELD, "mach386");
  string_store(name + 4 * linux.UTSNAME_FIELD, "i686");
  return copy_out(process, name, r.ebx, size);
}

/** Milliseconds between two looks at what may have become ready. */
const POLL_PERIOD: i32 = 20;

// --- clocks ---

/** Seconds and nanoseconds of the time of day or, for the other clocks, since the start. `width`: bytes of each. */
function give_time(process: LinuxProcess, clock: u32, to: u32, width: u32): i32 {
  const time = stackAlloc(16);
  const uptime = clock_uptime();
  memory.fill(time, 0, 16);
  const real = clock == <u32>linux.CLOCK_REALTIME || clock == <u32>linux.CLOCK_REALTIME_COARSE;
  store<u32>(time, real ? clock_seconds() : uptime / 1000);
  store<u32>(time + width, (uptime % 1000) * 1000000);
  return copy_out(process, time, to, 2 * width);
}

function on_clock_gettime(process: LinuxProcess, r: Registers): i32 {
  return give_time(process, r.ebx, r.ecx, 4);
}

function on_clock_gettime64(process: LinuxProcess, r: Registers): i32 {
  return give_time(process, r.ebx, r.ecx, 8);
}

function on_gettimeofday(process: LinuxProcess, r: Registers): i32 {
  const time = stackAlloc(8);
  store<u32>(time, clock_seconds());
  store<u32>(time, (clock_uptime() % 1000) * 1000, 4);
  return r.ebx == 0 ? 0 : copy_out(process, time, r.ebx, 8);
}

function on_time(process: LinuxProcess, r: Registers): i32 {
  const now = clock_seconds();
  return r.ebx != 0 && copy_out_word(process, now, r.ebx) != 0 ? -EFAULT : now;
}

/** Waits for so long; how much is left, in milliseconds, when a signal comes before. */
function sleep(process: LinuxProcess, seconds: u32, nanoseconds: u32): u32 {
  const milliseconds = min<u32>(seconds, 1000000) * 1000 + (nanoseconds + 999999) / 1000000;
  const end = clock_uptime() + milliseconds;
  let left: i32 = milliseconds;
  while (left > 0 && !is_interrupted(process)) {
    event_wait_for(left);
    left = end - clock_uptime();
  }
  return left > 0 ? left : 0;
}

/** Seconds and nanoseconds, where what is left goes. `width`: bytes of each. */
function sleep_from(process: LinuxProcess, from: u32, rest: u32, width: u32): i32 {
  const time = stackAlloc(16);
  if (copy_in(process, from, time, 2 * width) != 0) return -EFAULT;
  const left = sleep(process, load<u32>(time), load<u32>(time + width));
  if (left == 0) return 0;
  memory.fill(time, 0, 16);
  store<u32>(time, left / 1000);
  store<u32>(time + width, (left % 1000) * 1000000);
  if (rest != 0 && copy_out(process, time, rest, 2 * width) != 0) return -EFAULT;
  return -EINTR;
}

function on_nanosleep(process: LinuxProcess, r: Registers): i32 {
  return sleep_from(process, r.ebx, r.ecx, 4);
}

/** Clock, flags (an absolute time is not served), the time, where what is left goes. */
function on_clock_nanosleep(process: LinuxProcess, r: Registers): i32 {
  return r.ecx != 0 ? -EINVAL : sleep_from(process, r.edx, r.esi, 4);
}

function on_clock_nanosleep64(process: LinuxProcess, r: Registers): i32 {
  return r.ecx != 0 ? -EINVAL : sleep_from(process, r.edx, r.esi, 8);
}

/** A millisecond. */
function give_resolution(process: LinuxProcess, to: u32, width: u32): i32 {
  const time = stackAlloc(16);
  memory.fill(time, 0, 16);
  store<u32>(time + width, 1000000);
  return to == 0 ? 0 : copy_out(process, time, to, 2 * width);
}

function on_clock_getres(process: LinuxProcess, r: Registers): i32 {
  return give_resolution(process, r.ecx, 4);
}

function on_clock_getres64(process: LinuxProcess, r: Registers): i32 {
  return give_resolution(process, r.ecx, 8);
}

// --- numbers ---

function on_getpid(process: LinuxProcess, _r: Registers): i32 {
  return process.pid;
}

function on_getppid(process: LinuxProcess, _r: Registers): i32 {
  const parent = process.parent;
  return parent == null ? 1 : parent.pid;
}

function on_getpgrp(process: LinuxProcess, _r: Registers): i32 {
  return process.group;
}

function on_getpgid(process: LinuxProcess, r: Registers): i32 {
  const other = r.ebx == 0 ? process : process_of_pid(r.ebx);
  return other == null ? -ESRCH : other.group;
}

function on_setpgid(process: LinuxProcess, r: Registers): i32 {
  const other = r.ebx == 0 ? process : process_of_pid(r.ebx);
  if (other == null) return -ESRCH;
  other.group = r.ecx == 0 ? other.pid : r.ecx;
  return 0;
}

function on_setsid(process: LinuxProcess, _r: Registers): i32 {
  process.session = process.pid;
  process.group = process.pid;
  return process.pid;
}

function on_getsid(process: LinuxProcess, _r: Registers): i32 {
  return process.session;
}

function on_umask(process: LinuxProcess, r: Registers): i32 {
  const old = process.umask;
  process.umask = r.ebx & 0x1ff;
  return old;
}

// --- the rest ---

/** struct user_desc; a number of -1 asks for a free one. */
function on_set_thread_area(process: LinuxProcess, r: Registers): i32 {
  const given = stackAlloc(linux.USER_DESC_BYTES);
  if (copy_in(process, r.ebx, given, linux.USER_DESC_BYTES) != 0) return -EFAULT;
  const base = load<u32>(given, linux.USER_DESC_BASE);
  const limit = load<u32>(given, linux.USER_DESC_LIMIT);
  const pages: u32 =
    (load<u32>(given, linux.USER_DESC_FLAGS) & linux.USER_DESC_LIMIT_IN_PAGES) != 0 ? 0x800000 : 0;
  process.descriptor_low = (base << 16) | (limit & 0xffff);
  // Present, of level 3, writable data, 32-bit.
  process.descriptor_high =
    (base & 0xff000000) | ((base >>> 16) & 0xff) | (limit & 0xf0000) | pages | 0x0040f200;
  const number = load<u32>(given);
  process.selector = number == 0xffffffff ? number : (number << 3) | 3;
  const error = segment_load(process);
  if (error != 0) {
    process.selector = 0;
    return -EINVAL;
  }
  return copy_out_word(process, process.selector >>> 3, r.ebx);
}

function on_getrandom(process: LinuxProcess, r: Registers): i32 {
  const bytes = stackAlloc(256);
  const count = min<u32>(r.ecx, 256);
  for (let at: u32 = 0; at < count; at += 4) store<u32>(bytes + at, random_bits());
  return copy_out(process, bytes, r.ebx, count) != 0 ? -EFAULT : count;
}

/** No resource is limited, but for what there is. */
function on_getrlimit(process: LinuxProcess, r: Registers): i32 {
  const limits = stackAlloc(8);
  store<u32>(limits, 0xffffffff);
  store<u32>(limits, 0xffffffff, 4);
  return copy_out(process, limits, r.ecx, 8);
}

/** Process, resource, new limits, where the old ones go. */
function on_prlimit(process: LinuxProcess, r: Registers): i32 {
  const limits = stackAlloc(16);
  memory.fill(limits, 0xff, 16);
  return r.esi == 0 ? 0 : copy_out(process, limits, r.esi, 16);
}

/** What of `events` a descriptor is ready for: reading and writing at once, but for the terminal when nothing was typed. */
function ready_for(process: LinuxProcess, fd: u32, events: u32): u32 {
  const at = fd_at(process, fd);
  if (at == 0) return linux.POLLNVAL;
  const asked = events & (linux.POLLIN | linux.POLLOUT);
  const typed = stackAlloc(4);
  if (load<u32>(at) != FD_CONSOLE || (asked & linux.POLLIN) == 0) return asked;
  store<u32>(typed, 0);
  term_get_ready(term_port, typed);
  return load<u32>(typed) != 0 ? asked : asked & ~(<u32>linux.POLLIN);
}

function poll_once(process: LinuxProcess, entries: u32, count: u32): i32 {
  const entry = stackAlloc(8);
  let ready: i32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (copy_in(process, entries + index * 8, entry, 8) != 0) return -EFAULT;
    const fd = load<u32>(entry);
    const events: u32 = <i32>fd < 0 ? 0 : ready_for(process, fd, load<u16>(entry, 4));
    store<u16>(entry, <u16>events, 6);
    if (events != 0) ready++;
    if (copy_out(process, entry, entries + index * 8, 8) != 0) return -EFAULT;
  }
  return ready;
}

/** Waits a little for what may become ready. False: a signal has come. */
function wait_a_little(process: LinuxProcess, left: i32): bool {
  if (is_interrupted(process)) return false;
  event_wait_for(min<i32>(left, POLL_PERIOD));
  return true;
}

const FOR_EVER: i32 = 0x7fffffff;

/** How much is left of so many milliseconds since `start`; of -1 there is always much. */
function time_left(start: u32, milliseconds: i32): i32 {
  return milliseconds < 0 ? FOR_EVER : start + milliseconds - clock_uptime();
}

/** Asks again and again until something is ready, so many milliseconds have passed (-1: never), or a signal comes. */
function poll(process: LinuxProcess, entries: u32, count: u32, milliseconds: i32): i32 {
  const start = clock_uptime();
  let ready = poll_once(process, entries, count);
  while (ready == 0 && time_left(start, milliseconds) > 0) {
    if (!wait_a_little(process, time_left(start, milliseconds))) return -EINTR;
    ready = poll_once(process, entries, count);
  }
  return ready;
}

/** Milliseconds of the time at `from`, seconds and nanoseconds of `width` bytes each; -1 without one; less for an error. */
function milliseconds_at(process: LinuxProcess, from: u32, width: u32): i32 {
  const time = stackAlloc(16);
  if (from == 0) return -1;
  if (copy_in(process, from, time, 2 * width) != 0) return -EFAULT;
  return min<u32>(load<u32>(time), 1000000) * 1000 + (load<u32>(time + width) + 999999) / 1000000;
}

/** Entries, their number, milliseconds. */
function on_poll(process: LinuxProcess, r: Registers): i32 {
  return poll(process, r.ebx, r.ecx, r.edx);
}

/** As on_poll, but for the time's shape and a mask of signals, which is not looked at. */
function poll_until(process: LinuxProcess, r: Registers, width: u32): i32 {
  const milliseconds = milliseconds_at(process, r.edx, width);
  return milliseconds < -1 ? milliseconds : poll(process, r.ebx, r.ecx, milliseconds);
}

function on_ppoll(process: LinuxProcess, r: Registers): i32 {
  return poll_until(process, r, 4);
}

function on_ppoll64(process: LinuxProcess, r: Registers): i32 {
  return poll_until(process, r, 8);
}

/** Leaves in the set at `set` (0: none) what is ready for `events`; with `ask` it only counts. How many, or an error. */
function select_set(process: LinuxProcess, set: u32, most: u32, events: u32, ask: bool): i32 {
  const word = stackAlloc(4);
  let count: i32 = 0;
  if (set == 0) return 0;
  for (let first: u32 = 0; first < most; first += 32) {
    if (copy_in(process, set + first / 8, word, 4) != 0) return -EFAULT;
    const wanted = load<u32>(word);
    let ready: u32 = 0;
    for (let bit: u32 = 0; bit < 32; bit++) {
      if ((wanted & ((<u32>1) << bit)) == 0) continue;
      const found = ready_for(process, first + bit, events);
      if ((found & linux.POLLNVAL) != 0) return -EBADF;
      if (found == 0) continue;
      ready |= (<u32>1) << bit;
      count++;
    }
    store<u32>(word, ready);
    if (!ask && copy_out(process, word, set + first / 8, 4) != 0) return -EFAULT;
  }
  return count;
}

function select_sets(process: LinuxProcess, r: Registers, ask: bool): i32 {
  const most = min<u32>(r.ebx, 1024);
  const reading = select_set(process, r.ecx, most, linux.POLLIN, ask);
  if (reading < 0) return reading;
  const writing = select_set(process, r.edx, most, linux.POLLOUT, ask);
  return writing < 0 ? writing : reading + writing;
}

/** Number of descriptors, three sets, the time. */
function select(process: LinuxProcess, r: Registers, width: u32): i32 {
  const milliseconds = milliseconds_at(process, r.edi, width);
  if (milliseconds < -1) return milliseconds;
  const start = clock_uptime();
  let ready = select_sets(process, r, true);
  while (ready == 0 && time_left(start, milliseconds) > 0) {
    if (!wait_a_little(process, time_left(start, milliseconds))) return -EINTR;
    ready = select_sets(process, r, true);
  }
  return ready < 0 ? ready : select_sets(process, r, false);
}

function on_pselect(process: LinuxProcess, r: Registers): i32 {
  return select(process, r, 4);
}

function on_pselect64(process: LinuxProcess, r: Registers): i32 {
  return select(process, r, 8);
}

function on_sched_yield(_process: LinuxProcess, _r: Registers): i32 {
  return 0;
}

function on_set_tid_address(process: LinuxProcess, _r: Registers): i32 {
  return process.pid;
}

export function system_calls(): void {
  call_define(linux.SYS_uname, on_uname);
  call_define(linux.SYS_clock_gettime, on_clock_gettime);
  call_define(linux.SYS_clock_gettime64, on_clock_gettime64);
  call_define(linux.SYS_gettimeofday, on_gettimeofday);
  call_define(linux.SYS_time, on_time);
  call_define(linux.SYS_nanosleep, on_nanosleep);
  call_define(linux.SYS_clock_getres, on_clock_getres);
  call_define(linux.SYS_clock_getres_time64, on_clock_getres64);
  call_define(linux.SYS_clock_nanosleep, on_clock_nanosleep);
  call_define(linux.SYS_clock_nanosleep_time64, on_clock_nanosleep64);
  call_define(linux.SYS_getpid, on_getpid);
  call_define(linux.SYS_gettid, on_getpid);
  call_define(linux.SYS_getppid, on_getppid);
  call_define(linux.SYS_getpgrp, on_getpgrp);
  call_define(linux.SYS_getpgid, on_getpgid);
  call_define(linux.SYS_setpgid, on_setpgid);
  call_define(linux.SYS_setsid, on_setsid);
  call_define(linux.SYS_getsid, on_getsid);
  call_define(linux.SYS_umask, on_umask);
  call_define(linux.SYS_set_thread_area, on_set_thread_area);
  call_define(linux.SYS_set_tid_address, on_set_tid_address);
  call_define(linux.SYS_getrandom, on_getrandom);
  call_define(linux.SYS_ugetrlimit, on_getrlimit);
  call_define(linux.SYS_prlimit64, on_prlimit);
  call_define(linux.SYS_poll, on_poll);
  call_define(linux.SYS_ppoll, on_ppoll);
  call_define(linux.SYS_ppoll_time64, on_ppoll64);
  call_define(linux.SYS_pselect6, on_pselect);
  call_define(linux.SYS_pselect6_time64, on_pselect64);
  call_define(linux.SYS_sched_yield, on_sched_yield);
  call_ignore(linux.SYS_getuid32);
  call_ignore(linux.SYS_geteuid32);
  call_ignore(linux.SYS_getgid32);
  call_ignore(linux.SYS_getegid32);
  call_ignore(linux.SYS_setuid32);
  call_ignore(linux.SYS_setgid32);
  call_ignore(linux.SYS_getgroups32);
  call_ignore(linux.SYS_set_robust_list);
  call_ignore(linux.SYS_fadvise64);
  call_ignore(linux.SYS_setitimer);
  call_ignore(linux.SYS_prctl);
}
