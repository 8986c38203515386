// Random operations on port rights, by several tasks, against the model: codes, names, references, counts and queues
// are the same after every one, and when all tasks are dead nothing is left.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as msg from "../../abi/mach_msg";
import * as mp from "../../abi/mach_port";
import { KernelIpc, Task } from "./kernel-ipc";
import { Model, ModelMessage, ModelPort, ModelRight, ModelSpace } from "./model";

const RUNS = Number(process.env.MACH386_RUNS ?? 60);
const TASKS = 3;
const RIGHTS = [0, 1, 2, 3, 4];
const DISPOSITIONS = [16, 17, 18, 19, 20, 21];
const HEADER_DISPOSITIONS = DISPOSITIONS.slice(1);
const COMPLEX = msg.MACH_MSGH_BITS_COMPLEX;

interface Pair {
  task: Task;
  space: ModelSpace;
}

class Machine {
  readonly model = new Model();
  readonly pairs: Pair[];
  private id = 1000;

  constructor(readonly kernel: KernelIpc) {
    this.pairs = Array.from({ length: TASKS }, () => ({
      task: kernel.task(),
      space: new ModelSpace(this.model),
    }));
  }

  /** A name in use, mostly; else a small number. */
  name(pair: Pair, choice: number): number {
    const names = [...pair.space.entries.keys()];
    return choice % 8 === 7 || names.length === 0 ? 1 + (choice % 13) : names[choice % names.length];
  }

  notifyPort(pair: Pair, name: number): ModelPort | undefined {
    const entry = pair.space.lookup(name);
    return entry && entry.type & mp.MACH_PORT_TYPE_RECEIVE ? entry.port : undefined;
  }

  send(pair: Pair, choices: number[]): void {
    const { task, space } = pair;
    const remote = this.name(pair, choices[0]);
    const destType = HEADER_DISPOSITIONS[choices[1] % 5];
    const replyType = choices[2] % 3 ? HEADER_DISPOSITIONS[choices[2] % 5] : 0;
    const local = replyType ? this.name(pair, choices[3]) : 0;
    const carried = Array.from({ length: choices[4] % 3 }, (_, i) => ({
      name: this.name(pair, choices[5 + 2 * i]),
      type: DISPOSITIONS[choices[6 + 2 * i] % 6],
    }));
    const id = this.id++;
    const expected = this.modelSend(space, { remote, destType, local, replyType, carried, id });
    const bits = destType | (replyType << 8) | (carried.length ? COMPLEX : 0);
    const items = carried.map(({ name, type }) => ({ type, values: [name] }));
    const { address, size } = task.build({ remote, local, bits, id }, items);
    const option = msg.MACH_SEND_MSG | msg.MACH_SEND_TIMEOUT;
    const mr = task.trap(address, option, size, 0, 0, 0);
    expect(mr, `send ${JSON.stringify({ remote, destType, local, replyType, carried })}`).toBe(expected);
  }

  private modelSend(
    space: ModelSpace,
    m: {
      remote: number;
      destType: number;
      local: number;
      replyType: number;
      carried: { name: number; type: number }[];
      id: number;
    },
  ): number {
    if (!space.has(m.remote, m.destType)) return msg.MACH_SEND_INVALID_DEST;
    const destEntry = space.lookup(m.remote)!;
    if (!destEntry.port) return msg.MACH_SEND_INVALID_DEST;
    if (m.replyType && !space.has(m.local, m.replyType)) return msg.MACH_SEND_INVALID_REPLY;
    const moves = (type: number): boolean => type === 17 || type === 18;
    const same = m.replyType !== 0 && m.local === m.remote;
    if (same && moves(m.destType) && moves(m.replyType) && destEntry.refs < 2)
      return m.destType === 17 ? msg.MACH_SEND_INVALID_DEST : msg.MACH_SEND_INVALID_REPLY;
    let reply: ModelRight = { port: "null", type: 0 };
    const take = (): void => {
      if (m.replyType) reply = space.copyin(m.local, m.replyType) as ModelRight;
    };
    if (same && moves(m.destType)) take();
    const dest = space.copyin(m.remote, m.destType) as ModelRight;
    if (!(same && moves(m.destType))) take();
    const target = dest.port as ModelPort;
    const rights: ModelRight[] = [];
    let circular = false;
    for (const { name, type } of m.carried) {
      const right = space.copyin(name, type);
      if (typeof right === "number") {
        for (const done of rights) this.model.drop(done);
        this.model.drop(dest);
        this.model.drop(reply);
        return msg.MACH_SEND_INVALID_RIGHT;
      }
      if (right.type === 16) circular = this.inTransit(right.port as ModelPort, target) || circular;
      rights.push(right);
    }
    return this.queue(space, target, dest, reply, rights, circular, m.id);
  }

  /** Notes where the receive right goes; true if that would be a ring. */
  private inTransit(port: ModelPort, target: ModelPort): boolean {
    for (let at: ModelPort | undefined = target; at; at = at.alive && !at.receiver ? at.transit : undefined) {
      if (at === port) return true;
    }
    port.transit = target;
    return false;
  }

