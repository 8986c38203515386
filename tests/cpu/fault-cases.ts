/** Tables of faults, one case a row. */
import { it } from "vitest";
import type { AssemblyRoutine } from "../../tools/asm/index";
import { type Expected, expectFault, type Setup } from "./exception-bench";

export type Case = readonly [name: string, code: AssemblyRoutine, setup: Setup, expected: Expected];

export const USER: Setup = { user: true };
export const KERNEL: Setup = {};
export const I386: Setup = { model: "i386" };
export const pf = (errorCode: number, cr2: number): Expected => ({ vector: 14, errorCode, cr2 });

/** Page fault error code bits. */
export const P = 1;
export const W = 2;
export const U = 4;

export function faults(cases: readonly Case[]): void {
  it.each(cases)("%s", (_name, routine, setup, expected) => void expectFault(routine, setup, expected));
}

export function withRegisters(setup: Setup, registers: Setup["registers"]): Setup {
  return { ...setup, registers };
}
