// The typed items of a message: from user form to kernel form, back, and away.
import { kalloc, kfree } from "../kern/zone";
import { KERN_SUCCESS } from "../../abi/kern_return";
import {
  MACH_MSGH_BITS_CIRCULAR,
  MACH_MSGH_BITS_COMPLEX,
  MACH_MSG_IPC_KERNEL,
  MACH_MSG_IPC_SPACE,
  MACH_MSG_SUCCESS,
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_VM_KERNEL,
  MACH_MSG_VM_SPACE,
  MACH_SEND_INVALID_MEMORY,
  MACH_SEND_INVALID_RIGHT,
  MACH_SEND_INVALID_TYPE,
  MACH_SEND_MSG_TOO_SMALL,
  MACH_SEND_NO_BUFFER,
  MSG_HEADER_SIZE,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_LONG_BITS,
  MSG_TYPE_LONG_NAME,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONG_SIZE,
  MSG_TYPE_NAME_MASK,
  MSG_TYPE_NUMBER_MASK,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE,
  MSG_TYPE_SIZE_MASK,
  MSG_TYPE_SIZE_SHIFT,
  MSG_TYPE_UNUSED,
} from "../../abi/mach_msg";
import { KERN_INVALID_CAPABILITY, KERN_RESOURCE_SHORTAGE } from "../../abi/kern_return";
import { stackAlloc } from "../../guest/i386";
import { copyin_map, copyout_map } from "../vm/vm_copyio";
import { VmMap } from "../vm/vm_map";
import { vm_map_copy_discard, vm_map_copyin, vm_map_copyout, VmMapCopy } from "../vm/vm_map_copy";
import { vm_allocate, vm_deallocate } from "../vm/vm_user";
import { ipc_object_copyin, ipc_object_copyout, ipc_object_destroy } from "./ipc_copyin";
import { ikm_header, IpcKmsg } from "./ipc_kmsg";
import { IO_DEAD, IO_VALID, IpcObject } from "./ipc_object";
import { ipc_port_check_circularity, IpcPort } from "./ipc_port";
import { ipc_object_copyin_type, is_disposition } from "./ipc_right";
import { IpcSpace } from "./ipc_space";

/** A type descriptor taken apart. */
@unmanaged
class Item {
  /** Address of the descriptor, and of what follows it. */
  address!: usize;
  data!: usize;
  name!: u32;
  bits!: u32;
  number!: u32;
  isInline!: u32;
  deallocate!: u32;
  longform!: u32;
  /** Bytes of the data, wherever they are. */
  length!: u32;
  /** Bytes after the descriptor, padding included. */
  amount!: u32;
}
const ITEM_SIZE = 40;

/** Longest out-of-line array of ports, in bytes. */
const PORTS_LENGTH_MAX: u32 = 1 << 20;

/** Takes the descriptor at `address` apart; false if a data length does not fit in 32 bits. */
function item_decode(item: Item, address: usize): bool {
  const word = load<u32>(address);
  item.address = address;
  item.isInline = word & MSG_TYPE_INLINE;
  item.deallocate = word & MSG_TYPE_DEALLOCATE;
  item.longform = word & MSG_TYPE_LONGFORM;
  let bytes: u32;
  if (item.longform) {
    item.name = load<u16>(address, MSG_TYPE_LONG_NAME);
    item.bits = load<u16>(address, MSG_TYPE_LONG_BITS);
    item.number = load<u32>(address, MSG_TYPE_LONG_NUMBER);
    item.data = address + MSG_TYPE_LONG_SIZE;
    const length = (<u64>item.number * item.bits + 7) >> 3;
    if (length > 0xfffffff0) return false;
    bytes = <u32>length;
  } else {
    item.name = word & MSG_TYPE_NAME_MASK;
    item.bits = (word & MSG_TYPE_SIZE_MASK) >> MSG_TYPE_SIZE_SHIFT;
    item.number = (word & MSG_TYPE_NUMBER_MASK) >> MSG_TYPE_NUMBER_SHIFT;
    item.data = address + MSG_TYPE_SIZE;
    bytes = (item.number * item.bits + 7) >> 3;
  }
  item.length = bytes;
  item.amount = item.isInline ? (bytes + 3) & ~3 : 4;
  return true;
}

