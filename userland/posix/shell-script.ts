// Commands in lists, loops and conditions. The text itself is what is run, again and again for a loop: a list that is not to be run
// is skipped in the same way, so that its end is found.
import { free, malloc } from "../lib/heap";
import { print, print_line } from "../lib/print";
import { string_length } from "../lib/string";
import { matches_pattern } from "./shell-pattern";
import { element_end, rewrite, rewritten_end } from "./shell-rewrite";
import { behind_pipeline, run_simple, take_interrupt } from "./shell-run";
import { set_status, status, status_word } from "./shell-status";
import { set_variable } from "./shell-variables";
import {
  AND,
  argument_at,
  cut_word,
  FIRST_WORD,
  is_end,
  OR,
  SEQUENCE,
  skip_word,
  split_tokens,
  token,
  token_count,
} from "./shell-words";

/** Loops that stand around what is run. */
let loops: u32 = 0;
/** How many of them are to be left, and whether the outermost of those goes on. */
let leaving: u32 = 0;
let goes_on: bool = false;
/** The text is wrong, or the whole of it has been given up. */
let stopped: bool = false;

/** What a shell's `break` (or `continue`) of so many loops does. */
export function leave_loops(count: u32, and_go_on: bool): void {
  leaving = min<u32>(count, loops);
  goes_on = and_go_on;
}

function fail(what: string): usize {
  if (!stopped) {
    print("sh: there is no ");
    print(what);
    print_line(" where one should be");
    set_status(2);
  }
  stopped = true;
  return 0;
}

/** Whether the word at `at` reads `text`. */
function is_word(at: usize, text: string): bool {
  const length: u32 = text.length;
  for (let index: u32 = 0; index < length; index++)
    if (<u32>load<u8>(at + index) != <u32>text.charCodeAt(index)) return false;
  return is_end(load<u8>(at + length));
}

/** The place behind the word `text`, which must be there. */
function expect(at: usize, text: string): usize {
  if (at == 0) return 0;
  return is_word(at, text) ? at + text.length : fail(text);
}

/** Skips blanks, comments and, if `lines`, what is between commands. */
function skip_space(at: usize, lines: bool): usize {
  for (let byte: u32 = load<u8>(at); byte != 0; byte = load<u8>(at)) {
    if (byte == 35) while (load<u8>(at) != 0 && load<u8>(at) != 10) at++;
    else if (byte == 32 || byte == 9) at++;
    else if (byte == 92 && load<u8>(at + 1) == 10) at += 2;
    else if (lines && (byte == 10 || (byte == 59 && load<u8>(at + 1) != 59))) at++;
    else break;
  }
  return at;
}

/** Whether a list ends here. */
function ends_list(at: usize): bool {
  const byte: u32 = load<u8>(at);
  if (byte == 0 || byte == 59) return true;
  if (byte == 125) return is_word(at, "}");
  if (byte == 100) return is_word(at, "do") || is_word(at, "done");
  if (byte == 101) return is_word(at, "elif") || is_word(at, "else") || is_word(at, "esac");
  return byte == 116 ? is_word(at, "then") : byte == 102 && is_word(at, "fi");
}

/** Runs a list of commands (or skips it) up to what ends it, which the result is the place of; 0: an error. */
function run_list(at: usize, run: bool): usize {
  let joint = SEQUENCE;
  at = skip_space(at, true);
  while (at != 0 && !ends_list(at)) {
    const wanted = joint == AND ? status_word() == 0 : joint == OR ? status != 0 : true;
    at = run_command(at, run && wanted && leaving == 0 && !stopped);
    if (at == 0) return fail("end of a quotation");
    if (wanted || behind_command == SEQUENCE) joint = behind_command;
    at = skip_space(at, true);
  }
  return at;
}

let behind_command: u32 = SEQUENCE;

/** Runs the compound command at `at`, or skips it. Its end; 0: it has none, or there is no such command. */
function run_compound(at: usize, run: bool): usize {
  const byte: u32 = load<u8>(at);
  if (byte == 105 && is_word(at, "if")) return run_if(at + 2, run);
  if (byte == 119 && is_word(at, "while")) return run_while(at + 5, run, 0);
  if (byte == 117 && is_word(at, "until")) return run_while(at + 5, run, 1);
  if (byte == 102 && is_word(at, "for")) return run_for(at + 3, run);
  if (byte == 99 && is_word(at, "case")) return run_case(at + 4, run);
  return byte == 123 && is_word(at, "{") ? expect(run_list(at + 1, run), "}") : 0;
}

function is_compound(at: usize): bool {
  return (
    is_word(at, "if") ||
    is_word(at, "while") ||
    is_word(at, "until") ||
    is_word(at, "for") ||
    is_word(at, "case") ||
    is_word(at, "{")
  );
}

function skip_compound(at: usize): usize {
  return is_compound(at) ? run_compound(at, false) : 0;
}

