// A server of abi/defs/io.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { mig_reply } from "../lib/mig";

export type IoWrite = (io_object: u32, offset: u64, data: usize, dataCnt: u32, amount: usize) => i32;
let on_io_write: usize = 0;

/** Sets what 21000 calls. Writes; the memory is the server's from then on. EBADF, ENOSPC, EFBIG, EIO, EROFS. */
export function serve_io_write(handler: IoWrite): void {
  on_io_write = changetype<usize>(handler);
}

function Xio_write(m: usize): i32 {
  if (on_io_write == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 52 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001400b) | (load<u32>(m, 36) & 0xbfffffff ^ 0x20000000) | (load<u32>(m, 40) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<IoWrite>(on_io_write)(load<u32>(m, MSGH_LOCAL_PORT), load<u64>(m, 28), load<u32>(m, 48), load<u32>(m, 44), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  return mig_reply(m, r, 40, 0);
}

export type IoWriteInband = (io_object: u32, offset: u64, data: usize, dataCnt: u32, amount: usize) => i32;
let on_io_write_inband: usize = 0;

/** Sets what 21001 calls. As io_write, of up to 2048 bytes. */
export function serve_io_write_inband(handler: IoWriteInband): void {
  on_io_write_inband = changetype<usize>(handler);
}

function Xio_write_inband(m: usize): i32 {
  if (on_io_write_inband == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) < 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001400b) | (load<u32>(m, 36) & 0xf000ffff ^ 0x10000808)) != 0) return MIG_BAD_ARGUMENTS;
  const dataCnt = (load<u32>(m, 36) & 0xfff0000) >> 16;
  if (dataCnt > 2048 || load<u32>(m, MSGH_SIZE) != 40 + ((dataCnt * 1 + 3) & ~3)) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<IoWriteInband>(on_io_write_inband)(load<u32>(m, MSGH_LOCAL_PORT), load<u64>(m, 28), m + 40, dataCnt, r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  return mig_reply(m, r, 40, 0);
}

export type IoRead = (io_object: u32, offset: u64, amount: u32, data: usize, dataCnt: usize) => i32;
let on_io_read: usize = 0;

/** Sets what 21002 calls. Reads up to `amount` bytes; none: the end of the file. EBADF, EISDIR, EIO. */
export function serve_io_read(handler: IoRead): void {
  on_io_read = changetype<usize>(handler);
}

function Xio_read(m: usize): i32 {
  if (on_io_read == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001400b) | (load<u32>(m, 36) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(2092);
  const dataCnt = stackAlloc(4);
  store<u32>(dataCnt, 2048);
  const data = stackAlloc(4);
  store<usize>(data, r + 44);
  const result = changetype<IoRead>(on_io_read)(load<u32>(m, MSGH_LOCAL_PORT), load<u64>(m, 28), load<u32>(m, 40), data, dataCnt);
  if (result != 0) return result;
  const inPlace = load<usize>(data) == r + 44;
  store<u32>(r, 0x20000000 | (inPlace ? 0x10000000 : 0x40000000), 32);
  store<u32>(r, 0x80008, 36);
  store<u32>(r, load<u32>(dataCnt) * 1, 40);
  if (!inPlace) store<u32>(r, load<u32>(data), 44);
  return mig_reply(m, r, 44 + (inPlace ? ((load<u32>(dataCnt) * 1 + 3) & ~3) : 4), (inPlace ? <u32>0 : 0x80000000));
}

export type IoSeek = (io_object: u32, offset: u64, whence: u32, position: usize) => i32;
let on_io_seek: usize = 0;

/** Sets what 21003 calls. Moves the file pointer: SEEK_SET, SEEK_CUR or SEEK_END. EINVAL. */
export function serve_io_seek(handler: IoSeek): void {
  on_io_seek = changetype<usize>(handler);
}

function Xio_seek(m: usize): i32 {
  if (on_io_seek == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 44 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x1001400b) | (load<u32>(m, 36) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(44);
  const result = changetype<IoSeek>(on_io_seek)(load<u32>(m, MSGH_LOCAL_PORT), load<u64>(m, 28), load<u32>(m, 40), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x1001400b, 32);
  return mig_reply(m, r, 44, 0);
}

export type IoStat = (io_object: u32, status: usize) => i32;
let on_io_stat: usize = 0;

/** Sets what 21004 calls. The words STAT_* of abi/fs.ts. */
export function serve_io_stat(handler: IoStat): void {
  on_io_stat = changetype<usize>(handler);
}

function Xio_stat(m: usize): i32 {
  if (on_io_stat == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(100);
  const result = changetype<IoStat>(on_io_stat)(load<u32>(m, MSGH_LOCAL_PORT), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10102002, 32);
  return mig_reply(m, r, 100, 0);
}

export type IoMap = (io_object: u32, memory_object: usize) => i32;
let on_io_map: usize = 0;

/** Sets what 21005 calls. A memory object of the file's contents. EBADF, EINVAL: not a regular file. */
export function serve_io_map(handler: IoMap): void {
  on_io_map = changetype<usize>(handler);
}

function Xio_map(m: usize): i32 {
  if (on_io_map == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<IoMap>(on_io_map)(load<u32>(m, MSGH_LOCAL_PORT), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012014, 32);
  return mig_reply(m, r, 40, 0x80000000);
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function io_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 21000:
    return Xio_write(m);
    case 21001:
    return Xio_write_inband(m);
    case 21002:
    return Xio_read(m);
    case 21003:
    return Xio_seek(m);
    case 21004:
    return Xio_stat(m);
    case 21005:
    return Xio_map(m);
    default:
    return MIG_BAD_ID;
  }
}
