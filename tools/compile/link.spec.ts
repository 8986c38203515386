import { describe, expect, it } from "vitest";
import { assembleModule, eax, mem, symbol, type AssemblyRoutine } from "../asm";
import { link, type LinkInput } from "./link";

const layout = { textBase: 0x1000, dataBase: 0x3000, physicalOffset: 0x1000, bootBase: 0x100 };

function input(assembly: Record<string, AssemblyRoutine>, more: Partial<LinkInput> = {}): LinkInput {
  const modules = Object.entries(assembly).map(([name, routine]) => assembleModule(routine, name));
  return {
    assembly: modules,
    functions: [],
    exported: new Set(),
    data: [],
    globals: [],
    table: [],
    layout,
    ...more,
  };
}

const wordAt = (bytes: Uint8Array, offset: number) => new DataView(bytes.buffer).getUint32(offset, true);

describe("linker", () => {
  it("places modules one after the other and resolves names between them", () => {
    const { segments, addresses } = link(
      input({
        first: (a) => void a.function("start").call("second").mov(eax, symbol("value")).ret(),
        other: (a) => void a.function("second").ret().section(".data").function("value").dd("start"),
      }),
    );
    expect(addresses.get("start")).toBe(0x1000);
    expect(addresses.get("second")).toBe(0x1010);
    const [text, data] = segments;
    expect(wordAt(text.bytes, 1)).toBe(0x1010 - 0x1005);
    expect(wordAt(text.bytes, 6)).toBe(addresses.get("value"));
    expect(wordAt(data.bytes, addresses.get("value")! - 0x3000)).toBe(0x1000);
    expect(text.physical).toBe(0);
  });

  it("keeps names that are not global apart", () => {
    const { segments } = link(
      input({
        a: (a) => void a.function("fa").jmp("same").align(8).label("same").ret(),
        b: (a) => void a.function("fb").mov(eax, mem("same")).label("same").ret(),
      }),
    );
    expect(wordAt(segments[0].bytes, 0x11)).toBe(0x1015);
  });

  it("puts the boot section at its own address, virtual and physical", () => {
    const { segments } = link(
      input({ boot: (a) => void a.section(".boot").dd(0x1badb002).section(".text").nop() }),
    );
    expect(segments[0]).toMatchObject({ name: ".boot", address: 0x100, physical: 0x100 });
  });

  it("places static data, function table and module variables, without overlap", () => {
    const table = ["f", undefined];
    const globals = [{ symbol: "counter", bytes: Uint8Array.of(5, 0, 0, 0) }];
    const data = [{ address: 0x3010, bytes: Uint8Array.of(7) }];
    const { segments, addresses } = link(
      input({ m: (a) => void a.function("f").ret() }, { table, globals, data }),
    );
    const bytes = segments.find((s) => s.name === ".data")!.bytes;
    expect(bytes[0x10]).toBe(7);
    const tableAt = addresses.get("__function_table")! - 0x3000;
    expect(wordAt(bytes, tableAt)).toBe(addresses.get("f"));
    expect(wordAt(bytes, tableAt + 4)).toBe(addresses.get("__null_function"));
    expect(wordAt(bytes, addresses.get("counter")! - 0x3000)).toBe(5);
  });

  it("leaves out compiled functions that nothing refers to", () => {
    const functions = ["used", "unused"].map((name) =>
      assembleModule((a) => void a.function(name).ret(), name),
    );
    const { symbols } = link(input({ m: (a) => void a.function("f").call("used") }, { functions }));
    expect(symbols.map((s) => s.name)).toEqual(["f", "used"]);
  });

  it("reports names that are missing or defined twice, and text that is too long", () => {
    expect(() => link(input({ m: (a) => void a.call("nowhere") }))).toThrow("m: undefined symbol nowhere");
    const twice = (a: Parameters<AssemblyRoutine>[0]) => void a.function("f").ret();
    expect(() => link(input({ one: twice, two: twice }))).toThrow("two: f is already defined in one");
    expect(() => link(input({ m: (a) => void a.space(0x2001) }))).toThrow("beyond the start of data, 0x3000");
  });
});
