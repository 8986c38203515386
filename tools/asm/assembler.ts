// The typed assembler: every instruction is a method, operands are values, labels are strings.
import type { Code, Instruction } from "iced-x86";
import {
  encode,
  encodeCode,
  encodeRaw,
  formatInstruction,
  mnemonics,
  type Encoded,
  type MnemonicName,
  type Prefix,
} from "./encode";
import { layout, type Item, type ObjectSection } from "./layout";
import { symbol, type Operand, type Register, type SymbolRef } from "./operands";

/** What an assembler module or a compiled function is before linking. Names not in `globals` are its own. */
export interface ObjectModule {
  readonly name: string;
  readonly sections: readonly ObjectSection[];
  readonly globals: ReadonlySet<string>;
  /** Made where a symbol was first named, so that its stack tells the place; of routines only. */
  readonly mentions?: ReadonlyMap<string, Error>;
}

type DataWord = number | string | SymbolRef;
type Mnemonics = Exclude<MnemonicName, "db" | "dw" | "dd" | "dq">;
type InstructionMethods = { [M in Mnemonics]: (...operands: Operand[]) => Assembler };

export type Assembler = AssemblerCore & InstructionMethods;

/** A routine that writes code, such as the default export of a `*.asm.ts` file. */
export type AssemblyRoutine = (a: Assembler) => void;

class AssemblerCore {
  private readonly contents = new Map<string, Item[]>();
  private readonly defined = new Set<string>();
  private readonly globals = new Set<string>();
  private current: Item[] = [];
  private pendingPrefix: Prefix | undefined;
  private currentPosition = -1;
  private freshCount = 0;
  private readonly mentions = new Map<string, Error>();

  /** With `tracing`, remembers where symbols are named. */
  constructor(
    readonly name = "assembly",
    private readonly tracing = false,
  ) {
    this.section(".text");
  }

  /** Continues in a section: `.text` (the start), `.boot`, `.data` or another name that the linker knows. */
  section(name: string): this {
    let items = this.contents.get(name);
    if (!items) this.contents.set(name, (items = []));
    this.current = items;
    return this;
  }

  /** Defines a label here. Names are the module's own unless `global`. */
  label(name: string): this {
    if (this.defined.has(name)) throw new Error(`${this.name}: label ${name} is defined twice`);
    this.defined.add(name);
    this.current.push({ kind: "label", name });
    return this;
  }

  /** A name that no other label of this module has. */
  fresh(prefix = "L"): string {
    return `.${prefix}${this.freshCount++}`;
  }

  /** Makes labels of this module visible to other modules and in the symbol table. */
  global(...names: string[]): this {
    for (const name of names) this.globals.add(name);
    return this;
  }

  /** `global` and `label`. */
  function(name: string): this {
    return this.global(name).label(name);
  }

  /** Pads to a multiple of `bytes` (a power of two) with NOPs or `fill`. */
  align(bytes: number, fill = 0x90): this {
    this.current.push({ kind: "align", bytes, fill });
    return this;
  }

  db(...values: (number | string | Uint8Array)[]): this {
    for (const value of values) {
      if (typeof value === "number") this.rawBytes(Uint8Array.of(value));
      else this.rawBytes(typeof value === "string" ? new TextEncoder().encode(value) : value);
    }
    return this;
  }

  dw(...values: number[]): this {
    return this.rawBytes(Uint8Array.from(values.flatMap((v) => [v & 0xff, (v >> 8) & 0xff])));
  }

  /** 32-bit words: numbers, or addresses of symbols. */
  dd(...values: DataWord[]): this {
    for (const value of values) {
      const target = typeof value === "string" ? symbol(value) : value;
      const bytes = new Uint8Array(4);
      if (typeof target === "number") new DataView(bytes.buffer).setUint32(0, target >>> 0, true);
      const fixups =
        typeof target === "number"
          ? []
          : [{ offset: 0, kind: "absolute" as const, symbol: target.name, addend: target.addend }];
      this.pushCode({ bytes, fixups }, ".dd");
    }
    return this;
  }

  /** `count` bytes of zero. */
  space(count: number): this {
    return this.rawBytes(new Uint8Array(count));
  }

  rep(): Assembler {
    return this.withPrefix("rep");
  }

  repne(): Assembler {
    return this.withPrefix("repne");
  }

  lock(): Assembler {
    return this.withPrefix("lock");
  }

  /** Source position (the caller's number) of what follows; -1 for none. */
  position(position: number): this {
    this.currentPosition = position;
    return this;
  }

