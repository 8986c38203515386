// The blocks of one file: which hold data, and the tree of block pointers above them. A block of pointers comes before
// the blocks that it names, so that a file is written and read in ascending order.
import { EXT2_BLOCK_POINTERS, EXT2_DIRECT_BLOCKS } from "../../abi/ext2";
import { dataRanges, type Contents, type Range } from "./file-contents";
import { blocksOfFile } from "./geometry";

/** Who gives out blocks and takes what goes into them. */
export interface BlockTaker {
  allocate(): number;
  /** the file's bytes from `offset` on go to `block` */
  data(block: number, offset: number): void;
  pointers(block: number, words: Uint32Array): void;
}

class PointerTree {
  private at = 0;
  private range = 0;
  private readonly pointersPerBlock: number;

  constructor(
    private readonly ranges: readonly Range[],
    private readonly blockSize: number,
    private readonly taker: BlockTaker,
  ) {
    this.pointersPerBlock = blockSize / 4;
  }

  /** Whether there is data in the next `length` bytes. Positions only grow, and so does the range looked at. */
  private holdsData(length: number): boolean {
    while (this.range < this.ranges.length && this.ranges[this.range][1] <= this.at) this.range++;
    return this.range < this.ranges.length && this.ranges[this.range][0] < this.at + length;
  }

  /** A subtree of pointers `depth` levels above the data; 0 when it is all hole. */
  subtree(depth: number): number {
    const length = this.blockSize * this.pointersPerBlock ** depth;
    if (!this.holdsData(length)) {
      this.at += length;
      return 0;
    }
    const block = this.taker.allocate();
    if (depth === 0) {
      this.taker.data(block, this.at);
      this.at += length;
      return block;
    }
    const words = new Uint32Array(this.pointersPerBlock);
    for (let index = 0; index < words.length; index++) words[index] = this.subtree(depth - 1);
    this.taker.pointers(block, words);
    return block;
  }
}

/** Lays a file out and returns its inode's block pointers. */
export function layOutFile(contents: Contents, blockSize: number, taker: BlockTaker): number[] {
  const tree = new PointerTree(dataRanges(contents), blockSize, taker);
  return Array.from({ length: EXT2_BLOCK_POINTERS }, (_, index) =>
    tree.subtree(Math.max(0, index - EXT2_DIRECT_BLOCKS + 1)),
  );
}

/** Blocks that `layOutFile` will take. */
export function countBlocks(contents: Contents, blockSize: number): number {
  if (contents.ranges === undefined) return blocksOfFile(contents.size, blockSize);
  let count = 0;
  layOutFile(contents, blockSize, { allocate: () => ++count, data: () => {}, pointers: () => {} });
  return count;
}
