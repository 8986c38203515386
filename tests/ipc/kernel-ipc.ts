/// <reference lib="dom" />
// The IPC system (kernel/ipc) as a WebAssembly module on the host, over the stand-ins in kernel/ipc/testing: tasks are
// name spaces, user memory is a window of the module's memory, and a blocked thread runs what the test gives it to do.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileScript } from "../../tools/compile/assemblyscript";
import { projectRoot } from "../../tools/root";
import { kernelLayout } from "../../tools/compile";
import * as msg from "../../abi/mach_msg";

const ENTRY = "kernel/ipc/testing/entry.ts";
const STAND_INS: Record<string, string> = {
  "kernel/kern/debug.ts": "testing/debug",
  "kernel/kern/sched.ts": "testing/sched",
  "kernel/kern/timer.ts": "testing/sched",
  "kernel/kern/zone.ts": "testing/zone",
  "kernel/kern/ipc_kobject.ts": "testing/kobject",
  "kernel/kern/mig_table.ts": "testing/kobject",
  "kernel/vm/vm_copyio.ts": "testing/vm",
  "kernel/vm/vm_map.ts": "testing/vm",
  "kernel/vm/vm_map_copy.ts": "testing/vm",
  "kernel/vm/vm_user.ts": "testing/vm",
  "kernel/vm/vm_pager.ts": "testing/vm",
};
const USER_BASE = 0x20000000;
const STACK_TOP = 0x1f000000;

export const THREAD_AWAKENED = 0;
export const THREAD_TIMED_OUT = 1;
export const THREAD_INTERRUPTED = 2;

type Exports = Record<string, (...args: number[]) => number>;

let compiled: Promise<WebAssembly.Module> | undefined;

