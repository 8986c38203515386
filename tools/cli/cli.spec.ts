import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KERNEL_PANIC_STATUS } from "../../abi/debug_exit";
import { exitWith, makeKernel } from "../../machine/testing-kernels";
import { type AssemblyRoutine, al, dword, dx, ecx, esi, mem, symbol } from "../asm";
import { buildImage } from "../image/image";
import { projectRoot } from "../root";
import { STATUS } from "./status";

let folder = "";
const path = (name: string) => join(folder, name);

/** Runs the command in the scratch folder. */
function run(args: string[], input = "") {
  const command = [join(projectRoot, "run-machine.js"), ...args];
  const child = spawnSync(process.execPath, command, {
    cwd: folder,
    input,
    encoding: "latin1",
    timeout: 60_000,
  });
  return { status: child.status, stdout: child.stdout, stderr: child.stderr };
}

function kernel(name: string, routine: AssemblyRoutine, options = {}) {
  writeFileSync(path(name), makeKernel(routine, options));
}

/** Prints through COM1, byte by byte as the transmitter empties. */
const print =
  (text: string): AssemblyRoutine =>
  (a) => {
    const [next, busy, string, end] = ["next", "busy", "string", "end"].map((name) => a.fresh(name));
    a.mov(esi, symbol(string)).mov(ecx, text.length);
    a.label(next).mov(dx, 0x3fd).label(busy).in(al, dx).test(al, 0x20).je(busy);
    a.lodsb().mov(dx, 0x3f8).out(dx, al).dec(ecx).jne(next).jmp(end);
    a.label(string).db(text).label(end);
  };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mach386-cli-"));
  kernel("hello", (a) => {
    print("hello\n")(a);
    exitWith(7)(a);
  });
  kernel("spin", (a) => a.label("spin").jmp("spin"));
  kernel("halt", (a) => a.hlt());
  kernel("reset", (a) => a.mov(al, 0xfe).out(0x64, al));
  kernel("fault", (a) => a.lidt(mem("none")).ud2().label("none").dw(0).dd(0));
  kernel("panic", (a) => {
    a.jmp("main").label("fail");
    exitWith(KERNEL_PANIC_STATUS)(a);
    a.hlt().label("main").call("fail");
  });
  kernel("plain", (a) => a.hlt(), { multiboot: false });
  kernel("huge", (a) => a.hlt(), { bss: 100 << 20 });
  kernel("echo", (a) => {
    a.label("wait").mov(dx, 0x3fd).in(al, dx).test(al, 1).je("wait");
    a.mov(dx, 0x3f8).in(al, dx).cmp(al, 0x71).je("done").inc(al).out(dx, al).jmp("wait");
    a.label("done");
    exitWith(0)(a);
  });
  // Builds the command if it must be, before several tests would.
  run(["--version"]);
  const file = (data: Uint8Array | string) => ({ data: Buffer.from(data), mode: 0o644 });
  const image = buildImage({
    files: new Map([
      ["/boot/mach386.boot", file("kernel /boot/k\n")],
      ["/boot/k", file(readFileSync(path("hello")))],
    ]),
  });
  writeFileSync(path("good.img"), image);
  writeFileSync(path("cut.img"), image.slice(0, 2 << 20).slice(0, image.length - 512));
  writeFileSync(path("odd.img"), image.slice(0, 5000));
  writeFileSync(path("empty"), "");
  writeFileSync(path("text"), "hello\n".repeat(1000));
  writeFileSync(path("zeros.img"), new Uint8Array(1 << 20));
  writeFileSync(path("cut-kernel"), readFileSync(path("hello")).subarray(0, 4100));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("--screenshot", () => {
  const size = (name: string) => {
    const { width, height, channels } = decode(readFileSync(path(name)));
    return [width, height, channels];
  };

  it("writes a picture at the end, at a cycle, and where a script says", () => {
    expect(run(["--kernel", "hello", "--screenshot", "end.png"]).status).toBe(7);
    expect(size("end.png")).toEqual([720, 400, 3]);
    const at = ["--screenshot", "cycle.png", "--screenshot-cycle", "1e5"];
    expect(run(["--kernel", "spin", "--max-cycles", "1e6", ...at]).status).toBe(STATUS.maxCycles.code);
    expect(size("cycle.png")).toEqual([720, 400, 3]);
    writeFileSync(path("shoot"), "screenshot script.png\nquit\n");
    expect(run(["--kernel", "spin", "--script", "shoot"]).status).toBe(0);
    expect(size("script.png")).toEqual([720, 400, 3]);
  });

  it("goes with a file that can be written, and --screen with a terminal", () => {
    const nowhere = run(["--kernel", "hello", "--screenshot", "no/where.png"]);
    expect([nowhere.status, nowhere.stderr]).toEqual([
      STATUS.cannotCreate.code,
      "run-machine: no/where.png: no such file or directory\n",
    ]);
    expect(run(["--kernel", "hello", "--screenshot-cycle", "5"]).status).toBe(STATUS.usage.code);
    expect(run(["--kernel", "hello", "--screen"]).stderr).toBe(
      "run-machine: --screen: stdin and stdout are no terminal\n",
    );
  });
});

