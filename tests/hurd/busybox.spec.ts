// Debian's busybox-static for the i386, unmodified, under the Linux personality on our ext2fs; judged by the same busybox for this
// machine with the same files on the host's kernel. `npm run judges` brings both.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchedBoth } from "../../tools/debian/judges";
import { hostEntries } from "../../tools/image/host-files";
import { IMAGE_TIME } from "../../tools/image/tree";
import { bytesContents } from "../../tools/image/file-contents";
import { Session } from "../../tools/session";
import { e2fsck, hasE2fsprogs } from "../e2fsck";
import { volumeBytes } from "./disk";
import { writeUsr } from "./usr";

/** What busybox's shell runs, in a directory that has `usr` and can be written to. */
const SCRIPTS: Record<string, string> = {
  "directories are listed": "ls -a usr; ls -R usr/include | head -n 200; ls -F usr/lib | tail -n 40",
  "files are listed in full": "find usr -type f | sort | head -n 60 | xargs ls -ln",
  "symbolic links are listed and read":
    "find usr -type l | sort | xargs ls -ln; find usr -type l | sort | xargs readlink",
  "files are told by kind, size and time":
    "find usr -size +40k -name '*a*' | sort; find usr -newer usr/include | sort",
  "names are sorted":
    "find usr | sort -u | sort -r | head -n 100; find usr -type f | xargs wc -c | sort -n | tail -n 50",
  "texts are searched":
    "grep -rn 'N[A-Z]' usr/include | sort; grep -rsil nr usr/share | sort; grep -rc e usr/include | sort",
  "regular expressions are known":
    "grep -rhE '^(in|ou)t? *[a-z]+ ?\\(' usr/include | sort | uniq -c | sort -rn | head -n 30",
  "checksums are right":
    "find usr -type f | sort | xargs sha256sum; find usr -type f | sort | xargs md5sum | sha1sum",
  "archives are written and read":
    "tar -cf a.tar usr/include usr/share usr/bin;  tar -tvf a.tar usr/share usr/bin | sort; mkdir out; cd out; tar -xf ../a.tar; diff -r usr/include ../usr/include && echo same; cd ..; rm -r out a.tar",
  "archives are compressed":
    "tar -czf a.tgz usr/include; gunzip -c a.tgz | tar -tf - | sort | tail -n 5; cp usr/bin/* .; gzip -n guro dako; sha256sum *.gz; gunzip *.gz; cmp dako usr/bin/dako && echo same; ls usr/bin | xargs rm a.tgz",
  "streams are edited":
    "sed -n 's/int/INT/gp' $(find usr/include -type f | sort) | head -n 100; cut -c1-20 usr/include/celonale/*.h | tr a-z A-Z | tail -n 40",
  "awk counts":
    "cat usr/include/celonale/* | awk '{ n[$1]++; t += NF } END { for (k in n) print n[k], k; print t, NR }' | sort",
  "files are made, changed, linked, moved and removed":
    "mkdir -p a/b/c; echo one > a/one; echo two >> a/one; ln a/one a/b/two; ln -s ../one a/b/three; ln -s nowhere a/lost; chmod 640 a/one; touch -d '2020-01-02 03:04:05' a/one; ls -ln a/one a/b/two; readlink a/b/three; ls -RF a; mv a/b a/d; cat a/d/three; cp -r a e; find e | sort; rm a/one; cat a/d/two; stat -c '%n %s %a %h %F' a/d/*; rm -r a e; ls",
  "the shell computes and repeats":
    "f() { if [ $1 -lt 2 ]; then echo 1; else echo $(( $1 * $(f $(($1 - 1))) )); fi; }; for i in 1 2 3 4 5; do f $i; done; i=0; while [ $i -lt 200 ]; do i=$((i + 1)); done; echo $i; case $i in 2*) echo two;; esac",
  "the shell redirects":
    "echo out; echo err >&2; (echo a; echo b) > f 2>&1; cat < f; cat <<X\nhere $((6 * 7))\nX\nexec 3< f; read x <&3; read y <&3; echo $y $x; rm f; cat f",
  "statuses come back":
    "true; echo $?; false; echo $?; nowhere; echo $?; (exit 42); echo $?; sh -c 'kill -9 $$'; echo $?; ls nowhere; echo $?",
  "signals are caught, blocked and fatal":
    "trap 'echo caught' USR1; kill -USR1 $$; (sleep 100) & kill $!; wait $! 2>/dev/null; echo $?; trap 'echo bye' EXIT; trap '' TERM; kill $$; echo still",
  "pipes carry much and end":
    "yes | head -n 5; cat usr/bin/* | cat | cat | sha256sum; seq 1 20000 | tail -n 1; seq 1 100000 | head -n 1",
  "children run side by side":
    "for i in 1 2 3 4; do (seq $i 40 400 | sha256sum > s$i) & done; wait; cat s1 s2 s3 s4; rm s?",
  "numbers are written in many ways":
    "printf '%d %x %5s|%-5s| %03d %c\\n' 42 255 ab cd 7 x; seq 1 3 20; expr 7 \\* 6; echo 'scale=20; 2/3' | bc; od -An -tx1 usr/bin/dako | head -n 3",
  "dd seeks and cuts":
    "dd if=usr/bin/dako of=f bs=1000 skip=3 seek=2 count=4 2>/dev/null; sha256sum f; wc -c f; truncate -s 100 f; od f; dd if=/dev/zero of=f bs=1 seek=5000 count=1 2>/dev/null; wc -c < f; rm f",
};

