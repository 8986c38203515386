// Reading a directory name by name.
import { DIR_LENGTH, DIR_NEXT, INBAND_MAX, O_DIRECTORY, O_READ } from "../../abi/fs";
import { ENOMEM } from "../../abi/errno";
import { free, malloc } from "../lib/heap";
import { close, open } from "./descriptors";
import { set_errno } from "./errno";
import { readdir } from "./files";

@unmanaged
export class Directory {
  fd!: u32;
  /** The place of the next names in the directory. */
  entry!: u32;
  /** Of the names that were read, the next one's offset, and their end; below 0: they could not be read. */
  at!: u32;
  bytes!: i32;
  // The names that were read follow.
}

/** Null: errno. */
export function directory_open(path: usize): Directory | null {
  const fd = open(path, O_READ | O_DIRECTORY, 0);
  if (fd < 0) return null;
  const address = malloc(<u32>offsetof<Directory>() + INBAND_MAX);
  if (address == 0) {
    close(fd);
    set_errno(ENOMEM);
    return null;
  }
  const directory = changetype<Directory>(address);
  directory.fd = fd;
  directory.entry = 0;
  directory.at = 0;
  directory.bytes = 0;
  return directory;
}

/** The next name, as DIR_* of abi/fs.ts, good until the next call; 0 at the end. */
export function directory_next_name(directory: Directory): usize {
  const list = changetype<usize>(directory) + offsetof<Directory>();
  if (<i32>directory.at >= directory.bytes) {
    if (directory.bytes < 0) return 0;
    directory.bytes = readdir(directory.fd, directory.entry, list);
    directory.at = 0;
    if (directory.bytes <= 0) return 0;
  }
  const name = list + directory.at;
  directory.entry = load<u32>(name, DIR_NEXT);
  directory.at += load<u16>(name, DIR_LENGTH);
  return name;
}

/** False when not all names could be read. */
export function directory_close(directory: Directory): bool {
  const good = directory.bytes >= 0;
  close(directory.fd);
  free(changetype<u32>(directory));
  return good;
}
