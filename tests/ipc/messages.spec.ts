// mach_msg: what is sent arrives, and what is wrong is refused with its code.
import { beforeEach, describe, expect, it } from "vitest";
import * as msg from "../../abi/mach_msg";
import * as port from "../../abi/mach_port";
import { KernelIpc, Task, THREAD_INTERRUPTED, THREAD_TIMED_OUT } from "./kernel-ipc";

const RECEIVE = port.MACH_PORT_RIGHT_RECEIVE;
const COMPLEX = msg.MACH_MSGH_BITS_COMPLEX;
const COPY_SEND = msg.MACH_MSG_TYPE_COPY_SEND;
const MAKE_SEND = msg.MACH_MSG_TYPE_MAKE_SEND;
const MOVE_SEND = msg.MACH_MSG_TYPE_MOVE_SEND;
const MAKE_SEND_ONCE = msg.MACH_MSG_TYPE_MAKE_SEND_ONCE;

let kernel: KernelIpc;
let client: Task;
let server: Task;
/** The server's receive right, and the client's send right to it. */
let service: number;
let remote: number;

beforeEach(async () => {
  kernel = await KernelIpc.load();
  client = kernel.task();
  server = kernel.task();
  service = server.allocate(RECEIVE);
  remote = 77;
  expect(server.insert(client, remote, service, MAKE_SEND)).toBe(0);
});

function sound(): void {
  expect([client.check(), server.check()]).toEqual([0, 0]);
}

describe("header", () => {
  it("arrives with the sides exchanged, a sequence number and the receiver's names", () => {
    const reply = client.allocate(RECEIVE);
    for (let i = 0; i < 2; i++) {
      expect(client.send({ remote, local: reply, bits: COPY_SEND | (MAKE_SEND_ONCE << 8), id: 42 })).toBe(0);
    }
    const first = server.receive(service);
    expect(first.mr).toBe(0);
    expect(first.message).toMatchObject({ bits: 0x1112, size: 24, local: service, seqno: 0, id: 42 });
    expect(server.type(first.message.remote)).toBe(port.MACH_PORT_TYPE_SEND_ONCE);
    expect(server.receive(service).message.seqno).toBe(1);
    sound();
  });

  it("carries null and dead reply names as they are", () => {
    expect(client.send({ remote, local: 0, bits: COPY_SEND | (MAKE_SEND_ONCE << 8) })).toBe(0);
    expect(server.receive(service).message.remote).toBe(0);
    const dead = client.allocate(port.MACH_PORT_RIGHT_DEAD_NAME);
    expect(client.send({ remote, local: dead, bits: COPY_SEND | (COPY_SEND << 8) })).toBe(0);
    expect(server.receive(service).message.remote).toBe(0xffffffff);
  });

  it.each([
    ["too small", { size: 20 }, msg.MACH_SEND_MSG_TOO_SMALL],
    ["not a multiple of 4", { size: 26 }, msg.MACH_SEND_MSG_TOO_SMALL],
    ["unreadable", { address: 0x1000 }, msg.MACH_SEND_INVALID_DATA],
    ["no such destination", { remote: 999 }, msg.MACH_SEND_INVALID_DEST],
    ["no such reply port", { local: 999, bits: COPY_SEND | (MAKE_SEND << 8) }, msg.MACH_SEND_INVALID_REPLY],
    ["receive disposition", { bits: msg.MACH_MSG_TYPE_MOVE_RECEIVE }, msg.MACH_SEND_INVALID_HEADER],
    ["disposition 0", { bits: 0 }, msg.MACH_SEND_INVALID_HEADER],
    ["reply name without disposition", { local: 77 }, msg.MACH_SEND_INVALID_HEADER],
    ["too long", { size: 1 << 20 }, msg.MACH_SEND_NO_BUFFER],
  ])("is refused: %s", (_name, change: Record<string, number>, code) => {
    const before = kernel.inUse();
    const { address, size } = client.build({ remote, ...change });
    const mr = client.trap(change.address ?? address, msg.MACH_SEND_MSG, change.size ?? size, 0, 0, 0);
    expect(mr).toBe(code);
    expect(kernel.inUse()).toBe(before);
    expect(client.refs(remote, port.MACH_PORT_RIGHT_SEND)).toBe(1);
  });

  it("takes one name for both ports unless the references do not suffice", () => {
    const bits = (dest: number, reply: number) => ({ remote, local: remote, bits: dest | (reply << 8) });
    expect(client.send(bits(MOVE_SEND, MOVE_SEND))).toBe(msg.MACH_SEND_INVALID_DEST);
    expect(client.refs(remote, port.MACH_PORT_RIGHT_SEND)).toBe(1);
    expect(client.send(bits(MOVE_SEND, COPY_SEND))).toBe(0);
    expect(client.type(remote)).toBe(0);
    const { message } = server.receive(service);
    expect(message.bits).toBe(0x1111);
    expect(message.remote).toBe(service);
    sound();
  });

  it("shows the protected payload instead of the name", () => {
    server.call("mach_port_set_protected_payload", service, 0xabcd);
    client.send({ remote });
    expect(server.receive(service).message).toMatchObject({ bits: 0x1700, local: 0xabcd });
    server.call("mach_port_clear_protected_payload", service);
    client.send({ remote });
    expect(server.receive(service).message.local).toBe(service);
  });
});

