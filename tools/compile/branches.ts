// Conditions as control flow: `a | b` and `a & b` of comparisons become two branches, and a block that only
// branches on a value that its predecessors know is repeated at their ends.
import { dominators, isDominated } from "./dominators";
import {
  hasSecondResult,
  terminatorValues,
  type Block,
  type IrFunction,
  type Terminator,
  type Value,
} from "./ir";
import { simplify } from "./simplify";

type Branch = Extract<Terminator, { kind: "branch" }>;

const isFlag = (v: Value): boolean => v.operation === "compare" || v.operation === "compare64";

/** A 0-or-1 value made of comparisons that nothing else wants. */
const isCondition = (v: Value): boolean => isFlag(v) || isJunction(v);

function isJunction(v: Value): boolean {
  return (v.operation === "or" || v.operation === "and") && v.uses === 1 && v.args.every(isCondition);
}

/** A pair of results stays where both may be wanted. */
const isMovable = (v: Value) =>
  !hasSecondResult(v) && !/^(add|sub|mul)64$|^mul_wide|^helper$/.test(v.operation);

/** Takes what only `v` needs out of `block`, as far as it can as well be computed later. Deepest first. */
function extractChain(block: Block, v: Value): Value[] {
  const chain = new Set<Value>([v]);
  for (let i = block.values.length - 1; i >= 0; i--) {
    const candidate = block.values[i];
    if (chain.has(candidate)) continue;
    if (candidate.effect === "effect") break;
    const user = [...chain].find((c) => c.args.includes(candidate));
    if (user && candidate.uses === 1 && isMovable(candidate)) chain.add(candidate);
  }
  const taken = block.values.filter((c) => chain.has(c));
  block.values = block.values.filter((c) => !chain.has(c));
  return taken;
}

function addPredecessor(target: Block, from: Block, like: Block): void {
  const i = target.predecessors.indexOf(like);
  if (target.predecessors.includes(from)) return;
  target.predecessors.push(from);
  for (const phi of target.phis) phi.args.push(phi.args[i]);
}

/**
 * Makes `block` branch on `first`; when that is (or, for `whenTrue` false, is not) so it goes to `shared`, and else
 * to a new block that branches on what `second` gives.
 */
function branchTwice(
  f: IrFunction,
  block: Block,
  t: Branch,
  {
    first,
    whenTrue,
    shared,
    second,
  }: { first: Value; whenTrue: boolean; shared: Block; second(next: Block): Value },
): void {
  const [yes, no] = t.targets;
  const other = shared === yes ? no : yes;
  const next = f.block();
  next.loopDepth = block.loopDepth;
  next.terminatorPosition = block.terminatorPosition;
  const condition = second(next);
  for (const v of next.values) v.block = next;
  next.terminator = { kind: "branch", condition, targets: [yes, no] };
  next.predecessors.push(block);
  addPredecessor(shared, next, block);
  other.predecessors[other.predecessors.indexOf(block)] = next;
  const targets: [Block, Block] = whenTrue ? [shared, next] : [next, shared];
  block.terminator = { kind: "branch", condition: first, targets };
}

/** Splits one branch on a junction; the second comparison gets a block of its own. */
function splitJunction(f: IrFunction, block: Block, t: Branch): boolean {
  const junction = t.condition;
  if (!isJunction(junction) || junction.block !== block) return false;
  const [first, second] = junction.args;
  if (first === second || second.block !== block || second.uses !== 1) return false;
  const [yes, no] = t.targets;
  if (yes === no) return false;
  block.values = block.values.filter((v) => v !== junction);
  const whenTrue = junction.operation === "or";
  branchTwice(f, block, t, {
    first,
    whenTrue,
    shared: whenTrue ? yes : no,
    second: (next) => {
      next.values = extractChain(block, second);
      return second;
    },
  });
  return true;
}