  private queue(
    space: ModelSpace,
    target: ModelPort,
    dest: ModelRight,
    reply: ModelRight,
    rights: ModelRight[],
    circular: boolean,
    id: number,
  ): number {
    if (circular) {
      this.model.drop(dest);
      this.model.drop(reply);
      for (const right of rights) this.model.drop(right);
      return 0;
    }
    if (target.alive && dest.type === 17 && target.queue.length >= target.limit) {
      space.copyout(dest);
      for (const right of [reply, ...rights]) space.copyout(right);
      return msg.MACH_SEND_TIMED_OUT;
    }
    this.model.enqueue(target, { id, type: dest.type, reply, rights });
    return 0;
  }

  receive(pair: Pair, name: number): void {
    const { task, space } = pair;
    const entry = space.lookup(name);
    const { mr, message } = task.receive(name, 256);
    if (!entry || !(entry.type & (mp.MACH_PORT_TYPE_RECEIVE | mp.MACH_PORT_TYPE_PORT_SET))) {
      expect(mr).toBe(msg.MACH_RCV_INVALID_NAME);
      return;
    }
    if (entry.port?.set) {
      expect(mr).toBe(msg.MACH_RCV_IN_SET);
      return;
    }
    const ports = entry.set ? [...entry.set.members] : [entry.port!];
    if (ports.every((port) => port.queue.length === 0)) {
      expect(mr).toBe(msg.MACH_RCV_TIMED_OUT);
      return;
    }
    expect(mr).toBe(0);
    const from = ports.find((port) => port.name === message.local)!;
    expect(from, `message by port ${message.local}`).toBeDefined();
    const body = task.body(message);
    const index = from.queue.findIndex(
      (m) =>
        m.batch === from.queue[0].batch &&
        m.id === message.id &&
        (m.word === undefined || m.word === body[1]),
    );
    expect(index, `message ${message.id} is not next on port ${message.local}`).toBeGreaterThanOrEqual(0);
    const [expected] = from.queue.splice(index, 1);
    this.copyout(space, expected, from, message.remote, message.bits, body);
  }

  private copyout(
    space: ModelSpace,
    expected: ModelMessage,
    from: ModelPort,
    remote: number,
    bits: number,
    body: number[],
  ): void {
    expect(remote).toBe(space.copyout(expected.reply));
    expect(bits & 0xffff).toBe(expected.reply.type | (expected.type << 8));
    if (expected.type === 17) this.model.dropSend(from);
    else from.sendOnces--;
    expected.rights.forEach((right, i) => {
      expect(body.slice(2 * i, 2 * i + 2)).toEqual([0x10012000 | right.type, space.copyout(right)]);
    });
  }

  /** Everything a task can see of its names. */
  compare(): void {
    for (const { task, space } of this.pairs) {
      expect(task.check()).toBe(0);
      expect(this.seen(task)).toEqual(this.known(space));
    }
  }

  private seen(task: Task): string[] {
    const cells = this.kernel.room(16);
    const all: string[] = [];
    for (let name = 1; name < 40; name++) {
      if (task.call("mach_port_type", name, cells)) continue;
      const type = this.kernel.word(cells);
      const right =
        type & mp.MACH_PORT_TYPE_DEAD_NAME ? mp.MACH_PORT_RIGHT_DEAD_NAME : mp.MACH_PORT_RIGHT_SEND;
      let text = `${name}: ${(type >>> 0).toString(16)} refs ${task.refs(name, right)}`;
      if (type & mp.MACH_PORT_TYPE_RECEIVE) text += this.status(task, name);
      all.push(text);
    }
    return all;
  }

  private status(task: Task, name: number): string {
    const status = this.kernel.room(mp.PORT_STATUS_SIZE);
    task.call("mach_port_get_receive_status", name, status);
    const word = (offset: number): number => this.kernel.word(status + offset);
    const sends = task.get("mach_port_get_srights", name).value;
    return ` set ${word(mp.PORT_STATUS_PSET)} made ${word(mp.PORT_STATUS_MSCOUNT)} sends ${sends} queued ${word(mp.PORT_STATUS_MSGCOUNT)} ns ${word(mp.PORT_STATUS_NSREQUEST)}`;
  }

  private known(space: ModelSpace): string[] {
    const all: string[] = [];
    for (const name of [...space.entries.keys()].sort((a, b) => a - b)) {
      const { type, refs, port } = space.lookup(name)!;
      const entry = space.entries.get(name)!;
      const request = port?.requests.has(entry) ? mp.MACH_PORT_TYPE_DNREQUEST : 0;
      const shown = type & (mp.MACH_PORT_TYPE_SEND | mp.MACH_PORT_TYPE_DEAD_NAME) ? refs : 0;
      let text = `${name}: ${((type | request) >>> 0).toString(16)} refs ${shown}`;
      if (type & mp.MACH_PORT_TYPE_RECEIVE) {
        const p = port!;
        text += ` set ${p.set?.name ?? 0} made ${p.makeSends} sends ${p.sends} queued ${p.queue.length} ns ${p.noSenders ? 1 : 0}`;
      }
      all.push(text);
    }
    return all;
  }

