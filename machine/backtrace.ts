// Who called whom, from the stack of a machine that stands still.

import { viewOf } from "./elf";
import type { Machine } from "./machine";
import type { SymbolTable } from "./symbols";

const MOST_FRAMES = 16;
const STACK_BYTES = 1024;
const CALL_RELATIVE = 0xe8;
const CALL_INDIRECT = 0xff;
const LONGEST_CALL = 7;

/** A line for each address of `backtrace`. */
export function describeBacktrace(machine: Machine, symbols: SymbolTable): string[] {
  const [here, ...callers] = backtrace(machine, symbols);
  return [symbols.describe(here), ...callers.map((address) => symbols.describeReturn(address))];
}

/**
 * The current instruction, then what looks like return addresses on the stack, innermost first: words that point
 * into a function, just behind a call. Code without frame pointers leaves no better trace; stale words may appear.
 */
export function backtrace(machine: Machine, symbols: SymbolTable): number[] {
  const { eip, esp } = machine.cpu.registers;
  const stack = viewOf(machine.cpu.readLinear(esp, STACK_BYTES));
  const addresses = [eip >>> 0];
  for (let at = 0; at < STACK_BYTES && addresses.length < MOST_FRAMES; at += 4) {
    const word = stack.getUint32(at, true);
    if (symbols.isInsideFunction(word) && followsCall(machine, word)) addresses.push(word);
  }
  return addresses;
}

/** Whether the instruction before an address may be a near call: relative, or through a register or memory. */
function followsCall(machine: Machine, address: number): boolean {
  const before = machine.cpu.readLinear(address - LONGEST_CALL, LONGEST_CALL);
  const isIndirect = [2, 3, 6].some((length) => before[LONGEST_CALL - length] === CALL_INDIRECT);
  return before[LONGEST_CALL - 5] === CALL_RELATIVE || isIndirect;
}