/** Bytes of an item of inline data with a short descriptor, its own included; 0 for all that needs a closer look. */
function plain_size(word: u32): u32 {
  if ((word & (<u32>(MSG_TYPE_INLINE | MSG_TYPE_LONGFORM))) != MSG_TYPE_INLINE) return 0;
  if (is_disposition(word & MSG_TYPE_NAME_MASK)) return 0;
  const bits =
    ((word & MSG_TYPE_NUMBER_MASK) >> MSG_TYPE_NUMBER_SHIFT) *
    ((word & MSG_TYPE_SIZE_MASK) >> MSG_TYPE_SIZE_SHIFT);
  return MSG_TYPE_SIZE + (((bits + 31) >> 5) << 2);
}

/** The rules for descriptors that senders break. */
function item_legal(item: Item): bool {
  const word = load<u32>(item.address);
  if (word & (<u32>MSG_TYPE_UNUSED)) return false;
  if (item.isInline && item.deallocate) return false;
  if (item.longform && word & (MSG_TYPE_NAME_MASK | MSG_TYPE_SIZE_MASK | MSG_TYPE_NUMBER_MASK)) return false;
  return !is_disposition(item.name) || item.bits == 32;
}

function item_set_name(item: Item, name: u32): void {
  if (item.longform) store<u16>(item.address, name, MSG_TYPE_LONG_NAME);
  else store<u32>(item.address, (load<u32>(item.address) & ~MSG_TYPE_NAME_MASK) | name);
}

function item_set_number(item: Item, number: u32): void {
  if (item.longform) store<u32>(item.address, number, MSG_TYPE_LONG_NUMBER);
  else
    store<u32>(
      item.address,
      (load<u32>(item.address) & ~MSG_TYPE_NUMBER_MASK) | (number << MSG_TYPE_NUMBER_SHIFT),
    );
}

// --- In ---

/**
 * Turns the body of a user's COMPLEX message into kernel form. On failure whatever was taken is destroyed, and the
 * rights in the header as well; only the buffer is left.
 */
export function ipc_kmsg_copyin_body(kmsg: IpcKmsg, space: IpcSpace, map: VmMap): u32 {
  const item = changetype<Item>(stackAlloc(ITEM_SIZE));
  const start = ikm_header(kmsg) + MSG_HEADER_SIZE;
  const end = ikm_header(kmsg) + kmsg.size;
  let complex = false;
  let address = start;
  let mr: u32 = MACH_MSG_SUCCESS;
  while (address < end) {
    if (end - address < <usize>MSG_TYPE_LONG_SIZE && load<u32>(address) & MSG_TYPE_LONGFORM)
      mr = MACH_SEND_MSG_TOO_SMALL;
    else if (!item_decode(item, address) || !item_legal(item)) mr = MACH_SEND_INVALID_TYPE;
    else if (end - item.data < item.amount) mr = MACH_SEND_MSG_TOO_SMALL;
    if (mr != MACH_MSG_SUCCESS) break;
    const ports = is_disposition(item.name);
    if (item.isInline == 0) {
      complex = true;
      mr = ports ? copyin_ool_ports(kmsg, item, space, map) : copyin_ool_memory(item, map);
    } else if (ports) {
      complex = true;
      mr = copyin_ports(kmsg, item, item.data, space);
    }
    if (mr != MACH_MSG_SUCCESS) break;
    address = item.data + item.amount;
  }
  if (mr != MACH_MSG_SUCCESS) {
    ipc_kmsg_clean_body(start, address);
    ipc_object_destroy(kmsg.remote, kmsg.bits & 0xff);
    ipc_object_destroy(kmsg.local, (kmsg.bits >> 8) & 0xff);
  } else if (!complex) {
    kmsg.bits &= ~(<u32>MACH_MSGH_BITS_COMPLEX);
  }
  return mr;
}

