// The screen: what escape sequences and control characters written to `kd0` make of the cells, which the program looks at
// through the device's memory. Leaves the screen empty.
import { stackAlloc } from "../../guest/i386";
import { D_INVALID_OPERATION, D_INVALID_SIZE, D_NO_SUCH_DEVICE, D_WOULD_BLOCK } from "../../abi/kern_return";
import {
  KBENTRY_COUNT,
  KDGKBDTYPE,
  KDGSTATE,
  KDSETBELL,
  KDSETLEDS,
  KDSKBDMODE,
  KDSKBENT,
  KB_ASCII,
  KB_EVENT,
  KB_VANILLAKB,
  KD_EVENT_SIZE,
  KEY_CODES,
} from "../../abi/kd";
import {
  D_NOWAIT,
  D_READ,
  D_WRITE,
  DEV_GET_SIZE,
  DEV_GET_SIZE_COUNT,
  DEV_STATUS_MAX,
  IO_INBAND_MAX,
} from "../../abi/task_types";
import { TF_CRMOD, TF_XTABS, TTY_STATUS, TTY_STATUS_COUNT, TTY_STATUS_FLAGS } from "../../abi/tty";
import { VM_INHERIT_NONE, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import {
  device_close,
  device_get_status,
  device_map,
  device_read_inband,
  device_set_status,
  device_write_inband,
} from "../generated/device.generated";
import { mach_port_deallocate } from "../generated/mach_port.generated";
import { check, check_equals } from "../lib/check";
import { open_device } from "../lib/disk";
import { task_self } from "../lib/mach";
import { begin, device_port, finish } from "../lib/process";
import { string_store } from "../lib/string";
import { vm_deallocate, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const COLUMNS: u32 = 80;
const LINES: u32 = 25;
const SCREEN_SIZE: u32 = 0x8000;
const NORMAL: u32 = 0x07;

let kd: u32 = 0;
let screen: u32 = 0;

function open(name: string): u32 {
  const port = stackAlloc(4);
  return open_device(device_port, D_READ | D_WRITE, name, port) == 0 ? load<u32>(port) : 0;
}

/** Writes a text in which `^` stands for ESC. */
function write(text: string): void {
  const bytes = stackAlloc(256);
  const count = string_store(bytes, text);
  for (let i: u32 = 0; i < count; i++) if (load<u8>(bytes + i) == 0x5e) store<u8>(bytes + i, 27);
  const written = stackAlloc(4);
  for (let at: u32 = 0; at < count; at += <u32>IO_INBAND_MAX)
    device_write_inband(kd, 0, 0, bytes + at, min<u32>(count - at, IO_INBAND_MAX), written);
}

function cell(line: u32, column: u32): u32 {
  return atomic.load<u16>(screen + (line * COLUMNS + column) * 2);
}

/** Whether a line shows `text` from `column` on. */
function shows(line: u32, column: u32, text: string): bool {
  for (let i: u32 = 0; i < <u32>text.length; i++)
    if ((cell(line, column + i) & 0xff) != <u32>text.charCodeAt(i)) return false;
  return true;
}

/** An empty screen with normal attributes. */
function clear(): void {
  write("^c");
}

/** Whether nothing is to be seen in [from, to) of a line. */
function empty(line: u32, from: u32, to: u32): bool {
  for (let column = from; column < to; column++) if ((cell(line, column) & 0xff) != 0x20) return false;
  return true;
}

function map_screen(): bool {
  const pager = stackAlloc(4);
  const address = stackAlloc(4);
  if (
    !check_equals(
      "the screen can be mapped",
      device_map(kd, VM_PROT_READ | VM_PROT_WRITE, 0, SCREEN_SIZE, pager, 0),
      0,
    )
  )
    return false;
  const port = load<u32>(pager);
  store<u32>(address, 0);
  const kr = vm_map(
    task_self(),
    address,
    SCREEN_SIZE,
    0,
    1,
    port,
    0,
    0,
    VM_PROT_READ | VM_PROT_WRITE,
    VM_PROT_READ | VM_PROT_WRITE,
    VM_INHERIT_NONE,
  );
  check_equals("as memory", kr, 0);
  screen = load<u32>(address);
  const again = stackAlloc(4);
  check_equals("and once more", device_map(kd, VM_PROT_READ | VM_PROT_WRITE, 0, SCREEN_SIZE, again, 0), 0);
  check_equals("by the same port", load<u32>(again), port);
  mach_port_deallocate(task_self(), port);
  mach_port_deallocate(task_self(), port);
  check_equals(
    "not beyond its end",
    device_map(kd, VM_PROT_READ, SCREEN_SIZE, 4096, again, 0),
    D_INVALID_OPERATION,
  );
  check_equals("not nothing", device_map(kd, VM_PROT_READ, 0, 0, again, 0), D_INVALID_SIZE);
  return kr == 0;
}

function text(): void {
  clear();
  check("the screen is empty", empty(0, 0, COLUMNS) && empty(LINES - 1, 0, COLUMNS));
  check_equals("in white on black", cell(3, 3) >> 8, NORMAL);
  write("hello\nworld\rW\tx\by");
  check("a newline begins a line", shows(0, 0, "hello ") && shows(1, 0, "World"));
  check("tabs are eight columns, backspace goes back", shows(1, 8, "y "));
  clear();
  for (let i: u32 = 0; i < COLUMNS / 8; i++) write("12345678");
  write("next");
  check("a full line goes on in the next", shows(0, 72, "12345678") && shows(1, 0, "next"));
  clear();
  for (let line: u32 = 0; line < LINES; line++) {
    const bytes = stackAlloc(8);
    store<u8>(bytes, <u8>(0x41 + line));
    store<u8>(bytes + 1, 10);
    device_write_inband(kd, 0, 0, bytes, 2, stackAlloc(4));
  }
  check("the last line's newline moves the screen up", shows(0, 0, "B") && shows(LINES - 2, 0, "Y"));
  check("an empty line comes", empty(LINES - 1, 0, COLUMNS));
}

function cursor(): void {
  clear();
  write("^[5;10Hat^[Hhome^[3Bdown^[2Aup^[4Cright^[9Dleft");
  check("a place", shows(4, 9, "at"));
  check("home", shows(0, 0, "home"));
  check("down", shows(3, 4, "down"));
  check("up and right", shows(1, 8, "up") && shows(1, 14, "ri"));
  check("left", shows(1, 10, "left"));
  clear();
  write("^[99;99H*^[99A^[99D<^[24;80f>^[20G|^[7dx");
  check("places off the screen are its edge", shows(0, 0, "<") && shows(23, 79, ">"));
  check("column and line", shows(24, 19, "|") && shows(6, 20, "x"));
  clear();
  write("^[3;3H^7ab^8cd^[10;1H^[sef^[ugh^[2Eend^[4Fbeg");
  check("saved and restored, both ways", shows(2, 2, "cd") && shows(9, 0, "gh"));
  check("lines down and up", shows(11, 0, "end") && shows(7, 0, "beg"));
  clear();
  write("one^Dtwo^Ethree^M!^[H^Mzero");
  check("index, next line, reverse index", shows(2, 3, "tw!") && shows(3, 0, "three"));
  check("reverse index at the top moves the screen down", shows(0, 0, "zero") && shows(1, 0, "one"));
}

function fill_lines(): void {
  clear();
  write("^[1;1Haaaa^[2;1Hbbbb^[3;1Hcccc^[4;1Hdddd");
}

function editing(): void {
  fill_lines();
  write("^[2;3H^[K");
  check("erase to the line's end", shows(1, 0, "bb  ") && shows(2, 0, "cccc"));
  write("^[3;2H^[1K");
  check("erase from the line's beginning", shows(2, 0, "  cc"));
  write("^[4;2H^[2K");
  check("erase the line", empty(3, 0, COLUMNS));
  fill_lines();
  write("^[2;3H^[J");
  check("erase to the screen's end", shows(0, 0, "aaaa") && shows(1, 0, "bb  ") && empty(2, 0, COLUMNS));
  fill_lines();
  write("^[3;2H^[1J");
  check(
    "erase from the screen's beginning",
    empty(1, 0, COLUMNS) && shows(2, 0, "  cc") && shows(3, 0, "dddd"),
  );
  write("^[2J");
  check("erase the screen", empty(3, 0, COLUMNS));
  fill_lines();
  write("^[2;1H^[2L");
  check("insert lines", shows(0, 0, "aaaa") && empty(1, 0, 9) && empty(2, 0, 9) && shows(3, 0, "bbbb"));
  write("^[M");
  check("delete a line", empty(1, 0, 9) && shows(2, 0, "bbbb") && shows(3, 0, "cccc"));
  write("^[99M");
  check("delete more lines than there are", shows(0, 0, "aaaa") && empty(1, 0, 9) && empty(4, 0, 9));
  fill_lines();
  write("^[S");
  check("scroll up", shows(0, 0, "bbbb") && shows(2, 0, "dddd"));
  write("^[2T");
  check("scroll down", empty(0, 0, 9) && empty(1, 0, 9) && shows(2, 0, "bbbb"));
  clear();
  write("abcdef^[1;3H^[2P");
  check("delete characters", shows(0, 0, "abef  "));
  write("^[2@");
  check("insert characters", shows(0, 0, "ab  ef"));
  write("^[1;1H^[X");
  check("erase a character", shows(0, 0, " b  ef"));
}

function attribute_of(sequence: string): u32 {
  clear();
  write(sequence);
  write("x");
  return cell(0, 0) >> 8;
}

function attributes(): void {
  check_equals("red on blue", attribute_of("^[31;44m"), 0x14);
  check_equals("bold", attribute_of("^[1m"), 0x0f);
  check_equals("not any more", attribute_of("^[1m^[22m"), NORMAL);
  check_equals("reverse", attribute_of("^[7m"), 0x70);
  check_equals("reverse and back", attribute_of("^[7;27m"), NORMAL);
  check_equals("blinking", attribute_of("^[5m"), 0x87);
  check_equals("invisible", attribute_of("^[8m"), 0x00);
  check_equals("the usual colours", attribute_of("^[32;43m^[39;49m"), NORMAL);
  check_equals("all off", attribute_of("^[1;5;7;31;42m^[m"), NORMAL);
  clear();
  write("^[42m^[K");
  check_equals("what is erased has the background", cell(0, 40), 0x2720);
}

/** Sequences that nobody knows, that never end or that ask for too much, and whatever comes. */
function nonsense(): void {
  clear();
  write("^[?25l^[?25h^[1;2;3;4;5;6;7;8;9;10;11;12m^[0m");
  write("^[99999999999999999999Zok^[y^(done");
  check("what is not known is left out", shows(0, 0, "ok") && shows(0, 2, "done"));
  let seed: u32 = 12345;
  const bytes = stackAlloc(IO_INBAND_MAX);
  for (let round = 0; round < 200; round++) {
    for (let i: u32 = 0; i < <u32>IO_INBAND_MAX; i++) {
      seed = seed * 1664525 + 1013904223;
      const pick = seed >> 24;
      store<u8>(bytes + i, <u8>(pick < 40 ? 27 : pick < 80 ? 0x5b : pick & 0x7f));
    }
    device_write_inband(kd, 0, 0, bytes, IO_INBAND_MAX, stackAlloc(4));
  }
  write("^[0m^c");
  write("sane");
  check("anything may be written", shows(0, 0, "sane") && empty(1, 0, COLUMNS));
}

function status(): void {
  const words = stackAlloc(DEV_STATUS_MAX * 4);
  const count = stackAlloc(4);
  store<u32>(count, DEV_STATUS_MAX);
  check_equals("a terminal's status", device_get_status(kd, TTY_STATUS, words, count), 0);
  check_equals("with the CR mode on", load<u32>(words, TTY_STATUS_FLAGS), TF_CRMOD);
  store<u32>(words, 0, TTY_STATUS_FLAGS);
  check_equals("that can be turned off", device_set_status(kd, TTY_STATUS, words, TTY_STATUS_COUNT), 0);
  clear();
  write("ab\ncd");
  check("a newline is only a line down then", shows(0, 0, "ab") && shows(1, 2, "cd"));
  store<u32>(words, TF_CRMOD | TF_XTABS, TTY_STATUS_FLAGS);
  device_set_status(kd, TTY_STATUS, words, TTY_STATUS_COUNT);
  clear();
  write("xxxxxxxxx\rab\tc");
  check("a tab is blanks, if so wanted", shows(0, 0, "ab      c "));
  store<u32>(words, TF_CRMOD, TTY_STATUS_FLAGS);
  device_set_status(kd, TTY_STATUS, words, TTY_STATUS_COUNT);
  store<u32>(count, 1);
  check_equals("no modifier is down", device_get_status(kd, KDGSTATE, words, count), 0);
  check_equals("nor a lock on", load<u32>(words), 0);
  store<u32>(words, 0);
  check_equals("the bell is off", device_set_status(kd, KDSETBELL, words, 1), 0);
  store<u32>(words, KEY_CODES << 8);
  check_equals("no such key", device_set_status(kd, KDSKBENT, words, KBENTRY_COUNT), D_INVALID_OPERATION);
  check_equals("nothing was typed", device_read_inband(kd, D_NOWAIT, 0, 1, words, count), D_WOULD_BLOCK);
}

function keyboard(): void {
  const kbd = open("kbd");
  if (!check("the keyboard", kbd != 0)) return;
  const words = stackAlloc(DEV_STATUS_MAX * 4);
  const count = stackAlloc(4);
  store<u32>(count, DEV_STATUS_MAX);
  check_equals("has a type", device_get_status(kbd, KDGKBDTYPE, words, count), 0);
  check_equals("the usual", load<u32>(words), KB_VANILLAKB);
  store<u32>(count, DEV_STATUS_MAX);
  check_equals("records", device_get_status(kbd, DEV_GET_SIZE, words, count), 0);
  check_equals("of an event's size", load<u32>(words, 4), KD_EVENT_SIZE);
  check_equals("in two words", load<u32>(count), DEV_GET_SIZE_COUNT);
  store<u32>(words, KB_EVENT);
  check_equals("event mode", device_set_status(kbd, KDSKBDMODE, words, 1), 0);
  store<u32>(words, 7);
  check_equals("no such mode", device_set_status(kbd, KDSKBDMODE, words, 1), D_INVALID_OPERATION);
  store<u32>(words, 0);
  check_equals("lights", device_set_status(kbd, KDSETLEDS, words, 1), 0);
  check_equals("half an event", device_read_inband(kbd, D_NOWAIT, 0, 10, words, count), D_INVALID_SIZE);
  check_equals("no event", device_read_inband(kbd, D_NOWAIT, 0, KD_EVENT_SIZE, words, count), D_WOULD_BLOCK);
  store<u32>(words, KB_ASCII);
  check_equals("back to characters", device_set_status(kbd, KDSKBDMODE, words, 1), 0);
  check_equals("what is written is ignored", device_write_inband(kbd, 0, 0, words, 4, count), 0);
  check_equals("the keyboard closes", device_close(kbd), 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  kd = open("kd0");
  if (check("the screen", kd != 0) && map_screen()) {
    text();
    cursor();
    editing();
    attributes();
    nonsense();
    status();
    keyboard();
    clear();
    vm_deallocate(task_self(), screen, SCREEN_SIZE);
    check_equals("the screen closes", device_close(kd), 0);
  }
  check_equals("there is one", open_device(device_port, D_READ, "kd1", stackAlloc(4)), D_NO_SUCH_DEVICE);
  return finish();
}
