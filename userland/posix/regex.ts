// Regular expressions, basic and extended, as POSIX has them but for {n,m} and back references. A pattern becomes a small program
// whose possible states are all followed at once: the time is that of the text's length, whatever the pattern.

/** Instructions: what to do, and two distances to go on at (from the instruction itself). */
const SIZE: usize = 12;
const MOST: u32 = 512;
const program: usize = memory.data(6144);
let count: u32 = 0;

const CHARACTER: u32 = 0;
const ANY: u32 = 1;
/** One of a set: `x` is its number. */
const SET: u32 = 2;
const SPLIT: u32 = 3;
const JUMP: u32 = 4;
const LINE_START: u32 = 5;
const LINE_END: u32 = 6;
const MATCH: u32 = 7;

/** Sets: a bit for each byte. */
const SETS: u32 = 32;
const sets: usize = memory.data(1024);
let set_count: u32 = 0;

let at: usize = 0;
let extended: bool = false;
let fold: bool = false;
let good: bool = true;
let depth: u32 = 0;

function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte + 32 : byte;
}

function instruction(index: u32): usize {
  return program + index * SIZE;
}

function emit(kind: u32, x: i32, y: i32): void {
  if (count == MOST) {
    good = false;
    return;
  }
  store<u32>(instruction(count), kind);
  store<i32>(instruction(count), x, 4);
  store<i32>(instruction(count), y, 8);
  count++;
}

/** Puts an instruction in front of those from `index` on, whose distances are among themselves. */
function insert(index: u32, kind: u32, x: i32, y: i32): void {
  emit(kind, x, y);
  if (!good) return;
  memory.copy(instruction(index + 1), instruction(index), <usize>(count - 1 - index) * SIZE);
  store<u32>(instruction(index), kind);
  store<i32>(instruction(index), x, 4);
  store<i32>(instruction(index), y, 8);
}

// --- reading the pattern ---

/** Whether an operator is here: by itself in an extended pattern, behind a backslash in a basic one. It is taken then. */
function accept(byte: u32): bool {
  if (!extended && load<u8>(at) == 92 && <u32>load<u8>(at + 1) == byte) at += 2;
  else if (extended && <u32>load<u8>(at) == byte) at++;
  else return false;
  return true;
}

function is_here(byte: u32): bool {
  const before = at;
  const result = accept(byte);
  at = before;
  return result;
}

function set_add(set: u32, byte: u32): void {
  const cell = sets + set * 32 + (byte >>> 3);
  store<u8>(cell, <u8>((<u32>load<u8>(cell)) | (1 << (byte & 7))));
}

function set_has(set: u32, byte: u32): bool {
  return (((<u32>load<u8>(sets + set * 32 + (byte >>> 3))) >>> (byte & 7)) & 1) != 0;
}

/** [:alpha:] and its kin, by their second letter where the first is not enough. */
function class_has(name: usize, byte: u32): bool {
  const digit = byte - 48 < 10;
  const capital = byte - 65 < 26;
  const small = byte - 97 < 26;
  switch (load<u32>(name) & 0xffffff) {
    case 0x706c61:
      return capital || small;
    case 0x6e6c61:
      return capital || small || digit;
    case 0x676964:
      return digit;
    case 0x777061:
    case 0x617073:
      return byte == 32 || byte - 9 < 5;
    case 0x707075:
      return capital;
    case 0x776f6c:
      return small;
    case 0x6e7570:
      return byte - 33 < 94 && !capital && !small && !digit;
    case 0x616c62:
      return byte == 32 || byte == 9;
  }
  return false;
}

function read_class(set: u32): void {
  const name = at + 2;
  while (load<u8>(at) != 0 && (load<u8>(at) != 58 || load<u8>(at + 1) != 93 || at < name)) at++;
  if (load<u8>(at) == 0) good = false;
  else at += 2;
  for (let byte: u32 = 1; byte < 256; byte++) if (class_has(name, byte)) set_add(set, byte);
}

/** What is between [ and ]. */
function read_set(): void {
  if (set_count == SETS) good = false;
  if (!good) return;
  const set = set_count++;
  memory.fill(sets + set * 32, 0, 32);
  const negative = load<u8>(at) == 94;
  if (negative) at++;
  const start = at;
  while (load<u8>(at) != 0 && (load<u8>(at) != 93 || at == start)) {
    if (load<u8>(at) == 91 && load<u8>(at + 1) == 58) {
      read_class(set);
      continue;
    }
    const first: u32 = load<u8>(at++);
    let last = first;
    if (load<u8>(at) == 45 && load<u8>(at + 1) != 93 && load<u8>(at + 1) != 0) {
      last = load<u8>(at + 1);
      at += 2;
    }
    for (let byte = first; byte <= last; byte++) set_add(set, byte);
  }
  if (load<u8>(at) == 0) good = false;
  else at++;
  if (fold)
    for (let byte: u32 = 65; byte < 91; byte++) {
      if (set_has(set, byte)) set_add(set, byte + 32);
      else if (set_has(set, byte + 32)) set_add(set, byte);
    }
  if (negative)
    for (let word: usize = 0; word < 32; word += 4)
      store<u32>(sets + set * 32 + word, ~load<u32>(sets + set * 32 + word));
  emit(SET, set, 0);
}