function copyin_ool_memory(item: Item, map: VmMap): u32 {
  const user = load<u32>(item.data);
  store<u32>(item.data, 0);
  if (item.length == 0) return MACH_MSG_SUCCESS;
  const copy = stackAlloc(4);
  const kr = vm_map_copyin(map, user, item.length, item.deallocate != 0, copy);
  if (kr == KERN_RESOURCE_SHORTAGE) return MACH_SEND_NO_BUFFER;
  if (kr != KERN_SUCCESS) return MACH_SEND_INVALID_MEMORY;
  store<u32>(item.data, load<u32>(copy));
  return MACH_MSG_SUCCESS;
}

function copyin_ool_ports(kmsg: IpcKmsg, item: Item, space: IpcSpace, map: VmMap): u32 {
  const user = load<u32>(item.data);
  store<u32>(item.data, 0);
  const length = item.length;
  if (length == 0) {
    item_set_name(item, ipc_object_copyin_type(item.name));
    return MACH_MSG_SUCCESS;
  }
  const ports = length > PORTS_LENGTH_MAX ? 0 : kalloc(length);
  if (ports == 0) return MACH_SEND_NO_BUFFER;
  if (copyin_map(map, user, ports, length) || (item.deallocate && vm_deallocate(map, user, length))) {
    kfree(ports, length);
    return MACH_SEND_INVALID_MEMORY;
  }
  const mr = copyin_ports(kmsg, item, ports, space);
  if (mr == MACH_MSG_SUCCESS) store<u32>(item.data, <u32>ports);
  else kfree(ports, length);
  return mr;
}

/** Names to ports. On failure those before the bad one are destroyed. */
function copyin_ports(kmsg: IpcKmsg, item: Item, names: usize, space: IpcSpace): u32 {
  const type = ipc_object_copyin_type(item.name);
  for (let i: u32 = 0; i < item.number; i++) {
    const cell = names + ((<usize>i) << 2);
    if (!IO_VALID(changetype<IpcObject>(load<usize>(cell)))) continue;
    if (ipc_object_copyin(space, load<u32>(cell), item.name, cell) != KERN_SUCCESS) {
      destroy_ports(names, i, type);
      return MACH_SEND_INVALID_RIGHT;
    }
    const port = changetype<IpcPort>(load<usize>(cell));
    if (type == MACH_MSG_TYPE_PORT_RECEIVE && ipc_port_check_circularity(port, kmsg.remote)) {
      kmsg.bits |= MACH_MSGH_BITS_CIRCULAR;
    }
  }
  item_set_name(item, type);
  return MACH_MSG_SUCCESS;
}

// --- Away ---

function destroy_ports(ports: usize, count: u32, type: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    ipc_object_destroy(changetype<IpcObject>(load<usize>(ports + ((<usize>i) << 2))), type);
  }
}

/** Destroys the rights and the memory of the kernel-form items in [address, end). */
export function ipc_kmsg_clean_body(address: usize, end: usize): void {
  const item = changetype<Item>(stackAlloc(ITEM_SIZE));
  while (address < end) {
    item_decode(item, address);
    item_destroy(item);
    address = item.data + item.amount;
  }
}

function item_destroy(item: Item): void {
  const ports = is_disposition(item.name);
  if (item.isInline) {
    if (ports) destroy_ports(item.data, item.number, item.name);
    return;
  }
  const data = load<usize>(item.data);
  if (data == 0) return;
  if (ports) {
    destroy_ports(data, item.number, item.name);
    kfree(data, item.length);
  } else {
    vm_map_copy_discard(changetype<VmMapCopy>(data));
  }
}

// --- Out ---