/** Skips compound commands and others up to the end of the pipeline, and what is behind it. */
function skip_pipeline(at: usize): usize {
  for (let more: bool = true; more;) {
    if (is_compound(at)) at = run_compound(at, false);
    if (at == 0) return 0;
    at = element_end(at);
    more = load<u8>(at) == 124 && load<u8>(at + 1) != 124;
    if (more) at = skip_space(at + 1, true);
  }
  if (load<u8>(at) != 38 || load<u8>(at + 1) == 38) return after_compound(at);
  behind_command = SEQUENCE;
  return at + 1;
}

function run_command(at: usize, run: bool): usize {
  if (load<u8>(at) == 33 && is_word(at, "!")) {
    const end = run_command(skip_space(at + 1, false), run);
    if (run) set_status(status_word() == 0 ? 1 : 0);
    return end;
  }
  if (!run) return skip_pipeline(at);
  const text = rewrite(at, skip_compound);
  const end = rewritten_end;
  if (text == 0 && is_compound(at)) {
    const behind = run_compound(at, run);
    return behind == 0 ? 0 : after_compound(behind);
  }
  const next = run_simple(text == 0 ? at : text);
  behind_command = behind_pipeline;
  if (take_interrupt()) stopped = true;
  if (text == 0 || next == 0) return next;
  if (behind_command != SEQUENCE || <u32>load<u8>(end - 1) == 38) return end;
  return after_compound(end);
}

/** What is behind a loop or a condition: only what joins it to the next command. */
function after_compound(at: usize): usize {
  at = skip_space(at, false);
  const byte: u32 = load<u8>(at);
  const double = <u32>load<u8>(at + 1) == byte;
  behind_command = SEQUENCE;
  if (double && (byte == 38 || byte == 124)) {
    behind_command = byte == 38 ? AND : OR;
    return at + 2;
  }
  return byte == 0 || byte == 10 || byte == 59 || ends_list(at) ? at : fail("end of a command");
}

function run_if(at: usize, run: bool): usize {
  at = expect(run_list(at, run), "then");
  let done = !run;
  let holds = run && status_word() == 0;
  for (let more: bool = true; more && at != 0;) {
    at = run_list(at, holds);
    if (holds) done = true;
    more = at != 0 && is_word(at, "elif");
    if (!more) break;
    at = expect(run_list(at + 4, !done), "then");
    holds = !done && status_word() == 0;
  }
  if (at != 0 && is_word(at, "else")) {
    at = run_list(at + 4, !done);
    done = true;
  } else if (!done) set_status(0);
  return expect(at, "fi");
}

/** A loop's body has been left, by `break` or `continue` or because it was over. False: the loop is over. */
function loop_goes_on(): bool {
  if (leaving == 0) return !stopped;
  leaving--;
  return leaving == 0 && goes_on;
}

/** `wanted`: the status of the condition, as 0 or 1, with which the body is run. */
function run_while(at: usize, run: bool, wanted: u32): usize {
  let end: usize = 0;
  let again = run;
  let result: u32 = 0;
  loops++;
  do {
    const body = expect(run_list(at, again), "do");
    const holds = again && leaving == 0 && !stopped && (status_word() == 0 ? 0 : 1) == wanted;
    end = body == 0 ? 0 : run_list(body, holds);
    if (holds) result = status;
    again = holds && loop_goes_on() && end != 0;
  } while (again);
  loops--;
  if (run && !stopped) set_status(result);
  return expect(end, "done");
}

/** Gives the word of this number. */
type WordAt = (index: u32) => usize;

function token_word(index: u32): usize {
  return token(index);
}

/** Those of the shell's parameters begin with $1. */
function parameter_word(index: u32): usize {
  return argument_at(index + 1);
}

/** Copies the words, each with its zero and the name in front of it, as set_variable wants them. */
function copy_words(name: usize, length: u32, count: u32, word_at: WordAt): u32 {
  let bytes: u32 = 1;
  for (let index: u32 = 0; index < count; index++) bytes += length + 2 + string_length(word_at(index));
  const block = malloc(bytes);
  let to: usize = block;
  for (let index: u32 = 0; index < count && block != 0; index++) {
    const size = string_length(word_at(index)) + 1;
    memory.copy(to, name, length);
    store<u8>(to + length, 61);
    memory.copy(to + length + 1, word_at(index), size);
    to += length + 1 + size;
  }
  if (block != 0) store<u8>(to, 0);
  return block;
}

/** Copies the words at `at` or, if that is 0, the shell's parameters. */
function take_words(at: usize, name: usize, length: u32): u32 {
  let count: u32 = 0;
  if (at == 0) {
    while (argument_at(count + 1) != 0) count++;
    return copy_words(name, length, count, parameter_word);
  }
  const cut = split_tokens(at);
  if (cut < 0) {
    fail("end of a quotation");
    return 0;
  }
  while (<i32>count < cut && token(count) >= FIRST_WORD) count++;
  return copy_words(name, length, count, token_word);
}

function run_for(at: usize, run: bool): usize {
  const name = skip_space(at, false);
  let length: u32 = 0;
  while (!is_end(load<u8>(name + length))) length++;
  at = skip_space(name + length, true);
  const words: usize = is_word(at, "in") ? at + 2 : 0;
  const body = expect(skip_space(words != 0 ? element_end(words) : at, true), "do");
  if (body == 0 || length == 0) return 0;
  const block = run ? take_words(words, name, length) : 0;
  const end = each_word(block, length, body, run && !stopped);
  free(block);
  return expect(end, "done");
}

