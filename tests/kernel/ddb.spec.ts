// The kernel's debugger, by what it prints on the serial line when lines are typed at its prompt.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { RB_DEBUGGER } from "../../abi/task_types";
import { Machine, type RunResult } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { SymbolTable } from "../../machine/symbols";
import { eax, ecx, esp } from "../../tools/asm";
import { kernelPath } from "../../tools/default-image";
import { exit, hostReboot, print, userProgram } from "./user-program";

const PROMPT = "db> ";
/** In a typed line: a break. */
const BREAK = "\u0100";
const DONE = 7;
const PRIVILEGED_HOST = 1;
/** What mach_host_self gives to a program whose one port is the privileged one. */
const UNPRIVILEGED_HOST = 3;
const MAX_CYCLES = 400_000_000;
/** Offsets in VmMap and VmMapEntry of what the tests look at. */
const MAP_ENTRY_COUNT = 28;

const kernel = new Uint8Array(readFileSync(kernelPath));
const symbols = SymbolTable.of(kernel);

/** Says "ready", gives way to others for ever. */
const waiter = userProgram((a) => {
  a.label("_start");
  print(a, "ready");
  a.label("again").call("swtch").jmp("again");
  a.label("ready").db("ready\n\0");
});

/** Ends at once. */
const short = userProgram((a) => {
  a.label("_start");
  exit(a, DONE);
});

/** Asks for the debugger: with a port that must not, then with the privileged host port. */
const asker = userProgram((a) => {
  a.label("_start");
  a.call("mach_host_self");
  hostReboot(a, UNPRIVILEGED_HOST, RB_DEBUGGER);
  print(a, "asking");
  hostReboot(a, PRIVILEGED_HOST, RB_DEBUGGER);
  exit(a, DONE);
  a.label("asking").db("asking\n\0");
});

/** Says "ready", then allocates memory again and again. */
const allocator = userProgram((a) => {
  a.label("_start");
  print(a, "ready");
  a.label("again").call("mach_task_self");
  a.push(1).push(0x1000).push(0).push(eax).mov(ecx, esp).add(ecx, 4);
  a.push(1).push(0x1000).push(ecx).push(eax).call("vm_allocate").add(esp, 32).jmp("again");
  a.label("ready").db("ready\n\0");
});

interface Session {
  machine: Machine;
  result: RunResult;
  serial: string;
  /** What was printed behind each line typed, without the line and the next prompt. */
  answers: string[];
}

/** Types a line, or more. */
function type(machine: Machine, text: string): void {
  for (const character of text.includes("\r") ? text : `${text}\r`) {
    if (character === BREAK) machine.sendBreak();
    else machine.sendSerial(character.charCodeAt(0));
  }
}

/** Boots with a program; types the lines at prompts; calls `ready` when the program says that. */
function session(
  append: string,
  program: Uint8Array,
  lines: readonly string[],
  ready: (machine: Machine) => void = () => {},
): Session {
  let serial = "";
  const rest = [...lines];
  const machine = new Machine({
    memory: 16 << 20,
    onSerial: (byte) => {
      serial += String.fromCharCode(byte);
      if (serial.endsWith(PROMPT)) type(machine, rest.shift() ?? "halt");
      if (serial.endsWith("ready\n")) ready(machine);
    },
  });
  const string = "program ${host-port} $(task-create) $(task-resume)";
  const modules = [{ contents: program, string }];
  loadMultiboot(machine, { kernel, commandLine: `kernel console=com0 ${append}`, modules });
  const result = machine.run(MAX_CYCLES);
  const answers = serial
    .split(PROMPT)
    .slice(1)
    .map((text) => text.slice(text.indexOf("\n") + 1));
  return { machine, result, serial, answers };
}