describe("body", () => {
  it("is not looked at without COMPLEX", () => {
    const before = kernel.inUse();
    expect(client.send({ remote }, [{ type: MAKE_SEND, values: [12345] }])).toBe(0);
    const { message } = server.receive(service);
    expect(server.body(message)).toEqual([0x10012014, 12345]);
    expect(kernel.inUse()).toBe(before);
  });

  it("loses COMPLEX when nothing in it is", () => {
    expect(client.send({ remote, bits: COPY_SEND | COMPLEX }, [{ type: 2, values: [1, 2, 3] }])).toBe(0);
    const { message } = server.receive(service);
    expect(message.bits).toBe(0x1100);
    expect(server.body(message)).toEqual([0x10032002, 1, 2, 3]);
  });

  it.each([
    ["short", false],
    ["long", true],
  ])("gives rights new names (%s descriptor)", (_name, long) => {
    const given = client.allocate(RECEIVE);
    const values = [given, 0, given, 0xffffffff];
    expect(client.send({ remote, bits: COPY_SEND | COMPLEX }, [{ type: MAKE_SEND, values, long }])).toBe(0);
    const { message } = server.receive(service);
    const body = server.body(message);
    const names = body.slice(long ? 3 : 1);
    expect(body[0]).toBe(long ? 0x30000000 : 0x10042011);
    if (long) expect(body[1]).toBe(0x200011);
    expect(names[1]).toBe(0);
    expect(names[3]).toBe(0xffffffff);
    expect(names[0]).toBe(names[2]);
    expect(server.refs(names[0], port.MACH_PORT_RIGHT_SEND)).toBe(2);
    expect(client.get("mach_port_get_srights", given).value).toBe(1);
    sound();
  });

  it("moves out-of-line memory and ports", () => {
    const given = client.allocate(RECEIVE);
    const before = kernel.inUse();
    const items = [
      { type: msg.MACH_MSG_TYPE_BYTE, bits: 8, values: [], ool: true, long: true },
      { type: 2, values: [10, 20, 30], ool: true, deallocate: true },
      { type: MAKE_SEND_ONCE, values: [given, given], ool: true },
    ];
    const { address, size } = client.build({ remote, bits: COPY_SEND | COMPLEX }, items);
    const source = kernel.word(address + 44);
    expect(client.trap(address, msg.MACH_SEND_MSG, size, 0, 0, 0)).toBe(0);
    expect(kernel.word(source)).toBe(0xdddddddd);
    const { mr, message } = server.receive(service);
    expect(mr).toBe(0);
    const body = server.body(message);
    expect(body.slice(0, 4)).toEqual([0x60000000, 0x80009, 0, 0]);
    expect(body[4]).toBe(0x40032002);
    expect(kernel.words(body[5], 3)).toEqual([10, 20, 30]);
    expect(body[6]).toBe(0x40022012);
    const names = kernel.words(body[7], 2);
    expect(names[0]).not.toBe(names[1]);
    for (const name of names) {
      expect(server.type(name)).toBe(port.MACH_PORT_TYPE_SEND_ONCE);
      server.call("mach_port_deallocate", name);
      expect(client.receive(given).message.id).toBe(port.MACH_NOTIFY_SEND_ONCE);
    }
    expect(kernel.inUse() - before).toBeLessThan(8); // names that wait for their next use
    sound();
  });

  it.each([
    ["the unused bit", { type: 2, values: [1], descriptor: 0x90012002 }, msg.MACH_SEND_INVALID_TYPE],
    ["deallocate inline", { type: 2, values: [1], descriptor: 0x50012002 }, msg.MACH_SEND_INVALID_TYPE],
    [
      "a long form with a short size",
      { type: 2, values: [1], descriptor: 0x30012000, long: true },
      msg.MACH_SEND_INVALID_TYPE,
    ],
    ["a port of 16 bits", { type: COPY_SEND, bits: 16, values: [1] }, msg.MACH_SEND_INVALID_TYPE],
    ["data beyond the end", { type: 2, values: [1], descriptor: 0x10092002 }, msg.MACH_SEND_MSG_TOO_SMALL],
    ["a cut long form", { type: 2, values: [], descriptor: 0x30000000 }, msg.MACH_SEND_MSG_TOO_SMALL],
    ["a right one does not have", { type: COPY_SEND, values: [4711] }, msg.MACH_SEND_INVALID_RIGHT],
    [
      "bad memory",
      { type: 9, bits: 8, values: [0x10], descriptor: 0x00ff0809 },
      msg.MACH_SEND_INVALID_MEMORY,
    ],
  ])("with %s is refused; what it carried is destroyed", (_name, bad, code) => {
    const given = client.allocate(RECEIVE);
    const reply = client.allocate(RECEIVE);
    const before = kernel.inUse();
    const header = { remote, local: reply, bits: COPY_SEND | (MAKE_SEND_ONCE << 8) | COMPLEX };
    const good = { type: MAKE_SEND_ONCE, values: [given, given] };
    const memory = { type: 2, values: [1, 2], ool: true };
    expect(client.send(header, [good, memory, bad])).toBe(code);
    expect(client.receive(reply).message.id).toBe(port.MACH_NOTIFY_SEND_ONCE);
    expect(client.receive(given).message.id).toBe(port.MACH_NOTIFY_SEND_ONCE);
    expect(client.receive(given).message.id).toBe(port.MACH_NOTIFY_SEND_ONCE);
    expect(kernel.inUse()).toBe(before);
    expect(client.get("mach_port_get_srights", given).value).toBe(0);
    sound();
  });

  it("carries a receive right with the messages in its queue", () => {
    const moved = client.allocate(RECEIVE);
    client.insert(client, moved, moved, MAKE_SEND);
    client.send({ remote: moved, id: 9 });
    const items = [{ type: msg.MACH_MSG_TYPE_MOVE_RECEIVE, values: [moved] }];
    expect(client.send({ remote, bits: COPY_SEND | COMPLEX }, items)).toBe(0);
    expect(client.type(moved)).toBe(port.MACH_PORT_TYPE_SEND);
    const [, name] = server.body(server.receive(service).message);
    expect(server.receive(name).message).toMatchObject({ id: 9, local: name, seqno: 0 });
    sound();
  });

  it("that would make a port wait in its own queue is destroyed", () => {
    const own = client.allocate(RECEIVE);
    client.insert(client, own, own, MAKE_SEND);
    const items = [{ type: msg.MACH_MSG_TYPE_MOVE_RECEIVE, values: [own] }];
    const before = kernel.inUse();
    expect(client.send({ remote: own, bits: COPY_SEND | COMPLEX }, items)).toBe(0);
    expect(client.type(own)).toBe(port.MACH_PORT_TYPE_DEAD_NAME);
    expect(kernel.inUse()).toBeLessThan(before);
  });

  it("is destroyed to any depth without a deep stack", () => {
    const before = kernel.inUse();
    let inner = client.allocate(RECEIVE);
    for (let i = 0; i < 500; i++) {
      const outer = client.allocate(RECEIVE);
      client.insert(client, outer, outer, MAKE_SEND);
      const items = [{ type: msg.MACH_MSG_TYPE_MOVE_RECEIVE, values: [inner] }];
      expect(client.send({ remote: outer, bits: COPY_SEND | COMPLEX }, items)).toBe(0);
      client.call("mach_port_mod_refs", inner, port.MACH_PORT_RIGHT_SEND, -1);
      inner = outer;
    }
    client.call("mach_port_destroy", inner);
    expect(kernel.inUse() - before).toBeLessThan(70); // free names and tree nodes stay
    sound();
  });
});

