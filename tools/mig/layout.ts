// Where things are in the messages of a routine: the one place that knows, for stubs, servers and tests.
import {
  MACH_MSG_TYPE_BIT,
  MACH_MSG_TYPE_COPY_SEND,
  MACH_MSG_TYPE_INTEGER_32,
  MACH_MSG_TYPE_MAKE_SEND,
  MACH_MSG_TYPE_MAKE_SEND_ONCE,
  MACH_MSG_TYPE_MOVE_RECEIVE,
  MACH_MSG_TYPE_MOVE_SEND,
  MACH_MSG_TYPE_MOVE_SEND_ONCE,
  MACH_MSG_TYPE_POLYMORPHIC,
  MSG_HEADER_SIZE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_LONG_SIZE,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE,
  MSG_TYPE_SIZE_SHIFT,
} from "../../abi/mach_msg";
import { Argument, MigType, Routine } from "./parse";

export interface Item {
  name: string;
  type: MigType;
  /** Undefined for the return code and counts. */
  argument?: Argument;
  /** What the item is of its argument. */
  role: "value" | "count" | "returnCode";
  /** Offsets of descriptor and data, when all variable items before it are full. */
  offset: number;
  data: number;
  long: boolean;
  /** No variable item is before it. */
  exact: boolean;
  /** Bytes of the data, padding included (most there may be). */
  size: number;
}

export interface Message {
  items: Item[];
  /** Bytes, when all variable items are full, and when they are empty. */
  size: number;
  minimum: number;
  /** always: carries a right or out-of-line memory by its types; sometimes: depends on the values. */
  complex: "never" | "sometimes" | "always";
}

export interface Layout {
  routine: Routine;
  request: Message;
  /** Undefined for one-way routines. */
  reply?: Message;
}

const WORD: MigType = {
  msgType: MACH_MSG_TYPE_INTEGER_32,
  bits: 32,
  number: 1,
  variable: false,
  place: "inline",
  byReference: false,
  boolean: false,
  unit: 1,
};

export function isPort(type: MigType): boolean {
  return (
    type.msgType === MACH_MSG_TYPE_POLYMORPHIC ||
    (type.msgType >= MACH_MSG_TYPE_MOVE_RECEIVE && type.msgType <= MACH_MSG_TYPE_MAKE_SEND_ONCE)
  );
}

export function isPolymorphic(type: MigType): boolean {
  return type.msgType === MACH_MSG_TYPE_POLYMORPHIC;
}

/** The type by which an item arrives: rights do not arrive as they are sent. */
export function arrivalType({ msgType, arrival }: MigType): number {
  if (arrival !== undefined) return arrival;
  switch (msgType) {
    case MACH_MSG_TYPE_COPY_SEND:
    case MACH_MSG_TYPE_MAKE_SEND:
      return MACH_MSG_TYPE_MOVE_SEND;
    case MACH_MSG_TYPE_MAKE_SEND_ONCE:
      return MACH_MSG_TYPE_MOVE_SEND_ONCE;
    default:
      return msgType;
  }
}

function isLong(type: MigType): boolean {
  return type.place !== "inline" || type.bits > 255 || type.number > 4095;
}

/** Bytes of one message element times `number`. */
export function byteLength(type: MigType, number = type.number): number {
  return Math.ceil((number * type.bits) / 8);
}

class Builder {
  readonly items: Item[] = [];
  private offset = MSG_HEADER_SIZE;
  private variable = 0;
  private complex: Message["complex"] = "never";

  add(name: string, type: MigType, role: Item["role"], argument?: Argument): void {
    const long = isLong(type);
    const data = this.offset + (long ? MSG_TYPE_LONG_SIZE : MSG_TYPE_SIZE);
    const inlineSize = (byteLength(type) + 3) & ~3;
    const size = type.place === "pointer" ? 4 : inlineSize;
    const exact = this.variable === 0;
    this.items.push({ name, type, role, argument, offset: this.offset, data, long, exact, size });
    this.offset = data + size;
    if (type.variable && type.place !== "pointer") this.variable += size;
    if (type.place === "pointer" || (isPort(type) && !isPolymorphic(type))) this.complex = "always";
    else if (this.complex === "never" && (isPolymorphic(type) || type.place === "either"))
      this.complex = "sometimes";
  }

  message(): Message {
    return {
      items: this.items,
      size: this.offset,
      minimum: this.offset - this.variable,
      complex: this.complex,
    };
  }
}

export function layoutOf(routine: Routine): Layout {
  const request = new Builder();
  for (const argument of routine.arguments) {
    if (argument.direction === "in" || argument.direction === "inout") {
      request.add(argument.name, argument.type, "value", argument);
    } else if (argument.direction === "out" && argument.countInOut) {
      request.add(`${argument.name}Cnt`, WORD, "count", argument);
    }
  }
  if (routine.oneWay) return { routine, request: request.message() };
  const reply = new Builder();
  reply.add("RetCode", WORD, "returnCode");
  for (const argument of routine.arguments) {
    if (argument.direction === "out" || argument.direction === "inout") {
      reply.add(argument.name, argument.type, "value", argument);
    }
  }
  return { routine, request: request.message(), reply: reply.message() };
}

/** First word of an item's descriptor with `msgType` in place of its own, as a signed number. */
export function descriptorWord(item: Item, msgType = item.type.msgType): number {
  if (item.long) return MSG_TYPE_LONGFORM | (item.type.place === "pointer" ? 0 : MSG_TYPE_INLINE);
  const number = item.type.variable ? 0 : item.type.number;
  return (
    (msgType & 0xff) |
    (item.type.bits << MSG_TYPE_SIZE_SHIFT) |
    (number << MSG_TYPE_NUMBER_SHIFT) |
    MSG_TYPE_INLINE
  );
}

/** Second word of a long descriptor. */
export function longNameAndSize(item: Item, msgType = item.type.msgType): number {
  return (msgType & 0xffff) | (item.type.bits << 16);
}

const KIND_NAMES: Record<number, string> = {
  [MACH_MSG_TYPE_BIT]: "bool",
  1: "i16",
  2: "i32",
  8: "char",
  9: "byte",
  11: "i64",
  12: "cstring",
  15: "name",
  16: "receive",
  17: "send",
  18: "send_once",
  19: "copy_send",
  20: "make_send",
  21: "make_send_once",
  [MACH_MSG_TYPE_POLYMORPHIC]: "poly",
};

/**
 * One item in the notation of the layout tables: `address:i32 @24`, `data:byte ool @32L`, `info:i32[0..1024] @32`. A
 * right is shown as it is sent, or as it arrives; out of line always as it is sent.
 */
export function itemText(item: Item, arrives: boolean): string {
  if (item.role === "returnCode") return "rc";
  const { type } = item;
  const msgType = arrives && type.place !== "pointer" ? arrivalType(type) : type.msgType;
  let text = `${item.name}:${KIND_NAMES[msgType] ?? msgType}`;
  if (type.place === "pointer") text += " ool";
  else if (type.variable) text += `[0..${type.number / type.unit}]`;
  else if (type.number > 1) text += `[${type.number}]`;
  else if (type.byReference && type.bits > 64) text += `[${type.bits / 8}]`;
  return `${text} @${item.exact ? "" : "~"}${item.offset}${item.long ? "L" : ""}`;
}

/** The items of a message in that notation; "-" for none. */
export function itemsText(message: Message, arrives: boolean): string {
  return message.items.map((item) => itemText(item, arrives)).join(", ") || "-";
}
