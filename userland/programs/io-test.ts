// Device requests that take their time: replies that come later, many at once, clients and ports that die while they wait,
// devices that close; and the devices that are made of the kernel's own memory.
import { stackAlloc } from "../../guest/i386";
import { IRQ_PICMODE_PIC, IRQGETPICMODE } from "../../abi/irq";
import { KD_EVENT_SIZE } from "../../abi/kd";
import {
  D_ALREADY_OPEN,
  D_DEVICE_DOWN,
  D_INVALID_OPERATION,
  D_INVALID_SIZE,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
  D_WOULD_BLOCK,
  KERN_INVALID_ADDRESS,
  KERN_INVALID_ARGUMENT,
} from "../../abi/kern_return";
import {
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_RCV_MSG,
  MACH_RCV_TIMED_OUT,
  MACH_RCV_TIMEOUT,
  MSGH_ID,
} from "../../abi/mach_msg";
import { MACH_PORT_RIGHT_RECEIVE } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { MAPPED_CHECK_SECONDS, MAPPED_SECONDS, MAPPED_TIME64, MAPPED_UPTIME64 } from "../../abi/mapped_time";
import { SECTOR_SIZE } from "../../abi/mbr";
import { MBI_FLAGS, MULTIBOOT_INFO_MODS, MULTIBOOT_INFO_SIZE } from "../../abi/multiboot";
import { D_NOWAIT, D_READ, D_WRITE, IO_INBAND_MAX } from "../../abi/task_types";
import { TTY_FLUSH, TTY_START, TTY_STOP } from "../../abi/tty";
import { VM_INHERIT_COPY, VM_PROT_READ, VM_PROT_WRITE } from "../../abi/vm_types";
import {
  device_close,
  device_get_status,
  device_intr_ack,
  device_intr_register,
  device_map,
  device_open,
  device_read,
  device_read_inband,
  device_set_filter,
  device_set_status,
  device_write_inband,
} from "../generated/device.generated";
import {
  device_open_request,
  device_read_request,
  device_read_request_inband,
  device_write_request_inband,
} from "../generated/device_request.generated";
import { task_create, task_terminate, vm_protect } from "../generated/mach.generated";
import { host_get_time } from "../generated/mach_host.generated";
import {
  mach_port_allocate,
  mach_port_deallocate,
  mach_port_destroy,
  mach_port_insert_right,
} from "../generated/mach_port.generated";
import {
  device_write_trap,
  device_writev_trap,
  mach_host_self,
  mach_msg_trap,
  mach_print,
  thread_switch,
} from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { open_device } from "../lib/disk";
import { after_fork } from "../lib/fork";
import { task_self } from "../lib/mach";
import { begin, device_port, finish } from "../lib/process";
import { kernel_objects_in_use } from "../lib/slab";
import { string_store } from "../lib/string";
import { allocate_stack, run_thread } from "../lib/threads";
import { PAGE_SIZE, vm_deallocate, vm_map } from "../lib/vm";

export { thread_entry } from "../lib/threads";

const REPLY_ROOM: u32 = 256;
const RETURN_CODE: usize = 28;
/** Of a reply with out-of-line data: how many, and where. */
const DATA_COUNT: usize = 40;
const DATA: usize = 44;
/** Of a reply with inband data. */
const INBAND_DESCRIPTOR: usize = 32;
const INBAND: usize = 36;
const OPENED: usize = 36;
const OPEN_REPLY: u32 = 2900;
const WRITE_REPLY_INBAND: u32 = 2903;
const READ_REPLY: u32 = 2904;
const READ_REPLY_INBAND: u32 = 2905;
/** Requests that one device may have outstanding. */
const REQUESTS_MAX: u32 = 64;
/** Time for a thread or the disk to get on, in milliseconds. */
const WHILE: u32 = 50;

const message: usize = memory.data(256);

function open_code(name: string, port: usize): i32 {
  return open_device(device_port, D_READ | D_WRITE, name, port);
}

function open(name: string): u32 {
  const port = stackAlloc(4);
  return open_code(name, port) == 0 ? load<u32>(port) : 0;
}