describe("queue", () => {
  const TIMEOUT = msg.MACH_SEND_TIMEOUT;

  it("takes as many messages as its limit, from send rights", () => {
    for (let i = 0; i < port.MACH_PORT_QLIMIT_DEFAULT; i++) expect(client.send({ remote })).toBe(0);
    expect(client.send({ remote }, [], TIMEOUT)).toBe(msg.MACH_SEND_TIMED_OUT);
    const once = client.allocate(RECEIVE);
    expect(server.insert(client, 500, service, MAKE_SEND_ONCE)).toBe(0);
    expect(client.send({ remote: 500, bits: msg.MACH_MSG_TYPE_MOVE_SEND_ONCE })).toBe(0);
    client.call("mach_port_destroy", once);
    expect(server.receive(service).mr).toBe(0);
    expect(client.send({ remote }, [], TIMEOUT)).toBe(msg.MACH_SEND_TIMED_OUT);
    expect(server.receive(service).mr).toBe(0);
    expect(client.send({ remote }, [], TIMEOUT)).toBe(0);
    sound();
  });

  it("gives rights and memory back when a send times out", () => {
    server.call("mach_port_set_qlimit", service, 0);
    const given = client.allocate(RECEIVE);
    const items = [
      { type: MAKE_SEND, values: [given] },
      { type: 2, values: [7, 8], ool: true, deallocate: true },
    ];
    const { address, size } = client.build({ remote, bits: MOVE_SEND | COMPLEX, id: 3 }, items);
    expect(client.trap(address, msg.MACH_SEND_MSG | TIMEOUT, size, 0, 0, 0)).toBe(msg.MACH_SEND_TIMED_OUT);
    const words = kernel.words(address, size / 4);
    expect(words[0]).toBe((COMPLEX | MOVE_SEND) >>> 0);
    expect(client.refs(words[2], port.MACH_PORT_RIGHT_SEND)).toBe(1);
    expect(words.slice(6, 8)).toEqual([0x10012011, given]);
    expect(client.refs(given, port.MACH_PORT_RIGHT_SEND)).toBe(1);
    expect(kernel.words(words[9], 2)).toEqual([7, 8]);
    sound();
  });

  it("lets a blocked sender go on when there is room", () => {
    server.call("mach_port_set_qlimit", service, 1);
    client.send({ remote, id: 1 });
    kernel.whileBlocked = () => {
      expect(server.receive(service).message.id).toBe(1);
      return THREAD_INTERRUPTED;
    };
    expect(client.send({ remote, id: 2 })).toBe(0);
    expect(server.receive(service).message.id).toBe(2);
  });

  it("that dies wakes a blocked sender, whose message counts as sent", () => {
    const before = kernel.inUse();
    server.call("mach_port_set_qlimit", service, 0);
    kernel.whileBlocked = () => {
      server.call("mach_port_destroy", service);
      return THREAD_INTERRUPTED;
    };
    expect(client.send({ remote, bits: MOVE_SEND })).toBe(0);
    expect(kernel.inUse()).toBeLessThan(before);
  });

  it("gives an interrupted or timed-out wait its code", () => {
    server.call("mach_port_set_qlimit", service, 0);
    kernel.whileBlocked = () => THREAD_INTERRUPTED;
    expect(client.send({ remote })).toBe(msg.MACH_SEND_INTERRUPTED);
    kernel.whileBlocked = () => THREAD_TIMED_OUT;
    expect(client.send({ remote }, [], TIMEOUT, 50)).toBe(msg.MACH_SEND_TIMED_OUT);
    const wait = (option: number) =>
      server.trap(kernel.room(64), msg.MACH_RCV_MSG | option, 0, 64, service, 10);
    expect(wait(msg.MACH_RCV_TIMEOUT)).toBe(msg.MACH_RCV_TIMED_OUT);
    kernel.whileBlocked = () => THREAD_INTERRUPTED;
    expect(wait(0)).toBe(msg.MACH_RCV_INTERRUPTED);
    server.call("mach_port_set_qlimit", service, 1);
    expect(client.send({ remote }, [], TIMEOUT)).toBe(0);
    sound();
  });

  it("tells a sender with MACH_SEND_NOTIFY when its forced message has left", () => {
    const notify = client.allocate(RECEIVE);
    server.call("mach_port_set_qlimit", service, 0);
    const send = () => client.send({ remote, id: 5 }, [], msg.MACH_SEND_NOTIFY, 0, notify);
    expect(client.send({ remote }, [], msg.MACH_SEND_NOTIFY, 0, 12345)).toBe(msg.MACH_SEND_INVALID_NOTIFY);
    expect(send()).toBe(msg.MACH_SEND_WILL_NOTIFY);
    expect(client.type(remote) >>> 0).toBe((port.MACH_PORT_TYPE_MAREQUEST | port.MACH_PORT_TYPE_SEND) >>> 0);
    expect(send()).toBe(msg.MACH_SEND_NOTIFY_IN_PROGRESS);
    expect(client.receive(notify).mr).toBe(msg.MACH_RCV_TIMED_OUT);
    expect(server.receive(service).message.id).toBe(5);
    const { message } = client.receive(notify);
    expect(message).toMatchObject({ bits: 0x1200, id: port.MACH_NOTIFY_MSG_ACCEPTED, size: 32 });
    expect(client.body(message)).toEqual([0x1001200f, remote]);
    expect(send()).toBe(msg.MACH_SEND_WILL_NOTIFY);
    client.call("mach_port_destroy", remote);
    expect(client.receive(notify).message.id).toBe(port.MACH_NOTIFY_PORT_DELETED);
    sound();
  });
});

