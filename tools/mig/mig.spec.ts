import { describe, expect, it } from "vitest";
import { INTERFACES, readDefs, stale } from "./generate";
import { KERNEL_ROUTINES } from "./kernel-routines";
import { descriptorWord, Item, itemsText, itemText, layoutOf, longNameAndSize } from "./layout";
import { LAYOUTS } from "./layouts";
import { DefsError, parseDefs, Routine } from "./parse";
import { kernelStubs } from "./kernel-user";
import { kernelServer } from "./server";
import { userStubs } from "./user";
import { userServer } from "./user-server";

const COMPLEX = { never: "", sometimes: " c", always: " C" };

/** Interfaces by which the kernel calls: their requests are tabled as they arrive. */
const CALLED = ["device_reply", "exc", "memory_object", "memory_object_default", "task_notify", "notify"];

function line(routine: Routine, arrives: boolean): string {
  const { request, reply } = layoutOf(routine);
  const kind = (routine.oneWay ? "one-way" : "rpc") + COMPLEX[request.complex];
  const columns = [routine.id, routine.name, kind, request.size, itemsText(request, arrives)];
  return [...columns, reply?.size ?? "", reply ? itemsText(reply, true) : ""].join(" | ").trimEnd();
}

/** Parses one file of text. */
function parse(text: string) {
  return parseDefs("test.defs", () => text);
}

const TYPES =
  "subsystem test 100; type int = (MACH_MSG_TYPE_INTEGER_32, 32); type port = MACH_MSG_TYPE_COPY_SEND;";

function onlyRoutine(text: string): ReturnType<typeof layoutOf> {
  return layoutOf(parse(TYPES + text).routines[0]);
}

