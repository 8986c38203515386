// The exit statuses of run-machine that are its own. A guest that ends its run with v exits with v.

export interface Status {
  readonly code: number;
  readonly meaning: string;
}

/** Below 100 as in sysexits.h; from 100 on, ways in which a run ends without the guest's own status. */
export const STATUS = {
  usage: { code: 64, meaning: "wrong usage: unknown option, bad value" },
  data: { code: 65, meaning: "bad image or kernel: damaged, not bootable, too large for the memory" },
  noInput: { code: 66, meaning: "an input file is missing or cannot be read" },
  internal: { code: 70, meaning: "internal error of the emulator" },
  cannotCreate: { code: 73, meaning: "an output file cannot be written" },
  tripleFault: { code: 101, meaning: "the guest's processor shut down (triple fault)" },
  maxCycles: { code: 102, meaning: "the guest was still running after --max-cycles" },
  halted: { code: 103, meaning: "the guest halted, and nothing can wake it" },
  reset: { code: 104, meaning: "the guest reset the machine, without --reboot" },
  script: { code: 106, meaning: "the run ended before its --script did" },
  quit: { code: 105, meaning: "ended by the user (Ctrl-A x)" },
} as const satisfies Record<string, Status>;

/** Ends the command with one line on stderr. */
export class CommandError extends Error {
  override name = "CommandError";

  constructor(
    readonly status: Status,
    message: string,
  ) {
    super(message);
  }
}

/** The table as --help shows it. */
export function statusTable(): string {
  return Object.values(STATUS)
    .map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`)
    .join("\n");
}
