// Numbers and words by chance, the same on every host: whole numbers, and only + - * / of others.

/** One number of two, well mixed. */
export function mix(a: number, b: number): number {
  let x = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 16)) >>> 0;
}

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** 32 bits (xorshift) */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.state = x >>> 0);
  }

  /** at least 0, below 1 */
  unit(): number {
    return this.next() / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const CONSONANTS = [..."bcdfghklmnprstvz"];
const VOWELS = [..."aeiou"];

/** Two to four syllables, in small letters. */
export function word(random: Random): string {
  let text = "";
  for (let left = 2 + random.below(3); left > 0; left--)
    text += random.pick(CONSONANTS) + random.pick(VOWELS);
  return text;
}