describe("a guest", () => {
  it("says where a kernel panicked", () => {
    const { status, stderr } = run(["--kernel", "panic"]);
    expect(status).toBe(KERNEL_PANIC_STATUS);
    expect(stderr).toMatch(
      /^run-machine: the kernel panicked\n {2}0x\w+ fail\+0x\w+\n {2}0x\w+ main\+0x5\n$/,
    );
  });

  it("prints on stdout, and its status is the command's", () => {
    expect(run(["--kernel", "hello"])).toEqual({ status: 7, stdout: "hello\n", stderr: "" });
  });

  it("boots from an image, with or without the word boot, and leaves it as it was", () => {
    const before = readFileSync(path("good.img"));
    for (const args of [["good.img"], ["boot", "good.img"]]) {
      expect(run(args)).toEqual({ status: 7, stdout: "hello\n", stderr: "" });
    }
    expect(readFileSync(path("good.img")).equals(before)).toBe(true);
  });

  it("takes piped input", () => {
    expect(run(["--kernel", "echo"], "HALq")).toEqual({ status: 0, stdout: "IBM", stderr: "" });
  });

  it("starts again at a reset with --reboot", () => {
    const { status, stderr } = run(["--kernel", "reset", "--reboot", "--max-cycles", "1e6"]);
    expect([status, stderr]).toEqual([STATUS.maxCycles.code, expect.stringContaining("still running")]);
  });

  it("writes into an image only with --writable", () => {
    kernel("writer", (a) => {
      for (const [port, value] of [
        [6, 0xe0],
        [2, 1],
        [3, 1],
        [4, 0],
        [5, 0],
        [7, 0x30],
      ]) {
        a.mov(dx, 0x1f0 + port)
          .mov(al, value)
          .out(dx, al);
      }
      a.label("ask").in(al, dx).test(al, 8).je("ask");
      a.mov(esi, symbol("ask")).mov(dx, 0x1f0).mov(ecx, 256).rep().outsw().mov(dx, 0x1f7);
      a.label("busy").in(al, dx).test(al, 0x80).jne("busy");
      exitWith(0)(a);
    });
    writeFileSync(path("scratch.img"), new Uint8Array(8192));
    expect(run(["--kernel", "writer", "--disk", "scratch.img"]).status).toBe(0);
    expect(readFileSync(path("scratch.img")).every((byte) => byte === 0)).toBe(true);
    expect(run(["--kernel", "writer", "--disk", "scratch.img", "--writable"]).status).toBe(0);
    const written = readFileSync(path("scratch.img"));
    expect(written.subarray(512, 1024).some((byte) => byte !== 0)).toBe(true);
    expect(written.length).toBe(8192);
  });

  it("prints into a file", () => {
    expect(run(["--kernel", "hello", "--serial", "out"]).stdout).toBe("");
    expect(readFileSync(path("out"), "latin1")).toBe("hello\n");
  });

  it("runs in real time", () => {
    expect(run(["--kernel", "hello", "--real-time"]).status).toBe(7);
  });

  it("shows output while it runs", async () => {
    kernel("prompt", (a) => {
      print("ready\n")(a);
      a.label("wait").mov(dx, 0x3fd).in(al, dx).test(al, 1).je("wait");
      exitWith(0)(a);
    });
    const child = spawn(process.execPath, [join(projectRoot, "run-machine.js"), "--kernel", path("prompt")]);
    const first = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data))),
    );
    expect("ready\n".startsWith(first)).toBe(true);
    child.stdin.end("x");
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });
});

