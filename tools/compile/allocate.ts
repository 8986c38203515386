// Register allocation by colouring the interference graph with iterated coalescing of moves (George and Appel,
// "Iterated Register Coalescing", 1996). Names follow the paper. What does not get a register is spilled to the
// frame (spill.ts) and the rest is coloured again.
import { backwards, liveAtEnd, type RegisterSet } from "./liveness";
import {
  ESP,
  definedRegisters,
  firstVirtual,
  isMove,
  target,
  usedRegisters,
  type MachineFunction,
  type RegisterOperand,
} from "./mir";
import { spill, type SpillState } from "./spill";

interface Move {
  readonly to: number;
  readonly from: number;
}

const K = target.allocatable.length;
const isHardware = (r: number) => r < firstVirtual;

export class Colouring {
  readonly colours = new Map<number, number>();
  readonly spilled: number[] = [];
  private readonly adjacency: Set<number>[] = [];
  private readonly degree: number[] = [];
  private readonly alias: number[] = [];
  private readonly cost: number[] = [];
  private readonly movesOf: Set<Move>[] = [];
  private readonly simplifyList = new Set<number>();
  private readonly freezeList = new Set<number>();
  private readonly spillList = new Set<number>();
  private readonly pendingMoves = new Set<Move>();
  private readonly activeMoves = new Set<Move>();
  private readonly coalesced = new Set<number>();
  private readonly selectStack: number[] = [];
  private readonly onStack = new Set<number>();
  /** Colours given so far; a callee-saved one costs a push and a pop only once. */
  private readonly savedInUse = new Set<number>();

  constructor(
    private readonly f: MachineFunction,
    private readonly cannotSpill: ReadonlySet<number>,
  ) {}

  run(): void {
    this.build();
    this.makeLists();
    for (;;) {
      if (this.simplifyList.size) this.simplify();
      else if (this.pendingMoves.size) this.coalesce();
      else if (this.freezeList.size) this.freeze();
      else if (this.spillList.size) this.selectSpill();
      else break;
    }
    this.assign();
  }

  // Building

  private build(): void {
    for (let r = 0; r < this.f.registers; r++) {
      this.adjacency[r] = new Set();
      this.degree[r] = isHardware(r) ? Infinity : 0;
      this.cost[r] = this.cannotSpill.has(r) ? Infinity : 0;
      this.movesOf[r] = new Set();
      this.alias[r] = r;
    }
    const atEnd = liveAtEnd(this.f);
    this.f.blocks.forEach((block, n) => {
      const weight = 10 ** Math.min(block.loopDepth, 6);
      backwards(block, atEnd[n], (i, live) => {
        const defined = definedRegisters(i);
        const used = usedRegisters(i);
        for (const r of defined) this.cost[r] += weight;
        for (const r of used) this.cost[r] += weight;
        const move = isMove(i) ? this.moveOf(i.operands as RegisterOperand[]) : undefined;
        this.interfere(defined, live, move);
      });
    });
    for (const r of this.f.byteRegisters) {
      for (const h of target.allocatable) {
        if (!(target.byteRegisters as readonly number[]).includes(h)) this.addEdge(r, h);
      }
    }
  }

  private moveOf([to, from]: RegisterOperand[]): Move | undefined {
    if (to.register === ESP || from.register === ESP || to.register === from.register) return undefined;
    const move = { to: to.register, from: from.register };
    this.movesOf[move.to].add(move);
    this.movesOf[move.from].add(move);
    this.pendingMoves.add(move);
    return move;
  }

  private interfere(defined: readonly number[], live: RegisterSet, move: Move | undefined): void {
    for (const d of defined) {
      for (const l of live) if (!(move && l === move.from)) this.addEdge(d, l);
      for (const other of defined) this.addEdge(d, other);
    }
  }

  private addEdge(a: number, b: number): void {
    if (a === b || a === ESP || b === ESP || this.adjacency[a].has(b)) return;
    this.adjacency[a].add(b);
    this.adjacency[b].add(a);
    if (!isHardware(a)) this.degree[a]++;
    if (!isHardware(b)) this.degree[b]++;
  }

