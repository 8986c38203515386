// npm run figures:screens: screens of others' programs, as pictures in docs/figures. It needs what npm run judges fetches, and
// GRUB's tools to make CDs.
import { join } from "node:path";
import { judgeFile, type Judge } from "../../tools/debian/judges";
import { projectRoot } from "../../tools/root";
import { writeScreenshot } from "../../tools/cli/screenshot";
import { Pc, grubCd } from "./pc";

const file = (judge: Judge, name: string) => {
  const path = judgeFile(judge, name);
  if (path === undefined) throw new Error("npm run judges fetches what is missing");
  return { copyOf: path };
};
const save = (name: string, pc: Pc) =>
  writeScreenshot(join(projectRoot, "docs/figures", `${name}.png`), pc.machine.picture());

const menu = [
  "set timeout=-1",
  'menuentry "memtest86+" { linux16 /memtest.bin console=ttyS0,115200 nobench }',
  'menuentry "GRUB invaders" { multiboot /invaders }',
];
const disc = grubCd(`${menu.join("\n")}\n`, {
  "memtest.bin": file("memtest86+", "boot/memtest86+ia32.bin"),
  invaders: file("grub-invaders", "boot/invaders.exec"),
});

const grub = new Pc({ memory: 5 << 20, cdrom: disc });
grub.until("memtest86+", 3e9);
save("grub", grub);
grub.type("\n");
grub.until(/Pass: +1 +Errors: 0/, 60e9);
save("memtest", grub);

const invaders = new Pc({ cdrom: disc });
invaders.until("GRUB invaders", 3e9);
invaders.type("\x0e\n");
invaders.until(/-\*-.*-\*-.*-\*-/, 3e9);
invaders.machine.run(invaders.machine.cycles + 3e8);
save("invaders", invaders);
