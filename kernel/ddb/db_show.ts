// The debugger's `show`: the kernel's structures. Whatever address is given, only mapped memory is read, and no list is
// followed for longer than LIST_MAX.
import { SavedState } from "../i386/saved_state";
import { IpcKmsg } from "../ipc/ipc_kmsg";
import { target_messages } from "../ipc/ipc_object";
import { ip_active, ip_kotype, IpcPort } from "../ipc/ipc_port";
import { ips_active, IpcPset, pset_member, pset_members } from "../ipc/ipc_pset";
import { queue_next, queue_prev, QUEUE_SIZE } from "../kern/queue";
import { current_thread } from "../kern/sched";
import { Task, task_name, task_threads_head } from "../kern/task";
import { all_tasks_head } from "../kern/task_life";
import {
  TH_HALTED,
  TH_RUN,
  TH_SUSP,
  TH_UNINT,
  TH_WAIT,
  Thread,
  thread_of_list,
  thread_user_state,
} from "../kern/thread";
import { Zone, zone_first } from "../kern/zone";
import { VmMap, VmMapEntry } from "../vm/vm_map";
import { VmObject } from "../vm/vm_object";
import { db_readable } from "./db_access";
import { db_argument, db_failed, db_next_word, db_word_is } from "./db_lex";
import {
  db_address,
  db_field,
  db_field_hex,
  db_integer,
  db_label,
  db_newline,
  db_print,
  db_put,
  db_string,
} from "./db_output";
import { db_print_symbol } from "./db_sym";

const LIST_MAX: u32 = 4096;
/** Objects that shadow one another are far fewer. */
const CHAIN_MAX: u32 = 64;

/** The link behind one of a queue; 0 at the end, and where the list is broken. */
function next_link(head: usize, link: usize): usize {
  const next = queue_next(link);
  if (next == head || next == 0) return 0;
  if (db_readable(next, <u32>QUEUE_SIZE) && queue_prev(next) == link) return next;
  db_print("  broken list\n");
  return 0;
}

/** What the word read last and those behind it name; false when that is nothing. */
export function db_show(): bool {
  if (db_word_is("all")) return show_all();
  if (db_word_is("zones")) show_zones();
  else if (db_word_is("task")) show_one(<u32>offsetof<Task>(), show_task);
  else if (db_word_is("thread")) show_one(<u32>offsetof<Thread>(), show_thread);
  else if (db_word_is("map")) show_one(<u32>offsetof<VmMap>(), show_map);
  else if (db_word_is("object")) show_one(<u32>offsetof<VmObject>(), show_object);
  else if (db_word_is("port")) show_one(<u32>offsetof<IpcPort>(), show_port);
  else if (db_word_is("pset")) show_one(<u32>offsetof<IpcPset>(), show_pset);
  else return false;
  return true;
}

type Show = (address: usize) => void;

function show_one(size: u32, show: Show): void {
  const address = db_argument();
  if (db_failed()) return;
  if (db_readable(address, size)) show(address);
  else db_print("no memory there\n");
}

function show_all(): bool {
  if (!db_next_word()) return false;
  const threads = db_word_is("threads");
  if (!threads && !db_word_is("tasks")) return false;
  const head = all_tasks_head();
  let link = next_link(head, head);
  for (let i: u32 = 0; i < LIST_MAX && link != 0; i++) {
    if (!db_readable(link, <u32>offsetof<Task>())) break;
    task_line(changetype<Task>(link));
    if (threads) threads_of(changetype<Task>(link));
    link = next_link(head, link);
  }
  return true;
}

// Tasks and threads

function task_line(task: Task): void {
  db_print("task ");
  db_address(<u32>changetype<usize>(task));
  db_print(" ");
  db_string(task_name(task));
  db_pointer("map", changetype<usize>(task.map));
  db_field("threads", task.thread_count);
  if (task.suspend_count != 0) db_field("suspended", task.suspend_count);
  if (!task.active) db_print(" terminated");
  db_newline();
}