  private makeLists(): void {
    for (let r = firstVirtual; r < this.f.registers; r++) {
      if (this.cost[r] === 0) continue;
      if (this.degree[r] >= K) this.spillList.add(r);
      else if (this.isMoveRelated(r)) this.freezeList.add(r);
      else this.simplifyList.add(r);
    }
  }

  // Simplifying

  private isRemoved(r: number): boolean {
    return this.onStack.has(r) || this.coalesced.has(r);
  }

  private *neighbours(r: number): Iterable<number> {
    for (const n of this.adjacency[r]) if (!this.isRemoved(n)) yield n;
  }

  private *nodeMoves(r: number): Iterable<Move> {
    for (const m of this.movesOf[r]) if (this.activeMoves.has(m) || this.pendingMoves.has(m)) yield m;
  }

  private isMoveRelated(r: number): boolean {
    for (const _ of this.nodeMoves(r)) return true;
    return false;
  }

  private simplify(): void {
    const r = this.simplifyList.values().next().value!;
    this.simplifyList.delete(r);
    this.push(r);
  }

  private push(r: number): void {
    this.selectStack.push(r);
    this.onStack.add(r);
    for (const n of this.neighbours(r)) this.decrementDegree(n);
  }

  private decrementDegree(r: number): void {
    if (isHardware(r)) return;
    const before = this.degree[r]--;
    if (before !== K) return;
    this.enableMoves(r);
    for (const n of this.neighbours(r)) this.enableMoves(n);
    this.spillList.delete(r);
    if (this.isMoveRelated(r)) this.freezeList.add(r);
    else {
      this.freezeList.delete(r);
      this.simplifyList.add(r);
    }
  }

  private enableMoves(r: number): void {
    for (const m of this.nodeMoves(r)) {
      if (this.activeMoves.delete(m)) this.pendingMoves.add(m);
    }
  }

  // Coalescing

  private find(r: number): number {
    while (this.alias[r] !== r) r = this.alias[r];
    return r;
  }

  private coalesce(): void {
    const move = this.pendingMoves.values().next().value!;
    this.pendingMoves.delete(move);
    let [u, v] = [this.find(move.to), this.find(move.from)];
    if (isHardware(v)) [u, v] = [v, u];
    if (u === v) this.addToWork(u);
    else if (isHardware(v) || this.adjacency[u].has(v)) {
      this.addToWork(u);
      this.addToWork(v);
    } else if (isHardware(u) ? this.isSafeWithHardware(u, v) : this.isConservative(u, v)) {
      this.combine(u, v);
      this.addToWork(u);
    } else this.activeMoves.add(move);
  }

  private addToWork(r: number): void {
    if (isHardware(r) || this.isMoveRelated(r) || this.degree[r] >= K || this.isRemoved(r)) return;
    if (this.freezeList.delete(r)) this.simplifyList.add(r);
  }

  /** George's test: every neighbour of `v` is harmless to `u` already. */
  private isSafeWithHardware(u: number, v: number): boolean {
    for (const n of this.neighbours(v)) {
      if (this.degree[n] >= K && !isHardware(n) && !this.adjacency[n].has(u)) return false;
      if (isHardware(n) && n === u) return false;
    }
    return true;
  }

  /** Briggs's test: fewer than K neighbours of the pair are of significant degree. */
  private isConservative(u: number, v: number): boolean {
    let significant = 0;
    for (const n of this.neighbours(u)) {
      const shared = this.adjacency[v].has(n);
      if (this.degree[n] - (shared ? 1 : 0) >= K) significant++;
    }
    for (const n of this.neighbours(v)) {
      if (!this.adjacency[u].has(n) && this.degree[n] >= K) significant++;
    }
    return significant < K;
  }

