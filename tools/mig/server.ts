// The kernel's servers: a function for each routine that checks a request, calls the routine and fills the reply, entered
// into the kernel's table by its message id. Requests are in kernel form: items are checked so that a word is only taken
// for a port or for memory if the message system made it one.
import {
  MACH_MSGH_BITS_COMPLEX,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_NUMBER_SHIFT,
} from "../../abi/mach_msg";
import { banner, Source, word } from "./emit";
import { CONVERSIONS, KERNEL_ROUTINES, Served } from "./kernel-routines";
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
import { DefsError, Subsystem } from "./parse";

const SERVED = new Map<string, Served>(
  KERNEL_ROUTINES.flatMap((served) => served.routines.map((name): [string, Served] => [name, served])),
);

/** Replies up to this size fit into any message buffer. */
const SMALL_REPLY = 240;

class Imports {
  private readonly modules = new Map<string, Set<string>>();

  add(module: string, name: string): void {
    const names = this.modules.get(module) ?? new Set();
    this.modules.set(module, names.add(name));
  }

  conversion(name: string): string {
    const conversion = CONVERSIONS[name];
    if (!conversion) throw new DefsError(`no module is known for ${name}`);
    this.add(`../${conversion.module}`, name);
    if (conversion.typeModule) this.add(`../${conversion.typeModule}`, conversion.type);
    return name;
  }

  lines(): string[] {
    return [...this.modules]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => `import { ${[...names].sort().join(", ")} } from "${module}";`);
  }
}

/** Whether the item's length is known from its descriptor only. */
function isArray({ type }: Item): boolean {
  return type.variable && type.place !== "pointer";
}

class RoutineServer {
  private readonly out: Source;
  private readonly after: string[] = [];
  private readonly onSuccess: string[] = [];
  private readonly fill: string[] = [];
  private complexReply = false;
  private size = "32";

  constructor(
    out: Source,
    private readonly layout: Layout,
    private readonly served: Served,
    private readonly imports: Imports,
  ) {
    this.out = out;
    for (const { items } of [layout.request, ...(layout.reply ? [layout.reply] : [])]) {
      const first = items.findIndex(isArray);
      if (first >= 0 && !items.slice(first).every(isArray))
        throw new DefsError(`${layout.routine.name}: items behind an array are not supported`);
    }
    if ((layout.reply?.items.filter(isArray).length ?? 0) > 1)
      throw new DefsError(`${layout.routine.name}: two arrays in a reply are not supported`);
  }

  write(): void {
    const { routine } = this.layout;
    const { out } = this;
    out.line();
    out.line(`function X${routine.name}(m: usize, r: usize): i32 {`);
    this.checks();
    if (routine.oneWay) out.line("store<u32>(r, 0, MSGH_SIZE);");
    const args = this.callArguments();
    this.imports.add(`../${this.served.module}`, routine.name);
    out.line(`const result = ${routine.name}(${args.join(", ")});`);
    for (const line of this.after) out.line(line);
    const finish = [...this.onSuccess, ...this.fill];
    if (!routine.oneWay && this.layout.reply!.items.length > 1) {
      if (this.complexReply) finish.push(`store<u32>(r, load<u32>(r) | ${word(MACH_MSGH_BITS_COMPLEX)});`);
      finish.push(`store<u32>(r, ${this.size}, MSGH_SIZE);`);
    }
    if (finish.length) out.line("if (result != KERN_SUCCESS) return result;");
    for (const line of finish) out.line(line);
    out.line(finish.length ? "return KERN_SUCCESS;" : "return result;");
    out.line("}");
  }

  // --- the request ---

