// Stands in for memory_object_user.ts in host tests of the VM: the harness is the pager.
import { IpcPort } from "./ipc_port";
import { VmMapCopy } from "../vm_map_copy";
import {
  pagerCopy,
  pagerCreate,
  pagerDataRequest,
  pagerDataReturn,
  pagerDataUnlock,
  pagerInit,
  pagerReply,
  pagerTerminate,
} from "./host";
import { port_release } from "./vm_ports";

export function memory_object_init(pager: IpcPort, control: IpcPort, name: IpcPort, pageSize: u32): i32 {
  return pagerInit(changetype<usize>(pager), changetype<usize>(control));
}

export function memory_object_terminate(pager: IpcPort, control: IpcPort, name: IpcPort): i32 {
  port_release(control);
  port_release(name);
  return pagerTerminate(changetype<usize>(pager));
}

export function memory_object_data_request(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  desiredAccess: u32,
): i32 {
  return pagerDataRequest(changetype<usize>(pager), changetype<usize>(control), offset, desiredAccess);
}

export function memory_object_data_unlock(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  desiredAccess: u32,
): i32 {
  return pagerDataUnlock(changetype<usize>(pager), changetype<usize>(control), offset, desiredAccess);
}

export function memory_object_data_return(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  data: VmMapCopy,
  size: u32,
  dirty: bool,
  kernelCopy: bool,
): i32 {
  return pagerDataReturn(changetype<usize>(pager), changetype<usize>(data), offset, size, dirty, kernelCopy);
}

export function memory_object_copy(
  pager: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  copy: IpcPort,
): i32 {
  return pagerCopy(changetype<usize>(pager), offset, length, changetype<usize>(copy));
}

export function memory_object_create(
  manager: IpcPort,
  pager: IpcPort,
  size: u32,
  control: IpcPort,
  name: IpcPort,
  pageSize: u32,
): i32 {
  return pagerCreate(changetype<usize>(pager), changetype<usize>(control));
}

export function memory_object_lock_completed(
  replyTo: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
): i32 {
  return pagerReply(2206, changetype<usize>(replyTo), 0);
}

export function memory_object_supply_completed(
  replyTo: IpcPort,
  control: IpcPort,
  offset: u32,
  length: u32,
  result: i32,
  errorOffset: u32,
): i32 {
  return pagerReply(2207, changetype<usize>(replyTo), result);
}

export function memory_object_change_completed(replyTo: IpcPort, mayCache: bool, copyStrategy: u32): i32 {
  return pagerReply(2209, changetype<usize>(replyTo), 0);
}
