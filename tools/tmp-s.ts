import { Session } from "./session";
import { hostEntries } from "./image/host-files";
const s = new Session({
  cpu: "pentium2",
  entries: [...hostEntries("/bin/busybox", "build/linux/busybox-static-i386")],
});
for (const c of process.argv.slice(2)) console.log(c + "\n" + s.run(c));