  private checks(): void {
    const { request } = this.layout;
    const { out } = this;
    const arrays = request.items.filter(isArray);
    const tests = [`load<u32>(m, MSGH_SIZE) ${arrays.length ? "<" : "!="} ${request.minimum}`];
    // Arrays may come out of line. Then, and for rights that may be null, what needs COMPLEX is looked at there.
    if (request.complex === "always" || (request.complex === "never" && arrays.length === 0)) {
      const expected = request.complex === "always" ? "==" : "!=";
      tests.push(`(load<u32>(m) & ${word(MACH_MSGH_BITS_COMPLEX)}) ${expected} 0`);
    }
    out.line(`if (${tests.join(" || ")}) return MIG_BAD_ARGUMENTS;`);
    const fixed = request.items.filter((item) => !isArray(item));
    const words = fixed.filter((item) => !isPolymorphic(item.type)).flatMap(itemChecks);
    if (words.length) out.line(`if ((${words.join(" | ")}) != 0) return MIG_BAD_ARGUMENTS;`);
    for (const item of fixed.filter((item) => isPolymorphic(item.type))) {
      this.imports.add("../kern/ipc_kobject", "mig_port_item");
      out.line(`if (!mig_port_item(m, ${item.offset})) return MIG_BAD_ARGUMENTS;`);
    }
    if (arrays.length) this.checkArrays(arrays);
  }

  /** The arrays, one behind the other, must end where the message ends. */
  private checkArrays(arrays: Item[]): void {
    const { out } = this;
    out.line(`let at: usize = ${arrays[0].offset};`);
    for (const item of arrays) {
      const { type } = item;
      const array = `${item.argument!.name}Array`;
      this.imports.add("../../guest/i386", "stackAlloc");
      this.imports.add("../kern/mig_array", "MigArray");
      out.line(`const ${array} = changetype<MigArray>(stackAlloc(12));`);
      const check = isPolymorphic(type) ? "mig_port_array" : "mig_array";
      const shape = isPolymorphic(type) ? "" : `${type.msgType}, ${type.bits}, ${item.long}, `;
      this.imports.add("../kern/mig_array", check);
      out.line(`at = ${check}(m, at, ${shape}${type.number}, ${array});`);
      this.imports.add("../kern/mig_array", "mig_array_free");
      this.after.push(`mig_array_free(${array});`);
    }
    this.imports.add("../kern/mig_array", "mig_array_failure");
    out.line("if (at != load<u32>(m, MSGH_SIZE)) {");
    out.line("const failure = mig_array_failure();");
    for (const item of arrays) out.line(`mig_array_free(${item.argument!.name}Array);`);
    out.line("return failure;");
    out.line("}");
  }

  private callArguments(): string[] {
    const { routine, request, reply } = this.layout;
    const args: string[] = [];
    for (const argument of routine.arguments) {
      if (argument.direction === "requestport") {
        const port = this.requestPort();
        if (port) args.push(port);
        continue;
      }
      if (argument.direction === "sreplyport") {
        args.push("changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT))", "load<u32>(r) & 0xff");
        continue;
      }
      const inItem = request.items.find((item) => item.argument === argument && item.role === "value");
      const outItem = reply?.items.find((item) => item.argument === argument);
      if (argument.direction === "in") args.push(...this.inArgument(inItem!));
      else {
        if (inItem) this.out.line(`store<u32>(r, load<u32>(m, ${inItem.data}), ${outItem!.data});`);
        const count = request.items.find((item) => item.argument === argument && item.role === "count");
        args.push(...this.outArgument(outItem!, count));
      }
    }
    return args;
  }

  private requestPort(): string | undefined {
    const { out } = this;
    const argument = this.layout.routine.arguments[0];
    const port = "changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT))";
    const { intran, destructor } = argument.type;
    if (!intran) return port;
    const converted = `${this.imports.conversion(intran)}(${port})`;
    if (this.served.withoutPort) {
      out.line(`if (${converted} == 0) return ${this.served.withoutPort};`);
      return undefined;
    }
    out.line(`const ${argument.name} = ${converted};`);
    this.destroy(argument.name, destructor);
    return argument.name;
  }

  /** The reference that a conversion made goes after the call. */
  private destroy(name: string, destructor: string | undefined): void {
    if (!destructor) return;
    this.after.push(`if (changetype<usize>(${name}) != 0) ${this.imports.conversion(destructor)}(${name});`);
  }