const sendBreak = (machine: Machine) => void machine.sendBreak();
const wordAt = (machine: Machine, address: number) => {
  const bytes = machine.cpu.readLinear(address, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
};

describe("the debugger", () => {
  it("stops at start with -d, computes, and goes on", () => {
    const main = symbols.addressOf("kernel_main")!.toString(16);
    const lines = [
      "print kernel_main+4",
      "p 0t10-3",
      "print *kernel_main",
      "print nothing",
      "nonsense",
      "",
      "show",
      "c",
    ];
    const { result, answers, serial } = session("-d", short, lines);
    expect(serial).toContain("ddb: breakpoint\n");
    expect(answers[0]).toMatch(
      new RegExp(`^0x${(parseInt(main, 16) + 4).toString(16)} -\\d+ ${"\\w{8}"} kernel_main\\+0x4\n$`),
    );
    expect(answers[1]).toBe("0x7 7 00000007\n");
    expect(answers[2]).toMatch(/^0x[0-9a-f]+ -?\d+ /);
    expect(answers[3]).toBe("an address is missing or wrong\n");
    expect(answers[4]).toBe("no such command; help lists them\n");
    expect(answers.slice(5, 7)).toEqual(["", "show what? help lists it\n"]);
    expect(result).toEqual({ reason: "exit", status: DONE });
  });

  it("never faults, whatever address it is given", () => {
    const whats = ["task", "thread", "map", "object", "port", "pset"];
    const addresses = [
      "0",
      "3",
      "bffffffc",
      "fffffffc",
      "c0000ffe",
      "f7fffffe",
      "kernel_main",
      "c0200000",
      "*c0200000",
    ];
    const shows = whats.flatMap((what) => addresses.map((address) => `show ${what} ${address}`));
    const reads = addresses.flatMap((address) => [
      `x/20 ${address}`,
      `x/20b ${address}`,
      `x/s ${address}`,
      `bt ${address}`,
    ]);
    const { result, answers } = session("ddb=1", asker, [...shows, ...reads, "c"]);
    expect(answers).toHaveLength(shows.length + reads.length + 1);
    expect(answers[0]).toBe("no memory there\n");
    expect(answers[shows.length]).toBe("00000000: no memory\n");
    expect(result).toEqual({ reason: "exit", status: DONE });
  });

  it("comes at a break, and shows tasks, threads, maps, ports and zones", () => {
    const lines = ["show all threads", "show zones", "show registers", "bt"];
    const first = session("ddb=1", waiter, lines, sendBreak);
    expect(first.serial).toContain("ddb: console break\n");
    expect(first.result).toEqual({ reason: "exit", status: KERNEL_PANIC_STATUS });
    const [threads, zones, registers, trace] = first.answers;
    const [, task, map] = /^task (\w{8}) program map=(\w{8}) threads=1$/m.exec(threads)!;
    const [, thread] = /^ {2}thread (\w{8}) R pri=\d+ \(current\)$/m.exec(threads)!;
    expect(zones).toMatch(/^vm_map_entry: size=68 used=\d+ free=\d+ peak=\d+ pages=\d+$/m);
    expect(registers).toMatch(/^ eax=\w{8} ebx=\w{8} ecx=\w{8} edx=\w{8}$/m);
    expect(trace.split("\n").length).toBeGreaterThan(1);
    // The same again, to look at what was found: a run repeats itself.
    const more = [`show task ${task}`, `show thread ${thread}`, `show map ${map}`, `bt ${thread}`];
    const [showTask, showThread, showMap] = session("ddb=1", waiter, more, sendBreak).answers;
    const [, self] = /self=(\w{8})/.exec(showTask)!;
    expect(showThread).toMatch(/user_eip=0804\w{4}/);
    const [, object] = /^ {2}08048000-\w{8} [r-][w-][x-]\/rwx inherit=1 object=(\w{8})/m.exec(showMap)!;
    const last = [`show object ${object}`, `show port ${self}`, "x/2 kernel_main", `print $eip`];
    const [showObject, showPort, words] = session("ddb=1", waiter, last, sendBreak).answers;
    expect(showObject).toMatch(/^object \w{8} refs=1 size=\w+ resident=\d+ flags=/);
    expect(showPort).toMatch(
      new RegExp(`^port ${self} name=\\w+ receiver=.*\n.* kotype=2 kobject=${task}\n`),
    );
    expect(words).toMatch(/^\w{8} kernel_main: \w{8} \w{8}\n$/);
  });

  it("goes on behind a break as if nothing had been", () => {
    const { answers, result, serial } = session("ddb=1", waiter, ["bt", `c\r${BREAK}`, "bt"], sendBreak);
    expect(serial.match(/ddb: console break/g)).toHaveLength(2);
    expect(answers).toHaveLength(4);
    expect(result).toEqual({ reason: "exit", status: KERNEL_PANIC_STATUS });
  });

  it("comes when a program asks through the privileged host port, and only then", () => {
    const { serial, answers, result } = session("ddb=1", asker, ["bt", "c"]);
    expect(serial).toMatch(/^asking\n\nddb: breakpoint\n/);
    expect(answers[0]).toMatch(/ ipc_kobject_server\+0x\w+\n/);
    expect(result).toEqual({ reason: "exit", status: DONE });
    expect(session("", asker, []).serial).toBe("asking\n");
  });

  it("does not come without ddb=1", () => {
    const { serial, result } = session("", waiter, [], sendBreak);
    expect(serial).toBe("ready\n");
    expect(result).toEqual({ reason: "cycles" });
  });
});

/** Spoils the count of entries of the map in use. */
function spoil(machine: Machine): void {
  const map = wordAt(machine, symbols.addressOf("kernel/vm/vm_map/activeMap")!);
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, wordAt(machine, map + MAP_ENTRY_COUNT) + 1, true);
  machine.cpu.writeLinear(map + MAP_ENTRY_COUNT, count);
}

describe("a panic", () => {
  const message = "\npanic: vm_map_verify: a map is unsound\n";

  it("says what is wrong and who called whom, and ends the machine", () => {
    const { serial, result } = session("kernel.check=1", allocator, [], spoil);
    expect(result).toEqual({ reason: "exit", status: KERNEL_PANIC_STATUS });
    const trace = serial.slice(serial.indexOf(message) + message.length).split("\n");
    const names = trace.map((line) => /^ {2}\w{8} (\w+)\+0x\w+$/.exec(line)?.[1]);
    expect(names.filter(Boolean).slice(-2), serial).toEqual(["vm_allocate", "trap_vm_allocate"]);
    expect(trace.at(-2)).toMatch(/^ {2}user mode at 0804\w{4}$/);
  });

  it("leads into the debugger with ddb=1, and no further", () => {
    const { serial, answers, result } = session("kernel.check=1 ddb=1", allocator, ["bt", "continue"], spoil);
    expect(serial).toContain(`${message}  c01`);
    expect(answers[0]).toMatch(/^ {2}\w{8} breakpoint\+0x1\n {2}\w{8} panic\+0x\w+\n/);
    expect(result).toEqual({ reason: "exit", status: KERNEL_PANIC_STATUS });
  });
});
