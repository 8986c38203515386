// Conditions as control flow: `a | b` and `a & b` of comparisons become two branches, and a block that only
// branches on a value that its predecessors know is repeated at their ends.
import { terminatorValues, type Block, type IrFunction, type Terminator, type Value } from "./ir";
import { simplify } from "./simplify";

type Branch = Extract<Terminator, { kind: "branch" }>;

const isFlag = (v: Value): boolean => v.operation === "compare" || v.operation === "compare64";

/** A 0-or-1 value made of comparisons that nothing else wants. */
const isCondition = (v: Value): boolean => isFlag(v) || isJunction(v);

function isJunction(v: Value): boolean {
  return (v.operation === "or" || v.operation === "and") && v.uses === 1 && v.args.every(isCondition);
}

/** Takes what only `v` needs out of `block`, as far as it can as well be computed later. Deepest first. */
function extractChain(block: Block, v: Value): Value[] {
  const chain = new Set<Value>([v]);
  for (let i = block.values.length - 1; i >= 0; i--) {
    const candidate = block.values[i];
    if (chain.has(candidate)) continue;
    if (candidate.effect === "effect") break;
    const user = [...chain].find((c) => c.args.includes(candidate));
    if (user && candidate.uses === 1) chain.add(candidate);
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

/** Splits one branch on a junction; the second comparison gets a block of its own. */
function splitJunction(f: IrFunction, block: Block, t: Branch): boolean {
  const junction = t.condition;
  if (!isJunction(junction) || junction.block !== block) return false;
  const [first, second] = junction.args;
  if (first === second || second.block !== block || second.uses !== 1) return false;
  const [yes, no] = t.targets;
  if (yes === no) return false;
  const next = f.block();
  next.loopDepth = block.loopDepth;
  next.terminatorPosition = block.terminatorPosition;
  block.values = block.values.filter((v) => v !== junction);
  next.values = extractChain(block, second);
  for (const v of next.values) v.block = next;
  next.terminator = { kind: "branch", condition: second, targets: [yes, no] };
  next.predecessors.push(block);
  const shared = junction.operation === "or" ? yes : no;
  const other = junction.operation === "or" ? no : yes;
  addPredecessor(shared, next, block);
  other.predecessors[other.predecessors.indexOf(block)] = next;
  block.terminator = {
    kind: "branch",
    condition: first,
    targets: junction.operation === "or" ? [yes, next] : [next, no],
  };
  return true;
}

export function splitJunctions(f: IrFunction): boolean {
  let changed = false;
  for (const block of f.blocks) {
    // The list grows while it is walked: what was split off is looked at too.
    while (block.terminator?.kind === "branch" && splitJunction(f, block, block.terminator)) changed = true;
  }
  if (changed) f.order();
  return changed;
}

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

/** Phis of the block that something other than itself and the phis of its successors wants. */
function escapingPhis(f: IrFunction, block: Block): boolean {
  const own = new Set(block.phis);
  const successors = new Set(block.successors);
  for (const other of f.blocks) {
    if (other === block) continue;
    for (const phi of other.phis) {
      const bad = phi.args.some(
        (a, i) => own.has(a) && !(successors.has(other) && other.predecessors[i] === block),
      );
      if (bad) return true;
    }
    if (other.values.some((v) => v.args.some((a) => own.has(a)))) return true;
    if (terminatorValues(other.terminator).some((v) => own.has(v))) return true;
  }
  return block.phis.some((phi) => phi.args.some((a) => own.has(a)));
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

/** Lets predecessors that know the outcome of a decision, or compute it, go where it leads. */
export function threadDecisions(f: IrFunction): boolean {
  let changed = false;
  for (const block of [...f.blocks]) {
    if (!isDecision(block) || escapingPhis(f, block)) continue;
    const t = block.terminator as Branch;
    const decided = block.values.length ? block.values[0].args[0] : t.condition;
    for (const from of [...block.predecessors]) {
      const alreadyThere = t.targets.some((target) => target.predecessors.includes(from));
      if (from.terminator?.kind !== "jump" || from === block || alreadyThere) continue;
      const value = decided.args[block.predecessors.indexOf(from)];
      if (!isWorthRepeating(value, from)) continue;
      repeatDecision(f, block, from);
      changed = true;
    }
  }
  if (changed) f.order();
  return changed;
}
