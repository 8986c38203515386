// The kernel's own messages to others: functions that build a message in kernel form and queue it. They never wait: a full
// queue takes one more, and the answer to a request comes to a port of the caller's.
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MSG_TYPE_NUMBER_SHIFT,
} from "../../abi/mach_msg";
import { banner, Source, storeDescriptor, word } from "./emit";
import { arrivalType, descriptorWord, isPolymorphic, isPort, Item, layoutOf, Message } from "./layout";
import { Argument, DefsError, MigType, Routine, Subsystem } from "./parse";

function parameters(argument: Argument): string[] {
  const { type, name } = argument;
  if (isPolymorphic(type)) return [`${name}: IpcPort`, `${name}Type: u32`];
  if (argument.direction === "requestport" || (isPort(type) && type.place === "inline"))
    return [`${name}: IpcPort`];
  if (type.place === "pointer" && !isPort(type)) return [`${name}: VmMapCopy`, `${name}Cnt: u32`];
  if (isByteArray(type)) return [`${name}: usize`, `${name}Cnt: u32`];
  if (type.byReference || type.bits > 32) throw new DefsError(`${name}: not supported here`);
  return [type.boolean ? `${name}: bool` : `${name}: u32`];
}

function isByteArray(type: MigType): boolean {
  return type.variable && type.place === "inline" && type.bits === 8;
}

function storeItem(out: Source, item: Item): void {
  const { type } = item;
  const { name } = item.argument!;
  let first = word(descriptorWord(item, arrivalType(type)));
  if (isByteArray(type)) first = `${first} | (${name}Cnt << ${MSG_TYPE_NUMBER_SHIFT})`;
  for (const line of storeDescriptor("m", item, first, `${name}Cnt`)) out.line(line);
  if (isPort(type)) storePort(out, item);
  else if (type.place === "pointer") out.line(`store<usize>(m, changetype<usize>(${name}), ${item.data});`);
  else if (isByteArray(type)) out.line(`memory.copy(m + ${item.data}, ${name}, ${name}Cnt);`);
  else out.line(`store<u32>(m, ${type.boolean ? `${name} ? 1 : 0` : name}, ${item.data});`);
}

function storePort(out: Source, item: Item): void {
  const { name } = item.argument!;
  let right = name;
  switch (item.type.msgType) {
    case MACH_MSG_TYPE_MAKE_SEND:
      right = `ipc_port_make_send(${name})`;
      break;
    case MACH_MSG_TYPE_MOVE_RECEIVE:
      out.line(`ipc_port_clear_receiver(${name});`);
      out.line(`if (ipc_port_check_circularity(${name}, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;`);
      break;
    case MACH_MSG_TYPE_MOVE_SEND:
      break;
    default:
      throw new DefsError(`${name}: the kernel does not send such a right`);
  }
  out.line(`store<usize>(m, changetype<usize>(${right}), ${item.data});`);
}

/** Bytes of the message, an expression. */
function sizeOf(request: Message): string {
  const last = request.items.at(-1);
  return last && isByteArray(last.type)
    ? `${last.data} + ((${last.argument!.name}Cnt + 3) & ~3)`
    : String(request.size);
}

function stub(out: Source, routine: Routine): void {
  const { request } = layoutOf(routine);
  const port = routine.arguments[0];
  const kind = port.type.msgType;
  const given = routine.arguments.filter(
    ({ type, direction }) =>
      type.msgType === MACH_MSG_TYPE_MOVE_SEND ||
      (direction === "requestport" && kind !== MACH_MSG_TYPE_COPY_SEND),
  );
  const list = routine.arguments.flatMap(parameters);
  if (!routine.oneWay) list.splice(1, 0, "reply: IpcPort");
  out.line();
  const consumed = given.length
    ? `; the rights of ${given.map(({ name }) => name).join(", ")} are consumed`
    : "";
  out.line(`/** ${routine.id}${consumed}. ${routine.description} */`);
  out.line(`export function ${routine.name}(${list.join(", ")}): i32 {`);
  out.line(
    kind === MACH_MSG_TYPE_COPY_SEND
      ? `const destination = ipc_port_copy_send(${port.name});`
      : `const destination = ${port.name};`,
  );
  const rights = given.filter(({ direction }) => direction === "in");
  const failure = (condition: string, code: string): void => {
    if (!rights.length) return out.line(`if (${condition}) return ${code};`);
    out.line(`if (${condition}) {`);
    for (const { name } of rights) out.line(`ipc_port_release_send(${name});`);
    out.line(`return ${code};`);
    out.line("}");
  };
  failure("!IP_VALID(destination)", "MACH_SEND_INVALID_DEST");
  const type = isPolymorphic(port.type) ? `${port.name}Type` : String(arrivalType(port.type));
  const local = routine.oneWay ? "" : ` | ${MACH_MSG_TYPE_MOVE_SEND_ONCE << 8}`;
  const complex = request.complex === "always" ? ` | <u32>${word(MACH_MSGH_BITS_COMPLEX)}` : "";
  out.line(
    `const kmsg = kernel_message(destination, ${type}${local}${complex}, ${routine.id}, ${sizeOf(request)});`,
  );
  failure("kmsg == IKM_NULL", "KERN_RESOURCE_SHORTAGE");
  if (!routine.oneWay) out.line("kmsg.local = ipc_port_make_sonce(reply);");
  out.line("const m = ikm_header(kmsg);");
  for (const item of request.items) storeItem(out, item);
  out.line("ipc_mqueue_send_always(kmsg);");
  out.line("return KERN_SUCCESS;");
  out.line("}");
}

export function kernelStubs(subsystem: Subsystem, file: string): string {
  const body = new Source();
  for (const routine of subsystem.routines) stub(body, routine);
  const text = body.toString();
  const out = new Source();
  for (const line of banner(file, "The kernel's messages")) out.line(line);
  out.line(
    "// A failure (dead destination, no memory) leaves receive rights and out-of-line memory with the caller.",
  );
  out.line('import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS } from "../../abi/kern_return";');
  const used = (names: string[]): string =>
    names.filter((name) => new RegExp(`\\b${name}\\b`).test(text)).join(", ");
  out.line(
    `import { ${used(["MACH_MSGH_BITS_CIRCULAR", "MACH_SEND_INVALID_DEST"])} } from "../../abi/mach_msg";`,
  );
  out.line(`import { ikm_header, IKM_NULL, kernel_message } from "../ipc/ipc_kmsg";`);
  out.line('import { ipc_mqueue_send_always } from "../ipc/ipc_mqueue";');
  const port = [
    "IP_VALID",
    "ipc_port_check_circularity",
    "ipc_port_clear_receiver",
    "ipc_port_copy_send",
    "ipc_port_make_send",
    "ipc_port_make_sonce",
    "ipc_port_release_send",
    "IpcPort",
  ];
  out.line(`import { ${used(port)} } from "../ipc/ipc_port";`);
  if (text.includes("VmMapCopy")) out.line('import { VmMapCopy } from "../vm/vm_map_copy";');
  return out.toString() + text;
}
