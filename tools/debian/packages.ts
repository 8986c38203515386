// Debian's packages, fetched with apt from where this machine's apt fetches and unpacked below build/debian. Nothing is
// installed, and apt's own lists are left alone.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../root";

const FOLDER = join(projectRoot, "build/debian");

/** Debian's name of an architecture. */
type Architecture = "i386" | "amd64" | "arm64";

const HOSTS: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: "amd64", arm64: "arm64" };

/** This machine's; undefined for one that has no name here. */
export const hostArchitecture = HOSTS[process.arch];

/** apt's state for one architecture, by itself. */
class Apt {
  private updated = false;
  private readonly state: string;

  constructor(private readonly architecture: Architecture) {
    this.state = join(FOLDER, `apt-${architecture}`);
  }

  get downloads(): string {
    return join(this.state, "packages");
  }

  run(command: "apt-get" | "apt-cache", words: readonly string[]): string {
    for (const folder of ["lists/partial", "cache/archives/partial", "packages"])
      mkdirSync(join(this.state, folder), { recursive: true });
    const settings = {
      "APT::Architecture": this.architecture,
      "APT::Architectures": this.architecture,
      "APT::Sandbox::User": "",
      "Dir::State::lists": join(this.state, "lists"),
      "Dir::Cache": join(this.state, "cache"),
      "Acquire::Languages": "none",
      "Acquire::Retries": "3",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return execFileSync(command, ["-qq", ...options, ...words], {
      cwd: this.downloads,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  update(): void {
    if (this.updated) return;
    mkdirSync(this.downloads, { recursive: true });
    try {
      this.run("apt-get", ["update"]);
    } catch {
      // A mirror in the middle of a sync: the lists that did come may do.
    }
    this.updated = true;
  }
}

const apts = new Map<Architecture, Apt>();

function aptOf(architecture: Architecture): Apt {
  let apt = apts.get(architecture);
  if (!apt) apts.set(architecture, (apt = new Apt(architecture)));
  return apt;
}

const place = (architecture: Architecture, name: string) => join(FOLDER, `${name}-${architecture}`);

/** The folder of a package that has been fetched. */
export function fetchedPackage(architecture: Architecture, name: string): string | undefined {
  const folder = place(architecture, name);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Unpacks Debian's package `name`; the folder with its files. It is fetched once.
 * @throws if there is no apt-get here, which is then said with the place where the files would do as well, or if it fails
 */
export function debianPackage(architecture: Architecture, name: string): string {
  const folder = place(architecture, name);
  if (existsSync(folder)) return folder;
  if (spawnSync("apt-get", ["--version"]).error)
    throw new Error(`no apt-get here to fetch ${name} for the ${architecture} with; unpack it at ${folder}`);
  const apt = aptOf(architecture);
  apt.update();
  const real = realPackage(apt, name);
  apt.run("apt-get", ["download", real]);
  const archive = readdirSync(apt.downloads).find((entry) => entry.startsWith(`${real}_`))!;
  const unpacking = `${folder}.unpacking`;
  rmSync(unpacking, { recursive: true, force: true });
  execFileSync("dpkg-deb", ["-x", join(apt.downloads, archive), unpacking]);
  rmSync(join(apt.downloads, archive));
  renameSync(unpacking, folder);
  return folder;
}

/** Kernels are named by packages that only depend on the one with the newest version. */
function realPackage(apt: Apt, name: string): string {
  if (!name.startsWith("linux-image-")) return name;
  return /Depends: (linux-image-\S+)/.exec(apt.run("apt-cache", ["depends", name]))?.[1] ?? name;
}
