// Threads in message queues: the link that a thread waits on a port by.
import { queue_linked, remqueue } from "../kern/queue";
import { Thread } from "../kern/thread";

/** Address of the thread's queue link (ith_next, ith_prev). */
export function ith_link(thread: Thread): usize {
  return changetype<usize>(thread) + offsetof<Thread>("ith_next");
}

export function ith_from_link(link: usize): Thread {
  return changetype<Thread>(link - offsetof<Thread>("ith_next"));
}

/** Takes the thread off the queue it waits on, if it still does. */
export function ith_unlink(thread: Thread): void {
  if (queue_linked(ith_link(thread))) remqueue(ith_link(thread));
}
