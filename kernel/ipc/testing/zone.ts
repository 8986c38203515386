// Stands in for kern/zone.ts in host tests of IPC: counts what is in use, poisons what is freed, and can run short.

@unmanaged
export class Zone {
  next!: usize;
  free!: usize;
  size!: u32;
  in_use!: u32;
}

/** Where memory for zones comes from, and how many allocations still succeed. */
let brk: usize = 0x10000000;
let allowance: i32 = i32.MAX_VALUE;
let zones: usize = 0;
let kalloc_in_use: u32 = 0;

function take(size: u32): usize {
  const address = brk;
  brk += (<usize>size + 15) & ~15;
  return address;
}

export function zone_create(size: u32, _name: string): Zone {
  const zone = changetype<Zone>(take(<u32>offsetof<Zone>()));
  zone.size = size;
  zone.free = 0;
  zone.in_use = 0;
  zone.next = zones;
  zones = changetype<usize>(zone);
  return zone;
}

/** From now on `count` allocations succeed; a negative count: all. */
export function set_allowance(count: i32): void {
  allowance = count < 0 ? i32.MAX_VALUE : count;
}

function short_of_memory(): bool {
  if (allowance == i32.MAX_VALUE) return false;
  return allowance-- <= 0;
}

export function zalloc(zone: Zone): usize {
  const element = zalloc_raw(zone);
  if (element) memory.fill(element, 0, zone.size);
  return element;
}

export function zalloc_raw(zone: Zone): usize {
  if (short_of_memory()) return 0;
  let element = zone.free;
  if (element) zone.free = load<usize>(element);
  else element = take(zone.size);
  zone.in_use++;
  memory.fill(element, 0xdb, zone.size);
  return element;
}

export function zfree(zone: Zone, element: usize): void {
  memory.fill(element, 0xdb, zone.size);
  store<usize>(element, zone.free);
  zone.free = element;
  zone.in_use--;
}

export function kalloc(size: u32): usize {
  if (short_of_memory()) return 0;
  kalloc_in_use += size;
  const address = take(size);
  memory.fill(address, 0, size);
  return address;
}

export function kfree(address: usize, size: u32): void {
  kalloc_in_use -= size;
  memory.fill(address, 0xdb, size);
}

/** Elements of all zones plus bytes of kalloc in use: what a leak adds to. */
export function memory_in_use(): u32 {
  let sum = kalloc_in_use;
  for (let zone = zones; zone; zone = changetype<Zone>(zone).next) sum += changetype<Zone>(zone).in_use;
  return sum;
}
