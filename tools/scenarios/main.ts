// Turns tests/vm/scenarios.ts into the table of the guest's scenario-test: node tools/run.mjs tools/scenarios/main.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";
import { guestTable, GUEST_TABLE } from "./table";

writeFileSync(join(projectRoot, GUEST_TABLE), guestTable());
