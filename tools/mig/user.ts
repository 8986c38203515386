// User stubs: a function for each routine that sends its request and takes its reply apart.
import {
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_INLINE,
  MSG_TYPE_NUMBER_SHIFT,
} from "../../abi/mach_msg";
import { banner, Source, storeDescriptor, word } from "./emit";
import { arrivalType, byteLength, descriptorWord, isPolymorphic, Item, Layout, layoutOf } from "./layout";
import { Argument, Routine, Subsystem } from "./parse";

/** Parameters of the stub that stand for one argument. */
function parameters(argument: Argument): string[] {
  const { name, type, direction } = argument;
  const list: string[] = [];
  if (direction === "sreplyport") return list;
  if (direction !== "out" && direction !== "inout") {
    list.push(
      `${name}: ${type.byReference || type.place === "pointer" ? "usize" : type.bits > 32 ? "u64" : "u32"}`,
    );
    if (type.variable) list.push(`${name}Cnt: u32`);
    if (argument.deallocArgument) list.push(`${name}Dealloc: u32`);
    if (isPolymorphic(type)) list.push(`${name}Poly: u32`);
  } else {
    list.push(`${name}: usize`);
    if (type.variable) list.push(`${name}Cnt: usize`);
    if (isPolymorphic(type)) list.push(`${name}Poly: usize`);
  }
  return list;
}

/** Statements that store one request item; `at` names the base that its offset counts from. */
function storeItem(out: Source, item: Item, at: string): void {
  const { type, argument } = item;
  if (item.role === "count") {
    out.line(`store<u32>(${at}, ${word(descriptorWord(item))}, ${item.offset});`);
    out.line(`store<u32>(${at}, load<u32>(${argument!.name}Cnt), ${item.data});`);
    return;
  }
  const name = argument!.name;
  let value = name;
  let first = word(descriptorWord(item));
  let number = String(type.number);
  if (argument!.direction === "inout") value = `load<u32>(${name})`;
  if (isPolymorphic(type)) first = `${word(descriptorWord(item, 0))} | ${name}Poly`;
  if (type.variable) {
    number = type.unit === 1 ? `${name}Cnt` : `${name}Cnt * ${type.unit}`;
    if (type.place !== "pointer") {
      out.line(`if (${name}Cnt > ${type.number / type.unit}) return MIG_ARRAY_TOO_LARGE;`);
    }
    if (!item.long) first = `${first} | (${number} << ${MSG_TYPE_NUMBER_SHIFT})`;
    if (argument!.deallocArgument) first = `${first} | (${name}Dealloc ? ${word(MSG_TYPE_DEALLOCATE)} : 0)`;
  }
  for (const line of storeDescriptor(at, item, first, number)) out.line(line);
  if (type.place === "pointer") {
    out.line(`store<u32>(${at}, <u32>${value}, ${item.data});`);
  } else if (type.variable) {
    out.line(`memory.copy(${at} + ${item.data}, ${name}, ${bytes(item, name + "Cnt")});`);
  } else if (type.byReference) {
    const copy = type.msgType === 12 ? "mig_strncpy" : "memory.copy";
    out.line(`${copy}(${at} + ${item.data}, ${name}, ${byteLength(type)});`);
  } else {
    out.line(`store<${type.bits > 32 ? "u64" : "u32"}>(${at}, ${value}, ${item.data});`);
  }
}

/** Bytes of `count` declared elements. */
function bytes(item: Item, count: string): string {
  const unit = (item.type.unit * item.type.bits) / 8;
  return unit === 1 ? count : `${count} * ${unit}`;
}

/** Bytes that `count` declared elements fill in the message. */
function padded(item: Item, count: string): string {
  const text = bytes(item, count);
  return (item.type.unit * item.type.bits) % 32 === 0 ? text : `((${text} + 3) & ~3)`;
}

/** Statements that check and hand over one reply item. */
function loadItem(out: Source, item: Item, at: string): void {
  const { type } = item;
  const name = item.argument!.name;
  if (type.place === "pointer") {
    out.line(`store<u32>(${name}, load<u32>(${at}, ${item.data}));`);
    out.line(`store<u32>(${name}Cnt, load<u32>(${at}, ${item.offset + 8})${per(type.unit)});`);
  } else if (type.variable) {
    loadVariable(out, item, at);
  } else if (type.byReference) {
    out.line(`memory.copy(${name}, ${at} + ${item.data}, ${byteLength(type)});`);
  } else {
    const width = type.bits > 32 ? "u64" : "u32";
    out.line(`store<${width}>(${name}, load<${width}>(${at}, ${item.data}));`);
    if (isPolymorphic(type)) out.line(`store<u32>(${name}Poly, load<u32>(${at}, ${item.offset}) & 0xff);`);
  }
}

function per(unit: number): string {
  return unit === 1 ? "" : ` / ${unit}`;
}