function show_task(address: usize): void {
  const task = changetype<Task>(address);
  task_line(task);
  db_field("refs", task.ref_count);
  db_field("priority", task.priority);
  db_field("faults", task.faults);
  db_field("sent", task.messages_sent);
  db_field("received", task.messages_received);
  db_pointer("space", changetype<usize>(task.itk_space));
  db_pointer("self", changetype<usize>(task.itk_self));
  db_newline();
  threads_of(task);
}

function threads_of(task: Task): void {
  const head = task_threads_head(task);
  let link = next_link(head, head);
  for (let i: u32 = 0; i < LIST_MAX && link != 0; i++) {
    const thread = thread_of_list(link);
    if (!db_readable(changetype<usize>(thread), <u32>offsetof<Thread>())) return;
    thread_line(thread);
    link = next_link(head, link);
  }
}

function thread_line(thread: Thread): void {
  db_print("  thread ");
  db_address(<u32>changetype<usize>(thread));
  db_print(" ");
  thread_state(thread.state);
  db_field("pri", thread.sched_pri);
  if (thread.suspend_count != 0) db_field("suspended", thread.suspend_count);
  if (thread.state & TH_WAIT) {
    db_label("event");
    db_print_symbol(<u32>thread.wait_event);
  }
  if (thread == current_thread()) db_print(" (current)");
  db_newline();
}

/** R runnable, W waits, U not to be interrupted, S stopped, H finished. */
function thread_state(state: u32): void {
  if (state & TH_RUN) db_print("R");
  if (state & TH_WAIT) db_print("W");
  if (state & TH_UNINT) db_print("U");
  if (state & TH_SUSP) db_print("S");
  if (state & TH_HALTED) db_print("H");
}

function show_thread(address: usize): void {
  const thread = changetype<Thread>(address);
  thread_line(thread);
  db_pointer("task", changetype<usize>(thread.task));
  db_field("refs", thread.ref_count);
  db_pointer("stack", thread.kernel_stack);
  db_pointer("sp", thread.kernel_sp);
  db_field("user_ticks", thread.user_ticks);
  db_field("system_ticks", thread.system_ticks);
  db_newline();
  const user = thread_user_state(thread);
  if (thread.kernel_start != 0) {
    db_label("kernel_start");
    db_print_symbol(<u32>thread.kernel_start);
    db_newline();
  } else if (db_readable(changetype<usize>(user), <u32>offsetof<SavedState>())) {
    db_pointer("user_eip", user.eip);
    db_pointer("user_esp", user.uesp);
    db_newline();
  }
}

// Memory

function show_map(address: usize): void {
  const map = changetype<VmMap>(address);
  db_print("map ");
  db_address(<u32>address);
  db_field("refs", map.refCount);
  db_field("entries", map.entryCount);
  db_field_hex("size", map.size);
  db_field("timestamp", map.timestamp);
  db_newline();
  const header = map.header;
  if (!db_readable(changetype<usize>(header), <u32>offsetof<VmMapEntry>())) return;
  let before = header;
  let entry = header.next;
  for (let i: u32 = 0; i < LIST_MAX && entry != header; i++) {
    if (!db_readable(changetype<usize>(entry), <u32>offsetof<VmMapEntry>()) || entry.prev != before) {
      db_print("  broken list\n");
      return;
    }
    map_entry(entry);
    before = entry;
    entry = entry.next;
  }
}

function map_entry(entry: VmMapEntry): void {
  db_print("  ");
  db_address(entry.start);
  db_print("-");
  db_address(entry.end);
  db_print(" ");
  protection(entry.protection);
  db_print("/");
  protection(entry.maxProtection);
  db_field("inherit", entry.inheritance);
  if (entry.object != null) {
    db_pointer("object", changetype<usize>(entry.object));
    db_field_hex("offset", entry.offset);
  }
  if (entry.wiredCount) db_field("wired", entry.wiredCount);
  if (entry.flags) db_field_hex("flags", entry.flags);
  db_newline();
}