/** Splits one branch on a choice (or a comparison of it with a constant) between a constant and something else. */
function splitSelect(f: IrFunction, block: Block, t: Branch): boolean {
  const outer = t.condition;
  const compared =
    outer.operation === "compare" && outer.args[1].isConstant && outer.uses === 1 && outer.block === block;
  const select = compared ? outer.args[0] : outer;
  const [yes, no] = t.targets;
  if (select.operation !== "select" || select.uses !== 1 || select.block !== block || yes === no)
    return false;
  const [first, ...choices] = select.args;
  const whenTrue = choices[0].isConstant;
  const [known, rest] = whenTrue ? choices : [...choices].reverse();
  if (!known.isConstant || rest.isConstant) return false;
  const decide = (v: Value): Value | undefined => {
    if (!compared) return v;
    return simplify(f, { operation: "compare", args: [v, outer.args[1]], condition: outer.condition });
  };
  const shared = decide(known)!.number ? yes : no;
  block.values = block.values.filter((v) => v !== select && v !== outer);
  branchTwice(f, block, t, {
    first,
    whenTrue,
    shared,
    second: (next) => {
      const alone =
        rest.uses === 1 && block.values.includes(rest) && rest.effect === "pure" && isMovable(rest);
      next.values = alone ? extractChain(block, rest) : [];
      const simple = decide(rest);
      if (simple) return simple;
      const comparison = f.value("compare", [rest, outer.args[1]], next);
      comparison.condition = outer.condition;
      comparison.position = outer.position;
      comparison.uses = 1;
      next.values.push(comparison);
      return comparison;
    },
  });
  return true;
}

/** Applies a split to all blocks, and to those that it makes. */
function splitAll(f: IrFunction, split: (f: IrFunction, block: Block, t: Branch) => boolean): boolean {
  let changed = false;
  for (const block of f.blocks) {
    // The list grows while it is walked.
    while (block.terminator?.kind === "branch" && split(f, block, block.terminator)) changed = true;
  }
  if (changed) f.order();
  return changed;
}

export const splitJunctions = (f: IrFunction): boolean => splitAll(f, splitJunction);
export const splitSelects = (f: IrFunction): boolean => splitAll(f, splitSelect);
/** A block of phis and at most a comparison of one with a constant, that ends in a branch on it. */
function isDecision(block: Block): boolean {
  const t = block.terminator;
  if (
    t?.kind !== "branch" ||
    !block.phis.length ||
    block.values.length > 1 ||
    block.successors.includes(block)
  ) {
    return false;
  }
  const [comparison] = block.values;
  if (!comparison) return block.phis.includes(t.condition);
  return (
    comparison === t.condition &&
    comparison.operation === "compare" &&
    comparison.uses === 1 &&
    block.phis.includes(comparison.args[0]) &&
    comparison.args[1].isConstant
  );
}

/** Blocks where something other than the block itself and the phis of its successors wants its phis. */
function usersOfPhis(f: IrFunction, block: Block): Block[] {
  const own = new Set(block.phis);
  const users: Block[] = [];
  for (const other of f.blocks) {
    if (other === block) continue;
    for (const phi of other.phis) {
      phi.args.forEach((a, i) => {
        if (own.has(a) && other.predecessors[i] !== block) users.push(other.predecessors[i]);
      });
    }
    const wanted =
      other.values.some((v) => v.args.some((a) => own.has(a))) ||
      terminatorValues(other.terminator).some((v) => own.has(v));
    if (wanted) users.push(other);
  }
  return users;
}

/** A successor that only the block leads to, and all given blocks only through it. */
function soleWay(f: IrFunction, block: Block, users: readonly Block[]): Block | undefined {
  const candidates = block.successors.filter((s) => s.predecessors.length === 1);
  if (!candidates.length) return undefined;
  const idom = dominators(f);
  return candidates.find((s) => users.every((u) => isDominated(u, s, idom)));
}

/** Whether a predecessor that passes `v` would rather branch by itself. */
function isWorthRepeating(v: Value, from: Block): boolean {
  return v.isConstant || (isFlag(v) && v.block === from);
}

