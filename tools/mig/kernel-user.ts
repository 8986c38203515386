// The kernel's own messages to others: functions that build a message in kernel form and queue it. They never wait: a full
// queue takes one more. The request of a two-way routine names the port that the reply shall come to.
import {
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
} from "../../abi/mach_msg";
import { banner, Source, storeDescriptor, word } from "./emit";
import { arrivalType, descriptorWord, isPort, Item, layoutOf } from "./layout";
import { Argument, DefsError, Routine, Subsystem } from "./parse";

function parameter(argument: Argument): string[] {
  const { type, name } = argument;
  if (argument.direction === "requestport" || (isPort(type) && type.place === "inline"))
    return [`${name}: IpcPort`];
  if (type.place === "pointer" && !isPort(type)) return [`${name}: VmMapCopy`, `${name}Cnt: u32`];
  if (type.byReference || type.variable || type.bits > 32) throw new DefsError(`${name}: not supported here`);
  return [type.boolean ? `${name}: bool` : `${name}: u32`];
}

function storeItem(out: Source, item: Item): void {
  const { type } = item;
  const { name } = item.argument!;
  const msgType = isPort(type) ? arrivalType(type.msgType) : type.msgType;
  for (const line of storeDescriptor("m", item, word(descriptorWord(item, msgType)), `${name}Cnt`))
    out.line(line);
  switch (isPort(type) ? type.msgType : undefined) {
    case undefined:
      if (type.place === "pointer") out.line(`store<usize>(m, changetype<usize>(${name}), ${item.data});`);
      else out.line(`store<u32>(m, ${type.boolean ? `${name} ? 1 : 0` : name}, ${item.data});`);
      break;
    case MACH_MSG_TYPE_MAKE_SEND:
      out.line(`store<usize>(m, changetype<usize>(ipc_port_make_send(${name})), ${item.data});`);
      break;
    case MACH_MSG_TYPE_MOVE_SEND:
      out.line(`store<usize>(m, changetype<usize>(${name}), ${item.data});`);
      break;
    case MACH_MSG_TYPE_MOVE_RECEIVE:
      out.line(`ipc_port_clear_receiver(${name});`);
      out.line(`if (ipc_port_check_circularity(${name}, destination)) kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;`);
      out.line(`store<usize>(m, changetype<usize>(${name}), ${item.data});`);
      break;
    default:
      throw new DefsError(`${name}: the kernel does not send such a right`);
  }
}

function stub(out: Source, routine: Routine): void {
  const { request } = layoutOf(routine);
  const port = routine.arguments[0];
  const kind = port.type.msgType;
  out.line();
  out.line(
    `/** ${routine.id}${kind === MACH_MSG_TYPE_MOVE_SEND_ONCE ? `; consumes the send-once right \`${port.name}\`` : ""} */`,
  );
  const parameters = routine.arguments.flatMap(parameter);
  if (!routine.oneWay) parameters.splice(1, 0, "reply: IpcPort");
  out.line(`export function ${routine.name}(${parameters.join(", ")}): i32 {`);
  const rights = routine.arguments.filter(({ type }) => type.msgType === MACH_MSG_TYPE_MOVE_SEND);
  const failure = (condition: string, code: string): void => {
    out.line(`if (${condition}) {`);
    for (const { name } of rights) out.line(`ipc_port_release_send(${name});`);
    out.line(`return ${code};`);
    out.line("}");
  };
  const complex = request.complex === "always" ? ` | <u32>${word(MACH_MSGH_BITS_COMPLEX)}` : "";
  if (kind === MACH_MSG_TYPE_COPY_SEND) {
    out.line(`const destination = ipc_port_copy_send(${port.name});`);
    failure("!IP_VALID(destination)", "MACH_SEND_INVALID_DEST");
  } else if (kind === MACH_MSG_TYPE_MOVE_SEND_ONCE) {
    out.line(`const destination = ${port.name};`);
    out.line("if (!IP_VALID(destination)) return MACH_SEND_INVALID_DEST;");
  } else {
    throw new DefsError(`${routine.name}: such a destination is not supported`);
  }
  const type = arrivalType(kind);
  out.line(`const kmsg = kernel_message(destination, ${type}${complex}, ${routine.id}, ${request.size});`);
  failure("kmsg == IKM_NULL", "KERN_RESOURCE_SHORTAGE");
  if (!routine.oneWay) {
    out.line(`kmsg.bits |= ${MACH_MSG_TYPE_MOVE_SEND_ONCE << 8};`);
    out.line("kmsg.local = ipc_port_make_sonce(reply);");
  }
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
