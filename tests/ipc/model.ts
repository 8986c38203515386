// A plain model of ports, rights and names: what the kernel's IPC system must agree with, told by sets and lists only.
// Names, references, counts and queues are modelled; memory, waiting and time are not.
import * as kr from "../../abi/kern_return";
import * as msg from "../../abi/mach_msg";
import * as mp from "../../abi/mach_port";
import { arrival } from "./kernel-ipc";

/** Names a space keeps for reuse. */
const FREE_LIST_LIMIT = 64;

export interface ModelRight {
  /** A port, or null and dead as they are. */
  port: ModelPort | "null" | "dead";
  type: number;
}

export interface ModelMessage {
  id: number;
  /** The operation that sent it: the order within one is left open. */
  batch: number;
  /** Type of the right it was sent to. */
  type: number;
  reply: ModelRight;
  /** Rights in the body, or the one word of a notification. */
  rights: ModelRight[];
  word?: number;
}

export class ModelPort {
  alive = true;
  receiver?: ModelSpace;
  name = 0;
  /** The port whose queue the receive right is in. */
  transit?: ModelPort;
  sends = 0;
  sendOnces = 0;
  makeSends = 0;
  limit = mp.MACH_PORT_QLIMIT_DEFAULT;
  queue: ModelMessage[] = [];
  noSenders?: ModelPort;
  requests = new Map<ModelEntry, { name: number; notify: ModelPort }>();
  set?: ModelSet;
}

export class ModelSet {
  members = new Set<ModelPort>();
  name = 0;
}

export class ModelEntry {
  type = 0;
  refs = 0;
  port?: ModelPort;
  set?: ModelSet;
}

const SEND = mp.MACH_PORT_TYPE_SEND;
const RECEIVE = mp.MACH_PORT_TYPE_RECEIVE;
const ONCE = mp.MACH_PORT_TYPE_SEND_ONCE;
const SET = mp.MACH_PORT_TYPE_PORT_SET;
const DEAD = mp.MACH_PORT_TYPE_DEAD_NAME;

/** The type of right that a disposition needs. */
function needs(disposition: number): number {
  switch (disposition) {
    case msg.MACH_MSG_TYPE_MOVE_SEND:
    case msg.MACH_MSG_TYPE_COPY_SEND:
      return SEND;
    case msg.MACH_MSG_TYPE_MOVE_SEND_ONCE:
      return ONCE;
    default:
      return RECEIVE;
  }
}

export class Model {
  batch = 0;

  // --- ports ---

  enqueue(port: ModelPort, message: Omit<ModelMessage, "batch">): void {
    if (!port.alive) this.discard(message);
    else port.queue.push({ ...message, batch: this.batch });
  }

  private discard(message: Omit<ModelMessage, "batch">): void {
    this.drop(message.reply);
    for (const right of message.rights) this.drop(right);
  }

  notify(port: ModelPort, id: number, word?: number): void {
    if (!port.alive) return;
    const reply: ModelRight = { port: "null", type: 0 };
    this.enqueue(port, { id, type: msg.MACH_MSG_TYPE_PORT_SEND_ONCE, reply, rights: [], word });
  }

  dropSend(port: ModelPort): void {
    if (!port.alive) return;
    port.sends--;
    if (port.sends || !port.noSenders) return;
    const to = port.noSenders;
    port.noSenders = undefined;
    this.notify(to, mp.MACH_NOTIFY_NO_SENDERS, port.makeSends);
  }

  /** A right in a message or in the kernel's hands goes. */
  drop(right: ModelRight): void {
    if (typeof right.port === "string") return;
    if (right.type === msg.MACH_MSG_TYPE_PORT_SEND) this.dropSend(right.port);
    else if (right.type === msg.MACH_MSG_TYPE_PORT_SEND_ONCE)
      this.notify(right.port, mp.MACH_NOTIFY_SEND_ONCE);
    else if (right.type === msg.MACH_MSG_TYPE_PORT_RECEIVE) this.kill(right.port);
  }

