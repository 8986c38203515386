// The order of blocks in memory: empty ones disappear, loops test at the bottom.
import type { MachineBlock, MachineFunction } from "./mir";

/** Sends jumps to blocks that only jump on to where those go. `isNothing` tells what emits no instruction. */
function threadJumps(f: MachineFunction, isNothing: (b: MachineBlock) => boolean): void {
  const final = (block: MachineBlock): MachineBlock => {
    const seen = new Set<MachineBlock>();
    while (block.terminator.kind === "jump" && isNothing(block) && !seen.has(block)) {
      seen.add(block);
      block = block.successors[0];
    }
    return block;
  };
  for (const block of f.blocks) {
    block.successors = block.successors.map(final);
    const [yes, no] = block.successors;
    if (block.terminator.kind === "branch" && yes === no) {
      block.terminator = { kind: "jump" };
      block.successors = [yes];
    }
  }
}

function reachable(entry: MachineBlock): Set<MachineBlock> {
  const seen = new Set([entry]);
  for (const block of seen) for (const s of block.successors) seen.add(s);
  return seen;
}

/** Where a chain ends in a jump back to a two-way block, that block moves behind the chain. */
function rotateLoops(order: MachineBlock[]): MachineBlock[] {
  const result = [...order];
  for (const header of order.slice(1)) {
    const at = result.indexOf(header);
    if (header.terminator.kind !== "branch" || header.successors.includes(header)) continue;
    const latch = result.findLastIndex(
      (b, n) => n > at && b.terminator.kind === "jump" && b.successors[0] === header,
    );
    if (latch < 0) continue;
    const body = result[at + 1];
    if (!header.successors.includes(body) || result[at - 1].successors.includes(header) === false) continue;
    const exit = header.successors.find((s) => s !== body);
    if (exit && result.indexOf(exit) > at && result.indexOf(exit) <= latch) continue;
    result.splice(at, 1);
    result.splice(latch, 0, header);
  }
  return result;
}

/** Reachable blocks in the order in which to emit them; the entry comes first. */
export function layoutBlocks(f: MachineFunction, isNothing: (b: MachineBlock) => boolean): MachineBlock[] {
  threadJumps(f, isNothing);
  const alive = reachable(f.blocks[0]);
  return rotateLoops(f.blocks.filter((b) => alive.has(b)));
}
