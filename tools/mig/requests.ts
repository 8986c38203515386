// Every request that the kernel serves, as data for a program that makes them at random: new routines are in it by
// themselves.
import { MACH_MSG_TYPE_COPY_SEND } from "../../abi/mach_msg";
import { word } from "./emit";
import { descriptorWord, isPort, type Item, layoutOf, longNameAndSize } from "./layout";
import type { Routine, Subsystem } from "./parse";

/** What kind of port a request goes to, by the conversion of the routine's first argument. */
const TARGETS: readonly (readonly [name: string, conversion: RegExp])[] = [
  ["TASK", /_(task|map|space)$/],
  ["THREAD", /_thread$/],
  ["HOST", /_host$/],
  ["HOST_PRIV", /_host_priv$/],
  ["PROCESSOR", /_processor$/],
  ["PSET", /_pset$|_processor_set$/],
  ["PSET_NAME", /_pset_name$|_processor_set_name$/],
  ["CONTROL", /_memory_object(_control)?$/],
  ["NAME", /_memory_object_name$/],
  ["DEVICE", /dev|device/],
];

/** What an item's data are. */
const KINDS = { WORDS: 0, PORTS: 1, MEMORY: 2, PORT_MEMORY: 3 };

function targetOf(routine: Routine): number {
  const conversion = routine.arguments[0].type.intran ?? "";
  const index = TARGETS.findIndex(([, pattern]) => pattern.test(conversion));
  return index < 0 ? TARGETS.length : index;
}

function kindOf(item: Item): number {
  if (item.type.place === "pointer") return isPort(item.type) ? KINDS.PORT_MEMORY : KINDS.MEMORY;
  return isPort(item.type) ? KINDS.PORTS : KINDS.WORDS;
}

/** Words of an item: kind, the descriptor's words, elements, bits of one, whether there may be fewer. */
function itemWords(item: Item): string {
  const msgType =
    item.type.msgType > 255 || item.type.msgType < 0 ? MACH_MSG_TYPE_COPY_SEND : item.type.msgType;
  const words = [
    kindOf(item),
    word(descriptorWord(item, msgType)),
    item.long ? word(longNameAndSize(item, msgType)) : 0,
    item.type.number,
    item.type.bits,
    item.type.variable ? 1 : 0,
  ];
  return words.join(", ");
}

/** The file of a program. */
export function requestsFile(subsystems: readonly Subsystem[]): string {
  const routines = subsystems.flatMap(({ routines }) => routines);
  const items: string[] = [];
  const rows = routines.map((routine) => {
    const { request } = layoutOf(routine);
    const row = [routine.id, targetOf(routine), request.complex === "never" ? 0 : 1];
    row.push(items.length, request.items.length);
    items.push(...request.items.map(itemWords));
    return `  ${row.join(", ")}, // ${routine.name}`;
  });
  return [
    "// Every request that the kernel serves. Made by tools/mig: change abi/defs, then run `node tools/run.mjs tools/mig/main.ts`.",
    "",
    ...TARGETS.map(([name], index) => `export const TARGET_${name}: u32 = ${index};`),
    `export const TARGETS: u32 = ${TARGETS.length};`,
    "",
    ...Object.entries(KINDS).map(([name, value]) => `export const ITEM_${name}: u32 = ${value};`),
    "",
    "// A request: id, target, whether COMPLEX, number of the first item, how many.",
    "export const REQUEST_SIZE: usize = 20;",
    `export const REQUEST_COUNT: u32 = ${rows.length};`,
    "export const REQUESTS: usize = memory.data<i32>([",
    ...rows,
    "]);",
    "",
    "// An item: kind, the two words of its descriptor, elements, bits of an element, whether there may be fewer.",
    "export const ITEM_SIZE: usize = 24;",
    "export const ITEMS: usize = memory.data<u32>([",
    ...items.map((item) => `  ${item},`),
    "]);",
    "",
  ].join("\n");
}