describe("layouts", () => {
  const expected = LAYOUTS.trim().split(/^# /m).slice(1);
  it("are known for every interface", () => {
    const known = INTERFACES.filter(({ own }) => !own).map(({ name }) => name);
    expect(expected.map((part) => part.split("\n")[0])).toEqual(known);
  });
  it.each(expected.map((part) => [part.split("\n")[0], part.trim().split("\n").slice(1)] as const))(
    "of %s",
    (name, lines) => {
      const routines = readDefs(name).routines.map((routine) => line(routine, CALLED.includes(name)));
      expect(routines).toEqual(lines.map((text) => text.replace(/:string\[/g, ":cstring[")));
    },
  );

  it("of descriptors, word by word", () => {
    const words = (item: Item): string[] =>
      [descriptorWord(item), ...(item.long ? [longNameAndSize(item)] : [])].map((w) =>
        (w >>> 0).toString(16),
      );
    const of = (text: string): string[][] =>
      onlyRoutine(`routine r(p : port; ${text});`).request.items.map(words);
    expect(of("a : int")).toEqual([["10012002"]]);
    expect(of("a : port")).toEqual([["10012013"]]);
    expect(of("a : array[3] of int")).toEqual([["10032002"]]);
    expect(of("a : array[*:9] of int")).toEqual([["10002002"]]);
    expect(of("a : ^array[] of (MACH_MSG_TYPE_BYTE, 8)")).toEqual([["20000000", "80009"]]);
    expect(of("a : c_string[128]")).toEqual([["30000000", "400000c"]]);
    expect(of("a : polymorphic")).toEqual([["100120ff"]]);
  });

  it("pad items to words, and count what an open array holds inline", () => {
    const { request } = onlyRoutine("routine r(p : port; a : array[3] of (MACH_MSG_TYPE_BYTE, 8); b : int);");
    expect(request.items.map((item) => item.offset)).toEqual([24, 32]);
    const open = onlyRoutine("routine r(p : port; a : array[] of struct[19] of int);").request;
    expect(open.items[0].type.number).toBe(26 * 19);
    expect(open.complex).toBe("sometimes");
  });
});

describe("parser", () => {
  it.each([
    ["routine r(p : port);", "routine before subsystem"],
    ["subsystem s 1; routine r(p : nothing);", "unknown type 'nothing'"],
    ["subsystem s 1; type t = (MACH_MSG_TYPE_NOTHING, 8);", "unknown message type 'MACH_MSG_TYPE_NOTHING'"],
    ["subsystem s 1;\n\n&", "test.defs:3: unexpected '&'"],
    ["subsystem s 1; routine r(", "unexpected end of file"],
    ["type int = (MACH_MSG_TYPE_INTEGER_32, 32);", "no subsystem"],
    [`${TYPES} routine r(in a : int);`, "the first argument must be the request port"],
    [`${TYPES} type t = int colour: red;`, "unknown attribute 'colour'"],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => parse(text)).toThrow(DefsError);
    expect(() => parse(text)).toThrow(message);
  });

  it("numbers routines in order, skips included", () => {
    const { routines } = parse(`${TYPES} routine a(p : port); skip; skip 2; simpleroutine b(p : port);`);
    expect(routines.map(({ name, id, oneWay }) => [name, id, oneWay])).toEqual([
      ["a", 100, false],
      ["b", 104, true],
    ]);
  });

  it("keeps the comment before a routine", () => {
    const { routines } = parse(
      `${TYPES} /* no */ /** What\n it does. */ routine a(p : port); routine b(p : port);`,
    );
    expect(routines.map(({ description }) => description)).toEqual(["What it does.", ""]);
  });

  it("knows what a right arrives as, and reply ports", () => {
    const { routines } = parse(
      `${TYPES} type r = polymorphic | MACH_MSG_TYPE_PORT_RECEIVE; simpleroutine a(p : port; ureplyport q : port; b : r);`,
    );
    const { request } = layoutOf(routines[0]);
    expect(request.items.map((item) => [itemText(item, false), itemText(item, true)])).toEqual([
      ["b:poly @24", "b:receive @24"],
    ]);
  });
});

describe("the kernel's messages", () => {
  it("carry the rights and arrays given", () => {
    const reply = kernelStubs(readDefs("device_reply"), "device_reply.defs");
    expect(reply).toContain("kernel_message(destination, reply_portType, 2905, 36 + ((dataCnt + 3) & ~3))");
    const exc = kernelStubs(readDefs("exc"), "exc.defs");
    expect(exc).toContain("kmsg.local = ipc_port_make_sonce(reply);");
    expect(exc.match(/ipc_port_release_send\(thread\)/g)).toHaveLength(2);
  });
});

describe("servers in programs", () => {
  it("check what comes, and answer unknown ids", () => {
    const text = userServer(readDefs("device_reply"), "device_reply.defs");
    expect(text).toContain("if (dataCnt > 128 || load<u32>(m, MSGH_SIZE) != 36 + ((dataCnt * 1 + 3) & ~3))");
    expect(text).toContain("return MIG_BAD_ID;");
  });

  it.each(["device", "default_pager", "mach_port"])("are not made of %s", (name) => {
    expect(() => userServer(readDefs(name), `${name}.defs`)).toThrow(DefsError);
  });
});

describe("generated files", () => {
  it("are up to date (node tools/run.mjs tools/mig/main.ts)", () => {
    expect(stale()).toEqual([]);
  });

  it("serve only routines that an interface has", () => {
    const declared = new Set(
      INTERFACES.filter(({ kernel }) => kernel === "serves").flatMap(({ name }) =>
        readDefs(name).routines.map((routine) => routine.name),
      ),
    );
    const served = KERNEL_ROUTINES.flatMap((entry) => entry.routines);
    expect(served.filter((name) => !declared.has(name))).toEqual([]);
    expect(new Set(served).size).toBe(served.length);
  });

  it("refuse to take a word for a port or for memory", () => {
    const text = kernelServer(readDefs("mach"), "mach.defs");
    const body = (name: string): string => text.slice(text.indexOf(`function X${name}(`)).split("\n}")[0];
    // Without COMPLEX the message system has not looked at the body.
    expect(body("vm_write")).toContain("(load<u32>(m) & 0x80000000) == 0");
    expect(body("vm_map")).toContain("(load<u32>(m) & 0x80000000) == 0");
    expect(body("vm_allocate")).toContain("(load<u32>(m) & 0x80000000) != 0");
    const ports = kernelServer(readDefs("mach_port"), "mach_port.defs");
    expect(ports).toContain("if (!mig_port_item(m, 32)) return MIG_BAD_ARGUMENTS;");
    expect(ports).toContain(
      "mach_port_insert_right(task, load<u32>(m, 28), mig_port(m, 32), load<u32>(m, 32) & 0xff)",
    );
  });

  it("keep arrays within their bounds", () => {
    const stubs = userStubs(readDefs("mach"), "mach.defs");
    expect(stubs).toContain("if (new_stateCnt > 1024) return MIG_ARRAY_TOO_LARGE;");
    const server = kernelServer(readDefs("mach"), "mach.defs");
    expect(server).toContain("at = mig_array(m, at, 2, 32, false, 1024, new_stateArray);");
    expect(server).toContain("if (at != load<u32>(m, MSGH_SIZE)) {");
  });
});