describe("receiving", () => {
  it("a message too large", () => {
    client.send({ remote, id: 1 }, [{ type: 2, values: [1, 2, 3] }]);
    const kept = server.receive(service, 32, msg.MACH_RCV_TIMEOUT | msg.MACH_RCV_LARGE);
    expect(kept.mr).toBe(msg.MACH_RCV_TOO_LARGE);
    expect(kept.message.size).toBe(40);
    const before = kernel.inUse();
    const lost = server.receive(service, 32);
    expect(lost.mr).toBe(msg.MACH_RCV_TOO_LARGE);
    expect(lost.message).toMatchObject({ size: 40, local: service, id: 1 });
    expect(kernel.inUse()).toBeLessThan(before);
    expect(server.receive(service).mr).toBe(msg.MACH_RCV_TIMED_OUT);
  });

  it("while waiting: too small a buffer, and then a large enough one", () => {
    const other = server.another();
    const address = kernel.room(64);
    let inner = 0;
    kernel.whileBlocked = () => {
      kernel.whileBlocked = () => {
        client.send({ remote, id: 6 }, [{ type: 2, values: [1, 2, 3] }]);
        return THREAD_INTERRUPTED;
      };
      inner = other.trap(address, msg.MACH_RCV_MSG, 0, 64, service, 0);
      return THREAD_INTERRUPTED;
    };
    const small = server.receive(service, 24, msg.MACH_RCV_LARGE);
    expect(small.mr).toBe(msg.MACH_RCV_TOO_LARGE);
    expect(small.message.size).toBe(40);
    expect(inner).toBe(0);
    expect(kernel.word(address + msg.MSGH_ID)).toBe(6);
  });

  it("by a bad name, from a member of a set, and from what dies or joins a set meanwhile", () => {
    const receive = (name: number) => server.trap(kernel.room(64), msg.MACH_RCV_MSG, 0, 64, name, 0);
    const set = server.allocate(port.MACH_PORT_RIGHT_PORT_SET);
    expect(receive(31337)).toBe(msg.MACH_RCV_INVALID_NAME);
    kernel.whileBlocked = () => (server.call("mach_port_move_member", service, set), THREAD_INTERRUPTED);
    expect(receive(service)).toBe(msg.MACH_RCV_PORT_CHANGED);
    expect(receive(service)).toBe(msg.MACH_RCV_IN_SET);
    kernel.whileBlocked = () => (server.call("mach_port_destroy", set), THREAD_INTERRUPTED);
    expect(receive(set)).toBe(msg.MACH_RCV_PORT_DIED);
    kernel.whileBlocked = () => (server.call("mach_port_destroy", service), THREAD_INTERRUPTED);
    expect(receive(service)).toBe(msg.MACH_RCV_PORT_DIED);
    sound();
  });

  it("from a set, in the order of arrival, with the member's name", () => {
    const set = server.allocate(port.MACH_PORT_RIGHT_PORT_SET);
    const second = server.allocate(RECEIVE);
    server.insert(client, 88, second, MAKE_SEND);
    client.send({ remote, id: 1 });
    for (const name of [service, second]) expect(server.call("mach_port_move_member", name, set)).toBe(0);
    client.send({ remote: 88, id: 2 });
    client.send({ remote, id: 3 });
    client.send({ remote: 88, id: 4 });
    server.call("mach_port_move_member", service, 0);
    expect(server.receive(set).message).toMatchObject({ id: 2, local: second, seqno: 0 });
    server.call("mach_port_move_member", service, set);
    const order = [1, 2, 3].map(() => server.receive(set).message);
    expect(order.map(({ id, local }) => [id, local])).toEqual([
      [4, second],
      [1, service],
      [3, service],
    ]);
    sound();
  });

  it("into an unwritable buffer", () => {
    client.send({ remote });
    expect(server.trap(0x1000, msg.MACH_RCV_MSG, 0, 64, service, 0)).toBe(msg.MACH_RCV_INVALID_DATA);
  });

  it("with MACH_RCV_NOTIFY asks for the reply port's death", () => {
    const notify = server.allocate(RECEIVE);
    const reply = client.allocate(RECEIVE);
    client.send({ remote, local: reply, bits: COPY_SEND | (MAKE_SEND << 8) });
    const option = msg.MACH_RCV_TIMEOUT | msg.MACH_RCV_NOTIFY;
    const { message } = server.receive(service, 64, option, notify);
    client.call("mach_port_destroy", reply);
    const told = server.receive(notify).message;
    expect(told.id).toBe(port.MACH_NOTIFY_DEAD_NAME);
    expect(server.body(told)).toEqual([0x1001200f, message.remote]);
    sound();
  });

  it("with MACH_RCV_NOTIFY asks nothing about a name that it already has", () => {
    const notify = server.allocate(RECEIVE);
    const reply = client.allocate(RECEIVE);
    const option = msg.MACH_RCV_TIMEOUT | msg.MACH_RCV_NOTIFY;
    const send = (): number => client.send({ remote, local: reply, bits: COPY_SEND | (MAKE_SEND << 8) });
    send();
    const { message } = server.receive(service);
    send();
    server.receive(service, 64, option, notify);
    expect(server.type(message.remote)).toBe(port.MACH_PORT_TYPE_SEND);
    sound();
  });

  it("with MACH_RCV_NOTIFY wants a receive right, whatever the message holds", () => {
    client.send({ remote });
    const option = msg.MACH_RCV_TIMEOUT | msg.MACH_RCV_NOTIFY;
    expect(server.receive(service, 64, option, 12345).mr).toBe(msg.MACH_RCV_INVALID_NOTIFY);
    sound();
  });
});

