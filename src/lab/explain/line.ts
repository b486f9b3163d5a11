/** What an explanation consists of: crossings with their numbers, and remarks between them. */

/** One crossing. */
export interface Crossing {
  readonly kind: 'crossing';
  readonly from: string;
  readonly to: string;
  /** The instruction, or the vector of an exception or interrupt. */
  readonly by: string;
  /** Ring before and after. */
  readonly ring: readonly [number, number];
  /** Page table before and after, by letter; the second only where it changes. */
  readonly table: readonly [string] | readonly [string, string];
  readonly why: string;
}

/** What a kernel does between two crossings. */
export interface Remark {
  readonly kind: 'remark';
  readonly text: string;
}

export type Line = Crossing | Remark;
