// Disk images from the command line:
//   node tools/run.mjs tools/image/main.ts inspect IMAGE
//   node tools/run.mjs tools/image/main.ts build IMAGE [--kernel FILE] [--append WORDS] [--program NAME=FILE]...
import { Command } from "commander";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { FileStorage } from "../../machine/file-storage";
import { imageExtras, imageFiles, SWAP_BYTES } from "./contents";
import { buildImage, ImageError } from "./image";
import { inspectImage } from "./inspect";

function inspect(path: string): void {
  const disk = new FileStorage(path, false);
  process.stdout.write(inspectImage(disk));
  disk.close();
}

interface BuildOptions {
  kernel: string;
  append?: string;
  program: string[];
}

function build(path: string, options: BuildOptions): void {
  const programs = new Map<string, Uint8Array>();
  for (const item of options.program) {
    const [name, file] = item.split("=", 2);
    if (!name || !file) throw new ImageError(`--program ${item}: not NAME=FILE`);
    programs.set(name, readFileSync(file));
  }
  const kernel = readFileSync(options.kernel);
  const files = imageFiles({ kernel, programs, commandLine: options.append });
  const image = buildImage({
    files,
    extras: imageExtras(programs),
    swapBytes: SWAP_BYTES,
  });
  writeFileSync(path, image);
  truncateSync(path, image.length + SWAP_BYTES);
}

const collect = (value: string, list: string[]) => [...list, value];
const command = new Command("image");
command.command("inspect").argument("<image>").action(inspect);
command
  .command("build")
  .argument("<image>")
  .requiredOption("--kernel <file>", "the kernel's ELF file")
  .option("--append <words>", "words for the kernel's command line")
  .option("--program <name=file>", "a program; init goes to /boot, the others to /bin", collect, [])
  .action(build);

try {
  command.parse();
} catch (error) {
  process.stderr.write(`image: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
