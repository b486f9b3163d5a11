/** A seeded generator (xorshift128): the same bytes in every run. */
export class Random {
  private readonly state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 1]);

  constructor(seed: number) {
    this.state[3] = (seed >>> 0) | 1;
    for (let i = 0; i < 16; i++) this.next();
  }

  /** An unsigned 32-bit word. */
  next(): number {
    const s = this.state;
    let t = s[3];
    t ^= t << 11;
    t ^= t >>> 8;
    s[3] = s[2];
    s[2] = s[1];
    s[1] = s[0];
    s[0] = t ^ s[0] ^ (s[0] >>> 19);
    return s[0];
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.next();
      for (let k = 0; k < 4 && i + k < count; k++) bytes[i + k] = word >>> (k * 8);
    }
    return bytes;
  }
}
