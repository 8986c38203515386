// A server of abi/defs/process.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
// A function gets the name of the port that the message came to, then the request's items.
import { MIG_BAD_ARGUMENTS, MIG_BAD_ID, MIG_NO_REPLY } from "../../abi/kern_return";
import { MSGH_ID, MSGH_LOCAL_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { mig_reply } from "../lib/mig";

export type ProcChild = (process: u32, child: u32, name: usize, pid: usize, child_process: usize) => i32;
let on_proc_child: usize = 0;

/** Sets what 24000 calls. Makes a task a child: its number and its port. EAGAIN. */
export function serve_proc_child(handler: ProcChild): void {
  on_proc_child = changetype<usize>(handler);
}

function Xproc_child(m: usize): i32 {
  if (on_proc_child == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 108 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011) | (load<u32>(m, 32) & 0xbfffffff ^ 0x30000000) | (load<u32>(m, 36) ^ 0x200000c)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(48);
  const result = changetype<ProcChild>(on_proc_child)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), m + 44, r + 36, r + 44);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012014, 40);
  return mig_reply(m, r, 48, 0x80000000);
}

export type ProcWaitRequest = (process: u32, pid: u32, options: u32, status: usize, ended: usize) => i32;
let on_proc_wait_request: usize = 0;

/** Sets what 24001 calls. Waits for the end of a child, of any one if `pid` is 0: status (0-255, or 256 plus a signal) and number. ECHILD. */
export function serve_proc_wait_request(handler: ProcWaitRequest): void {
  on_proc_wait_request = changetype<usize>(handler);
}

function Xproc_wait_request(m: usize): i32 {
  if (on_proc_wait_request == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(48);
  const result = changetype<ProcWaitRequest>(on_proc_wait_request)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36), r + 36, r + 44);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  return mig_reply(m, r, 48, 0);
}

export type ProcKill = (process: u32, pid: u32, signal: u32) => i32;
let on_proc_kill: usize = 0;

/** Sets what 24002 calls. Sends a signal to a process or, with a negative number, to a group: it ends them, unless they have a port for signals. Signal 0 only asks. ESRCH, EPERM. */
export function serve_proc_kill(handler: ProcKill): void {
  on_proc_kill = changetype<usize>(handler);
}

function Xproc_kill(m: usize): i32 {
  if (on_proc_kill == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<ProcKill>(on_proc_kill)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
}

export type ProcGetpids = (process: u32, pid: usize, parent: usize) => i32;
let on_proc_getpids: usize = 0;

/** Sets what 24003 calls.  */
export function serve_proc_getpids(handler: ProcGetpids): void {
  on_proc_getpids = changetype<usize>(handler);
}

function Xproc_getpids(m: usize): i32 {
  if (on_proc_getpids == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(48);
  const result = changetype<ProcGetpids>(on_proc_getpids)(load<u32>(m, MSGH_LOCAL_PORT), r + 36, r + 44);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x10012002, 40);
  return mig_reply(m, r, 48, 0);
}

export type ProcGetallpids = (process: u32, pids: usize, pidsCnt: usize) => i32;
let on_proc_getallpids: usize = 0;

/** Sets what 24004 calls.  */
export function serve_proc_getallpids(handler: ProcGetallpids): void {
  on_proc_getallpids = changetype<usize>(handler);
}

function Xproc_getallpids(m: usize): i32 {
  if (on_proc_getallpids == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(1060);
  const pidsCnt = stackAlloc(4);
  store<u32>(pidsCnt, 256);
  const result = changetype<ProcGetallpids>(on_proc_getallpids)(load<u32>(m, MSGH_LOCAL_PORT), r + 36, pidsCnt);
  if (result != 0) return result;
  store<u32>(r, 0x10002002 | (load<u32>(pidsCnt) * 1 << 16), 32);
  return mig_reply(m, r, 36 + ((load<u32>(pidsCnt) * 4 + 3) & ~3), 0);
}

export type ProcGetprocinfo = (process: u32, pid: u32, parent: usize, name: usize) => i32;
let on_proc_getprocinfo: usize = 0;

/** Sets what 24005 calls. Parent and name. ESRCH. */
export function serve_proc_getprocinfo(handler: ProcGetprocinfo): void {
  on_proc_getprocinfo = changetype<usize>(handler);
}

function Xproc_getprocinfo(m: usize): i32 {
  if (on_proc_getprocinfo == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(116);
  const result = changetype<ProcGetprocinfo>(on_proc_getprocinfo)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), r + 36, r + 52);
  if (result != 0) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 0x30000000, 40);
  store<u32>(r, 0x200000c, 44);
  store<u32>(r, 1, 48);
  return mig_reply(m, r, 116, 0);
}