  /**
   * Tells debuggers where the caller's frame is from here on: `depth` bytes above ESP, return address included, with
   * `saved` pushed in this order behind the return address. A function begins with `frame(4)`.
   */
  frame(depth: number, ...saved: Register[]): this {
    this.current.push({ kind: "frame", depth, saved: saved.map((r) => r.number) });
    return this;
  }

  /** Tells debuggers that what follows was not called. */
  outermostFrame(): this {
    this.current.push({ kind: "frame", depth: undefined, saved: [] });
    return this;
  }

  /** An instruction by name; what the instruction methods call. */
  instruction(mnemonic: string, operands: readonly Operand[]): Assembler {
    const prefix = this.pendingPrefix;
    this.pendingPrefix = undefined;
    const target = operands.length === 1 ? operands[0] : undefined;
    if (typeof target === "string" && mnemonic !== "push" && mnemonic !== "call") {
      this.mention(target);
      this.current.push({ kind: "branch", mnemonic, target, position: this.currentPosition });
    } else if (typeof target === "number" && /^(j|call|loop)/.test(mnemonic)) {
      this.current.push({ kind: "absolute-branch", mnemonic, target, position: this.currentPosition });
    } else this.pushCode(encode(mnemonic, operands, prefix), formatInstruction(mnemonic, operands, prefix));
    return this as unknown as Assembler;
  }

  /** The exact encoding `code` of iced-x86's tables. */
  op(code: Code, ...operands: Operand[]): Assembler {
    const prefix = this.pendingPrefix;
    this.pendingPrefix = undefined;
    this.pushCode(encodeCode(code, operands, prefix), formatInstruction(`code#${code}`, operands, prefix));
    return this as unknown as Assembler;
  }

  /** An iced-x86 instruction; it is freed. Branches in it must not be relative. */
  emit(instruction: Instruction): Assembler {
    const text = instruction.toString();
    this.pushCode(encodeRaw(instruction), text);
    instruction.free();
    return this as unknown as Assembler;
  }

  /** Lays the sections out and checks that what is declared global is defined. */
  finish(): ObjectModule {
    for (const name of this.globals) {
      if (!this.defined.has(name)) throw new Error(`${this.name}: global ${name} is not defined`);
    }
    const sections = [...this.contents]
      .filter(([, items]) => items.length > 0)
      .map(([name, items]) => layout(name, items));
    return { name: this.name, sections, globals: this.globals, mentions: this.mentions };
  }

  /** The program as text, one item a line. */
  print(): string {
    const lines: string[] = [];
    for (const [name, items] of this.contents) {
      if (!items.length) continue;
      lines.push(`section ${name}`);
      for (const item of items) {
        if (item.kind === "frame") continue;
        if (item.kind === "label") lines.push(`${item.name}:`);
        else if (item.kind === "align") lines.push(`  align ${item.bytes}`);
        else if (item.kind === "code") lines.push(`  ${item.text}`);
        else lines.push(`  ${formatInstruction(item.mnemonic, [item.target])}`);
      }
    }
    return lines.join("\n") + "\n";
  }

  private withPrefix(prefix: Prefix): Assembler {
    this.pendingPrefix = prefix;
    return this as unknown as Assembler;
  }

  private rawBytes(bytes: Uint8Array): this {
    const text = `db ${[...bytes.slice(0, 16)].join(", ")}${bytes.length > 16 ? ", ..." : ""}`;
    this.pushCode({ bytes, fixups: [] }, text);
    return this;
  }

  private pushCode(encoded: Encoded, text: string): void {
    for (const { symbol } of encoded.fixups) this.mention(symbol);
    this.current.push({ kind: "code", encoded, text, position: this.currentPosition });
  }

  private mention(symbol: string): void {
    if (this.tracing && !this.mentions.has(symbol)) this.mentions.set(symbol, new Error(symbol));
  }
}

function defineInstructions(): void {
  const prototype = AssemblerCore.prototype as unknown as Record<string, unknown>;
  for (const name of mnemonics()) {
    if (name in prototype) continue;
    prototype[name] = function (this: AssemblerCore, ...operands: Operand[]) {
      return this.instruction(name, operands);
    };
  }
}

let instructionsDefined = false;

/** An empty module; `name` appears in errors. */
export function createAssembler(name?: string, tracing?: boolean): Assembler {
  if (!instructionsDefined) defineInstructions();
  instructionsDefined = true;
  return new AssemblerCore(name, tracing) as Assembler;
}

/** Runs a routine into a module of its own. */
export function assembleModule(routine: AssemblyRoutine, name?: string): ObjectModule {
  const a = createAssembler(name, true);
  routine(a);
  return a.finish();
}
