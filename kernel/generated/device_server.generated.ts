// The kernel's server of abi/defs/device.defs. Made by tools/mig: change that, then run `node tools/run.mjs tools/mig/main.ts`.
import { KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import { MSGH_REMOTE_PORT, MSGH_SIZE } from "../../abi/mach_msg";
import { stackAlloc } from "../../guest/i386";
import { Device, device_deallocate } from "../device/dev_hdr";
import { device_map } from "../device/dev_pager";
import { dev_port_lookup, device_close, device_open } from "../device/device";
import { device_get_status, device_read, device_read_inband, device_set_filter, device_set_status, device_write, device_write_inband } from "../device/ds_routines";
import { device_intr_ack, device_intr_register } from "../device/intr";
import { IpcPort } from "../ipc/ipc_port";
import { mig_port, mig_port_item } from "../kern/ipc_kobject";
import { MigArray, mig_array, mig_array_failure, mig_array_free } from "../kern/mig_array";
import { mig_define } from "../kern/mig_table";
import { VmMapCopy } from "../vm/vm_map_copy";

function Xdevice_open(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 172 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x30000000) | (load<u32>(m, 36) ^ 0x400000c) | (load<u32>(m, 40) ^ 1)) != 0) return MIG_BAD_ARGUMENTS;
  const result = device_open(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)), changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT)), load<u32>(r) & 0xff, load<u32>(m, 28), m + 44, r + 36);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_close(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 24 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_close(device);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  return result;
}

function Xdevice_write(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) == 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | ((load<u32>(m, 40) & 0xbfffffff) ^ 0x20000000) | (load<u32>(m, 44) ^ 0x80009)) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_write(device, changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT)), load<u32>(r) & 0xff, load<u32>(m, 28), load<u32>(m, 36), changetype<VmMapCopy>(load<usize>(m, 52)), load<u32>(m, 48), r + 36);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_write_inband(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 44) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 40;
  const dataArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 8, 8, false, 128, dataArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(dataArray);
    return failure;
  }
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_write_inband(device, changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT)), load<u32>(r) & 0xff, load<u32>(m, 28), load<u32>(m, 36), dataArray.address, dataArray.number, r + 36);
  mig_array_free(dataArray);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012002, 32);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_read(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_read(device, changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT)), load<u32>(r) & 0xff, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), r + 44, r + 40);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x20000000, 32);
  store<u32>(r, 0x80009, 36);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 48, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_read_inband(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const dataCnt = stackAlloc(4);
  store<u32>(dataCnt, 128);
  const result = device_read_inband(device, changetype<IpcPort>(load<usize>(r, MSGH_REMOTE_PORT)), load<u32>(r) & 0xff, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), r + 36, dataCnt);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  memory.fill(r + 36 + load<u32>(dataCnt), 0, 3);
  store<u32>(r, 0x10000808 | (load<u32>(dataCnt) << 16), 32);
  store<u32>(r, 36 + ((load<u32>(dataCnt) + 3) & ~3), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_map(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 56 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002) | (load<u32>(m, 40) ^ 0x10012002) | (load<u32>(m, 48) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_map(device, load<u32>(m, 28), load<u32>(m, 36), load<u32>(m, 44), r + 36, load<u32>(m, 52));
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10012011, 32);
  store<u32>(r, load<u32>(r) | 0x80000000);
  store<u32>(r, 40, MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_set_status(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 36) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  let at: usize = 32;
  const statusArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 2, 32, false, 1024, statusArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(statusArray);
    return failure;
  }
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_set_status(device, load<u32>(m, 28), statusArray.address, statusArray.number);
  mig_array_free(statusArray);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  return result;
}

function Xdevice_get_status(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 40 || (load<u32>(m) & 0x80000000) != 0) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const statusCnt = stackAlloc(4);
  store<u32>(statusCnt, min<u32>(load<u32>(m, 36), 1024));
  const result = device_get_status(device, load<u32>(m, 28), r + 36, statusCnt);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  if (result != KERN_SUCCESS) return result;
  store<u32>(r, 0x10002002 | (load<u32>(statusCnt) << 16), 32);
  store<u32>(r, 36 + 4 * load<u32>(statusCnt), MSGH_SIZE);
  return KERN_SUCCESS;
}

function Xdevice_set_filter(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) < 44) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 24)) return MIG_BAD_ARGUMENTS;
  let at: usize = 40;
  const filterArray = changetype<MigArray>(stackAlloc(12));
  at = mig_array(m, at, 1, 16, false, 128, filterArray);
  if (at != load<u32>(m, MSGH_SIZE)) {
    const failure = mig_array_failure();
    mig_array_free(filterArray);
    return failure;
  }
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_set_filter(device, mig_port(m, 24), load<u32>(m, 24) & 0xff, load<u32>(m, 36), filterArray.address, filterArray.number);
  mig_array_free(filterArray);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  return result;
}

function Xdevice_intr_register(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 48) return MIG_BAD_ARGUMENTS;
  if (((load<u32>(m, 24) ^ 0x10012002) | (load<u32>(m, 32) ^ 0x10012002)) != 0) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 40)) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_intr_register(device, load<u32>(m, 28), load<u32>(m, 36), mig_port(m, 40), load<u32>(m, 40) & 0xff);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  return result;
}

function Xdevice_intr_ack(m: usize, r: usize): i32 {
  if (load<u32>(m, MSGH_SIZE) != 32) return MIG_BAD_ARGUMENTS;
  if (!mig_port_item(m, 24)) return MIG_BAD_ARGUMENTS;
  const device = dev_port_lookup(changetype<IpcPort>(load<usize>(m, MSGH_REMOTE_PORT)));
  const result = device_intr_ack(device, mig_port(m, 24), load<u32>(m, 24) & 0xff);
  if (changetype<usize>(device) != 0) device_deallocate(device);
  return result;
}

/** Enters the routines of this interface, each with the bytes of its longest reply. */
export function device_define(): void {
  mig_define(2800, Xdevice_open, 240);
  mig_define(2801, Xdevice_close, 240);
  mig_define(2802, Xdevice_write, 240);
  mig_define(2803, Xdevice_write_inband, 240);
  mig_define(2804, Xdevice_read, 240);
  mig_define(2805, Xdevice_read_inband, 240);
  mig_define(2809, Xdevice_map, 240);
  mig_define(2810, Xdevice_set_status, 240);
  mig_define(2811, Xdevice_get_status, 4132);
  mig_define(2812, Xdevice_set_filter, 240);
  mig_define(2813, Xdevice_intr_register, 240);
  mig_define(2814, Xdevice_intr_ack, 240);
}
