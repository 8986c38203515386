// Arrays of messages that are inline or out of line. In requests they are out of line where the sender cleared the inline
// bit, in replies where they are too long for the room there is.
import { KERN_RESOURCE_SHORTAGE, KERN_SUCCESS, MIG_BAD_ARGUMENTS } from "../../abi/kern_return";
import {
  MACH_MSG_TYPE_PORT_RECEIVE,
  MACH_MSG_TYPE_PORT_SEND_ONCE,
  MACH_MSGH_BITS_COMPLEX,
  MSG_TYPE_DEALLOCATE,
  MSG_TYPE_INLINE,
  MSG_TYPE_LONGFORM,
  MSG_TYPE_LONG_NAME,
  MSG_TYPE_LONG_NUMBER,
  MSG_TYPE_LONG_SIZE,
  MSG_TYPE_NAME_MASK,
  MSG_TYPE_NUMBER_MASK,
  MSG_TYPE_NUMBER_SHIFT,
  MSG_TYPE_SIZE,
  MSG_TYPE_SIZE_SHIFT,
  MSGH_SIZE,
} from "../../abi/mach_msg";
import { vm_map_copy_discard, vm_map_copy_read, vm_map_copyin_kernel, VmMapCopy } from "../vm/vm_map_copy";
import { kalloc, kfree } from "./zone";

/** An array found in a request; lies in its server's frame. */
@unmanaged
export class MigArray {
  address!: usize;
  /** Message elements. */
  number!: u32;
  /** Bytes at `address` that mig_array_free gives back; 0 when the elements lie in the message. */
  allocated!: u32;
}

/** Why mig_array has just given 0. */
let failure: i32 = MIG_BAD_ARGUMENTS;

/** The reply's code when a request's arrays do not end where the message does. */
export function mig_array_failure(): i32 {
  return failure;
}

/**
 * The array whose descriptor is at `at` of message `m`: `limit` elements at most, of type `name` and `bits` each. Returns
 * the offset behind it; 0 if it is none or there is no memory. May block.
 */
export function mig_array(
  m: usize,
  at: usize,
  name: u32,
  bits: u32,
  long: bool,
  limit: u32,
  array: MigArray,
): usize {
  failure = MIG_BAD_ARGUMENTS;
  array.allocated = 0;
  const data = at + (long ? MSG_TYPE_LONG_SIZE : MSG_TYPE_SIZE);
  const size = load<u32>(m, MSGH_SIZE);
  if (at == 0 || data > size) return 0;
  const first = load<u32>(m + at);
  if (long) {
    if ((first & ~(<u32>(MSG_TYPE_INLINE | MSG_TYPE_DEALLOCATE))) != MSG_TYPE_LONGFORM) return 0;
    if (load<u32>(m + at, MSG_TYPE_LONG_NAME) != (name | (bits << 16))) return 0;
    array.number = load<u32>(m + at, MSG_TYPE_LONG_NUMBER);
  } else {
    const fixed = first & ~(<u32>(MSG_TYPE_NUMBER_MASK | MSG_TYPE_INLINE | MSG_TYPE_DEALLOCATE));
    if (fixed != (name | (bits << MSG_TYPE_SIZE_SHIFT))) return 0;
    array.number = (first & MSG_TYPE_NUMBER_MASK) >> MSG_TYPE_NUMBER_SHIFT;
  }
  if (array.number > limit) return 0;
  const bytes = (array.number * bits) >> 3;
  if (!(first & MSG_TYPE_INLINE)) return takeCopy(m, data, bytes, array);
  array.address = m + data;
  const end = data + ((bytes + 3) & ~3);
  return end <= size ? end : 0;
}

/** The copy whose address is at `data` of the message becomes kernel memory. Returns the offset behind, or 0. */
function takeCopy(m: usize, data: usize, bytes: u32, array: MigArray): usize {
  if (!(load<u32>(m) & (<u32>MACH_MSGH_BITS_COMPLEX)) || data + 4 > load<u32>(m, MSGH_SIZE)) return 0;
  array.address = m + data;
  const copy = changetype<VmMapCopy | null>(load<usize>(m + data));
  if (copy == null) return bytes == 0 ? data + 4 : 0;
  const buffer = kalloc(bytes);
  if (buffer == 0) {
    failure = KERN_RESOURCE_SHORTAGE;
    return 0;
  }
  const kr = vm_map_copy_read(copy, 0, buffer, bytes);
  if (kr != KERN_SUCCESS) {
    kfree(buffer, bytes);
    failure = kr;
    return 0;
  }
  store<usize>(m + data, 0);
  vm_map_copy_discard(copy);
  array.address = buffer;
  array.allocated = bytes;
  return data + 4;
}

/** An inline array of at most `limit` rights of one kind: as mig_array. */
export function mig_port_array(m: usize, at: usize, limit: u32, array: MigArray): usize {
  const first = load<u32>(m + at);
  const type = first & MSG_TYPE_NAME_MASK;
  const right =
    type - MACH_MSG_TYPE_PORT_RECEIVE <= <u32>(MACH_MSG_TYPE_PORT_SEND_ONCE - MACH_MSG_TYPE_PORT_RECEIVE);
  const complex = (load<u32>(m) & (<u32>MACH_MSGH_BITS_COMPLEX)) != 0;
  if (right && complex && first & MSG_TYPE_INLINE) return mig_array(m, at, type, 32, false, limit, array);
  failure = MIG_BAD_ARGUMENTS;
  array.allocated = 0;
  return 0;
}

export function mig_array_free(array: MigArray): void {
  if (array.allocated != 0) kfree(array.address, array.allocated);
}

/**
 * Where to write `number` elements of `size` bytes each of a reply: its room (whose address the cell `cell` has) if that
 * is for so many, as the cell `count` says, else new kernel memory; 0 when there is none.
 */
export function mig_reply_room(cell: usize, count: usize, number: u32, size: u32): usize {
  return number <= load<u32>(count) ? load<usize>(cell) : kalloc(number * size);
}

/** Ends what mig_reply_room began: the elements at `room` are written. */
export function mig_reply_filled(cell: usize, count: usize, room: usize, number: u32, size: u32): i32 {
  store<u32>(count, number);
  if (room == load<usize>(cell)) return KERN_SUCCESS;
  const kr = vm_map_copyin_kernel(room, number * size, cell);
  kfree(room, number * size);
  return kr;
}
