import { join } from "node:path";
import { projectRoot } from "../tools/root";

/** Where the compiled core lies; `buildCore` in core-build.ts makes it. */
export const corePath = join(projectRoot, "build/core.wasm");
