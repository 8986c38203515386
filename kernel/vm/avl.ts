// Balanced binary trees threaded through the structures themselves (Adelson-Velsky and Landis, 1962): no memory of their
// own, all operations in O(log n). The node is four words inside the structure; the key is one of them.
//
//   up: address of the parent (4-aligned, 0 for the root) | balance + 1
//   balance: height(right) - height(left), in -1 .. 1

@unmanaged
export class AvlNode {
  left!: AvlNode | null;
  right!: AvlNode | null;
  up!: u32;
  key!: u32;
}

const BALANCE_BITS: u32 = 3;
const LEFT_HIGH: u32 = 0;
const EVEN: u32 = 1;
const RIGHT_HIGH: u32 = 2;

function parentOf(node: AvlNode): AvlNode | null {
  return changetype<AvlNode | null>(<usize>(node.up & ~BALANCE_BITS));
}

function balanceOf(node: AvlNode): u32 {
  return node.up & BALANCE_BITS;
}

function setParent(node: AvlNode, parent: AvlNode | null): void {
  node.up = (<u32>changetype<usize>(parent)) | (node.up & BALANCE_BITS);
}

function setBalance(node: AvlNode, balance: u32): void {
  node.up = (node.up & ~BALANCE_BITS) | balance;
}

/** Makes `to` the child of `parent` (or the root) that `from` was. */
function replaceChild(root: usize, parent: AvlNode | null, from: AvlNode, to: AvlNode | null): void {
  if (parent == null) store<AvlNode | null>(root, to);
  else if (parent.left == from) parent.left = to;
  else parent.right = to;
}

/** `node.right` becomes the parent of `node`. Balances are the caller's. */
function rotateLeft(root: usize, node: AvlNode): AvlNode {
  const top = node.right!;
  const middle = top.left;
  const parent = parentOf(node);
  node.right = middle;
  if (middle != null) setParent(middle, node);
  top.left = node;
  setParent(node, top);
  setParent(top, parent);
  replaceChild(root, parent, node, top);
  return top;
}

function rotateRight(root: usize, node: AvlNode): AvlNode {
  const top = node.left!;
  const middle = top.right;
  const parent = parentOf(node);
  node.left = middle;
  if (middle != null) setParent(middle, node);
  top.right = node;
  setParent(node, top);
  setParent(top, parent);
  replaceChild(root, parent, node, top);
  return top;
}

/** Restores balance at `node`, whose right side is 2 higher. Returns the new top; it is EVEN when the height shrank. */
function fixRight(root: usize, node: AvlNode): AvlNode {
  const right = node.right!;
  if (balanceOf(right) != LEFT_HIGH) {
    const even = balanceOf(right) == RIGHT_HIGH;
    rotateLeft(root, node);
    setBalance(node, even ? EVEN : RIGHT_HIGH);
    setBalance(right, even ? EVEN : LEFT_HIGH);
    return right;
  }
  const top = rotateRight(root, right);
  const was = balanceOf(top);
  rotateLeft(root, node);
  setBalance(node, was == RIGHT_HIGH ? LEFT_HIGH : EVEN);
  setBalance(right, was == LEFT_HIGH ? RIGHT_HIGH : EVEN);
  setBalance(top, EVEN);
  return top;
}

function fixLeft(root: usize, node: AvlNode): AvlNode {
  const left = node.left!;
  if (balanceOf(left) != RIGHT_HIGH) {
    const even = balanceOf(left) == LEFT_HIGH;
    rotateRight(root, node);
    setBalance(node, even ? EVEN : LEFT_HIGH);
    setBalance(left, even ? EVEN : RIGHT_HIGH);
    return left;
  }
  const top = rotateLeft(root, left);
  const was = balanceOf(top);
  rotateRight(root, node);
  setBalance(node, was == LEFT_HIGH ? RIGHT_HIGH : EVEN);
  setBalance(left, was == RIGHT_HIGH ? LEFT_HIGH : EVEN);
  setBalance(top, EVEN);
  return top;
}

/** Adds `node`, whose key must be set and not be in the tree whose root is stored at `root`. */
export function avl_insert(root: usize, node: AvlNode): void {
  const key = node.key;
  let parent: AvlNode | null = null;
  let at = load<AvlNode | null>(root);
  while (at != null) {
    parent = at;
    at = key < at.key ? at.left : at.right;
  }
  node.left = null;
  node.right = null;
  node.up = (<u32>changetype<usize>(parent)) | EVEN;
  if (parent == null) {
    store<AvlNode>(root, node);
    return;
  }
  if (key < parent.key) parent.left = node;
  else parent.right = node;
  let child = node;
  while (parent != null) {
    const balance = balanceOf(parent);
    if (parent.left == child) {
      if (balance == LEFT_HIGH) {
        fixLeft(root, parent);
        return;
      }
      setBalance(parent, balance - 1);
    } else {
      if (balance == RIGHT_HIGH) {
        fixRight(root, parent);
        return;
      }
      setBalance(parent, balance + 1);
    }
    if (balance != EVEN) return;
    child = parent;
    parent = parentOf(parent);
  }
}

