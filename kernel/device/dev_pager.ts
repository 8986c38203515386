// Mapped devices: memory objects that the kernel serves itself. Their pages are a driver's, never a VM object's.
import {
  D_INVALID_OPERATION,
  D_INVALID_SIZE,
  D_NO_MEMORY,
  D_NO_SUCH_DEVICE,
  D_SUCCESS,
} from "../../abi/kern_return";
import { VM_PROT_ALL } from "../../abi/vm_types";
import { PAGE_SIZE, page_aligned, round_page } from "../i386/vm_param";
import {
  IP_NULL,
  ipc_port_alloc_kernel,
  ipc_port_dealloc_kernel,
  ipc_port_make_send,
  ipc_port_make_sonce,
  ipc_port_nsrequest,
  IpcPort,
} from "../ipc/ipc_port";
import { IKOT_NONE, IKOT_PAGER, ipc_kobject_get, ipc_kobject_set } from "../kern/ipc_kobject";
import { enqueue_tail, queue_first, queue_init, queue_next, remqueue } from "../kern/queue";
import { zalloc, Zone, zone_create, zfree } from "../kern/zone";
import { vm_page_limit } from "../vm/vm_page";
import { Device, device_deallocate, DEVICE_NULL, device_reference, DevMap, MAP_REFUSED } from "./dev_hdr";

@unmanaged
class DevPager {
  // Link in the list of all: must stay first.
  next!: usize;
  prev!: usize;
  port: IpcPort = changetype<IpcPort>(0);
  /** With a reference. */
  device: Device = DEVICE_NULL;
  prot!: u32;
  /** Of the device's memory, in bytes. */
  offset!: u32;
  size!: u32;
}

const PAGER_NULL: DevPager = changetype<DevPager>(0);
let pager_zone: Zone = changetype<Zone>(0);
const pagers: usize = memory.data(8);

export function dev_pager_init(): void {
  pager_zone = zone_create(<u32>offsetof<DevPager>(), "device_pagers");
  queue_init(pagers);
}

/** Physical address of the page at `offset`, which the kernel can reach; or MAP_REFUSED. */
function driver_page(device: Device, offset: u32, prot: u32): u32 {
  const physical = changetype<DevMap>(device.ops.map)(device, offset, prot);
  return physical < vm_page_limit ? physical : MAP_REFUSED;
}

/**
 * A memory object of `size` bytes of the device's memory from `offset` on, for accesses of `prot`: stores a send right at
 * `result`. D_INVALID_OPERATION: the device cannot be mapped, or not there, or not so.
 */
export function device_map(
  device: Device,
  prot: u32,
  offset: u32,
  size: u32,
  result: usize,
  _unmap: u32,
): i32 {
  if (device == DEVICE_NULL) return D_NO_SUCH_DEVICE;
  if (device.ops.map == 0 || prot & ~(<u32>VM_PROT_ALL)) return D_INVALID_OPERATION;
  const rounded = round_page(size);
  if (!page_aligned(offset) || rounded == 0 || offset + rounded < offset) return D_INVALID_SIZE;
  for (let at = offset; at < offset + rounded; at += PAGE_SIZE) {
    if (driver_page(device, at, prot) == MAP_REFUSED) return D_INVALID_OPERATION;
  }
  let pager = find(device, prot, offset, rounded);
  if (pager == PAGER_NULL) {
    pager = create(device, prot, offset, rounded);
    if (pager == PAGER_NULL) return D_NO_MEMORY;
  }
  const port = pager.port;
  store<usize>(result, changetype<usize>(ipc_port_make_send(port)));
  if (port.nsrequest == IP_NULL) ipc_port_nsrequest(port, 0, ipc_port_make_sonce(port));
  return D_SUCCESS;
}

function find(device: Device, prot: u32, offset: u32, size: u32): DevPager {
  for (let link = queue_first(pagers); link != pagers; link = queue_next(link)) {
    const pager = changetype<DevPager>(link);
    const same = pager.device == device && pager.prot == prot;
    if (same && pager.offset == offset && pager.size == size) return pager;
  }
  return PAGER_NULL;
}

function create(device: Device, prot: u32, offset: u32, size: u32): DevPager {
  const pager = changetype<DevPager>(zalloc(pager_zone));
  if (pager == PAGER_NULL) return pager;
  const port = ipc_port_alloc_kernel();
  if (port == IP_NULL) {
    zfree(pager_zone, changetype<usize>(pager));
    return PAGER_NULL;
  }
  device_reference(device);
  pager.device = device;
  pager.port = port;
  pager.prot = prot;
  pager.offset = offset;
  pager.size = size;
  ipc_kobject_set(port, changetype<usize>(pager), IKOT_PAGER);
  enqueue_tail(pagers, changetype<usize>(pager));
  return pager;
}

/** Nobody has a right to a pager's port any more, nor is it mapped: it goes. For a port of another kind nothing happens. */
export function dev_pager_no_senders(port: IpcPort): void {
  const pager = changetype<DevPager>(ipc_kobject_get(port, IKOT_PAGER));
  if (pager == PAGER_NULL || port.srights != 0) return;
  remqueue(changetype<usize>(pager));
  ipc_kobject_set(port, 0, IKOT_NONE);
  ipc_port_dealloc_kernel(port);
  device_deallocate(pager.device);
  zfree(pager_zone, changetype<usize>(pager));
}

/** Physical address of the page at `offset` of a pager's port; MAP_REFUSED behind its end. */
export function dev_pager_page(port: IpcPort, offset: u32): u32 {
  const pager = changetype<DevPager>(port.kobject);
  if (offset >= pager.size) return MAP_REFUSED;
  return driver_page(pager.device, pager.offset + offset, pager.prot);
}

/** The accesses (VM_PROT_*) that a pager's port is for. */
export function dev_pager_prot(port: IpcPort): u32 {
  return changetype<DevPager>(port.kobject).prot;
}