describe("bad input gives one line and its own status", () => {
  const cases: [string, string[], { code: number }, RegExp][] = [
    ["nothing to run", [], STATUS.usage, /nothing to run/],
    ["an unknown option", ["--bogus"], STATUS.usage, /unknown option '--bogus'/],
    ["an option without its value", ["--kernel"], STATUS.usage, /argument missing/],
    ["a bad size", ["--kernel", "hello", "--memory", "lots"], STATUS.usage, /--memory.*need a size/],
    ["too little memory", ["--kernel", "hello", "--memory", "64K"], STATUS.usage, /memory/],
    ["a bad cycle count", ["--kernel", "hello", "--max-cycles", "-1"], STATUS.usage, /--max-cycles/],
    ["an unknown processor", ["--kernel", "hello", "--cpu", "z80"], STATUS.usage, /unknown CPU model "z80"/],
    ["an unknown trace", ["--kernel", "hello", "--trace", "magic"], STATUS.usage, /choose from exec, int/],
    ["two images", ["good.img", "good.img"], STATUS.usage, /one IMAGE/],
    [
      "five disks",
      ["good.img", ...Array<string[]>(4).fill(["--disk", "good.img"]).flat()],
      STATUS.usage,
      /5 disks/,
    ],
    [
      "a diskette of no known size",
      ["--floppy", "good.img"],
      STATUS.usage,
      /a diskette of \d+ bytes: no format/,
    ],
    [
      "a second one of no known size",
      ["good.img", "--floppy-b", "good.img"],
      STATUS.usage,
      /a diskette of \d+ bytes: no format/,
    ],
    ["a missing image", ["none.img"], STATUS.noInput, /^run-machine: none.img: no such file or directory\n/],
    ["a missing kernel", ["--kernel", "none"], STATUS.noInput, /none: no such file/],
    ["a missing module", ["--kernel", "hello", "--module", "none a b"], STATUS.noInput, /none: no such file/],
    ["a directory", ["--kernel", "."], STATUS.noInput, /is a directory/],
    ["an empty image", ["empty"], STATUS.data, /empty: is no disk image/],
    ["an image of no whole sectors", ["odd.img"], STATUS.data, /not whole sectors/],
    ["an image without partitions", ["zeros.img"], STATUS.data, /no partition table/],
    ["a truncated image", ["cut.img"], STATUS.data, /cut.img: is truncated/],
    ["a kernel that is not an ELF file", ["--kernel", "text"], STATUS.data, /text: not an ELF file/],
    ["a truncated kernel", ["--kernel", "cut-kernel"], STATUS.data, /truncated/],
    ["an ELF file that is not multiboot", ["--kernel", "plain"], STATUS.data, /no multiboot header/],
    ["a kernel too large for the memory", ["--kernel", "huge"], STATUS.data, /does not fit into 64 MiB/],
    [
      "a trace file that cannot be",
      ["--kernel", "hello", "--trace", "io", "--trace-file", "no/t"],
      STATUS.cannotCreate,
      /no\/t/,
    ],
    ["a serial file that cannot be", ["--kernel", "hello", "--serial", "no/s"], STATUS.cannotCreate, /no\/s/],
    [
      "a serial file that is the image",
      ["good.img", "--serial", "./good.img"],
      STATUS.usage,
      /in use already, and output would destroy it/,
    ],
    [
      "a trace file that is the serial file",
      ["--kernel", "hello", "--serial", "text", "--trace", "io", "--trace-file", "text"],
      STATUS.usage,
      /text: is in use already/,
    ],
    ["a processor named like a method", ["good.img", "--cpu", "toString"], STATUS.usage, /unknown CPU model/],
    ["a kernel that never ends", ["--kernel", "/dev/zero"], STATUS.data, /is not a file/],
    ["a disk that is a device", ["--kernel", "hello", "--disk", "/dev/zero"], STATUS.data, /is not a file/],
    ["a name of several lines", ["a\nb\x1b[31m"], STATUS.noInput, /a\\x0ab\\x1b\[31m: no such file/],
    ["a triple fault", ["--kernel", "fault"], STATUS.tripleFault, /shut down at eip/],
    [
      "an endless loop",
      ["--kernel", "spin", "--max-cycles", "1e6"],
      STATUS.maxCycles,
      /still running after 1000000 cycles/,
    ],
    ["a halt for ever", ["--kernel", "halt"], STATUS.halted, /halted at eip/],
    ["a reset", ["--kernel", "reset"], STATUS.reset, /reset the machine/],
  ];
  it.each(cases)("%s", (_name, args, status, message) => {
    const result = run(args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/^run-machine: [^\n]+\n$/);
    expect(result.status).toBe(status.code);
    expect(result.stdout).toBe("");
  });
});

it("a full disk for a trace ends the run with one line", () => {
  const { status, stderr } = run(["--kernel", "hello", "--trace", "io", "--trace-file", "/dev/full"]);
  expect(stderr).toBe("run-machine: /dev/full: no space left\n");
  expect(status).toBe(STATUS.cannotCreate.code);
});

describe("information", () => {
  it("--help names every option and every status, on stdout", () => {
    const { status, stdout, stderr } = run(["--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    for (const { code } of Object.values(STATUS)) expect(stdout).toContain(`\n  ${code} `);
    for (const option of ["--kernel", "--append", "--max-cycles", "--real-time", "--trace"]) {
      expect(stdout).toContain(option);
    }
  });

  it("--version and --cpu help", () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
      version: string;
    };
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(run(["--cpu", "help"]).stdout).toMatch(
      /^i386 .*\ni486 .*\npentium .*\npentium2 .*\npentium3 .*\npentium4 .*\n$/,
    );
  });

  it("--stats prints counters on stderr", () => {
    const { status, stdout, stderr } = run(["--kernel", "hello", "--stats"]);
    expect([status, stdout]).toEqual([7, "hello\n"]);
    expect(stderr).toMatch(/^instructions +[\d,]+$/m);
    expect(stderr).toMatch(/^bytes sent by COM1 +6$/m);
  });

  it("--screen-dump prints the text screen behind the serial output", () => {
    kernel("screen", (a) => {
      print("hello\n")(a);
      a.mov(dword(0xb8000), 0x1f031f48);
      exitWith(0)(a);
    });
    expect(Buffer.from(run(["--kernel", "screen", "--screen-dump"]).stdout, "latin1").toString()).toBe(
      "hello\nH♥\n",
    );
  });

  it("--trace shows instructions and port accesses", () => {
    const traced = run(["--kernel", "reset", "--trace", "exec,io", "--trace-file", "t"]);
    expect(traced.status).toBe(STATUS.reset.code);
    const lines = readFileSync(path("t"), "utf8").trimEnd().split("\n");
    expect(lines.some((line) => /exec 0x00100035 mov al,0FEh/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/io +out 0x0064 0xfe$/);
  });

  it("--trace unimplemented shows at the end which ports nobody answers at", () => {
    kernel("ports", (a) => {
      a.mov(dx, 0x1234).in(al, dx).in(al, dx).mov(dx, 0x1230).out(dx, al);
      exitWith(0)(a);
    });
    const traced = run(["--kernel", "ports", "--trace", "unimplemented", "--trace-file", "u"]);
    expect(traced.status).toBe(0);
    const lines = readFileSync(path("u"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/^ *\d+ /, ""))).toEqual([
      "unimplemented port 0x1230: 0 reads, 1 writes",
      "unimplemented port 0x1234: 2 reads, 0 writes",
    ]);
  });
});

describe("a BIOS", () => {
  /** A disk that prints a key that is typed, and ends with its number less that of "0". */
  const echo = "b400 cd16 b40e cd10 2c30 e6f4";

  beforeAll(() => {
    const disk = new Uint8Array(1 << 20);
    disk.set([...Buffer.from(echo.replaceAll(" ", ""), "hex")]);
    disk.set([0x55, 0xaa], 510);
    writeFileSync(path("boot.img"), disk);
    writeFileSync(path("script"), "# a key\nwait disk 0\ntype 4\nquit\n");
    writeFileSync(path("longer"), "wait disk 0\nscreen\nwait the end\n");
    writeFileSync(path("wrong"), "wait something\nhope\n");
  });

  it("boots a disk, and takes what is typed", () => {
    expect(run(["boot.img", "--boot", "c", "--type", "5"])).toEqual({ status: 5, stdout: "", stderr: "" });
  });

  it("boots with ISA alone, and with its ROM in a file", () => {
    const bios = join(projectRoot, "build/bios.bin");
    expect(run(["boot.img", "--boot", "c", "--type", "3", "--machine", "isapc"]).status).toBe(3);
    expect(run(["boot.img", "--boot", "c", "--type", "6", "--bios", bios]).status).toBe(6);
  });

  it("is driven by a script", () => {
    expect(run(["boot.img", "--boot", "c", "--script", "script"]).status).toBe(0);
    const { status, stdout, stderr } = run([
      "boot.img",
      "--boot",
      "c",
      "--script",
      "longer",
      "--max-cycles",
      "2e8",
    ]);
    expect(stdout).toBe("mach386 BIOS, 128 MiB of memory\ndisk 0: 1 MiB\n");
    expect([status, stderr]).toEqual([
      STATUS.script.code,
      'run-machine: longer: line 3: "the end" was not seen\n',
    ]);
  });

  it.each([
    [["boot.img", "--boot", "c", "--script", "wrong"], STATUS.data, 'wrong: line 2: "hope" is none of'],
    [["boot.img", "--boot", "c", "--type", "\u20ac"], STATUS.data, "no key types"],
    [["boot.img", "--boot", "x"], STATUS.usage, "boot order"],
    [["boot.img", "--boot", "c", "--bios", "script"], STATUS.usage, "a BIOS of"],
    [["--kernel", "hello", "--boot", "c"], STATUS.usage, "--kernel and --boot"],
    [["--kernel", "hello", "--initrd", "script"], STATUS.usage, "no Linux kernel"],
    [["--cdrom", "missing.iso"], STATUS.noInput, "missing.iso: no such file"],
  ] as const)("refuses %j", (args, status, text) => {
    const result = run([...args]);
    expect([result.status, result.stdout]).toEqual([status.code, ""]);
    expect(result.stderr).toContain(text);
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("a Linux kernel", () => {
  const HEADER = { at: 0x202, bytes: [...Buffer.from("HdrS"), 0x06, 0x02] };

  /** A file that begins as a bzImage of boot protocol 2.06 does. */
  function image(name: string, change: (bytes: Uint8Array) => void, length = 8192): void {
    const bytes = new Uint8Array(length);
    bytes.set(HEADER.bytes, HEADER.at);
    bytes[0x1f1] = 4;
    bytes[0x201] = 0x60;
    bytes[0x211] = 1;
    bytes.set([0xff, 0x07, 0, 0], 0x238);
    bytes.set([0xff, 0xff, 0xff, 0x7f], 0x22c);
    change(bytes);
    writeFileSync(path(name), bytes);
  }

  beforeAll(() => {
    // mov eax, [esi + 228h]; mov al, [eax]; mov edx, [esi + 21ch]; add al, dl; out 0f4h, al
    const code = Buffer.from("8b8628020000 8a00 8b961c020000 00d0 e6f4".replaceAll(" ", ""), "hex");
    image("vmlinuz", (bytes) => bytes.set(code, 5 * 512));
    image("old", (bytes) => (bytes[0x206] = 5));
    image("low", (bytes) => (bytes[0x211] = 0));
    image("cut", () => {}, 5 * 512);
    writeFileSync(path("initrd"), new Uint8Array(3));
  });

  it("is entered with its command line and its RAM disk", () => {
    const result = run(["--kernel", "vmlinuz", "--initrd", "initrd", "--append", "A"]);
    expect(result).toEqual({ status: 0x41 + 3, stdout: "", stderr: "" });
  });

  it.each([
    ["old", "boot protocol 2.05 is older than 2.06"],
    ["low", "only a bzImage"],
    ["cut", "cut off"],
  ])("that is %s is refused", (name, text) => {
    const result = run(["--kernel", name]);
    expect([result.status, result.stdout]).toEqual([STATUS.data.code, ""]);
    expect(result.stderr).toContain(text);
  });

  it("needs memory", () => {
    const result = run(["--kernel", "vmlinuz", "--memory", "8M"]);
    expect(result.stderr).toContain("does not fit into 8 MiB");
  });
});
