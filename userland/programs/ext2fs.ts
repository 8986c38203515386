// A file server for an ext2 file system on a partition, and the pager of its files. A server: init goes on when it has
// reported, and gives its root directory to the programs that it runs.
//
//   ext2fs PARTITION [node-limit=N] [no-object-cache] [threads=N] [sync=SECONDS]
//
// node-limit: how many files may be kept that nobody has open (default: any number). no-object-cache: the kernel does not
// keep the pages of such files. sync: how often what was changed is written to the disk (default 30).
import { EXT2_ROOT_INODE } from "../../abi/ext2";
import { O_READ } from "../../abi/fs";
import { KERN_RESOURCE_SHORTAGE, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT } from "../../abi/mach_msg";
import { MACH_NOTIFY_NO_SENDERS } from "../../abi/mach_port";
import { SWITCH_OPTION_WAIT } from "../../abi/mach_traps";
import { disk_mount } from "../ext2fs/disk";
import { pager_options } from "../ext2fs/file-pager";
import { file_system_sync } from "../ext2fs/files";
import { fs_initialize, sync_everything } from "../ext2fs/fs";
import { io_initialize } from "../ext2fs/io";
import { volume_lock, volume_unlock } from "../ext2fs/lock";
import { node_get } from "../ext2fs/node";
import { open_make, open_no_senders } from "../ext2fs/opens";
import { pager_server, pager_server_initialize } from "../ext2fs/pager-server";
import { ports_initialize, request_set } from "../ext2fs/ports";
import { volume_blocks, volume_free_blocks } from "../ext2fs/volume";
import { fs_server } from "../generated/fs_server.generated";
import { io_server } from "../generated/io_server.generated";
import { bench_begin, thread_switch } from "../lib/asm";
import { check, check_equals } from "../lib/check";
import { cthread_fork } from "../lib/cthreads";
import { guard_threads } from "../lib/guarded";
import { arg, format } from "../lib/print";
import { argument, begin, device_port, find_argument, finish, has_argument, offer } from "../lib/process";
import { INIT_PORTS_ROOT } from "../lib/protocol";
import { serve_port } from "../lib/server";
import { parse_u32 } from "../lib/string";

export { thread_entry } from "../lib/threads";

/** Tells a host that measures which task this is. */
const SERVER_STARTS: u32 = 0x65787432;

const THREADS: u32 = 4;
const SYNC_SECONDS: u32 = 30;

let sync_seconds: u32 = SYNC_SECONDS;

function serve(message: usize): i32 {
  const id = load<i32>(message, MSGH_ID);
  if (id == MACH_NOTIFY_NO_SENDERS) {
    open_no_senders(load<u32>(message, MSGH_LOCAL_PORT));
    return MIG_NO_REPLY;
  }
  const result = io_server(message);
  return result == MIG_BAD_ID ? fs_server(message) : result;
}

/** The body of a thread that serves the clients. */
function work(_thread: u32): void {
  serve_port(request_set, serve);
}

function sync_regularly(_thread: u32): void {
  for (;;) {
    thread_switch(0, SWITCH_OPTION_WAIT, sync_seconds * 1000);
    sync_everything(false);
  }
}

function start_threads(count: u32): i32 {
  let result = guard_threads();
  // One for all of the kernel's calls: an object's must be served in their order.
  if (result == 0) result = cthread_fork(pager_server, 0);
  for (let index: u32 = 1; index < count && result == 0; index++) result = cthread_fork(work, index);
  if (result == 0 && sync_seconds != 0) result = cthread_fork(sync_regularly, 0);
  return result;
}

/** The value of the argument `name` (with its `=`), or `fallback`. */
function number(name: string, fallback: u32): u32 {
  const value = find_argument(name);
  return value == 0 ? fallback : parse_u32(value);
}

/** Opens the root directory and offers it to init. */
function offer_root(): i32 {
  volume_lock();
  const root = node_get(EXT2_ROOT_INODE);
  const port: u32 = root == null ? 0 : open_make(root, O_READ);
  file_system_sync(false);
  volume_unlock();
  return port == 0 ? KERN_RESOURCE_SHORTAGE : offer(INIT_PORTS_ROOT, port);
}

export function main(argc: i32, argv: usize): i32 {
  begin(argc, argv);
  const threads = max<u32>(number("threads=", THREADS), 1);
  sync_seconds = number("sync=", SYNC_SECONDS);
  pager_options(!has_argument("no-object-cache"), number("node-limit=", 0));
  io_initialize();
  fs_initialize();
  pager_server_initialize();
  const good =
    check("port sets", ports_initialize()) &&
    check_equals("the file system is mounted", disk_mount(device_port, argument(1)), 0) &&
    check_equals("threads", start_threads(threads), 0) &&
    check_equals("the root directory", offer_root(), 0);
  if (good) {
    arg(<u32>argument(1));
    arg(volume_blocks);
    arg(volume_free_blocks());
    format("ext2fs: %s: %u blocks, %u free\n");
  }
  const status = finish();
  bench_begin(SERVER_STARTS);
  if (good) work(0);
  return status;
}
