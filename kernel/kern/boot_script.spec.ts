import { beforeAll, describe, expect, it } from "vitest";
import { KernelModule } from "../../tests/kernel-wasm";

const SOURCE = `
export { script_path, script_next, script_position } from "./kern/boot_script";
export { command_line_set, command_line_flags, command_line_value, command_line_root } from "./kern/command_line";
`;

const RESULTS = ["item", "end", "unterminated", "assignment", "no name"];

let kernel: KernelModule;
beforeAll(async () => {
  kernel = await KernelModule.load(SOURCE);
});

/** Items as `text`, `text${name}`, `$(name)` or `$(text=name)`; the last one is how the line ended. */
function parse(line: string): string[] {
  const { call } = kernel;
  const item = kernel.allocate(20);
  const out: string[] = [];
  let result = call.script_path(kernel.string(line), item);
  while (result === 0) {
    const [kind, textAt, textLength, nameAt, nameLength] = [0, 4, 8, 12, 16].map((n) =>
      kernel.word(item + n),
    );
    const text = kernel.text(textAt, textLength);
    const name = nameLength ? kernel.text(nameAt, nameLength) : "";
    if (kind === 1) out.push(text ? `$(${text}=${name})` : `$(${name})`);
    else out.push(name ? `${text}\${${name}}` : text);
    result = call.script_next(call.script_position(), item);
  }
  return [...out, RESULTS[result]];
}

describe("boot script lines", () => {
  it.each<[string, string[]]>([
    ["", ["end"]],
    ["  \t", ["end"]],
    ["# /boot/init", ["end"]],
    ["/boot/init", ["/boot/init", "end"]],
    ["  init  a\tb ", ["init", "a", "b", "end"]],
    ["p ${host-port} x", ["p", "${host-port}", "x", "end"]],
    ["p a=${b}c", ["p", "a=${b}", "c", "end"]],
    ["p ${a}${b}", ["p", "${a}", "${b}", "end"]],
    ["p $(task-create) $(t=task-resume)", ["p", "$(task-create)", "$(t=task-resume)", "end"]],
    ["p $(a)b", ["p", "$(a)", "b", "end"]],
    ["p $x cost$ a$(b)", ["p", "$x", "cost$", "a$(b)", "end"]],
    ["p ${a=b}", ["p", "assignment"]],
    ["p ${a", ["p", "unterminated"]],
    ["p ${a b}", ["p", "unterminated"]],
    ["p $(a", ["p", "unterminated"]],
    ["p ${}", ["p", "no name"]],
    ["p $(a=)", ["p", "no name"]],
    ["p $(=b)", ["p", "no name"]],
  ])("%j", (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe("command line", () => {
  const value = (line: string, name: "root" | "flags") => {
    const { call } = kernel;
    call.command_line_set(kernel.string(line));
    if (name === "flags") {
      const buffer = kernel.allocate(8);
      call.command_line_flags(buffer, 8);
      const bytes = kernel.text(buffer, 8);
      return bytes.slice(0, bytes.indexOf("\0"));
    }
    const word = kernel.allocate(8);
    return call.command_line_root(word) ? kernel.text(kernel.word(word), kernel.word(word + 4)) : undefined;
  };

  it("collects the letters of words that begin with a dash", () => {
    expect(value("kernel -s a=-b -vf", "flags")).toBe("-svf");
    expect(value("kernel", "flags")).toBe("-x");
    expect(value("kernel -", "flags")).toBe("-x");
    expect(value("kernel -abcdefghijkl", "flags")).toBe("-abcdef");
  });

  it("drops /dev/ from the root device", () => {
    expect(value("kernel root=/dev/hd0s1", "root")).toBe("hd0s1");
    expect(value("kernel root=a root=hd1", "root")).toBe("hd1");
    expect(value("kernel xroot=a root", "root")).toBeUndefined();
  });
});
