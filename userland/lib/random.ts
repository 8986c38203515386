// Seeded pseudo-random numbers.

let state: u32 = 1;

/** Begins the sequence of `seed`. */
export function random_seed(seed: u32): void {
  state = seed;
}

/** 32 random bits: a Weyl sequence through a mixing function. */
export function random_bits(): u32 {
  state += 0x9e3779b9;
  let x = state;
  x = (x ^ (x >>> 16)) * 0x21f0aaad;
  x = (x ^ (x >>> 15)) * 0x735a2d97;
  return x ^ (x >>> 15);
}

/** A number below `limit`, which is at most 65536. */
export function random_below(limit: u32): u32 {
  return ((random_bits() >>> 16) * limit) >>> 16;
}

/** True once in `times`. */
export function random_once_in(times: u32): bool {
  return random_below(times) == 0;
}
