// Every operation on every kind of name (tools/rights), on the kernel's code: the code, the name's type and references,
// the port's counts and the notifications are those of the table.
import { beforeAll, describe, expect, it } from "vitest";
import * as msg from "../../abi/mach_msg";
import * as mp from "../../abi/mach_port";
import { type Case, CASES } from "../../tools/rights/cases";
import { OPERATIONS } from "../../tools/rights/table";
import { KernelIpc, Task } from "./kernel-ipc";

const RECEIVE = mp.MACH_PORT_RIGHT_RECEIVE;
const MAKE_SEND = msg.MACH_MSG_TYPE_MAKE_SEND;
const MAKE_SEND_ONCE = msg.MACH_MSG_TYPE_MAKE_SEND_ONCE;
/** The name that operations are tried on. */
const NAME = 100;
/** Where the parent gets what the child has taken from it. */
const TAKEN = 200;
const DISPOSITIONS: Record<string, number> = {
  "move receive": msg.MACH_MSG_TYPE_MOVE_RECEIVE,
  "move send": msg.MACH_MSG_TYPE_MOVE_SEND,
  "move send-once": msg.MACH_MSG_TYPE_MOVE_SEND_ONCE,
  "copy send": msg.MACH_MSG_TYPE_COPY_SEND,
  "make send": MAKE_SEND,
  "make send-once": MAKE_SEND_ONCE,
};
const MOD_REFS = ["send", "receive", "send-once", "port-set", "dead-name"];

/** Where the receive right of the port in question is. */
interface Receiver {
  task: Task;
  name: number;
}

class Scene {
  readonly parent: Task;
  readonly child: Task;
  private readonly requests: number;
  private readonly senders: number;
  private receiver?: Receiver;
  /** What the parent copies out to the child, and how it takes it. */
  private source = 0;

  constructor(
    private readonly kernel: KernelIpc,
    readonly tried: Case,
  ) {
    this.parent = kernel.task();
    this.child = kernel.task();
    this.requests = this.parent.allocate(RECEIVE);
    this.senders = this.parent.allocate(RECEIVE);
    this.prepare();
    if (tried.requested) this.request(NAME, mp.MACH_NOTIFY_DEAD_NAME, 0, this.requests);
    if (this.receiver) this.requestNoSenders(this.receiver);
    if (tried.operation.startsWith("copyout")) this.prepareCopyout();
  }

  /** The name as the case wants it. */
  private prepare(): void {
    const { type, references } = this.tried;
    if (type === mp.MACH_PORT_TYPE_PORT_SET) {
      this.child.call("mach_port_allocate_name", mp.MACH_PORT_RIGHT_PORT_SET, NAME);
    } else if (type === mp.MACH_PORT_TYPE_DEAD_NAME) {
      this.child.call("mach_port_allocate_name", mp.MACH_PORT_RIGHT_DEAD_NAME, NAME);
      this.child.call("mach_port_mod_refs", NAME, mp.MACH_PORT_RIGHT_DEAD_NAME, references - 1);
    } else if (type & mp.MACH_PORT_TYPE_RECEIVE) {
      this.child.call("mach_port_allocate_name", RECEIVE, NAME);
      this.receiver = { task: this.child, name: NAME };
      if (type & mp.MACH_PORT_TYPE_SEND) this.child.insert(this.child, NAME, NAME, MAKE_SEND);
    } else if (type) {
      const name = this.parent.allocate(RECEIVE);
      this.receiver = { task: this.parent, name };
      const once = type === mp.MACH_PORT_TYPE_SEND_ONCE;
      this.parent.insert(this.child, NAME, name, once ? MAKE_SEND_ONCE : MAKE_SEND);
    }
    if (type & mp.MACH_PORT_TYPE_SEND)
      this.child.call("mach_port_mod_refs", NAME, mp.MACH_PORT_RIGHT_SEND, references - 1);
  }

  /** The parent gets what it will copy out: a right to the name's port where that can be, else to a fresh one. */
  private prepareCopyout(): void {
    const { operation, type } = this.tried;
    if (operation === "copyout send" && type & mp.MACH_PORT_TYPE_RECEIVE) {
      this.child.insert(this.parent, TAKEN, NAME, MAKE_SEND);
      this.source = TAKEN;
      return;
    }
    const same = type === mp.MACH_PORT_TYPE_SEND;
    this.source = same ? this.receiver!.name : this.parent.allocate(RECEIVE);
    this.receiver = { task: this.parent, name: this.source };
    if (operation === "copyout send") this.parent.insert(this.parent, this.source, this.source, MAKE_SEND);
  }

  private request(name: number, id: number, sync: number, notify: number): number {
    const cell = this.kernel.room(8);
    this.parent.call("ipc_object_copyin", notify, MAKE_SEND_ONCE, cell);
    const right = this.kernel.word(cell);
    const once = msg.MACH_MSG_TYPE_PORT_SEND_ONCE;
    const kr = this.child.call("mach_port_request_notification", name, id, sync, right, once, cell);
    this.kernel.enter(this.child.thread, "ipc_object_destroy", kr ? right : this.kernel.word(cell), once);
    // A request that was refused gives its right back; that is not what the case looks at.
    if (kr) this.parent.receive(notify);
    return kr;
  }

  /** To be told when there are none left; a bound that is never reached keeps it from being told at once. */
  private requestNoSenders({ task, name }: Receiver): void {
    const cell = this.kernel.room(8);
    this.parent.call("ipc_object_copyin", this.senders, MAKE_SEND_ONCE, cell);
    const args = [name, mp.MACH_NOTIFY_NO_SENDERS, 1 << 20, this.kernel.word(cell)];
    task.call("mach_port_request_notification", ...args, msg.MACH_MSG_TYPE_PORT_SEND_ONCE, cell);
  }