/** Takes `node` out of the tree. */
export function avl_remove(root: usize, node: AvlNode): void {
  let parent = parentOf(node);
  let leftShrank: bool = false;
  const left = node.left;
  const right = node.right;
  if (left != null && right != null) {
    let next: AvlNode = right;
    for (let lower: AvlNode | null = next.left; lower != null; lower = next.left) next = lower;
    let from = parentOf(next)!;
    if (from == node) {
      from = next;
    } else {
      leftShrank = true;
      const child = next.right;
      from.left = child;
      if (child != null) setParent(child, from);
      next.right = right;
      setParent(right, next);
    }
    next.left = left;
    setParent(left, next);
    next.up = node.up;
    replaceChild(root, parent, node, next);
    parent = from;
  } else {
    const child = left != null ? left : right;
    if (parent != null) leftShrank = parent.left == node;
    replaceChild(root, parent, node, child);
    if (child != null) setParent(child, parent);
  }
  while (parent != null) {
    const balance = balanceOf(parent);
    let top: AvlNode = parent;
    if (leftShrank) {
      if (balance == RIGHT_HIGH) top = fixRight(root, parent);
      else setBalance(parent, balance + 1);
    } else {
      if (balance == LEFT_HIGH) top = fixLeft(root, parent);
      else setBalance(parent, balance - 1);
    }
    if (balanceOf(top) != EVEN) return;
    parent = parentOf(top);
    if (parent != null) leftShrank = parent.left == top;
  }
}

/** Puts `by`, with the same key, in the place of `node`. */
export function avl_replace(root: usize, node: AvlNode, by: AvlNode): void {
  const left = node.left;
  const right = node.right;
  by.left = left;
  by.right = right;
  by.up = node.up;
  if (left != null) setParent(left, by);
  if (right != null) setParent(right, by);
  replaceChild(root, parentOf(node), node, by);
}

/** The neighbour of `node` in the order of keys. */
function nextOf(node: AvlNode): AvlNode | null {
  let lower = node.right;
  if (lower != null) {
    while (lower.left != null) lower = lower.left!;
    return lower;
  }
  let child = node;
  let parent = parentOf(child);
  while (parent != null && parent.right == child) {
    child = parent;
    parent = parentOf(child);
  }
  return parent;
}

function previousOf(node: AvlNode): AvlNode | null {
  let higher = node.left;
  if (higher != null) {
    while (higher.right != null) higher = higher.right!;
    return higher;
  }
  let child = node;
  let parent = parentOf(child);
  while (parent != null && parent.left == child) {
    child = parent;
    parent = parentOf(child);
  }
  return parent;
}

/** Gives a node of a tree another key if it can keep its place with it; false, and nothing done, when it cannot. */
export function avl_change_key(node: AvlNode, key: u32): bool {
  if (key > node.key) {
    const next = nextOf(node);
    if (next != null && key >= next.key) return false;
  } else {
    const previous = previousOf(node);
    if (previous != null && key <= previous.key) return false;
  }
  node.key = key;
  return true;
}

/** The node with the greatest key not above `key`. */
export function avl_find_at_most(root: usize, key: u32): AvlNode | null {
  let best: AvlNode | null = null;
  let at = load<AvlNode | null>(root);
  while (at != null) {
    if (at.key > key) {
      at = at.left;
    } else {
      best = at;
      at = at.right;
    }
  }
  return best;
}

/** The node with the smallest key not below `key`. */
export function avl_find_at_least(root: usize, key: u32): AvlNode | null {
  let best: AvlNode | null = null;
  let at = load<AvlNode | null>(root);
  while (at != null) {
    if (at.key < key) {
      at = at.right;
    } else {
      best = at;
      at = at.left;
    }
  }
  return best;
}

/** The height of a sound tree; -1 for one that is out of order, out of balance or wrongly linked. */
export function avl_check(node: AvlNode | null, parent: AvlNode | null, low: u64, high: u64): i32 {
  if (node == null) return 0;
  const key = <u64>node.key;
  if (key < low || key > high || parentOf(node) != parent) return -1;
  if (key == 0 && node.left != null) return -1;
  const left = avl_check(node.left, node, low, key - 1);
  const right = avl_check(node.right, node, key + 1, high);
  if (left < 0 || right < 0) return -1;
  if (right - left != <i32>balanceOf(node) - <i32>EVEN) return -1;
  return max(left, right) + 1;
}
