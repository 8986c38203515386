/** Which arithmetic flags may be undefined where in a stream. */
import { FlowControl } from "iced-x86";
import { ARITHMETIC, definedFlags, readFlags, undefinedFlags } from "./flags";
import { decode, isOf486 } from "./opcodes";

export interface FlagFlow {
  readonly undefinedBefore: readonly number[];
  readonly undefinedDuring: readonly number[];
}

/**
 * Follows undefined flags through code that runs forward, by instruction offsets (the last one is the end). What leaves by
 * an indirect jump may arrive anywhere later. Undefined if an instruction looks at flags that may be undefined.
 */
export function followFlags(code: Uint8Array, offsets: readonly number[]): FlagFlow | undefined {
  const last = offsets.length - 1;
  const arriving = new Array<number>(offsets.length).fill(0);
  const undefinedBefore: number[] = [];
  const undefinedDuring: number[] = [];
  let current = 0;
  let anywhere = 0;
  for (let i = 0; i < last; i++) {
    current |= arriving[i] | anywhere;
    undefinedBefore.push(current);
    const instruction = decode(code.slice(offsets[i]), offsets[i]);
    const legal = isOf486(instruction);
    const during = legal ? undefinedFlags(instruction) : 0;
    const repeats =
      instruction.isStringInstruction && (instruction.hasRepPrefix || instruction.hasRepnePrefix);
    undefinedDuring.push(during | (repeats ? ARITHMETIC : 0));
    const bad = legal && (readFlags(instruction) & current) !== 0;
    if (legal) current = (current & ~definedFlags(instruction)) | during;
    if (instruction.flowControl !== FlowControl.Next) {
      const target = offsets.indexOf(Number(instruction.nearBranchTarget), i + 1);
      if (target > 0) arriving[target] |= current;
      else anywhere |= current;
    }
    instruction.free();
    if (bad) return undefined;
  }
  undefinedBefore.push(current | arriving[last] | anywhere);
  undefinedDuring.push(0);
  return { undefinedBefore, undefinedDuring };
}
