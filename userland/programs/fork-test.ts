// fork, exec, pipes, descriptors and waiting, as a process among others: it prints `ok` lines, and exits with how many failed.
import { stackAlloc } from "../../guest/i386";
import { ECHILD, ENOENT, ESRCH } from "../../abi/errno";
import { O_CREAT, O_READ, O_WRITE } from "../../abi/fs";
import { SIGKILL, STATUS_SIGNALLED, WNOHANG } from "../../abi/process";
import { proc_getpids } from "../generated/process.generated";
import { task_terminate_trap, thread_switch } from "../lib/asm";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { check, check_equals, checks_failed } from "../lib/check";
import { malloc } from "../lib/heap";
import { Strings, STRINGS_SIZE } from "../lib/loader";
import { task_self } from "../lib/mach";
import { command_finish, process_port } from "../lib/process";
import { string_equals, string_store } from "../lib/string";
import { close, dup, dup2, open, pipe, read, write } from "../posix/descriptors";
import { command_begin } from "../posix/command";
import { errno } from "../posix/errno";
import { unlink } from "../posix/files";
import { fork } from "../posix/fork";
import { exec, getpid, kill, wait_process } from "../posix/spawn";

export { thread_entry } from "../lib/threads";

const text: usize = memory.data(64);
const buffer: usize = memory.data(64);

function bytes(value: string): usize {
  string_store(text, value);
  return text;
}

/** Ends this process. */
function leave(status: i32): void {
  command_finish(status);
  task_terminate_trap(task_self());
}

/** The status of a child that was waited for. */
function status_of(pid: i32): u32 {
  const cell = stackAlloc(4);
  return wait_process(pid, 0, cell) == pid ? load<u32>(cell) : 0xffffffff;
}

function pid_and_parent(cells: usize): void {
  proc_getpids(process_port, cells, cells + 4);
}

function forking(): void {
  const ends = stackAlloc(8);
  const own = stackAlloc(8);
  pid_and_parent(own);
  const shared = malloc(100);
  store<u32>(shared, 1);
  check_equals("a pipe", pipe(ends), 0);
  const pid = fork();
  if (pid == 0) {
    const mine = stackAlloc(8);
    pid_and_parent(mine);
    const good = load<u32>(mine, 4) == load<u32>(own) && load<u32>(shared) == 1;
    store<u32>(shared, 2);
    string_store(buffer, good ? "hello" : "wrong");
    write(load<u32>(ends, 4), buffer, 5);
    leave(7);
  }
  check("a child", pid > 0 && <u32>pid != getpid());
  const copy = dup(load<u32>(ends));
  check("one more descriptor", copy > 0);
  close(load<u32>(ends));
  store<u32>(ends, copy);
  close(load<u32>(ends, 4));
  check_equals("it writes to the pipe", read(load<u32>(ends), buffer, 60), 5);
  store<u8>(buffer + 5, 0);
  check("what is right", string_equals(buffer, "hello"));
  check_equals("that is all", read(load<u32>(ends), buffer, 60), 0);
  close(load<u32>(ends));
  check_equals("it ends with its status", status_of(pid), 7);
  check_equals("its memory was its own", load<u32>(shared), 1);
  const cell = stackAlloc(4);
  check_equals("there is no child left", wait_process(0, 0, cell), -1);
  check_equals("which is an error", errno, ECHILD);
}

function killing(): void {
  const cell = stackAlloc(4);
  const pid = fork();
  if (pid == 0) for (;;) thread_switch(0, SWITCH_OPTION_WAIT, 10000);
  check_equals("it has not ended", wait_process(pid, WNOHANG, cell), 0);
  check_equals("it can be asked for", kill(pid, 0), 0);
  check_equals("a signal ends it", kill(pid, SIGKILL), 0);
  check_equals("and that is its status", status_of(pid), STATUS_SIGNALLED + SIGKILL);
  check_equals("nobody is there", kill(pid, SIGKILL), -1);
  check_equals("to be ended", errno, ESRCH);
}

function executing(): void {
  const pid = fork();
  if (pid == 0) {
    const fd = open(bytes("/tmp/fork-test"), O_WRITE | O_CREAT, 0x1a4);
    dup2(fd, 1);
    const words = changetype<Strings>(stackAlloc(STRINGS_SIZE));
    const list = stackAlloc(8);
    const environment = changetype<Strings>(stackAlloc(STRINGS_SIZE));
    environment.count = 0;
    environment.at = list;
    store<u32>(list, <u32>memory.data<u8>([101, 99, 104, 111, 0]));
    store<u32>(list, <u32>memory.data<u8>([110, 101, 119, 0]), 4);
    words.count = 2;
    words.at = list;
    exec(bytes("/bin/echo"), words, environment);
    leave(99);
  }
  check_equals("another program ends well", status_of(pid), 0);
  const fd = open(bytes("/tmp/fork-test"), O_READ, 0);
  check_equals("it has written", read(fd, buffer, 60), 4);
  store<u8>(buffer + 4, 0);
  check("to where descriptor 1 went", string_equals(buffer, "new\n"));
  close(fd);
  unlink(bytes("/tmp/fork-test"));
  const words = changetype<Strings>(stackAlloc(STRINGS_SIZE));
  words.count = 0;
  words.at = buffer;
  check_equals("what is not there cannot be run", exec(bytes("/bin/none"), words, words), -1);
  check_equals("and nothing has happened", errno, ENOENT);
}

/** Many at once. */
function many(): void {
  const children: u32 = 12;
  let sum: u32 = 0;
  for (let number: u32 = 0; number < children; number++) {
    const pid = fork();
    if (pid == 0) leave(number + 1);
    if (pid < 0) sum += 1000;
  }
  const cell = stackAlloc(4);
  let ended: u32 = 0;
  while (wait_process(0, 0, cell) > 0) {
    sum += load<u32>(cell);
    ended++;
  }
  check_equals("all children end", ended, children);
  check_equals("each with its status", sum, (children * (children + 1)) / 2);
}

export function main(argc: i32, argv: usize): i32 {
  command_begin(argc, argv);
  forking();
  killing();
  executing();
  many();
  return command_finish(min<u32>(checks_failed(), 255));
}
