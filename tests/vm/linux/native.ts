// The host's Linux as a judge: plays traces and counts its memory areas.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../tools/root";
import { FILES, FILE_PAGES, TRACE_PAGES, type Trace, traceText } from "./trace";

const SOURCE = join(projectRoot, "tests/vm/linux/player.c");
const OPTIONS = [
  ..."-O1 -Wall -Werror -no-pie".split(" "),
  `-DTRACE_PAGES=${TRACE_PAGES}`,
  `-DFILE_PAGES=${FILE_PAGES}`,
  `-DFILES=${FILES}`,
];

export class HostLinux {
  private constructor(
    private readonly folder: string,
    private readonly program: string,
  ) {}

  /** Undefined where there is no C compiler for the host, or no Linux. */
  static start(): HostLinux | undefined {
    const folder = mkdtempSync(join(tmpdir(), "mach386-linux-"));
    const program = join(folder, "player");
    const { status } = spawnSync("gcc", [...OPTIONS, "-o", program, SOURCE]);
    if (status === 0 && process.platform === "linux") return new HostLinux(folder, program);
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }

  /** For each trace the number of areas after each operation. */
  count(traces: readonly Trace[]): number[][] {
    const input = traces.map((trace) => `${traceText(trace)}\n`).join("");
    const { status, stdout, stderr } = spawnSync(this.program, { input, maxBuffer: 1 << 30 });
    if (status !== 0) throw new Error(`the host cannot play the traces: ${String(stderr)}`);
    return String(stdout)
      .split("\n")
      .slice(0, traces.length)
      .map((line) => line.trim().split(" ").map(Number));
  }

  stop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
