/** What events take on a processor, in its core cycles: published prices, and assumptions where there are none. */
import athlon from './athlon-2002.json' with { type: 'json' };
import pentium from './pentium-1996.json' with { type: 'json' };
import pentium3 from './pentium3-2000.json' with { type: 'json' };
import pentium4 from './pentium4-2002.json' with { type: 'json' };
import skylake from './skylake-2016.json' with { type: 'json' };

/** What has a price, and what that contains. */
export const PRICED = {
  crossing: 'INT n or an exception into an inner ring, and IRET back',
  call: 'a null system call through int 0x80, kernel included',
  sysenter: 'SYSENTER and SYSEXIT',
  gate: 'a call gate into an inner ring, and the far RET back',
  segment: 'a segment register loaded with a changed descriptor',
  pageTable: 'CR3 loaded with another page table, without what that costs later',
  tlbMiss: 'an entry of the TLB filled anew',
  fault: 'a minor page fault, kernel included',
  taskSwitch: 'a switch between two processes without a working set, page table included',
  signal: 'a signal to oneself: the call, the frame, the handler, the call that ends it',
  map: 'a call that maps, unmaps or protects one page, kernel included',
  byte: 'a byte copied by a kernel',
} as const;

export type Priced = keyof typeof PRICED;

export interface Price {
  readonly cycles: number;
  readonly basis: 'measured' | 'assumed';
  /** What the sources differ by; `cycles` is in the middle. */
  readonly range?: readonly [number, number];
  readonly source: string;
}

/** A processor as a list of prices. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly year: number;
  readonly prices: Readonly<Record<Priced, Price>>;
}

/** The profiles, oldest first. */
export const PROFILES: readonly Profile[] = [pentium, pentium3, athlon, pentium4, skylake] as unknown as Profile[];

/** A profile in which one price is `factor` times what it was. */
export function withPrice(profile: Profile, name: Priced, factor: number): Profile {
  const price = profile.prices[name];
  return { ...profile, prices: { ...profile.prices, [name]: { ...price, cycles: price.cycles * factor } } };
}
