// Reads interface files (.defs, the MIG language): a subsystem, its types, its routines in the order of their numbers.
// Understood is what the files in abi/defs use:
//
//   subsystem NAME BASE ;
//   import "FILE.defs" ;
//   type NAME = SPEC [| MSG_TYPE] [intran: NAME] [outtran: NAME] [destructor: NAME] ;
//   SPEC: (MSG_TYPE, BITS) | MSG_TYPE-less NAME of an earlier type | polymorphic
//       | array [N] of SPEC | array [*:N] of SPEC | array [] of SPEC | ^array [] of SPEC | struct [N] of SPEC | c_string [N]
//   routine | simpleroutine NAME ( ARG ; ... ) ;      skip [N] ;
//   ARG: [in | out | inout | requestport | ureplyport | sreplyport] NAME : TYPE [, CountInOut] [, dealloc[]]
//
// A MSG_TYPE behind a SPEC is what the right arrives as. A comment /** ... */ before a routine describes it, the first comment
// of a file its subsystem.
import * as msg from "../../abi/mach_msg";

export class DefsError extends Error {}

/** What a type looks like in a message. */
export interface MigType {
  /** MACH_MSG_TYPE_* of one element; MACH_MSG_TYPE_POLYMORPHIC for a port with a disposition beside it. */
  msgType: number;
  /** Bits of one element. */
  bits: number;
  /** Elements; the most there may be if `variable`. */
  number: number;
  variable: boolean;
  /** inline: in the message; pointer: out of line; either: inline if it fits, else out of line. */
  place: "inline" | "pointer" | "either";
  /** The value handed over is an address (arrays, structures) and not a word. */
  byReference: boolean;
  /** Words handed over as 0 or 1. */
  boolean: boolean;
  /** The type by which a right arrives, where its disposition does not tell. */
  arrival?: number;
  intran?: string;
  outtran?: string;
  destructor?: string;
  /** Bytes that follow a type of no fixed element: each declared element is `unit` message elements. */
  unit: number;
}

const DIRECTIONS = ["in", "out", "inout", "requestport", "ureplyport", "sreplyport"] as const;
/** A ureplyport is the caller's choice of where the reply goes; a sreplyport is the server's to reply to later. */
export type Direction = (typeof DIRECTIONS)[number];

export interface Argument {
  name: string;
  direction: Direction;
  type: MigType;
  /** Name of the type in the interface file, where it has one. */
  typeName: string;
  countInOut: boolean;
  /** The caller says whether the out-of-line memory is given away. */
  deallocArgument: boolean;
}

export interface Routine {
  name: string;
  id: number;
  oneWay: boolean;
  /** What the interface file says of it. */
  description: string;
  arguments: Argument[];
}

export interface Subsystem {
  name: string;
  base: number;
  /** The comment on top of its file. */
  description: string;
  routines: Routine[];
}

/** Elements of an `array []` that are sent inline: up to this many bytes. */
export const INLINE_LIMIT = 2048;

const MESSAGE_TYPES: Record<string, number> = Object.fromEntries(
  Object.entries(msg).filter(([name]) => name.startsWith("MACH_MSG_TYPE_")),
);

interface Token {
  text: string;
  line: number;
  /** The describing comment just before it. */
  description: string;
}

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|\/\*([^]*?)\*\/|\/\/[^\n]*|("[^"\n]*"|[A-Za-z_]\w*|\d+|[()[\]:;,=^*|])|(.)/g;
  let line = 1;
  let description = "";
  for (const match of text.matchAll(pattern)) {
    const [, comment, symbol, stray] = match;
    if (stray !== undefined) throw new DefsError(`${file}:${line}: unexpected '${stray}'`);
    // The first comment describes the file.
    if (comment?.startsWith("*") || (comment && tokens.length === 0))
      description = comment.replace(/^\*|\s+/g, " ").trim();
    if (symbol !== undefined) {
      tokens.push({ text: symbol, line, description });
      description = "";
    }
    line += match[0].split("\n").length - 1;
  }
  return tokens;
}

export interface FileReader {
  (file: string): string;
}

class Parser {
  private tokens: Token[];
  private at = 0;

  constructor(
    private readonly file: string,
    private readonly read: FileReader,
    readonly types: Map<string, MigType>,
  ) {
    this.tokens = tokenize(read(file), file);
  }

