import { describe, expect, it } from "vitest";
import { CALLED, readDefs, SERVED, stale } from "./generate";
import { KERNEL_ROUTINES } from "./kernel-routines";
import { descriptorWord, Item, itemText, layoutOf, longNameAndSize, Message } from "./layout";
import { LAYOUTS } from "./layouts";
import { DefsError, parseDefs, Routine } from "./parse";
import { kernelServer } from "./server";
import { userStubs } from "./user";

const COMPLEX = { never: "", sometimes: " c", always: " C" };

function items(message: Message): string {
  return message.items.map(itemText).join(", ") || "-";
}

function line(routine: Routine): string {
  const { request, reply } = layoutOf(routine);
  const kind = (routine.oneWay ? "one-way" : "rpc") + COMPLEX[request.complex];
  const columns = [routine.id, routine.name, kind, request.size, items(request)];
  return [...columns, reply?.size ?? "", reply ? items(reply) : ""].join(" | ").trimEnd();
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
    expect(expected.map((part) => part.split("\n")[0])).toEqual([...SERVED, ...CALLED]);
  });
  it.each(expected.map((part) => [part.split("\n")[0], part.trim().split("\n").slice(1)] as const))(
    "of %s",
    (name, lines) => {
      expect(readDefs(name).routines.map(line)).toEqual(lines);
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
    const { routines } = parse(`${TYPES} routine a(p : port); skip; skip; simpleroutine b(p : port);`);
    expect(routines.map(({ name, id, oneWay }) => [name, id, oneWay])).toEqual([
      ["a", 100, false],
      ["b", 103, true],
    ]);
  });
});

describe("generated files", () => {
  it("are up to date (node tools/run.mjs tools/mig/main.ts)", () => {
    expect(stale()).toEqual([]);
  });

  it("serve only routines that an interface has", () => {
    const declared = new Set(
      SERVED.flatMap((name) => readDefs(name).routines.map((routine) => routine.name)),
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
  });

  it("keep arrays within their bounds", () => {
    const stubs = userStubs(readDefs("mach"), "mach.defs");
    expect(stubs).toContain("if (new_stateCnt > 1024) return MIG_ARRAY_TOO_LARGE;");
    const server = kernelServer(readDefs("mach"), "mach.defs");
    expect(server).toContain("if (new_stateCnt > 1024 || load<u32>(m, MSGH_SIZE) != 36 + new_stateCnt * 4)");
  });
});
