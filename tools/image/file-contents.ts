// What a file of an image holds, asked for piece by piece, so that no more than a piece need be in memory.

/** Bytes from the first to before the second. */
export type Range = readonly [number, number];

export interface Contents {
  size: number;
  /** the parts that are not holes, in ascending order and apart; without it all is data */
  ranges?: readonly Range[];
  /** Fills `into` with the bytes from `offset` on; never asked beyond `size`. */
  read(offset: number, into: Uint8Array): void;
}

export function bytesContents(data: Uint8Array): Contents {
  return {
    size: data.length,
    read: (offset, into) => into.set(data.subarray(offset, offset + into.length)),
  };
}

/** The parts of a file that are stored, within its size. */
export function dataRanges({ size, ranges }: Contents): Range[] {
  const all: readonly Range[] = ranges ?? [[0, size]];
  return all.map(([from, to]): Range => [from, Math.min(to, size)]).filter(([from, to]) => from < to);
}