  private fail(what: string): never {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)];
    throw new DefsError(`${this.file}:${token?.line ?? 1}: ${what}`);
  }

  private next(): string {
    const token = this.tokens[this.at];
    if (!token) this.fail("unexpected end of file");
    this.at++;
    return token.text;
  }

  private peek(): string {
    return this.tokens[this.at]?.text ?? "";
  }

  private accept(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}', found '${this.peek()}'`);
  }

  private number(): number {
    const text = this.next();
    if (!/^\d+$/.test(text)) this.fail(`expected a number, found '${text}'`);
    return Number(text);
  }

  parse(): Subsystem | undefined {
    let subsystem: Subsystem | undefined;
    let id = 0;
    while (this.at < this.tokens.length) {
      const { description } = this.tokens[this.at];
      const word = this.next();
      if (word === "subsystem") {
        subsystem = { name: this.next(), base: this.number(), description, routines: [] };
        id = subsystem.base;
        this.expect(";");
      } else if (word === "import") {
        const name = this.next().slice(1, -1);
        this.expect(";");
        new Parser(name, this.read, this.types).parse();
      } else if (word === "type") {
        this.typeDeclaration();
      } else if (word === "skip") {
        id += this.peek() === ";" ? 1 : this.number();
        this.expect(";");
      } else if (word === "routine" || word === "simpleroutine") {
        if (!subsystem) this.fail("routine before subsystem");
        subsystem.routines.push(this.routine(id++, word === "simpleroutine", description));
      } else {
        this.at--;
        this.fail(`unexpected '${word}'`);
      }
    }
    return subsystem;
  }

  private typeDeclaration(): void {
    const name = this.next();
    this.expect("=");
    const type = { ...this.typeSpec() };
    type.boolean ||= name === "boolean_t";
    if (this.accept("|")) type.arrival = this.messageType();
    while (!this.accept(";")) {
      const key = this.next();
      if (key !== "intran" && key !== "outtran" && key !== "destructor")
        this.fail(`unknown attribute '${key}'`);
      this.expect(":");
      type[key] = this.next();
    }
    this.types.set(name, type);
  }

  private typeSpec(): MigType {
    if (this.accept("^")) return { ...this.typeSpec(), place: "pointer" };
    const word = this.next();
    switch (word) {
      case "(": {
        const msgType = this.messageType();
        this.expect(",");
        const bits = this.number();
        this.expect(")");
        return element(msgType, bits);
      }
      case "polymorphic":
        return element(msg.MACH_MSG_TYPE_POLYMORPHIC, 32);
      case "struct":
      case "array": {
        const bound = this.bound();
        this.expect("of");
        return repeat(this.typeSpec(), bound);
      }
      case "c_string": {
        const bound = this.bound();
        return { ...element(msg.MACH_MSG_TYPE_STRING_C, bound.number * 8), byReference: true };
      }
      default: {
        const type = this.types.get(word);
        if (type) return type;
        this.at--;
        if (word in MESSAGE_TYPES) {
          const msgType = this.messageType();
          return element(msgType, 32);
        }
        this.fail(`unknown type '${word}'`);
      }
    }
  }

  private messageType(): number {
    const name = this.next();
    const value = MESSAGE_TYPES[name];
    if (value === undefined) this.fail(`unknown message type '${name}'`);
    return value;
  }

  /** [N], [*:N] or [] */
  private bound(): { number: number; variable: boolean } {
    this.expect("[");
    if (this.accept("]")) return { number: 0, variable: true };
    if (this.accept("*")) {
      this.expect(":");
      const number = this.number();
      this.expect("]");
      return { number, variable: true };
    }
    const number = this.number();
    this.expect("]");
    return { number, variable: false };
  }

  private routine(id: number, oneWay: boolean, description: string): Routine {
    const name = this.next();
    const args: Argument[] = [];
    this.expect("(");
    while (!this.accept(")")) {
      args.push(this.argument(args.length === 0));
      if (this.peek() !== ")") this.expect(";");
    }
    this.expect(";");
    if (args[0]?.direction !== "requestport")
      this.fail(`${name}: the first argument must be the request port`);
    return { name, id, oneWay, description, arguments: args };
  }

  private argument(first: boolean): Argument {
    const given = DIRECTIONS.find((word) => this.accept(word));
    const direction = given ?? (first ? "requestport" : "in");
    const name = this.next();
    this.expect(":");
    const typeName = this.peek();
    const type = this.typeSpec();
    let countInOut = false;
    let deallocArgument = false;
    while (this.accept(",")) {
      const flag = this.next();
      if (flag === "CountInOut") countInOut = true;
      else if (flag === "dealloc") {
        this.expect("[");
        this.expect("]");
        deallocArgument = true;
      } else this.fail(`unknown flag '${flag}'`);
    }
    return { name, direction, type, typeName, countInOut, deallocArgument };
  }
}

function element(msgType: number, bits: number): MigType {
  return {
    msgType,
    bits,
    number: 1,
    variable: false,
    place: "inline",
    byReference: false,
    boolean: false,
    unit: 1,
  };
}

function repeat(inner: MigType, bound: { number: number; variable: boolean }): MigType {
  const unit = inner.number;
  const unbounded = bound.variable && bound.number === 0;
  const limit = Math.floor(INLINE_LIMIT / ((unit * inner.bits) / 8));
  return {
    ...inner,
    number: unit * (unbounded ? limit : bound.number),
    variable: bound.variable,
    place: unbounded ? "either" : "inline",
    byReference: true,
    boolean: false,
    unit,
    intran: undefined,
    outtran: undefined,
    destructor: undefined,
  };
}

/** Parses `file` with its imports. */
export function parseDefs(file: string, read: FileReader): Subsystem {
  const subsystem = new Parser(file, read, new Map()).parse();
  if (!subsystem) throw new DefsError(`${file}: no subsystem`);
  return subsystem;
}
