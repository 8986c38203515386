// Circular doubly linked queues threaded through the structures themselves. A head, and the link inside an element,
// is a pair of words [next, prev]; both are named by their address. An element not on a queue has next = 0.

/** Bytes of a queue head or link. */
export const QUEUE_SIZE: i32 = 8;

const NEXT: usize = 0;
const PREV: usize = 4;

export function queue_init(head: usize): void {
  store<usize>(head, head, NEXT);
  store<usize>(head, head, PREV);
}

export function queue_next(link: usize): usize {
  return load<usize>(link, NEXT);
}

export function queue_prev(link: usize): usize {
  return load<usize>(link, PREV);
}

/** The first link, or the head itself when the queue is empty; so `queue_first(q) == q` ends a walk. */
export function queue_first(head: usize): usize {
  return load<usize>(head, NEXT);
}

export function queue_empty(head: usize): bool {
  return load<usize>(head, NEXT) == head;
}

/** Whether `link` is on some queue. */
export function queue_linked(link: usize): bool {
  return load<usize>(link, NEXT) != 0;
}

/** Inserts `link` between `before` and the link that follows it. */
export function queue_insert_after(before: usize, link: usize): void {
  const after = load<usize>(before, NEXT);
  store<usize>(link, after, NEXT);
  store<usize>(link, before, PREV);
  store<usize>(before, link, NEXT);
  store<usize>(after, link, PREV);
}

export function enqueue_tail(head: usize, link: usize): void {
  queue_insert_after(load<usize>(head, PREV), link);
}

export function enqueue_head(head: usize, link: usize): void {
  queue_insert_after(head, link);
}

/** Takes `link`, which must be on a queue, off it. */
export function remqueue(link: usize): void {
  const next = load<usize>(link, NEXT);
  const prev = load<usize>(link, PREV);
  store<usize>(prev, next, NEXT);
  store<usize>(next, prev, PREV);
  store<usize>(link, 0, NEXT);
}

/** Takes off the first link and returns it; 0 when the queue is empty. */
export function dequeue_head(head: usize): usize {
  const link = load<usize>(head, NEXT);
  if (link == head) return 0;
  remqueue(link);
  return link;
}
