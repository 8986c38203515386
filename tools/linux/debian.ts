// Files out of Debian's packages, fetched with apt from where this machine's apt fetches. Nothing is installed, and apt's own lists
// are left alone: everything is kept below build/.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";

const FOLDER = join(projectRoot, "build/linux");

/** Debian's name of an architecture. */
export type Architecture = "i386" | "amd64" | "arm64";

function apt(architecture: Architecture, words: readonly string[]): void {
  const state = join(FOLDER, `apt-${architecture}`);
  for (const folder of ["lists/partial", "cache/archives/partial", "packages"])
    mkdirSync(join(state, folder), { recursive: true });
  const settings = {
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "",
    "Dir::State::lists": join(state, "lists"),
    "Dir::Cache": join(state, "cache"),
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  execFileSync("apt-get", ["-qq", ...options, ...words], {
    cwd: join(state, "packages"),
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/**
 * The file `file` of Debian's package `name`; its place on this machine. It is fetched once.
 * @throws if there is no apt-get here, which is then said with the place where the file would do as well, or if it fails
 */
export function debianFile(architecture: Architecture, name: string, file: string): string {
  const kept = join(FOLDER, `${name}-${architecture}`);
  if (existsSync(kept)) return kept;
  if (spawnSync("apt-get", ["--version"]).error)
    throw new Error(`no apt-get here to fetch ${name} for the ${architecture} with; put ${file} at ${kept}`);
  const packages = join(FOLDER, `apt-${architecture}`, "packages");
  const unpacked = join(FOLDER, `${name}-${architecture}.d`);
  try {
    apt(architecture, ["update"]);
  } catch {
    // A mirror in the middle of a sync: the lists that did come may do.
  }
  apt(architecture, ["download", name]);
  const archive = readdirSync(packages).find((entry) => entry.startsWith(`${name}_`))!;
  execFileSync("dpkg-deb", ["-x", join(packages, archive), unpacked]);
  copyFileSync(join(unpacked, file), kept);
  rmSync(unpacked, { recursive: true });
  rmSync(join(FOLDER, `apt-${architecture}`), { recursive: true });
  return kept;
}

const HOSTS: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: "amd64", arm64: "arm64" };
const BUSYBOX = "busybox-static";
const place = (architecture: Architecture) => join(FOLDER, `${BUSYBOX}-${architecture}`);

/** Debian's busybox for the i386, and the same for this machine. */
export interface Busybox {
  guest: string;
  host: string;
}

/**
 * Fetches Debian's busybox-static for the i386.
 * @throws as debianFile does
 */
export const fetchBusybox = (architecture: Architecture = "i386"): string =>
  debianFile(architecture, BUSYBOX, "bin/busybox");

/**
 * Fetches both, to compare them.
 * @throws as debianFile does
 */
export function fetchBoth(): Busybox {
  const architecture = HOSTS[process.arch];
  if (!architecture) throw new Error(`no busybox for ${process.arch}`);
  return { guest: fetchBusybox(), host: fetchBusybox(architecture) };
}

/** Both, if they have been fetched. */
export function fetchedBoth(): Busybox | undefined {
  const architecture = HOSTS[process.arch];
  const both = architecture && { guest: place("i386"), host: place(architecture) };
  return both && existsSync(both.guest) && existsSync(both.host) ? both : undefined;
}