function make_port(): u32 {
  const port = stackAlloc(4);
  return mach_port_allocate(task_self(), MACH_PORT_RIGHT_RECEIVE, port) == 0 ? load<u32>(port) : 0;
}

/** Receives the next reply at `port` into `message`; MACH_RCV_TIMED_OUT when none comes within `wait` ms. */
function receive(port: u32, wait: u32): i32 {
  return mach_msg_trap(message, MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, REPLY_ROOM, port, wait, 0);
}

function reply_code(): u32 {
  return load<u32>(message, RETURN_CODE);
}

function pause(): void {
  thread_switch(0, SWITCH_OPTION_WAIT, WHILE);
}

/** Has the kernel print. */
function kernel_says(text: string): void {
  const bytes = stackAlloc(64);
  string_store(bytes, text);
  mach_print(bytes);
}

/** Whether the bytes at `at` are `text`. */
function reads(at: usize, text: string): bool {
  for (let i: u32 = 0; i < <u32>text.length; i++)
    if (<u32>load<u8>(at + i) != <u32>text.charCodeAt(i)) return false;
  return true;
}

/** Reads all that the kernel has printed so far. */
function drain(kmsg: u32): void {
  const bytes = stackAlloc(IO_INBAND_MAX);
  const count = stackAlloc(4);
  do store<u32>(count, IO_INBAND_MAX);
  while (device_read_inband(kmsg, D_NOWAIT, 0, IO_INBAND_MAX, bytes, count) == 0);
}

// --- many at once ---

const MANY: u32 = 8;

function disk_requests(): void {
  const disk = open("hd0");
  const port = make_port();
  const same = stackAlloc(4);
  const count = stackAlloc(4);
  if (!check("the disk", disk != 0)) return;
  let sent = true;
  for (let i: u32 = 0; i < MANY; i++)
    if (device_read_request(disk, port, 0, i * 3, SECTOR_SIZE) != 0) sent = false;
  check("many reads are asked for", sent);
  let good: u32 = 0;
  for (let i: u32 = 0; i < MANY; i++) {
    if (receive(port, 10000) != MACH_MSG_SUCCESS) break;
    if (load<u32>(message, MSGH_ID) != READ_REPLY || reply_code() != 0) continue;
    if (load<u32>(message, DATA_COUNT) != <u32>SECTOR_SIZE) continue;
    const data = load<u32>(message, DATA);
    device_read(disk, 0, i * 3, SECTOR_SIZE, same, count);
    if (memory.compare(data, load<u32>(same), SECTOR_SIZE) == 0) good++;
    vm_deallocate(task_self(), data, SECTOR_SIZE);
    vm_deallocate(task_self(), load<u32>(same), SECTOR_SIZE);
  }
  check_equals("and answered, in order", good, MANY);
  check_equals("a bad one at once", device_read_request(disk, port, 0, 0, 100), 0);
  check_equals("is refused", receive(port, 0), MACH_MSG_SUCCESS);
  check("with a code", reply_code() != 0);
  check_equals("a reply that nobody wants", device_read_request(disk, 0, 0, 0, SECTOR_SIZE), 0);
  device_read_request(disk, port, 0, 1, SECTOR_SIZE);
  check_equals("the disk closes under a request", device_close(disk), 0);
  check_equals("which is answered", receive(port, 10000), MACH_MSG_SUCCESS);
  check_equals("well", reply_code(), D_SUCCESS);
  vm_deallocate(task_self(), load<u32>(message, DATA), SECTOR_SIZE);
  mach_port_destroy(task_self(), port);
}

function open_requests(): void {
  const port = make_port();
  const name = stackAlloc(16);
  string_store(name, "hd0s1");
  check_equals("two opens at a time", device_open_request(device_port, port, D_READ, name), 0);
  device_open_request(device_port, port, D_READ, name);
  check_equals("are answered", receive(port, 10000), MACH_MSG_SUCCESS);
  check_equals("as such", load<u32>(message, MSGH_ID), OPEN_REPLY);
  const first = load<u32>(message, OPENED);
  check_equals("both", receive(port, 10000), MACH_MSG_SUCCESS);
  check_equals("with one port", load<u32>(message, OPENED), first);
  string_store(name, "hd0s4");
  check_equals("no such partition", device_open(device_port, D_READ, name, stackAlloc(4)), D_NO_SUCH_DEVICE);
  check_equals("one closes", device_close(first), 0);
  check_equals("the other closes", device_close(first), 0);
  mach_port_destroy(task_self(), port);
}