const programs = fetchedBoth();
const ENVIRONMENT = "exec 2>&1; export LC_ALL=C TZ=UTC PATH=$BIN\n";

describe.skipIf(!programs)("busybox (needs npm run judges)", () => {
  const host = mkdtempSync(join(tmpdir(), "mach386-busybox-"));
  let guest: Session;

  beforeAll(() => {
    writeUsr(join(host, "home"));
    mkdirSync(join(host, "bin"));
    mkdirSync(join(host, "tmp"));
    copyFileSync(programs!.host, join(host, "bin/busybox"));
    // tar runs it by its name.
    symlinkSync("busybox", join(host, "bin/gzip"));
    const scripts = Object.values(SCRIPTS).map((text, index) => ({
      kind: "file" as const,
      path: `/tmp/${index}`,
      mode: 0o644,
      mtime: IMAGE_TIME,
      contents: bytesContents(Buffer.from(`${ENVIRONMENT}${text}\n`)),
    }));
    const entries = [
      ...hostEntries("/bin/busybox", programs!.guest),
      { kind: "symlink" as const, path: "/bin/gzip", mtime: IMAGE_TIME, target: "busybox" },
      ...hostEntries("/home/usr", join(host, "home/usr")),
      ...scripts,
    ];
    guest = new Session({ cpu: "pentium2", entries });
    guest.run("cd /home");
    guest.run("export BIN=/bin");
  });
  afterAll(() => rmSync(host, { recursive: true }));

  /** Standard output and errors of the host's busybox. */
  const onHost = (script: string, index: number) => {
    writeFileSync(join(host, `tmp/${index}`), `${ENVIRONMENT}${script}\n`);
    return execFileSync("sh", ["-c", `../bin/busybox sh ../tmp/${index} 2>&1 | cat`], {
      cwd: join(host, "home"),
      encoding: "utf8",
      env: { BIN: join(host, "bin"), PATH: process.env.PATH },
    });
  };

  it.each(Object.keys(SCRIPTS))("%s", (name) => {
    const index = Object.keys(SCRIPTS).indexOf(name);
    expect(guest.run(`busybox sh ../tmp/${index} | cat`)).toBe(onHost(SCRIPTS[name]!, index));
  });

  it("is a shell that edits its lines and is told of control-C", () => {
    const keys = "echo ne\x08otsleep\x15echo $((6 * 7))\rcat > f\rtyped\r\x04cat f; rm f\rexit 3\r";
    const printed = guest.interrupt("busybox sh", keys, 1e8);
    expect(printed).toContain("\n42");
    expect(printed).toMatch(/cat f; rm f\r?\n(.*\n)*typed\n/);
    expect(guest.run("echo $?")).toBe("3\n");
    expect(
      guest.interrupt("busybox sh -c 'trap \"echo caught\" INT; sleep 100; echo on'", "\x03", 1e8),
    ).toContain("^C\ncaught\non\n");
    expect(guest.interrupt("busybox yes", "\x03", 1e7)).toContain("y\n^C");
    expect(guest.run("ps")).not.toContain("busybox");
  });

  it("leaves a clean disk", () => {
    expect(guest.end()).toEqual({ reason: "exit", status: 0 });
    if (!hasE2fsprogs) return;
    expect(e2fsck(volumeBytes(guest.disk), join(host, "volume"))).toBe("clean");
  });
});
