// From a port to its send-right entry in a space: one hash table for all spaces, chained through the entries.
import { kalloc, kfree } from "../kern/zone";
import { kernel_assert } from "../kern/debug";
import { IE_NULL, IpcEntry } from "./ipc_entry";
import { IpcObject } from "./ipc_object";
import { IpcSpace } from "./ipc_space";

const INITIAL_BUCKETS: u32 = 256;
/** Twice the entries of a page of buckets is no reason to stop, a kernel out of memory is. */
const MAX_BUCKETS: u32 = 1 << 16;

let buckets: usize = 0;
let bucket_count: u32 = 0;
let entry_count: u32 = 0;

/** Once, at boot. */
export function ipc_hash_init(): void {
  buckets = kalloc(INITIAL_BUCKETS << 2);
  kernel_assert(buckets != 0, "no memory for the port hash");
  bucket_count = INITIAL_BUCKETS;
}

function bucket_of(space: IpcSpace, object: IpcObject): usize {
  const key = <u32>changetype<usize>(space) * 0x9e3779b1 + <u32>changetype<usize>(object) * 0x85ebca6b;
  return buckets + (((key >> 12) & (bucket_count - 1)) << 2);
}

/** Doubles the table; without memory for that it stays as it is, only slower. */
function grow(): void {
  const old = buckets;
  const oldCount = bucket_count;
  const table = kalloc(oldCount << 3);
  if (table == 0) return;
  buckets = table;
  bucket_count = oldCount * 2;
  for (let i: u32 = 0; i < oldCount; i++) {
    let entry = changetype<IpcEntry>(load<usize>(old + ((<usize>i) << 2)));
    while (entry != IE_NULL) {
      const next = entry.hash_next;
      link(entry);
      entry = next;
    }
  }
  kfree(old, oldCount << 2);
}

function link(entry: IpcEntry): void {
  const bucket = bucket_of(entry.space, entry.object);
  entry.hash_next = changetype<IpcEntry>(load<usize>(bucket));
  store<usize>(bucket, changetype<usize>(entry));
}

/** The entry of `space` with a send right (and no receive right) for `object`, or null. */
export function ipc_hash_lookup(space: IpcSpace, object: IpcObject): IpcEntry {
  let entry = changetype<IpcEntry>(load<usize>(bucket_of(space, object)));
  while (entry != IE_NULL && (entry.object != object || entry.space != space)) entry = entry.hash_next;
  return entry;
}

export function ipc_hash_insert(entry: IpcEntry): void {
  if (entry_count >= bucket_count << 1 && bucket_count < MAX_BUCKETS) grow();
  link(entry);
  entry_count++;
}

export function ipc_hash_delete(entry: IpcEntry): void {
  const bucket = bucket_of(entry.space, entry.object);
  let current = changetype<IpcEntry>(load<usize>(bucket));
  if (current == entry) {
    store<usize>(bucket, changetype<usize>(entry.hash_next));
  } else {
    while (current.hash_next != entry) current = current.hash_next;
    current.hash_next = entry.hash_next;
  }
  entry.hash_next = IE_NULL;
  entry_count--;
}