// --- waiting for the kernel to print ---

function kmsg_reads(): void {
  const kmsg = open("kmsg");
  const port = make_port();
  if (!check("what the kernel prints", kmsg != 0)) return;
  check_equals("only one may read", open_code("kmsg", stackAlloc(4)), D_ALREADY_OPEN);
  drain(kmsg);
  check_equals("two readers wait", device_read_request_inband(kmsg, port, 0, 0, 16), 0);
  device_read_request(kmsg, port, 0, 0, 4096);
  check_equals("for a while", receive(port, 0), MACH_RCV_TIMED_OUT);
  kernel_says("(");
  check_equals("the first reads", receive(port, 1000), MACH_MSG_SUCCESS);
  check_equals("inband", load<u32>(message, MSGH_ID), READ_REPLY_INBAND);
  check_equals("one byte", (load<u32>(message, INBAND_DESCRIPTOR) >> 16) & 0xfff, 1);
  check("the right one", reads(message + INBAND, "("));
  kernel_says("kernel)\n");
  check_equals("the second reads", receive(port, 1000), MACH_MSG_SUCCESS);
  check_equals("out of line", load<u32>(message, MSGH_ID), READ_REPLY);
  const data = load<u32>(message, DATA);
  check("the next byte", reads(data, "k") && load<u32>(message, DATA_COUNT) == 1);
  vm_deallocate(task_self(), data, 1);
  const count = stackAlloc(4);
  const bytes = stackAlloc(IO_INBAND_MAX);
  store<u32>(count, IO_INBAND_MAX);
  check_equals("the rest is there", device_read_inband(kmsg, D_NOWAIT, 0, IO_INBAND_MAX, bytes, count), 0);
  check("to be read", load<u32>(count) == 7 && reads(bytes, "ernel)\n"));
  check_equals("and nothing more", device_read_inband(kmsg, D_NOWAIT, 0, 1, bytes, count), D_WOULD_BLOCK);

  const other = make_port();
  device_read_request_inband(kmsg, other, 0, 0, 16);
  check_equals("a reader's port dies", mach_port_destroy(task_self(), other), 0);
  kernel_says("(alive)\n");
  store<u32>(count, IO_INBAND_MAX);
  check_equals("it takes nothing", device_read_inband(kmsg, D_NOWAIT, 0, IO_INBAND_MAX, bytes, count), 0);
  check("away", load<u32>(count) == 8 && reads(bytes, "(alive)"));

  too_many(kmsg, port);
  mach_port_destroy(task_self(), port);
}

/** Fills the device with requests, and closes it. */
function too_many(kmsg: u32, port: u32): void {
  for (let i: u32 = 0; i < REQUESTS_MAX; i++) device_read_request(kmsg, port, 0, 0, 4096);
  check_equals("so many wait", receive(port, 0), MACH_RCV_TIMED_OUT);
  device_read_request(kmsg, port, 0, 0, 4096);
  check_equals("one more does not", receive(port, 0), MACH_MSG_SUCCESS);
  check_equals("there is no room", reply_code(), D_NO_MEMORY);
  check_equals("the device closes", device_close(kmsg), 0);
  let down: u32 = 0;
  while (receive(port, WHILE) == MACH_MSG_SUCCESS) if (reply_code() == D_DEVICE_DOWN) down++;
  check_equals("all hear of it", down, REQUESTS_MAX);
}

// --- who waits dies ---

/** A copy of this task that opens kmsg and waits there. `master`: its right to the master device port. */
function child_waits(master: u32): void {
  after_fork();
  const slot = stackAlloc(4);
  if (open_device(master, D_READ, "kmsg", slot) != 0) return;
  const count = stackAlloc(4);
  store<u32>(count, IO_INBAND_MAX);
  device_read_inband(load<u32>(slot), 0, 0, IO_INBAND_MAX, stackAlloc(IO_INBAND_MAX), count);
}

