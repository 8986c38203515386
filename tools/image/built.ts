// The image of what `npm run build` has made, with more in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programNames } from "../build/sources";
import { projectRoot } from "../root";
import { imageExtras, imageFiles, SWAP_BYTES } from "./contents";
import { buildImage } from "./image";
import type { Entry } from "./tree";

export interface BuiltImageOptions {
  /** what else it has */
  entries?: readonly Entry[];
  /** the kernel's command line; the default one if there is none */
  commandLine?: string;
  /** of the disk without its partition for paging; as large as the content needs, plus a quarter, if not given */
  sizeBytes?: number;
}

/** Room for what users put into an image and make there. */
export const ROOMY = 64 << 20;

const built = (name: string) => readFileSync(join(projectRoot, `build/${name}.elf`));

/**
 * The bytes of the disk up to its partition for paging, which has SWAP_BYTES.
 * @throws ImageError as buildImage does
 */
export function builtImage({ entries = [], commandLine, sizeBytes }: BuiltImageOptions = {}): Uint8Array {
  const kernel = built("kernel");
  const programs = new Map<string, Uint8Array>(
    programNames().map((name) => [name, built(`userland/${name}`)]),
  );
  return buildImage({
    files: imageFiles({ kernel, programs, commandLine }),
    extras: [...imageExtras(programs), ...entries],
    sizeBytes,
    swapBytes: SWAP_BYTES,
  });
}
