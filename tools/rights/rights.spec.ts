import { describe, expect, it } from "vitest";
import { MACH_PORT_SEND_UREFS_MAX } from "../../abi/mach_port";
import { CASES } from "./cases";
import { stale } from "./generate";
import { LINES, OPERATIONS, ROWS, rowOf, TYPES } from "./table";

describe("the table of rights", () => {
  it("has what is made from it up to date (node tools/run.mjs tools/rights/main.ts)", () => {
    expect(stale()).toEqual([]);
  });

  it("begins with the dispositions in their order, for the kernel counts from them", () => {
    expect(OPERATIONS.slice(0, 6)).toEqual([
      "move receive",
      "move send",
      "move send-once",
      "copy send",
      "make send",
      "make send-once",
    ]);
  });

  it("says one thing of each right", () => {
    const keys = ROWS.map((row) => `${row.operation}|${row.type}|${row.references}`);
    expect(new Set(keys).size).toBe(LINES.length);
    for (const row of ROWS.filter(({ references }) => references === "n"))
      expect(rowOf(row.operation, row.type, 1)?.references).toBe("1");
  });

  it("finds the most special row", () => {
    expect(rowOf("mod_refs send +1", TYPES.send, MACH_PORT_SEND_UREFS_MAX)?.code).toBe(19);
    expect(rowOf("mod_refs send +1", TYPES.send, 7)?.referencesAfter).toBe("n+1");
    expect(rowOf("deallocate", TYPES["port set"], 0)).toBeUndefined();
  });

  it("is tried row by row", () => {
    const tried = new Set(CASES.map((one) => rowOf(one.operation, one.type, one.references)));
    expect(ROWS.filter((row) => !tried.has(row))).toEqual([]);
  });
});
