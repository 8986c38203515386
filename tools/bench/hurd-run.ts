// One measurement of bench:hurd as a process of its own: its argument is HurdOptions as JSON. Prints lines of JSON: what it
// is doing, and at the end the result.
import { measureHurd, type HurdOptions } from "./hurd-measure";

/** What a line is. */
export type HurdMessage =
  { progress: { program: string; entries: number } } | { result: ReturnType<typeof measureHurd> };

const say = (message: HurdMessage) => process.stdout.write(JSON.stringify(message) + "\n");
const options = JSON.parse(process.argv[2]) as HurdOptions;
say({ result: measureHurd(options, (program, entries) => say({ progress: { program, entries } })) });