  private inArgument(item: Item): string[] {
    const { type } = item;
    const { name } = item.argument!;
    const cell = `load<usize>(m, ${item.data})`;
    if (type.place === "pointer") {
      const count = `load<u32>(m, ${item.offset + 8})`;
      if (isPort(type)) return [cell, count];
      this.imports.add("../vm/vm_map_copy", "VmMapCopy");
      return [`changetype<VmMapCopy>(${cell})`, count];
    }
    if (type.variable) {
      const number = `${name}Array.number${type.unit === 1 ? "" : ` / ${type.unit}`}`;
      const ports = isPolymorphic(type) ? [`load<u32>(m, ${item.offset}) & 0xff`] : [];
      return [`${name}Array.address`, number, ...ports];
    }
    if (type.byReference) return [`m + ${item.data}`];
    if (isPort(type)) {
      const port = `changetype<IpcPort>(${cell})`;
      if (isPolymorphic(type)) {
        this.imports.add("../kern/ipc_kobject", "mig_port");
        return [`mig_port(m, ${item.offset})`, `load<u32>(m, ${item.offset}) & 0xff`];
      }
      if (!type.intran) return [port];
      this.out.line(`const ${name} = ${this.imports.conversion(type.intran)}(${port});`);
      this.destroy(name, type.destructor);
      this.imports.add("../ipc/ipc_port", "ipc_port_release_send");
      this.onSuccess.push(`ipc_port_release_send(${port});`);
      return [name];
    }
    if (type.boolean) return [`load<u32>(m, ${item.data}) != 0`];
    return [type.bits > 32 ? `load<u64>(m, ${item.data})` : `load<u32>(m, ${item.data})`];
  }

  // --- the reply ---

  private outArgument(item: Item, count: Item | undefined): string[] {
    const { type } = item;
    const { name } = item.argument!;
    this.size = String(item.data + item.size);
    if (isPort(type) || type.place === "pointer") this.complexReply = true;
    if (type.place === "pointer") return this.outOfLine(item);
    if (type.variable) return this.outVariable(item, count);
    if (isPolymorphic(type)) {
      this.imports.add("../../guest/i386", "stackAlloc");
      this.out.line(`const ${name}Type = stackAlloc(4);`);
      this.fill.push(
        `store<u32>(r, ${word(descriptorWord(item, 0))} | load<u32>(${name}Type), ${item.offset});`,
      );
      return [`r + ${item.data}`, `${name}Type`];
    }
    this.fill.push(...storeLong(item, word(descriptorWord(item, arrivalType(type))), String(type.number)));
    if (!type.outtran) return [`r + ${item.data}`];
    const conversion = this.imports.conversion(type.outtran);
    const object = `changetype<${CONVERSIONS[type.outtran].type}>(load<usize>(r, ${item.data}))`;
    this.fill.push(`store<usize>(r, changetype<usize>(${conversion}(${object})), ${item.data});`);
    return [`r + ${item.data}`];
  }

  private outOfLine(item: Item): string[] {
    this.fill.push(`store<u32>(r, ${word(MSG_TYPE_LONGFORM)}, ${item.offset});`);
    this.fill.push(
      `store<u32>(r, ${word(longNameAndSize(item, arrivalType(item.type)))}, ${item.offset + 4});`,
    );
    return [`r + ${item.data}`, `r + ${item.offset + 8}`];
  }

  private outVariable(item: Item, count: Item | undefined): string[] {
    const { out } = this;
    const { type } = item;
    const { name } = item.argument!;
    const room = type.number / type.unit;
    this.imports.add("../../guest/i386", "stackAlloc");
    out.line(`const ${name}Cnt = stackAlloc(4);`);
    out.line(`store<u32>(${name}Cnt, ${count ? `min<u32>(load<u32>(m, ${count.data}), ${room})` : room});`);
    const bytes = (type.unit * type.bits) / 8;
    const length = `${bytes === 1 ? "" : `${bytes} * `}load<u32>(${name}Cnt)`;
    const padded = bytes % 4 === 0 ? length : `((${length} + 3) & ~3)`;
    if (type.place === "either") return this.outEither(item, padded);
    if (bytes % 4 !== 0) this.fill.push(`memory.fill(r + ${item.data} + ${length}, 0, 3);`);
    const number = `load<u32>(${name}Cnt)${type.unit === 1 ? "" : ` * ${type.unit}`}`;
    this.fill.push(
      `store<u32>(r, ${word(descriptorWord(item))} | (${number} << ${MSG_TYPE_NUMBER_SHIFT}), ${item.offset});`,
    );
    this.size = `${item.data} + ${padded}`;
    return [`r + ${item.data}`, `${name}Cnt`];
  }