  /** Something to begin with: each task has two ports and a set, and rights to the ports of its neighbour. */
  populate(): void {
    const zeros = Array<number>(9).fill(0);
    this.pairs.forEach((_, task) => {
      for (const right of [1, 1, 3]) this.step(0, task, [0, right, ...zeros]);
      const neighbour = (task + 1) % TASKS;
      for (const disposition of [4, 4, 5]) {
        for (const name of [0, 1])
          this.step(7, task, [name, neighbour, disposition, 10 + disposition + name]);
      }
    });
  }

  step(kind: number, task: number, c: number[]): void {
    this.model.batch++;
    const pair = this.pairs[task];
    const name = this.name(pair, c[0]);
    const { space } = pair;
    const call = (expected: number, what: string, ...args: number[]): void => {
      expect(pair.task.call(what, ...args), `${what}(${args})`).toBe(expected);
    };
    switch (kind) {
      case 0: {
        const right = RIGHTS[c[1] % 5];
        const { code, name: made } = space.allocate(right);
        expect(pair.task.get("mach_port_allocate", right)).toMatchObject(
          code ? { kr: code } : { kr: 0, value: made },
        );
        break;
      }
      case 1:
        call(
          space.allocate(RIGHTS[c[1] % 5], 1 + (c[2] % 30)).code,
          "mach_port_allocate_name",
          RIGHTS[c[1] % 5],
          1 + (c[2] % 30),
        );
        break;
      case 2:
        call(space.destroy(name), "mach_port_destroy", name);
        break;
      case 3:
        call(space.deallocate(name), "mach_port_deallocate", name);
        break;
      case 4: {
        const delta = c[2] % 9 === 8 ? 65530 : (c[2] % 5) - 2;
        call(space.modRefs(name, c[1] % 6, delta), "mach_port_mod_refs", name, c[1] % 6, delta);
        break;
      }
      case 5:
        call(space.rename(name, 1 + (c[1] % 30)), "mach_port_rename", name, 1 + (c[1] % 30));
        break;
      case 6: {
        const after = c[1] % 4 ? this.name(pair, c[2]) : 0;
        call(space.moveMember(name, after), "mach_port_move_member", name, after);
        break;
      }
      case 7:
        this.insert(pair, this.pairs[c[1] % TASKS], name, DISPOSITIONS[c[2] % 6], 1 + (c[3] % 30));
        break;
      case 8:
        this.request(pair, name, c[1] % 4 ? this.name(pair, c[2]) : 0, c[3]);
        break;
      case 9:
        this.receive(pair, name);
        break;
      case 10:
        if (c[0] % 8 === 0) {
          space.end();
          this.kernel.exports.kill_space(pair.task.thread);
          this.pairs[task] = { task: new Task(this.kernel, pair.task.thread), space };
        }
        break;
      default:
        this.send(pair, c);
    }
  }

  private insert(from: Pair, to: Pair, right: number, disposition: number, name: number): void {
    const taken = from.space.copyin(right, disposition);
    let expected = typeof taken === "number" ? taken : to.space.insert(name, taken);
    if (typeof taken !== "number" && expected) this.model.drop(taken);
    expect(
      from.task.insert(to.task, name, right, disposition),
      `insert ${name} ${right} ${disposition}`,
    ).toBe(expected);
  }

  private request(pair: Pair, name: number, notifyName: number, choice: number): void {
    const notify = notifyName ? this.notifyPort(pair, notifyName) : undefined;
    if (notifyName && !notify) return;
    const dead = choice % 2 === 0;
    const sync = (choice >> 1) % 3;
    if (notify) notify.sendOnces++;
    const expected = dead
      ? pair.space.requestDeadName(name, sync !== 0, notify)
      : pair.space.requestNoSenders(name, sync, notify);
    if (expected && notify) this.model.notify(notify, mp.MACH_NOTIFY_SEND_ONCE);
    const id = dead ? mp.MACH_NOTIFY_DEAD_NAME : mp.MACH_NOTIFY_NO_SENDERS;
    const kr = pair.task.requestNotification(name, id, sync, notifyName);
    expect(kr, `request ${id} for ${name} to ${notifyName}`).toBe(expected);
  }
}

const operation = fc.tuple(
  fc.nat({ max: 16 }),
  fc.nat({ max: TASKS - 1 }),
  fc.array(fc.nat({ max: 1000 }), { minLength: 9, maxLength: 9 }),
);

describe("port rights", () => {
  // Compiling takes its time.
  beforeAll(() => KernelIpc.load());

  it("are those of the model after any operations", async () => {
    const kernel = await KernelIpc.load();
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150, size: "max" }), (operations) => {
        const machine = new Machine(kernel);
        const before = kernel.inUse();
        machine.populate();
        for (const [kind, task, choices] of operations) {
          machine.step(kind, task, choices);
          machine.compare();
        }
        for (const { task } of machine.pairs) kernel.exports.kill_space(task.thread);
        expect(kernel.inUse()).toBe(before);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 40_000 },
    );
  });
});