function client_death(): void {
  const child = stackAlloc(4);
  const stack = allocate_stack();
  drain_kmsg();
  const requests = kernel_objects_in_use("io_requests");
  const devices = kernel_objects_in_use("devices");
  const ports = kernel_objects_in_use("port");
  check_equals("a client", task_create(task_self(), 1, child), 0);
  const task = load<u32>(child);
  const name: u32 = 77;
  mach_port_insert_right(task, name, device_port, MACH_MSG_TYPE_COPY_SEND);
  check_equals("begins", run_thread(task, stack, child_waits, name), 0);
  pause();
  check_equals("has kmsg open", open_code("kmsg", stackAlloc(4)), D_ALREADY_OPEN);
  check_equals("and waits", kernel_objects_in_use("io_requests"), requests + 1);
  check_equals("dies", task_terminate(task), 0);
  mach_port_deallocate(task_self(), task);
  pause();
  check_equals("its request is gone", kernel_objects_in_use("io_requests"), requests);
  check_equals("its device", kernel_objects_in_use("devices"), devices);
  check_equals("its ports", kernel_objects_in_use("port"), ports);
  drain_kmsg();
}

/** Opens, empties and closes kmsg. */
function drain_kmsg(): void {
  const kmsg = open("kmsg");
  if (!check("kmsg can be opened", kmsg != 0)) return;
  drain(kmsg);
  device_close(kmsg);
}

/** A device to which nobody has a right any more is closed. */
function lost_right(): void {
  const devices = kernel_objects_in_use("devices");
  const kmsg = open("kmsg");
  check_equals("a right is dropped", mach_port_deallocate(task_self(), kmsg), 0);
  check_equals("the device is closed", kernel_objects_in_use("devices"), devices);
}

// --- output that waits ---

function stopped_output(): void {
  const kd = open("kd0");
  const port = make_port();
  const bytes = stackAlloc(IO_INBAND_MAX);
  const count = stackAlloc(4);
  if (!check("a screen", kd != 0)) return;
  memory.fill(bytes, 0x20, IO_INBAND_MAX);
  check_equals("that is stopped", device_set_status(kd, TTY_STOP, bytes, 0), 0);
  const many: u32 = 40;
  for (let i: u32 = 0; i < many; i++) device_write_request_inband(kd, port, 0, 0, bytes, IO_INBAND_MAX);
  let done: u32 = 0;
  while (receive(port, 0) == MACH_MSG_SUCCESS) if (reply_code() == 0) done++;
  check("takes what its buffer holds", done > 20 && done < many);
  check_equals("and then", device_write_inband(kd, D_NOWAIT, 0, bytes, IO_INBAND_MAX, count), D_WOULD_BLOCK);
  store<u32>(bytes, D_WRITE);
  check_equals("the buffer is emptied", device_set_status(kd, TTY_FLUSH, bytes, 1), 0);
  while (receive(port, WHILE) == MACH_MSG_SUCCESS) {
    if (load<u32>(message, MSGH_ID) == WRITE_REPLY_INBAND && reply_code() == 0) done++;
  }
  check_equals("the others go on", done, many);
  check_equals("goes on", device_set_status(kd, TTY_START, bytes, 0), 0);
  check_equals("no such thing", device_set_status(kd, 0x740009, bytes, 1), D_INVALID_OPERATION);
  check_equals("the screen closes", device_close(kd), 0);
  mach_port_destroy(task_self(), port);
}

function traps(): void {
  const console = open("console");
  const bytes = stackAlloc(64);
  const vector = stackAlloc(24);
  const count = string_store(bytes, "a trap writes,\nand another one.\n");
  check_equals("written by trap", device_write_trap(console, 0, 0, bytes, 15), 0);
  store<u32>(vector, <u32>bytes + 15);
  store<u32>(vector, 4, 4);
  store<u32>(vector, <u32>bytes + 19, 8);
  store<u32>(vector, count - 19, 12);
  check_equals("from two places", device_writev_trap(console, 0, 0, vector, 2), 0);
  check_equals("not from nowhere", device_write_trap(console, 0, 0, 0xbffffff0, 64), KERN_INVALID_ADDRESS);
  check_equals("nor to nowhere", device_write_trap(task_self(), 0, 0, bytes, 1), D_NO_SUCH_DEVICE);
  check_equals("not too much", device_write_trap(console, 0, 0, bytes, 0xffffffff), D_INVALID_SIZE);
  store<u32>(vector, 0xfffffff0, 4);
  store<u32>(vector, 0x20, 12);
  check_equals("nor by addition", device_writev_trap(console, 0, 0, vector, 2), D_INVALID_SIZE);
  check_equals("not from too many places", device_writev_trap(console, 0, 0, vector, 17), D_INVALID_SIZE);
  check_equals("the console closes", device_close(console), 0);
}