  /** The routine gets a cell with the address of the room in the reply; it may put a VmMapCopy there instead. */
  private outEither(item: Item, padded: string): string[] {
    const { out, fill } = this;
    const { type } = item;
    const { name } = item.argument!;
    out.line(`const ${name} = stackAlloc(4);`);
    out.line(`store<usize>(${name}, r + ${item.data});`);
    const inPlace = `${name}InPlace`;
    fill.push(`const ${inPlace} = load<usize>(${name}) == r + ${item.data};`);
    fill.push(
      `store<u32>(r, ${word(MSG_TYPE_LONGFORM)} | (${inPlace} ? ${word(MSG_TYPE_INLINE)} : 0), ${item.offset});`,
    );
    fill.push(`store<u32>(r, ${word(longNameAndSize(item))}, ${item.offset + 4});`);
    fill.push(`store<u32>(r, load<u32>(${name}Cnt) * ${type.unit}, ${item.offset + 8});`);
    fill.push(`if (!${inPlace}) {`);
    fill.push(`store<usize>(r, load<usize>(${name}), ${item.data});`);
    fill.push(`store<u32>(r, load<u32>(r) | ${word(MACH_MSGH_BITS_COMPLEX)});`);
    fill.push("}");
    this.size = `${item.data} + (${inPlace} ? ${padded} : 4)`;
    return [name, `${name}Cnt`];
  }
}

/** Differences from what a request item's descriptor must be, as expressions that are 0 when all is well. */
function itemChecks(item: Item): string[] {
  const type = arrivalType(item.type);
  const first = `load<u32>(m, ${item.offset})`;
  if (!item.long) return [`(${first} ^ ${word(descriptorWord(item, type))})`];
  const place = item.type.place === "pointer" ? `(${first} & ${word(~MSG_TYPE_DEALLOCATE)})` : first;
  const checks = [
    `(${place} ^ ${word(descriptorWord(item))})`,
    `(load<u32>(m, ${item.offset + 4}) ^ ${word(longNameAndSize(item, type))})`,
  ];
  if (!item.type.variable) checks.push(`(load<u32>(m, ${item.offset + 8}) ^ ${item.type.number})`);
  return checks;
}

function storeLong(item: Item, first: string, number: string): string[] {
  const lines = [`store<u32>(r, ${first}, ${item.offset});`];
  if (item.long) {
    lines.push(`store<u32>(r, ${word(longNameAndSize(item))}, ${item.offset + 4});`);
    lines.push(`store<u32>(r, ${number}, ${item.offset + 8});`);
  }
  return lines;
}

export function kernelServer(subsystem: Subsystem, file: string): string {
  const imports = new Imports();
  imports.add("../ipc/ipc_port", "IpcPort");
  const body = new Source();
  const served = subsystem.routines.filter((routine) => SERVED.has(routine.name));
  const layouts = served.map(layoutOf);
  for (const layout of layouts)
    new RoutineServer(body, layout, SERVED.get(layout.routine.name)!, imports).write();

  body.line();
  body.line("/** Enters the routines of this interface, each with the bytes of its longest reply. */");
  body.line(`export function ${subsystem.name}_define(): void {`);
  for (const { routine, reply } of layouts) {
    const size = Math.max(reply?.size ?? 0, SMALL_REPLY);
    body.line(`mig_define(${routine.id}, X${routine.name}, ${size});`);
  }
  body.line("}");
  if (layouts.length) imports.add("../kern/mig_table", "mig_define");

  const out = new Source();
  for (const line of banner(file, "The kernel's server")) out.line(line);
  const text = body.toString();
  const codes = ["KERN_INVALID_ARGUMENT", "KERN_INVALID_HOST", "KERN_SUCCESS", "MIG_BAD_ARGUMENTS"].filter(
    (name) => text.includes(name),
  );
  if (codes.length) out.line(`import { ${codes.join(", ")} } from "../../abi/kern_return";`);
  const offsets = ["MSGH_REMOTE_PORT", "MSGH_SIZE"].filter((name) => text.includes(name));
  if (offsets.length) out.line(`import { ${offsets.join(", ")} } from "../../abi/mach_msg";`);
  for (const line of imports.lines()) out.line(line);
  return out.toString() + text;
}
