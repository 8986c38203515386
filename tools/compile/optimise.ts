// Improvements on SSA: straightens the graph, folds what became constant, shares equal values, drops the unused.
import { splitJunctions, splitSelects, threadDecisions, useDecisions } from "./branches";
import { dominators } from "./dominators";
import { Block, hasSecondResult, mapTerminator, terminatorValues, type IrFunction, type Value } from "./ir";
import { isCommutative, simplify } from "./simplify";

type Replacements = Map<Value, Value>;

function resolver(replacements: Replacements): (v: Value) => Value {
  return (v) => {
    let to = v;
    while (replacements.has(to)) to = replacements.get(to)!;
    return to;
  };
}

function replaceAll(f: IrFunction, replacements: Replacements): void {
  if (!replacements.size) return;
  const resolve = resolver(replacements);
  for (const block of f.blocks) {
    for (const value of [...block.phis, ...block.values]) value.args = value.args.map(resolve);
    mapTerminator(block.terminator, resolve);
  }
}

function removePredecessor(block: Block, from: Block): void {
  const i = block.predecessors.indexOf(from);
  block.predecessors.splice(i, 1);
  for (const phi of block.phis) phi.args.splice(i, 1);
}

/** Turns branches on constants into jumps. */
function foldBranches(f: IrFunction): boolean {
  let changed = false;
  for (const block of f.blocks) {
    const t = block.terminator;
    if (t?.kind !== "branch" && t?.kind !== "switch") continue;
    let target: Block | undefined;
    if (t.condition.isConstant) {
      const n = t.condition.number >>> 0;
      target = t.kind === "branch" ? t.targets[n ? 0 : 1] : t.targets[Math.min(n, t.targets.length - 1)];
    } else if (t.targets.every((b) => b === t.targets[0])) target = t.targets[0];
    if (!target) continue;
    for (const other of new Set(t.targets)) if (other !== target) removePredecessor(other, block);
    block.terminator = { kind: "jump", targets: [target] };
    changed = true;
  }
  if (changed) f.order();
  return changed;
}

/** Joins blocks that always follow one another. */
function mergeBlocks(f: IrFunction): void {
  const replacements: Replacements = new Map();
  const gone = new Set<Block>();
  for (const block of f.blocks) {
    if (gone.has(block)) continue;
    for (;;) {
      const t = block.terminator;
      if (t?.kind !== "jump") break;
      const [next] = t.targets;
      if (next === block || next.predecessors.length !== 1 || next === f.blocks[0]) break;
      for (const phi of next.phis) replacements.set(phi, phi.args[0]);
      for (const value of next.values) value.block = block;
      block.values.push(...next.values);
      block.terminator = next.terminator;
      block.terminatorPosition = next.terminatorPosition;
      block.loopDepth = Math.min(block.loopDepth, next.loopDepth);
      for (const successor of next.successors) {
        const i = successor.predecessors.indexOf(next);
        if (i >= 0) successor.predecessors[i] = block;
      }
      gone.add(next);
    }
  }
  if (gone.size) f.blocks.splice(0, f.blocks.length, ...f.blocks.filter((b) => !gone.has(b)));
  replaceAll(f, replacements);
  f.order();
}

function keyOf(v: Value, memory: string): string {
  let ids = v.args.map((a) => (a.isConstant ? `#${a.number}` : `${a.id}`));
  if (isCommutative(v.operation)) ids = ids.sort();
  const access = v.operation === "load" ? `${v.width}/${v.symbol ?? ""}/${memory}` : "";
  return `${v.operation}/${v.condition}/${v.number}/${v.text}/${access}/${ids.join(",")}`;
}

/** Values that are equal by construction and can stand for one another. Calls to helpers are worth sharing too. */
function isShareable(v: Value): boolean {
  return (
    (v.effect === "pure" && !["phi", "frame", "parameter"].includes(v.operation)) || v.operation === "load"
  );
}

/** A comparison is cheaper repeated at its branch than kept in a register. */
const isCheap = (v: Value) => v.operation === "compare" || v.operation === "compare64";

/** Shares equal values along the dominator tree, and loads within a block. */
function shareValues(f: IrFunction): void {
  const idom = dominators(f);
  const children: number[][] = f.blocks.map(() => []);
  for (let i = 1; i < f.blocks.length; i++) children[idom[i]].push(i);
  const replacements: Replacements = new Map();
  const resolve = resolver(replacements);
  const tables: Map<string, Value>[] = [];
  const stack = [{ block: 0, entered: false }];
  while (stack.length) {
    const top = stack[stack.length - 1];
    if (top.entered) {
      stack.pop();
      tables.pop();
      continue;
    }
    top.entered = true;
    tables.push(new Map());
    shareInBlock(f, f.blocks[top.block], tables, replacements, resolve);
    for (const child of children[top.block]) stack.push({ block: child, entered: false });
  }
  replaceAll(f, replacements);
}

