// The fast path of mach_msg does what the slow one does: both run the same random calls, and codes, messages, names,
// references and memory in use are the same after every one.
import fc from "fast-check";
import { expect, it } from "vitest";
import * as msg from "../../abi/mach_msg";
import * as port from "../../abi/mach_port";
import { KernelIpc, Task } from "./kernel-ipc";

const RUNS = Number(process.env.MACH386_RUNS ?? 60);
const RPC = msg.MACH_SEND_MSG | msg.MACH_RCV_MSG;
const REQUEST = msg.MACH_MSG_TYPE_COPY_SEND | (msg.MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
const WORDS = 24;

/** Something that the client asks of the kernel, and what goes on around it. */
interface Call {
  /** What the kernel port does: kernel/ipc/testing/kobject.ts. */
  kind: number;
  words: number;
  receiveSize: number;
  /** Header bits; mostly those of a plain request. */
  bits: number;
  option: number;
  /** Mostly the reply port. */
  receiveFrom: "reply" | "other" | "set";
  /** What happens to the reply port first, or while the kernel serves the request. */
  before: Trouble;
  meanwhile: Trouble;
}

const TROUBLES = ["none", "send", "payload", "set", "out of set", "destroy", "rename"] as const;
type Trouble = (typeof TROUBLES)[number];

class Client {
  readonly kernel: KernelIpc;
  readonly task: Task;
  readonly service: number;
  reply: number;
  readonly other: number;
  readonly set: number;

  constructor(kernel: KernelIpc) {
    this.kernel = kernel;
    this.task = kernel.task();
    this.service = kernel.exports.kernel_port(this.task.thread, kernel.room(4));
    this.reply = this.task.allocate(port.MACH_PORT_RIGHT_RECEIVE);
    this.other = this.task.allocate(port.MACH_PORT_RIGHT_RECEIVE);
    this.set = this.task.allocate(port.MACH_PORT_RIGHT_PORT_SET);
  }

  trouble(what: Trouble): void {
    const { task, reply } = this;
    if (what === "send") task.send({ remote: reply, bits: msg.MACH_MSG_TYPE_MAKE_SEND, id: 7 });
    else if (what === "payload") task.call("mach_port_set_protected_payload", reply, 5);
    else if (what === "set") task.call("mach_port_move_member", reply, this.set);
    else if (what === "out of set") task.call("mach_port_move_member", reply, 0);
    else if (what === "destroy") task.call("mach_port_destroy", reply);
    else if (what === "rename" && task.call("mach_port_rename", reply, reply + 40) === 0) this.reply += 40;
  }

  call(one: Call): unknown {
    const { task, kernel } = this;
    if (task.type(this.reply) === 0) this.reply = task.allocate(port.MACH_PORT_RIGHT_RECEIVE);
    this.trouble(one.before);
    const local = this.reply;
    const values = Array.from({ length: one.words }, (_, i) => i);
    const items = one.words ? [{ type: 2, values }] : [];
    const message = { remote: this.service, local, bits: one.bits, id: 2000 + one.kind };
    const { address, size } = task.build(message, items);
    const from = { reply: local, other: this.other, set: this.set }[one.receiveFrom];
    kernel.whileServed = () => this.trouble(one.meanwhile);
    // Nobody comes to send anything.
    kernel.whileBlocked = () => 1;
    const code = task.trap(address, one.option, size, one.receiveSize, from, 10);
    return {
      code,
      message: kernel.words(address, WORDS),
      names: Array.from({ length: 100 }, (_, name) => task.type(name + 1)),
      sendRefs: task.refs(this.service, port.MACH_PORT_RIGHT_SEND),
      check: task.check(),
      inUse: kernel.inUse(),
    };
  }
}

const trouble = fc.oneof(
  { weight: 4, arbitrary: fc.constant("none" as const) },
  fc.constantFrom(...TROUBLES),
);
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));

const calls = fc.array(
  fc.record<Call>({
    kind: fc.nat(7),
    words: fc.nat(28),
    receiveSize: mostly(256, 24, 32, 36, 500),
    bits: mostly(REQUEST, 19, 0, REQUEST | msg.MACH_MSGH_BITS_COMPLEX, 17 | (21 << 8), 19 | (20 << 8)),
    option: mostly(RPC, RPC | msg.MACH_RCV_TIMEOUT, RPC | msg.MACH_RCV_LARGE, msg.MACH_SEND_MSG),
    receiveFrom: mostly<Call["receiveFrom"]>("reply", "other", "set"),
    before: trouble,
    meanwhile: trouble,
  }),
  { minLength: 1, maxLength: 12 },
);

it("does what the slow path does", { timeout: 60_000 }, async () => {
  const fast = await KernelIpc.load();
  const slow = await KernelIpc.load();
  slow.messageTrap = "mach_msg_slow";
  fc.assert(
    fc.property(calls, (list) => {
      const [one, two] = [new Client(fast), new Client(slow)];
      for (const call of list) expect(one.call(call)).toEqual(two.call(call));
      for (const client of [one, two]) client.kernel.exports.kill_space(client.task.thread);
      expect(fast.inUse()).toBe(slow.inUse());
    }),
    { numRuns: RUNS },
  );
});
