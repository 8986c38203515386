// Servers in programs: a switch over an interface's message ids that checks a request, calls the function that the
// program set for it, and makes the reply. Requests are in user form: rights are names, out-of-line memory is an address.
import { MACH_MSGH_BITS_COMPLEX, MSG_TYPE_NUMBER_MASK, MSG_TYPE_NUMBER_SHIFT } from "../../abi/mach_msg";
import { banner, Source, word } from "./emit";
import {
  arrivalType,
  descriptorWord,
  isPolymorphic,
  Item,
  Layout,
  layoutOf,
  longNameAndSize,
} from "./layout";
import { DefsError, Routine, Subsystem } from "./parse";

/** Bits of a descriptor that say nothing about the data: the memory is the receiver's in any case. */
const DEALLOCATE = 0x40000000;

function handlerType(name: string): string {
  return name.replace(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** The handler's parameters for one request item. */
function parameters(item: Item): string[] {
  const { type } = item;
  const { name } = item.argument!;
  if (type.place === "pointer" || type.byReference) {
    return type.variable ? [`${name}: usize`, `${name}Cnt: u32`] : [`${name}: usize`];
  }
  return [`${name}: u32`];
}

/** What is handed over for it. */
function values(item: Item): string[] {
  const { type } = item;
  if (type.place === "pointer") return [`load<u32>(m, ${item.data})`, `load<u32>(m, ${item.offset + 8})`];
  if (!type.byReference) return [`load<u32>(m, ${item.data})`];
  return type.variable ? [`m + ${item.data}`, `${item.argument!.name}Cnt`] : [`m + ${item.data}`];
}

/** Differences from what an item's descriptor must be, as expressions that are 0 when all is well. */
function itemChecks(item: Item): string[] {
  const type = arrivalType(item.type);
  const first = `load<u32>(m, ${item.offset})`;
  if (item.long) {
    return [
      `(${first} & ${word(~DEALLOCATE)} ^ ${word(descriptorWord(item, type))})`,
      `(load<u32>(m, ${item.offset + 4}) ^ ${word(longNameAndSize(item, type))})`,
    ];
  }
  if (item.type.variable)
    return [`(${first} & ${word(~MSG_TYPE_NUMBER_MASK)} ^ ${word(descriptorWord(item, type))})`];
  return [`(${first} ^ ${word(descriptorWord(item, type))})`];
}

/** The count of a variable inline item, which must be the last one: the message must be as long as that says. */
function checkVariable(out: Source, item: Item): void {
  const name = `${item.argument!.name}Cnt`;
  const bytes = item.type.bits / 8;
  out.line(
    `const ${name} = (load<u32>(m, ${item.offset}) & ${word(MSG_TYPE_NUMBER_MASK)}) >> ${MSG_TYPE_NUMBER_SHIFT};`,
  );
  out.line(
    `if (${name} > ${item.type.number} || load<u32>(m, MSGH_SIZE) != ${item.data} + ((${name} * ${bytes} + 3) & ~3)) return MIG_BAD_ARGUMENTS;`,
  );
}

function check(out: Source, { routine, request }: Layout): void {
  if (request.items.some(({ type }) => isPolymorphic(type) && type.arrival === undefined))
    throw new DefsError(`${routine.name}: programs do not serve such an argument`);
  const variable = request.items.findIndex(({ type }) => type.variable && type.place !== "pointer");
  if (variable >= 0 && (variable + 1 < request.items.length || request.items[variable].long))
    throw new DefsError(`${routine.name}: programs do not serve such an array`);
  const tests = [`load<u32>(m, MSGH_SIZE) ${variable >= 0 ? "<" : "!="} ${request.minimum}`];
  const carries = request.complex !== "never";
  tests.push(`(load<u32>(m) & ${word(MACH_MSGH_BITS_COMPLEX)}) ${carries ? "==" : "!="} 0`);
  out.line(`if (${tests.join(" || ")}) return MIG_BAD_ARGUMENTS;`);
  const words = request.items.flatMap(itemChecks);
  if (words.length) out.line(`if ((${words.join(" | ")}) != 0) return MIG_BAD_ARGUMENTS;`);
  if (variable >= 0) checkVariable(out, request.items[variable]);
}

function serve(out: Source, routine: Routine): void {
  const layout = layoutOf(routine);
  const { request, reply } = layout;
  if (reply && reply.items.length > 1) throw new DefsError(`${routine.name}: programs serve no results`);
  const type = handlerType(routine.name);
  const variable = `on_${routine.name}`;
  const port = routine.arguments[0].name;
  const list = [`${port}: u32`, ...request.items.flatMap(parameters)].join(", ");
  out.line();
  out.line(`export type ${type} = (${list}) => ${routine.oneWay ? "void" : "i32"};`);
  out.line(`let ${variable}: usize = 0;`);
  out.line();
  out.line(`/** Sets what ${routine.id} calls. ${routine.description} */`);
  out.line(`export function serve_${routine.name}(handler: ${type}): void {`);
  out.line(`${variable} = changetype<usize>(handler);`);
  out.line("}");
  out.line();
  out.line(`function X${routine.name}(m: usize): i32 {`);
  out.line(`if (${variable} == 0) return MIG_BAD_ID;`);
  check(out, layout);
  const call = `changetype<${type}>(${variable})(${["load<u32>(m, MSGH_LOCAL_PORT)", ...request.items.flatMap(values)].join(", ")})`;
  out.line(routine.oneWay ? `${call};` : `return ${call};`);
  if (routine.oneWay) out.line("return MIG_NO_REPLY;");
  out.line("}");
}

export function userServer(subsystem: Subsystem, file: string): string {
  const out = new Source();
  for (const line of banner(file, "A server")) out.line(line);
  out.line("// A function gets the name of the port that the message came to, then the request's items.");
  out.line('import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";');
  out.line('import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";');
  for (const routine of subsystem.routines) serve(out, routine);
  out.line();
  out.line(
    "/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */",
  );
  out.line(`export function ${subsystem.name}_server(m: usize): i32 {`);
  out.line("switch (load<i32>(m, MSGH_ID)) {");
  for (const { id, name } of subsystem.routines) {
    out.line(`case ${id}:`);
    out.line(`return X${name}(m);`);
  }
  out.line("default:");
  out.line("return MIG_BAD_ID;");
  out.line("}");
  out.line("}");
  return out.toString();
}
