import { CAP_LAST_CAP } from '../abi/capabilities.ts';
import type { Credentials } from './services.ts';

/** Bits of the second word that name capabilities. */
const HIGH = (1 << (CAP_LAST_CAP - 31)) - 1;

/** A set of capabilities: number n is bit n of two words. Never changed: operations make new sets. */
export class CapabilitySet {
  readonly lo: number;
  readonly hi: number;

  /** Bits that name no capability are dropped. */
  constructor(lo: number, hi: number) {
    this.lo = lo | 0;
    this.hi = hi & HIGH;
  }

  static readonly none = new CapabilitySet(0, 0);
  static readonly all = new CapabilitySet(-1, -1);

  static of(...numbers: number[]): CapabilitySet {
    return numbers.reduce((set: CapabilitySet, number) => set.with(number), CapabilitySet.none);
  }

  get isEmpty(): boolean {
    return (this.lo | this.hi) === 0;
  }

  has(number: number): boolean {
    return number < 32 ? (this.lo & (1 << number)) !== 0 : (this.hi & (1 << (number - 32))) !== 0;
  }

  with(number: number): CapabilitySet {
    return number < 32
      ? new CapabilitySet(this.lo | (1 << number), this.hi)
      : new CapabilitySet(this.lo, this.hi | (1 << (number - 32)));
  }

  and(other: CapabilitySet): CapabilitySet {
    return new CapabilitySet(this.lo & other.lo, this.hi & other.hi);
  }

  or(other: CapabilitySet): CapabilitySet {
    return new CapabilitySet(this.lo | other.lo, this.hi | other.hi);
  }

  without(other: CapabilitySet): CapabilitySet {
    return new CapabilitySet(this.lo & ~other.lo, this.hi & ~other.hi);
  }

  /** Whether all of it is in `other`. */
  isWithin(other: CapabilitySet): boolean {
    return this.without(other).isEmpty;
  }

  /** Sixteen hexadecimal digits, as /proc shows sets. */
  toString(): string {
    return [this.hi, this.lo].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** Whether `who` has a capability in effect; those who carry no set have all as root, and none as anybody else. */
export function capable(who: Pick<Credentials, 'uid' | 'effective'>, number: number): boolean {
  return who.effective ? who.effective.has(number) : who.uid === 0;
}
