// Boot script lines: the command line of each boot module.
//
//   /boot/server ${host-port} name=${root-device} $(task-create) $(task-resume)
//
// A line is a path and items. `${symbol}` and `text${symbol}` are one argument each, `$(function)` and
// `$(symbol=function)` run a function and give no argument; any other word is an argument as it stands.
import { is_blank } from "./bytes";

/** An argument: `text`, followed by the value of `name` unless `name_length` is 0. */
export const ITEM_ARGUMENT: u32 = 0;
/** A function `name`, whose value is bound to the symbol `text` unless `text_length` is 0. */
export const ITEM_FUNCTION: u32 = 1;

@unmanaged
export class ScriptItem {
  kind!: u32;
  text!: usize;
  text_length!: u32;
  name!: usize;
  name_length!: u32;
}

// Results.
export const SCRIPT_ITEM: i32 = 0;
export const SCRIPT_END: i32 = 1;
export const SCRIPT_UNTERMINATED: i32 = 2;
export const SCRIPT_ASSIGNMENT: i32 = 3;
export const SCRIPT_NO_NAME: i32 = 4;

const DOLLAR: u32 = 0x24;
const BRACE: u32 = 0x7b;
const BRACE_END: u32 = 0x7d;
const PAREN: u32 = 0x28;
const PAREN_END: u32 = 0x29;
const EQUALS: u32 = 0x3d;
const HASH: u32 = 0x23;

/** Where the last item ended. */
let cursor: usize = 0;

/** Behind the item that script_next found last: where the next one is looked for. */
export function script_position(): usize {
  return cursor;
}

/** The path at the start of a line, as an argument item. SCRIPT_END for an empty line and a comment. */
export function script_path(line: usize, item: ScriptItem): i32 {
  const start = skip_blanks(line);
  if (load<u8>(start) == 0 || load<u8>(start) == HASH) return SCRIPT_END;
  let end = start;
  while (load<u8>(end) != 0 && !is_blank(load<u8>(end))) end++;
  set_text(item, start, end);
  cursor = end;
  return SCRIPT_ITEM;
}

/** The first item at or behind `from`. */
export function script_next(from: usize, item: ScriptItem): i32 {
  const start = skip_blanks(from);
  if (load<u8>(start) == 0) return SCRIPT_END;
  if (opens(start, PAREN)) return script_function(start + 2, item);
  let end = start;
  while (load<u8>(end) != 0 && !is_blank(load<u8>(end)) && !opens(end, BRACE)) end++;
  set_text(item, start, end);
  cursor = end;
  return opens(end, BRACE) ? script_symbol(end + 2, item) : SCRIPT_ITEM;
}

/** `symbol}` behind `${`. */
function script_symbol(start: usize, item: ScriptItem): i32 {
  const end = find(start, BRACE_END);
  if (end == 0) return SCRIPT_UNTERMINATED;
  if (end == start) return SCRIPT_NO_NAME;
  const equals = find(start, EQUALS);
  if (equals != 0 && equals < end) return SCRIPT_ASSIGNMENT;
  item.name = start;
  item.name_length = <u32>(end - start);
  cursor = end + 1;
  return SCRIPT_ITEM;
}

/** `function)` or `symbol=function)` behind `$(`. */
function script_function(start: usize, item: ScriptItem): i32 {
  const end = find(start, PAREN_END);
  if (end == 0) return SCRIPT_UNTERMINATED;
  const equals = find(start, EQUALS);
  const assigns = equals != 0 && equals < end;
  const name = assigns ? equals + 1 : start;
  if (name == end || equals == start) return SCRIPT_NO_NAME;
  item.kind = ITEM_FUNCTION;
  item.text = start;
  item.text_length = assigns ? <u32>(equals - start) : 0;
  item.name = name;
  item.name_length = <u32>(end - name);
  cursor = end + 1;
  return SCRIPT_ITEM;
}

function set_text(item: ScriptItem, start: usize, end: usize): void {
  item.kind = ITEM_ARGUMENT;
  item.text = start;
  item.text_length = <u32>(end - start);
  item.name = 0;
  item.name_length = 0;
}

/** Whether `$` and `bracket` are at `at`. */
function opens(at: usize, bracket: u32): bool {
  return load<u8>(at) == DOLLAR && load<u8>(at + 1) == bracket;
}

function skip_blanks(from: usize): usize {
  let at = from;
  while (is_blank(load<u8>(at))) at++;
  return at;
}

/** The first `byte` of the word that `from` is in; 0 when the word ends before. */
function find(from: usize, byte: u32): usize {
  for (let at = from; load<u8>(at) != 0 && !is_blank(load<u8>(at)); at++) {
    if (load<u8>(at) == byte) return at;
  }
  return 0;
}
