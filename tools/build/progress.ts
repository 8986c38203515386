import { SingleBar } from "cli-progress";

/** A bar on a terminal, once a build takes longer than a second. */
export class Progress {
  private readonly started = Date.now();
  private bar: SingleBar | undefined;
  private done = 0;

  constructor(private readonly total: number) {}

  /** Counts targets that were up to date. */
  skip(count: number): void {
    this.done += count;
  }

  /** Counts a target that is done. */
  step(name: string): void {
    this.done++;
    if (!process.stderr.isTTY || (!this.bar && Date.now() - this.started < 1000)) return;
    if (!this.bar) {
      const format = "build [{bar}] {value}/{total} {name}";
      this.bar = new SingleBar({ format, clearOnComplete: true, hideCursor: true });
      this.bar.start(this.total, this.done, { name });
    } else this.bar.update(this.done, { name });
  }

  stop(): void {
    this.bar?.stop();
  }
}