/** Turns the body of a COMPLEX message into user form; or-s together the MACH_MSG_* bits of what could not be given. */
export function ipc_kmsg_copyout_body(address: usize, end: usize, space: IpcSpace, map: VmMap): u32 {
  const item = changetype<Item>(stackAlloc(ITEM_SIZE));
  let mr: u32 = MACH_MSG_SUCCESS;
  while (address < end) {
    const plain = plain_size(load<u32>(address));
    if (plain != 0) {
      address += plain;
      continue;
    }
    item_decode(item, address);
    const ports = is_disposition(item.name);
    if (item.isInline) {
      if (ports) mr |= copyout_ports(item.data, item.number, item.name, space);
    } else {
      store<u32>(item.address, load<u32>(item.address) | MSG_TYPE_DEALLOCATE);
      mr |= ports ? copyout_ool_ports(item, space, map) : copyout_ool_memory(item, map);
    }
    address = item.data + item.amount;
  }
  return mr;
}

function copyout_ports(ports: usize, count: u32, type: u32, space: IpcSpace): u32 {
  let mr: u32 = MACH_MSG_SUCCESS;
  for (let i: u32 = 0; i < count; i++) {
    const cell = ports + ((<usize>i) << 2);
    mr |= ipc_kmsg_copyout_object(space, changetype<IpcPort>(load<usize>(cell)), type, cell);
  }
  return mr;
}

/**
 * Gives a right of a message to the receiver and stores its name. A port that has died is MACH_PORT_DEAD; a right that
 * cannot be given is destroyed, its name is 0, and a MACH_MSG_* bit says why.
 */
export function ipc_kmsg_copyout_object(space: IpcSpace, port: IpcPort, type: u32, name: usize): u32 {
  if (!IO_VALID(port)) {
    store<u32>(name, <u32>changetype<usize>(port));
    return MACH_MSG_SUCCESS;
  }
  const kr = ipc_object_copyout(space, port, type, true, name);
  if (kr == KERN_SUCCESS) return MACH_MSG_SUCCESS;
  ipc_object_destroy(port, type);
  store<u32>(name, kr == KERN_INVALID_CAPABILITY ? <u32>changetype<usize>(IO_DEAD) : 0);
  if (kr == KERN_INVALID_CAPABILITY) return MACH_MSG_SUCCESS;
  return kr == KERN_RESOURCE_SHORTAGE ? MACH_MSG_IPC_KERNEL : MACH_MSG_IPC_SPACE;
}

function copyout_ool_ports(item: Item, space: IpcSpace, map: VmMap): u32 {
  const ports = load<usize>(item.data);
  const length = item.length;
  store<u32>(item.data, 0);
  if (ports == 0 || length == 0) return MACH_MSG_SUCCESS;
  const address = stackAlloc(4);
  store<u32>(address, 0);
  const kr = vm_allocate(map, address, length, true);
  if (kr != KERN_SUCCESS) {
    destroy_ports(ports, item.number, item.name);
    item_set_number(item, 0);
    kfree(ports, length);
    return kr == KERN_RESOURCE_SHORTAGE ? MACH_MSG_VM_KERNEL : MACH_MSG_VM_SPACE;
  }
  let mr = copyout_ports(ports, item.number, item.name, space);
  const user = load<u32>(address);
  // The names stay valid rights of the receiver even if it cannot be told.
  if (copyout_map(map, ports, user, length)) mr |= MACH_MSG_VM_KERNEL;
  store<u32>(item.data, user);
  kfree(ports, length);
  return mr;
}

function copyout_ool_memory(item: Item, map: VmMap): u32 {
  const copy = changetype<VmMapCopy>(load<usize>(item.data));
  store<u32>(item.data, 0);
  if (changetype<usize>(copy) == 0) return MACH_MSG_SUCCESS;
  const address = stackAlloc(4);
  const kr = vm_map_copyout(map, address, copy);
  if (kr != KERN_SUCCESS) {
    vm_map_copy_discard(copy);
    item_set_number(item, 0);
    return kr == KERN_RESOURCE_SHORTAGE ? MACH_MSG_VM_KERNEL : MACH_MSG_VM_SPACE;
  }
  store<u32>(item.data, load<u32>(address));
  return MACH_MSG_SUCCESS;
}