function protection(bits: u32): void {
  db_put(bits & 1 ? 0x72 : 0x2d);
  db_put(bits & 2 ? 0x77 : 0x2d);
  db_put(bits & 4 ? 0x78 : 0x2d);
}

/** An object and those whose pages shine through it. */
function show_object(address: usize): void {
  for (let i: u32 = 0; i < CHAIN_MAX && address != 0; i++) {
    if (!db_readable(address, <u32>offsetof<VmObject>())) {
      db_print("  broken chain\n");
      return;
    }
    const object = changetype<VmObject>(address);
    db_print(i == 0 ? "object " : "  shadow ");
    db_address(<u32>address);
    db_field("refs", object.refCount);
    db_field_hex("size", object.size);
    db_field("resident", object.residentCount);
    db_field_hex("flags", object.flags);
    db_pointer("pager", changetype<usize>(object.pager));
    db_pointer("copy", changetype<usize>(object.copy));
    if (object.shadow != null) db_field_hex("shadow_offset", object.shadowOffset);
    db_newline();
    address = changetype<usize>(object.shadow);
  }
}

function show_zones(): void {
  let zone = zone_first();
  while (zone != null) {
    zone_line(zone);
    zone = zone.next;
  }
}

function zone_line(zone: Zone): void {
  db_print(zone.name);
  db_print(":");
  db_field("size", zone.elementSize);
  db_field("used", zone.inUse);
  db_field("free", zone.free);
  db_field("peak", zone.peakInUse);
  db_field("pages", zone.pages);
  db_newline();
}

// Ports

function show_port(address: usize): void {
  const port = changetype<IpcPort>(address);
  db_print("port ");
  db_address(<u32>address);
  if (!ip_active(port)) db_print(" dead");
  db_field_hex("name", port.name);
  db_pointer("receiver", changetype<usize>(port.receiver));
  db_field("refs", port.refs);
  db_field("send", port.srights);
  db_field("send_once", port.sorights);
  db_field("seqno", port.seqno);
  db_newline();
  db_field("messages", port.msgcount);
  db_field("limit", port.qlimit);
  if (changetype<usize>(port.pset) != 0) db_pointer("pset", changetype<usize>(port.pset));
  if (ip_kotype(port) != 0) {
    db_field("kotype", ip_kotype(port));
    db_pointer("kobject", port.kobject);
  }
  db_newline();
  messages(target_messages(port));
}

function show_pset(address: usize): void {
  const pset = changetype<IpcPset>(address);
  db_print("pset ");
  db_address(<u32>address);
  if (!ips_active(pset)) db_print(" dead");
  db_field_hex("name", pset.name);
  db_field("refs", pset.refs);
  db_newline();
  const head = pset_members(pset);
  let link = next_link(head, head);
  for (let i: u32 = 0; i < LIST_MAX && link != 0; i++) {
    db_pointer("member", changetype<usize>(pset_member(link)));
    db_newline();
    link = next_link(head, link);
  }
  messages(target_messages(pset));
}

function messages(head: usize): void {
  let link = next_link(head, head);
  for (let i: u32 = 0; i < LIST_MAX && link != 0; i++) {
    if (!db_readable(link, <u32>offsetof<IpcKmsg>())) return;
    const kmsg = changetype<IpcKmsg>(link);
    db_print("  message ");
    db_address(<u32>link);
    db_label("id");
    db_integer(kmsg.id);
    db_field("size", kmsg.size);
    db_pointer("remote", changetype<usize>(kmsg.remote));
    db_pointer("local", changetype<usize>(kmsg.local));
    db_newline();
    link = next_link(head, link);
  }
}

function db_pointer(name: string, value: usize): void {
  db_label(name);
  db_address(<u32>value);
}
