// Programs that make random traps and send the kernel random and nearly right requests: the kernel never panics, and
// a task that does nothing wrong goes on.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MACH_MSGH_BITS_COMPLEX, MACH_RCV_MSG, MACH_RCV_TIMEOUT } from "../../abi/mach_msg";
import { MACH_SEND_MSG, MACH_SEND_TIMEOUT, MSG_HEADER_SIZE } from "../../abi/mach_msg";
import * as traps from "../../abi/mach_traps";
import { bootKernel } from "../../machine/testing";
import { type Assembler, eax, edi, esi, symbol } from "../../tools/asm";
import { kernelPath } from "../../tools/default-image";
import { exit, trapGate, userProgram } from "../kernel/user-program";
import { Random } from "../native/random";
import { forEachSeed } from "./runs";

const DONE = 7;
const START = "$(task-create) $(task-resume)";
const TASKS = 6;
const ROUNDS = 3000;
const ACTIONS = 120;
const MESSAGE_BYTES = 128;
const MAX_CYCLES = 2e9;
/** First message ids of what the kernel serves: mach, memory_object, mach_host, device, mach_debug, mach_port, gnumach. */
const SUBSYSTEMS = [2000, 2200, 2600, 2800, 3000, 3200, 4200];
const TRAPS = Object.entries(traps).flatMap(([name, value]) =>
  name.startsWith("TRAP_") && value < 0 ? [value] : [],
);
/** Descriptors: integers, strings, ports by every disposition, memory out of line. */
const DESCRIPTORS = [
  0x10012002, 0x10022002, 0x10400808, 0x10012013, 0x10012014, 0x10012011, 0x10012015, 0x00012009,
];

function word(random: Random): number {
  const stack = 0xbffff000 + 4 * random.below(1000);
  return random.pick([random.below(16), random.below(16), random.below(16), random.interesting(), stack]);
}

function message(random: Random): number[] {
  const complex = random.chance(0.5) ? MACH_MSGH_BITS_COMPLEX : 0;
  const bits = (random.pick([19, 19, 20, 17, 18]) | (random.pick([0, 20, 21, 21]) << 8) | complex) >>> 0;
  const id = random.pick(SUBSYSTEMS) + random.below(130);
  const words = [bits, 0, random.below(12), random.below(12), 0, id];
  while (words.length < MESSAGE_BYTES / 4)
    words.push(random.chance(0.4) ? random.pick(DESCRIPTORS) : word(random));
  return words;
}

function randomProgram(seed: number): Uint8Array {
  const random = new Random(seed);
  const messages: number[][] = [];
  const trap = (a: Assembler, number: number, args: readonly (number | ReturnType<typeof symbol>)[]) => {
    for (const argument of [...args].reverse()) a.push(argument);
    a.push(0).mov(eax, number);
    trapGate(a);
  };
  return userProgram((a) => {
    a.label("_start");
    for (const name of ["mach_task_self", "mach_thread_self", "mach_host_self", "mach_reply_port"])
      a.call(name);
    for (let i = 0; i < ACTIONS; i++) {
      if (random.chance(0.3)) {
        trap(
          a,
          random.pick(TRAPS),
          Array.from({ length: 12 }, () => word(random)),
        );
        continue;
      }
      const size = random.chance(0.9) ? MSG_HEADER_SIZE + 4 * random.below(20) : random.interesting();
      const option =
        MACH_SEND_MSG | MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT | (random.chance(0.5) ? MACH_RCV_MSG : 0);
      trap(a, traps.TRAP_MACH_MSG, [symbol(`m${i}`), option, size, MESSAGE_BYTES, random.below(12), 1, 0]);
      messages[i] = message(random);
    }
    a.ud2().align(4, 0);
    messages.forEach((words, i) => {
      a.label(`m${i}`);
      for (const value of words) a.dd(value);
    });
  });
}

/** Gives way until nobody else would run, or for ROUNDS: a thread that is depressed for good waits for ever. */
const survivor = userProgram((a) => {
  a.label("_start").mov(edi, 3).mov(esi, ROUNDS);
  a.label("again").dec(esi).je("end").call("swtch").test(eax, eax).jne("again").dec(edi).jne("again");
  a.label("end");
  exit(a, DONE);
});

it("random traps and requests hurt nobody but their own task", { timeout: 120_000 }, () => {
  const kernel = readFileSync(kernelPath);
  forEachSeed(4, (seed) => {
    const hostile = Array.from({ length: TASKS }, (_, i) => ({
      string: `hostile ${START}`,
      contents: randomProgram(seed * TASKS + i),
    }));
    const outcome = bootKernel({
      kernel,
      commandLine: "kernel console=com0 kernel.check=1",
      modules: [{ string: `survivor \${host-port} ${START}`, contents: survivor }, ...hostile],
      maxCycles: MAX_CYCLES,
    });
    expect(outcome.result, `seed ${seed}\n${outcome.report()}`).toEqual({ reason: "exit", status: DONE });
  });
});