  /** Does it; the code. */
  run(): number {
    const { operation } = this.tried;
    const disposition = DISPOSITIONS[operation];
    if (disposition) return this.take(disposition);
    if (operation === "destroy") return this.child.call("mach_port_destroy", NAME);
    if (operation === "deallocate") return this.child.call("mach_port_deallocate", NAME);
    if (operation === "request dead-name")
      return this.request(NAME, mp.MACH_NOTIFY_DEAD_NAME, 1, this.requests);
    if (operation === "port death") return this.parent.call("mach_port_destroy", this.receiver!.name);
    if (operation === "copyout receive") return this.copyoutReceive();
    if (operation.startsWith("copyout")) {
      const once = operation === "copyout send-once";
      const disposition = once ? MAKE_SEND_ONCE : msg.MACH_MSG_TYPE_COPY_SEND;
      return this.parent.insert(this.child, NAME, this.source, disposition);
    }
    const [, right, delta] = operation.split(" ");
    return this.child.call("mach_port_mod_refs", NAME, MOD_REFS.indexOf(right), Number(delta));
  }

  private copyoutReceive(): number {
    const kr = this.parent.insert(this.child, NAME, this.source, msg.MACH_MSG_TYPE_MOVE_RECEIVE);
    this.receiver = kr ? undefined : { task: this.child, name: NAME };
    return kr;
  }

  /** The child's right goes to the parent, where the counts can still be seen. A dead name's comes to nothing. */
  private take(disposition: number): number {
    const cell = this.kernel.room(4);
    const kr = this.child.call("ipc_object_copyin", NAME, disposition, cell);
    const port = this.kernel.word(cell);
    if (kr || port === 0xffffffff) return kr;
    const type =
      disposition === msg.MACH_MSG_TYPE_COPY_SEND || disposition === MAKE_SEND
        ? msg.MACH_MSG_TYPE_PORT_SEND
        : disposition === MAKE_SEND_ONCE
          ? msg.MACH_MSG_TYPE_PORT_SEND_ONCE
          : disposition;
    const own = this.receiver!.task === this.parent && type === msg.MACH_MSG_TYPE_PORT_SEND;
    const name = own ? this.receiver!.name : TAKEN;
    expect(this.parent.call("mach_port_insert_right", name, port, type)).toBe(0);
    if (disposition === msg.MACH_MSG_TYPE_MOVE_RECEIVE) this.receiver = { task: this.parent, name };
    return kr;
  }

  /** The counts of the port: srights, sorights, mscount. */
  counts(): number[] | undefined {
    if (!this.receiver) return undefined;
    const { task, name } = this.receiver;
    const status = this.kernel.room(mp.PORT_STATUS_SIZE);
    if (task.call("mach_port_get_receive_status", name, status)) return undefined;
    const sends = task.get("mach_port_get_srights", name).value;
    const word = (offset: number): number => this.kernel.word(status + offset);
    return [sends, word(mp.PORT_STATUS_SORIGHTS), word(mp.PORT_STATUS_MSCOUNT)];
  }

  /** MACH_NOTIFY_* that waits on a port of the parent's; 0 if none. */
  private heard(name: number): number {
    const { mr, message } = this.parent.receive(name);
    return mr ? 0 : message.id;
  }

  /** What the case says of the outcome, as it is. */
  outcome(code: number): Partial<Case> {
    const type = this.child.type(NAME) & 0x1fffffff;
    const right = type & mp.MACH_PORT_TYPE_DEAD_NAME ? mp.MACH_PORT_RIGHT_DEAD_NAME : mp.MACH_PORT_RIGHT_SEND;
    return {
      code,
      typeAfter: type,
      referencesAfter: this.child.refs(NAME, right),
      requestNotified: this.heard(this.requests),
      sendersNotified: this.heard(this.senders),
      portNotified: this.receiver?.task === this.parent ? this.heard(this.receiver.name) : 0,
    };
  }

  end(): void {
    expect([this.parent.check(), this.child.check()]).toEqual([0, 0]);
    this.kernel.exports.kill_space(this.child.thread);
    this.kernel.exports.kill_space(this.parent.thread);
  }
}

let kernel: KernelIpc;
beforeAll(async () => {
  kernel = await KernelIpc.load();
});

describe.each(OPERATIONS)("%s", (operation) => {
  const cases = CASES.filter((one) => one.operation === operation);

  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, tried) => {
    const spare = [kernel.task(), kernel.task()];
    spare.forEach((task) => kernel.exports.kill_space(task.thread));
    const before = kernel.inUse();
    const scene = new Scene(kernel, tried);
    const earlier = scene.counts();
    const code = scene.run();
    const { requestNotified, sendersNotified, portNotified, typeAfter, referencesAfter } = tried;
    const expected = { code: tried.code, typeAfter, referencesAfter };
    expect(scene.outcome(code)).toEqual({ ...expected, requestNotified, sendersNotified, portNotified });
    const later = scene.counts();
    if (earlier && later) {
      const moved = operation.endsWith("receive") && code === 0;
      const mscount = moved ? 0 - earlier[2] : tried.mscount;
      expect(later.map((count, i) => count - earlier[i])).toEqual([tried.srights, tried.sorights, mscount]);
    }
    scene.end();
    expect(kernel.inUse() - before).toBeLessThan(0x10000);
  });
});
