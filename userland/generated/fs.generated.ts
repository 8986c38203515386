// User stubs of abi/defs/fs.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// Results are mach_msg codes, MIG_* codes or the routine's own; arrays and results are passed by address.
import { MIG_ARRAY_TOO_LARGE, MIG_TYPE_ERROR } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { mig_rpc, mig_send, mig_strncpy } from "../lib/mig";

/** 20000 */
export function dir_lookup(start_dir: u32, flags: u32, mode: u32, file_name: usize, file_nameCnt: u32, file: usize): i32 {
  const m = stackAlloc(1068);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, flags, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, mode, 36);
  if (file_nameCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (file_nameCnt << 16), 40);
  memory.copy(m + 44, file_name, file_nameCnt);
  const r2 = m + ((file_nameCnt + 3) & ~3) - 1024;
  const result = mig_rpc(m, start_dir, 5395, 20000, <u32>(r2 - m) + 1068, 40, 40);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10012011)) != 0) return MIG_TYPE_ERROR;
  store<u32>(file, load<u32>(m, 36));
  return 0;
}

/** 20001 */
export function dir_readdir(dir: u32, entry: u32, data: usize, dataCnt: usize): i32 {
  const m = stackAlloc(2084);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, entry, 28);
  const result = mig_rpc(m, dir, 5395, 20001, 32, 2084, 36);
  if (result != 0) return result;
  const data_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (data_count > 2048 || data_count > load<u32>(dataCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(data, m + 36, data_count);
  store<u32>(dataCnt, data_count);
  return 0;
}

/** 20002 */
export function dir_mkdir(directory: u32, mode: u32, name: usize): i32 {
  const m = stackAlloc(300);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, mode, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x800000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, name, 256);
  return mig_rpc(m, directory, 5395, 20002, 300, 32, 32);
}

/** 20003 */
export function dir_rmdir(directory: u32, name: usize): i32 {
  const m = stackAlloc(292);
  store<u32>(m, 0x30000000, 24);
  store<u32>(m, 0x800000c, 28);
  store<u32>(m, 1, 32);
  mig_strncpy(m + 36, name, 256);
  return mig_rpc(m, directory, 5395, 20003, 292, 32, 32);
}

/** 20004 */
export function dir_unlink(directory: u32, name: usize): i32 {
  const m = stackAlloc(292);
  store<u32>(m, 0x30000000, 24);
  store<u32>(m, 0x800000c, 28);
  store<u32>(m, 1, 32);
  mig_strncpy(m + 36, name, 256);
  return mig_rpc(m, directory, 5395, 20004, 292, 32, 32);
}

/** 20005 */
export function dir_link(directory: u32, file: u32, name: usize): i32 {
  const m = stackAlloc(300);
  store<u32>(m, 0x10012013, 24);
  store<u32>(m, file, 28);
  store<u32>(m, 0x30000000, 32);
  store<u32>(m, 0x800000c, 36);
  store<u32>(m, 1, 40);
  mig_strncpy(m + 44, name, 256);
  return mig_rpc(m, directory, 5395 | 0x80000000, 20005, 300, 32, 32);
}

/** 20006 */
export function dir_rename(old_directory: u32, old_name: usize, new_directory: u32, new_name: usize): i32 {
  const m = stackAlloc(568);
  store<u32>(m, 0x30000000, 24);
  store<u32>(m, 0x800000c, 28);
  store<u32>(m, 1, 32);
  mig_strncpy(m + 36, old_name, 256);
  store<u32>(m, 0x10012013, 292);
  store<u32>(m, new_directory, 296);
  store<u32>(m, 0x30000000, 300);
  store<u32>(m, 0x800000c, 304);
  store<u32>(m, 1, 308);
  mig_strncpy(m + 312, new_name, 256);
  return mig_rpc(m, old_directory, 5395 | 0x80000000, 20006, 568, 32, 32);
}

/** 20007 */
export function dir_symlink(directory: u32, name: usize, target: usize, targetCnt: u32): i32 {
  const m = stackAlloc(1320);
  store<u32>(m, 0x30000000, 24);
  store<u32>(m, 0x800000c, 28);
  store<u32>(m, 1, 32);
  mig_strncpy(m + 36, name, 256);
  if (targetCnt > 1024) return MIG_ARRAY_TOO_LARGE;
  store<u32>(m, 0x10000808 | (targetCnt << 16), 292);
  memory.copy(m + 296, target, targetCnt);
  const r1 = m + ((targetCnt + 3) & ~3) - 1024;
  return mig_rpc(m, directory, 5395, 20007, <u32>(r1 - m) + 1320, 32, 32);
}

/** 20008 */
export function file_read_link(file: u32, target: usize, targetCnt: usize): i32 {
  const m = stackAlloc(2084);
  const result = mig_rpc(m, file, 5395, 20008, 24, 2084, 36);
  if (result != 0) return result;
  const target_count: u32 = ((load<u32>(m, 32) >> 16) & 0xfff);
  if (target_count > 2048 || target_count > load<u32>(targetCnt)) return MIG_ARRAY_TOO_LARGE;
  memory.copy(target, m + 36, target_count);
  store<u32>(targetCnt, target_count);
  return 0;
}

/** 20009 */
export function file_chmod(file: u32, new_mode: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, new_mode, 28);
  return mig_rpc(m, file, 5395, 20009, 32, 32, 32);
}

/** 20010 */
export function file_chown(file: u32, new_owner: u32, new_group: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, new_owner, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, new_group, 36);
  return mig_rpc(m, file, 5395, 20010, 40, 32, 32);
}

/** 20011 */
export function file_utimes(file: u32, access_time: u32, modification_time: u32): i32 {
  const m = stackAlloc(40);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, access_time, 28);
  store<u32>(m, 0x10012002, 32);
  store<u32>(m, modification_time, 36);
  return mig_rpc(m, file, 5395, 20011, 40, 32, 32);
}

/** 20012 */
export function file_set_size(file: u32, new_size: u64): i32 {
  const m = stackAlloc(36);
  store<u32>(m, 0x1001400b, 24);
  store<u64>(m, new_size, 28);
  return mig_rpc(m, file, 5395, 20012, 36, 32, 32);
}

/** 20013 */
export function file_sync(file: u32): i32 {
  const m = stackAlloc(32);
  return mig_rpc(m, file, 5395, 20013, 24, 32, 32);
}

/** 20014 */
export function file_syncfs(file: u32, unmount: u32): i32 {
  const m = stackAlloc(32);
  store<u32>(m, 0x10012002, 24);
  store<u32>(m, unmount, 28);
  return mig_rpc(m, file, 5395, 20014, 32, 32, 32);
}

/** 20015 */
export function file_statfs(file: u32, status: usize): i32 {
  const m = stackAlloc(68);
  const result = mig_rpc(m, file, 5395, 20015, 24, 68, 68);
  if (result != 0) return result;
  if (((load<u32>(m, 32) ^ 0x10082002)) != 0) return MIG_TYPE_ERROR;
  memory.copy(status, m + 36, 32);
  return 0;
}