describe("notify ports of mach_msg", () => {
  const CANCEL = msg.MACH_SEND_CANCEL;

  it("MACH_SEND_CANCEL drops the request of a name that goes, if it is for that port", () => {
    const notify = client.allocate(RECEIVE);
    const other = client.allocate(RECEIVE);
    const request = (name: number) => client.requestNotification(name, port.MACH_NOTIFY_DEAD_NAME, 0, notify);
    expect(request(remote)).toBe(0);
    expect(client.send({ remote, bits: MOVE_SEND }, [], CANCEL, 0, notify)).toBe(0);
    expect(client.type(remote)).toBe(0);
    expect(client.receive(notify).mr).toBe(msg.MACH_RCV_TIMED_OUT);
    // For another port: its holder hears that the name is deleted.
    server.insert(client, remote, service, MAKE_SEND);
    expect(request(remote)).toBe(0);
    expect(client.send({ remote, bits: MOVE_SEND }, [], CANCEL, 0, other)).toBe(0);
    expect(client.receive(notify).message.id).toBe(port.MACH_NOTIFY_PORT_DELETED);
    // A name that stays keeps its request.
    const own = client.allocate(RECEIVE);
    client.insert(client, own, own, MAKE_SEND);
    expect(request(own)).toBe(0);
    expect(client.send({ remote: own, bits: MOVE_SEND }, [], CANCEL, 0, notify)).toBe(0);
    expect(client.type(own) >>> 0).toBe((port.MACH_PORT_TYPE_RECEIVE | port.MACH_PORT_TYPE_DNREQUEST) >>> 0);
    sound();
  });

  it("must be receive rights", () => {
    const reply = client.allocate(RECEIVE);
    for (const notify of [0, remote, 4711]) {
      expect(client.send({ remote }, [], CANCEL, 0, notify)).toBe(msg.MACH_SEND_INVALID_NOTIFY);
      client.send({ remote, local: reply, bits: COPY_SEND | (MAKE_SEND << 8) });
      const { mr, message } = server.receive(service, 64, msg.MACH_RCV_NOTIFY, notify);
      expect(mr).toBe(msg.MACH_RCV_INVALID_NOTIFY);
      expect(message).toMatchObject({ remote: 0, local: service });
      expect(client.get("mach_port_get_srights", reply).value).toBe(0);
    }
    sound();
  });

  it("MACH_RCV_NOTIFY without memory for the request gives MACH_RCV_HEADER_ERROR", () => {
    const notify = server.allocate(RECEIVE);
    const reply = client.allocate(RECEIVE);
    client.send({ remote, local: reply, bits: COPY_SEND | (MAKE_SEND << 8) });
    kernel.exports.set_allowance(0);
    const { mr } = server.receive(service, 64, msg.MACH_RCV_NOTIFY | msg.MACH_RCV_TIMEOUT, notify);
    kernel.exports.set_allowance(-1);
    expect(mr).toBe(msg.MACH_RCV_HEADER_ERROR | msg.MACH_MSG_IPC_KERNEL);
    expect(client.get("mach_port_get_srights", reply).value).toBe(0);
    sound();
  });
});

