// test and [: what conditions of scripts are made of.
import { stackAlloc } from "../../guest/i386";
import { EXT2_MODE_DIRECTORY, EXT2_MODE_EXECUTE, EXT2_MODE_FILE, EXT2_MODE_TYPE } from "../../abi/ext2";
import { STAT_MODE, STAT_SIZE, STAT_WORDS_SIZE } from "../../abi/fs";
import { string_at, Strings } from "../lib/loader";
import { print_line } from "../lib/print";
import { parse_i32, string_compare, string_equals } from "../lib/string";
import { stat } from "./files";

/** Not a condition. */
const BAD: i32 = 2;

function answer(value: bool): i32 {
  return value ? 0 : 1;
}

/** -f, -d, -e, -s, -r, -w, -x of a file, -n and -z of a text. */
function unary(option: usize, text: usize): i32 {
  if (string_equals(option, "-n")) return answer(load<u8>(text) != 0);
  if (string_equals(option, "-z")) return answer(load<u8>(text) == 0);
  if (load<u8>(option) != 45 || load<u8>(option + 2) != 0) return BAD;
  const status = stackAlloc(STAT_WORDS_SIZE);
  const there = stat(text, status) == 0;
  const type: u32 = there ? load<u32>(status, STAT_MODE) & EXT2_MODE_TYPE : 0;
  const letter: u32 = load<u8>(option + 1);
  if (letter == 102) return answer(type == EXT2_MODE_FILE);
  if (letter == 100) return answer(type == EXT2_MODE_DIRECTORY);
  if (letter == 115) return answer(there && load<u32>(status, STAT_SIZE) != 0);
  if (letter == 120) return answer(there && (load<u32>(status, STAT_MODE) & EXT2_MODE_EXECUTE) != 0);
  return letter == 101 || letter == 114 || letter == 119 ? answer(there) : BAD;
}

function binary(a: usize, operator: usize, b: usize): i32 {
  if (string_equals(operator, "=") || string_equals(operator, "==")) return answer(string_compare(a, b) == 0);
  if (string_equals(operator, "!=")) return answer(string_compare(a, b) != 0);
  const x = parse_i32(a);
  const y = parse_i32(b);
  if (string_equals(operator, "-eq")) return answer(x == y);
  if (string_equals(operator, "-ne")) return answer(x != y);
  if (string_equals(operator, "-lt")) return answer(x < y);
  if (string_equals(operator, "-le")) return answer(x <= y);
  if (string_equals(operator, "-gt")) return answer(x > y);
  return string_equals(operator, "-ge") ? answer(x >= y) : BAD;
}

/** The status of `test` with the words from `first` to before `end`. */
function condition(words: Strings, first: u32, end: u32): i32 {
  const count = end - first;
  if (count == 0) return 1;
  if (string_equals(string_at(words, first), "!")) {
    const result = condition(words, first + 1, end);
    return result > 1 ? result : 1 - result;
  }
  if (count == 1) return answer(load<u8>(string_at(words, first)) != 0);
  if (count == 2) return unary(string_at(words, first), string_at(words, first + 1));
  if (count == 3)
    return binary(string_at(words, first), string_at(words, first + 1), string_at(words, first + 2));
  return BAD;
}

/** `test ...` or `[ ... ]`: 0, 1, or 2 for what is no condition. */
export function test(words: Strings): i32 {
  let end = words.count;
  let result = BAD;
  const brackets = string_equals(string_at(words, 0), "[");
  if (!brackets || string_equals(string_at(words, end - 1), "]")) {
    if (brackets) end--;
    result = condition(words, 1, end);
  }
  if (result == BAD) print_line("test: that is no condition");
  return result;
}
