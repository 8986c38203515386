// Source maps (ECMA-426) from WebAssembly byte offsets to source lines.

export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Segment {
  readonly offset: number;
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Decodes base-64 variable-length quantities of one segment. */
function decodeSegment(text: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    values.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = shift = 0;
  }
  return values;
}

export class SourceMap {
  private readonly segments: Segment[] = [];
  private readonly sources: readonly string[];

  /** `starts` are offsets of the functions' first instructions, ascending. */
  constructor(
    json: string,
    private readonly starts: readonly number[] = [],
  ) {
    const { sources, mappings } = JSON.parse(json) as { sources: string[]; mappings: string };
    this.sources = sources;
    let [offset, source, line, column] = [0, 0, 0, 0];
    // A module is one generated line, whose columns are byte offsets.
    for (const text of mappings.split(";")[0].split(",")) {
      const values = decodeSegment(text);
      offset += values[0] ?? 0;
      if (values.length < 4) continue;
      source += values[1];
      line += values[2];
      column += values[3];
      this.segments.push({ offset, source, line, column });
    }
    this.segments.sort((a, b) => a.offset - b.offset);
  }

  /** Where the instruction at a byte offset comes from. */
  find(offset: number): SourcePosition | undefined {
    const start = this.starts[countUpTo(this.starts, offset, (s) => s) - 1] ?? 0;
    const next = countUpTo(this.segments, offset, (s) => s.offset);
    const before: Segment | undefined = this.segments[next - 1];
    // What a function has before its first segment belongs to that, not to the function before.
    const segment: Segment | undefined = (before?.offset ?? 0) >= start ? before : this.segments[next];
    if (!segment) return undefined;
    return { file: this.sources[segment.source], line: segment.line + 1, column: segment.column + 1 };
  }
}

/** How many items of an ascending list have a key of at most `limit`. */
function countUpTo<T>(items: readonly T[], limit: number, key: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
