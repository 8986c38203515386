// Which registers are live where, over machine blocks.
import {
  definedRegisters,
  terminatorUses,
  usedRegisters,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
} from "./mir";

export type RegisterSet = Set<number>;

function localSets(block: MachineBlock): { used: RegisterSet; defined: RegisterSet } {
  const used: RegisterSet = new Set();
  const defined: RegisterSet = new Set();
  for (const i of block.instructions) {
    for (const r of usedRegisters(i)) if (!defined.has(r)) used.add(r);
    for (const r of definedRegisters(i)) defined.add(r);
  }
  for (const r of terminatorUses(block.terminator)) if (!defined.has(r)) used.add(r);
  return { used, defined };
}

/** Registers live at the end of each block, by block index. */
export function liveAtEnd(f: MachineFunction): RegisterSet[] {
  const index = new Map(f.blocks.map((b, i) => [b, i]));
  const local = f.blocks.map(localSets);
  const atStart = local.map(({ used }) => new Set(used));
  const atEnd = f.blocks.map((): RegisterSet => new Set());
  const work = f.blocks.map((_, i) => i);
  const queued = new Set(work);
  while (work.length) {
    const i = work.pop()!;
    queued.delete(i);
    let grew = false;
    for (const successor of f.blocks[i].successors) {
      for (const r of atStart[index.get(successor)!]) {
        if (atEnd[i].has(r)) continue;
        atEnd[i].add(r);
        if (!local[i].defined.has(r) && !atStart[i].has(r)) {
          atStart[i].add(r);
          grew = true;
        }
      }
    }
    if (!grew) continue;
    for (const p of f.blocks[i].predecessors) {
      const at = index.get(p)!;
      if (!queued.has(at)) {
        queued.add(at);
        work.push(at);
      }
    }
  }
  return atEnd;
}

/** Visits a block's instructions from the last to the first, with what is live after each. */
export function backwards(
  block: MachineBlock,
  atEnd: RegisterSet,
  visit: (i: MachineInstruction, liveAfter: RegisterSet) => void,
): void {
  const live = new Set(atEnd);
  for (const r of terminatorUses(block.terminator)) live.add(r);
  for (let n = block.instructions.length - 1; n >= 0; n--) {
    const i = block.instructions[n];
    visit(i, live);
    for (const r of definedRegisters(i)) live.delete(r);
    for (const r of usedRegisters(i)) live.add(r);
  }
}
