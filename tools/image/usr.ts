// A disk image with a generated /usr: node tools/run.mjs tools/image/usr.ts small|default|large FILE
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { writeImageFile } from "./image";
import { USR_SIZES, type UsrSize } from "./usr-distribution";
import { usrTree } from "./usr-tree";

interface Options {
  seed: string;
  blockSize: string;
  bare?: boolean;
}

function build(size: string, path: string, options: Options): void {
  if (!Object.hasOwn(USR_SIZES, size))
    throw new Error(`${size}: not one of ${Object.keys(USR_SIZES).join(", ")}`);
  const entries = usrTree(Number(options.seed), USR_SIZES[size as UsrSize]);
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "usr [{bar}] {value}/{total} files", clearOnComplete: true })
    : undefined;
  bar?.start(entries.length, 0);
  const bytes = writeImageFile(path, {
    entries,
    blockSize: Number(options.blockSize),
    bare: options.bare,
    progress: (inodes, total) => {
      bar?.setTotal(total);
      bar?.update(inodes);
    },
  });
  bar?.stop();
  process.stdout.write(`${path}: ${bytes} bytes\n`);
}

const command = new Command("usr")
  .argument("<size>", Object.keys(USR_SIZES).join(", "))
  .argument("<file>")
  .option("--seed <number>", "of all that is left to chance", "1")
  .option("--block-size <bytes>", "1024, 2048 or 4096", "4096")
  .option("--bare", "the file system alone, without a partition table")
  .action(build);

try {
  command.parse();
} catch (error) {
  process.stderr.write(`usr: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
