// The BIOS that the project builds (firmware/).

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../tools/root";

const path = join(projectRoot, "build/bios.bin");

/** @throws Error when it has not been built */
export function builtInBios(): Uint8Array {
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first`);
  return readFileSync(path);
}
