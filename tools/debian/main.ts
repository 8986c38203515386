// npm run judges: fetches Debian's software that the tests run, and says where it is.
import { Command } from "commander";
import { fetchedPackage } from "./packages";
import { JUDGES, fetchJudges } from "./judges";

new Command("judges")
  .description("fetches Debian's packages that tests/judges boots, with apt; nothing is installed")
  .parse();
try {
  fetchJudges();
} catch (error) {
  process.stderr.write(`judges: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
for (const name of JUDGES)
  process.stdout.write(`${name}  ${fetchedPackage("i386", name) ?? "not fetched"}\n`);