describe("kernel ports", () => {
  it("answer at once, inside the send", () => {
    const cell = kernel.room(4);
    const name = kernel.exports.kernel_port(client.thread, cell);
    const reply = client.allocate(RECEIVE);
    const before = kernel.inUse();
    const { address, size } = client.build({
      remote: name,
      local: reply,
      bits: COPY_SEND | (MAKE_SEND_ONCE << 8),
      id: 2000,
    });
    const option = msg.MACH_SEND_MSG | msg.MACH_RCV_MSG;
    expect(client.trap(address, option, size, 64, reply, 0)).toBe(0);
    expect(kernel.word(address + msg.MSGH_ID)).toBe(2100);
    expect(kernel.inUse()).toBe(before);
  });
});

describe("shortage of kernel memory", () => {
  it("at any allocation of a send or receive leaves nothing behind", () => {
    const given = client.allocate(RECEIVE);
    const reply = client.allocate(RECEIVE);
    const items = [
      { type: MAKE_SEND_ONCE, values: [given] },
      { type: 2, values: [1, 2], ool: true },
      { type: MAKE_SEND, values: [given, given], ool: true },
    ];
    const header = { remote, local: reply, bits: COPY_SEND | (MAKE_SEND_ONCE << 8) | COMPLEX };
    const drain = () => {
      for (const [task, name] of [
        [client, given],
        [client, reply],
        [server, service],
      ] as const) {
        while (task.receive(name).mr !== msg.MACH_RCV_TIMED_OUT);
      }
    };
    const send = (allowance: number) => {
      const { address, size } = client.build(header, items);
      kernel.exports.set_allowance(allowance);
      const mr = client.trap(address, msg.MACH_SEND_MSG, size, 0, 0, 0);
      kernel.exports.set_allowance(-1);
      return mr;
    };
    let allowance = 0;
    for (; ; allowance++) {
      const before = kernel.inUse();
      const mr = send(allowance);
      if (mr === 0) break;
      expect(mr).toBe(msg.MACH_SEND_NO_BUFFER);
      drain();
      expect(kernel.inUse()).toBe(before);
    }
    expect(allowance).toBe(3);
    for (let receiveAllowance = 0; receiveAllowance < 8; receiveAllowance++) {
      kernel.exports.set_allowance(receiveAllowance);
      server.receive(service);
      kernel.exports.set_allowance(-1);
      sound();
      drain();
      expect(send(-1)).toBe(0);
    }
  });
});
