// The current directory's name: each directory is looked for in the one above it, by its inode's number.
import { stackAlloc } from "../../guest/i386";
import { ENAMETOOLONG, ENOENT } from "../../abi/errno";
import {
  DIR_INODE,
  DIR_LENGTH,
  DIR_NAME,
  DIR_NAME_LENGTH,
  DIR_NEXT,
  INBAND_MAX,
  O_DIRECTORY,
  O_READ,
  PATH_MAX,
  STAT_INODE,
  STAT_WORDS_SIZE,
} from "../../abi/fs";
import { dir_lookup, dir_readdir } from "../generated/fs.generated";
import { io_stat } from "../generated/io.generated";
import { mach_port_deallocate, mach_port_mod_refs } from "../generated/mach_port.generated";
import { MACH_PORT_RIGHT_SEND } from "../../abi/mach_port";
import { task_self } from "../lib/mach";
import { current_directory } from "./descriptors";
import { note, set_errno } from "./errno";

const SLASH: u32 = 47;
const dots: usize = memory.data<u8>([46, 46]);

/** Puts a slash and the name that `inode` has in `directory` in front of what begins at `end`. The new beginning; 0: an error. */
function put_name(directory: u32, inode: u32, start: usize, end: usize): usize {
  const names = stackAlloc(INBAND_MAX);
  const count = stackAlloc(4);
  let entry: u32 = 0;
  for (;;) {
    store<u32>(count, INBAND_MAX);
    if (note(dir_readdir(directory, entry, names, count)) != 0) return 0;
    const limit = names + load<u32>(count);
    if (limit == names) break;
    for (let name = names; name < limit; name += load<u16>(name, DIR_LENGTH)) {
      entry = load<u32>(name, DIR_NEXT);
      const length: u32 = load<u8>(name, DIR_NAME_LENGTH);
      if (load<u32>(name, DIR_INODE) != inode) continue;
      if (end - start < length + 1) {
        set_errno(ENAMETOOLONG);
        return 0;
      }
      memory.copy(end - length, name + DIR_NAME, length);
      store<u8>(end - length - 1, <u8>SLASH);
      return end - length - 1;
    }
  }
  set_errno(ENOENT);
  return 0;
}

function inode_of(port: u32): u32 {
  const status = stackAlloc(STAT_WORDS_SIZE);
  return note(io_stat(port, status)) == 0 ? load<u32>(status, STAT_INODE) : 0;
}

/** Goes up from the directory whose right is at `cell`, which is another one afterwards. */
function go_up(cell: usize, start: usize, end: usize): usize {
  const above = stackAlloc(4);
  let at = end;
  let inode = inode_of(load<u32>(cell));
  while (inode != 0 && at != 0) {
    if (note(dir_lookup(load<u32>(cell), O_DIRECTORY | O_READ, 0, dots, 2, above)) != 0) return 0;
    mach_port_deallocate(task_self(), load<u32>(cell));
    store<u32>(cell, load<u32>(above));
    const parent = inode_of(load<u32>(cell));
    if (parent == inode) return at;
    if (parent != 0) at = put_name(load<u32>(cell), inode, start, at);
    inode = parent;
  }
  return 0;
}

/** Writes the current directory's absolute name and a 0 to `to` (PATH_MAX bytes). 0 or -1. */
export function getcwd(to: usize): i32 {
  const cell = stackAlloc(4);
  const room = stackAlloc(PATH_MAX);
  const end = room + PATH_MAX - 1;
  if (current_directory() == 0) return set_errno(ENOENT);
  store<u8>(end, 0);
  store<u32>(cell, current_directory());
  mach_port_mod_refs(task_self(), current_directory(), MACH_PORT_RIGHT_SEND, 1);
  let start = go_up(cell, room, end);
  mach_port_deallocate(task_self(), load<u32>(cell));
  if (start == 0) return -1;
  if (start == end) store<u8>(--start, <u8>SLASH);
  memory.copy(to, start, room + PATH_MAX - start);
  return 0;
}
