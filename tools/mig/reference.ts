// The reference page of all interfaces: what docs/interfaces.md says.
import { itemsText, layoutOf } from "./layout";
import { Argument, Routine, Subsystem } from "./parse";

const HEAD = `# Interfaces

Every message of the kernel's interfaces and of those that it uses to call others. Made from \`abi/defs\` by
\`node tools/run.mjs tools/mig/main.ts\`; do not edit. [ipc.md](ipc.md) says how requests are served.

An item is \`name:type @offset\` of its descriptor; data follow the descriptor, which is long (12 bytes and not 4) if the offset
ends in L. \`[n]\` is an inline array of n elements, \`[0..n]\` one of up to n, inline or out of line; \`ool\` is always out of line;
\`~\` is the offset when all arrays before are full. Rights are shown by the disposition of the request (\`copy_send\`,
\`make_send\`, ...; \`poly\`: the caller's choice) and as they arrive in replies and in what the kernel sends. Sizes are the largest
in bytes; a C behind one: COMPLEX is set, c: it is if there is a right. \`rc\` is the return code at 24; after a failure it is all that a
reply has (32 bytes). The reply's id is the request's plus 100.

All kernel routines: MIG_BAD_ID for an id that is not served, MIG_BAD_ARGUMENTS for a wrong size or descriptor,
KERN_INVALID_ARGUMENT for a port of the wrong kind unless the routine says otherwise. The last column has what else there is.
`;

/** What stands behind a request port of a type. */
const PORTS: Record<string, string> = {
  task_t: "task",
  vm_task_t: "task (its memory)",
  ipc_space_t: "task (its ports)",
  thread_t: "thread",
  host_t: "host",
  host_priv_t: "privileged host",
  processor_t: "processor",
  processor_set_t: "processor set",
  processor_set_name_t: "processor set's name",
  memory_object_control_t: "memory object's control",
  memory_object_name_t: "memory object's name",
  device_t: "device",
};

function port({ name, typeName }: Argument): string {
  return PORTS[typeName] ?? name.replace(/_/g, " ").replace("host priv", "privileged host");
}

function row(routine: Routine, arrives: boolean): string {
  const { request, reply } = layoutOf(routine);
  const complex = { never: "", sometimes: " c", always: " C" }[request.complex];
  const columns = [
    routine.id,
    `\`${routine.name}\``,
    port(routine.arguments[0]),
    `${request.size}${complex}: ${itemsText(request, arrives)}`,
    reply ? `${reply.size}: ${itemsText(reply, true)}` : "one-way",
    routine.description,
  ];
  return `| ${columns.join(" | ")} |`;
}

/** One interface's section. `arrives`: its requests are the kernel's, and shown as they arrive. */
export function referenceSection(subsystem: Subsystem, arrives: boolean): string {
  const { name, base, description, routines } = subsystem;
  return [
    `## ${name} (${base})`,
    "",
    description,
    "",
    "| id | routine | goes to | request | reply | what, and its codes |",
    "| --- | --- | --- | --- | --- | --- |",
    ...routines.map((routine) => row(routine, arrives)),
    "",
  ].join("\n");
}

export function referencePage(sections: string[]): string {
  return [HEAD, ...sections].join("\n");
}