export type ProcPid2task = (process: u32, pid: u32, task: usize) => i32;
let on_proc_pid2task: usize = 0;

/** Sets what 24006 calls. A right to a process's task. ESRCH. */
export function serve_proc_pid2task(handler: ProcPid2task): void {
  on_proc_pid2task = changetype<usize>(handler);
}

function Xproc_pid2task(m: usize): i32 {
  if (on_proc_pid2task == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const r = stackAlloc(40);
  const result = changetype<ProcPid2task>(on_proc_pid2task)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), r + 36);
  if (result != 0) return result;
  store<u32>(r, 0x10012013, 32);
  return mig_reply(m, r, 40, 0x80000000);
}

export type ProcReassign = (process: u32, new_task: u32) => i32;
let on_proc_reassign: usize = 0;

/** Sets what 24007 calls. Another task becomes the process's. */
export function serve_proc_reassign(handler: ProcReassign): void {
  on_proc_reassign = changetype<usize>(handler);
}

function Xproc_reassign(m: usize): i32 {
  if (on_proc_reassign == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<ProcReassign>(on_proc_reassign)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
}

export type ProcSetmsgport = (process: u32, newmsgport: u32) => i32;
let on_proc_setmsgport: usize = 0;

/** Sets what 24008 calls. Signals but for SIGKILL come to the port, as messages PROC_SIGNAL of abi/process.ts. */
export function serve_proc_setmsgport(handler: ProcSetmsgport): void {
  on_proc_setmsgport = changetype<usize>(handler);
}

function Xproc_setmsgport(m: usize): i32 {
  if (on_proc_setmsgport == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 32 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012011)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<ProcSetmsgport>(on_proc_setmsgport)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28));
}

export type ProcSetpgrp = (process: u32, pid: u32, group: u32) => i32;
let on_proc_setpgrp: usize = 0;

/** Sets what 24009 calls. The process `pid`, or 0 for the caller, is of the group with this number, and so are its children from now on. ESRCH. */
export function serve_proc_setpgrp(handler: ProcSetpgrp): void {
  on_proc_setpgrp = changetype<usize>(handler);
}

function Xproc_setpgrp(m: usize): i32 {
  if (on_proc_setpgrp == 0) return MIG_BAD_ID;
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  return changetype<ProcSetpgrp>(on_proc_setpgrp)(load<u32>(m, MSGH_LOCAL_PORT), load<u32>(m, 28), load<u32>(m, 36));
}

/** Serves the message at `m`. The reply's code; MIG_NO_REPLY when there is nothing to reply. */
export function process_server(m: usize): i32 {
  switch (load<i32>(m, MSGH_ID)) {
    case 24000:
    return Xproc_child(m);
    case 24001:
    return Xproc_wait_request(m);
    case 24002:
    return Xproc_kill(m);
    case 24003:
    return Xproc_getpids(m);
    case 24004:
    return Xproc_getallpids(m);
    case 24005:
    return Xproc_getprocinfo(m);
    case 24006:
    return Xproc_pid2task(m);
    case 24007:
    return Xproc_reassign(m);
    case 24008:
    return Xproc_setmsgport(m);
    case 24009:
    return Xproc_setpgrp(m);
    default:
    return MIG_BAD_ID;
  }
}