// --- memory ---

/** Maps `size` bytes of a device for reading; 0 when that is refused. */
function map(device: u32, offset: u32, size: u32): u32 {
  const pager = stackAlloc(4);
  const address = stackAlloc(4);
  store<u32>(address, 0);
  if (device_map(device, VM_PROT_READ, offset, size, pager, 0) != 0) return 0;
  const port = load<u32>(pager);
  const kr = vm_map(
    task_self(),
    address,
    size,
    0,
    1,
    port,
    0,
    0,
    VM_PROT_READ,
    VM_PROT_READ,
    VM_INHERIT_COPY,
  );
  mach_port_deallocate(task_self(), port);
  return kr == 0 ? load<u32>(address) : 0;
}

function clock(): void {
  const time = open("time");
  const pager = stackAlloc(4);
  const now = stackAlloc(8);
  const before = kernel_objects_in_use("device_pagers");
  const page = map(time, 0, PAGE_SIZE);
  if (!check("the time can be mapped", page != 0)) return;
  check_equals(
    "not for writing",
    device_map(time, VM_PROT_WRITE, 0, PAGE_SIZE, pager, 0),
    D_INVALID_OPERATION,
  );
  check_equals("one page", device_map(time, VM_PROT_READ, 0, 2 * PAGE_SIZE, pager, 0), D_INVALID_OPERATION);
  const host = mach_host_self();
  host_get_time(host, now);
  const seconds = atomic.load<u32>(page + MAPPED_SECONDS);
  check_equals("it is one time", atomic.load<u32>(page + MAPPED_CHECK_SECONDS), seconds);
  check("the host's", seconds - load<u32>(now) <= 1);
  check_equals("in both forms", atomic.load<u32>(page + MAPPED_TIME64), seconds);
  const first = uptime(page);
  pause();
  check("and goes on", uptime(page) - first >= WHILE);
  device_close(time);
  check("with the device closed", uptime(page) - first >= WHILE);
  vm_deallocate(task_self(), page, PAGE_SIZE);
  check_equals("until it is unmapped", kernel_objects_in_use("device_pagers"), before);
  mach_port_deallocate(task_self(), host);
}

/** Milliseconds since the kernel started, modulo a million or so. */
function uptime(page: u32): u32 {
  const seconds = atomic.load<u32>(page + MAPPED_UPTIME64);
  return (seconds % 1000) * 1000 + atomic.load<u32>(page + MAPPED_UPTIME64 + 8) / 1000000;
}

const BIOS: u32 = 0xf0000;
const KERNEL: u32 = 0x100000;

