import { expect, it } from "vitest";
import { SourceMap } from "./source-map";

it("finds the last position at or before a byte offset", () => {
  // Offsets 10, 14, 30; lines 5, 6, 3; the last one in another file.
  const map = new SourceMap(
    JSON.stringify({ version: 3, sources: ["a.ts", "b.ts"], mappings: "UAIC,IACA,gBCHC" }),
  );
  expect(map.find(9)).toBeUndefined();
  expect(map.find(10)).toEqual({ file: "a.ts", line: 5, column: 2 });
  expect(map.find(13)).toEqual({ file: "a.ts", line: 5, column: 2 });
  expect(map.find(14)).toEqual({ file: "a.ts", line: 6, column: 2 });
  expect(map.find(1000)).toEqual({ file: "b.ts", line: 3, column: 3 });
});

it("keeps functions apart", () => {
  const map = new SourceMap(
    JSON.stringify({ version: 3, sources: ["a.ts", "b.ts"], mappings: "UAIC,IACA,gBCHC" }),
    [10, 20],
  );
  expect(map.find(19)).toEqual({ file: "a.ts", line: 6, column: 2 });
  expect(map.find(20)).toEqual({ file: "b.ts", line: 3, column: 3 });
});