function read_atom(first: bool): void {
  if (accept(40)) {
    depth++;
    if (depth > 64) good = false;
    if (good) read_alternatives();
    if (!accept(41)) good = false;
    depth--;
    return;
  }
  const byte: u32 = load<u8>(at++);
  const ends = load<u8>(at) == 0 || is_here(124) || is_here(41);
  if (byte == 46) emit(ANY, 0, 0);
  else if (byte == 91) read_set();
  else if (byte == 94 && (extended || first)) emit(LINE_START, 0, 0);
  else if (byte == 36 && (extended || ends)) emit(LINE_END, 0, 0);
  else if (byte == 92 && load<u8>(at) != 0) emit(CHARACTER, fold ? lower(load<u8>(at++)) : load<u8>(at++), 0);
  else emit(CHARACTER, fold ? lower(byte) : byte, 0);
}

function read_repeated(first: bool): void {
  const start = count;
  // A star with nothing in front of it is one.
  read_atom(first);
  for (let more: bool = true; more && good;) {
    const length: i32 = count - start;
    if (load<u8>(at) == 42) {
      at++;
      insert(start, SPLIT, 1, length + 2);
      emit(JUMP, -(length + 1), 0);
    } else if (accept(43)) emit(SPLIT, -length, 1);
    else if (accept(63)) insert(start, SPLIT, 1, length + 1);
    else more = false;
  }
}

function read_alternatives(): void {
  const start = count;
  let first: bool = true;
  while (good && load<u8>(at) != 0 && !is_here(124) && !(depth > 0 && is_here(41))) {
    read_repeated(first);
    first = false;
  }
  if (!good || !accept(124)) return;
  const length: i32 = count - start;
  insert(start, SPLIT, 1, length + 2);
  const jump = count;
  emit(JUMP, 0, 0);
  read_alternatives();
  if (good) store<i32>(instruction(jump), <i32>(count - jump), 4);
}

/** Takes a pattern, a byte string. False: it is none, or too long. */
export function regex_compile(pattern: usize, is_extended: bool, any_case: bool): bool {
  at = pattern;
  extended = is_extended;
  fold = any_case;
  good = true;
  depth = 0;
  count = 0;
  set_count = 0;
  read_alternatives();
  emit(MATCH, 0, 0);
  return good && load<u8>(at) == 0;
}

/** Whether the pattern is only itself: no byte of it means anything else. */
export function regex_is_literal(pattern: usize, is_extended: bool): bool {
  for (let place = pattern; load<u8>(place) != 0; place++) {
    const byte: u32 = load<u8>(place);
    if (byte == 46 || byte == 91 || byte == 42 || byte == 94 || byte == 36 || byte == 92) return false;
    if (is_extended && (byte == 43 || byte == 63 || byte == 124 || byte == 40 || byte == 41)) return false;
  }
  return true;
}

// --- matching ---

/** States of now and of the next byte; `marks`: the round in which a state was entered last. */
const now: usize = memory.data(2048);
const next: usize = memory.data(2048);
const marks: usize = memory.data(2048);
let listed: u32 = 0;
let round: u32 = 0;
let matched: bool = false;
let text_start: usize = 0;
let text_end: usize = 0;

/** Enters a state, and those that it leads to without a byte. */
function enter(list: usize, state: u32, place: usize): void {
  const mark = marks + ((<usize>state) << 2);
  if (load<u32>(mark) == round) return;
  store<u32>(mark, round);
  const code = instruction(state);
  const kind = load<u32>(code);
  if (kind == MATCH) matched = true;
  else if (kind == JUMP) enter(list, state + load<i32>(code, 4), place);
  else if (kind == SPLIT) {
    enter(list, state + load<i32>(code, 4), place);
    enter(list, state + load<i32>(code, 8), place);
  } else if (kind == LINE_START) {
    if (place == text_start) enter(list, state + 1, place);
  } else if (kind == LINE_END) {
    if (place == text_end) enter(list, state + 1, place);
  } else {
    store<u32>(list + ((<usize>listed) << 2), state);
    listed++;
  }
}

function takes(code: usize, byte: u32): bool {
  const kind = load<u32>(code);
  if (kind == ANY) return true;
  return kind == SET ? set_has(load<u32>(code, 4), byte) : load<u32>(code, 4) == (fold ? lower(byte) : byte);
}

/** Whether the pattern is somewhere in the line from `start` to before `end`. */
export function regex_matches(start: usize, end: usize): bool {
  let current = now;
  let other = next;
  text_start = start;
  text_end = end;
  matched = false;
  listed = 0;
  round++;
  enter(current, 0, start);
  for (let place = start; place < end && !matched; place++) {
    const states = listed;
    const byte: u32 = load<u8>(place);
    listed = 0;
    round++;
    for (let index: u32 = 0; index < states; index++) {
      const state = load<u32>(current + ((<usize>index) << 2));
      if (takes(instruction(state), byte)) enter(other, state + 1, place + 1);
    }
    // A match may begin at any place.
    enter(other, 0, place + 1);
    const swap = current;
    current = other;
    other = swap;
  }
  return matched;
}
