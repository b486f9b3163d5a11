/** What a program has registered for its script to use by name. */
import type { NameKind } from './types.ts';

/** Memory of the owner that stays where it is as long as the script does. */
export interface Area {
  /** Address in the kernel's physical memory. */
  readonly physical: number;
}

export interface Named {
  readonly kind: NameKind;
  /** Of an entry: where it lies in the program. */
  readonly address: number;
  /** The save area or word itself; of an entry the save area with its registers, where it has one. */
  readonly area: Area | undefined;
}

export type Names = ReadonlyMap<string, Named>;

export const NO_NAMES: Names = new Map();
