/** Exceptions as the processor raises them (SDM vol. 3A, chapter 6). */

export const DE = 0;
export const DB = 1;
export const NMI = 2;
export const BP = 3;
export const OF = 4;
export const BR = 5;
export const UD = 6;
export const NM = 7;
export const DF = 8;
export const TS = 10;
export const NP = 11;
export const SS_FAULT = 12;
export const GP = 13;
export const PF = 14;
export const MF = 16;
export const AC = 17;
export const MC = 18;
export const XM = 19;

/** Names by vector, as the manual prints them. */
export const VECTOR_NAMES: readonly string[] = [
  '#DE',
  '#DB',
  'NMI',
  '#BP',
  '#OF',
  '#BR',
  '#UD',
  '#NM',
  '#DF',
  '',
  '#TS',
  '#NP',
  '#SS',
  '#GP',
  '#PF',
  '',
  '#MF',
  '#AC',
  '#MC',
  '#XM',
];

/** True for the vectors that push an error code. */
export function hasErrorCode(vector: number): boolean {
  return vector === DF || (vector >= TS && vector <= PF) || vector === AC;
}

/**
 * A fault on its way to the interpreter's loop. One instance per processor is thrown again and again, so that raising
 * a fault allocates nothing; it is no `Error`, because a program's fault is no failure of ours.
 */
export class Fault {
  vector = 0;
  /** Error code; 0 where the vector has none. */
  error = 0;
  /** Page faults: the linear address, which delivery puts into CR2. */
  address = 0;
}
