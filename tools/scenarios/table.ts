// The merging scenarios as one string of the guest's language.
import { expectedEntries, scenarios } from "../../tests/vm/scenarios";

export const GUEST_TABLE = "userland/generated/scenarios.generated.ts";

/** Entries without an object have offsets that mean nothing: they are left out, and ? stands for any digit. */
function entryText(entry: string): string {
  return entry.replace(/o0\+[0-9a-f]+$/, "o0");
}

function field(entries: readonly string[]): string {
  return entries.map(entryText).join(";");
}

/** The text of the generated file: a record per line, name|script|none|backward|series. */
export function guestTable(): string {
  const records = scenarios.map((scenario) => {
    const { none, backward, series } = expectedEntries(scenario);
    return [scenario.name, scenario.script, field(none), field(backward), field(series)].join("|");
  });
  return [
    "// Made from tests/vm/scenarios.ts by tools/scenarios: node tools/run.mjs tools/scenarios/main.ts",
    "",
    "/** name|script|none|backward|series, a record per line; see tests/vm/scenarios.ts for the notation. */",
    // One literal: a sum of literals would be computed when the program starts, with a heap it does not have.
    `export const SCENARIOS: string = ${JSON.stringify(records.join("\n") + "\n")};`,
    "",
  ].join("\n");
}