function shareInBlock(
  f: IrFunction,
  block: Block,
  tables: Map<string, Value>[],
  replacements: Replacements,
  resolve: (v: Value) => Value,
): void {
  let memory = 0;
  let globals = 0;
  block.values = block.values.filter((v) => {
    v.args = v.args.map(resolve);
    if (isCommutative(v.operation) && v.args[0].isConstant) v.args.reverse();
    const simpler = hasSecondResult(v) ? undefined : simplify(f, v);
    if (simpler && simpler !== v) {
      replacements.set(v, resolve(simpler));
      return false;
    }
    if (v.effect === "effect") {
      const global = v.operation === "store" && v.args.length === 1;
      if (global) globals++;
      else memory++;
      if (!global && v.operation !== "store") globals++;
      return true;
    }
    if (!isShareable(v)) return true;
    const isGlobal = v.operation === "load" && v.args.length === 0;
    const key = keyOf(v, `${block.id}:${isGlobal ? `g${globals}` : memory}`);
    const known = tables.findLast((t) => t.has(key))?.get(key);
    if (known && !(isCheap(v) && known.block !== block)) {
      replacements.set(v, known);
      return false;
    }
    tables[tables.length - 1].set(key, v);
    return true;
  });
}

/** Removes values that nothing with an effect depends on, and counts the uses of the others. */
export function dropUnused(f: IrFunction): void {
  const live = new Set<Value>();
  const work: Value[] = [];
  const need = (v: Value) => {
    if (!live.has(v)) {
      live.add(v);
      work.push(v);
    }
  };
  for (const block of f.blocks) {
    for (const v of block.values) if (v.effect === "effect") need(v);
    for (const v of terminatorValues(block.terminator)) need(v);
  }
  while (work.length) for (const arg of work.pop()!.args) need(arg);
  for (const block of f.blocks) {
    block.values = block.values.filter((v) => live.has(v));
    block.phis.splice(0, block.phis.length, ...block.phis.filter((v) => live.has(v)));
  }
  for (const v of live) v.uses = 0;
  // That a second result is wanted is no use of the first one.
  for (const v of live) if (v.operation !== "high") for (const arg of v.args) arg.uses++;
  for (const block of f.blocks) for (const v of terminatorValues(block.terminator)) v.uses++;
}

/** Phis all of whose arguments are the same become that argument. */
function dropTrivialPhis(f: IrFunction): void {
  for (let changed = true; changed;) {
    const replacements: Replacements = new Map();
    const resolve = resolver(replacements);
    for (const block of f.blocks) {
      const kept = block.phis.filter((phi) => {
        const others = new Set(phi.args.map(resolve).filter((a) => a !== phi));
        if (others.size !== 1) return true;
        replacements.set(phi, others.values().next().value!);
        return false;
      });
      block.phis.splice(0, block.phis.length, ...kept);
    }
    replaceAll(f, replacements);
    changed = replacements.size > 0;
  }
}

/** Gives every edge from a block with several successors to one with several predecessors a block of its own. */
export function splitCriticalEdges(f: IrFunction): void {
  for (const block of [...f.blocks]) {
    if (new Set(block.successors).size < 2) continue;
    for (const target of new Set(block.successors)) {
      if (target.predecessors.length < 2 || !target.phis.length) continue;
      const middle = f.block();
      middle.loopDepth = Math.min(block.loopDepth, target.loopDepth);
      middle.terminator = { kind: "jump", targets: [target] };
      middle.terminatorPosition = block.terminatorPosition;
      middle.predecessors.push(block);
      target.predecessors[target.predecessors.indexOf(block)] = middle;
      const targets = block.terminator!.targets as Block[];
      targets.forEach((t, i) => {
        if (t === target) targets[i] = middle;
      });
    }
  }
  f.order();
}

/** Rounds of improvement; each may make work for the next one, few do. */
const maximumRounds = 6;

/** All of the above and branches.ts, in place. */
export function optimise(f: IrFunction): void {
  mergeBlocks(f);
  for (let round = 0; round < maximumRounds; round++) {
    shareValues(f);
    dropTrivialPhis(f);
    let changed = useDecisions(f);
    changed = foldBranches(f) || changed;
    dropUnused(f);
    changed = splitJunctions(f) || changed;
    changed = splitSelects(f) || changed;
    changed = threadDecisions(f) || changed;
    if (!changed) break;
    dropTrivialPhis(f);
    mergeBlocks(f);
  }
  dropUnused(f);
}