function each_word(block: u32, length: u32, body: usize, run: bool): usize {
  let end: usize = 0;
  let more: bool = run && block != 0;
  loops++;
  for (let word: usize = block; more && load<u8>(word) != 0 && !stopped; word += string_length(word) + 1) {
    set_variable(word, length);
    end = run_list(body, true);
    more = end != 0 && loop_goes_on();
  }
  loops--;
  return end != 0 ? end : run_list(body, false);
}

/** Whether one of the patterns that begin at `at`, up to a parenthesis, is that of the subject; `patterns_end`: behind it. */
let patterns_end: usize = 0;
const pattern: usize = memory.data(256);

function matches_one(at: usize, subject: usize): bool {
  let found = false;
  let used: u32 = 0;
  if (load<u8>(at) == 40) at++;
  for (let byte: u32 = load<u8>(at); byte != 0; byte = load<u8>(++at)) {
    if (byte == 41 || byte == 124) {
      store<u8>(pattern + used, 0);
      if (subject != 0 && matches_pattern(pattern, subject, string_length(subject))) found = true;
      used = 0;
      if (byte == 41) break;
    } else if (byte != 39 && byte != 34 && byte != 32 && byte != 9 && used < 255) {
      store<u8>(pattern + used, <u8>byte);
      used++;
    }
  }
  patterns_end = load<u8>(at) == 0 ? 0 : at + 1;
  return found;
}

function run_case(at: usize, run: bool): usize {
  const start = skip_space(at, false);
  let subject: u32 = 0;
  const next = skip_word(start);
  if (run) {
    if (cut_word(start) == 0) return fail("end of a quotation");
    subject = copy_words(next, 0, min<u32>(token_count(), 1), token_word);
  }
  at = expect(skip_space(next, true), "in");
  let done = !run;
  if (at != 0) at = skip_space(at, true);
  while (at != 0 && !is_word(at, "esac")) {
    // The copy of the subject has an equals sign in front.
    const found = matches_one(at, subject == 0 ? 0 : subject + 1) && !done;
    if (patterns_end == 0) break;
    at = run_list(patterns_end, found);
    if (found) done = true;
    if (at != 0 && load<u8>(at) == 59) at = skip_space(at + 2, true);
    else if (at != 0 && !is_word(at, "esac")) at = 0;
  }
  free(subject);
  return at == 0 || patterns_end == 0 ? fail("esac") : expect(at, "esac");
}

/** Runs the text, which ends with a zero. */
export function run_text(text: usize): void {
  stopped = false;
  leaving = 0;
  loops = 0;
  take_interrupt();
  const end = run_list(text, true);
  if (end != 0 && load<u8>(end) != 0 && !stopped) fail("command");
}

/** Whether the text is the beginning of a loop or a condition, or has a quotation, that needs more lines. */
export function is_unfinished(text: usize): bool {
  let depth: i32 = 0;
  let quote: u32 = 0;
  let first: bool = true;
  for (let at = text; load<u8>(at) != 0; at++) {
    const byte: u32 = load<u8>(at);
    if (quote != 0) {
      if (byte == quote) quote = 0;
      else if (byte == 92 && quote == 34 && load<u8>(at + 1) != 0) at++;
      continue;
    }
    if (byte == 92 && load<u8>(at + 1) == 10 && load<u8>(at + 2) == 0) return true;
    if (byte == 39 || byte == 34) quote = byte;
    else if (byte == 92 && load<u8>(at + 1) != 0) at++;
    else if (byte == 35 && first) while (load<u8>(at + 1) != 0 && load<u8>(at + 1) != 10) at++;
    if (first) {
      if (is_word(at, "if") || is_word(at, "do") || is_word(at, "case") || is_word(at, "{")) depth++;
      else if (is_word(at, "for") || is_word(at, "while") || is_word(at, "until")) depth++;
      else if (is_word(at, "fi") || is_word(at, "esac") || is_word(at, "}")) depth--;
      else if (is_word(at, "done")) depth -= 2;
    }
    const blank = byte == 32 || byte == 9;
    const opens = byte == 10 || byte == 59 || byte == 38 || byte == 124 || (byte == 41 && depth > 0);
    if (!blank) first = opens || (first && opens_list(at));
    if (first && !opens && !blank) at += word_length(at) - 1;
  }
  return depth > 0 || quote != 0;
}

/** Whether a command follows the word at `at` right away. */
function opens_list(at: usize): bool {
  return (
    is_word(at, "if") ||
    is_word(at, "then") ||
    is_word(at, "elif") ||
    is_word(at, "else") ||
    is_word(at, "while") ||
    is_word(at, "until") ||
    is_word(at, "do") ||
    is_word(at, "{") ||
    is_word(at, "!")
  );
}

function word_length(at: usize): u32 {
  let length: u32 = 0;
  while (!is_end(load<u8>(at + length))) length++;
  return max<u32>(length, 1);
}