  private combine(u: number, v: number): void {
    if (!this.freezeList.delete(v)) this.spillList.delete(v);
    this.coalesced.add(v);
    this.alias[v] = u;
    this.cost[u] += this.cost[v];
    for (const m of this.movesOf[v]) this.movesOf[u].add(m);
    this.enableMoves(v);
    for (const n of [...this.neighbours(v)]) {
      this.addEdge(n, u);
      this.decrementDegree(n);
    }
    if (!isHardware(u) && this.degree[u] >= K && this.freezeList.delete(u)) this.spillList.add(u);
  }

  // Freezing and spilling

  private freeze(): void {
    const r = this.freezeList.values().next().value!;
    this.freezeList.delete(r);
    this.simplifyList.add(r);
    this.freezeMoves(r);
  }

  private freezeMoves(r: number): void {
    for (const m of [...this.nodeMoves(r)]) {
      this.activeMoves.delete(m);
      this.pendingMoves.delete(m);
      const [to, from] = [this.find(m.to), this.find(m.from)];
      const other = to === this.find(r) ? from : to;
      if (!isHardware(other) && !this.isMoveRelated(other) && this.degree[other] < K) {
        if (this.freezeList.delete(other)) this.simplifyList.add(other);
      }
    }
  }

  private selectSpill(): void {
    let best = -1;
    let least = Infinity;
    for (const r of this.spillList) {
      const priority = this.cost[r] / this.degree[r];
      if (best < 0 || priority < least) [best, least] = [r, priority];
    }
    this.spillList.delete(best);
    this.simplifyList.add(best);
    this.freezeMoves(best);
  }

  /** All registers that were coalesced with a representative, and itself. */
  members(representative: number): Set<number> {
    const all = new Set([representative]);
    for (const r of this.coalesced) if (this.find(r) === representative) all.add(r);
    return all;
  }

  // Colours

  private assign(): void {
    for (const r of target.allocatable) this.colours.set(r, r);
    const wanted = this.hints();
    while (this.selectStack.length) {
      const r = this.selectStack.pop()!;
      const taken = new Set<number>();
      for (const n of this.adjacency[r]) {
        const colour = this.colours.get(this.find(n));
        if (colour !== undefined) taken.add(colour);
      }
      const free = target.allocatable.filter((h) => !taken.has(h));
      if (!free.length) this.spilled.push(r);
      else {
        const colour = this.prefer(r, free, wanted);
        this.colours.set(r, colour);
        this.savedInUse.add(colour);
      }
    }
    for (const r of this.coalesced) {
      const colour = this.colours.get(this.find(r));
      if (colour !== undefined) this.colours.set(r, colour);
    }
  }

  /** Registers of the other ends of moves and hints, by representative. */
  private hints(): Map<number, number[]> {
    const wanted = new Map<number, number[]>();
    const add = (a: number, b: number) => wanted.set(a, [...(wanted.get(a) ?? []), b]);
    for (const [a, b] of this.f.hints) {
      add(this.find(a), b);
      add(this.find(b), a);
    }
    for (let r = firstVirtual; r < this.f.registers; r++) {
      for (const m of this.movesOf[r]) add(this.find(r), m.to === r ? m.from : m.to);
    }
    return wanted;
  }

  private prefer(r: number, free: readonly number[], wanted: Map<number, number[]>): number {
    for (const other of wanted.get(r) ?? []) {
      const colour = this.colours.get(this.find(other));
      if (colour !== undefined && free.includes(colour)) return colour;
    }
    const isSaved = (h: number) => (target.calleeSaved as readonly number[]).includes(h);
    return free.find((h) => !isSaved(h) || this.savedInUse.has(h)) ?? free[0];
  }
}

/** Gives every virtual register a hardware register; rewrites the function with spills where needed. */
export function allocate(f: MachineFunction): Map<number, number> {
  const state: SpillState = { temporaries: new Set() };
  for (;;) {
    const colouring = new Colouring(f, state.temporaries);
    colouring.run();
    if (!colouring.spilled.length) return colouring.colours;
    spill(f, colouring, state);
  }
}
