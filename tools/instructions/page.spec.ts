import { expect, it } from "vitest";
import { staleFiles } from "../generated-files";
import { INSTRUCTION_PAGE, instructionPage } from "./page";

it("the page of instructions is what the tables say", () => {
  const page = instructionPage();
  expect(staleFiles(new Map([[INSTRUCTION_PAGE, page]]))).toEqual([]);
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const row = (text: string) => rows.filter((line) => line.startsWith(`| ${text} |`));
  expect(row("ADD r/m32, r32")).toEqual([
    "| ADD r/m32, r32 | `o32 01 /r` | i386 | 2 | 1 | 1 | O S Z A P C | |",
    "| ADD r/m32, r32 | `o32 01 /r` | i386 | 7 | 3 | 3 | O S Z A P C | |",
  ]);
  expect(row("BSWAP r32")[0]).toContain("| i486 | | 1 | 1 |");
  expect(row("MOV r32, tr")[0]).toContain("i386 to i486");
  expect(row("SQRTSD xmm1, xmm2/m64")[0]).toContain("| pentium4 | | | 38 |");
});
