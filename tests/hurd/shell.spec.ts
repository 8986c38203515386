// The shell and the commands, as somebody types them; with the host's own as judges where it has the same files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WORDS_FILE_FACTOR } from "../../abi/words_file";
import { readBootDisk } from "../../machine/boot-disk";
import { Machine } from "../../machine/machine";
import { loadMultiboot } from "../../machine/multiboot";
import { imageDisk, withWords } from "../../tools/default-image";
import { hostEntries } from "../../tools/image/host-files";
import { projectRoot } from "../../tools/root";
import { Session } from "../../tools/session";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { imageBytes, volumeBytes } from "./disk";
import { writeUsr } from "./usr";

const scratch = mkdtempSync(join(tmpdir(), "mach386-shell-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const host = (command: string) =>
  execFileSync("sh", ["-c", command], {
    cwd: scratch,
    encoding: "utf8",
    env: { LC_ALL: "C", PATH: process.env.PATH },
  });
const sorted = (text: string) => text.split("\n").sort().join("\n");
const numbers = (text: string) => text.trim().split(/\s+/).map(Number);

describe("at the prompt", () => {
  let shell: Session;
  beforeAll(() => {
    writeUsr(scratch);
    shell = new Session();
  });

  it("finds what the host's grep finds", () => {
    const guest = shell.run("cd /; grep -rn NR usr/include usr/share usr/lib");
    const wanted = host("grep -rn NR usr/include usr/share usr/lib || true");
    expect(sorted(guest)).toBe(sorted(wanted));
    expect(shell.run("grep -ril Nr_CpUs /usr/share | wc -l").trim()).toBe(
      host("grep -ril Nr_CpUs usr/share | wc -l").trim(),
    );
    expect(sorted(shell.run("grep -rc NR usr/include"))).toBe(
      sorted(host("grep -rc NR usr/include || true")),
    );
  });

  it("counts, sorts and cuts as the host does", () => {
    const file = host("find usr/share/doc -type f -size +2k | sort | head -1").trim();
    expect(numbers(shell.run(`cat ${file} | wc`))).toEqual(numbers(host(`cat ${file} | wc`)));
    expect(shell.run(`sort ${file}`)).toBe(host(`sort ${file}`));
    expect(shell.run(`sort -r ${file} | head -n 3`)).toBe(host(`sort -r ${file} | head -n 3`));
    expect(shell.run(`tail -5 ${file}`)).toBe(host(`tail -n 5 ${file}`));
    expect(shell.run("ls usr")).toBe(host("ls usr"));
    expect(sorted(shell.run("find usr/include -name '*.h' -type f"))).toBe(
      sorted(host("find usr/include -name '*.h' -type f")),
    );
  });

  it("redirects, pipes and chains", () => {
    expect(shell.run("echo one > /tmp/a; echo two >> /tmp/a; cat < /tmp/a")).toBe("one\ntwo\n");
    expect(shell.run("cat /tmp/a | cat | cat | wc -l").trim()).toBe("2");
    expect(shell.run("false && echo no; true && echo yes; false || echo or; echo $?")).toBe("yes\nor\n0\n");
    expect(shell.run("cat /nope; echo $?")).toBe("cat: /nope: No such file or directory\n1\n");
    expect(shell.run("cat /nope > /tmp/b; cat /tmp/b | wc -l")).toMatch(/^cat: .*\n +0\n$/);
    expect(shell.run("cat /nope 2> /tmp/b; cat /tmp/b")).toBe("cat: /nope: No such file or directory\n");
    expect(shell.run("X='a  b' ; echo $X \"$X\" '$X' \\$X")).toBe("a b a  b $X $X\n");
    expect(shell.run("nothing-of-this-name; echo $?")).toBe("sh: nothing-of-this-name: not found\n127\n");
    expect(shell.run('sh -c "echo \'open"')).toBe("sh: there is no end of a quotation where one should be\n");
    expect(shell.run("sh -c 'exit 7'; echo $?")).toBe("7\n");
  });

  it("runs scripts with arguments", () => {
    shell.run("echo 'echo $# of $1; shift; echo then $1; ls $2' > /tmp/s");
    expect(shell.run("sh /tmp/s x y /usr")).toBe(`3 of x\nthen y\n${host("ls usr")}`);
  });

  it("knows regular expressions as the host's grep does", () => {
    const file = "usr/include/celonale/kofave.hpp";
    const patterns = [
      "'^[a-z]*$'",
      "'^$'",
      "'a.*e$'",
      "'[^a-z ]'",
      "'[[:digit:]]'",
      "'ab\\|be'",
      "'\\(ba\\)*be'",
      "'a*b*c'",
      "-E '(ba|co)+d?e'",
      "-E '^(a|e|i)'",
      "-E 'x|y|z|^$'",
      "-E '[.*^]+'",
      "-E 'o{'",
      "-i 'NR'",
      "-iE '(NO|SE)M'",
      "-w 'no'",
      "-w '[a-z]i'",
      "-x '.*a'",
      "-F 'a.b'",
      "-F '('",
      "-wF 'a|b'",
      "-v 'e'",
      "'*a'",
      "'a\\.b'",
      "'\\$'",
      "-E '()'",
      "-E 'a?b?c?$'",
      "''",
    ];
    for (const pattern of patterns) {
      const wanted = host(`grep -n ${pattern} ${file} || true`);
      expect([pattern, shell.run(`cd /; grep -n ${pattern} ${file}`)]).toEqual([pattern, wanted]);
    }
    expect(shell.run("grep '[' /etc/start; grep -E '(' /etc/start; grep 'a\\(' /etc/start")).toBe(
      "grep: that is no pattern\n".repeat(3),
    );
  });

  it("moves, copies, links and removes", () => {
    shell.run("cp -r /usr/include /tmp/inc");
    expect(shell.run("find /tmp/inc -type f | wc -l").trim()).toBe(
      host("find usr/include -type f | wc -l").trim(),
    );
    expect(shell.run("mv /tmp/inc /tmp/moved; ls /tmp/moved")).toBe(host("ls usr/include"));
    shell.run("ln -s moved /tmp/link; ln /tmp/a /tmp/hard; chmod 600 /tmp/a");
    expect(shell.run("ls -l /tmp/link")).toMatch(/^lrwxrwxrwx +1 .* \/tmp\/link -> moved\n$/);
    expect(shell.run("ls -l /tmp/hard")).toMatch(/^-rw------- +2 +8 /);
    expect(shell.run("rm /tmp/moved")).toBe("rm: /tmp/moved: Is a directory\n");
    expect(shell.run("rm -r /tmp/moved /tmp/link /tmp/hard /tmp/a /tmp/b /tmp/s; ls /tmp")).toBe("");
    expect(shell.run("mkdir -p /tmp/x/y/z; rmdir /tmp/x")).toBe("rmdir: /tmp/x: Directory not empty\n");
    shell.run("rm -r /tmp/x");
  });

  it("shows processes, and ends them", () => {
    expect(shell.run("ps")).toMatch(
      / 1 +0 +\d+ {2}init\n +2 +0 +\d+ {2}ext2fs\n( +\d +0 +\d+ {2}(default-pager|pipes|exec|term)\n){4} +7 +0 +\d+ {2}proc\n/,
    );
    const pid = /(\d+) +1 +\d+ {2}vmstat/.exec(shell.run("vmstat 1000 > /tmp/out & ps"))![1];
    expect(shell.run(`kill ${pid}; wait; ps`)).not.toContain("vmstat");
    shell.run("rm /tmp/out");
    expect(shell.run("kill 1")).toBe("kill: 1: Operation not permitted\n");
    expect(shell.run("kill 999")).toBe("kill: 999: No such process\n");
  });

  it("forks, executes and waits", () => {
    const output = shell.run("fork-test; echo status $?");
    expect(output).not.toContain("FAIL");
    expect(output).toMatch(/ok 23 .*\nstatus 0\n$/);
  });

  it("loses nothing when a client dies in the middle, or the disk is full", () => {
    const free = () => Number(/KiB, (\d+) free/.exec(shell.run("df"))![1]);
    shell.run("sync");
    const before = free();
    for (let round = 0; round < 3; round++) {
      const pid = /(\d+) +1 +\d+ {2}usr-load/.exec(shell.run("usr-load 500 > /tmp/out & ps"))![1];
      shell.run("find /usr -type f | wc -l");
      shell.run(`kill ${pid}; wait`);
    }
    shell.run("cat /bin/* /bin/* > /tmp/full; echo x >> /tmp/full");
    expect(shell.run("df")).toMatch(/KiB, \d{1,2} free/);
    expect(shell.run("cat /bin/* > /tmp/more || echo short")).toContain("short");
    shell.run("rm -r /build /tmp/full /tmp/more /tmp/out; sync");
    // The block that /'s directory grew by, if it did, stays.
    for (let turn = 0; turn < 20 && free() < before - 8; turn++) shell.run("vmstat 1 2");
    expect(free()).toBeGreaterThanOrEqual(before - 8);
  });

  it("keeps the file server's map small while it works", () => {
    const entries = () => Number(shell.run("vminfo 2 | wc -l"));
    const before = entries();
    shell.run("grep -r NR /usr > /tmp/found; rm /tmp/found");
    expect(entries()).toBeLessThan(before + 10);
  });

  it("lets a line be corrected", () => {
    expect(shell.typeRaw("echo wrong\x7f\x7f\x7f\x7f\x7fright\r")).toContain("\nright\n");
    expect(shell.typeRaw("nonsense\x15echo fresh\r")).toContain("\nfresh\n");
    expect(shell.typeRaw("given up\x03")).not.toContain("not found");
  });

  it("begins programs where it is", () => {
    expect(
      shell.run("cd /usr/share; pwd; ls | head -1; cd ../..; pwd; sh -c 'cd /usr; cd lib; pwd'"),
    ).toMatch(/^\/usr\/share\n[a-z]+\n\/\n\/usr\/lib\n$/);
    shell.run("cd /");
  });

  it("ends what runs with control-C, and nothing else", () => {
    const WHILE = 5e7;
    const processes = () => shell.run("ps").split("\n").length;
    const before = processes();
    expect(shell.interrupt("sleep 1000", "\x03", WHILE)).toContain("^C");
    expect(shell.run("echo $?")).toBe("130\n");
    expect(shell.interrupt("cat | cat | wc", "not\rcounted\r\x03", WHILE)).not.toContain("2 ");
    expect(shell.interrupt("sh -c 'sleep 1000; echo no'", "\x03", WHILE)).not.toContain("\nno");
    shell.run("sleep 1000 &");
    expect(shell.interrupt("sleep 1000", "\x03", WHILE)).toContain("^C");
    const [, pid] = /^ *(\d+) .* sleep$/m.exec(shell.run("ps"))!;
    shell.run(`kill ${pid}`);
    expect(processes()).toBe(before);
  });

  it("loses nothing of what is typed ahead, however much that is", () => {
    const numbers = (from: number) => Array.from({ length: 50 }, (_, index) => from + index);
    const starts = [1000, 2000, 3000];
    shell.typeAhead("sleep 60\r", 2e7);
    for (const from of starts) {
      const lines = numbers(from).map((n) => `echo ${n} ${"-".repeat(17)} >> /tmp/ahead\r`);
      shell.typeAhead(lines.join(""), 3e8);
    }
    shell.typeAhead("echo '*' the end\r", 1e6);
    shell.until("* the end\n");
    expect(shell.run("cat /tmp/ahead; rm /tmp/ahead")).toBe(
      starts
        .flatMap(numbers)
        .map((n) => `${n} ${"-".repeat(17)}\n`)
        .join(""),
    );
  });

  it("runs a file that names its program, and says what cannot be run", () => {
    shell.run("echo '#!/bin/echo one  two' > /tmp/script; chmod 755 /tmp/script");
    expect(shell.run("/tmp/script three; cd /tmp; ./script")).toBe(
      "one  two /tmp/script three\none  two ./script\n",
    );
    shell.run("echo nothing > /tmp/script; echo '#!/tmp/loop' > /tmp/loop; chmod 755 /tmp/loop");
    expect(shell.run("/tmp/script; /tmp/loop; /etc/passwd; /tmp")).toBe(
      "sh: nothing: not found\nsh: /tmp/loop: Too many levels of symbolic links\n" +
        "sh: /etc/passwd: Permission denied\nsh: /tmp: Permission denied\n",
    );
    shell.run("cd /; rm /tmp/script /tmp/loop");
  });

  it("runs a script as the host's shell does", () => {
    const path = join(projectRoot, "tests/hurd/scripts/script.sh");
    const guest = new Session({ entries: hostEntries("/home/script.sh", path) });
    const wanted = host(`sh ${path} one two "three four" 2>&1`);
    guest.run("cd /tmp");
    expect(guest.run('sh /home/script.sh one two "three four"')).toBe(wanted);
    guest.run("chmod 755 /home/script.sh");
    expect(guest.run('/home/script.sh one two "three four" > out 2>&1; cat out')).toBe(wanted);
  });

  it("asks for the rest of what is not complete, and says what is wrong", () => {
    expect(shell.typeRaw("for i in 1 2\rdo\rif [ $i = 2 ]; then echo 'two\rlines'; fi\rdone\r")).toMatch(
      /two\nlines\n$/,
    );
    expect(shell.typeRaw("while true; do\r\x03")).toContain("^C");
    expect(shell.interrupt("while :; do :; done", "\x03", 5e7)).toContain("^C");
    expect(shell.run("if true; then echo x; done; echo y")).toBe("sh: there is no fi where one should be\n");
    expect(shell.run("done; echo y")).toBe("sh: there is no command where one should be\n");
    expect(shell.run("echo fine")).toBe("fine\n");
  });

  it("leaves a sound disk", () => {
    shell.run("echo kept > /home/file");
    expect(shell.end()).toEqual({ reason: "exit", status: 0 });
    if (!hasE2fsprogs) return;
    const path = join(scratch, "disk");
    const volume = volumeBytes(shell.disk);
    expect(e2fsck(volume, path)).toBe("clean");
    expect(execFileSync("debugfs", ["-R", "cat /home/file", path], { stdio: "pipe" }).toString()).toBe(
      "kept\n",
    );
  });
});

it("a bad block is an error for who reads it, and for nobody else", () => {
  let bad = -1;
  const shell = new Session({
    wrap: (disk) => {
      const bytes = imageBytes(disk);
      const words = new Uint32Array(4).map((_, index) => Math.imul(40 * 4096 + index * 4, WORDS_FILE_FACTOR));
      bad = Buffer.from(bytes.buffer).indexOf(Buffer.from(words.buffer)) / 512;
      return {
        sectors: disk.sectors,
        read(lba, into) {
          if (bad >= lba && bad < lba + into.length / 512) throw new Error("bad sector");
          disk.read(lba, into);
        },
        write: (lba, from) => disk.write(lba, from),
      };
    },
  });
  expect(bad).toBeGreaterThan(2048);
  expect(shell.run("cat /share/words > /tmp/w")).toContain("Input/output error");
  expect(shell.run("head -n 1 /etc/demo")).toBe("vminfo init\n");
  expect(shell.run("wc -c /share/words")).toContain("Input/output error");
  expect(shell.run("ls -l /share/words")).toContain("words");
});

it("the shell is on the screen and the keyboard, too", () => {
  const disk = imageDisk();
  const machine = new Machine({ memory: 64 << 20, disks: [disk] });
  const boot = readBootDisk(disk, 64 << 20);
  const commandLine = withWords(boot.commandLine, "init.plan=/etc/start").replace("console=com0 ", "");
  loadMultiboot(machine, { ...boot, commandLine });
  const screen = () =>
    machine
      .screen()
      .rows.map(({ text }) => text.trimEnd())
      .filter(Boolean);
  const runUntil = (last: string) => {
    for (let slice = 0; slice < 400 && screen().at(-1) !== last; slice++) machine.run(machine.cycles + 10e6);
    expect(screen().at(-1)).toBe(last);
  };
  runUntil("mach386#");
  machine.typeText("ls /usr | wc -l\n");
  machine.run(machine.cycles + 20e6);
  runUntil("mach386#");
  expect(screen().slice(-3)).toEqual(["mach386# ls /usr | wc -l", "       5", "mach386#"]);
});
