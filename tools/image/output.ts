// Where an image's bytes go: memory, or a file that is written piece by piece.
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** Bytes that are never written are zero. */
export interface Output {
  write(at: number, bytes: Uint8Array): void;
}

export class MemoryOutput implements Output {
  constructor(readonly bytes: Uint8Array) {}

  write(at: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, at);
  }
}

/** Most of an image is written in ascending order, block by block: this much of it is put together for one call. */
const WINDOW_BYTES = 1 << 20;

export class FileOutput implements Output {
  private readonly file: number;
  private readonly window = Buffer.alloc(WINDOW_BYTES);
  private start = 0;
  private used = 0;

  /** @param size of the file; what is not written of it is a hole */
  constructor(path: string, size: number) {
    this.file = openSync(path, "w");
    ftruncateSync(this.file, size);
  }

  write(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length;
    // A block of pointers is written after the blocks that it names, most often into the window, else before it.
    if (end <= this.start) return this.put(at, bytes);
    const fits = at >= this.start && at <= this.start + this.used && end <= this.start + WINDOW_BYTES;
    if (!fits) {
      this.flush();
      this.start = at;
      if (bytes.length > WINDOW_BYTES) return this.put(at, bytes);
    }
    this.window.set(bytes, at - this.start);
    this.used = Math.max(this.used, end - this.start);
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private flush(): void {
    this.put(this.start, this.window.subarray(0, this.used));
    this.used = 0;
  }

  private put(at: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.file, bytes, done, bytes.length - done, at + done);
  }
}

/** Sees only what is behind `offset` of another output. */
export function shifted(output: Output, offset: number): Output {
  return { write: (at, bytes) => output.write(offset + at, bytes) };
}
