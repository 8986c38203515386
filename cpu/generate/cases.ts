/** The text of the main loop's regular cases. `op` is the micro-op, `p` an address in core memory, `value` and `clocks` numbers. */
import { CONDITIONS, FORMS } from "./table";
import type { Family, Form, Operation, Place, ValueType } from "./table";

export interface Case {
  readonly name: string;
  /** Statements up to and including the last `continue`. */
  readonly lines: readonly string[];
}

const NEXT = ["op += OP_SIZE;", "continue;"];

/** Goes to the micro-op that `jumpTarget` finds. Without one, `op` 0 says that fetching failed. */
const TAKE_JUMP = [
  "clocks = takenClocks(op);",
  "p = jumpTarget(op);",
  "if (!p) {",
  "  op = 0;",
  "  break;",
  "}",
  "chargeTaken(clocks, p);",
  "op = p;",
  "continue;",
];

const bytes = (type: ValueType): number => Number(type.slice(1)) / 8;

function address(place: "R1" | "R2"): string {
  return `load<u16>(op, OP_${place})`;
}

/** An operand as an expression. */
function read(place: Place, type: ValueType): string {
  switch (place) {
    case "R1":
    case "R2":
      return `load<${type}>(${address(place)})`;
    case "immediate":
      return `load<${type}>(op, OP_IMM)`;
    case "memory":
      return `load<${type}>(p)`;
    case "CL":
      return "value";
  }
}

/** The statements of an operation at one form. */
function statements({ does, type, source = type }: Operation, form: Form): string[] {
  const [target, from] = FORMS[form];
  const stores = does.startsWith("a = ");
  const body = stores ? does.slice(4) : does;
  const readsTarget = /\ba\b/.test(body);
  const result = body.replace(/\b[ab]\b/g, (name) =>
    name === "a" ? read(target, type) : read(from!, source),
  );
  if (target === "memory" && stores) {
    if (!readsTarget) return [`if (!write${8 * bytes(type)}(address(op), ${result})) break;`];
    return [
      `p = modifyPointer(address(op), ${bytes(type)});`,
      "if (!p) break;",
      `store<${type}>(p, ${result});`,
      "commit(p);",
    ];
  }
  const statement = stores ? `store<${type}>(${address("R1")}, ${result});` : `${result};`;
  if (from === "CL") return ["value = load<u8>(REG_ECX) & 31;", `if (value) ${statement}`];
  if (target !== "memory" && from !== "memory") return [statement];
  const size = bytes(from === "memory" ? source : type);
  return [`p = readPointer(address(op), ${size});`, "if (!p) break;", statement];
}

/** For each condition and its negation. */
function conditional(prefix: string, lines: (holds: string, test: string) => string[]): Case[] {
  return CONDITIONS.flatMap(({ names, test }) => {
    const not = test.includes(" ") ? `!(${test})` : `!${test}`;
    return [
      { name: prefix + names[0], lines: lines(test, test) },
      { name: prefix + names[1], lines: lines(not, `u32(${not})`) },
    ];
  });
}

/** The cases of a family, operation by operation; none for a family written by hand. */
export function casesOf(family: Family): Case[] {
  if ("operations" in family) {
    return family.operations.flatMap((operation) =>
      operation.forms.map((form) => ({
        name: `${operation.name}_${form}`,
        lines: [...statements(operation, form), ...NEXT],
      })),
    );
  }
  if (!("prefix" in family)) return [];
  if (family.prefix === "SET") {
    return conditional("SET", (_holds, bit) => [`setByte(op, ${bit});`, ...NEXT]);
  }
  return conditional("J", (holds) => [
    `if (${holds}) {`,
    ...TAKE_JUMP.map((line) => `  ${line}`),
    "}",
    ...NEXT,
  ]);
}

/** The handlers of a family in the order of their numbers. */
export function handlersOf(family: Family): readonly string[] {
  if ("written" in family) return family.written;
  if ("prefix" in family) return casesOf(family).map(({ name }) => name);
  const forms = new Set(family.operations.flatMap((operation) => operation.forms));
  return [...forms].flatMap((form) =>
    family.operations.filter((o) => o.forms.includes(form)).map((o) => `${o.name}_${form}`),
  );
}
