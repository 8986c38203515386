// One function through the links of the compiler, for specs: text out of each.
import { disassemble } from "../disassemble";
import { allocate } from "../allocate";
import { emitFunction } from "../emit";
import { printIr, type IrFunction } from "../ir";
import { lowerFunction } from "../lower";
import { printMachine } from "../mir";
import { optimise, splitCriticalEdges } from "../optimise";
import { selectFunction } from "../select";
import { readModule, type FunctionType, type ValueType, type WasmModule } from "../wasm-reader";
import { writeModule } from "./wasm-writer";

export interface Source {
  readonly parameters?: readonly ValueType[];
  readonly results?: readonly ValueType[];
  readonly locals?: readonly ValueType[];
  readonly body: readonly number[];
}

const names = {
  functionSymbol: (index: number) => `f${index}`,
  registerWords: () => 0,
  returnsInSt0: () => true,
  floats: true,
  globalSymbol: (index: number) => `g${index}`,
};

function moduleOf({ parameters = [], results = [], locals = [], body }: Source): WasmModule {
  const type: FunctionType = { parameters, results };
  return readModule(
    writeModule({
      types: [type],
      functions: [{ type, locals, body }],
      globals: [{ type: "i32", value: 7n }],
      table: [],
      data: [],
      memoryPages: 1,
    }),
  );
}

export function lowered(source: Source): IrFunction {
  const module = moduleOf(source);
  return lowerFunction(module, module.functions[0], names);
}

export function optimised(source: Source): IrFunction {
  const f = lowered(source);
  optimise(f);
  return f;
}

export const irText = (f: IrFunction): string[] => printIr(f).trim().split("\n").slice(1);

/** Machine code before registers are allocated. */
export function selected(source: Source): string[] {
  const f = optimised(source);
  splitCriticalEdges(f);
  return printMachine(selectFunction(f)).trim().split("\n").slice(1);
}

/** The final instructions. */
export function compiled(source: Source): string[] {
  const f = optimised(source);
  splitCriticalEdges(f);
  const machine = selectFunction(f);
  const [section] = emitFunction(machine, allocate(machine)).sections;
  return disassemble(section.bytes);
}
