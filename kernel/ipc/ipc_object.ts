// What ports and port sets have in common: a reference count, a type, being alive, and a message queue.
import { queue_init } from "../kern/queue";

/** The object is alive; a dead one only waits for its last reference to go. */
export const IO_BITS_ACTIVE: u32 = 1 << 31;
export const IO_BITS_OTYPE: u32 = 0x00ff0000;
export const IO_BITS_KOTYPE: u32 = 0x0000ffff;
export const IOT_PORT: u32 = 0x00000000;
export const IOT_PORT_SET: u32 = 0x00010000;

@unmanaged
export class IpcObject {
  refs!: u32;
  /** IO_BITS_*: alive, object type, and a port's kernel object type (IKOT_*). */
  bits!: u32;
}

/**
 * An object that messages and receivers wait on. The messages of a port that is a member of a set wait in the set's
 * queue, so that a receiver on the set sees them in the order of their arrival.
 */
@unmanaged
export class IpcTarget extends IpcObject {
  /** Name in the space that holds the receive right or the set; 0 while the right is in a message. */
  name!: u32;
  /** Queue of IpcKmsg (link: its first two words). */
  messages_next!: usize;
  messages_prev!: usize;
  /** Queue of threads that wait to receive (link: ith_next, ith_prev). */
  receivers_next!: usize;
  receivers_prev!: usize;
}

export const IO_NULL: IpcObject = changetype<IpcObject>(0);
/** Stands where a right to a dead port was. */
export const IO_DEAD: IpcObject = changetype<IpcObject>(0xffffffff);

/** Neither null nor dead: a pointer to a real object. */
export function IO_VALID(object: IpcObject): bool {
  return changetype<usize>(object) + 1 > 1;
}

export function io_active(object: IpcObject): bool {
  return (object.bits & IO_BITS_ACTIVE) != 0;
}

export function io_otype(object: IpcObject): u32 {
  return object.bits & IO_BITS_OTYPE;
}

export function io_kotype(object: IpcObject): u32 {
  return object.bits & IO_BITS_KOTYPE;
}

export function io_reference(object: IpcObject): void {
  object.refs++;
}

/** Heads of a target's queues. */
export function target_messages(target: IpcTarget): usize {
  return changetype<usize>(target) + offsetof<IpcTarget>("messages_next");
}

export function target_receivers(target: IpcTarget): usize {
  return changetype<usize>(target) + offsetof<IpcTarget>("receivers_next");
}

export function ipc_target_init(target: IpcTarget, type: u32, name: u32): void {
  target.refs = 1;
  target.bits = IO_BITS_ACTIVE | type;
  target.name = name;
  queue_init(target_messages(target));
  queue_init(target_receivers(target));
}