/** Repeats a decision at the end of one predecessor that jumps to it. */
function repeatDecision(f: IrFunction, block: Block, from: Block): void {
  const t = block.terminator as Branch;
  const index = block.predecessors.indexOf(from);
  const passed = (v: Value): Value => {
    const phi = block.phis.indexOf(v);
    return phi < 0 ? v : block.phis[phi].args[index];
  };
  let condition = passed(t.condition);
  const [comparison] = block.values;
  if (comparison) {
    const args = comparison.args.map(passed);
    const known = simplify(f, { operation: "compare", args, condition: comparison.condition });
    condition = known ?? f.value("compare", args, from);
    if (!known) {
      condition.condition = comparison.condition;
      condition.position = comparison.position;
      from.values.push(condition);
    }
  }
  const targets = condition.isConstant ? [t.targets[condition.number ? 0 : 1]] : [...t.targets];
  for (const target of new Set(targets)) {
    const at = target.predecessors.indexOf(block);
    target.predecessors.push(from);
    for (const phi of target.phis) phi.args.push(passed(phi.args[at]));
  }
  block.predecessors.splice(index, 1);
  for (const phi of block.phis) phi.args.splice(index, 1);
  from.terminator =
    targets.length === 1
      ? { kind: "jump", targets: [targets[0]] }
      : { kind: "branch", condition, targets: [targets[0], targets[1]] };
  from.terminatorPosition = block.terminatorPosition;
}

/** Where a decision on a constant goes. */
function outcome(f: IrFunction, block: Block, value: Value): Block {
  const t = block.terminator as Branch;
  const [comparison] = block.values;
  if (!comparison) return t.targets[value.number ? 0 : 1];
  const args = [value, comparison.args[1]];
  return t.targets[
    simplify(f, { operation: "compare", args, condition: comparison.condition })!.number ? 0 : 1
  ];
}

/** What a value is behind a branch on it. */
function decided(f: IrFunction, v: Value, taken: boolean): Value | undefined {
  if (!taken) return f.constant(0);
  return isFlag(v) ? f.constant(1) : undefined;
}

/** Behind a branch its condition is known: says so to the phis that this is passed to, and to a second branch on it. */
export function useDecisions(f: IrFunction): boolean {
  let changed = false;
  const tellPhis = (from: Block, v: Value, known: Value, target: Block) => {
    const index = target.predecessors.indexOf(from);
    for (const phi of target.phis) {
      if (phi.args[index] !== v) continue;
      phi.args[index] = known;
      changed = true;
    }
  };
  for (const block of f.blocks) {
    const t = block.terminator;
    if (t?.kind !== "branch" || t.condition.isConstant || t.targets[0] === t.targets[1]) continue;
    t.targets.forEach((target, index) => {
      const v = t.condition;
      const known = decided(f, v, index === 0);
      if (!known) return;
      tellPhis(block, v, known, target);
      if (target.predecessors.length !== 1) return;
      for (const successor of new Set(target.successors)) tellPhis(target, v, known, successor);
      if (target.terminator?.kind === "branch" && target.terminator.condition === v) {
        target.terminator.condition = known;
        changed = true;
      }
    });
  }
  return changed;
}

/** Lets predecessors that know the outcome of a decision, or compute it, go where it leads. */
export function threadDecisions(f: IrFunction): boolean {
  let changed = false;
  for (const block of [...f.blocks]) {
    if (!isDecision(block) || block.phis.some((phi) => phi.args.some((a) => block.phis.includes(a))))
      continue;
    const users = usersOfPhis(f, block);
    // Phis wanted beyond one way out still have all their values there when the others leave by the other way.
    const guarded = users.length ? soleWay(f, block, users) : undefined;
    if (users.length && !guarded) continue;
    const t = block.terminator as Branch;
    const decided = block.values.length ? block.values[0].args[0] : t.condition;
    let threaded = false;
    for (const from of [...block.predecessors]) {
      const alreadyThere = t.targets.some((target) => target.predecessors.includes(from));
      if (from.terminator?.kind !== "jump" || from === block || alreadyThere) continue;
      const value = decided.args[block.predecessors.indexOf(from)];
      if (!isWorthRepeating(value, from)) continue;
      if (guarded && (!value.isConstant || outcome(f, block, value) === guarded)) continue;
      repeatDecision(f, block, from);
      threaded = true;
    }
    if (threaded) f.order();
    changed ||= threaded;
  }
  return changed;
}
