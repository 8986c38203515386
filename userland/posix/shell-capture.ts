// $(...): what commands print, as text.
import { stackAlloc } from "../../guest/i386";
import { free, malloc } from "../lib/heap";
import { Strings, STRINGS_SIZE } from "../lib/loader";
import { print_flush } from "../lib/print";
import { close, pipe, read } from "./descriptors";
import { set_status } from "./shell-status";
import { variables } from "./shell-variables";
import { spawn, wait_process } from "./spawn";

/** The shell that runs what this one does not run itself. */
export const shell_path: usize = memory.data<u8>([47, 98, 105, 110, 47, 115, 104, 0]);
const option: usize = memory.data<u8>([45, 99, 0]);
const PIECE: u32 = 512;

/** Starts a shell for the commands, which prints into the pipe's end. Its number, or -1. */
function start(commands: usize, end: u32): i32 {
  const words = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  const environment = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  const list = stackAlloc(16);
  const descriptors = stackAlloc(12);
  store<u32>(list, <u32>shell_path);
  store<u32>(list, <u32>option, 4);
  store<u32>(list, <u32>commands, 8);
  store<u32>(list, 0, 12);
  words.count = 3;
  words.at = list;
  variables(environment);
  store<u32>(descriptors, 0);
  store<u32>(descriptors, end, 4);
  store<u32>(descriptors, 2, 8);
  print_flush();
  return spawn(shell_path, words, environment, descriptors);
}

/** Reads all of it; what does not fit into `room` bytes at `to` is lost. */
function read_all(from: u32, to: usize, room: u32): u32 {
  const piece = stackAlloc(PIECE);
  let bytes: u32 = 0;
  let got = read(from, piece, PIECE);
  while (got > 0) {
    const kept = min<u32>(got, room - bytes);
    memory.copy(to + bytes, piece, kept);
    bytes += kept;
    got = read(from, piece, PIECE);
  }
  return bytes;
}

/** Runs the `length` bytes of commands at `text`; what they print, without newlines at its end, goes to `to`. How many bytes. */
export function capture(text: usize, length: u32, to: usize, room: u32): u32 {
  const ends = stackAlloc(8);
  const status = stackAlloc(4);
  const commands = malloc(length + 1);
  if (commands == 0) return 0;
  memory.copy(commands, text, length);
  store<u8>(commands + length, 0);
  let bytes: u32 = 0;
  if (pipe(ends) == 0) {
    const pid = start(commands, load<u32>(ends, 4));
    close(load<u32>(ends, 4));
    bytes = read_all(load<u32>(ends), to, room);
    close(load<u32>(ends));
    if (pid > 0 && wait_process(pid, 0, status) > 0) set_status(load<u32>(status));
  }
  free(commands);
  while (bytes > 0 && load<u8>(to + bytes - 1) == 10) bytes--;
  return bytes;
}
