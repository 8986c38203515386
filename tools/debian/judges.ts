// Debian's software that the tests run: which packages, and where its files are in them.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { debianPackage, fetchedPackage, hostArchitecture } from "./packages";

const BUSYBOX = "busybox-static";

/** Packages for the i386 that tests/judges boots. */
export const JUDGES = [
  BUSYBOX,
  "linux-image-686",
  "memtest86+",
  "ipxe",
  "isolinux",
  "syslinux-common",
  "grub-legacy",
  "grub-invaders",
  "gnumach-image-1.8-486",
  "seabios",
  "debian-installer-12-netboot-i386",
] as const;
export type Judge = (typeof JUDGES)[number];

/** Fetches everything that the tests want. @throws as debianPackage does */
export function fetchJudges(): void {
  for (const name of JUDGES) debianPackage("i386", name);
  if (hostArchitecture) debianPackage(hostArchitecture, BUSYBOX);
}

/** A file of a package that has been fetched; undefined without it. A name that ends in "*" is the first that begins so. */
export function judgeFile(name: Judge, file: string): string | undefined {
  const folder = fetchedPackage("i386", name);
  if (folder === undefined) return undefined;
  if (!file.endsWith("*")) return existsSync(join(folder, file)) ? join(folder, file) : undefined;
  const at = file.lastIndexOf("/");
  const start = file.slice(at + 1, -1);
  const found = readdirSync(join(folder, file.slice(0, at))).find((entry) => entry.startsWith(start));
  return found && join(folder, file.slice(0, at), found);
}

/** Debian's busybox for the i386, and the same for this machine. */
interface Busybox {
  guest: string;
  host: string;
}

const busyboxOf = (folder: string) => join(folder, "bin/busybox");

/** Fetches Debian's busybox for the i386. @throws as debianPackage does */
export const fetchBusybox = (): string => busyboxOf(debianPackage("i386", BUSYBOX));

/** Both, if they have been fetched. */
export function fetchedBoth(): Busybox | undefined {
  const guest = fetchedPackage("i386", BUSYBOX);
  const host = hostArchitecture && fetchedPackage(hostArchitecture, BUSYBOX);
  return guest && host ? { guest: busyboxOf(guest), host: busyboxOf(host) } : undefined;
}
