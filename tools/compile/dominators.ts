import type { Block, IrFunction } from "./ir";

/** Immediate dominators by block id, for blocks in reverse postorder (Cooper, Harvey, Kennedy 2001). */
export function dominators(f: IrFunction): number[] {
  const idom: number[] = [0];
  const intersect = (a: number, b: number): number => {
    while (a !== b) {
      while (a > b) a = idom[a];
      while (b > a) b = idom[b];
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const block of f.blocks.slice(1)) {
      const known = block.predecessors.map((p) => p.id).filter((p) => idom[p] !== undefined);
      const dominator = known.reduce(intersect);
      if (idom[block.id] !== dominator) {
        idom[block.id] = dominator;
        changed = true;
      }
    }
  }
  return idom;
}

/** Whether every way to `block` leads through `above`. */
export function isDominated(block: Block, above: Block, idom: readonly number[]): boolean {
  let id = block.id;
  while (id > above.id) id = idom[id];
  return id === above.id;
}