function loadVariable(out: Source, item: Item, at: string): void {
  const name = item.argument!.name;
  const { type } = item;
  const count = `${name}_count`;
  const number = item.long
    ? `load<u32>(${at}, ${item.offset + 8})`
    : `((load<u32>(${at}, ${item.offset}) >> ${MSG_TYPE_NUMBER_SHIFT}) & 0xfff)`;
  out.line(`const ${count}: u32 = ${number}${per(type.unit)};`);
  const target = type.place === "either" ? `load<usize>(${name})` : name;
  if (type.place === "either") {
    out.line(`if ((load<u32>(${at}, ${item.offset}) & ${word(MSG_TYPE_INLINE)}) == 0) {`);
    out.line(`store<u32>(${name}, load<u32>(${at}, ${item.data}));`);
    out.line("} else {");
  }
  out.line(
    `if (${count} > ${type.number / type.unit} || ${count} > load<u32>(${name}Cnt)) return MIG_ARRAY_TOO_LARGE;`,
  );
  out.line(`memory.copy(${target}, ${at} + ${item.data}, ${bytes(item, count)});`);
  if (type.place === "either") out.line("}");
  out.line(`store<u32>(${name}Cnt, ${count});`);
}

/** Expected first words of fixed reply descriptors, or-ed differences; ports arrive by a type of their own. */
function checks(items: Item[]): string[] {
  return items
    .filter((item) => !isPolymorphic(item.type) && !item.type.variable && !item.long)
    .map((item) => `(load<u32>(m, ${item.offset}) ^ ${word(descriptorWord(item, arrivalType(item.type)))})`);
}

/** The stub's body after the request is stored: `size` is an expression for the request's size. */
function call(out: Source, layout: Layout, complex: string, size: string): void {
  const { routine, reply } = layout;
  const port = routine.arguments[0];
  const bits = isPolymorphic(port.type) ? `${port.name}Poly` : port.type.msgType;
  if (!reply) {
    const local = routine.arguments.find(({ direction }) => direction === "ureplyport");
    const localBits = local ? ` | ${local.type.msgType << 8}` : "";
    out.line(
      `return mig_send(m, ${port.name}, ${local?.name ?? 0}, ${bits}${localBits}${complex}, ${routine.id}, ${size});`,
    );
    return;
  }
  const both = port.type.msgType | (MACH_MSG_TYPE_MAKE_SEND_ONCE << 8);
  const call = `mig_rpc(m, ${port.name}, ${both}${complex}, ${routine.id}, ${size}, ${reply.size}, ${reply.minimum})`;
  const items = reply.items.slice(1);
  if (items.length === 0) {
    out.line(`return ${call};`);
    return;
  }
  out.line(`const result = ${call};`);
  out.line("if (result != 0) return result;");
  const compared = checks(items);
  if (compared.length) out.line(`if ((${compared.join(" | ")}) != 0) return MIG_TYPE_ERROR;`);
  let at = "m";
  items.forEach((item, index) => {
    loadItem(out, item, at);
    if (item.type.variable && item.type.place !== "pointer" && index + 1 < items.length) {
      const next = `m${index}`;
      out.line(`const ${next} = ${at} + ${padded(item, item.argument!.name + "_count")} - ${item.size};`);
      at = next;
    }
  });
  out.line("return 0;");
}

/** Largest message that a stub keeps on the caller's stack. A larger one has a place of its own, for one call at a time. */
const STACK_LIMIT = 8192;

function stub(out: Source, routine: Routine): void {
  const layout = layoutOf(routine);
  const { request, reply } = layout;
  const all = routine.arguments.flatMap(parameters);
  out.line();
  out.line(`/** ${routine.id}${routine.oneWay ? ", one way" : ""} */`);
  out.line(`export function ${routine.name}(${all.join(", ")}): i32 {`);
  const room = Math.max(request.size, reply?.size ?? 0);
  out.line(`const m = ${room <= STACK_LIMIT ? `stackAlloc(${room})` : `memory.data(${room}, 4)`};`);
  let at = "m";
  let size = String(request.size);
  request.items.forEach((item, index) => {
    storeItem(out, item, at);
    if (item.type.variable && item.type.place !== "pointer") {
      const next = `r${index}`;
      out.line(`const ${next} = ${at} + ${padded(item, item.argument!.name + "Cnt")} - ${item.size};`);
      at = next;
      size = `<u32>(${next} - m) + ${request.size}`;
    }
  });
  let complex = "";
  if (request.complex === "always") complex = ` | ${word(MACH_MSGH_BITS_COMPLEX)}`;
  else if (request.complex === "sometimes") {
    const poly = request.items
      .filter((item) => isPolymorphic(item.type))
      .map((item) => `${item.argument!.name}Poly`);
    if (poly.length) complex = ` | (${poly.join(" | ")} ? <u32>${word(MACH_MSGH_BITS_COMPLEX)} : 0)`;
  }
  call(out, layout, complex, size);
  out.line("}");
}

export function userStubs(subsystem: Subsystem, file: string): string {
  const out = new Source();
  for (const line of banner(file, "User stubs")) out.line(line);
  out.line(
    "// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.",
  );
  out.line('import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";');
  out.line('import { stackAlloc } from "../../guest/i386";');
  out.line('import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";');
  for (const routine of subsystem.routines) stub(out, routine);
  return out.toString();
}
