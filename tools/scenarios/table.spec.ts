import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../root";
import { scenarios } from "../../tests/vm/scenarios";
import { guestTable, GUEST_TABLE } from "./table";

it("the guest's table is up to date", () => {
  expect(readFileSync(join(projectRoot, GUEST_TABLE), "utf8")).toBe(guestTable());
});

it("has a record of five fields per scenario", () => {
  const literal = /SCENARIOS: string = (".*");/.exec(guestTable())![1];
  const records = (JSON.parse(literal) as string)
    .trimEnd()
    .split("\n")
    .map((record) => record.split("|"));
  expect(records.length).toBe(scenarios.length);
  for (const record of records) expect(record.length).toBe(5);
});