  kill(port: ModelPort): void {
    this.leaveSet(port);
    port.alive = false;
    port.receiver = undefined;
    if (port.noSenders) this.notify(port.noSenders, mp.MACH_NOTIFY_SEND_ONCE);
    for (const message of port.queue.splice(0)) this.discard(message);
    for (const { name, notify } of port.requests.values())
      this.notify(notify, mp.MACH_NOTIFY_DEAD_NAME, name);
  }

  leaveSet(port: ModelPort): void {
    port.set?.members.delete(port);
    port.set = undefined;
  }
}

export class ModelSpace {
  entries = new Map<number, ModelEntry>();
  private free: number[] = [];

  constructor(private readonly model: Model) {}

  /** Live entries turn into dead names when their port has died. */
  lookup(name: number): ModelEntry | undefined {
    const entry = this.entries.get(name);
    if (entry?.port && !entry.port.alive) {
      const requested = entry.port.requests.has(entry);
      entry.refs = Math.min(Math.max(entry.refs, 1) + (requested ? 1 : 0), mp.MACH_PORT_UREFS_MAX);
      entry.port = undefined;
      entry.type = DEAD;
    }
    return entry;
  }

  private fresh(): [number, ModelEntry] {
    let name = this.free.pop();
    if (name === undefined) for (name = 1; this.entries.has(name) || this.free.includes(name);) name++;
    const entry = new ModelEntry();
    this.entries.set(name, entry);
    return [name, entry];
  }

  private claim(name: number): ModelEntry {
    this.free = this.free.filter((other) => other !== name);
    const entry = new ModelEntry();
    this.entries.set(name, entry);
    return entry;
  }

  private forget(name: number): void {
    const entry = this.entries.get(name)!;
    const request = entry.port?.requests.get(entry);
    entry.port?.requests.delete(entry);
    this.entries.delete(name);
    if (this.free.length < FREE_LIST_LIMIT) this.free.push(name);
    if (request) this.model.notify(request.notify, mp.MACH_NOTIFY_PORT_DELETED, name);
  }

  /** The name under which a send or receive right to the port is known. */
  private known(port: ModelPort): number | undefined {
    for (const [name, entry] of this.entries) {
      if (entry.port === port && entry.type & (SEND | RECEIVE)) return name;
    }
    return undefined;
  }

  // --- calls ---

  allocate(right: number, name?: number): { code: number; name: number } {
    if (right === mp.MACH_PORT_RIGHT_SEND || right === mp.MACH_PORT_RIGHT_SEND_ONCE || right > 4) {
      return { code: kr.KERN_INVALID_VALUE, name: 0 };
    }
    if (name !== undefined && this.entries.has(name)) return { code: kr.KERN_NAME_EXISTS, name: 0 };
    const [at, entry] = name === undefined ? this.fresh() : [name, this.claim(name)];
    if (right === mp.MACH_PORT_RIGHT_DEAD_NAME) {
      entry.type = DEAD;
      entry.refs = 1;
    } else if (right === mp.MACH_PORT_RIGHT_PORT_SET) {
      entry.type = SET;
      entry.set = new ModelSet();
      entry.set.name = at;
    } else {
      entry.type = RECEIVE;
      entry.port = new ModelPort();
      entry.port.receiver = this;
      entry.port.name = at;
    }
    return { code: 0, name: at };
  }

  destroy(name: number): number {
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    const { type, port, set } = entry;
    this.forget(name);
    for (const member of set?.members ?? []) this.model.leaveSet(member);
    if (!port) return 0;
    if (type === ONCE) this.model.notify(port, mp.MACH_NOTIFY_SEND_ONCE);
    if (type & SEND) this.model.dropSend(port);
    if (type & RECEIVE) this.model.kill(port);
    return 0;
  }

  deallocate(name: number): number {
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    if (entry.type === ONCE) return this.destroy(name);
    if (!(entry.type & (SEND | DEAD))) return kr.KERN_INVALID_RIGHT;
    return this.addRefs(name, entry, -1);
  }

  private addRefs(name: number, entry: ModelEntry, delta: number): number {
    const refs = entry.refs + delta;
    if (refs < 0) return kr.KERN_INVALID_VALUE;
    const most = entry.type === DEAD ? mp.MACH_PORT_UREFS_MAX : mp.MACH_PORT_SEND_UREFS_MAX;
    if (refs > most) return kr.KERN_UREFS_OVERFLOW;
    if (refs > 0) entry.refs = refs;
    else if (entry.type === DEAD || entry.type === SEND) this.destroy(name);
    else this.dropSendHalf(entry);
    return 0;
  }

