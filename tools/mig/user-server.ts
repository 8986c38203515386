// Servers in programs: a switch over an interface's message ids that checks a request, calls the function that the
// program set for it, and makes the reply. Requests are in user form: rights are names, out-of-line memory is an address.
import {
  MACH_MSGH_BITS_COMPLEX,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_NUMBER_MASK,
  MSG_TYPE_NUMBER_SHIFT,
} from "../../abi/mach_msg";
import { banner, Source, storeDescriptor, word } from "./emit";
import {
  arrivalType,
  descriptorWord,
  isPolymorphic,
  isPort,
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
  return [`${name}: ${type.bits > 32 ? "u64" : "u32"}`];
}

/** The parameters for one result: where it goes, and for arrays where their count goes (before the call: the room). */
function resultParameters(item: Item): string[] {
  const { name } = item.argument!;
  return item.type.variable ? [`${name}: usize`, `${name}Cnt: usize`] : [`${name}: usize`];
}

/** What is handed over for it. */
function values(item: Item): string[] {
  const { type } = item;
  if (type.place === "pointer") return [`load<u32>(m, ${item.data})`, `load<u32>(m, ${item.offset + 8})`];
  if (!type.byReference) return [`load<${type.bits > 32 ? "u64" : "u32"}>(m, ${item.data})`];
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

/**
 * The reply of a routine with results, at `r`. Before the call cells are made for what has no place there, after it the
 * descriptors are filled in. Data out of line is given away.
 */
class Reply {
  readonly values: string[] = [];
  private readonly fill: string[] = [];
  private complex = "0";
  private size: string;

  constructor(
    private readonly out: Source,
    routine: Routine,
    items: Item[],
    size: number,
  ) {
    this.size = String(size);
    const array = items.findIndex(({ type }) => type.variable && type.place !== "pointer");
    if (array >= 0 && array + 1 < items.length)
      throw new DefsError(`${routine.name}: results behind an array are not supported`);
    for (const item of items) this.add(item, routine);
  }

  private add(item: Item, routine: Routine): void {
    const { type, offset, data } = item;
    if (isPolymorphic(type)) throw new DefsError(`${routine.name}: programs do not give such a result`);
    if (type.place === "pointer") {
      this.values.push(`r + ${data}`, `r + ${offset + 8}`);
      this.complex = word(MACH_MSGH_BITS_COMPLEX);
      this.fill.push(...storeDescriptor("r", item, word(MSG_TYPE_LONGFORM | DEALLOCATE), "").slice(0, 2));
    } else if (type.variable) this.array(item);
    else {
      this.values.push(`r + ${data}`);
      if (isPort(type)) this.complex = word(MACH_MSGH_BITS_COMPLEX);
      this.fill.push(...storeDescriptor("r", item, word(descriptorWord(item)), String(type.number)));
    }
  }

  private array(item: Item): void {
    const { type, data } = item;
    const count = `${item.argument!.name}Cnt`;
    this.out.line(`const ${count} = stackAlloc(4);`);
    this.out.line(`store<u32>(${count}, ${type.number / type.unit});`);
    const bytes = (type.unit * type.bits) / 8;
    const length = `((load<u32>(${count}) * ${bytes} + 3) & ~3)`;
    const number = `load<u32>(${count}) * ${type.unit}`;
    this.size = `${data} + ${length}`;
    if (type.place === "inline") {
      this.values.push(`r + ${data}`, count);
      const first = `${word(descriptorWord(item))} | (${number} << ${MSG_TYPE_NUMBER_SHIFT})`;
      this.fill.push(...storeDescriptor("r", item, first, number));
      return;
    }
    const cell = item.argument!.name;
    this.out.line(`const ${cell} = stackAlloc(4);`);
    this.out.line(`store<usize>(${cell}, r + ${data});`);
    this.values.push(cell, count);
    this.fill.push(`const inPlace = load<usize>(${cell}) == r + ${data};`);
    const first = `${word(MSG_TYPE_LONGFORM)} | (inPlace ? ${word(MSG_TYPE_INLINE)} : ${word(DEALLOCATE)})`;
    this.fill.push(...storeDescriptor("r", item, first, number));
    this.fill.push(`if (!inPlace) store<u32>(r, load<u32>(${cell}), ${data});`);
    this.size = `${data} + (inPlace ? ${length} : 4)`;
    const fixed = this.complex;
    this.complex = `(inPlace ? <u32>${fixed} : ${word(MACH_MSGH_BITS_COMPLEX)})`;
  }

  finish(): void {
    for (const line of this.fill) this.out.line(line);
    this.out.line(`return mig_reply(m, r, ${this.size}, ${this.complex});`);
  }
}

function serve(out: Source, routine: Routine): void {
  const layout = layoutOf(routine);
  const { request, reply } = layout;
  const results = reply?.items.slice(1) ?? [];
  const type = handlerType(routine.name);
  const variable = `on_${routine.name}`;
  const port = routine.arguments[0].name;
  const parameterList = [...request.items.flatMap(parameters), ...results.flatMap(resultParameters)];
  const list = [`${port}: u32`, ...parameterList].join(", ");
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
  const call = (more: string[]) =>
    `changetype<${type}>(${variable})(${["load<u32>(m, MSGH_LOCAL_PORT)", ...request.items.flatMap(values), ...more].join(", ")})`;
  if (results.length > 0) {
    out.line(`const r = stackAlloc(${reply!.size});`);
    const answer = new Reply(out, routine, results, reply!.size);
    out.line(`const result = ${call(answer.values)};`);
    out.line("if (result != 0) return result;");
    answer.finish();
  } else out.line(routine.oneWay ? `${call([])};` : `return ${call([])};`);
  if (routine.oneWay) out.line("return MIG_NO_REPLY;");
  out.line("}");
}

export function userServer(subsystem: Subsystem, file: string): string {
  const out = new Source();
  for (const line of banner(file, "A server")) out.line(line);
  out.line("// A function gets the name of the port that the message came to, then the request's items.");
  out.line('import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";');
  out.line('import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";');
  const replies = subsystem.routines.some((routine) => (layoutOf(routine).reply?.items.length ?? 0) > 1);
  if (replies) {
    out.line('import { stackAlloc } from "../../guest/i386";');
    out.line('import { mig_reply } from "../lib/mig";');
  }
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