/** Of everything the module is made from; spec files that run side by side share one compilation. */
function sourceHash(): string {
  const hash = createHash("sha256").update(JSON.stringify(STAND_INS));
  for (const folder of ["abi", "guest", "kernel/ipc", "kernel/ipc/testing", "kernel/kern", "tools/compile"]) {
    for (const name of readdirSync(join(projectRoot, folder)).sort()) {
      if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(projectRoot, folder, name)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

async function compile(): Promise<WebAssembly.Module> {
  const path = join(projectRoot, "build/test", `ipc-${sourceHash()}.wasm`);
  if (!existsSync(path)) {
    const sources = Object.fromEntries(
      Object.entries(STAND_INS).map(([file, to]) => [file, `export * from "../ipc/${to}";\n`]),
    );
    const { wasm } = await compileScript({
      entry: ENTRY,
      sources,
      memoryBase: kernelLayout.dataBase,
      use: { abort: "kernel/ipc/testing/debug/kernel_abort" },
    });
    mkdirSync(join(projectRoot, "build/test"), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, wasm);
    renameSync(`${path}.${process.pid}`, path);
  }
  return WebAssembly.compile(readFileSync(path) as Uint8Array<ArrayBuffer>);
}

/** Result of a call with one word to give back. */
export interface Result {
  kr: number;
  value: number;
}

export interface Item {
  /** MACH_MSG_TYPE_*. */
  type: number;
  values: number[];
  bits?: number;
  /** Out of line: `values` are the words there. */
  ool?: boolean;
  deallocate?: boolean;
  long?: boolean;
  /** Replaces the first word of the descriptor. */
  descriptor?: number;
}

export interface Message {
  bits: number;
  size: number;
  remote: number;
  local: number;
  seqno: number;
  id: number;
  /** Address in user memory. */
  address: number;
}

export class KernelIpc {
  readonly exports: Exports;
  private readonly view: DataView;
  private stack = STACK_TOP;
  private depth = 0;
  private next = USER_BASE;
  private current = 0;
  private tasks: Task[] = [];
  /** What happens while a thread waits; returns how the wait ends unless something woke it. */
  whileBlocked: () => number = () => {
    throw new Error("a thread waits for ever");
  };

  /** What a kernel port does before it answers a request. */
  whileServed: (id: number) => void = () => {};
  /** mach_msg_trap, or mach_msg_slow: without the fast path. */
  messageTrap = "mach_msg_trap";

  static async load(): Promise<KernelIpc> {
    compiled ??= compile();
    return new KernelIpc(await compiled);
  }

  private constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
    this.view = new DataView(memory.buffer);
    const instance = new WebAssembly.Instance(module, {
      env: { memory },
      i386: {
        stackAlloc: (bytes: number) => (this.stack = (this.stack - bytes) & ~3),
        moveWords: (to: number, from: number, count: number) =>
          new Uint8Array(memory.buffer).copyWithin(to >>> 0, from >>> 0, (from >>> 0) + count * 4),
      },
      host: {
        serve: (id: number) => {
          const thread = this.current;
          this.whileServed(id);
          this.current = thread;
          this.exports.set_current_thread(thread);
        },
        block: () => {
          const thread = this.current;
          const action = this.whileBlocked;
          const result = action();
          this.current = thread;
          return result;
        },
        fail: (message: number) => {
          throw new Error(`kernel: ${this.string(message)}`);
        },
      },
    });
    this.exports = instance.exports as Exports;
    this.exports.setup();
  }

  private string(address: number): string {
    if (!address) return "?";
    const length = this.view.getUint32(address - 4, true);
    let text = "";
    for (let i = 0; i < length; i += 2) text += String.fromCharCode(this.view.getUint16(address + i, true));
    return text;
  }

  /** Calls an export as `thread`. */
  enter(thread: number, name: string, ...args: number[]): number {
    const stack = this.stack;
    const before = this.current;
    this.current = thread;
    this.exports.set_current_thread(thread);
    this.depth++;
    try {
      return this.exports[name](...args) >>> 0;
    } finally {
      this.depth--;
      this.stack = stack;
      this.current = before;
      this.exports.set_current_thread(before);
    }
  }

  task(): Task {
    const task = new Task(this, this.exports.make_thread());
    this.tasks.push(task);
    return task;
  }

  /** Elements of zones plus bytes of kalloc in use. */
  inUse(): number {
    return this.exports.memory_in_use();
  }

  /** `bytes` of fresh user memory. */
  room(bytes: number): number {
    const address = this.next;
    this.next += (bytes + 15) & ~15;
    if (this.next > USER_BASE + 0x7000000) this.next = USER_BASE;
    for (let i = 0; i < bytes; i += 4) this.view.setUint32(address + i, 0, true);
    return address;
  }

  word(address: number): number {
    return this.view.getUint32(address, true);
  }

  words(address: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.word(address + 4 * i));
  }

  store(address: number, words: number[]): void {
    words.forEach((word, i) => this.view.setUint32(address + 4 * i, word >>> 0, true));
  }
}

/** A task as a test sees it: a name space and a thread in it. */
export class Task {
  readonly space: number;

  constructor(
    readonly kernel: KernelIpc,
    readonly thread: number,
  ) {
    this.space = kernel.exports.thread_space(thread);
  }

  /** A second thread of the same task. */
  another(): Task {
    const { exports } = this.kernel;
    return new Task(this.kernel, exports.another_thread(exports.thread_task(this.thread)));
  }

  call(name: string, ...args: number[]): number {
    return this.kernel.enter(this.thread, name, this.space, ...args);
  }

  /** A call whose last parameter is the address of a result. */
  get(name: string, ...args: number[]): Result {
    const cell = this.kernel.room(16);
    const kr = this.call(name, ...args, cell);
    return { kr, value: this.kernel.word(cell) };
  }

  allocate(right: number): number {
    const { kr, value } = this.get("mach_port_allocate", right);
    if (kr) throw new Error(`mach_port_allocate: ${kr}`);
    return value;
  }

  /** MACH_PORT_TYPE_* of a name; 0 if it denotes nothing. */
  type(name: number): number {
    const { kr, value } = this.get("mach_port_type", name);
    return kr ? 0 : value;
  }

  refs(name: number, right: number): number {
    const { kr, value } = this.get("mach_port_get_refs", name, right);
    return kr ? 0 : value;
  }

  /** What mach_port_insert_right does with a right of one's own: `disposition` of `right` under `name` in `to`. */
  insert(to: Task, name: number, right: number, disposition: number): number {
    const cell = this.kernel.room(4);
    const kr = this.call("ipc_object_copyin", right, disposition, cell);
    if (kr) return kr;
    const port = this.kernel.word(cell);
    const type = arrival(disposition);
    const result = to.call("mach_port_insert_right", name, port, type);
    if (result) this.kernel.enter(this.thread, "ipc_object_destroy", port, type);
    return result;
  }

  /** Registers `notify` (a receive right) with a send-once right made from it. */
  requestNotification(name: number, id: number, sync: number, notify: number): number {
    const cell = this.kernel.room(8);
    let port = 0;
    if (notify) {
      const kr = this.call("ipc_object_copyin", notify, msg.MACH_MSG_TYPE_MAKE_SEND_ONCE, cell);
      if (kr) return kr;
      port = this.kernel.word(cell);
    }
    const type = msg.MACH_MSG_TYPE_PORT_SEND_ONCE;
    const kr = this.call("mach_port_request_notification", name, id, sync, port, type, cell);
    if (kr && port) this.kernel.enter(this.thread, "ipc_object_destroy", port, type);
    else if (!kr) this.kernel.enter(this.thread, "ipc_object_destroy", this.kernel.word(cell), type);
    return kr;
  }

  /** Builds a message in user memory; returns its address and size. */
  build(
    header: { remote: number; local?: number; bits?: number; id?: number },
    items: Item[] = [],
  ): { address: number; size: number } {
    const words: number[] = [];
    for (const item of items) {
      const bits = item.bits ?? 32;
      const flags =
        (item.ool ? 0 : msg.MSG_TYPE_INLINE) |
        (item.deallocate ? msg.MSG_TYPE_DEALLOCATE : 0) |
        (item.long ? msg.MSG_TYPE_LONGFORM : 0);
      const short = (item.type & 0xff) | (bits << 8) | (item.values.length << 16);
      words.push(item.descriptor ?? (item.long ? flags : flags | short));
      if (item.long) words.push((item.type & 0xffff) | (bits << 16), item.values.length);
      if (item.ool) {
        const data = this.kernel.room(4 * item.values.length);
        this.kernel.store(data, item.values);
        words.push(item.values.length ? data : 0);
      } else words.push(...item.values);
    }
    const size = msg.MSG_HEADER_SIZE + 4 * words.length;
    const address = this.kernel.room(Math.max(size, 256));
    const bits = header.bits ?? msg.MACH_MSG_TYPE_COPY_SEND;
    this.kernel.store(address, [bits, 0, header.remote, header.local ?? 0, 0, header.id ?? 0, ...words]);
    return { address, size };
  }

  send(
    header: { remote: number; local?: number; bits?: number; id?: number },
    items: Item[] = [],
    option = 0,
    timeout = 0,
    notify = 0,
  ): number {
    const { address, size } = this.build(header, items);
    return this.trap(address, msg.MACH_SEND_MSG | option, size, 0, 0, timeout, notify);
  }

  trap(
    address: number,
    option: number,
    sendSize: number,
    receiveSize: number,
    name: number,
    timeout: number,
    notify = 0,
  ): number {
    const args = [address, option, sendSize, receiveSize, name, timeout, notify];
    return this.kernel.enter(this.thread, this.kernel.messageTrap, ...args);
  }

  /** Receives without waiting unless `option` says otherwise. */
  receive(
    name: number,
    size = 1024,
    option = msg.MACH_RCV_TIMEOUT,
    notify = 0,
  ): { mr: number; message: Message } {
    const address = this.kernel.room(Math.max(size, 32));
    const mr = this.trap(address, msg.MACH_RCV_MSG | option, 0, size, name, 0, notify);
    const [bits, length, remote, local, seqno, id] = this.kernel.words(address, 6);
    return { mr, message: { bits, size: length, remote, local, seqno, id: id | 0, address } };
  }

  /** The words after the header. */
  body(message: Message): number[] {
    return this.kernel.words(message.address + msg.MSG_HEADER_SIZE, (message.size - msg.MSG_HEADER_SIZE) / 4);
  }

  check(): number {
    return this.kernel.exports.check(this.thread);
  }
}

/** The type by which a right taken with a disposition travels. */
export function arrival(disposition: number): number {
  switch (disposition) {
    case msg.MACH_MSG_TYPE_COPY_SEND:
    case msg.MACH_MSG_TYPE_MAKE_SEND:
      return msg.MACH_MSG_TYPE_PORT_SEND;
    case msg.MACH_MSG_TYPE_MAKE_SEND_ONCE:
      return msg.MACH_MSG_TYPE_PORT_SEND_ONCE;
    default:
      return disposition;
  }
}