  private dropSendHalf(entry: ModelEntry): void {
    entry.type = RECEIVE;
    entry.refs = 0;
    this.model.dropSend(entry.port!);
  }

  modRefs(name: number, right: number, delta: number): number {
    if (right > 4) return kr.KERN_INVALID_VALUE;
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    const type = 1 << (right + 16);
    if (!(entry.type & type)) return kr.KERN_INVALID_RIGHT;
    if (delta === 0) return 0;
    if (type === SEND || type === DEAD) return this.addRefs(name, entry, delta);
    if (delta !== -1) return kr.KERN_INVALID_VALUE;
    if (type !== RECEIVE || !(entry.type & SEND)) return this.destroy(name);
    this.model.kill(entry.port!);
    this.lookup(name);
    return 0;
  }

  rename(from: number, to: number): number {
    const entry = this.lookup(from);
    if (!entry) return kr.KERN_INVALID_NAME;
    if (this.entries.has(to)) return kr.KERN_NAME_EXISTS;
    this.claim(to);
    this.entries.delete(from);
    this.entries.set(to, entry);
    if (this.free.length < FREE_LIST_LIMIT) this.free.push(from);
    const request = entry.port?.requests.get(entry);
    if (request) request.name = to;
    if (entry.type & RECEIVE) entry.port!.name = to;
    if (entry.set) entry.set.name = to;
    return 0;
  }

  moveMember(member: number, after: number): number {
    const entry = this.lookup(member);
    if (!entry) return kr.KERN_INVALID_NAME;
    if (!(entry.type & RECEIVE)) return kr.KERN_INVALID_RIGHT;
    const port = entry.port!;
    if (after === 0) {
      if (!port.set) return kr.KERN_NOT_IN_SET;
      this.model.leaveSet(port);
      return 0;
    }
    const target = this.lookup(after);
    if (!target) return kr.KERN_INVALID_NAME;
    if (!target.set) return kr.KERN_INVALID_RIGHT;
    this.model.leaveSet(port);
    port.set = target.set;
    target.set.members.add(port);
    return 0;
  }

  /** Takes a right; a code if that cannot be. */
  copyin(name: number, disposition: number): ModelRight | number {
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    const type = needs(disposition);
    if (entry.type === DEAD && type !== RECEIVE) {
      if (disposition !== msg.MACH_MSG_TYPE_COPY_SEND) this.addRefs(name, entry, -1);
      return { port: "dead", type: arrival(disposition) };
    }
    if (!(entry.type & type)) return kr.KERN_INVALID_RIGHT;
    const port = entry.port!;
    switch (disposition) {
      case msg.MACH_MSG_TYPE_MAKE_SEND:
        port.makeSends++;
        port.sends++;
        break;
      case msg.MACH_MSG_TYPE_MAKE_SEND_ONCE:
        port.sendOnces++;
        break;
      case msg.MACH_MSG_TYPE_COPY_SEND:
        port.sends++;
        break;
      case msg.MACH_MSG_TYPE_MOVE_SEND:
        if (entry.refs > 1) {
          entry.refs--;
          port.sends++;
        } else if (entry.type & RECEIVE) {
          entry.type = RECEIVE;
          entry.refs = 0;
        } else this.forget(name);
        break;
      case msg.MACH_MSG_TYPE_MOVE_SEND_ONCE:
        this.forget(name);
        break;
      case msg.MACH_MSG_TYPE_MOVE_RECEIVE:
        this.takeReceive(name, entry, port);
        break;
    }
    return { port, type: arrival(disposition) };
  }

  private takeReceive(name: number, entry: ModelEntry, port: ModelPort): void {
    if (entry.type & SEND) entry.type = SEND;
    else this.forget(name);
    this.model.leaveSet(port);
    port.receiver = undefined;
    port.name = 0;
    port.makeSends = 0;
  }

