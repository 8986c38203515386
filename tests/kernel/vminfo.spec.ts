// vminfo shows what the kernel has: entries, the objects behind them, merges made and refused with reasons, zones.

import { expect, it } from "vitest";
import { MERGE_INFO_NAMES } from "../../abi/vm_merge";
import { bootImage } from "../../tools/default-image";

it("lists entries with their objects, the counts of merges by reason, and zones", () => {
  const { lines, result } = bootImage("vm.merge=full init.plan=/etc/vminfo");
  expect(result).toMatchObject({ reason: "exit", status: 0 });
  const shown = lines.slice(lines.indexOf("--- vminfo"), lines.lastIndexOf("--- vminfo"));
  expect(shown.find((line) => line.startsWith("0x08048000"))).toMatch(
    /^0x08048000\[0x\w+\] \(prot=r-x, max=rwx, copy, object 1 at 0x8048000\)$/,
  );
  expect(shown).toContainEqual(
    expect.stringMatching(/^ {2}size 0x\w+, \d+ references, internal, \d+ pages, \d+ active/),
  );
  expect(shown).toContain("merge mode 3, policies 0x1ff");
  const counts = new Map(
    shown.flatMap((line) => {
      const found = /^ +(\d+) ([a-z-]+)$/.exec(line);
      return found ? [[found[2], Number(found[1])] as const] : [];
    }),
  );
  const names = MERGE_INFO_NAMES.split(" ");
  expect([...counts.keys()].filter((name) => !names.includes(name))).toEqual([]);
  // Every joined pair was found by the predicate: each extension and each glueing is one.
  expect(counts.get("joined")).toBe(counts.get("extended")! + counts.get("glued")!);
  expect(counts.get("protection")).toBeGreaterThan(0);
  expect(shown).toContainEqual(expect.stringMatching(/^vm_map_entry +68 +\d+ +\d+ +\d+$/));
  // The kernel's map: a page at the bottom, and stacks with a free page between two of them.
  const kernel = lines.slice(lines.lastIndexOf("--- vminfo")).flatMap((line) => {
    const found = /^0x(f\w+)\[0x(\w+)\] \(prot=rw-, max=rwx, none, object 1 at 0x\w+\)$/.exec(line);
    return found ? [{ start: parseInt(found[1]!, 16), size: parseInt(found[2]!, 16) }] : [];
  });
  expect(kernel[0]).toEqual({ start: 0xf0000000, size: 4096 });
  const stacks = kernel.slice(2);
  expect(stacks.length).toBeGreaterThan(4);
  stacks.forEach(({ start, size }, index) => {
    expect(size).toBe(8192);
    if (index > 0) expect(start).toBe(stacks[index - 1]!.start + size + 4096);
  });
});
