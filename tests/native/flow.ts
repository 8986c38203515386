/** Which arithmetic flags may be undefined where in a stream. */
import { FlowControl, type Instruction } from "iced-x86";
import { ARITHMETIC, definedFlags, readFlags, undefinedFlags } from "./flags";
import { decode, isCommon } from "./opcodes";

export interface FlagFlow {
  readonly undefinedBefore: readonly number[];
  readonly undefinedDuring: readonly number[];
}

/**
 * Follows undefined flags through code that runs forward, by instruction offsets (the last one is the end). What leaves by
 * an indirect jump may arrive anywhere later, and what returns behind any call. Undefined if an instruction looks at flags that may
 * be undefined.
 */
export function followFlags(code: Uint8Array, offsets: readonly number[]): FlagFlow | undefined {
  let returning = 0;
  while (true) {
    const flow = followOnce(code, offsets, returning);
    if (flow === undefined || flow.returning === returning) return flow;
    returning = flow.returning;
  }
}

/** `returning`: flags that may be undefined at some return. */
function followOnce(
  code: Uint8Array,
  offsets: readonly number[],
  returning: number,
): (FlagFlow & { readonly returning: number }) | undefined {
  let returned = returning;
  const last = offsets.length - 1;
  const arriving = new Array<number>(offsets.length).fill(0);
  const undefinedBefore: number[] = [];
  const undefinedDuring: number[] = [];
  let current = 0;
  let anywhere = 0;
  for (let i = 0; i < last; i++) {
    current |= arriving[i] | anywhere;
    undefinedBefore.push(current);
    let during = 0;
    // An entry may be a sequence of instructions.
    for (let at = offsets[i]; at < offsets[i + 1];) {
      const effect = effectOf(code, at);
      during |= effect.during;
      if ((effect.read & current) !== 0) return undefined;
      current = (current & ~effect.defined) | effect.left;
      const target = effect.target === undefined ? -1 : offsets.indexOf(effect.target, i + 1);
      if (target > 0) arriving[target] |= current;
      else if (effect.leaves) anywhere |= current;
      if (effect.returns) returned |= current;
      if (effect.calls) current |= returning;
      at += effect.length;
    }
    undefinedDuring.push(during);
  }
  undefinedBefore.push(current | arriving[last] | anywhere);
  undefinedDuring.push(0);
  return { undefinedBefore, undefinedDuring, returning: returned };
}

export function isCall({ flowControl }: Instruction): boolean {
  return flowControl === FlowControl.Call || flowControl === FlowControl.IndirectCall;
}

export function isReturn({ flowControl }: Instruction): boolean {
  return flowControl === FlowControl.Return;
}

interface Effect {
  readonly length: number;
  readonly read: number;
  readonly defined: number;
  /** Undefined afterwards, and while it faults. */
  readonly left: number;
  readonly during: number;
  /** Does not just go on with the next instruction; to a known offset if `target` is given. */
  readonly leaves: boolean;
  readonly target?: number;
  readonly calls: boolean;
  readonly returns: boolean;
}

const NOTHING = { read: 0, defined: 0, left: 0, during: 0, leaves: true, calls: false, returns: false };

function effectOf(code: Uint8Array, at: number): Effect {
  const instruction = decode(code.slice(at), at);
  try {
    const length = Math.max(instruction.length, 1);
    if (!isCommon(instruction)) return { ...NOTHING, length };
    const left = undefinedFlags(instruction);
    const repeats =
      instruction.isStringInstruction && (instruction.hasRepPrefix || instruction.hasRepnePrefix);
    const leaves = instruction.flowControl !== FlowControl.Next;
    const near = Number(instruction.nearBranchTarget);
    return {
      length,
      read: readFlags(instruction),
      defined: definedFlags(instruction),
      left,
      during: left | (repeats ? ARITHMETIC : 0),
      leaves,
      target: leaves && near > 0 ? near : undefined,
      calls: isCall(instruction),
      returns: isReturn(instruction),
    };
  } finally {
    instruction.free();
  }
}