  /** Whether copyin would succeed. */
  has(name: number, disposition: number): boolean {
    const entry = this.lookup(name);
    if (!entry) return false;
    return (entry.type & needs(disposition)) !== 0 || (entry.type === DEAD && needs(disposition) !== RECEIVE);
  }

  /** Gives a right of a message; its name. */
  copyout(right: ModelRight): number {
    if (right.port === "null") return 0;
    if (right.port === "dead") return 0xffffffff;
    const port = right.port;
    if (!port.alive) return 0xffffffff;
    const known = right.type === msg.MACH_MSG_TYPE_PORT_SEND_ONCE ? undefined : this.known(port);
    const [name, entry] = known === undefined ? this.fresh() : [known, this.entries.get(known)!];
    this.put(name, entry, right, port);
    return name;
  }

  private put(name: number, entry: ModelEntry, right: ModelRight, port: ModelPort): void {
    entry.port = port;
    if (right.type === msg.MACH_MSG_TYPE_PORT_SEND_ONCE) {
      entry.type = ONCE;
      entry.refs = 1;
    } else if (right.type === msg.MACH_MSG_TYPE_PORT_SEND) {
      if (entry.type & SEND) port.sends--;
      entry.type |= SEND;
      entry.refs = Math.min(entry.refs + 1, mp.MACH_PORT_SEND_UREFS_MAX);
    } else {
      entry.type |= RECEIVE;
      port.receiver = this;
      port.name = name;
      port.transit = undefined;
    }
  }

  insert(name: number, right: ModelRight): number {
    if (typeof right.port === "string") return kr.KERN_INVALID_CAPABILITY;
    if (!right.port.alive) return kr.KERN_INVALID_CAPABILITY;
    const existing = this.entries.get(name);
    if (right.type === msg.MACH_MSG_TYPE_PORT_SEND_ONCE) {
      if (existing) return kr.KERN_NAME_EXISTS;
    } else {
      const known = this.known(right.port);
      if (known !== undefined && known !== name) return kr.KERN_RIGHT_EXISTS;
      if (known === undefined && existing) return kr.KERN_NAME_EXISTS;
      if (
        existing &&
        right.type === msg.MACH_MSG_TYPE_PORT_SEND &&
        existing.refs === mp.MACH_PORT_SEND_UREFS_MAX
      ) {
        return kr.KERN_UREFS_OVERFLOW;
      }
    }
    this.put(name, existing ?? this.claim(name), right, right.port);
    return 0;
  }

  requestDeadName(name: number, immediate: boolean, notify: ModelPort | undefined): number {
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    if (entry.port) {
      const previous = entry.port.requests.get(entry);
      entry.port.requests.delete(entry);
      if (notify) entry.port.requests.set(entry, { name, notify });
      if (previous) this.model.notify(previous.notify, mp.MACH_NOTIFY_SEND_ONCE);
      return 0;
    }
    if (entry.type !== DEAD) return kr.KERN_INVALID_RIGHT;
    if (!immediate || !notify) return kr.KERN_INVALID_ARGUMENT;
    if (entry.refs === mp.MACH_PORT_UREFS_MAX) return kr.KERN_UREFS_OVERFLOW;
    entry.refs++;
    this.model.notify(notify, mp.MACH_NOTIFY_DEAD_NAME, name);
    return 0;
  }

  requestNoSenders(name: number, sync: number, notify: ModelPort | undefined): number {
    const entry = this.lookup(name);
    if (!entry) return kr.KERN_INVALID_NAME;
    if (!(entry.type & RECEIVE)) return kr.KERN_INVALID_RIGHT;
    const port = entry.port!;
    const previous = port.noSenders;
    port.noSenders = undefined;
    if (notify && port.sends === 0 && sync <= port.makeSends) {
      this.model.notify(notify, mp.MACH_NOTIFY_NO_SENDERS, port.makeSends);
    } else port.noSenders = notify;
    if (previous) this.model.notify(previous, mp.MACH_NOTIFY_SEND_ONCE);
    return 0;
  }

  end(): void {
    for (const name of [...this.entries.keys()].sort((a, b) => a - b)) this.destroy(name);
    this.entries.clear();
    this.free = [];
  }
}