function physical_memory(): void {
  const mem = open("mem");
  const pager = stackAlloc(4);
  const count = stackAlloc(4);
  const child = stackAlloc(4);
  check_equals(
    "the kernel's memory is its own",
    device_map(mem, VM_PROT_READ, KERNEL, PAGE_SIZE, pager, 0),
    D_INVALID_OPERATION,
  );
  check_equals(
    "there is none so high",
    device_map(mem, VM_PROT_READ, 0xfffff000, PAGE_SIZE, pager, 0),
    D_INVALID_SIZE,
  );
  check_equals(
    "nor there",
    device_map(mem, VM_PROT_READ, 0xf0000000, PAGE_SIZE, pager, 0),
    D_INVALID_OPERATION,
  );
  check_equals("half a page", device_map(mem, VM_PROT_READ, 100, PAGE_SIZE, pager, 0), D_INVALID_SIZE);
  const page = map(mem, BIOS, 2 * PAGE_SIZE);
  if (!check("the BIOS can be mapped", page != 0)) return;
  const word = atomic.load<u32>(page);
  check_equals("a copy of the task", task_create(task_self(), 1, child), 0);
  check_equals("copies that", vm_protect(load<u32>(child), page, PAGE_SIZE, 0, VM_PROT_READ), 0);
  task_terminate(load<u32>(child));
  mach_port_deallocate(task_self(), load<u32>(child));
  check_equals("it is still there", atomic.load<u32>(page), word);
  vm_deallocate(task_self(), page, 2 * PAGE_SIZE);
  check_equals("what is read is nothing", device_read_inband(mem, 0, 0, 16, message, count), 0);
  check_equals("not a byte", load<u32>(count), 0);
  check_equals("what is written", device_write_inband(mem, 0, 0, message, 16, count), 0);
  check_equals("is taken", load<u32>(count), 16);
  check_equals(
    "filters are for networks",
    device_set_filter(mem, 0, MACH_MSG_TYPE_COPY_SEND, 0, message, 2),
    D_INVALID_OPERATION,
  );
  check_equals("no status", device_get_status(mem, 0, message, count), D_INVALID_OPERATION);
  device_close(mem);

  const mbinfo = open("mbinfo");
  store<u32>(count, IO_INBAND_MAX);
  check_equals(
    "what the boot loader said",
    device_read_inband(mbinfo, 0, 0, IO_INBAND_MAX, message, count),
    0,
  );
  check_equals("is so long", load<u32>(count), MULTIBOOT_INFO_SIZE);
  check("and tells of modules", (load<u32>(message, MBI_FLAGS) & MULTIBOOT_INFO_MODS) != 0);
  device_close(mbinfo);
}

// --- interrupts and the mouse ---

/** A line that no driver has: that of the second serial line, which is not open. */
const FREE_LINE: u32 = 3;

function interrupts(): void {
  const irq = open("irq");
  const count = stackAlloc(4);
  const right: u32 = MACH_MSG_TYPE_MAKE_SEND;
  if (!check("interrupts", irq != 0)) return;
  store<u32>(count, 1);
  check_equals("come from", device_get_status(irq, IRQGETPICMODE, message, count), 0);
  check_equals("two 8259s", load<u32>(message), IRQ_PICMODE_PIC);
  const port = make_port();
  const other = make_port();
  check_equals("the clock's is taken", device_intr_register(irq, 0, 0, port, right), D_ALREADY_OPEN);
  check_equals("there is no line 16", device_intr_register(irq, 16, 0, port, right), D_INVALID_OPERATION);
  check_equals("a free one", device_intr_register(irq, FREE_LINE, 0, port, right), 0);
  check_equals("is taken then", device_intr_register(irq, FREE_LINE, 0, other, right), D_ALREADY_OPEN);
  check_equals("acknowledged", device_intr_ack(irq, port, right), 0);
  check_equals("not by others", device_intr_ack(irq, other, right), KERN_INVALID_ARGUMENT);
  check_equals("not with no right", device_intr_ack(irq, 0, MACH_MSG_TYPE_COPY_SEND), KERN_INVALID_ARGUMENT);
  check_equals("its port dies", mach_port_destroy(task_self(), port), 0);
  check_equals("it is free", device_intr_register(irq, FREE_LINE, 0, other, right), 0);
  const disk = open("hd0");
  check_equals("only there", device_intr_register(disk, FREE_LINE, 0, other, right), D_INVALID_OPERATION);
  device_close(disk);
  check_equals("interrupts close", device_close(irq), 0);
  const again = open("irq");
  check_equals("and are free", device_intr_register(again, FREE_LINE, 0, other, right), 0);
  device_close(again);
  mach_port_destroy(task_self(), other);
}

function mouse(): void {
  const device = open("mouse");
  const count = stackAlloc(4);
  if (!check("a mouse", device != 0)) return;
  store<u32>(count, IO_INBAND_MAX);
  check_equals(
    "rests",
    device_read_inband(device, D_NOWAIT, 0, KD_EVENT_SIZE, message, count),
    D_WOULD_BLOCK,
  );
  check_equals("closes", device_close(device), 0);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  disk_requests();
  open_requests();
  kmsg_reads();
  client_death();
  lost_right();
  stopped_output();
  traps();
  clock();
  physical_memory();
  interrupts();
  mouse();
  return finish();
}
