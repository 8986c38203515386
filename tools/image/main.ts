// Disk images from the command line:
//   node tools/run.mjs tools/image/main.ts inspect IMAGE
//   node tools/run.mjs tools/image/main.ts build IMAGE [--append WORDS] [--add PATH=FILE]... [--size MIB]
import { Command, InvalidArgumentError } from "commander";
import { truncateSync, writeFileSync } from "node:fs";
import { FileStorage } from "../../machine/file-storage";
import { builtImage } from "./built";
import { DEFAULT_COMMAND_LINE, SWAP_BYTES } from "./contents";
import { hostEntries } from "./host-files";
import { ImageError } from "./image";
import { inspectImage } from "./inspect";

function inspect(path: string): void {
  const disk = new FileStorage(path, false);
  process.stdout.write(inspectImage(disk));
  disk.close();
}

interface BuildOptions {
  append?: string;
  add: string[];
  size?: number;
}

const MEBIBYTE = 1 << 20;

function mebibytes(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 2047) throw new InvalidArgumentError("1 to 2047 MiB.");
  return size * MEBIBYTE;
}

function build(path: string, { append, add, size }: BuildOptions): void {
  const entries = add.flatMap((item) => {
    const at = item.indexOf("=");
    if (at < 1) throw new ImageError(`--add ${item}: not PATH=FILE`);
    return hostEntries(item.slice(0, at), item.slice(at + 1));
  });
  const commandLine = append === undefined ? undefined : `${DEFAULT_COMMAND_LINE} ${append}`;
  const image = builtImage({ entries, commandLine, sizeBytes: size });
  writeFileSync(path, image);
  truncateSync(path, image.length + SWAP_BYTES);
}

const collect = (value: string, list: string[]) => [...list, value];
const command = new Command("image");
command
  .command("inspect")
  .description("what is in an image")
  .argument("<image>", "a disk image")
  .action(inspect);
command
  .command("build")
  .description("the image of `npm run build`, with more in it")
  .argument("<image>", "the file to write")
  .option("--append <words>", "more words for the kernel's command line")
  .option("--add <path=file>", "a file or directory of this machine, and where it is to be", collect, [])
  .option("--size <MiB>", "of its file system; as it needs and a quarter more, if not given", mebibytes)
  .action(build);

try {
  command.parse();
} catch (error) {
  process.stderr.write(`image: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
