/** Seeded pseudo-random numbers: the same seed gives the same tests everywhere. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** 32 random bits, unsigned. (A Weyl sequence through a 32-bit mixing function.) */
  bits(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return (x ^ (x >>> 15)) >>> 0;
  }

  /** An integer of [0, limit). */
  below(limit: number): number {
    return Math.floor((this.bits() / 0x100000000) * limit);
  }

  /** An integer of [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 0x100000000;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** A 32-bit value, often one at which arithmetic changes behaviour. */
  interesting(): number {
    if (this.chance(0.3)) return this.bits();
    if (this.chance(0.4)) return this.below(64);
    const value = this.pick([
      0, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
    ]);
    return (value + this.pick([-1, 0, 0, 1])) >>> 0;
  }

  bytes(count: number): Uint8Array {
    const words = new Uint32Array((count + 3) >> 2);
    for (let i = 0; i < words.length; i++) words[i] = this.bits();
    return new Uint8Array(words.buffer, 0, count);
  }
}
